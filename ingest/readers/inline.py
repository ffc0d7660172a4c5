"""From pieces of marked-up text to one block: white space folded, footnote marks taken out, list marks recognised.

The DOCX, HTML and text readers differ in how they find pieces and agree, through this module, on what becomes of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ingest.blocks import Block, Mark


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a paragraph with one formatting.

    Attributes:
        text: As the file has it; for a footnote mark what the mark says.
        emphasis: Set in bold or italic.
        is_mark: A footnote mark, not text.
    """

    text: str
    emphasis: bool = False
    is_mark: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces put together: `text`, `marks` and `emphasis` as in `Block`."""

    text: str
    marks: tuple[Mark, ...]
    emphasis: bool


_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_INVISIBLE = [
    *(code for code in (*range(0x20), *range(0x7F, 0xA0)) if not chr(code).isspace()),  # control characters
    0xAD,  # soft hyphen
    *range(0x200B, 0x2010),  # zero-width spaces and joiners, marks of writing direction
    *range(0x202A, 0x202F),  # embedding of writing direction
    *range(0x2060, 0x2065),  # word joiner, invisible operators
    *range(0x2066, 0x206A),  # isolation of writing direction
    0xFEFF,  # zero-width no-break space
]
_REPAIRS: dict[int, str | None] = {**dict.fromkeys(_INVISIBLE, None), **_LIGATURES, 0x2011: "-"}

_BULLETS = "•▪●◦‣⁃∙·■□▫○◆◇➢➤►▶✓✔–—\uf0b7\uf0a7\uf0d8\uf0fc\uf0a8\uf02d-"
_BULLET = re.compile(rf"[{re.escape(_BULLETS)}]\s+(?=\S)")
_LETTERED = re.compile(r"\(?(\d{1,3}|[a-z]|[ivx]{2,5})\)\s+(?=\S)")
_NUMBERED = re.compile(r"(\d{1,3})\.\s+(?=[\"'“‘«(\[]*[^\W\d_])")
_SIGN_NOTE = re.compile(r"(\*{1,4}|†|‡)\s+(?=\S)")
_SENTENCE_END = re.compile(r"(?<!\.\.)[.!?:;][\"'”’»)\]]*$|[^\W\d_]{3}[.!?][\"'”’»)]* (?=[A-Z])")
_CLOSING = ",.;:!?)]}”’»"
_NUMBER_IN_SUPERSCRIPT = re.compile(r"[(\[]?\s*(\d{1,3}(?:\s*[,;]\s*\d{1,3})*|[*†‡§]{1,4})\s*[)\]]?")
_UNIT = re.compile(r"(?<![^\W\d_])(?:[kcdm]?m|CO)$")


def clean(text: str) -> str:
    """Returns text on one line: white space folded (ends not stripped), invisible characters gone, ligatures apart."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text.translate(_REPAIRS)))


def fold(pieces: Iterable[Piece]) -> Line:
    """Returns the text of the pieces on one line, with the footnote marks taken out and kept by offset.

    A mark is put at the end of the word before it. Where a converter left the mark free before a full stop
    ("strategy 1 ." in EUR-Lex pages), the space goes with the mark.
    """
    pieces = list(pieces)
    text = ""
    marks: list[Mark] = []
    space = after_mark = False
    for is_mark, group in groupby(pieces, key=lambda piece: piece.is_mark):
        if is_mark:
            marks.extend(Mark(len(text), piece.text) for piece in group)
            after_mark = True
            continue
        part = clean("".join(piece.text for piece in group))
        words = part.strip()
        if words:
            if (space or part[0] == " ") and text and not (after_mark and words[0] in _CLOSING):
                text += " "
            text += words
            space = after_mark = False
        space = space or part.endswith(" ")
    worded = [piece for piece in pieces if not piece.is_mark and any(char.isalnum() for char in piece.text)]
    return Line(text, tuple(marks), bool(worded) and all(piece.emphasis for piece in worded))


def pieces_of(block: Block) -> list[Piece]:
    """Returns pieces from which `fold` makes the block's text and marks again."""
    pieces, position = [], 0
    for mark in block.marks:
        pieces.append(Piece(block.text[position : mark.offset], block.emphasis))
        pieces.append(Piece(mark.number, is_mark=True))
        position = mark.offset
    return [*pieces, Piece(block.text[position:], block.emphasis)]


