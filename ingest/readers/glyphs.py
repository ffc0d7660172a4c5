"""What the pages of a PDF draw, character by character with its box, as PDFium sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.places import NO_GLYPHS, Glyphs, glyphs


class PageGlyphs:
    """The characters of the pages of one file; none where PDFium cannot read the file or the page."""

    def __init__(self, document: object | None) -> None:
        """Takes a document of pypdfium2; callers use `opened`."""
        self._document = document

    def of_page(self, number: int) -> Glyphs:
        """What a page (1-based) draws."""
        import pypdfium2.raw as pdfium

        if self._document is None:
            return NO_GLYPHS
        page = pdfium.FPDF_LoadPage(self._document, number - 1)
        if not page:
            return NO_GLYPHS
        text = pdfium.FPDFText_LoadPage(page)
        try:
            return _glyphs(text) if text else NO_GLYPHS
        finally:
            if text:
                pdfium.FPDFText_ClosePage(text)
            pdfium.FPDF_ClosePage(page)


def _glyphs(text: object) -> Glyphs:
    import numpy as np
    import pypdfium2.raw as pdfium

    # PDFium's own functions: the class around them would make several objects for each character.
    n = max(pdfium.FPDFText_CountChars(text), 0)
    boxes = (pdfium.FS_RECTF * n)()
    code_of, box_of = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
    codes = [code_of(text, place) for place in range(n)]
    for place in range(n):
        box_of(text, place, boxes[place])  # Loose: as high as the font and not as the letter, alike along a line.
    sides = np.frombuffer(boxes, dtype=np.float32).reshape(-1, 4)  # Left, top, right, bottom.
    return glyphs(codes, sides[:, [0, 3, 2, 1]])


@contextmanager
def opened(path: Path, password: str | None) -> Iterator[PageGlyphs]:
    """Opens a file for its characters; without any where PDFium cannot open it: text is read without them."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path, password=password)
    except pypdfium2.PdfiumError:
        yield PageGlyphs(None)
        return
    with document:
        yield PageGlyphs(document.raw)
