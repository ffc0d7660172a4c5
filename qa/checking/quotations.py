"""The quotations in a text: what stands in quotation marks of any kind, and in which pieces it claims to be literal."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

# Which marks close what a mark opens, best first; the later ones are slips of people who mix two keyboards.
_CLOSING = {"“": ("”", '"', "“"), '"': ('"', "”"), "„": ("“", "”", '"'), "«": ("»",), "»": ("«", "»")}
_SINGLE = {"‘": "’", "'": "'", "‚": "‘"}
_OPENS_BEHIND = " \t\n\u00a0([{—–-/:\u201c\u201e"
_ENDS = ".,;:!?)]…"
_BLOCK_SHARE = 0.6  # A block quotation with so much of it in quotation marks is quoted by these. Chosen.
_ELLIPSIS = r"(?:…|\.\s?\.\s?\.(?:\s?\.)?)"
_CUT = re.compile(rf"\s*(?:\[\s*{_ELLIPSIS}\s*\]|\(\s*{_ELLIPSIS}\s*\)|{_ELLIPSIS})\s*|\[([^\[\]]*)\]")
_CHANGED_LETTER = re.compile(r"\[(\w)\](?=\w)")
_REMARK = re.compile(
    r"\s*[\[(]\s*(?:sic!?|(?:my |our )?emphas[ie]s (?:added|in original)|added emphasis)\s*[\])]", re.IGNORECASE
)

Gap = Literal["start", "ellipsis", "insertion", "ending"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that a quotation claims to be literal.

    Attributes:
        text: The words.
        gap: What stands before them: nothing, an ellipsis, words in square brackets, or the end of a word in them.
        inserted: What the brackets before them hold.
    """

    text: str
    gap: Gap = "start"
    inserted: str = ""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation at `[start, end)` of a text, without its quotation marks."""

    start: int
    end: int
    text: str

    @property
    def n_words(self) -> int:
        """How many words it has."""
        return len(self.text.split())


def find_quotations(text: str) -> tuple[Quotation, ...]:
    """What stands in quotation marks, in order; quotations within quotations are a part of these."""
    found = []
    place = 0
    while place < len(text):
        end = _closing(text, place) if _opens(text, place) else None
        if end is None:
            place += 1
            continue
        start, stop = _trimmed(text, place + 1, end)
        if start < stop:
            found.append(Quotation(start, stop, text[start:stop]))
        place = end + 1
    return tuple(found)


def block_quotation(text: str, end: int) -> tuple[Quotation, ...]:
    """The quotations of a paragraph that is set as one: what it has in quotation marks, else all of it.

    Args:
        text: The paragraph.
        end: Where what is quoted ends: at the citation behind it.
    """
    marked = tuple(quotation for quotation in find_quotations(text) if quotation.start < end)
    start, stop = _trimmed(text, 0, end)
    if sum(quotation.end - quotation.start for quotation in marked) >= _BLOCK_SHARE * (stop - start):
        return marked
    return (Quotation(start, stop, text[start:stop]),) if start < stop else ()


def pieces_of(quotation: str) -> tuple[Piece, ...]:
    """What of a quotation is claimed to be literal: the words between ellipses and square brackets."""
    text = unicodedata.normalize("NFKC", _REMARK.sub("", quotation.replace("…", "...")))
    text = _CHANGED_LETTER.sub(r"\1", text)
    pieces = []
    gap: Gap = "start"
    inserted, done = "", 0
    for cut in [*_CUT.finditer(text), None]:
        words = text[done : cut.start() if cut else len(text)]
        if re.search(r"\w", words):
            pieces.append(Piece(words.strip(), gap, inserted))
            gap, inserted = "start", ""
        if cut is None:
            break
        done = cut.end()
        if cut[1] is None:
            gap = "ellipsis"
        elif gap != "ellipsis":
            gap = "ending" if text[cut.start() - 1 : cut.start()].isalnum() else "insertion"
        inserted = f"{inserted} {cut[1]}".strip() if cut[1] else inserted
    return tuple(pieces)


def _opens(text: str, place: int) -> bool:
    mark, before, behind = text[place], text[place - 1 : place], text[place + 1 : place + 2]
    if mark in "“„«»":
        return bool(behind)
    if mark == '"' or mark in _SINGLE:
        return (not before or before in _OPENS_BEHIND) and bool(behind) and not behind.isspace()
    return False


def _closing(text: str, place: int) -> int | None:
    """Where the mark stands that closes the one at a place; the end of the text for double marks without one."""
    mark = text[place]
    if mark in _SINGLE:
        return _closing_single(text, place, _SINGLE[mark])
    for closing in _CLOSING[mark]:
        end = _nested(text, place, mark, closing) if closing != mark else _next(text, place, closing)
        if end is not None:
            return end
    return len(text) if mark in "“„" else None


def _nested(text: str, place: int, mark: str, closing: str) -> int | None:
    depth = 0
    for here in range(place, len(text)):
        if text[here] == mark and mark != '"':
            # A mark at the head of each paragraph of one quotation opens nothing new.
            depth += 0 if depth and text[here - 1] == "\n" else 1
        elif text[here] == closing:
            depth -= 1
            if depth <= 0:
                return here
    return None


def _next(text: str, place: int, closing: str) -> int | None:
    end = text.find(closing, place + 1)
    while end >= 0 and text[end - 1] == "\n":  # It opens the next paragraph of the same quotation.
        end = text.find(closing, end + 1)
    return end if end >= 0 else None


def _closing_single(text: str, place: int, closing: str) -> int | None:
    """The end of a quotation in single marks, which are apostrophes too.

    An apostrophe between letters is none. One behind an s may be a plural's ("victims’ rights"): the first mark that
    stands before or behind punctuation, or not behind an s, is taken; else the last one.
    """
    until = text.find(text[place], place + 1) if closing != text[place] else -1
    until = until if until >= 0 else len(text)
    candidates = [
        here
        for here in range(place + 2, until)
        if text[here] == closing and not text[here + 1 : here + 2].isalnum() and not text[here - 1].isspace()
    ]
    for here in candidates:
        behind = text[here + 1 : here + 2]
        if not behind or behind in _ENDS or text[here - 1] in _ENDS or text[here - 1] != "s":
            return here
    return candidates[-1] if candidates else None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
