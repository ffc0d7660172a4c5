"""Reads a PDF with pypdf: text runs with place and size, and the discs that some producers draw as list marks."""

from __future__ import annotations

import logging
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pypdf
from pypdf.errors import DependencyError, DeprecationError, PyPdfError
from pypdf.generic._font import Font  # Private, so pyproject.toml holds pypdf below the next major version.

from ingest.blocks import Reading
from ingest.errors import UnreadableFileError
from ingest.layout import Disc, PageLayout, Rule, Run, lay_out
from ingest.readers import glyphs

_MIN_RULE_PT = 40.0  # The line above footnotes is a quarter of the text's width or more.
_MAX_DISC_PT = 7.0  # A list disc is 3 to 5 pt across at 12 pt text (measured on Chromium's prints).
# In the name of the program that made a PDF: it was printed from a page in a browser, which numbers pages as it likes.
_BROWSERS = ("Skia/PDF", "HeadlessChrome", "Chromium", "Mozilla", "Safari", "wkhtmltopdf")
_N_SHARED_PAGES = 8  # Two processes share longer files: below, opening it twice costs what is gained (measured).
_CHUNK_BYTES = 1024 * 1024  # Unpacked at a time: a small file can unpack to gigabytes.
# What pypdf logs where it goes on without a part of the file.
_LOSS = re.compile(
    r"EOF marker (?:not found|seems truncated)|Error -\d+ while decompressing|Invalid stream \(index"
    r"|XRef object at .* can not be read|Previous trailer cannot be read|[Ee]arly EOD|[Mm]issing EOD"
    r"|Object \d+ \d+ not defined|Expecting a NameObject|Invalid Elementary Object|page tree entry that is not"
    r"|[Rr]esources are not a dictionary|[Cc]ontents are not"
)
_OBJECT = re.compile(rb"\b\d+\s+\d+\s+obj\b")
_UNREADABLE = "\ufffd"  # What pypdf gives for a character that its font does not tell.
_MAX_UNREADABLE = 0.01  # Of all characters: beyond, sentences are spoilt and not single signs (chosen).
_N_SHAPES = 200  # Letters that are drawn as shapes; a page with a frame or a chart has fewer (chosen).
_BULLET_FROM_SYMBOL_FONT = {"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf0e0": "→"}


class _DamagedError(ValueError):
    """A part of the file is missing or spoilt, which pypdf would pass over."""


def read(
    path: Path,
    *,
    password: str | None = None,
    on_page: Callable[[int], None] | None = None,
    rest: Callable[[], Sequence[PageLayout]] | None = None,
    recognise: Callable[[Sequence[int]], Sequence[PageLayout]] | None = None,
) -> Reading:
    """Returns the blocks of a PDF in reading order, with physical pages and printed labels.

    A file is read whole or not at all. pypdf reads damaged files as far as it can, but a quotation from half a
    paragraph, or "nothing found" in half a report, would mislead.

    Args:
        path: The file.
        password: Opens a protected file.
        on_page: Called after each page that is read, with the number of all pages.
        rest: Gives what `rest_of_pages` reads elsewhere; None to read all pages here.
        recognise: Gives what stands on pages (1-based) that are pictures; None to leave them out and say so.

    Raises:
        UnreadableFileError: The file is no PDF, is damaged, needs another password, or there is no text in it.
    """
    with _refusing_damage(path):
        reader = _opened(path, password)
        _check_streams(reader)
        n_here = _n_first_half(reader) if rest else len(reader.pages)
        pages = _page_layouts(reader, range(n_here), path, password, on_page)
        labels = tuple(str(label) for label in reader.page_labels)
        metadata = _metadata(reader)
        attached = _attached_told(reader)
    if rest:
        pages += rest()
    if not pages:
        raise UnreadableFileError(f"{path.name} is damaged: there are no pages in it. Fetch it again and retry.")
    pictured = tuple(number for number, page in enumerate(pages, start=1) if page.pictured and not page.runs)
    if recognise:
        for number, page in zip(pictured, recognise(pictured), strict=True):
            pages[number - 1] = page
    if not any(page.runs for page in pages):
        raise UnreadableFileError(" ".join((_no_text(path, pages, recognised=recognise is not None), *attached)))
    gaps = () if recognise or not pictured else (_pictures_told(pictured),)
    return replace(
        lay_out(pages, pdf_labels=labels, metadata=metadata),
        recognised=tuple(number for number in pictured if pages[number - 1].runs),
        gaps=(*gaps, *_unreadable_told(path, pages), *attached),
    )


