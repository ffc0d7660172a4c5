"""What changed between two wordings: words, figures, and whether it became stronger, wider or better."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

from index.words import words
from ingest.countries import find_countries

Mark = Literal["=", "-", "+"]
Diff = tuple[tuple[Mark, str], ...]
"""Pieces of two texts: "=" and "-" joined are the left text, "=" and "+" the right one, exactly."""

# Chosen: a change of one in what `data/wording.toml` counts. Less is a matter of style.
_EMPHASIS_CHANGE = 1.0
_FINDING_CHANGE = 2.0
_ONE_SIDED = 4  # Words on one side for each word on the other from which a rewording counts as added or taken away.

_PIECE = re.compile(r"\w+(?:['’\-‐‑.]\w+)*|\s+|.", re.DOTALL)
_TOKEN = re.compile(
    r"(?P<number>\d{1,3}(?:[ \u00a0\u202f,]\d{3})+(?:\.\d+)?(?!\d)|\d+(?:[.,]\d+)?)(?![\w/])"
    r"|(?P<word>\w+(?:['’\-‐‑/]\w+)*)|(?P<mark>[,;:])"
)


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A number, amount or date in the same place of two wordings, as written in each."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as it is compared. Sequences of the same length are parallel.

    Attributes:
        text: The text.
        keys: What is compared of each word, number and comma: folded and stemmed, figures and own country masked.
        written: Each as it stands in the text.
        content: Whether each carries content: not a small word, not the verb or the addressee of a demand.
        plain: The words in order, folded, without punctuation: equal for texts that say the same word for word.
    """

    text: str
    keys: tuple[str, ...]
    written: tuple[str, ...]
    content: tuple[bool, ...]
    plain: tuple[str, ...]

    @property
    def content_words(self) -> tuple[str, ...]:
        """The keys that carry content, in order, without figures."""
        return tuple(
            key for key, content in zip(self.keys, self.content, strict=True) if content and key != _FIGURE_KEY
        )


@dataclass(frozen=True, slots=True)
class Change:
    """How one wording differs from another.

    Attributes:
        same: True when they are the same word for word, but for the country's name.
        emphasis: How much stronger a demand is put, beyond its grade; negative for weaker.
        finding: How much better what is found is; negative for worse.
        figures: Numbers, amounts and dates that differ.
        added, taken: Words of content that only the right or only the left text has.
        extent: 1 when something was added to what is spoken of, -1 when something was taken from it, else 0.
        emphasis_words: Phrases that make a demand stronger or weaker and that only one of the two has, as written.
        finding_words: Phrases that make a finding better or worse and that only one of the two has.
    """

    same: bool
    emphasis: float
    finding: float
    figures: tuple[FigureChange, ...]
    added: tuple[str, ...]
    taken: tuple[str, ...]
    extent: int
    emphasis_words: tuple[str, ...]
    finding_words: tuple[str, ...]

    @property
    def stronger(self) -> bool:
        """Whether a demand is put more strongly."""
        return self.emphasis >= _EMPHASIS_CHANGE

    @property
    def weaker(self) -> bool:
        """Whether a demand is put less strongly."""
        return self.emphasis <= -_EMPHASIS_CHANGE

    @property
    def better(self) -> bool:
        """Whether what is found is better."""
        return self.finding >= _FINDING_CHANGE

    @property
    def worse(self) -> bool:
        """Whether what is found is worse."""
        return self.finding <= -_FINDING_CHANGE


def read_wording(text: str, countries: tuple[str, ...] = (), levels: tuple[tuple[int, int], ...] = ()) -> Wording:
    """A text prepared for comparing.

    Args:
        text: The text.
        countries: Codes of the countries that its document is about: their names say nothing that another report would
            not say of its own country.
        levels: Spans of values of the Commission's scale, which are compared as such and not by their words.
    """
    own = [(mention.start, mention.end) for mention in find_countries(text) if mention.code in countries]
    keys: list[str] = []
    written: list[str] = []
    content: list[bool] = []
    plain: list[str] = []
    numbered = False  # Whether a number here names a provision: "Articles 12 and 15".
    for match in _TOKEN.finditer(text):
        token = match[0]
        if any(start <= match.start() < end for start, end in own):
            key, carries = "‹country›", False
        elif any(start <= match.start() < end for start, end in levels):
            key, carries = "‹level›", False
        elif match["mark"]:
            key, carries = token, False
        elif (match["number"] and not numbered) or _number_word(token):
            key, carries = _FIGURE_KEY, True
        else:
            key, carries = _word_key(token)
        if not match["mark"]:
            plain.append(key if key == "‹country›" else _folded(token))
            # "Articles 12, 15 and 20" are three; in "Section 5 of the Act, 12 victims" the second is none.
            numbered = _folded(token) in _numbered() or (numbered and (bool(match["number"]) or token == "and"))
        elif not written or not written[-1][0].isdigit():
            numbered = False
        keys.append(key)
        written.append(token)
        content.append(carries)
    return Wording(text, tuple(keys), tuple(written), tuple(content), tuple(plain))


