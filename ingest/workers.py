"""Reading files in processes of their own, with a limit of time and memory for each file.

A damaged or hostile file can keep a reader busy for ever, fill the memory or end the process. Here that costs one
worker process: it is killed, the file is reported with the reason, and the next file gets a new worker.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Literal

from ingest import DEFAULT_MAX_TOKENS, read_document
from ingest.document import Document
from ingest.errors import UnreadableFileError
from ingest.layout import PageLayout
from ingest.readers import rest_of_pages
from ingest.sidecar import Given

N_WORKERS = 2
"""Files read at the same time. More would only wait for the embedder, which takes longer than reading (measured)."""

_MB = 1024 * 1024
_SECONDS = 120.0  # For a file of any size; the longest reports known take three seconds (chosen).
_SECONDS_PER_MB = 20.0  # A report has about thirty pages to a megabyte, and a page takes 0.03 s (measured).
_BUSY_FACTOR = 5.0  # Beyond, it does not work but waits for something that does not come (chosen).
_OCR_FACTOR = 10.0  # Text recognition takes seconds a page, where reading takes hundredths.
_START_S = 60.0  # A worker that has not started by then never will; it takes less than a second (measured).
_WATCH_S = 0.05  # Between two looks at a worker's memory.
_HEADROOM_BYTES = 1024 * _MB  # Address space is reserved beyond what is used: libraries, stacks of threads.
_SHARED_BYTES = 64 * 1024  # Smaller files have few pages: one worker reads them.
_OUT_OF_MEMORY = 77  # Exit status of a worker that was refused memory.


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take.

    Attributes:
        seconds: Time that it works; None for two minutes, and more for a large file or text recognition. Where other
            programs keep the machine busy, reading may last several times as long.
        memory_bytes: Memory in use by the worker process (resident set).
    """

    seconds: float | None = None
    memory_bytes: int = 2048 * _MB


@dataclass(frozen=True, slots=True)
class Task:
    """One file to read, and how (see `ingest.read_document`)."""

    path: Path
    max_tokens: int = DEFAULT_MAX_TOKENS
    password: str | None = None
    ocr: bool = False
    given: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class _Job:
    """What one worker does of a task: all, or its half of a PDF that two share.

    The one with the first half makes the document; the other gives its pages, pickled.
    """

    task: Task
    part: Literal["all", "first half", "second half"]


@dataclass(frozen=True, slots=True)
class _PageRead:
    """A worker has read one page of so many."""

    n_pages: int


class _RestWanted:
    """A worker has read the first half of a PDF and waits for the second."""


@dataclass(frozen=True, slots=True)
class _Worker:
    process: SpawnProcess
    connection: Connection


