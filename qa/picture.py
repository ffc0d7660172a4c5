"""A page of a PDF as a picture, with a stretch of the document's text marked where it stands on it."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

from ingest.document import pages_of
from ingest.errors import NoPictureError, UsageError
from ingest.places import Box, boxes_of, n_without_box

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from index.library import Library
    from ingest.document import Document

PictureForm = Literal["JPEG", "PNG"]

DEFAULT_WIDTH: Final = 1600
"""Pixels: twice the width at which a page of A4 is read with ease on a screen."""

MAX_WIDTH: Final = 4000
"""Pixels; a page of A4 then has nearly 500 dots an inch (chosen)."""

_MAX_PIXELS: Final = 40_000_000  # A long roll of a page is drawn narrower than asked for (chosen).
_MARK: Final = (255, 231, 138)  # The highlight of the page, a little stronger: it lies on white paper.
_QUALITY: Final = 88  # Of a JPEG; with full colour resolution, letters keep clean edges (looked at).
# PDFium is not thread-safe: one page at a time in this process.
_pdfium: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked rectangle on a picture, in pixels from its upper left corner."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A picture of one page.

    Attributes:
        content: The file.
        form: Its form.
        width, height: In pixels.
        page: Which page (1-based).
        n_pages: Of the document.
        label: The page's number as printed.
        marks: What is marked on it, one rectangle a line.
        pages: The pages that the marked text stands on, in order; empty when nothing was to be marked.
        words: What of the marked text stands on this page.
        n_unmarked: Letters and digits of these words that could not be found on the page; None when the document was
            read before places were kept, so that nothing could be marked.
    """

    content: bytes
    form: PictureForm
    width: int
    height: int
    page: int
    n_pages: int
    label: str
    marks: tuple[Mark, ...]
    pages: tuple[int, ...]
    words: str
    n_unmarked: int | None


def page_picture(
    library: Library,
    document: Document,
    *,
    page: int | None = None,
    start: int = 0,
    end: int = 0,
    width: int = DEFAULT_WIDTH,
    form: PictureForm = "JPEG",
) -> PagePicture:
    """Draws a page of a document with `[start, end)` of its text marked.

    Args:
        library: Where the document is.
        document: The document.
        page: Which page (1-based); None for the first that the text stands on.
        start: Where the text to mark starts.
        end: Where it ends; equal to `start` to mark nothing.
        width: Of the picture in pixels.
        form: JPEG is made in a fifth of the time, PNG loses nothing.

    Raises:
        NoPictureError: The document has no pages, or its file cannot be drawn.
        UsageError: There is no such page, text or width.
    """
    name = document.identity.title or "This document"
    if not document.page_runs:
        raise NoPictureError(f"“{name}” has no pages: it was read from a file that is no PDF.")
    if not 0 <= start <= end <= len(document.text):
        raise UsageError(f"The text has {len(document.text)} characters: there are none from {start} to {end}.")
    if not 1 <= width <= MAX_WIDTH:
        raise UsageError(f"A picture can be 1 to {MAX_WIDTH} pixels wide, not {width}.")
    pages = document.pages_of(start, end) if start < end else ()
    page = page if page is not None else pages[0] if pages else 1
    n_pages = len(document.page_labels)
    if not 1 <= page <= n_pages:
        raise UsageError(f"“{name}” has {n_pages} pages: there is no page {page}.")
    places = library.places(document.document_id)
    here = _stretches_on(document, page, start, end)
    boxes = tuple(box for first, last in here if places for box in boxes_of(places, document.page_runs, first, last))
    image, marks = _drawn(library.source_bytes(document.document_id), name, page, boxes, width)
    return PagePicture(
        content=_encoded(image, form),
        form=form,
        width=image.width,
        height=image.height,
        page=page,
        n_pages=n_pages,
        label=document.page_labels[page - 1],
        marks=marks,
        pages=pages,
        words=" ".join(document.text[first:last].strip() for first, last in here),
        n_unmarked=sum(n_without_box(places, document.text, first, last) for first, last in here) if places else None,
    )


def picture_form(file: Path) -> PictureForm:
    """The form that a file's name asks for.

    Raises:
        UsageError: Its name ends otherwise.
    """
    forms: dict[str, PictureForm] = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
    form = forms.get(file.suffix.casefold())
    if form is None:
        raise UsageError(f"{file} must end in .png or .jpg.")
    return form


def picture_told(picture: PagePicture) -> str:
    """Which page it is and what is marked on it, in a sentence or two."""
    here = f"page {picture.page} of {picture.n_pages}"
    here += f", printed number {picture.label}" if picture.label != str(picture.page) else ""
    marks = {0: "", 1: ", 1 line marked"}.get(len(picture.marks), f", {len(picture.marks)} lines marked")
    return " ".join((f"{here}{marks}.", *remarks(picture)))


