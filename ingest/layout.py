"""From text runs on pages to blocks: lines, page furniture, footnotes at the page foot, paragraphs, list items.

Knows about paper, not about reports. All lengths are in points, y grows upwards.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ingest.blocks import Block, BlockKind, Mark, PageStart, Reading
from ingest.places import NO_GLYPHS, Glyphs
from ingest.tokens import is_common

_BULLET_GLYPHS = "•▪◦●○■□–—➢✓→‣·o-»►▸▶◆❖❑✔➔⇒‐"
_TERMINAL = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
# "12" or the 12 of "12/60", but no part of a date, a time or a document number such as "2017/36".
_PAGE_NUMBER = re.compile(r"(?<![\d./:])\d{1,4}(?![\d./:])|(?<![\d/])\d{1,4}(?=/\d)")
_LEADER = re.compile(r"(?:\.\s?){5,}\s*[\divxlc]+\s*$|…{2,}\s*\d+\s*$")
_FURNITURE_BAND = 0.12  # Running heads and feet stand in the outer 12 % of the page height (chosen).
# Prefixes behind which the reports' English keeps its hyphen ("co-ordination", "multi-annual", "self-government").
_HYPHENATED_PREFIXES = {
    "anti", "co", "cross", "ex", "high", "inter", "long", "low", "mid", "multi", "non", "one", "post", "pre", "pro",
    "quasi", "re", "self", "semi", "short", "sub", "third", "two", "under", "well",
}  # fmt: skip
_SCAN_SHIFT_PT = 12.0  # How far a page may be off its place in a scanner, in height (chosen).
_FURNITURE_SHARE = 0.15  # Heads of odd and even pages, or of a chapter, repeat on a part of the pages only (chosen).
_SUPERSCRIPT_SIZE = 0.9  # Chromium sets footnote marks at 10/12 of the text size, LibreOffice at 7/12 (measured).
_FULL_LINE_SHARE = 0.97  # The right edge of the text: tables and long addresses may reach beyond it (chosen).
_HYPHEN, _SOFT_HYPHEN = "\u2010", "\u00ad"
_LAST_LINES = 12
_MARK_REACH = 60  # Lines before and behind a margin mark among which its line may be: a long paragraph (chosen).
_MAX_HANG = 6.0  # Type sizes between a mark in the margin and its text (chosen).
_TABLE_NOTES = ("Source:", "Sources:", "Note:")
_CELL_GAP = 1.2  # Cells of a table stand farther apart than words of a justified line (measured on the specimens).
_SHORT_LINE = 0.75  # A line shorter than three quarters of a full one ends its paragraph (chosen).


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text that was drawn in one go; (x, y) is the start of its baseline, `width` None when unknown."""

    x: float
    y: float
    size: float
    width: float | None
    bold: bool
    italic: bool
    text: str


@dataclass(frozen=True, slots=True)
class Disc:
    """A small filled circle, drawn as a shape: a list mark that is not text. (x, y) is its lower left corner."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin horizontal line; (x, y) is its left end."""

    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class PageLayout:
    """What stands on one page."""

    runs: tuple[Run, ...]
    discs: tuple[Disc, ...]
    rules: tuple[Rule, ...]
    width: float
    height: float
    pictured: bool = False  # Something is drawn on it that may be text: a picture, or many shapes.
    recognised: bool = False  # Its text was recognised in a picture, which may lie askew.
    glyphs: Glyphs = NO_GLYPHS  # All that it draws, to find the text again on it.


@dataclass(slots=True)
class _Line:
    """A line of text under construction."""

    page: int
    x: float
    y: float
    size: float
    text: str = ""
    text_x: float = 0.0  # Where the text starts after a list mark or a paragraph number.
    right: float = 0.0  # Where the last run ends.
    marks: list[Mark] = field(default_factory=list)
    note: str = ""  # The footnote mark that the line starts with.
    bullet: bool = False
    label: str = ""
    bare: int = 0  # Length of a number without a full stop in front of the text: counting tells whether it is a label.
    breaks: list[int] = field(default_factory=list)  # Offsets in the text of gaps as wide as those between table cells.
    row: bool = False
    bold: bool = True
    italic: bool = True


@dataclass(slots=True)
class _Draft:
    """A block under construction."""

    lines: list[_Line]
    kind: BlockKind

    @property
    def first(self) -> _Line:
        return self.lines[0]

    @property
    def last(self) -> _Line:
        return self.lines[-1]


