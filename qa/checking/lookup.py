"""Where words stand in documents: exactly, but for what typesetting changes, or nearly."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from qa.checking.quotations import Gap, Piece

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ingest.document import Document, Passage, Statement

# What typesetting changes and nobody means: white space, hyphens and dashes, bullets; and all quotation marks.
_DROPPED = " \t\n\r\f\v\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\u200c\u200d\u2060\u00ad-‐‑‒–—―−•‣▪◦●■□·"
_MARKS = "'\"“”„‟‘’‚‛«»‹›′″`´"
_SEPARATOR = "~"  # Stands for what parts two numbers: "5-10" is not 510.
_STOPS = ".,;: "
# How far apart in the document pieces may stand, in characters: with an ellipsis between them as far as in a long
# paragraph, with words in brackets as far as a clause, with the end of a word as far as that. Chosen.
_REACH: dict[Gap, int] = {"start": 0, "ellipsis": 1500, "insertion": 150, "ending": 15}
_MOST_PLACES = 500  # Of one quotation in one document; only words such as "victims" have more. Chosen.
_WORD = re.compile(r"\w+(?:['’\-‐‑.,]\w+)*%?|[;:()]")
_LEAST_ALIKE = 0.65  # Of words and signs in their places; less is another sentence. Chosen.
_LEAST_ALIKE_PIECE = 0.5
_SHIFT = 8  # Words by which the place that characters tell may be off on either side. Chosen.
_SHORTEST_NEAR = 3  # Words: of fewer, a changed one leaves too little to know the place by. Chosen.


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a quotation stands in a document.

    Attributes:
        document: The document.
        spans: `[start, end)` of each of its pieces.
        likeness: Share of words that agree; 1 where all do.
    """

    document: Document
    spans: tuple[tuple[int, int], ...]
    likeness: float = 1.0

    @property
    def start(self) -> int:
        """Offset of its first character."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """Offset behind its last character."""
        return self.spans[-1][1]

    @property
    def statements(self) -> tuple[tuple[int, Statement], ...]:
        """The statements that it takes words of, in order, each with the position of its passage."""
        return tuple(
            (position, statement)
            for position in passages_between(self.document, self.start, self.end)
            for statement in self.document.passages[position].statements
            if any(statement.start < end and start < statement.end for start, end in self.spans)
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Folded:
    """A text as it is compared.

    Attributes:
        text: Without what typesetting changes.
        lowered: The same in lower case, of the same length.
        places: Shape (n,): where each of its characters stands in the text that was folded.
    """

    text: str
    lowered: str
    places: NDArray[np.int64]


def exact_spots(document: Document, pieces: Sequence[Piece]) -> Iterator[Spot]:
    """Where a document has the pieces of a quotation word for word, in order and near one another."""
    folded = _folded_document(document)
    wanted = [_folded_piece(piece.text) for piece in pieces]
    if not all(piece.text for piece in wanted):
        return
    gaps: list[Gap] = [*(piece.gap for piece in pieces), "start"]
    firsts = _occurrences(folded, document.text, wanted[0], begins="start", follows=gaps[1])
    by_end: dict[int, Spot] = {}
    for first in islice(firsts, _MOST_PLACES):
        spans = _with_others(folded, document.text, wanted, pieces, first)
        if spans is not None:
            by_end[spans[-1][1]] = Spot(document, spans)  # Of several beginnings the nearest to the same end is meant.
    yield from by_end.values()


def near_spot(document: Document, pieces: Sequence[Piece], *, around: tuple[int, int]) -> Spot | None:
    """Where a part of a document has nearly the words of a quotation; None where it has not.

    Args:
        document: The document.
        pieces: Of the quotation.
        around: The part `[start, end)` of its text to look at.
    """
    text = document.text[around[0] : around[1]]
    words = [(match.start(), match.end(), _word_key(match[0])) for match in _WORD.finditer(text)]
    spans, n_words, n_wrong = [], 0, 0.0
    begin = 0
    for piece in pieces:
        keys = [_word_key(word) for word in _WORD.findall(piece.text)]
        if not keys:
            continue
        aligned = _aligned(piece.text, keys, text, words, begin)
        if aligned is None:
            return None
        first, last, wrong = aligned
        if len(keys) < _SHORTEST_NEAR and wrong:
            return None
        spans.append((around[0] + words[first][0], around[0] + words[last - 1][1]))
        n_words += max(len(keys), last - first)
        n_wrong += wrong
        begin = last
    likeness = 1 - n_wrong / n_words if n_words else 0.0
    return Spot(document, tuple(spans), likeness) if spans and likeness >= _LEAST_ALIKE else None


def passages_between(document: Document, start: int, end: int) -> range:
    """Positions of the passages that `[start, end)` of a document's text touches."""
    passages = document.passages
    first = max(bisect_right(passages, start, key=lambda passage: passage.start) - 1, 0)
    while first < len(passages) and passages[first].end <= start:
        first += 1
    last = first
    while last < len(passages) and passages[last].start < end:
        last += 1
    return range(first, last)


