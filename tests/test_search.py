"""Search in a library: exact, within a selection, and always in the library as it is now."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.embedder import Embedder, Model
from index.full_text import FullText, statement_words
from index.library import Library
from index.loading import store
from index.search import FULL_TEXT_FILE, VECTORS_FILE, Searcher
from index.words import words
from ingest.document import Document, Identity, Passage, Statement
from ingest.errors import ModelError

MODEL = Model("small-model", 16, "0123456789ab")
NOUNS = ["bridge", "tunnel", "road", "harbour", "lamp", "clerk", "mayor", "river", "winter", "paint"]


def said(start: int, text: str, **fields: object) -> Statement:
    known: dict[str, object] = {"speakers": ("GRETA",), "voice": "own", "countries": (), "reference": False}
    return Statement(start, start + len(text), **{"reported_by": None, "grade": None, **known, **fields})  # type: ignore[arg-type]


def document_of(texts: list[str], *, country: str = "RS", **identity: object) -> Document:
    """One passage a text, each of one statement."""
    text = "\n".join(texts)
    starts = [len("\n".join(texts[:number])) + (number > 0) for number in range(len(texts))]
    passages = tuple(
        Passage(
            start=start,
            end=start + len(each),
            kind="paragraph",
            part="body",
            section=("Public works",),
            articles=(),
            paragraph=None,
            countries=(country,),
            lead_in="",
            about_trafficking=False,
            statements=(said(start, each),),
        )
        for start, each in zip(starts, texts, strict=True)
    )
    document_id = hashlib.sha256(text.encode()).hexdigest()[:12]
    known = {"publisher": "GRETA", "title": "Works", "countries": (country,), **identity}
    return Document(document_id, Identity(**known), text, passages, (), (), (), "text", 1)  # type: ignore[arg-type]


def random_texts(n: int, seed: int) -> list[str]:
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(NOUNS, size=random.integers(1, 8))) + f" {number}" for number in range(n)]


def random_vectors(n: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(n, MODEL.dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def add(library: Library, document: Document, path: str, seed: int = 0) -> None:
    texts = [document.text[each.start : each.end] for passage in document.passages for each in passage.statements]
    vectors = random_vectors(len(texts), seed)
    library.add(document, path=path, source_bytes=b"", texts=texts, vectors=vectors, model=MODEL)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Two documents on two countries, 300 statements."""
    library = Library.open(tmp_path / "library")
    add(library, document_of(random_texts(200, 1), country="RS"), "1", seed=1)
    add(library, document_of(random_texts(100, 2), country="AL", publisher="EC"), "2", seed=2)
    return library


def test_search_gives_the_best_by_vector_and_the_best_by_words_with_both_scores(library: Library) -> None:
    searcher = Searcher(library, None)
    matrix = library.statement_vectors()
    full_text = FullText.build([words for document in searcher.documents for words in statement_words(document)])
    random = np.random.default_rng(9)
    for question in ("Is the bridge painted in winter?", "harbor 17", "mayors and clerks", "nothing of the kind"):
        query = random.normal(size=MODEL.dimension).astype(np.float32) * 50
        cosines = matrix @ query / np.linalg.norm(query)
        scores = full_text.scores(question)
        for selection in (None, random.random(300) < 0.3, np.array([5, 250, 17])):
            rows = np.arange(300) if selection is None else np.arange(300)[selection]
            by_vector = rows[np.argsort(-cosines[rows], kind="stable")][:10]
            by_words = rows[np.argsort(-scores[rows], kind="stable")][:10]
            expected = set(by_vector.tolist()) | {row for row in by_words.tolist() if scores[row] > 0}
            hits = searcher.search(question, query, selection, limit=10)
            assert {hit.row for hit in hits} == expected
            assert [hit.cosine for hit in hits] == sorted((hit.cosine for hit in hits), reverse=True)
            for hit in hits:
                assert hit.cosine == pytest.approx(cosines[hit.row], abs=1e-5)
                assert hit.bm25 == pytest.approx(scores[hit.row])


