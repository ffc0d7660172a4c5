"""The European Commission's assessment scale: state of play and progress, in the Commission's own country reports."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from ingest.countries import find_countries
from ingest.document import Document, Passage, Statement
from ingest.sentences import sentence_spans

AssessmentKind = Literal["state of play", "progress"]

# "should make good progress", "not yet moderately prepared", "avoid backsliding": no finding of this degree. The scale
# has no "very limited progress" either.
_NO_FINDING_BEFORE = re.compile(
    r"(?:\b(?:should|must|shall|could|would|to|not|no\slonger)\s(?:(?:be|make|have|see|show|yet|at|an?|having|made)\s)*"
    r"|\b(?:no|avoid|avoiding|prevent|preventing|risk\sof|against|without|any|very)\s(?:further\s|any\s)?)$",
    re.IGNORECASE,
)
_NO_FINDING_BEHIND = re.compile(r"\s(?:reports?\b|(?:should|must|needs\sto)\b)", re.IGNORECASE)
_OF_A_COUNTRY = re.compile(
    r"\b(?:is|are|remains?)\s(?:(?:still|also|overall|generally|only|both|between)\s)*(?:(?:at|in)\s)?(?:an?\s|the\s)?$",
    re.IGNORECASE,
)
_PREPARATIONS = re.compile(r"\bpreparations?\b|\bthe\scountry\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s(?:(?:being|having|at|an?|the)\s)*$", re.IGNORECASE)
_LINK = r"(?:(?:being|having|has|is|at|an?)\s)*"
_JOINT = re.compile(rf"\s?/\s?{_LINK}|\s(?:and|to)\s{_LINK}", re.IGNORECASE)
_TRAFFICKING = re.compile(r"\btraffick", re.IGNORECASE)
_CHAPTER = re.compile(r"\bChapter\s(\d{1,2})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Assessment:
    """A value of the scale that a text gives, at `[start, end)` of it.

    Attributes:
        kind: "state of play" (how prepared) or "progress" (since the last report).
        level: The degree, such as "moderately prepared"; for an in-between value the two degrees with " / " between.
        rank: Its place on the scale of its kind, 1 the lowest; an in-between value lies half-way.
        start, end: Where its wording stands.
    """

    kind: AssessmentKind
    level: str
    rank: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AreaAssessment:
    """An assessment of the Commission's own, with what it applies to.

    Attributes:
        assessment: Its offsets count in the document's text.
        statement: The statement that gives it.
        chapter: The negotiating chapter that the headings above it name, None without one.
        area: The heading right above it, such as "Fight against organised crime"; "" without one.
    """

    assessment: Assessment
    statement: Statement
    chapter: int | None
    area: str


def assessments(text: str) -> tuple[Assessment, ...]:
    """The values of the scale that a text gives, in order. Whether it is the Commission that speaks is not known here.

    "should make good progress" and "victims are identified at an early stage" give none.
    """
    found = [
        one for degrees in _scale() for start, end in sentence_spans(text) for one in _in(text, start, end, degrees)
    ]
    return tuple(sorted(found, key=lambda one: one.start))


def area_assessments(document: Document) -> tuple[AreaAssessment, ...]:
    """The values that one of the Commission's country reports gives in its own words, in order.

    Only since 2015 are such words a scale; earlier "some progress" was prose. A value stands for the chapter or area in
    whose section it stands, never for trafficking as such, which has no value on the scale: sections with trafficking
    in their own heading give none.
    """
    identity = document.identity
    if identity.publisher != "EC" or identity.kind == "other" or (identity.year or 0) < _data()["since_year"]:
        return ()
    return tuple(
        one
        for passage in document.passages
        if passage.kind in {"paragraph", "bullet"}
        and not (passage.section and _TRAFFICKING.search(passage.section[-1]))
        for statement in passage.statements
        if statement.speakers == ("EC",)
        for one in _of_area(document.text, passage, statement)
    )


def _of_area(text: str, passage: Passage, statement: Statement) -> list[AreaAssessment]:
    if passage.kind == "bullet" and re.search(r"\bshould\b", passage.lead_in):
        return []  # "In the coming year, Serbia should in particular: make good progress …".
    headings = [_CHAPTER.search(heading) for heading in reversed(passage.section)]
    chapter = next((int(match[1]) for match in headings if match), None)
    area = passage.section[-1] if passage.section else ""
    placed = []
    for one in assessments(text[statement.start : statement.end]):
        start, end = statement.start + one.start, statement.start + one.end
        placed.append(AreaAssessment(Assessment(one.kind, one.level, one.rank, start, end), statement, chapter, area))
    return placed


# --- wordings ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Wording:
    """How a degree, by its place in the list, is worded; `of_a_country` as in the data."""

    pattern: re.Pattern[str]
    degree: int
    of_a_country: bool


@dataclass(frozen=True, slots=True)
class _Degrees:
    """The degrees of one kind, from the lowest; `between` finds the short words of two of them."""

    kind: AssessmentKind
    levels: tuple[str, ...]
    wordings: tuple[_Wording, ...]
    between: re.Pattern[str]
    shorts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands, with its degrees: the same twice unless it lies between two."""

    start: int
    end: int
    low: int
    high: int


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("ingest") / "data" / "scale.toml").read_text(encoding="utf-8"))