def lay_out(
    pages: Sequence[PageLayout], *, pdf_labels: tuple[str, ...] = (), metadata: dict[str, str] | None = None
) -> Reading:
    """Returns the blocks of the pages in reading order, without running heads and feet.

    Args:
        pages: In order; the runs of each in the order in which they were drawn.
        pdf_labels: Page labels that the PDF itself gives, one a page.
        metadata: What the file says of itself.
    """
    page_lines = [_in_reading_order(_lines(page, number)) for number, page in enumerate(pages, start=1)]
    furniture = _furniture(page_lines, pages)
    scanned = [page.recognised for page in pages]
    labels = _page_labels(page_lines, furniture, pdf_labels, scanned)
    body_lines = [
        [line for index, line in enumerate(lines) if (number, index) not in furniture]
        for number, lines in enumerate(page_lines)
    ]
    contents = [_contents_lines(lines) for lines in body_lines]
    entries = [
        entry
        for lines, places in zip(body_lines, contents, strict=True)
        for entry in _entries(lines[place] for place in places)
    ]
    body_lines = [
        [line for place, line in enumerate(lines) if place not in places]
        for lines, places in zip(body_lines, contents, strict=True)
    ]
    body_size = _body_size(body_lines)
    _read_plain_notes(body_lines, body_size)
    _confirm_bare_numbers(body_lines)
    for number, lines in enumerate(body_lines):
        _mark_rows(lines, body_size)
        if number and lines and lines[0].text.startswith(_TABLE_NOTES):
            # The source line of a table that fills the page before, above its footnotes.
            lines[0].row = any(line.row for line in body_lines[number - 1][-_LAST_LINES:])
    drafts = _drafts(body_lines, [_notes_from(page, lines) for page, lines in zip(pages, body_lines, strict=True)])
    vocabulary = _vocabulary(line.text for lines in body_lines for line in lines)
    blocks = _ranked([_block(draft, body_size, vocabulary) for draft in drafts])
    running = tuple(dict.fromkeys(page_lines[number][index].text for number, index in sorted(furniture)))
    return Reading(
        blocks=blocks,
        page_labels=labels,
        furniture=running,
        contents=tuple(entries),
        metadata=metadata or {},
        glyphs=tuple(page.glyphs for page in pages),
    )


# --- lines ------------------------------------------------------------------------------------------------------------


def _end(run: Run) -> float:
    """Where a run ends; half the type size a letter is a fair guess for a font that does not tell its widths."""
    return run.x + (run.width if run.width is not None else 0.5 * run.size * len(run.text))


_MARK = re.compile(r"\s*[\[(]?(\d{1,3}|\*+)[\])]?\s*")
_UNIT = re.compile(r"(?:\d\s?|^)[kcdm]?m$")  # "60 m²", "12 km²": the raised digit is an exponent.


def _is_mark(run: Run, neighbour_size: float, baseline: float) -> bool:
    raised = run.y - baseline
    # A mark in the size of the text must be raised clearly.
    lowest = 0.05 if run.size <= _SUPERSCRIPT_SIZE * neighbour_size else 0.2
    return (
        run.size <= 1.05 * neighbour_size
        and lowest * neighbour_size < raised < 0.8 * neighbour_size
        and _MARK.fullmatch(run.text) is not None
    )


def _mark_number(text: str) -> str:
    """The number or sign of a footnote mark, without brackets around it."""
    return text.strip(" []()")


def _lines(page: PageLayout, number: int) -> list[_Line]:
    lines: list[_Line] = []
    runs = page.runs
    for position, run in enumerate(runs):
        line = lines[-1] if lines else None
        following = runs[position + 1] if position + 1 < len(runs) else None
        if line is not None and line.text and _is_mark(run, line.size, line.y) and run.x >= line.x:
            if run.text.strip() in {"2", "3"} and _UNIT.search(line.text):
                line.text += run.text
            else:
                line.marks.append(Mark(len(line.text.rstrip()), _mark_number(run.text)))
                line.text += " " if run.text.endswith(" ") else ""  # The space behind it may be drawn with the mark.
            line.right = _end(run)
        elif following is not None and _is_mark(run, following.size, following.y) and run.x <= following.x + 1:
            note = _mark_number(run.text)
            lines.append(_Line(number, run.x, following.y, following.size, note=note, text_x=following.x))
        elif line is not None and abs(run.y - line.y) < 0.45 * max(run.size, line.size) and run.x >= line.x - 1:
            _append(line, run)
        else:
            lines.append(_new_line(number, run))
    for line in lines:
        line.text = _without_soft_hyphens(line)
        _read_list_mark(line, page.discs)
    return _with_margin_marks([line for line in lines if line.text or line.note])


def _without_soft_hyphens(line: _Line) -> str:
    """A line's text without soft hyphens but the one that ends it, which tells that its last word goes on."""
    text = line.text.rstrip()
    if _SOFT_HYPHEN in text[:-1]:
        line.marks = [Mark(mark.offset - text[: mark.offset].count(_SOFT_HYPHEN), mark.number) for mark in line.marks]
        line.breaks = [place - text[:place].count(_SOFT_HYPHEN) for place in line.breaks]
        text = text[:-1].replace(_SOFT_HYPHEN, "") + text[-1]
    return text