def test_statement_is_found_by_its_words_its_heading_and_its_country(library: Library) -> None:
    searcher = Searcher(library, None)
    for question in ("tunnels", "public work", "Albania"):
        hits = searcher.search(question, np.ones(MODEL.dimension, dtype=np.float32), limit=300)
        for hit in hits:
            text = f"{searcher.text(hit.row)} public works {'Albania' if hit.row >= 200 else 'Serbia'}"
            assert (hit.bm25 > 0) == bool(set(words(question)) & set(words(text)))


def test_rows_tell_what_each_statement_is(library: Library) -> None:
    text = "On trafficking. Second sentence.\nSee the register."
    mixed = Document(
        document_id="abcdefabcdef",
        identity=Identity(publisher=None, countries=("RS", "AL"), year=2018, round=2),
        text=text,
        passages=(
            Passage(0, 15, "paragraph", "front matter", (), (), None, (), "", True, ()),
            Passage(
                0,
                32,
                "bullet",
                "appendix",
                (),
                (),
                "7",
                ("RS", "AL"),
                "",
                True,
                (
                    said(0, "On trafficking.", speakers=("EC", "GRETA"), voice="reported", countries=("ME",)),
                    said(16, "Second sentence."),
                ),
            ),
            Passage(33, 50, "footnote", "body", (), (), None, (), "", False, (said(33, text[33:], reference=True),)),
        ),
        footnotes=(),
        page_runs=(),
        page_labels=(),
        reader="text",
        reader_version=1,
    )
    add(library, mixed, "3")
    searcher = Searcher(library, None)
    rows = searcher.rows
    assert len(rows) == 303
    assert rows.document.tolist()[198:] == [0, 0] + [1] * 100 + [2] * 3
    assert rows.passage.tolist()[-4:] == [99, 1, 1, 2]
    assert rows.statement.tolist()[-3:] == [0, 1, 0]
    assert rows.document_id.tolist()[-1] == "abcdefabcdef"
    assert rows.publisher.tolist()[-4:] == ["EC", "", "", ""]
    assert (rows.year.tolist()[-2:], rows.round.tolist()[-2:], rows.year.tolist()[0]) == ([2018] * 2, [2] * 2, 0)
    assert rows.kind.tolist()[-3:] == ["bullet", "bullet", "footnote"]
    assert rows.part.tolist()[-3:] == ["appendix", "appendix", "body"]
    assert rows.voice.tolist()[-3:] == ["reported", "own", "own"]
    assert rows.reference.tolist()[-3:] == [False, False, True]
    assert rows.about_trafficking.tolist()[-3:] == [True, False, False]
    assert rows.speakers[-3:] == (("EC", "GRETA"), ("GRETA",), ("GRETA",))
    assert rows.countries[-3:] == (("ME",), ("RS", "AL"), ())
    assert rows.by_speaker["EC"].tolist() == [300]
    assert rows.by_country["AL"].tolist() == [*range(200, 300), 301]
    assert [searcher.text(row) for row in (300, 301, 302)] == ["On trafficking.", "Second sentence.", text[33:]]
    assert searcher.passage(301) == mixed.passages[1]
    assert searcher.statement(301) == mixed.passages[1].statements[1]
    assert searcher.document(302) == mixed


def query(seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=MODEL.dimension).astype(np.float32)


def remove(file: Path) -> None:
    file.unlink()


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-10])


def make_unwritable(file: Path) -> None:
    file.unlink()
    file.mkdir()  # A file cannot take the place of a folder.


@pytest.mark.parametrize("name", [VECTORS_FILE, FULL_TEXT_FILE])
@pytest.mark.parametrize("damage", [remove, cut_short, make_unwritable])
def test_file_that_is_missing_damaged_or_cannot_be_written_changes_no_answer(
    library: Library, name: str, damage: Callable[[Path], None]
) -> None:
    expected = Searcher(library, None).search("bridge 17", query())
    damage(library.folder / name)
    assert Searcher(library, None).search("bridge 17", query()) == expected
    assert Searcher(library, None).search("bridge 17", query()) == expected


def test_files_are_written_once_and_read_afterwards(library: Library) -> None:
    Searcher(library, None)
    files = [library.folder / VECTORS_FILE, library.folder / FULL_TEXT_FILE]
    written = [file.stat().st_mtime_ns for file in files]
    Searcher(library, None)
    assert [file.stat().st_mtime_ns for file in files] == written
    add(library, document_of(["a new lamp"]), "3")
    Searcher(library, None)
    assert all(file.stat().st_mtime_ns > before for file, before in zip(files, written, strict=True))


