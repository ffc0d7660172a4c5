"""Which reports of each source on each country are loaded, known but missing, or not known: a table for each source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ingest.countries import country_name
from ingest.document import Identity
from qa.official.catalogue import Catalogue, Completeness, day_name, report_name
from qa.official.known_reports import KnownReport, as_known

State = Literal["loaded", "known", "unknown"]

_BY_ROUND = {"GRETA"}  # Others report by year.
_MARKS: dict[State, str] = {"loaded": "●", "known": "○", "unknown": "·"}
_CELL = 5  # Characters: a year and a space.


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """What there is of one source on one country in one round or year.

    Attributes:
        state: "loaded"; "known": it is known to exist and is not loaded; "unknown": the catalogue knows of none.
        reports: What the catalogue has of it.
        loaded: The loaded documents.
    """

    state: State
    reports: tuple[KnownReport, ...] = ()
    loaded: tuple[Identity, ...] = ()


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """The cells of one country, in the order of the table's columns.

    Attributes:
        country: ISO code.
        cells: One for each column.
        complete: From when up to when all its reports are known, None where that is not known for any day.
        unplaced: Loaded reports whose round or year could not be read.
    """

    country: str
    cells: tuple[CoverageCell, ...]
    complete: Completeness | None
    unplaced: tuple[Identity, ...] = ()


@dataclass(frozen=True, slots=True)
class CoverageTable:
    """The reports of one source: countries by evaluation rounds or by years.

    Attributes:
        source: Code of the publisher.
        by: What the columns are.
        columns: Rounds or years, ascending.
        rows: One for each country.
    """

    source: str
    by: Literal["round", "year"]
    columns: tuple[int, ...]
    rows: tuple[CoverageRow, ...]


def coverage(
    catalogue: Catalogue, loaded: Iterable[Identity], *, countries: Sequence[str] = (), sources: Sequence[str] = ()
) -> tuple[CoverageTable, ...]:
    """Returns a table for each source of evaluation and country reports.

    Args:
        catalogue: What is known.
        loaded: The documents of the library.
        countries: ISO codes of the rows; none means those of the catalogue and of what is loaded.
        sources: Codes of the publishers; none means those of the catalogue.
    """
    known = [report for report in catalogue.known if report.is_monitoring_report]
    documents = [identity for identity in loaded if as_known(identity).is_monitoring_report]
    sources = sources or tuple(dict.fromkeys(report.source for report in known))
    return tuple(_table(catalogue, source, known, documents, countries) for source in sources)


def _table(
    catalogue: Catalogue,
    source: str,
    known: Sequence[KnownReport],
    documents: Sequence[Identity],
    countries: Sequence[str],
) -> CoverageTable:
    by: Literal["round", "year"] = "round" if source in _BY_ROUND else "year"
    reports = [report for report in known if report.source == source]
    # What the catalogue has of a document is placed as the catalogue places it: its round may not be readable.
    placed = [(identity, catalogue.report_of(identity) or as_known(identity)) for identity in documents]
    held = [(identity, report) for identity, report in placed if report.source == source]
    rows = countries or dict.fromkeys(code for report in (*reports, *(r for _, r in held)) for code in report.countries)
    columns = {_column(report, by) for report in (*reports, *(report for _, report in held))}
    if source == "EC":
        # A communication tells that there were reports in its year, also where none of them is known.
        columns |= {report.year for report in catalogue.reports(kind="enlargement communication")}
    ascending = tuple(sorted(column for column in columns if column is not None))
    return CoverageTable(
        source,
        by,
        ascending,
        tuple(
            _row(catalogue, source=source, country=code, columns=ascending, by=by, reports=reports, held=held)
            for code in rows
        ),
    )


def _row(
    catalogue: Catalogue,
    *,
    source: str,
    country: str,
    columns: Sequence[int],
    by: Literal["round", "year"],
    reports: Sequence[KnownReport],
    held: Sequence[tuple[Identity, KnownReport]],
) -> CoverageRow:
    on_it = [report for report in reports if country in report.countries]
    held_on_it = [(identity, report) for identity, report in held if country in report.countries]
    cells = []
    for column in columns:
        listed = tuple(report for report in on_it if _column(report, by) == column)
        documents = tuple(identity for identity, report in held_on_it if _column(report, by) == column)
        state: State = "loaded" if documents else "known" if listed else "unknown"
        cells.append(CoverageCell(state, listed, documents))
    unplaced = tuple(identity for identity, report in held_on_it if _column(report, by) is None)
    return CoverageRow(country, tuple(cells), catalogue.complete_up_to(source, country), unplaced)


def _column(report: KnownReport, by: Literal["round", "year"]) -> int | None:
    return report.round if by == "round" else report.year


def coverage_dict(table: CoverageTable) -> dict[str, Any]:
    """A table as `pincite catalogue --json` prints it; what is unknown is null."""
    return {
        "source": table.source,
        "by": table.by,
        "columns": list(table.columns),
        "rows": [
            {
                "country": row.country,
                "complete_since": row.complete.since if row.complete else None,
                "complete_up_to": row.complete.up_to if row.complete else None,
                "cells": [
                    {
                        table.by: column,
                        "state": cell.state,
                        "reports": [report_dict(report) for report in cell.reports],
                        "loaded": [identity.official_number or identity.title for identity in cell.loaded],
                    }
                    for column, cell in zip(table.columns, row.cells, strict=True)
                ],
                "unplaced": [identity.official_number or identity.title for identity in row.unplaced],
            }
            for row in table.rows
        ],
    }


def report_dict(report: KnownReport) -> dict[str, Any]:
    """A known report as JSON; what is unknown is null or empty."""
    return {
        "source": report.source,
        "countries": list(report.countries),
        "kind": report.kind,
        "year": report.year,
        "round": report.round,
        "official_number": report.official_number,
        "title": report.title,
        "adopted": report.adopted,
        "published": report.published,
        "url": report.url,
        "status": report.status,
        "remark": report.remark,
    }


def coverage_text(tables: Sequence[CoverageTable]) -> str:
    """Tables for a terminal, with what the marks mean."""
    marks = f"{_MARKS['loaded']} loaded   {_MARKS['known']} known to exist, not loaded   {_MARKS['unknown']} not known"
    return "\n\n".join([*map(_table_text, tables), f"{marks}\ncomplete: the time whose reports are all known"])


def known_text(report: KnownReport) -> str:
    """One line on a report: "GRETA's third-round report on Serbia, number unknown (16 June 2023)"."""
    name = report_name(report)
    number = report.official_number or ("number unknown" if report.status == "number unknown" else "")
    parts = [name, *([number] if number and number != name else [])]
    return ", ".join(parts) + f" ({day_name(report.when) if report.when else 'date unknown'})"


def _table_text(table: CoverageTable) -> str:
    title = f"{table.source}, by {'evaluation round' if table.by == 'round' else 'year'}"
    names = {row.country: country_name(row.country) for row in table.rows}
    width = max(map(len, (title, *names.values()))) + 1
    lines = [f"{title:<{width}}" + "".join(f"{column:>{_CELL}}" for column in table.columns) + "   complete"]
    for row in table.rows:
        marks = "".join(f"{_MARKS[cell.state]:>{_CELL}}" for cell in row.cells)
        complete = f"{row.complete.since[:7]} to {row.complete.up_to[:7]}" if row.complete else "–"
        lines.append(f"{names[row.country]:<{width}}{marks}   {complete}")
    return "\n".join(lines)
