"""Answers: quotes of the right source on the right country, verbatim, each once."""

from __future__ import annotations

import json
import re
import textwrap
import zipfile
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from index.embedder import Embedder
from index.library import Library
from qa.answer import Answer, Answerer
from qa.listing import document_dict, show_dict
from qa.question.scope import Scope

MakeLibrary = Callable[[Path, Iterable[Path]], Library]

# What the JSON contracts promise: each key with the types that its value may have.
TEXT_OR_NONE = (str, type(None))
SCOPE = {"countries": str, "sources": str, "years": int, "rounds": int, "documents": str, "topics": str}
QUOTE = {
    "text": str,
    "speakers": list,
    "voice": str,
    "reported_by": TEXT_OR_NONE,
    "grade": TEXT_OR_NONE,
    "document_id": str,
    "official_number": TEXT_OR_NONE,
    "title": str,
    "year": (int, type(None)),
    "round": (int, type(None)),
    "countries": list,
    "part": str,
    "section": list,
    "paragraph": TEXT_OR_NONE,
    "pages": list,
    "page_labels": list,
    "start": int,
    "end": int,
    "footnotes": list,
    "citation": str,
    "score": float,
}
DOCUMENT = {
    "document_id": str,
    "official_number": TEXT_OR_NONE,
    "title": str,
    "publisher": TEXT_OR_NONE,
    "countries": list,
    "year": (int, type(None)),
    "round": (int, type(None)),
    "published": TEXT_OR_NONE,
    "language": str,
    "pages": (int, type(None)),
    "passages": int,
    "path": str,
}
PASSAGE = {
    "passage_id": str,
    "part": str,
    "section": list,
    "articles": list,
    "paragraph": TEXT_OR_NONE,
    "pages": list,
    "page_labels": list,
    "text": str,
    "start": int,
    "end": int,
    "about_trafficking": bool,
    "footnotes": list,
    "statements": list,
}
FOOTNOTE = {"number": str, "text": str, "start": int, "end": int, "anchor": int, "page": (int, type(None))}
STATEMENT = {
    "text": str,
    "start": int,
    "end": int,
    "speakers": list,
    "voice": str,
    "reported_by": TEXT_OR_NONE,
    "grade": TEXT_OR_NONE,
    "countries": list,
}
REASONS = {"empty_question", "not_loaded", "silent", "outside_library", "too_vague", "language"}
PARTS = {"front matter", "summary", "body", "appendix", "government comments"}


def check_keys(value: dict[str, Any], contract: dict[str, Any]) -> None:
    for key, types in contract.items():
        assert isinstance(value[key], types), f"{key} is {value[key]!r}"


def check_voice(value: dict[str, Any]) -> None:
    assert value["speakers"]
    assert value["voice"] in {"own", "reported"}
    assert (value["reported_by"] is not None) == (value["voice"] == "reported")
    assert value["grade"] in {None, "urges", "considers", "invites"}


def check_answer(answer: dict[str, Any], texts: dict[str, str]) -> None:
    """Everything that the contract says of an answer."""
    assert list(answer)[:6] == ["question", "scope", "answered", "reason", "message", "groups"]
    assert isinstance(answer["question"], str)
    assert list(answer["scope"])[: len(SCOPE)] == list(SCOPE)
    for key, kind in SCOPE.items():
        assert all(isinstance(value, kind) for value in answer["scope"][key])
    assert answer["answered"] is bool(answer["groups"])
    assert answer["reason"] is None if answer["answered"] else answer["reason"] in REASONS
    assert isinstance(answer["message"], str)
    assert answer["message"]
    seen = set()
    keys = [(group["country"], group["source"]) for group in answer["groups"]]
    assert len(set(keys)) == len(keys)
    for group in answer["groups"]:
        assert set(group) - {"also"} == {"country", "source", "quotes"}
        assert group["quotes"] or group["also"]
        voices = [quote["voice"] for quote in group["quotes"]]
        assert voices == sorted(voices)  # "own" before "reported".
        for quote in group["quotes"]:
            check_keys(quote, QUOTE)
            check_voice(quote)
            assert quote["text"] == texts[quote["document_id"]][quote["start"] : quote["end"]]
            assert quote["text"].strip()
            assert quote["part"] in PARTS
            assert all({"number", "text"} <= set(note) for note in quote["footnotes"])
            assert len(quote["pages"]) == len(quote["page_labels"])
            assert group["source"] in quote["speakers"]
            assert group["country"] is None or group["country"] in quote["countries"]
            place = quote["document_id"], quote["start"], quote["end"]
            assert place not in seen
            seen.add(place)
        for pointer in group.get("also", ()):
            quote = answer["groups"][pointer["group"]]["quotes"][pointer["quote"]]
            assert group["source"] in quote["speakers"]
            assert group["source"] in answer["scope"]["sources"]
    spans = sorted(seen)
    assert all(left[2] <= right[1] for left, right in pairwise(spans) if left[0] == right[0])  # None overlaps another.


