"""What a document's footnotes refer to, with *ibid.* resolved to the document that the note before it means.

Some notes cannot be resolved for certain, and then every document that may be meant is named: a writer who added a note
between two others moved an *ibid.* to the wrong document.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from ingest.document import Document, Footnote
from ingest.references import find_pinpoint, find_references, is_reference_note, number_key

_IBID = re.compile(r"\s*(?:see\s(?:also\s)?)?(?:ibid(?:em)?\b|idem\b|id\.(?=\W))", re.IGNORECASE)
_LEADING = re.compile(
    r"^[\s,.;:(–-]*(?:and\s)?(?:(?:see|cf\.?)(?:\s(?:also|e\.g\.|for instance|for example))?[:,]?\s)?", re.IGNORECASE
)
_WHERE_TO_FIND = re.compile(r"\s*[.,;(]\s*(?:The\s\w+\s(?:is|are)\s)?\bavailable\b.*$", re.IGNORECASE | re.DOTALL)
_OPENING = ("“", '"', "‘", "'")
_MAX_TITLE_WORDS = 45
_FAR_BEYOND = 5  # A page so many times as high as any other that is cited of a document may be of another one. Chosen.
_NOTES_BACK = 3  # How far before an ibid. the document stands that may be meant instead. Chosen.


@dataclass(frozen=True, slots=True)
class Work:
    """A publication that a footnote refers to.

    Attributes:
        label: As the note names it: "Albania 2018 Report, SWD(2018) 151".
        number: Its official number, normalised; None without one.
        pinpoint: The place in it, as the note gives it ("p. 34"); "" for none.
    """

    label: str
    number: str | None
    pinpoint: str

    @property
    def key(self) -> Hashable:
        """What is the same wherever the publication is named."""
        return number_key(self.number) if self.number else self.label

    @property
    def text(self) -> str:
        """Publication and place."""
        return f"{self.label}, {self.pinpoint}" if self.pinpoint else self.label


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an *ibid.* stands for.

    Attributes:
        works: What it may mean, likeliest first; empty when nothing before it is a reference.
        doubt: Why it is uncertain, "" when it is not.
    """

    works: tuple[Work, ...]
    doubt: str = ""

    @property
    def text(self) -> str:
        """For a person: "Albania 2018 Report, SWD(2018) 151, p. 36", or both candidates with the doubt."""
        named = " or ".join(work.text for work in self.works)
        if not self.doubt:
            return named
        return f"uncertain: {named} ({self.doubt})" if named else f"uncertain ({self.doubt})"


def note_dict(document: Document, note: Footnote) -> dict[str, Any]:
    """Number and text of a footnote, and for an *ibid.* what it stands for."""
    value: dict[str, Any] = {"number": note.number, "text": document.text[note.start : note.end]}
    resolved = resolve_ibid(document, note)
    if resolved is not None:
        value["ibid"] = resolved.text
    return value


def references_of(document: Document, note: Footnote) -> tuple[str, ...]:
    """What a footnote refers to, as text: official reports by number and place, others as the note names them."""
    resolved = resolve_ibid(document, note)
    own = tuple(work.text for work in works_in(document.text[note.start : note.end]))
    return own if resolved is None else (resolved.text, *own)


def resolve_ibid(document: Document, note: Footnote) -> Resolved | None:
    """What an *ibid.* means: the last publication of the note before it; None for a note of another kind."""
    if not _IBID.match(document.text[note.start : note.end]):
        return None
    return _resolutions(document.text, document.footnotes).get(note)


@lru_cache(maxsize=8)  # A document is asked for one note after the other.
def _resolutions(text: str, footnotes: tuple[Footnote, ...]) -> dict[Footnote, Resolved]:
    """What each *ibid.* of a document means. In order of the notes, since one may stand on another."""
    notes = [_Note(note, text[note.start : note.end]) for note in _in_order(footnotes)]
    highest = _highest_pages(notes)
    resolutions: dict[Footnote, Resolved] = {}
    for place, note in enumerate(notes):
        if note.is_ibid:
            before = notes[place - 1] if place else None
            earlier = resolutions.get(before.footnote) if before and before.is_ibid and not before.works else None
            resolutions[note.footnote] = _resolve(notes, place, earlier, highest)
    return resolutions


@dataclass(frozen=True, slots=True)
class _Note:
    footnote: Footnote
    text: str
    works: tuple[Work, ...] = field(init=False)
    is_ibid: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "works", works_in(self.text))
        object.__setattr__(self, "is_ibid", _IBID.match(self.text) is not None)


def _resolve(notes: Sequence[_Note], place: int, earlier: Resolved | None, highest: dict[Hashable, int]) -> Resolved:
    """What the *ibid.* at a place means.

    Args:
        notes: All notes.
        place: Its position.
        earlier: What the note before means, when that is an *ibid.* and names nothing beside.
        highest: The highest page cited of each publication.
    """
    pinpoint = _own_pinpoint(notes[place].text)
    if place and not _follows(notes[place - 1].footnote, notes[place].footnote):
        return _with_candidate_before(notes, place, pinpoint, "the note before it was not read")
    if earlier is not None and (earlier.doubt or not earlier.works):
        return Resolved(tuple(_at(work, pinpoint) for work in earlier.works), "the note before it is uncertain")
    meant = earlier.works if earlier is not None else notes[place - 1].works if place else ()
    if not meant:
        return _with_candidate_before(notes, place, pinpoint, "the note before it names no publication")
    work = _at(meant[-1], pinpoint)
    other = _rather_meant(notes, place, work, highest)
    if other is None:
        return Resolved((work,))
    doubt = f"no other note cites a page near {work.pinpoint} of the first"
    return Resolved((work, _at(other, work.pinpoint)), doubt)