def _with_margin_marks(lines: list[_Line]) -> list[_Line]:
    """Puts list marks and numbers that were drawn apart, left of a line and at its height, into that line.

    Some producers draw them before or behind all the lines of their paragraph.
    """
    taken: set[int] = set()
    for place, mark in enumerate(lines):
        if mark.note or mark.bullet or mark.label or mark.marks or not _is_list_mark(mark.text):
            continue
        line = next(
            (
                other
                for other in lines[max(0, place - _MARK_REACH) : place + _MARK_REACH]
                if other is not mark
                and abs(other.y - mark.y) < 0.45 * max(mark.size, other.size)
                and 0 < other.x - mark.x < _MAX_HANG * other.size
                and not (other.bullet or other.label or other.note)
            ),
            None,
        )
        if line is not None:
            line.x = mark.x
            if not _take_list_mark(line, mark.text):
                _put_before(line, f"{mark.text.strip()} ")
            taken.add(id(mark))
    return [line for line in lines if id(line) not in taken]


def _new_line(number: int, run: Run) -> _Line:
    line = _Line(number, run.x, run.y, run.size, text_x=run.x)
    _append(line, run)
    return line


def _append(line: _Line, run: Run) -> None:
    # A quarter of a space is 0.06 to 0.08 of the type size; kerning stays below it.
    separate = run.x - line.right > (0.1 if run.width is not None else 0.6) * run.size and run.text[0] not in ",.;:!?)"
    if not line.text:
        line.text = run.text.lstrip()
        line.text_x = run.x
        line.bold = line.italic = True
        line.size = max(line.size, run.size) if line.note else run.size
    elif (
        not (line.bullet or line.label)
        and _is_list_mark(line.text)
        and _stands_off(line, run)
        and _take_list_mark(line, line.text)
    ):
        line.text, line.text_x = run.text.lstrip(), run.x
        line.bold = line.italic = True
    else:
        if not line.bare and _stands_off(line, run) and _NUMBER_MARK.fullmatch(line.text):
            line.bare, line.text_x = len(line.text.rstrip()) + 1, run.x
            line.bold = line.italic = True
        # A justified line stretches its spaces, which the width of a run does not tell.
        stretch = 0.4 * run.size * line.text[line.breaks[-1] if line.breaks else 0 :].count(" ")
        if run.x - line.right > _CELL_GAP * run.size + stretch:
            line.breaks.append(len(line.text.rstrip()))
        if line.marks and line.marks[-1].offset == len(line.text.rstrip()) and run.text[0] in ",.;:!?)":
            line.text = line.text.rstrip()
        spaced = line.text.endswith(" ") or run.text.startswith(" ") or not separate
        line.text += run.text if spaced else " " + run.text
    line.bold = line.bold and run.bold
    line.italic = line.italic and run.italic
    line.right = _end(run)


_NUMBER_MARK = re.compile(r"(?P<sign>§\s?)?\(?(?P<number>\d{1,3})(?P<stop>[.)])?\s*")
_LETTER_MARK = re.compile(r"\(?(?P<letter>[a-z]|[ivx]{2,4})\)\s*")


def _is_list_mark(text: str) -> bool:
    """Whether a text is nothing but a list mark, the letter of an item or a paragraph number."""
    bare = text.strip()
    if len(bare) == 1 and not bare.isdigit():
        return bare in _BULLET_GLYPHS
    return _NUMBER_MARK.fullmatch(text) is not None or _LETTER_MARK.fullmatch(text) is not None


def _stands_off(line: _Line, run: Run) -> bool:
    """Whether a run starts behind a gap such as stands between a list mark and its text."""
    return run.x - line.x > (0.5 if len(line.text.strip()) == 1 else 0.8) * run.size


def _take_list_mark(line: _Line, mark: str) -> bool:
    """Makes a line a list item, or the first of a numbered paragraph; False for a number that may be anything."""
    number, letter = _NUMBER_MARK.fullmatch(mark), _LETTER_MARK.fullmatch(mark)
    if number and not (number["stop"] or number["sign"]):
        return False
    line.bullet = number is None
    line.label = number["number"] if number else letter["letter"] if letter else ""
    return True


def _put_before(line: _Line, front: str) -> None:
    """Puts a number that was drawn apart in front of the text of its line."""
    line.bare, line.text = len(front), front + line.text
    line.marks = [Mark(mark.offset + len(front), mark.number) for mark in line.marks]
    line.breaks = [len(front) - 1, *(place + len(front) for place in line.breaks)]


def _cut_front(line: _Line, count: int) -> None:
    """Takes so many characters off the front of a line's text."""
    line.bare, line.text = 0, line.text[count:].lstrip()
    line.marks = [Mark(max(mark.offset - count, 0), mark.number) for mark in line.marks]
    line.breaks = [place - count for place in line.breaks if place > count]


_MIN_COUNTED = 10  # Numbers without a full stop are labels where so many of them count up from 1 (chosen).


def _confirm_bare_numbers(page_lines: Iterable[list[_Line]]) -> None:
    """Makes labels of bare numbers in front of prose that count up from 1 through the document."""
    counted: list[_Line] = []
    for line in (line for lines in page_lines for line in lines if line.bare):
        prose = len(re.findall(r"[^\W\d_]{2,}", line.text[line.bare :])) >= 3
        if prose and line.text[: line.bare].strip() == str(len(counted) + 1):
            counted.append(line)
    if len(counted) >= _MIN_COUNTED:
        for line in counted:
            line.label = line.text[: line.bare].strip()
            _cut_front(line, line.bare)


