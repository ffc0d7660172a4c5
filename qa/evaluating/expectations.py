"""Question files for evaluation: what an answer should show, and where the truth says that it stands.

Two forms are read, one JSON object a line. In one, `answer_spans` are the words that should be shown, with their
speakers (`span_sources`). In the other, `expected` names documents, paragraphs, pages and sentences. Questions with
neither are unanswerable. A folder `truth` beside the file may hold what is printed where, one JSON file a report.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import UsageError
from ingest.references import number_key
from qa.question.scope import source_code

NumberKey = tuple[str, ...]
"""An official number as `number_key` folds it, equal for all ways of writing it."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed in one place of a report.

    Attributes:
        number: Official number of the report.
        words: Its words, as `folded_words` gives them.
        paragraphs: Paragraph numbers that are right for it; empty where paragraphs bear none.
        pages: Physical pages that it may stand on, 1-based.
        speaker: Code of who says it.
        country, round, year: What the report is on; None where that is not told.
        on_trafficking: Whether it is on trafficking in human beings; None where that is not told.
    """

    number: NumberKey
    words: str
    paragraphs: frozenset[str]
    pages: frozenset[int]
    speaker: str
    country: str | None = None
    round: int | None = None
    year: int | None = None
    on_trafficking: bool | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """A statement that an answer should show.

    Attributes:
        text: As the question file has it.
        wordings: Folded words, any of which shows it.
        speakers: Codes of all who say it.
        place: Where it stands; None where any document that says it will do.
        also: Number and paragraph of other places that say the same in nearly the same words.
    """

    text: str
    wordings: tuple[str, ...]
    speakers: frozenset[str]
    place: Printed | None = None
    also: tuple[tuple[NumberKey, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PosedQuestion:
    """One question of a file.

    Attributes:
        question_id: Its name in the file.
        kind: What sort of question it is.
        text: The question.
        expected: Statements that should be shown; empty for an unanswerable question.
        n_answers: How many answers it has; the statements of one recommendation are one answer.
        countries, sources: What the truth says that it is about; may be more than its words name.
        reasons: The reasons that are right for refusing it; empty where the file does not say.
    """

    question_id: str
    kind: str
    text: str
    expected: tuple[Expected, ...]
    n_answers: int
    countries: tuple[str, ...]
    sources: tuple[str, ...]
    reasons: tuple[str, ...] = ()


def folded_words(text: str) -> str:
    """A text as its words alone, between spaces: markup, case, quotation marks and dashes do not count."""
    text = re.sub(r"<sup>.*?</sup>", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("\\", "")
    return " " + " ".join(re.findall(r"\w+", text.casefold())) + " "


def read_questions(path: Path) -> tuple[PosedQuestion, ...]:
    """The questions of a file, in order.

    Raises:
        UsageError: It cannot be opened, a line of it is no question, or it has none.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be opened: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text. Save it as UTF-8, one JSON object a line.") from error
    questions: dict[str, PosedQuestion] = {}
    for n_line, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        question = _question(line, f"{path}, line {n_line}", default_id=f"line-{n_line}")
        if question.question_id in questions:
            raise UsageError(f"{path}, line {n_line}: a question before it is called {question.question_id!r} too.")
        questions[question.question_id] = question
    if not questions:
        raise UsageError(f"{path} holds no question. It should have one JSON object a line.")
    return tuple(questions.values())


def _question(line: str, where: str, *, default_id: str) -> PosedQuestion:
    try:
        item = json.loads(line)
    except json.JSONDecodeError as error:
        raise UsageError(f"{where} is no JSON: {error.msg} in column {error.colno}.") from error
    if not isinstance(item, dict) or not isinstance(item.get("question"), str):
        raise UsageError(f'{where}: a question is a JSON object with a text "question".')
    if not isinstance(item.get("expected", item.get("answer_spans")), list):
        raise UsageError(
            f'{where}: what should be shown is missing: a list "answer_spans" of texts, or "expected" of places; '
            "an empty one for a question that has no answer."
        )
    try:
        expected, n_answers = _of_places(item["expected"]) if "expected" in item else _of_spans(item)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise UsageError(f"{where}: what should be shown cannot be read: {type(error).__name__} {error}.") from error
    places = [one.place for one in expected if one.place]
    reasons = item.get("reason") or ()
    return PosedQuestion(
        question_id=str(item.get("id", default_id)),
        kind=str(item.get("kind", "question")),
        text=item["question"],
        expected=expected,
        n_answers=n_answers,
        countries=tuple(item.get("countries") or dict.fromkeys(place.country for place in places if place.country)),
        sources=tuple(map(_speaker, item.get("sources") or dict.fromkeys(place.speaker for place in places))),
        reasons=(reasons,) if isinstance(reasons, str) else tuple(reasons),
    )


