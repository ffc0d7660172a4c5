"""Search in a library: the statements of a selection that are nearest to a question, by meaning and by words."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from index.full_text import Concept, FullText, statement_words
from index.vectors import Vectors
from ingest.subject import on_trafficking

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import DTypeLike, NDArray

    from index.embedder import Embedder
    from index.library import Library, State
    from index.records import StoredDocument
    from ingest.document import Document, Passage, Statement

VECTORS_FILE: Final = "vectors.faiss"
FULL_TEXT_FILE: Final = "full_text.bin"


@dataclass(frozen=True, slots=True)
class Hit:
    """A statement that was found.

    Attributes:
        row: Its row number.
        cosine: Cosine similarity of question and statement, -1 to 1.
        bm25: Full-text score, 0 when they share no word.
    """

    row: int
    cosine: float
    bm25: float


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What is known of every statement of a library, one row each, to select by. All arrays have shape (n,).

    Rows are in order of the documents (oldest first), and in each in order of its passages and their statements.

    Attributes:
        document: Position of the document in `Searcher.documents`.
        passage: Position of the passage in its document.
        statement: Position of the statement in its passage.
        document_id: The document's id.
        publisher: Code of the document's publisher; "" where unknown.
        year: Year the document is filed under; 0 where unknown.
        round: Evaluation round of the document; 0 for none.
        kind: Kind of the passage.
        part: Part of the document that the passage stands in.
        voice: "own" or "reported".
        reference: True where the statement only names a publication.
        about_trafficking: True where the statement is on trafficking in human beings (see `ingest.subject`).
        speakers: For each row its speakers.
        countries: For each row its countries, the statement's if it has any, else the passage's.
        by_speaker: For each speaker the rows in which it speaks, ascending.
        by_country: For each country the rows that are about it, ascending.
    """

    document: NDArray[np.int32]
    passage: NDArray[np.int32]
    statement: NDArray[np.int32]
    document_id: NDArray[np.str_]
    publisher: NDArray[np.str_]
    year: NDArray[np.int32]
    round: NDArray[np.int32]
    kind: NDArray[np.str_]
    part: NDArray[np.str_]
    voice: NDArray[np.str_]
    reference: NDArray[np.bool_]
    about_trafficking: NDArray[np.bool_]
    speakers: tuple[tuple[str, ...], ...]
    countries: tuple[tuple[str, ...], ...]
    by_speaker: Mapping[str, NDArray[np.int64]]
    by_country: Mapping[str, NDArray[np.int64]]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.document)


