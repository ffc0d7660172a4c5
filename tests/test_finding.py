"""Collected quotes are found again by their words, or it is said that they cannot be; no file of others is trusted."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.briefings import Briefings, Content
from index.library import Library
from index.search import Searcher
from ingest import read_document
from ingest.document import Document, PageRun
from ingest.errors import UsageError
from qa.collecting.briefings import OpenBriefing, content_of, open_briefing, quote_of_place
from qa.collecting.excerpts import Excerpt, excerpt_from, excerpt_json, excerpt_of
from qa.collecting.finding import find_again, quote_at
from qa.collecting.handover import hand_over, open_handed, report_on
from qa.evidence.holdings import Holdings
from qa.exports import FORMATS, Briefing, Heading, Note, export, without_digests
from qa.quotes import Quote

SHA256 = "{}" + "0" * 52


def read(file: Path) -> Document:
    return read_document(file, file.read_bytes())


@pytest.fixture(scope="module")
def greta(reports: Path) -> Document:
    """GRETA's invented report, as if its second half stood on page 2."""
    document = read(reports / "greta-serbia.md")
    second = document.text.index("3. Mobile") if "3. Mobile" in document.text else document.text.index("Mobile teams")
    return replace(document, page_runs=(PageRun(0, 1), PageRun(second, 2)), page_labels=("1", "2"), reader="pdf")


def quoted(document: Document, words: str) -> Quote:
    """The quote of the one statement of a document that holds these words."""
    start = next(
        statement
        for passage in document.passages
        for statement in passage.statements
        if words in document.text[statement.start : statement.end]
    )
    quote = quote_at(document, start.start, start.end)
    assert quote is not None
    return quote


def kept(quote: Quote) -> Excerpt:
    """What is kept of a quote, written and read."""
    return excerpt_from(excerpt_json(excerpt_of(quote, SHA256.format)))


def edited(before: str, after: str, tmp_path: Path) -> Document:
    """The invented report with other words, read again."""
    file = tmp_path / "edited.md"
    source = Path(__file__).parent / "data" / "reports" / "greta-serbia.md"
    text = source.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")
    return read(file)


# --- what is kept -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["paper.md", "greta-serbia.md", "digest.md", "ec-serbia-decoys.md"])
def test_a_kept_quote_says_and_cites_what_it_did_in_its_document(reports: Path, name: str) -> None:
    document = read(reports / name)
    for passage in document.passages:
        for statement in passage.statements:
            quote = quote_at(document, statement.start, statement.end)
            assert quote is not None
            again = kept(quote).quote
            assert again.text == quote.text
            assert again.cited == quote.cited
            assert again.footnotes == quote.footnotes
            assert (again.lead_in, again.pages, again.page_labels) == (quote.lead_in, quote.pages, quote.page_labels)


def test_a_kept_quote_exports_the_same_without_its_document(reports: Path, greta: Document) -> None:
    paper = read(reports / "paper.md")
    quotes = [quoted(greta, "GRETA urges"), quoted(paper, "residence permit"), quoted(paper, "Shelters to be open")]
    quotes[0] = replace(quotes[0], repeats=(quoted(greta, "GRETA regrets"),))
    for to in FORMATS:
        if to not in {"docx", "xlsx"}:  # Archives, which hold the time.
            again = tuple(kept(quote).quote for quote in quotes)
            assert export(Briefing("B", again), to) == export(Briefing("B", tuple(quotes)), to)


def test_an_ibid_means_what_it_meant_in_the_whole_document(tmp_path: Path) -> None:
    file = tmp_path / "paper.md"
    file.write_text(
        "---\npublisher: ICMPD\ntitle: Boats at Noon: a specimen\nyear: 2019\n---\n\n# Boats at Noon: a specimen\n\n"
        "## Serbia\n\nGRETA noted that ferries are searched.[^1] GRETA noted that barges are not.[^2]\n\n"
        "[^1]: GRETA, Report on Serbia, GRETA(2016)41, p. 17.\n[^2]: Ibid., p. 18.\n",
        encoding="utf-8",
    )
    quote = quoted(read(file), "barges are not")
    assert "GRETA(2016)41, p. 18" in quote.cited.references[0]
    assert kept(quote).quote.cited == quote.cited


# --- finding again ----------------------------------------------------------------------------------------------------


