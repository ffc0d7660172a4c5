"""Reads plain text and Markdown."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from ingest.blocks import Block, PageStart, Reading
from ingest.errors import UnreadableFileError
from ingest.readers.inline import bullet, clean, fold, heading, paragraph, row
from ingest.readers.markdown import pieces_of_line
from ingest.readers.notes import settle

_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*")
_THEMATIC_BREAK = re.compile(r"\s*([-*_])(?:\s*\1){2,}\s*")
_ITEM = re.compile(r"(?P<indent>\s*)(?P<sign>[-+*•▪●◦‣■□–—\uf0b7\uf0a7])(?=\s+\S)\s+(?P<text>.*)")
_ORDERED = re.compile(r"(?P<indent>\s*)\(?(?P<label>\d{1,3}|[a-z]|[ivx]{2,5})(?P<sign>[.)])\s+(?P<text>\S.*)")
_NOTE = re.compile(r"\[\^([^\]\s]+)\]:\s*(.*)")
_TABLE_RULE = re.compile(r"[|:+=\s-]*[-=]{2}[|:+=\s-]*")
_COLUMN_RULE = re.compile(r"\s*-{2,}(?:\s+-{2,})+\s*")
_FULL_RULE = re.compile(r"\s*-{8,}\s*")
_FENCE = re.compile(r"\s*(?:```|~~~).*")
_FRONT_MATTER_LINE = re.compile(r"([A-Za-z][\w -]*):(?:\s+(.*))?")
_MAX_WRAPPED_LINE = 160  # No editor or converter met wraps wider; a longer line is a paragraph of its own (chosen).


def read(path: Path) -> Reading:
    """Returns the blocks of a text or Markdown file; form feeds are page breaks, without them there are no pages.

    Raises:
        UnreadableFileError: The bytes are not text, or not in UTF-8, UTF-16 or Windows-1252.
    """
    text = decode(path.read_bytes(), path.name).replace("\r\n", "\n").replace("\r", "\n")
    metadata, text = _front_matter(text)
    text = _without_comments(text)
    pages = [page.split("\n") for page in text.rstrip("\f\n ").split("\f")]
    if len(pages) == 1:
        return Reading(blocks=settle(_blocks(pages[0])), metadata=metadata)
    pages, furniture = _without_furniture(pages)
    blocks = [
        replace(block, pages=(PageStart(0, number),))
        for number, lines in enumerate(pages, start=1)
        for block in _blocks(lines)
    ]
    labels = tuple(str(number) for number in range(1, len(pages) + 1))
    return Reading(blocks=settle(blocks), page_labels=labels, furniture=furniture, metadata=metadata)


# --- bytes ------------------------------------------------------------------------------------------------------------


# UTF-32 first: its little-endian mark starts with that of UTF-16.
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def decode(data: bytes, name: str) -> str:
    """Returns the text of the bytes: by byte order mark, else as UTF-8, else as Windows-1252.

    Args:
        data: The whole file.
        name: The file's name, for the message.

    Raises:
        UnreadableFileError: The bytes are not text, or in an encoding that cannot be told.
    """
    encoding = next((encoding for mark, encoding in _BYTE_ORDER_MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise UnreadableFileError(
                f"{name} starts like {encoding} and is damaged at byte {error.start}. Save it again as UTF-8."
            ) from error
        text = _decode_windows(data, name)
    controls = sum(count for char, count in Counter(text).items() if _is_control(char))
    if controls > len(text) / 1000:
        raise UnreadableFileError(f"{name} is not text ({controls} control characters). Save it as PDF, DOCX or UTF-8.")
    return text


def _is_control(char: str) -> bool:
    return unicodedata.category(char) == "Cc" and char not in "\t\n\r\f\v\x1a\x85"


def _decode_windows(data: bytes, name: str) -> str:
    """Windows-1252, if the result reads like a western language: few letters with accents, no broken UTF-8."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    foreign = sum(byte >= 0x80 for byte in data)
    broken_utf8 = len(re.findall("Ã[\x80-\xbf]|â€|Ä[\x80-\xbf]", text))
    if not text or foreign > 0.3 * len(data) or broken_utf8 > 0.2 * foreign:
        raise UnreadableFileError(f"{name} is not in UTF-8, and its encoding cannot be told. Save it as UTF-8.")
    return text


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The "key: value" lines between two rules at the very top, and the text after them."""
    found = re.match(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", text, flags=re.DOTALL)
    if not found:
        return {}, text
    metadata: dict[str, str] = {}
    for line in found[1].split("\n"):
        pair = _FRONT_MATTER_LINE.fullmatch(line.rstrip())
        if pair:
            metadata[pair[1].lower()] = _unquoted(clean(pair[2] or "").strip())
        elif line.strip() and not line.startswith((" ", "\t", "#", "- ")):
            return {}, text
    return {key: value for key, value in metadata.items() if value}, text[found.end() :]


def _without_comments(text: str) -> str:
    """The text without HTML comments; one that nothing closes is text."""
    kept, position = [], 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[position:start])
        position = end + len("-->")
    return "".join([*kept, text[position:]])


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


# --- pages ------------------------------------------------------------------------------------------------------------


def _without_furniture(pages: Sequence[list[str]]) -> tuple[list[list[str]], tuple[str, ...]]:
    """The pages without running heads, feet and page numbers, and these lines, once each.

    A first or last line is furniture when it comes, digits aside, on three pages and on a quarter of them (left and
    right pages may differ, the first pages may have none; chosen).
    """
    ends = [_first_and_last(lines) for lines in pages]
    shapes = Counter(
        shape
        for lines, indices in zip(pages, ends, strict=True)
        for shape in {_shape(lines[index]) for index in indices}
    )
    kept, furniture = [], []
    for lines, indices in zip(pages, ends, strict=True):
        lines = list(lines)
        for index in indices:
            n_pages = shapes[_shape(lines[index])]
            if n_pages >= 3 and 4 * n_pages >= len(pages):
                furniture.append(clean(lines[index]).strip())
                lines[index] = ""
        kept.append(lines)
    return kept, tuple(line for line in dict.fromkeys(furniture) if not line.isdecimal())


def _first_and_last(lines: Sequence[str]) -> list[int]:
    filled = [index for index, line in enumerate(lines) if line.strip()]
    return sorted({*filled[:1], *filled[-1:]})


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", clean(line).strip())


# --- blocks -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Draft:
    """Lines that belong together.

    `kind` is "heading", "paragraph", "bullet", "footnote" or "row"; `level` is a heading's level or an item's indent.
    """

    kind: str
    lines: list[str]
    level: int = 0
    label: str = ""


def _blocks(lines: Sequence[str]) -> list[Block]:
    lines = [line.expandtabs(4) for line in _with_bars(lines)]
    star_is_note = sum(re.match(r"\s*\*\s+\S", line) is not None for line in lines) == 1
    drafts: list[_Draft] = []
    for chunk in _chunks(lines):
        before = drafts[-1] if drafts else None
        if before and before.kind == "footnote" and before.level and chunk[0].startswith("  "):
            before.lines.extend(chunk)
            continue
        drafts.extend(_drafts(chunk, star_is_note=star_is_note))
    _set_levels(drafts)
    return [block for draft in drafts for block in [_block(draft)] if block]


def _chunks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Runs of lines without a blank line between them; code fences are markup, the lines between them text."""
    chunk: list[str] = []
    for line in lines:
        line = re.sub(r"^ {0,3}(?:> ?)+", "", line)
        if line.strip() and not _FENCE.fullmatch(line):
            chunk.append(line)
        elif chunk:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _drafts(chunk: Sequence[str], *, star_is_note: bool) -> list[_Draft]:
    ordered = _is_ordered_list(chunk)
    one_a_line = any(len(line) > _MAX_WRAPPED_LINE and "://" not in line for line in chunk)
    drafts: list[_Draft] = []
    for line in chunk:
        current = drafts[-1] if drafts else None
        opened = _opened(line, current, ordered=ordered, star_is_note=star_is_note)
        if opened:
            drafts.append(opened)
        elif _SETEXT.fullmatch(line) and current and current.kind == "paragraph":
            current.kind, current.level = "heading", 1 if "=" in line else 2
        elif _THEMATIC_BREAK.fullmatch(line) or _TABLE_RULE.fullmatch(line):
            continue
        elif current is None or current.kind in {"heading", "row"} or (one_a_line and not _is_hard_break(current)):
            drafts.append(_Draft("paragraph", [line]))
        else:
            current.lines.append(line)
    return drafts


