"""What all tests need."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import cli
from index.embedder import Embedder
from index.intake import take_in
from index.library import Library

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reports and questions that lies beside the repository, where it does."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("there is no folder `shared` with reports and questions beside the repository")
    return folder


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The default model."""
    return Embedder.load()


@pytest.fixture(scope="session")
def reports() -> Path:
    """The folder of invented reports."""
    return Path(__file__).parent / "data" / "reports"


@pytest.fixture(scope="session")
def non_paper(shared: Path) -> Path:
    """The ICMPD non-paper as a PDF."""
    return shared / "reports" / "icmpd-non-paper-western-balkans-2018.pdf"


@pytest.fixture(scope="session")
def make_library(embedder: Embedder) -> Callable[[Path, Iterable[Path]], Library]:
    """Makes a library of some files in a folder."""

    def make(folder: Path, files: Iterable[Path]) -> Library:
        library = Library.open(folder)
        for outcome in take_in(library, lambda: embedder, files):
            assert outcome.status != "failed", outcome.reason
        return library

    return make


@pytest.fixture(scope="session")
def invented_library(
    make_library: Callable[[Path, Iterable[Path]], Library], reports: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of a library with the invented paper and GRETA's own report on Serbia. Tests do not change it.

    On Albania and Kosovo* it holds only what the paper reports.
    """
    files = [reports / "paper.md", reports / "greta-serbia.md"]
    return make_library(tmp_path_factory.mktemp("invented"), files).folder


@pytest.fixture(scope="session")
def non_paper_library(
    make_library: Callable[[Path, Iterable[Path]], Library], non_paper: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of a library that holds the non-paper alone. Tests do not change it."""
    return make_library(tmp_path_factory.mktemp("non-paper"), [non_paper]).folder


@dataclass(frozen=True, slots=True)
class Run:
    """What a command did."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output."""
        return json.loads(self.stdout)


@pytest.fixture
def pincite(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Runs the `pincite` command in this process, as its entry point does."""

    monkeypatch.delenv("PINCITE_LIBRARY", raising=False)

    def run(*arguments: str | Path, library: Path | None = None, stdin: bytes = b"") -> Run:
        options = ["--library", str(library)] if library else []
        monkeypatch.setattr(sys, "argv", ["pincite", *options, *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return Run(code or 0, *capsys.readouterr())

    return run
