"""A broad word of a question reaches the narrower things that a report tells of, and not the other way round."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path

import pytest

from index.embedder import Embedder
from index.library import Library
from qa.answer import Answer, Answerer
from qa.question.concepts import asked_for
from qa.question.scope import read_question
from qa.text import answer_text

MakeLibrary = Callable[[Path, Iterable[Path]], Library]

HEAD = """---
publisher: {publisher}
title: {title}
countries: {country}
year: {year}
language: en
{more}specimen: every sentence is invented for the tests of Pincite
---
"""

PAPER = (
    HEAD.format(publisher="ICMPD", title="Paper on Croatia: a specimen", country="HR", year=2091, more="")
    + """
# Croatia

- A solid record of prosecutions of trafficking is to be established. (EC)

- The non-punishment principle is to be applied to all victims of trafficking. (EC)
"""
)

REPORT = (
    HEAD.format(
        publisher="EC",
        title="Croatia {year} Report",
        country="HR",
        year="{year}",
        more="official_number: SWD({year}) 77 final\n",
    )
    + """
# Chapter 24: Justice, freedom and security

On trafficking in human beings, four persons were convicted by courts of first instance. 31 victims were referred.

Two cases of trafficking ended with a plea bargain. The hotline on trafficking received 55 calls.

Leaflets on trafficking mention it in one sentence.

The shelter for victims of trafficking in Osijek has eleven places.
"""
)

URGES = (
    HEAD.format(
        publisher="GRETA",
        title="Report on Latvia: a specimen",
        country="LV",
        year=2094,
        more="official_number: GRETA(2094)44\n",
    )
    + """
# Compensation

1. GRETA urges the Latvian authorities to make compensation accessible to victims of trafficking, and in particular to:

- pay out awards from the budget within six months;

- tell every victim of the fund in a language that the victim understands.
"""
)


@pytest.fixture(scope="module")
def answerer(make_library: MakeLibrary, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder = tmp_path_factory.mktemp("broad")
    texts = {"paper": PAPER, "ec-2093": REPORT.format(year=2093), "ec-2095": REPORT.format(year=2095), "urges": URGES}
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return Answerer(make_library(folder / "library", sorted(folder.glob("*.md"))), embedder)


def own_of_ec(answer: Answer) -> str:
    """What is shown of the EC's own reports."""
    return " ".join(quote.text for quote in answer.quotes if quote.voice == "own" and "EC" in quote.speakers)


@pytest.mark.parametrize(
    "question",
    ["EC on prosecution in Croatia", "prosecution in Croatia", "compare GRETA and EC on prosecution in Croatia"],
)
def test_convictions_of_the_own_report_stand_beside_what_is_reported_on_prosecution(
    answerer: Answerer, question: str
) -> None:
    answer = answerer.ask(question)
    assert "four persons were convicted" in own_of_ec(answer)
    assert "plea bargain" in own_of_ec(answer)
    group = next(group for group in answer.groups if group.source == "EC")
    assert [quote.voice for quote in group.quotes] == sorted(quote.voice for quote in group.quotes)  # Own words first.
    assert any(quote.voice == "reported" for quote in group.quotes)


def test_everyday_word_of_a_narrower_thing_is_no_evidence_of_the_broad_one(answerer: Answerer) -> None:
    """A "sentence" is one of a text as well as one of a court."""
    assert "in one sentence" not in own_of_ec(answerer.ask("EC on prosecution in Croatia"))


def test_shelters_are_found_by_who_asks_for_assistance(answerer: Answerer) -> None:
    assert "eleven places" in own_of_ec(answerer.ask("EC on assistance to victims in Croatia"))


def wordings(question: str) -> dict[tuple[str, ...], float]:
    return {one.words: one.weight for asked in asked_for(read_question(question)) for one in asked.concept}


def test_narrower_thing_counts_less_than_a_synonym_and_does_not_ask_for_the_broad_one() -> None:
    broad = wordings("prosecution in Serbia")
    assert 1 == broad["prosecut",] > broad["trial",] > broad["convict",] > 0
    narrow = wordings("convictions in Serbia")
    assert narrow["convict",] == 1
    assert "prosecut" not in {word for words in narrow for word in words}


@pytest.mark.parametrize(
    "question",
    [
        "EC on prevention of money laundering in Croatia",
        "EC on assistance to fishermen in Croatia",
        "assistance to journalists in Croatia",
    ],
)
def test_narrower_things_decide_on_no_silence_where_more_is_asked_for(answerer: Answerer, question: str) -> None:
    """Leaflets tell of prevention, and nothing of the prevention of money laundering."""
    assert not answerer.ask(question).answered


def test_broad_sets_are_sets_and_what_they_take_in_is_not_among_their_own_wordings() -> None:
    data = tomllib.loads((files("qa") / "data" / "topics.toml").read_text(encoding="utf-8"))
    for topic in data.values():
        sets = {wordings[0]: wordings for wordings in topic["sets"]}
        for broad, names in topic.get("narrower", {}).items():
            assert not set(sets[broad]) & set(names), broad


# --- what is said of an own report that is not shown ------------------------------------------------------------------


def test_own_report_that_is_loaded_and_says_nothing_is_named_beside_reported_words(answerer: Answerer) -> None:
    answer = answerer.ask("EC on non-punishment in Croatia")
    assert {quote.voice for quote in answer.quotes} == {"reported"}
    assert "SWD(2095) 77 final (2095), is loaded and says nothing on it in these words" in answer.message
    assert "No report by EC" not in answer.message
    (age,) = answer.ages
    assert "its own report SWD(2095) 77 final is loaded too" in age.sentence()
    assert age.as_dict()["own_loaded"] == "SWD(2095) 77 final"


def test_own_report_of_which_something_is_shown_is_not_said_to_be_silent(answerer: Answerer) -> None:
    assert "in these words" not in answerer.ask("EC on prosecution in Croatia").message


# --- how a recommendation is printed ----------------------------------------------------------------------------------


def test_bullets_of_a_recommendation_are_printed_on_lines_of_their_own(answerer: Answerer) -> None:
    lines = answer_text(answerer.ask("What does GRETA urge Latvia to do on compensation?"), width=80).splitlines()
    assert "    pay out awards from the budget within six months;" in lines
    assert any(line.startswith("    tell every victim") for line in lines)
    assert not any("  " in line.strip() for line in lines)
