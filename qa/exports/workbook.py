"""A briefing as an Excel workbook: one quote a row."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.countries import country_name
from qa.citing.citations import display_title
from qa.citing.styles import Style, cite, speaker_name
from qa.exports.briefing import Briefing, Heading, Note
from qa.exports.wording import attribution, credits_of, kosovo_note, repeated_in

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from qa.quotes import Quote

# Heading and width in characters of each column.
_COLUMNS = {
    "Heading": 24,
    "Country": 16,
    "Text": 80,
    "Wording": 14,
    "Said by": 16,
    "Voice": 22,
    "Grade": 11,
    "Year": 7,
    "Round": 7,
    "Document": 20,
    "Title": 40,
    "Paragraph": 10,
    "Pages": 12,
    "Section": 30,
    "In text": 34,
    "Citation": 60,
    "Same words in": 24,
    "Reference given by the reporting document, not checked": 40,
}
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAX_CELL_CHARACTERS = 32_767  # Excel's limits, as is the height in points.
_MAX_ROW_HEIGHT = 409


def workbook(briefing: Briefing, *, style: Style) -> bytes:
    """The briefing as XLSX: a sheet of quotes, and one of the writer's notes and of credit lines."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Quotes"
    _write(sheet, list(_COLUMNS), list(_rows(briefing, style)), list(_COLUMNS.values()))
    notes = [[item.text] for item in briefing.items if isinstance(item, Note)]
    notes += [[line] for line in credits_of(briefing.quotes)]
    cells = [briefing.title, *(str(cell.value) for row in sheet.iter_rows() for cell in row)]
    if any("Kosovo*" in text for text in (*cells, *(note for (note,) in notes))):
        notes.append([kosovo_note(style)])
    _write(book.create_sheet("Notes"), [briefing.title], notes, [120])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _rows(briefing: Briefing, style: Style) -> Iterator[list[str | int | None]]:
    heading = ""
    for item in briefing.items:
        if isinstance(item, Heading):
            heading = item.text
        elif not isinstance(item, Note):
            yield _row(item, heading, style)


def _row(quote: Quote, heading: str, style: Style) -> list[str | int | None]:
    identity, cited = quote.document.identity, quote.cited
    voice = "own words"
    if quote.paraphrase and quote.reported_by:
        voice = f"as restated in a digest by {quote.reported_by}"
    elif quote.reported_by:
        voice = f"as reported by {quote.reported_by}"
    elif cited.government_comments:
        voice = "comments of the government"
    about = quote.countries if len(quote.countries) == 1 else identity.countries
    return [
        heading,
        ", ".join(country_name(code) for code in quote.countries),
        quote.text,
        "paraphrase" if quote.paraphrase else "verbatim",
        " and ".join(speaker_name(code, "short", about) for code in quote.speakers),
        voice,
        quote.grade,
        identity.year,
        identity.round,
        identity.official_number,
        display_title(identity.title),
        quote.passage.paragraph,
        ", ".join(cited.pages),
        " › ".join(quote.passage.section),
        attribution(quote),
        cite(cited, style).text,
        repeated_in(quote, style),
        "; ".join(cited.references) if quote.reported_by else "",
    ]


def _write(
    sheet: Worksheet, headings: list[str], rows: list[list[str | int | None]] | list[list[str]], widths: list[int]
) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    for number, row in enumerate([headings, *rows], 1):
        # Excel fits heights by itself when it opens a file, other programs do not.
        n_lines = max(_n_lines(value, width) for value, width in zip(row, widths, strict=True))
        sheet.row_dimensions[number].height = min(15 * n_lines + 3, _MAX_ROW_HEIGHT)
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(value, str):
                cell.value = _NOT_IN_XML.sub("", value)[:_MAX_CELL_CHARACTERS]
                # Text that opens with =, +, - or @ must stay text, also when somebody edits the cell.
                cell.data_type = "s"
                cell.quotePrefix = True
            else:
                cell.value = value
            if number == 1:
                cell.font = Font(bold=True, color="FFFFFF")
                cell.fill = PatternFill("solid", fgColor="1F2A44")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A3
    sheet.print_title_rows = "1:1"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _n_lines(value: str | int | None, width: int) -> int:
    """How many lines a cell's text takes at a width in characters, at least one."""
    return sum(max(1, -(-len(line) // width)) for line in str(value or "").split("\n"))
