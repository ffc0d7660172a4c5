"""The room of briefings, used as a person uses it, and the buttons in other rooms that add quotes to one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document as WordDocument

from index.briefings import Briefings, Content
from page.briefing import BriefingRoom
from qa.answer import Answerer
from qa.collecting.briefings import content_of

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Visit = Any
pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated")
TULIPS = "tulip greenhouses in Iceland"
FERRIES = "Which ferry crews should learn, according to the EC?"


@pytest.fixture
def briefings(answerer: Answerer) -> Briefings:
    """The briefings of the page's library: none at the beginning of a test."""
    stored = Briefings(answerer.library)
    for one in stored.all():
        stored.delete(one.name)
    return stored


@pytest.fixture
def room(visit: Visit, briefings: Briefings) -> Page:
    """The page, before anything was collected."""
    assert briefings.all() == ()
    page: Page = visit.page
    page.evaluate("localStorage.clear()")
    page.reload()
    page.locator(".examples").first.wait_for()
    return page


def add(answers: Locator) -> None:
    button = answers.get_by_role("button", name="Add to briefing").first
    button.click()
    answers.page.locator("#collected button").wait_for()


def enter(page: Page) -> Locator:
    page.get_by_role("tab", name="Briefing").click()
    page.locator("#briefing .list > *").first.wait_for()
    return page.locator("#briefing")


def words(page: Page) -> list[str]:
    """The items in order: what quotes, notes and headings say."""
    read = (
        "all => all.map(item => item.querySelector('[data-text]')?.value ?? item.querySelector('blockquote').innerText)"
    )
    found: list[str] = page.locator("#briefing .item").evaluate_all(read)
    return found


def stored(briefings: Briefings, name: str = "Briefing") -> list[str]:
    kept = (item.content for item in briefings.items(name))
    return [one.text if one.kind != "quote" else json.loads(one.text)["document"]["text"] for one in kept]


def collected(answerer: Answerer, briefings: Briefings, *questions: str) -> list[str]:
    """A briefing of the best quote of each question, made beside the page."""
    quotes = [answerer.ask(question).quotes[0] for question in questions]
    briefings.create("Briefing", [content_of(quote, answerer.library) for quote in quotes])
    return [f"“{quote.text}”" for quote in quotes]


# --- collecting -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 375])
def test_quotes_are_collected_from_ask_matrix_and_compare(
    room: Page, visit: Visit, briefings: Briefings, width: int
) -> None:
    room.set_viewport_size({"width": width, "height": 800})
    shown = visit.ask(TULIPS)
    quoted = shown.locator("blockquote").first.inner_text()
    add(shown)
    assert room.locator("#collected").inner_text().startswith("Added to “Briefing”: 1 quote.")
    assert shown.locator("article").first.get_by_role("button", name="In briefing").is_visible()

    cell = visit.show_matrix("compensation").locator("td details").first
    cell.locator("summary").click()
    cell.get_by_role("button", name="Add to briefing").first.click()
    room.get_by_text("Added to “Briefing”: 2 quotes.").wait_for()
    visit.compare("Digest of the ICMPD non-paper: Albania", "Digest of the ICMPD non-paper: Serbia")
    room.locator(".pairs").get_by_role("button", name="Add to briefing").first.click()
    room.get_by_text("Added to “Briefing”: 3 quotes.").wait_for()
    room.locator("#collected").get_by_role("button", name="Open it").click()
    room.locator("#briefing .item").first.wait_for()
    assert len(words(room)) == len(briefings.items("Briefing")) == 3
    assert words(room)[0] == quoted
    assert room.url.endswith("?room=briefing&name=Briefing")
    assert room.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_quote_is_added_once_by_a_key_and_taken_out_by_the_same(
    room: Page, visit: Visit, briefings: Briefings
) -> None:
    shown = visit.ask(TULIPS)
    room.keyboard.press("Escape")
    room.keyboard.press("ArrowDown")
    room.keyboard.press("b")
    room.get_by_text("Added to “Briefing”: 1 quote.").wait_for()
    visit.ask(FERRIES)
    visit.ask(TULIPS)
    shown.get_by_role("button", name="In briefing").first.wait_for()
    room.keyboard.press("Escape")
    room.keyboard.press("ArrowDown")
    room.keyboard.press("b")
    room.get_by_text("Taken out of “Briefing”: 0 quotes.").wait_for()
    assert len(briefings.items("Briefing", dropped=True)) == 1


