"""Whether quotes are marked at their exact place on the pictures of their pages, and how long a picture takes.

    python benchmarks/pictures.py FILE_OR_FOLDER… [--ocr] [--problems N] [--pictures N]

Reads every PDF and, of every statement in it, reads back from the PDF what stands under its marks: the characters that
PDFium finds in the marked rectangles by their middles, in no way related to the alignment that made the marks. Prints,
for each file, the share of statements whose marked text equals their words (white space and hyphens aside), the share
that is marked on the pages that the document names for them, letters without a place, the time that finding places adds
to a page (time of the processor), and the time of a picture. Where a file of ground truth lies in a folder `truth`
beside the file (see the README there), the pages of the marks of each paragraph are compared with it too.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import re
import statistics
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pypdfium2
from pypdfium2 import raw

from index.library import Library
from ingest import READER_VERSION, places, read_document
from ingest.document import Document
from ingest.errors import UnreadableFileError
from ingest.places import Box, boxes_of
from ingest.readers import glyphs
from qa.picture import page_picture


class _Clock:
    """The time of the processor that some functions take, in seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timing(self, function: Any) -> Any:
        def timed(*arguments: Any, **named: Any) -> Any:
            began = time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                self.seconds += time.process_time() - began

        return timed


class Drawn:
    """The characters of a PDF with the middles of their boxes, read with PDFium's public calls."""

    def __init__(self, file: Path) -> None:
        self._pdf = pypdfium2.PdfDocument(file)
        self._pages: dict[int, list[tuple[float, float, str]]] = {}

    def text_under(self, boxes: Sequence[Box]) -> str:
        """What stands in these rectangles, one after the other."""
        return "".join(
            character
            for box in boxes
            for x, y, character in self._page(box.page)
            if box.left <= x <= box.right and box.bottom <= y <= box.top
        )

    def _page(self, number: int) -> list[tuple[float, float, str]]:
        if number not in self._pages:
            text = self._pdf[number - 1].get_textpage()
            found = []
            left, right, bottom, top = (ctypes.c_double() for _ in range(4))
            for place in range(text.count_chars()):
                raw.FPDFText_GetCharBox(text.raw, place, left, right, bottom, top)
                character = chr(raw.FPDFText_GetUnicode(text.raw, place))
                found.append(((left.value + right.value) / 2, (bottom.value + top.value) / 2, character))
            self._pages[number] = found
        return self._pages[number]


def plain(text: str) -> str:
    """A text without white space, hyphens and what fonts write in several ways."""
    text = unicodedata.normalize("NFKD", text)
    return re.sub(r"[\s\u00ad\u2010\u2011\ufffe\x02|-]|[\u0300-\u036f]", "", text)


def statements_of(document: Document) -> Iterator[tuple[int, int]]:
    for passage in document.passages:
        for statement in passage.statements:
            yield statement.start, statement.end


def check(file: Path, *, ocr: bool, n_problems: int, n_pictures: int) -> Counter[str]:
    """Measures one file and prints what was found."""
    clock = _Clock()
    place, of_page = places.place, glyphs.PageGlyphs.of_page
    import ingest

    ingest.place = clock.timing(place)
    glyphs.PageGlyphs.of_page = clock.timing(of_page)  # type: ignore[method-assign]
    try:
        began = time.process_time()
        document = read_document(file, file.read_bytes(), ocr=ocr)
        whole = time.process_time() - began
    except UnreadableFileError as error:
        print(f"{file.name}: {str(error)[:90]}")
        return Counter()
    finally:
        ingest.place, glyphs.PageGlyphs.of_page = place, of_page  # type: ignore[method-assign]
    if document.places is None:
        return Counter()
    tally: Counter[str] = Counter()
    drawn, problems = Drawn(file), []
    for start, end in statements_of(document):
        boxes = boxes_of(document.places, document.page_runs, start, end)
        wanted, marked = plain(document.text[start:end]), plain(drawn.text_under(boxes))
        if document.reader == "pdf-ocr":
            marked = wanted if boxes else ""  # Nothing is drawn there but a picture.
        pages = tuple(dict.fromkeys(box.page for box in boxes))
        tally["statements"] += 1
        tally["text"] += wanted == marked
        tally["pages"] += pages == document.pages_of(start, end)
        if wanted != marked or pages != document.pages_of(start, end):
            problems.append(f"p. {document.pages_of(start, end)} {pages}: {wanted[:150]!r} ≠ {marked[:150]!r}")
    tally["letters"] = document.places.n_characters
    tally["without place"] = document.places.n_characters - document.places.n_placed
    told = [f"text {tally['text']}/{tally['statements']}", f"pages {tally['pages']}/{tally['statements']}"]
    told.append(f"letters without a place {tally['without place']}/{tally['letters']}")
    told += _truth_told(file, document, tally)
    n = len(document.page_labels)
    told.append(f"{1000 * clock.seconds / n:.1f} of {1000 * whole / n:.0f} ms a page")
    told.append(f"{len(document.places.packed) / 1024:.0f} KB for {file.stat().st_size / 1024:.0f} KB")
    if n_pictures:
        times = sorted(_picture_times(file, document, n_pictures))
        told.append(f"picture {statistics.median(times):.0f} ms, p95 {times[int(0.95 * (len(times) - 1))]:.0f} ms")
    print(f"{file.name}: {'; '.join(told)}")
    for problem in problems[:n_problems]:
        print(f"    {problem}")
    return tally


