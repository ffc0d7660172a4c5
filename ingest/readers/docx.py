"""Reads a DOCX file: python-docx opens the package, the text comes from the XML of its parts.

python-docx shows neither footnotes nor automatic numbers nor tracked changes, so the body is walked here.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ingest.blocks import Block, Reading
from ingest.errors import UnreadableFileError
from ingest.readers.inline import Piece, bullet, clean, fold, heading, paragraph, row, superscript
from ingest.readers.notes import settle
from ingest.readers.word_numbers import WORD, Numbering, formatted, wval

Element = Any  # lxml's elements carry no types.

_MAX_BYTES = 200_000_000  # Reports unpack to a few MB, with pictures to some tens (chosen).
_MAX_RATIO = 200  # XML of real documents packs to between a twentieth and a tenth (chosen).
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
# What python-docx and zipfile let out of damaged files.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError),
    *(KeyError, IndexError, ValueError, AttributeError, TypeError),
)
_SYMBOL_BULLETS = {0xF0B7, 0xF0A7, 0xF0A8, 0xF0D8, 0xF0FC}


def read(path: Path) -> Reading:
    """Returns the blocks of a DOCX file as Word shows it with all changes accepted; there are no pages.

    Where pages break is decided by the program that prints; the breaks stored in the file are those of the last
    printer, if any.

    Raises:
        UnreadableFileError: The file is damaged, protected, not a Word document, or unpacks to an absurd size.
    """
    from docx.opc.exceptions import PackageNotFoundError
    from docx.package import Package
    from lxml import etree

    _refuse_bomb(path)
    try:
        package: Any = Package.open(str(path))
        document = _Document(package.main_document_part)
        blocks = document.blocks()
        metadata = _metadata(package)
    except (PackageNotFoundError, etree.LxmlError, *_DAMAGE) as error:
        raise UnreadableFileError(
            f"{path.name} is damaged or is not a Word document ({type(error).__name__}: {error}). "
            "Open it in Word or LibreOffice and save it again as .docx."
        ) from error
    return Reading(blocks=settle(blocks), furniture=document.furniture(), metadata=metadata)


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise UnreadableFileError(f"{path.name} is damaged ({error}). Fetch it again and retry.") from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFileError(f"{path.name} is protected by a password. Save a copy without it and try again.")
    n_bytes = sum(entry.file_size for entry in entries)
    n_packed = sum(entry.compress_size for entry in entries)
    if n_bytes > _MAX_BYTES or (n_bytes > _MAX_BYTES / 20 and n_bytes > _MAX_RATIO * n_packed):
        raise UnreadableFileError(
            f"{path.name} unpacks from {n_packed:,} to {n_bytes:,} bytes (the limit is {_MAX_BYTES:,}): not read. "
            "If it is a real document, remove its pictures and save it again."
        )


def _metadata(package: Any) -> dict[str, str]:
    properties = package.core_properties
    found = {"title": properties.title, "language": properties.language}
    return {key: clean(value).strip() for key, value in found.items() if value and value.strip()}


def _parsed(part: Any) -> Element:
    from lxml import etree

    return etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True))


@dataclass(slots=True)
class _Style:
    """What a style says of text and place in the outline; None where it says nothing."""

    name: str
    based_on: str | None
    bold: bool | None
    italic: bool | None
    raised: bool | None
    hidden: bool | None
    outline: int | None
    number: tuple[str, int] | None  # id of the numbering, level from 0


def _style(element: Element) -> _Style:
    paragraph_properties = element.find(f"{WORD}pPr")
    return _Style(
        (wval(element.find(f"{WORD}name")) or "").lower(),
        wval(element.find(f"{WORD}basedOn")),
        *_formatting(element.find(f"{WORD}rPr")),
        _outline(paragraph_properties),
        _number(paragraph_properties),
    )


def _formatting(properties: Element | None) -> tuple[bool | None, bool | None, bool | None, bool | None]:
    """Bold, italic, superscript and hidden, None where nothing is said."""
    if properties is None:
        return None, None, None, None
    raised = wval(properties.find(f"{WORD}vertAlign"))
    return (
        _switch(properties, "b"),
        _switch(properties, "i"),
        None if raised is None else raised == "superscript",
        _switch(properties, "vanish"),
    )


def _switch(properties: Element, name: str) -> bool | None:
    element = properties.find(WORD + name)
    return None if element is None else wval(element) not in {"0", "false", "off"}


def _outline(properties: Element | None) -> int | None:
    value = wval(properties.find(f"{WORD}outlineLvl")) if properties is not None else None
    return int(value) if value and value.isdecimal() else None


def _number(properties: Element | None) -> tuple[str, int] | None:
    element = properties.find(f"{WORD}numPr") if properties is not None else None
    if element is None:
        return None
    level = wval(element.find(f"{WORD}ilvl")) or "0"
    return wval(element.find(f"{WORD}numId")) or "", int(level) if level.isdecimal() else 0


class _Styles:
    """Styles by id, each with what it inherits."""

    def __init__(self, root: Element | None) -> None:
        elements = root.iter(f"{WORD}style") if root is not None else ()
        self._own = {element.get(f"{WORD}styleId", ""): _style(element) for element in elements}

    def chain(self, style_id: str | None) -> list[_Style]:
        """The style and those that it is based on, nearest first."""
        chain: list[_Style] = []
        while style_id in self._own and len(chain) < 20:  # Word itself stops at about ten; a circle is no file of Word.
            chain.append(self._own[style_id])
            style_id = chain[-1].based_on
        return chain

    def format(self, style_id: str | None, attribute: str) -> Any:
        """The attribute of the nearest style that says something on it, else None."""
        values = (getattr(style, attribute) for style in self.chain(style_id))
        return next((value for value in values if value is not None), None)


@dataclass(slots=True)
class _Notes:
    """The footnotes or the endnotes of a document, and how their marks are counted."""

    elements: dict[str, Element]
    number_format: str
    start: int
    restarts: bool
    count: int = 0

    def next_label(self) -> str:
        self.count += 1
        return formatted(self.start + self.count - 1, self.number_format)


class _Document:
    """The walk through a document's body, with the state that a reader of Word's XML has to keep."""

    def __init__(self, part: Any) -> None:
        self._part = part
        self._body = _parsed(part).find(f"{WORD}body")
        self._styles = _Styles(self._related("styles"))
        self._numbering = Numbering(self._related("numbering"))
        self._notes = {"footnote": self._note_part("footnote"), "endnote": self._note_part("endnote")}
        self._blocks: list[Block] = []
        self._field_parts: list[bool] = []  # For each open field: whether we are in its code (True) or its result.
        self._carried: list[Piece] = []  # A paragraph whose mark was deleted goes on in the next one.
        self._boxes: list[Element] = []
        self._signed: tuple[str, str] | None = None  # The note whose sign ("*") was typed and comes next.
        self._called: list[tuple[str, Element]] = []  # label and element of the notes called since the last block

    def blocks(self) -> list[Block]:
        """Returns the blocks of the body, each followed by the notes that it calls."""
        self._walk(self._body)
        self._add(paragraph(self._carried))
        return self._blocks

    def furniture(self) -> tuple[str, ...]:
        """Returns the lines of the headers and footers, once each."""
        lines = []
        for relation in self._part.rels.values():
            if relation.reltype in {_RELATIONS + "header", _RELATIONS + "footer"}:
                paragraphs = _parsed(relation.target_part).iter(f"{WORD}p")
                lines += [fold(self._pieces(element)).text for element in paragraphs]
        return tuple(line for line in dict.fromkeys(lines) if line and not line.isdecimal())

    def _related(self, name: str) -> Element | None:
        for relation in self._part.rels.values():
            if relation.reltype == _RELATIONS + name and not relation.is_external:
                return _parsed(relation.target_part)
        return None

    def _note_part(self, kind: str) -> _Notes:
        root = self._related(f"{kind}s")
        elements = root.findall(WORD + kind) if root is not None else []
        notes = {element.get(f"{WORD}id"): element for element in elements if not element.get(f"{WORD}type")}
        # Word keeps the settings in every section; the last section's stand for the document.
        found = list(self._body.iter(f"{WORD}{kind}Pr")) or self._settings(kind)
        last = found[-1] if found else None
        read = {name: wval(last.find(WORD + name)) if last is not None else None for name in _NOTE_SETTINGS}
        return _Notes(
            notes,
            read["numFmt"] or ("decimal" if kind == "footnote" else "lowerRoman"),
            int(read["numStart"] or 1),
            read["numRestart"] == "eachSect",
        )

    def _settings(self, kind: str) -> list[Element]:
        root = self._related("settings")
        return root.findall(f"{WORD}{kind}Pr") if root is not None else []

    # --- blocks -------------------------------------------------------------------------------------------------------

    def _walk(self, parent: Element) -> None:
        for element in parent:
            if element.tag == f"{WORD}p":
                self._read_paragraph(element)
            elif element.tag == f"{WORD}tbl":
                self._read_table(element)
            elif element.tag in _CONTAINERS:
                self._walk(element)
            elif element.tag == f"{_COMPATIBILITY}AlternateContent" and len(element):
                self._walk(element[0])

    def _add(self, block: Block | None) -> None:
        if block is not None:
            self._blocks.append(block)
        called, self._called = self._called, []
        for label, note in called:
            line = fold(self._pieces_of_note(note, label))
            if line.text:
                self._blocks.append(Block("footnote", line.text, label=label, emphasis=line.emphasis))
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self._walk(box)

    def _read_paragraph(self, element: Element) -> None:
        properties = element.find(f"{WORD}pPr")
        pieces = [*self._carried, *self._pieces(element)]
        self._carried = []
        if properties is not None and properties.find(f"{WORD}rPr/{WORD}del") is not None:
            self._carried = pieces
            return
        self._add(self._block(properties, pieces))
        if properties is not None and properties.find(f"{WORD}sectPr") is not None:
            for notes in self._notes.values():
                notes.count = 0 if notes.restarts else notes.count

    def _block(self, properties: Element | None, pieces: list[Piece]) -> Block | None:
        style_id = wval(properties.find(f"{WORD}pStyle")) if properties is not None else None
        chain = self._styles.chain(style_id)
        if any(re.fullmatch(r"toc \d", style.name) for style in chain):
            return None  # A table of contents that Word makes repeats the headings.
        level = self._heading_level(properties, style_id)
        number = _number(properties)
        if number is None or not number[0]:  # Not said here, or only the level.
            styled_number = self._styles.format(style_id, "number")
            number = styled_number and (styled_number[0], number[1] if number else styled_number[1])
        printed = self._numbering.next_label(*number) if number else None  # Word counts empty paragraphs too.
        if not fold(pieces).text:
            return None
        if level is not None:
            prefix = [Piece(f"{printed.text} ", emphasis=True)] if printed and not printed.is_bullet else []
            return heading([*prefix, *pieces], level=level)
        if printed and printed.is_bullet:
            return bullet(pieces, level=printed.level + 1)
        if printed and printed.text:
            return bullet(pieces, level=printed.level + 1, label=printed.text.strip("().[]:;–- "))
        styled = next((found for style in chain if (found := re.fullmatch(r"list bullet ?(\d?)", style.name))), None)
        if styled:
            block = paragraph(pieces, may_be_note=False)
            return block and replace(block, kind="bullet", level=int(styled[1] or 1))
        # A mark that the file keeps as a footnote is a reference wherever it stands; a typed one may start a note.
        return paragraph(pieces, may_be_note=not self._called)

    def _heading_level(self, properties: Element | None, style_id: str | None) -> int | None:
        """1 for the highest; by the outline level, else by the built-in style's name, which no language changes."""
        outline = _outline(properties)
        if outline is None:
            for style in self._styles.chain(style_id):
                named = re.fullmatch(r"heading (\d)", style.name)
                if style.outline is not None or named or style.name in _TITLES:
                    fallback = int(named[1]) - 1 if named else _TITLES.get(style.name, 9)
                    outline = style.outline if style.outline is not None else fallback
                    break
        return outline + 1 if outline is not None and outline < 9 else None

    def _read_table(self, table: Element) -> None:
        rows = [element for element in _through(table, f"{WORD}tr") if element.find(f"{WORD}trPr/{WORD}del") is None]
        cells = [list(_through(element, f"{WORD}tc")) for element in rows]
        if all(len(row_cells) < 2 for row_cells in cells):
            for cell in (cell for row_cells in cells for cell in row_cells):
                self._walk(cell)  # A frame around text, such as the boxes of EC reports.
            return
        for row_cells in cells:
            self._add(row([self._pieces_of_cell(cell) for cell in row_cells]))

    def _pieces_of_cell(self, cell: Element) -> list[Piece]:
        pieces: list[Piece] = []
        for element in _paragraphs(cell):
            pieces.extend([Piece(" "), *self._pieces(element)])
        return pieces if fold(pieces).text else []

    # --- pieces -------------------------------------------------------------------------------------------------------

    def _pieces_of_note(self, note: Element, label: str) -> list[Piece]:
        """The text of a note; the mark at its start is an element without text, or the sign that was typed."""
        pieces = [piece for element in _paragraphs(note) for piece in [*self._pieces(element), Piece(" ")]]
        text = "".join(piece.text for piece in pieces)
        typed = len(text) - len(text.lstrip().removeprefix(label)) if text.lstrip().startswith(label) else 0
        if not label.isdecimal() and typed:
            return [Piece(text[typed:], all(piece.emphasis for piece in pieces if piece.text.strip()))]
        return [replace(piece, is_mark=False) for piece in pieces]

    def _pieces(self, element: Element) -> list[Piece]:
        properties = element.find(f"{WORD}pPr")
        style_id = wval(properties.find(f"{WORD}pStyle")) if properties is not None else None
        is_heading = self._heading_level(properties, style_id) is not None
        # All headings are bold by their style: only what is set by hand tells something about one.
        emphasis = not is_heading and bool(
            self._styles.format(style_id, "bold") or self._styles.format(style_id, "italic")
        )
        pieces: list[Piece] = []
        for run in self._runs(element):
            self._read_run(run, pieces, emphasis)
        return pieces

    def _runs(self, parent: Element) -> Iterator[Element]:
        """The runs of a paragraph in order, through links, insertions and content controls, without deletions."""
        for element in parent:
            if element.tag == f"{WORD}r":
                yield element
            elif element.tag in _INLINE_CONTAINERS or str(element.tag).startswith(_MATH):
                if element.tag == f"{_MATH}r":
                    yield element
                else:
                    yield from self._runs(element)
            elif element.tag == f"{_COMPATIBILITY}AlternateContent" and len(element):
                yield from self._runs(element[0])

    def _read_run(self, run: Element, pieces: list[Piece], emphasis: bool) -> None:
        properties = run.find(f"{WORD}rPr")
        style_id = wval(properties.find(f"{WORD}rStyle")) if properties is not None else None
        own = _formatting(properties)
        names = ("bold", "italic", "raised", "hidden")
        styled = (self._styles.format(style_id, name) for name in names)
        bold, italic, raised, hidden = (a if a is not None else b for a, b in zip(own, styled, strict=True))
        if hidden:
            return
        emphasised = bool(bold or italic) if bold is not None or italic is not None else emphasis
        text = ""
        for element in self._parts(run):
            name = str(element.tag).rpartition("}")[2]
            if name == "fldChar":
                self._enter_field(element.get(f"{WORD}fldCharType"))
            elif any(self._field_parts):
                continue
            elif name in {"footnoteReference", "endnoteReference"}:
                if element.get(f"{WORD}customMarkFollows") in {"1", "true", "on"}:
                    self._signed = (name.removesuffix("Reference"), element.get(f"{WORD}id"))
                else:
                    pieces.extend([Piece(text, emphasised), *self._call(name.removesuffix("Reference"), element)])
                    text = ""
            elif name == "t":
                text += element.text or ""
            else:
                text += _CHARACTERS.get(name, "") if name != "sym" else _symbol(element)
        self._add_text(text, pieces, emphasised, raised=bool(raised))

    def _parts(self, parent: Element) -> Iterator[Element]:
        """What a run is made of, in order; text boxes are put aside until their paragraph is done."""
        for element in parent:
            if element.tag == f"{WORD}txbxContent":
                self._boxes.append(element)
            elif element.tag != f"{_COMPATIBILITY}Fallback":  # The same again, for older programs.
                yield element
                yield from self._parts(element)

    def _add_text(self, text: str, pieces: list[Piece], emphasis: bool, *, raised: bool) -> None:
        if self._signed and text.strip():
            (kind, note_id), self._signed = self._signed, None
            pieces.append(Piece(text.strip(), is_mark=True))
            if note_id in self._notes[kind].elements:
                self._called.append((text.strip(), self._notes[kind].elements[note_id]))
        elif raised and text.strip():
            before = "".join(piece.text for piece in pieces[-3:])
            pieces.extend(superscript(text, before=before, emphasis=emphasis))
        else:
            pieces.append(Piece(text, emphasis))

    def _call(self, kind: str, reference: Element) -> list[Piece]:
        notes = self._notes[kind]
        note = notes.elements.get(reference.get(f"{WORD}id"))
        if note is None:
            return []
        label = notes.next_label()
        self._called.append((label, note))
        return [Piece(label, is_mark=True)]

    def _enter_field(self, part: str | None) -> None:
        """Fields nest: text shows only when every open field is in its result."""
        if part == "begin":
            self._field_parts.append(True)
        elif part == "separate" and self._field_parts:
            self._field_parts[-1] = False
        elif part == "end" and self._field_parts:
            self._field_parts.pop()


_NOTE_SETTINGS = ("numFmt", "numStart", "numRestart")
_TITLES = {"title": 0, "subtitle": 1}
_CONTAINERS = {WORD + name for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo")}
_INLINE_CONTAINERS = _CONTAINERS | {
    WORD + name for name in ("hyperlink", "fldSimple", "dir", "bdo", "ruby", "rubyBase", "r")
}
_CHARACTERS = {"tab": " ", "ptab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-"}


def _through(parent: Element, tag: str) -> Iterator[Element]:
    """Children of this tag, also inside content controls."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag in _CONTAINERS:
            yield from _through(element, tag)


def _paragraphs(parent: Element) -> Iterator[Element]:
    """All paragraphs inside, but not those of text boxes in them."""
    for element in parent:
        if element.tag == f"{WORD}p":
            yield element
        else:
            yield from _paragraphs(element)


def _symbol(element: Element) -> str:
    """The character of a symbol font. Those fonts sit in a private area: only their list marks can be told."""
    code = int(element.get(f"{WORD}char", "0"), 16)
    if code in _SYMBOL_BULLETS:
        return "•"
    return "" if 0xE000 <= code <= 0xF8FF else chr(code)
