"""Adding files from the page: copies of uploads, and how far the work is."""

from __future__ import annotations

import contextlib
import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import index.progress
from index.intake import FileOutcome, take_in
from ingest.errors import PinciteError

if TYPE_CHECKING:
    from qa.answer import Answerer

_PROGRESS_INTERVAL_S: Final = 0.2  # Between two reports of progress to the browser.


@dataclass(slots=True)
class Progress:
    """How far the adding of files is.

    Attributes:
        outcomes: Of the files that are done.
        n_files: How many there are.
        current: Name of the file that is being read, "" when all are done.
        step: How far that file is; None before it is opened.
        error: Why no more files can be added, "" while they can.
    """

    outcomes: list[FileOutcome]
    n_files: int
    current: str = ""
    step: index.progress.Progress | None = None
    error: str = ""


Tell = Callable[[FileOutcome | Path | index.progress.Progress], None]


def with_progress(work: Callable[[Tell], None], n_files: int) -> Iterator[Progress]:
    """Runs the adding of files in a thread and yields how far it is, a few times a second and when it is over.

    The thread goes on when nobody looks any more: closing the browser stops no upload half-way.
    """
    events: queue.SimpleQueue[FileOutcome | Path | index.progress.Progress | PinciteError | None] = queue.SimpleQueue()

    def run() -> None:
        try:
            work(events.put)
        except PinciteError as error:
            events.put(error)
        finally:
            events.put(None)  # Also after an error that nobody foresaw: the thread tells it on standard error.

    thread = threading.Thread(target=run, name="adding files")
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
            progress.step = event
        if time.monotonic() - shown >= _PROGRESS_INTERVAL_S:
            yield progress
            shown = time.monotonic()
    thread.join()
    if len(progress.outcomes) < n_files and not progress.error:
        progress.error = (
            f"Something unforeseen happened while reading {progress.current}; the library is as it was before."
        )
    yield progress


def take_in_copy(answerer: Answerer, upload: Path, tell: Tell) -> FileOutcome:
    """Takes in an uploaded file by way of a copy in the library's folder, which keeps its name.

    A copy that the library did not take goes again, and the one of that name that was there before comes back.
    """
    library = answerer.library
    kept = library.folder / "files" / upload.name
    before: bytes | None = None
    outcome: FileOutcome | None = None
    tell(kept)
    try:
        kept.parent.mkdir(exist_ok=True)
        before = kept.read_bytes() if kept.exists() else None
        shutil.copyfile(upload, kept)
        (outcome,) = take_in(library, lambda: answerer.embedder, [kept], on_progress=tell)
    except OSError as error:
        outcome = FileOutcome(kept, "failed", f"{upload.name} cannot be stored: {error.strerror or error}.")
    finally:
        stored = library.by_path(str(kept.resolve()))
        if outcome is None or stored is None or stored.document_id != outcome.document_id:
            with contextlib.suppress(OSError):
                kept.unlink(missing_ok=True)
                if before is not None:
                    kept.write_bytes(before)
    return outcome
