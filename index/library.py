"""The library on disk: documents, passages, statements and vectors in one SQLite file, changed in transactions."""

from __future__ import annotations

import contextlib
import hashlib
import re
import sqlite3
import threading
import zlib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from index.embedder import Model
from index.records import (
    StoredDocument,
    delete_documents,
    delete_unused,
    insert_document,
    insert_embeddings,
    read_document,
    read_places,
    read_stored,
    replace_passages,
    serial_of,
)
from ingest.errors import LibraryError, ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from ingest.document import Document
    from ingest.places import Places

FILE_NAME: Final = "library.sqlite"
_APPLICATION_ID: Final = 0x50494E43  # "PINC", in the header of the file: tells it from other SQLite files.
_SCHEMA_VERSION: Final = 5
_SCHEMAS: Final = ("schema.sql", "briefings.sql")
_UPGRADES: Final = {  # From each older format to the next.
    1: "ALTER TABLE documents ADD COLUMN kind TEXT;",
    2: "ALTER TABLE documents ADD COLUMN gaps TEXT NOT NULL DEFAULT '[]';",
    3: "CREATE TABLE places (document INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE, "
    "n_characters INTEGER NOT NULL, n_placed INTEGER NOT NULL, packed BLOB NOT NULL) STRICT;",
    4: (files("index") / "briefings.sql").read_text(encoding="utf-8"),
}
_BUSY_TIMEOUT_S: Final = 30.0  # Chosen: many times what storing a report of 300 pages takes.
_SHORTEST_ID_PREFIX: Final = 6


@dataclass(frozen=True, slots=True)
class State:
    """Which state of which library something was read from.

    Attributes:
        revision: Grows by one with every change.
        digest: Hexadecimal digest of all changes so far: equal digests mean equal statements in equal order.
        model: The model that made the vectors; None until the first document.
    """

    revision: int
    digest: str
    model: Model | None