def texts_of(answerer: Answerer) -> dict[str, str]:
    return {document.document_id: document.text for document in answerer.holdings().searcher.documents}


def quotes(answer: Answer) -> list[str]:
    return [quote.text for quote in answer.quotes]


def grouped(answer: Answer) -> dict[tuple[str | None, str], list[str]]:
    return {(group.country, group.source): [quote.text for quote in group.quotes] for group in answer.groups}


@pytest.fixture(scope="module")
def answerer(invented_library: Path, embedder: Embedder) -> Answerer:
    return Answerer(Library.open(invented_library), embedder)


# --- the contract -----------------------------------------------------------------------------------------------------

QUESTIONS = [
    "What did GRETA say about compensation in Serbia?",
    "What did the EC say about legal aid in Albania?",
    "EC vs GRETA on compensation in Albania and Serbia",
    "Which countries were asked to pay compensation?",
    "Which GRETA report covers Serbia?",
    "Serbia",
    "Kosovo",
    "brochures",
    "What is the NHC?",
    "what did they say about it",
    "",
    "football results",
    "compensation in Germany",
    "Was sagt GRETA über die Opfer?",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_answer_has_the_form_of_the_contract(answerer: Answerer, question: str) -> None:
    answer = answerer.ask(question).as_dict()
    check_answer(json.loads(json.dumps(answer)), texts_of(answerer))


def test_documents_and_passages_have_the_form_of_the_contract(answerer: Answerer) -> None:
    for stored in answerer.library.documents():
        listed = document_dict(stored)
        check_keys(listed, DOCUMENT)
        whole = json.loads(json.dumps(show_dict(stored, answerer.library.document(stored.document_id))))
        check_keys(whole["document"], DOCUMENT | {"text": str, "reader_version": int, "identified_by": dict})
        assert {key: whole["document"][key] for key in listed} == listed
        assert len(whole["passages"]) == listed["passages"] > 0
        text = whole["document"]["text"]
        starts = [passage["start"] for passage in whole["passages"]]
        assert starts == sorted(starts)
        for passage in whole["passages"]:
            check_keys(passage, PASSAGE)
            assert passage["text"] == text[passage["start"] : passage["end"]]
            assert passage["part"] in PARTS
            for note in passage["footnotes"]:
                check_keys(note, FOOTNOTE)
                assert note["text"] == text[note["start"] : note["end"]]
                assert passage["start"] < note["anchor"] <= passage["end"]
            for statement in passage["statements"]:
                check_keys(statement, STATEMENT)
                check_voice(statement)
                assert statement["text"] == text[statement["start"] : statement["end"]]


def test_documents_tell_what_they_are(answerer: Answerer) -> None:
    by_publisher = {document["publisher"]: document for document in map(document_dict, answerer.library.documents())}
    assert by_publisher["GRETA"]["official_number"] == "GRETA(2016)41"
    assert by_publisher["GRETA"]["countries"] == ["RS"]
    assert (by_publisher["GRETA"]["year"], by_publisher["GRETA"]["round"]) == (2016, 2)
    assert by_publisher["ICMPD"]["official_number"] is None
    assert set(by_publisher["ICMPD"]["countries"]) == {"AL", "RS", "XK"}
    assert (by_publisher["ICMPD"]["year"], by_publisher["ICMPD"]["pages"]) == (2019, None)


# --- who says what, on which country ----------------------------------------------------------------------------------


def test_question_on_a_source_and_a_country_is_answered_with_its_words_alone(answerer: Answerer) -> None:
    answer = answerer.ask("What did GRETA say about compensation in Serbia?")
    assert answer.answered
    assert grouped(answer).keys() == {("RS", "GRETA")}
    shown = quotes(answer)
    assert any(text.startswith("GRETA urges the Serbian authorities") for text in shown)
    assert "Compensation to be made known to victims in their own language" in shown
    assert not any("fines" in text for text in shown)  # That is the EC's.
    assert not any("confiscated" in text or "to be claimed" in text for text in shown)  # Other countries.


def test_own_words_come_before_reported_ones(answerer: Answerer) -> None:
    (group,) = answerer.ask("What did GRETA say about compensation in Serbia?").groups
    voices = [(quote.voice, quote.reported_by) for quote in group.quotes]
    assert voices == sorted(voices, key=lambda pair: pair[0] != "own")
    assert ("own", None) in voices
    assert ("reported", "ICMPD") in voices


def test_statement_of_two_sources_names_both_and_stands_once(answerer: Answerer) -> None:
    answer = answerer.ask("What did GRETA say about compensation in Albania?")
    (quote,) = answer.quotes
    assert quote.text == "Compensation to be paid out of confiscated assets"
    assert quote.speakers == ("EC", "GRETA")
    assert [(group.country, group.source) for group in answer.groups] == [("AL", "GRETA")]


def test_other_source_that_was_asked_for_points_to_the_shared_quote(answerer: Answerer) -> None:
    answer = answerer.ask("Do EC and GRETA agree on compensation in Albania?")
    by_source = {group.source: group for group in answer.groups}
    assert by_source.keys() == {"EC", "GRETA"}
    assert len(answer.quotes) == 1
    pointing = next(group for group in answer.groups if not group.quotes)
    (pointer,) = pointing.also
    assert answer.groups[pointer[0]].quotes[pointer[1]].text == "Compensation to be paid out of confiscated assets"
    assert pointing.as_dict()["also"] == [{"group": pointer[0], "quote": pointer[1]}]


def test_halves_of_a_bullet_go_to_those_who_said_them(answerer: Answerer) -> None:
    by_ec = answerer.ask("What did the EC say about labour inspectors in Albania?")
    assert by_ec.quotes[0].text == "Labour inspectors to visit farms without notice"
    assert by_ec.quotes[0].speakers == ("EC",)
    by_greta = answerer.ask("What did GRETA say about hotline numbers in Albania?")
    assert by_greta.quotes[0].text == "hotline numbers to be shown in ports"
    assert by_greta.quotes[0].speakers == ("GRETA",)


def test_untagged_words_and_the_papers_own_bullets_are_the_papers_own(answerer: Answerer) -> None:
    patrols = answerer.ask("mixed patrols in Albania").quotes[0]
    assert patrols.text == "Fishing harbours to be watched by mixed patrols"
    assert (patrols.speakers, patrols.voice, patrols.reported_by) == (("ICMPD",), "own", None)
    tested = answerer.ask("standard operating procedures").quotes[0]
    assert (tested.speakers, tested.voice) == (("ICMPD",), "own")


def test_running_text_is_the_words_of_whom_it_names(answerer: Answerer) -> None:
    opened = answerer.ask("new shelters in Albania").quotes[0]
    assert opened.text == "The EC registered that Albania opened 12 new shelters in 2017."
    assert (opened.speakers, opened.voice, opened.reported_by) == (("EC",), "reported", "ICMPD")
    permit = answerer.ask("residence permit in Albania").quotes[0]
    assert (permit.speakers, permit.reported_by) == (("GRETA",), "ICMPD")


def test_question_across_countries_is_answered_for_each_of_them(answerer: Answerer) -> None:
    answer = answerer.ask("Which countries did GRETA ask for compensation?")
    groups = grouped(answer)
    assert {("AL", "GRETA"), ("RS", "GRETA"), ("XK", "GRETA")} <= groups.keys()
    assert {source for _, source in groups} == {"GRETA"}
    assert "Compensation to be claimed in the criminal trial" in groups["XK", "GRETA"]


def test_question_across_sources_is_answered_for_each_of_them(answerer: Answerer) -> None:
    groups = grouped(answerer.ask("EC vs GRETA on compensation in Serbia"))
    assert groups.keys() == {("RS", "EC"), ("RS", "GRETA")}
    assert groups["RS", "EC"] == ["Compensation funds to be fed by fines"]


def test_question_on_two_countries_is_answered_for_both(answerer: Answerer) -> None:
    groups = grouped(answerer.ask("legal aid in Albania and statistics in Serbia"))
    assert {country for country, _ in groups} == {"AL", "RS"}


def test_bare_country_gets_everything_on_it(answerer: Answerer) -> None:
    answer = answerer.ask("Kosovo")
    assert sorted(quotes(answer)) == ["Compensation to be claimed in the criminal trial", "Shelters to be open to men"]
    assert "No topic" in answer.message
    on_serbia = quotes(answerer.ask("Serbia"))
    assert len([text for text in on_serbia if re.match("Compensation|Unaccompanied|Statistics", text)]) == 4
    assert any("eight women" in text for text in on_serbia)


def test_bare_country_with_a_source_gets_everything_of_that_source(answerer: Answerer) -> None:
    answer = answerer.ask("EC Serbia")
    assert len(answer.quotes) == 4  # Three bullets and a sentence.
    assert all("EC" in quote.speakers for quote in answer.quotes)


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("Which GRETA report covers Serbia?", "GRETA(2016)41"),
        ("What is the number of the EC report on Albania?", "SWD(2018) 951 final"),
        ("SWD(2018) 951 is about which country?", "SWD(2018) 951 final"),
        ("swd(2018)951", "SWD(2018) 951 final"),
    ],
)
def test_question_for_a_report_finds_the_footnote_that_names_it(answerer: Answerer, question: str, number: str) -> None:
    first = answerer.ask(question).quotes[0]
    assert number in first.text
    assert first.passage.kind == "footnote"


