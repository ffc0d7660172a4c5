"""Comparing the wording of two documents, on editions that were invented for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.library import Library
from index.search import Searcher
from ingest.errors import UsageError
from qa.comparing.compare import Comparison, Pair, compare
from qa.comparing.wording import change_between, read_wording, word_diff

GRETA = "GRETA(2081)21", "GRETA(2085)04"
EC = "SWD(2081) 71 final", "SWD(2082) 80 final"


@pytest.fixture(scope="module")
def editions(make_library: Callable[..., Library], tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library of two invented reports in two editions each."""
    files = sorted((Path(__file__).parent / "data" / "editions").glob("*.md"))
    return make_library(tmp_path_factory.mktemp("editions"), files)


@pytest.fixture(scope="module")
def searcher(editions: Library) -> Searcher:
    """The library in memory, without the model: comparing needs none."""
    return Searcher(editions, None)


def ids(searcher: Searcher, numbers: tuple[str, str]) -> tuple[str, str]:
    known = {stored.identity.official_number: stored.document_id for stored in searcher.stored}
    return known[numbers[0]], known[numbers[1]]


@pytest.fixture(scope="module")
def greta(searcher: Searcher) -> Comparison:
    return compare(searcher, *ids(searcher, GRETA))


@pytest.fixture(scope="module")
def commission(searcher: Searcher) -> Comparison:
    return compare(searcher, *ids(searcher, EC))


def pair_with(comparison: Comparison, words: str) -> Pair:
    """The one pair that holds some words on either side."""
    (found,) = (pair for pair in comparison.pairs if any(words in quote.text for quote in pair.left + pair.right))
    return found


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("open a second shelter", ("unchanged",)),
        ("seminar of the Justice Academy", ("figure",)),
        ("train consular staff", ("stronger",)),
        ("publish the training manual", ("stronger",)),
        ("merge these lists", ("stronger", "figure")),
        ("exploitation of seafarers", ("widened",)),
        ("campaign at bus stations", ("dropped",)),
        ("berry pickers", ("unchanged", "moved")),
        ("timber companies", ("unchanged",)),
        ("land crossing", ("narrowed",)),
        ("shelter in Liepāja", ("figure",)),
        ("children who were trafficked", ("narrowed",)),
        ("pay advances", ("weaker",)),
        ("claim damages", ("split",)),
        ("fees for civil claims", ("stronger",)),
        ("hiring of welders", ("merged",)),
        ("files are sent abroad", ("new",)),
    ],
)
def test_change_between_two_rounds_is_told_by_its_kind(greta: Comparison, words: str, kinds: tuple[str, ...]) -> None:
    assert pair_with(greta, words).kinds == kinds


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("Limited progress", ("worsened",)),
        ("first conviction for forced begging", ("reworded", "improved")),
        ("strengthen the office", ("stronger",)),
        ("train border police", ("stronger",)),
        ("a budget of its own", ("reworded", "weaker", "improved")),
        ("presumed victims", ("figure",)),
        ("open at night", ("stronger",)),
        ("Guardians", ("unchanged", "moved")),
        ("seasonal workers", ("dropped",)),
    ],
)
def test_change_between_two_years_is_told_by_its_kind(
    commission: Comparison, words: str, kinds: tuple[str, ...]
) -> None:
    assert pair_with(commission, words).kinds == kinds


def test_what_every_chapter_says_is_not_taken_from_one_chapter_to_another(commission: Comparison) -> None:
    alike = [pair for pair in commission.pairs if "Administrative capacity" in (pair.left + pair.right)[0].text]
    assert sorted(pair.kinds for pair in alike) == [("dropped",), ("new",), ("unchanged",)]


def test_value_of_the_scale_comes_with_its_chapter_and_the_remark_that_it_does_not_rate_trafficking(
    commission: Comparison,
) -> None:
    (change,) = pair_with(commission, "Limited progress").scale
    assert (change.left, change.right, change.chapter) == ("some progress", "limited progress", 23)
    assert "chapter 23" in change.remark
    assert "never trafficking" in change.remark


def test_appendix_and_government_comments_are_in_no_pair(greta: Comparison) -> None:
    parts = {quote.passage.part for pair in greta.pairs for quote in pair.left + pair.right}
    assert parts == {"body", "summary"}


def test_every_statement_stands_in_exactly_one_pair(greta: Comparison) -> None:
    for side in ("left", "right"):
        starts = [quote.start for pair in greta.pairs for quote in getattr(pair, side)]
        assert len(starts) == len(set(starts)) > 20


def test_diff_gives_both_texts_back_exactly(greta: Comparison, commission: Comparison) -> None:
    for pair in greta.pairs + commission.pairs:
        for quotes, mark in ((pair.left, "-"), (pair.right, "+")):
            assert "".join(text for sign, text in pair.diff if sign in {"=", mark}) == " ".join(q.text for q in quotes)


def test_document_compared_with_itself_is_unchanged_throughout(searcher: Searcher) -> None:
    for document_id in {*ids(searcher, GRETA), *ids(searcher, EC)}:
        assert {pair.kinds for pair in compare(searcher, document_id, document_id).pairs} == {("unchanged",)}


def test_words_that_made_the_difference_are_given(greta: Comparison) -> None:
    assert pair_with(greta, "publish the training manual").words == ("without further delay",)
    assert pair_with(greta, "train consular staff").words == ("invites", "considers")


