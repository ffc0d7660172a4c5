"""Taking files into the library, one by one: read, cut, embed, store. A file that fails stops no other."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from index.embedder import Embedder
from index.library import Library
from index.loading import store, too_long
from index.records import StoredDocument
from ingest import DEFAULT_MAX_TOKENS, READER_VERSION, document_id_of
from ingest.document import Document
from ingest.errors import UnreadableFileError
from ingest.readers import FORMS
from ingest.sidecar import Given, all_given, given_before, says_otherwise
from ingest.workers import Limits, Task, Workers

_MAX_FILE_BYTES = 200 * 1024 * 1024  # The largest report known has 12 MB; what is larger is a mistake (chosen).
_N_AHEAD = 4  # Files begun before one is stored: two are being read, two wait for the embedder (chosen).
_STOP_S = 0.5  # Windows does not let Ctrl-C end a wait: it must be over soon by itself.
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
    password: str | None = None,
    ocr: bool = False,
    given: tuple[Given, ...] = (),
    limits: Limits | None = None,
    on_progress: Callable[[Path, int, int], None] | None = None,
) -> Generator[FileOutcome]:
    """Takes files into the library and tells after each what became of it, in the order given.

    The next files are read, each in a worker process, while one is embedded and stored. Closing the iterator, or an
    interruption, ends the workers; what was told of is stored.

    Args:
        library: Where to.
        embedder: Gives the model; called only when a file has to be embedded.
        files: What to take in (see `files_in`).
        password: Opens protected PDFs.
        ocr: Read scans with Tesseract.
        given: What the user says of the files in options (see `sidecar.given_by_user`); sidecar files are looked for.
        limits: What reading one file may take.
        on_progress: Called with the file, the number of its statements embedded and the number of all of them.

    Raises:
        LibraryError, ModelError: The library or the model cannot be used: no further file could be stored either.
    """
    begun: deque[tuple[Task, Future[Document] | None]] = deque()
    with Workers(limits) as workers:

        def finish() -> FileOutcome:
            task, reading = begun.popleft()
            try:
                return _take_in_one(library, embedder, workers, task, reading=reading, on_progress=on_progress)
            except UnreadableFileError as error:
                return FileOutcome(task.path, "failed", str(error))

        for file in files:
            task = Task(file, password=password, ocr=ocr, given=given)
            begun.append((task, _begin(library, workers, task)))
            if len(begun) >= _N_AHEAD:
                yield finish()
        while begun:
            yield finish()


def read_again(
    library: Library, embedder: Embedder, *, on_progress: Callable[[int, int], None] | None = None
) -> tuple[FileOutcome, ...]:
    """Reads every document again from the bytes that the library keeps, with today's reader.

    A document that cannot be read any more stays as it is, and is reported.
    """
    outcomes = []
    stored_documents = library.documents()
    with Workers() as workers:
        for done, stored in enumerate(stored_documents, start=1):
            outcomes.append(_read_one_again(library, embedder, workers, stored))
            if on_progress:
                on_progress(done, len(stored_documents))
    return tuple(outcomes)


def _read_one_again(library: Library, embedder: Embedder, workers: Workers, stored: StoredDocument) -> FileOutcome:
    source_bytes = library.source_bytes(stored.document_id)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, Path(stored.path).name)
        copy.write_bytes(source_bytes)
        by_ocr = library.document(stored.document_id).reader == "pdf-ocr"
        try:
            document = _fitting(workers, Task(copy, ocr=by_ocr, given=given_before(stored.identity)), None, embedder)
            store(library, embedder, document, path=stored.path, source_bytes=source_bytes)
        except UnreadableFileError as error:
            return FileOutcome(Path(stored.path), "failed", str(error), stored.document_id)
    return FileOutcome(Path(stored.path), "replaced", "", document.document_id)


def _begin(library: Library, workers: Workers, task: Task) -> Future[Document] | None:
    """Has a file read ahead, unless it need not or cannot be read: what is told of it is found out in its turn."""
    try:
        same = library.by_hash(document_id_of(_bytes_of(task.path)))
        task = _with_all_given(task, same)
    except UnreadableFileError:
        return None
    return None if same is not None and _up_to_date(same, task) else workers.begin(task)


def _with_all_given(task: Task, same: StoredDocument | None) -> Task:
    if same is None:
        return replace(task, given=all_given(task.path, task.given, None))
    from_elsewhere = same.path != str(task.path.resolve())
    return replace(task, given=all_given(task.path, task.given, same.identity, from_elsewhere=from_elsewhere))


def _up_to_date(same: StoredDocument, task: Task) -> bool:
    """Whether reading again what is stored would bring nothing new."""
    return same.reader_version >= READER_VERSION and not says_otherwise(task.given, same.identity)


def _take_in_one(
    library: Library,
    embedder: Callable[[], Embedder],
    workers: Workers,
    task: Task,
    *,
    reading: Future[Document] | None,
    on_progress: Callable[[Path, int, int], None] | None,
) -> FileOutcome:
    file = task.path
    source_bytes = _bytes_of(file)
    document_id = document_id_of(source_bytes)
    path = str(file.resolve())
    at_path = library.by_path(path)
    same = library.by_hash(document_id)
    task = _with_all_given(task, same)
    if same is not None and _up_to_date(same, task):
        if same.path == path:
            return FileOutcome(file, "unchanged", "", document_id)
        if at_path is None:
            return FileOutcome(file, "unchanged", f"The same file is loaded from {same.path}.", document_id)
    model = embedder()  # Loads while the worker reads.
    document = _fitting(workers, task, reading, model)
    if document.document_id != document_id:
        raise UnreadableFileError(f"{file.name} changed while it was read. Add it again when it is finished.")
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


def _fitting(workers: Workers, task: Task, reading: Future[Document] | None, embedder: Embedder) -> Document:
    """The document in a file, with passages cut short enough for the model's window.

    Args:
        workers: Read the file, also again.
        task: The file.
        reading: The file's first reading where it has begun.
        embedder: The model.
    """
    document = _awaited(reading or workers.begin(task))
    max_tokens = DEFAULT_MAX_TOKENS
    while too_long(document, embedder) and max_tokens > _MIN_TOKENS:
        # The model's tokens are not ours: a table of names has more of them than prose.
        max_tokens = max_tokens * 3 // 4
        document = _awaited(workers.begin(replace(task, max_tokens=max_tokens)))
    return document


def _awaited(reading: Future[Document]) -> Document:
    while not wait([reading], timeout=_STOP_S).done:
        pass
    return reading.result()