def test_before_anything_is_collected_the_room_says_what_to_do(room: Page) -> None:
    shown = enter(room)
    shown.get_by_role("heading", name="No briefing yet").wait_for()
    assert not shown.get_by_text("Take it along").is_visible()
    shown.get_by_role("button", name="Ask for quotes").click()
    assert room.get_by_role("tab", name="Ask").get_attribute("aria-selected") == "true"


# --- working on it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 375])
def test_headings_and_notes_are_written_ordered_and_there_after_a_reload(
    room: Page, answerer: Answerer, briefings: Briefings, width: int
) -> None:
    first, second = collected(answerer, briefings, TULIPS, FERRIES)
    room.set_viewport_size({"width": width, "height": 800})
    shown = enter(room)
    shown.locator(".adding").get_by_role("button", name="Add a heading").click()
    room.wait_for_function("document.activeElement.matches('#briefing .of-heading [data-text]')")
    room.keyboard.type("Iceland <b>")
    for number in (2, 1):
        room.keyboard.press("Alt+ArrowUp")
        room.get_by_text(f"Moved to place {number} of 3.").wait_for()
    assert words(room) == ["Iceland <b>", first, second]
    item = shown.locator(".item").nth(1)
    item.hover()
    item.get_by_role("button", name="Add a note below").click()
    room.wait_for_function("document.activeElement.matches('#briefing textarea')")
    room.keyboard.type("My view:\nit grows.")
    room.get_by_text("Saved.").wait_for()
    room.reload()
    shown.locator(".item").first.wait_for()
    assert words(room) == ["Iceland <b>", first, "My view:\nit grows.", second]
    assert stored(briefings)[0] == "Iceland <b>"
    shown.locator(".item").nth(3).hover()
    shown.locator(".item").nth(3).get_by_role("button", name="Move the quote up").click()
    room.get_by_text("Moved to place 3 of 4.").wait_for()
    assert words(room)[2:] == [second, "My view:\nit grows."]
    assert shown.locator("b b, script").count() == 0


def test_an_item_is_dragged_to_its_place(room: Page, answerer: Answerer, briefings: Briefings) -> None:
    first, second = collected(answerer, briefings, TULIPS, FERRIES)
    shown = enter(room)
    shown.locator(".item").first.wait_for()
    grip = shown.locator(".grip").nth(1)
    grip.drag_to(shown.locator(".item").nth(0), target_position={"x": 60, "y": 4})
    room.wait_for_function("!document.querySelector('#briefing .item.dragged')")
    room.wait_for_function("word => document.querySelector('#briefing blockquote').innerText === word", arg=second)
    assert words(room) == [second, first]


def test_what_is_taken_out_comes_back_by_undo_or_later(room: Page, answerer: Answerer, briefings: Briefings) -> None:
    first, second = collected(answerer, briefings, TULIPS, FERRIES)
    shown = enter(room)
    item = shown.locator(".item").first
    item.hover()
    item.get_by_role("button", name="Take the quote out").click()
    room.locator("#collected").get_by_role("button", name="Undo").click()
    shown.locator(".item").nth(1).wait_for()
    assert words(room) == [first, second]
    shown.locator(".item").nth(1).get_by_role("button", name="Take the quote out").focus()
    room.keyboard.press("Alt+Delete")
    shown.get_by_text("Taken out (1)").wait_for()
    room.reload()
    shown.get_by_text("Taken out (1)").click()
    shown.get_by_role("button", name=re.compile("^Put back")).click()
    shown.locator(".item").nth(1).wait_for()
    assert words(room) == [first, second]


def test_what_could_not_be_stored_is_kept_and_stored_after_a_reload(room: Page, briefings: Briefings) -> None:
    briefings.create("Briefing", [Content("note", "Before.")])
    shown = enter(room)
    note = shown.get_by_role("textbox", name="Note")
    room.route("**/component_server/**", lambda route: route.abort())
    note.fill("Typed while the server was away.")
    shown.get_by_text("Not saved.").wait_for()
    assert note.input_value() == "Typed while the server was away."
    room.unroute("**/component_server/**")
    room.reload()
    room.get_by_text("Saved.").wait_for()
    assert stored(briefings) == ["Typed while the server was away."]