# --- footnotes without raised marks -----------------------------------------------------------------------------------

_PLAIN_NOTE = re.compile(r"(?P<open>[\[(]?)(?P<number>\d{1,3}|\*+)[\].)]?(?:\s+(?=\S)|(?=[A-Z]))")


def _read_plain_notes(page_lines: Sequence[list[_Line]], body_size: float) -> None:
    """Recognises footnotes whose own number is not raised: "12 See …", "12. See …", "[12] See …".

    They stand below the lines that bear their marks, with one number after the other, down to the end of the page.
    """
    pending: list[str] = []  # Marks whose notes are still to come: a note may be put off to the next page.
    above: list[_Line] = []  # The lines of the page before that are no notes.
    last = 0  # The number of the last note so far.
    for lines in page_lines:
        if any(line.note for line in lines):
            pending, above = [], []
            continue
        raised = [mark.number for line in lines for mark in line.marks]
        put_off = [int(number) for number in pending if number.isdigit()]
        typed = [] if raised else _typed_marks(lines, max(put_off, default=last))
        wanted = pending + raised + typed
        starts = _note_starts(lines, wanted, body_size, typed=bool(typed))
        if not starts and pending:
            starts = _note_starts(lines, raised + typed, body_size, typed=bool(typed))
        for place, number in starts.items():
            cut = _PLAIN_NOTE.match(lines[place].text)
            lines[place].note, lines[place].label, lines[place].bullet = number, "", False
            if cut:
                _cut_front(lines[place], cut.end())
        body = lines[: min(starts, default=len(lines))]
        if starts and not raised:
            for line in above + body:
                _take_typed_marks(line, set(starts.values()))
        last = max((int(number) for number in starts.values() if number.isdigit()), default=last)
        pending = [number for number in wanted if number.isdigit() and int(number) > last] if starts or pending else []
        pending, above = pending[:_MAX_PENDING], body


def _typed_marks(lines: Sequence[_Line], last: int) -> list[str]:
    """Numbers in the size of the text that look like marks: a line below opens with them, or they count on."""
    opened = {found["number"]: place for place, line in enumerate(lines) if (found := _PLAIN_NOTE.match(line.text))}
    marks: list[str] = []
    for place, line in enumerate(lines):
        for match in _TYPED_MARK.finditer(line.text):
            number = match[1] or match[2]
            after = int(marks[-1]) if marks else last
            if match.start() and (opened.get(number, -1) > place or int(number) == after + 1):
                marks.append(number)
    return marks


_MAX_PENDING = 3  # Notes that are put off to the next page (chosen).
# A mark in the size of the text: "a shelter.[12] The", or glued to the word as in "was not consulted.12 There".
_TYPED_MARK = re.compile(r"\s?\[(\d{1,3})\]|(?<=[^\W\d_)”’][.,;:!?)”’])(\d{1,3})(?=\s|$)")


def _note_starts(lines: list[_Line], wanted: list[str], body_size: float, *, typed: bool) -> dict[int, str]:
    """Places of the lines that open the notes with the wanted numbers, from the foot of the page upwards."""
    starts: dict[int, str] = {}
    rest = list(dict.fromkeys(wanted))
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        found = _PLAIN_NOTE.match(line.text)
        number = line.label if line.label and not line.bullet else found["number"] if found else ""
        if not rest or (line.marks and not number):
            break
        if number in rest:
            starts[place] = number
            rest = rest[: rest.index(number)]
        elif starts and number.isdigit() and f"{int(number) + 1}" == starts[min(starts)]:
            starts[place] = number  # Its mark is lost among other figures.
    if not starts:
        return {}
    first = min(starts)
    below = lines[first:]
    marked = [place for place, line in enumerate(lines[:first]) if line.marks or typed]
    small = all(line.size < 0.97 * body_size for line in below)
    alike = all(abs(line.size - lines[first].size) < 0.3 for line in below)
    begun = [number for number in dict.fromkeys(wanted) if number in starts.values()]
    put_off = len(set(wanted)) - len(begun)
    whole = bool(marked) and put_off <= _MAX_PENDING and list(dict.fromkeys(wanted))[: len(begun)] == begun
    return starts if alike and (whole or (small and not typed)) else {}


def _take_typed_marks(line: _Line, numbers: set[str]) -> None:
    """Takes marks in the size of the text out of a line, where there are notes of their numbers."""
    for found in reversed(list(_TYPED_MARK.finditer(line.text))):
        number = found[1] or found[2]
        if number in numbers:
            length = found.end() - found.start()
            line.text = line.text[: found.start()] + line.text[found.end() :]
            line.marks = [
                Mark(m.offset - length if m.offset > found.start() else m.offset, m.number) for m in line.marks
            ]
            line.marks.insert(0, Mark(found.start(), number))


