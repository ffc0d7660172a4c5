"""From blocks to the logical text: what belongs together is joined, footnotes move behind, headings become paths."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import cast

from ingest.blocks import Block, Mark, PageStart, Reading
from ingest.countries import is_country_heading
from ingest.document import Footnote, PageRun, Part, PassageKind
from ingest.sentences import sentence_spans

_TERMINAL = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
_BEHIND_NOTES = 3  # Blocks that may stand behind a list of endnotes (chosen).
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
    body, contents = _without_contents(body)
    body = _with_listed_headings(body, reading.contents or contents)
    body = _with_typed_headings(_with_typed_numbers(body))
    body = _joined(_with_tables(_without_logos(body, reading.blocks)))
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
            if not places and len(blocks) - place <= _BEHIND_NOTES:
                continue  # A line of print on the last page.
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
        started = started or (block.kind == "heading" and bool(_number(block.text) or part_of(block.text)))
        if not started or not _is_lettering(block):
            continue
        neighbours = (blocks[place - 1], *blocks[place + 1 : place + 2])
        beside = any(other.kind == "footnote" or _is_lettering(other) for other in neighbours)
        if beside or re.search(r"\b[A-Z]{3,} [A-Z]{2,} [A-Z]{3,}\b", block.text):
            logos.add(id(block))
    return [block for block in body if id(block) not in logos]


def _is_lettering(block: Block) -> bool:
    words = [word for word in block.text.split() if word[0].isalpha()]
    if (
        block.kind != "paragraph"
        or block.label
        or not words
        or len(words) > _MAX_LOGO_WORDS
        or _TERMINAL.search(block.text)
    ):
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
    if _COVER_LINE.match(block.text) or _COVER_LINE.match(above.text) or _is_typed_heading(block):
        return False
    # A title-like line without a full stop is no broken sentence; a broken sentence holds small words.
    return any(word.islower() for word in above.text.split()) and (
        block.text[0].islower() or len(above.text.split()) > 8
    )


_COVER_LINE = re.compile(
    r"(?:(?:Adopted|Published|Publication)\b(?:\son)?:?\s.{0,30}\d{4}|(?:first|second|third|fourth)\sevaluation\sround$)",
    re.IGNORECASE,
)
_MAX_HEADING_CHARACTERS = 160  # The longest heading of a report seen has 150.


def _is_typed_heading(block: Block) -> bool:
    """Whether a line of plain text reads like a heading: "II. Overview of the situation", "Executive summary"."""
    text = block.text
    if block.kind != "paragraph" or block.label or len(text) > _MAX_HEADING_CHARACTERS or _TERMINAL.search(text):
        return False
    number = _number(text)
    titled = number is not None and text[number.end() - 1].isupper()
    return titled or part_of(text) is not None


def _with_typed_headings(body: Sequence[Block]) -> list[Block]:
    """Makes headings of lines that read like some, in a text without any: plain text has no other sign of them."""
    if any(block.kind == "heading" for block in body) or sum(map(_is_typed_heading, body)) < 1:
        return list(body)
    return [replace(block, kind="heading", level=1) if _is_typed_heading(block) else block for block in body]


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


_CAPTION = re.compile(r"(?:Table|Figure|Chart|Graph)\s\d{1,2}\s?[:.–-]")


def _with_tables(body: Sequence[Block]) -> list[Block]:
    """Makes rows of captions, source lines and cells that no reader could tell: they belong to no paragraph."""
    found = []
    in_table = False
    for place, block in enumerate(body):
        following = body[place + 1] if place + 1 < len(body) else None
        above_row = following is not None and following.kind == "row" and block.kind == "heading"
        section = block.kind == "heading" and (_number(block.text) or part_of(block.text))
        if block.kind == "row" or _CAPTION.match(block.text) or (above_row and not section):
            in_table = True
        elif in_table:
            loose = block.kind in {"heading", "paragraph"} and not section and not block.label and len(block.text) < 150
            in_table = loose and (not _TERMINAL.search(block.text) or block.text.startswith(("Source", "Note")))
        found.append(replace(block, kind="row", level=0) if in_table else block)
        in_table = in_table and not block.text.startswith("Source")
    return found


# "12. Text", "12) Text", "12 Text", "§ 12 Text": counting tells such a number from a figure at the start of a sentence.
_TYPED_NUMBER = re.compile(r"(?:§\s?|[Pp]ara(?:graph|\.)?\s)?(\d{1,3})[.):]?\s+(?=\S)")
_MIN_TYPED_NUMBERS = 10  # Fewer paragraphs that count up from 1 are a list in the text (chosen).


def _with_typed_numbers(body: Sequence[Block]) -> list[Block]:
    """Takes paragraph numbers that are typed into the text as labels: "1. …", "2. …", counting up to the end."""
    places: dict[int, re.Match[str]] = {}
    for place, block in enumerate(body):
        match = _TYPED_NUMBER.match(block.text) if block.kind == "paragraph" and not block.label else None
        if match and int(match[1]) == len(places) + 1:
            places[place] = match
    if len(places) < _MIN_TYPED_NUMBERS:
        return list(body)
    return [
        replace(_cut_front(block, places[place].end()), label=places[place][1]) if place in places else block
        for place, block in enumerate(body)
    ]


def _without_contents(body: Sequence[Block]) -> tuple[list[Block], tuple[str, ...]]:
    """The body without a table of contents that has no dot leaders, and the headings that the table lists."""
    begin = next(
        (place for place, block in enumerate(body) if _bare(block.text) in {"contents", "tableofcontents"}), None
    )
    if begin is None:
        return list(body), ()
    entries: list[str] = []
    end = begin + 1
    while end < len(body) and len(body[end].text) < 250 and not re.search(r"[.;:]$", body[end].text):
        entry = re.sub(r"[\s.…]*\d*$", "", body[end].text)
        if entries and _bare(entry) == _bare(entries[0]):
            break  # The first heading itself, behind the table.
        entries.append(entry)
        end += 1
    if len(entries) < _MIN_CONTENTS:
        return list(body), ()
    return [*body[:begin], *body[end:]], tuple(entries)


_MIN_CONTENTS = 8  # A table of contents with fewer entries lists chapters only, not all that is a section.


def _with_listed_headings(body: Sequence[Block], contents: Sequence[str]) -> list[Block]:
    """Makes headings, behind a table of contents, of what it lists; of other headings only the numbered ones stay."""
    if len(contents) < _MIN_CONTENTS:
        return list(body)
    listed = {_bare(entry) for entry in contents}
    started = False
    kept = []
    for block in body:
        is_listed = block.kind in {"heading", "paragraph"} and not block.label and _bare(block.text) in listed
        is_section = is_listed or (block.kind == "heading" and (_number(block.text) or part_of(block.text)))
        started = started or bool(is_section)
        if is_listed and block.kind == "paragraph":
            block = replace(block, kind="heading", level=1)
        elif started and block.kind == "heading" and not is_section and not _CAPTION.match(block.text):
            block = replace(block, kind="paragraph", level=0)
        kept.append(block)
    return kept


def _bare(heading: str) -> str:
    return re.sub(r"\W+", "", heading.casefold())


# --- headings ---------------------------------------------------------------------------------------------------------


def _titles(body: list[Block], metadata_title: str) -> tuple[list[Block], list[Block]]:
    """The headings of the cover, and the rest; a browser's repeat of the page title is dropped.

    Where chapters are numbered, all headings before the first chapter or known part are titles; else those before the
    first paragraph.
    """
    numbered = sum(1 for block in body if block.kind == "heading" and _number(block.text)) > 1
    until = next((place for place, block in enumerate(body) if _ends_cover(block, numbered=numbered)), 0)
    if not numbered:
        until = _first_section(body, until)
    titles = [block for block in body[:until] if block.kind == "heading"]
    rest = [block for block in body if not any(block is title for title in titles)]
    if len(titles) > 1 and titles[0].text.casefold() == metadata_title.casefold():
        titles = titles[1:]
    return titles, rest


def _first_section(body: Sequence[Block], until: int) -> int:
    """The place of the first heading on the cover that is deeper than the title and of the level of later sections."""
    later = {block.level for block in body[until:] if block.kind == "heading" and not _number(block.text)}
    return next((n for n in range(1, until) if body[n].level > body[0].level and body[n].level in later), until)


def _ends_cover(block: Block, *, numbered: bool) -> bool:
    if block.kind != "heading":
        return not numbered
    return bool(_number(block.text) or part_of(block.text))


@cache
def _parts() -> dict[str, Part]:
    data = tomllib.loads((files("ingest") / "data" / "headings.toml").read_text(encoding="utf-8"))
    return {
        heading: cast(Part, part)
        for part, headings in data.items()
        if part not in {"articles", "patterns"}
        for heading in headings
    }


@cache
def _part_patterns() -> tuple[tuple[re.Pattern[str], Part], ...]:
    data = tomllib.loads((files("ingest") / "data" / "headings.toml").read_text(encoding="utf-8"))
    return tuple((re.compile(entry["heading"]), cast(Part, entry["part"])) for entry in data["patterns"])


def part_of(heading: str) -> Part | None:
    """The part of a report that a heading opens by its words ("Appendix 2", "Government’s comments"), else None."""
    bare = re.sub(r"\s+", " ", heading.replace("’", "'").casefold()).strip(" .:")
    for words, part in _parts().items():
        if bare == words or re.match(rf"{re.escape(words)}(?:\s[\divx]+)?\s?(?:[:–—-]|$)", bare):
            return part
    return next((part for pattern, part in _part_patterns() if pattern.fullmatch(bare)), None)


_NUMBERED = re.compile(r"(?:(?P<arabic>\d{1,2}(?:\.\d{1,2})*)\.?|(?P<roman>[IVX]{1,5})\.|(?P<letter>[a-z])[.)])\s+\S")


def _number(heading: str) -> re.Match[str] | None:
    """The number in front of a heading: "2.2.1.", "IV.", "a."; None without one."""
    return _NUMBERED.match(heading)


def _sections(body: Sequence[Block]) -> list[tuple[tuple[str, ...], Part]]:
    """The section path of each block, outermost heading first, and its part; a heading's own text closes its path."""
    headings = [block for block in body if block.kind == "heading"]
    numbers = [match for block in headings if (match := _number(block.text))]
    roman = any(match["roman"] for match in numbers)
    chapters = [block.text for block in headings if (match := _number(block.text)) and (match["roman"] or not roman)]
    ranks = _Ranks(
        numbered=len(numbers) > 1,
        roman=roman,
        capitals=bool(chapters) and all(text.isupper() for text in chapters),
        levels=sorted({block.level for block in headings}),
    )
    stack: list[tuple[int, str]] = []
    part: Part = "front matter"
    paths: list[tuple[tuple[str, ...], Part]] = []
    for place, block in enumerate(body):
        if block.kind == "heading":
            depth = ranks.depth(block, stack)
            opened = part_of(block.text)
            if part in _LAST_PARTS and opened not in _LAST_PARTS:
                # A heading inside an appendix or the comments, though it may have the words or the size of a chapter's.
                depth = max(depth, stack[0][0] + 1 if stack else depth)
            elif opened in _LAST_PARTS:
                stack = []
            stack = [entry for entry in stack if entry[0] < depth]
            stack.append((depth, block.text))
            if len(stack) == 1 and (part not in _LAST_PARTS or opened in _LAST_PARTS):
                part = opened or "body"
        elif _opens_comments(block, part):
            if part != "government comments":
                stack = stack[-1:] if place and body[place - 1].kind == "heading" else []
            part = "government comments"
        paths.append((tuple(text for _, text in stack), part))
    return paths