class Library:
    """The documents that the user has loaded.

    One process may write while others read; every read sees the state after some committed change. Threads may share a
    `Library`: each operation has a connection of its own. Whatever happens during a change, the library is left as it
    was before it or as it is after it.
    """

    def __init__(self, folder: Path) -> None:
        """Takes the folder of a library that exists; callers use `open`."""
        self.folder = folder
        self._file = folder / FILE_NAME
        self._local = threading.local()

    @classmethod
    def open(cls, folder: Path) -> Library:
        """Opens the library in a folder; makes an empty one, and the folder, where there is none.

        Raises:
            LibraryError: It cannot be opened or made, is damaged, or was written by a newer Pincite.
        """
        library = cls(folder)
        if not library._file.exists() or not library._file.stat().st_size or library._is_blank():
            library._create()
        library._check_schema()
        return library

    # Reading

    @contextlib.contextmanager
    def at_one_state(self) -> Iterator[State]:
        """While the block runs, all that this thread reads belongs to one state of the library, the one given."""
        with self._reading() as connection:
            outermost = getattr(self._local, "connection", None) is None
            self._local.connection = connection
            try:
                yield _state(connection)
            finally:
                if outermost:
                    self._local.connection = None

    @property
    def state(self) -> State:
        """The state that the library is in now. Takes half a millisecond."""
        with self._reading() as connection:
            return _state(connection)

    @property
    def revision(self) -> int:
        """Number of changes so far."""
        return self.state.revision

    def check_model(self, model: Model) -> None:
        """Makes sure that vectors of this model can be compared with those of the library.

        Raises:
            ModelError: The library was built with another model.
        """
        _check_model(self.state.model, model)

    def documents(self) -> tuple[StoredDocument, ...]:
        """All documents, in the order in which they were stored."""
        with self._reading() as connection:
            return read_stored(connection)

    def by_hash(self, document_id: str) -> StoredDocument | None:
        """The document with this id, that is, with these bytes; None when it is not loaded."""
        with self._reading() as connection:
            return next(iter(read_stored(connection, document_id=document_id)), None)

    def by_path(self, path: str) -> StoredDocument | None:
        """The document that was read from this path; None when there is none."""
        with self._reading() as connection:
            return next(iter(read_stored(connection, path=path)), None)

    def find_documents(self, name: str) -> tuple[StoredDocument, ...]:
        """Documents that a user may mean.

        Args:
            name: A document id or at least six digits of its beginning, an official number however written
                ("GRETA (2020) 9" is GRETA(2020)09, "SWD(2018)152" is SWD(2018) 152 final), or a part of a title in any
                case.

        Returns:
            Those with that id, else those with that number, else those with that title; empty when there are none.
        """
        stored = self.documents()
        wanted = " ".join(name.split()).casefold()
        number = _loose_number(name)
        by_id = [
            document
            for document in stored
            if len(wanted) >= _SHORTEST_ID_PREFIX and document.document_id.startswith(wanted)
        ]
        by_number = [
            document
            for document in stored
            if number
            and document.identity.official_number
            and _loose_number(document.identity.official_number) == number
        ]
        by_title = [
            document for document in stored if wanted and wanted in " ".join(document.identity.title.split()).casefold()
        ]
        return tuple(by_id or by_number or by_title)

    def document(self, document_id: str) -> Document:
        """A whole document, equal to the one that was added.

        Raises:
            UsageError: There is no such document.
        """
        with self._reading() as connection:
            return read_document(connection, document_id)

    def source_bytes(self, document_id: str) -> bytes:
        """The file that a document was read from.

        Raises:
            UsageError: There is no such document.
        """
        with self._reading() as connection:
            serial = serial_of(connection, document_id)
            row = connection.execute("SELECT source FROM contents WHERE document = ?", (serial,)).fetchone()
        return zlib.decompress(row["source"])

    def places(self, document_id: str) -> Places | None:
        """Where a document's text stands on its pages; None for forms without, or read before this was kept.

        Raises:
            UsageError: There is no such document.
        """
        with self._reading() as connection:
            return read_places(connection, document_id)

    def known_vectors(self, texts: Sequence[str], model: Model) -> dict[str, NDArray[np.float32]]:
        """The vectors of those of these texts that this model has embedded already, each of shape (d,)."""
        import numpy as np

        known = {}
        with self._reading() as connection:
            for text in texts:
                row = connection.execute(
                    "SELECT vector FROM embeddings WHERE key = ?", (embedding_key(text, model),)
                ).fetchone()
                if row is not None:
                    known[text] = np.frombuffer(row["vector"], dtype="<f4")
        return known

    def statement_vectors(self) -> NDArray[np.float32]:
        """The vectors of all statements: shape (n, d), float32, unit length, in the order of documents and statements.

        Shape (0, 0) while the library is empty.
        """
        import numpy as np

        # A document's statements are stored together and after those of every document that is there already, so that
        # the order of their numbers is the order of documents and of statements in them.
        query = "SELECT vector FROM statements JOIN embeddings ON embeddings.id = embedding ORDER BY statements.id"
        with self._reading() as connection:
            model = _state(connection).model
            (n,) = connection.execute("SELECT count(*) FROM statements").fetchone()
            vectors = np.empty((n, model.dimension if model else 0), dtype=np.float32)
            for row, (vector,) in enumerate(connection.execute(query)):
                vectors[row] = np.frombuffer(vector, dtype="<f4")
        return vectors

    # Writing

    def add(
        self,
        document: Document,
        *,
        path: str,
        source_bytes: bytes,
        texts: Sequence[str],
        vectors: NDArray[np.float32],
        model: Model,
    ) -> None:
        """Stores a document in one transaction, in the place of an older one with the same path or the same bytes.

        Args:
            document: The document.
            path: Where its file is.
            source_bytes: The file.
            texts: What was embedded for each of its statements, in order.
            vectors: Shape (number of statements, d), float32, rows of unit length.
            model: The model that embedded them. The first document decides with which model the library is built.

        Raises:
            ModelError: The library was built with another model.
            LibraryError: It could not be written. The library is as it was.
            ValueError: Texts or vectors do not fit the document or the model.
        """
        statements = [statement for passage in document.passages for statement in passage.statements]
        _check_vectors(vectors, (len(statements), model.dimension))
        keys = [embedding_key(text, model) for text in texts]
        if len(keys) != len(statements):
            raise ValueError(f"{len(keys)} texts for {len(statements)} statements of document {document.document_id}.")
        with self._writing() as connection:
            before = _state(connection)
            replaced = connection.execute(
                "SELECT id FROM documents WHERE path = ? OR document_id = ?", (path, document.document_id)
            ).fetchall()
            if connection.execute("SELECT EXISTS (SELECT 1 FROM documents)").fetchone()[0]:
                _check_model(before.model, model)
            unused = delete_documents(connection, [serial for (serial,) in replaced])
            insert_embeddings(connection, keys, vectors)
            insert_document(connection, document, path=path, source_bytes=source_bytes, keys=keys)
            delete_unused(connection, unused)
            _record_change(connection, before, model, b"add", repr(document).encode(), path.encode(), *keys)

    def remove(self, document_id: str) -> None:
        """Removes a document and the vectors that no other document uses, in one transaction.

        Raises:
            UsageError: There is no such document.
            LibraryError: The library could not be written. It is as it was.
        """
        with self._writing() as connection:
            before = _state(connection)
            unused = delete_documents(connection, [serial_of(connection, document_id)])
            delete_unused(connection, unused)
            _record_change(connection, before, before.model, b"remove", document_id.encode())

    def replace_vectors(
        self,
        texts: Sequence[str],
        vectors: NDArray[np.float32],
        *,
        model: Model,
        read_at: State,
        cut_anew: Sequence[Document] = (),
    ) -> None:
        """Changes to another model: gives every statement of the library a new vector, in one transaction.

        Args:
            texts: What was embedded for each statement, in the order of `statement_vectors`.
            vectors: Shape (number of statements, d), float32, rows of unit length.
            model: The model that embedded them, the library's from now on.
            read_at: The state that the statements were read at.
            cut_anew: Where passages were cut for the model: all documents in order, with their new passages.

        Raises:
            LibraryError: The library changed since, or could not be written. It is as it was.
        """
        _check_vectors(vectors, (len(texts), model.dimension))
        keys = [embedding_key(text, model) for text in texts]
        with self._writing() as connection:
            before = _state(connection)
            if before != read_at:
                raise LibraryError(f"The library in {self.folder} was changed meanwhile by another program. Try again.")
            insert_embeddings(connection, keys, vectors)
            if cut_anew:
                replace_passages(connection, cut_anew, keys)
            else:
                ids = connection.execute("SELECT id FROM statements ORDER BY id").fetchall()
                connection.executemany(
                    "UPDATE statements SET embedding = (SELECT id FROM embeddings WHERE key = ?) WHERE id = ?",
                    ((key, statement) for key, (statement,) in zip(keys, ids, strict=True)),
                )
            connection.execute("DELETE FROM embeddings WHERE id NOT IN (SELECT embedding FROM statements)")
            _record_change(connection, before, model, b"vectors", *keys)

    # Connections

    def reading(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        """For what else the file holds (see `briefings`): a connection that sees one state."""
        return self._reading()

    def writing(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        """For the same: a connection in a transaction, committed when the block ends, undone when it raises."""
        return self._writing()

    def _connect(self, mode: str) -> sqlite3.Connection:
        path = self._file.absolute().as_posix()
        # An address with two slashes in front would be read as the name of a machine: a Windows share needs four.
        uri = f"file:{'//' if path.startswith('//') else ''}{quote(path)}?mode={mode}"
        connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
        connection.row_factory = sqlite3.Row
        return connection

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        open_connection = getattr(self._local, "connection", None)
        if open_connection is not None:
            yield open_connection
            return
        with self._explaining_errors(), contextlib.closing(self._connect_to_read()) as connection:
            yield connection

    def _connect_to_read(self) -> sqlite3.Connection:
        """A connection in a transaction that sees one state."""
        connection = self._connect("rw")
        try:
            _begin_reading(connection)
        except sqlite3.OperationalError as error:
            connection.close()
            # Where the folder is read-only, SQLite cannot make the small files through which processes share a library.
            # When no one else has it open, which the lack of these files says, it can be read without.
            needs_files = _code(error) in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
            if not needs_files or self._file.with_name(f"{FILE_NAME}-wal").exists():
                raise
            connection = self._connect("ro&immutable=1")
            try:
                _begin_reading(connection)
            except sqlite3.Error:
                connection.close()
                raise
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction that is committed when the block ends, and undone when it raises."""
        with self._explaining_errors(), contextlib.closing(self._connect("rw")) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def _is_blank(self) -> bool:
        """Whether the file holds nothing yet: another process is about to make the library."""
        with self._reading() as connection:
            tables = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
            return tables is None and _schema_version(connection) == (0, 0)

    def _create(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(
                f"The folder {self.folder} for the library cannot be made: {error.strerror}. "
                f"Choose another one with --library."
            ) from error
        schema = "".join((files("index") / name).read_text(encoding="utf-8") for name in _SCHEMAS)
        with self._explaining_errors(), contextlib.closing(self._connect("rwc")) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            if _schema_version(connection) == (0, 0):  # Another process may have been faster.
                for statement in _sql_statements(schema):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
            connection.execute("COMMIT")

    def _check_schema(self) -> None:
        with self._reading() as connection:
            application_id, version = _schema_version(connection)
        if application_id != _APPLICATION_ID:
            raise LibraryError(
                f"{self._file} is not a library of Pincite. "
                f"Choose another folder with --library, or move the file away."
            )
        if version > _SCHEMA_VERSION:
            raise LibraryError(
                f"The library in {self.folder} has format {version}; this Pincite reads formats up to "
                f"{_SCHEMA_VERSION}. Install a newer Pincite: pip install --upgrade pincite"
            )
        if version < _SCHEMA_VERSION:
            self._upgrade()

    def _upgrade(self) -> None:
        """Brings the file to today's format in one transaction; what is stored stays as it is."""
        with self._writing() as connection:
            _, version = _schema_version(connection)  # Another process may have been faster.
            for older in range(version, _SCHEMA_VERSION):
                for statement in _sql_statements(_UPGRADES[older]):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")

    @contextlib.contextmanager
    def _explaining_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            message = _MESSAGES.get(_code(error))
            if message is None:
                raise
            raise LibraryError(message.format(file=self._file, error=error, seconds=_BUSY_TIMEOUT_S)) from error


_DAMAGED: Final = (
    "The library file {file} is damaged ({error}). Put back a copy of it, or move it away and ingest the files again."
)
_UNUSABLE: Final = "The library file {file} cannot be used ({error}). Check that it exists and may be read and written."
_BUSY: Final = (
    "Another program has been writing to the library {file} for more than {seconds:.0f} seconds. "
    "Try again when it is done."
)
_FULL: Final = (
    "There is no room left on the disk for the library {file}. Make room and try again; what was stored is still there."
)
_MESSAGES: Final = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CANTOPEN: _UNUSABLE,
    sqlite3.SQLITE_READONLY: _UNUSABLE,
    sqlite3.SQLITE_PERM: _UNUSABLE,
    sqlite3.SQLITE_IOERR: _UNUSABLE,
}


def embedding_key(text: str, model: Model) -> bytes:
    """Under what the vector is kept that a model made of a text: 16 bytes."""
    return hashlib.sha256(f"{model.name}\n{model.revision}\n{text}".encode()).digest()[:16]


def _code(error: sqlite3.Error) -> int:
    """Primary result code; -1 for errors that did not come from SQLite itself."""
    code: int = getattr(error, "sqlite_errorcode", -1)
    return code & 0xFF if code >= 0 else code


def _begin_reading(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    connection.execute("PRAGMA user_version").fetchone()  # The first read fixes which state the transaction sees.


def _schema_version(connection: sqlite3.Connection) -> tuple[int, int]:
    """Application id and version of the schema; (0, 0) for a new file."""
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return application_id, version


def _sql_statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: `executescript` would commit the transaction that they belong to."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _state(connection: sqlite3.Connection) -> State:
    query = "SELECT revision, state, model_name, model_dimension, model_revision FROM library"
    revision, digest, name, dimension, model_revision = connection.execute(query).fetchone()
    return State(revision, digest, None if name is None else Model(name, dimension, model_revision))


def _record_change(connection: sqlite3.Connection, before: State, model: Model | None, *what: bytes) -> None:
    digest = hashlib.sha256(before.digest.encode())
    for part in what:
        digest.update(len(part).to_bytes(4, "big") + part)
    values = (model.name, model.dimension, model.revision) if model else (None, None, None)
    connection.execute(
        "UPDATE library SET revision = ?, state = ?, model_name = ?, model_dimension = ?, model_revision = ?",
        (before.revision + 1, digest.hexdigest(), *values),
    )


def _check_model(built_with: Model | None, model: Model) -> None:
    if built_with is None or built_with == model:
        return
    raise ModelError(
        f"The library was built with model {built_with.name} ({built_with.dimension} dimensions, weights "
        f"{built_with.revision}); the setting says {model.name} ({model.dimension} dimensions, weights "
        f"{model.revision}). Set the model back, or run `pincite reindex` with this setting (--model or PINCITE_MODEL) "
        f"to embed the library again."
    )


def _check_vectors(vectors: NDArray[np.float32], shape: tuple[int, int]) -> None:
    import numpy as np

    if vectors.shape != shape:
        raise ValueError(f"The vectors have shape {vectors.shape}; statements and model need {shape}.")
    lengths = np.linalg.norm(vectors, axis=1)
    if not np.allclose(lengths, 1, atol=1e-3):
        raise ValueError(f"The vectors have lengths from {lengths.min()} to {lengths.max()}; all must have length 1.")


def _loose_number(text: str) -> tuple[str, ...]:
    """Letters and numbers of an official number, without leading zeros and "final"; empty without a number."""
    parts = re.findall(r"[^\W\d_]+|\d+", text.casefold())
    if "final" in parts:
        parts = parts[: parts.index("final")]
    return tuple(part.lstrip("0") or "0" for part in parts) if any(part.isdecimal() for part in parts) else ()
