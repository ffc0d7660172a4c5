"""Where the text stands on its pages: read back from the page, what is under a quote's boxes is the quote."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from index.embedder import Embedder
from index.intake import take_in
from index.library import FILE_NAME, Library
from ingest import read_document
from ingest.document import Document, PageRun
from ingest.places import NO_GLYPHS, Box, Glyphs, Places, boxes_of, glyphs, n_without_box, place

HEAD = "Review of the ferries of Ruritania"
FIRST = [
    (72.0, 700.0, 11.0, "1. The harbour master of the capital keeps a list of ferries that were"),
    (72.0, 686.0, 11.0, "stopped at night. The crews had not been told why, and nobody inter-"),
    (72.0, 672.0, 11.0, "preted for them. The office of the port welcomes every ferry"),
]
SECOND = [
    (72.0, 760.0, 11.0, "that comes in by day, whatever its flag. A new pier is being built."),
    (72.0, 732.0, 11.0, "2. Passengers may complain to the port, which answers within ten days."),
]


def with_head(lines: list[tuple[float, float, float, str]], number: int) -> list[tuple[float, float, float, str]]:
    return [(72.0, 810.0, 9.0, HEAD), *lines, (290.0, 30.0, 9.0, str(number))]


def read(folder: Path, content: bytes) -> Document:
    file = folder / "ferries.pdf"
    file.write_bytes(content)
    return read_document(file, content)


def boxes_in(document: Document, text: str) -> tuple[Box, ...]:
    assert document.places is not None
    start = document.text.index(text)
    return boxes_of(document.places, document.page_runs, start, start + len(text))


def text_under(content: bytes, boxes: tuple[Box, ...]) -> str:
    """What PDFium itself finds in these rectangles, without line ends."""
    found = []
    with pypdfium2.PdfDocument(content) as pdf:
        for box in boxes:
            page = pdf[box.page - 1].get_textpage()
            found.append(page.get_text_bounded(box.left, box.bottom, box.right, box.top).strip())
    return " ".join(found)


def assert_marked(document: Document, content: bytes, text: str, *, drawn: str = "") -> None:
    assert text_under(content, boxes_in(document, text)) == (drawn or text)


@pytest.fixture
def ferries(draw_pdf: Callable[..., bytes]) -> bytes:
    """Three pages: a hyphen at a line's end, a sentence over a page break, running heads."""
    third = [(72.0, 700.0, 11.0, "3. The last ferry leaves at noon on days of mourning, and nobody minds.")]
    return draw_pdf(with_head(FIRST, 1), with_head(SECOND, 2), with_head(third, 3))


def test_boxes_of_a_sentence_hold_its_words_and_no_others(ferries: bytes, tmp_path: Path) -> None:
    document = read(tmp_path, ferries)
    assert_marked(document, ferries, "A new pier is being built.")
    assert_marked(document, ferries, "Passengers may complain to the port, which answers within ten days.")
    assert len(boxes_in(document, "A new pier is being built.")) == 1


def test_a_sentence_over_a_page_break_has_boxes_on_both_pages_and_none_on_the_running_head(
    ferries: bytes, tmp_path: Path
) -> None:
    document = read(tmp_path, ferries)
    sentence = "The office of the port welcomes every ferry that comes in by day, whatever its flag."
    assert_marked(document, ferries, sentence)
    assert [box.page for box in boxes_in(document, sentence)] == [1, 2]


def test_a_word_broken_at_the_end_of_a_line_is_marked_on_both_lines(ferries: bytes, tmp_path: Path) -> None:
    document = read(tmp_path, ferries)
    above, below = boxes_in(document, "nobody interpreted for them.")
    assert text_under(ferries, (above,)) == "nobody inter"
    assert text_under(ferries, (below,)) == "preted for them."


def test_every_letter_of_a_plain_file_has_a_box(ferries: bytes, tmp_path: Path) -> None:
    places = read(tmp_path, ferries).places
    assert places is not None
    assert places.n_placed == places.n_characters > 200


def test_a_footnote_mark_in_a_sentence_is_not_marked(draw_pdf: Callable[..., bytes], tmp_path: Path) -> None:
    lines = [
        (72.0, 700.0, 11.0, "The keeper of the tower lit the lamp"),
        (251.0, 704.0, 6.5, "1"),
        (255.0, 700.0, 11.0, " on every night of that winter."),
        (72.0, 110.0, 6.5, "1"),
        (76.0, 106.0, 8.0, "As the log of the tower says, he was paid for it in coal."),
    ]
    content = draw_pdf(lines)
    document = read(tmp_path, content)
    sentence = "The keeper of the tower lit the lamp on every night of that winter."
    assert_marked(document, content, sentence)
    assert len(boxes_in(document, sentence)) == 2
    assert_marked(document, content, "As the log of the tower says, he was paid for it in coal.")


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_pages_that_are_shown_turned_keep_their_own_coordinates(
    draw_pdf: Callable[..., bytes], tmp_path: Path, turned: int
) -> None:
    content = draw_pdf(FIRST, box=(-20, 100, 575, 942), turned=turned)
    document = read(tmp_path, content)
    assert_marked(document, content, "stopped at night.")


