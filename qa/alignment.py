"""Which statements of two documents say the same thing: one to one, one to many, many to one, or none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from index.words import words
from ingest.countries import find_countries
from qa.topics import find_topics
from qa.units import Unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.search import Searcher

# How alike two units are: shared words (weighted by how telling they are), meaning, and the place in the report. The
# weights and limits were set with `benchmarks/changes.py`, and looked at again on pairs written for the purpose.
_WORDS, _MEANING, _PLACE = 0.5, 0.4, 0.1
_ENOUGH = 0.58
_ENOUGH_DEMANDS = 0.48  # Recommendations keep their subject when all their words change.
_ENOUGH_ELSEWHERE = 0.85  # For findings in sections that do not correspond: there the subject differs as a rule.
_BOILERPLATE = 0.8  # Words that a statement shares with another one of its own document.
_SAME_WORDS = 1.0  # What the same words count for more than any likeness.
_SAME_SCALE = 0.3  # Values of one kind of the Commission's scale, in sections that correspond.
_OTHER_ACT = 0.1  # A demand and a finding.
_OTHER_SUBJECT = 0.2  # On trafficking and on something else, in the reports of two publishers.

# A second partner: its words must be found in the other unit, and find there what the first partner leaves open; less
# of that will do where nearly all of its words are found ("seize cars", "seize bank accounts": "seize cars and …").
_FOUND, _LEFT_OPEN = 0.55, 0.2
_ALL_FOUND, _LITTLE_OPEN = 0.9, 0.08
_SECOND_MEANING = 0.35

# From this share of its words on, a heading is the same heading worded anew.
SAME_SECTION = 0.45

_CHAPTER = re.compile(r"\bChapter\s(\d{1,2})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Units that correspond.

    Attributes:
        left, right: Positions of units, ascending; one of the two is empty for what has no partner.
        likeness: How alike they are, 0 to about 1, or more for the same words; 0 without a partner.
        same_section: Whether they stand in sections that correspond; True without a partner.
    """

    left: tuple[int, ...]
    right: tuple[int, ...]
    likeness: float = 0.0
    same_section: bool = True


def align(searcher: Searcher, left: Sequence[Unit], right: Sequence[Unit]) -> tuple[Alignment, ...]:
    """Every unit of two documents in exactly one alignment, in the order of the right document.

    What has no partner on the right comes behind what stands before it on the left. Between the reports of two
    publishers all sections correspond: each has an order of its own.
    """
    if not left or not right:
        return tuple(Alignment((place,), ()) for place in range(len(left))) + tuple(
            Alignment((), (place,)) for place in range(len(right))
        )
    telling = _Words(left, right)
    meaning = _means(searcher, left) @ _means(searcher, right).T
    publishers = [side[0].quote.document.identity.publisher for side in (left, right)]
    one_publisher = publishers[0] == publishers[1]
    sections = _section_likeness(left, right) if one_publisher else np.ones(meaning.shape, dtype=np.float32)
    asked, also_asked = (np.array([unit.asks for unit in side]) for side in (left, right))
    likeness = (
        _WORDS * telling.cosines
        + _MEANING * meaning
        + _PLACE * sections
        + _SAME_WORDS * _same_words(left, right)
        + _scale_bonus(left, right, sections)
        - _OTHER_ACT * np.logical_xor.outer(asked, also_asked)
    )
    if not one_publisher:
        on_it = [np.array([unit.quote.passage.about_trafficking for unit in side]) for side in (left, right)]
        likeness -= _OTHER_SUBJECT * np.logical_xor.outer(*on_it)
    elsewhere = sections < SAME_SECTION
    enough = np.where(
        np.logical_and.outer(asked, also_asked), _ENOUGH_DEMANDS, np.where(elsewhere, _ENOUGH_ELSEWHERE, _ENOUGH)
    )
    # "Some progress was made" stands in every chapter: it moves nowhere, nor does a value of the scale.
    tied = [
        telling.boilerplate(side) | np.array([bool(unit.assessments) for unit in units])
        for side, units in enumerate((left, right))
    ]
    enough[elsewhere & np.logical_or.outer(*tied)] = np.inf
    groups = _with_seconds(_assigned(likeness, enough), telling, meaning, left, right)
    return _ordered(groups, likeness, sections)


# --- likeness ---------------------------------------------------------------------------------------------------------


