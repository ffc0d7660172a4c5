"""Hostile input at the command line: answered where it asks something, else refused; never obeyed, never a crash."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import cli
from index.embedder import Embedder
from index.library import Library
from qa.answer import Answerer

Pincite = Callable[..., Any]

FILE = Path(__file__).resolve().parents[2] / "shared" / "questions" / "hostile.jsonl"
MAX_SECONDS = 1.0

# What the file says must not be seen, where it says so in words.
FORBIDDEN = {
    "unescaped <script> in the output": "<script",
    "unescaped <img in the output": "<img",
    "request to example.com": "http://example.com",
    "U+202E in the output": "\u202e",
}
# Controls, direction marks, zero-width characters, lone surrogates: they change how a page or a terminal reads.
UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
# Inputs that hold no question, by what the file expects of them.
NOTHING = {
    "empty",
    "whitespace",
    "too_long",
    "sql_tautology",
    "event_handler",
    "markdown_link_js",
    "emoji_only",
    "stop_words",
    "only_punctuation",
    "regex_backtracking",
    "template_and_path",
}


@cache
def items() -> tuple[dict[str, Any], ...]:
    if not FILE.is_file():
        return ()
    return tuple(json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines())


hostile = pytest.mark.parametrize(
    "item",
    items() or [pytest.param({}, marks=pytest.mark.skip("there is no folder `shared` with questions"))],
    ids=lambda item: item.get("id", "none"),
)


def folded(text: str) -> str:
    text = text.translate(str.maketrans("“”‘’–—\u00a0", "\"\"''-- "))
    return re.sub(r"\s+", " ", text).strip().casefold()


def texts(library: Library) -> dict[str, str]:
    return {stored.document_id: library.document(stored.document_id).text for stored in library.documents()}


def quotes(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [quote for group in answer["groups"] for quote in group["quotes"]]


def check(item: dict[str, Any], shown: str, answer: dict[str, Any], of: dict[str, str]) -> None:
    """Everything that the file says of one answer, given as text for people and as JSON."""
    assert "Traceback" not in shown
    for wanted in item["must_show"]:
        assert folded(wanted) in folded(shown), item["id"]
        assert any(folded(wanted) in folded(quote["text"]) for quote in quotes(answer))
    for forbidden in item["must_not"]:
        if forbidden == 'a "yes"':
            assert re.search(r"\byes\b", shown, re.IGNORECASE) is None
        elif forbidden.startswith("any sentence"):
            assert all(quote["text"] in of[quote["document_id"]] for quote in quotes(answer))
        else:
            assert FORBIDDEN.get(forbidden, forbidden).casefold() not in shown.casefold()
    for quote in quotes(answer):
        assert quote["text"] == of[quote["document_id"]][quote["start"] : quote["end"]]
    if item["category"] in NOTHING:
        assert not answer["answered"]
        assert not answer["groups"]
    assert UNREADABLE.search(shown) is None
    assert len(answer["question"]) <= 2000


@hostile
def test_hostile_input_is_answered_or_refused_as_expected(
    item: dict[str, Any],
    pincite: Pincite,
    non_paper_library: Path,
    warm: Answerer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError(f"a connection to {arguments[1:]} was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    run = pincite("ask", "--", item["input"], library=non_paper_library)
    assert run.status == 0
    assert run.stderr == ""
    check(item, run.stdout, warm.ask(item["input"]).as_dict(), texts(warm.library))


@hostile
def test_hostile_input_is_answered_within_a_second(item: dict[str, Any], warm: Answerer) -> None:
    assert fastest(warm, item["input"]) < MAX_SECONDS


def fastest(answerer: Answerer, question: str) -> float:
    """Seconds that a question takes: the best of three, since other programs may keep the machine busy."""
    seconds = MAX_SECONDS
    for _ in range(3):
        start = time.perf_counter()
        answerer.ask(question)
        seconds = time.perf_counter() - start
        if seconds < MAX_SECONDS:
            break
    return seconds


@pytest.fixture(scope="module")
def warm(non_paper_library: Path, embedder: Embedder) -> Answerer:
    answerer = Answerer(Library.open(non_paper_library), embedder)
    answerer.ask("What did GRETA say about compensation in Serbia?")
    return answerer


def test_all_hostile_inputs_in_one_batch_leave_the_library_as_it_was(non_paper_library: Path, tmp_path: Path) -> None:
    normal = "What did GRETA say about compensation in Serbia?"
    inputs = [normal, *(item["input"] for item in items()), normal]
    file = tmp_path / "questions.jsonl"
    # JSON writes a lone surrogate and a null byte as escapes, so that each input is one line of valid UTF-8.
    file.write_text("".join(json.dumps({"question": text}) + "\n" for text in inputs), encoding="utf-8")
    before = (non_paper_library / "library.sqlite").read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "cli", "--library", str(non_paper_library), "ask", "--batch", str(file), "--json"],
        capture_output=True,
        check=True,
        cwd=Path(cli.__file__).parent,
        encoding="utf-8",
    )
    assert done.stderr == ""
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(inputs)
    of = texts(Library.open(non_paper_library))
    for item, answer in zip(items(), answers[1:-1], strict=True):
        shown = " ".join([answer["message"], *(quote["text"] for quote in quotes(answer))])
        check(item, shown, answer, of)
    assert answers[0] == answers[-1]
    assert quotes(answers[0])
    assert (non_paper_library / "library.sqlite").read_bytes() == before


def test_shouted_question_with_noise_gets_the_answer_of_the_plain_one(warm: Answerer) -> None:
    plain = warm.ask("What did GRETA say about compensation in Serbia?")
    for wording in (
        "   WHAT   DID greta SAY ABOUT COMPENSATION IN SERBIA?????!!!   ",
        "What did GRETA say about com\u200bpensation in Ser\u00adbia?",
        "What did GRETA\u0000 say about compensation\u0000 in Serbia?\u0000",
        "\u202eWhat did GRETA say about compensation in Serbia?\u202c",
    ):
        assert [quote.text for quote in warm.ask(wording).quotes] == [quote.text for quote in plain.quotes]


@pytest.mark.parametrize(
    "question",
    [
        "compensation " + "(" * 900,
        "a" * 1000,
        "Serbia " * 140,
        "é" * 999,
        "NRM SOP JIT THB " * 60,
        "\u0301" * 1000,
        "http://" + "a/" * 400,
        "GRETA(2017)" * 80,
        "1" * 1000,
        "which countries " * 60,
    ],
    ids=lambda question: question[:12],
)
def test_question_of_full_length_is_answered_within_a_second(question: str, warm: Answerer) -> None:
    assert fastest(warm, question) < MAX_SECONDS