def _opened(line: str, current: _Draft | None, *, ordered: bool, star_is_note: bool) -> _Draft | None:
    """What the line begins, None when it goes on with what stands before it."""
    if found := _ATX.fullmatch(line):
        return _Draft("heading", [found[2]], level=len(found[1]))
    if line.lstrip().startswith("|") and line.count("|") > 1:
        return None if _TABLE_RULE.fullmatch(line) else _Draft("row", [line.strip()])
    if found := _NOTE.match(line):
        return _Draft("footnote", [found[2]], level=1, label=found[1])
    if _THEMATIC_BREAK.fullmatch(line):
        return None
    if found := _ITEM.fullmatch(line):
        if found["sign"] == "*" and star_is_note and current is None:
            return _Draft("footnote", [found["text"]], label="*")
        # A dash at the start of a line of running text is punctuation, a hyphen or a bullet is a list mark.
        if found["sign"] not in "–—" or current is None or current.kind == "bullet":
            return _Draft("bullet", [found["text"]], level=len(found["indent"]))
    in_list = current is not None and current.kind == "bullet"
    found = _ORDERED.fullmatch(line) if ordered or in_list else None
    if found and (current is None or not in_list or _goes_on(current, found)):
        return _Draft("bullet", [found["text"]], level=len(found["indent"]), label=found["label"])
    return None


