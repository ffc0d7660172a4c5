"""Taking files into the library, one by one: read, cut, embed, store. A file that fails stops no other."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, islice, starmap
from pathlib import Path
from typing import Literal

from index.embedder import Embedder
from index.library import Library
from index.loading import MIN_TOKENS, store, too_long
from index.progress import Meter, Progress, Work
from index.records import StoredDocument
from ingest import DEFAULT_MAX_TOKENS, READER_VERSION, document_id_of
from ingest.document import Document, Identity
from ingest.errors import UnreadableFileError
from ingest.readers import FORMS
from ingest.references import number_key
from ingest.sidecar import Given, all_given, given_before, says_otherwise
from ingest.workers import Limits, Task, Workers

_MAX_FILE_BYTES = 200 * 1024 * 1024  # The largest report known has 12 MB; what is larger is a mistake (chosen).
# Names, in whatever form, of files that tell of the folder they lie in.
_OF_A_FOLDER = frozenset({"readme", "changelog", "license", "licence", "contributing", "authors", "notice"})
_N_AHEAD = 4  # Files begun before one is stored: two are being read, two wait for the embedder (chosen).
_LOOK_S = 0.2  # Between two looks at a reading; Windows does not let Ctrl-C end a longer wait.
_CHARACTERS_A_PASSAGE = 300  # Measured on the specimens, for the time that reading again may take.


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file.

    Attributes:
        path: The file.
        status: "failed" leaves the library as it was.
        reason: Why it failed, or why nothing changed; "" otherwise.
        document_id: The document it is in the library, None when it failed.
        gaps: What of the file is not in the document's text, in words.
    """

    path: Path
    status: Literal["added", "unchanged", "replaced", "failed"]
    reason: str = ""
    document_id: str | None = None
    gaps: tuple[str, ...] = ()


