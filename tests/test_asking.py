"""Whose words a question asks for, which countries it means, and what is no evidence or no question at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from index.embedder import Embedder
from index.intake import files_in
from index.library import Library
from index.search import Searcher
from qa.answer import Answer, Answerer
from qa.comparing.timeline import timeline
from qa.evidence.holdings import Holdings
from qa.question.answer_type import tells
from qa.question.concepts import asked_for
from qa.question.scope import read_question
from qa.question.subjects import body_asked, government_asked

MakeLibrary = Callable[[Path, Iterable[Path]], Library]

REPORT = """---
publisher: GRETA
title: Report on Finland, {name} evaluation round: a specimen
official_number: {number}
countries: FI
year: {year}
round: {round}
language: en
specimen: every sentence is invented for the tests of Pincite
---

Secretariat of the Convention on Action against Trafficking in Human Beings (GRETA).

# Introduction

1. The delegation visited four towns and two reception centres. It met ministers, judges and organisations.

2. Members of the delegation also spoke with victims in private.

# Compensation and legal redress

3. GRETA welcomes the new compensation fund for victims, which opened in May {year}.[^1]

4. GRETA {verb} the Finnish authorities to pay compensation to victims within six months.

5. The courts awarded compensation in {n} cases of trafficking.[^2] Most awards were never paid.

6. Lawyers said that victims are rarely told how compensation is claimed.

# Training

7. GRETA invites the Finnish authorities to train harbour pilots in the detection of victims.

8. Police schools teach cadets for two days how trafficking is recognised.

9. GRETA welcomes the handbook for labour inspectors on the detection of victims.

10. The handbook was printed in four languages. It is used in all districts.

# Government's comments

The Government does not share the finding on compensation, since the fund opened only in spring.

The Government points out that harbour pilots are employed by a private company.

[^1]: Official Gazette of 10 March {year}, on the compensation fund.

