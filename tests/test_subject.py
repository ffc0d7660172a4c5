from __future__ import annotations

from pathlib import Path

import pytest

from ingest import read_document
from ingest.subject import is_on_trafficking, on_trafficking

REPORT = """# Serbia 2099 Report SWD(2099) 1 final

## Chapter 24: Justice, freedom and security

Fight against organised crime. The police have 400 officers. A course on trafficking was held in two towns.

As regards trafficking in human beings, six persons were convicted. The referral mechanism works in two counties.

A fund for compensation has no budget line. On asylum, nine persons applied. Free legal aid is given. Minors have no
guardian, which hampers the detection of trafficking. The procedure takes five months.

The strategy against trafficking in human beings expires soon. Its successor is being drafted.

On drugs, the police seized three tonnes in cases of drug trafficking. Compensation was paid to farmers.

## Chapter 19: Social policy

Compensation was paid to miners.
"""


def flagged(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "report.md"
    file.write_text(text, encoding="utf-8")
    document = read_document(file, file.read_bytes())
    flags = on_trafficking(document.text, document.passages, document.identity.publisher)
    return [
        document.text[statement.start : statement.end]
        for passage, of_passage in zip(document.passages, flags, strict=True)
        for statement, on in zip(passage.statements, of_passage, strict=True)
        if on
    ]


def test_a_subject_runs_from_its_opening_to_the_next(tmp_path: Path) -> None:
    assert [words.split(",")[0] for words in flagged(tmp_path, REPORT)] == [
        "A course on trafficking was held in two towns.",
        "As regards trafficking in human beings",
        "The referral mechanism works in two counties.",
        "A fund for compensation has no budget line.",
        "Minors have no guardian",
        "The strategy against trafficking in human beings expires soon.",
        "Its successor is being drafted.",
    ]


def test_what_stands_under_a_heading_on_trafficking_is_on_it(tmp_path: Path) -> None:
    text = REPORT + "\n## Trafficking in human beings\n\nCompensation was paid to nobody.\n"
    assert flagged(tmp_path, text)[-1] == "Compensation was paid to nobody."


@pytest.mark.parametrize(
    "words", ["trafficking in persons", "traffickers", "THB", "forced labour", "anti-trafficking policy"]
)
def test_trafficking_in_human_beings_is_known_by_its_names(words: str) -> None:
    assert is_on_trafficking(words)


@pytest.mark.parametrize(
    "words",
    [
        "drug trafficking",
        "wildlife trafficking",
        "trafficking in firearms",
        "illicit trafficking of cultural goods",
        "smuggling of migrants",
    ],
)
def test_trafficking_in_goods_and_smuggling_are_other_things(words: str) -> None:
    assert not is_on_trafficking(words)
