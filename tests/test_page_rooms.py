"""The rooms of the page together: what they share, how they look, how fast they are, and that nothing leaves them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import ui
from ingest.errors import UsageError
from page.answer_html import answer_html
from page.asked import Asked
from page.gaps_html import gaps_html
from page.library_html import details_html, documents_html
from page.matrix_html import matrix_scope
from page.silence_html import silence_html
from qa.question.scope import Scope

if TYPE_CHECKING:
    from conftest import Visit
    from playwright.sync_api import Locator

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


def test_an_answer_on_kosovo_bears_its_footnote_once_and_no_other_does(answerer: Answerer) -> None:
    for question, n_notes in (("What is said about Kosovo?", 1), ("tulip greenhouses in Iceland", 0)):
        answer = answerer.ask(question)
        assert answer.answered
        html = answer_html(answer, answerer.holdings(), Asked(question))
        assert html.count("This designation is without prejudice to positions on status") == n_notes


def test_a_link_opens_the_check_and_the_library_and_the_browsers_buttons_go_between_the_rooms(
    visit: Visit, address: str
) -> None:
    page = visit.page
    visit.ask("tulip greenhouses in Iceland")
    page.get_by_role("tab", name="Check").click()
    assert page.url == f"{address}?room=check"
    page.get_by_role("tab", name="Library").click()
    assert page.url == f"{address}?room=library"
    page.go_back()
    page.get_by_label("Or paste its text").wait_for()
    page.go_back()
    page.locator("article.quote").first.wait_for()
    for room, name in (("check", "Check"), ("library", "Library")):
        page.goto(f"{address}?room={room}")
        page.locator(f'[role="tab"][aria-selected="true"]:text-is("{name}")').wait_for()
        assert page.url == f"{address}?room={room}"


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


def test_a_busy_port_and_a_foreign_address_are_told_in_our_words(answerer: Answerer, taken_port: int) -> None:
    with pytest.raises(UsageError, match=rf"^Port {taken_port} is in use, .* --port {taken_port + 1}\.$"):
        ui.serve(answerer, host="127.0.0.1", port=taken_port)
    assert "no address of this computer" in ui._why_not_served("203.0.113.7", taken_port)


# --- every room, in use -----------------------------------------------------------------------------------------------

DIGEST = "Digest of the ICMPD non-paper: {}"
DRAFT = """The paper asks for “Tulip greenhouses to be inspected at noon, without notice” (ICMPD, Harbour Watch, 2029).

