"""The matrix: who says what of which country, told apart from what is not loaded and from what others report."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from index.embedder import Embedder
from index.library import Library
from ingest.errors import UsageError
from qa.answer import Answerer
from qa.matrices.matrix import Cell, Column, Matrix, make_matrix
from qa.matrices.matrix_picture import _fitted, write_picture
from qa.matrices.matrix_text import KOSOVO_NOTE, cell_summary, column_name, matrix_text, quote_rows, write_csv
from qa.matrices.matrix_workbook import write_workbook
from qa.question.scope import Scope

REPORT = """---
publisher: GRETA
title: Report by GRETA on Montenegro: a specimen
official_number: GRETA(2016)77
countries: ME
year: 2016
round: 2
language: en
---

# Report by GRETA on Montenegro: a specimen

Adopted on 3 March 2016.

## Compensation and legal redress (Article 15)

1. GRETA urges the Montenegrin authorities to pay compensation out of confiscated boats.

2. GRETA considers that the Montenegrin authorities should tell victims of trafficking how compensation is claimed.

3. Compensation was awarded to two victims of trafficking in 2015.

4. The guide for lawyers had 12 pages.

5. GRETA invites the Montenegrin authorities to print the compensation form in six languages.

## Awareness

6. Comics warn children of trafficking. They speak of pocket money, and the =SUM of all wages.

## Appendix 1: List of GRETA's proposals

- GRETA urges the Montenegrin authorities to pay compensation out of confiscated boats.

## Government's comments

The following comments do not form part of GRETA's analysis.