def test_footnote_is_no_evidence_for_a_question_on_findings(answerer: Answerer) -> None:
    for question in ("What did GRETA say about mobile teams in Serbia?", "shelters in Albania"):
        assert all("SWD" not in text and "evaluation round" not in text for text in quotes(answerer.ask(question)))
    assert not answerer.ask("evaluation in Serbia").answered  # Only the title of a report has the word.


def test_quote_carries_the_footnotes_on_it(answerer: Answerer) -> None:
    permit = answerer.ask("residence permit in Albania").quotes[0]
    (note,) = permit.as_dict()["footnotes"]
    assert note["number"] == "1"
    assert "SWD(2018) 951 final" in note["text"]


def test_abbreviation_finds_the_long_form(answerer: Answerer) -> None:
    for short, text in (("SOPs", "Standard operating procedures"), ("NRM", "A national referral mechanism")):
        assert text in " ".join(quotes(answerer.ask(short)))


def test_abbreviation_is_explained_where_the_library_introduces_it(answerer: Answerer) -> None:
    assert "The Network of Harbour Co-ordinators (NHC)" in answerer.ask("What is the NHC?").quotes[0].text


# --- quantities, dates, persons ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How many victims were identified in Serbia?", "37 victims"),
        ("How many shelters did Albania open?", "12 new shelters"),
        ("When was the NHC founded?", "May 2011"),
        ("Who is the national co-ordinator of Serbia?", "Ms Vera Lukić"),
    ],
)
def test_quantity_date_or_person_is_answered_by_evidence_that_holds_one(
    answerer: Answerer, question: str, told: str
) -> None:
    answer = answerer.ask(question)
    assert answer.answered
    assert told in answer.quotes[0].text


