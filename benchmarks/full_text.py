"""Which full-text search? BM25 by SQLite FTS5, tantivy, bm25s and index.full_text, over the same words.

    python benchmarks/full_text.py                   (needs the packages bm25s and tantivy beside Pincite)

Data: invented words with the frequencies of natural language (Zipf), 32 words a row on average; questions of three to
eight words taken from a row, combined with OR, the 50 best rows wanted. All four get the same words, so that only index
and ranking are compared. Each runs in a process of its own, so that memory is its own.

Measured on 2 cores of an AMD EPYC (x86_64, 24 GB), Python 3.11, SQLite 3.40, bm25s 0.3.16, tantivy 0.27:

       rows  index      build  question p50       p95  opening  memory
     10,000  fts5      0.10 s       1.17 ms   3.22 ms   0.00 s    0 MB
     10,000  tantivy   0.12 s       0.21 ms   0.27 ms   0.00 s    2 MB
     10,000  bm25s     0.50 s       0.06 ms   0.09 ms   0.00 s    0 MB
     10,000  own       0.10 s       0.13 ms   0.19 ms   0.01 s    1 MB
    200,000  fts5      2.38 s      27.72 ms  69.14 ms   0.00 s    0 MB
    200,000  tantivy   0.95 s       0.41 ms   0.66 ms   0.00 s   17 MB
    200,000  bm25s     6.88 s       0.46 ms   0.60 ms   0.01 s   45 MB
    200,000  own       1.88 s       0.58 ms   0.80 ms   0.17 s   74 MB

index.full_text was chosen. A question takes a fortieth of the time of FTS5 and about that of the other two, among which
half a millisecond decides nothing; it is built in a quarter of the time of bm25s; it also knows where in a row a word
stands, gives a score for every row, so that any selection can be ranked, and is one file that can carry its stamp. Its
times include reading the question's words, its memory the places of all words; the others were built without places.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from index.full_text import FullText

SIZES = (10_000, 200_000)
N_QUESTIONS = 200
LIMIT = 50
Words = list[str]
Search = Callable[[Words], object]


def made_up_rows(n_rows: int) -> tuple[list[Words], list[Words]]:
    """Rows and questions."""
    generator = np.random.default_rng(1)
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    # The closing x keeps the stemmer from changing a word: all four compare the same strings.
    drawn = ("".join(generator.choice(syllables, generator.integers(2, 5))) + "x" for _ in range(20_000))
    vocabulary = np.array(list(dict.fromkeys(drawn)))
    frequencies = 1 / (np.arange(len(vocabulary)) + 2.7)
    lengths = np.clip(generator.gamma(3, 32 / 3, n_rows).astype(int), 4, 120)
    text = vocabulary[generator.choice(len(vocabulary), int(lengths.sum()), p=frequencies / frequencies.sum())]
    rows = [row.tolist() for row in np.split(text, np.cumsum(lengths)[:-1])]
    common = set(vocabulary[:30].tolist())
    questions: list[Words] = []
    while len(questions) < N_QUESTIONS:
        words = sorted(set(rows[generator.integers(n_rows)]) - common)
        if len(words) >= 3:
            questions.append(generator.permutation(words)[: generator.integers(3, 9)].tolist())
    return rows, questions


def best(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """The rows with the highest scores, best first."""
    rows = np.argpartition(-scores, LIMIT)[:LIMIT]
    return rows[np.argsort(-scores[rows])]


def build_fts5(folder: Path, rows: list[Words]) -> None:
    """SQLite's own."""
    connection = sqlite3.connect(folder / "fts5.sqlite")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5(words, content='', tokenize='ascii')")
    numbered = ((number, " ".join(row)) for number, row in enumerate(rows))
    connection.executemany("INSERT INTO texts (rowid, words) VALUES (?, ?)", numbered)
    connection.execute("INSERT INTO texts (texts) VALUES ('optimize')")
    connection.commit()
    connection.close()


def open_fts5(folder: Path) -> Search:
    """Searches in the file."""
    connection = sqlite3.connect(folder / "fts5.sqlite")
    query = "SELECT rowid, bm25(texts) FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?"
    return lambda words: connection.execute(query, (" OR ".join(words), LIMIT)).fetchall()


def tantivy_schema() -> Any:
    """A number and words that are parted by spaces."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", stored=True)
    builder.add_text_field("words", tokenizer_name="whitespace")
    return builder.build()


def build_tantivy(folder: Path, rows: list[Words]) -> None:
    """The Rust library."""
    import tantivy

    writer = tantivy.Index(tantivy_schema(), str(folder)).writer(200_000_000, 2)
    for number, row in enumerate(rows):
        writer.add_document(tantivy.Document(number=number, words=" ".join(row)))
    writer.commit()
    writer.wait_merging_threads()


def open_tantivy(folder: Path) -> Search:
    """Searches in the folder."""
    import tantivy

    schema = tantivy_schema()
    searcher = tantivy.Index(schema, str(folder)).searcher()

    def search(words: Words) -> object:
        terms = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "words", word)) for word in words]
        hits = searcher.search(tantivy.Query.boolean_query(terms), LIMIT).hits
        return [(searcher.doc(address)["number"][0], score) for score, address in hits]

    return search


def build_bm25s(folder: Path, rows: list[Words]) -> None:
    """The NumPy library."""
    import bm25s

    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index(rows, show_progress=False)
    index.save(folder, show_progress=False)


def open_bm25s(folder: Path) -> Search:
    """Searches in memory."""
    import bm25s

    index = bm25s.BM25.load(folder)
    return lambda words: best(index.get_scores(words))


def build_own(folder: Path, rows: list[Words]) -> None:
    """Pincite's."""
    FullText.build(rows).save(folder / "full_text.bin", {})


def open_own(folder: Path) -> Search:
    """Searches in memory."""
    index = FullText.load(folder / "full_text.bin", {})
    if index is None:
        raise RuntimeError(f"The index was not saved in {folder}.")
    return lambda words: best(index.scores(" ".join(words)))


KINDS: dict[str, tuple[Callable[[Path, list[Words]], None], Callable[[Path], Search]]] = {
    "fts5": (build_fts5, open_fts5),
    "tantivy": (build_tantivy, open_tantivy),
    "bm25s": (build_bm25s, open_bm25s),
    "own": (build_own, open_own),
}


def measure(kind: str, n_rows: int) -> None:
    """Prints one line of the table."""
    build, open_search = KINDS[kind]
    rows, questions = made_up_rows(n_rows)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        start = time.perf_counter()
        build(Path(name), rows)
        building_s = time.perf_counter() - start
        del rows
        memory = psutil.Process().memory_info().rss
        start = time.perf_counter()
        search = open_search(Path(name))
        opening_s = time.perf_counter() - start
        search(questions[0])
        times_ms = []
        for question in questions:
            start = time.perf_counter()
            search(question)
            times_ms.append((time.perf_counter() - start) * 1000)
        added_mb = (psutil.Process().memory_info().rss - memory) / 1e6
    p50, p95 = np.percentile(times_ms, [50, 95])
    line = (
        f"{n_rows:11,}  {kind:7} {building_s:6.2f} s {p50:10.2f} ms {p95:6.2f} ms {opening_s:6.2f} s {added_mb:4.0f} MB"
    )
    print(line, flush=True)


if __name__ == "__main__":
    for size in SIZES:
        for each in KINDS:
            process = multiprocessing.get_context("spawn").Process(target=measure, args=(each, size))
            process.start()
            process.join()
