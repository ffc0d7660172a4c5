"""How a place is cited: the reader must be able to go there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from index.embedder import Embedder
from index.library import Library
from ingest.document import Identity, PageRun
from qa.answer import Answerer
from qa.citing.citations import Place, display_title, document_citation, short_citation
from qa.text import answer_text, speaker_label

MakeLibrary = Callable[[Path, Iterable[Path]], Library]

GRETA = Identity(publisher="GRETA", official_number="GRETA(2017)37", title="Report concerning Serbia", year=2017)
PAPER = Identity(publisher="ICMPD", title="Lanterns on the Drin", year=2019)


@pytest.mark.parametrize(
    ("identity", "place", "citation"),
    [
        (GRETA, Place("161", ("38",), ("Compensation",)), "GRETA(2017)37, para. 161, p. 38"),
        (GRETA, Place("161", ("37", "38"), ()), "GRETA(2017)37, para. 161, pp. 37-38"),
        (GRETA, Place(None, ("iv", "v", "vi"), ()), "GRETA(2017)37, pp. iv-vi"),
        (GRETA, Place("161", (), ("Compensation",)), "GRETA(2017)37, para. 161"),
        (GRETA, Place(None, (), ("III. Assistance", "Compensation")), "GRETA(2017)37, section “Compensation”"),
        (GRETA, Place(None, (), ()), "GRETA(2017)37"),
        (GRETA, Place(None, ("9",), (), "12"), "GRETA(2017)37, p. 9, fn. 12"),
        (PAPER, Place(None, ("4",), ()), "ICMPD (2019), Lanterns on the Drin, p. 4"),
        (PAPER, Place(None, (), ("SERBIA",)), "ICMPD (2019), Lanterns on the Drin, section “Serbia”"),
    ],
)
def test_short_citation_names_document_paragraph_and_pages(identity: Identity, place: Place, citation: str) -> None:
    assert short_citation(identity, place) == citation


@pytest.mark.parametrize(
    ("identity", "citation"),
    [
        (GRETA, "GRETA(2017)37"),
        (PAPER, "ICMPD (2019), Lanterns on the Drin"),
        (replace(PAPER, year=None), "ICMPD, Lanterns on the Drin"),
        (replace(PAPER, publisher=None), "Lanterns on the Drin (2019)"),
        (Identity(title="Lanterns on the Drin"), "Lanterns on the Drin"),
        (Identity(), "untitled document"),
    ],
)
def test_document_is_cited_by_what_is_known_of_it(identity: Identity, citation: str) -> None:
    assert document_citation(identity) == citation


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("LANTERNS ON THE DRIN: A NON-PAPER", "Lanterns on the Drin: A Non-Paper"),
        ("CO-OPERATION WITH THE EU", "Co-Operation with the EU"),
        ("Lanterns on the DRIN", "Lanterns on the DRIN"),
        ("THE ROAD", "The Road"),
        ("", ""),
    ],
)
def test_title_in_capitals_is_set_as_people_write_it(title: str, shown: str) -> None:
    assert display_title(title) == shown


@pytest.fixture(scope="module")
def answerer(invented_library: Path, embedder: Embedder) -> Answerer:
    return Answerer(Library.open(invented_library), embedder)


@pytest.mark.parametrize(
    ("question", "citation", "label"),
    [
        (
            "What did GRETA say about the shelter in the north of Serbia?",
            "GRETA(2016)41, para. 5",
            "GRETA",
        ),
        (
            "statistics in Serbia",
            "ICMPD (2019), Lanterns on the Drin: A Non-Paper on Trafficking in Human Beings, section “Serbia”",
            "EC, as reported by ICMPD",
        ),
        (
            "mixed patrols in Albania",
            "ICMPD (2019), Lanterns on the Drin: A Non-Paper on Trafficking in Human Beings, section “Albania”",
            "ICMPD",
        ),
        (
            "confiscated assets in Albania",
            "ICMPD (2019), Lanterns on the Drin: A Non-Paper on Trafficking in Human Beings, section “Albania”",
            "EC and GRETA, as reported by ICMPD",
        ),
        (
            "Which GRETA report covers Serbia?",
            "ICMPD (2019), Lanterns on the Drin: A Non-Paper on Trafficking in Human Beings, section “Serbia”, fn. 2",
            "GRETA, as reported by ICMPD",
        ),
    ],
)
def test_quote_tells_its_place_and_who_says_it(answerer: Answerer, question: str, citation: str, label: str) -> None:
    quote = answerer.ask(question).quotes[0]
    assert quote.citation == citation
    assert quote.as_dict()["citation"] == citation
    assert speaker_label(quote) == label


def test_page_of_a_quote_is_cited_by_its_printed_label(answerer: Answerer) -> None:
    quote = answerer.ask("statistics in Serbia").quotes[0]
    paged = replace(
        quote.document,
        page_runs=(PageRun(0, 1), PageRun(quote.start, 3), PageRun(quote.start + 10, 4)),
        page_labels=("i", "ii", "1", "2"),
    )
    moved = replace(quote, document=paged)
    assert moved.pages == (3, 4)
    assert moved.page_labels == ("1", "2")
    assert moved.citation.endswith(", pp. 1-2")


# --- the answer as text -----------------------------------------------------------------------------------------------


def test_citation_of_recognised_text_says_so(answerer: Answerer) -> None:
    quote = answerer.ask("statistics in Serbia").quotes[0]
    scanned = replace(quote, document=replace(quote.document, reader="pdf-ocr"))
    assert scanned.citation == f"{quote.citation}, text recognised from a scan"


def test_text_of_an_answer_shows_scope_groups_quotes_and_places(answerer: Answerer) -> None:
    answer = answerer.ask("EC vs GRETA on compensation in Albania")
    lines = answer_text(answer, width=80).splitlines()
    assert lines[0] == "Understood as: Albania · EC · GRETA · Compensation and legal redress"
    assert [line for line in lines if line.startswith("Albania ·")] == ["Albania · EC", "Albania · GRETA"]
    assert "  “Compensation to be paid out of confiscated assets”" in lines
    assert any(line.startswith("    EC and GRETA, as reported by ICMPD — ICMPD (2019)") for line in lines)
    assert "  also: Albania · EC, quote 1" in lines
    assert max(map(len, lines)) <= 80


def test_text_of_a_refusal_is_its_message_alone(answerer: Answerer) -> None:
    answer = answerer.ask("")
    assert " ".join(answer_text(answer, width=80).split()) == f"Understood as: no limits {answer.message}"


def test_paraphrase_stands_without_quotation_marks_and_says_what_it_is(
    make_library: MakeLibrary, embedder: Embedder, reports: Path, tmp_path: Path
) -> None:
    alone = Answerer(make_library(tmp_path, [reports / "digest.md"]), embedder)
    text = " ".join(answer_text(alone.ask("interpreters in Albania"), width=80).split())
    assert "Albania should have interpreters sit in whenever a victim is heard" in text
    assert "“Albania should" not in text
    assert "GRETA, as restated in a digest by Pincite" in text
    assert "paraphrase" in text