[^2]: Survey of {year} on compensation, 310 respondents.
"""


@pytest.fixture(scope="module")
def answerer(make_library: MakeLibrary, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder = tmp_path_factory.mktemp("asking")
    editions = (
        ("second", "GRETA(2091)33", 2091, 2, "urges", 3),
        ("third", "GRETA(2096)33", 2096, 3, "urges", 8),
    )
    files = []
    for name, number, year, round_, verb, n in editions:
        files.append(folder / f"finland-{round_}.md")
        text = REPORT.format(name=name, number=number, year=year, round=round_, verb=verb, n=n)
        files[-1].write_text(text, encoding="utf-8")
    return Answerer(make_library(folder / "library", files), embedder)


def speakers(answer: Answer) -> set[str]:
    return {speaker for quote in answer.quotes for speaker in quote.speakers}


# --- whose words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "What do the Finnish authorities say about compensation?",
        "according to the government of Finland, who pays compensation",
        "Finnish government say about GRETA's report",
        "How did Finland respond to GRETA's recommendations on compensation?",
        "What did the authorities of Finland report about harbour pilots?",
        "Position of the Finnish government on legal aid",
        "the government's view on compensation in Finland",
        "What did the government of Bosnia and Herzegovina reply to GRETA's criticism?",
        "Did the Finnish authorities disagree with any finding on training?",
    ],
)
def test_government_that_is_asked_for_as_the_speaker_is_the_source(question: str) -> None:
    assert read_question(question).scope.sources == ("Government",)


@pytest.mark.parametrize(
    "question",
    [
        "What did GRETA say about what the authorities report on training in Finland?",
        "What should the Finnish authorities do about compensation?",
        "What does GRETA urge the Finnish authorities to do?",
        "How many cases did the authorities report in 2096?",
        "How do the Finnish authorities respond to child trafficking?",
        "What does GRETA say about the government's position on legal aid?",
        "Does GRETA say the authorities claim that there are no victims?",
        "Which measures did the authorities take on training?",
        "How did Finland respond to trafficking?",
        "What is reported about the authorities of Finland?",
    ],
)
def test_government_that_is_spoken_of_is_no_source(question: str) -> None:
    assert government_asked(question) is None
    assert "Government" not in read_question(question).scope.sources


def test_government_beside_another_source_is_one_of_two() -> None:
    question = read_question("Do GRETA and the Finnish authorities say the same about legal aid?")
    assert question.scope.sources == ("GRETA", "Government")


def test_words_that_only_tell_whose_words_are_wanted_are_not_looked_for() -> None:
    assert read_question("What do the Finnish authorities claim about compensation?").content == ("compensation",)
    assert read_question("What is Europol's estimate on profits?").content == ("profits",)


def test_comments_of_a_government_answer_for_it(answerer: Answerer) -> None:
    for question in (
        "What do the Finnish authorities say about compensation?",
        "Finnish government's reply on compensation",
    ):
        answer = answerer.ask(question)
        assert answer.scope.countries == ("FI",)
        assert speakers(answer) == {"Government"}
        assert "opened only in spring" in answer.quotes[0].text


def test_silence_of_a_government_names_its_comments(answerer: Answerer) -> None:
    answer = answerer.ask("Finland government's comments on police schools")
    assert answer.reason == "silent"
    assert "comments of the Government of Finland: GRETA(20" in answer.message


def test_government_without_comments_is_not_loaded(invented_library: Path, embedder: Embedder) -> None:
    answer = Answerer(Library.open(invented_library), embedder).ask(
        "What does the Serbian government say on compensation?"
    )
    assert answer.reason == "not_loaded"
    assert "No comments by the Government of Serbia are loaded" in answer.message


def test_body_that_is_asked_for_is_the_source_and_not_loaded(answerer: Answerer) -> None:
    for question in (
        "Europol's estimate on compensation",
        "What does the ILO say about training?",
        "OSCE view on Finland",
    ):
        answer = answerer.ask(question)
        assert answer.reason == "not_loaded", question
    for question in ("co-operation with Europol", "What does GRETA say about IOM findings?", "IOM support to victims"):
        assert body_asked(question) is None, question


# --- which countries --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("compensation in the Nordic countries", "DK FI IS NO SE"),
        ("Which Nordic states pay compensation?", "DK FI IS NO SE"),
        ("training in the Baltics", "EE LT LV"),
        ("Visegrad countries and compensation", "CZ HU PL SK"),
        ("Benelux shelters", "BE LU NL"),
        ("EU candidates and compensation", "AL BA GE MD ME MK RS TR UA"),
        ("compensation in Finland and the Nordic countries", "FI"),
    ],
)
def test_group_of_countries_stands_for_its_members(question: str, codes: str) -> None:
    assert read_question(question).scope.countries == tuple(codes.split())


def test_members_of_a_group_that_are_not_loaded_are_told_in_one_sentence(answerer: Answerer) -> None:
    answer = answerer.ask("compensation in the Nordic countries")
    assert {country for quote in answer.quotes for country in quote.countries} == {"FI"}
    assert "on Denmark, Iceland, Norway and Sweden: no report on them is loaded" in answer.message
    answer = answerer.ask("compensation in the Baltic states")
    assert (answer.reason, answer.groups) == ("not_loaded", ())


def test_group_that_is_not_known_limits_nothing_and_the_answer_says_so(answerer: Answerer) -> None:
    for group in ("Central Europe", "the Middle East", "Gulf states", "Hanseatic countries"):
        answer = answerer.ask(f"compensation for victims in {group}")
        assert answer.scope.countries == ()
        assert f"“{group}” means is not known here" in answer.message
    for question in (
        "which countries pay compensation",
        "compensation in EU Member States",
        "compensation in Finland for victims from African countries",
    ):
        assert "not known here" not in answerer.ask(question).message, question


# --- what is no question ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question", ["help", "Hello!", "hi", "trends", "Is trafficking increasing?", "Is it getting worse?"]
)
def test_greeting_or_tendency_of_nothing_is_too_vague(answerer: Answerer, question: str) -> None:
    assert answerer.ask(question).reason == "too_vague"


def test_tendency_of_something_is_asked(answerer: Answerer) -> None:
    assert answerer.ask("Is compensation increasing?").answered
    assert answerer.ask("What help do victims get? compensation").answered


@pytest.mark.parametrize(
    "question", ["capital of Finland", "What is the population of Finland?", "Who is the prime minister of Finland?"]
)
def test_what_an_atlas_tells_is_outside_the_library(answerer: Answerer, question: str) -> None:
    assert answerer.ask(question).reason == "outside_library"


# --- what is no evidence ----------------------------------------------------------------------------------------------


def test_footnote_that_only_points_is_no_evidence(answerer: Answerer) -> None:
    answer = answerer.ask("compensation in Finland", limit=20)
    assert answer.answered
    assert not [quote.text for quote in answer.quotes if quote.text.startswith(("Official Gazette", "Survey of"))]


def test_cover_is_no_evidence(answerer: Answerer) -> None:
    for question in (
        "What did GRETA say on Finland?",
        "Did GRETA praise Finland?",
        "secretariat of the convention in Finland",
    ):
        assert "front matter" not in {quote.passage.part for quote in answerer.ask(question).quotes}


def test_praise_is_what_welcomes(answerer: Answerer) -> None:
    answer = answerer.ask("Did GRETA praise Finland?")
    assert answer.quotes
    assert all("welcomes" in quote.text for quote in answer.quotes)


# --- verbs and rounds -------------------------------------------------------------------------------------------------


def test_verb_without_a_topic_limits_to_the_recommendations_with_it(answerer: Answerer) -> None:
    for question in ("which recommendations use 'invites'", "What does GRETA invite Finland to do?"):
        answer = answerer.ask(question)
        assert {quote.grade for quote in answer.quotes} == {"invites"}
        assert {quote.document.identity.round for quote in answer.quotes} == {2, 3}
    answer = answerer.ask("Which recommendations to Finland are worded 'considers'?")
    assert not answer.answered
    assert "with “considers”" in answer.message


@pytest.mark.parametrize(
    ("question", "rounds"),
    [
        ("compensation in Finland after GRETA's second report", (3, 4)),
        ("compensation following the adoption of the third report", (4,)),
        ("compensation before GRETA's third report", (1, 2)),
        ("compensation in the second report", (2,)),
        ("What has changed on compensation after the second report?", ()),
    ],
)
def test_report_that_something_came_after_is_not_the_one_that_is_meant(question: str, rounds: tuple[int, ...]) -> None:
    assert read_question(question).scope.rounds == rounds


# --- messages ---------------------------------------------------------------------------------------------------------


def test_nothing_in_the_library_is_said_plainly(answerer: Answerer) -> None:
    assert answerer.ask("football results").message == "Nothing in the library is about “football results”."


def test_age_is_told_of_the_source_that_was_asked_for_alone(invented_library: Path, embedder: Embedder) -> None:
    answerer = Answerer(Library.open(invented_library), embedder)
    assert {age.source for age in answerer.ask("unaccompanied children in Serbia").ages} == {"EC", "GRETA"}
    assert {age.source for age in answerer.ask("What did the EC say on unaccompanied children in Serbia?").ages} == {
        "EC"
    }


# --- slips ------------------------------------------------------------------------------------------------------------


def test_slips_do_not_make_a_question_foreign(answerer: Answerer) -> None:
    for question in ("GRETA Finland compensaiton", "Finland compensaiton Finlnad"):
        answer = answerer.ask(question)
        assert answer.answered, answer.message
        assert "“compensaiton” was read as “compensation”" in answer.message
    assert answerer.ask("Que dit le GRETA sur la compensaiton des victimes en Finlande?").reason == "language"


# --- what commands say ------------------------------------------------------------------------------------------------


def test_wrong_options_are_told_in_words(pincite: Callable[..., Any], answerer: Answerer, tmp_path: Path) -> None:
    folder = answerer.library.folder
    run = pincite("ask", "compensation", "--since", "20x", library=folder)
    assert run.status == 2
    assert "no year" in run.stderr
    run = pincite("export", "compensation", "--output", tmp_path / "briefing.pdf", library=folder)
    assert run.status == 2
    assert ".docx" in run.stderr


def test_field_is_known_by_the_name_of_its_option(
    pincite: Callable[..., Any], make_library: MakeLibrary, reports: Path, tmp_path: Path
) -> None:
    folder = make_library(tmp_path, [reports / "greta-serbia.md"]).folder
    assert pincite("correct", "GRETA(2016)41", "--country", "ME", library=folder).status == 0
    assert pincite("correct", "GRETA(2016)41", "--as-read", "country", library=folder).status == 0
    assert [document["countries"] for document in pincite("documents", "--json", library=folder).json] == [["RS"]]


def test_list_of_documents_names_files_and_what_steps_aside(
    pincite: Callable[..., Any], make_library: MakeLibrary, reports: Path, tmp_path: Path
) -> None:
    folder = make_library(tmp_path, [reports / "digest.md", reports / "paper.md"]).folder
    assert "digest.md; steps aside for paper.md" in pincite("documents", library=folder).stdout


def test_readme_of_a_folder_is_no_report(tmp_path: Path) -> None:
    for name in ("README.md", "LICENSE.txt", "report.md"):
        (tmp_path / name).write_text("# Title\n\nText.", encoding="utf-8")
    assert [file.name for file in files_in([tmp_path])] == ["report.md"]
    assert [file.name for file in files_in([tmp_path / "README.md"])] == ["README.md"]


# --- wordings ---------------------------------------------------------------------------------------------------------


def test_figure_may_stand_behind_what_it_counts() -> None:
    sentence = "Courts delivered final convictions against 9 persons."
    assert tells("How many convictions were there?", sentence, sentence)
    assert not tells("How many shelters were there?", sentence, sentence)


def test_compound_is_found_in_the_other_order() -> None:
    fund = {wording.words for one in asked_for(read_question("compensation fund")) for wording in one.concept}
    assert {("compens", "fund"), ("fund", "compens")} <= fund


def test_reply_to_a_report_is_the_governments_though_the_report_is_named() -> None:
    for question in (
        "What does the Finnish government object to in GRETA's report on compensation?",
        "Finnish government's comments on compensation in GRETA's report",
        "the authorities' reply to GRETA's findings on compensation",
    ):
        assert read_question(question).scope.sources == ("Government",), question
    question = read_question("What does GRETA say of the government's reply on compensation?")
    assert question.scope.sources == ("GRETA",)


def test_body_of_several_words_is_known() -> None:
    asked = body_asked("Human Rights Watch on trafficking in Finland")
    assert asked is not None
    assert asked.speaker == "Human Rights Watch"


def test_time_line_leaves_out_what_only_shares_an_article(make_library: MakeLibrary, tmp_path: Path) -> None:
    head = REPORT.split("# Introduction", maxsplit=1)[0].format(
        name="third", number="GRETA(2096)33", year=2096, round=3
    )
    file = tmp_path / "finland.md"
    file.write_text(
        f"{head}# Access to justice (Articles 12 and 15)\n\n"
        "1. GRETA urges the Finnish authorities to pay compensation within six months.\n\n"
        "2. GRETA invites the Finnish authorities to have female victims interviewed by female officers.\n",
        encoding="utf-8",
    )
    holdings = Holdings(Searcher(make_library(tmp_path / "library", [file]), None))
    (entry,) = timeline(holdings, "FI", "compensation").entries
    assert [quote.passage.paragraph for quote in entry.demands] == ["1"]
    (entry,) = timeline(holdings, "FI", "Article 15").entries
    assert [quote.passage.paragraph for quote in entry.demands] == ["1", "2"]