def _read_list_mark(line: _Line, discs: Iterable[Disc]) -> None:
    """Recognises list marks that are in the text of the first run, or drawn as a disc left of the line."""
    found = re.match(r"([•▪◦●○■➢✓→‣])\s*(?=\S)", line.text)
    if found and not line.bullet:
        cut = found.end()
        line.bullet, line.text = True, line.text[cut:]
        line.text_x = line.x + line.size
        line.marks = [Mark(max(mark.offset - cut, 0), mark.number) for mark in line.marks]
    elif not line.bullet:
        line.bullet = any(
            0 < line.x - disc.x < 2.5 * line.size and -0.2 * line.size < disc.y - line.y < 0.6 * line.size
            for disc in discs
        )


# --- reading order ----------------------------------------------------------------------------------------------------

_MIN_COLUMN_SHARE = 0.25  # A column holds a quarter of the lines of its page at least (chosen).


def _in_reading_order(lines: list[_Line]) -> list[_Line]:
    """The lines of a page from top to bottom, column by column, where they were drawn in another order.

    Most producers draw a page in reading order, which no sorting can better: it stays. Some draw what floats or stands
    in boxes behind all else.
    """
    if not any(_drawn_late(line, lines[:place]) for place, line in enumerate(lines)):
        return lines
    ordered = sorted(lines, key=lambda line: (-line.y, line.x))
    gutter = _gutter(ordered)
    if gutter is None:
        return ordered
    found: list[_Line] = []
    right: list[_Line] = []  # Of the band of the page since the last line that runs across both columns.
    for line in ordered:
        if line.x > gutter:
            right.append(line)
        elif line.right > gutter:
            found += [*right, line]
            right = []
        else:
            found.append(line)
    return [*found, *right]


def _drawn_late(line: _Line, before: Sequence[_Line]) -> bool:
    """Whether a line stands above, in the same column, one that was drawn before it; rows of tables do not tell."""
    for other in before if not line.breaks else ():
        if other.breaks:
            continue
        shared = min(line.right, other.right) - max(line.x, other.x)
        narrower = min(line.right - line.x, other.right - other.x)
        if line.y > other.y + 0.6 * line.size and shared > 0.5 * narrower:
            return True
    return False


def _gutter(lines: Sequence[_Line]) -> float | None:
    """The middle of the page where few lines cross it and both sides hold a column; else None."""
    if not lines:
        return None
    middle = (min(line.x for line in lines) + max(line.right for line in lines)) / 2
    left = sum(line.right <= middle for line in lines)
    right = sum(line.x > middle for line in lines)
    least = _MIN_COLUMN_SHARE * len(lines)
    return middle if min(left, right) >= least and left + right > 0.8 * len(lines) else None


# --- furniture --------------------------------------------------------------------------------------------------------


def _furniture(page_lines: list[list[_Line]], pages: Sequence[PageLayout]) -> set[tuple[int, int]]:
    """Places (page index, line index) of running heads, feet and page numbers.

    A line in the outer band of the page is furniture when nothing else stands farther out, and when, its digits aside,
    it says the same at the same height on several other pages, or is a bare page number.
    """
    seen: dict[str, list[tuple[int, int, float]]] = defaultdict(list)
    for number, lines in enumerate(page_lines):
        for index in _band(lines, pages[number].height):
            seen[_shape(lines[index])].append((number, index, lines[index].y))
    needed = max(1, round(_FURNITURE_SHARE * len(pages)))
    repeated = set()
    for shape, places in seen.items():
        for number, index, y in places:
            tolerance = _SCAN_SHIFT_PT if pages[number].recognised else 3
            elsewhere = sum(other != number and abs(height - y) < tolerance for other, _, height in places)
            if elsewhere >= needed or (shape.strip(" -–—/|") in {"#", "##"} and len(page_lines) > 1):
                repeated.add((number, index))
    return {place for place in repeated if _outermost(place, page_lines, pages, repeated)}


def _band(lines: Sequence[_Line], height: float) -> list[int]:
    """Positions of the lines in the outer band of a page."""
    band = _FURNITURE_BAND * height
    return [index for index, line in enumerate(lines) if not line.note and (line.y < band or line.y > height - band)]


def _shape(line: _Line) -> str:
    """What a line says without its numbers; even and odd pages have the page number at different ends of it."""
    shape = re.sub(r"\d+|\b[ivxlc]+\b", "#", line.text.strip().casefold())
    return re.sub(r"^#\s+(?=\S)|(?<=\S)\s+#$", "", shape)


def _outermost(
    place: tuple[int, int], page_lines: list[list[_Line]], pages: Sequence[PageLayout], repeated: set[tuple[int, int]]
) -> bool:
    """Whether only repeated lines stand between a line and the edge of its page: text of a box is no running head."""
    number, index = place
    y = page_lines[number][index].y
    top = y > pages[number].height / 2
    return all(
        (number, other) in repeated or (line.y <= y + 2 if top else line.y >= y - 2)
        for other, line in enumerate(page_lines[number])
    )