@pytest.mark.parametrize(
    "question",
    [
        "How many victims were identified in Albania?",
        "How many prosecutors did Serbia train?",
        "When was the guardian of unaccompanied children appointed in Serbia?",
        "Who is the national co-ordinator of Albania?",
        "How much compensation was paid in Serbia?",
    ],
)
def test_quantity_date_or_person_that_nothing_holds_is_not_answered(answerer: Answerer, question: str) -> None:
    answer = answerer.ask(question)
    assert not answer.answered
    assert not answer.groups


# --- limits -----------------------------------------------------------------------------------------------------------


def test_limits_beside_the_question_replace_its_words(answerer: Answerer) -> None:
    answer = answerer.ask("What did GRETA say about compensation in Serbia?", Scope(countries=("AL",), sources=("EC",)))
    assert quotes(answer) == ["Compensation to be paid out of confiscated assets"]
    assert answer.scope.countries == ("AL",)


def test_document_limit_excludes_all_others(answerer: Answerer) -> None:
    ids = {document.identity.publisher: document.document_id for document in answerer.library.documents()}
    for publisher, voice in (("GRETA", "own"), ("ICMPD", "reported")):
        answer = answerer.ask("GRETA on compensation in Serbia", Scope(documents=(ids[publisher],)))
        assert {quote.document.document_id for quote in answer.quotes} == {ids[publisher]}
        assert {quote.voice for quote in answer.quotes} == {voice}
        assert answer.scope.documents == (ids[publisher],)