def remarks(picture: PagePicture) -> tuple[str, ...]:
    """What a person should know of the marks on a picture, in sentences; empty when all is as it should be."""
    told = []
    if picture.n_unmarked is None:
        told.append(
            "Nothing is marked: the document was read before Pincite kept the places of its words. Read it again "
            "(“Read again” in the library, or `pincite reindex --reread`)."
        )
    elif picture.words and not picture.marks:
        told.append("The words of the quote cannot be found on the picture of this page, so nothing is marked.")
    elif picture.n_unmarked:
        letters = "1 letter" if picture.n_unmarked == 1 else f"{picture.n_unmarked} letters"
        told.append(f"{letters} of the quote cannot be found on the picture of this page and are not marked.")
    return tuple(told)


def picture_dict(picture: PagePicture) -> dict[str, Any]:
    """What is known of a picture, as `pincite picture --json` prints it."""
    return {
        "page": picture.page,
        "page_label": picture.label,
        "n_pages": picture.n_pages,
        "width": picture.width,
        "height": picture.height,
        "marked_pages": list(picture.pages),
        "words": picture.words,
        "marks": [[mark.left, mark.top, mark.right, mark.bottom] for mark in picture.marks],
        "remarks": list(remarks(picture)),
    }


def _stretches_on(document: Document, page: int, start: int, end: int) -> list[tuple[int, int]]:
    """The parts of `[start, end)` that stand on a page."""
    edges = sorted({start, end, *(run.start for run in document.page_runs if start < run.start < end)})
    return [(first, last) for first, last in pairwise(edges) if pages_of(document.page_runs, first, last) == (page,)]


# --- drawing ----------------------------------------------------------------------------------------------------------


def _drawn(
    source_bytes: bytes, name: str, page: int, boxes: tuple[Box, ...], width: int
) -> tuple[Image, tuple[Mark, ...]]:
    import pypdfium2

    try:
        with _pdfium, pypdfium2.PdfDocument(source_bytes) as pdf:
            drawn = pdf[page - 1]
            full = drawn.get_size()
            scale = min(width / max(full[0], 1.0), (_MAX_PIXELS / max(full[0] * full[1], 1.0)) ** 0.5)
            scale *= 1 - 1e-9  # pypdfium2 rounds up, also what is too large by a rounding error.
            image: Image = drawn.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")
            marks = tuple(_mark(drawn, box, image.width, image.height) for box in boxes)
            drawn.close()
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise NoPictureError(
                f"The file of “{name}” is protected by a password, which Pincite does not keep: its pages cannot be "
                "shown. Its text is in the library; open the file itself to see its pages."
            ) from error
        raise NoPictureError(
            f"Page {page} of “{name}” cannot be drawn ({str(error).rstrip('.')}). Its text is in the library; open the "
            "file itself to see its pages."
        ) from error
    _highlight(image, marks)
    return image, marks


def _mark(page: Any, box: Box, width: int, height: int) -> Mark:
    """A box of a page on its picture: the page may be turned, or cut at its edges."""
    import ctypes

    from pypdfium2 import raw

    xs, ys = [], []
    for x, y in ((box.left, box.bottom), (box.right, box.top)):
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page.raw, 0, 0, width, height, 0, x, y, across, down)
        xs.append(min(max(across.value, 0), width))
        ys.append(min(max(down.value, 0), height))
    return Mark(min(xs), min(ys), max(xs), max(ys))


def _highlight(image: Image, marks: tuple[Mark, ...]) -> None:
    """Colours what is marked as a felt pen does: ink stays black."""
    from PIL import Image as pillow_image  # noqa: N813  # Its name is that of the class in it.
    from PIL import ImageChops, ImageDraw

    if not marks:
        return
    area = (
        min(mark.left for mark in marks),
        min(mark.top for mark in marks),
        max(mark.right for mark in marks) + 1,
        max(mark.bottom for mark in marks) + 1,
    )
    paper = image.crop(area)
    covered = pillow_image.new("L", paper.size, 0)  # Once, where the rectangles of two lines overlap.
    pen = ImageDraw.Draw(covered)
    for mark in marks:
        pen.rectangle((mark.left - area[0], mark.top - area[1], mark.right - area[0], mark.bottom - area[1]), fill=255)
    coloured = ImageChops.multiply(paper, pillow_image.new("RGB", paper.size, _MARK))
    image.paste(coloured, area[:2], covered)


def _encoded(image: Image, form: PictureForm) -> bytes:
    file = io.BytesIO()
    if form == "JPEG":
        image.save(file, "JPEG", quality=_QUALITY, subsampling=0)
    else:
        image.save(file, "PNG", compress_level=3)  # Faster than 1, and as small as 6, on pages of text (measured).
    return file.getvalue()