class Workers:
    """Worker processes, started when they are needed and used for several files. Use it as a context manager.

    Attributes:
        n_started: How many processes were started so far.
        peak_bytes: The most memory that one of them was seen to use.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.n_started = 0
        self.peak_bytes = 0
        self._limits = limits or Limits()
        # A thread waits for a worker, watches it and starts a new one after a kill.
        self._threads = ThreadPoolExecutor(N_WORKERS, thread_name_prefix="reading")
        self._lock = threading.Lock()
        self._alive: list[_Worker] = []
        self._idle: list[_Worker] = []
        self._n_tasks = 0  # Begun and not ended.
        self._closed = False

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends all workers, in the middle of a file if need be."""
        with self._lock:
            self._closed = True
            workers = tuple(self._alive)
        for worker in workers:
            _kill(worker.process)
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in workers:
            worker.connection.close()

    def begin(self, task: Task, *, on_page: Callable[[int], None] | None = None) -> Future[Document]:
        """Reads a file as soon as a worker is free. When all are, two share a long PDF.

        Args:
            task: The file.
            on_page: Called after each page that is read, with the number of all pages of the file, in other threads.

        Returns:
            What will hold the document, or `UnreadableFileError` with what went wrong and what to do.
        """
        with self._lock:
            shared = self._n_tasks == 0 and not task.ocr and _may_be_long(task.path)
            self._n_tasks += 1
        rest = self._threads.submit(self._read, _Job(task, "second half"), on_page, None) if shared else None
        job = _Job(task, "first half" if shared else "all")
        reading: Future[Document] = self._threads.submit(self._read, job, on_page, rest)
        reading.add_done_callback(self._task_ended)
        return reading

    def _task_ended(self, _: object) -> None:
        with self._lock:
            self._n_tasks -= 1

    def _read(self, job: _Job, on_page: Callable[[int], None] | None, rest: Future[bytes] | None) -> Any:
        """What a worker makes of a file: the document, or the pickled second half of its pages."""
        task = job.task
        worker = self._free_worker(task.path, start=job.part == "second half")
        try:
            worker.connection.send(job)
            reply = self._reply(worker, task, on_page, rest)
        except (EOFError, OSError) as error:
            worker.process.join(_START_S)
            reason = _ended(task.path, worker.process.exitcode, self._limits)
            self._end(worker)
            raise UnreadableFileError(reason) from error
        except UnreadableFileError:
            self._end(worker)
            raise
        with self._lock:
            self._idle.append(worker)
        if isinstance(reply, str):
            raise UnreadableFileError(reply)
        return reply

    def _free_worker(self, path: Path, *, start: bool) -> _Worker:
        """A worker with nothing to do; `start` leaves the idle one to the first half, which is more work."""
        with self._lock:
            if self._closed:
                raise UnreadableFileError(f"{path.name} was not read: the program was stopped.")
            if self._idle and not (start and len(self._alive) < N_WORKERS):
                return self._idle.pop()
            worker = _start(self._limits.memory_bytes + _HEADROOM_BYTES)
            self._alive.append(worker)
            self.n_started += 1
        # The first message says that it has started, which is none of the file's time.
        with contextlib.suppress(EOFError, OSError):
            if worker.connection.poll(_START_S):
                worker.connection.recv()
                return worker
        self._end(worker)
        raise UnreadableFileError(f"{path.name} was not read: no process to read it in could be started. Try again.")

    def _reply(
        self, worker: _Worker, task: Task, on_page: Callable[[int], None] | None, rest: Future[bytes] | None
    ) -> Document | bytes | str:
        """What the worker made of the file, or why it made nothing.

        Raises:
            UnreadableFileError: The worker reached a limit.
            EOFError, OSError: It has ended.
        """
        seconds = self._limits.seconds or _seconds_for(task)
        begun, worked = time.monotonic(), _worked(worker.process)
        while True:
            used = _memory_of(worker.process, with_children=task.ocr)
            self.peak_bytes = max(self.peak_bytes, used)
            if used > self._limits.memory_bytes:
                raise UnreadableFileError(_too_much_memory(task.path, self._limits))
            if worker.connection.poll(_WATCH_S):
                message: Document | bytes | str | _PageRead | _RestWanted = worker.connection.recv()
                if isinstance(message, _PageRead):
                    if on_page:
                        on_page(message.n_pages)
                elif isinstance(message, _RestWanted):
                    worker.connection.send(_outcome(rest))
                else:
                    return message
            elif _worked(worker.process) - worked > seconds or time.monotonic() - begun > _BUSY_FACTOR * seconds:
                raise UnreadableFileError(_too_slow(task.path, seconds))

    def _end(self, worker: _Worker) -> None:
        with self._lock:
            self._alive.remove(worker)
        _kill(worker.process)
        worker.connection.close()


# --- what is told of a file that was given up -------------------------------------------------------------------------


def _too_slow(path: Path, seconds: float) -> str:
    return (
        f"{path.name} was given up: reading it had not ended after {seconds:.0f} seconds. It may be damaged. "
        "Fetch it again, or open it, print it to a new PDF and add that."
    )


def _too_much_memory(path: Path, limits: Limits) -> str:
    return (
        f"{path.name} was given up: reading it takes more than {limits.memory_bytes // _MB} MB of memory. It may be "
        "damaged. Fetch it again, or split it and add the parts."
    )