def change_between(left: Wording, right: Wording) -> Change:
    """How the right wording differs from the left one."""
    if left.plain == right.plain:
        return Change(True, 0.0, 0.0, (), (), (), 0, (), ())
    from rapidfuzz.distance import Indel

    figures: list[FigureChange] = []
    taken: list[tuple[int, int]] = []
    added: list[tuple[int, int]] = []
    for block in Indel.opcodes(left.keys, right.keys):
        if block.tag == "equal":
            places = range(block.src_start, block.src_end), range(block.dest_start, block.dest_end)
            pairs = zip(*places, strict=True)
            figures += [change for place in pairs if (change := _figure_change(left, right, *place))]
        else:
            taken.append((block.src_start, block.src_end))
            added.append((block.dest_start, block.dest_end))
    emphasis, emphasis_words = _difference("emphasis", left.text, right.text)
    finding, finding_words = _difference("finding", left.text, right.text)
    sides = (left, taken), (right, added)
    only_left, only_right = _only(*sides)
    return Change(
        same=False,
        emphasis=emphasis,
        finding=finding,
        figures=tuple(figures),
        added=only_right,
        taken=only_left,
        extent=_extent(*sides, only_left, only_right),
        emphasis_words=tuple(dict.fromkeys(emphasis_words)),
        finding_words=tuple(dict.fromkeys(finding_words)),
    )


def word_diff(left: str, right: str) -> Diff:
    """Two texts word by word, in pieces; changes with nothing but a small word between them are joined."""
    from rapidfuzz.distance import Indel

    left_pieces, right_pieces = _PIECE.findall(left), _PIECE.findall(right)
    runs: list[tuple[str, str]] = []  # Left and right text of each run; equal ones are the same text on both sides.
    for block in Indel.opcodes(left_pieces, right_pieces):
        run = (
            "".join(left_pieces[block.src_start : block.src_end]),
            "".join(right_pieces[block.dest_start : block.dest_end]),
        )
        changed = block.tag != "equal"
        bridge = changed and len(runs) > 1 and _is_slight(*runs[-1]) and runs[-2][0] != runs[-2][1]
        if bridge:
            (before_left, before_right), (between, _) = runs[-2:]
            runs[-2:] = [(before_left + between + run[0], before_right + between + run[1])]
        elif changed and runs and runs[-1][0] != runs[-1][1]:
            runs[-1] = runs[-1][0] + run[0], runs[-1][1] + run[1]
        else:
            runs.append(run)
    pieces: list[tuple[Mark, str]] = []
    for before, after in runs:
        if before == after:
            pieces.append(("=", before))
        else:
            pieces += [("-", before)] if before else []
            pieces += [("+", after)] if after else []
    return tuple(pieces)


def asks(text: str) -> bool:
    """Whether a sentence says that something should be done."""
    return _demand().search(text) is not None


def introduces_demands(lead_in: str) -> bool:
    """Whether a sentence introduces a list of things that should be done."""
    return asks(lead_in) or _lead_in().search(lead_in) is not None


# --- words ------------------------------------------------------------------------------------------------------------

_FIGURE_KEY = "‹figure›"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("qa") / "data" / "wording.toml").read_text(encoding="utf-8"))


@cache
def _numbered() -> frozenset[str]:
    return frozenset(_data()["numbered"])


@cache
def _frame() -> frozenset[str]:
    return frozenset(form for word in _data()["frame"] for form in words(word))


@cache
def _demand() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_data()['demand'])})\b", re.IGNORECASE)


@cache
def _lead_in() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_data()['demand_lead_in'])})\b", re.IGNORECASE)


@cache
def _patterns(family: str) -> tuple[tuple[re.Pattern[str], float], ...]:
    return tuple(
        (re.compile(rf"(?<![\w-])(?:{'|'.join(entry['patterns'])})(?![\w-])", re.IGNORECASE), entry["weight"])
        for entry in _data()[family]
    )


@lru_cache(maxsize=50_000)
def _folded(word: str) -> str:
    return re.sub(r"[-‐‑]", "", word.casefold()).replace("’", "'")


@lru_cache(maxsize=50_000)
def _word_key(word: str) -> tuple[str, bool]:
    """What is compared of a word, and whether it carries content."""
    forms = words(word)
    if not forms:
        return _folded(word), False
    return forms[0], forms[0] not in _frame()


@cache
def _number_words() -> dict[str, str]:
    return dict(_data()["number_words"])


def _number_word(token: str) -> str | None:
    """The number that a word means. Months are written with a capital: "may" and "march" are verbs."""
    return _number_words().get(token) or _number_words().get(token.lower() if not token.isupper() else "")


def _value(token: str) -> str:
    return _number_word(token) or re.sub(r"[ \u00a0\u202f,]", "", token)


