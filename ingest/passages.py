"""Cuts the units of a document into passages that fit the token budget."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

from ingest.attribution import unit_countries
from ingest.document import Identity, Passage, Statement
from ingest.structure import Structure, Unit
from ingest.subject import on_trafficking
from ingest.tokens import count_tokens

_ARTICLES = re.compile(r"\bArt(?:icles?|s?\.)\s((?:\d{1,2}(?:\([^)]*\))*(?:,?\s(?:and|to|&)\s|,\s|\s?[&–-]\s?)?)+)")


def cut(
    structure: Structure, statements: Sequence[tuple[Statement, ...]], identity: Identity, *, max_tokens: int
) -> tuple[Passage, ...]:
    """Returns the passages of a document, none of more than `max_tokens` tokens.

    A unit is one passage where it fits; otherwise it is cut between statements, and a statement that is too long by
    itself is cut at the end of a clause, else between words.
    """
    passages: list[Passage] = []
    for unit, said in zip(structure.units, statements, strict=True):
        if not said:
            continue
        pieces = _pieces(structure.text, unit, said, max_tokens)
        passages += [_passage(unit, piece, identity) for piece in pieces]
    flags = on_trafficking(structure.text, passages, identity.publisher)
    return tuple(replace(passage, about_trafficking=any(on)) for passage, on in zip(passages, flags, strict=True))


def cut_shorter(text: str, passage: Passage, *, max_tokens: int) -> tuple[Passage, ...]:
    """A passage of a document with this text, cut as by `cut` where it has more than `max_tokens` tokens."""
    pieces = _pieces(text, passage, passage.statements, max_tokens)
    return tuple(replace(passage, start=start, end=end, statements=said) for start, end, said in pieces)


def _pieces(
    text: str, unit: Unit | Passage, statements: Sequence[Statement], max_tokens: int
) -> list[tuple[int, int, tuple[Statement, ...]]]:
    if count_tokens(text[unit.start : unit.end]) <= max_tokens:
        return [(unit.start, unit.end, tuple(statements))]
    short = [part for statement in statements for part in _split(text, statement, max_tokens)]
    groups: list[list[Statement]] = [[short[0]]]
    for statement in short[1:]:
        if count_tokens(text[groups[-1][0].start : statement.end]) <= max_tokens:
            groups[-1].append(statement)
        else:
            groups.append([statement])
    pieces = []
    for place, group in enumerate(groups):
        start = unit.start if place == 0 else group[0].start
        end = unit.end if place == len(groups) - 1 else groups[place + 1][0].start
        while end > start and text[end - 1].isspace():
            end -= 1
        if count_tokens(text[start:end]) > max_tokens:
            start, end = group[0].start, group[-1].end  # Without the tag or list mark around the statements.
        pieces.append((start, end, tuple(group)))
    return pieces


def _split(text: str, statement: Statement, max_tokens: int) -> list[Statement]:
    """Cuts a statement that is longer than the budget by itself; the parts keep its speakers."""
    if count_tokens(text[statement.start : statement.end]) <= max_tokens:
        return [statement]
    parts = []
    start = statement.start
    while start < statement.end:
        end = _cut_place(text, start, statement.end, max_tokens)
        parts.append(replace(statement, start=start, end=end))
        start = end
        while start < statement.end and text[start].isspace():
            start += 1
    return parts


def _cut_place(text: str, start: int, end: int, max_tokens: int) -> int:
    """The last place before `end` where `[start, place)` fits: behind a semicolon or comma, else a word."""
    low, high = start + 1, end
    while low < high:
        middle = (low + high + 1) // 2
        if count_tokens(text[start:middle]) <= max_tokens:
            low = middle
        else:
            high = middle - 1
    if low >= end:
        return end
    window = text[start:low]
    for pattern in (r";(?=\s)", r"[,:–](?=\s)", r"(?=\s)"):
        places = [match.end() for match in re.finditer(pattern, window) if match.end() > len(window) // 3]
        if places:
            return start + places[-1]
    return low


def _passage(unit: Unit, piece: tuple[int, int, tuple[Statement, ...]], identity: Identity) -> Passage:
    start, end, statements = piece
    return Passage(
        start=start,
        end=end,
        kind=unit.kind,
        part=unit.part,
        section=unit.section,
        articles=_articles(unit.section, identity.publisher),
        paragraph=unit.paragraph,
        countries=unit_countries(unit, identity),
        lead_in=unit.lead_in,
        about_trafficking=False,  # Known when the passages around it are: see `cut`.
        statements=statements,
    )


def _articles(section: Sequence[str], publisher: str | None) -> tuple[int, ...]:
    """Convention articles of the innermost heading that names any, or that stands for some in GRETA's reports."""
    for heading in reversed(section):
        found = _ARTICLES.search(heading)
        if found:
            return tuple(sorted({int(number) for number in re.findall(r"\d{1,2}", re.sub(r"\([^)]*\)", "", found[1]))}))
    return _standard_articles(section[-1]) if section and publisher == "GRETA" else ()


def _standard_articles(heading: str) -> tuple[int, ...]:
    lowered = heading.casefold()
    return next((numbers for words, numbers in _article_headings() if all(word in lowered for word in words)), ())


@cache
def _article_headings() -> tuple[tuple[tuple[str, ...], tuple[int, ...]], ...]:
    data = tomllib.loads((files("ingest") / "data" / "headings.toml").read_text(encoding="utf-8"))
    return tuple((tuple(entry["words"]), tuple(entry["numbers"])) for entry in data["articles"])
