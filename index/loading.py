"""Putting a document into the library: what is embedded for each of its statements, and storing it."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from ingest import DEFAULT_MAX_TOKENS
from ingest.countries import country_name, is_country_heading
from ingest.document import clause_before
from ingest.errors import ModelError, UnreadableFileError
from ingest.passages import cut_shorter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from index.embedder import Embedder
    from index.library import Library
    from ingest.document import Document, Passage, Statement

MIN_TOKENS: Final = 40
"""Below this a passage holds no whole sentence: a model with such a window is of no use (chosen)."""


def store(
    library: Library,
    embedder: Embedder,
    document: Document,
    *,
    path: str,
    source_bytes: bytes,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Embeds a document's statements and stores it, in the place of an older one with the same path or the same bytes.

    Args:
        library: Where to.
        embedder: Of the model that the library was built with; texts that it has embedded before are not embedded
            again.
        document: The document.
        path: Where its file is.
        source_bytes: The file.
        on_progress: Called with the number of texts embedded and the number of all that need to be.

    Raises:
        UnreadableFileError: A passage is longer than the model's window; `too_long` tells which.
        ModelError: The library was built with another model.
        LibraryError: The library could not be written; it is as it was.
    """
    library.check_model(embedder.model)
    if long := too_long(document, embedder):
        passage = document.passages[long[0]]
        raise UnreadableFileError(
            f"{path}: the passage at characters {passage.start} to {passage.end} is longer than the "
            f"{embedder.max_tokens} tokens that the model {embedder.name} sees. Choose a model with a larger window."
        )
    texts = embedded_texts(document, embedder)
    vectors = _vectors(library, embedder, texts, on_progress)
    library.add(document, path=path, source_bytes=source_bytes, texts=texts, vectors=vectors, model=embedder.model)


def embed_again(library: Library, embedder: Embedder, *, on_progress: Callable[[int, int], None] | None = None) -> None:
    """Changes the library to another model: embeds every statement with it and replaces all vectors at once.

    Passages that are longer than the model's window are cut shorter; reading the files again makes them longer for a
    model with a larger one.

    Raises:
        ModelError: The model's window is too small for a sentence.
        LibraryError: The library was changed meanwhile, or could not be written; it is as it was.
    """
    with library.at_one_state() as state:
        stored = [library.document(each.document_id) for each in library.documents()]
    documents = [_cut_to_fit(document, embedder) for document in stored]
    texts = [text for document in documents for text in embedded_texts(document, embedder)]
    vectors = _vectors(library, embedder, texts, on_progress)
    cut_anew = documents if documents != stored else ()
    library.replace_vectors(texts, vectors, model=embedder.model, read_at=state, cut_anew=cut_anew)


def _cut_to_fit(document: Document, embedder: Embedder) -> Document:
    """A document whose passages fit the model's window."""
    max_tokens = DEFAULT_MAX_TOKENS
    while long := set(too_long(document, embedder)):
        max_tokens = max_tokens * 3 // 4  # The model's tokens are not ours.
        if max_tokens < MIN_TOKENS:
            raise ModelError(
                f"The model {embedder.name} sees {embedder.max_tokens} tokens of a text, fewer than a sentence has. "
                f"Choose a model with a larger window."
            )
        pieces = (
            cut_shorter(document.text, passage, max_tokens=max_tokens) if position in long else (passage,)
            for position, passage in enumerate(document.passages)
        )
        document = replace(document, passages=tuple(chain.from_iterable(pieces)))
    return document


def too_long(document: Document, embedder: Embedder) -> tuple[int, ...]:
    """Positions of the passages that are longer than the model's window: to be cut before the document is stored."""
    counts = embedder.count_tokens([document.text[passage.start : passage.end] for passage in document.passages])
    return tuple(position for position, n_tokens in enumerate(counts) if n_tokens > embedder.max_tokens)


def embedding_text(document: Document, passage: Passage, statement: Statement) -> str:
    """What is embedded for a statement when the model's window allows it: its context, then its words."""
    return " ".join((*context(document, passage, statement), document.text[statement.start : statement.end]))


def context(document: Document, passage: Passage, statement: Statement) -> tuple[str, ...]:
    """What a statement leaves unsaid: its countries, the heading above it, the lead-in or clause it goes on with."""
    countries = ", ".join(country_name(code).rstrip("*") for code in statement.countries or passage.countries)
    heading = passage.section[-1] if passage.section and not is_country_heading(passage.section[-1]) else ""
    before = clause_before(document.text, passage, statement) or passage.lead_in
    pieces = (f"{countries}." if countries else "", f"{heading}." if heading else "", before)
    return tuple(piece for piece in pieces if piece)


def embedded_texts(document: Document, embedder: Embedder) -> list[str]:
    """What is embedded for each statement, in order: `embedding_text`, with less context where the window is small.

    The lead-in goes first, then the heading, then the countries; the statement's own words are never cut.
    """
    places = [(passage, statement) for passage in document.passages for statement in passage.statements]
    texts = [embedding_text(document, passage, statement) for passage, statement in places]
    for position, n_tokens in enumerate(embedder.count_tokens(texts)):
        passage, statement = places[position]
        pieces = context(document, passage, statement)
        while n_tokens > embedder.max_tokens and pieces:
            pieces = pieces[:-1]
            texts[position] = " ".join((*pieces, document.text[statement.start : statement.end]))
            (n_tokens,) = embedder.count_tokens([texts[position]])
    return texts


def _vectors(
    library: Library,
    embedder: Embedder,
    texts: Sequence[str],
    on_progress: Callable[[int, int], None] | None,
) -> NDArray[np.float32]:
    """One row a text; those that the library knows are taken from it."""
    import numpy as np

    known = library.known_vectors(texts, embedder.model)
    unknown = [text for text in dict.fromkeys(texts) if text not in known]
    known.update(zip(unknown, embedder.embed_passages(unknown, on_progress), strict=True))
    return np.array([known[text] for text in texts], dtype=np.float32).reshape(len(texts), embedder.dimension)
