"""The page, used as a person uses it: in a real browser, against a real server."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import ui
from index.intake import take_in
from index.library import FILE_NAME, Library
from ingest.document import Document, Identity, PageRun, Passage, Statement
from ingest.errors import UsageError
from page.adding import Reading, Tell, take_in_copies, with_progress
from page.answer_html import context_html, copied_text, further_html, quote_html, said_by
from page.asked import Asked, from_address, to_address
from page.coverage_html import coverage_html
from page.library_html import documents_html, report_html
from page.passwords import read_passwords, write_password
from qa.answer import Answer, Answerer
from qa.citing.citations import Place
from qa.official.coverage import coverage
from qa.question.scope import Scope
from qa.quotes import Quote

if TYPE_CHECKING:
    from conftest import Visit
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

    from index.embedder import Embedder

BEES = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Evaluation report: Malta</title></head>
<body><p>GRETA(2029)07</p><h1>Evaluation report: Malta</h1><p>Specimen written for tests; no such report exists.</p>
<h2>Farms</h2><p>The honey farms of Malta hire pickers by the day.</p>
<h2 style="break-before: page">Beekeeping</h2>
<p>GRETA urges the Maltese authorities to give seasonal beekeepers a written contract before they travel.</p>
</body></html>"""
# Gradio's own book-keeping asks pandas for an option that pandas no longer wants to be asked for.
pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated")

EVERYWHERE = "0.0.0.0"  # noqa: S104  (What is tested is that it needs a password.)
HOSTILE = Path(__file__).resolve().parent.parent.parent / "shared" / "questions" / "hostile.jsonl"
CASES = [json.loads(line) for line in HOSTILE.read_text(encoding="utf-8").splitlines()] if HOSTILE.is_file() else []


# --- asking -----------------------------------------------------------------------------------------------------------


def test_the_opened_page_waits_for_a_question_and_offers_four_that_the_library_answers(
    visit: Visit, address: str
) -> None:
    assert visit.page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    examples = visit.page.locator(".examples button")
    questions = examples.all_inner_texts()
    assert len(set(questions)) == 4
    for question in questions:
        visit.page.goto(address)
        visit.page.get_by_role("button", name=question).click()
        visit.page.locator("article.quote").first.wait_for()
        assert visit.page.get_by_label("Your question").input_value() == question


def test_an_answer_has_every_quote_in_quotation_marks_with_speaker_and_pincite(desk: Visit, answerer: Answerer) -> None:
    question = "What did GRETA say about tulip greenhouses in Iceland?"
    expected = answerer.ask(question)
    shown = desk.ask(question)
    assert expected.quotes
    assert shown.locator("blockquote").all_inner_texts() == [f"“{quote.text}”" for quote in expected.quotes]
    assert shown.locator(".pincite").all_inner_texts() == [quote.citation for quote in expected.quotes]
    assert shown.locator(".speaker").first.inner_text() == "GRETA, as reported by ICMPD"
    assert shown.locator(".lead-in").first.inner_text() == "Areas of improvement include:"
    assert shown.locator("p.message").inner_text() == expected.message
    assert [" ".join(title.split()) for title in shown.locator("h2").all_inner_texts()] == ["Iceland · GRETA"]
    chips = shown.get_by_role("list", name="Understood as").get_by_role("listitem")
    assert [chip.get_attribute("data-label") for chip in chips.all()][:2] == ["Iceland", "GRETA"]


def test_a_digest_is_marked_as_paraphrase_and_stands_without_quotation_marks(desk: Visit) -> None:
    shown = desk.ask("What did GRETA say about compensation in Serbia?")
    quote = shown.locator("article.quote").first
    assert quote.locator(".speaker").inner_text() == "GRETA, as restated by Pincite's digest"
    assert quote.get_by_text("Digest, paraphrase").is_visible()
    assert not {"“", "”"} & set(quote.locator("blockquote").inner_text())


def test_copy_puts_the_quote_with_its_citation_on_the_clipboard(desk: Visit) -> None:
    shown = desk.ask("Which ferry crews should learn, according to the EC?")
    shown.get_by_role("button", name="Copy with citation").first.click()
    shown.get_by_text("Copied").wait_for()
    assert desk.page.evaluate("navigator.clipboard.readText()") == (
        "“Ferry crews to learn how exploitation at sea is recognised” (EC, as reported by ICMPD; ICMPD (2029), "
        "Harbour Watch: A Specimen Written for Tests)"
    )
    shown = desk.ask("What did GRETA say about compensation in Serbia?")
    shown.get_by_role("button", name="Copy with citation").first.click()
    shown.get_by_text("Copied").wait_for()
    copied = desk.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(
        shown.locator("blockquote").first.inner_text() + " (GRETA, as restated by Pincite's digest; "
    )


def test_the_context_opens_and_closes_by_keyboard_with_the_quote_marked(desk: Visit) -> None:
    shown = desk.ask("tulip greenhouses")
    button = shown.get_by_role("button", name="In context").first
    button.focus()
    desk.page.keyboard.press("Enter")
    context = shown.get_by_role("region", name="The passage in its context").first
    context.locator("mark").wait_for()
    assert context.locator("mark").inner_text() == shown.locator("blockquote").first.inner_text().strip("“”")
    around = context.inner_text()
    assert "Ferry crews" in around
    assert "fishing fund" in around
    assert shown.get_by_role("button", name="Hide context").first.get_attribute("aria-expanded") == "true"
    desk.page.keyboard.press("Enter")
    context.wait_for(state="hidden")


