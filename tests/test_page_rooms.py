"""The rooms of the page together: what they share, how they look, how fast they are, and that nothing leaves them."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import ui
from ingest.errors import UsageError
from page.answer_html import answer_html
from page.asked import Asked
from page.gaps_html import gaps_html
from page.library_html import details_html, documents_html
from page.matrix_html import matrix_scope
from page.silence_html import silence_html
from qa.scope import Scope

if TYPE_CHECKING:
    from conftest import Visit

    from qa.answer import Answerer

# Gradio's own book-keeping asks pandas for an option that pandas no longer wants to be asked for.
pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated")

UNREAD = "Page 4 of the file is a picture without text: <b>what</b> stands there is not in the library."


# --- the matrix's countries and sources -------------------------------------------------------------------------------


def test_the_matrix_is_limited_to_chosen_countries_and_sources_and_its_address_keeps_them(
    visit: Visit,
) -> None:
    page = visit.page
    room = visit.show_matrix("compensation")
    room.get_by_label("Add a country").select_option(label="Serbia")
    room.get_by_label("Add a country").select_option(label="Albania")
    room.get_by_label("Add a source").select_option(label="GRETA")
    headers = room.get_by_role("rowheader")
    headers.nth(1).wait_for()
    page.wait_for_function("document.querySelectorAll('#matrix thead th').length === 2")
    assert headers.all_inner_texts() == ["Serbia", "Albania"]
    assert "country=RS&country=AL&source=GRETA" in page.url
    page.goto(page.url)
    headers.nth(1).wait_for()
    assert headers.all_inner_texts() == ["Serbia", "Albania"]
    room.get_by_role("button", name="Remove the country Serbia").click()
    page.wait_for_function("document.querySelectorAll('#matrix tbody tr').length === 1")
    assert headers.all_inner_texts() == ["Albania"]
    assert "RS" not in page.url


def test_what_no_country_or_source_is_limits_no_matrix() -> None:
    form = {"topic": "compensation", "country": ["RS", "Atlantis"], "source": "greta", "year": ["2018"]}
    assert matrix_scope(form) == Scope(countries=("RS",), sources=("GRETA",))


def test_the_matrix_tells_how_to_read_it_and_bears_the_footnote_to_kosovo(desk: Visit) -> None:
    room = desk.show_matrix("compensation")
    room.get_by_role("rowheader", name="Kosovo*").wait_for()
    assert room.get_by_text("This designation is without prejudice to positions on status").is_visible()
    assert room.get_by_text("Says nothing: that source's own report").is_visible()


# --- limits of a question ---------------------------------------------------------------------------------------------


def test_articles_parts_and_years_of_a_question_are_changed_in_their_chips(visit: Visit) -> None:
    visit.answer_after(lambda: visit.go("q=compensation&article=15&since=2018&part=body"))
    shown = visit.page.locator("#answer")
    for name, label, changed in (
        ("Another article than Article 15", "Article 12", "article=12"),
        ("Another since than since 2018", "since 2029", "since=2029"),
        ("Another part than in the body", "in the appendix", "part=appendix"),
    ):
        chip = shown.get_by_role("combobox", name=name)
        visit.answer_after(lambda chip=chip, label=label: chip.select_option(label=label))
        visit.page.wait_for_function("changed => location.search.includes(changed)", arg=changed)


# --- documents that were not read whole -------------------------------------------------------------------------------


def test_what_was_not_read_of_a_document_is_told_in_the_list_in_its_details_and_in_answers(answerer: Answerer) -> None:
    holdings = answerer.holdings()
    answer = answerer.ask("tulip greenhouses in Iceland")
    (quote, *_) = answer.quotes
    whole = answer_html(answer, holdings, Asked("tulip"))
    assert "Not read whole" not in whole + documents_html(holdings)
    lacking = replace(quote.document, gaps=(UNREAD,))
    group = replace(answer.groups[0], quotes=(replace(quote, document=lacking),))
    told = answer_html(replace(answer, groups=(group,)), holdings, Asked("tulip"))
    assert "Not read whole" in told
    assert "&lt;b&gt;what&lt;/b&gt; stands there" in told
    stored = next(one for one in holdings.searcher.stored if one.document_id == quote.document.document_id)
    assert "&lt;b&gt;what" in details_html(replace(stored, gaps=(UNREAD,)), copied=False)
    assert gaps_html([lacking, lacking]).count("<li>") == 1


def test_silence_tells_what_was_not_read_of_the_document_that_is_silent(
    answerer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    holdings = answerer.holdings()
    answer = replace(answerer.ask("What did ICMPD say about Iceland's volcanoes?"), reason="silent")
    scope = replace(answer.scope, countries=("IS",), sources=("ICMPD",))
    lacking = tuple(replace(document, gaps=(UNREAD,)) for document in holdings.documents)
    monkeypatch.setattr(holdings, "documents", lacking)
    html = silence_html(replace(answer, scope=scope), holdings, Asked("volcanoes"), ())
    assert html.count("<li><b>") == 1
    assert "stands there is not in the library" in html


# --- the port ---------------------------------------------------------------------------------------------------------


def test_a_busy_port_and_a_foreign_address_are_told_in_our_words(answerer: Answerer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"^Port {port} is in use, .* --port {port + 1}\.$"):
            ui.serve(answerer, host="127.0.0.1", port=port)
    assert "no address of this computer" in ui._why_not_served("203.0.113.7", port)