def test_year_and_round_exclude_documents_of_others(
    make_library: MakeLibrary, embedder: Embedder, reports: Path, tmp_path: Path
) -> None:
    files = [reports / name for name in ("paper.md", "greta-serbia.md", "greta-serbia-third-round.md")]
    answerer = Answerer(make_library(tmp_path, files), embedder)
    question = "What does GRETA say about compensation in Serbia"
    for more, scope, number in (
        (" in its second round report?", None, "GRETA(2016)41"),
        (" in its third round report?", None, "GRETA(2021)62"),
        (" in its 2021 report?", None, "GRETA(2021)62"),
        ("?", Scope(rounds=(3,)), "GRETA(2021)62"),
        ("?", Scope(years=(2016,)), "GRETA(2016)41"),
    ):
        answer = answerer.ask(question + more, scope)
        assert {quote.document.identity.official_number for quote in answer.quotes} == {number}
    assert len({quote.document.document_id for quote in answerer.ask(question + "?").quotes}) == 3


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_limit_is_the_most_quotes_shown(answerer: Answerer, limit: int) -> None:
    for question in ("Serbia", "compensation", "Which countries were asked for compensation?"):
        whole = answerer.ask(question)
        assert len(whole.quotes) >= limit
        assert len(answerer.ask(question, limit=limit).quotes) == limit


def test_same_question_gets_the_same_answer(answerer: Answerer) -> None:
    question = "What did GRETA say about compensation in Serbia?"
    expected = answerer.ask(question)
    for wording in (question, question.upper(), f"   {question.replace(' ', '   ')}?????!!!   "):
        answer = answerer.ask(wording)
        assert grouped(answer) == grouped(expected)
        assert (answer.scope, answer.message) == (expected.scope, expected.message)


# --- digests and forms of one document --------------------------------------------------------------------------------


def test_digest_steps_aside_for_the_document_it_restates_and_comes_back_when_that_goes(
    make_library: MakeLibrary, embedder: Embedder, reports: Path, tmp_path: Path
) -> None:
    question = "What did GRETA say about interpreters in Albania?"
    library = make_library(tmp_path, [reports / "digest.md"])
    answerer = Answerer(library, embedder)

    def shown() -> list[tuple[str | None, str, bool]]:
        quotes = answerer.ask(question).quotes
        return [(quote.reported_by, quote.document.identity.publisher or "", quote.paraphrase) for quote in quotes]

    assert shown() == [("Pincite", "Pincite", True)]
    assert "paraphrase" in answerer.ask(question).message
    make_library(tmp_path, [reports / "paper.md"])
    assert shown() == [("ICMPD", "ICMPD", False)]
    assert "paraphrase" not in answerer.ask(question).message
    paper = next(each for each in library.documents() if each.identity.publisher == "ICMPD")
    library.remove(paper.document_id)
    assert shown() == [("Pincite", "Pincite", True)]