class _Words:
    """The content words of two lists of units, weighted by how telling they are among all of these units.

    Attributes:
        cosines: Shape (n, m): how alike the words of left and right units are, 0 to 1.
    """

    def __init__(self, left: Sequence[Unit], right: Sequence[Unit]) -> None:
        self._counts = [[Counter(unit.wording.content_words) for unit in side] for side in (left, right)]
        frequency = Counter(word for side in self._counts for counts in side for word in counts)
        n_units = len(left) + len(right)
        self._weights = {word: float(np.log(1 + n_units / n)) for word, n in frequency.items()}
        columns = {word: column for column, word in enumerate(frequency)}
        matrices = []
        for side in self._counts:
            matrix = np.zeros((len(side), len(columns)), dtype=np.float32)
            for row, counts in enumerate(side):
                for word, n in counts.items():
                    matrix[row, columns[word]] = self._weights[word] * (1 + np.log(n))
            lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
            matrices.append(matrix / np.maximum(lengths, np.float32(1e-6)))
        self._matrices = matrices
        self.cosines: NDArray[np.float32] = matrices[0] @ matrices[1].T

    def boilerplate(self, side: int) -> NDArray[np.bool_]:
        """Which units of a side say what another unit of it says too, about something else: shape (n,)."""
        alike = self._matrices[side] @ self._matrices[side].T
        np.fill_diagonal(alike, 0)
        return np.asarray((alike >= _BOILERPLATE).any(axis=1), dtype=np.bool_)

    def shares(self, whole: tuple[int, int], first: tuple[int, int], second: tuple[int, int]) -> tuple[float, float]:
        """Of a second partner: the share of its words found in the whole, and of the whole's that it alone brings.

        Args:
            whole: Side (0 left, 1 right) and position of the unit with two partners.
            first: Side and position of its first partner.
            second: Side and position of its second partner.
        """
        words_of_whole, words_of_first, words_of_second = (
            set(self._counts[side][place]) for side, place in (whole, first, second)
        )
        shared = words_of_whole & words_of_second
        return (
            self._weight(shared) / (self._weight(words_of_second) or 1),
            self._weight(shared - words_of_first) / (self._weight(words_of_whole) or 1),
        )

    def _weight(self, found: Iterable[str]) -> float:
        return sum(self._weights[word] for word in found)


def _means(searcher: Searcher, units: Sequence[Unit]) -> NDArray[np.float32]:
    """One unit vector for each unit, the mean of its statements': shape (n, d)."""
    vectors = searcher.vectors(np.array([row for unit in units for row in unit.rows], dtype=np.int64))
    starts = np.cumsum([0, *(len(unit.rows) for unit in units)])[:-1]
    means = np.add.reduceat(vectors, starts, axis=0)
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), dtype=np.float32)


def _same_words(left: Sequence[Unit], right: Sequence[Unit]) -> NDArray[np.bool_]:
    numbers: dict[tuple[str, ...], int] = {}
    of_left, of_right = (
        np.array([numbers.setdefault(unit.wording.plain, len(numbers)) for unit in side]) for side in (left, right)
    )
    same: NDArray[np.bool_] = of_left[:, np.newaxis] == of_right
    return same


def _scale_bonus(left: Sequence[Unit], right: Sequence[Unit], sections: NDArray[np.float32]) -> NDArray[np.float32]:
    """What units gain that give a value of the same kind of the Commission's scale, in sections that correspond."""
    bonus = np.zeros((len(left), len(right)), dtype=np.float32)
    for row, unit in enumerate(left):
        kinds = {one.assessment.kind for one in unit.assessments}
        for column, other in enumerate(right) if kinds else ():
            if sections[row, column] >= SAME_SECTION and kinds & {one.assessment.kind for one in other.assessments}:
                bonus[row, column] = _SAME_SCALE
    return bonus


# --- sections ---------------------------------------------------------------------------------------------------------


def _section_likeness(left: Sequence[Unit], right: Sequence[Unit]) -> NDArray[np.float32]:
    """How alike the headings above left and right units are, 0 to 1: shape (n, m).

    Headings of one chapter number, or of one topic, are the same; else it is the share of the shorter one's words,
    weighted by how telling they are, that the other one has too. A heading may correspond to the one above the other's:
    what was a section becomes a sub-section.
    """
    paths = [[unit.quote.passage.section[-2:] for unit in side] for side in (left, right)]
    known = dict.fromkeys(path for side in paths for path in side)
    frequency = Counter(
        word for heading in {heading for path in known for heading in path} for word in _telling(heading)
    )
    weights = {word: float(np.log(1 + len(known) / n)) for word, n in frequency.items()}
    unique = [list(dict.fromkeys(side)) for side in paths]
    table = np.array(
        [[_alike(one, other, weights) for other in unique[1]] for one in unique[0]], dtype=np.float32
    ).reshape(len(unique[0]), len(unique[1]))
    places = [[{path: n for n, path in enumerate(unique[side])}[path] for path in paths[side]] for side in (0, 1)]
    likeness: NDArray[np.float32] = table[np.ix_(places[0], places[1])]
    return likeness


def _alike(left: tuple[str, ...], right: tuple[str, ...], weights: dict[str, float]) -> float:
    if not left or not right:
        return 1.0 if left == right else 0.0
    chapters = [_CHAPTER.search(path[-1]) for path in (left, right)]
    if chapters[0] and chapters[1]:
        return float(chapters[0][1] == chapters[1][1])
    if _topics(left[-1]) & _topics(right[-1]):
        return 1.0
    # A heading above covers more than one below: what both have must be most of the two.
    above = [(left[-1], right[0])] if len(right) > 1 else []
    above += [(left[0], right[-1])] if len(left) > 1 else []
    across = [_shared(one, other, weights, of_shorter=False) for one, other in above]
    return max(_shared(left[-1], right[-1], weights, of_shorter=True), *across, 0.0)