@cache
def _scale() -> tuple[_Degrees, ...]:
    return (
        _degrees("state of play", r"(?:(?:level|stage)\s)?of\spreparations?"),
        _degrees("progress", "progress"),
    )


def _degrees(kind: AssessmentKind, noun: str) -> _Degrees:
    entries = _data()[kind]
    wordings = tuple(
        _Wording(re.compile(rf"\b{phrase}\b", re.IGNORECASE), degree, key == "of_a_country")
        for key in ("phrases", "of_a_country")
        for degree, entry in enumerate(entries)
        for phrase in entry.get(key, ())
    )
    shorts = tuple(entry.get("short", "") for entry in entries)
    one = "|".join(sorted(filter(None, shorts), key=len, reverse=True))
    between = re.compile(
        rf"\b(?:between\s)?(?:an?\s)?(?P<low>{one})(?:\s(?:level|stage))?(?:\s(?:and|to)\s|\s?/\s?)(?:an?\s)?"
        rf"(?P<high>{one})\s{noun}\b",
        re.IGNORECASE,
    )
    # The longer wording first: "very good progress" is not "good progress".
    longest_first = tuple(sorted(wordings, key=lambda wording: -len(wording.pattern.pattern)))
    return _Degrees(kind, tuple(entry["level"] for entry in entries), longest_first, between, shorts)


def _in(text: str, start: int, end: int, degrees: _Degrees) -> list[Assessment]:
    """The values of one kind in a sentence at `[start, end)`."""
    places: list[_Place] = []
    for match in degrees.between.finditer(text, start, end):
        low, high = (degrees.shorts.index(match[name].casefold()) for name in ("low", "high"))
        places.append(_Place(match.start(), match.end(), low, high))
    for wording in degrees.wordings:
        for match in wording.pattern.finditer(text, start, end):
            inside = any(place.start < match.end() and match.start() < place.end for place in places)
            if not inside and (not wording.of_a_country or _about_country(text[start : match.start()])):
                places.append(_Place(match.start(), match.end(), wording.degree, wording.degree))
    values = []
    for place in _joined(text, sorted(places, key=lambda place: place.start)):
        if _NO_FINDING_BEFORE.search(text[start : place.start]) or _NO_FINDING_BEHIND.match(text, place.end, end):
            continue
        level = " / ".join(dict.fromkeys(degrees.levels[degree] for degree in (place.low, place.high)))
        values.append(Assessment(degrees.kind, level, (place.low + place.high) / 2 + 1, place.start, place.end))
    return values


def _about_country(before: str) -> bool:
    """Whether what is said to be well advanced, or at an early stage, is a country or its preparations."""
    verb = _OF_A_COUNTRY.search(before)
    subject = before[: verb.start()] if verb else ""
    return bool(find_countries(subject)) or _PREPARATIONS.search(subject) is not None


def _joined(text: str, places: list[_Place]) -> list[_Place]:
    """Two degrees with a stroke between them, or "between … and …" around them, are one in-between value."""
    joined: list[_Place] = []
    for place in places:
        if joined:
            last = joined[-1]
            gap = text[last.end : place.start]
            if _JOINT.fullmatch(gap) and ("/" in gap or gap.startswith(" to ") or _BETWEEN.search(text[: last.start])):
                joined[-1] = _Place(last.start, place.end, last.low, place.high)
                continue
        joined.append(place)
    return joined
