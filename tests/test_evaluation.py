"""`pincite evaluate`: what is measured on an invented library, and what a bad file of questions gets."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.embedder import Embedder
from index.library import Library
from ingest.errors import UsageError
from qa.answer import Answerer
from qa.evaluating.evaluation import evaluate
from qa.evaluating.expectations import read_questions, read_truth
from qa.evaluating.measures import compare, evaluation_of
from qa.question.scope import Scope

LEGAL_AID = {
    "id": "spans",
    "kind": "direct",
    "question": "What did the EC say about legal aid in Albania?",
    "countries": ["AL"],
    "sources": ["EC"],
    "answer_spans": ["Legal aid to be free of charge from the first interview"],
    "span_sources": [["EC"]],
    "alt_spans": [[]],
}
COMPENSATION = {
    "id": "places",
    "kind": "verb",
    "question": "what does GRETA urge Serbia to do about compensation, second round",
    "expected": [
        {
            "publisher": "GRETA",
            "country": "RS",
            "number": "GRETA(2016)41",
            "round": 2,
            "year": 2016,
            "paragraphs": [2],
            "pages": [1, 1],
            "verb": "urges",
            "sentences": ["GRETA urges the Serbian authorities to make compensation part of every criminal trial."],
        }
    ],
}
GERMANY = {"id": "none", "kind": "unanswerable", "question": "GRETA on compensation in Germany", "expected": []}


@pytest.fixture(scope="module")
def answerer(invented_library: Path, embedder: Embedder) -> Answerer:
    return Answerer(Library.open(invented_library), embedder)


@pytest.fixture
def evaluated(answerer: Answerer, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Evaluates some questions on the invented library and returns the run as JSON has it."""

    def run(*questions: dict[str, Any], truth: Path | None = None, **options: Any) -> dict[str, Any]:
        posed = read_questions(write(tmp_path / "questions.jsonl", *questions))
        evaluation = evaluate(posed, answerer, truth=read_truth(truth) if truth else (), **options)
        return dict(json.loads(json.dumps(evaluation.as_dict())))

    return run


def write(file: Path, *questions: dict[str, Any]) -> Path:
    file.write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    return file


def value(run: dict[str, Any], name: str, kind: str = "all") -> float:
    return next(float(m["value"]) for m in run["measures"] if m["name"] == name and m["kind"] == kind)


def test_what_is_expected_is_found_in_both_forms_of_question_file(evaluated: Callable[..., dict[str, Any]]) -> None:
    run = evaluated(LEGAL_AID, COMPENSATION)
    for kind in ("direct", "verb", "all"):
        assert value(run, "first 3", kind) == value(run, "recall in 200 words", kind) == 1
    assert value(run, "attribution errors") == 0
    assert value(run, "citations right") == 1
    assert not any(question["failed"] for question in run["questions"])


def test_words_that_the_library_does_not_hold_are_missing(evaluated: Callable[..., dict[str, Any]]) -> None:
    run = evaluated(LEGAL_AID | {"answer_spans": ["Legal aid to be free of charge for everybody"]})
    assert value(run, "first 3") == value(run, "recall@5") == value(run, "nDCG@10") == 0


def test_a_statement_counts_only_in_the_report_that_is_expected(evaluated: Callable[..., dict[str, Any]]) -> None:
    elsewhere = COMPENSATION["expected"][0] | {"number": "GRETA(2021)07"}
    assert value(evaluated(COMPENSATION | {"expected": [elsewhere]}), "first 3") == 0


def test_a_statement_outside_the_word_budget_is_not_found_in_it(evaluated: Callable[..., dict[str, Any]]) -> None:
    run = evaluated(LEGAL_AID, words=3)
    assert value(run, "first 3") == 1
    assert value(run, "recall in 3 words") == 0


