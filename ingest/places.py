"""Where the stored text stands on its pages: the characters that a page draws, aligned with it once.

What the text and the page have in common is found, nothing is guessed: a character that the page does not draw in this
place has no box. Lengths are in points in the page's own coordinates, y grows upwards.
"""

from __future__ import annotations

import unicodedata
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ingest.document import PageRun

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Codes = NDArray[np.uint32]

UNITS_A_POINT: Final = 8
"""Boxes are kept as whole numbers of this unit: finer than a pixel of a picture that is three times as large."""

_GRAM: Final = 8  # Characters that must occur once in both texts to hold them together (chosen).
_LEAST_MOVED: Final = 10  # Characters of whole words that the page draws out of order: fewer may be chance (chosen).
_LEAST_WORD: Final = 4  # Characters of a word that is found by itself (chosen).
_MAX_ROUNDS: Final = 4  # Of comparing what is left; pages of reports take two (measured).
_LEAST_LOOSE: Final = 8  # Characters in common where most of their surroundings differ (chosen).
_MOSTLY: Final = 0.8  # Share of a short stretch that must be found for its small pieces to count (chosen).
_HALF: Final = 0.5  # Share of a short stretch that tells that the rest of it stands there too (chosen).
_LEAST_PIECE: Final = 3.0  # Mean length of these pieces: letters found here and there are chance (chosen).
_HYPHENS: Final = "-\u00ad\u2010\u2011\ufffe\x02"  # PDFium gives the last two for a hyphen that ends a line.
_BAR: Final = "|"  # The reader parts the cells of a table with it.
_SAME_SIGN: Final = str.maketrans("‘’‛′“”„‟″", '\'\'\'\'"""""')
_LIMIT: Final = 2**15 - 1


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What one page draws, one code point each, in the order in which it is drawn.

    Attributes:
        text: The code points; lines may be parted by line ends, whose boxes mean nothing.
        boxes: Left, bottom, right and top of each, as int16 in `UNITS_A_POINT`; left = right for none.
    """

    text: str
    boxes: bytes


NO_GLYPHS: Final = Glyphs("", b"")
"""Of a page of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page (1-based), in points."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Places:
    """Where the code points of a document's text stand.

    Attributes:
        n_characters: Letters and digits of the text.
        n_placed: Those that have a box.
        packed: Which code points have boxes, and the boxes; see `boxes_of`.
    """

    n_characters: int
    n_placed: int
    packed: bytes


def glyphs(characters: Sequence[int], boxes: NDArray[np.float32]) -> Glyphs:
    """What a page draws, as it is kept.

    Args:
        characters: Code points.
        boxes: Left, bottom, right, top of each in points; shape (n, 4).
    """
    import numpy as np

    units = np.rint(np.nan_to_num(boxes * UNITS_A_POINT, nan=_LIMIT + 1, posinf=_LIMIT + 1, neginf=-_LIMIT - 1))
    units[(np.abs(units) > _LIMIT).any(axis=1)] = 0  # A page of more than four metres.
    surrogates = (0xD800 <= code <= 0xDFFF or code > 0x10FFFF for code in characters)
    text = "".join("\ufffd" if wrong else chr(code) for code, wrong in zip(characters, surrogates, strict=True))
    return Glyphs(text, units.astype("<i2").tobytes())


def place(text: str, page_runs: Sequence[PageRun], pages: Sequence[Glyphs]) -> Places:
    """Aligns a document's text with what its pages draw.

    Args:
        text: The logical text.
        page_runs: Which page each part of it stands on.
        pages: What each page draws, in order.
    """
    import numpy as np

    folded = _folded(_codes(text))
    boxes = np.zeros((len(text), 4), dtype=np.int16)
    offsets_by_page: dict[int, list[Numbers]] = {}
    for run, end in _with_ends(page_runs, len(text)):
        offsets_by_page.setdefault(run.page, []).append(np.arange(run.start, end))
    for page, parts in offsets_by_page.items():
        if page <= len(pages):
            _place_page(text, folded, np.concatenate(parts), pages[page - 1], boxes)
    has_box = boxes[:, 0] != boxes[:, 2]
    counted = np.fromiter(map(str.isalnum, text), dtype=np.bool_, count=len(text))
    return Places(int(counted.sum()), int((counted & has_box).sum()), _packed(has_box, boxes))


