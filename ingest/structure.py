"""From blocks to the logical text: what belongs together is joined, footnotes move behind, headings become paths."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.blocks import Block, Mark, PageStart, Reading
from ingest.countries import is_country_heading
from ingest.document import Footnote, PageRun, Part, PassageKind
from ingest.sentences import sentence_spans

_TERMINAL = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
_MAX_LOGO_WORDS = 25  # The longest name of an institution on a report's back cover seen so far has 20 words.


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph, list item, table row or footnote in its final place.

    Attributes:
        start, end: Where it stands in the logical text.
        kind, part, section, lead_in: See `document.Passage`.
        paragraph: Its paragraph number as printed, None without one.
        anchor: For a footnote, the offset in the text of the place that carries its mark; else None.
        label: For a footnote, its number.
    """

    start: int
    end: int
    kind: PassageKind
    part: Part
    section: tuple[str, ...]
    paragraph: str | None
    lead_in: str
    anchor: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Structure:
    """The logical text of a file and what stands where in it.

    Attributes:
        text: Body units and then footnotes, separated by blank lines; headings stand in it too.
        units: By `start`.
        footnotes: By `start`.
        page_runs: By `start`; empty when the form has no pages.
        titles: The headings before the first paragraph, in order.
    """

    text: str
    units: tuple[Unit, ...]
    footnotes: tuple[Footnote, ...]
    page_runs: tuple[PageRun, ...]
    titles: tuple[str, ...]


def structure(reading: Reading) -> Structure:
    """Returns the logical text of a reading with its units, footnotes, pages and titles."""
    body, notes = _without_notes(reading.blocks)
    body = _joined(_without_logos(body, reading.blocks))
    titles, body = _titles(body, reading.metadata.get("title", ""))
    sections = _sections(body)
    return _assemble(titles, body, sections, notes)


# --- footnotes --------------------------------------------------------------------------------------------------------


def _without_notes(blocks: Sequence[Block]) -> tuple[list[Block], list[Block]]:
    """Splits blocks into body and footnotes; a list of notes at the end counts as footnotes when marks point to it."""
    marks = {mark.number for block in blocks if block.kind != "footnote" for mark in block.marks}
    labelled = {block.label for block in blocks if block.kind == "footnote"}
    endnotes = _endnote_places(blocks, marks - labelled)
    body: list[Block] = []
    notes: list[Block] = []
    for place, block in enumerate(blocks):
        sign = re.match(r"(\*+)\s+(?=\S)", block.text) if block.kind == "paragraph" else None
        if block.kind == "footnote" or place in endnotes:
            notes.append(block)
        elif sign:
            notes.append(_cut_front(replace(block, kind="footnote", label=sign[1]), sign.end()))
        else:
            body.append(block)
    # Signs first: forms that print them on a page and forms that list notes by number agree in this order.
    return body, sorted(notes, key=lambda note: int(note.label) if note.label.isdigit() else 0)


