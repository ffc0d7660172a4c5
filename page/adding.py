"""Work on the library that the page starts: adding files, reading again, replacing. It tells how far it is."""

from __future__ import annotations

import contextlib
import queue
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import index.progress
from index.intake import FileOutcome, files_in, read_again, take_in
from ingest import document_id_of
from ingest.errors import PinciteError
from ingest.sidecar import Given, given_before

if TYPE_CHECKING:
    from index.library import Library
    from index.records import StoredDocument
    from qa.answer import Answerer

_PROGRESS_INTERVAL_S: Final = 0.2  # Between two reports of progress to the browser.


@dataclass(slots=True)
class Progress:
    """How far some work on the library is.

    Attributes:
        outcomes: Of the files that are done.
        n_files: How many there are.
        current: Name of the file that is being read, "" when all are done.
        step: How far that file is; None before it is opened.
        error: Why the work cannot go on, "" while it can.
        over: Whether nothing more happens.
    """

    outcomes: list[FileOutcome]
    n_files: int
    current: str = ""
    step: index.progress.Progress | None = None
    error: str = ""
    over: bool = False


Tell = Callable[[FileOutcome | Path | index.progress.Progress], None]
"""Tells of a file that is done, of the next one, or of how far it is."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How added files are read (see `index.intake.take_in`)."""

    password: str | None = None
    ocr: bool = False


def with_progress(work: Callable[[Tell], None], n_files: int) -> Iterator[Progress]:
    """Runs work in a thread and yields how far it is, a few times a second and when it is over.

    The thread goes on when nobody looks any more: closing the browser stops nothing half-way.
    """
    events: queue.SimpleQueue[FileOutcome | Path | index.progress.Progress | PinciteError | None] = queue.SimpleQueue()

    def run() -> None:
        try:
            work(events.put)
        except PinciteError as error:
            events.put(error)
        finally:
            events.put(None)  # Also after an error that nobody foresaw: the thread tells it on standard error.

    thread = threading.Thread(target=run, name="work on the library")
    thread.start()
    progress = Progress([], n_files)
    shown = 0.0
    while (event := events.get()) is not None:
        if isinstance(event, PinciteError):
            progress.error = str(event)
        elif isinstance(event, FileOutcome):
            progress.outcomes.append(event)
            progress.current = ""
        elif isinstance(event, Path):
            progress.current, progress.step = event.name, None
        else:
            progress.current, progress.step = event.path.name, event
        if time.monotonic() - shown >= _PROGRESS_INTERVAL_S:
            yield progress
            shown = time.monotonic()
    thread.join()
    progress.over = True
    if len(progress.outcomes) < n_files and not progress.error:
        progress.error = f"Something unforeseen happened with {progress.current}; the library is as it was before."
    yield progress


# --- what there is to do ----------------------------------------------------------------------------------------------


def add_uploads(answerer: Answerer, uploads: Sequence[Path], reading: Reading, tell: Tell) -> None:
    """Takes uploaded files in; two of one name one after the other, the last one stays."""
    rest = list(uploads)
    while rest:
        batch = list({upload.name: upload for upload in reversed(rest)}.values())[::-1]
        for outcome in take_in_copies(answerer, batch, reading, tell):
            tell(outcome)
        rest = [upload for upload in rest if upload not in batch]


def files_at(place: str) -> tuple[Path, ...]:
    """The files to take in from a folder or file on this computer, named by a person."""
    path = Path(place.strip().strip("\"'")).expanduser()  # Windows' "Copy as path" puts it in quotation marks.
    return files_in([path])


def add_files(answerer: Answerer, files: Sequence[Path], reading: Reading, tell: Tell) -> None:
    """Takes in files where they lie."""
    taking = take_in(
        answerer.library,
        lambda: answerer.embedder,
        files,
        password=reading.password,
        ocr=reading.ocr,
        on_progress=tell,
    )
    for outcome in taking:
        tell(outcome)


def reread(
    answerer: Answerer, documents: Sequence[StoredDocument], given: tuple[Given, ...] | None, tell: Tell
) -> None:
    """Reads documents again, with what a user says of them now where `given` is not None."""
    for outcome in read_again(answerer.library, answerer.embedder, documents=documents, given=given, on_progress=tell):
        tell(outcome)


def replace_by(answerer: Answerer, stored: StoredDocument, upload: Path, reading: Reading, tell: Tell) -> None:
    """Takes an uploaded file in for a document that is loaded; what a user said of that one holds for it too.

    The older one is removed last: until then, and after a failure, it is still there.
    """
    said = tuple(one for one in given_before(stored.identity) if one.by == "user")
    for outcome in take_in_copies(answerer, [upload], reading, tell, given=said):
        if outcome.document_id not in {None, stored.document_id} and answerer.library.by_hash(stored.document_id):
            remove(answerer, stored)
        tell(outcome)


def remove(answerer: Answerer, stored: StoredDocument) -> None:
    """Removes a document, and the copy of its file that was made when it was uploaded."""
    answerer.library.remove(stored.document_id)
    path = Path(stored.path)
    if is_copy(answerer, path):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def is_copy(answerer: Answerer, path: Path) -> bool:
    """Whether a file is the library's own copy of an upload."""
    return path.parent == (answerer.library.folder / "files").resolve()


# --- copies of uploads ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Copy:
    """A copy of an upload in the library's folder, and where the file of its name is that was there before."""

    kept: Path
    before: Path | None


def take_in_copies(
    answerer: Answerer, uploads: Sequence[Path], reading: Reading, tell: Tell, given: tuple[Given, ...] = ()
) -> Iterator[FileOutcome]:
    """Takes uploaded files in by way of copies in the library's folder, which keep their names; no name comes twice.

    A copy that the library did not take goes again, and the one of its name that was there before comes back. The
    uploads are deleted.
    """
    library = answerer.library
    with tempfile.TemporaryDirectory() as aside:
        copies: list[_Copy] = []
        for upload in uploads:
            try:
                copies.append(_copied(upload, library.folder / "files", Path(aside)))
            except OSError as error:
                yield FileOutcome(upload, "failed", f"{upload.name} cannot be stored: {error.strerror or error}.")
            with contextlib.suppress(OSError):  # Gradio's copy of a document that may be confidential.
                upload.unlink()
        left = list(copies)
        taking = take_in(
            library,
            lambda: answerer.embedder,
            [copy.kept for copy in copies],
            password=reading.password,
            ocr=reading.ocr,
            given=given,
            on_progress=tell,
        )
        try:
            for outcome in taking:
                _settle(library, left.pop(0))
                yield outcome
        finally:
            for copy in left:
                _settle(library, copy)


def _copied(upload: Path, folder: Path, aside: Path) -> _Copy:
    kept, before = folder / upload.name, aside / upload.name
    folder.mkdir(exist_ok=True)
    if kept.exists():
        shutil.copyfile(kept, before)
    shutil.copyfile(upload, kept)
    return _Copy(kept, before if before.exists() else None)


def _settle(library: Library, copy: _Copy) -> None:
    """Leaves the copy that the library took; else puts back what was there before."""
    taken = False
    with contextlib.suppress(PinciteError, OSError):  # A library that cannot be read has taken nothing.
        stored = library.by_path(str(copy.kept.resolve()))
        taken = stored is not None and stored.document_id == document_id_of(copy.kept.read_bytes())
    if taken:
        return
    with contextlib.suppress(OSError):
        copy.kept.unlink(missing_ok=True)
        if copy.before:
            shutil.copyfile(copy.before, copy.kept)
