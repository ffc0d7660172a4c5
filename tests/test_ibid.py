"""*Ibid.* in footnotes: resolved where the note before tells what it means, and called uncertain where it does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.library import Library
from ingest import read_document
from ingest.document import Document
from qa.citing.ibid import Resolved, resolve_ibid, works_in

MakeLibrary = Callable[..., Library]


def with_notes(tmp_path: Path, *notes: str, numbers: tuple[int, ...] = ()) -> Document:
    """A paper whose sentences bear one note each, read from a file."""
    labels = numbers or tuple(range(1, len(notes) + 1))
    lines = ["---", "publisher: ICMPD", "title: Ferries at Dusk: a specimen", "year: 2019", "language: en", "---", ""]
    lines += ["# Ferries at Dusk: a specimen", "", "## 1. Harbours", ""]
    lines += [f"Harbour number {label} has a lamp.[^{label}]\n" for label in labels]
    lines += [f"[^{label}]: {note}" for label, note in zip(labels, notes, strict=True)]
    file = tmp_path / "ferries.md"
    file.write_text("\n".join(lines), encoding="utf-8")
    return read_document(file, file.read_bytes())


def resolved(document: Document, number: str) -> Resolved | None:
    return resolve_ibid(document, next(note for note in document.footnotes if note.number == number))


ALBANIA = "Albania 2090 Report, SWD(2090) 951 final"
MOTH = "Moth, Ada (2088). Night Ferries. Vienna: Pier Press"


@pytest.mark.parametrize(
    ("before", "ibid", "meant"),
    [
        (f"{ALBANIA}, p. 21.", "Ibid., p. 23.", f"{ALBANIA}, p. 23"),
        (f"{ALBANIA}, p. 21.", "Ibid.", f"{ALBANIA}, p. 21"),
        ("GRETA(2091)4, paras. 12-13.", "ibidem, para. 40", "GRETA(2091)4, para. 40"),
        ("GRETA(2091)4, p. 3.", "See also Ibid, p. 4.", "GRETA(2091)4, p. 4"),
        ("GRETA(2091)4, p. 3; see also SWD(2090) 951 final, p. 6.", "Ibid., p. 7.", "SWD(2090) 951 final, p. 7"),
        (f"See {MOTH}, p. 7.", "Idem, p. 9.", f"{MOTH}, p. 9"),
        ("Night Ferries, OSCE (2088), p. 7. Available at: osce.org/x", "Ibid.", "Night Ferries, OSCE (2088), p. 7"),
        ("Report on Kosovo*, GRETA(2091)5, p. 3.", "Ibid., p. 8", "Report on Kosovo*, GRETA(2091)5, p. 8"),
    ],
)
def test_ibid_means_the_last_document_of_the_note_before(tmp_path: Path, before: str, ibid: str, meant: str) -> None:
    found = resolved(with_notes(tmp_path, before, ibid), "2")
    assert found is not None
    assert not found.doubt
    assert found.text == meant


def test_ibid_after_ibid_means_what_the_first_one_means(tmp_path: Path) -> None:
    document = with_notes(tmp_path, "SWD(2090) 951 final, p. 6.", "Ibid., p. 7.", "Ibid., p. 4.", "Ibid.")
    assert [found.text for n in "234" if (found := resolved(document, n))] == [
        "SWD(2090) 951 final, p. 7",
        "SWD(2090) 951 final, p. 4",
        "SWD(2090) 951 final, p. 4",
    ]


def test_document_named_beside_an_ibid_is_what_the_next_one_means(tmp_path: Path) -> None:
    document = with_notes(tmp_path, "SWD(2090) 951 final, p. 6.", "Ibid., p. 7; see also GRETA(2091)4, p. 2.", "Ibid.")
    second, third = resolved(document, "2"), resolved(document, "3")
    assert second is not None
    assert second.text == "SWD(2090) 951 final, p. 7"
    assert third is not None
    assert third.text == "GRETA(2091)4, p. 2"


def test_ibid_behind_an_uncertain_one_is_uncertain_too(tmp_path: Path) -> None:
    notes = ("Night Ferries, OSCE (2088), p. 80.", "COM(2090) 17, p. 4.", "Ibid., p. 77.", "Ibid., p. 3.")
    found = resolved(with_notes(tmp_path, *notes), "4")
    assert found is not None
    assert [work.text for work in found.works] == ["COM(2090) 17, p. 3", "Night Ferries, OSCE (2088), p. 3"]
    assert found.doubt == "the note before it is uncertain"


def test_page_that_fits_another_document_cited_just_before_makes_it_uncertain(tmp_path: Path) -> None:
    document = with_notes(tmp_path, "Night Ferries, OSCE (2088), p. 80.", "COM(2090) 17, p. 4.", "Ibid., p. 77.")
    found = resolved(document, "3")
    assert found is not None
    assert [work.text for work in found.works] == ["COM(2090) 17, p. 77", "Night Ferries, OSCE (2088), p. 77"]
    assert found.text.startswith("uncertain: COM(2090) 17, p. 77 or Night Ferries, OSCE (2088), p. 77")


def test_page_that_fits_the_note_before_is_certain_whatever_stands_further_back(tmp_path: Path) -> None:
    document = with_notes(tmp_path, "Night Ferries, OSCE (2088), p. 80.", "COM(2090) 17, p. 4.", "Ibid., p. 9.")
    found = resolved(document, "3")
    assert found == Resolved(found.works)  # type: ignore[union-attr]
    assert found.text == "COM(2090) 17, p. 9"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("notes", "numbers", "text"),
    [
        (
            ("GRETA(2091)4, p. 3.", "Lamps burn oil there, as every ferryman on the lake knows.", "Ibid., p. 5."),
            (1, 2, 3),
            "uncertain: GRETA(2091)4, p. 5 (the note before it names no publication)",
        ),
        (
            ("Lamps burn oil there, as every ferryman knows.", "Ibid., p. 5."),
            (1, 2),
            "uncertain (the note before it names no publication)",
        ),
        (
            ("GRETA(2091)4, p. 3.", "Ibid., p. 5."),
            (1, 3),
            "uncertain: GRETA(2091)4, p. 5 (the note before it was not read)",
        ),
    ],
)
def test_ibid_that_the_note_before_does_not_explain_is_uncertain(
    tmp_path: Path, notes: tuple[str, ...], numbers: tuple[int, ...], text: str
) -> None:
    found = resolved(with_notes(tmp_path, *notes, numbers=numbers), str(numbers[-1]))
    assert found is not None
    assert found.text == text


def test_note_that_is_no_ibid_stands_for_nothing_else(tmp_path: Path) -> None:
    assert resolved(with_notes(tmp_path, "GRETA(2091)4, p. 3.", "Idle ferries, see GRETA(2091)4."), "2") is None


def test_references_of_a_note_keep_their_titles_and_places() -> None:
    note = (
        "See Albania 2090 Report, SWD(2090) 951 final, 3.4.2090, p. 21. Available at: goo.gl/x; GRETA (2091)4, para. 2"
    )
    assert [work.text for work in works_in(note)] == [
        "Albania 2090 Report, SWD(2090) 951 final, p. 21",
        "GRETA(2091)4, para. 2",
    ]


# --- where it is shown ------------------------------------------------------------------------------------------------


def test_footnotes_of_quotes_and_of_show_say_what_an_ibid_stands_for(
    tmp_path: Path, make_library: MakeLibrary, pincite: Callable[..., Any]
) -> None:
    with_notes(tmp_path, "Albania 2090 Report, SWD(2090) 951 final, p. 21.", "Ibid., p. 23.")
    library = make_library(tmp_path / "library", [tmp_path / "ferries.md"]).folder
    shown = pincite("show", "Ferries at Dusk", "--json", library=library).json
    notes = [note for passage in shown["passages"] for note in passage["footnotes"]]
    assert [note.get("ibid") for note in notes] == [None, "Albania 2090 Report, SWD(2090) 951 final, p. 23"]
    assert notes[1]["text"] == "Ibid., p. 23."
    text = pincite("show", "Ferries at Dusk", library=library).stdout
    assert "Ibid., p. 23.  [stands for: Albania 2090 Report, SWD(2090) 951 final, p. 23]" in text
    answer = pincite("ask", "lamp of harbour number 2", "--json", library=library).json
    found = [n for group in answer["groups"] for quote in group["quotes"] for n in quote["footnotes"] if "ibid" in n]
    assert found[0]["ibid"] == "Albania 2090 Report, SWD(2090) 951 final, p. 23"


@pytest.mark.parametrize(
    ("number", "meant"),
    [
        ("5", ["COM(2018) 65"]),
        ("22", ["SWD(2018) 151"]),
        ("25", ["SWD(2018) 155"]),
        ("45", ["COM(2017) 728"]),
        ("46", ["COM(2017) 728"]),
        ("60", ["COM(2017) 728", None]),
    ],
)
def test_every_ibid_of_the_non_paper_is_resolved_and_the_doubtful_one_says_so(
    non_paper_library: Path, number: str, meant: list[str | None]
) -> None:
    library = Library.open(non_paper_library)
    document = library.document(library.documents()[0].document_id)
    found = resolved(document, number)
    assert found is not None
    assert [work.number for work in found.works] == meant
    assert bool(found.doubt) == (len(meant) > 1)
    if found.doubt:
        assert "OSCE (2010)" in found.works[1].label
