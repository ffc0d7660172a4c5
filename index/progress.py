"""How far taking files in is: files, pages and the time left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CHARACTERS_A_PAGE: Final = 1900  # Of a report; what a text without pages weighs (measured on the specimens).
# Pages a byte where no file of the form has been read yet: pictures make a page large (chosen; measured for DOCX).
_PAGES_A_BYTE: Final = {".pdf": 1 / 12_000, ".docx": 1 / 1100}
_SOONEST_S: Final = 2.0  # Before that much work the time left is a guess (chosen).
_LEAST_SHARE: Final = 0.02  # The same in parts of all work.


@dataclass(frozen=True, slots=True)
class Progress:
    """How far taking files in is.

    Attributes:
        path: The file that is being read or embedded, or was just finished.
        n_files: How many files there are.
        files_done: How many of them are finished, those that failed or were unchanged included.
        n_pages: Pages of all files that are or will be read; forms without pages have none.
        exact: Whether `n_pages` is counted. Pages of files that are not open yet are estimated from their size.
        pages_read: How many pages are read; reading runs ahead of embedding.
        pages_done: How many pages are read, embedded and, for finished files, stored.
        share: The part of all work that is done, 0.0 to 1.0.
        seconds_left: None while too little is done to tell.
    """

    path: Path
    n_files: int
    files_done: int
    n_pages: int
    exact: bool
    pages_read: int
    pages_done: int
    share: float
    seconds_left: float | None

    def in_words(self) -> str:
        """Says how far the work is: "3 of 30 files, 150 of about 1,200 pages, 4 minutes left"."""
        parts = [f"{self.files_done} of {self.n_files} file{'s' * (self.n_files > 1)}"]
        if self.pages_read:
            n_pages = f"{self.n_pages:,} pages" if self.exact else f"about {_rounded(self.n_pages):,} pages"
            # Before anything is embedded, what is read is all there is to see.
            read = "" if self.pages_done else " read"
            parts.append(f"{self.pages_done or self.pages_read:,} of {n_pages}{read}")
        if self.seconds_left:
            parts.append(_time_left(self.seconds_left))
        return ", ".join(parts)


def _rounded(number: int) -> int:
    """To two digits: more would look counted."""
    digits = max(len(str(number)) - 2, 0)
    return round(number, -digits)


def _time_left(seconds: float) -> str:
    if seconds < 60:
        return "less than a minute left"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} minute{'s' * (minutes > 1)} left"
    return f"{seconds / 3600:.1f} hours left"


@dataclass(slots=True)
class Work:
    """What is known of the work on one file.

    Attributes:
        path: The file.
        n_bytes: Its size; 0 when unknown.
        n_pages: None until the file is open; 0 for forms without pages.
        n_characters: 0 until it is read.
        pages_read: How many pages are read.
        embedded: Share of its statements that are embedded.
        finished: Nothing more happens to it.
        skipped: It failed or was unchanged: no work was or will be done on it.
    """

    path: Path
    n_bytes: int = 0
    n_pages: int | None = None
    n_characters: int = 0
    pages_read: int = 0
    embedded: float = 0.0
    finished: bool = False
    skipped: bool = False

    @classmethod
    def of_file(cls, path: Path) -> Work:
        """What is known of a file before it is open."""
        try:
            return cls(path, path.stat().st_size)
        except OSError:
            return cls(path)  # Reading it will tell.

    @property
    def is_pdf(self) -> bool:
        """Whether it has pages, as far as its name tells."""
        return self.path.suffix.lower() == ".pdf"


class Meter:
    """Adds up how far the work on some files is. Threads may share it."""

    def __init__(self, files: Sequence[Work], tell: Callable[[Progress], None] | None) -> None:
        """Takes the files, in the order of the work, and whom to tell; None for nobody."""
        self._files = files
        self._tell = tell
        self._lock = threading.Lock()
        self._began: float | None = None

    def begin(self) -> None:
        """Starts the clock: what was done before, such as loading the model, is not done for every file."""
        if self._began is None:
            self._began = time.monotonic()

    def page_read(self, number: int, n_pages: int) -> None:
        """One more page was read of a file that has so many."""
        with self._lock:
            file = self._files[number]
            file.n_pages = n_pages
            file.pages_read = min(file.pages_read + 1, n_pages)  # A file may be read twice.

    def was_read(self, number: int, *, n_pages: int, n_characters: int) -> None:
        """A whole file was read."""
        file = self._files[number]
        file.n_pages, file.pages_read, file.n_characters = n_pages, n_pages, n_characters

    def embedded(self, number: int, done: int, total: int) -> None:
        """So many of so many statements of a file are embedded."""
        self._files[number].embedded = done / total if total else 1.0
        self.tell(number)

    def finish(self, number: int, *, skipped: bool) -> None:
        """A file is stored, or there was nothing to do or failed."""
        file = self._files[number]
        file.finished, file.skipped, file.embedded = True, skipped, 1.0
        self.tell(number)

    def tell(self, number: int) -> None:
        """Tells how far the work is, seen from the file that it is at."""
        if self._tell is not None:
            self._tell(self._progress(number))

    def _progress(self, number: int) -> Progress:
        worked_on = [file for file in self._files if not file.skipped]
        rates = self._pages_a_byte()
        loads = [_load(file, rates) for file in worked_on]
        pages = [
            load if file.n_pages is None and file.is_pdf else file.n_pages or 0
            for file, load in zip(worked_on, loads, strict=True)
        ]
        done = sum(load * file.embedded for load, file in zip(loads, worked_on, strict=True))
        return Progress(
            path=self._files[number].path,
            n_files=len(self._files),
            files_done=sum(file.finished for file in self._files),
            n_pages=round(sum(pages)),
            exact=all(file.n_pages is not None or not file.is_pdf for file in worked_on),
            pages_read=sum(file.pages_read for file in worked_on),
            pages_done=int(sum(file.embedded * (file.n_pages or 0) for file in worked_on)),
            share=min(done / sum(loads), 1.0) if sum(loads) else 0.0,
            seconds_left=self._seconds_left(done, sum(loads)),
        )

    def _seconds_left(self, done: float, total: float) -> float | None:
        if self._began is None:
            return None
        seconds = time.monotonic() - self._began
        if done >= total:
            return 0.0
        if seconds < _SOONEST_S or done < _LEAST_SHARE * total:
            return None
        return seconds / done * (total - done)

    def _pages_a_byte(self) -> dict[str, float]:
        """Pages a byte by file suffix, as far as files of it are open."""
        sums: dict[str, list[float]] = {}
        for file in self._files:
            if not file.skipped and file.n_bytes and (file.n_pages or file.n_characters):
                pages, n_bytes = sums.setdefault(file.path.suffix.lower(), [0.0, 0.0])
                load = file.n_pages or file.n_characters / _CHARACTERS_A_PAGE
                sums[file.path.suffix.lower()] = [pages + load, n_bytes + file.n_bytes]
        return {suffix: pages / n_bytes for suffix, (pages, n_bytes) in sums.items()}


def _load(file: Work, rates: dict[str, float]) -> float:
    """How much work a file is, in pages."""
    if file.n_pages:
        return file.n_pages
    if file.n_characters:
        return file.n_characters / _CHARACTERS_A_PAGE
    suffix = file.path.suffix.lower()
    return file.n_bytes * rates.get(suffix, _PAGES_A_BYTE.get(suffix, 1 / _CHARACTERS_A_PAGE))