def boxes_of(places: Places, page_runs: Sequence[PageRun], start: int, end: int) -> tuple[Box, ...]:
    """Where `[start, end)` of the text stands: one rectangle a line, parted where the page draws something else.

    What has no box is left out: a footnote mark that stands in the sentence is not covered.
    """
    import numpy as np

    has_box, boxes = _unpacked(places.packed)
    offsets = start + np.flatnonzero(has_box[start:end])
    found: list[list[float]] = []
    for offset, box in zip(offsets.tolist(), (boxes[offsets] / UNITS_A_POINT).tolist(), strict=True):
        page = page_runs[max(bisect_right(page_runs, offset, key=lambda run: run.start) - 1, 0)].page
        if found and found[-1][0] == page and _goes_on(found[-1][1:], box):
            last = found[-1]
            last[1:] = [min(last[1], box[0]), min(last[2], box[1]), max(last[3], box[2]), max(last[4], box[3])]
        else:
            found.append([page, *box])
    return tuple(Box(int(page), *box) for page, *box in found)


def n_without_box(places: Places, text: str, start: int, end: int) -> int:
    """How many letters and digits of `[start, end)` have no box."""
    has_box, _ = _unpacked(places.packed)
    return sum(character.isalnum() and not has_box[start + n] for n, character in enumerate(text[start:end]))


def _goes_on(last: Sequence[float], box: Sequence[float]) -> bool:
    """Whether a character stands behind a rectangle in the same line, or in the same line of upright letters."""
    left, bottom, right, top = last
    height = min(top - bottom, box[3] - box[1])
    if min(top, box[3]) - max(bottom, box[1]) > 0.5 * height:
        return left - 0.5 * height < box[0] < right + 0.25 * height  # The letters of a ligature share its box.
    width = box[2] - box[0]
    upright = max(abs(left - box[0]), abs(right - box[2])) < 0.1 * width
    return upright and max(bottom - box[3], box[1] - top) < 0.25 * width


# --- one page ---------------------------------------------------------------------------------------------------------


def _place_page(text: str, folded: Codes, offsets: Numbers, page: Glyphs, boxes: NDArray[np.int16]) -> None:
    """Gives boxes to the code points of the text at these offsets."""
    import numpy as np

    drawn, drawn_boxes = _folded(_codes(page.text)), _boxes_of_glyphs(page)
    drawn_places = np.flatnonzero((drawn != 0) & (drawn_boxes[:, 0] != drawn_boxes[:, 2]))
    offsets = offsets[folded[offsets] != 0]
    if not len(offsets) or not len(drawn_places):
        return
    found = _matched(_print_of(folded, offsets), _print_of(drawn, drawn_places))
    matched = found >= 0
    boxes[offsets[matched]] = drawn_boxes[drawn_places[found[matched]]]
    apart = np.flatnonzero(
        (found[:-1] >= 0) & (found[1:] == found[:-1] + 1) & (offsets[1:] > offsets[:-1] + 1)
    )  # Two letters with something between them in the text, and nothing that is printed between them on the page.
    for at in apart.tolist():
        between = range(int(offsets[at]) + 1, int(offsets[at + 1]))
        there = range(int(drawn_places[found[at]]) + 1, int(drawn_places[found[at + 1]]))
        _place_between(text, between, page, there, boxes)


def _place_between(text: str, between: range, page: Glyphs, there: range, boxes: NDArray[np.int16]) -> None:
    """Gives boxes to the spaces or hyphens between two letters.

    Args:
        text: The logical text.
        between: Their offsets in it.
        page: What its page draws.
        there: What of it stands between the two.
        boxes: Of the code points of the text.
    """
    hyphens = [offset for offset in between if text[offset] in _HYPHENS]
    before, after = boxes[between.start - 1], boxes[between.stop]
    if hyphens:
        drawn = [place for place in there if page.text[place] in _HYPHENS]
        for offset, place in zip(hyphens, drawn, strict=False):
            boxes[offset] = _boxes_of_glyphs(page)[place]
    elif min(before[3], after[3]) > max(before[1], after[1]) and after[0] > before[2]:
        boxes[between.start : between.stop] = before[2], min(before[1], after[1]), after[0], max(before[3], after[3])


def _boxes_of_glyphs(page: Glyphs) -> NDArray[np.int16]:
    import numpy as np

    return np.frombuffer(page.boxes, dtype="<i2").reshape(-1, 4)


