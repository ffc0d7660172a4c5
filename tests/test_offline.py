"""With no network at all, the starter library is built and a question answered."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import cli

QUESTION = "What is recommended on compensation in Serbia?"
# Python imports a module of this name at the start of every process, also of those that a process starts.
SITECUSTOMIZE = """
import os, sys

def refuse(event, arguments):
    asks = event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
    if not asks and event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        asks = not isinstance(arguments[1], (str, bytes))  # Those are sockets between processes of one machine.
    if asks:
        with open(os.environ["ATTEMPTS"], "a", encoding="utf-8") as file:
            print(event, arguments[1:], file=file)
        raise OSError("the test refuses all use of the network")

sys.addaudithook(refuse)
"""


def environment(folder: Path) -> dict[str, str]:
    """An environment in which nothing was downloaded before, and where `import cli` finds the tested one."""
    set_by_others = ("HF_", "TRANSFORMERS_", "PINCITE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(set_by_others)}
    return {
        **kept,
        "PYTHONPATH": str(Path(cli.__file__).parent),
        "HOME": str(folder),
        "HF_HOME": str(folder / "hub"),
        "PINCITE_LIBRARY": str(folder / "library"),
    }


def ask(folder: Path, variables: dict[str, str], *, within: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    command = [*within, sys.executable, "-m", "cli", "ask", QUESTION, "--json"]
    done = subprocess.run(
        command, capture_output=True, check=False, cwd=folder, env=variables, encoding="utf-8", timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done


def guarded(folder: Path) -> dict[str, str]:
    """An environment in which every use of the network is refused and noted in `attempts.txt`."""
    guard = folder / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(SITECUSTOMIZE, encoding="utf-8")
    variables = environment(folder)
    path = os.pathsep.join([str(guard), variables["PYTHONPATH"]])
    return {**variables, "PYTHONPATH": path, "ATTEMPTS": str(folder / "attempts.txt")}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A question to an empty library, asked with sockets refused: in which folder, and what was printed."""
    folder = tmp_path_factory.mktemp("offline")
    return folder, ask(folder, guarded(folder))


def test_starter_library_is_built_and_answers_with_sockets_refused_in_every_process(
    first: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = first
    answer = json.loads(done.stdout)
    quotes = [quote for group in answer["groups"] for quote in group["quotes"]]
    assert {group["country"] for group in answer["groups"]} == {"RS"}
    assert quotes
    assert not (folder / "attempts.txt").exists()
    assert not (folder / "hub").exists()


def test_building_the_starter_library_is_told_and_its_texts_are_called_paraphrase(
    first: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, done = first
    assert "Building the starter library" in done.stderr
    assert "not the wording of any report" in done.stderr
    assert done.stderr.count("\n") == 1
    answer = json.loads(done.stdout)
    assert all(quote["paraphrase"] for group in answer["groups"] for quote in group["quotes"])
    assert "paraphrase" in answer["message"]


def test_sockets_are_refused_in_processes_of_processes(tmp_path: Path) -> None:
    script = "import socket; socket.create_connection(('127.0.0.1', 9), timeout=1)"
    nested = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {script!r}]).returncode)"
    done = subprocess.run(
        [sys.executable, "-c", nested], capture_output=True, check=False, env=guarded(tmp_path), text=True, timeout=60
    )
    assert done.returncode == 1
    assert "refuses all use" in done.stderr
    assert "socket." in (tmp_path / "attempts.txt").read_text(encoding="utf-8")


def test_question_is_answered_in_a_network_namespace_without_any_device(
    first: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("there is no `unshare` to cut the network with")
    probe = subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip(f"this system does not let a user make a network namespace: {probe.stderr.decode().strip()}")
    folder, before = first
    shutil.copytree(folder / "library", tmp_path / "library")
    done = ask(tmp_path, environment(tmp_path), within=[unshare, "-rn"])
    assert done.stdout == before.stdout
    assert done.stderr == ""  # The starter library is not built again.
