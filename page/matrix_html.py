"""What each source says of each country on a topic, as a table whose cells open."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from ingest.countries import country_name
from ingest.errors import UsageError
from page.answer_html import said_by
from page.asked import Asked, from_address, to_address
from page.collecting_html import add_html
from page.picture import picture_button
from qa.matrices.matrix_picture import write_picture
from qa.matrices.matrix_text import notes, write_csv
from qa.matrices.matrix_workbook import write_workbook
from qa.official.catalogue import report_name
from qa.question.scope import Scope

if TYPE_CHECKING:
    from qa.matrices.matrix import Cell, Column, Matrix
    from qa.quotes import Quote

MATRIX_FORM: Final = (
    '<form class="room" data-room="matrix">'
    '<div class="field"><label for="matrix-topic">Topic, Convention article or question</label>'
    '<input id="matrix-topic" name="topic" type="search" autocomplete="off" aria-describedby="matrix-topic-empty" '
    'placeholder="compensation, or Article 15"><small id="matrix-topic-empty">Empty: everything</small></div>'
    '<div class="adders" role="group" aria-label="Countries and sources"><span>Only</span>'
    '<span data-several="country" data-name="country"></span><span data-several="source" data-name="source"></span>'
    '</div><button type="submit" class="main">Show</button></form>'
    '<p class="state" role="status"></p><div class="result"></div>'
)

_FILES: Final = " ".join(
    f'<button type="button" data-file="{form}">{form.upper()}</button>' for form in ("csv", "xlsx", "png")
)
_N_QUOTES: Final = 5  # In an opened cell; asking shows more (chosen).
_STATES: Final = {"found": "found", "silent": "says nothing", "not_loaded": "not loaded"}


def matrix_html(matrix: Matrix) -> str:
    """Countries down, sources across; a silent source and one that is not loaded look different."""
    if not matrix.countries or not matrix.columns:
        return "<p>Nothing is loaded that this could be laid out from.</p>"
    heads = "".join(f'<th scope="col">{escape(_column_name(column))}</th>' for column in matrix.columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(country_name(country))}</th>'
        + "".join(_cell_html(matrix, matrix.cell(country, column)) for column in matrix.columns)
        + "</tr>"
        for country in matrix.countries
    )
    told = "".join(f"<p>{escape(note)}</p>" for note in notes(matrix))
    sideways = '<p class="sideways">The table goes on to the right.</p>' if len(matrix.columns) > 1 else ""
    return (
        f'<p class="files">Save as {_FILES}</p>{sideways}'
        f'<div class="wide" tabindex="0" role="region" aria-label="Matrix on {escape(matrix.topic)}"><table><thead><tr>'
        f'<th scope="col">Country</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
        f'<div class="notes">{told}</div>'
    )


def matrix_file(matrix: Matrix, form: str) -> str:
    """The matrix as a file, in Base64.

    Raises:
        UsageError: There is no such form.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "matrix"
        if form == "csv":
            with path.open("w", encoding="utf-8-sig", newline="") as file:  # By its mark, Excel knows UTF-8.
                write_csv(matrix, file)
        elif form == "xlsx":
            write_workbook(matrix, path)
        elif form == "png":
            write_picture(matrix, path, form="png")
        else:
            raise UsageError(f"A matrix is saved as CSV, XLSX or PNG, not as {form!r}.")
        return b64encode(path.read_bytes()).decode("ascii")


def matrix_scope(form: Mapping[str, Any]) -> Scope:
    """The countries and sources that a form limits a matrix to; what cannot be read of it is left out."""
    return from_address(urlencode({name: form.get(name, ()) for name in ("country", "source")}, doseq=True)).scope


def _column_name(column: Column) -> str:
    return f"{column.source} {column.edition}" if column.edition else column.source


def _cell_html(matrix: Matrix, cell: Cell) -> str:
    state = _STATES[cell.state]
    n_quotes = len(cell.quotes)
    if cell.basis == "reported":
        state += ", reported by others"
    if not n_quotes:
        known = f"<small>{escape(report_name(cell.known[0]))} exists</small>" if cell.known else ""
        return f'<td class="{cell.state}">{state}{known}</td>'
    grade = f' <span class="badge grade">{cell.grade}</span>' if cell.grade else ""
    quotes = "".join(map(_quote_html, cell.quotes[:_N_QUOTES]))
    asked = to_address(
        Asked(
            "" if matrix.topic == "all" else matrix.topic,
            Scope(countries=(cell.country,), sources=(cell.column.source,)),
        )
    )
    count = "1 quote" if n_quotes == 1 else f"{n_quotes} quotes"
    return (
        f'<td class="{cell.state}"><details><summary>{state}, {count}{grade}</summary><ul>{quotes}</ul>'
        f'<button type="button" data-ask-address="{escape(asked)}">Ask for all of it</button></details></td>'
    )


def _quote_html(quote: Quote) -> str:
    text = escape(quote.text) if quote.paraphrase else f"“{escape(quote.text)}”"
    grade = f" ({quote.statements[0].grade})" if quote.statements[0].grade else ""
    actions = f"{add_html(quote)} {picture_button(quote.document, quote.start, quote.end)}"
    return f"<li>{text} <small>{escape(said_by(quote))}{grade}, {escape(quote.citation)}</small>{actions}</li>"
