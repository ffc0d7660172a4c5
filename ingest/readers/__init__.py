"""One reader a file form; each turns a file into a `Reading`. `read_file` chooses among them.

A reader is imported when a file of its form comes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.blocks import Reading
from ingest.errors import UnreadableFileError
from ingest.layout import PageLayout

__all__ = ["FORMS", "read_file", "rest_of_pages"]

FORMS = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
    ".md": "text",
    ".markdown": "text",
    ".txt": "text",
}
"""File suffixes in lower case, and the form that each stands for."""

_N_HEAD_BYTES = 4096
_PICTURES = {
    b"\x89PNG\r\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"BM": "BMP",
    b"\x00\x00\x00\x0cjP": "JPEG 2000",
}
_ARCHIVES = {b"7z\xbc\xaf\x27\x1c": "7-Zip", b"Rar!": "RAR", b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(r"(?:\s|<\?xml[^>]*>|<!--.{0,2000}?-->)*<(?:!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL)
_ZIP_KINDS = {
    "xl/workbook.xml": "an Excel workbook",
    "ppt/presentation.xml": "a PowerPoint presentation",
    "META-INF/container.xml": "an e-book (EPUB)",
    "content.xml": "an OpenDocument file",
}


def read_file(
    path: Path,
    *,
    password: str | None = None,
    ocr: bool = False,
    on_page: Callable[[int], None] | None = None,
    rest: Callable[[], Sequence[PageLayout]] | None = None,
) -> tuple[str, Reading]:
    """Returns how a file was read ("pdf", "pdf-ocr", "docx", "html", "text") and what its reader got out of it.

    What is in the file decides, then its suffix: many a download is called .pdf and is a web page.

    Args:
        path: The file.
        password: Opens a protected PDF.
        ocr: Read a PDF that has no text with Tesseract.
        on_page: Called after each page that is read, with the number of all pages of the file.
        rest: Gives the pages of a PDF that `rest_of_pages` reads elsewhere; None to read all of them here.

    Raises:
        UnreadableFileError: No reader can read the file, or there is no text in it; the message says what to do.
    """
    try:
        form = _form(path)
        if form == "pdf":
            form, reading = _read_pdf(path, password, ocr=ocr, on_page=on_page, rest=rest)
        else:
            reading = _read(path, form)
    except OSError as error:
        raise UnreadableFileError(f"{path.name} cannot be opened: {error.strerror or error}.") from error
    if not reading.blocks:
        raise UnreadableFileError(f"There is no text in {path.name}. If it holds pictures of pages, run OCR on it.")
    return form, reading


def rest_of_pages(
    path: Path, *, password: str | None = None, on_page: Callable[[int], None] | None = None
) -> tuple[PageLayout, ...]:
    """The second half of a PDF's pages, so that two processes can share a long one; empty for a short one.

    Args:
        path: The file; one that is no PDF has no such pages.
        password: Opens a protected PDF.
        on_page: Called after each page that is read, with the number of all pages of the file.

    Raises:
        UnreadableFileError: The file cannot be read; `read_file` would say the same of it, or more.
    """
    try:
        if _form(path) != "pdf":
            return ()
        from ingest.readers import pdf

        return pdf.rest_of_pages(path, password=password, on_page=on_page)
    except OSError as error:
        raise UnreadableFileError(f"{path.name} cannot be opened: {error.strerror or error}.") from error


def _read_pdf(
    path: Path,
    password: str | None,
    *,
    ocr: bool,
    on_page: Callable[[int], None] | None,
    rest: Callable[[], Sequence[PageLayout]] | None,
) -> tuple[str, Reading]:
    from ingest.readers import pdf

    def recognise(numbers: Sequence[int]) -> Sequence[PageLayout]:
        from ingest.readers.ocr import recognised_pages

        return recognised_pages(path, numbers, password=password, on_page=on_page)

    reading = pdf.read(path, password=password, on_page=on_page, rest=rest, recognise=recognise if ocr else None)
    return "pdf-ocr" if reading.recognised else "pdf", reading


def _read(path: Path, form: str) -> Reading:
    if form == "docx":
        from ingest.readers import docx

        return docx.read(path)
    if form == "html":
        from ingest.readers import html

        return html.read(path)
    from ingest.readers import text

    return text.read(path)


def _form(path: Path) -> str:
    if path.is_dir():
        raise UnreadableFileError(f"{path.name} is a folder, not a file.")
    with path.open("rb") as file:
        head = file.read(_N_HEAD_BYTES)
    if not head.strip(b"\x00\t\n\r\x0b\x0c "):
        raise UnreadableFileError(f"{path.name} is empty. Fetch it again.")
    if b"%PDF-" in head[:1024]:  # Source: ISO 32000-1, annex H: readers accept the header within 1,024 bytes.
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _form_of_zip(path)
    _refuse_known_binary(path, head)
    if _HTML.match(_as_text(head)):
        return "html"
    return _form_of_suffix(path, head)


def _as_text(head: bytes) -> str:
    """The first characters, well enough to find a tag in them."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return head.decode("utf-16" if wide else "utf-8", "replace").removeprefix("\ufeff")


def _form_of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise UnreadableFileError(f"{path.name} is damaged or incomplete ({error}). Fetch it again.") from error
    if any(re.fullmatch(r"word/document\d*\.xml", name) for name in names):
        return "docx"
    kind = next((kind for name, kind in _ZIP_KINDS.items() if name in names), "a ZIP archive")
    remedy = "Unpack it and add the files in it" if kind == "a ZIP archive" else "Save it as DOCX or PDF"
    raise UnreadableFileError(f"{path.name} is {kind}, not a Word document. {remedy}.")


def _refuse_known_binary(path: Path, head: bytes) -> None:
    picture = next((name for start, name in _PICTURES.items() if head.startswith(start)), None)
    if (head.startswith(b"RIFF") and head[8:12] == b"WEBP") or head[4:12] in {b"ftypheic", b"ftypavif", b"ftypmif1"}:
        picture = "WebP or HEIF"
    if picture:
        raise UnreadableFileError(f"{path.name} is a picture ({picture}). Run OCR on it and add the PDF that it makes.")
    archive = next((name for start, name in _ARCHIVES.items() if head.startswith(start)), None)
    if archive:
        raise UnreadableFileError(f"{path.name} is an archive ({archive}). Unpack it and add the files in it.")
    if head.startswith(_OLD_OFFICE):
        raise UnreadableFileError(
            f"{path.name} is in the format of Word 97 to 2003 (.doc) or protected by a password. "
            "Open it and save it as DOCX without a password."
        )
    if head.startswith(b"{\\rtf"):
        raise UnreadableFileError(f"{path.name} is in Rich Text Format (RTF). Open it and save it as DOCX.")
    if re.match(rb"(?:[\w-]+:[^\n]*\r?\n)*?MIME-Version:", head, re.IGNORECASE):
        raise UnreadableFileError(f"{path.name} is a saved web archive or an e-mail. Save the page as HTML or PDF.")


def _form_of_suffix(path: Path, head: bytes) -> str:
    form = FORMS.get(path.suffix.lower())
    if form in {"pdf", "docx"}:
        raise UnreadableFileError(f"{path.name} is no {form.upper()}: it does not start like one. Fetch it again.")
    if form is None:
        wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
        what = "is not a document that can be read" if b"\x00" in head and not wide else "has an unknown ending"
        raise UnreadableFileError(f"{path.name} {what}. Files that can be read: {', '.join(FORMS)}.")
    return form