def test_topic_and_kind_limit_the_pairs(searcher: Searcher) -> None:
    about = compare(searcher, *ids(searcher, GRETA), topic="compensation")
    assert {pair.topic for pair in about.pairs} == {"compensation"}
    dropped = compare(searcher, *ids(searcher, GRETA), kinds=("dropped",))
    assert dropped.pairs
    assert all("dropped" in pair.kinds for pair in dropped.pairs)


def test_document_that_is_not_loaded_is_refused(searcher: Searcher) -> None:
    with pytest.raises(UsageError, match="no document 000000000000"):
        compare(searcher, "000000000000", ids(searcher, EC)[0])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("", ""),
        ("One two.", ""),
        ("The police, the courts and 12 NGOs.", "The courts, 13 NGOs and\nthe police."),
        ("co-operation — “quoted” text", "cooperation “quoted”  text"),
    ],
)
def test_diff_of_any_two_texts_gives_them_back(left: str, right: str) -> None:
    diff = word_diff(left, right)
    assert "".join(text for mark, text in diff if mark != "+") == left
    assert "".join(text for mark, text in diff if mark != "-") == right


def test_name_of_the_country_makes_no_difference_between_two_countries() -> None:
    left = read_wording("GRETA urges the Maltese authorities to protect victims in Malta.", ("MT",))
    right = read_wording("GRETA urges the Icelandic authorities to protect victims in Iceland.", ("IS",))
    assert change_between(left, right).same


def test_number_of_a_provision_is_no_figure() -> None:
    left = read_wording("Under Article 12 of the Act, 12 victims were helped.")
    right = read_wording("Under Article 15 of the Act, 15 victims were helped.")
    (figure,) = change_between(left, right).figures
    assert (figure.left, figure.right) == ("12", "15")


def test_two_sources_are_compared_on_the_country_of_both(invented_library: Path) -> None:
    both = Searcher(Library.open(invented_library), None)
    paper, report = (stored.document_id for stored in both.stored)
    comparison = compare(both, paper, report, source="GRETA")
    assert not comparison.editions
    assert all("GRETA" in quote.speakers for pair in comparison.pairs for quote in pair.left + pair.right)
    assert all("RS" in quote.countries for pair in comparison.pairs for quote in pair.left)
    assert not {"moved", "improved", "worsened"} & {kind for pair in comparison.pairs for kind in pair.kinds}


def test_figures_are_compared_as_such_whether_in_digits_or_in_words() -> None:
    left = read_wording("By 1 May 2082 a third of 6 566 cases, seven of them old, must be closed.")
    right = read_wording("By 1 March 2083 half of 7 731 cases, nine of them old, must be closed.")
    figures = [(figure.left, figure.right) for figure in change_between(left, right).figures]
    assert figures == [("May", "March"), ("2082", "2083"), ("third", "half"), ("6 566", "7 731"), ("seven", "nine")]


@pytest.mark.parametrize(
    ("left", "right", "extent"),
    [
        ("Train police officers.", "Train police officers, judges and doctors.", 1),
        ("Train police officers, judges and doctors.", "Train police officers.", -1),
        ("House all victims.", "House victims who hold a residence permit.", -1),
        ("Train police officers.", "Hire interpreters.", 0),
    ],
)
def test_extent_tells_what_was_added_or_taken(left: str, right: str, extent: int) -> None:
    assert change_between(read_wording(left), read_wording(right)).extent == extent


def test_word_of_a_name_does_not_make_a_finding_worse() -> None:
    left = read_wording("Cases are handled by the Fraud Squad.")
    right = read_wording("Cases are handled by the Serious Crime Unit.")
    assert not change_between(left, right).worse


def test_command_prints_the_summary_before_the_pairs(pincite: Callable[..., Any], editions: Library) -> None:
    text = pincite("compare", *GRETA, library=editions.folder).stdout
    assert text.index("Stronger: 4") < text.index("Asked no longer: 3") < text.index("■")
    assert "{+without further delay+}" in " ".join(text.split())


def test_command_follows_the_contract(pincite: Callable[..., Any], editions: Library) -> None:
    value = pincite("compare", *EC, "--json", library=editions.folder).json
    assert (value["left"]["official_number"], value["right"]["official_number"]) == EC
    assert {"topic", "kinds", "left", "right", "diff"} <= value["pairs"][0].keys()
    json.dumps(value)


def test_name_that_fits_several_documents_or_none_is_refused(pincite: Callable[..., Any], editions: Library) -> None:
    several = pincite("compare", "specimen", GRETA[0], library=editions.folder)
    none = pincite("compare", GRETA[0], "GRETA(1999)1", library=editions.folder)
    assert (several.status, none.status) == (1, 1)
    assert "Name one by its id" in several.stderr
    assert "No loaded document" in none.stderr


def test_kind_that_does_not_exist_is_wrong_usage(pincite: Callable[..., Any], editions: Library) -> None:
    assert pincite("compare", *GRETA, "--kind", "louder", library=editions.folder).status == 2


def test_time_line_holds_each_edition_and_what_changed(pincite: Callable[..., Any], editions: Library) -> None:
    value = pincite("timeline", "LV", "compensation", "--json", library=editions.folder).json
    first, second = value["entries"]
    assert [entry["document"]["year"] for entry in (first, second)] == [2081, 2085]
    assert (first["before"], second["before"]) == (None, first["document"]["document_id"])
    assert any("weaker" in pair["kinds"] for pair in second["changes"])
    assert "pay advances" in pincite("timeline", "Latvia", "compensation", library=editions.folder).stdout