def test_a_speaker_other_than_the_truth_is_an_attribution_error(evaluated: Callable[..., dict[str, Any]]) -> None:
    run = evaluated(LEGAL_AID | {"span_sources": [["GRETA"]]})
    assert value(run, "attribution errors") > 0
    assert "the truth says GRETA" in str(run["questions"][0]["quotes"])


def test_a_quote_of_another_round_than_asked_is_an_attribution_error(
    evaluated: Callable[..., dict[str, Any]],
) -> None:
    third = COMPENSATION["expected"][0] | {"round": 3}
    question = COMPENSATION | {"question": "GRETA on compensation in Serbia, R3", "expected": [third]}
    # A limit set beside the question makes it be answered wrongly.
    run = evaluated(question, scope=Scope(rounds=(2,)))
    assert "of round 2; asked for" in str(run["questions"][0]["quotes"])


def test_a_region_may_be_answered_with_other_countries_than_the_truth_lists(
    evaluated: Callable[..., dict[str, Any]],
) -> None:
    named, region = (
        {**LEGAL_AID, "countries": ["XK"], "question": f"legal aid in {where}"} for where in ("Albania", "the region")
    )
    assert value(evaluated(named), "attribution errors") == 1
    assert value(evaluated(region), "attribution errors") == 0


def test_comments_of_the_government_answered_with_the_words_of_others_are_told(
    evaluated: Callable[..., dict[str, Any]],
) -> None:
    said = COMPENSATION["expected"][0] | {"publisher": "Government of Serbia", "sentences": ["We disagree with this."]}
    run = evaluated(COMPENSATION | {"kind": "government_comments", "expected": [said]})
    assert value(run, "comments as others'") == 1


def test_a_question_for_gretas_words_that_only_the_government_answers_may_be_refused(
    evaluated: Callable[..., dict[str, Any]],
) -> None:
    said = COMPENSATION["expected"][0] | {"publisher": "Government of Serbia", "sentences": ["We breed white horses."]}
    asked = {"id": "horses", "kind": "government_comments", "expected": [said]}
    for_gretas = evaluated(asked | {"question": "what does GRETA say about white horses in Serbia"})["questions"][0]
    for_anyones = evaluated(asked | {"question": "white horses in Serbia"})["questions"][0]
    assert for_gretas["right_reasons"] == ["silent"]
    assert for_anyones["right_reasons"] == []
    assert for_anyones["failed"]