_LAST_PARTS: tuple[Part | None, ...] = ("appendix", "government comments")  # No body comes behind them.

# "The following comments do not form part of GRETA's analysis …": the sentence that opens a government's own text.
_NOT_THE_PUBLISHERS = re.compile(
    r"\b(?:comments|observations|remarks|response|reply|text|statement)\b.{0,120}?\b(?:do(?:es)?\s|are\s|is\s)not\s"
    r"(?:form\s)?(?:a\s)?part\sof\s(?:the|this|GRETA['’]s)\s(?:report|analysis|evaluation|assessment|findings)",
    re.IGNORECASE,
)
# These stand in sentences of the publisher's own too: they count behind the numbered paragraphs only.
_COMMENTS_FOLLOW = re.compile(
    r"\b(?:the\sfollowing|below)\s(?:are\sthe\s)?(?:final\s)?(?:comments|observations|remarks)\b.{0,60}"
    r"\b(?:authorities|government|ministry)\b"
    r"|\b(?:comments|observations|remarks)\s(?:of|by|from)\sthe\s(?:\S+\s){0,4}(?:authorities|government)\b.{0,100}"
    r"\breproduced\s(?:below|hereafter|as\s(?:they\swere\s)?received)"
    r"|\breproduction\sof\sthe\sfollowing\s(?:comments|observations|remarks)\b",
    re.IGNORECASE,
)