def _figure_change(left: Wording, right: Wording, left_place: int, right_place: int) -> FigureChange | None:
    if left.keys[left_place] != _FIGURE_KEY:
        return None
    before, after = left.written[left_place], right.written[right_place]
    changed = _value(before) != _value(after) and _sort(before) == _sort(after)
    return FigureChange(before, after) if changed else None


def _sort(token: str) -> str:
    """What sort of figure it is: a year, a month, or a number."""
    value = _value(token)
    return "year" if re.fullmatch(r"(?:19|20|21)\d\d", token) else "number" if value[0].isdigit() else "month"


# --- what was added and taken -----------------------------------------------------------------------------------------


_Side = tuple[Wording, Sequence[tuple[int, int]]]
"""A wording with the spans of its words that the other one has not."""


def _only(left: _Side, right: _Side) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words of content that only one of two wordings has; what merely changed its place is in neither."""
    before, after = _content(*left), _content(*right)
    only_left = Counter(key for key, _ in before) - Counter(key for key, _ in after)
    only_right = Counter(key for key, _ in after) - Counter(key for key, _ in before)
    return _written(before, only_left), _written(after, only_right)


def _content(wording: Wording, spans: Iterable[tuple[int, int]]) -> list[tuple[str, str]]:
    emphatic = {word for phrase in _emphatic(wording.text) for word in _word_keys(phrase)}
    return [
        (wording.keys[place], wording.written[place])
        for start, end in spans
        for place in range(start, end)
        if wording.content[place] and wording.keys[place] not in emphatic
    ]


def _emphatic(text: str) -> tuple[str, ...]:
    return tuple(phrase for pattern, _ in _patterns("emphasis") for phrase in _found(pattern, text))


def _word_keys(phrase: str) -> tuple[str, ...]:
    return tuple(_word_key(word)[0] for word in phrase.split())


def _written(places: Iterable[tuple[str, str]], wanted: Counter[str]) -> tuple[str, ...]:
    left = Counter(wanted)
    found = []
    for key, written in places:
        if left[key] > 0:
            left[key] -= 1
            found.append(written)
    return tuple(found)


def _extent(left: _Side, right: _Side, only_left: tuple[str, ...], only_right: tuple[str, ...]) -> int:
    """1 when the right wording speaks of more, -1 when it speaks of less, 0 when neither is plain.

    Words added to a list or a group make it wider; words that limit it ("who …", "only") make it narrower.
    """
    # Figures are compared as such, and "remains very limited" judges what is spoken of and adds nothing to it.
    more, less = (
        [word for word in only if not _is_figure(word) and not _is_judgement(word)] for only in (only_right, only_left)
    )
    if len(more) > len(less) * _ONE_SIDED:
        return _direction(*right, n_words=len(more), pure=not less)
    if len(less) > len(more) * _ONE_SIDED:
        return -_direction(*left, n_words=len(less), pure=not more)
    return 0


def _is_figure(word: str) -> bool:
    return word[0].isdigit() or _number_word(word) is not None


def _is_judgement(word: str) -> bool:
    return any(pattern.fullmatch(word) for pattern, _ in _patterns("finding"))


def _direction(wording: Wording, spans: Sequence[tuple[int, int]], *, n_words: int, pure: bool) -> int:
    around = " ".join(
        " ".join(wording.written[max(start - 1, 0) : end + 1])
        for start, end in spans
        if any(wording.content[start:end])
    )
    inside = " ".join(" ".join(wording.written[start:end]) for start, end in spans)
    if _has(inside, "adding"):
        return 1
    if _has(inside, "limiting"):
        return -1
    return 1 if pure and (n_words > 1 or _has(around, "adding")) else 0


def _has(text: str, cue: str) -> bool:
    return _cues(cue).search(text) is not None


@cache
def _cues(cue: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, _data()[cue]))})(?!\w)", re.IGNORECASE)


# --- how it is put ----------------------------------------------------------------------------------------------------


def _difference(family: str, left: str, right: str) -> tuple[float, tuple[str, ...]]:
    """How much more of something the right text has, by weight, and the phrases that only one of the two has."""
    total = 0.0
    phrases: list[str] = []
    for pattern, weight in _patterns(family):
        before, after = _found(pattern, left), _found(pattern, right)
        kept = Counter(map(_folded, before)) & Counter(map(_folded, after))
        total += weight * (len(after) - len(before))
        for found in (after, before):
            left_over = Counter(map(_folded, found)) - kept
            phrases += [phrase for phrase in dict.fromkeys(found) if left_over[_folded(phrase)]]
    return total, tuple(phrases)


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    """What a pattern finds in a text; not in names ("the Serious Crime Unit", "10 May"), but for the first word."""
    return [match[0] for match in pattern.finditer(text) if not match.start() or not match[0][0].isupper()]


def _is_slight(left: str, right: str) -> bool:
    """Whether an equal run between two changes is so slight that the changes read better as one."""
    return left == right and len(left.strip()) <= 4 and " " not in left.strip()  # "the", "of", a comma
