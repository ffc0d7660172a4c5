"""A matrix in words: for the terminal, and as rows for CSV and workbooks."""

from __future__ import annotations

import csv
import textwrap
from collections.abc import Iterable
from typing import TextIO

from ingest.countries import country_name
from qa.exports.wording import kosovo_note
from qa.matrices.matrix import GRADES, Cell, Column, Matrix
from qa.official.catalogue import report_name
from qa.quotes import Quote
from qa.text import speaker_label

KOSOVO_NOTE = kosovo_note("eu")
"""The footnote that Kosovo* bears, as the European Commission prints it."""

HOW_TO_READ = (
    "Says nothing: that source's own report on that country is loaded, and no statement in it is on this. "
    "Not loaded: no own report is loaded, so that nothing is known of what it says; what others report of it is shown "
    "as reported."
)
_QUOTE_COLUMNS = (
    *("country", "source", "edition", "state", "basis", "grade", "text", "speakers", "reported by", "citation"),
    *("document", "year", "round", "paragraph", "pages", "remark"),
)


def column_name(column: Column, matrix: Matrix) -> str:
    """The heading of a column: "GRETA", "GRETA, round 3", "EC 2018", "GRETA, round not told"."""
    if matrix.by is None:
        return column.source
    if column.edition is None:
        several = sum(other.source == column.source for other in matrix.columns) > 1
        return f"{column.source}, {matrix.by} not told" if several else column.source
    return f"{column.source}, round {column.edition}" if matrix.by == "round" else f"{column.source} {column.edition}"


def cell_summary(cell: Cell) -> str:
    """What is in a cell, in a few words: "urges 2, considers 1, 26 findings", "says nothing", "not loaded"."""
    said = _counted(cell.own)
    if cell.state == "silent":
        said = "nothing with this verb" if cell.n_other_grades else "says nothing"
    elif cell.state == "not_loaded":
        said = "not loaded"
    return f"{said}; reported: {_counted(cell.reported)}" if cell.reported else said


def _counted(quotes: Iterable[Quote]) -> str:
    """Quotes by verb: "urges 2, considers 1, 3 others"; "3 statements" where none has one."""
    grades = [quote.statements[0].grade for quote in quotes]
    graded = [f"{grade} {grades.count(grade)}" for grade in GRADES if grade in grades]
    n_others = grades.count(None)
    if not graded:
        return f"{n_others} statement{'' if n_others == 1 else 's'}"
    others = [f"{n_others} other{'' if n_others == 1 else 's'}"] if n_others else []
    return ", ".join([*graded, *others])


def cell_remarks(cell: Cell) -> list[str]:
    """What a reader must know about a cell beside its quotes, as sentences."""
    remarks = []
    if cell.n_other_grades:
        remarks.append(f"{_statements(cell.n_other_grades)} on it without this verb.")
    if cell.n_elsewhere:
        remarks.append(
            f"{_statements(cell.n_elsewhere)} elsewhere in it with words of the topic, about something else."
        )
    if cell.known:
        names = "; ".join(report_name(report) for report in cell.known[:3])
        remarks.append(f"Known and not loaded: {names}{' and older ones' if len(cell.known) > 3 else ''}.")
    return remarks


def _statements(n: int) -> str:
    return f"{n} statement{'' if n == 1 else 's'}"


def matrix_title(matrix: Matrix) -> str:
    """What the matrix is of: "Compensation, recommendations only; round 3"."""
    what = "all statements" if matrix.topic == "all" else matrix.topic
    if matrix.recommendations:
        what = "all recommendations" if matrix.topic == "all" else f"{what}, recommendations only"
    limits = [f"only what GRETA {' or '.join(matrix.scope.grades)}"] if matrix.scope.grades else []
    limits += [f"round {' and '.join(map(str, matrix.scope.rounds))}"] if matrix.scope.rounds else []
    limits += [" and ".join(map(str, matrix.scope.years))] if matrix.scope.years else []
    return "; ".join([what[:1].upper() + what[1:], *limits])


def notes(matrix: Matrix) -> list[str]:
    """What stands below a matrix, in whatever form."""
    found = [HOW_TO_READ]
    if any(quote.paraphrase for cell in matrix.cells for quote in cell.quotes):
        found.append("Texts of digests are paraphrase written for Pincite, nobody's wording.")
    if "XK" in matrix.countries:
        found.append(KOSOVO_NOTE)
    return found


