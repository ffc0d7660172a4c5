"""The non-paper in its five forms, as it lies beside the repository: one content, whatever the form."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from ingest import read_document
from ingest.document import Document

NAME = "reports/icmpd-non-paper-western-balkans-2018"
FORMS = (".txt", ".pdf", ".browser-print.pdf", ".docx", ".html")
PAGED = (".pdf", ".browser-print.pdf")
COUNTRIES = ("AL", "BA", "XK", "MK", "ME", "RS")
FOLDED = str.maketrans("“”‘’–—\u00a0", "\"\"''-- ")

_read: dict[str, Document] = {}


def fold(text: str) -> str:
    """Text with plain quotation marks, dashes and single spaces: in these the forms differ."""
    return re.sub(r"\s+", " ", text.translate(FOLDED)).strip()


def letters(text: str) -> str:
    """Letters alone, so that marks, hyphens and line ends do not matter."""
    return re.sub(r"[\W\d_]+", "", text).casefold()


def non_paper(shared: Path, form: str) -> Document:
    path = shared / (NAME + form)
    if not path.is_file():
        pytest.skip(f"{NAME}{form} does not lie beside the repository")
    if form not in _read:
        _read[form] = read_document(path, path.read_bytes())
    return _read[form]


def statements(document: Document) -> list[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...], str, str]]:
    return [
        (
            passage.kind,
            tuple(fold(heading) for heading in passage.section),
            statement.countries,
            statement.speakers,
            statement.voice,
            fold(document.text[statement.start : statement.end]),
        )
        for passage in document.passages
        for statement in passage.statements
    ]


@pytest.mark.parametrize("form", FORMS)
def test_the_non_paper_knows_what_it_is(shared: Path, form: str) -> None:
    identity = non_paper(shared, form).identity
    assert identity.publisher == "ICMPD"
    assert identity.countries == COUNTRIES
    assert identity.year == 2018
    assert identity.language == "en"
    assert identity.official_number is None
    assert identity.round is None
    assert identity.published is None
    assert "non-paper" in identity.title.casefold()


@pytest.mark.parametrize("form", FORMS[1:])
def test_every_form_has_the_same_sections_countries_statements_and_speakers(shared: Path, form: str) -> None:
    assert statements(non_paper(shared, form)) == statements(non_paper(shared, ".txt"))


@pytest.mark.parametrize("form", FORMS[1:])
def test_every_form_has_the_same_text_so_none_has_page_furniture_in_it(shared: Path, form: str) -> None:
    assert fold(non_paper(shared, form).text) == fold(non_paper(shared, ".txt").text)


@pytest.mark.parametrize("form", FORMS)
def test_all_attributed_segments_have_exactly_their_speakers_and_country(shared: Path, form: str) -> None:
    document = non_paper(shared, form)
    path = shared / "questions/non-paper-attributions.json"
    truth = json.loads(path.read_text(encoding="utf-8"))["countries"]
    wanted = [
        (fold(segment["text"]).replace("\\*", "*"), tuple(segment["sources"]), (code,))
        for code, country in truth.items()
        for item in country["bullets"]
        for segment in item["segments"]
    ]
    found = [
        (text, speakers, countries)
        for kind, _, countries, speakers, _, text in statements(document)
        if kind == "bullet"
    ]
    assert len(wanted) == 47
    assert sorted(found) == sorted(wanted)


@pytest.mark.parametrize("form", FORMS)
def test_all_footnotes_are_there_and_anchored_where_the_text_form_has_them(shared: Path, form: str) -> None:
    document, text_form = non_paper(shared, form), non_paper(shared, ".txt")
    assert [note.number for note in document.footnotes] == ["*", *map(str, range(1, 63))]
    body_end = min(note.start for note in document.footnotes)
    assert all(note.anchor is not None and 0 < note.anchor < body_end for note in document.footnotes)
    for note, reference in zip(document.footnotes, text_form.footnotes, strict=True):
        words = letters(document.text[: note.anchor])[-40:]
        assert words == letters(text_form.text[: reference.anchor])[-40:], note.number


@pytest.mark.parametrize("form", FORMS)
def test_sentences_that_the_source_splits_are_joined(shared: Path, form: str) -> None:
    document = non_paper(shared, form)
    body = [passage for passage in document.passages if passage.kind == "paragraph" and passage.section]
    assert body
    for passage in body:
        text = document.text[passage.start : passage.end]
        before = document.text[: passage.start].rstrip()
        assert not text[0].islower() or before.endswith(";"), text[:60]  # One list there has no list marks.
        assert re.search(r"[.:;!?][\"”’)*]*$", text), text[-60:]


@pytest.mark.parametrize("form", FORMS)
def test_statements_are_the_text_at_their_offsets_inside_their_passage_without_overlap(shared: Path, form: str) -> None:
    document = non_paper(shared, form)
    end = 0
    for passage in document.passages:
        assert end <= passage.start < passage.end <= len(document.text)
        end = passage.end
        place = passage.start
        for statement in passage.statements:
            assert place <= statement.start < statement.end <= passage.end
            place = statement.end


@pytest.mark.parametrize("form", PAGED)
def test_page_numbers_are_those_of_the_pages_on_which_pypdf_finds_the_words(shared: Path, form: str) -> None:
    from pypdf import PdfReader

    document = non_paper(shared, form)
    pages = [letters(page.extract_text()) for page in PdfReader(shared / (NAME + form)).pages]
    assert len(document.page_labels) == len(pages)
    starts = [run.start for run in document.page_runs]
    for passage in document.passages:
        for statement in passage.statements:
            cuts = [s for s in starts if statement.start < s < statement.end]
            pieces = list(pairwise([statement.start, *cuts, statement.end]))
            numbers = document.pages_of(statement.start, statement.end)
            assert len(numbers) == len(pieces)
            for number, (start, end) in zip(numbers, pieces, strict=True):
                words = letters(document.text[start:end])
                assert words[:20] in pages[number - 1], (number, document.text[start:end])
                assert words[-20:] in pages[number - 1], (number, document.text[start:end])


@pytest.mark.parametrize("form", PAGED)
def test_statements_that_cross_a_page_say_so(shared: Path, form: str) -> None:
    document = non_paper(shared, form)
    crossing = [
        document.pages_of(s.start, s.end)
        for passage in document.passages
        for s in passage.statements
        if len(document.pages_of(s.start, s.end)) > 1
    ]
    assert crossing
    assert all(last == first + 1 for first, last in crossing)


@pytest.mark.parametrize("form", [".txt", ".docx", ".html"])
def test_forms_without_pages_claim_none(shared: Path, form: str) -> None:
    document = non_paper(shared, form)
    assert document.page_runs == ()
    assert document.pages_of(0, 100) == ()
