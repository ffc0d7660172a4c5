"""How far taking files in is: what is told while files are read and embedded, and how it is put in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index import progress as progress_module
from index.embedder import Embedder
from index.intake import read_again, take_in
from index.library import Library
from index.progress import Meter, Progress, Work


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: now[0])
    return now


def meter_of(*works: Work) -> tuple[Meter, list[Progress]]:
    told: list[Progress] = []
    return Meter(works, told.append), told


def test_time_left_follows_the_pages_that_are_done_and_those_of_unread_files_are_estimated(clock: list[float]) -> None:
    meter, told = meter_of(Work(Path("a.pdf"), 10_000), Work(Path("b.pdf"), 30_000))
    meter.begin()
    for _ in range(20):
        meter.page_read(0, 20)
    clock[0] = 10.0
    meter.embedded(0, 50, 100)
    # Half of a.pdf's 20 pages in 10 seconds; b.pdf is three times as large and not open yet.
    assert told[-1] == Progress(
        path=Path("a.pdf"),
        n_files=2,
        files_done=0,
        n_pages=80,
        exact=False,
        pages_read=20,
        pages_done=10,
        share=0.125,
        seconds_left=70.0,
    )
    assert told[-1].in_words() == "0 of 2 files, 10 of about 80 pages, 1 minute left"


def test_time_left_is_not_told_before_there_is_something_to_tell_it_from(clock: list[float]) -> None:
    meter, told = meter_of(Work(Path("a.pdf"), 1000))
    meter.page_read(0, 9)
    meter.tell(0)
    assert told[-1].seconds_left is None
    assert told[-1].in_words() == "0 of 1 file, 1 of 9 pages read"
    meter.begin()
    clock[0] = 1.0
    meter.embedded(0, 1, 2)
    assert told[-1].seconds_left is None


def test_files_that_fail_or_are_unchanged_are_no_work(clock: list[float]) -> None:
    meter, told = meter_of(*(Work(Path(f"{number}.txt"), 1000) for number in range(4)))
    meter.begin()
    clock[0] = 60.0
    for number in range(3):
        meter.finish(number, skipped=number < 2)
    assert (told[-1].files_done, told[-1].share, told[-1].seconds_left) == (3, 0.5, 60.0)
    assert told[-1].in_words() == "3 of 4 files, 1 minute left"


def test_a_page_that_is_read_twice_counts_once() -> None:
    meter, told = meter_of(Work(Path("a.pdf")))
    for _ in range(5):
        meter.page_read(0, 3)
    meter.tell(0)
    assert told[-1].pages_read == 3


def test_progress_of_a_batch_ends_with_all_files_and_pages(
    embedder: Embedder, shared: Path, reports: Path, tmp_path: Path
) -> None:
    told: list[Progress] = []
    library = Library.open(tmp_path)
    files = [reports / "paper.md", shared / "reports" / "icmpd-non-paper-western-balkans-2018.pdf"]
    assert all(
        outcome.status == "added" for outcome in take_in(library, lambda: embedder, files, on_progress=told.append)
    )
    n_pages = library.documents()[1].n_pages
    last = told[-1]
    assert (last.files_done, last.n_files, last.pages_read, last.pages_done) == (2, 2, n_pages, n_pages)
    assert (last.n_pages, last.exact, last.share, last.seconds_left) == (n_pages, True, 1.0, 0.0)
    shares = [progress.share for progress in told if progress.path == files[1]]
    assert shares == sorted(shares)
    assert len(shares) > 5

    told.clear()
    outcomes = list(read_again(library, embedder, on_progress=told.append))
    assert [outcome.status for outcome in outcomes] == ["replaced", "replaced"]
    assert (told[-1].files_done, told[-1].pages_done, told[-1].share) == (2, n_pages, 1.0)


def test_command_tells_a_line_a_file_on_standard_error_where_nobody_sees_a_bar(
    pincite: Callable[..., Any], reports: Path, tmp_path: Path
) -> None:
    files = (reports / "paper.md", reports / "greta-serbia.md")
    run = pincite("ingest", *files, "--json", library=tmp_path)
    assert [line.partition(" (")[0] for line in run.stderr.splitlines()] == ["added paper.md", "added greta-serbia.md"]
    assert "(2 of 2 files)" in run.stderr
    assert len(run.json["files"]) == 2
