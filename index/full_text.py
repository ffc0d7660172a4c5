"""Full-text search: BM25 scores of all statements for a question, from an inverted index held in memory.

Measured against SQLite FTS5, bm25s and tantivy (benchmarks/full_text.py): over 200,000 rows it answers within a
millisecond like bm25s and tantivy, where FTS5 takes forty times as long, and it is built in a quarter of the time of
bm25s. A score for every row lets any selection of rows be ranked at no extra cost, and the whole is one stamped file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from index.stamped import read_stamped, write_stamped
from index.words import words
from ingest.countries import country_name
from ingest.document import clause_before

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ingest.document import Document

# Published defaults (Lucene): how soon repetitions of a word stop to count, how much long texts are marked down.
_K1: Final = 1.2
_B: Final = 0.75
_GAP: Final = ""  # Stands between words that are not to be read as one phrase.
# Chosen: the idf of a word in 2 % of the rows. A question's odd word must not outweigh all that the library knows.
_UNKNOWN_IDF: Final = 3.9


@dataclass(frozen=True, slots=True)
class Wording:
    """A way to say something: all its search words (see `words`), and how well it fits, 0 to 1."""

    words: tuple[str, ...]
    weight: float


Concept = tuple[Wording, ...]
"""One thing that a question asks for, in all its wordings; the first is the question's own."""


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Which of v words stand where in n rows.

    Attributes:
        starts: Shape (v + 1,): the rows of word i are `rows[starts[i]:starts[i + 1]]`.
        rows: Shape (p,): row numbers, ascending within a word.
        weights: Shape (p,): what the word adds to the score of that row.
        place_starts: Shape (v + 1,): the places of word i are `places[place_starts[i]:place_starts[i + 1]]`.
        places: Shape (t,): positions in the texts of all rows, one behind another, ascending within a word.
        row_starts: Shape (n,): the position where each row begins.
    """

    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    place_starts: NDArray[np.int64]
    places: NDArray[np.int32]
    row_starts: NDArray[np.int64]


class FullText:
    """BM25 over the words of a library's statements, by row number. Immutable, so that threads may share it.

    Source of the formula: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), with
    the idf of Lucene, log(1 + (n - df + 0.5) / (df + 0.5)), which is never negative.
    """

    def __init__(self, vocabulary: Sequence[str], places: _Places) -> None:
        """Takes an index; callers use `build` and `load`. Word 0 of the vocabulary is the gap."""
        self._vocabulary = vocabulary
        self._numbers = {word: number for number, word in enumerate(vocabulary)}
        self._places = places
        self._n_rows = len(places.row_starts)

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]]) -> FullText:
        """An index over texts given as their words; an empty word parts what is not to be read as one phrase."""
        n_rows = len(texts)
        numbers = {_GAP: 0}
        parted = chain.from_iterable(chain(text, (_GAP,)) for text in texts)
        number_at = np.fromiter((numbers.setdefault(word, len(numbers)) for word in parted), np.int64)
        n_places = np.fromiter((len(text) + 1 for text in texts), np.int64, count=n_rows)
        row_at = np.repeat(np.arange(n_rows, dtype=np.int32), n_places)
        # All places of word 0, then all of word 1, and so on: one number a place, since sorting numbers takes a quarter
        # of the time of sorting the places by them.
        number, places = np.divmod(np.sort(number_at * len(number_at) + np.arange(len(number_at))), len(number_at) or 1)
        row = row_at[places]
        is_first = np.ones(len(places), dtype=np.bool_)  # The first place of a word in a row.
        is_first[1:] = (number[1:] != number[:-1]) | (row[1:] != row[:-1])
        firsts = np.flatnonzero(is_first)
        number, row = number[firsts], row[firsts]
        frequencies = np.diff(firsts, append=len(places))
        lengths = np.bincount(row[number > 0], weights=frequencies[number > 0], minlength=n_rows)
        n_with = np.bincount(number, minlength=len(numbers))
        damping = _K1 * (1 - _B + _B * lengths / max(float(lengths.sum()) / max(n_rows, 1), 1.0))
        weights = _idf(n_rows, n_with)[number] * frequencies / (frequencies + damping[row])
        return cls(
            list(numbers),
            _Places(
                starts=_starts(n_with),
                rows=row,
                weights=weights.astype(np.float32),
                place_starts=_starts(np.bincount(number_at, minlength=len(numbers))),
                places=places.astype(np.int32),
                row_starts=_starts(n_places)[:-1],
            ),
        )

    @classmethod
    def load(cls, path: Path, stamp: dict[str, str | int]) -> FullText | None:
        """The index from a file written by `save` with the same stamp; None when missing, stale or damaged."""
        content = read_stamped(path, {**stamp, "rules": _rules_digest()})
        if content is None:
            return None
        with np.load(BytesIO(content), allow_pickle=False) as file:
            places = _Places(**{field.name: file[field.name] for field in fields(_Places)})
            return cls(file["vocabulary"].tobytes().decode().split("\n"), places)

    def save(self, path: Path, stamp: dict[str, str | int]) -> bool:
        """Writes the file that `load` reads; False when it could not be written."""
        buffer = BytesIO()
        vocabulary = np.frombuffer("\n".join(self._vocabulary).encode(), dtype=np.uint8)
        places = self._places
        np.savez(
            buffer,
            vocabulary=vocabulary,
            starts=places.starts,
            rows=places.rows,
            weights=places.weights,
            place_starts=places.place_starts,
            places=places.places,
            row_starts=places.row_starts,
        )
        return write_stamped(path, {**stamp, "rules": _rules_digest()}, buffer.getbuffer())

    def __len__(self) -> int:
        """Number of rows."""
        return self._n_rows

    def scores(self, question: str) -> NDArray[np.float32]:
        """BM25 scores of all rows for the words of a question: shape (n,), 0 for a row without any of them."""
        scores = np.zeros(self._n_rows, dtype=np.float32)
        for word in dict.fromkeys(words(question)):
            number = self._numbers.get(word)
            if number is not None:
                of_word = _of(number, self._places.starts)
                scores[self._places.rows[of_word]] += self._places.weights[of_word]
        return scores

    def coverage(self, concepts: Sequence[Concept]) -> NDArray[np.float32]:
        """How much of what a question asks for each row speaks of.

        Args:
            concepts: What is asked for. A row speaks of a concept when it holds the words of one of its wordings, one
                behind another (stop words do not count).

        Returns:
            Shape (n,), 0 to 1: the share of concepts that a row speaks of, rare ones counting more (by their idf).
        """
        covered = np.zeros(self._n_rows, dtype=np.float32)
        total = 0.0
        for concept in concepts:
            rarity = self.rarity(concept)
            total += rarity
            best = np.zeros(self._n_rows, dtype=np.float32)
            for wording in concept:
                rows = self.rows_with(wording.words)
                best[rows] = np.maximum(best[rows], wording.weight)
            covered += rarity * best
        return covered / np.float32(total) if total else covered

    def knows(self, word: str) -> bool:
        """Whether a search word (see `words`) occurs in the library."""
        return word in self._numbers

    def occurs(self, concept: Concept) -> bool:
        """Whether any row speaks of a concept."""
        return any(len(self.rows_with(wording.words)) for wording in concept)

    def rarity(self, concept: Concept) -> float:
        """Idf of the rarest word of a concept's first wording; one that the library lacks counts as middling."""
        known = [self._numbers[word] for word in concept[0].words if word in self._numbers]
        if not known:
            return _UNKNOWN_IDF
        n_with = min(len(self._places.rows[_of(number, self._places.starts)]) for number in known)
        return float(_idf(self._n_rows, np.array(n_with)))

    def rows_with(self, wanted: Sequence[str]) -> NDArray[np.int64]:
        """Rows that hold some words one behind another, ascending, once each time; none for no words."""
        begins: NDArray[np.int32] = np.empty(0, dtype=np.int32)  # Where the words so far begin.
        for offset, word in enumerate(wanted):
            number = self._numbers.get(word)
            if number is None:
                return np.empty(0, dtype=np.int64)
            of_word = self._places.places[_of(number, self._places.place_starts)] - offset
            begins = begins[_is_among(begins, of_word)] if offset else of_word
        return np.searchsorted(self._places.row_starts, begins, side="right") - 1