def _shared(left: str, right: str, weights: dict[str, float], *, of_shorter: bool) -> float:
    """The share of the words of two headings that they have in common: of the shorter one's, or of all."""
    sides = _telling(left), _telling(right)
    of_left, of_right, of_both = (sum(weights[word] for word in side) for side in (*sides, sides[0] & sides[1]))
    whole = min(of_left, of_right) if of_shorter else of_left + of_right - of_both
    return of_both / whole if whole else 0.0


@lru_cache(maxsize=5_000)
def _topics(heading: str) -> frozenset[str]:
    return frozenset(key for mention in find_topics(heading) for key in mention.keys)


@lru_cache(maxsize=5_000)
def _telling(heading: str) -> frozenset[str]:
    """The words of a heading without its number, the articles in brackets, and the country that the report is about."""
    bare = re.sub(r"^[\dIVXivx.]+[.)]?\s|\(Art[^)]*\)", "", heading)
    for mention in reversed(find_countries(bare)):
        bare = bare[: mention.start] + bare[mention.end :]
    return frozenset(words(bare))


# --- partners ---------------------------------------------------------------------------------------------------------


def _assigned(likeness: NDArray[np.float32], enough: NDArray[np.float64]) -> dict[int, int]:
    """The partner on the right of each left unit that has one: the pairs that are most alike together."""
    from scipy.optimize import linear_sum_assignment

    worth = np.where(likeness >= enough, likeness, 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return {int(row): int(column) for row, column in zip(rows, columns, strict=True) if worth[row, column] > 0}


@dataclass(slots=True)
class _Group:
    left: list[int]
    right: list[int]


def _with_seconds(
    partners: dict[int, int], telling: _Words, meaning: NDArray[np.float32], left: Sequence[Unit], right: Sequence[Unit]
) -> list[_Group]:
    """The pairs, with those that were left over where they are a part of one: a demand split in two, or two merged."""
    groups = [_Group([row], [column]) for row, column in partners.items()]
    taken = {1: {group.left[0]: group for group in groups}, 0: {group.right[0]: group for group in groups}}
    spare = {0: set(range(len(left))) - set(partners), 1: set(range(len(right))) - set(partners.values())}
    sides = (left, right)
    for side in (1, 0):  # The spare unit's side: 1 for a left demand split in two, 0 for two left ones merged.
        for place in sorted(spare[side]):
            best: tuple[float, _Group] | None = None
            for whole, group in taken[side].items():
                near = meaning[whole, place] if side else meaning[place, whole]
                first = (group.right if side else group.left)[0]
                if near < _SECOND_MEANING or not _may_be_parts(
                    sides[1 - side][whole], sides[side][first], sides[side][place]
                ):
                    continue
                if len(group.left) > 1 and side == 1:
                    continue  # Already merged of two.
                found, brought = telling.shares((1 - side, whole), (side, first), (side, place))
                fits = (found >= _FOUND and brought >= _LEFT_OPEN) or (found >= _ALL_FOUND and brought >= _LITTLE_OPEN)
                if fits and (best is None or brought > best[0]):
                    best = brought, group
            if best is not None:
                (best[1].right if side else best[1].left).append(place)
                spare[side].discard(place)
    groups += [_Group([place], []) for place in spare[0]] + [_Group([], [place]) for place in spare[1]]
    return groups


def _may_be_parts(whole: Unit, first: Unit, second: Unit) -> bool:
    """Whether one unit may have become two, or two one: demands, or sentences of one paragraph."""
    if all(unit.asks for unit in (whole, first, second)):
        return True
    return not any(unit.asks for unit in (whole, first, second)) and first.quote.passage is second.quote.passage


def _ordered(
    groups: list[_Group],
    likeness: NDArray[np.float32],
    sections: NDArray[np.float32],
) -> tuple[Alignment, ...]:
    """As in the right document; what only the left one has comes behind what stands before it there."""
    behind = {place: min(group.right) for group in groups if group.right for place in group.left}

    def order(group: _Group) -> tuple[float, int]:
        if group.right:
            return min(group.right), -1
        before = max((place for place in behind if place < group.left[0]), default=None)
        return (-1 if before is None else behind[before]), group.left[0]

    return tuple(
        Alignment(
            tuple(sorted(group.left)),
            tuple(sorted(group.right)),
            float(likeness[group.left[0], group.right[0]]) if group.left and group.right else 0.0,
            bool(sections[group.left[0], group.right[0]] >= SAME_SECTION) if group.left and group.right else True,
        )
        for group in sorted(groups, key=order)
    )
