"""The words of a text that full-text search compares: folded, in one spelling, stemmed, without stop words."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# A number with thousands separators, or letters that apostrophes and hyphens may hold together. Everything else,
# quotation marks and operators of query languages included, separates words.
_WORD = re.compile(r"\d+(?:,\d{3})*(?!\d)|\d+|[^\W\d_]+(?:['’\-‐‑][^\W\d_]+)*")
_HYPHEN = re.compile(r"[-‐‑]")
_POSSESSIVE = re.compile(r"['’]s?$")
_ABBREVIATION = re.compile(r"[A-Z]{2,6}s?")
# Letters that Unicode does not decompose into a base letter and an accent.
_LETTERS = str.maketrans({"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h"})


@dataclass(frozen=True, slots=True)
class _Rules:
    """What words.toml says."""

    stop_words: frozenset[str]
    kept: frozenset[str]
    spellings: tuple[tuple[re.Pattern[str], str], ...]


def words(text: str) -> list[str]:
    """Search words of a text or a question, in order, repetitions kept.

    "Labour" and "labor", "co-operation" and "cooperation", "victims'" and "victim", "Brčko" and "Brcko" come out alike.
    A hyphenated word gives itself in one piece and its parts. An abbreviation in capitals is kept even when it looks
    like a stop word ("IT", "US") and loses a plural s ("NGOs"). Nothing in the text is an operator.
    """
    in_capitals = text == text.upper()  # Where all is in capitals, they tell no abbreviation.
    return list(chain.from_iterable(map(_forms, _WORD.findall(text), repeat(in_capitals))))


# The words of 200,000 statements are some 30,000 different ones: remembering them makes reading ten times as fast.
@lru_cache(maxsize=200_000)
def _forms(match: str, in_capitals: bool) -> tuple[str, ...]:
    if match[0].isdecimal():
        return (match.replace(",", "").lstrip("0") or "0",)
    if not in_capitals and _ABBREVIATION.fullmatch(match):
        bare = match.removesuffix("s")
        return (_stem()(_fold(bare)),) if bare in _rules().kept else _one_word(_fold(bare))
    parts = _HYPHEN.split(_POSSESSIVE.sub("", _fold(match)))
    if len(parts) == 1:
        return _one_word(parts[0])
    joined = ("".join(parts), *(part for part in parts if len(part) > 2))
    return tuple(form for word in joined for form in _one_word(word))


def _one_word(word: str) -> tuple[str, ...]:
    rules = _rules()
    if len(word) < 2 or word in rules.stop_words:
        return ()
    for pattern, replacement in rules.spellings:
        word = pattern.sub(replacement, word)
    return (_stem()(word),)


def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold().translate(_LETTERS))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@cache
def _rules() -> _Rules:
    data = tomllib.loads((files("index") / "words.toml").read_text(encoding="utf-8"))
    return _Rules(
        stop_words=frozenset(data["stop_words"].split()),
        kept=frozenset(data["abbreviations"].split()),
        spellings=tuple((re.compile(rule["pattern"]), rule["replacement"]) for rule in data["spelling"]),
    )


@cache
def _stem() -> Callable[[str], str]:
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer("english", 0).stemWord  # 0: no cache of its own, `_forms` has one
    return stem