# --- alignment of two texts -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Print:
    """A text without its spaces: the characters, and where its words start (one longer: its end starts one too)."""

    codes: Codes
    starts: NDArray[np.bool_]

    def at(self, places: Numbers) -> _Print:
        """Some of its characters, in order; what is left out between two of them parts words."""
        import numpy as np

        apart = np.diff(places, prepend=-1) != 1
        return _Print(self.codes[places], np.append(self.starts[places] | apart, True))


def _print_of(codes: Codes, places: Numbers) -> _Print:
    import numpy as np

    return _Print(codes[places], np.append(np.diff(places, prepend=-2) != 1, True))


def _matched(wanted: _Print, drawn: _Print) -> Numbers:
    """For each character of the text its place among the drawn ones, -1 where it is not drawn.

    Stretches that occur once in both hold the two together, also where the page draws them in another order. What
    stands between two of them in the text is looked for between the same two on the page. What is left of both is
    compared in the same way again: of a title that is drawn three times, two are known by then.
    """
    import numpy as np

    alignment = _Alignment(wanted, drawn, np.full(len(wanted.codes), -1), np.ones(len(drawn.codes), dtype=np.bool_))
    for _ in range(_MAX_ROUNDS):
        n_left = np.count_nonzero(alignment.found < 0)
        if not n_left or not alignment.free.any():
            break
        alignment.find_stretches()
        for start, end in _runs(alignment.found < 0):
            alignment.fill(start, end)
        if np.count_nonzero(alignment.found < 0) == n_left:
            break
    alignment.find_single_words()
    return alignment.found


@dataclass(frozen=True, slots=True)
class _Alignment:
    """What is known so far of where a text stands among the characters that a page draws.

    Attributes:
        wanted: The text.
        drawn: What the page draws.
        found: For each character of the text its place there, -1 while it is not known; changed in place.
        free: For each drawn character whether it is still to be had; changed in place.
    """

    wanted: _Print
    drawn: _Print
    found: Numbers
    free: NDArray[np.bool_]

    def find_stretches(self) -> None:
        """Finds what occurs once in what is left of both."""
        import numpy as np

        left, spare = np.flatnonzero(self.found < 0), np.flatnonzero(self.free)
        for stretch in _stretches(self.wanted.at(left), self.drawn.at(spare)):
            places = np.arange(stretch.start, stretch.end)
            here, there = left[places], spare[places + stretch.shift]
            same = (self.wanted.codes[here] == self.drawn.codes[there]) & self.free[there] & (self.found[here] < 0)
            self._settle(here[same], there[same])

    def fill(self, start: int, end: int) -> None:
        """Looks for a run of characters that is not found where its neighbours stand on the page."""
        import numpy as np

        before = int(self.found[start - 1]) if start else -1
        after = int(self.found[end]) if end < len(self.found) else len(self.free)
        if before < after:
            there = before + 1 + np.flatnonzero(self.free[before + 1 : after])
        else:  # A stretch that is drawn elsewhere begins or ends here.
            there = np.concatenate((self._free_behind(before), self._free_before(after)))
        here = np.arange(start, end)
        n_last = self._n_same(here[::-1], there[::-1], self.wanted.starts[here[::-1]]) if end < len(self.found) else 0
        self._settle(here[len(here) - n_last :], there[len(there) - n_last :])
        here, there = here[: len(here) - n_last], there[: len(there) - n_last]
        n_first = self._n_same(here, there, self.wanted.starts[here + 1]) if start else 0
        self._settle(here[:n_first], there[:n_first])
        here, there = here[n_first:], there[n_first:]
        if len(here) and len(there):
            for at, place, length in _common(self.wanted.codes[here], self.drawn.codes[there]):
                self._settle(here[at : at + length], there[place : place + length])

    def find_single_words(self) -> None:
        """Finds words, such as the cells of a table, that occur once in what is left of both."""
        ours, theirs = _single_words(self.wanted, self.found < 0), _single_words(self.drawn, self.free)
        for word, here in ours.items():
            there = theirs.get(word)
            if here and there and len(word) >= _LEAST_WORD:
                self.found[here.start : here.stop], self.free[there.start : there.stop] = there, False

    def _settle(self, here: Numbers, there: Numbers) -> None:
        self.found[here], self.free[there] = there, False

    def _n_same(self, here: Numbers, there: Numbers, ends: NDArray[np.bool_]) -> int:
        """How many characters the two begin with alike, to the end of a word: more of it may be alike by chance.

        Args:
            here: Places in the text.
            there: Places on the page.
            ends: Whether a word of the text ends with each.
        """
        import numpy as np

        n = min(len(here), len(there))
        different = np.flatnonzero(self.wanted.codes[here[:n]] != self.drawn.codes[there[:n]])
        alike = int(different[0]) if len(different) else n
        if alike >= _HALF * len(here):
            return alike  # The rest of it is drawn as other characters: a ligature that its font does not tell.
        whole = np.flatnonzero(ends[:alike])
        return int(whole[-1]) + 1 if len(whole) else 0

    def _free_behind(self, place: int) -> Numbers:
        import numpy as np

        taken = np.flatnonzero(~self.free[place + 1 :])
        return np.arange(place + 1, place + 1 + int(taken[0]) if len(taken) else len(self.free))

    def _free_before(self, place: int) -> Numbers:
        import numpy as np

        taken = np.flatnonzero(~self.free[:place])
        return np.arange(int(taken[-1]) + 1 if len(taken) else 0, place)


