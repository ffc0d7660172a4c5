"""Names of speakers, their codes, and the ways in which a sentence names who says it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Tag:
    """An attribution tag in brackets, such as "(EC, GRETA)", at `[start, end)` of a text."""

    start: int
    end: int
    speakers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    codes: dict[str, str]
    tags: dict[str, str]
    full_names: dict[str, tuple[str, ...]]
    subject: re.Pattern[str]
    passive: re.Pattern[str]
    according: re.Pattern[str]
    report: re.Pattern[str]
    one: re.Pattern[str]
    openers: tuple[str, ...]


@cache
def _lexicon() -> _Lexicon:
    data = tomllib.loads((files("ingest") / "data" / "speakers.toml").read_text(encoding="utf-8"))
    codes = {name.casefold(): entry["code"] for entry in data["speaker"] for name in entry["names"]}
    tags = {name.casefold(): entry["code"] for entry in data["speaker"] for name in entry["tags"]}
    full = {entry["code"]: tuple(entry.get("full_names", ())) for entry in data["speaker"]}
    names = sorted((name for entry in data["speaker"] for name in entry["names"]), key=len, reverse=True)
    # "EC" as a word of its own, but "the survey" also as "The survey": a small first letter may be a capital.
    one = "|".join(
        f"[{name[0].upper()}{name[0]}]{re.escape(name[1:])}" if name[0].islower() else re.escape(name) for name in names
    )
    verbs = "|".join(sorted(set(data["verbs"]["saying"]), key=len, reverse=True))
    passive = "|".join(sorted(set(data["verbs"]["passive"]), key=len, reverse=True))
    aside = r"(?:\s\([^()]{1,200}\))?(?:,\s[^,;.]{1,60},)?"
    adverbs = "also|has|have|had|again|further|repeatedly|once|therefore|thus|both|still|already|notably"
    adverb = rf"(?:\s(?:{adverbs}))*"
    # "According to the authorities, GRETA …": commas alone make no list, it needs an "and" before its last name.
    last = rf"(?:,?\sand\s(?:by\s)?|,?\sas\swell\sas\s)(?:{one})"
    several = rf"(?:both\s)?(?:{one})(?:(?:,\s(?:{one}))*{last})*"
    return _Lexicon(
        codes=codes,
        tags=tags,
        full_names=full,
        subject=re.compile(rf"(?<![\w-])(?P<who>{several}){aside}{adverb}\s(?:{verbs})\b"),
        passive=re.compile(rf"\b(?:{passive})(?:\salso)?\sby\s(?P<who>{several})(?!\w)"),
        according=re.compile(
            rf"\b[Dd]ata\s(?:from|by|of|provided\sby)\s(?:the\s\w+\s)?(?P<data>{one})(?!\w)"
            rf"|\b(?:[Aa]ccording\sto|[Aa]s\s\w+\s(?:both\s)?by|[Ii]n\sthe\sview\sof)\s(?P<who>{several})(?!\w)"
        ),
        report=re.compile(rf"\bin\s(?:the|its|their)\s(?:\w+\s){{0,3}}(?P<who>{one})(?:['’]s)?\s(?:\w+\s)?report\b"),
        one=re.compile(rf"(?<![\w-])(?:{one})(?!\w)"),
        openers=tuple(data["carry"]["openers"]),
    )


def find_tags(text: str) -> tuple[Tag, ...]:
    """Attribution tags of a text, in order.

    A bracket is a tag when it holds nothing but speakers and the words before it are not the full name that it
    abbreviates: "… progress reports by the European Commission (EC)" attributes nothing.
    """
    lexicon = _lexicon()
    found = []
    for match in re.finditer(r"\(([^()]{2,80})\)", text):
        names = [name.strip() for name in re.split(r",|;|/|\band\b|&", match[1]) if name.strip()]
        if not names or any(name.casefold() not in lexicon.tags for name in names):
            continue
        speakers = tuple(dict.fromkeys(lexicon.tags[name.casefold()] for name in names))
        before = text[: match.start()].rstrip()
        if any(before.endswith(full) for code in speakers for full in lexicon.full_names.get(code, ())):
            continue
        found.append(Tag(match.start(), match.end(), speakers))
    return tuple(found)


def named_speakers(sentence: str) -> tuple[str, ...]:
    """Codes of those whom the sentence itself names as the ones who say it, in order; empty when it names none."""
    lexicon = _lexicon()
    for pattern in (lexicon.according, lexicon.subject, lexicon.passive, lexicon.report):
        match = pattern.search(sentence)
        if match:
            names = lexicon.one.findall(match["who"] or match["data"])
            return tuple(dict.fromkeys(lexicon.codes[name.casefold()] for name in names))
    return ()


def carries_on(sentence: str) -> bool:
    """Whether a sentence goes on with what the speaker of the sentence before it said."""
    lowered = sentence.casefold()
    if any(lowered.startswith(opener) and not lowered[len(opener) :][:1].isalpha() for opener in _lexicon().openers):
        return True
    if re.match(r"(?:\w+\s){1,2}(?:identified|mentioned|raised|reported)\b(?!\sby)", lowered):
        return True  # "Challenges identified include …" after "The survey results highlighted …".
    return re.match(r"\W*(?:\w+\W+){1,2}also\b", lowered) is not None


def speaker_codes() -> tuple[str, ...]:
    """The codes of all speakers that have names here."""
    return tuple(dict.fromkeys(_lexicon().codes.values()))


def speakers_in(text: str) -> tuple[str, ...]:
    """Codes of the speakers whose names or tags stand anywhere in a text, as in a question; in order of mention."""
    lexicon = _lexicon()
    return tuple(dict.fromkeys(lexicon.codes[name.casefold()] for name in lexicon.one.findall(text)))
