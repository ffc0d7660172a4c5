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
from ingest.tokens import is_common

_BULLET_GLYPHS = "•▪◦●○■□–—➢✓→‣·o-"
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
_FURNITURE_SHARE = 0.15  # Heads of odd and even pages, or of a chapter, repeat on a part of the pages only (chosen).
_SUPERSCRIPT_SIZE = 0.9  # Chromium sets footnote marks at 10/12 of the text size, LibreOffice at 7/12 (measured).
_FULL_LINE_SHARE = 0.97  # The right edge of the text: tables and long addresses may reach beyond it (chosen).
_LAST_LINES = 12
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
    page_lines = [_lines(page, number) for number, page in enumerate(pages, start=1)]
    furniture = _furniture(page_lines, pages)
    labels = _page_labels(page_lines, furniture, pdf_labels)
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
        blocks=blocks, page_labels=labels, furniture=running, contents=tuple(entries), metadata=metadata or {}
    )


# --- lines ------------------------------------------------------------------------------------------------------------


def _end(run: Run) -> float:
    """Where a run ends; half the type size a letter is a fair guess for a font that does not tell its widths."""
    return run.x + (run.width if run.width is not None else 0.5 * run.size * len(run.text))


def _is_mark(run: Run, neighbour_size: float, baseline: float) -> bool:
    raised = run.y - baseline
    return (
        run.size <= _SUPERSCRIPT_SIZE * neighbour_size
        and 0.05 * neighbour_size < raised < 0.8 * neighbour_size
        and re.fullmatch(r"\s*(\d{1,3}|\*+)\s*", run.text) is not None
    )


def _lines(page: PageLayout, number: int) -> list[_Line]:
    lines: list[_Line] = []
    runs = page.runs
    for position, run in enumerate(runs):
        line = lines[-1] if lines else None
        following = runs[position + 1] if position + 1 < len(runs) else None
        if line is not None and line.text and _is_mark(run, line.size, line.y) and run.x >= line.x:
            line.marks.append(Mark(len(line.text.rstrip()), run.text.strip()))
            line.right = _end(run)
        elif following is not None and _is_mark(run, following.size, following.y) and run.x <= following.x + 1:
            lines.append(_Line(number, run.x, following.y, following.size, note=run.text.strip(), text_x=following.x))
        elif line is not None and abs(run.y - line.y) < 0.45 * max(run.size, line.size) and run.x >= line.x - 1:
            _append(line, run)
        else:
            lines.append(_new_line(number, run))
    for line in lines:
        line.text = line.text.rstrip()
        _read_list_mark(line, page.discs)
    return [line for line in lines if line.text or line.note]


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
    elif line.text in _BULLET_GLYPHS and len(line.text) == 1 and run.x - line.x > 0.5 * run.size:
        line.bullet, line.text, line.text_x = True, run.text.lstrip(), run.x
        line.bold = line.italic = True
    elif re.fullmatch(r"\(?\d{1,3}[.)]\s*", line.text) and run.x > line.x + 0.8 * run.size:
        line.label, line.text, line.text_x = line.text.strip().strip("().") or line.text, run.text.lstrip(), run.x
        line.bold = line.italic = True
    else:
        # A justified line stretches its spaces, which the width of a run does not tell.
        stretch = 0.4 * run.size * line.text[line.breaks[-1] if line.breaks else 0 :].count(" ")
        if run.x - line.right > _CELL_GAP * run.size + stretch:
            line.breaks.append(len(line.text.rstrip()))
        spaced = line.text.endswith(" ") or run.text.startswith(" ") or not separate
        line.text += run.text if spaced else " " + run.text
    line.bold = line.bold and run.bold
    line.italic = line.italic and run.italic
    line.right = _end(run)


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
            elsewhere = sum(other != number and abs(height - y) < 3 for other, _, height in places)
            if elsewhere >= needed or (shape.strip(" -–—/|") in {"#", "##"} and len(page_lines) > 1):
                repeated.add((number, index))
    return {place for place in repeated if _outermost(place, page_lines, pages, repeated)}


def _band(lines: Sequence[_Line], height: float) -> list[int]:
    """Positions of the lines in the outer band of a page."""
    band = _FURNITURE_BAND * height
    return [index for index, line in enumerate(lines) if not line.note and (line.y < band or line.y > height - band)]


def _shape(line: _Line) -> str:
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", line.text.strip().casefold())


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
    page_lines: list[list[_Line]], furniture: set[tuple[int, int]], pdf_labels: tuple[str, ...]
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
    for number, values in candidates.items():
        shifts.update({value - (number + 1) for value in values})
    if not shifts:
        return plain
    shift, votes = shifts.most_common(1)[0]
    if votes < 2 or votes < 0.5 * len(page_lines):
        return plain
    # A cover bears no number, but it is counted: its neighbours tell which it has.
    return tuple(str(number + 1 + shift) if number + 1 + shift > 0 else plain[number] for number in range(len(plain)))


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
    if _typed_number(line) and _typed_number(line) == _typed_number(draft.first) + 1:
        return False  # The next paragraph of a report whose numbers are typed.
    if drop <= 0 or drop > 1.3 * leading * line.size:
        return False
    if above.bold and not line.bold and len(draft.lines) <= 3 and not _TERMINAL.search(above.text):
        return False  # A heading set in bold without space below it.
    if draft.kind == "footnote":
        return True
    left = draft.lines[1].x if len(draft.lines) > 1 else None
    allowed = {above.x, above.text_x} if left is None else {left}
    if not any(abs(line.x - x) < 4 for x in allowed) and not (left is None and 0 < above.x - line.x < 50):
        return False
    return not (_TERMINAL.search(above.text) and above.right < _SHORT_LINE * full)


def _typed_number(line: _Line) -> int:
    """The number that is typed in front of a line of prose ("67. The Agency …"); 0 without one."""
    match = re.match(r"(\d{1,3})\.\s+[A-Z“]", line.text)
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
    return words


def _joint(left: str, right: str, vocabulary: Counter[str]) -> tuple[int, str]:
    """How two lines are put together: characters to drop at the end of the left one, and what to put between."""
    if re.search(r"\S[./]\S+[/?=&]$", left) and re.match(r"[a-z0-9]", right):
        return 0, ""  # A web address that was broken behind one of its separators.
    if not left.endswith("-") or left.endswith(" -"):
        return 0, " "
    head = re.search(r"(?<![\w-])([^\W\d_]+)-$", left)  # Not "non-re-": a word with one hyphen keeps its others.
    tail = re.match(r"[^\W\d_]+", right)
    if not head or not tail or not head[1][-1].islower() or not tail[0][0].islower():
        return 0, ""  # "2016-" + "2019", "anti-" + "THB": the hyphen is the word's.
    first, second = head[1].casefold(), tail[0].casefold()
    if first in _HYPHENATED_PREFIXES and not vocabulary[first + second]:
        return 0, ""
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