def _page_labels(
    page_lines: list[list[_Line]],
    furniture: set[tuple[int, int]],
    pdf_labels: tuple[str, ...],
    scanned: Sequence[bool],
) -> tuple[str, ...]:
    """The label of each page: as the PDF says where it names its pages, else from running lines that count up."""
    plain = tuple(str(number + 1) for number in range(len(page_lines)))
    if len(pdf_labels) == len(page_lines) and pdf_labels != plain:
        return pdf_labels
    shifts: Counter[int] = Counter()
    candidates: dict[int, set[int]] = defaultdict(set)
    for number, index in furniture:
        edges = _edge_words(page_lines[number][index].text)
        candidates[number].update(int(digits) for digits in _PAGE_NUMBER.findall(edges))
    for number, values in sorted(candidates.items()):
        shifts.update({value - (number + 1) for value in values})
    if not shifts:
        return plain
    shift, votes = shifts.most_common(1)[0]
    if votes < 2 or votes < 0.5 * len(page_lines):
        return plain
    # A cover bears no number, but it is counted: its neighbours tell which it has. In a scan it may be the cover of an
    # excerpt: only pages between two that bear their number have one.
    counted = [number for number, values in sorted(candidates.items()) if number + 1 + shift in values]
    return tuple(
        str(number + 1 + shift)
        if number + 1 + shift > 0 and (not scanned[number] or counted[0] <= number <= counted[-1])
        else plain[number]
        for number in range(len(plain))
    )


def _edge_words(text: str) -> str:
    """The first and last word of a running line: page numbers stand at its edges."""
    words = text.split()
    return " ".join(dict.fromkeys([words[0], words[-1]])) if words else ""


def _contents_lines(lines: list[_Line]) -> range:
    """Positions of the lines of a table of contents on a page, which dot leaders betray; empty without one."""
    leaders = [index for index, line in enumerate(lines) if _LEADER.search(line.text)]
    if len(leaders) < 3:
        return range(0)
    first = leaders[0]
    # Entries that run over two lines have their dots in the second; the title stands above the first.
    while first > 0 and leaders[0] - first < 4 and not _TERMINAL.search(lines[first - 1].text):
        first -= 1
    return range(first, leaders[-1] + 1)


def _entries(lines: Iterable[_Line]) -> list[str]:
    """The headings that the lines of a table of contents list."""
    entries, begun = [], ""
    for line in lines:
        if line.text.strip(" .:").casefold() in {"contents", "table of contents"}:
            continue
        found = _LEADER.search(line.text)
        begun = f"{begun} {line.text[: found.start()] if found else line.text}".strip()
        if found:
            entries.append(_fold(begun))
            begun = ""
    return entries


def _mark_rows(lines: list[_Line], body_size: float) -> None:
    """Marks the rows of tables: lines of three cells or more, of two beside such a row, and what stands among them."""
    for line in lines:
        line.row = len(line.breaks) >= 2 and not line.note
    rows = [index for index, line in enumerate(lines) if line.row]
    for index in rows:
        for step in (-1, 1):
            other = index + step
            while 0 <= other < len(lines) and _joins_table(
                lines[other], lines[other - step], body_size, below=step > 0
            ):
                lines[other].row = True
                other += step


def _joins_table(line: _Line, row: _Line, body_size: float, *, below: bool) -> bool:
    """Whether a line next to a row of a table belongs to the table."""
    if line.row or line.note or line.label or line.bullet or abs(line.y - row.y) > 2.6 * row.size:
        return False
    small = line.size < 0.95 * body_size and abs(line.size - row.size) < 0.3
    return bool(line.breaks) or small or (below and line.text.startswith(_TABLE_NOTES))


# --- blocks -----------------------------------------------------------------------------------------------------------