def test_a_quote_is_found_where_it_was_collected(greta: Document) -> None:
    quote = quoted(greta, "GRETA urges")
    found = find_again(kept(quote), [greta])
    assert (found.state, found.remark) == ("same", "")
    assert found.quote == quote


def test_the_same_words_in_another_edition_stay_with_a_quote_that_is_found(greta: Document, reports: Path) -> None:
    earlier = quoted(read(reports / "greta-serbia-third-round.md"), "GRETA")
    quote = replace(quoted(greta, "GRETA urges"), repeats=(earlier,))
    (repeated,) = find_again(kept(quote), [greta]).quote.repeats
    assert repeated.citation == earlier.citation


def test_after_a_reading_that_shifts_the_text_a_quote_has_its_new_place(greta: Document, tmp_path: Path) -> None:
    quote = quoted(greta, "Men find no place")
    later = edited("## Assistance", "4a. A new paragraph.\n\n## Assistance", tmp_path)
    later = replace(
        later, document_id=greta.document_id, page_runs=(PageRun(0, 1), PageRun(60, 7)), page_labels=tuple("1234567")
    )
    found = find_again(kept(quote), [later])
    assert (found.state, found.verified) == ("found", True)
    assert found.quote.text == quote.text
    assert found.quote.start != quote.start
    assert found.remark == f"Found again at {found.quote.citation}; collected at {quote.citation}."
    assert "p. 7" in found.quote.citation


def test_typesetting_alone_changes_no_words(greta: Document, tmp_path: Path) -> None:
    later = edited("part of every criminal trial.", "part of every\u00a0crimi\u00adnal trial.", tmp_path)
    found = find_again(kept(quoted(greta, "GRETA urges")), [replace(later, document_id=greta.document_id)])
    assert found.verified
    assert found.quote.text.endswith("trial.")


def test_words_that_stand_in_several_places_are_taken_from_the_same_paragraph(tmp_path: Path) -> None:
    again = "no place in it.\n\n6. Mobile teams looked for victims at 14 border crossings."
    document = edited("no place in it.", again, tmp_path)
    quote = quoted(document, "14 border crossings")
    assert quote.citation == "GRETA(2016)41, para. 3"
    last = document.text.rindex("Mobile teams")
    later = quote_at(document, last, last + len(quote.text))
    assert later is not None
    found = find_again(replace(kept(later), start=0, end=len(quote.text)), [document])
    assert found.quote.citation == "GRETA(2016)41, para. 6"


def test_another_form_without_pages_leaves_the_pincite_as_collected(greta: Document, reports: Path) -> None:
    markdown = replace(read(reports / "greta-serbia.md"), document_id="0123456789ab")
    quote = quoted(greta, "37 victims in 2015")
    found = find_again(kept(quote), [markdown])
    assert found.verified
    assert found.quote.citation == quote.citation == "GRETA(2016)41, para. 3, p. 2"
    assert "another form" in found.remark
    assert found.here is not None
    assert found.here.document is markdown


def test_a_quote_whose_document_is_not_loaded_is_shown_as_kept(greta: Document, reports: Path) -> None:
    quote = quoted(greta, "GRETA urges")
    found = find_again(kept(quote), [read(reports / "paper.md")])
    assert (found.state, found.verified) == ("not_loaded", False)
    assert "not loaded here" in found.remark
    assert (found.quote.text, found.quote.cited) == (quote.text, quote.cited)


@pytest.mark.parametrize(
    ("after", "state", "told"),
    [
        ("recommends the Serbian authorities to make compensation part of every trial", "altered", "other words"),
        ("is silent", "gone", "not in it any more"),
    ],
)
def test_words_that_changed_are_not_shown_as_verified(
    greta: Document, tmp_path: Path, after: str, state: str, told: str
) -> None:
    before = "urges the Serbian authorities to make compensation part of every criminal trial"
    later = replace(edited(before, after, tmp_path), document_id=greta.document_id)
    quote = quoted(greta, "GRETA urges")
    found = find_again(kept(quote), [later])
    assert (found.state, found.verified) == (state, False)
    assert told in found.remark
    assert found.quote.text == quote.text