def _at(work: Work, pinpoint: str) -> Work:
    """A publication at another place; an *ibid.* without a place means the same one."""
    return replace(work, pinpoint=pinpoint or work.pinpoint)


def works_in(text: str) -> tuple[Work, ...]:
    """The publications that a note refers to, in order; those of an *ibid.* are those that it names beside."""
    return tuple(work for part in _parts(text) if not _IBID.match(part) for work in _works_of_part(part))


def _parts(text: str) -> Iterator[str]:
    """A note cut at the semicolons that separate its references."""
    yield from (part for part in re.split(r";\s", text) if part.strip())


def _works_of_part(part: str) -> Iterator[Work]:
    references = find_references(part)
    if not references:
        if is_reference_note(part):
            named = _WHERE_TO_FIND.sub("", part)
            title = _LEADING.sub("", named)
            named = title if title[:1].isupper() or title[:1] in _OPENING else named.strip()  # "See more at …" stays.
            pinpoint = find_pinpoint(named)
            label = named[: named.find(pinpoint.partition(", ")[0])] if pinpoint else named
            yield Work(label.strip(" ,.;:"), None, pinpoint)
        return
    before = 0
    for position, reference in enumerate(references):
        until = references[position + 1].start if position + 1 < len(references) else len(part)
        title = _title_before(part[before : reference.start])
        label = f"{title}, {reference.number}" if title else reference.number
        yield Work(
            label,
            reference.number,
            find_pinpoint(_WHERE_TO_FIND.sub("", part[reference.end : until])) or reference.pinpoint,
        )
        before = reference.end


def _title_before(text: str) -> str:
    """The title that stands before an official number, "" where none does."""
    title = _LEADING.sub("", re.split(r"\.\s(?=See\b)|\band\s(?=see\b)|\)\s*(?:and|,)\s", text)[-1]).strip(" ,.;:(")
    if (
        not title
        or not (title[0].isupper() or title[0].isdigit() or title[0] in _OPENING)
        or len(title.split()) > _MAX_TITLE_WORDS
    ):
        return ""
    return title if re.search(r"[A-Za-z]{3}", title) and find_pinpoint(title) == "" else ""


def _own_pinpoint(text: str) -> str:
    """The place that an *ibid.* itself gives."""
    first = next(_parts(text), "")
    references = find_references(first)
    return find_pinpoint(first[: references[0].start] if references else first)


def _in_order(footnotes: Sequence[Footnote]) -> list[Footnote]:
    """The numbered notes as they are read: in order of their marks, since numbers may begin again on each page."""
    notes = [note for note in footnotes if note.number.isdigit()]
    if all(note.anchor is not None for note in notes):
        return sorted(notes, key=lambda note: (note.anchor or 0, note.start))
    return notes


def _follows(before: Footnote, note: Footnote) -> bool:
    """Whether no note is missing between two; numbers may begin again at 1."""
    return int(note.number) in {int(before.number) + 1, 1}


def _with_candidate_before(notes: Sequence[_Note], place: int, pinpoint: str, doubt: str) -> Resolved:
    """The nearest publication that a note before refers to, as a candidate only."""
    for note in reversed(notes[max(0, place - _NOTES_BACK) : place]):
        if note.works:
            return Resolved((_at(note.works[-1], pinpoint),), doubt)
    return Resolved((), doubt)


def _rather_meant(notes: Sequence[_Note], place: int, work: Work, highest: dict[Hashable, int]) -> Work | None:
    """A publication cited shortly before that the page fits, where it is far beyond all that is cited of `work`."""
    page = max(_page_numbers(work.pinpoint), default=0)
    known = highest.get(work.key)
    if known is None or page <= _FAR_BEYOND * known:
        return None
    for note in reversed(notes[max(0, place - _NOTES_BACK) : place]):
        for other in reversed(note.works):
            pages = _page_numbers(other.pinpoint)
            if pages and other.key != work.key and page <= _FAR_BEYOND * max(pages):
                return other
    return None


def _highest_pages(notes: Sequence[_Note]) -> dict[Hashable, int]:
    """The highest page that the notes cite of each publication, by its key."""
    highest: dict[Hashable, int] = {}
    for work in (work for note in notes for work in note.works):
        for page in _page_numbers(work.pinpoint):
            highest[work.key] = max(page, highest.get(work.key, 0))
    return highest


def _page_numbers(pinpoint: str) -> list[int]:
    if "ara" in pinpoint.casefold():
        return []  # Paragraphs are counted otherwise than pages.
    return [int(number) for number in re.findall(r"\d+", pinpoint)]
