"""Which statements of two documents say the same thing: one to one, one to many, many to one, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qa.comparing.sections import SAME_SECTION, section_likeness
from qa.comparing.units import Unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.search import Searcher

# How alike two units are: shared words (weighted by how telling they are), meaning, and the place in the report. The
# weights and limits were set with `benchmarks/changes.py`, and looked at again on pairs written for the purpose.
_WORDS, _MEANING, _PLACE = 0.5, 0.4, 0.1
_ENOUGH = 0.58
_ENOUGH_DEMANDS = 0.5  # A recommendation keeps its subject when most of its words change.
_ENOUGH_TWO_COUNTRIES = 0.4  # Demands by one source on one subject, each worded for its country.
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


def align(searcher: Searcher, left: Sequence[Unit], right: Sequence[Unit], *, editions: bool) -> tuple[Alignment, ...]:
    """Every unit of two documents in exactly one alignment, in the order of the right document.

    What has no partner on the right comes behind what stands before it on the left. Between the reports of two
    publishers all sections correspond: each has an order of its own.

    Args:
        searcher: What the rows of the units belong to.
        left: Units of the left document, in its order.
        right: Units of the right one.
        editions: Whether the documents are editions of one report, which repeat what they have to say.
    """
    if not left or not right:
        return tuple(Alignment((place,), ()) for place in range(len(left))) + tuple(
            Alignment((), (place,)) for place in range(len(right))
        )
    telling = _Words(left, right)
    meaning = _means(searcher, left) @ _means(searcher, right).T
    publishers = [side[0].quote.document.identity.publisher for side in (left, right)]
    one_publisher = publishers[0] == publishers[1]
    sections = section_likeness(left, right) if one_publisher else np.ones(meaning.shape, dtype=np.float32)
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
    enough_demands = _ENOUGH_TWO_COUNTRIES if one_publisher and not editions else _ENOUGH_DEMANDS
    enough = np.where(elsewhere, _ENOUGH_ELSEWHERE, _ENOUGH)
    enough[np.logical_and.outer(asked, also_asked)] = enough_demands
    evidence = _Evidence((left, right), telling, meaning, (telling.boilerplate(0), telling.boilerplate(1)))
    # "Some progress was made" stands in every chapter: it moves nowhere, nor does a value of the scale.
    tied = [
        repeated | np.array([bool(unit.assessments) for unit in side])
        for repeated, side in zip(evidence.repeated, evidence.sides, strict=True)
    ]
    enough[elsewhere & np.logical_or.outer(*tied)] = np.inf
    groups = _with_seconds(_assigned(likeness, enough), evidence)
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


@dataclass(frozen=True, slots=True, eq=False)
class _Evidence:
    """What tells whether a unit is a part of another one.

    Attributes:
        sides: Units of the left and of the right document.
        telling: Their words.
        meaning: Shape (n, m): cosine of left and right units.
        repeated: For each side which units are boilerplate.
    """

    sides: tuple[Sequence[Unit], Sequence[Unit]]
    telling: _Words
    meaning: NDArray[np.float32]
    repeated: tuple[NDArray[np.bool_], NDArray[np.bool_]]


def _with_seconds(partners: dict[int, int], evidence: _Evidence) -> list[_Group]:
    """The pairs, with those that were left over where they are a part of one: a demand split in two, or two merged."""
    groups = [_Group([row], [column]) for row, column in partners.items()]
    taken = set(partners), set(partners.values())
    alone = [set(range(len(evidence.sides[side]))) - taken[side] for side in (0, 1)]
    for side in (1, 0):  # Of what is left over: 1 where a left demand was split in two, 0 where two were merged.
        for place in sorted(alone[side]):
            group = None if evidence.repeated[side][place] else _whole_of(side, place, groups, evidence)
            if group is not None:
                (group.right if side else group.left).append(place)
                alone[side].discard(place)
    return groups + [_Group([place], []) for place in alone[0]] + [_Group([], [place]) for place in alone[1]]


def _whole_of(side: int, place: int, groups: Sequence[_Group], evidence: _Evidence) -> _Group | None:
    """The pair that a unit without a partner is a part of; of several the one to which it brings most."""
    sides, meaning = evidence.sides, evidence.meaning
    best: tuple[float, _Group] | None = None
    for group in groups:
        wholes, parts = (group.left, group.right) if side else (group.right, group.left)
        near = meaning[wholes[0], place] if side else meaning[place, wholes[0]]
        if len(wholes) > 1 or near < _SECOND_MEANING:
            continue  # What was merged of two is not split in two again.
        if not _may_be_parts(sides[1 - side][wholes[0]], sides[side][parts[0]], sides[side][place]):
            continue
        found, brought = evidence.telling.shares((1 - side, wholes[0]), (side, parts[0]), (side, place))
        fits = (found >= _FOUND and brought >= _LEFT_OPEN) or (found >= _ALL_FOUND and brought >= _LITTLE_OPEN)
        if fits and (best is None or brought > best[0]):
            best = brought, group
    return best[1] if best else None


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