def _is_ordered_list(chunk: Sequence[str]) -> bool:
    """Two numbered lines or more without a blank line between them. A single one is a numbered paragraph, or none."""
    labels = [found["label"] for line in chunk if (found := _ORDERED.fullmatch(line))]
    starts = _ORDERED.fullmatch(chunk[0]) is not None or _ORDERED.fullmatch(chunk[-1]) is not None
    return starts and any(_follows(before, after) for before, after in pairwise(labels))


def _follows(before: str, after: str) -> bool:
    if before.isdecimal() and after.isdecimal():
        return int(after) == int(before) + 1 or (after == before == "1")  # Markdown counts by itself.
    return (len(before) == len(after) == 1 and ord(after) == ord(before) + 1) or after.startswith(before)


def _goes_on(current: _Draft, found: re.Match[str]) -> bool:
    """Whether a numbered line can follow this item: the next number, or the first one of a list inside it."""
    return not current.label or _follows(current.label, found["label"]) or found["label"] in {"1", "a", "i"}


def _is_hard_break(draft: _Draft) -> bool:
    return draft.lines[-1].endswith(("  ", "\\"))


def _set_levels(drafts: Sequence[_Draft]) -> None:
    """Turns the indents of list items into depths, 1 outermost, and counts where every item says "1."."""
    indents: list[int] = []
    ones: list[int] = []  # How many items in a row said "1.", at each depth.
    for draft in drafts:
        if draft.kind != "bullet":  # A list ends where something else stands.
            indents, ones = [], []
            continue
        while indents and indents[-1] > draft.level:
            indents.pop()
            ones.pop()
        if not indents or indents[-1] < draft.level:
            indents.append(draft.level)
            ones.append(0)
        ones[-1] = ones[-1] + 1 if draft.label == "1" else 0
        draft.label = str(ones[-1]) if ones[-1] else draft.label
        draft.level = len(indents)


def _block(draft: _Draft) -> Block | None:
    if draft.kind == "row":
        return row([pieces_of_line(cell) for cell in re.split(r"(?<!\\)\|", draft.lines[0].strip("|"))])
    pieces = pieces_of_line(_joined(draft.lines))
    if draft.kind == "heading":
        return heading(pieces, level=draft.level)
    if draft.kind == "bullet":
        return bullet(pieces, level=draft.level, label=draft.label)
    if draft.kind == "footnote":
        line = fold(pieces)
        return Block("footnote", line.text, label=draft.label, marks=line.marks, emphasis=line.emphasis)
    return paragraph(pieces)


def _joined(lines: Sequence[str]) -> str:
    """The lines as one; a word that was wrapped after its own hyphen is put together ("long-" + "term")."""
    text = " ".join(line.strip().removesuffix("\\") for line in lines)
    return re.sub(r"(?<=[^\W\d_]-) (?!(?:and|or|to|nor)\b)(?=[a-z])", "", text) if len(lines) > 1 else text


# --- tables -----------------------------------------------------------------------------------------------------------


def _with_bars(lines: Sequence[str]) -> list[str]:
    """The lines with tables that are drawn with rules of dashes (as Pandoc writes them) turned into "| a | b |"."""
    result: list[str] = []
    position = 0
    while position < len(lines):
        if not _COLUMN_RULE.fullmatch(lines[position]):
            result.append(lines[position])
            position += 1
            continue
        head: list[str] = []
        while result and result[-1].strip():
            head.insert(0, result.pop())
        framed = bool(head) and _FULL_RULE.fullmatch(head[0]) is not None
        end = position + 1
        while end < len(lines) and (not _FULL_RULE.fullmatch(lines[end]) if framed else lines[end].strip()):
            end += 1
        columns = [found.end() for found in re.finditer(r"-+", lines[position])]
        result.extend(["", *_bar_rows(head[framed:], columns, framed=True)])
        result.extend([*_bar_rows(lines[position + 1 : end], columns, framed=framed), ""])
        position = end + framed
    return result


def _bar_rows(lines: Sequence[str], columns: Sequence[int], *, framed: bool) -> list[str]:
    """Rows of a table with these column ends; in a framed one a row goes on to the next blank line."""
    groups = list(_chunks(lines)) if framed else [[line] for line in lines]
    rows = []
    for group in groups:
        starts = [0, *columns[:-1]]
        ends: list[int | None] = [*columns[:-1], None]
        cells = [" ".join(line[start:end].strip() for line in group) for start, end in zip(starts, ends, strict=True)]
        rows.append("| " + " | ".join(cell.strip().replace("|", r"\|") for cell in cells) + " |")
    return rows