def _endnote_places(blocks: Sequence[Block], wanted: set[str]) -> set[int]:
    """Places of the labelled blocks at the end of a file that are the notes to which marks point."""
    places: set[int] = set()
    for place in range(len(blocks) - 1, -1, -1):
        block = blocks[place]
        if block.label not in wanted:
            break
        places.add(place)
    # One numbered paragraph at the end that happens to bear a mark's number is no list of notes.
    return places if len(places) >= max(2, len(wanted) // 2) else set()


def _cut_front(block: Block, count: int) -> Block:
    return replace(
        block,
        text=block.text[count:],
        marks=tuple(Mark(max(mark.offset - count, 0), mark.number) for mark in block.marks),
        pages=tuple(PageStart(max(start.offset - count, 0), start.page) for start in block.pages),
    )


# --- what belongs together --------------------------------------------------------------------------------------------


def _without_logos(body: Sequence[Block], blocks: Sequence[Block]) -> list[Block]:
    """Drops the lettering of logos: names of institutions beside footnotes, several in a row, or in capitals."""
    logos: set[int] = set()
    started = False
    for place, block in enumerate(blocks):
        started = started or block.kind == "heading"
        if not started or not _is_lettering(block):
            continue
        neighbours = (blocks[place - 1], *blocks[place + 1 : place + 2])
        beside = any(other.kind == "footnote" or _is_lettering(other) for other in neighbours)
        if beside or re.search(r"\b[A-Z]{3,} [A-Z]{2,} [A-Z]{3,}\b", block.text):
            logos.add(id(block))
    return [block for block in body if id(block) not in logos]


def _is_lettering(block: Block) -> bool:
    words = [word for word in block.text.split() if word[0].isalpha()]
    if block.kind != "paragraph" or not words or len(words) > _MAX_LOGO_WORDS or _TERMINAL.search(block.text):
        return False
    small = [word for word in words if not word[0].isupper() and len(word) > 3]
    return not small and all(len(word) < 4 or word[0].isupper() for word in words)


def _joined(body: Sequence[Block]) -> list[Block]:
    """Joins paragraphs and list items that a page turn or a footnote block split in mid-sentence."""
    joined: list[Block] = []
    for block in body:
        above = joined[-1] if joined else None
        if above is not None and _goes_on(above, block):
            joined[-1] = _glue(above, block)
        else:
            joined.append(block)
    return joined


def _goes_on(above: Block, block: Block) -> bool:
    if above.kind not in {"paragraph", "bullet"} or block.kind != "paragraph" or block.label:
        return False
    if _TERMINAL.search(above.text) or not block.text or _is_lettering(above):
        return False
    # A title-like line without a full stop is no broken sentence; a broken sentence holds small words.
    return any(word.islower() for word in above.text.split()) and (
        block.text[0].islower() or len(above.text.split()) > 8
    )


def _glue(above: Block, block: Block) -> Block:
    glue = "" if above.text.endswith("-") and not above.text.endswith(" -") else " "
    shift = len(above.text) + len(glue)
    last_page = above.pages[-1].page if above.pages else None
    pages = tuple(
        PageStart(start.offset + shift, start.page) for start in block.pages if start.page != last_page or start.offset
    )
    return replace(
        above,
        text=above.text + glue + block.text,
        marks=above.marks + tuple(Mark(mark.offset + shift, mark.number) for mark in block.marks),
        pages=above.pages + pages,
    )


# --- headings ---------------------------------------------------------------------------------------------------------


def _titles(body: list[Block], metadata_title: str) -> tuple[list[Block], list[Block]]:
    """The headings before the first paragraph, and the rest; a browser's repeat of the page title is dropped."""
    count = 0
    while count < len(body) and body[count].kind == "heading" and not _number_depth(body[count].text):
        count += 1
    if count == len(body):
        count = 0
    titles = body[:count]
    if len(titles) > 1 and titles[0].text.casefold() == metadata_title.casefold():
        titles = titles[1:]
    return titles, body[count:]


def _number_depth(heading: str) -> int:
    """Depth that the number of a heading tells ("2." is 1, "2.2.1" is 3, "IV." is 1); 0 without a number."""
    arabic = re.match(r"(\d{1,2}(?:\.\d{1,2})*)\.?\s+\S", heading)
    if arabic:
        return arabic[1].count(".") + 1
    return 1 if re.match(r"[IVX]{1,5}\.\s+\S", heading) else 0


def _sections(body: Sequence[Block]) -> list[tuple[str, ...]]:
    """The section path of each block, outermost heading first; a heading's own text closes its path."""
    headings = [block for block in body if block.kind == "heading"]
    numbered = [block for block in headings if _number_depth(block.text)]
    roman = any(re.match(r"[IVX]{1,5}\.\s", block.text) for block in numbered)
    levels = sorted({block.level for block in headings})
    capitals = bool(numbered) and all(block.text.isupper() for block in numbered if _number_depth(block.text) == 1)
    stack: list[tuple[int, str]] = []
    paths = []
    for block in body:
        if block.kind == "heading":
            depth = _depth(
                block, numbered=len(numbered) > 1, roman=roman, capitals=capitals, levels=levels, stack=stack
            )
            stack = [entry for entry in stack if entry[0] < depth]
            stack.append((depth, block.text))
        paths.append(tuple(text for _, text in stack))
    return paths


def _depth(
    block: Block, *, numbered: bool, roman: bool, capitals: bool, levels: list[int], stack: list[tuple[int, str]]
) -> int:
    """Depth of a heading: by its number where chapters are numbered, since files' own levels are unreliable."""
    own = levels.index(block.level) + 1
    if not numbered:
        return own
    by_number = _number_depth(block.text)
    if by_number:
        is_roman = re.match(r"[IVX]{1,5}\.\s", block.text) is not None
        return 10 * (by_number + (1 if roman and not is_roman else 0))
    if capitals and block.text.isupper() and is_country_heading(block.text) is None:
        return 10  # "NEXT STEPS" beside "7. ADVANCING THE CO-OPERATION".
    above = max((depth for depth, _ in stack if depth % 10 == 0), default=0)
    return above + min(own, 9)


# --- the text ---------------------------------------------------------------------------------------------------------


class _Writer:
    """Writes the logical text and keeps account of pages."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.page_runs: list[PageRun] = []

    def write(self, block: Block) -> tuple[int, int]:
        if self.parts:
            self.parts.append("\n\n")
            self.length += 2
        start = self.length
        for page_start in block.pages:
            if not self.page_runs or self.page_runs[-1].page != page_start.page:
                self.page_runs.append(PageRun(start + page_start.offset, page_start.page))
        self.parts.append(block.text)
        self.length += len(block.text)
        return start, self.length


def _assemble(
    titles: Sequence[Block], body: Sequence[Block], sections: Sequence[tuple[str, ...]], notes: Sequence[Block]
) -> Structure:
    writer = _Writer()
    anchors: dict[str, int] = {}
    for block in titles:
        start, _ = writer.write(block)
        anchors.update({mark.number: start + mark.offset for mark in block.marks})
    units: list[Unit] = []
    lead_in = ""
    for block, section in zip(body, sections, strict=True):
        start, end = writer.write(block)
        for mark in block.marks:
            anchors.setdefault(mark.number, start + mark.offset)
        if block.kind == "heading":
            lead_in = ""
            continue
        kind: PassageKind = "paragraph" if block.kind == "footnote" else block.kind
        units.append(
            Unit(
                start=start,
                end=end,
                kind=kind,
                part="body" if section else "front matter",
                section=section,
                paragraph=block.label or None if kind == "paragraph" else None,
                lead_in=lead_in if kind == "bullet" else "",
            )
        )
        if kind == "paragraph":
            lead_in = _last_sentence(block.text) if block.text.endswith(":") or _opens_list(block.text) else ""
    for sign in ("*", "**"):
        if sign not in anchors:
            anchors.update(_sign_anchor("".join(writer.parts), sign))
    footnotes = []
    for note in notes:
        start, end = writer.write(note)
        anchor = anchors.get(note.label)
        at = next((unit for unit in units if anchor is not None and unit.start <= anchor <= unit.end), None)
        units.append(
            Unit(
                start=start,
                end=end,
                kind="footnote",
                part=at.part if at else "body",
                section=at.section if at else (),
                paragraph=None,
                lead_in="",
                anchor=anchor,
                label=note.label,
            )
        )
        footnotes.append(Footnote(note.label, start, end, anchor))
    return Structure(
        text="".join(writer.parts),
        units=tuple(units),
        footnotes=tuple(footnotes),
        page_runs=tuple(writer.page_runs),
        titles=tuple(block.text for block in titles),
    )


def _opens_list(text: str) -> bool:
    return re.search(r"\bto$|\bthe following$|\bare$", text.rstrip(" :")) is not None


def _last_sentence(text: str) -> str:
    start, end = sentence_spans(text)[-1]
    return text[start:end]


def _sign_anchor(text: str, sign: str) -> dict[str, int]:
    """Where a sign such as the asterisk of Kosovo* first stands behind a word."""
    match = re.search(rf"(?<=\w){re.escape(sign)}(?!\*)", text)
    return {sign: match.end()} if match else {}
