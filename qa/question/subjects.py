"""Whose words a question asks for, where its grammar tells: the government, or a body other than the great publishers.

"What do the Maltese authorities say about compensation?" is limited to the Government; "What should the Maltese
authorities do?" is not. In doubt nothing is limited: a wrong limit hides what was asked for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ingest.countries import find_countries

_AUXILIARY = r"(?:did|does|do|has|have|had)"
_ADVERB = r"(?:(?:also|ever|actually|itself|themselves|not|n't|have|has)\s)*"
# What may stand before the noun: "the competent Icelandic", "GRETA and the Maltese".
_BEFORE = r"(?P<before>(?:[\w’'/*-]+\s){0,5}?)"
_AND_A_SOURCE = re.compile(r"\b(?:and|or|versus|vs\.?|than|with)\s(?:the\s)?(?:\w+\s){0,2}$", re.IGNORECASE)
_SOURCE = re.compile(r"\b(?:GRETA|EC|European\sCommission|the\sCommission|ICMPD|non-?paper|reports?)\b", re.IGNORECASE)
_COUNTRY = "Countryland"  # Stands for any country, so that a name of several words counts as one.


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose words a question asks for.

    Attributes:
        speaker: Speaker code.
        alone: False where it is named beside another source: "GRETA and the authorities say".
        words: The words of the question that only say so and are nothing to look for, as written.
    """

    speaker: str
    alone: bool
    words: tuple[str, ...]


def government_asked(question: str) -> Subject | None:
    """Whether the government's own words are asked for; None in doubt.

    Args:
        question: Cleaned; it may name countries and sources.
    """
    text = _with_countries_as_one_word(question)
    grammar = _grammar()
    for pattern in grammar.government:
        match = pattern.search(text)
        if match is None:
            continue
        before = match["before"] or ""
        beside = _SOURCE.search(before) is not None
        if beside and not _AND_A_SOURCE.search(before):
            continue  # "What does GRETA say the authorities claim".
        outside = text[: match.start()] + " " + text[match.end() :]
        if not beside and grammar.source_says.search(outside):
            continue  # "What does GRETA say about the government's position".
        said = tuple(word for word in re.findall(r"\w+", match[0]) if grammar.formal.fullmatch(word))
        return Subject("Government", alone=not beside, words=said)
    return None


def publisher_says(question: str) -> bool:
    """Whether GRETA, the EC or ICMPD is the one who says something: "what does GRETA say of the government's reply"."""
    return _grammar().source_says.search(question) is not None


def body_asked(question: str) -> Subject | None:
    """The body whose words are asked for by its name: "Europol's estimate", "according to the ILO"; None without."""
    grammar = _grammar()
    for pattern in grammar.bodies:
        match = pattern.search(question)
        if match is None or grammar.source_says.search(question[: match.start()] + " " + question[match.end() :]):
            continue
        # The name and the verb or noun of saying are no matter to look for.
        said = tuple(word for group in ("name", "word") for word in re.findall(r"\w+", match[group]))
        beside = re.search(r"(?:\b(?:and|or)|[,/])\s?(?:the\s)?$", question[: match.start()]) is not None
        return Subject(grammar.names[" ".join(match["name"].casefold().split())], alone=not beside, words=said)
    return None


def _with_countries_as_one_word(question: str) -> str:
    for mention in reversed(find_countries(question)):
        question = question[: mention.start] + _COUNTRY + question[mention.end :]
    return question


@dataclass(frozen=True, slots=True)
class _Grammar:
    """What asking.toml says, as patterns."""

    government: tuple[re.Pattern[str], ...]
    source_says: re.Pattern[str]
    formal: re.Pattern[str]
    bodies: tuple[re.Pattern[str], ...]
    names: dict[str, str]


@cache
def _grammar() -> _Grammar:
    data = tomllib.loads((files("qa") / "data" / "asking.toml").read_text(encoding="utf-8"))
    government, bodies = data["government"], data["bodies"]
    saying, reporting, responding = (_any(government[key]) for key in ("saying", "reporting", "responding"))
    answered = rf"{responding}\s{_any(government['responded_to'])}"
    says = rf"(?:{saying}|{reporting}\s{_any(government['reported_matter'])}|{answered})(?!\w)"
    noun = rf"{_any(government['names'])}(?!\w)(?:\s(?:of|in)\s(?:the\s)?{_COUNTRY})?"
    views = _any(government["views"])
    patterns = (
        rf"\b{_AUXILIARY}\s{_BEFORE}{noun}\s{_ADVERB}{says}",
        rf"\b{_AUXILIARY}\s(?P<before>){_COUNTRY}\s{_ADVERB}{answered}(?!\w)",
        rf"^\W*(?:(?:and|so|what|how|why|where|which\s\w+)\s)?{_BEFORE}{noun}\s{_ADVERB}{says}",
        rf"\baccording\sto\s(?P<before>(?:[\w’'/*-]+\s){{0,4}}?){noun}",
        rf"\b(?P<before>(?:[\w’'/*-]+\s){{0,3}}?){noun}(?:['’]s?)?\s{views}(?!\w)",
        rf"\b(?P<before>){views}\sof\s(?:[\w’'/*-]+\s){{0,3}}?{noun}",
    )
    verbs = _any(bodies["verbs"])
    name = rf"(?P<name>{'|'.join(sorted(bodies['names'], key=len, reverse=True))})"
    said = _any(bodies["words"])
    of_bodies = (
        rf"\b{_AUXILIARY}\s(?:the\s)?{name}\s{_ADVERB}(?P<word>{verbs})(?!\w)",
        rf"^\W*(?:(?:and|so|what|how|why)\s)?(?:the\s)?{name}\s(?P<word>says|said|estimates?\s(?:that|on|of))(?!\w)",
        rf"\b(?P<word>according\sto)\s(?:the\s)?{name}(?!\w)",
        rf"\b{name}(?:['’]s?)?\s(?P<word>{said})\s(?:on|of|about|for|regarding|concerning)\b",
        rf"^\W*(?:the\s)?{name}\s(?P<word>on|about|regarding)\s",
        rf"\b(?P<word>{said})\s(?:of|by|from)\s(?:the\s)?{name}(?!\w)",
    )
    return _Grammar(
        government=tuple(re.compile(pattern.replace(" ", r"\s"), re.IGNORECASE) for pattern in patterns),
        source_says=re.compile(
            rf"\b{_AUXILIARY}\s(?:the\s)?(?:GRETA|EC|European\sCommission|Commission|ICMPD|non-?paper)\b"
            r"|\b(?:GRETA|EC|Commission|ICMPD)\s(?:says?|said|finds?|found|notes?|noted|urges?|considers?|thinks?)\b"
        ),
        formal=re.compile(
            rf"(?:{'|'.join([*government['names'], *government['saying'], *government['views']])}"
            rf"|{_any(government['reporting'])}|{responding}|according)".replace(" ", r"\s"),
            re.IGNORECASE,
        ),
        bodies=tuple(re.compile(pattern.replace(" ", r"\s"), re.IGNORECASE) for pattern in of_bodies),
        names=bodies["names"],
    )


def _any(patterns: Iterable[str]) -> str:
    return rf"(?:{'|'.join(patterns)})"
