"""What limits a question to some editions and places of reports: rounds, years, grades, articles, parts.

Each is taken out of the question, so that its words are not looked for in the reports.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from ingest.countries import find_countries
from ingest.document import Grade, Part

_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_ORDINAL = "|".join(_ORDINALS)
_AND = r"\s?(?:,|/|&|-|–|and|or|to|with|versus|vs\.?|against)\s?(?:the\s)?"
# "second and third round", "from second to third report", "third-round report".
_NAMED_ROUND = re.compile(
    rf"\b(?:the\s)?((?:{_ORDINAL})(?:{_AND}(?:{_ORDINAL}))*)[\s-](?:GRETA\s|EC\s)?(?:evaluation[\s-])?(?:rounds?(?:\sreports?)?|reports?)\b",
    re.IGNORECASE,
)
# "After GRETA's second report", "before the adoption of the third report": what stands before the number.
_LATER = re.compile(
    r"\b(?P<later>after|following)\s(?:the\s)?(?:(?:adoption|publication|release)\sof\s(?:the\s)?)?(?:(?:its|their|GRETA['’]?s?)\s)?$"
    r"|\b(?:before|prior\sto|until)\s(?:the\s)?(?:(?:adoption|publication|release)\sof\s(?:the\s)?)?(?:(?:its|their|GRETA['’]?s?)\s)?$",
    re.IGNORECASE,
)
_ROUNDS = (1, 2, 3, 4)
# "round 3", "rounds 2 and 3", "R3".
_NUMBERED_ROUND = re.compile(rf"\brounds?\s([1-4](?:{_AND}[1-4])*)\b|(?<![\w.])R([1-4])\b(?!\.\d)", re.IGNORECASE)
_YEAR = r"(?:19|20)\d\d"
_OF_A_REPORT = r"(?:\w+\s){0,2}?(?:reports?|progress|enlargement|evaluation|editions?|packages?)\b"
_EDITION_YEAR = re.compile(
    rf"\b({_YEAR}(?:{_AND}{_YEAR})*)(?=\s{_OF_A_REPORT})"
    rf"|(?:reports?|editions?|evaluation|packages?)\s(?:of|from|for|in)\s({_YEAR}(?:{_AND}{_YEAR})*)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(rf"\b(?:since|from|after)\s({_YEAR})(?:\s(?:on|onwards?))?\b", re.IGNORECASE)
_UNTIL = re.compile(rf"\b(?:until|till|up\sto|before)\s({_YEAR})\b", re.IGNORECASE)
_RANGE = re.compile(
    rf"\b(?:between|from)\s({_YEAR})\s(?:and|to)\s({_YEAR})\b|\b(?:in\s)?({_YEAR})\s?[-–]\s?({_YEAR})\b", re.IGNORECASE
)
_NAMED_GRADE = re.compile(r"[“\"'‘]?\b(urg|consider|invit)(?:es|e|s|ed|ing)?\b[”\"'’]?", re.IGNORECASE)
_GRADES: dict[str, Grade] = {"urg": "urges", "consider": "considers", "invit": "invites"}
_ARTICLE = re.compile(
    r"\bArt(?:icles?|s?\.)\s(\d{1,2}(?:\(\d\))*(?:(?:,\s|\sand\s|\sor\s)\d{1,2}(?:\(\d\))*)*)(?![\w(])"
    r"(?!\sof\s(?:the\s)?(?:\w+\s){0,2}?(?:Code|Directive|Law|Act|Constitution|Protocol|Regulation|TFEU|TEU|Charter))"
    r"(?:\sof\sthe\s(?:Council\sof\sEurope\s)?Convention)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a question says of editions and places.

    Attributes:
        rounds: Evaluation rounds, in the order named.
        years: Years of editions.
        since, until: First and last year of editions, None without such a limit.
        latest: True when it asks for the latest report.
        compares: True when it asks how editions differ, so that each of them counts.
        grades: GRETA's verbs that it names.
        articles: Articles of the Council of Europe Convention.
        parts: Parts of documents.
        rest: The question without all these.
    """

    rounds: tuple[int, ...]
    years: tuple[int, ...]
    since: int | None
    until: int | None
    latest: bool
    compares: bool
    grades: tuple[Grade, ...]
    articles: tuple[int, ...]
    parts: tuple[Part, ...]
    rest: str


def take_limits(text: str) -> Limits:
    """What a question says of editions and places, and the question without it."""
    words = _words()
    compares = words.compares.search(text) is not None
    beside = any(_LATER.search(text[: match.start()]) for match in _NAMED_ROUND.finditer(text))
    articles, rest = _take_articles(text)
    rounds, rest = _take_rounds(rest)
    says = words.says.search(text) is not None and not compares
    if says and _RANGE.search(rest):
        years: tuple[int, ...] = ()
        since, until, rest = _take_range(rest)
    else:
        years, rest = _take_years(rest, compares=compares)
        since, until, rest = _take_range(rest) if says else (None, None, rest)
    latest = words.latest.search(rest) is not None
    rest = words.latest.sub(_without_edition, rest)
    grades, rest = _take_grades(rest, asks_for_verb=words.verb.search(rest) is not None)
    parts, rest = _take_parts(rest)
    if compares:
        rest = words.compares.sub(" ", rest)
        if len(rounds) == 1 or beside:
            rounds = ()  # "Softened in the third round", "changed after the second": against another one.
    compares = compares or (len(rounds) > 1 and not beside) or len(years) > 1
    return Limits(rounds, years, since, until, latest, compares, grades, articles, parts, rest)


