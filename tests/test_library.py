"""The library on disk: what is stored comes back, and nothing that happens on the way damages it."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.embedder import Model
from index.library import FILE_NAME, Library
from ingest.document import Document, Footnote, Identity, PageRun, Passage, Statement
from ingest.errors import LibraryError, ModelError, UsageError

MODEL = Model("small-model", 8, "0123456789ab")
TEXT = (
    "The mayor of Northford counts the bridges 𝟚 times. He urges the clerk to paint them.\n"
    "• paint the old bridge (GRETA)\nSee the bridge register, p. 4."
)


def statement(start: int, end: int, **fields: object) -> Statement:
    known: dict[str, object] = {
        "speakers": ("GRETA", "EC"),
        "voice": "reported",
        "reported_by": "ICMPD",
        "grade": "urges",
        "countries": ("RS", "XK"),
    }
    return Statement(start, end, **{**known, **fields})  # type: ignore[arg-type]


def bridges(source_bytes: bytes = b"bridges", text: str = TEXT, **identity: object) -> Document:
    """A document that uses every field of every type."""
    paragraph, bullet, note = (text.index(mark) for mark in ("The ", "paint the old", "See the"))
    return Document(
        document_id=hashlib.sha256(source_bytes).hexdigest()[:12],
        identity=Identity(
            **{  # type: ignore[arg-type]
                "publisher": "ICMPD",
                "official_number": "GRETA(2020)09",
                "title": "Report on the bridges of Northford",
                "countries": ("RS", "XK"),
                "year": 2020,
                "round": 3,
                "published": "2020-12-15",
                "adopted": "2020-11",
                "language": "en",
                "restates": "Bridges: a survey",
                "kind": "other",
                "identified_by": {"title": "cover", "year": "running header"},
                **identity,
            }
        ),
        text=text,
        passages=(
            Passage(
                start=paragraph,
                end=bullet - 3,
                kind="paragraph",
                part="body",
                section=("II. Bridges", "2. Paint (Article 5)"),
                articles=(5, 12),
                paragraph="161",
                countries=("RS",),
                lead_in="",
                about_trafficking=True,
                statements=(
                    statement(paragraph, text.index("He urges") - 1, grade=None, countries=()),
                    statement(text.index("He urges"), bullet - 3),
                ),
            ),
            Passage(
                start=bullet,
                end=note - 1,
                kind="bullet",
                part="appendix",
                section=(),
                articles=(),
                paragraph=None,
                countries=(),
                lead_in="He urges the clerk to paint them.",
                about_trafficking=False,
                statements=(
                    statement(bullet, text.index(" (GRETA)"), speakers=("GRETA",), voice="own", reported_by=None),
                ),
            ),
            Passage(
                start=note,
                end=len(text),
                kind="footnote",
                part="body",
                section=(),
                articles=(),
                paragraph=None,
                countries=(),
                lead_in="",
                about_trafficking=False,
                statements=(statement(note, len(text), reference=True),),
            ),
        ),
        footnotes=(Footnote("*", note, len(text), paragraph + 3), Footnote("21", note, note, None)),
        page_runs=(PageRun(0, 1), PageRun(bullet, 2)),
        page_labels=("", "i"),
        reader="pdf",
        reader_version=4,
    )


def vectors_of(texts: list[str], dimension: int = MODEL.dimension) -> np.ndarray:
    """A vector of unit length for each text, the same for the same text."""
    seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") for text in texts]
    rows = [np.random.default_rng(seed).normal(size=dimension) for seed in seeds]
    vectors = np.array(rows, dtype=np.float32).reshape(len(texts), dimension)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def texts_of(document: Document) -> list[str]:
    return [document.text[said.start : said.end] for passage in document.passages for said in passage.statements]


def add(library: Library, document: Document, *, path: str = "/reports/bridges.pdf", model: Model = MODEL) -> None:
    texts = texts_of(document)
    library.add(
        document,
        path=path,
        source_bytes=b"bridges",
        texts=texts,
        vectors=vectors_of(texts, model.dimension),
        model=model,
    )


def stored_texts(library: Library) -> set[str]:
    """Those of the texts used here whose vectors the library keeps."""
    texts = [*texts_of(bridges()), *texts_of(bridges(text=TEXT.replace("mayor", "major")))]
    return set(library.known_vectors(texts, MODEL))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library")


def test_document_comes_back_equal_to_the_one_that_was_added(library: Library) -> None:
    add(library, bridges())
    document = Library.open(library.folder).document(bridges().document_id)
    assert document == bridges()
    assert repr(document) == repr(bridges())  # Types too: 1 equals True.


def test_document_about_which_nothing_is_known_comes_back_equal(library: Library) -> None:
    unknown = Document("0" * 12, Identity(), "", (), (), (), (), "text", 1)
    add(library, unknown)
    assert library.document(unknown.document_id) == unknown


def test_list_of_documents_tells_what_each_is(library: Library) -> None:
    add(library, bridges())
    (stored,) = library.documents()
    assert stored.identity == bridges().identity
    assert (stored.document_id, stored.path) == (bridges().document_id, "/reports/bridges.pdf")
    assert (stored.n_pages, stored.n_passages, stored.reader, stored.reader_version) == (2, 3, "pdf", 4)
    assert library.by_path("/reports/bridges.pdf") == library.by_hash(bridges().document_id) == stored
    assert library.by_path("/reports/bridges") is library.by_hash("0" * 12) is None


def test_source_file_comes_back_byte_by_byte(library: Library) -> None:
    source = bytes(range(256)) * 100
    library.add(
        replace(bridges(), passages=()), path="x", source_bytes=source, texts=[], vectors=np.empty((0, 8)), model=MODEL
    )
    assert library.source_bytes(bridges().document_id) == source


def test_vectors_come_back_in_the_order_of_documents_and_statements(library: Library) -> None:
    first, second = bridges(b"1", TEXT.replace("mayor", "major")), bridges(b"2")
    add(library, first, path="1")
    add(library, second, path="2")
    add(library, first, path="1")  # Stored again, it comes after the second.
    assert [stored.document_id for stored in library.documents()] == [second.document_id, first.document_id]
    np.testing.assert_array_equal(library.statement_vectors(), vectors_of(texts_of(second) + texts_of(first)))


def test_changed_file_replaces_the_document_of_its_path(library: Library) -> None:
    add(library, bridges(b"old"))
    add(library, bridges(b"new", TEXT.replace("mayor", "major")))
    (stored,) = library.documents()
    assert library.document(stored.document_id) == bridges(b"new", TEXT.replace("mayor", "major"))
    assert stored_texts(library) == set(texts_of(bridges(text=TEXT.replace("mayor", "major"))))
    with pytest.raises(UsageError, match=bridges(b"old").document_id):
        library.document(bridges(b"old").document_id)


def test_same_bytes_from_another_path_are_one_document(library: Library) -> None:
    add(library, bridges(), path="/reports/old name.pdf")
    add(library, bridges(), path="/reports/new name.pdf")
    assert [stored.path for stored in library.documents()] == ["/reports/new name.pdf"]


def test_vectors_that_no_statement_uses_any_more_are_dropped_and_shared_ones_kept(library: Library) -> None:
    old, new = bridges(b"old"), bridges(b"new", TEXT.replace("mayor", "major"))
    add(library, old, path="1")
    assert stored_texts(library) == set(texts_of(old))
    add(library, new, path="2")
    library.remove(old.document_id)
    assert stored_texts(library) == set(texts_of(new))
    library.remove(new.document_id)
    assert stored_texts(library) == set()
    assert library.statement_vectors().shape == (0, MODEL.dimension)


def test_known_vectors_are_those_of_the_same_text_and_model(library: Library) -> None:
    add(library, bridges())
    text = texts_of(bridges())[0]
    known = library.known_vectors([text, "never seen"], MODEL)
    assert list(known) == [text]
    np.testing.assert_array_equal(known[text], vectors_of([text])[0])
    assert not library.known_vectors([text], replace(MODEL, revision="another"))


def test_every_change_moves_the_library_to_a_new_state(library: Library) -> None:
    states = [library.state]
    add(library, bridges())
    states.append(library.state)
    add(library, bridges())
    states.append(library.state)
    library.remove(bridges().document_id)
    states.append(library.state)
    assert [state.revision for state in states] == [0, 1, 2, 3]
    assert len({state.digest for state in states}) == 4


def test_libraries_with_the_same_number_of_changes_but_other_content_differ_in_state(tmp_path: Path) -> None:
    libraries = [Library.open(tmp_path / name) for name in "abc"]
    add(libraries[0], bridges())
    add(libraries[1], bridges())
    add(libraries[2], bridges(title="Report on the tunnels of Northford"))
    digests = [library.state.digest for library in libraries]
    assert digests[0] == digests[1] != digests[2]


def test_reads_in_one_block_see_one_state(library: Library) -> None:
    add(library, bridges(b"1"), path="1")
    with library.at_one_state() as state:
        writer = threading.Thread(target=add, args=(library, bridges(b"2")), kwargs={"path": "2"})
        writer.start()
        writer.join()
        assert len(library.documents()) == 1
        assert library.state == state
    assert len(library.documents()) == 2


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (bridges(b"1").document_id, b"1"),
        (bridges(b"1").document_id[:6].upper(), b"1"),
        (bridges(b"1").document_id[:5], None),
        ("GRETA(2020)09", b"1"),
        ("greta (2020) 9", b"1"),
        ("GRETA(2020)90", None),
        ("SWD(2018) 152", b"2"),
        ("SWD/2018/0152 final", b"2"),
        ("SWD(2018) 15", None),
        ("bridges  of northford", b"1"),
        ("REPORT ON THE TUNNELS", b"2"),
        ("", None),
        ("  ", None),
        ("%", None),
    ],
)
def test_document_is_found_by_id_number_or_part_of_its_title(library: Library, name: str, found: bytes | None) -> None:
    add(library, bridges(b"1"), path="1")
    tunnels = bridges(b"2", official_number="SWD(2018) 152 final", title="Report on the Tunnels of Northford, 2018")
    add(library, tunnels, path="2")
    ids = [document.document_id for document in library.find_documents(name)]
    assert ids == ([] if found is None else [bridges(found).document_id])


def test_part_of_several_titles_finds_all_of_them(library: Library) -> None:
    for source in (b"1", b"2"):
        add(library, bridges(source, official_number=None), path=source.decode())
    assert len(library.find_documents("bridges")) == 2


def test_other_model_is_refused_with_both_names_and_dimensions(library: Library) -> None:
    add(library, bridges())
    other = Model("other-model", 16, "ba9876543210")
    with pytest.raises(ModelError, match=r"small-model \(8 dimensions.*other-model \(16 dimensions.*reindex"):
        add(library, bridges(b"2"), path="2", model=other)
    with pytest.raises(ModelError, match="other-model"):
        library.check_model(replace(MODEL, name="other-model"))
    with pytest.raises(ModelError, match="ba9876543210"):
        library.check_model(replace(MODEL, revision="ba9876543210"))
    library.check_model(MODEL)
    assert [stored.document_id for stored in library.documents()] == [bridges().document_id]


def test_library_emptied_again_takes_another_model(library: Library) -> None:
    add(library, bridges())
    library.remove(bridges().document_id)
    other = Model("other-model", 16, "ba9876543210")
    add(library, bridges(), model=other)
    library.check_model(other)
    assert library.statement_vectors().shape == (4, 16)


def test_new_model_replaces_all_vectors_at_once(library: Library) -> None:
    add(library, bridges())
    other = Model("other-model", 16, "ba9876543210")
    texts = [f"context: {text}" for text in texts_of(bridges())]
    library.replace_vectors(texts, vectors_of(texts, 16), model=other, read_at=library.state)
    library.check_model(other)
    np.testing.assert_array_equal(library.statement_vectors(), vectors_of(texts, 16))
    assert stored_texts(library) == set()
    assert library.document(bridges().document_id) == bridges()


def test_new_model_is_refused_when_the_library_changed_since_it_was_read(library: Library) -> None:
    add(library, bridges())
    read_at = library.state
    add(library, bridges(b"2"), path="2")
    texts = texts_of(bridges())
    with pytest.raises(LibraryError, match="changed meanwhile"):
        library.replace_vectors(texts, vectors_of(texts), model=MODEL, read_at=read_at)
    assert len(library.statement_vectors()) == 8


@pytest.mark.parametrize("wrong", [np.ones((4, 8)), np.zeros((4, 8)), vectors_of(["a"] * 3), vectors_of(["a"] * 4, 9)])
def test_vectors_that_do_not_fit_are_refused(library: Library, wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="vectors have"):
        library.add(bridges(), path="x", source_bytes=b"", texts=texts_of(bridges()), vectors=wrong, model=MODEL)
    assert library.documents() == ()


# A program that stops in the middle of storing a large document, after much of it has been written.
STALLED_WRITER = """
import sys, time
from dataclasses import replace
from pathlib import Path
import numpy as np
from index.embedder import Model
from index.library import Library

