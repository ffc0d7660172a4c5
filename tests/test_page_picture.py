"""The viewer of pages, used as a person uses it: in a real browser, against a real server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from index.intake import take_in
from index.library import Library
from page.picture import picture, picture_button
from qa.answer import Answerer

if TYPE_CHECKING:
    from conftest import Visit
    from playwright.sync_api import Locator, Page

    from index.embedder import Embedder

# Gradio's own book-keeping asks pandas for an option that pandas no longer wants to be asked for.
pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated")

COVER = [
    (72.0, 700.0, 16.0, "GRETA(2029)07"),
    (72.0, 660.0, 16.0, "Evaluation report on the honey farms of Malta"),
    (72.0, 600.0, 11.0, "This report was written for tests, and nothing in it is true."),
]
FARMS = [
    (72.0, 700.0, 11.0, "1. The honey farms of Malta hire pickers by the day and keep no lists of them."),
    (72.0, 660.0, 11.0, "2. GRETA urges the Maltese authorities to give seasonal beekeepers a written"),
    (72.0, 646.0, 11.0, "contract before they travel, in a language that they read, and to have the farms"),
]
REST = [
    (72.0, 700.0, 11.0, "inspected at night without notice."),
    (72.0, 660.0, 11.0, "3. The wax of the farms is sold at the market of the capital on Sundays."),
]
NOTE = """---
publisher: ICMPD
title: Tulip Watch: A Specimen Written for Tests
year: 2029
countries: IS
---

# Tulip Watch: A Specimen Written for Tests

GRETA urges the authorities of Iceland to inspect the tulip greenhouses at night, without notice.
"""
QUESTION = "What did GRETA urge on seasonal beekeepers in Malta?"


@pytest.fixture(scope="module")
def answerer(embedder: Embedder, draw_pdf: Callable[..., bytes], tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    """A report as a PDF whose recommendation runs over a page break, and a text."""
    folder = tmp_path_factory.mktemp("viewer")
    (folder / "honey.pdf").write_bytes(draw_pdf(COVER, FARMS, REST))
    (folder / "tulips.md").write_text(NOTE, encoding="utf-8")
    library = Library.open(folder / "library")
    files = [folder / "honey.pdf", folder / "tulips.md"]
    assert {outcome.status for outcome in take_in(library, lambda: embedder, files)} == {"added"}
    return Answerer(library, embedder)


def open_viewer(visit: Visit) -> tuple[Page, Locator]:
    answer = visit.ask(QUESTION)
    answer.get_by_role("button", name="Page", exact=True).first.click()
    dialog = visit.page.get_by_role("dialog")
    dialog.get_by_role("img").wait_for()
    return visit.page, dialog


def test_the_page_of_a_quote_opens_with_the_quote_marked_and_its_neighbours_a_click_away(visit: Visit) -> None:
    _, dialog = open_viewer(visit)
    assert dialog.get_by_role("heading").inner_text() == "Evaluation report Malta"
    image = dialog.get_by_role("img")
    assert "marked: GRETA urges the Maltese authorities" in str(image.get_attribute("alt"))
    assert image.evaluate("image => image.complete && image.naturalWidth") == 1600
    assert dialog.get_by_role("status").inner_text() == "p. 2 of 3"
    assert "The quote goes on on p. 3." in dialog.inner_text()
    dialog.get_by_role("button", name="Next page").click()
    visit.page.wait_for_function("document.querySelector('.page-picture .where').textContent === 'p. 3 of 3'")
    assert "marked: inspected at night without notice." in str(dialog.get_by_role("img").get_attribute("alt"))
    assert "The quote begins on p. 2." in dialog.inner_text()
    assert dialog.get_by_role("button", name="Next page").get_attribute("aria-disabled") == "true"
    dialog.get_by_role("button", name="Close the page").click()
    assert not dialog.is_visible()


def test_the_viewer_is_used_by_keyboard_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit.page
    visit.ask(QUESTION)
    page.locator("article.quote").first.focus()
    page.keyboard.press("v")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("img").wait_for()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('.page-picture .where').textContent === 'p. 1 of 3'")
    assert str(dialog.get_by_role("img").get_attribute("alt")).endswith("nothing marked")
    page.keyboard.press("ArrowLeft")  # There is no page before the first.
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.page-picture .where').textContent === 'p. 2 of 3'")
    before = dialog.get_by_role("img").evaluate("image => image.getBoundingClientRect().width")
    page.keyboard.press("+")
    assert dialog.get_by_role("img").evaluate("image => image.getBoundingClientRect().width") > before
    page.keyboard.press("j")  # A key of the room behind it.
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert page.evaluate("document.activeElement.matches('article.quote')")


def test_on_a_phone_the_page_can_be_read_inside_its_frame(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 375, "height": 700})
    page, dialog = open_viewer(visit)
    frame = dialog.get_by_role("region", name="The page")
    assert frame.evaluate("frame => frame.scrollWidth") > 500
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    page.wait_for_function("document.querySelector('.page-picture .frame').scrollLeft > 0")
    close = dialog.get_by_role("button", name="Close the page").bounding_box()
    assert close is not None
    assert close["x"] + close["width"] <= 375


def test_any_room_can_open_the_viewer_and_what_cannot_be_shown_is_said(visit: Visit) -> None:
    visit.page.evaluate(
        """() => {
            const button = document.createElement('button');
            button.dataset.picture = 'nothing:0:5';
            button.textContent = 'A page';
            document.body.append(button);
        }"""
    )
    visit.page.get_by_role("button", name="A page").click()
    dialog = visit.page.get_by_role("dialog")
    dialog.get_by_text("This document is no longer loaded").wait_for()
    assert dialog.get_by_role("heading").inner_text() == "The page cannot be shown"


def test_quotes_of_text_forms_have_no_page(answerer: Answerer) -> None:
    note = next(one for one in answerer.holdings().searcher.documents if "tulip" in one.text)
    report = next(one for one in answerer.holdings().searcher.documents if "honey" in one.text)
    assert picture_button(note, 0, 5) == ""
    assert f'data-picture="{report.document_id}:3:9"' in picture_button(report, 3, 9)
    assert "no PDF" in picture(answerer, f"{note.document_id}:0:5", None)["fault"]


@pytest.mark.parametrize("place", ["x:y:z", "x:1:2"])
def test_a_place_that_is_none_is_refused(answerer: Answerer, place: str) -> None:
    assert picture(answerer, place, None)["fault"]


@pytest.mark.parametrize("width", [1280, 375])
def test_axe_finds_nothing_serious_in_the_viewer(visit: Visit, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    visit.page.set_viewport_size({"width": width, "height": 800})
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page, _ = open_viewer(visit)
        found = axe.Axe().run(page, context="dialog").response["violations"]
        assert [one for one in found if one["impact"] in {"serious", "critical"}] == []
        page.keyboard.press("Escape")
