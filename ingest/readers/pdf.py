"""Reads a PDF with pypdf: text runs with place and size, and the discs that some producers draw as list marks."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdf
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic._font import Font  # Private, so pyproject.toml holds pypdf below the next major version.

from ingest.blocks import Reading
from ingest.errors import UnreadableFileError
from ingest.layout import Disc, PageLayout, Rule, Run, lay_out

_MIN_RULE_PT = 40.0  # The line above footnotes is a quarter of the text's width or more.
_MAX_DISC_PT = 7.0  # A list disc is 3 to 5 pt across at 12 pt text (measured on Chromium's prints).
_BULLET_FROM_SYMBOL_FONT = {"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf0e0": "→"}


def read(path: Path) -> Reading:
    """Returns the blocks of a PDF in reading order, with physical pages and printed labels.

    Raises:
        UnreadableFileError: The file is no PDF, is damaged or encrypted, or has no text (a scan).
    """
    try:
        reader = pypdf.PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFileError(f"{path.name} is protected by a password. Save a copy without it and try again.")
        fonts = _FontWidths()
        pages = [_page_layout(page, fonts) for page in reader.pages]
        labels = tuple(str(label) for label in reader.page_labels)
        metadata = _metadata(reader)
    except UnreadableFileError:
        raise
    except DependencyError as error:
        raise UnreadableFileError(
            f"{path.name} is encrypted in a way that cannot be read ({error}). "
            "Save a copy without password and protection and try again."
        ) from error
    except (PyPdfError, OSError, RecursionError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        # pypdf lets errors of the built-in types out of damaged files; the person can only fetch the file again.
        raise UnreadableFileError(
            f"{path.name} is damaged or is not a PDF ({type(error).__name__}: {error}). Fetch it again and retry."
        ) from error
    if not pages:
        raise UnreadableFileError(f"{path.name} is damaged: there are no pages in it. Fetch it again and retry.")
    if not any(page.runs for page in pages):
        raise UnreadableFileError(
            f"{path.name} has {len(pages)} pages but no text in them: it is a scan. Run text recognition (OCR) on it."
        )
    return lay_out(pages, pdf_labels=labels, metadata=metadata)


def _metadata(reader: pypdf.PdfReader) -> dict[str, str]:
    found = {}
    info = reader.metadata
    if info is not None and isinstance(info.title, str) and info.title.strip():
        found["title"] = info.title.strip()
    language = reader.root_object.get("/Lang")
    if isinstance(language, str) and language.strip():
        found["language"] = language.strip().lower()
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
        widths = {str(character): float(width) for character, width in known.character_widths.items()}
        if font.get("/Subtype") != "/Type0":
            # For simple fonts pypdf files the widths under the character codes, not under what they stand for.
            widths = {known.character_map.get(code, code): width for code, width in widths.items()}
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return {}  # Layout estimates what a font does not tell.
    printed = [width for character, width in widths.items() if width > 0 and character.isalnum()]
    if not printed:
        return {}
    widths["default"] = sum(printed) / len(printed)
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

    def on_operand(operator: Any, operands: Any, cm: Any, _tm: Any) -> None:
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
            if path.xs and path.is_disc():
                discs.append(Disc(x=min(path.xs), y=min(path.ys)))
            elif path.xs and path.is_rule():
                rules.append(Rule(x=min(path.xs), y=min(path.ys), width=max(path.xs) - min(path.xs)))
            path.clear()
        elif operator in {b"n", b"W", b"W*"}:
            path.clear()

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
        runs=tuple(runs), discs=tuple(discs), rules=tuple(rules), width=float(box.width), height=float(box.height)
    )


def _clean(text: str) -> str:
    text = "".join(_BULLET_FROM_SYMBOL_FONT.get(character, character) for character in text)
    text = text.replace("\u00ad", "").replace("\ufeff", "").replace("\u200b", "")
    text = re.sub("[\ufb00-\ufb06]", lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))
