"""Documents as rows of the library's SQLite file, and back. Transactions are the caller's."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, cast

from ingest.document import Document, Footnote, Identity, PageRun, Passage, Statement
from ingest.errors import UsageError
from ingest.places import Places

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What the library knows of a document without reading its text.

    Attributes:
        serial: Number of the place that it was stored under: grows with every document added or replaced, never used
            twice.
        document_id: As in `Document`.
        path: Where the file was.
        identity: What it is.
        n_pages: Number of physical pages, 0 when the form has none.
        n_passages: Number of passages.
        reader: Which reader read it.
        reader_version: Version of the reading flow that read it.
        added: When it was stored, ISO 8601 in UTC.
        gaps: As in `Document`.
    """

    serial: int
    document_id: str
    path: str
    identity: Identity
    n_pages: int
    n_passages: int
    reader: str
    reader_version: int
    added: str
    gaps: tuple[str, ...] = ()


def serial_of(connection: sqlite3.Connection, document_id: str) -> int:
    """The serial of a document.

    Raises:
        UsageError: There is no such document.
    """
    row = connection.execute("SELECT id FROM documents WHERE document_id = ?", (document_id,)).fetchone()
    if row is None:
        raise UsageError(f"There is no document {document_id} in the library. See `pincite documents`.")
    return cast("int", row["id"])


def read_stored(
    connection: sqlite3.Connection, *, document_id: str | None = None, path: str | None = None
) -> tuple[StoredDocument, ...]:
    """All documents, or the one with this id or path, in order of their serials."""
    rows = connection.execute(
        "SELECT *, (SELECT count(*) FROM passages WHERE document = documents.id) AS n_passages FROM documents "
        "WHERE (?1 IS NULL OR document_id = ?1) AND (?2 IS NULL OR path = ?2) ORDER BY id",
        (document_id, path),
    )
    return tuple(
        StoredDocument(
            serial=row["id"],
            document_id=row["document_id"],
            path=row["path"],
            identity=_identity(row),
            n_pages=len(_names(row["page_labels"])),
            n_passages=row["n_passages"],
            reader=row["reader"],
            reader_version=row["reader_version"],
            added=row["added"],
            gaps=_names(row["gaps"]),
        )
        for row in rows
    )


def _identity(row: sqlite3.Row) -> Identity:
    return Identity(
        publisher=row["publisher"],
        official_number=row["official_number"],
        title=row["title"],
        countries=_names(row["countries"]),
        year=row["year"],
        round=row["round"],
        published=row["published"],
        adopted=row["adopted"],
        language=row["language"],
        restates=row["restates"],
        kind=row["kind"],
        identified_by=json.loads(row["identified_by"]),
    )


def read_document(connection: sqlite3.Connection, document_id: str) -> Document:
    """A whole document.

    Raises:
        UsageError: There is no such document.
    """
    serial = serial_of(connection, document_id)
    row = connection.execute(
        "SELECT * FROM documents JOIN contents ON contents.document = documents.id WHERE documents.id = ?", (serial,)
    ).fetchone()
    footnotes = connection.execute(
        'SELECT number, "start", "end", anchor FROM footnotes WHERE document = ? ORDER BY id', (serial,)
    )
    page_runs = connection.execute('SELECT "start", page FROM page_runs WHERE document = ? ORDER BY id', (serial,))
    return Document(
        document_id=document_id,
        identity=_identity(row),
        text=row["text"],
        passages=_passages(connection, serial),
        footnotes=tuple(Footnote(*note) for note in footnotes),
        page_runs=tuple(PageRun(*run) for run in page_runs),
        page_labels=_names(row["page_labels"]),
        reader=row["reader"],
        reader_version=row["reader_version"],
        gaps=_names(row["gaps"]),
    )


def _passages(connection: sqlite3.Connection, serial: int) -> tuple[Passage, ...]:
    statements: dict[int, list[Statement]] = {}
    for passage, start, end, speakers, voice, reported_by, grade, countries, reference in connection.execute(
        'SELECT passage, s."start", s."end", speakers, voice, reported_by, grade, s.countries, reference '
        "FROM statements AS s JOIN passages ON passages.id = passage WHERE document = ? ORDER BY s.id",
        (serial,),
    ):
        statements.setdefault(passage, []).append(
            Statement(start, end, _names(speakers), voice, reported_by, grade, _names(countries), bool(reference))
        )
    rows = connection.execute(
        'SELECT id, "start", "end", kind, part, section, articles, paragraph, countries, lead_in, about_trafficking '
        "FROM passages WHERE document = ? ORDER BY id",
        (serial,),
    )
    return tuple(
        Passage(
            start=start,
            end=end,
            kind=kind,
            part=part,
            section=_names(section),
            articles=cast("tuple[int, ...]", _list(articles)),
            paragraph=paragraph,
            countries=_names(countries),
            lead_in=lead_in,
            about_trafficking=bool(about_trafficking),
            statements=tuple(statements.get(passage, ())),
        )
        for passage, start, end, kind, part, section, articles, paragraph, countries, lead_in, about_trafficking in rows
    )


# Most statements share their few speakers and countries, most passages their section: each list is read and kept once.
@lru_cache(maxsize=20_000)
def _list(text: str) -> tuple[object, ...]:
    return tuple(json.loads(text))


def _names(text: str) -> tuple[str, ...]:
    return cast("tuple[str, ...]", _list(text))


def _json(values: object) -> str:
    return json.dumps(values, ensure_ascii=False)