def _body_size(page_lines: Iterable[list[_Line]]) -> float:
    sizes: Counter[float] = Counter()
    for lines in page_lines:
        for line in lines:
            sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _leading(page_lines: Iterable[list[_Line]]) -> float:
    """Usual distance of baselines as a multiple of the type size: the median of neighbours of one size."""
    ratios = sorted(
        (above.y - below.y) / above.size
        for lines in page_lines
        for above, below in pairwise(lines)
        if abs(above.size - below.size) < 0.5 and 0.8 * above.size < above.y - below.y < 2.2 * above.size
    )
    return ratios[len(ratios) // 2] if ratios else 1.2


def _notes_from(page: PageLayout, lines: list[_Line]) -> float:
    """Height below which the footnotes of a page stand, when a rule is drawn above them; else 0."""
    if not lines:
        return 0.0
    left = min(line.x for line in lines)
    lowest = min(line.y for line in lines)
    heights = [rule.y for rule in page.rules if abs(rule.x - left) < 12 and lowest < rule.y < 0.9 * page.height]
    return min(heights, default=0.0)


def _drafts(page_lines: list[list[_Line]], notes_from: list[float]) -> list[_Draft]:
    leading = _leading(page_lines)
    rights = sorted(line.right for lines in page_lines for line in lines)
    full = rights[int(_FULL_LINE_SHARE * (len(rights) - 1))] if rights else 0.0
    drafts: list[_Draft] = []
    body: _Draft | None = None  # The last block that is no footnote: what a page break may have interrupted.
    note: _Draft | None = None  # The last footnote, which may go on at the foot of the next page.
    carried: _Draft | None = None  # The last footnote of the page before.
    for lines, notes_y in zip(page_lines, notes_from, strict=True):
        in_notes = False
        draft: _Draft | None = None
        for line in lines:
            if line.note:
                in_notes = True
                draft = note = _Draft([line], "footnote")
                drafts.append(draft)
            elif not in_notes and note is not None and line.y < notes_y and _breaks_off(note) and not line.bullet:
                in_notes = True
                draft = note
                note.lines.append(line)
            elif line.row:
                draft = _Draft([line], "row")
                drafts.append(draft)
            elif draft is not None and _continues(draft, line, leading, full):
                draft.lines.append(line)
            elif not in_notes and draft is None and body is not None and _continues_over_page(body, line):
                body.lines.append(line)
                draft = body
            else:
                in_notes = in_notes and draft is not None and draft.kind == "footnote" and _below(draft, line)
                draft = _Draft([line], "bullet" if line.bullet else "paragraph")
                drafts.append(draft)
            if draft.kind not in {"footnote", "row"}:
                body = draft
        body = _give_back_note(drafts, lines, carried, body, full)
        carried = note
    return drafts


def _breaks_off(note: _Draft) -> bool:
    """Whether a footnote ends in mid-sentence."""
    return not _TERMINAL.search(note.last.text) and not re.search(r"\S[./]\S+$", note.last.text)


def _give_back_note(
    drafts: list[_Draft], lines: list[_Line], note: _Draft | None, body: _Draft | None, full: float
) -> _Draft | None:
    """Returns the last body block of a page after giving the rest of the previous page's last footnote back to it.

    Without a rule above the footnotes, the rest of a note looks like a paragraph at the foot of the page. It is the
    note's when the note broke off in mid-sentence in a full line and what stands there opens in mid-sentence too.
    """
    if note is None or body is None or not lines or note.last.page == lines[-1].page:
        return body
    if _TERMINAL.search(note.last.text) or note.last.right < 0.85 * full:
        return body
    place = drafts.index(body)
    whole = body.kind == "paragraph" and body.first.page == lines[-1].page and body.first is not lines[0]
    if not whole or place == 0 or not body.first.text[:1].islower() or not _TERMINAL.search(body.last.text):
        return body
    note.lines.extend(body.lines)
    del drafts[place]
    return next((draft for draft in reversed(drafts) if draft.kind != "footnote"), None)


def _below(draft: _Draft, line: _Line) -> bool:
    return line.y < draft.last.y


def _continues(draft: _Draft, line: _Line, leading: float, full: float) -> bool:
    """Whether a line goes on with the block that the line above it belongs to."""
    if draft.kind == "row":
        return False
    above = draft.last
    drop = above.y - line.y
    if line.bullet or line.label or abs(above.size - line.size) > 0.08 * above.size + 0.1:
        return False
    if _typed_number(draft.first) and _typed_number(line) == _typed_number(draft.first) + 1:
        return False  # The next paragraph of a report whose numbers are typed.
    if drop <= 0 or drop > 1.3 * leading * line.size:
        return False
    if above.bold and not line.bold and len(draft.lines) <= 3 and not _TERMINAL.search(above.text):
        return False  # A heading set in bold without space below it.
    if draft.kind == "footnote":
        return True
    if _centred(above, line) and above.bold == line.bold and above.size > line.size - 0.1:
        return not _TERMINAL.search(above.text)
    left = draft.lines[1].x if len(draft.lines) > 1 else None
    allowed = {above.x, above.text_x} if left is None else {left}
    if not any(abs(line.x - x) < 4 for x in allowed) and not (left is None and 0 < above.x - line.x < 50):
        return False
    return not (_TERMINAL.search(above.text) and above.right < _SHORT_LINE * full)


def _centred(above: _Line, line: _Line) -> bool:
    """Whether two lines of different length have one middle, as those of a centred title have."""
    middles = (above.x + above.right) / 2, (line.x + line.right) / 2
    return abs(above.x - line.x) > 6 and abs(middles[0] - middles[1]) < 4


def _typed_number(line: _Line) -> int:
    """The number that is typed in front of a line of prose ("67. The Agency …", "§ 67 The …"); 0 without one."""
    match = re.match(r"(?:§\s?)?(\d{1,3})(?:[.)]\s+\S|\s+[A-Z“\"])", line.text)
    return int(match[1]) if match else 0


def _continues_over_page(body: _Draft, line: _Line) -> bool:
    """Whether the first line of a page goes on with the last block of the page before.

    Only a sentence that breaks off tells. Where a sentence ends with the page, a new paragraph and the same one look
    alike: they stay two blocks, and a numbered paragraph gathers its blocks by its number.
    """
    above = body.last
    if line.bullet or line.label or line.note or _TERMINAL.search(above.text):
        return False
    if abs(above.size - line.size) > 0.08 * above.size + 0.1 or (line.bold and not above.bold):
        return False
    expected = body.first.text_x if body.kind == "bullet" else body.last.x
    return abs(line.x - expected) <= 4


def _vocabulary(texts: Iterable[str]) -> Counter[str]:
    """Words that stand inside lines, with inner hyphens: they tell which hyphens at line ends are the word's own."""
    words: Counter[str] = Counter()
    for text in texts:
        tokens = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.casefold())
        words.update(tokens[1:-1] if len(tokens) > 2 else ())
        words[_HYPHEN] += text[:-1].count(_HYPHEN)
    return words