def test_everything_is_done_by_keys(desk: Visit) -> None:
    page = desk.page
    shown = desk.ask("What is said about compensation in Serbia?")
    quotes = shown.locator("article.quote")
    assert quotes.count() > 1
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == quotes.nth(0).get_attribute("id")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == quotes.nth(1).get_attribute("id")
    page.keyboard.press("p")
    quotes.nth(1).locator("mark").wait_for()
    page.keyboard.press("c")
    quotes.nth(1).get_by_text("Copied").wait_for()
    text = quotes.nth(1).locator("blockquote").inner_text()
    assert text in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == quotes.nth(0).get_attribute("id")
    page.keyboard.press("/")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.press("ArrowUp")
    assert page.get_by_label("Your question").input_value() == "What is said about compensation in Serbia?"


def test_the_citation_is_copied_in_each_style(desk: Visit, answerer: Answerer) -> None:
    question = "tulip greenhouses in Iceland"
    (quote, *_) = answerer.ask(question).quotes
    article = desk.ask(question).locator("article.quote").first
    article.get_by_text("Cite", exact=True).click()
    for style, name in (("coe", "Council of Europe"), ("eu", "EU style guide"), ("oscola", "OSCOLA")):
        article.get_by_role("button", name=f"Copy the citation, {name}").click()
        copied = "async wanted => await navigator.clipboard.readText() === wanted"
        desk.page.wait_for_function(copied, arg=quote.citation_in(style))


def test_footnotes_are_folded_under_their_quote(desk: Visit) -> None:
    shown = desk.ask("Does Iceland train inspectors of trawlers and coast guards?")
    quote = shown.locator("article.quote").filter(has_text="coast guards").first
    note = quote.get_by_text("Specimen source, p. 7.")
    assert note.is_hidden()
    quote.get_by_text("Footnote 1").click()
    assert note.is_visible()


def test_the_other_speaker_of_a_quote_points_to_it(desk: Visit) -> None:
    shown = desk.ask("Do the EC and GRETA agree on the fishing fund in Iceland?")
    pointers = shown.locator(".also")
    assert pointers.count() == 1
    pointers.get_by_role("button").first.click()
    focused = desk.page.evaluate("document.activeElement.innerText")
    assert "opened to cooks" in focused
    assert "EC and GRETA, as reported by ICMPD" in focused


def test_markup_in_a_document_is_shown_as_it_is_written(visit: Visit, answerer: Answerer, tmp_path: Path) -> None:
    marked = tmp_path / "Markup & more.html"
    marked.write_text(
        "<!doctype html><html><body><h1>Window cleaners in Malta &lt;b&gt;</h1><p>GRETA noted that "
        "&lt;img src=x onerror=alert(1)&gt; &lt;script&gt;alert(1)&lt;/script&gt; ${7*7} {{7*7}} &amp;amp; "
        "![x](http://example.com/x.png) window cleaners work without ropes.</p></body></html>",
        encoding="utf-8",
    )
    visit.open_library()
    visit.upload(marked)
    visit.page.get_by_role("tab", name="Ask").click()
    shown = visit.ask("window cleaners without ropes")
    text = shown.locator("blockquote").first.inner_text()
    assert text == f"“{answerer.ask('window cleaners without ropes').quotes[0].text}”"
    assert "<img src=x onerror=alert(1)> <script>alert(1)</script> ${7*7} {{7*7}} &amp; ![x](http" in text
    shown.get_by_role("button", name="In context").first.click()
    shown.locator("mark").wait_for()
    assert shown.locator("img, script, a, b b").count() == 0


# --- limits -----------------------------------------------------------------------------------------------------------


def test_the_library_tells_what_a_question_can_be_limited_to(desk: Visit) -> None:
    countries = desk.page.get_by_role("combobox", name="Limit to a country").get_by_role("option")
    assert {"Iceland", "Kosovo*"} <= set(countries.all_inner_texts())
    assert "Japan" not in countries.all_inner_texts()


def test_chips_are_added_changed_and_removed_with_one_action_each(visit: Visit) -> None:
    page = visit.page
    shown = visit.ask("compensation")
    every = shown.locator("article.quote").count()
    assert len(set(_countries(shown))) > 1
    visit.answer_after(lambda: _limit(page, "country", "Serbia"))
    assert set(_countries(shown)) == {"Serbia"}
    visit.answer_after(lambda: _limit(page, "source", "EC"))
    assert set(shown.locator("h2 b").all_inner_texts()) == {"EC"}
    assert page.url.endswith("?q=compensation&country=RS&source=EC")
    visit.answer_after(
        lambda: page.get_by_role("combobox", name="Another country than Serbia").select_option(label="Albania") and None
    )
    assert set(_countries(shown)) == {"Albania"}
    visit.answer_after(page.get_by_role("button", name="Remove the source EC").click)
    visit.answer_after(page.get_by_role("button", name="Remove the country Albania").click)
    assert shown.locator("article.quote").count() == every
    visit.answer_after(lambda: _limit(page, "year", "2029"))
    assert shown.locator("article.quote").count() == 0
    visit.answer_after(shown.get_by_role("button", name="Remove the limits").click)
    assert shown.locator("article.quote").count() == every


def test_a_limit_that_the_question_names_is_lifted_and_comes_back(visit: Visit) -> None:
    page = visit.page
    shown = visit.ask("compensation in Serbia")
    assert set(_countries(shown)) == {"Serbia"}
    visit.answer_after(page.get_by_role("button", name="Remove the country Serbia").click)
    assert {"Serbia", "Albania"} <= set(_countries(shown))
    assert page.url.endswith("&country=any")
    visit.answer_after(page.get_by_role("button", name="Limit the country as the question says").click)
    assert set(_countries(shown)) == {"Serbia"}


def test_a_link_and_the_browsers_buttons_show_the_same_question_and_scope(visit: Visit, address: str) -> None:
    page = visit.page
    visit.ask("What is said about compensation?")
    visit.answer_after(lambda: _limit(page, "country", "Serbia"))
    texts = page.locator("blockquote").all_inner_texts()
    link = page.url
    visit.answer_after(lambda: page.go_back() and None)
    assert page.locator("blockquote").all_inner_texts() != texts
    visit.answer_after(lambda: page.go_forward() and None)
    assert page.locator("blockquote").all_inner_texts() == texts
    page.goto(address)
    page.goto(link)
    page.locator("blockquote").first.wait_for()
    assert page.locator("blockquote").all_inner_texts() == texts
    assert page.get_by_label("Your question").input_value() == "What is said about compensation?"
    assert page.title().startswith("What is said about compensation?")