def _opens_comments(block: Block, part: Part) -> bool:
    """Whether a block says that a government's own text follows it."""
    if _NOT_THE_PUBLISHERS.search(block.text):
        return True
    behind = part in {"body", "appendix"} and block.kind == "paragraph" and not block.label
    return behind and _COMMENTS_FOLLOW.search(block.text) is not None


@dataclass(frozen=True, slots=True)
class _Ranks:
    """How deep headings stand: by their numbers where chapters are numbered, since files' own levels are unreliable."""

    numbered: bool
    roman: bool
    capitals: bool
    levels: list[int]

    def depth(self, block: Block, stack: Sequence[tuple[int, str]]) -> int:
        own = self.levels.index(block.level) + 1
        if not self.numbered:
            return own
        match = _number(block.text)
        if match is not None:
            return self._by_number(match, stack)
        if part_of(block.text) or (self.capitals and block.text.isupper() and is_country_heading(block.text) is None):
            return 10  # "NEXT STEPS" beside "7. ADVANCING THE CO-OPERATION".
        above = max((depth for depth, _ in stack if depth % 10 == 0), default=0)
        return above + min(own, 9) if above else 10

    def _by_number(self, match: re.Match[str], stack: Sequence[tuple[int, str]]) -> int:
        if match["roman"]:
            return 10
        if match["letter"]:
            return max((depth for depth, text in stack if depth % 10 == 0 and _arabic_or_roman(text)), default=0) + 10
        return 10 * (match["arabic"].count(".") + 1 + self.roman)


def _arabic_or_roman(heading: str) -> bool:
    match = _number(heading)
    return match is not None and not match["letter"]


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
    titles: Sequence[Block],
    body: Sequence[Block],
    sections: Sequence[tuple[tuple[str, ...], Part]],
    notes: Sequence[Block],
) -> Structure:
    writer = _Writer()
    anchors: dict[str, int] = {}
    for block in titles:
        start, _ = writer.write(block)
        anchors.update({mark.number: start + mark.offset for mark in block.marks})
    units: list[Unit] = []
    lead_in = ""
    number: str | None = None  # Of the numbered paragraph that bullets and unnumbered paragraphs below it belong to.
    for block, (section, part) in zip(body, sections, strict=True):
        start, end = writer.write(block)
        for mark in block.marks:
            anchors.setdefault(mark.number, start + mark.offset)
        if block.kind == "heading":
            lead_in, number = "", None
            continue
        if block.kind == "paragraph" and block.label:
            number = block.label if part == "body" else None
        kind: PassageKind = "paragraph" if block.kind == "footnote" else block.kind
        units.append(
            Unit(
                start=start,
                end=end,
                kind=kind,
                part=part,
                section=section,
                paragraph=None if kind == "row" else number,
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