def test_other_speakers_in_todays_reading_are_taken_over_and_told(greta: Document) -> None:
    quote = quoted(greta, "GRETA urges")
    other = replace(quote.statements[0], speakers=("Government",), grade=None)
    excerpt = kept(quote)
    shifted = replace(other, start=excerpt.statements[0].start, end=excerpt.statements[0].end)
    passage = replace(excerpt.document.passages[0], statements=(shifted,))
    claimed = replace(excerpt, statements=(shifted,), document=replace(excerpt.document, passages=(passage,)))
    found = find_again(claimed, [greta])
    assert (found.quote.speakers, found.quote.grade) == (("GRETA",), "urges")
    assert found.remark == "The library now reads it as said by GRETA (urges); when it was collected, by Government."


def test_words_of_two_speakers_are_nobodys_quote(reports: Path) -> None:
    paper = read(reports / "paper.md")
    ferries = quoted(paper, "Labour inspectors to visit")
    hotline = quoted(paper, "hotline numbers")
    assert ferries.speakers != hotline.speakers
    assert quote_at(paper, ferries.start, hotline.end) is None
    together = replace(kept(ferries), start=ferries.start, end=hotline.end)
    document = together.document
    span = replace(together.statements[0], end=together.statements[0].start + hotline.end - ferries.start)
    passage = replace(document.passages[0], statements=(span,))
    claimed = replace(together, statements=(span,), document=replace(document, passages=(passage,)))
    found = find_again(claimed, [paper])
    assert found.state == "altered"
    assert "now read as said by EC; GRETA" in found.remark


# --- briefings in libraries -------------------------------------------------------------------------------------------


@pytest.fixture
def library(invented_library: Path, tmp_path: Path) -> Library:
    """A copy of the invented library, to be changed."""
    return Library.open(Path(shutil.copytree(invented_library, tmp_path / "library")))


def opened(library: Library, name: str) -> OpenBriefing:
    return open_briefing(Briefings(library), name, Searcher(library, None).documents)


def collect(library: Library, name: str) -> Briefings:
    """A briefing of a heading, a note and three quotes."""
    holdings = Holdings(Searcher(library, None))
    briefings = Briefings(library)
    quotes = []
    for words in ("GRETA urges", "residence permit", "Shelters to be open"):
        (document,) = [one for one in holdings.documents if words in one.text]
        quote = quoted(document, words)
        quotes.append(quote_of_place(f"{document.document_id}:{quote.start}:{quote.end}", holdings))
    items = [Heading("Serbia <b>", 2), Note("Mine & more"), *quotes]
    briefings.create(name, [content_of(item, library) for item in items])
    return briefings


def test_removing_a_document_leaves_its_quotes_and_says_so(library: Library) -> None:
    briefings = collect(library, "B")
    whole = opened(library, "B")
    assert [found.state for found in whole.found] == ["same"] * 3
    assert whole.remarks == ()
    before = [quote.cited for quote in whole.briefing.quotes]
    for stored in library.documents():
        library.remove(stored.document_id)
    alone = opened(library, "B")
    assert [found.state for found in alone.found] == ["not_loaded"] * 3
    assert [quote.cited for quote in alone.briefing.quotes] == before
    assert len(alone.remarks) == 3
    assert len(briefings.items("B")) == 5


@pytest.mark.parametrize("place", ["", "x", "{id}", "{id}:a:b", "{id}:5:1", "{id}:0:999999", "0123456789ab:0:10"])
def test_only_places_of_quotes_are_added(library: Library, place: str) -> None:
    holdings = Holdings(Searcher(library, None))
    with pytest.raises(UsageError):
        quote_of_place(place.format(id=holdings.documents[0].document_id), holdings)