def _without_edition(match: re.Match[str]) -> str:
    """What stays of "the latest GRETA report": whose it is."""
    return f" {' '.join(re.findall(r'GRETA|EC', match[0]))} "


def _take_articles(text: str) -> tuple[tuple[int, ...], str]:
    """Articles of the Convention: those of a code, law or directive are part of what is asked about."""
    found = [
        int(number)
        for match in _ARTICLE.finditer(text)
        for number in re.findall(r"\d+", re.sub(r"\(\d\)", "", match[1]))
    ]
    return tuple(dict.fromkeys(number for number in found if 1 <= number <= 47)), _ARTICLE.sub(" ", text)


def _take_rounds(text: str) -> tuple[tuple[int, ...], str]:
    named: list[int] = []
    for match in reversed(list(_NAMED_ROUND.finditer(text))):
        numbers = [_ORDINALS[word.casefold()] for word in re.findall(rf"\b(?:{_ORDINAL})\b", match[1], re.IGNORECASE)]
        side = _LATER.search(text[: match.start()])
        if side is not None and len(numbers) == 1:
            # "After GRETA's second report" means later ones; there is none of the fourth.
            later = [number for number in _ROUNDS if number > numbers[0]]
            earlier = [number for number in _ROUNDS if number < numbers[0]]
            numbers = later if side["later"] else earlier
            text = text[: side.start()] + " " + re.sub(r"^.*?(?=GRETA|$)", "", side[0]) + text[match.start() :]
        named = [*numbers, *named]
    numbered = [
        int(number) for match in _NUMBERED_ROUND.finditer(text) for number in re.findall(r"[1-4]", match[1] or match[2])
    ]
    rest = _NUMBERED_ROUND.sub(" ", _NAMED_ROUND.sub(_without_edition, text))
    return tuple(dict.fromkeys((*named, *numbered))), rest


def _take_years(text: str, *, compares: bool) -> tuple[tuple[int, ...], str]:
    """Years that name an edition of a report: other years are part of what is asked about."""
    found = [year for match in _EDITION_YEAR.finditer(text) for year in re.findall(_YEAR, match[0])]
    # Only the year goes: the words around it may name a source, as in "2018 progress report".
    text = _EDITION_YEAR.sub(lambda match: re.sub(rf"{_YEAR}", " ", match[0]), text)
    if compares:
        for match in _RANGE.finditer(text):  # "Between 2018 and 2019": the two editions.
            found += [year for year in match.groups() if year]
        text = _RANGE.sub(" ", text)
    return tuple(dict.fromkeys(int(year) for year in found)), text


def _take_range(text: str) -> tuple[int | None, int | None, str]:
    """The years between which editions lie: "what has GRETA said since 2018"."""
    both = _RANGE.search(text)
    if both:
        first, last = (int(year) for year in both.groups() if year)
        return first, last, _RANGE.sub(" ", text)
    since, until = _SINCE.search(text), _UNTIL.search(text)
    after = since is not None and since[0].casefold().startswith("after")
    before = until is not None and until[0].casefold().startswith("before")
    return (
        int(since[1]) + after if since else None,
        int(until[1]) - before if until else None,
        _UNTIL.sub(" ", _SINCE.sub(" ", text)),
    )


def _take_grades(text: str, *, asks_for_verb: bool) -> tuple[tuple[Grade, ...], str]:
    """GRETA's verbs, where they name a grade; "GRETA considers that …" without "should" is an opinion of any kind."""
    found = []
    for match in _NAMED_GRADE.finditer(text):
        grade = _GRADES[match[1].casefold()]
        opinion = grade == "considers" and not re.search(r"\bshould\b|\bneed", text[match.end() :])
        if not opinion or match[0][0] in "“\"'‘" or asks_for_verb:
            found.append(grade)
    rest = _NAMED_GRADE.sub(" ", text)
    if asks_for_verb or len({match[1].casefold() for match in _NAMED_GRADE.finditer(text)}) > 1:
        found = list(_GRADES.values())  # "Does it urge or only invite": any recommendation tells.
    return tuple(dict.fromkeys(found)), rest


def _take_parts(text: str) -> tuple[tuple[Part, ...], str]:
    found = []
    for part, pattern in _words().parts:
        if pattern.search(text):
            found.append(part)
            text = pattern.sub(_with_its_countries, text)
    return tuple(found), text


def _with_its_countries(match: re.Match[str]) -> str:
    """What stays of "did the Maltese authorities reply": whose they are."""
    return f" {' '.join(match[0][mention.start : mention.end] for mention in find_countries(match[0]))} "


@dataclass(frozen=True, slots=True)
class _Words:
    """What limits.toml says."""

    latest: re.Pattern[str]
    compares: re.Pattern[str]
    verb: re.Pattern[str]
    says: re.Pattern[str]
    parts: tuple[tuple[Part, re.Pattern[str]], ...]


@cache
def _words() -> _Words:
    data = tomllib.loads((files("qa") / "data" / "limits.toml").read_text(encoding="utf-8"))
    return _Words(
        latest=_any_of(data["latest"]),
        compares=_any_of(data["compares"]),
        verb=_any_of(data["verb"]),
        says=_any_of(data["says"]),
        parts=tuple((cast("Part", part), _any_of(phrases)) for part, phrases in data["parts"].items()),
    )


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of some phrases, given as patterns with plain spaces."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)".replace(" ", r"\s"), re.IGNORECASE)