def test_limits_stay_for_the_next_question_but_for_what_it_names(visit: Visit) -> None:
    page = visit.page
    shown = visit.ask("compensation")
    visit.answer_after(lambda: _limit(page, "country", "Serbia"))
    visit.answer_after(lambda: _limit(page, "source", "GRETA"))
    visit.ask("compensation in Albania")
    assert set(_countries(shown)) == {"Albania"}
    assert set(shown.locator("h2 b").all_inner_texts()) == {"GRETA"}


def test_earlier_questions_come_back_with_their_limits(visit: Visit) -> None:
    page = visit.page
    visit.ask("compensation for deckhands")
    visit.answer_after(lambda: _limit(page, "country", "Iceland"))
    visit.ask("tulip greenhouses")
    page.get_by_text("Earlier questions").click()
    visit.answer_after(page.get_by_role("button", name="compensation for deckhands · IS").click)
    assert page.get_by_label("Your question").input_value() == "compensation for deckhands"
    page.get_by_text("Earlier questions").click()
    page.get_by_role("button", name="Forget them").click()
    page.get_by_text("None yet.").wait_for()


def test_an_address_keeps_a_question_with_its_limits_and_drops_what_it_cannot_read() -> None:
    asked = Asked("a & b?", Scope(countries=("RS", "XK"), years=(2018,), documents=("0a1b2c",)), frozenset({"sources"}))
    address = to_address(asked)
    assert address == "q=a+%26+b%3F&country=RS&country=XK&source=any&year=2018&document=0a1b2c"
    assert from_address(f"?{address}") == asked
    assert from_address("q=x&country=Serbia&source=greta") == Asked("x", Scope(countries=("RS",), sources=("GRETA",)))
    assert from_address("q=x&country=Atlantis&year=soon&round=%F0&other=1") == Asked("x")
    more = Scope(since=2018, grades=("urges",), articles=(15,), parts=("body",), anywhere=True)
    assert from_address(to_address(Asked("x", more))) == Asked("x", more)
    assert from_address("q=x&grade=shouts&part=cover") == Asked("x")
    assert from_address("&".join("q=x" for _ in range(500))) == Asked()


def _countries(shown: Locator) -> list[str]:
    return shown.locator(".group h2 span:first-child").all_inner_texts()


def _limit(page: Page, field: str, label: str) -> None:
    page.get_by_role("combobox", name=f"Limit to a {field}").select_option(label=label)


# --- matrix and comparison --------------------------------------------------------------------------------------------


def test_the_matrix_tells_found_silent_and_not_loaded_apart_and_leads_to_the_answer(desk: Visit) -> None:
    page = desk.page
    row = desk.show_matrix("compensation").get_by_role("row").filter(has=page.get_by_role("rowheader", name="Serbia"))
    cell = row.get_by_role("cell").filter(has_text="not loaded, reported by others").first
    cell.locator("summary").click()
    assert "as restated by Pincite's digest" in cell.inner_text()
    desk.answer_after(cell.get_by_role("button", name="Ask for all of it").click)
    assert set(_countries(page.locator("#answer"))) == {"Serbia"}
    assert page.get_by_label("Your question").input_value() == "compensation"