def part_around(document: Document, passages: Iterable[Passage], *, n_characters: int) -> tuple[int, int]:
    """`[start, end)` of a document's text with some passages and so many characters around them."""
    held = list(passages)
    start = max(min(passage.start for passage in held) - n_characters, 0)
    return start, min(max(passage.end for passage in held) + n_characters, len(document.text))


def _occurrences(
    folded: _Folded, text: str, wanted: _Folded, *, begins: Gap, follows: Gap, within: tuple[int, int] | None = None
) -> Iterator[int]:
    """Where a piece begins in the folded text, in order; at whole words, but where brackets begin or end one.

    Args:
        folded: The text, folded.
        text: The text itself.
        wanted: The piece, folded.
        begins: What stands before the piece in the quotation.
        follows: What stands behind it.
        within: Part of the folded text to look at; None for all.
    """
    start, end = within or (0, len(folded.text))
    place = folded.lowered.find(wanted.lowered, start, end)
    while place >= 0:
        first, last = int(folded.places[place]), int(folded.places[place + len(wanted.text) - 1])
        whole = (begins == "ending" or _starts_word(text, first)) and (follows == "ending" or _ends_word(text, last))
        # Only the case of the first letter may differ: a quotation can open or break off in mid-sentence.
        lead = next((n for n, character in enumerate(wanted.text) if character.isalnum()), 0) + 1
        if whole and folded.text[place + lead : place + len(wanted.text)] == wanted.text[lead:]:
            yield place
        place = folded.lowered.find(wanted.lowered, place + 1, end)


def _with_others(
    folded: _Folded, text: str, wanted: Sequence[_Folded], pieces: Sequence[Piece], first: int
) -> tuple[tuple[int, int], ...] | None:
    """The spans of all pieces, the first at a place of the folded text; None when the others do not follow."""
    gaps: list[Gap] = [*(piece.gap for piece in pieces), "start"]
    spans = [_span(folded, first, len(wanted[0].text))]
    end = first + len(wanted[0].text)
    for number in range(1, len(pieces)):
        until = end + _REACH[pieces[number].gap] + len(wanted[number].text)
        found = _occurrences(
            folded, text, wanted[number], begins=gaps[number], follows=gaps[number + 1], within=(end, until)
        )
        place = next(found, None)
        if place is None:
            return None
        spans.append(_span(folded, place, len(wanted[number].text)))
        end = place + len(wanted[number].text)
    return tuple(spans)


def _span(folded: _Folded, place: int, length: int) -> tuple[int, int]:
    return int(folded.places[place]), int(folded.places[place + length - 1]) + 1


def _starts_word(text: str, place: int) -> bool:
    before = text[place - 1 : place] if place else ""
    if text[place].isdigit() and before in {".", ",", "-", "–"} and before:
        return not text[place - 2 : place - 1].isdigit()
    return not (before.isalnum() and text[place].isalnum())


def _ends_word(text: str, place: int) -> bool:
    behind = text[place + 1 : place + 2]
    if text[place].isdigit() and behind and behind in ".,":
        return not text[place + 2 : place + 3].isdigit()
    return not (behind.isalnum() and text[place].isalnum())


# --- nearly -----------------------------------------------------------------------------------------------------------


