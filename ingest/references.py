"""Official document numbers as reports print them, and the documents that footnotes refer to."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Number formats and who publishes under them. Source: the reports themselves and EUR-Lex (see ARCHITECTURE.md).
_NUMBERS = re.compile(
    r"""
    (?P<greta>GRETA)\s?\(\s?(?P<greta_year>\d{4})\s?\)\s?(?P<greta_no>\d{1,3})
    | (?P<series>SWD|COM|SEC|JOIN)\s?(?:\(\s?(?P<year>\d{4})\s?\)|/\s?(?P<slash_year>\d{4})\s?/)\s?(?P<no>\d{1,4})
      (?P<final>\s?final(?:/\d)?)?
    | (?P<cp>CP(?:/Rec)?)\s?\(\s?(?P<cp_year>\d{4})\s?\)\s?(?P<cp_no>\d{1,3})
    """,
    re.VERBOSE,
)
_RANGE = r"\d+(?:[-–]\d+)?"
_PINPOINT = re.compile(
    rf"(?<![A-Za-z])(?:[Pp]{{1,2}}\.?\s?{_RANGE}(?:,\s?{_RANGE})*|[Pp]aras?\.?(?:graphs?)?\s?{_RANGE})"
)
_PUBLISHERS = {"GRETA": "GRETA", "SWD": "EC", "COM": "EC", "SEC": "EC", "JOIN": "EC"}
_NOTE_OF_OTHER = re.compile(r"\bfootnote \d+ of the\b|\bits footnote \d+")
_MAX_REFERENCE_WORDS = 45
_BIBLIOGRAPHIC = re.compile(
    r"\((?:19|20)\d\d\)|\b(?:https?://|www\.)|\b[\w-]+\.[a-z]{2,6}/\w|\bpp?\.\s?\d|\bavailable (?:at|here)\b"
)
_PLACE_ONLY = re.compile(r"^(?:See\s)?(?:also\s)?(?:more\s(?:at|detailed)|available\sat|[Ii]bid)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """A document that a text refers to.

    Attributes:
        number: Official number, normalised: "GRETA(2017)37", "SWD(2018) 152 final", "COM(2012) 286 final".
        publisher: "GRETA" or "EC"; None for the Committee of the Parties.
        pinpoint: The place in that document as the text gives it ("p. 34", "paras. 12-13"), else "".
        start, end: Where the number stands in the text.
    """

    number: str
    publisher: str | None
    pinpoint: str
    start: int
    end: int

    @property
    def is_monitoring_report(self) -> bool:
        """True for the series in which GRETA's evaluation reports and the EC's country reports appear."""
        return self.number.startswith(("GRETA", "SWD"))


def find_references(text: str) -> tuple[Reference, ...]:
    """Official numbers in a text, in order, each with the pinpoint that follows it."""
    matches = list(_NUMBERS.finditer(text))
    found = []
    for position, match in enumerate(matches):
        until = matches[position + 1].start() if position + 1 < len(matches) else len(text)
        pinpoint = _PINPOINT.search(text, match.end(), until)
        number, publisher = _normalised(match)
        found.append(Reference(number, publisher, pinpoint[0] if pinpoint else "", match.start(), match.end()))
    return tuple(found)


def find_pinpoint(text: str) -> str:
    """The places that a reference points to, as the text gives them: "para. 161, p. 38"; "" for none."""
    return ", ".join(match[0] for match in _PINPOINT.finditer(text))


def _normalised(match: re.Match[str]) -> tuple[str, str | None]:
    if match["greta"]:
        return f"GRETA({match['greta_year']}){match['greta_no']}", "GRETA"
    if match["cp"]:
        return f"{match['cp']}({match['cp_year']}){match['cp_no']}", None
    final = f" {match['final'].strip()}" if match["final"] else ""
    year = match["year"] or match["slash_year"]
    return f"{match['series']}({year}) {int(match['no'])}{final}", _PUBLISHERS[match["series"]]


def same_number(left: str, right: str) -> bool:
    """Whether two official numbers mean one document: spaces, leading zeros and "final" do not count."""
    return number_key(left) == number_key(right)


def number_key(number: str) -> tuple[str, ...]:
    """What tells one official number from another: series, year and number, without spaces, zeros and "final"."""
    bare = re.sub(r"\s?final(?:/\d)?$", "", number.strip())
    bare = re.sub(r"/(\d{4})/", r"(\1)", bare)  # "COM/2012/0286" is COM(2012) 286.
    series, *digits = re.findall(r"[A-Za-z/]+|\d+", bare)[:3] or [number]
    return (series.upper(), *(digit.lstrip("0") for digit in digits))


def is_ibid(text: str) -> bool:
    """Whether a footnote refers to the document of the note before it."""
    return re.match(r"\s*ibid", text, re.IGNORECASE) is not None


def is_reference_sentence(text: str) -> bool:
    """Whether a sentence of a longer note only says where something stands: "See more at …", "See GRETA(2017)39."."""
    if _PLACE_ONLY.match(text) or is_ibid(text):
        return True
    return bool(find_references(text)) and len(text.split()) < 12


def is_reference_note(text: str) -> bool:
    """Whether a footnote only names a publication or an address, and says nothing of its own.

    Bibliographic notes are short and hold a number, a year in brackets, a page or an address; a note that says more
    than where something stands runs on for longer (measured on the non-paper: references have at most 41 words, others
    60).
    """
    if len(text.split()) > _MAX_REFERENCE_WORDS:
        return False
    if is_ibid(text) or _PLACE_ONLY.match(text) or _NOTE_OF_OTHER.search(text) or find_references(text):
        return True
    return _BIBLIOGRAPHIC.search(text) is not None