def _of(number: int, starts: NDArray[np.int64]) -> slice:
    """Where that which belongs to a word stands."""
    return slice(int(starts[number]), int(starts[number + 1]))


def _idf(n_rows: int, n_with: NDArray[np.int64]) -> NDArray[np.float64]:
    idf: NDArray[np.float64] = np.log1p((n_rows - n_with + 0.5) / (n_with + 0.5))
    return idf


def _starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each of some stretches of these lengths begins, and where the last one ends."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)])


def _is_among(values: NDArray[np.int32], others: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which values are among others; the others ascending, at least one."""
    nearest = np.minimum(np.searchsorted(others, values), len(others) - 1)
    is_among: NDArray[np.bool_] = others[nearest] == values
    return is_among


def statement_words(document: Document) -> list[list[str]]:
    """The words that find each statement of a document: its own and those around it.

    Around it are the headings above it, the lead-in of its list, the clause that it goes on with, and its countries.
    """
    found = []
    for passage in document.passages:
        around = [word for text in (*passage.section, passage.lead_in) for word in (_GAP, *words(text))]
        for statement in passage.statements:
            countries = _words_of_countries(statement.countries or passage.countries)
            said = words(document.text[statement.start : statement.end])
            before = words(clause_before(document.text, passage, statement))
            found.append([*before, *said, *around, _GAP, *countries])
    return found


@cache
def _words_of_countries(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(words(" ".join(country_name(code) for code in codes)))


@cache
def _rules_digest() -> str:
    """Digest of what decides which words a text gives, so that a changed program does not read its older files."""
    import Stemmer

    digest = hashlib.sha256(Stemmer.version().encode())
    for name in ("words.toml", "words.py", "full_text.py"):
        digest.update((files("index") / name).read_bytes())
    return digest.hexdigest()