The Government holds that compensation of victims of trafficking is paid without delay.
"""


@pytest.fixture(scope="module")
def answerer(
    reports: Path,
    make_library: Callable[..., Library],
    embedder: Embedder,
    tmp_path_factory: pytest.TempPathFactory,
) -> Answerer:
    folder = tmp_path_factory.mktemp("matrix")
    written = folder / "montenegro.md"
    written.write_text(REPORT, encoding="utf-8")
    files = [reports / name for name in ("paper.md", "greta-serbia.md", "greta-serbia-third-round.md")]
    return Answerer(make_library(folder / "library", [*files, written]), embedder)


@pytest.fixture(scope="module")
def matrix_of(answerer: Answerer) -> Callable[..., Matrix]:
    def make(topic: str, **options: Any) -> Matrix:
        return make_matrix(topic, answerer.holdings(), answerer.embedder, **options)

    return make


@pytest.fixture(scope="module")
def compensation(matrix_of: Callable[..., Matrix]) -> Matrix:
    return matrix_of("compensation")


def texts(quotes: Any) -> list[str]:
    return [quote.text for quote in quotes]


def all_cells(matrix: Matrix) -> Iterator[Cell]:
    assert len(matrix.cells) == len(matrix.countries) * len(matrix.columns)
    yield from matrix.cells


# --- states -----------------------------------------------------------------------------------------------------------


def test_a_report_that_is_not_loaded_is_never_silent_and_what_others_report_of_it_is_shown(
    compensation: Matrix,
) -> None:
    cell = compensation.cell("AL", Column("GRETA"))
    assert (cell.state, cell.basis, cell.own) == ("not_loaded", "reported", ())
    assert texts(cell.reported) == ["Compensation to be paid out of confiscated assets"]
    assert cell_summary(cell) == "not loaded; reported: 1 statement"
    nothing = compensation.cell("XK", Column("EC"))
    assert (nothing.state, nothing.basis, nothing.quotes) == ("not_loaded", None, ())


def test_silent_is_who_is_loaded_and_says_nothing(matrix_of: Callable[..., Matrix]) -> None:
    cell = matrix_of("organ removal").cell("RS", Column("GRETA"))
    assert (cell.state, cell.basis) == ("silent", None)
    assert [document.identity.official_number for document in cell.documents] == ["GRETA(2021)62", "GRETA(2016)41"]


def test_own_words_stand_before_reported_ones_the_newest_report_first(compensation: Matrix) -> None:
    cell = compensation.cell("RS", Column("GRETA"))
    assert (cell.state, cell.basis) == ("found", "own")
    assert [quote.document.identity.round for quote in cell.own] == sorted(
        (quote.document.identity.round for quote in cell.own), reverse=True
    )
    assert texts(cell.reported) == ["Compensation to be made known to victims in their own language"]
    assert {quote.voice for quote in cell.own} == {"own"}


def test_what_two_sources_say_stands_in_the_cells_of_both(compensation: Matrix) -> None:
    both = [texts(compensation.cell("AL", Column(source)).reported) for source in ("GRETA", "EC")]
    assert both[0] == both[1] == ["Compensation to be paid out of confiscated assets"]


def test_the_strongest_verb_comes_first_and_names_the_cell(compensation: Matrix) -> None:
    cell = compensation.cell("ME", Column("GRETA"))
    assert cell.grade == "urges"
    assert [quote.statements[0].grade for quote in cell.own][:3] == ["urges", "considers", "invites"]
    assert cell_summary(cell).startswith("urges 1, considers 1, invites 1, ")


def test_appendix_copies_and_comments_of_the_government_are_no_evidence_of_their_own(compensation: Matrix) -> None:
    said = texts(compensation.cell("ME", Column("GRETA")).quotes)
    assert sum("confiscated boats" in text for text in said) == 1
    assert not any("without delay" in text for text in said)


def test_comments_of_the_government_stand_in_a_column_of_their_own_when_asked_for(
    matrix_of: Callable[..., Matrix],
) -> None:
    matrix = matrix_of("compensation", scope=Scope(countries=("ME", "RS"), sources=("Government",)))
    commented = matrix.cell("ME", Column("Government"))
    assert commented.state == "found"
    assert ["without delay" in text for text in texts(commented.own)] == [True]
    assert matrix.cell("RS", Column("Government")).state == "not_loaded"


def test_every_quote_is_the_text_of_its_document(compensation: Matrix) -> None:
    quotes = [quote for cell in all_cells(compensation) for quote in cell.quotes]
    assert quotes
    assert all(quote.document.text[quote.start : quote.end] == quote.text for quote in quotes)


# --- topics -----------------------------------------------------------------------------------------------------------


def test_an_article_finds_what_stands_under_its_heading_and_elsewhere_what_is_on_its_topic(
    matrix_of: Callable[..., Matrix],
) -> None:
    matrix = matrix_of("Article 15")
    assert matrix.topic == "Article 15"
    assert "The guide for lawyers had 12 pages." in texts(matrix.cell("ME", Column("GRETA")).own)
    assert matrix.cell("AL", Column("GRETA")).basis == "reported"
    assert not any("Comics" in text for text in texts(matrix.cell("ME", Column("GRETA")).own))


def test_a_question_in_free_words_finds_only_what_answers_it(matrix_of: Callable[..., Matrix]) -> None:
    matrix = matrix_of("comics that warn of trafficking")
    found = {(cell.country, cell.column.source) for cell in all_cells(matrix) if cell.quotes}
    assert found == {("ME", "GRETA")}


def test_limits_in_the_words_of_the_topic_are_limits(matrix_of: Callable[..., Matrix]) -> None:
    matrix = matrix_of("GRETA on compensation in Serbia")
    assert (matrix.countries, matrix.sources) == (("RS",), ("GRETA",))


def test_no_topic_lays_out_everything_and_recommendations_leave_out_findings(
    matrix_of: Callable[..., Matrix],
) -> None:
    everything, asked = matrix_of(""), matrix_of("all recommendations")
    paper = [matrix.cell("AL", Column("EC")) for matrix in (everything, asked)]
    assert any("12 new shelters" in text for text in texts(paper[0].reported))
    assert not any("12 new shelters" in text for text in texts(paper[1].reported))
    assert len(paper[1].reported) == 3
    assert {quote.statements[0].grade for quote in asked.cell("ME", Column("GRETA")).own} == {
        "urges",
        "considers",
        "invites",
    }


def test_the_non_papers_bullets_are_counted_as_its_attributions_are(
    shared: Path, non_paper_library: Path, embedder: Embedder
) -> None:
    answerer = Answerer(Library.open(non_paper_library), embedder)
    matrix = make_matrix("all recommendations", answerer.holdings(), embedder)
    truth = json.loads((shared / "questions" / "non-paper-attributions.json").read_text(encoding="utf-8"))
    counted = {
        code: {source: len(matrix.cell(code, Column(source)).quotes) for source in ("EC", "GRETA", "ICMPD")}
        for code in matrix.countries
    }
    assert counted == {
        code: {source: row[source] for source in ("EC", "GRETA", "ICMPD")}
        for code, row in truth["matrix_segments"].items()
    }
    everything = make_matrix("", answerer.holdings(), embedder)
    more = [len(all_.quotes) - len(some.quotes) for all_, some in zip(everything.cells, matrix.cells, strict=True)]
    assert min(more) >= 0
    assert sum(more) > 0


# --- filters ----------------------------------------------------------------------------------------------------------


def test_a_verb_that_was_not_used_is_told_apart_from_silence(matrix_of: Callable[..., Matrix]) -> None:
    matrix = matrix_of("compensation", scope=Scope(sources=("GRETA",), grades=("invites",)))
    assert texts(matrix.cell("ME", Column("GRETA")).own) == [
        "GRETA invites the Montenegrin authorities to print the compensation form in six languages."
    ]
    serbia = matrix.cell("RS", Column("GRETA"))
    assert serbia.n_other_grades > 0
    assert cell_summary(serbia) == "nothing with this verb"


def test_rounds_get_columns_of_their_own(matrix_of: Callable[..., Matrix]) -> None:
    matrix = matrix_of("compensation", by="round", scope=Scope(sources=("GRETA",)))
    assert [column_name(column, matrix) for column in matrix.columns] == [
        "GRETA, round 2",
        "GRETA, round 3",
        "GRETA, round not told",
    ]
    second, third, reported = (matrix.cell("RS", column) for column in matrix.columns)
    assert {quote.document.identity.round for quote in second.own} == {2}
    assert {quote.document.identity.round for quote in third.own} == {3}
    assert matrix.cell("ME", matrix.columns[1]).state == "not_loaded"
    assert (reported.state, reported.basis) == ("not_loaded", "reported")


def test_a_round_that_is_not_loaded_is_not_silent(matrix_of: Callable[..., Matrix]) -> None:
    matrix = matrix_of("compensation", scope=Scope(countries=("ME", "RS"), sources=("GRETA",), rounds=(3,)))
    assert [cell.state for cell in all_cells(matrix)] == ["not_loaded", "found"]


# --- what people take away --------------------------------------------------------------------------------------------


def test_the_text_shows_states_quotes_and_the_footnote_of_kosovo(compensation: Matrix) -> None:
    shown = matrix_text(compensation, width=100, per_cell=1)
    assert "Kosovo*" in shown
    assert "* This designation is without prejudice" in shown
    assert "GRETA (urges) — GRETA(2016)77, para. 1" in shown
    assert max(map(len, shown.splitlines())) <= 100
    alone = matrix_text(compensation, width=100, per_cell=0)
    assert "confiscated boats" not in alone


def test_csv_has_a_row_for_each_quote_and_each_empty_cell(compensation: Matrix) -> None:
    file = io.StringIO()
    write_csv(compensation, file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert len(rows) == sum(max(len(cell.quotes), 1) for cell in compensation.cells)
    assert {row["state"] for row in rows if not row["text"]} <= {"silent", "not_loaded"}


def test_no_text_becomes_a_formula(matrix_of: Callable[..., Matrix], tmp_path: Path) -> None:
    from openpyxl import load_workbook

    matrix = matrix_of("=1+1 comics")
    file = io.StringIO()
    write_csv(matrix, file)
    assert all(
        not cell.startswith(("=", "+", "-", "@")) for row in csv.reader(io.StringIO(file.getvalue())) for cell in row
    )
    write_workbook(matrix, tmp_path / "m.xlsx")
    sheets = load_workbook(tmp_path / "m.xlsx")
    assert str(sheets["Matrix"]["A1"].value).startswith("=1+1")
    assert all(cell.data_type != "f" for sheet in sheets for row in sheet.iter_rows() for cell in row)


def test_the_workbook_has_the_matrix_all_quotes_and_what_was_loaded(compensation: Matrix, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    write_workbook(compensation, tmp_path / "m.xlsx")
    workbook = load_workbook(tmp_path / "m.xlsx")
    assert workbook.sheetnames == ["Matrix", "Quotes", "Loaded"]
    table = workbook["Matrix"]
    assert table.freeze_panes == "B2"
    assert table["B2"].alignment.wrap_text
    assert [table.cell(1, n).value for n in range(2, 5)] == ["GRETA", "EC", "ICMPD"]
    assert any(row[0].value == KOSOVO_NOTE for row in table.iter_rows())
    quotes = list(workbook["Quotes"].iter_rows(values_only=True))
    assert len(quotes) == len(list(quote_rows(compensation)))
    loaded = {row[1] for row in workbook["Loaded"].iter_rows(values_only=True)}
    assert {"GRETA(2016)41", "GRETA(2021)62", "GRETA(2016)77"} <= loaded


def test_the_picture_is_one_file_that_needs_no_font_and_no_network(compensation: Matrix, tmp_path: Path) -> None:
    write_picture(compensation, tmp_path / "m.svg", form="svg")
    svg = ElementTree.parse(tmp_path / "m.svg").getroot()  # noqa: S314  # Our own file.
    assert svg.tag.endswith("svg")
    assert not [element for element in svg.iter() if element.tag.endswith(("text", "image", "style}import"))]
    write_picture(compensation, tmp_path / "m.png", form="png")
    content = (tmp_path / "m.png").read_bytes()
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20]) >= 1900


def test_text_of_the_picture_is_cut_at_a_word_and_keeps_its_quotation_marks() -> None:
    cut = _fitted("“Compensation to be paid out of confiscated assets to all victims”", 8, 1.5, 2)
    assert cut.count("\n") == 1
    assert cut.startswith("“Compensation to")
    assert cut.endswith(" […]”")
    assert _fitted("Two words", 8, 5, 2) == "Two words"


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_prints_the_contract(pincite: Callable[..., Any], invented_library: Path, tmp_path: Path) -> None:
    run = pincite("matrix", "compensation", "--country", "Serbia", "--json", library=invented_library)
    assert run.status == 0
    assert {"topic", "countries", "sources", "cells"} <= set(run.json)
    for cell in run.json["cells"]:
        assert {"country", "source", "state", "basis", "documents", "quotes"} <= set(cell)
        assert cell["country"] == "RS"
        assert all("citation" in quote for quote in cell["quotes"])
        assert all("document_id" in document for document in cell["documents"])
    written = pincite("matrix", "compensation", "--png", tmp_path / "m.png", library=invented_library)
    assert written.stdout == ""
    assert (tmp_path / "m.png").is_file()


@pytest.mark.parametrize(
    ("options", "told"),
    [(("--grade", "orders"), "urges"), (("--by", "month"), "round"), (("--csv", "--json"), "not both")],
)
def test_wrong_options_are_told(
    pincite: Callable[..., Any], tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    run = pincite("matrix", "compensation", *options, library=tmp_path / "library")
    assert (run.status, run.stdout) == (2, "")
    assert told in run.stderr


def test_a_file_that_cannot_be_written_is_told(compensation: Matrix, tmp_path: Path) -> None:
    nowhere = tmp_path / "no" / "such" / "folder"
    with pytest.raises(UsageError, match="cannot be written"):
        write_workbook(compensation, nowhere / "m.xlsx")
    with pytest.raises(UsageError, match="cannot be written"):
        write_picture(compensation, nowhere / "m.svg", form="svg")


def test_a_topic_of_a_thousand_pages_is_refused(matrix_of: Callable[..., Matrix]) -> None:
    with pytest.raises(UsageError, match="at most 1,000"):
        matrix_of("compensation " * 1000)