def _no_text(path: Path, pages: Sequence[PageLayout], *, recognised: bool) -> str:
    n_pages = f"{len(pages)} page{'s' * (len(pages) > 1)}"
    if recognised:
        return f"{path.name} has {n_pages} without text, and Tesseract finds no words in their pictures."
    if not any(page.pictured for page in pages):
        return f"{path.name} has {n_pages} and nothing on them that could be text."
    return (
        f"{path.name} has {n_pages} but no text in them: it is a scan. Take it in with the option --ocr, which reads "
        "the pictures of its pages."
    )


def _pictures_told(numbers: Sequence[int]) -> str:
    one = len(numbers) == 1
    return (
        f"{'Page' if one else 'Pages'} {_spans(numbers)} of the file {'is a picture' if one else 'are pictures'} "
        "without text: what stands there is not in the library. The option --ocr, “Read scans” on the page, reads it."
    )


def _attached_told(reader: pypdf.PdfReader) -> tuple[str, ...]:
    """Tells of files in the file: a PDF portfolio is a cover page and such files."""
    n_files = len(reader.attachments)
    if not n_files:
        return ()
    attached = "1 file attached to it is" if n_files == 1 else f"{n_files} files attached to it are"
    return (f"{attached} not read: open it, save what is attached and add that.",)


def _unreadable_told(path: Path, pages: Sequence[PageLayout]) -> tuple[str, ...]:
    """Tells of single characters that cannot be read.

    Raises:
        UnreadableFileError: They are so many that sentences are spoilt.
    """
    texts = ["".join(run.text for run in page.runs) for page in pages]
    n_unreadable = sum(text.count(_UNREADABLE) for text in texts)
    if not n_unreadable:
        return ()
    places = _spans([number for number, text in enumerate(texts, start=1) if _UNREADABLE in text])
    what = f"{n_unreadable} character{'s' * (n_unreadable > 1)}"
    if n_unreadable > _MAX_UNREADABLE * sum(map(len, texts)):
        raise UnreadableFileError(
            f"{path.name} has fonts that do not tell which letters they draw, or is damaged: {what} cannot be read "
            f"(pages {places} of the file). Fetch it again, or open it, print it to a new PDF and add that."
        )
    return (f"{what} cannot be read and stand as {_UNREADABLE} (pages {places} of the file).",)


