"""Taking files into the library: order, what fails among what succeeds, what need not be read, interruptions."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psutil
import pytest

import cli
from index.embedder import Embedder
from index.intake import FileOutcome, take_in
from index.library import Library
from ingest.workers import Limits

# Two thousand pages that draw nothing fifty thousand times each: minutes to read.
_N_PAGES = 2000
_CONTENT = zlib.compress(b"q 1 0 0 1 0 0 cm Q " * 50_000)
ENDLESS = b"".join(
    (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Count %d/Kids[" % _N_PAGES,
        b" ".join(b"%d 0 R" % number for number in range(4, 4 + _N_PAGES)),
        b"]>>endobj\n3 0 obj<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream endobj\n"
        % (len(_CONTENT), _CONTENT),
        *(
            b"%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R/Resources<</Font<</F1"
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n" % number
            for number in range(4, 4 + _N_PAGES)
        ),
        b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n0\n%%%%EOF\n" % (4 + _N_PAGES),
    )
)


def text_file(folder: Path, name: str, words: str = "") -> Path:
    file = folder / name
    file.write_text(f"The clerk paints the bridge of {name} in spring. {words}\n", encoding="utf-8")
    return file


def endless_file(folder: Path) -> Path:
    file = folder / "endless.pdf"
    file.write_bytes(ENDLESS)
    return file


def reading_processes() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library")


def statuses(outcomes: Iterable[FileOutcome]) -> list[tuple[str, str]]:
    return [(outcome.path.name, outcome.status) for outcome in outcomes]


def test_file_that_hangs_fails_in_its_place_and_the_others_are_added(
    library: Library, embedder: Embedder, tmp_path: Path
) -> None:
    before, after = (text_file(tmp_path, f"{name}.txt") for name in ("before", "after"))
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(ENDLESS[:200])
    files = [before, endless_file(tmp_path), cut, tmp_path / "none.pdf", after]
    outcomes = list(take_in(library, lambda: embedder, files, limits=Limits(seconds=4.0)))
    assert statuses(outcomes) == [
        ("before.txt", "added"),
        ("endless.pdf", "failed"),
        ("cut.pdf", "failed"),
        ("none.pdf", "failed"),
        ("after.txt", "added"),
    ]
    assert all(outcome.reason and outcome.document_id is None for outcome in outcomes if outcome.status == "failed")
    assert [Path(stored.path).name for stored in Library.open(library.folder).documents()] == [
        "before.txt",
        "after.txt",
    ]
    assert not reading_processes()


def test_loaded_file_is_not_read_again_and_needs_no_model(
    library: Library, embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = text_file(tmp_path, "bridge.txt")
    assert statuses(take_in(library, lambda: embedder, [file])) == [("bridge.txt", "added")]

    def no_process(*_: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", no_process)
    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", no_process)
    assert statuses(take_in(library, lambda: pytest.fail("the model was loaded"), [file])) == [
        ("bridge.txt", "unchanged")
    ]


def test_same_file_twice_in_one_batch_is_added_once(library: Library, embedder: Embedder, tmp_path: Path) -> None:
    file = text_file(tmp_path, "bridge.txt")
    copy = tmp_path / "copy.txt"
    copy.write_bytes(file.read_bytes())
    outcomes = list(take_in(library, lambda: embedder, [file, copy]))
    assert statuses(outcomes) == [("bridge.txt", "added"), ("copy.txt", "unchanged")]
    assert "loaded from" in outcomes[1].reason


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="such files and names exist on other systems only")
def test_pipes_devices_and_names_that_are_no_text_fail_and_the_others_are_added(
    library: Library, embedder: Embedder, tmp_path: Path
) -> None:
    pipe, loop, odd = tmp_path / "pipe.pdf", tmp_path / "loop.pdf", tmp_path / os.fsdecode(b"bad\xff.txt")
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    odd.write_text("The clerk paints.", encoding="utf-8")
    named = text_file(tmp_path, "two\nlines '\"; é.txt")
    outcomes = list(take_in(library, lambda: embedder, [pipe, Path("/dev/zero"), loop, odd, named]))
    assert [outcome.status for outcome in outcomes] == ["failed"] * 4 + ["added"]
    reasons = [outcome.reason for outcome in outcomes]
    assert "a device or a pipe" in reasons[0]
    assert "a device or a pipe" in reasons[1]
    assert "Rename it" in reasons[3]


def test_closing_the_iterator_ends_reading_and_keeps_what_was_told(
    library: Library, embedder: Embedder, tmp_path: Path
) -> None:
    taking = take_in(library, lambda: embedder, [text_file(tmp_path, "bridge.txt"), endless_file(tmp_path)])
    assert next(taking).status == "added"
    begun = time.monotonic()
    taking.close()
    assert time.monotonic() - begun < 5
    assert not reading_processes()
    assert len(Library.open(library.folder).documents()) == 1


def test_password_is_asked_for_and_opens_the_file(shared: Path, pincite: Callable[..., Any], tmp_path: Path) -> None:
    file = shared / "specimens" / "variants" / "greta_mt_r3_password.pdf"
    refused = pincite("ingest", file, "--json", library=tmp_path)
    assert refused.status == 1
    assert "--password" in refused.json["files"][0]["reason"]
    wrong = pincite("ingest", file, "--password", "wrong", "--json", library=tmp_path)
    assert "does not open" in wrong.json["files"][0]["reason"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that a program can send itself like Ctrl-C")
def test_interrupted_command_leaves_what_was_finished_and_ends_with_1(tmp_path: Path) -> None:
    done, library = text_file(tmp_path, "bridge.txt"), tmp_path / "library"
    command = [sys.executable, "-m", "cli", "--library", str(library), "ingest", str(done), str(endless_file(tmp_path))]
    # Tests that are run in the background may ignore Ctrl-C, and what they start would too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    running = subprocess.Popen(
        [*command, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(cli.__file__).parent,
        encoding="utf-8",
    )
    signal.signal(signal.SIGINT, before)
    try:
        # On a machine busy with other things the model alone takes half a minute to load.
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and not (library.is_dir() and Library.open(library).documents()):
            time.sleep(0.2)
        assert library.is_dir()
        assert Library.open(library).documents()
        running.send_signal(signal.SIGINT)
        stdout, stderr = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 1, stderr
    assert [file["status"] for file in json.loads(stdout)["files"]] == ["added"]
    assert "Stopped. 1 of 2 files" in stderr
    assert "Traceback" not in stderr
    assert len(Library.open(library).documents()) == 1