def files_in(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files to take in: files as named, folders searched through for the forms that can be read, each file once.

    What tells of a folder, such as its README, is no report, and is taken in only where it is named itself.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = (file for file in sorted(path.rglob("*")) if file.suffix.lower() in FORMS and file.is_file())
            # "~$report.docx" is Word's note that the file is open; names with a dot in front are hidden.
            inside = (file for file in inside if file.stem.casefold() not in _OF_A_FOLDER)
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
    on_progress: Callable[[Progress], None] | None = None,
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
        on_progress: Called several times a second while there is work, in the thread that takes the outcomes.

    Raises:
        LibraryError, ModelError: The library or the model cannot be used: no further file could be stored either.
    """
    paths = tuple(files)
    meter = Meter([Work.of_file(path) for path in paths], on_progress)
    with Workers(limits) as workers:
        intake = _Intake(library, embedder, workers, meter)

        def begin(number: int, path: Path) -> Callable[[], FileOutcome]:
            task = Task(path, password=password, ocr=ocr, given=given)
            return partial(intake.finish, intake.begin(number, task))

        yield from _in_turn(starmap(begin, enumerate(paths)), meter)


def read_again(
    library: Library,
    embedder: Embedder,
    *,
    documents: Sequence[StoredDocument] | None = None,
    given: tuple[Given, ...] | None = None,
    password: str | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Generator[FileOutcome]:
    """Reads documents again from the bytes that the library keeps, with today's reader, and tells after each.

    A document that cannot be read any more stays as it is, and is reported. Closing the iterator, or an interruption,
    leaves what was told of read again, and the others as they were.

    Args:
        library: What to read again.
        embedder: The model that it was built with; texts that did not change are not embedded again.
        documents: Which; None for all of them.
        given: All that the user says of them from now on (see `sidecar.corrected`); None for what was said before.
        password: Opens protected PDFs.
        on_progress: See `take_in`.
    """
    documents = library.documents() if documents is None else documents
    meter = Meter([_work_of(stored) for stored in documents], on_progress)
    with tempfile.TemporaryDirectory() as folder, Workers() as workers:
        intake = _Intake(library, lambda: embedder, workers, meter)

        def begin(number: int, stored: StoredDocument) -> Callable[[], FileOutcome]:
            said = given_before(stored.identity) if given is None else given
            begun = intake.begin_again(number, stored, Path(folder), password=password, given=said)
            return partial(intake.finish_again, begun, stored)

        yield from _in_turn(starmap(begin, enumerate(documents)), meter)


def _work_of(stored: StoredDocument) -> Work:
    return Work(
        Path(stored.path), n_pages=stored.n_pages or None, n_characters=stored.n_passages * _CHARACTERS_A_PASSAGE
    )


# --- one file after another -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Begun:
    """A file that is read ahead of its turn.

    Attributes:
        number: Its place in the order.
        task: What there is to read, with all that the user says of it.
        reading: None where it need not or cannot be read: what is told of it is found out in its turn.
        options: What the user says of it now.
    """

    number: int
    task: Task
    reading: Future[Document] | None
    options: tuple[Given, ...] = ()


def _in_turn(finishing: Iterable[Callable[[], FileOutcome]], meter: Meter) -> Generator[FileOutcome]:
    """Finishes files in their order, while the next ones are read.

    Args:
        finishing: Taking the next of them begins the reading of a file; calling it stores the file.
        meter: Told of each file that is finished.
    """
    waiting: deque[Callable[[], FileOutcome]] = deque()
    following = iter(finishing)
    for number in count():
        waiting.extend(islice(following, _N_AHEAD - len(waiting)))
        if not waiting:
            return
        outcome = waiting.popleft()()
        meter.finish(number, skipped=outcome.status in {"failed", "unchanged"})
        yield outcome


@dataclass(frozen=True, slots=True)
class _Intake:
    """What files are taken in with."""

    library: Library
    embedder: Callable[[], Embedder]
    workers: Workers
    meter: Meter

    def begin(self, number: int, task: Task) -> _Begun:
        """Has a file read, unless that is of no use."""
        options = task.given
        try:
            same = self.library.by_hash(document_id_of(_bytes_of(task.path)))
            task = _with_all_given(task, same, self.library.by_path(str(task.path.resolve())))
        except UnreadableFileError:
            return _Begun(number, task, None, options)
        if same is not None and _up_to_date(same, task):
            return _Begun(number, task, None, options)
        return _Begun(number, task, self._read(number, task), options)

    def finish(self, begun: _Begun) -> FileOutcome:
        """Stores a file; says what became of it."""
        file = begun.task.path
        try:
            return self._take_in(begun)
        except UnreadableFileError as error:
            return FileOutcome(file, "failed", str(error))

    def begin_again(
        self, number: int, stored: StoredDocument, folder: Path, *, password: str | None, given: tuple[Given, ...]
    ) -> _Begun:
        """Has a stored document read from a copy of its file, which keeps its name: reasons name it."""
        copy = folder / str(number) / Path(stored.path).name
        copy.parent.mkdir()
        copy.write_bytes(self.library.source_bytes(stored.document_id))
        by_ocr = self.library.document(stored.document_id).reader == "pdf-ocr"
        task = Task(copy, password=password, ocr=by_ocr, given=given)
        return _Begun(number, task, self._read(number, task))

    def finish_again(self, begun: _Begun, stored: StoredDocument) -> FileOutcome:
        """Stores what a document is read as now; one that cannot be read stays as it is."""
        copy = begun.task.path
        try:
            document = self._fitting(begun)
            self._store(begun, document, path=stored.path, source_bytes=copy.read_bytes())
        except UnreadableFileError as error:
            return FileOutcome(Path(stored.path), "failed", str(error), stored.document_id)
        finally:
            copy.unlink()
        return FileOutcome(Path(stored.path), "replaced", "", document.document_id, document.gaps)

    def _take_in(self, begun: _Begun) -> FileOutcome:
        file = begun.task.path
        source_bytes = _bytes_of(file)
        document_id = document_id_of(source_bytes)
        path = str(file.resolve())
        at_path = self.library.by_path(path)
        same = self.library.by_hash(document_id)
        task = _with_all_given(replace(begun.task, given=begun.options), same, at_path)
        begun = replace(begun, task=task)
        if same is not None and _up_to_date(same, task):
            if same.path == path:
                return FileOutcome(file, "unchanged", "", document_id, same.gaps)
            if at_path is None:
                elsewhere = f"The same file is loaded from {same.path}."
                return FileOutcome(file, "unchanged", elsewhere, document_id, same.gaps)
        document = self._fitting(begun)
        if document.document_id != document_id:
            raise UnreadableFileError(f"{file.name} changed while it was read. Add it again when it is finished.")
        earlier = _said_of_earlier(at_path, task) if same is None and at_path else ""
        if earlier and at_path and _is_another(document.identity, at_path.identity):
            task = replace(task, given=all_given(file, begun.options, None))
            document, earlier = self._fitting(_Begun(begun.number, task, None)), ""
        self._store(begun, document, path=path, source_bytes=source_bytes)
        return FileOutcome(file, "replaced" if at_path or same else "added", earlier, document_id, document.gaps)

    def _fitting(self, begun: _Begun) -> Document:
        """The document in a file, with passages cut short enough for the model's window."""
        model = self.embedder()  # Loads while the workers read.
        self.meter.begin()
        document = self._awaited(begun.number, begun.reading or self._read(begun.number, begun.task))
        max_tokens = DEFAULT_MAX_TOKENS
        while too_long(document, model) and max_tokens > MIN_TOKENS:
            # The model's tokens are not ours: a table of names has more of them than prose.
            max_tokens = max_tokens * 3 // 4
            task = replace(begun.task, max_tokens=max_tokens)
            document = self._awaited(begun.number, self._read(begun.number, task))
        self.meter.was_read(begun.number, n_pages=len(document.page_labels), n_characters=len(document.text))
        return document

    def _read(self, number: int, task: Task) -> Future[Document]:
        return self.workers.begin(task, on_page=partial(self.meter.page_read, number))

    def _awaited(self, number: int, reading: Future[Document]) -> Document:
        while not wait([reading], timeout=_LOOK_S).done:
            self.meter.tell(number)
        return reading.result()

    def _store(self, begun: _Begun, document: Document, *, path: str, source_bytes: bytes) -> None:
        store(
            self.library,
            self.embedder(),
            document,
            path=path,
            source_bytes=source_bytes,
            on_progress=partial(self.meter.embedded, begun.number),
        )


def _with_all_given(task: Task, same: StoredDocument | None, at_path: StoredDocument | None) -> Task:
    """A file with all that a user says of it, also of an earlier version of it that it takes the place of."""
    from_elsewhere = same is not None and same.path != str(task.path.resolve())
    before = same or at_path
    identity = before.identity if before else None
    return replace(task, given=all_given(task.path, task.given, identity, from_elsewhere=from_elsewhere))


def _said_of_earlier(at_path: StoredDocument, task: Task) -> str:
    """Which of what was said of the earlier version of a file still holds, in words; "" for nothing."""
    said = [one.field for one in given_before(at_path.identity) if one.by == "user" and one in task.given]
    fields = ", ".join(field.replace("_", " ") for field in said)
    return f"What you said of the earlier version was kept: {fields}." if said else ""


def _is_another(identity: Identity, earlier: Identity) -> bool:
    """Whether a file is another document than the earlier file of its name: both bear a number, and not the same."""
    numbers = [
        number_key(one.official_number)
        for one in (identity, earlier)
        if one.official_number and one.identified_by.get("official_number") != "user"
    ]
    return len(set(numbers)) > 1


def _up_to_date(same: StoredDocument, task: Task) -> bool:
    """Whether reading again what is stored would bring nothing new."""
    return same.reader_version >= READER_VERSION and not says_otherwise(task.given, same.identity)


def _bytes_of(file: Path) -> bytes:
    try:
        str(file.resolve()).encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnreadableFileError(f"The name of {file.name!r} has bytes that are no characters. Rename it.") from error
    except (OSError, RuntimeError):
        pass  # A link that leads nowhere or to itself: opening it tells.
    try:
        if file.exists() and not file.is_file():
            what = "a folder" if file.is_dir() else "no file but a device or a pipe"
            raise UnreadableFileError(f"{file.name} is {what}. Name a file, or a folder that holds files.")
        if file.stat().st_size > _MAX_FILE_BYTES:
            raise UnreadableFileError(
                f"{file.name} is larger than {_MAX_FILE_BYTES // 1024 // 1024} MB. Split it and take in the parts."
            )
        return file.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableFileError(f"There is no file {file}. Check the path.") from error
    except OSError as error:
        raise UnreadableFileError(f"{file} cannot be opened: {error.strerror or error}.") from error