GRETA found that “the lighthouse keepers slept on the rocks” (GRETA(2017)37, para. 161)."""


def rooms_in_use(visit: Visit) -> Iterator[tuple[str, Locator]]:
    """Each room in turn, with something in it that was asked for and opened."""
    page = visit.page
    shown = visit.ask("What is asked of Montenegro and of Iceland on greenhouses and victims?")
    shown.get_by_role("button", name="In context").first.click()
    shown.locator("mark").first.wait_for()
    shown.get_by_text("Cite", exact=True).first.click()
    page.get_by_text("Earlier questions").click()
    yield "answer", page.locator("#ask-room")
    page.get_by_text("Earlier questions").click()
    visit.ask("How is apple strudel baked?")
    yield "silence", page.locator("#ask-room")
    room = visit.show_matrix("compensation")
    room.get_by_label("Add a country").select_option(label="Serbia")
    room.get_by_role("button", name="Remove the country Serbia").wait_for()
    page.wait_for_function("document.querySelectorAll('#matrix tbody tr').length === 1")
    room.locator("summary").first.click()
    yield "matrix", page.locator("#matrix-room")
    page.get_by_role("tab", name="Compare").click()
    page.get_by_label("Also what is no demand").check()
    visit.compare(DIGEST.format("Albania"), DIGEST.format("Serbia"))
    yield "comparison", page.locator("#compare-room")
    page.locator("#compare [data-add-quote]").first.click()
    page.get_by_role("button", name="Open it").click()
    room = page.locator("#briefing")
    room.get_by_role("button", name="Add a note", exact=True).click()
    room.locator("textarea:focus").fill("Ask the harbour masters.")
    room.get_by_role("button", name="Take the quote out").last.click()
    room.get_by_text("Taken out (").click()
    yield "briefing", page.locator("#briefing-room")
    page.get_by_role("tab", name="Check").click()
    room = page.locator("#check")
    room.get_by_label("Or paste its text").fill(DRAFT)
    room.get_by_role("button", name="Check", exact=True).click()
    room.get_by_role("table").wait_for()
    yield "check", page.locator("#check-room")
    visit.open_library()
    visit.open_details("Harbour Watch")
    page.locator("#coverage summary").first.click()
    yield "library", page.locator("#library-room")


def test_axe_finds_nothing_serious_and_no_room_scrolls_sideways(visit: Visit) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = visit.page
    page.add_style_tag(
        content="* { transition: none !important; }"
    )  # Colours on their way from dark to light are faint.
    found = {}
    for name, _ in rooms_in_use(visit):
        for width in (375, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.scrollingElement.scrollWidth") <= width, (name, width)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.evaluate("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
                found[name, width, scheme] = _serious(axe.Axe().run(page))
    assert {where: faults for where, faults in found.items() if faults} == {}
    assert len(found) == 28


def _serious(results: Any) -> list[tuple[str, str]]:
    violations = results.response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in violations if one["impact"] in {"serious", "critical"}]


# Of what the keyboard stands on: which it is, and whether that is to be seen. A list under a label, an unseen input for
# files and a tab's panel show it on what stands around them.
_FOCUSED = """() => {
    const at = document.activeElement;
    if (at === document.body) return null;
    const seen = element => {
        const style = getComputedStyle(element);
        return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    };
    const marked = [at, at.closest('.adder, .change, .drop, .file, .wrap, label')].filter(Boolean).some(seen);
    at.dataset.reached = '';
    return { marked, is: `${at.tagName} ${at.id} ${at.className} ${at.textContent.slice(0, 40)}` };
}"""
_NOT_REACHED = """room => [...room.querySelectorAll('button, input, select, textarea, summary, [tabindex="0"]')]
    .filter(element => element.checkVisibility() && !element.disabled && element.tabIndex >= 0)
    .filter(element => !element.closest('[aria-hidden=true]') && !('reached' in element.dataset))
    .filter(element => element.type !== 'hidden')
    .map(element => `${element.tagName} ${element.id} ${element.className} ${element.textContent.slice(0, 40)}`)"""


def test_everything_is_reached_by_the_keyboard_and_seen_where_it_stands(visit: Visit) -> None:
    page = visit.page
    lost, unseen = {}, {}
    for name, room in rooms_in_use(visit):
        page.evaluate("document.activeElement.blur(); document.querySelectorAll('[data-reached]')"
                      ".forEach(element => delete element.dataset.reached)")  # fmt: skip
        page.locator('[role="tab"][aria-selected="true"]').focus()
        for _ in range(200):
            page.keyboard.press("Tab")
            at = page.evaluate(_FOCUSED)
            if at is None:
                break
            if not at["marked"]:
                unseen[name, at["is"]] = at
        missed = room.evaluate(_NOT_REACHED)
        if missed:
            lost[name] = missed
    assert lost == {}
    assert list(unseen) == []


def test_an_answer_appears_within_150_ms_of_the_time_that_answering_takes(desk: Visit, answerer: Answerer) -> None:
    desk.ask("shelters in Serbia")
    desk.page.evaluate(
        """() => {
            const number = () => document.querySelector('#answer section[data-number]')?.dataset.number;
            addEventListener('keydown', () => {
                window.took = null;
                const [pressed, before] = [performance.now(), number()];
                const look = () => {
                    if (number() && number() !== before) window.took = performance.now() - pressed;
                    else requestAnimationFrame(look);
                };
                look();
            }, true);
        }"""
    )
    more = []
    for question in ("compensation in Albania", "training of labour inspectors", "Montenegro and child begging"):
        started = time.perf_counter()
        answerer.ask(question)
        alone_ms = (time.perf_counter() - started) * 1000
        desk.ask(question)
        desk.page.wait_for_function("window.took")
        more.append(desk.page.evaluate("window.took") - alone_ms)
    assert min(more) < 150, more  # The best of three: other programs may be busy.
