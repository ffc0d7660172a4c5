"""Which reports are loaded, known and not known, as tables."""

from __future__ import annotations

import pytest

from ingest.document import Identity
from qa.official.catalogue import Catalogue
from qa.official.coverage import CoverageTable, coverage, coverage_text, known_text
from qa.official.known_reports import KnownReport


def states(table: CoverageTable, country: str) -> dict[int, str]:
    (row,) = [row for row in table.rows if row.country == country]
    return {column: cell.state for column, cell in zip(table.columns, row.cells, strict=True)}


# --- the tables -------------------------------------------------------------------------------------------------------


def test_greta_is_shown_by_rounds_and_the_commission_by_years() -> None:
    greta, commission = coverage(Catalogue.load(), [])
    assert (greta.source, greta.by, greta.columns) == ("GRETA", "round", (1, 2, 3, 4))
    assert (commission.source, commission.by) == ("EC", "year")
    assert 2017 not in commission.columns  # There was no package in 2017.
    assert commission.columns[-2:] == (2023, 2024)  # Known from the communications alone.
    assert states(commission, "RS")[2024] == "unknown"


def test_loaded_known_and_unknown_reports_are_told_apart() -> None:
    loaded = [Identity(publisher="GRETA", official_number="GRETA (2017)37", countries=("RS",))]
    (greta,) = coverage(Catalogue.load(), loaded, countries=("RS",), sources=("GRETA",))
    assert states(greta, "RS") == {1: "known", 2: "loaded", 3: "known", 4: "unknown"}
    (row,) = greta.rows
    assert row.cells[1].loaded == tuple(loaded)
    assert row.cells[2].reports[0].published == "2023-06-16"
    assert row.complete is not None
    assert row.complete.up_to == "2023-06-30"


def test_loaded_reports_that_the_catalogue_does_not_know_are_shown() -> None:
    loaded = [
        Identity(publisher="GRETA", official_number="GRETA(2099)02", countries=("MT",), year=2099, round=5),
        Identity(publisher="GRETA", official_number="GRETA(2099)03", countries=("IS",), year=2099),
        Identity(publisher="Pincite", title="A digest", countries=("RS",), year=2018),
        Identity(publisher="GRETA", kind="general report", official_number="GRETA(2018)1", year=2018),
    ]
    (greta,) = coverage(Catalogue.load(), loaded, sources=("GRETA",))
    assert states(greta, "MT") == {1: "unknown", 2: "unknown", 3: "unknown", 4: "unknown", 5: "loaded"}
    (iceland,) = [row for row in greta.rows if row.country == "IS"]
    assert iceland.unplaced == (loaded[1],)
    assert iceland.complete is None
    assert "loaded" not in states(greta, "RS").values()


def test_country_that_nothing_is_known_of_is_a_row_of_unknown_cells() -> None:
    (greta,) = coverage(Catalogue.load(), [], countries=("FR",), sources=("GRETA",))
    assert set(states(greta, "FR").values()) == {"unknown"}


def test_table_for_a_terminal_says_what_its_marks_mean() -> None:
    text = coverage_text(coverage(Catalogue.load(), [], countries=("XK",)))
    lines = text.splitlines()
    assert lines[0].split() == ["GRETA,", "by", "evaluation", "round", "1", "2", "3", "4", "complete"]
    assert lines[1].split() == ["Kosovo*", "○", "·", "·", "·", "2014-09", "to", "2015"]
    assert "○ known to exist, not loaded" in text
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (
            KnownReport(
                "GRETA", ("RS",), "evaluation report", 2023, 3, published="2023-06-16", status="number unknown"
            ),
            "GRETA's third-round report on Serbia, number unknown (16 June 2023)",
        ),
        (
            KnownReport("GRETA", ("ME",), "evaluation report", round=4),
            "GRETA's fourth-round report on Montenegro (date unknown)",
        ),
        (KnownReport("EC", official_number="COM(2012) 286 final", year=2012), "COM(2012) 286 final (2012)"),
    ],
)
def test_line_on_a_report_says_what_is_not_known(report: KnownReport, line: str) -> None:
    assert known_text(report) == line
