"""Storing a document: what is embedded for a statement, and that nothing is embedded twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.embedder import Embedder
from index.library import Library
from index.loading import embed_again, embedded_texts, embedding_text, store, too_long
from ingest.document import Document, Identity, Passage, Statement
from ingest.errors import ModelError, UnreadableFileError

TEXT = "The clerk should paint the bridges.\npaint the old bridge\nclose it in winter"


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder.load()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path)


def bullet(words: str, text: str = TEXT, **fields: object) -> Passage:
    start = text.index(words)
    said = Statement(start, start + len(words), ("GRETA",), "own", None, None, ("XK", "RS"))
    known: dict[str, object] = {
        "kind": "bullet",
        "part": "body",
        "section": ("2. Bridges", "2.1 Paint"),
        "articles": (),
        "paragraph": None,
        "countries": ("RS",),
        "lead_in": "The clerk should:",
        "about_trafficking": False,
        "statements": (said,),
    }
    return Passage(start, start + len(words), **{**known, **fields})  # type: ignore[arg-type]


def document_of(*passages: Passage, text: str = TEXT) -> Document:
    return Document("0123456789ab", Identity(title="Bridges"), text, passages, (), (), (), "text", 1)


def count_embedded(library: Library, embedder: Embedder, document: Document, path: str) -> int:
    """Stores a document; how many texts had to be embedded comes back."""
    seen = [0]
    store(library, embedder, document, path=path, source_bytes=b"", on_progress=lambda done, _: seen.append(done))
    return seen[-1]


def test_statement_is_embedded_with_its_countries_heading_and_lead_in() -> None:
    document = document_of(bullet("paint the old bridge"))
    (passage,) = document.passages
    expected = "Kosovo, Serbia. 2.1 Paint. The clerk should: paint the old bridge"
    assert embedding_text(document, passage, passage.statements[0]) == expected


def test_statement_without_context_is_embedded_as_it_is() -> None:
    said = replace(bullet("close it in winter").statements[0], countries=())
    document = document_of(bullet("close it in winter", section=(), lead_in="", countries=(), statements=(said,)))
    assert embedding_text(document, document.passages[0], said) == "close it in winter"


@pytest.mark.parametrize(
    ("n_words", "n_lead_in", "expected"),
    [
        (100, 100, "Kosovo, Serbia. 2.1 Paint. " + "lead " * 99 + "lead " + "bridge " * 99 + "bridge"),
        (200, 100, "Kosovo, Serbia. 2.1 Paint. " + "bridge " * 199 + "bridge"),
        (247, 1, "Kosovo, Serbia. " + "bridge " * 246 + "bridge"),
        (253, 1, "bridge " * 252 + "bridge"),
    ],
)
def test_context_gives_way_before_the_statements_own_words(
    embedder: Embedder, n_words: int, n_lead_in: int, expected: str
) -> None:
    text = " ".join(["bridge"] * n_words)
    document = document_of(bullet(text, text, lead_in=" ".join(["lead"] * n_lead_in)), text=text)
    assert embedded_texts(document, embedder) == [expected]
    assert embedder.count_tokens([expected])[0] <= embedder.max_tokens


def test_stored_vectors_are_those_of_the_embedded_texts(library: Library, embedder: Embedder) -> None:
    document = document_of(bullet("close it in winter"), bullet("paint the old bridge"))
    store(library, embedder, document, path="bridges.txt", source_bytes=b"bridges")
    expected = embedder.embed_passages(embedded_texts(document, embedder))
    np.testing.assert_allclose(library.statement_vectors(), expected, atol=1e-5)
    assert library.document(document.document_id) == document
    assert library.source_bytes(document.document_id) == b"bridges"


def test_text_is_embedded_once(library: Library, embedder: Embedder) -> None:
    first = document_of(bullet("paint the old bridge"))
    assert count_embedded(library, embedder, first, "1") == 1
    longer = document_of(bullet("paint the old bridge"), bullet("close it in winter"), bullet("close it in winter"))
    assert count_embedded(library, embedder, longer, "1") == 1
    assert count_embedded(library, embedder, replace(longer, document_id="f" * 12), "2") == 0
    assert len(library.statement_vectors()) == 6


def test_passage_longer_than_the_models_window_is_refused(library: Library, embedder: Embedder) -> None:
    text = "short\n" + " ".join(["bridge"] * 300)
    document = document_of(bullet("short", text), bullet(text[6:], text), text=text)
    assert too_long(document, embedder) == (1,)
    with pytest.raises(UnreadableFileError, match=r"bridges\.txt: the passage at characters 6 to .* 256 tokens"):
        store(library, embedder, document, path="bridges.txt", source_bytes=b"")
    assert library.documents() == ()


def test_document_without_statements_can_be_stored(library: Library, embedder: Embedder) -> None:
    store(library, embedder, document_of(text=""), path="empty.txt", source_bytes=b"")
    assert library.documents()[0].n_passages == 0


def test_library_can_be_moved_to_another_model(library: Library, embedder: Embedder) -> None:
    document = document_of(bullet("paint the old bridge"), bullet("close it in winter"))
    old = replace(embedder.model, name="old model", dimension=3)
    vectors = np.eye(3, dtype=np.float32)[:2]
    library.add(document, path="1", source_bytes=b"", texts=["1", "2"], vectors=vectors, model=old)
    with pytest.raises(ModelError, match="old model"):
        store(library, embedder, document, path="1", source_bytes=b"")
    embed_again(library, embedder)
    expected = embedder.embed_passages(embedded_texts(document, embedder))
    np.testing.assert_allclose(library.statement_vectors(), expected, atol=1e-5)
    library.check_model(embedder.model)