class Searcher:
    """Search in one state of a library, all in memory. Immutable, so that threads may share it.

    A process keeps one and takes `current()` of it for each question: the same object while the library is unchanged.
    Row numbers belong to the searcher that they came from.

    Attributes:
        state: The state of the library that it holds.
        stored: What the library says of each document, oldest first.
        documents: The documents, in the same order.
        rows: What is known of every statement.
    """

    def __init__(self, library: Library, embedder: Embedder | None, *, _newest: _Newest | None = None) -> None:
        """Reads the library; builds the FAISS and full-text files again where they are missing, damaged or stale.

        Args:
            library: The library.
            embedder: What makes the vectors of the questions; None when none will be asked.
            _newest: Where `current` keeps the searcher that this one replaces; its documents are not read again.

        Raises:
            ModelError: The library was built with another model than the embedder's.
            LibraryError: The library cannot be read.
        """
        self._library = library
        self._embedder = embedder
        held = {} if _newest is None else _newest.documents_by_serial()
        with library.at_one_state() as self.state:
            if embedder is not None:
                library.check_model(embedder.model)
            self.stored: tuple[StoredDocument, ...] = library.documents()
            self.documents: tuple[Document, ...] = tuple(
                held.get(stored.serial) or library.document(stored.document_id) for stored in self.stored
            )
            self.rows = _rows(self.documents)
            # A question looks at hundreds of rows: one step to each, rather than three.
            self._places: tuple[tuple[Document, Passage, Statement], ...] = tuple(
                (document, passage, statement)
                for document in self.documents
                for passage in document.passages
                for statement in passage.statements
            )
            self._vectors = _vectors(library, self.state) if len(self.rows) else None
        self._full_text = _full_text(library, self.state, self.documents)
        self._newest = _Newest(self) if _newest is None else _newest

    def current(self) -> Searcher:
        """A searcher for the library as it is now: this one if nothing has changed, which takes half a millisecond.

        Raises:
            ModelError: The library is now built with another model than the embedder's.
            LibraryError: The library cannot be read.
        """
        newest = self._newest
        if newest.searcher.state != self._library.state:
            with newest.lock:  # One thread reads what changed; the others wait for it.
                if newest.searcher.state != self._library.state:
                    newest.searcher = Searcher(self._library, self._embedder, _newest=newest)
        return newest.searcher

    def document(self, row: int) -> Document:
        """The document that a statement stands in."""
        return self._places[row][0]

    def passage(self, row: int) -> Passage:
        """The passage that a statement stands in."""
        return self._places[row][1]

    def statement(self, row: int) -> Statement:
        """The statement of a row."""
        return self._places[row][2]

    def text(self, row: int) -> str:
        """The words of a statement."""
        document, _, statement = self._places[row]
        return document.text[statement.start : statement.end]

    def search(
        self,
        query: str,
        query_vector: NDArray[np.float32],
        rows: NDArray[np.bool_] | NDArray[np.int64] | None = None,
        limit: int = 50,
    ) -> tuple[Hit, ...]:
        """The statements nearest to a question: the best by vector and the best by words, in one list, exactly.

        Args:
            query: The question; its words are taken as they are, nothing in it is an operator.
            query_vector: The question's vector, shape (d,), of any length but zero.
            rows: Which rows to look at: a mask of shape (n,) or row numbers. None for all.
            limit: How many to take from each of the two searches.

        Returns:
            Up to twice `limit` hits, highest cosine first, each with both scores. Rows without any word of the question
            come by their vector alone.
        """
        if self._vectors is None:
            return ()
        selected = self._mask(rows)
        scores = self._full_text.scores(query)
        by_words = _highest(scores if selected is None else np.where(selected, scores, 0), limit)
        by_vector = self._vectors.nearest(query_vector, selection=selected, limit=limit)
        found = np.union1d(by_words, by_vector)
        cosines = self._vectors.cosines(query_vector, found)
        order = np.argsort(-cosines, kind="stable")
        return tuple(
            Hit(row, cosine, bm25)
            for row, cosine, bm25 in zip(
                found[order].tolist(), cosines[order].tolist(), scores[found[order]].tolist(), strict=True
            )
        )

    def vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors of some statements: shape (number of rows, d), unit length; d is 0 while the library is empty."""
        if self._vectors is None:
            return np.zeros((0, 0), dtype=np.float32)
        return self._vectors.of(rows)

    def of_documents(self, document_ids: Sequence[str]) -> NDArray[np.bool_]:
        """Which rows belong to some documents: shape (n,)."""
        wanted = [stored.document_id in document_ids for stored in self.stored]
        # Document by document, since comparing the ids of 200,000 rows takes 20 ms.
        return np.array(wanted, dtype=np.bool_)[self.rows.document] if wanted else np.zeros(0, dtype=np.bool_)

    def coverage(self, concepts: Sequence[Concept]) -> NDArray[np.float32]:
        """How much of some concepts each statement speaks of: shape (n,), 0 to 1 (see `FullText.coverage`)."""
        return self._full_text.coverage(concepts)

    def occurs(self, concept: Concept) -> bool:
        """Whether any statement speaks of a concept."""
        return self._full_text.occurs(concept)

    def by_words(self, text: str, *, limit: int) -> tuple[int, ...]:
        """The rows with the highest full-text scores for the words of a text, best first; none without such a word."""
        return tuple(_highest(self._full_text.scores(text), limit).tolist())

    def rows_with(self, phrase: Sequence[str]) -> NDArray[np.int64]:
        """Rows that hold some search words (see `words`) one behind another, ascending."""
        return np.unique(self._full_text.rows_with(phrase))

    def rarity(self, concept: Concept) -> float:
        """How rare a concept is in the library (see `FullText.rarity`)."""
        return self._full_text.rarity(concept)

    def knows(self, word: str) -> bool:
        """Whether a search word (see `words`) occurs in the library."""
        return self._full_text.knows(word)

    def _mask(self, rows: NDArray[np.bool_] | NDArray[np.int64] | None) -> NDArray[np.bool_] | None:
        if rows is None:
            return None
        if rows.dtype == np.bool_:
            if rows.shape != (len(self.rows),):
                raise ValueError(f"The mask has shape {rows.shape}; this searcher has {len(self.rows)} rows.")
            return np.asarray(rows, dtype=np.bool_)
        mask = np.zeros(len(self.rows), dtype=np.bool_)
        mask[rows] = True
        return mask


@dataclass(slots=True)
class _Newest:
    """The latest searcher of a process, shared by all that came from the same one."""

    searcher: Searcher
    lock: threading.Lock = field(default_factory=threading.Lock)

    def documents_by_serial(self) -> dict[int, Document]:
        stored = self.searcher.stored
        return {each.serial: document for each, document in zip(stored, self.searcher.documents, strict=True)}


def _stamp(state: State) -> dict[str, str | int]:
    return {"format": 1, "revision": state.revision, "state": state.digest}


def _vectors(library: Library, state: State) -> Vectors:
    path = library.folder / VECTORS_FILE
    vectors = Vectors.load(path, _stamp(state))
    if vectors is None:
        vectors = Vectors.build(library.statement_vectors())
        vectors.save(path, _stamp(state))  # Where it cannot be written, it is built in memory each time.
    return vectors


def _full_text(library: Library, state: State, documents: Sequence[Document]) -> FullText:
    path = library.folder / FULL_TEXT_FILE
    full_text = FullText.load(path, _stamp(state))
    if full_text is None:
        full_text = FullText.build([words for document in documents for words in statement_words(document)])
        full_text.save(path, _stamp(state))
    return full_text


def _highest(scores: NDArray[np.float32], limit: int) -> NDArray[np.int64]:
    """The `limit` rows with the highest scores above 0, best first; of equal ones the earlier."""
    rows = np.flatnonzero(scores)
    if len(rows) > limit:
        least = np.partition(scores[rows], len(rows) - limit)[len(rows) - limit]
        rows = rows[scores[rows] >= least]
    return rows[np.argsort(-scores[rows], kind="stable")][:limit]


def _rows(documents: Sequence[Document]) -> Rows:
    passages = [passage for document in documents for passage in document.passages]
    statements = [statement for passage in passages for statement in passage.statements]
    n_statements = [len(passage.statements) for passage in passages]
    identities = [document.identity for document in documents]

    def of_passage(values: list[Any], dtype: DTypeLike) -> NDArray[Any]:
        return np.repeat(np.array(values, dtype=dtype), n_statements)

    document = of_passage([n for n, document in enumerate(documents) for _ in document.passages], np.int32)

    def of_document(values: list[Any], dtype: DTypeLike) -> NDArray[Any]:
        of_row: NDArray[Any] = np.array(values, dtype=dtype)[document]
        return of_row

    speakers = tuple(statement.speakers for statement in statements)
    countries = tuple(
        statement.countries or passage.countries for passage in passages for statement in passage.statements
    )
    return Rows(
        document=document,
        passage=of_passage([n for document in documents for n in range(len(document.passages))], np.int32),
        statement=np.array([n for count in n_statements for n in range(count)], dtype=np.int32),
        document_id=of_document([document.document_id for document in documents], np.str_),
        publisher=of_document([identity.publisher or "" for identity in identities], np.str_),
        year=of_document([identity.year or 0 for identity in identities], np.int32),
        round=of_document([identity.round or 0 for identity in identities], np.int32),
        kind=of_passage([passage.kind for passage in passages], np.str_),
        part=of_passage([passage.part for passage in passages], np.str_),
        voice=np.array([statement.voice for statement in statements], dtype=np.str_),
        reference=np.array([statement.reference for statement in statements], dtype=np.bool_),
        about_trafficking=np.array(
            [
                on
                for document in documents
                for flags in on_trafficking(document.text, document.passages, document.identity.publisher)
                for on in flags
            ],
            dtype=np.bool_,
        ),
        speakers=speakers,
        countries=countries,
        by_speaker=_rows_of_each(speakers),
        by_country=_rows_of_each(countries),
    )


def _rows_of_each(codes: Sequence[tuple[str, ...]]) -> dict[str, NDArray[np.int64]]:
    rows: dict[str, list[int]] = {}
    for row, of_row in enumerate(codes):
        for code in of_row:
            rows.setdefault(code, []).append(row)
    return {code: np.array(of_code, dtype=np.int64) for code, of_code in rows.items()}