def _ended(path: Path, status: int | None, limits: Limits) -> str:
    if status == _OUT_OF_MEMORY:
        return _too_much_memory(path, limits)
    return (
        f"{path.name} was given up: the process that read it ended unexpectedly (status {status}). It may be damaged. "
        "Fetch it again, or open it, print it to a new PDF and add that."
    )


# --- the processes ----------------------------------------------------------------------------------------------------


def _seconds_for(task: Task) -> float:
    try:
        n_bytes = task.path.stat().st_size
    except OSError:
        n_bytes = 0  # The worker will tell.
    return (_SECONDS + _SECONDS_PER_MB * n_bytes / _MB) * (_OCR_FACTOR if task.ocr else 1.0)


def _may_be_long(path: Path) -> bool:
    try:
        return path.suffix.lower() == ".pdf" and path.stat().st_size >= _SHARED_BYTES
    except OSError:
        return False  # The worker will tell.


def _outcome(rest: Future[bytes] | None) -> bytes | str | None:
    """The pages that another worker has read, pickled, or why it has none; waits for it."""
    try:
        return rest.result() if rest else None
    except UnreadableFileError as error:
        return str(error)


def _start(address_space_bytes: int) -> _Worker:
    # "spawn", the only way that every system has: a forked copy of a process with threads can hang.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, address_space_bytes), name="pincite-reader", daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _worked(process: SpawnProcess) -> float:
    """Seconds of a processor that a process has used; 0 when it has ended."""
    import psutil

    try:
        times = psutil.Process(process.pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def _memory_of(process: SpawnProcess, *, with_children: bool) -> int:
    """Bytes in use, 0 when the process has ended."""
    import psutil

    try:
        watched = psutil.Process(process.pid)
        used = int(watched.memory_info().rss)
        for child in watched.children(recursive=True) if with_children else ():
            with contextlib.suppress(psutil.NoSuchProcess):
                used += int(child.memory_info().rss)
    except psutil.Error:
        return 0
    return used


def _kill(process: SpawnProcess) -> None:
    """Ends a process and what it has started (text recognition)."""
    import psutil

    children = []
    with contextlib.suppress(psutil.Error):
        children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    for child in children:
        with contextlib.suppress(psutil.Error):
            child.kill()
    process.join()


def _serve(connection: Connection, address_space_bytes: int) -> None:
    """What a worker does: tell that it has started, then read one file after another."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the parent decides what to end.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit_address_space(address_space_bytes)
    with contextlib.suppress(EOFError, OSError):  # The parent has gone.
        connection.send(None)
        while True:
            connection.send(_answer(connection, connection.recv()))


def _answer(connection: Connection, job: _Job) -> Document | bytes | str:
    task = job.task

    def on_page(n_pages: int) -> None:
        connection.send(_PageRead(n_pages))

    def rest() -> Sequence[PageLayout]:
        connection.send(_RestWanted())
        pages = connection.recv()
        if isinstance(pages, str):
            raise UnreadableFileError(pages)
        return pickle.loads(pages) if pages else ()  # noqa: S301  # From a worker of the same program.

    try:
        if job.part == "second half":
            return pickle.dumps(rest_of_pages(task.path, password=task.password, on_page=on_page))
        return read_document(
            task.path,
            task.path.read_bytes(),
            max_tokens=task.max_tokens,
            password=task.password,
            ocr=task.ocr,
            given=task.given,
            on_page=on_page,
            rest=rest if job.part == "first half" else None,
        )
    except UnreadableFileError as error:
        return str(error)
    except OSError as error:
        return f"{task.path.name} cannot be opened: {error.strerror or error}."
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)  # What is left of this process is not fit for another file.
    except Exception as error:  # noqa: BLE001  # An error that nobody foresaw stops this file, and no other.
        return (
            f"{task.path.name} could not be read ({type(error).__name__}: {error}). It may be damaged. Fetch it again, "
            "or open it, print it to a new PDF and add that."
        )


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _limit_address_space(n_bytes: int) -> None:
    """A second fence, for memory taken faster than the parent looks; only some systems have it."""
    try:
        import resource
    except ImportError:
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (n_bytes, n_bytes))