def _runs(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Start and end of each run of marked places."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate(([False], marked, [False])).astype(np.int8)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _single_words(text: _Print, left: NDArray[np.bool_]) -> dict[tuple[int, ...], range | None]:
    """Places of the words that are wholly left, by their characters; None for one that occurs again."""
    import numpy as np

    if not left.any():
        return {}
    words: dict[tuple[int, ...], range | None] = {}
    for start, end in pairwise(np.flatnonzero(text.starts).tolist()):
        if left[start:end].all():
            word = tuple(text.codes[start:end].tolist())
            words[word] = None if word in words else range(start, end)
    return words


@dataclass(frozen=True, slots=True)
class _Stretch:
    """`[start, end)` of the text stands `shift` characters farther on among the drawn ones."""

    start: int
    end: int
    shift: int

    @property
    def length(self) -> int:
        return self.end - self.start


def _stretches(wanted: _Print, drawn: _Print) -> list[_Stretch]:
    """What the two have in common for sure: first what stands in one order, then what is drawn out of order."""
    import numpy as np

    ours, theirs = _single_grams(wanted.codes), _single_grams(drawn.codes)
    _, at, there = np.intersect1d(ours[0], theirs[0], assume_unique=True, return_indices=True)
    starts, targets = ours[1][at], theirs[1][there]
    order = np.argsort(starts)
    starts, targets = starts[order], targets[order]
    if not len(starts):
        return []
    shifts = targets - starts
    edges = [0, *(np.flatnonzero(np.diff(shifts)) + 1).tolist(), len(starts)]
    whole = (_whole_words(starts[first:last], int(shifts[first]), wanted, drawn) for first, last in pairwise(edges))
    stretches = [stretch for stretch in whole if stretch is not None]
    in_order = _heaviest_chain(stretches)
    kept = {id(stretch) for stretch in in_order}
    moved = [one for one in stretches if id(one) not in kept and one.length >= _LEAST_MOVED]
    # What two of them share belongs to the later one: what is drawn between them, as a footnote mark, comes before it.
    return [*reversed(in_order), *sorted(moved, key=lambda one: -one.length)]


def _whole_words(grams: Numbers, shift: int, wanted: _Print, drawn: _Print) -> _Stretch | None:
    """A stretch without letters at its ends that are alike by chance: the last ones of other words.

    Args:
        grams: Where the runs of characters start that hold it together.
        shift: See `_Stretch`.
        wanted: The text.
        drawn: What the page draws.
    """
    import numpy as np

    start, end = int(grams[0]), int(grams[-1]) + _GRAM
    both = np.flatnonzero(wanted.starts[start : end + 1] & drawn.starts[start + shift : end + shift + 1])
    if len(both) < 2:
        return None
    start, end = start + int(both[0]), start + int(both[-1])
    held = np.any((grams >= start) & (grams + _GRAM <= end))
    return _Stretch(start, end, shift) if held else None


def _single_grams(codes: Codes) -> tuple[NDArray[np.uint64], Numbers]:
    """The runs of `_GRAM` characters that occur once, as numbers, and where."""
    import numpy as np

    n_grams = max(len(codes) - _GRAM + 1, 0)
    numbers = np.zeros(n_grams, dtype=np.uint64)
    for step in range(_GRAM):
        numbers = numbers * np.uint64(0x9E3779B97F4A7C15) + codes[step : step + n_grams]
    values, places, counts = np.unique(numbers, return_index=True, return_counts=True)
    return values[counts == 1], places[counts == 1].astype(np.int64)


def _heaviest_chain(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """Of the stretches, by start, those that go up on the page too and hold the most characters together."""
    best: list[tuple[int, int]] = []  # Characters up to and with each, and the one before it in its chain.
    for number, one in enumerate(stretches):
        weight, before = 0, -1
        for other in range(number):
            if stretches[other].shift + stretches[other].end <= one.shift + one.end and best[other][0] > weight:
                weight, before = best[other][0], other
        best.append((weight + one.length, before))
    chain = []
    at = max(range(len(best)), key=lambda number: best[number][0]) if best else -1
    while at >= 0:
        chain.append(stretches[at])
        at = best[at][1]
    return chain[::-1]


def _common(ours: Codes, theirs: Codes) -> Iterable[tuple[int, int, int]]:
    """Pieces that two short texts share in one order: place in each, and length; only what is no chance."""
    from rapidfuzz.distance import LCSseq

    opcodes = LCSseq.opcodes(ours.tolist(), theirs.tolist())
    pieces = [
        (code.src_start, code.dest_start, code.src_end - code.src_start) for code in opcodes if code.tag == "equal"
    ]
    n_shared = sum(length for _, _, length in pieces)
    if pieces and n_shared >= _MOSTLY * len(ours) and n_shared >= min(_LEAST_PIECE, len(ours)) * len(pieces):
        return pieces
    return [piece for piece in pieces if piece[2] >= _LEAST_LOOSE]


# --- characters -------------------------------------------------------------------------------------------------------


def _codes(text: str) -> Codes:
    import numpy as np

    return np.frombuffer(text.encode("utf-32-le"), dtype="<u4")


def _folded(codes: Codes) -> Codes:
    """Characters as both texts have them; 0 for what either may lack or have more of: spaces, hyphens, accents."""
    import numpy as np

    single, where = np.unique(codes, return_inverse=True)
    return np.array([_fold(int(code)) for code in single], dtype=np.uint32)[where]


@cache
def _fold(code: int) -> int:
    character = chr(code)
    if (
        character in _HYPHENS
        or character == _BAR
        or character.isspace()
        or unicodedata.category(character) in {"Cc", "Cf"}
    ):
        return 0
    base = unicodedata.normalize("NFKD", character).translate(_SAME_SIGN).lstrip()[:1]
    return ord(base) if base and not unicodedata.combining(base) else 0


def _with_ends(page_runs: Sequence[PageRun], length: int) -> list[tuple[PageRun, int]]:
    ends = [*(run.start for run in page_runs[1:]), length]
    return list(zip(page_runs, ends, strict=True))


# --- as it is stored --------------------------------------------------------------------------------------------------


def _packed(has_box: NDArray[np.bool_], boxes: NDArray[np.int16]) -> bytes:
    """Compressed: the number of code points, one bit for each that says whether it has a box, and the boxes.

    Of boxes, the difference to the one before, and width and height: in one line and one font they repeat.
    """
    import numpy as np

    left, bottom, right, top = boxes[has_box].T
    columns = np.stack((np.diff(left, prepend=0), np.diff(bottom, prepend=0), right - left, top - bottom))
    # All low bytes of a column, then all high ones: the high ones are nearly all alike.
    split = columns.astype("<i2").view(np.uint8).reshape(4, -1, 2).transpose(0, 2, 1)
    count = np.array([len(has_box)], dtype="<u4").tobytes()
    return zlib.compress(count + np.packbits(has_box).tobytes() + split.tobytes())


def _unpacked(packed: bytes) -> tuple[NDArray[np.bool_], NDArray[np.int16]]:
    """Which code points have boxes, shape (n,), and the boxes of all, shape (n, 4)."""
    import numpy as np

    content = zlib.decompress(packed)
    n = int(np.frombuffer(content, dtype="<u4", count=1)[0])
    n_mask = (n + 7) // 8
    has_box = np.unpackbits(np.frombuffer(content, np.uint8, n_mask, offset=4), count=n).astype(np.bool_)
    split = np.frombuffer(content, np.uint8, offset=4 + n_mask).reshape(4, 2, -1)
    columns = np.ascontiguousarray(split.transpose(0, 2, 1)).view("<i2").reshape(4, -1)
    left, bottom = (np.cumsum(column, dtype=np.int16) for column in columns[:2])
    boxes = np.zeros((n, 4), dtype=np.int16)
    boxes[has_box] = np.stack((left, bottom, left + columns[2], bottom + columns[3]), axis=1)
    return has_box, boxes
