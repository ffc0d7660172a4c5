"""Taking files into the library, one by one: read, cut, embed, store. A file that fails stops no other."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.embedder import Embedder
from index.library import Library
from index.loading import store, too_long
from ingest import DEFAULT_MAX_TOKENS, READER_VERSION, document_id_of, read_document
from ingest.document import Document
from ingest.errors import UnreadableFileError
from ingest.readers import FORMS

_MAX_FILE_BYTES = 200 * 1024 * 1024  # The largest report known has 12 MB; what is larger is a mistake (chosen).
_MIN_TOKENS = 40  # Below this a passage holds no whole sentence: the model's window is of no use then.


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file.

    Attributes:
        path: The file.
        status: "failed" leaves the library as it was.
        reason: Why it failed, or why nothing changed; "" otherwise.
        document_id: The document it is in the library, None when it failed.
    """

    path: Path
    status: Literal["added", "unchanged", "replaced", "failed"]
    reason: str = ""
    document_id: str | None = None


def files_in(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files to take in: files as named, folders searched through for the forms that can be read, each file once."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = (file for file in sorted(path.rglob("*")) if file.suffix.lower() in FORMS and file.is_file())
            # "~$report.docx" is Word's note that the file is open; names with a dot in front are hidden.
            found.update((file, None) for file in inside if not file.name.startswith((".", "~$")))
        else:
            found[path] = None
    return tuple(found)


def take_in(
    library: Library,
    embedder: Callable[[], Embedder],
    files: Iterable[Path],
    *,
    on_progress: Callable[[Path, int, int], None] | None = None,
) -> Iterator[FileOutcome]:
    """Takes files into the library and tells after each what became of it.

    Args:
        library: Where to.
        embedder: Gives the model; called only when a file has to be embedded.
        files: What to take in (see `files_in`).
        on_progress: Called with the file, the number of its statements embedded and the number of all of them.

    Raises:
        LibraryError, ModelError: The library or the model cannot be used: no further file could be stored either.
    """
    for file in files:
        try:
            yield _take_in_one(library, embedder, file, on_progress)
        except UnreadableFileError as error:
            yield FileOutcome(file, "failed", str(error))


def read_again(
    library: Library, embedder: Embedder, *, on_progress: Callable[[int, int], None] | None = None
) -> tuple[FileOutcome, ...]:
    """Reads every document again from the bytes that the library keeps, with today's reader.

    A document that cannot be read any more stays as it is, and is reported.
    """
    outcomes = []
    stored_documents = library.documents()
    for done, stored in enumerate(stored_documents, start=1):
        source_bytes = library.source_bytes(stored.document_id)
        name = Path(stored.path).name
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, name)
            copy.write_bytes(source_bytes)
            try:
                document = _fitting(copy, source_bytes, embedder)
                store(library, embedder, document, path=stored.path, source_bytes=source_bytes)
                outcomes.append(FileOutcome(Path(stored.path), "replaced", "", document.document_id))
            except UnreadableFileError as error:
                outcomes.append(FileOutcome(Path(stored.path), "failed", str(error), stored.document_id))
        if on_progress:
            on_progress(done, len(stored_documents))
    return tuple(outcomes)


def _take_in_one(
    library: Library,
    embedder: Callable[[], Embedder],
    file: Path,
    on_progress: Callable[[Path, int, int], None] | None,
) -> FileOutcome:
    source_bytes = _bytes_of(file)
    document_id = document_id_of(source_bytes)
    path = str(file.resolve())
    at_path = library.by_path(path)
    same = library.by_hash(document_id)
    if same is not None and same.reader_version >= READER_VERSION:
        if same.path == path:
            return FileOutcome(file, "unchanged", "", document_id)
        if at_path is None:
            return FileOutcome(file, "unchanged", f"The same file is loaded from {same.path}.", document_id)
    model = embedder()
    document = _fitting(file, source_bytes, model)
    store(
        library,
        model,
        document,
        path=path,
        source_bytes=source_bytes,
        on_progress=(lambda done, total: on_progress(file, done, total)) if on_progress else None,
    )
    return FileOutcome(file, "replaced" if at_path or same else "added", "", document_id)


def _bytes_of(file: Path) -> bytes:
    try:
        if file.stat().st_size > _MAX_FILE_BYTES:
            raise UnreadableFileError(
                f"{file.name} is larger than {_MAX_FILE_BYTES // 1024 // 1024} MB. Split it and take in the parts."
            )
        return file.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableFileError(f"There is no file {file}. Check the path.") from error
    except OSError as error:
        raise UnreadableFileError(f"{file} cannot be opened: {error.strerror or error}.") from error


def _fitting(file: Path, source_bytes: bytes, embedder: Embedder) -> Document:
    """Reads a file with passages cut short enough for the model's window."""
    max_tokens = DEFAULT_MAX_TOKENS
    document = read_document(file, source_bytes, max_tokens=max_tokens)
    while too_long(document, embedder) and max_tokens > _MIN_TOKENS:
        # The model's tokens are not ours: a table of names has more of them than prose.
        max_tokens = max_tokens * 3 // 4
        document = read_document(file, source_bytes, max_tokens=max_tokens)
    return document
