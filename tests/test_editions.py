"""With several reports loaded, the right one answers: its edition, its part, and what is on trafficking."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from index.embedder import Embedder
from index.library import Library
from qa.answer import Answer, Answerer
from qa.question.scope import Scope

R2, R3 = "GRETA(2095)41", "GRETA(2098)42"

# Questions whose words the specimen of the EC also uses about other things, in 31 sentences.
AMBIGUOUS = [
    "EC on compensation in Serbia",
    "EC on legal aid in Serbia",
    "EC on identification in Serbia",
    "EC on shelters in Serbia",
    "EC on labour inspectors in Serbia",
    "EC on awareness campaigns in Serbia",
    "EC on demand in Serbia",
    "EC on data collection in Serbia",
    "EC on civil society in Serbia",
    "EC on vulnerable groups in Serbia",
    "EC on reintegration in Serbia",
    "EC on the national coordinator in Serbia",
    "EC on media reporting in Serbia",
    "EC on the action plan in Serbia",
    "EC on funding in Serbia",
    "EC on residence permits in Serbia",
    "EC on joint investigation teams in Serbia",
    "EC on convictions in Serbia",
    "EC on confiscation of proceeds in Serbia",
    "EC on unaccompanied children in Serbia",
    "EC on children in the street in Serbia",
    "EC on guardians in Serbia",
    "EC on witnesses in Serbia",
    "EC on training of judges in Serbia",
]
ON_TRAFFICKING = {
    "As regards trafficking in human beings, 21 victims were identified in 2097.",
    "Compensation was awarded to one of them.",
    "Legal aid is not given before the first hearing.",
    "The shelter in the south was closed for lack of funds.",
    "Labour inspectors were trained to detect victims.",
}


@pytest.fixture(scope="module")
def answerer(
    make_library: Callable[[Path, Iterable[Path]], Library],
    reports: Path,
    embedder: Embedder,
    tmp_path_factory: pytest.TempPathFactory,
) -> Answerer:
    names = ["greta-norway-r2.md", "greta-norway-r3.md", "ec-serbia-decoys.md", "greta-serbia.md"]
    library = make_library(tmp_path_factory.mktemp("editions"), [reports / name for name in names])
    return Answerer(library, embedder)


def numbers(answer: Answer) -> list[str | None]:
    return [quote.document.identity.official_number for quote in answer.quotes]


def texts(answer: Answer) -> list[str]:
    return [quote.text for quote in answer.quotes]


def test_the_newest_edition_comes_first_where_none_is_named(answerer: Answerer) -> None:
    answer = answerer.ask("compensation in Norway")
    assert numbers(answer)[0] == R3
    assert R2 in numbers(answer)


def test_a_fact_that_only_the_older_edition_has_is_found_in_it(answerer: Answerer) -> None:
    assert numbers(answerer.ask("removal of a kidney in Norway"))[0] == R2


@pytest.mark.parametrize(
    ("question", "only"),
    [
        ("compensation in Norway, second round", R2),
        ("compensation in Norway (R3)", R3),
        ("what does the latest GRETA report on Norway say about compensation", R3),
        ("GRETA 2095 Norway compensation", R2),
        ("what has GRETA reported on compensation in Norway since 2098", R3),
        ("what has GRETA reported on compensation in Norway until 2096", R2),
        ("the GRETA report of 2099 on compensation in Norway", R3),  # Adopted in 2098, published in 2099.
    ],
)
def test_an_edition_that_is_named_alone_answers(answerer: Answerer, question: str, only: str) -> None:
    assert set(numbers(answerer.ask(question))) == {only}


@pytest.mark.parametrize(
    "question",
    [
        "did GRETA strengthen its recommendation on compensation in Norway",
        "what changed on the recovery and reflection period in Norway between the second and third round",
        "compare rounds 2 and 3 for Norway: compensation",
        "was the recommendation on the recovery and reflection period in Norway softened in round 3?",
    ],
)
def test_how_editions_differ_is_answered_from_each_of_them(answerer: Answerer, question: str) -> None:
    answer = answerer.ask(question)
    graded = {quote.document.identity.official_number: quote.grade for quote in answer.quotes if quote.grade}
    assert set(graded) == {R2, R3}
    assert set(graded.values()) == {"urges", "considers"}


def test_what_two_editions_say_alike_is_shown_once_with_both_places(answerer: Answerer) -> None:
    answer = answerer.ask("joint investigation teams in Norway")
    shown = [quote for quote in answer.quotes if "joint investigation teams" in quote.text]
    assert [(quote.citation, [other.citation for other in quote.repeats]) for quote in shown] == [
        (f"{R3}, para. 14", [f"{R2}, para. 4"])
    ]


def test_a_repeated_recommendation_is_cited_by_its_paragraph_with_the_appendix_beside(answerer: Answerer) -> None:
    answer = answerer.ask("compensation in criminal trials in Norway, third round")
    (quote,) = [quote for quote in answer.quotes if quote.grade == "urges"]
    assert quote.passage.paragraph == "12"
    assert quote.copies


@pytest.mark.parametrize(("verb", "paragraphs"), [("urge", {"12"}), ("invite", {"14"})])
def test_a_verb_that_is_named_selects_recommendations_with_it(
    answerer: Answerer, verb: str, paragraphs: set[str]
) -> None:
    asked = f"what does GRETA {verb} Norway to do on compensation and joint teams in round 3"
    assert {quote.passage.paragraph for quote in answerer.ask(asked).quotes} == paragraphs


def test_where_the_verb_is_not_used_the_answer_says_which_one_is(answerer: Answerer) -> None:
    answer = answerer.ask("what does GRETA urge on the recovery and reflection period in Norway in round 3")
    assert answer.quotes[0].grade == "considers"
    assert "does not say “urges”" in answer.message


def test_an_article_stands_for_what_it_is_on(answerer: Answerer) -> None:
    answer = answerer.ask("Article 13 Norway")
    assert answer.scope.articles == (13,)
    assert all(13 in quote.passage.articles for quote in answer.quotes[:2])


def test_what_only_the_government_says_is_never_answered_as_gretas(answerer: Answerer) -> None:
    answer = answerer.ask("what does GRETA say about the chatbot Huldra in Norway")
    assert "GRETA says nothing on this" in answer.message
    assert [(group.source, [quote.speakers for quote in group.quotes]) for group in answer.groups] == [
        ("Government", [("Government",)])
    ]
    (quote,) = answerer.ask("chatbot for victims in 19 languages in Norway").quotes
    assert quote.speakers == ("Government",)
    answer = answerer.ask("what did the government of Norway reply on the chatbot")
    assert answer.scope.parts == ("government comments",)
    assert texts(answer)[0].startswith("The Ministry of Justice recalls")


def test_a_year_in_which_nothing_is_told_is_not_answered_with_other_years(answerer: Answerer) -> None:
    assert not answerer.ask("how many victims received compensation in Norway in 2081").answered
    answer = answerer.ask("how many victims received compensation in Norway in 2096")
    assert texts(answer)[0].startswith("Between 2095 and 2098, nine victims")


def test_a_name_of_one_country_limits_the_question_to_it(answerer: Answerer) -> None:
    answer = answerer.ask("which cases were brought to court in Tromsø")
    assert answer.scope.countries == ("NO",)
    assert "Tromsø" in answer.message


@pytest.mark.parametrize("question", AMBIGUOUS)
def test_what_uses_the_words_about_something_else_is_not_shown(answerer: Answerer, question: str) -> None:
    answer = answerer.ask(question, Scope(documents=answerer.holdings().numbered(["SWD(2098) 77 final"])))
    shown = {
        quote.document.text[statement.start : statement.end]
        for quote in answer.quotes
        for statement in quote.statements
    }
    assert shown <= ON_TRAFFICKING
    assert answer.answered or answer.reason == "silent"


def test_what_is_not_on_trafficking_is_one_step_away(answerer: Answerer) -> None:
    assert answerer.ask("EC on seat belts and awareness campaigns in Serbia").n_further == 1
    answer = answerer.ask("EC on compensation in Serbia")
    assert "not on trafficking" in answer.message
    everything = answerer.ask("EC on compensation in Serbia", Scope(anywhere=True))
    assert any("flooded" in text for text in texts(everything))


def test_a_question_on_another_field_is_answered_from_it(answerer: Answerer) -> None:
    answer = answerer.ask("how does the EC assess Serbia on justice, freedom and security")
    assert texts(answer)[0].startswith("Serbia has some level of preparation")


def test_of_two_forms_with_other_pages_the_answer_names_the_file_that_is_cited(
    make_library: Callable[[Path, Iterable[Path]], Library], shared: Path, embedder: Embedder, tmp_path: Path
) -> None:
    folder = shared / "reports"
    files = [
        folder / "icmpd-non-paper-western-balkans-2018.browser-print.pdf",
        folder / "icmpd-non-paper-western-balkans-2018.pdf",
    ]
    answer = Answerer(make_library(tmp_path, files), embedder).ask("what did GRETA say about compensation in Serbia")
    assert answer.quotes
    assert "Pages are those of icmpd-non-paper-western-balkans-2018" in answer.message