def _of_spans(item: Mapping[str, Any]) -> tuple[tuple[Expected, ...], int]:
    spans = item["answer_spans"]
    others = item.get("alt_spans") or [[] for _ in spans]
    speakers = item.get("span_sources") or [item.get("sources", []) for _ in spans]
    expected = tuple(
        Expected(span, tuple(map(folded_words, (span, *other))), frozenset(map(_speaker, of_span)))
        for span, other, of_span in zip(spans, others, speakers, strict=True)
    )
    return expected, len(expected)


def _of_places(places: list[Mapping[str, Any]]) -> tuple[tuple[Expected, ...], int]:
    found: list[Expected] = []
    for place in places:
        also = tuple(
            (number_key(other["number"]), str(other["paragraph"])) for other in place.get("same_wording_also_in", ())
        )
        for sentence in place["sentences"]:
            printed = Printed(
                number=number_key(place["number"]),
                words=folded_words(sentence),
                paragraphs=frozenset(map(str, place.get("paragraphs") or ())),
                pages=_pages(place["pages"], every=place.get("paragraphs") is None),
                speaker=_speaker(place["publisher"]),
                country=place.get("country"),
                round=place.get("round"),
                year=place.get("year"),
            )
            found.append(Expected(sentence, (printed.words,), frozenset({printed.speaker}), printed, also))
    return tuple(found), len(places)


def _pages(pages: list[int], *, every: bool) -> frozenset[int]:
    """Pages as a set: `every` one that is listed, else all from the first to the last."""
    return frozenset(pages if every else range(pages[0], pages[-1] + 1))


def _speaker(name: str) -> str:
    """The code of a speaker as question files name it."""
    if name.startswith("Government of"):
        return "Government"
    # What a non-paper says in its own words is said by who published it.
    return "ICMPD" if name == "non-paper" else source_code(name)


def read_truth(folder: Path) -> tuple[Printed, ...]:
    """What reports print where, of all files of a folder that describe a report; empty when there is no such folder.

    Raises:
        UsageError: A file is no JSON.
    """
    printed: list[Printed] = []
    for path in sorted(folder.glob("*.json")):
        try:
            report = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise UsageError(f"{path} is no JSON: {error}.") from error
        if isinstance(report, dict) and "number" in report and ("paragraphs" in report or "blocks" in report):
            printed += _printed_in(report)
    return tuple(printed)


def _printed_in(report: Mapping[str, Any]) -> Iterable[Printed]:
    """Paragraphs, blocks, footnotes, summary and the government's comments of one report."""
    publisher = _speaker(report["publisher"])

    def printed(
        text: str, pages: list[int], paragraph: object = None, speaker: str = publisher, on: bool | None = None
    ) -> Printed:
        return Printed(
            number=number_key(report["number"]),
            words=folded_words(text),
            paragraphs=frozenset() if paragraph is None else frozenset({str(paragraph)}),
            pages=_pages(pages, every=False),
            speaker=speaker,
            country=report.get("country"),
            round=report.get("round"),
            year=report.get("year"),
            on_trafficking=on,
        )

    for place in (*report.get("paragraphs", ()), *report.get("blocks", ())):
        yield printed(
            place["text"], [place["first_page"], place["last_page"]], place.get("number"), on=place.get("thb")
        )
    for note in report.get("footnotes", ()):
        yield printed(note["text"], [note["page"]], note.get("paragraph"))
    front = report.get("front") or {}
    for text in front.get("executive_summary_text", ()):
        yield printed(text, front["executive_summary"])
    comments = report.get("government_comments") or {}
    for text in comments.get("text", ()):
        yield printed(text, comments["pages"], speaker="Government")
