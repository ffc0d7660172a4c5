"""Somebody's draft: its paragraphs with their footnotes, and a copy of it with comments in the margin.

Every draft is read as a Word document. Markdown and plain text are made into one first, so that one reader knows what a
footnote and a block quotation are, and every draft can be given back with comments.
"""

from __future__ import annotations

import io
import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from ingest.errors import PinciteError, UsageError

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

# CommonMark with what people add to it; "smart" is off, so that quotation marks stay as they are typed.
_MARKDOWN = "commonmark+footnotes+pipe_tables+strikeout+yaml_metadata_block"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BLOCK_QUOTE = re.compile(r"quot|block\s?text|zitat|citat|citation", re.IGNORECASE)
_CHARACTERS = {
    f"{_W}tab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "‑",
    f"{_W}softHyphen": "\u00ad",
}
_TEXT_NOTE = re.compile(r"\[\^?(\d{1,3}|\*)\]:?\s+")
_TEXT_MARK = re.compile(r"\[\^?(\d{1,3}|\*)\]")
_AUTHOR, _INITIALS = "Pincite", "P"

DRAFT_FORMS = (".docx", ".md", ".markdown", ".txt")
"""Endings of the names of drafts that can be read."""
MAX_DRAFT_BYTES = 20_000_000
"""Of a draft's file (chosen; a hundred pages with pictures have a few MB)."""
_MAX_UNPACKED_BYTES = 300_000_000  # Of what is packed in a Word file: a small file can hold endless zeros. Chosen.
_MAX_CHARACTERS = 2_000_000  # Some 700 pages (chosen).


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote or endnote; its mark stands in the text of its block at `anchor`."""

    anchor: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a draft, or the paragraphs of one block quotation.

    Attributes:
        text: Its text, paragraphs parted by line breaks, without the marks of notes.
        notes: In order of their marks.
        block_quote: Whether it is set as a quotation, by its style or by indents on both sides.
        first: Position of its first paragraph in the draft.
        starts: Where each of its paragraphs begins in `text`.
    """

    text: str
    notes: tuple[Note, ...]
    block_quote: bool
    first: int
    starts: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft. `content` is the Word document that it was read from, or was made into."""

    name: str
    blocks: tuple[Block, ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of `[start, end)` of a block's text."""

    block: int
    start: int
    end: int
    text: str


