"""What every reader hands on: the blocks of a file in reading order.

A *block* is what a reader can see without knowing what kind of report it reads: a heading, a paragraph, a list item,
a footnote, a row of a table. Which blocks belong together, which section they are in and who speaks in them is
decided afterwards, in `structure`, `attribution` and `passages`, in the same way for every file form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ingest.places import Glyphs

BlockKind = Literal["heading", "paragraph", "bullet", "footnote", "row"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A footnote mark that stood in the text of a block.

    Attributes:
        offset: Code points from the start of the block's text to the place where the mark stood (0 to len(text)).
        number: What the mark said, such as "21" or "*".
    """

    offset: int
    number: str


@dataclass(frozen=True, slots=True)
class PageStart:
    """From this offset of a block's text on, the text stands on this page.

    Attributes:
        offset: Code points from the start of the block's text.
        page: Physical page number, 1-based.
    """

    offset: int
    page: int


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item, footnote or table row of a file.

    Attributes:
        kind: What it is.
        text: Its text on one line: white space folded to single spaces, no markup, no list mark, no footnote marks.
        level: For a heading, the level that the file gives (1 is highest); the structure step does not trust it
            alone. For a bullet, its depth (1 is outermost). Otherwise 0.
        label: For a footnote, its number or sign ("21", "*"). For a bullet, its printed number or letter if it has
            one ("1", "a"), else "". For a paragraph, its printed paragraph number if it has one. Otherwise "".
        marks: Footnote marks, by offset.
        pages: Where the text stands, by offset, the first at offset 0; empty when the form has no pages.
        emphasis: True when the whole block is set in bold or italic.
    """

    kind: BlockKind
    text: str
    level: int = 0
    label: str = ""
    marks: tuple[Mark, ...] = ()
    pages: tuple[PageStart, ...] = ()
    emphasis: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader got out of one file.

    Attributes:
        blocks: In reading order. Footnotes stand wherever the file has them.
        page_labels: The printed label of each physical page, in order; empty when the form has no pages.
        furniture: Lines that repeat on the pages (running headers and footers), once each: the identity step reads
            official numbers there.
        contents: Headings that the file's table of contents lists, in order; empty without one. The table itself is no
            block.
        metadata: What the file says of itself, by lower-case key ("title", "language", "restates", …; "printed_by" of a
            PDF that a web browser made). Never trusted before the text.
        recognised: Physical pages (1-based) whose text was recognised in pictures.
        gaps: What of the file is not in the text, in words; empty when all is.
        glyphs: What each page draws; empty when the form has no pages.
    """

    blocks: tuple[Block, ...]
    page_labels: tuple[str, ...] = ()
    furniture: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)
    recognised: tuple[int, ...] = ()
    gaps: tuple[str, ...] = ()
    glyphs: tuple[Glyphs, ...] = ()
