"""The topics of anti-trafficking monitoring: their words in reports and in questions, and Convention articles."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of `data/topics.toml`.

    Attributes:
        key: Short name, as used in `Scope.topics`.
        label: Name for people.
        articles: Articles of the Council of Europe Convention.
    """

    key: str
    label: str
    articles: tuple[int, ...]


def topic_of_article(article: int) -> Topic | None:
    """The topic that is most of all about an article of the Convention; None for an article of no topic."""
    about = [topic for topic in all_topics().values() if article in topic.articles]
    return min(about, key=lambda topic: len(topic.articles), default=None)


WordingSet = tuple[str, ...]
"""Wordings that mean the same."""


@cache
def all_topics() -> dict[str, Topic]:
    """Every topic by its key."""
    return {key: Topic(key, entry["label"], tuple(entry["articles"])) for key, entry in _data().items()}


@dataclass(frozen=True, slots=True)
class TopicMention:
    """A phrase of a text at `[start, end)` that names topics, with the sets of wordings that it belongs to."""

    start: int
    end: int
    keys: tuple[str, ...]
    sets: tuple[WordingSet, ...]


def find_topics(text: str) -> tuple[TopicMention, ...]:
    """Phrases of a question that name topics, by report words or by everyday ones, in order; the longest wins."""
    pattern, places = _table()
    mentions = []
    for match in pattern.finditer(text.lower()):
        found = places[_key(match[0])]
        keys = tuple(dict.fromkeys(key for key, _ in found))
        mentions.append(TopicMention(match.start(), match.end(), keys, tuple(wordings for _, wordings in found)))
    return tuple(mentions)


def narrower(wordings: WordingSet) -> tuple[str, ...]:
    """What a broad set takes in: who asks for prosecution wants convictions too, and not the other way round."""
    return _narrower().get(wordings[0], ())


@cache
def _narrower() -> dict[str, tuple[str, ...]]:
    """What each broad set takes in, by its first wording."""
    return {broad: tuple(names) for entry in _data().values() for broad, names in entry.get("narrower", {}).items()}


def first_wordings() -> tuple[str, ...]:
    """The first wording of every set: what the field speaks of, each thing once."""
    return tuple(wordings[0] for entry in _data().values() for wordings in entry["sets"])


@cache
def thesaurus_words() -> frozenset[str]:
    """Every word of every wording, in lower case."""
    wordings = (wording for entry in _data().values() for wordings in entry["sets"] for wording in wordings)
    return frozenset(word for wording in wordings for word in re.findall(r"[^\W\d_]+", wording.lower()))


@cache
def _data() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("qa") / "data" / "topics.toml").read_text(encoding="utf-8"))


def _singular(phrase: str) -> str:
    phrase = re.sub(r"[\s-]+", " ", phrase)
    return phrase[:-1] if phrase.endswith("s") and not phrase.endswith("ss") else phrase


def _key(phrase: str) -> str:
    """What all spellings of a wording have in common: singular, without spaces and hyphens."""
    return re.sub(r"[\s-]+", "", _singular(phrase))


def _spelt(wording: str) -> str:
    """Pattern of a wording in singular, with or without hyphens: "co-ordination", "cross border"."""
    pattern = re.escape(wording).replace(r"\ ", r"[\s-]?")
    return re.sub(r"\b(co|re|multi|inter)(?=[a-z]{4})", r"\1-?", pattern)


@cache
def _table() -> tuple[re.Pattern[str], dict[str, tuple[tuple[str, WordingSet], ...]]]:
    """A pattern for all wordings, and for each of them (in singular) its topics and sets."""
    places: dict[str, tuple[tuple[str, WordingSet], ...]] = {}
    spellings: dict[str, None] = {}
    for key, entry in _data().items():
        for wordings in map(tuple, entry["sets"]):
            for singular in dict.fromkeys(_singular(wording.lower()) for wording in wordings):
                spellings[singular] = None
                places[_key(singular)] = (*places.get(_key(singular), ()), (key, wordings))
    alternatives = "|".join(map(_spelt, sorted(spellings, key=len, reverse=True)))
    return re.compile(rf"(?<![\w-])(?:{alternatives})s?(?![\w-])"), places
