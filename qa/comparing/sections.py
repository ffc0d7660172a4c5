"""Which sections of two editions of a report correspond, though they are numbered and named anew."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from index.words import words
from ingest.countries import find_countries
from qa.question.topics import find_topics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qa.comparing.units import Unit

# From this share of its words on, a heading is the same heading worded anew (chosen).
SAME_SECTION = 0.45

_CHAPTER = re.compile(r"\bChapter\s(\d{1,2})\b", re.IGNORECASE)


def section_likeness(left: Sequence[Unit], right: Sequence[Unit]) -> NDArray[np.float32]:
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
