"""Reads a scan: pypdfium2 draws its pages, Tesseract recognises the words on them."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import statistics
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pypdfium2
from lxml import html
from pypdfium2 import raw

from ingest.errors import UnreadableFileError
from ingest.layout import PageLayout, Run
from ingest.places import Glyphs, glyphs

_DPI = 300  # Source: Tesseract's documentation, "Improving the quality of the output".
_PT = 72 / _DPI  # Points a pixel.
_MAX_PIXELS = 100_000_000  # A page of A2 has 35 million at 300 dpi; what is larger is drawn coarser (chosen).
_PAGE_SECONDS = 120.0  # A full page takes about five (measured).
_LINES = {"ocr_line", "ocr_header", "ocr_textfloat", "ocr_caption"}
_SAME_SIZE = 0.15  # Tesseract's sizes of equal lines differ by a tenth (measured on the specimen).


def recognised_pages(
    path: Path,
    numbers: Sequence[int],
    *,
    password: str | None = None,
    on_page: Callable[[int], None] | None = None,
) -> list[PageLayout]:
    """What stands on pages of a PDF that are pictures.

    Args:
        path: The file.
        numbers: Physical pages (1-based), in order.
        password: Opens a protected file.
        on_page: Called after each page, with the number of all pages.

    Raises:
        UnreadableFileError: Tesseract is not installed or fails.
    """
    if not numbers:
        return []
    program = shutil.which("tesseract")
    if program is None:
        raise UnreadableFileError(
            f"{path.name} is a scan, and Tesseract, which reads scans, is not installed. Install it (Debian, Ubuntu: "
            "apt-get install tesseract-ocr; macOS: brew install tesseract; Windows: winget install "
            "UB-Mannheim.TesseractOCR) and try again."
        )
    pages = []
    try:
        with pypdfium2.PdfDocument(path, password=password) as document:
            for number in numbers:
                page = document[number - 1]
                pages.append(_recognised(page, program, f"page {number} of {path.name}"))
                page.close()
                if on_page:
                    on_page(len(document))
    except pypdfium2.PdfiumError as error:
        raise UnreadableFileError(f"The pages of {path.name} cannot be drawn ({error}). Fetch it again.") from error
    return _with_even_sizes(pages)


def _recognised(page: Any, program: str, name: str) -> PageLayout:
    width, height = page.get_size()
    scale = min(1 / _PT, (_MAX_PIXELS / max(width * height, 1.0)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    rows = bytes(bitmap.buffer)
    if bitmap.stride != bitmap.width:
        rows = b"".join(rows[start : start + bitmap.width] for start in range(0, len(rows), bitmap.stride))
    picture = f"P5 {bitmap.width} {bitmap.height} 255\n".encode("ascii") + rows  # The plainest form: PGM.
    to_page = _to_page(page, bitmap.width, bitmap.height)
    bitmap.close()
    try:
        done = subprocess.run(
            [program, "-", "-", "--dpi", str(round(scale * 72)), "-l", "eng", "hocr"],
            input=picture,
            capture_output=True,
            check=True,
            timeout=_PAGE_SECONDS,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # Files are read two at a time as it is.
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableFileError(f"Tesseract had not read {name} after {_PAGE_SECONDS:.0f} seconds.") from error
    except subprocess.CalledProcessError as error:
        told = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UnreadableFileError(
            f"Tesseract cannot read {name}: {told[-1] if told else f'status {error.returncode}'}."
        ) from error
    words = _words(done.stdout)
    return PageLayout(
        runs=_runs(words, scale, height),
        discs=(),
        rules=(),
        width=width,
        height=height,
        glyphs=_glyphs(words, to_page),
    )


def _to_page(page: Any, width: int, height: int) -> tuple[tuple[float, float], ...]:
    """Where three corners of a picture lie in its page's own coordinates: upper left, upper right, lower left.

    A page may be shown turned, or only a part of it.
    """
    corners = []
    for across, down in ((0, 0), (width, 0), (0, height)):
        x, y = ctypes.c_double(), ctypes.c_double()
        raw.FPDF_DeviceToPage(page.raw, 0, 0, width, height, 0, across, down, x, y)
        corners.append((x.value, y.value))
    origin, right, lower = corners
    along = ((right[0] - origin[0]) / width, (right[1] - origin[1]) / width)
    below = ((lower[0] - origin[0]) / height, (lower[1] - origin[1]) / height)
    return origin, along, below


@dataclass(frozen=True, slots=True)
class _Word:
    """A word that was recognised, in pixels from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    baseline: float
    size: float


def _glyphs(words: Sequence[_Word], to_page: tuple[tuple[float, float], ...]) -> Glyphs:
    """The letters of the words with their boxes: the width of a word is shared out, since Tesseract tells no more."""
    import numpy as np

    codes: list[int] = []
    boxes: list[tuple[float, float, float, float]] = []
    for word in words:
        step = (word.right - word.left) / len(word.text)
        for place, character in enumerate(word.text):
            codes.append(ord(character))
            boxes.append((word.left + place * step, word.top, word.left + (place + 1) * step, word.bottom))
        codes.append(ord(" "))
        boxes.append((0.0, 0.0, 0.0, 0.0))
    origin, along, below = (np.array(pair) for pair in to_page)
    pixels = np.array(boxes, dtype=np.float64).reshape(-1, 2, 2)
    corners = origin + pixels[:, :, :1] * along + pixels[:, :, 1:] * below
    sides = np.concatenate((corners.min(axis=1), corners.max(axis=1)), axis=1)
    return glyphs(codes, sides.astype(np.float32))


def _words(hocr: bytes) -> tuple[_Word, ...]:
    """The words of a page, all words of a line on one baseline and in one size.

    Source: the hOCR specification 1.2: `baseline` gives the offset of the baseline from the lower edge of the line.
    """
    words = []
    for line in html.fromstring(hocr).iter("span"):
        if line.get("class") not in _LINES:
            continue
        bottom = _numbers(line, "bbox")[3]
        offset = _numbers(line, "baseline")
        baseline = bottom + (offset[1] if offset else 0.0)
        size = _numbers(line, "x_size")[0]
        for word in line.iter("span"):
            text = "".join(word.itertext()).strip()
            if word.get("class") == "ocrx_word" and text:
                left, top, right, lower = _numbers(word, "bbox")
                words.append(_Word(text, left, top, right, lower, baseline, size))
    return tuple(words)


def _runs(words: Sequence[_Word], scale: float, height: float) -> tuple[Run, ...]:
    """The words as runs, in points from the lower left corner."""
    return tuple(
        Run(
            x=word.left / scale,
            y=height - word.baseline / scale,
            size=word.size / scale,
            width=(word.right - word.left) / scale,
            bold=False,
            italic=False,
            text=word.text + " ",
        )
        for word in words
    )


def _numbers(element: Any, name: str) -> tuple[float, ...]:
    """The numbers of one property of an hOCR element; empty when it has no such property."""
    found = re.search(rf"\b{name} ([-\d. ]+)", element.get("title", ""))
    return tuple(float(number) for number in found[1].split()) if found else ()


def _with_even_sizes(pages: Sequence[PageLayout]) -> list[PageLayout]:
    """Gives lines of about the usual size just that: measured sizes would tell headings where there are none."""
    usual = statistics.median([run.size for page in pages for run in page.runs] or [0.0])
    return [
        replace(
            page,
            recognised=True,
            runs=tuple(
                replace(run, size=usual) if abs(run.size - usual) <= _SAME_SIZE * usual else run for run in page.runs
            ),
        )
        for page in pages
    ]