def test_without_pages_there_are_no_places(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text("The ferry leaves at noon.", encoding="utf-8")
    assert read_document(file, file.read_bytes()).places is None


# --- alignment --------------------------------------------------------------------------------------------------------


def drawn(text: str) -> Glyphs:
    """A page on which each character of a text is 10 pt wide, 60 to a line, in the order of the text."""
    boxes = [(n % 60 * 10, 800 - n // 60 * 12, n % 60 * 10 + 10, 810 - n // 60 * 12) for n in range(len(text))]
    return glyphs([ord(character) for character in text], np.array(boxes, dtype=np.float32))


def found(text: str, page: str) -> str:
    """The letters and signs of a page that those of the text were found at; "·" for one without a box."""
    places = place(text, (PageRun(0, 1),), (drawn(page),))
    signs = ""
    for offset in (offset for offset, character in enumerate(text) if not character.isspace()):
        boxes = boxes_of(places, (PageRun(0, 1),), offset, offset + 1)
        column, line = (boxes[0].left / 10, (800 - boxes[0].bottom) / 12) if boxes else (0, 0)
        signs += page[round(column + 60 * line)] if boxes else "·"
    return signs


def test_paragraphs_that_are_drawn_in_another_order_are_found() -> None:
    text = "Boats are painted in the spring of each year.\n\nThe pier was mended by the guild of carpenters."
    page = "The pier was mended by the guild of carpenters. 7 Boats are painted in the spring of each year."
    assert found(text, page) == "".join(text.split())


def test_a_letter_that_the_page_draws_otherwise_has_no_box_and_is_counted() -> None:
    text = "Every naive sailor believes in mermaids and in fair winds."
    page = "Every na?ve sailor believes in mermaids and in fair winds."
    places = place(text, (PageRun(0, 1),), (drawn(page),))
    assert found(text, page) == "".join(text.replace("naive", "na·ve").split())
    assert (places.n_characters, places.n_placed) == (48, 47)
    assert n_without_box(places, text, 0, 14) == 1
    assert n_without_box(places, text, 14, len(text)) == 0


def test_accents_and_ligatures_count_as_their_letters() -> None:
    text = "The café of the fishermen offers “fair” prices."
    assert found(text, text.replace("é", "e").replace("“", '"').replace("”", '"')).count("·") == 0


def test_letters_of_a_ligature_that_share_its_box_are_one_rectangle_with_their_word() -> None:
    text, runs = "office", (PageRun(0, 1),)
    edges = [(0, 10), (10, 40), (10, 40), (10, 40), (40, 50), (50, 60)]
    boxes = np.array([(left, 0, right, 10) for left, right in edges], dtype=np.float32)
    places = place(text, runs, (glyphs([ord(character) for character in text], boxes),))
    assert boxes_of(places, runs, 0, 6) == (Box(1, 0, 0, 60, 10),)


def test_of_two_equal_sentences_each_is_found_in_its_own_place() -> None:
    sentence = "The guild keeps no list of its boats."
    text, runs = f"{sentence} Nobody minds. {sentence}", (PageRun(0, 1),)
    places = place(text, runs, (drawn(f"12 {text} 13"),))
    first = boxes_of(places, runs, 0, len(sentence))
    last = boxes_of(places, runs, len(text) - len(sentence), len(text))
    assert first[0].left == 30
    assert last[0].left == 550
    assert sum(box.right - box.left for box in first) == 10 * len(sentence)


def test_a_text_that_is_not_on_the_page_is_not_found_in_letters_here_and_there() -> None:
    text = "Nobody has counted the nets since the flood."
    page = "GRETA urges the authorities to inspect farms, building sites, hotels and restaurants without notice."
    assert set(found(text, page)) == {"·"}


def test_a_page_without_any_glyphs_places_nothing() -> None:
    places = place("Nobody minds.", (PageRun(0, 1),), (NO_GLYPHS,))
    assert (places.n_characters, places.n_placed) == (11, 0)
    assert boxes_of(places, (PageRun(0, 1),), 0, 13) == ()


def test_a_word_under_a_running_head_of_the_same_words_is_found_in_its_own_line() -> None:
    text = "The review of the ferries of the island was never printed."
    page = "review of the ferries of the island 9 The review of the ferries of the island was never printed."
    places = place(text, (PageRun(0, 1),), (drawn(page),))
    first = boxes_of(places, (PageRun(0, 1),), 0, 3)[0]
    assert (first.left, first.bottom) == (380, 800)
    assert found(text, page) == "".join(text.split())


# --- in the library ---------------------------------------------------------------------------------------------------


@pytest.fixture
def library(embedder: Embedder, ferries: bytes, tmp_path: Path) -> Library:
    file = tmp_path / "ferries.pdf"
    file.write_bytes(ferries)
    library = Library.open(tmp_path / "library")
    assert [outcome.status for outcome in take_in(library, lambda: embedder, [file])] == ["added"]
    return library


def test_the_library_keeps_the_places_of_a_document(library: Library, ferries: bytes, tmp_path: Path) -> None:
    (stored,) = library.documents()
    assert isinstance(library.places(stored.document_id), Places)
    assert library.places(stored.document_id) == read(tmp_path, ferries).places


def test_a_library_made_before_places_were_kept_opens_and_has_none(library: Library) -> None:
    (stored,) = library.documents()
    with closing(sqlite3.connect(library.folder / FILE_NAME)) as connection:
        connection.executescript("DROP TABLE places; DROP TABLE briefing_items; DROP TABLE briefings")
        connection.execute("PRAGMA user_version = 3")
        connection.commit()
    assert Library.open(library.folder).places(stored.document_id) is None


def test_removing_a_document_removes_its_places(library: Library) -> None:
    (stored,) = library.documents()
    library.remove(stored.document_id)
    with closing(sqlite3.connect(library.folder / FILE_NAME)) as connection:
        assert connection.execute("SELECT count(*) FROM places").fetchone() == (0,)