def test_notice_of_a_digest_is_no_evidence(
    make_library: MakeLibrary, embedder: Embedder, reports: Path, tmp_path: Path
) -> None:
    answerer = Answerer(make_library(tmp_path, [reports / "digest.md"]), embedder)
    assert not answerer.ask("an invented paper in other words").answered
    assert all("invented paper" not in text for text in quotes(answerer.ask("Albania")))


def pdf_of(pages: list[list[str]], *, producer: str = "Typesetter") -> bytes:
    """A PDF with these paragraphs on its pages, made by some program."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for paragraphs in pages:
        drawn, height = "", 760
        for paragraph in paragraphs:
            for line in textwrap.wrap(paragraph, 60):
                drawn += f"1 0 0 1 60 {height} Tm ({line}) Tj\n"
                height -= 14
            height -= 14
        stream = f"BT /F1 11 Tf\n{drawn}ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        resources = "/Resources << /Font << /F1 3 0 R >> >> /MediaBox [0 0 595 842]"
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} /Contents {len(objects)} 0 R >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    objects.append(f"<< /Producer ({producer}) >>")
    file, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(file))
        file += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    trailer = (
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{len(file)}\n%%EOF"
    )
    return f"{file}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")


LINES = [
    "GRETA(2018)77",
    "Report concerning the implementation of the Convention by Montenegro, a specimen of which nothing is true.",
    "GRETA urges the authorities to keep the lighthouse shelter open in winter, when boats do not go out.",
    "GRETA considers that harbour masters should be trained to spot victims on boats that come in at night.",
]


def write_forms(folder: Path) -> dict[str, Path]:
    """One invented report as PDF, DOCX, HTML and text."""
    forms = {name: folder / f"report.{name}" for name in ("pdf", "docx", "html", "txt")}
    forms["pdf"].write_bytes(pdf_of([LINES[:2], LINES[2:]]))
    forms["txt"].write_text("\n\n".join(LINES), encoding="utf-8")
    body = "".join(f"<p>{line}</p>" for line in LINES)
    forms["html"].write_text(f"<!doctype html><html><body>{body}</body></html>", encoding="utf-8")
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    runs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in LINES)
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with zipfile.ZipFile(forms["docx"], "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
            f'Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr("word/document.xml", f"<w:document {namespace}><w:body>{runs}</w:body></w:document>")
    return forms


def test_of_several_forms_of_one_document_the_best_answers_and_the_others_stay(
    make_library: MakeLibrary, embedder: Embedder, tmp_path: Path
) -> None:
    forms = write_forms(tmp_path)
    library = make_library(tmp_path / "library", [forms[name] for name in ("txt", "html", "docx", "pdf")])
    answerer = Answerer(library, embedder)
    assert len(library.documents()) == 4
    for best in ("pdf", "docx", "html", "txt"):
        answer = answerer.ask("lighthouse shelter in winter")
        check_answer(answer.as_dict(), texts_of(answerer))
        (quote,) = answer.quotes
        assert quote.text == LINES[2]
        assert quote.document.reader == ("text" if best == "txt" else best)
        assert quote.pages == ((2,) if best == "pdf" else ())
        library.remove(quote.document.document_id)
    assert not answerer.ask("lighthouse shelter in winter").answered


def test_of_two_prints_the_publishers_own_answers_whichever_was_loaded_first(
    make_library: MakeLibrary, embedder: Embedder, tmp_path: Path
) -> None:
    own, printed = tmp_path / "own.pdf", tmp_path / "printed.pdf"
    own.write_bytes(pdf_of([LINES[:2], LINES[2:]]))
    printed.write_bytes(pdf_of([LINES[:2], LINES[2:3], LINES[3:]], producer="Skia/PDF m126"))
    for order in ((own, printed), (printed, own)):
        library = make_library(tmp_path / f"first-{order[0].stem}", order)
        (quote,) = Answerer(library, embedder).ask("harbour masters spot victims on boats").quotes
        assert quote.document.identity.identified_by.get("pages") is None
        assert quote.pages == (2,)


def test_excerpt_of_a_document_does_not_answer_beside_the_whole(
    make_library: MakeLibrary, embedder: Embedder, tmp_path: Path
) -> None:
    excerpt = tmp_path / "excerpt.pdf"
    excerpt.write_bytes(pdf_of([LINES[:2]]))
    library = make_library(tmp_path / "library", [excerpt, write_forms(tmp_path)["txt"]])
    (quote,) = Answerer(library, embedder).ask("harbour masters spot victims on boats").quotes
    assert quote.document.reader == "text"


def test_form_that_is_named_answers_though_another_would(
    make_library: MakeLibrary, embedder: Embedder, tmp_path: Path
) -> None:
    forms = write_forms(tmp_path)
    library = make_library(tmp_path / "library", [forms["txt"], forms["pdf"]])
    text = next(each for each in library.documents() if each.path.endswith(".txt"))
    answer = Answerer(library, embedder).ask("lighthouse shelter", Scope(documents=(text.document_id,)))
    assert {quote.document.reader for quote in answer.quotes} == {"text"}


# --- the real non-paper -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def on_non_paper(non_paper_library: Path, embedder: Embedder) -> Answerer:
    return Answerer(Library.open(non_paper_library), embedder)


def folded(text: str) -> str:
    text = text.translate(str.maketrans("“”‘’–—\u00a0", "\"\"''-- "))
    return re.sub(r"\s+", " ", text).strip().casefold()


def test_answers_from_the_non_paper_keep_the_contract_and_every_attribution(
    on_non_paper: Answerer, shared: Path
) -> None:
    texts = texts_of(on_non_paper)
    file = shared / "questions" / "non-paper.jsonl"
    n_spans = 0
    for line in file.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        answer = on_non_paper.ask(item["question"]).as_dict()
        check_answer(answer, texts)
        shown = [quote for group in answer["groups"] for quote in group["quotes"]]
        for span, sources in zip(item["answer_spans"], item["span_sources"], strict=True):
            speakers = {"ICMPD" if source == "non-paper" else source for source in sources}
            for quote in shown:
                if folded(span) in folded(quote["text"]) and set(quote["countries"]) & set(item["countries"]):
                    assert set(quote["speakers"]) == speakers, (item["id"], quote["text"])
                    n_spans += 1
        if not item["answer_spans"]:
            assert not answer["answered"], item["id"]
    assert n_spans > 10


def test_pages_of_quotes_are_those_of_the_pdf(on_non_paper: Answerer, non_paper: Path) -> None:
    from pypdf import PdfReader

    def letters(text: str) -> str:  # Marks of footnotes stand among the words of a page.
        return re.sub(r"[\W\d]+", "", text)

    pages = [letters(page.extract_text()) for page in PdfReader(non_paper).pages]
    n_checked = 0
    for question in ("Serbia", "Albania", "Kosovo"):
        for quote in on_non_paper.ask(question).quotes:
            if len(quote.pages) == 1 and len(quote.text) < 300:
                assert letters(quote.text)[:60] in pages[quote.pages[0] - 1], quote.citation
                n_checked += 1
    assert n_checked > 20


def test_list_over_countries_is_not_filled_up_with_what_is_about_other_things(on_non_paper: Answerer) -> None:
    answer = on_non_paper.ask("which countries did GRETA ask to discourage demand")
    assert {group.country for group in answer.groups} == {"AL", "ME"}
    assert all("demand" in quote.text for quote in answer.quotes)
