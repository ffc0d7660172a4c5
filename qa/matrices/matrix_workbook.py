"""A matrix as a workbook: the table, every quote with its pincite, and what was loaded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.countries import country_name
from ingest.errors import UsageError
from qa.matrices.matrix import Cell, Matrix
from qa.matrices.matrix_text import (
    cell_remarks,
    cell_summary,
    column_name,
    matrix_title,
    notes,
    quote_rows,
    said_by,
    shown_text,
)
from qa.official.catalogue import report_name

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_PER_CELL = 4  # Quotes of a cell in the table; the sheet of quotes has all.
_LINE_HEIGHT, _MAX_HEIGHT = 15, 409  # Points; no row of a workbook may be higher.
_EXCERPT = 300  # Characters of a quote in the table.
_FILL = {"urges": "9ECAE1", "considers": "C6DBEF", "invites": "DEEBF7", None: "F7FBFF"}
"""Blues from ColorBrewer, the stronger the darker: told apart also in grey and by those who see no red or green."""
_WIDTHS = {"text": 80, "citation": 34, "document": 40, "remark": 50, "title": 60, "known and not loaded": 60}


def write_workbook(matrix: Matrix, path: Path) -> None:
    """Writes an XLSX file.

    Raises:
        UsageError: The file cannot be written there.
    """
    from openpyxl import Workbook

    workbook = Workbook()
    _write_table(workbook.active, matrix)
    _write_rows(workbook.create_sheet("Quotes"), quote_rows(matrix))
    _write_rows(workbook.create_sheet("Loaded"), _loaded_rows(matrix))
    workbook.properties.creator = "Pincite"
    workbook.properties.title = matrix_title(matrix)
    try:
        workbook.save(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from error


def _write_table(sheet: Worksheet, matrix: Matrix) -> None:
    """Countries down, sources across: in each cell its state, its strongest quotes and their pincites."""
    from openpyxl.styles import Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    sheet.title = "Matrix"
    _append(sheet, [matrix_title(matrix), *(column_name(column, matrix) for column in matrix.columns)])
    for country in matrix.countries:
        cells = [matrix.cell(country, column) for column in matrix.columns]
        _append(sheet, [country_name(country), *map(_cell_text, cells)])
        sheet.cell(sheet.max_row, 1).font = Font(bold=True)
        for number, cell in enumerate(cells, start=2):
            sheet.cell(sheet.max_row, number).border = Border(*[Side(style="thin", color="B0B0B0")] * 4)
            if cell.state == "found":
                sheet.cell(sheet.max_row, number).fill = PatternFill("solid", fgColor=_FILL[cell.grade])
    _append(sheet, [""])
    for note in notes(matrix):
        _append(sheet, [note])
        sheet.merge_cells(
            start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=len(matrix.columns) + 1
        )
    sheet.column_dimensions["A"].width = 24
    for number in range(2, len(matrix.columns) + 2):
        sheet.column_dimensions[get_column_letter(number)].width = 60
    _dress(sheet, frozen="B2")


def _cell_text(cell: Cell) -> str:
    quotes = [
        f"{_shortened(shown_text(quote))}\n{said_by(quote)} — {quote.citation}" for quote in cell.quotes[:_PER_CELL]
    ]
    left = len(cell.quotes) - _PER_CELL
    more = f" ({left} more on the sheet Quotes)" if left > 0 else ""
    return "\n\n".join([cell_summary(cell).upper() + more, *quotes, *cell_remarks(cell)])


def _shortened(text: str) -> str:
    """A text cut at a word, its closing quotation mark kept; a cut is marked by dots in brackets."""
    if len(text) <= _EXCERPT:
        return text
    return text[:_EXCERPT].rsplit(" ", 1)[0] + " […]" + ("”" if text.endswith("”") else "")


def _loaded_rows(matrix: Matrix) -> Iterable[Sequence[Any]]:
    """What was loaded when the matrix was made, and which reports are known beside it."""
    yield (
        "publisher",
        "official number",
        "title",
        "countries",
        "year",
        "round",
        "published",
        "pages",
        "known and not loaded",
    )
    for document in matrix.loaded:
        identity = document.identity
        countries = ", ".join(map(country_name, identity.countries))
        place = [identity.publisher or "unknown", identity.official_number or "", identity.title, countries]
        yield (
            *place,
            identity.year or "",
            identity.round or "",
            identity.published or "",
            len(document.page_labels) or "",
            "",
        )
    known = {report_name(report): report for cell in matrix.cells for report in cell.known}
    for name, report in known.items():
        countries = ", ".join(map(country_name, report.countries))
        place = [report.source, report.official_number or "", report.title, countries]
        yield (*place, report.year or "", report.round or "", report.published or "", "", name)
    yield (f"Made on {datetime.now(UTC):%Y-%m-%d} from what was loaded then: {matrix_title(matrix)}.",)


def _write_rows(sheet: Worksheet, rows: Iterable[Sequence[Any]]) -> None:
    from openpyxl.utils import get_column_letter

    names: Sequence[Any] = ()
    for row in rows:
        names = names or row
        _append(sheet, row)
    for number, name in enumerate(names, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(name, 14)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{sheet.max_row}"
    _dress(sheet, frozen="A2")


def _append(sheet: Worksheet, values: Iterable[Any]) -> None:
    """Adds a row; a text that begins like a formula stays a text."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    number = sheet.max_row + 1 if sheet.max_row > 1 or sheet.cell(1, 1).value is not None else 1
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(number, column)
        if isinstance(value, str):
            cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value)
            cell.data_type = "s"
            cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
        else:
            cell.value = value


def _dress(sheet: Worksheet, *, frozen: str) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    widths = [sheet.column_dimensions[get_column_letter(n)].width for n in range(1, sheet.max_column + 1)]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        # Programs differ in whether they fit a row to wrapped text by themselves.
        is_merged = sheet.cell(number, 2).coordinate in sheet.merged_cells
        texts = [
            (str(cell.value), sum(widths) if is_merged else width)
            for cell, width in zip(row, widths, strict=True)
            if cell.value
        ]
        n_lines = max(
            (sum(len(line) // max(width * 0.9, 1) + 1 for line in text.split("\n")) for text, width in texts), default=1
        )
        sheet.row_dimensions[number].height = min(_LINE_HEIGHT * n_lines + 3, _MAX_HEIGHT)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = frozen
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