def _spans(numbers: Sequence[int]) -> str:
    """Numbers in order in short: "3, 7-9"."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1] = [spans[-1][0], number]
        else:
            spans.append([number])
    return ", ".join("-".join(map(str, span)) for span in spans)


def rest_of_pages(
    path: Path, *, password: str | None = None, on_page: Callable[[int], None] | None = None
) -> tuple[PageLayout, ...]:
    """The pages of the second half of a file, empty for a short one.

    Raises:
        UnreadableFileError: The file is no PDF, is damaged, or needs another password.
    """
    with _refusing_damage(path):
        reader = _opened(path, password)
        rest = range(_n_first_half(reader), len(reader.pages))
        return tuple(_page_layouts(reader, rest, path, password, on_page))


def _n_first_half(reader: pypdf.PdfReader) -> int:
    n_pages = len(reader.pages)
    return n_pages if n_pages < _N_SHARED_PAGES else (n_pages + 1) // 2


def _page_layouts(
    reader: pypdf.PdfReader,
    numbers: range,
    path: Path,
    password: str | None,
    on_page: Callable[[int], None] | None,
) -> list[PageLayout]:
    n_pages, fonts, layouts = len(reader.pages), _FontWidths(), []
    with glyphs.opened(path, password) as drawn:
        for number in numbers:
            layout = _page_layout(reader.pages[number], fonts)
            layouts.append(replace(layout, glyphs=drawn.of_page(number + 1)))
            if on_page:
                on_page(n_pages)
    return layouts


def _opened(path: Path, password: str | None) -> pypdf.PdfReader:
    _check_end(path)
    reader = pypdf.PdfReader(path, strict=False)
    _unlock(reader, path, password)
    return reader


@contextmanager
def _refusing_damage(path: Path) -> Iterator[None]:
    """Turns what goes wrong with a file into a refusal that says what to do."""
    try:
        with _losses_told():
            yield
    except UnreadableFileError:
        raise
    except (DependencyError, NotImplementedError, DeprecationError) as error:
        raise UnreadableFileError(
            f"{path.name} is protected or packed in a way that cannot be read ({str(error).rstrip('.')}). "
            "Open it, print it to a new PDF and add that."
        ) from error
    except (PyPdfError, OSError, RecursionError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        # pypdf lets errors of the built-in types out of damaged files; the person can only fetch the file again.
        raise UnreadableFileError(
            f"{path.name} is damaged or incomplete ({_described(error)}), so none of it was read. "
            "Fetch it again and retry."
        ) from error


def _described(error: Exception) -> str:
    return str(error) if isinstance(error, _DamagedError) else f"{type(error).__name__}: {error}".rstrip(": ")


def _unlock(reader: pypdf.PdfReader, path: Path, password: str | None) -> None:
    if not reader.is_encrypted or reader.decrypt("") or (password and reader.decrypt(password)):
        return
    if password:
        raise UnreadableFileError(f"The password does not open {path.name}. Give the right one with --password.")
    raise UnreadableFileError(f"{path.name} is protected by a password. Give it with the option --password.")


# --- damage -----------------------------------------------------------------------------------------------------------


@contextmanager
def _losses_told() -> Iterator[None]:
    """Raises `_DamagedError` when pypdf logs that it passes over a loss; keeps its log off the screen."""
    lost: list[str] = []

    class _Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            message = record.getMessage()
            if _LOSS.search(message):
                lost.append(message)

    logger, listener = logging.getLogger("pypdf"), _Listener()
    propagated, logger.propagate = logger.propagate, False
    logger.addHandler(listener)
    try:
        yield
    finally:
        logger.removeHandler(listener)
        logger.propagate = propagated
    if lost:
        raise _DamagedError(lost[0])


def _check_end(path: Path) -> None:
    """Refuses a file without its end.

    pypdf would take the mark of an earlier revision, or of the first page of a file prepared for the web, for the end.
    What follows the last mark and is no object of a PDF is no part of it: servers and mail programs append such things.
    """
    content = path.read_bytes()
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise _DamagedError("its end is missing")
    if _OBJECT.search(content, end):
        raise _DamagedError("its end is missing")


def _check_streams(reader: pypdf.PdfReader) -> None:
    """Refuses a file with fewer pages than it says, or with spoilt text, fonts or objects."""
    pages: Any = reader.root_object["/Pages"].get_object()
    said = pages.get("/Count") if isinstance(pages, dict) else None
    if isinstance(said, int) and said > len(reader.pages):
        raise _DamagedError(f"only {len(reader.pages)} of its {said} pages are there")
    seen: set[int] = set()
    for number in sorted({number for number, _ in reader.xref_objStm.values()}):
        _check_stream(reader.get_object(number), f"object stream {number}", seen)
    for number, page in enumerate(reader.pages, start=1):
        contents = page.get("/Contents")
        contents = contents.get_object() if contents is not None else None
        for part in contents if isinstance(contents, list) else [contents]:
            _check_stream(part, f"the text of page {number}", seen)
        _check_resources(page.get("/Resources"), number, seen)


def _check_resources(resources: Any, number: int, seen: set[int]) -> None:
    """Checks what the text of a page draws on: the tables of its fonts, and forms."""
    resources = resources.get_object() if resources is not None else None
    if not isinstance(resources, dict):
        return
    for kind in ("/Font", "/XObject"):
        found = resources.get(kind)
        found = found.get_object() if found is not None else None
        for each in found.values() if isinstance(found, dict) else ():
            resource = each.get_object()
            if not isinstance(resource, dict) or id(resource) in seen:
                continue
            if kind == "/Font":
                seen.add(id(resource))
                _check_stream(resource.get("/ToUnicode"), f"a font of page {number}", seen)
            elif resource.get("/Subtype") == "/Form":
                _check_stream(resource, f"the text of page {number}", seen)
                _check_resources(resource.get("/Resources"), number, seen)


def _check_stream(stream: Any, name: str, seen: set[int]) -> None:
    """Refuses a compressed stream that is cut off or fails its checksum; pypdf takes what can be unpacked of it."""
    stream = stream.get_object() if stream is not None else None
    if stream is None or id(stream) in seen:
        return
    seen.add(id(stream))  # pypdf keeps the objects of a file, so that their ids stay theirs.
    data = getattr(stream, "_data", None)  # As it is in the file, decrypted; pypdf has no public name for it.
    filters = stream.get("/Filter") if isinstance(stream, dict) else None
    first = filters[0] if isinstance(filters, list) and filters else filters
    if first in {"/FlateDecode", "/Fl"} and isinstance(data, bytes) and data and not _unpacks(data):
        raise _DamagedError(f"{name} is spoilt")


def _unpacks(data: bytes) -> bool:
    """Whether compressed data reach their end and agree with their checksum, if that is there."""
    # Some old producers leave out the checksum, the last four bytes (RFC 1950, 2.2): then the bare data have an end.
    for start, window in ((0, zlib.MAX_WBITS), (2, -zlib.MAX_WBITS)):
        unpacking = zlib.decompressobj(window)
        rest = data[start:]
        try:
            while rest and not unpacking.eof:
                unpacking.decompress(rest, _CHUNK_BYTES)
                rest = unpacking.unconsumed_tail
        except zlib.error:
            return False
        if unpacking.eof:
            return True
    return False


def _metadata(reader: pypdf.PdfReader) -> dict[str, str]:
    found = {}
    info = reader.metadata
    if info is not None and isinstance(info.title, str) and info.title.strip():
        found["title"] = info.title.strip()
    language = reader.root_object.get("/Lang")
    if isinstance(language, str) and language.strip():
        found["language"] = language.strip().lower()
    makers = [str(name) for name in (info.creator, info.producer)] if info is not None else []
    if any(browser in name for name in makers for browser in _BROWSERS):
        found["printed_by"] = "web browser"
    return found


class _FontWidths:
    """Widths of texts as the fonts of one file give them."""

    def __init__(self) -> None:
        self._widths: dict[int, dict[str, float]] = {}

    def width(self, text: str, font: Any) -> float | None:
        """Width of a text in thousandths of the type size; None when the font does not tell."""
        reference = getattr(font, "indirect_reference", None)
        key = reference.idnum if reference is not None else id(font)
        if key not in self._widths:
            self._widths[key] = _character_widths(font)
        widths = self._widths[key]
        if not widths:
            return None
        return sum(widths.get(character, widths["default"]) for character in text)


def _character_widths(font: Any) -> dict[str, float]:
    """Width of each character, in thousandths of the type size; empty when the font does not tell."""
    try:
        known = Font.from_font_resource(font)
        by_code = {str(code): float(width) for code, width in known.character_widths.items()}
        # pypdf files the widths under the character codes, not under what they stand for.
        told = {str(known.character_map[code]): width for code, width in by_code.items() if code in known.character_map}
        widths = told or by_code
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return {}  # Layout estimates what a font does not tell.
    printed = [width for character, width in widths.items() if width > 0 and character.isalnum()]
    if not printed:
        return {}
    # Of a composite font pypdf knows it: the /DW of ISO 32000-1, 9.7.4.3.
    widths["default"] = by_code.get("default", sum(printed) / len(printed))
    return widths


@dataclass(slots=True)
class _Path:
    """The path under construction, in points from the lower left corner."""

    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)

    def add(self, x: float, y: float, cm: Any) -> None:
        self.xs.append(x * cm[0] + y * cm[2] + cm[4])
        self.ys.append(x * cm[1] + y * cm[3] + cm[5])

    def clear(self) -> None:
        self.xs.clear()
        self.ys.clear()

    def is_disc(self) -> bool:
        width, height = max(self.xs) - min(self.xs), max(self.ys) - min(self.ys)
        return len(self.xs) > 5 and 1.0 <= width <= _MAX_DISC_PT and abs(width - height) < 1.0

    def is_rule(self) -> bool:
        return max(self.xs) - min(self.xs) >= _MIN_RULE_PT and max(self.ys) - min(self.ys) <= 1.5


def _page_layout(page: pypdf.PageObject, fonts: _FontWidths) -> PageLayout:
    runs: list[Run] = []
    discs: list[Disc] = []
    rules: list[Rule] = []
    path = _Path()
    n_shapes = 0

    def on_operand(operator: Any, operands: Any, cm: Any, _tm: Any) -> None:
        nonlocal n_shapes
        if operator in {b"m", b"l", b"c", b"v", b"y"}:
            numbers = [float(number) for number in operands]
            for x, y in zip(numbers[0::2], numbers[1::2], strict=False):
                path.add(x, y, cm)
        elif operator == b"re":
            x, y, width, height = (float(number) for number in operands)
            path.clear()
            path.add(x, y, cm)
            path.add(x + width, y + height, cm)
        elif operator in {b"f", b"F", b"f*", b"b", b"B", b"S", b"s"}:
            n_shapes += 1
            if path.xs and path.is_disc():
                discs.append(Disc(x=min(path.xs), y=min(path.ys)))
            elif path.xs and path.is_rule():
                rules.append(Rule(x=min(path.xs), y=min(path.ys), width=max(path.xs) - min(path.xs)))
            path.clear()
        elif operator in {b"n", b"W", b"W*"}:
            path.clear()
        elif operator in {b"Do", b"INLINE IMAGE"}:
            n_shapes = _N_SHAPES

    def on_text(text: str, cm: Any, tm: Any, font: Any, size: Any) -> None:
        cleaned = _clean(text)
        if not cleaned.strip():
            return
        name = str(font.get("/BaseFont", "")) if font else ""
        # The size as drawn: Chromium scales and flips with the outer matrix, so both matrices count.
        tall = ((tm[2] * cm[0] + tm[3] * cm[2]) ** 2 + (tm[2] * cm[1] + tm[3] * cm[3]) ** 2) ** 0.5
        wide = ((tm[0] * cm[0] + tm[1] * cm[2]) ** 2 + (tm[0] * cm[1] + tm[1] * cm[3]) ** 2) ** 0.5
        points = abs(float(size or 0.0))
        width = fonts.width(cleaned, font) if font else None
        runs.append(
            Run(
                x=tm[4] * cm[0] + tm[5] * cm[2] + cm[4],
                y=tm[4] * cm[1] + tm[5] * cm[3] + cm[5],
                size=points * (tall or 1.0),
                width=width / 1000 * points * (wide or 1.0) if width is not None else None,
                bold=bool(re.search(r"bold|black|heavy|demi", name, re.IGNORECASE)),
                italic=bool(re.search(r"italic|oblique", name, re.IGNORECASE)),
                text=cleaned,
            )
        )

    page.extract_text(visitor_text=on_text, visitor_operand_before=on_operand)
    box = page.mediabox
    return PageLayout(
        runs=tuple(runs),
        discs=tuple(discs),
        rules=tuple(rules),
        width=float(box.width),
        height=float(box.height),
        pictured=n_shapes >= _N_SHAPES,
    )


def _clean(text: str) -> str:
    text = "".join(_BULLET_FROM_SYMBOL_FONT.get(character, character) for character in text)
    text = text.replace("\ufeff", "").replace("\u200b", "")
    text = re.sub("[\ufb00-\ufb06]", lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))