def test_files_of_another_library_with_as_many_changes_are_not_used(library: Library, tmp_path: Path) -> None:
    other = Library.open(tmp_path / "other")
    add(other, document_of(random_texts(200, 3)), "1", seed=3)
    add(other, document_of(random_texts(100, 4)), "2", seed=4)
    assert other.revision == library.revision
    expected = Searcher(library, None).search("bridge 17", query())
    Searcher(other, None)
    for name in (VECTORS_FILE, FULL_TEXT_FILE):
        shutil.copy(other.folder / name, library.folder / name)
    assert Searcher(library, None).search("bridge 17", query()) == expected


def test_current_searcher_is_the_same_until_the_library_changes(library: Library) -> None:
    searcher = Searcher(library, None)
    assert searcher.current() is searcher
    assert not any(hit.bm25 for hit in searcher.search("cathedral", query()))
    add(Library.open(library.folder), document_of(["A cathedral stands by the river."]), "3")
    later = searcher.current()
    assert later is searcher.current() is later.current() is not searcher
    assert max(later.search("cathedral", query()), key=lambda hit: hit.bm25).row == 300
    assert (len(searcher.rows), len(later.rows)) == (300, 301)
    assert later.documents[:2] == searcher.documents
    assert later.documents[0] is searcher.documents[0]  # Not read a second time.
    library.remove(searcher.documents[0].document_id)
    assert len(later.current().rows) == 101


def test_replaced_document_is_read_again(library: Library) -> None:
    searcher = Searcher(library, None)
    changed = document_of(["A cathedral stands by the river."])
    add(library, changed, "1")
    assert searcher.current().documents[-1] == changed
    assert len(searcher.current().rows) == 101


def test_empty_library_finds_nothing_and_fills_up(tmp_path: Path) -> None:
    library = Library.open(tmp_path)
    searcher = Searcher(library, None)
    assert searcher.search("bridge", query()) == ()
    assert len(searcher.rows) == 0
    add(library, document_of(["a bridge"]), "1")
    assert len(searcher.current().search("bridge", query())) == 1


def test_document_without_statements_finds_nothing(tmp_path: Path) -> None:
    library = Library.open(tmp_path)
    add(library, document_of([]), "1")
    assert Searcher(library, None).search("bridge", query()) == ()


def test_selection_of_another_searchers_rows_is_refused(library: Library) -> None:
    with pytest.raises(ValueError, match="300 rows"):
        Searcher(library, None).search("bridge", query(), np.ones(299, dtype=bool))


def test_threads_search_while_the_library_changes(library: Library) -> None:
    searcher = Searcher(library, None)
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(20):
                current = searcher.current()
                for hit in current.search("bridge in winter", query(), limit=5):
                    assert current.text(hit.row)
        except BaseException as error:  # noqa: BLE001 - a thread's failure is reported by the test
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(5):
        add(library, document_of([f"a bridge numbered {number}"]), f"{number}")
    for thread in threads:
        thread.join()
    assert not failures
    assert len(searcher.current().rows) == 5


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder.load()


def test_library_of_another_model_is_refused(library: Library, embedder: Embedder) -> None:
    with pytest.raises(ModelError, match="small-model"):
        Searcher(library, embedder)


def test_question_finds_what_means_the_same_and_what_uses_its_words(tmp_path: Path, embedder: Embedder) -> None:
    library = Library.open(tmp_path)
    texts = [
        "The refuge where women could stay had to shut its doors.",
        "Judges and prosecutors attended a course.",
        "Article 17b was repealed.",
        "Fishing boats need a permit.",
    ]
    store(library, embedder, document_of(texts), path="1", source_bytes=b"")
    searcher = Searcher(library, embedder)
    by_meaning = searcher.search("Was the shelter closed?", embedder.embed_query("Was the shelter closed?"), limit=1)
    assert by_meaning[0].row == 0
    by_words = searcher.search("17b", embedder.embed_query("17b"), limit=2)
    assert max(by_words, key=lambda hit: hit.bm25).row == 2