def test_two_documents_are_compared_with_the_differences_marked(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    for year, verb in (("2021", "invites"), ("2025", "urges")):
        report = tmp_path / f"ropes-{year}.md"
        report.write_text(
            f"---\npublisher: GRETA\ntitle: Ropes of Iceland {year}\nofficial_number: GRETA({year})71\n"
            f"countries: IS\nyear: {year}\n---\n\n# Ropes of Iceland {year}\n\nSpecimen.\n\n"
            "## Compensation and legal redress\n\n1. GRETA regrets that no rope maker has received compensation.\n\n"
            f"2. GRETA {verb} the Icelandic authorities to pay compensation to trafficked rope makers at once.\n",
            encoding="utf-8",
        )
        visit.open_library()
        visit.upload(report)
    visit.compare("GRETA(2021)71, Ropes of Iceland 2021", "GRETA(2025)71, Ropes of Iceland 2025")
    pair = page.locator(".pairs > li").first
    assert "stronger" in pair.inner_text()
    assert pair.locator("del").inner_text().strip() == "invites"
    assert pair.locator("ins").inner_text().strip() == "urges"


DIGEST = "Digest of the ICMPD non-paper: {}"


def test_links_open_the_matrix_and_the_comparison_and_the_browsers_buttons_go_between_the_rooms(
    visit: Visit, context: BrowserContext, address: str
) -> None:
    page = visit.page
    visit.ask("tulip greenhouses")
    visit.show_matrix("compensation")
    matrix = page.url
    assert matrix == f"{address}?room=matrix&topic=compensation"
    visit.compare(DIGEST.format("Albania"), DIGEST.format("Serbia"))
    comparison, heading = page.url, page.locator("#compare h2").inner_text()
    assert re.fullmatch(r".*\?room=compare&left=\w+&right=\w+", comparison)

    page.go_back()
    page.locator("#matrix table").wait_for()
    assert page.get_by_role("tab", name="Matrix").get_attribute("aria-selected") == "true"
    visit.answer_after(lambda: page.go_back() and None)
    assert page.get_by_role("tab", name="Ask").get_attribute("aria-selected") == "true"
    assert page.get_by_label("Your question").input_value() == "tulip greenhouses"
    page.get_by_role("tab", name="Compare").click()
    assert page.url == comparison
    page.get_by_role("tab", name="Ask").click()
    assert page.url == f"{address}?q=tulip+greenhouses"

    colleague = context.new_page()
    colleague.goto(matrix)
    colleague.locator("#matrix table").wait_for()
    assert colleague.get_by_label("Topic, Convention article or question").input_value() == "compensation"
    assert colleague.url == matrix
    colleague.goto(comparison)
    colleague.locator(".pairs").wait_for()
    assert colleague.locator("#compare h2").inner_text() == heading
    assert colleague.url == comparison
    colleague.goto(comparison.replace("right=", "right=0"))
    colleague.get_by_text("A document of this address is not loaded").wait_for()
    colleague.close()


def test_the_matrix_is_saved_as_a_file_of_what_is_shown(desk: Visit, tmp_path: Path) -> None:
    import openpyxl

    shown = desk.show_matrix("compensation")
    desk.page.get_by_label("Topic, Convention article or question").fill("something else")
    files = {}
    for form in ("csv", "xlsx", "png"):
        with desk.page.expect_download() as download:
            shown.get_by_role("button", name=form.upper()).click()
        assert download.value.suggested_filename == f"matrix.{form}"
        files[form] = tmp_path / f"matrix.{form}"
        download.value.save_as(files[form])
    (head, *rows) = csv.reader(files["csv"].read_text(encoding="utf-8-sig").splitlines())
    assert head[:4] == ["country", "source", "edition", "state"]
    assert ["Serbia", "GRETA", "", "not_loaded"] in [row[:4] for row in rows]
    assert openpyxl.load_workbook(files["xlsx"]).properties.title == "Compensation"
    assert files["png"].read_bytes().startswith(b"\x89PNG")


# --- silence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "title", "next_step"),
    [
        ("", "What would you like to know?", "Questions that the library answers"),
        ("What did GRETA say about compensation in Portugal in its 2019 report?", "Not loaded", "Add reports"),
        ("How is apple strudel baked?", "Outside the library", "Add reports"),
        ("what did they say about it", "Please put it another way", "Questions that the library answers"),
        ("Šta je GRETA rekla o naknadi štete za žrtve u Srbiji?", "In English, please", "ask in English"),
        ("compensation " * 200, "Please put it another way", "one thing at a time"),
    ],
)
def test_silence_says_why_and_what_to_do_next(
    desk: Visit, answerer: Answerer, question: str, title: str, next_step: str
) -> None:
    shown = desk.ask(question)
    assert shown.get_by_role("heading", name=title).is_visible()
    assert next_step in shown.inner_text()
    assert answerer.ask(question).message in shown.inner_text()
    assert shown.locator("article.quote").count() == 0
    assert desk.page.get_by_label("Your question").input_value() == question


def test_a_library_that_cannot_be_read_is_told_in_words(embedder: Embedder, tmp_path: Path) -> None:
    library = Library.open(tmp_path)
    page = ui._Page(Answerer(library, embedder))
    (tmp_path / FILE_NAME).write_bytes(b"damaged" * 1000)
    html, address = page.ask("compensation", "")
    assert "That did not work" in html
    assert "damaged" in html
    assert address == "q=compensation"


def test_an_empty_library_asks_for_reports(embedder: Embedder, tmp_path: Path) -> None:
    page = ui._Page(Answerer(Library.open(tmp_path), embedder))
    answer, _, _ = page.go("")
    limits, documents, _ = page.holdings_now()
    assert "The library is empty" in answer
    assert limits == ""
    assert "None yet." in documents


# --- adding files -----------------------------------------------------------------------------------------------------


def test_an_uploaded_pdf_is_reported_listed_and_answers(
    visit: Visit, context: BrowserContext, answerer: Answerer, tmp_path: Path
) -> None:
    report_file, picture = tmp_path / "GRETA (2029) 07 Malta.pdf", tmp_path / "holiday.png"
    printing = context.new_page()
    printing.set_content(BEES)
    printing.pdf(path=str(report_file))
    printing.close()
    picture.write_bytes(b"\x89PNG\r\n\x1a\n specimen")
    page = visit.page
    page.get_by_label("Your question").fill("half a ques")
    visit.open_library()
    page.evaluate(
        """() => new MutationObserver(() => { window.progress ||= !!document.querySelector('#report progress'); })
            .observe(document.getElementById('report'), { childList: true, subtree: true })"""
    )
    report = visit.upload(report_file, picture)
    assert page.evaluate("window.progress")
    items = report.get_by_role("listitem").all_inner_texts()
    assert re.match(r"Added\s+GRETA \(2029\) 07 Malta\.pdf", items[0])
    assert "2 pages" in items[0]
    assert re.match(r"Not added\s+holiday\.png", items[1])
    assert "Run OCR" in items[1]
    row = page.get_by_role("row").filter(has_text="GRETA (2029) 07 Malta.pdf").inner_text()
    assert "GRETA(2029)07" in row
    assert "2029" in row
    assert "unknown" in row  # The round, which the specimen does not tell.
    page.get_by_role("tab", name="Ask").click()
    assert page.get_by_label("Your question").input_value() == "half a ques"
    shown = visit.ask("What did GRETA say about a contract for beekeepers?")
    assert "seasonal beekeepers a written contract" in shown.locator("article.wording blockquote").first.inner_text()
    assert shown.locator("article.wording .pincite").first.inner_text() == "GRETA(2029)07, p. 2"
    assert shown.locator("article.wording .speaker").first.inner_text() == "GRETA"
    shown.get_by_role("button", name="In context").first.click()
    shown.locator("mark").wait_for()
    assert "p. 2" in shown.locator(".context").first.inner_text()
    kept = answerer.library.folder / "files" / report_file.name
    assert kept.read_bytes() == report_file.read_bytes()
    assert not (kept.parent / picture.name).exists()