def insert_document(
    connection: sqlite3.Connection, document: Document, *, path: str, source_bytes: bytes, keys: Sequence[bytes]
) -> None:
    """Writes a document; the vectors of its statements, by these keys in order, must be there already."""
    serial = _insert_identity(connection, document, path)
    connection.execute("INSERT INTO contents VALUES (?, ?, ?)", (serial, document.text, zlib.compress(source_bytes)))
    _insert_footnotes_and_pages(connection, serial, document)
    _insert_passages(connection, serial, document, keys)


def _insert_identity(connection: sqlite3.Connection, document: Document, path: str) -> int:
    identity = document.identity
    cursor = connection.execute(
        "INSERT INTO documents (document_id, path, added, page_labels, reader, reader_version, publisher, "
        "official_number, title, countries, year, round, published, adopted, language, restates, kind, identified_by, "
        "gaps) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document.document_id,
            path,
            datetime.now(UTC).isoformat(timespec="seconds"),
            _json(document.page_labels),
            document.reader,
            document.reader_version,
            identity.publisher,
            identity.official_number,
            identity.title,
            _json(identity.countries),
            identity.year,
            identity.round,
            identity.published,
            identity.adopted,
            identity.language,
            identity.restates,
            identity.kind,
            _json(identity.identified_by),
            _json(document.gaps),
        ),
    )
    return cast("int", cursor.lastrowid)


def _insert_footnotes_and_pages(connection: sqlite3.Connection, serial: int, document: Document) -> None:
    connection.executemany(
        'INSERT INTO footnotes (document, number, "start", "end", anchor) VALUES (?, ?, ?, ?, ?)',
        ((serial, note.number, note.start, note.end, note.anchor) for note in document.footnotes),
    )
    connection.executemany(
        'INSERT INTO page_runs (document, "start", page) VALUES (?, ?, ?)',
        ((serial, run.start, run.page) for run in document.page_runs),
    )
    if document.places:
        places = document.places
        row = (serial, places.n_characters, places.n_placed, places.packed)
        connection.execute("INSERT INTO places VALUES (?, ?, ?, ?)", row)


def read_places(connection: sqlite3.Connection, document_id: str) -> Places | None:
    """Where a document's text stands on its pages; None when that is not known.

    Raises:
        UsageError: There is no such document.
    """
    serial = serial_of(connection, document_id)
    row = connection.execute(
        "SELECT n_characters, n_placed, packed FROM places WHERE document = ?", (serial,)
    ).fetchone()
    return Places(*row) if row else None


def insert_embeddings(connection: sqlite3.Connection, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
    """Writes the vectors, shape (n, d), whose keys are not there yet."""
    connection.executemany(
        "INSERT OR IGNORE INTO embeddings (key, vector) VALUES (?, ?)",
        ((key, vector.astype("<f4").tobytes()) for key, vector in zip(keys, vectors, strict=True)),
    )


def _insert_passages(connection: sqlite3.Connection, serial: int, document: Document, keys: Sequence[bytes]) -> None:
    remaining = iter(keys)
    for passage in document.passages:
        cursor = connection.execute(
            'INSERT INTO passages (document, "start", "end", kind, part, section, articles, paragraph, countries, '
            "lead_in, about_trafficking) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                serial,
                passage.start,
                passage.end,
                passage.kind,
                passage.part,
                _json(passage.section),
                _json(passage.articles),
                passage.paragraph,
                _json(passage.countries),
                passage.lead_in,
                passage.about_trafficking,
            ),
        )
        connection.executemany(
            'INSERT INTO statements (passage, "start", "end", speakers, voice, reported_by, grade, countries, '
            "reference, embedding) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM embeddings WHERE key = ?))",
            (
                (
                    cursor.lastrowid,
                    statement.start,
                    statement.end,
                    _json(statement.speakers),
                    statement.voice,
                    statement.reported_by,
                    statement.grade,
                    _json(statement.countries),
                    statement.reference,
                    next(remaining),
                )
                for statement in passage.statements
            ),
        )


def replace_passages(connection: sqlite3.Connection, documents: Sequence[Document], keys: Sequence[bytes]) -> None:
    """Writes the passages of all documents anew, in this order; what else is stored of them stays.

    Args:
        connection: In a transaction.
        documents: Every document of the library, in the order in which they were stored.
        keys: Of the vectors of all their statements, in order; these must be there already.
    """
    connection.execute("DELETE FROM statements")
    connection.execute("DELETE FROM passages")
    remaining = iter(keys)
    for document in documents:
        n_statements = sum(len(passage.statements) for passage in document.passages)
        serial = serial_of(connection, document.document_id)
        _insert_passages(connection, serial, document, list(islice(remaining, n_statements)))


def delete_documents(connection: sqlite3.Connection, serials: Sequence[int]) -> list[int]:
    """Deletes documents and all that belongs to them; the numbers of the vectors that they used come back."""
    used: list[int] = []
    for serial in serials:
        rows = connection.execute(
            "SELECT DISTINCT embedding FROM statements JOIN passages ON passages.id = passage WHERE document = ?",
            (serial,),
        )
        used.extend(embedding for (embedding,) in rows)
        connection.execute("DELETE FROM documents WHERE id = ?", (serial,))
    return used


def delete_unused(connection: sqlite3.Connection, embeddings: Sequence[int]) -> None:
    """Deletes those of these vectors that no statement uses any more."""
    connection.executemany(
        "DELETE FROM embeddings WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM statements WHERE embedding = ?1)",
        ((embedding,) for embedding in embeddings),
    )
