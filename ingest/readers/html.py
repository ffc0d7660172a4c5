"""Reads an HTML page: pages of institutions, and what Word, Pandoc and EUR-Lex make of a report."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from ingest.blocks import Block, Reading
from ingest.errors import UnreadableFileError
from ingest.readers.inline import Piece, bullet, clean, fold, heading, paragraph, row, superscript
from ingest.readers.notes import settle
from ingest.readers.text import decode
from ingest.readers.word_numbers import formatted

Element = Any  # lxml's elements carry no types.

_DROPPED = {
    *("script", "style", "head", "title", "template", "noscript", "nav", "del", "rt", "rp"),
    *("button", "select", "option", "textarea", "input", "datalist", "dialog"),
    *("svg", "img", "map", "iframe", "object", "audio", "video", "canvas"),
}
_BLOCKS = {
    *("body", "main", "article", "section", "aside", "header", "footer", "hgroup", "address", "div", "center"),
    *("p", "pre", "blockquote", "ul", "ol", "menu", "li", "dl", "dt", "dd", "details", "summary"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "figure", "figcaption"),
    *("form", "fieldset", "legend"),
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_EMPHASIS = {"b", "strong", "i", "em", "cite", "var", "dfn"}
_LIST_FORMATS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_SET_APART = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)|font-style\s*:\s*italic", re.IGNORECASE)
_RAISED = re.compile(r"vertical-align\s*:\s*(?:super|text-top)", re.IGNORECASE)
_LIST_MARK = re.compile(r"\(?(?:\d{1,3}|[a-z]|[ivx]{2,5})[.)]|[•▪●◦■□·–—-]")
_NOTE_NAME = re.compile(r"(?:foot|end)?note|^_?(?:ft|ed)n|^fn|^ntr", re.IGNORECASE)
_NOTE_LABEL = re.compile(r"[(\[]?\s*(\d{1,3}|[*†‡§]{1,4}|[a-z]|[ivxl]{1,6})\s*[)\]]?\.?", re.IGNORECASE)
_BACK_LINK = re.compile(r"[↩↑⏎^\ufe0e\ufe0f\s]*|back(?: to (?:top|text))?|\W*", re.IGNORECASE)


def read(path: Path) -> Reading:
    """Returns the blocks of an HTML page without navigation and hidden parts; there are no pages.

    Nothing is loaded besides the file: no style sheet, no picture, no document type.

    Raises:
        UnreadableFileError: The bytes are not text, there is no HTML in them, or it is nested or long beyond reason.
    """
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    markup = _decode(path.read_bytes(), path.name)
    # lxml refuses a string that declares an encoding of its own; bytes in a known encoding are always taken.
    parser = HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableFileError(f"{path.name} cannot be read as HTML ({error}). Save it as DOCX or text.") from error
    # At its limits (256 elements inside each other, 10 MB in one piece) libxml2 leaves out the rest without an error.
    cut = [entry.message for entry in parser.error_log if entry.type_name == "ERR_RESOURCE_LIMIT"]
    if cut:
        raise UnreadableFileError(f"{path.name} cannot be read to its end ({cut[0]}). Save it as DOCX or text.")
    page = _Page(root)
    return Reading(blocks=settle(page.blocks), furniture=tuple(page.furniture), metadata=page.metadata)


def _decode(data: bytes, name: str) -> str:
    """By byte order mark, else as UTF-8 where it is, else as the page says; a page may be wrong about itself."""
    declared = re.search(rb"<meta[^>]*charset\s*=\s*[\"']?\s*([\w-]+)", data[:4096], re.IGNORECASE)
    encoding = declared[1].decode("ascii") if declared else "utf-8"
    try:
        encoding = codecs.lookup(encoding).name
    except LookupError:
        encoding = "utf-8"
    # Browsers read Latin-1 as Windows-1252. Source: WHATWG Encoding Standard, section 4.2.
    if encoding not in {"utf-8", "iso8859-1", "ascii", "cp1252", "utf-16", "utf-16-le", "utf-16-be"}:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        try:
            return data.decode(encoding)
        except (LookupError, ValueError) as error:
            raise UnreadableFileError(
                f"{name} says that it is in {encoding} and is not ({error}). Save it again as UTF-8."
            ) from error
    return decode(data, name)


# --- footnotes --------------------------------------------------------------------------------------------------------


class _Notes:
    """Which links are footnote marks, and which elements are the footnotes that they point to."""

    def __init__(self, root: Element) -> None:
        self.labels: dict[Element, str] = {}  # of a link that is a mark
        self.notes: dict[Element, str] = {}  # of the element that holds a footnote
        self.back_links: set[Element] = set()
        self._places: dict[str, Element] = {}
        self._backs: dict[Element, set[tuple[Element, str]]] = {}
        for element in root.iter():
            for name in (element.get("id"), element.get("name") if element.tag == "a" else None):
                if name:
                    self._places.setdefault(name, element)
        links = [(link, target) for link in root.iter("a") for target in [self._target(link)] if target is not None]
        for link, target in links:
            self._read_link(link, target)
        for link, target in links:
            leads_back = self._note_around(link) is not None and self._note_around(target) is None
            if leads_back and (_BACK_LINK.fullmatch(_text(link)) or _NOTE_LABEL.fullmatch(_text(link))):
                self.back_links.add(link)

    def _target(self, link: Element) -> Element | None:
        return self._places.get((link.get("href") or "").partition("#")[2])

    def _read_link(self, link: Element, target: Element) -> None:
        found = _NOTE_LABEL.fullmatch(_text(link))
        note = _note_element(target)
        if not found or note is None or _block_of(link) is note or _starts_block(link):
            return
        names = " ".join(filter(None, (target.get("id"), target.get("name"), link.get("class"), link.get("role"))))
        named = any(_NOTE_NAME.search(name) for name in names.split())
        # "paragraph 92" may be a link too: without a name or a link back only a raised or bracketed number is a mark.
        repeated = _is_set_off(link) and re.match(rf"\W*{re.escape(found[1])}(?!\w)", _start_of(note)) is not None
        if named or repeated or self._leads_back(note, _block_of(link), found[1]):
            self.labels[link] = found[1]
            self.notes.setdefault(note, found[1])

    def _leads_back(self, note: Element, block: Element, label: str) -> bool:
        """Whether an arrow or the note's own number leads back; paragraphs that refer to each other do not count."""
        if note not in self._backs:
            targets = ((self._target(back), _text(back)) for back in note.iter("a"))
            self._backs[note] = {
                (_block_of(target), said[1] if said else "")
                for target, text in targets
                if target is not None and ((said := _NOTE_LABEL.fullmatch(text)) or _BACK_LINK.fullmatch(text))
            }
        return not self._backs[note].isdisjoint({(block, label), (block, "")})

    def _note_around(self, element: Element) -> Element | None:
        around = (element, *element.iterancestors())
        return next((ancestor for ancestor in around if ancestor in self.notes), None)