def test_two_windows_do_not_overwrite_each_other(room: Page, briefings: Briefings) -> None:
    briefings.create("Briefing", [Content("note", "Before.")])
    shown = enter(room)
    note = shown.get_by_role("textbox", name="Note")
    note.wait_for()
    (item,) = briefings.items("Briefing")
    briefings.edit(item.item_id, "From the other window.", before="Before.")
    note.fill("From this one.")
    shown.get_by_text("was changed in another window").wait_for()
    assert stored(briefings) == ["From the other window."]
    shown.get_by_role("button", name="Keep mine").click()
    room.get_by_text("Saved.").wait_for()
    assert stored(briefings) == ["From this one."]


def test_several_briefings_are_made_renamed_chosen_by_link_and_deleted(
    room: Page, address: str, briefings: Briefings
) -> None:
    shown = enter(room)
    for name in ("Serbia & more", "Albania"):
        shown.locator(".bar").get_by_role("button", name="New").click()
        shown.get_by_label("Name").fill(name)
        shown.get_by_label("Name").press("Enter")
        shown.get_by_role("option", name=name).first.wait_for(state="attached")
    shown.get_by_role("button", name="Rename").click()
    shown.get_by_label("Name").fill("Serbia & more")
    shown.get_by_label("Name").press("Enter")
    shown.get_by_text("There is a briefing 'Serbia & more' already.").wait_for()
    shown.get_by_label("Name").fill("Montenegro")
    shown.get_by_label("Name").press("Enter")
    room.wait_for_url("**name=Montenegro")
    assert {one.name for one in briefings.all()} == {"Serbia & more", "Montenegro"}
    room.goto(f"{address}?room=briefing&name=Serbia+%26+more")
    room.wait_for_function("document.querySelector('#briefing-choice')?.value === 'Serbia & more'")
    shown.get_by_role("button", name="Delete …").click()
    shown.get_by_role("button", name="Keep it").click()
    shown.get_by_role("button", name="Delete …").click()
    shown.get_by_role("button", name="Delete", exact=True).click()
    room.wait_for_function("document.querySelector('#briefing-choice').value === 'Montenegro'")
    assert {one.name for one in briefings.all()} == {"Montenegro"}
    room.goto(f"{address}?room=briefing&name=Serbia+%26+more")
    shown.get_by_text("There is no briefing “Serbia & more” any more.").wait_for()


# --- what leaves and what comes in ------------------------------------------------------------------------------------


def test_a_briefing_leaves_as_word_and_ris_with_what_has_to_be_known_of_it(
    room: Page, answerer: Answerer, briefings: Briefings, tmp_path: Path
) -> None:
    first, _ = collected(answerer, briefings, TULIPS, FERRIES)
    (digest, *_) = answerer.ask("What did GRETA say about compensation in Serbia?").quotes
    assert digest.paraphrase
    briefings.add("Briefing", [content_of(digest, answerer.library), Content("note", "One.\n\nTwo.")])
    shown = enter(room)
    shown.get_by_text("Take it along").wait_for()
    files = {}
    for name, ending in (("Word", "docx"), ("RIS", "ris")):
        with room.expect_download() as download:
            shown.locator(".files").get_by_role("button", name=name, exact=True).click()
        assert download.value.suggested_filename == f"Briefing.{ending}"
        files[ending] = tmp_path / f"x.{ending}"
        download.value.save_as(files[ending])
    shown.get_by_text("Left out: 1 from digests").wait_for()
    paragraphs = [one.text for one in WordDocument(str(files["docx"])).paragraphs]
    assert any(first in paragraph and "(GRETA, as reported by ICMPD, 2029)" in paragraph for paragraph in paragraphs)
    assert {"One.", "Two."} <= set(paragraphs)
    assert digest.text not in " ".join(paragraphs)
    assert files["ris"].read_text(encoding="utf-8").startswith("TY  - RPRT")
    shown.get_by_label("With digests").check()
    with room.expect_download() as download:
        shown.locator(".files").get_by_role("button", name="Markdown").click()
    assert digest.text[:40] in Path(download.value.path()).read_text(encoding="utf-8")