def test_a_handed_over_briefing_opens_beside_others_and_is_looked_up(library: Library, tmp_path: Path) -> None:
    content = hand_over(collect(library, "Serbia"), "Serbia")
    (greta,) = [stored for stored in library.documents() if stored.identity.publisher == "GRETA"]
    assert f'"{greta.document_id}' in content.decode("utf-8")
    assert '"citation": "GRETA(2016)41, para. 2"' in content.decode("utf-8")

    theirs = Library.open(Path(shutil.copytree(library.folder, tmp_path / "theirs")))
    Briefings(theirs).delete("Serbia")
    for stored in theirs.documents():
        if stored.identity.publisher != "GRETA":
            theirs.remove(stored.document_id)
    name = open_handed(Briefings(theirs), content, file="serbia.pincite.json")
    again = open_handed(Briefings(theirs), content, file="serbia.pincite.json")
    assert (name, again) == ("Serbia", "Serbia (2)")
    there = opened(theirs, name)
    assert [found.state for found in there.found] == ["same", "not_loaded", "not_loaded"]
    assert report_on(there) == (
        "Of its 3 quotes: 1 found in your library, word for word, 2 whose document is not loaded here."
    )
    here = opened(library, "Serbia")
    for to in ("ris", "bibtex", "csl"):
        assert export(without_digests(there.briefing), to) == export(without_digests(here.briefing), to)
    text = export(there.briefing, "md").decode("utf-8")
    assert text.count("Not verified: ") == 2
    assert "Not verified" not in export(here.briefing, "md").decode("utf-8")
    assert hand_over(Briefings(theirs), name) == content


def test_a_forged_quote_is_not_verified_by_its_file(library: Library) -> None:
    handed = json.loads(hand_over(collect(library, "B"), "B"))
    excerpt = handed["items"][2]["excerpt"]
    excerpt["document"]["text"] = excerpt["document"]["text"].replace("urges", "bores")
    name = open_handed(Briefings(library), json.dumps(handed).encode(), file="forged.pincite.json")
    forged = opened(library, name).found[0]
    assert (forged.state, forged.verified) == ("altered", False)
    assert "GRETA urges" in forged.remark


OF_QUOTE = "items.2.excerpt"


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("format", "something else"),
        ("version", 99),
        ("items", {}),
        ("items.1.kind", "script"),
        ("items.0.level", 0),
        ("items.1.text", 7),
        ("items.1.text", "x" * 200_000),
        (f"{OF_QUOTE}.sha256", "0" * 64),
        (f"{OF_QUOTE}.sha256", "../../etc/passwd"),
        (f"{OF_QUOTE}.statements", []),
        (f"{OF_QUOTE}.end", 10**9),
        (f"{OF_QUOTE}.statements.0.end", 10**9),
        (f"{OF_QUOTE}.statements.0.voice", "shouted"),
        (f"{OF_QUOTE}.statements.0.voice", "reported"),
        (f"{OF_QUOTE}.statements.0.speakers", []),
        (f"{OF_QUOTE}.document.passages", []),
        (f"{OF_QUOTE}.document.page_runs", [{"start": 0, "page": -1}]),
        (f"{OF_QUOTE}.document.identity.year", "soon"),
        (f"{OF_QUOTE}.document", None),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_damaged_or_hostile_file_is_refused_and_nothing_is_made(library: Library, where: str, value: object) -> None:
    briefings = collect(library, "B")
    handed = json.loads(hand_over(briefings, "B"))
    *path, last = [int(step) if step.isdecimal() else step for step in where.split(".")]
    target: Any = handed
    for step in path:
        target = target[step]
    target[last] = value
    with pytest.raises(UsageError, match=r"bad\.json"):
        open_handed(briefings, json.dumps(handed).encode(), file="bad.json")
    assert [one.name for one in briefings.all()] == ["B"]


@pytest.mark.parametrize("content", [b"", b"null", b"[" * 99_999, b"PK\x03\x04", b'{"format": "\xff"}', b"\xff\xfe{}"])
def test_what_is_no_briefing_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UsageError, match="no briefing that was handed over"):
        open_handed(Briefings(Library.open(tmp_path)), content, file="holiday.json")


def test_markup_in_a_handed_over_briefing_stays_text_in_every_export(library: Library) -> None:
    hostile = "<script>alert(1)</script> [x](javascript:alert(1)) =1+1"
    handed = json.loads(hand_over(collect(library, "B"), "B"))
    handed["title"] = hostile
    handed["items"][1]["text"] = hostile
    handed["items"][2]["excerpt"]["document"]["identity"]["title"] = hostile
    name = open_handed(Briefings(library), json.dumps(handed).encode(), file="x.pincite.json")
    html = export(opened(library, name).briefing, "html").decode("utf-8")
    assert "<script>alert" not in html
    assert 'href="javascript' not in html


def test_content_without_a_place_is_stored_as_it_is(tmp_path: Path) -> None:
    library = Library.open(tmp_path)
    assert content_of(Note("x"), library) == Content("note", "x")
    assert content_of(Heading("x", 2), library) == Content("heading", "x", 2)