def test_a_citation_is_right_only_with_the_paragraph_of_the_truth(
    evaluated: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    text = COMPENSATION["expected"][0]["sentences"][0]
    paragraph = {"number": 7, "first_page": 1, "last_page": 1, "text": text}
    report = {"publisher": "GRETA", "number": "GRETA(2016)41", "round": 2, "year": 2016, "paragraphs": [paragraph]}
    write(tmp_path / "truth.json", report)
    assert value(evaluated(COMPENSATION, truth=tmp_path), "citations right") == 0
    paragraph["number"] = 2
    write(tmp_path / "truth.json", report)
    assert value(evaluated(COMPENSATION, truth=tmp_path), "citations right") == 1


def test_quotes_on_something_else_than_trafficking_are_counted_where_the_truth_tells(
    evaluated: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    block = {"type": "paragraph", "first_page": 1, "last_page": 1, "thb": False}
    block["text"] = COMPENSATION["expected"][0]["sentences"][0]
    report = {"publisher": "GRETA", "number": "GRETA(2016)41", "round": 2, "year": 2016, "blocks": [block]}
    write(tmp_path / "truth.json", report)
    elsewhere = COMPENSATION | {"expected": [COMPENSATION["expected"][0] | {"sentences": ["Nobody says this."]}]}
    assert value(evaluated(elsewhere, truth=tmp_path), "on something else") == 1
    block["thb"] = True
    write(tmp_path / "truth.json", report)
    assert value(evaluated(elsewhere, truth=tmp_path), "on something else") == 0


def test_a_refusal_is_right_only_for_the_right_reason(evaluated: Callable[..., dict[str, Any]]) -> None:
    run = evaluated(GERMANY, GERMANY | {"id": "other", "reason": "silent"})
    assert value(run, "refused") == 1
    assert value(run, "refused, right reason") == 0.5
    assert run["questions"][0]["right_reasons"] == ["not_loaded"]


def test_two_runs_are_compared_question_by_question(evaluated: Callable[..., dict[str, Any]]) -> None:
    wrong = LEGAL_AID | {"answer_spans": ["Legal aid to be paid by the moon"]}
    before, now = (evaluation_of(evaluated(one, COMPENSATION)) for one in (wrong, LEGAL_AID))
    comparison = compare(now, before)
    assert (comparison.mended, comparison.broken) == (("spans",), ())
    found = next(d for d in comparison.differences if (d.kind, d.name) == ("all", "first 3"))
    assert (found.before, found.now) == (0.5, 1)
    assert found.low <= 0.5 <= found.high


def test_the_command_limits_to_a_document_and_compares_with_a_run_kept(
    pincite: Callable[..., Any], invented_library: Path, tmp_path: Path
) -> None:
    file = write(tmp_path / "questions.jsonl", COMPENSATION)
    limited = pincite("evaluate", file, "--document", "Lanterns on the Drin", "--json", library=invented_library).json
    assert value(limited, "first 3") == 0
    before = write(tmp_path / "before.json", limited)
    run = pincite("evaluate", file, "--against", before, "--json", library=invented_library).json
    assert value(run, "first 3") == 1
    assert run["comparison"]["mended"] == ["places"]


def test_a_run_read_back_from_json_gives_the_same_measures(evaluated: Callable[..., dict[str, Any]]) -> None:
    run = evaluated(LEGAL_AID, GERMANY)
    again = evaluation_of(run).as_dict()
    assert json.loads(json.dumps(again)) == run


def test_failures_are_listed_with_what_was_expected_and_what_was_shown(
    pincite: Callable[..., Any], invented_library: Path, tmp_path: Path
) -> None:
    file = write(tmp_path / "q.jsonl", LEGAL_AID | {"answer_spans": ["Legal aid to be paid by the moon"]})
    shown = pincite("evaluate", file, "--verbose", library=invented_library).stdout
    assert "MISSING  Legal aid to be paid by the moon" in shown
    assert "1. " in shown
    assert "Legal aid to be free of charge" in shown


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("", "holds no question"),
        ('{"question": "a", "expected": []}\n{"question": ', "line 2 is no JSON"),
        ('{"expected": []}', "line 1: a question is a JSON object"),
        ('{"question": "a"}', 'line 1: what should be shown is missing: a list "answer_spans"'),
        ('{"question": "a", "expected": [{"number": "GRETA(2016)41"}]}', "line 1: what should be shown cannot be read"),
        (
            '\n{"id": 1, "question": "a", "expected": []}\n{"id": 1, "question": "b", "expected": []}',
            "line 3: a question",
        ),
    ],
)
def test_an_unreadable_line_is_named_with_what_is_wrong(
    pincite: Callable[..., Any], tmp_path: Path, lines: str, message: str
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(lines, encoding="utf-8")
    done = pincite("evaluate", file, library=tmp_path / "library")
    assert done.status == 1
    assert message in done.stderr


def test_an_earlier_run_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="no run of `pincite evaluate --json`"):
        evaluation_of({"k": 5})


def test_the_question_files_beside_the_repository_are_read_whole(shared: Path) -> None:
    places = read_questions(shared / "specimens" / "questions.jsonl")
    assert {question.kind for question in places} >= {"fact", "verb", "change", "government_comments", "unanswerable"}
    assert all(bool(question.expected) != (question.kind == "unanswerable") for question in places)
    assert len(read_questions(shared / "questions" / "non-paper.jsonl")) == 50
    printed = read_truth(shared / "specimens" / "truth")
    assert {place.speaker for place in printed} == {"GRETA", "EC", "Government"}