def read_draft(path: Path) -> Draft:
    """A draft from a file.

    Raises:
        UsageError: It cannot be opened, is of another form, damaged, or too large.
        PinciteError: pandoc, which reads Markdown and text, cannot be run.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_DRAFT_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be opened: {error.strerror or error}. Check the path.") from error
    return draft_of(path.name, content)


def draft_of(name: str, content: bytes) -> Draft:
    """A draft from the content of a file, which is written nowhere; its name tells the form.

    Raises:
        UsageError: It is of another form, damaged, or too large.
        PinciteError: pandoc, which reads Markdown and text, cannot be run.
    """
    suffix = PurePath(name).suffix.casefold()
    if suffix not in DRAFT_FORMS:
        raise UsageError(f"{name} is no draft that can be read. Save it as DOCX, Markdown (.md) or plain text (.txt).")
    if len(content) > MAX_DRAFT_BYTES:
        raise UsageError(
            f"{name} is larger than {MAX_DRAFT_BYTES // 10**6} MB. Take the pictures out of it, or check it in parts."
        )
    if suffix != ".docx":
        content = _as_word(_decoded(content), markdown=suffix != ".txt")
    draft = Draft(name, tuple(_blocks(_opened(content, name))), content)
    n_characters = sum(len(block.text) + sum(len(note.text) for note in block.notes) for block in draft.blocks)
    if n_characters > _MAX_CHARACTERS:
        raise UsageError(
            f"{name} has {n_characters:,} characters; at most {_MAX_CHARACTERS:,} are checked. Check it in parts."
        )
    return draft


def with_comments(draft: Draft, remarks: Sequence[Remark]) -> bytes:
    """A copy of a draft as a Word document, with a comment at each of the places.

    Comments cannot stand in a footnote: who has something to say of one gives the place of its mark.
    """
    document = _opened(draft.content, draft.name)
    paragraphs = list(_paragraphs(document))
    # Each comment cuts runs in two; those behind it are cut already, those before it stay where they are.
    for remark in sorted(remarks, key=lambda remark: (remark.block, remark.start, remark.end), reverse=True):
        block = draft.blocks[remark.block]
        first = bisect_right(block.starts, remark.start) - 1
        last = max(bisect_right(block.starts, max(remark.end - 1, remark.start)) - 1, first)
        ends = [
            _runs_between(paragraphs[block.first + place], remark.start - block.starts[place],
                          remark.end - block.starts[place])
            for place in dict.fromkeys((first, last))
        ]  # fmt: skip
        runs = [run for of_paragraph in ends for run in of_paragraph]
        if runs:
            _comment(document, runs, remark.text)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


# --- into Word --------------------------------------------------------------------------------------------------------


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # What Windows programs write who do not write UTF-8.


def _as_word(text: str, *, markdown: bool) -> bytes:
    import pypandoc

    source, form = (text, _MARKDOWN) if markdown else (json.dumps(_text_as_pandoc(text)), "json")
    try:
        # To standard output: no copy of a draft is left in a folder.
        written: bytes = pypandoc.convert_text(source, "docx", format=form, outputfile="-")
    except (OSError, RuntimeError) as error:
        raise PinciteError(f"pandoc could not read the draft: {error}. Save it as DOCX and try again.") from error
    return written


def _text_as_pandoc(text: str) -> dict[str, Any]:
    """Plain text as pandoc's document: paragraphs between blank lines, quotations indented or behind ">"."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    groups = [group for group in re.split(r"\n[ \t]*\n", lines) if group.strip()]
    notes: dict[str, str] = {}
    body: list[str] = []
    for group in groups:
        starts = list(re.finditer(rf"(?m)^\s*{_TEXT_NOTE.pattern}", group))
        if starts and not group[: starts[0].start()].strip():
            ends = [*(match.start() for match in starts[1:]), len(group)]
            notes |= {
                match[1]: " ".join(group[match.end() : end].split()) for match, end in zip(starts, ends, strict=True)
            }
        else:
            body.append(group)
    blocks = []
    for group in body:
        of_group = group.split("\n")
        quoted = all(line.startswith((">", "    ", "\t")) for line in of_group if line.strip())
        joined = " ".join(" ".join(line.lstrip("> \t") if quoted else line for line in of_group).split())
        paragraph = {"t": "Para", "c": _inlines(joined, notes)}
        blocks.append({"t": "BlockQuote", "c": [paragraph]} if quoted else paragraph)
    return {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": blocks}


def _inlines(text: str, notes: dict[str, str]) -> list[dict[str, Any]]:
    inlines: list[dict[str, Any]] = []
    done = 0
    for mark in _TEXT_MARK.finditer(text):
        if mark[1] in notes:
            inlines += [
                {"t": "Str", "c": text[done : mark.start()].rstrip()},
                {"t": "Note", "c": [{"t": "Para", "c": [{"t": "Str", "c": notes[mark[1]]}]}]},
            ]
            done = mark.end()
    return [*inlines, {"t": "Str", "c": text[done:]}]


# --- out of Word ------------------------------------------------------------------------------------------------------


def _opened(content: bytes, name: str) -> WordDocument:
    import zipfile

    import docx
    from lxml.etree import XMLSyntaxError

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            n_unpacked = sum(entry.file_size for entry in packed.infolist())
        if n_unpacked > _MAX_UNPACKED_BYTES:
            raise UsageError(f"{name} holds {n_unpacked // 10**6:,} MB unpacked, which no draft does. It is not read.")
        return docx.Document(io.BytesIO(content))
    except (KeyError, ValueError, RuntimeError, zipfile.BadZipFile, XMLSyntaxError) as error:
        raise UsageError(
            f"{name} is no Word document, is damaged, or opens only with a password. Open it in Word and save it again."
        ) from error


def _blocks(document: WordDocument) -> Iterator[Block]:
    """Blocks in order; paragraphs of a block quotation that follow one another are one, so that its end is seen."""
    notes = {**_notes(document, "footnotes"), **_notes(document, "endnotes")}
    open_quote: Block | None = None
    for position, paragraph in enumerate(_paragraphs(document)):
        text, marks = _text_of(paragraph)
        of_paragraph = tuple(Note(anchor, notes[key]) for anchor, key in marks if key in notes)
        quoted = bool(text.strip()) and _is_block_quote(document, paragraph)
        if open_quote is not None and quoted:
            gap = len(open_quote.text) + 1
            shifted = tuple(Note(note.anchor + gap, note.text) for note in of_paragraph)
            open_quote = Block(f"{open_quote.text}\n{text}", (*open_quote.notes, *shifted), True, open_quote.first,
                               (*open_quote.starts, gap))  # fmt: skip
            continue
        if open_quote is not None:
            yield open_quote
            open_quote = None
        block = Block(text, of_paragraph, quoted, position)
        if quoted:
            open_quote = block
        else:
            yield block
    if open_quote is not None:
        yield open_quote


def _paragraphs(document: WordDocument) -> Iterator[Any]:
    """Paragraphs in order, those of tables and text boxes too; not the second copy of a text box for older Words."""
    for paragraph in document.element.body.iter(f"{_W}p"):
        if not any(ancestor.tag == _FALLBACK for ancestor in paragraph.iterancestors()):
            yield paragraph


def _runs(paragraph: Any) -> Iterator[Any]:
    """The runs of a paragraph whose text counts: what a tracked change deletes does not."""
    for run in paragraph.iter(f"{_W}r"):
        inside = [ancestor.tag for ancestor in run.iterancestors(f"{_W}p", f"{_W}del", f"{_W}moveFrom")]
        own = next(run.iterancestors(f"{_W}p"), None) is paragraph
        if own and not {f"{_W}del", f"{_W}moveFrom"} & set(inside[: inside.index(f"{_W}p")]):
            yield run


def _text_of_run(run: Any) -> str:
    return "".join((child.text or "") if child.tag == f"{_W}t" else _CHARACTERS.get(child.tag, "") for child in run)


def _text_of(paragraph: Any) -> tuple[str, list[tuple[int, str]]]:
    """A paragraph's text, and where the marks of which notes stand in it."""
    text, marks = "", []
    for run in _runs(paragraph):
        for kind in ("footnote", "endnote"):
            marks += [(len(text), f"{kind}s{mark.get(f'{_W}id')}") for mark in run.iter(f"{_W}{kind}Reference")]
        text += _text_of_run(run)
    return text, marks


def _notes(document: WordDocument, kind: str) -> dict[str, str]:
    """Texts of the footnotes or endnotes by kind and id."""
    from docx.oxml import parse_xml

    for relation in document.part.rels.values():
        if relation.reltype.endswith(f"/{kind}"):
            return {
                f"{kind}{note.get(f'{_W}id')}": " ".join(
                    "".join(_text_of(paragraph)[0] for paragraph in note.iter(f"{_W}p")).split()
                )
                for note in parse_xml(relation.target_part.blob)
            }
    return {}


def _is_block_quote(document: WordDocument, paragraph: Any) -> bool:
    from docx.text.paragraph import Paragraph

    proxy = Paragraph(paragraph, document._body)  # noqa: SLF001  # python-docx gives no other parent for one.
    style = proxy.style
    if style is not None and style.name and _BLOCK_QUOTE.search(style.name):
        return True
    indents = proxy.paragraph_format.left_indent, proxy.paragraph_format.right_indent
    return all(indent is not None and indent > 0 for indent in indents)


# --- comments ---------------------------------------------------------------------------------------------------------


def _runs_between(paragraph: Any, start: int, end: int) -> list[Any]:
    """The runs of `[start, end)` of a paragraph's text, cut so that they hold nothing else."""
    _cut(paragraph, start)
    _cut(paragraph, end)
    found, place = [], 0
    for run in _runs(paragraph):
        length = len(_text_of_run(run))
        if length and start <= place < end:
            found.append(run)
        place += length
    return found


def _cut(paragraph: Any, offset: int) -> None:
    """Makes a run end at an offset."""
    place = 0
    for run in list(_runs(paragraph)):
        length = len(_text_of_run(run))
        if place < offset < place + length:
            rest = deepcopy(run)
            run.addnext(rest)
            _keep(run, 0, offset - place)
            _keep(rest, offset - place, length)
            return
        place += length


def _keep(run: Any, start: int, end: int) -> None:
    """Leaves of a run what stands in `[start, end)` of its text, and its properties."""
    place = 0
    for child in list(run):
        text = (child.text or "") if child.tag == f"{_W}t" else _CHARACTERS.get(child.tag, "")
        if child.tag == f"{_W}rPr":
            continue
        kept = text[max(start - place, 0) : max(end - place, 0)]
        if child.tag == f"{_W}t" and kept:
            child.text = kept
            child.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        elif not kept and not (not text and start <= place < end):
            run.remove(child)
        place += len(text)


def _comment(document: WordDocument, runs: Sequence[Any], text: str) -> None:
    from docx.text.run import Run

    body = document._body  # noqa: SLF001  # As above.
    document.add_comment([Run(run, body) for run in (runs[0], runs[-1])], text, author=_AUTHOR, initials=_INITIALS)