def test_uploads_leave_no_second_copy_behind(visit: Visit, tmp_path: Path) -> None:
    private = tmp_path / "confidential note.txt"
    private.write_text("Note on lighthouse keepers in Malta who were exploited.\n", encoding="utf-8")
    visit.open_library()
    visit.upload(private)
    assert list(Path(os.environ["GRADIO_TEMP_DIR"]).rglob(private.name)) == []


def test_a_file_of_the_same_name_replaces_the_older_one_and_a_broken_one_does_not(
    answerer: Answerer, tmp_path: Path
) -> None:
    upload = tmp_path / "sailmakers.txt"
    kept = answerer.library.folder / "files" / upload.name

    def take(content: bytes) -> str:
        upload.write_bytes(content)
        (outcome,) = take_in_copies(answerer, [upload], Reading(), lambda _: None)
        return outcome.status

    assert take(b"Sailmakers were trafficked to Malta in 2027.\n") == "added"
    assert take(b"Sailmakers were trafficked to Malta in 2028.\n") == "replaced"
    assert take(b"\x00\x00\x00") == "failed"
    assert b"2028" in kept.read_bytes()
    quotes = answerer.ask("sailmakers").quotes
    assert [quote.text for quote in quotes if "Sailmakers" in quote.text] == [
        "Sailmakers were trafficked to Malta in 2028."
    ]


def test_a_folder_is_added_and_one_that_is_not_there_is_told(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "coopers.md").write_text("# Coopers\n\nThe coopers of Malta lost their passports.\n", encoding="utf-8")
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    visit.open_library()
    place = visit.page.get_by_label("Or a folder or file on this computer")
    report = visit.page.locator("#report")
    place.fill(str(tmp_path / "nowhere"))
    place.press("Enter")
    report.get_by_text("There is no file").wait_for()
    place.fill(str(tmp_path))
    visit.page.get_by_role("button", name="Add", exact=True).click()
    report.get_by_role("heading", name="2 files: 1 added, 1 not added").wait_for()
    assert "coopers.md" in visit.page.locator("#documents table").inner_text()


def test_a_correction_changes_the_list_and_who_speaks_and_survives_reading_again(
    visit: Visit, answerer: Answerer, tmp_path: Path
) -> None:
    page = visit.page
    file = tmp_path / "tilers.md"
    file.write_text("# Roofs\n\nThe tilers of the harbour should be paid in coins.\n", encoding="utf-8")
    visit.open_library()
    visit.upload(file)
    form = visit.open_details("Roofs")
    assert form.get_by_label("Publisher").get_attribute("placeholder") == "unknown"
    assert "not found in the file" in form.inner_text()
    form.get_by_label("Round").fill("third")
    form.get_by_role("button", name="Save").click()
    form.get_by_text("must be a whole number").wait_for()
    form.get_by_label("Round").fill("3")
    form.get_by_label("Publisher").fill("greta")
    form.get_by_label("Countries").fill("Iceland, Kosovo*")
    form.get_by_role("button", name="Save").click()
    page.locator("#report").get_by_role("heading", name="1 file: 1 corrected").wait_for()
    row = page.get_by_role("row").filter(has_text="tilers.md")
    assert row.get_by_role("cell").all_inner_texts()[:5] == ["GRETA", "unknown", "Iceland, Kosovo*", "unknown", "3"]
    (quote,) = (quote for quote in answerer.ask("tilers paid in coins").quotes if "tilers" in quote.text)
    assert quote.speakers == ("GRETA",)

    form = visit.open_details("Roofs")
    assert "set by you" in form.inner_text()
    form.get_by_role("button", name="Round: as read").click()
    form.get_by_label("Countries", exact=True).fill("")
    form.get_by_role("button", name="Save").click()
    page.locator("#report").get_by_role("heading", name="1 file: 1 corrected").wait_for()
    page.get_by_role("row").filter(has_text="tilers.md").get_by_role("cell", name="Iceland").wait_for(state="detached")
    visit.open_details("Roofs").get_by_role("button", name="Read again").click()
    page.locator("#report").get_by_role("heading", name="1 file: 1 read again").wait_for()
    (stored,) = answerer.library.find_documents("Roofs")
    assert (stored.identity.publisher, stored.identity.countries, stored.identity.round) == ("GRETA", (), None)


def test_a_document_is_replaced_by_another_file_and_removed_after_a_question(
    visit: Visit, answerer: Answerer, tmp_path: Path
) -> None:
    page = visit.page
    old, new = tmp_path / "nets.md", tmp_path / "nets-2.md"
    old.write_text("# Nets\n\nThe nets of Malta were mended by children.\n", encoding="utf-8")
    new.write_text("# Nets anew\n\nThe nets of Malta were mended by machines.\n", encoding="utf-8")
    visit.open_library()
    visit.upload(old)
    form = visit.open_details("Nets")
    form.get_by_label("Round").fill("2")
    form.get_by_role("button", name="Save").click()
    page.locator("#report").get_by_role("heading", name="1 file: 1 corrected").wait_for()
    form = visit.open_details("Nets")
    form.locator("input[type=file]").set_input_files(str(new))
    page.locator("#report").get_by_role("heading", name="1 file: 1 added").wait_for()
    page.get_by_role("row").filter(has_text="nets.md").wait_for(state="detached")
    (stored,) = answerer.library.find_documents("Nets")
    assert (stored.identity.title, stored.identity.round) == ("Nets anew", 2)

    form = visit.open_details("Nets anew")
    form.get_by_role("button", name="Remove …").click()
    form.get_by_role("button", name="Keep it").click()
    assert answerer.library.find_documents("Nets")
    form.get_by_role("button", name="Remove …").click()
    form.get_by_role("button", name="Remove", exact=True).click()
    page.locator("#report").get_by_role("heading", name="Removed Nets anew").wait_for()
    assert not answerer.library.find_documents("Nets")
    assert not list((answerer.library.folder / "files").glob("nets*"))