def _joint(left: str, right: str, vocabulary: Counter[str]) -> tuple[int, str]:
    """How two lines are put together: characters to drop at the end of the left one, and what to put between."""
    if re.search(r"\S[./]\S+[/?=&]$", left) and re.match(r"[a-z0-9]", right):
        return 0, ""  # A web address that was broken behind one of its separators.
    if left.endswith(_SOFT_HYPHEN) or (left.endswith(_HYPHEN) and not vocabulary[_HYPHEN]):
        return 1, ""  # A hyphen that stands at the ends of lines only is the typesetter's.
    if not left.endswith(("-", _HYPHEN)) or left.endswith((" -", f" {_HYPHEN}")):
        return 0, " "
    head = re.search(
        r"(?<![\w-])([^\W\d_]+)[-\u2010]$", left
    )  # Not "non-re-": a word with one hyphen keeps its others.
    tail = re.match(r"[^\W\d_]+", right)
    if not head or not tail or not head[1][-1].islower() or not tail[0][0].islower():
        return 0, ""  # "2016-" + "2019", "anti-" + "THB": the hyphen is the word's.
    first, second = head[1].casefold(), tail[0].casefold()
    if first in _HYPHENATED_PREFIXES and not vocabulary[first + second]:
        # "re-" + "grets" is a word that the typesetter broke; "co-" + "ordinators" stands beside "co-ordination".
        kin = any(word.startswith(f"{first}-{second[:4]}") for word in vocabulary)
        broken = is_common(first + second) and not kin and not _is_word(second, vocabulary) and first != "co"
        return (1, "") if broken else (0, "")
    if vocabulary[first + second] > vocabulary[f"{first}-{second}"]:
        return 1, ""
    if vocabulary[f"{first}-{second}"] or (_is_word(first, vocabulary) and _is_word(second, vocabulary)):
        return 0, ""
    return 1, ""


def _is_word(text: str, vocabulary: Counter[str]) -> bool:
    return bool(vocabulary[text]) or is_common(text)


def _block(draft: _Draft, body_size: float, vocabulary: Counter[str]) -> Block:
    text = ""
    marks: list[Mark] = []
    pages: list[PageStart] = []
    for line in draft.lines:
        if text:
            drop, glue = _joint(text, line.text, vocabulary)
            text = (text[:-drop] if drop else text) + glue
        if not pages or pages[-1].page != line.page:
            pages.append(PageStart(len(text), line.page))
        # Folding the doubled spaces of justified lines moves the marks behind them.
        marks.extend(Mark(len(text) + len(_fold(line.text[: mark.offset])), mark.number) for mark in line.marks)
        text += _cells(line) if line.row else _fold(line.text)
    text = re.sub(r"\s*↩\ufe0e?\s*$", "", text)
    kind = _kind(draft, text, body_size)
    label = draft.first.note or draft.first.label
    if kind == "heading":
        text = re.sub(r"[\s|]+$", "", text)  # A bar behind a heading is decoration.
        text, label = f"{label}. {text}" if label else text, ""
    return Block(
        kind=kind,
        text=text,
        level=round(draft.first.size * 10) if kind == "heading" else int(kind == "bullet"),
        label=label,
        marks=tuple(marks),
        pages=tuple(pages),
        emphasis=all(line.bold for line in draft.lines) or all(line.italic for line in draft.lines),
    )


def _cells(line: _Line) -> str:
    """A row of a table as text, its cells parted by bars."""
    edges = [0, *line.breaks, len(line.text)]
    return " | ".join(_fold(line.text[start:end]).strip() for start, end in pairwise(edges))


def _ranked(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Turns the type sizes of headings into levels, 1 for the largest."""
    sizes = sorted({block.level for block in blocks if block.kind == "heading"}, reverse=True)
    return tuple(
        replace(block, level=sizes.index(block.level) + 1) if block.kind == "heading" else block for block in blocks
    )


def _fold(text: str) -> str:
    return re.sub(r" {2,}", " ", text)


def _kind(draft: _Draft, text: str, body_size: float) -> BlockKind:
    if draft.kind != "paragraph":
        return draft.kind
    large = draft.first.size > 1.08 * body_size
    bold = all(line.bold for line in draft.lines)
    short = len(draft.lines) <= 4 and len(text) < 250
    if short and (large or bold) and not re.search(r"[.;,][\"'”’)]*$", text) and re.search(r"[^\W\d_]", text):
        return "heading"
    return "paragraph"