def _text(element: Element) -> str:
    return clean("".join(element.itertext())).strip()


def _start_of(element: Element) -> str:
    return "".join(islice(element.itertext(), 10))[:40]


def _block_of(element: Element) -> Element:
    around = (element, *element.iterancestors())
    return next((e for e in around if e.tag in _BLOCKS or e.tag in _HEADINGS), element)


def _note_element(target: Element) -> Element | None:
    """The element that holds the whole note: Word puts its paragraphs into a `div`, tables put it into a row."""
    note = _block_of(target)
    if note.tag in _HEADINGS or note.tag == "body":
        return None
    if note.tag in {"td", "th"}:
        return note.getparent()
    parent = note.getparent()
    if note.tag != "p" or parent is None:
        return note
    names_note = re.match(r"_?(?:ft|ed)n\d", parent.get("id") or "") or "mso-element" in _style(parent)
    return parent if parent.tag == "li" or (parent.tag in {"div", "aside"} and names_note) else note


def _style(element: Element) -> str:
    return element.get("style") or ""


def _is_set_off(link: Element) -> bool:
    previous = link.getprevious()
    before = link.getparent().text if previous is None else previous.tail
    bracketed = _text(link)[0] in "([" or (before or "").rstrip().endswith(("(", "["))
    return bracketed or any(element.tag == "sup" for element in (*link.iterancestors(), *link.iter()))


