"""What of the official reports is loaded, as tables of countries by rounds or years."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Final

from ingest.countries import country_name
from qa.citing.citations import document_citation
from qa.official.catalogue import day_name, report_name

if TYPE_CHECKING:
    from qa.official.coverage import CoverageCell, CoverageRow, CoverageTable

_STATES: Final = {"loaded": ("●", "loaded"), "known": ("○", "known, not loaded"), "unknown": ("·", "none known")}


def coverage_html(tables: Sequence[CoverageTable]) -> str:
    """A table for each source, folded; what is loaded, known but missing, and unknown."""
    if not tables:
        return ""
    legend = ", ".join(f"{sign} {name}" for sign, name in _STATES.values())
    return (
        "<h2>Official reports</h2><p>What the catalogue knows of, and what of it is loaded: "
        f"{legend}. Reports that the catalogue does not know of may exist.</p>{''.join(map(_table_html, tables))}"
    )


def _table_html(table: CoverageTable) -> str:
    cells = [cell for row in table.rows for cell in row.cells]
    n_loaded = sum(cell.state == "loaded" for cell in cells)
    n_missing = sum(cell.state == "known" for cell in cells)
    heads = "".join(
        f'<th scope="col">{"Round " if table.by == "round" else ""}{column}</th>' for column in table.columns
    )
    rows = "".join(_row_html(row) for row in sorted(table.rows, key=lambda row: country_name(row.country)))
    caption = f"{escape(table.source)}: {n_loaded} loaded, {n_missing} known and not loaded"
    return (
        f'<details><summary>{caption}</summary><div class="wide" tabindex="0" role="region" '
        f'aria-label="Reports of {escape(table.source)}"><table><thead><tr><th scope="col">Country</th>{heads}'
        f'<th scope="col">All are known up to</th></tr></thead><tbody>{rows}</tbody></table></div></details>'
    )


def _row_html(row: CoverageRow) -> str:
    complete = day_name(row.complete.up_to) if row.complete else "not known"
    unplaced = "; ".join(document_citation(identity) for identity in row.unplaced)
    more = f"<small>also loaded, round or year unknown: {escape(unplaced)}</small>" if unplaced else ""
    cells = "".join(map(_cell_html, row.cells))
    return f'<tr><th scope="row">{escape(country_name(row.country))}{more}</th>{cells}<td>{escape(complete)}</td></tr>'


def _cell_html(cell: CoverageCell) -> str:
    sign, name = _STATES[cell.state]
    named = "; ".join(
        [document_citation(identity) for identity in cell.loaded] or [report_name(report) for report in cell.reports]
    )
    told = f"{name}: {named}" if named else name
    number = next((report.official_number for report in cell.reports if report.official_number), None)
    shown = f" <small>{escape(number)}</small>" if number and cell.state == "known" else ""
    return (
        f'<td class="{cell.state}" title="{escape(told)}"><span aria-hidden="true">{sign}</span>'
        f'<span class="unseen">{escape(told)}</span>{shown}</td>'
    )