def test_copy_for_word_gives_formatted_text_with_footnotes_and_plain_text(
    room: Page, answerer: Answerer, briefings: Briefings
) -> None:
    first, _ = collected(answerer, briefings, TULIPS, FERRIES)
    shown = enter(room)
    shown.locator(".files").get_by_role("button", name="Copy for Word").click()
    shown.get_by_text("Copied: paste it into Word.").wait_for()
    text = room.evaluate("navigator.clipboard.readText()")
    assert f"{first} (GRETA, as reported by ICMPD, 2029) [1]" in text
    assert "\n[1] GRETA, as reported by ICMPD (2029), Harbour Watch" in text.replace("\n\n", "\n")
    html = room.evaluate("async () => await (await (await navigator.clipboard.read())[0].getType('text/html')).text()")
    assert "<i>Harbour Watch: A Specimen Written for Tests</i>" in html
    assert 'style="mso-footnote-id:ftn1"' in html
    item = shown.locator(".item").nth(1)
    item.hover()
    item.get_by_role("button", name="Copy for Word").click()
    room.locator("#collected").get_by_text("Copied").wait_for()
    alone = room.evaluate("navigator.clipboard.readText()")
    assert "Ferry crews" in alone
    assert first not in alone


def test_a_file_for_a_colleague_opens_as_a_new_briefing_and_is_looked_up(
    room: Page, answerer: Answerer, briefings: Briefings, tmp_path: Path
) -> None:
    collected(answerer, briefings, TULIPS)
    shown = enter(room)
    with room.expect_download() as download:
        shown.get_by_role("button", name="File for a colleague").click()
    assert download.value.suggested_filename == "Briefing.pincite.json"
    handed = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    handed["title"] = "<img src=x onerror=alert(1)>"
    text = handed["items"][0]["excerpt"]["document"]["text"]
    handed["items"][0]["excerpt"]["document"]["text"] = text.replace("night", "dawns")
    forged = tmp_path / "forged.pincite.json"
    forged.write_text(json.dumps(handed), encoding="utf-8")
    shown.get_by_label("Open a file").set_input_files(str(forged))
    shown.get_by_text("Opened as “<img src=x onerror=alert(1)>”.").wait_for()
    assert shown.get_by_text("not verified").is_visible()
    assert "Its document has other words there now" in shown.locator(".item .remark").inner_text()
    assert shown.locator("img").count() == 0
    shown.get_by_label("Open a file").set_input_files(
        {"name": "holiday.json", "mimeType": "application/json", "buffer": b"{}"}
    )
    shown.get_by_text("holiday.json is no briefing that was handed over").wait_for()
    assert len(briefings.all()) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_room_has_no_serious_fault_for_those_who_do_not_see_it(
    room: Page, answerer: Answerer, briefings: Briefings, scheme: Any
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    collected(answerer, briefings, TULIPS)
    briefings.add("Briefing", [Content("heading", "Iceland", 1), Content("note", "Mine.")])
    room.emulate_media(color_scheme=scheme)
    shown = enter(room)
    shown.locator(".item").nth(2).wait_for()
    found = axe.Axe().run(room, context="#briefing").response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}] == []


# --- what the room answers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "asked"),
    [
        ("change", {"do": "explode", "name": "Briefing", "item": "1"}),
        ("change", {"do": "drop", "name": "Briefing"}),
        ("change", {"do": "drop", "item": "99999"}),
        ("change", {"do": "rename", "name": "None", "text": "x"}),
        ("change", {"do": "new", "text": " "}),
        ("collect", {"place": "nowhere"}),
        ("file", {"to": "exe", "name": "Briefing", "style": "coe", "arrangement": "quotes"}),
        ("file", {"to": "docx", "name": "Briefing", "style": "coe", "arrangement": "quotes", "template": "AAAA"}),
        ("clip", {"name": "Briefing", "style": "mla", "arrangement": "quotes"}),
        ("clip", {"name": "Briefing", "style": "coe", "arrangement": "quotes", "item": "99999"}),
        ("receive", {"file": "x.json", "content": "not base64"}),
        ("pass_on", {"name": "None"}),
    ],
    ids=lambda value: "-".join(map(str, value.values()))[:50] if isinstance(value, dict) else value,
)
def test_what_cannot_be_done_is_told_in_words(
    answerer: Answerer, briefings: Briefings, function: str, asked: dict[str, Any]
) -> None:
    briefings.create("Briefing", [Content("note", "x")])
    functions = {one.__name__: one for one in BriefingRoom(answerer).functions()}
    told = functions[function](asked)
    assert set(told) == {"fault"}
    assert "tmp" not in told["fault"]
    assert stored(briefings) == ["x"]