def test_a_file_that_was_not_uploaded_cannot_replace_a_document(answerer: Answerer, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("# Secret\n\nThe wages of the guild.\n", encoding="utf-8")
    page = ui._Page(answerer)
    before = answerer.library.state
    ((report, *_),) = page.replace(answerer.library.documents()[0].document_id, secret, Reading(), "")
    assert "Only a file that was uploaded" in report
    assert answerer.library.state == before
    assert secret.exists()


def test_the_list_is_searched_by_any_word(desk: Visit) -> None:
    desk.open_library()
    desk.page.get_by_label("Find").fill("harbour icmpd")
    rows = desk.page.get_by_role("row")
    rows.filter(has_text="Albania").wait_for(state="hidden")
    assert rows.filter(has_text="Harbour Watch").is_visible()


def test_a_library_that_breaks_during_an_upload_is_told_in_our_words(embedder: Embedder, tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library")
    page = ui._Page(Answerer(library, embedder))
    upload = tmp_path / "boats.md"
    upload.write_text("# Boats\n\nThe boats of Malta leak.\n", encoding="utf-8")
    (tmp_path / "library" / FILE_NAME).write_bytes(b"damaged" * 1000)
    *_, (report, answer, limits, documents, _) = page.add([upload], Reading(), "q=boats")
    assert "is damaged" in report
    assert "Stopped" in report
    assert "That did not work" in documents
    assert "That did not work" in answer
    assert limits == ""
    assert not list((tmp_path / "library" / "files").iterdir())


def test_a_page_that_others_can_open_reads_no_folder_of_this_computer(answerer: Answerer) -> None:
    def labels(own_machine: bool) -> set[str | None]:
        components = ui.build(answerer, own_machine=own_machine).blocks.values()
        return {getattr(one, "label", None) for one in components if getattr(one, "visible", False)}

    assert "Or a folder or file on this computer" in labels(own_machine=True)
    others = ui.build(answerer, own_machine=False)
    names = {str(getattr(function.fn, "__name__", "")) for function in others.fns.values()}
    assert "add_uploads" in names
    assert "add_place" not in names


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_upload_that_fails_in_an_unforeseen_way_ends_with_a_word(answerer: Answerer) -> None:
    def work(tell: Tell) -> None:
        tell(Path("odd.pdf"))
        raise ZeroDivisionError

    *_, last = with_progress(work, 2)
    assert "unforeseen" in last.error
    html = report_html(answerer, last)
    assert "odd.pdf" in html
    assert "2 files" not in html


def test_a_digest_steps_aside_in_the_list_when_its_document_is_loaded(embedder: Embedder, tmp_path: Path) -> None:
    digest = tmp_path / "digest.md"
    digest.write_text(
        "---\npublisher: Pincite\ntitle: Digest of the harbour watch\n"
        "restates: Harbour Watch: A Specimen Written for Tests\nrestates_publisher: ICMPD\nyear: 2029\n---\n\n"
        "# Digest\n\nGRETA noted that greenhouses in Iceland need inspections.\n",
        encoding="utf-8",
    )
    report = tmp_path / "harbour.md"
    shutil.copyfile(Path(__file__).parent / "data" / "harbour.md", report)
    library = Library.open(tmp_path / "library")
    answerer = Answerer(library, embedder)
    list(take_in(library, lambda: embedder, [digest]))
    alone = documents_html(answerer.holdings())
    assert '<span class="badge digest">Digest</span>' in alone
    assert "steps aside" not in alone
    list(take_in(library, lambda: embedder, [report]))
    beside = documents_html(answerer.holdings())
    assert beside.count('<span class="badge digest">Digest, steps aside</span>') == 1
    assert "1 digest steps aside in answers: what it restates is loaded." in beside


# --- hostile input ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile_visit(
    open_page: Callable[[str], Visit], serve_page: Callable[..., str], embedder: Embedder, non_paper_library: Path
) -> Visit:
    """A page over the real non-paper alone."""
    return open_page(serve_page(Answerer(Library.open(non_paper_library), embedder)))


def _folded(text: str) -> str:
    return " ".join(text.translate(str.maketrans("‘’“”", "''\"\"")).split())


@pytest.mark.skipif(not CASES, reason="there are no hostile questions beside the repository")
@pytest.mark.parametrize("case", CASES, ids=[case["id"] + "-" + case["category"] for case in CASES])
def test_hostile_questions_get_their_answer_and_do_no_harm(hostile_visit: Visit, case: dict[str, Any]) -> None:
    # What no keyboard types (control characters, half of a surrogate pair) comes in by the clipboard.
    paste = "(box, text) => { box.value = text; box.dispatchEvent(new Event('input', { bubbles: true })); }"
    box = hostile_visit.page.get_by_label("Your question")
    box.evaluate(paste, case["input"])
    started = time.monotonic()
    answer = hostile_visit.answer_after(lambda: box.press("Enter"))
    assert time.monotonic() - started < 1.5
    text = answer.inner_text()
    assert [wanted for wanted in case["must_show"] if _folded(wanted) not in _folded(text)] == []
    assert "\u202e" not in answer.inner_html()
    assert answer.locator("a, img, script, iframe").count() == 0
    assert len(text) < 20_000
    if case["category"] == "template_and_path":
        assert "49" not in text
    if case["category"] in {"empty", "whitespace", "emoji_only", "stop_words", "only_punctuation", "sql_tautology"}:
        assert answer.locator("article").count() == 0
    assert hostile_visit.faults == []


# --- privacy, looks, access -------------------------------------------------------------------------------------------


def test_the_page_cannot_reach_another_machine(open_page: Callable[[str], Visit], address: str) -> None:
    opened = open_page(address)
    refused = opened.page.evaluate(
        """async () => {
            const refused = [];
            addEventListener('securitypolicyviolation', event => refused.push(event.blockedURI));
            new Image().src = 'http://example.com/image';
            await fetch('http://example.com/data').catch(() => null);
            for (let wait = 0; refused.length < 2 && wait < 100; wait++) await new Promise(go => setTimeout(go, 20));
            return refused.sort();
        }"""
    )
    opened.page.close()
    assert refused == ["http://example.com/data", "http://example.com/image"]


@pytest.fixture(scope="module")
def guarded(
    answerer: Answerer, serve_page: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The same library for other computers, with passwords, and with a low limit for uploads."""
    people = tmp_path_factory.mktemp("people") / "people.txt"
    write_password("anna", "seven grey herons", people)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ui, "MAX_UPLOAD_BYTES", 2_000)
        yield serve_page(answerer, host=EVERYWHERE, passwords=read_passwords(people))


def test_a_page_for_others_opens_with_the_password_alone_and_refuses_files_that_are_too_large(
    browser: Browser, guarded: str, tmp_path: Path
) -> None:
    for inner in ("config", "gradio_api/info", "gradio_api/file=/etc/hostname", "gradio_api/queue/data?session_hash=a"):
        assert httpx.get(guarded + inner, trust_env=False).status_code == 401, inner
    for inner in ("upload", "queue/join", "component_server", "run/predict"):
        sent = httpx.post(f"{guarded}gradio_api/{inner}", json={}, trust_env=False)
        assert sent.status_code == 401, inner

    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(guarded)
    page.get_by_label("username").fill("anna")
    page.get_by_label("password").fill("seven grey heron")
    page.get_by_role("button", name="Login").click()
    page.get_by_text("Incorrect Credentials").wait_for()
    assert "Albania" not in page.content()
    page.get_by_label("username").fill("anna")
    page.get_by_label("password").fill("seven grey herons")
    page.get_by_role("button", name="Login").click()
    page.locator(".examples").wait_for()

    large = tmp_path / "large.txt"
    large.write_text("Note on lighthouse keepers.\n" * 100, encoding="utf-8")
    page.get_by_role("tab", name="Library").click()
    page.locator("#upload input[type=file]").set_input_files(str(large))
    page.get_by_text("maximum allowed size of 2.0 KB").wait_for()
    form = page.locator("form[data-document]").filter(visible=True)
    page.get_by_role("button", name="Details of").first.click()
    form.locator("input[type=file]").set_input_files(str(large))
    form.get_by_text("too large").wait_for()
    assert [url for url in asked if not url.startswith((guarded, "data:", "blob:"))] == []
    page.close()


def test_nobody_can_serve_the_page_to_others_without_passwords(answerer: Answerer) -> None:
    with pytest.raises(UsageError, match="without passwords"):
        ui.serve(answerer, host=EVERYWHERE, port=1)


def test_the_page_opens_within_two_seconds(visit: Visit, address: str) -> None:
    took = []
    for _ in range(3):  # The best of three: other programs may be busy.
        visit.page.goto("about:blank")
        started = time.monotonic()
        visit.page.goto(address)
        visit.page.locator(".examples, .welcome").first.wait_for()
        took.append(time.monotonic() - started)
    assert min(took) < 2, took


def _matrix_and_comparison(desk: Visit) -> Iterator[Locator]:
    """Shows the two rooms in turn, with a cell that is open and everything that is compared."""
    shown = desk.show_matrix("compensation")
    shown.locator("summary").first.click()
    yield shown
    desk.page.get_by_role("tab", name="Compare").click()
    desk.page.get_by_label("Also what is no demand").check()
    yield desk.compare(DIGEST.format("Albania"), DIGEST.format("Serbia"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_text_has_contrast_and_nothing_overflows(desk: Visit, scheme: Any, width: int) -> None:
    desk.page.emulate_media(color_scheme=scheme)
    desk.page.set_viewport_size({"width": width, "height": 800})
    desk.ask("What is asked of Montenegro and of Iceland on greenhouses and victims?")
    desk.page.get_by_role("button", name="In context").first.click()
    desk.page.locator("mark").first.wait_for()
    rooms = [desk.page.evaluate(_FAINT_TEXT), desk.page.evaluate(_CUT_OFF)]
    desk.ask("How is apple strudel baked?")
    rooms.append(desk.page.evaluate(_FAINT_TEXT))
    desk.open_library()
    rooms += [desk.page.evaluate(_FAINT_TEXT), desk.page.evaluate(_CUT_OFF)]
    for _ in _matrix_and_comparison(desk):
        rooms += [desk.page.evaluate(_FAINT_TEXT), desk.page.evaluate(_CUT_OFF)]
    assert rooms == [[]] * 9


# A table of two dimensions may be wider than the screen where it can be scrolled by itself (WCAG 2.2, 1.4.10).
_CUT_OFF = """() => [...document.querySelectorAll('.gradio-container *')]
    .filter(element => element.checkVisibility())
    .filter(element => !element.closest('.unseen, .sr-only, .visually-hidden, .wide[tabindex] *'))
    .filter(element => element.getBoundingClientRect().right > innerWidth || element.getBoundingClientRect().left < 0)
    .map(element => `${element.tagName} ${element.className} ${element.textContent.slice(0, 40)}`)"""


# Source of formula and thresholds: WCAG 2.2, 1.4.3 (4.5, and 3 for text from 24 px, or from 18.66 px in bold).
_FAINT_TEXT = """() => {
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = colour => numbers(colour).slice(0, 3).map(c => c / 255)
        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
    const ground = element => {
        for (let at = element; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            const alpha = numbers(colour)[3] ?? 1;
            if (alpha > 0.99) return colour;
        }
        return getComputedStyle(document.body).backgroundColor;
    };
    const faint = [];
    for (const element of document.querySelectorAll('.gradio-container *')) {
        const own = [...element.childNodes].filter(node => node.nodeType === 3 && node.textContent.trim());
        if (!own.length || !element.checkVisibility({ visibilityProperty: true })) continue;
        if (element.closest('.unseen, .sr-only, svg, [aria-hidden=true]')) continue;
        const style = getComputedStyle(element);
        const [a, b] = [light(style.color), light(ground(element))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        if (ratio < (large ? 3 : 4.5)) faint.push(`${element.className}: ${own[0].textContent.trim()} ${ratio}`);
    }
    return faint;
}"""


def test_a_port_that_is_taken_is_told_with_the_remedy(answerer: Answerer, taken_port: int) -> None:
    with pytest.raises(UsageError, match=rf"{taken_port}.*--port {taken_port + 1}"):
        ui.serve(answerer, host="127.0.0.1", port=taken_port)


# --- what stands under a quote ----------------------------------------------------------------------------------------


def _quote(*, publisher: str, number: str | None, statement: Statement) -> Quote:
    identity = Identity(publisher=publisher, official_number=number, title="Specimen", year=2029)
    passage = Passage(0, 60, "paragraph", "body", ("Heading",), (), "41", (), "", True, (statement,))
    text = "Boats are checked. Crews are told of their rights on shore. ."
    document = Document("0" * 12, identity, text, (passage,), (), (PageRun(0, 8), PageRun(30, 9)), (), "pdf", 1)
    return Quote(document, passage, 0, (statement,), ())


def test_the_label_under_a_quote_tells_who_speaks_through_whom() -> None:
    own = Statement(0, 18, ("GRETA",), "own", None, "urges", ())
    quote = _quote(publisher="GRETA", number="GRETA(2029)07", statement=own)
    assert said_by(quote) == "GRETA"
    assert copied_text(quote) == "“Boats are checked.” (GRETA(2029)07, para. 41, p. 8)"
    assert '<span class="badge grade" title="How strongly GRETA puts it">urges</span>' in quote_html("0-0", quote)
    assert '<span class="badge">own words</span>' in quote_html("0-0", quote)

    both = replace(own, speakers=("EC", "GRETA"), voice="reported", reported_by="ICMPD", grade=None)
    quote = _quote(publisher="ICMPD", number=None, statement=both)
    assert said_by(quote) == "EC and GRETA, as reported by ICMPD"
    assert '<span class="badge">reported</span>' in quote_html("0-0", quote)
    assert "badge grade" not in quote_html("0-0", quote)

    quote = _quote(publisher="EC", number="SWD(2029) 15 final", statement=replace(own, speakers=("EC",), grade=None))
    assert copied_text(quote) == "“Boats are checked.” (EC; SWD(2029) 15 final, para. 41, p. 8)"


def test_the_level_of_the_ecs_scale_is_told_with_its_area_and_what_it_does_not_rate() -> None:
    text = "Iceland has some level of preparation. Crews are told of their rights."
    said = Statement(0, 38, ("EC",), "own", None, None, ("IS",))
    other = Statement(39, len(text), ("EC",), "own", None, None, ("IS",))
    section = ("Chapter 24: Justice, freedom and security", "Fight against organised crime")
    passage = Passage(0, len(text), "paragraph", "body", section, (), None, (), "", True, (said, other))
    identity = Identity(publisher="EC", title="Iceland 2029 Report", year=2029, kind="country report")
    document = Document("0" * 12, identity, text, (passage,), (), (), (), "html", 1)
    html = quote_html("0-0", Quote(document, passage, 0, (said,), ("IS",)))
    assert "The EC's scale on “Fight against organised crime”, Chapter 24: state of play: <b>some level of" in html
    assert "not trafficking itself" in html
    assert "scale" not in quote_html("0-0", Quote(document, passage, 0, (other,), ("IS",)))


def test_further_hits_elsewhere_are_one_click_away() -> None:
    answer = Answer("legal aid", Scope(), "silent", "Nothing.", n_further=3)
    html = further_html(answer, Asked("legal aid", Scope(countries=("RS",))))
    assert 'data-go="q=legal+aid&amp;country=RS&amp;anywhere=1">3 further hits elsewhere' in html
    assert further_html(answer, Asked("legal aid", Scope(anywhere=True))) == ""


def test_the_coverage_tells_loaded_known_and_unknown_reports(answerer: Answerer) -> None:
    loaded = Identity(publisher="GRETA", official_number="GRETA(2017)37", countries=("RS",), year=2017, round=2)
    tables = coverage(answerer.catalogue, [loaded], countries=["RS"], sources=["GRETA"])
    html = coverage_html(tables)
    assert 'class="loaded" title="loaded: GRETA(2017)37"' in html
    assert 'class="known" title="known, not loaded: ' in html
    assert "GRETA: 1 loaded" in html


def test_a_government_is_named_with_its_country() -> None:
    said = Statement(0, 18, ("Government",), "own", None, None, ("RS",))
    assert said_by(_quote(publisher="GRETA", number=None, statement=said)) == "Government of Serbia"
    assert said_by(_quote(publisher="GRETA", number=None, statement=replace(said, countries=()))) == "Government"


def test_the_places_that_repeat_a_quote_are_told() -> None:
    own = _quote(publisher="GRETA", number=None, statement=Statement(0, 18, ("GRETA",), "own", None, None, ()))
    repeated = replace(own, copies=(Place(None, ("52",), ("Appendix", "List of recommendations")),))
    assert "Repeated in “List of recommendations”, p. 52" in quote_html("0-0", repeated)
    assert "Repeated" not in quote_html("0-0", own)


def test_the_context_tells_where_a_page_turns_inside_a_passage() -> None:
    quote = _quote(publisher="GRETA", number=None, statement=Statement(19, 59, ("GRETA",), "own", None, None, ()))
    html = context_html(quote.document, 0, quote.start, quote.end)
    assert '<p class="page">p. 8</p><p class="passage paragraph"><b>41</b> Boats' in html
    assert '<mark>Crews are t<span class="turn">p. 9</span> old of their rights on shore.</mark>' in html