class Stalling(tuple):
    rounds = 0
    def __iter__(self):
        Stalling.rounds += 1
        for number, passage in enumerate(super().__iter__()):
            if Stalling.rounds == 2 and number == 20_000:
                print("stalled", flush=True)
                time.sleep(60)
            yield passage

library = Library.open(Path(sys.argv[1]))
(stored,) = library.documents()
document = library.document(stored.document_id)
passages = Stalling([replace(document.passages[0], statements=(), lead_in="x" * 500)] * 20_001)
library.add(
    replace(document, document_id="f" * 12, passages=passages),
    path=stored.path, source_bytes=b"", texts=[], vectors=np.empty((0, 8)), model=library.state.model,
)
"""


def test_crash_in_the_middle_of_a_change_leaves_the_library_as_it_was(library: Library) -> None:
    add(library, bridges())
    command = [sys.executable, "-c", STALLED_WRITER, str(library.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent) as writer:
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "stalled\n"
            assert (library.folder / f"{FILE_NAME}-wal").stat().st_size > 1_000_000  # It has written already.
            assert library.document(bridges().document_id) == bridges()  # Readers neither wait nor see half of it.
        finally:
            writer.kill()
    reopened = Library.open(library.folder)
    assert [reopened.document(stored.document_id) for stored in reopened.documents()] == [bridges()]
    with closing(sqlite3.connect(library.folder / FILE_NAME)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    add(reopened, bridges(b"next"), path="next")
    assert len(reopened.documents()) == 2


def test_file_that_a_crash_left_empty_becomes_a_library(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()
    add(Library.open(tmp_path), bridges())
    assert len(Library.open(tmp_path).documents()) == 1


def test_threads_may_read_and_write_at_the_same_time(library: Library) -> None:
    add(library, bridges(b"first"), path="first")
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                add(library, bridges(f"{number}-{turn}".encode()), path=f"{number}")
                assert library.document(bridges(b"first").document_id).text == TEXT
                assert library.by_path(f"{number}") is not None
        except BaseException as error:  # noqa: BLE001 - a thread's failure is reported by the test
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(library.documents()) == 5
    assert library.revision == 21


def test_file_that_is_no_database_is_reported_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"not a database at all" * 1000)
    with pytest.raises(LibraryError, match=r"library\.sqlite is damaged .* ingest the files again"):
        Library.open(tmp_path)


def test_damage_inside_the_file_is_reported_when_it_is_read(library: Library) -> None:
    add(library, bridges())
    file = library.folder / FILE_NAME
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)  # All pages but the first, which holds the schema.
    file.write_bytes(data)
    with pytest.raises(LibraryError, match="is damaged"):
        Library.open(library.folder).documents()


def test_library_of_a_newer_program_is_refused(library: Library) -> None:
    with closing(sqlite3.connect(library.folder / FILE_NAME)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match=r"format 99.*Install a newer Pincite"):
        Library.open(library.folder)


def test_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(LibraryError, match="not a library of Pincite"):
        Library.open(tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("recipes",)]


def test_file_that_vanishes_is_reported_and_not_made_anew(library: Library) -> None:
    (library.folder / FILE_NAME).unlink()
    with pytest.raises(LibraryError, match="cannot be used"):
        library.documents()
    with pytest.raises(LibraryError, match="cannot be used"):
        add(library, bridges())
    assert not (library.folder / FILE_NAME).exists()


def test_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LibraryError, match="cannot be made"):
        Library.open(tmp_path / "file" / "library")


def test_folder_name_may_hold_any_character(tmp_path: Path) -> None:
    folder = tmp_path / "rapports d'été #1 100% ф"
    add(Library.open(folder), bridges())
    assert len(Library.open(folder).documents()) == 1
    assert [file.name for file in folder.iterdir()] == [FILE_NAME]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has other rules for read-only folders")
def test_library_in_a_read_only_folder_can_be_read(library: Library) -> None:
    add(library, bridges())
    (library.folder / FILE_NAME).chmod(0o444)
    library.folder.chmod(0o555)
    is_root = os.geteuid() == 0
    try:
        if is_root:  # For whom nothing is read-only.
            for folder in (library.folder, *library.folder.parents[:3]):
                folder.chmod(0o555)
            os.seteuid(65534)
        opened = Library.open(library.folder)
        assert opened.document(bridges().document_id) == bridges()
        with pytest.raises(LibraryError, match="cannot be used"):
            opened.remove(bridges().document_id)
    finally:
        if is_root:
            os.seteuid(0)
        for folder in (library.folder, *library.folder.parents[:3]):
            folder.chmod(0o700)


def test_copy_of_the_file_is_a_library(library: Library, tmp_path: Path) -> None:
    add(library, bridges())
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(library.folder / FILE_NAME, copy)
    assert Library.open(copy).document(bridges().document_id) == bridges()


def test_listing_documents_imports_nothing_heavy(library: Library) -> None:
    add(library, bridges())
    code = (
        "import sys; from pathlib import Path; from index.library import Library; "
        "print(len(Library.open(Path(sys.argv[1])).documents())); "
        "print({'numpy', 'faiss', 'torch', 'Stemmer', 'babel', 'sentence_transformers'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(library.folder)]
    output = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent)
    assert output.stdout == "1\nset()\n"


# --- older formats ----------------------------------------------------------------------------------------------------


def test_a_library_of_the_first_format_is_brought_to_todays_with_what_it_holds(tmp_path: Path) -> None:
    add(Library.open(tmp_path), bridges(kind=None))
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("ALTER TABLE documents DROP COLUMN kind")
        connection.execute("ALTER TABLE documents DROP COLUMN gaps")
        connection.executescript("DROP TABLE places; DROP TABLE briefing_items; DROP TABLE briefings")
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    for _ in range(2):
        assert [stored.identity for stored in Library.open(tmp_path).documents()] == [bridges(kind=None).identity]
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (5,)
