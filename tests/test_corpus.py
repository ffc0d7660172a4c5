"""The digests of the starter library: their form, and that they say what the non-paper says, in other words."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from corpus import starter_files

SHARED = Path(__file__).parents[2] / "shared"
NON_PAPER = SHARED / "reports" / "icmpd-non-paper-western-balkans-2018.txt"
ATTRIBUTIONS = SHARED / "questions" / "non-paper-attributions.json"
COUNTRY_FILES = {
    "AL": "albania.md",
    "BA": "bosnia-and-herzegovina.md",
    "XK": "kosovo.md",
    "MK": "north-macedonia.md",
    "ME": "montenegro.md",
    "RS": "serbia.md",
}
NOTICE = (
    "*A digest written for Pincite. It restates in other words what the ICMPD non-paper of 2018 says; "
    "it is not the wording of that paper or of any report.*"
)
OFFICIAL_NUMBER = re.compile(
    r"(?:GRETA|SWD|COM)\s?\(\d{4}\)\s?\d+|COM/\d{4}/\d+|\d{4}/\d+/[A-Z]+|Directive \d+/\d+/EU|\d+/\d+/\d+"
)

digests = pytest.mark.parametrize("digest", starter_files(), ids=lambda path: path.stem)


@cache
def non_paper() -> str:
    if not NON_PAPER.is_file():
        pytest.skip(f"the non-paper is not at {NON_PAPER.name} beside the repository")
    return NON_PAPER.read_text(encoding="utf-8")


def read(digest: Path) -> tuple[dict[str, str], str]:
    """The front matter and the text after it."""
    _, front, text = digest.read_text(encoding="utf-8").split("---\n", 2)
    return dict(line.split(": ", 1) for line in front.splitlines()), text


def notes_of(text: str) -> dict[str, str]:
    return dict(re.findall(r"^\[\^([^]]+)\]: (.+)$", text, re.MULTILINE))


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[start : start + length]) for start in range(len(found) - length + 1)}


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))


def test_starter_files_are_the_digests_that_the_package_carries() -> None:
    files = starter_files()
    assert len(set(files)) == len(files) == 11
    assert set(files) == set(files[0].parent.glob("*"))


@digests
def test_digest_opens_with_its_head_and_says_that_it_is_one(digest: Path) -> None:
    front, text = read(digest)
    assert front["publisher"] == "Pincite"
    assert (front["restates_publisher"], front["year"], front["language"]) == ("ICMPD", "2018", "en")
    heading, notice = text.strip().split("\n\n")[:2]
    assert heading.replace("\\*", "*") == f"# {front['title']}"
    assert notice == NOTICE


@digests
def test_digest_names_the_title_of_the_document_that_it_restates(digest: Path) -> None:
    title = [line for line in non_paper().splitlines() if line.startswith("#")][:2]
    assert words(read(digest)[0]["restates"]) == words(" ".join(title))


def test_country_digests_are_filed_under_their_country_and_regional_ones_under_none() -> None:
    filed = {digest.name: read(digest)[0].get("countries") for digest in starter_files()}
    assert {name: code for name, code in filed.items() if code} == {name: code for code, name in COUNTRY_FILES.items()}


@digests
def test_footnotes_and_their_marks_correspond_one_to_one(digest: Path) -> None:
    _, text = read(digest)
    marks = re.findall(r"\[\^([^]]+)\](?!:)", text)
    assert sorted(marks) == sorted(notes_of(text))


@digests
def test_kosovo_carries_its_asterisk_and_footnote_where_it_is_first_named(digest: Path) -> None:
    front, text = read(digest)
    prose = "\n".join(line for line in text.splitlines() if not line.startswith(("#", "[^")))
    named = prose.find("Kosovo")
    if named < 0:
        assert "*" not in notes_of(text)
    else:
        assert prose[named:].startswith(r"Kosovo\*[^*]")
        assert "UNSC 1244" in notes_of(text)["*"]
    assert "Kosovo" not in front["title"] or front["title"].endswith("Kosovo*")


@pytest.mark.parametrize("country", COUNTRY_FILES)
def test_recommendations_have_the_same_bullets_and_speakers_as_the_non_paper(country: str) -> None:
    if not ATTRIBUTIONS.is_file():
        pytest.skip(f"{ATTRIBUTIONS.name} is not beside the repository")
    attributions = json.loads(ATTRIBUTIONS.read_text(encoding="utf-8"))["countries"][country]["bullets"]
    expected = [[segment["sources"] for segment in bullet["segments"]] for bullet in attributions]
    _, text = read(next(path for path in starter_files() if path.name == COUNTRY_FILES[country]))
    _, recommendations = text.split("## Recommendations for ")
    bullets = [line for line in recommendations.splitlines() if line.startswith("- ")]
    tags = [[tag.split(", ") for tag in re.findall(r" \(([A-Z, ]+)\)\.(?= |\[|$)", bullet)] for bullet in bullets]
    assert tags == expected
    assert all(re.search(r"\)\.(?:\[\^\d+\])?$", bullet) for bullet in bullets)


@digests
def test_digest_shares_no_ten_words_in_a_row_with_the_non_paper(digest: Path) -> None:
    # The running text with its footnotes where a page has them, and without: a digest may follow neither.
    source = re.sub(r"<sup>\d+</sup>|\]\([^)]*\)", " ", non_paper())
    body = "\n".join(line for line in non_paper().splitlines() if not line.startswith(("<sup>", "\\*", "---")))
    taken = runs(source, 10) | runs(re.sub(r"<sup>\d+</sup>", " ", body), 10)
    # Only the title of the restated document, in the head, is longer than that; it is a title.
    shared = runs(read(digest)[1], 10) & taken
    assert not shared, sorted(" ".join(run) for run in shared)


@digests
def test_every_official_number_and_every_figure_stands_in_the_non_paper(digest: Path) -> None:
    _, text = read(digest)
    source = re.sub(r"\s", "", non_paper())
    official = {re.sub(r"\s", "", number) for number in OFFICIAL_NUMBER.findall(text)}
    assert not {number for number in official if number not in source}
    figures = numbers(re.sub(r"\[\^[^]]+\]:?|(?i:footnote) \d+", "", text))
    assert figures <= numbers(re.sub(r"<sup>\d+</sup>", "", non_paper()))


@digests
def test_a_footnote_gives_the_numbers_and_pages_of_the_note_that_it_refers_to(digest: Path) -> None:
    original = dict(re.findall(r"^<sup>(\d+)</sup> (.+)$", non_paper(), re.MULTILINE))
    assert len(original) == 62
    for note in notes_of(read(digest)[1]).values():
        for number in re.findall(r"footnote (\d+)", note, re.IGNORECASE):
            earlier = int(number)
            meant = original[number]
            while "Ibid." in original[str(earlier)]:
                earlier -= 1
                meant += original[str(earlier)]
            given = re.sub(r"(?i)footnote \d+", "", note)
            assert numbers(given) <= numbers(meant), f"footnote {number}: {note}"
