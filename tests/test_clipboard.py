"""What goes to the clipboard says what the exports say, formatted and plain."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingest import read_document
from qa.collecting.finding import quote_at
from qa.exports import Briefing, Heading, Note, copied
from qa.quotes import Quote


def quoted(file: Path, words: str) -> Quote:
    document = read_document(file, file.read_bytes())
    statements = (one for passage in document.passages for one in passage.statements)
    statement = next(one for one in statements if words in document.text[one.start : one.end])
    quote = quote_at(document, statement.start, statement.end)
    assert quote is not None
    return quote


@pytest.fixture(scope="module")
def urged(reports: Path) -> Quote:
    return quoted(reports / "greta-serbia.md", "GRETA urges")


def test_own_and_reported_words_keep_their_voice_and_the_reference_is_unchecked(reports: Path, urged: Quote) -> None:
    both = copied(Briefing("B", (Heading("Serbia"), urged, quoted(reports / "paper.md", "residence permit"))))
    for form in (both.html, both.text):
        assert "criminal trial.” (GRETA, urges, 2016, para. 2)" in form
        assert "(GRETA, as reported by ICMPD, 2019)" in form
        assert "[reference given by ICMPD, not checked: European Commission, Albania 2018 Report" in form
        assert "From “Report by GRETA on the Republic of Serbia" in form
    assert both.text.startswith("Serbia\n\n“GRETA urges")
    assert "<h1>Serbia</h1><blockquote><p>“GRETA urges" in both.html


def test_a_digest_never_stands_in_quotation_marks(reports: Path) -> None:
    both = copied(Briefing("", (quoted(reports / "digest.md", "interpreters"),)), credit=False)
    for form in (both.html, both.text):
        assert "“Albania should" not in form
        assert "as restated in a digest by Pincite" in form


def test_footnotes_are_those_of_word_and_their_numbers_agree(reports: Path, urged: Quote) -> None:
    shelters = quoted(reports / "paper.md", "Shelters to be open")
    both = copied(Briefing("B", (Note("On Kosovo* first."), urged, shelters)))
    for number in (1, 2, 3):
        assert both.html.count(f'style="mso-footnote-id:ftn{number}"') == 2
        assert both.html.count(f'id="ftn{number}"') == 1
        assert f"\n\n[{number}] " in both.text
    assert both.text.count("United Nations Security Council Resolution 1244") == 1
    assert "On Kosovo* [1] first." in both.text


def test_markup_in_a_document_stays_text(urged: Quote) -> None:
    title = '<img src=x onerror=alert(1)> & "more"'
    identity = replace(urged.document.identity, title=title)
    both = copied(
        Briefing("B", (Note("<script>1</script>"), replace(urged, document=replace(urged.document, identity=identity))))
    )
    assert "<img" not in both.html
    assert "<script" not in both.html
    assert title in both.text


def test_a_single_quote_goes_without_the_credit_line_and_country_notes_have_their_list(urged: Quote) -> None:
    alone = copied(Briefing("", (urged,)), credit=False)
    assert "©" not in alone.text
    notes = copied(Briefing("B", (urged,)), form="country-notes")
    assert "Areas of improvement include:\n\n• “GRETA urges" in notes.text
    assert "<ul><li><p>“GRETA urges" in notes.html
