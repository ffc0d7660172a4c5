"""Pages as pictures: what is marked on them is the quote, and what cannot be shown is said."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from index.embedder import Embedder
from index.intake import take_in
from index.library import FILE_NAME, Library
from ingest.document import Document
from ingest.errors import NoPictureError, UsageError
from qa.picture import PagePicture, page_picture, remarks

if TYPE_CHECKING:
    from conftest import Run

FIRST = [
    (72.0, 700.0, 11.0, "1. GRETA urges the authorities of Ruritania to light the piers of the capital"),
    (72.0, 686.0, 11.0, "at night, and to ask the crews of ferries whether they were paid, whenever"),
]
SECOND = [
    (72.0, 700.0, 11.0, "a ferry comes in after dark."),
    (72.0, 650.0, 11.0, "2. The lighthouse keepers were trained by the guild in spring."),
]
QUOTE = "GRETA urges the authorities of Ruritania to light the piers of the capital at night"


@pytest.fixture(scope="module")
def library(embedder: Embedder, draw_pdf: Callable[..., bytes], tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Three files: a plain one, one that is shown turned, and a text."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "plain.pdf").write_bytes(draw_pdf(FIRST, SECOND))
    turned = [(x, y, size, text.replace("Ruritania", "Graustark")) for x, y, size, text in FIRST]
    (folder / "turned.pdf").write_bytes(draw_pdf(turned, box=(10, 40, 605, 882), turned=90))
    (folder / "note.txt").write_text("The ferries of the capital leave at noon.", encoding="utf-8")
    library = Library.open(folder / "library")
    outcomes = list(take_in(library, lambda: embedder, sorted(folder.glob("*.*"))))
    assert {outcome.status for outcome in outcomes} == {"added"}, [outcome.reason for outcome in outcomes]
    return library


def named(library: Library, name: str) -> Document:
    (found,) = (stored for stored in library.documents() if Path(stored.path).name == name)
    return library.document(found.document_id)


def of(library: Library, document: Document, text: str, page: int | None = None, width: int = 595) -> PagePicture:
    start = document.text.index(text)
    return page_picture(library, document, page=page, start=start, end=start + len(text), width=width, form="PNG")


def image_of(picture: PagePicture) -> Image.Image:
    return Image.open(io.BytesIO(picture.content))


def test_a_quote_is_marked_line_by_line_where_it_stands(library: Library) -> None:
    picture = of(library, named(library, "plain.pdf"), QUOTE)
    first, second = picture.marks
    assert (picture.page, picture.n_pages, picture.pages) == (1, 2, (1,))
    assert (picture.width, picture.height) == (595, 842)
    # On a page of 842 points, its lines stand on baselines of 700 and 686: on the picture, 142 and 156 down.
    assert first.top < 142 < first.bottom < second.bottom
    assert first.left > 72
    assert second.left == pytest.approx(72, abs=1)
    assert second.right < first.right


def test_marks_colour_the_paper_and_leave_the_ink(library: Library) -> None:
    document = named(library, "plain.pdf")
    marked, plain = (
        image_of(of(library, document, QUOTE)),
        image_of(page_picture(library, document, width=595, form="PNG")),
    )
    mark = of(library, document, QUOTE).marks[0]
    inside, beside = (mark.left + 1, mark.top + 1), (40, mark.top + 1)
    assert plain.getpixel(inside) == (255, 255, 255)
    assert marked.getpixel(inside) == (255, 231, 138)
    assert marked.getpixel(beside) == (255, 255, 255)
    area = (mark.left, mark.top, mark.right, mark.bottom)
    assert marked.crop(area).convert("L").getextrema()[0] <= plain.crop(area).convert("L").getextrema()[0]


def test_a_quote_over_a_page_break_is_marked_on_both_pages_each_with_its_words(library: Library) -> None:
    document = named(library, "plain.pdf")
    sentence = document.text[document.text.index("GRETA urges") : document.text.index("after dark.") + 11]
    first, second = of(library, document, sentence), of(library, document, sentence, page=2)
    assert (first.page, first.pages, second.pages) == (1, (1, 2), (1, 2))
    assert first.words.endswith("whenever")
    assert second.words == "a ferry comes in after dark."
    assert (len(first.marks), len(second.marks)) == (2, 1)
    assert (first.n_unmarked, second.n_unmarked) == (0, 0)


def test_a_neighbouring_page_is_shown_without_marks(library: Library) -> None:
    picture = of(library, named(library, "plain.pdf"), "The lighthouse keepers were trained", page=1)
    assert picture.marks == ()
    assert remarks(picture) == ()


def test_on_a_page_that_is_shown_turned_the_marks_turn_with_it(library: Library) -> None:
    picture = of(library, named(library, "turned.pdf"), "GRETA urges the authorities of Graustark", width=842)
    (mark,) = picture.marks
    assert (picture.width, picture.height) == (842, 595)
    assert mark.bottom - mark.top > 5 * (mark.right - mark.left)
    # A quarter turn to the right: the line that stood 660 points above the lower edge is as far from the left one.
    assert mark.left < 660 < mark.right + 3


def test_a_document_read_before_places_were_kept_is_shown_unmarked_with_the_remedy(
    embedder: Embedder, draw_pdf: Callable[..., bytes], tmp_path: Path
) -> None:
    (tmp_path / "old.pdf").write_bytes(draw_pdf(FIRST))
    library = Library.open(tmp_path / "library")
    list(take_in(library, lambda: embedder, [tmp_path / "old.pdf"]))
    with closing(sqlite3.connect(library.folder / FILE_NAME)) as connection:
        connection.execute("DELETE FROM places")
        connection.commit()
    picture = of(library, named(library, "old.pdf"), QUOTE)
    assert (picture.marks, picture.n_unmarked) == ((), None)
    assert "Read it again" in remarks(picture)[0]


def test_a_protected_file_cannot_be_shown_and_the_reason_is_told(
    embedder: Embedder, draw_pdf: Callable[..., bytes], tmp_path: Path
) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(draw_pdf(FIRST))))
    writer.encrypt("ferry", algorithm="AES-256")
    writer.write(tmp_path / "secret.pdf")
    library = Library.open(tmp_path / "library")
    list(take_in(library, lambda: embedder, [tmp_path / "secret.pdf"], password="ferry"))
    document = named(library, "secret.pdf")
    places = library.places(document.document_id)
    assert places is not None
    assert places.n_placed == places.n_characters
    with pytest.raises(NoPictureError, match="protected by a password, which Pincite does not keep"):
        of(library, document, QUOTE)


def test_what_has_no_pages_and_what_is_not_there_is_told(library: Library) -> None:
    with pytest.raises(NoPictureError, match="no PDF"):
        of(library, named(library, "note.txt"), "leave at noon")
    with pytest.raises(UsageError, match="2 pages: there is no page 3"):
        page_picture(library, named(library, "plain.pdf"), page=3)
    with pytest.raises(UsageError, match="there are none from 0 to 99999"):
        page_picture(library, named(library, "plain.pdf"), start=0, end=99999)
    with pytest.raises(UsageError, match="not 9000"):
        page_picture(library, named(library, "plain.pdf"), width=9000)


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_writes_the_picture_and_tells_what_is_marked(
    pincite: Callable[..., Run], library: Library, tmp_path: Path
) -> None:
    document = named(library, "plain.pdf")
    start = document.text.index(QUOTE)
    place = ("--start", str(start), "--end", str(start + len(QUOTE)))
    file = tmp_path / "page.png"
    run = pincite("picture", document.document_id, *place, "-o", file, "--json", library=library.folder)
    assert run.status == 0
    told = run.json
    assert (told["page"], told["page_label"], told["n_pages"], told["words"]) == (1, "1", 2, QUOTE)
    assert len(told["marks"]) == 2
    assert "page 1 of 2, 2 lines marked." in run.stderr
    with Image.open(file) as image:
        assert image.size == (1600, told["height"])


def test_the_command_refuses_a_file_of_another_form(
    pincite: Callable[..., Run], library: Library, tmp_path: Path
) -> None:
    document = named(library, "plain.pdf")
    run = pincite("picture", document.document_id, "-o", tmp_path / "page.gif", library=library.folder)
    assert run.status == 1
    assert "must end in .png or .jpg" in run.stderr