def _truth_told(file: Path, document: Document, tally: Counter[str]) -> list[str]:
    """Pages of the marks of numbered paragraphs and blocks against the ground truth, where there is one."""
    truth_file = file.parent / "truth" / f"{file.stem}.json"
    if not truth_file.is_file() or document.places is None:
        return []
    truth = json.loads(truth_file.read_text(encoding="utf-8"))
    openings = [plain(document.text[passage.start : passage.start + 150])[:60] for passage in document.passages]
    n_right = n_all = 0
    for block in truth.get("paragraphs") or truth.get("blocks") or []:
        opening = plain(block["text"][:150])[:60]
        found = [passage for passage, own in zip(document.passages, openings, strict=True) if own == opening]
        if len(found) != 1:
            continue
        boxes = boxes_of(document.places, document.page_runs, found[0].start, found[0].end)
        n_all += 1
        n_right += bool(boxes) and boxes[0].page == block["first_page"] and boxes[-1].page <= block["last_page"]
    tally["truth"], tally["truth right"] = n_all, n_right
    return [f"paragraphs on their true page {n_right}/{n_all}"]


def _picture_times(file: Path, document: Document, n_pictures: int) -> Iterator[float]:
    """Milliseconds of pictures of statements spread over a document, from a library."""
    from index.embedder import Embedder
    from index.intake import take_in

    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(Path(folder))
        embedder = Embedder.load()
        for _ in take_in(library, lambda: embedder, [file], ocr=document.reader == "pdf-ocr"):
            pass
        (stored,) = library.documents()
        kept = library.document(stored.document_id)
        every = list(statements_of(kept))
        for start, end in every[:: max(len(every) // n_pictures, 1)]:
            began = time.perf_counter()
            page_picture(library, kept, start=start, end=end)
            yield 1000 * (time.perf_counter() - began)


def main() -> None:
    """Runs the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--ocr", action="store_true", help="read scans with Tesseract")
    parser.add_argument("--problems", type=int, default=0, help="print so many problems of each file")
    parser.add_argument("--pictures", type=int, default=0, help="time so many pictures of each file")
    arguments = parser.parse_args()
    print(f"Reader {READER_VERSION}, pypdfium2 {pypdfium2.version.PYPDFIUM_INFO}")
    files = [
        file
        for path in arguments.paths
        for file in ([path] if path.is_file() else sorted(path.glob("*.pdf")) + sorted(path.glob("variants/*.pdf")))
    ]
    total: Counter[str] = Counter()
    for file in files:
        total += check(file, ocr=arguments.ocr, n_problems=arguments.problems, n_pictures=arguments.pictures)
    if total["statements"]:
        n = total["statements"]
        print(
            f"all: marked text equal {total['text'] / n:.4f}, marked pages right {total['pages'] / n:.4f} of {n} "
            f"statements; {total['without place']} of {total['letters']} letters without a place"
        )
        if total["truth"]:
            print(f"     on the true page {total['truth right'] / total['truth']:.4f} of {total['truth']} paragraphs")


if __name__ == "__main__":
    main()
