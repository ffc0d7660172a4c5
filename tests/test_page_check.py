"""The check of a draft on the page, used as a person uses it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import pytest

from ingest.document import PageRun
from page.check import DraftChecks, check_html
from qa.checking.check import Checker
from qa.checking.drafts import MAX_DRAFT_BYTES, draft_of

if TYPE_CHECKING:
    from conftest import Visit
    from playwright.sync_api import Locator

    from qa.answer import Answerer

# Gradio's own book-keeping asks pandas for an option that pandas no longer wants to be asked for.
pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated")

CITED = "(ICMPD, Harbour Watch, 2029)"
DRAFT = f"""The paper asks for “Ferry crews to learn how exploitation at sea is recognised” {CITED}.

It also asks for “Tulip greenhouses to be inspected at noon, without notice” {CITED}.

EC: “Tulip greenhouses to be inspected at night, without notice” {CITED}.

GRETA found that “the lighthouse keepers slept on the rocks <script>alert(1)</script>” {CITED}.

See GRETA(2017)37, para. 161.
"""
VERDICTS = ["Verbatim", "Altered", "Wrong speaker", "Not found", "Not loaded"]


def open_room(visit: Visit) -> Locator:
    visit.page.get_by_role("tab", name="Check").click()
    return visit.page.locator("#check")


def check_text(visit: Visit, text: str) -> Locator:
    room = open_room(visit)
    if room.get_by_role("button", name="Another").is_visible():
        room.get_by_role("button", name="Another").click()
    room.get_by_label("Or paste its text").fill(text)
    room.get_by_role("button", name="Check", exact=True).click()
    room.get_by_role("heading", name="Your text").wait_for()
    return room


def check_file(visit: Visit, file: Path) -> Locator:
    room = open_room(visit)
    room.locator("input[type=file]").set_input_files(str(file))
    room.get_by_role("button", name="Check", exact=True).click()
    return room


def test_each_quotation_and_citation_has_its_verdict_in_words_with_what_the_library_has(visit: Visit) -> None:
    room = check_text(visit, DRAFT)
    rows = room.locator("tbody tr")
    assert rows.locator("th").all_inner_texts() == VERDICTS
    altered = rows.nth(1)
    assert altered.locator("del").inner_text().strip() == "noon"
    assert altered.locator("ins").inner_text().strip() == "night"
    assert "GRETA, as reported by ICMPD" in altered.inner_text()
    assert "GRETA, as reported by ICMPD" in rows.nth(2).inner_text()
    assert CITED.strip("()") in rows.nth(0).inner_text()
    assert room.get_by_role("list", name="Verdicts").get_by_role("listitem").all_inner_texts() == [
        f"1 {verdict.lower()}" for verdict in VERDICTS
    ]


def test_only_what_needs_work_is_left_and_keys_go_from_row_to_row(visit: Visit) -> None:
    room = check_text(visit, DRAFT)
    page = visit.page
    page.keyboard.press("f")
    assert room.get_by_label("Only the 4 that need work").is_checked()
    shown = room.locator("tbody tr").filter(visible=True)
    assert shown.locator("th").all_inner_texts() == VERDICTS[1:]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.querySelector('th').textContent") == "Wrong speaker"
    page.keyboard.press("c")
    room.get_by_text("Copied", exact=True).wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "ICMPD (2029), Harbour Watch: A Specimen Written for Tests"


def test_a_word_draft_is_saved_as_a_copy_with_comments_and_the_report_as_json(
    visit: Visit, tmp_path: Path, pincite: Callable[..., Any], answerer: Answerer
) -> None:
    file = tmp_path / "For the minister.docx"
    document = docx.Document()
    for paragraph in DRAFT.split("\n\n"):
        document.add_paragraph(paragraph)
    document.save(str(file))
    room = check_file(visit, file)
    room.get_by_role("heading", name="For the minister").wait_for()
    with visit.page.expect_download() as saved:
        room.get_by_role("button", name="Word, with comments").click()
    assert saved.value.suggested_filename == "For the minister, checked.docx"
    comments = [comment.text for comment in docx.Document(str(saved.value.path())).comments]
    assert {comment.partition(".")[0] for comment in comments} == set(VERDICTS)
    with visit.page.expect_download() as saved:
        room.get_by_role("button", name="JSON").click()
    report = json.loads(saved.value.path().read_text(encoding="utf-8"))
    told = pincite("check", file, "--json", library=answerer.library.folder).json
    assert report["citations"] == told["citations"]


def test_what_was_pasted_or_chosen_stays_when_the_check_fails(visit: Visit, tmp_path: Path) -> None:
    room = open_room(visit)
    text = room.get_by_label("Or paste its text")
    room.get_by_role("button", name="Check", exact=True).click()
    room.get_by_text("Choose a draft, or paste its text.").wait_for()
    text.fill(DRAFT)
    broken = tmp_path / "broken.docx"
    broken.write_bytes(b"no zip")
    check_file(visit, broken)
    room.get_by_text("broken.docx is no Word document").wait_for()
    assert room.get_by_text("broken.docx", exact=True).is_visible()
    room.get_by_role("button", name="Another").click()
    assert text.input_value() == DRAFT
    visit.page.route("**/component_server/", lambda route: route.abort())
    room.get_by_role("button", name="Check", exact=True).click()
    room.get_by_text("It is still here").wait_for()
    assert text.input_value() == DRAFT
    visit.page.unroute("**/component_server/")
    visit.faults = [fault for fault in visit.faults if "request to" in fault]


def test_a_draft_that_is_dropped_anywhere_on_the_page_is_chosen(visit: Visit) -> None:
    room = open_room(visit)
    dropped = visit.page.evaluate_handle(
        """() => { const held = new DataTransfer(); held.items.add(new File(['“a”'], 'dropped.md')); return held; }"""
    )
    visit.page.locator("#masthead").dispatch_event("drop", {"dataTransfer": dropped})
    assert room.get_by_text("dropped.md").is_visible()
    room.get_by_role("button", name="Check", exact=True).click()
    room.get_by_text("There is no quotation and no citation in it.").wait_for()


def test_a_draft_in_a_foreign_form_or_too_large_is_refused_with_what_to_do(visit: Visit, tmp_path: Path) -> None:
    for name, content, said in (
        ("scan.pdf", b"%PDF-1.4", "Save it as DOCX"),
        ("large.txt", b"a" * (MAX_DRAFT_BYTES + 1), "larger than 20 MB"),
        ("long.txt", b"words " * 500_000, "check it in parts"),
    ):
        (tmp_path / name).write_bytes(content)
        room = check_file(visit, tmp_path / name)
        room.locator(".state.fault").get_by_text(re.compile(said, re.IGNORECASE)).wait_for()
        room.get_by_role("button", name="Another").click()


def test_no_trace_of_a_draft_is_left_in_the_library_or_in_temporary_folders(
    answerer: Answerer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = {path: path.stat().st_mtime_ns for path in answerer.library.folder.rglob("*") if path.suffix != ".db-shm"}
    checks = DraftChecks(answerer)
    assert "html" in checks.check({"text": DRAFT, "ticket": "1"})
    assert checks.copy({"text": DRAFT})["name"] == "Pasted text, checked.docx"
    assert list(tmp_path.iterdir()) == []
    after = {path: path.stat().st_mtime_ns for path in answerer.library.folder.rglob("*") if path.suffix != ".db-shm"}
    assert before == after
    assert checks.progress("1") is None


def test_progress_is_told_while_a_check_goes_on(answerer: Answerer) -> None:
    checker = Checker(answerer.holdings().searcher, answerer.catalogue)
    told: list[tuple[int, int]] = []
    checker.check(draft_of("draft.txt", DRAFT.encode()), on_progress=lambda done, of: told.append((done, of)))
    assert told == [(number, 5) for number in range(5)]


def test_what_stands_in_a_draft_is_shown_as_it_is_written(answerer: Answerer) -> None:
    draft = draft_of("<b>draft</b>.txt", DRAFT.encode())
    html = check_html(draft, Checker(answerer.holdings().searcher, answerer.catalogue).check(draft))
    assert "<script" not in html
    assert "<b>draft" not in html
    assert "&lt;script&gt;" in html


def test_the_page_of_what_was_found_opens_where_its_document_has_pages(answerer: Answerer) -> None:
    draft = draft_of("draft.txt", DRAFT.encode())
    results = Checker(answerer.holdings().searcher, answerer.catalogue).check(draft)
    assert "data-picture" not in check_html(draft, results)
    found = results[0].found
    assert found is not None
    printed = replace(found, document=replace(found.document, page_runs=(PageRun(0, 1),)))
    html = check_html(draft, (replace(results[0], found=printed),))
    assert f'data-picture="{found.document.document_id}:{found.start}:{found.end}"' in html