def _aligned(
    piece: str, keys: Sequence[str], text: str, words: Sequence[tuple[int, int, str]], begin: int
) -> tuple[int, int, float] | None:
    """First word, word behind the last, and how many differ, of what is most like a piece; None for nothing alike."""
    from rapidfuzz import fuzz
    from rapidfuzz.distance import Levenshtein

    if begin >= len(words):
        return None
    offset = words[begin][0]
    found = fuzz.partial_ratio_alignment(
        piece.casefold(), text[offset:].casefold(), score_cutoff=100 * _LEAST_ALIKE_PIECE
    )
    if found is None:
        return None
    starts = [start for start, _, _ in words]
    # The longer of the two texts is the one that a part is taken of.
    place = found.dest_start if len(text) - offset >= len(piece) else 0
    guess = max(bisect_right(starts, offset + place) - 1, begin)
    distances: dict[tuple[int, int], int] = {}
    for first in range(max(guess - _SHIFT, begin), min(guess + _SHIFT + 1, len(words))):
        for last in range(first + max(len(keys) - _SHIFT, 1), min(first + len(keys) + _SHIFT, len(words)) + 1):
            distances[first, last] = Levenshtein.distance(keys, [key for _, _, key in words[first:last]])
    least = min(distances.values(), default=len(keys))
    if not distances or least > (1 - _LEAST_ALIKE_PIECE) * len(keys):
        return None

    def closeness(part: tuple[int, int]) -> tuple[int, float]:
        """How well a part fits of those whose words differ alike: by the words at its ends, then by its letters."""
        first, last = part
        ends = (words[first][2] == keys[0]) + (words[last - 1][2] == keys[-1])
        return ends, fuzz.ratio(piece.casefold(), text[words[first][0] : words[last - 1][1]].casefold())

    first, last = max((part for part in distances if distances[part] == least), key=closeness)
    return first, last, least


def _word_key(word: str) -> str:
    return _folded(word).lowered.rstrip(_STOPS)


# --- folding ----------------------------------------------------------------------------------------------------------


@cache
def _tables() -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.bool_], NDArray[np.bool_]]:
    """For each code point: what it is compared as, the same in lower case, whether it is dropped, whether a digit."""
    n_points = 0x3000  # Beyond these no case and no typesetting matters here.
    compared = np.arange(n_points, dtype=np.uint32)
    compared[[ord(mark) for mark in _MARKS]] = ord("'")
    lowered = np.array(
        [ord(low) if len(low := chr(point).lower()) == 1 else point for point in compared.tolist()], dtype=np.uint32
    )
    dropped = np.zeros(n_points, dtype=np.bool_)
    dropped[[ord(character) for character in _DROPPED if ord(character) < n_points]] = True
    dropped[0x2000:0x200B] = True  # Spaces of all widths.
    digits = np.zeros(n_points, dtype=np.bool_)
    digits[ord("0") : ord("9") + 1] = True
    return compared, lowered, dropped, digits


def _folded(text: str) -> _Folded:
    compared, lowered, dropped, digits = _tables()
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).copy()
    points[points == 0x3000] = ord(" ")
    points[points == 0xFEFF] = 0x200B
    known = np.where(points < len(compared), points, 0)
    drop, digit = dropped[known], digits[known]
    # What stands between two numbers parts them: its first character is kept.
    following = np.where(drop, len(points), np.arange(len(points)))
    following = np.minimum.accumulate(following[::-1])[::-1] if len(points) else following
    digit_follows = np.append(digit, False)[following] if len(points) else digit
    parts = drop & digit_follows & np.append(False, digit[:-1]) if len(points) else drop
    keep = ~drop | parts
    whole = np.where(points < len(compared), compared[known], points)
    low = np.where(points < len(compared), lowered[known], points)
    whole[parts] = low[parts] = ord(_SEPARATOR)
    return _Folded(_as_text(whole[keep]), _as_text(low[keep]), np.flatnonzero(keep))


def _as_text(points: NDArray[np.uint32]) -> str:
    return points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


@lru_cache(maxsize=256)  # A draft asks the documents of a library once for each quotation.
def _folded_text(text: str) -> _Folded:
    return _folded(text)


def _folded_document(document: Document) -> _Folded:
    return _folded_text(document.text)


def _folded_piece(text: str) -> _Folded:
    """A piece as it is searched: without the stop or comma that the quotation puts at its end."""
    return _folded(text.strip().rstrip(_STOPS).lstrip(_STOPS))