def matrix_text(matrix: Matrix, *, width: int, per_cell: int) -> str:
    """A table of what is in each cell, then the quotes.

    Args:
        matrix: The matrix.
        width: Columns of the screen.
        per_cell: At most so many quotes of each cell; 0 for the table alone.
    """
    names = [column_name(column, matrix) for column in matrix.columns]
    summaries = [
        [cell_summary(matrix.cell(country, column)) for column in matrix.columns] for country in matrix.countries
    ]
    first = max((len(country_name(code)) for code in matrix.countries), default=0) + 2
    each = max((width - first) // max(len(names), 1), 16)
    lines = [matrix_title(matrix), ""]
    lines += _table_row("", names, first, each)
    for country, row in zip(matrix.countries, summaries, strict=True):
        lines += _table_row(country_name(country), row, first, each)
    lines += ["", *(line for note in notes(matrix) for line in textwrap.wrap(note, width))]
    for cell in matrix.cells if per_cell else ():
        if cell.quotes or cell_remarks(cell):
            lines += ["", f"{country_name(cell.country)} · {column_name(cell.column, matrix)}: {cell_summary(cell)}"]
            lines += [line for quote in cell.quotes[:per_cell] for line in _quote_lines(quote, width)]
            left = len(cell.quotes) - per_cell
            remarks = [f"{left} more: give a higher --limit, or --xlsx."] if left > 0 else []
            lines += textwrap.wrap(
                " ".join(remarks + cell_remarks(cell)), width, initial_indent="  ", subsequent_indent="  "
            )
    return "\n".join(lines)


def _table_row(head: str, cells: list[str], first: int, each: int) -> list[str]:
    wrapped = [textwrap.wrap(cell, each - 2) or [""] for cell in cells]
    height = max(map(len, wrapped), default=1)
    rows = [[cell[n] if n < len(cell) else "" for cell in wrapped] for n in range(height)]
    lines = [
        "".join([f"{head if n == 0 else '':{first}}", *(f"{cell:{each}}" for cell in row)])
        for n, row in enumerate(rows)
    ]
    return [line.rstrip() for line in lines]


def shown_text(quote: Quote) -> str:
    """The words of a quote; in quotation marks, but for a digest's, which are nobody's."""
    text = " ".join(quote.text.split())
    return text if quote.paraphrase else f"“{text}”"


def said_by(quote: Quote) -> str:
    """Who says it, with the verb: "GRETA (urges)", "EC and GRETA, as reported by ICMPD"."""
    grade = quote.statements[0].grade
    return speaker_label(quote) + (f" ({grade})" if grade else "")


def _quote_lines(quote: Quote, width: int) -> list[str]:
    lines = textwrap.wrap(shown_text(quote), width, initial_indent="  ", subsequent_indent="  ")
    cited = f"{said_by(quote)} — {quote.citation}"
    return lines + textwrap.wrap(cited, width, initial_indent="    ", subsequent_indent="    ")


def quote_rows(matrix: Matrix) -> Iterable[tuple[str | int, ...]]:
    """One row a quote, and one for each cell without any, below a row of names."""
    yield _QUOTE_COLUMNS
    for cell in matrix.cells:
        start = (country_name(cell.country), cell.column.source, cell.column.edition or "", cell.state)
        remark = " ".join(cell_remarks(cell))
        if not cell.quotes:
            yield (*start, *[""] * (len(_QUOTE_COLUMNS) - len(start) - 1), remark)
        for quote in cell.quotes:
            identity = quote.document.identity
            yield (
                *start,
                "own" if quote in cell.own else "reported",
                quote.statements[0].grade or "",
                quote.text,
                ", ".join(quote.speakers),
                quote.reported_by or "",
                quote.citation,
                identity.title,
                identity.year or "",
                identity.round or "",
                quote.passage.paragraph or "",
                ", ".join(quote.page_labels),
                "paraphrase by Pincite" if quote.paraphrase else "",
            )


def write_csv(matrix: Matrix, file: TextIO) -> None:
    """Writes one row a quote; no text is left that a spreadsheet takes for a formula."""
    csv.writer(file, lineterminator="\n").writerows(map(without_formulas, quote_rows(matrix)))


def without_formulas(row: Iterable[str | int]) -> list[str | int]:
    """A row whose texts no spreadsheet takes for formulas: those that begin like one get an apostrophe before them.

    Source: OWASP, CSV Injection.
    """
    return [f"'{value}" if isinstance(value, str) and value.startswith(tuple("=+-@\t\r")) else value for value in row]
