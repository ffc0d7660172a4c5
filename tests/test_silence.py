"""What cannot be answered is refused with the reason that holds, and no passage is shown as if it answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.embedder import Embedder
from index.library import Library
from qa.answer import Answer, Answerer
from qa.question.scope import MAX_QUESTION_CHARACTERS, Scope


@pytest.fixture(scope="module")
def answerer(invented_library: Path, embedder: Embedder) -> Answerer:
    return Answerer(Library.open(invented_library), embedder)


def refused(answer: Answer, reason: str) -> str:
    """The message of an answer that must be refused for this reason."""
    assert (answer.answered, answer.reason, answer.groups) == (False, reason, ())
    return answer.message


@pytest.mark.parametrize(
    "question", ["", "  \t \n\u00a0\u3000  ", "?!?... --- /// ;;; \"\" '' ()", "😀👮\u200d♀️🚨❓", "\ud800"]
)
def test_question_without_a_word_is_answered_with_an_example(answerer: Answerer, question: str) -> None:
    assert "for example" in refused(answerer.ask(question), "empty_question")


@pytest.mark.parametrize(
    "question", ["what did they say about it and the of which", "GRETA", "and then?", "What is recommended?"]
)
def test_question_without_a_topic_is_too_vague(answerer: Answerer, question: str) -> None:
    assert "Name a topic" in refused(answerer.ask(question), "too_vague")


def test_question_that_is_too_long_is_not_read(answerer: Answerer) -> None:
    question = "compensation " * 1000
    answer = answerer.ask(question)
    message = refused(answer, "too_vague")
    assert f"{len(question):,}" in message
    assert f"{MAX_QUESTION_CHARACTERS:,}" in message
    assert len(answer.question) < 300
    assert answerer.ask("compensation " * (MAX_QUESTION_CHARACTERS // 13)).answered


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Šta je GRETA rekla o naknadi štete za žrtve u Srbiji?", "Serbian"),
        ("Шта каже Европска комисија о склоништима на Косову?", "Serbian"),
        ("Çfarë tha GRETA për kompensimin e viktimave në Shqipëri?", "Albanian"),
        ("Que dit le GRETA sur les victimes en Serbie?", "French"),
        ("Was sagt GRETA über die Opfer in Serbien?", "German"),
    ],
)
def test_question_in_another_language_is_told_so(answerer: Answerer, question: str, told: str) -> None:
    message = refused(answerer.ask(question), "language")
    assert told in message
    assert "English" in message


def test_what_was_recognised_in_another_language_is_told(answerer: Answerer) -> None:
    assert "Serbia, GRETA" in refused(answerer.ask("Šta je GRETA rekla o žrtvama u Srbiji?"), "language")


@pytest.mark.parametrize(
    "question", ["football results", "How much does a bus ticket to Paris cost?", "the price of bread"]
)
def test_question_on_something_else_is_outside_the_library(answerer: Answerer, question: str) -> None:
    refused(answerer.ask(question), "outside_library")


def test_something_else_about_a_country_that_is_loaded_is_outside_the_library(answerer: Answerer) -> None:
    assert "bread" in refused(answerer.ask("the price of bread in Serbia"), "outside_library")


def test_country_that_no_document_is_about_is_not_loaded(answerer: Answerer) -> None:
    for question in ("compensation in Montenegro", "Montenegro", "shelters in Germany"):
        message = refused(answerer.ask(question), "not_loaded")
        assert "Montenegro" in message or "Germany" in message


def test_source_without_a_report_of_its_own_is_not_loaded_rather_than_silent(answerer: Answerer) -> None:
    message = refused(answerer.ask("What did GRETA say about mobile teams in Albania?"), "not_loaded")
    assert "GRETA" in message
    assert "Albania" in message
    refused(answerer.ask("What did the EC say about residence permits in Serbia?"), "not_loaded")
    refused(answerer.ask("What does the US TIP report say about compensation in Serbia?"), "not_loaded")


def test_source_with_a_report_of_its_own_that_says_nothing_is_silent(answerer: Answerer) -> None:
    message = refused(answerer.ask("What did GRETA say about labour inspectors in Serbia?"), "silent")
    assert "GRETA(2016)41" in message
    assert "labour inspectors" in message


def test_country_without_a_source_is_silent_when_its_documents_say_nothing(answerer: Answerer) -> None:
    message = refused(answerer.ask("residence permits in Kosovo"), "silent")
    assert "Lanterns on the Drin" in message


def test_round_or_year_that_is_not_loaded_is_told_apart_from_silence(answerer: Answerer) -> None:
    question = "What did GRETA say about compensation in Serbia"
    assert "round 4" in refused(answerer.ask(f"{question} in the fourth round?"), "not_loaded")
    assert "2030" in refused(answerer.ask(f"{question}?", Scope(years=(2030,))), "not_loaded")
    refused(answerer.ask("compensation in Serbia", Scope(rounds=(3,))), "not_loaded")


def test_report_that_is_not_loaded_is_not_answered_from_others(answerer: Answerer) -> None:
    for question in ("GRETA(2099)41", "What does GRETA(2099)41 say about compensation?"):
        assert "GRETA(2099)41" in refused(answerer.ask(question), "not_loaded")


def test_report_that_is_loaded_and_named_is_silent_or_answers_itself(answerer: Answerer) -> None:
    answer = answerer.ask("What does GRETA(2016)41 say about compensation?")
    assert {quote.document.identity.official_number for quote in answer.quotes} == {"GRETA(2016)41"}
    assert {quote.voice for quote in answer.quotes} == {"own"}
    assert "GRETA(2016)41" in refused(answerer.ask("What does GRETA(2016)41 say about legal aid?"), "silent")


def test_section_that_does_not_exist_is_silent(answerer: Answerer) -> None:
    assert "no section 9" in refused(answerer.ask("What does section 9 of the non-paper say?"), "silent")
    assert answerer.ask("What does section 4 of the non-paper say?").answered


def test_number_that_nothing_tells_is_no_matter_outside_the_library(answerer: Answerer) -> None:
    refused(answerer.ask("How many prosecutors did Serbia train?"), "silent")


def test_reported_words_are_shown_with_a_word_on_the_missing_report(answerer: Answerer) -> None:
    message = answerer.ask("What did GRETA say about compensation in Albania?").message
    assert "No report by GRETA" in message
    assert "reported by ICMPD" in message
    assert "No report by" not in answerer.ask("What did GRETA say about compensation in Serbia?").message


def test_country_or_source_of_several_that_is_missing_is_told(answerer: Answerer) -> None:
    message = answerer.ask("compensation in Serbia and in Montenegro").message
    assert "Montenegro: no report" in message
    assert "Nothing is shown on Kosovo*." in answerer.ask("statistics in Serbia and in Kosovo").message
    assert "Nothing is shown of OSCE." in answerer.ask("compensation in Serbia", Scope(sources=("EC", "OSCE"))).message
    assert "Nothing is shown" not in answerer.ask("compensation in Serbia and in Albania").message


def test_empty_library_says_what_to_do(embedder: Embedder, tmp_path: Path) -> None:
    answer = Answerer(Library.open(tmp_path), embedder).ask("compensation in Serbia")
    assert "pincite ingest" in refused(answer, "not_loaded")


def test_other_word_than_any_in_the_library_is_understood_or_refused_but_never_guessed(answerer: Answerer) -> None:
    for question in ("xyzzy", "Serbia xyzzy", "aaaa bbbb cccc", "asdf in Albania"):
        assert not answerer.ask(question).answered
