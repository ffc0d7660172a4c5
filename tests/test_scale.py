"""The European Commission's assessment scale in invented sentences and documents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingest import read_document
from ingest.document import Document
from ingest.scale import area_assessments, assessments

SOME_TO_MODERATE = "some level of preparation / moderately prepared"


@pytest.mark.parametrize(
    ("sentence", "level", "rank"),
    [
        ("Malta is at an early stage of preparation.", "early stage", 1),
        ("Malta is at an early stage in the fight against rust.", "early stage", 1),
        ("Malta has some level of preparation on nets.", "some level of preparation", 2),
        ("Malta is moderately prepared on nets.", "moderately prepared", 3),
        ("Malta has a good level of preparation on nets.", "good level of preparation", 4),
        ("Malta is well advanced on nets.", "well advanced", 5),
        ("Preparations for nets are well advanced.", "well advanced", 5),
        ("There was backsliding on nets.", "backsliding", 1),
        ("No progress was made on nets.", "no progress", 2),
        ("Malta made limited progress on nets.", "limited progress", 3),
        ("There was some progress on nets.", "some progress", 4),
        ("Good progress was made on nets.", "good progress", 5),
        ("Very good progress was made on nets.", "very good progress", 6),
    ],
)
def test_every_degree_is_recognised(sentence: str, level: str, rank: float) -> None:
    [found] = assessments(sentence)
    assert (found.level, found.rank) == (level, rank)
    assert found.kind == ("progress" if "progress" in level or level == "backsliding" else "state of play")


@pytest.mark.parametrize(
    ("sentence", "level", "rank"),
    [
        ("Malta is between some and a moderate level of preparation.", SOME_TO_MODERATE, 2.5),
        ("Malta has some level of preparation/moderately prepared.", SOME_TO_MODERATE, 2.5),
        (
            "Malta is moderately prepared / has a good level of preparation.",
            "moderately prepared / good level of preparation",
            3.5,
        ),
        (
            "Malta is between having some level of preparation and being moderately prepared.",
            SOME_TO_MODERATE,
            2.5,
        ),
        ("Limited to some progress was made.", "limited progress / some progress", 3.5),
        ("Malta made no progress to limited progress.", "no progress / limited progress", 2.5),
        ("Between good and very good progress was made.", "good progress / very good progress", 5.5),
    ],
)  # fmt: skip
def test_values_between_two_degrees_are_one_value(sentence: str, level: str, rank: float) -> None:
    assert [(found.level, found.rank) for found in assessments(sentence)] == [(level, rank)]


def test_state_of_play_and_progress_of_one_sentence_are_two_values_at_their_places() -> None:
    text = "It rained. Malta is moderately prepared and made limited progress."
    found = assessments(text)
    assert [(one.kind, text[one.start : one.end]) for one in found] == [
        ("state of play", "moderately prepared"),
        ("progress", "limited progress"),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Boats are mended at an early stage of the winter.",
        "Malta told the board at an early stage.",
        "The works at the pier are well advanced.",
        "Malta should make good progress on nets.",
        "Malta is called upon to make some progress.",
        "Malta is not moderately prepared.",
        "Malta is not yet well advanced.",
        "Malta must avoid backsliding.",
        "No backsliding was seen.",
        "Very limited progress was made.",
        "No progress report was written.",
        "Moderate progress was made on nets, and further progress is awaited.",
        "A law on nets is in preparation.",
    ],
)
def test_everyday_words_and_what_is_only_asked_for_are_no_values(sentence: str) -> None:
    assert assessments(sentence) == ()


REPORT = """# Malta 2098 Report

Brussels, 5.11.2098 SWD(2098) 902 final

## 2.2. Chapter 24: Boats, nets and ropes

Malta is moderately prepared on boats. GRETA noted that some progress was made.

In the coming year, Malta should in particular:

- make good progress on nets;

## 2.3. Fight against rust

Limited progress was made.

## 2.4. Trafficking in human beings

Some progress was made.
"""


@pytest.fixture
def report(tmp_path: Path) -> Document:
    path = tmp_path / "report.md"
    path.write_text(REPORT, encoding="utf-8")
    return read_document(path, path.read_bytes())


def test_only_the_commissions_own_values_count_and_stand_for_their_chapter_or_area(report: Document) -> None:
    found = area_assessments(report)
    assert [(one.assessment.level, one.chapter, one.area) for one in found] == [
        ("moderately prepared", 24, "2.2. Chapter 24: Boats, nets and ropes"),
        ("limited progress", None, "2.3. Fight against rust"),
    ]
    assert [report.text[one.assessment.start : one.assessment.end] for one in found] == [
        "moderately prepared",
        "Limited progress",
    ]


def test_what_others_publish_or_the_commission_wrote_before_2015_is_on_no_scale(report: Document) -> None:
    identity = report.identity
    assert (identity.publisher, identity.year) == ("EC", 2098)
    assert area_assessments(replace(report, identity=replace(identity, year=2015)))
    assert area_assessments(replace(report, identity=replace(identity, year=2014))) == ()
    assert area_assessments(replace(report, identity=replace(identity, publisher="GRETA"))) == ()
    assert area_assessments(replace(report, identity=replace(identity, kind="other"))) == ()