def _starts_block(link: Element) -> bool:
    """Whether no text stands before the link in its block: then it is the label of a note, not a mark."""
    element = link
    block = _block_of(link)
    while element is not block:
        parent = element.getparent()
        texts = (part for e in element.itersiblings(preceding=True) for part in (e.tail, _text(e)))
        if any(part and part.strip(" \t\r\n\xa0()[]") for part in chain(texts, [parent.text])):
            return False
        element = parent
    return True


# --- blocks -----------------------------------------------------------------------------------------------------------


class _Page:
    """The walk through a page: pieces are gathered until a block element begins or ends."""

    def __init__(self, root: Element) -> None:
        self.blocks: list[Block] = []
        self.furniture: list[str] = []
        title = root.find(".//title")
        self.metadata = {"title": _text(title) if title is not None else "", "language": _language(root)}
        self.metadata = {key: value for key, value in self.metadata.items() if value}
        self._notes = _Notes(root)
        self._pieces: list[Piece] = []
        self._item: tuple[int, str] | None = None  # Depth and label of the list item whose text comes next.
        self._depth = 0
        self._heading = 0
        self._inline_only = 0  # Inside a table cell or a footnote, block elements only part words.
        self._n_breaks = 0
        body = root.find("body")
        self._walk(body if body is not None else root, emphasis=False)
        self._flush()

    def _flush(self) -> None:
        """Ends the current block."""
        if self._inline_only:
            self._pieces.append(Piece(" "))
            return
        pieces, self._pieces = self._pieces, []
        if not fold(pieces).text and not fold(pieces).marks:
            return
        if self._heading:
            block = heading(pieces, level=self._heading)
        elif self._item:
            (level, label), self._item = self._item, None
            block = bullet(pieces, level=level, label=label)
        else:
            block = paragraph(pieces)
        if block:
            self.blocks.append(block)

    def _walk(self, element: Element, *, emphasis: bool) -> None:
        self._add(element.text, emphasis)
        for child in element:
            self._visit(child, emphasis=emphasis)
            self._add(child.tail, emphasis)

    def _add(self, text: str | None, emphasis: bool) -> None:
        if text:
            if text.strip():
                self._n_breaks = 0
            self._pieces.append(Piece(text, emphasis))

    def _visit(self, element: Element, *, emphasis: bool) -> None:
        tag = element.tag
        emphasis = emphasis or tag in _EMPHASIS or _SET_APART.search(_style(element)) is not None
        if not isinstance(tag, str) or tag in _DROPPED or self._is_out_of_sight(element):
            return
        if element in self._notes.labels:
            self._take_brackets(element)
            self._pieces.append(Piece(self._notes.labels[element], is_mark=True))
        elif element in self._notes.notes and not self._inline_only:
            self._visit_note(element)
        elif tag == "br":
            self._break()
        elif tag == "sup" or _RAISED.search(_style(element)) or _is_raised_by_class(element):
            self._visit_raised(element, emphasis=emphasis)
        elif tag in _HEADINGS:
            self._visit_heading(element, emphasis=emphasis)
        elif tag == "table":
            self._visit_table(element, emphasis=emphasis)
        elif tag in {"ul", "ol", "menu"}:
            self._visit_list(element, emphasis=emphasis)
        elif tag in {"header", "footer"} and not self._inline_only:
            self._visit_page_band(element, emphasis=emphasis)
        elif tag == "p" and "mso-list" in _style(element) and not re.search(r"mso-list\s*:\s*none", _style(element)):
            self._visit_word_item(element, emphasis=emphasis)
        elif tag in _BLOCKS:
            self._flush()
            self._walk(element, emphasis=emphasis)
            self._flush()
        elif tag == "q":
            self._add("“", emphasis)
            self._walk(element, emphasis=emphasis)
            self._add("”", emphasis)
        else:
            self._walk(element, emphasis=emphasis)

    def _is_out_of_sight(self, element: Element) -> bool:
        classes = (element.get("class") or "").split()
        return (
            element in self._notes.back_links
            or element.get("hidden") is not None
            or _HIDDEN.search(_style(element)) is not None
            or element.get("role") == "navigation"
            or element.get("id") == "TOC"
            or any(name in {"sr-only", "visually-hidden"} for name in classes)
        )

    def _break(self) -> None:
        """A line break is a space; two in a row part paragraphs, on pages made before style sheets."""
        self._n_breaks += 1
        if self._n_breaks > 1:
            self._flush()
        self._pieces.append(Piece(" "))

    def _visit_raised(self, element: Element, *, emphasis: bool) -> None:
        if any(link in self._notes.labels for link in element.iter("a")):
            self._walk(element, emphasis=emphasis)
            return
        before = "".join(piece.text for piece in self._pieces[-3:])
        pieces = superscript("".join(element.itertext()), before=before, emphasis=emphasis)
        if pieces[0].is_mark:
            self._pieces.extend(pieces)
        else:
            self._walk(element, emphasis=emphasis)

    def _take_brackets(self, link: Element) -> None:
        """Takes away the brackets of "[1]" where only the number is the link."""
        if self._pieces and not self._pieces[-1].is_mark and re.match(r"\s*[)\]]", link.tail or ""):
            last = self._pieces[-1]
            text = re.sub(r"[(\[]\s*$", "", last.text)
            if text != last.text:
                self._pieces[-1] = Piece(text, last.emphasis)
                link.tail = re.sub(r"^\s*[)\]]", "", link.tail)

    def _visit_heading(self, element: Element, *, emphasis: bool) -> None:
        self._flush()
        self._heading = 0 if self._inline_only else _HEADINGS[element.tag]
        self._walk(element, emphasis=emphasis)
        self._flush()
        self._heading = 0

    def _visit_note(self, element: Element) -> None:
        self._flush()
        label = self._notes.notes[element]
        line = fold(self._pieces_inside(element))
        # What is left of the label: brackets around a link that was taken away, or the label typed without a link. A
        # number without any sign stays: note 9 may begin with "9 victims".
        text = re.sub(
            rf"^(?:[\[(] ?(?:{re.escape(label)})? ?[\])][.:]?|{re.escape(label)}[.):]|[.):^] )\s*", "", line.text
        )
        if text:
            self.blocks.append(Block("footnote", text, label=label, emphasis=line.emphasis))

    def _pieces_inside(self, element: Element, *, emphasis: bool = False) -> list[Piece]:
        """The pieces of an element whose inner blocks are not blocks of the page."""
        outer, self._pieces = self._pieces, []
        self._inline_only += 1
        self._walk(element, emphasis=emphasis)
        self._inline_only -= 1
        inner, self._pieces = self._pieces, outer
        return inner

    def _visit_list(self, element: Element, *, emphasis: bool) -> None:
        self._flush()
        self._depth += 1
        number = _integer(element.get("start"), 1)
        number_format = _LIST_FORMATS.get(element.get("type") or "", "decimal")
        self._add(element.text, emphasis)
        for child in element:
            if child.tag == "li" and not self._inline_only and child not in self._notes.notes:
                number = _integer(child.get("value"), number)
                self._flush()
                self._item = (self._depth, formatted(number, number_format) if element.tag == "ol" else "")
                number += 1
            self._visit(child, emphasis=emphasis)
            self._flush()
            self._item = None
            self._add(child.tail, emphasis)
        self._depth -= 1
        self._flush()

    def _visit_word_item(self, element: Element, *, emphasis: bool) -> None:
        """A list item of Word's HTML: a paragraph with its mark in a span of its own."""
        self._flush()
        level = re.search(r"level(\d)", _style(element))
        marks = [span for span in element.iter("span") if "mso-list:ignore" in _style(span).lower().replace(" ", "")]
        mark = _text(marks[0]) if marks else ""
        for span in marks[:1]:
            for child in list(span):
                span.remove(child)
            span.text = None
        label = mark.strip("().") if _LIST_MARK.fullmatch(mark) and mark.strip("().").isalnum() else ""
        self._item = (int(level[1]) if level else 1, label)
        self._walk(element, emphasis=emphasis)
        self._flush()
        self._item = None

    def _visit_page_band(self, element: Element, *, emphasis: bool) -> None:
        """Header and footer: Pandoc's title block repeats the title; a footer of the page itself is furniture."""
        of_page = all(parent.tag in {"body", "html", "div", "main"} for parent in element.iterancestors())
        if element.tag == "header" and _text(element).casefold() == self.metadata.get("title", "").casefold():
            return
        self._flush()
        if element.tag == "footer" and of_page and not any(e in self._notes.notes for e in element.iter()):
            line = fold(self._pieces_inside(element))
            self.furniture.extend([line.text] if line.text else [])
            return
        self._walk(element, emphasis=emphasis)
        self._flush()

    def _visit_table(self, element: Element, *, emphasis: bool) -> None:
        self._flush()
        rows = [r for r in element.iter("tr") if next(r.iterancestors("table")) is element]
        cells = [[cell for cell in r if cell.tag in {"td", "th"}] for r in rows]
        if not self._inline_only and _is_layout(cells):
            self._walk(element, emphasis=emphasis)
            self._flush()
            return
        for caption in element.findall("caption"):
            self._visit(caption, emphasis=emphasis)
        for table_row, row_cells in zip(rows, cells, strict=True):
            if self._is_out_of_sight(table_row):
                continue
            if table_row in self._notes.notes and not self._inline_only:
                self._visit_note(table_row)
            else:
                self._add_row([self._pieces_inside(cell, emphasis=emphasis) for cell in row_cells])

    def _add_row(self, cells: list[list[Piece]]) -> None:
        cells = [cell if fold(cell).text or fold(cell).marks else [] for cell in cells]
        if self._inline_only:
            self._pieces.extend(piece for cell in cells for piece in [*cell, Piece(" ")])
        elif len(cells) == 2 and _LIST_MARK.fullmatch(fold(cells[0]).text) and cells[1]:
            # EUR-Lex sets points and recitals as tables of two columns, "(1)" and the text.
            block = paragraph([*cells[0], Piece(" "), *cells[1]])
            self.blocks.extend([block] if block else [])
        else:
            block = row(cells)
            self.blocks.extend([block] if block else [])


def _language(root: Element) -> str:
    for element in (root, root.find("body")):
        if element is not None:
            language = element.get("lang") or element.get("xml:lang")
            if language:
                return str(language).strip()
    return ""


def _integer(value: str | None, default: int) -> int:
    return int(value) if value and re.fullmatch(r"\d{1,6}", value.strip()) else default


def _is_raised_by_class(element: Element) -> bool:
    classes = (element.get("class") or "").split()
    return element.tag == "span" and any(name in {"super", "oj-super", "superscript", "sup"} for name in classes)


def _is_layout(rows: list[list[Element]]) -> bool:
    """Whether the table only places text on the page: one column, or headings or tables in its cells."""
    inner = (child for cells in rows for cell in cells for child in _descendants(cell))
    return max(map(len, rows), default=0) < 2 or any(e.tag in _HEADINGS or e.tag == "table" for e in inner)


def _descendants(element: Element) -> Iterator[Element]:
    return (child for child in element.iter() if child is not element)