def superscript(text: str, *, before: str, emphasis: bool = False) -> list[Piece]:
    """Returns the footnote marks that a superscript text stands for, or the text itself when it is none.

    "7th" and "m2" are text; "1", "(1)", "2, 3" and "*" are marks.

    Args:
        text: What is set as superscript.
        before: The text in front of it, in the same paragraph.
        emphasis: Formatting of the text if it is no mark.
    """
    found = _NUMBER_IN_SUPERSCRIPT.fullmatch(clean(text).strip())
    if not found or (found[1] in {"2", "3"} and _UNIT.search(before)):
        return [Piece(text, emphasis)]
    return [Piece(number, is_mark=True) for number in re.split(r"\s*[,;]\s*", found[1])]


def heading(pieces: Iterable[Piece], *, level: int) -> Block | None:
    """Returns a heading, None when there is no text. Converters leave the bar of a page header behind: "Title |"."""
    line = fold(pieces)
    text = re.sub(r"\s*\|$", "", line.text)
    marks = tuple(Mark(min(mark.offset, len(text)), mark.number) for mark in line.marks)
    return Block("heading", text, level=level, marks=marks, emphasis=line.emphasis) if text else None


def bullet(pieces: Iterable[Piece], *, level: int, label: str = "") -> Block | None:
    """Returns a list item, None when there is no text."""
    line = fold(pieces)
    if not line.text:
        return None
    return Block("bullet", line.text, level=level, label=label, marks=line.marks, emphasis=line.emphasis)


def row(cells: Sequence[Sequence[Piece]]) -> Block | None:
    """Returns a table row, its cells joined by " | ", None when all are empty."""
    pieces: list[Piece] = []
    for cell in cells:
        pieces.extend([*([Piece(" | ")] if pieces else []), *cell, *([] if cell else [Piece(" ")])])
    line = fold(pieces)
    if not line.text.strip(" |"):
        return None
    worded = [fold(cell) for cell in cells]
    emphasis = all(cell.emphasis for cell in worded if cell.text)
    return Block("row", line.text, marks=line.marks, emphasis=emphasis)


def paragraph(pieces: Iterable[Piece], *, may_be_note: bool = True) -> Block | None:
    """Returns what a paragraph is by its first characters; None when there is no text.

    A footnote starts with a mark or with a sign and a space ("* This designation …"); a list item with a bullet, a
    dash, "(a)" or "a)"; a numbered paragraph with a number, a full stop and a sentence ("161. GRETA urges …").
    "1. Introduction" stays as it is: a heading that the file does not call one.

    Args:
        pieces: The paragraph.
        may_be_note: False where a mark at the start is known to be a reference.
    """
    line = fold(pieces)
    if not line.text:
        return None
    block = Block("paragraph", line.text, marks=line.marks, emphasis=line.emphasis)
    if may_be_note and line.marks and line.marks[0].offset == 0:
        return replace(block, kind="footnote", label=line.marks[0].number, marks=line.marks[1:])
    if found := _SIGN_NOTE.match(line.text):
        return replace(_without_start(block, found.end()), kind="footnote", label=found[1])
    if found := _BULLET.match(line.text):
        return replace(_without_start(block, found.end()), kind="bullet", level=1)
    if found := _LETTERED.match(line.text):
        return replace(_without_start(block, found.end()), kind="bullet", level=1, label=found[1])
    if (found := _NUMBERED.match(line.text)) and _is_prose(line.text[found.end() :]):
        return replace(_without_start(block, found.end()), label=found[1])
    return block


def _is_prose(text: str) -> bool:
    """Whether this is a paragraph rather than a heading or a line of a table of contents.

    Four words, because "Legal framework." is a heading with a stop; 30, because a page break may have cut off the end
    of the sentence, and no heading is as long (chosen).
    """
    n_words = len(text.split())
    return n_words >= 4 and (n_words > 30 or _SENTENCE_END.search(text) is not None)


def _without_start(block: Block, length: int) -> Block:
    marks = tuple(Mark(max(mark.offset - length, 0), mark.number) for mark in block.marks)
    return replace(block, text=block.text[length:], marks=marks)
