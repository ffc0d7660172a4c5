"""Which full-text search? BM25 by SQLite FTS5, tantivy, bm25s and index.full_text, over the same words.

    python benchmarks/full_text.py                   (needs the packages bm25s and tantivy beside Pincite)

Data: invented words with the frequencies of natural language (Zipf), 32 words a row on average; questions of three to eight
words taken from a row, combined with OR, the 50 best rows wanted. All four get the same words, so that only index and ranking
are compared. Each runs in a process of its own, so that memory is its own.

Measured on 2 cores of an AMD EPYC (x86_64, 24 GB), Python 3.11, SQLite 3.40, bm25s 0.3.16, tantivy 0.27:

    rows     index        build    question p50   p95     opening   memory
RESULTS
index.full_text was chosen: as fast as the fastest for a question, built several times as fast as with bm25s, scores for all
rows (any selection can be ranked), no dependency, one file that can carry its stamp.
"""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil

from index.full_text import FullText

SIZES = (10_000, 200_000)
N_QUESTIONS = 200
LIMIT = 50
Search = Callable[[list[str]], object]


def made_up_rows(n_rows: int) -> tuple[list[list[str]], list[list[str]]]:
    """Rows and questions, both as lists of words."""
    choice = random.Random(1)
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    # The closing x keeps the stemmer from changing a word: all four compare the same strings.
    vocabulary = np.array(
        list(dict.fromkeys("".join(choice.choices(syllables, k=choice.randint(2, 4))) + "x" for _ in range(20_000)))
    )
    frequencies = 1 / (np.arange(len(vocabulary)) + 2.7)
    generator = np.random.default_rng(1)
    lengths = np.clip(generator.gamma(3, 32 / 3, n_rows).astype(int), 4, 120)
    drawn = vocabulary[generator.choice(len(vocabulary), int(lengths.sum()), p=frequencies / frequencies.sum())]
    rows = [part.tolist() for part in np.split(drawn, np.cumsum(lengths)[:-1])]
    common = set(vocabulary[:30])
    questions = []
    while len(questions) < N_QUESTIONS:
        words = sorted(set(choice.choice(rows)) - common)
        if len(words) >= 3:
            questions.append(choice.sample(words, min(choice.randint(3, 8), len(words))))
    return rows, questions


def best(scores: np.ndarray) -> np.ndarray:
    """The rows with the highest scores, best first."""
    rows = np.argpartition(-scores, LIMIT)[:LIMIT]
    return rows[np.argsort(-scores[rows])]


class Fts5:
    """SQLite's own, in a file."""

    @staticmethod
    def build(folder: Path, rows: list[list[str]]) -> None:
        connection = sqlite3.connect(folder / "fts5.sqlite")
        connection.execute("CREATE VIRTUAL TABLE texts USING fts5(words, content='', tokenize='ascii')")
        numbered = ((number, " ".join(row)) for number, row in enumerate(rows))
        connection.executemany("INSERT INTO texts (rowid, words) VALUES (?, ?)", numbered)
        connection.execute("INSERT INTO texts (texts) VALUES ('optimize')")
        connection.commit()
        connection.close()

    @staticmethod
    def open(folder: Path) -> Search:
        connection = sqlite3.connect(folder / "fts5.sqlite")
        query = "SELECT rowid, bm25(texts) FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?"
        return lambda words: connection.execute(query, (" OR ".join(words), LIMIT)).fetchall()


class Tantivy:
    """The Rust library, in a folder."""

    @staticmethod
    def _schema() -> object:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("number", stored=True)
        builder.add_text_field("words", tokenizer_name="whitespace")
        return builder.build()

    @classmethod
    def build(cls, folder: Path, rows: list[list[str]]) -> None:
        import tantivy

        index = tantivy.Index(cls._schema(), str(folder))
        writer = index.writer(200_000_000, 2)
        for number, row in enumerate(rows):
            writer.add_document(tantivy.Document(number=number, words=" ".join(row)))
        writer.commit()
        writer.wait_merging_threads()

    @classmethod
    def open(cls, folder: Path) -> Search:
        import tantivy

        schema = cls._schema()
        searcher = tantivy.Index(schema, str(folder)).searcher()

        def search(words: list[str]) -> object:
            terms = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "words", word)) for word in words]
            hits = searcher.search(tantivy.Query.boolean_query(terms), LIMIT).hits
            return [(searcher.doc(address)["number"][0], score) for score, address in hits]

        return search


class Bm25s:
    """The NumPy library, in memory."""

    @staticmethod
    def build(folder: Path, rows: list[list[str]]) -> None:
        import bm25s

        index = bm25s.BM25(k1=1.2, b=0.75)
        index.index(rows, show_progress=False)
        index.save(folder, show_progress=False)

    @staticmethod
    def open(folder: Path) -> Search:
        import bm25s

        index = bm25s.BM25.load(folder)
        return lambda words: best(index.get_scores(words))


class Own:
    """index.full_text, in memory."""

    @staticmethod
    def build(folder: Path, rows: list[list[str]]) -> None:
        FullText.build(rows).save(folder / "full_text.bin", {})

    @staticmethod
    def open(folder: Path) -> Search:
        index = FullText.load(folder / "full_text.bin", {})
        assert index is not None
        return lambda words: best(index.scores(" ".join(words)))


def measure(kind: type[Fts5 | Tantivy | Bm25s | Own], n_rows: int) -> None:
    """Prints one line of the table."""
    rows, questions = made_up_rows(n_rows)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        start = time.perf_counter()
        kind.build(folder, rows)
        building_s = time.perf_counter() - start
        del rows
        memory = psutil.Process().memory_info().rss
        start = time.perf_counter()
        search = kind.open(folder)
        opening_s = time.perf_counter() - start
        search(questions[0])
        times_ms = []
        for question in questions:
            start = time.perf_counter()
            search(question)
            times_ms.append((time.perf_counter() - start) * 1000)
        p50, p95 = np.percentile(times_ms, [50, 95])
        added_mb = (psutil.Process().memory_info().rss - memory) / 1e6
    print(
        f"    {n_rows:7,}  {kind.__name__:8} {building_s:7.2f} s {p50:10.2f} ms {p95:8.2f} ms {opening_s:6.2f} s "
        f"{added_mb:6.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    kinds = {kind.__name__: kind for kind in (Fts5, Tantivy, Bm25s, Own)}
    if len(sys.argv) == 3:
        measure(kinds[sys.argv[1]], int(sys.argv[2]))
    else:
        for size in SIZES:
            for kind in kinds.values():
                process = multiprocessing.get_context("spawn").Process(target=measure, args=(kind, size))
                process.start()
                process.join()
