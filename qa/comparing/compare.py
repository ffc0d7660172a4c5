"""How the wording of one document differs from another's: two editions, two sources, two countries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.words import words
from ingest.errors import UsageError
from qa.comparing.alignment import Alignment, align
from qa.comparing.change_kinds import KINDS, Kind, ScaleChange, joined_text, judge
from qa.comparing.units import Unit, units_of
from qa.comparing.wording import Diff, FigureChange, word_diff
from qa.listing import document_dict
from qa.question.topics import all_topics, find_topics
from qa.quotes import Quote

if TYPE_CHECKING:
    from index.records import StoredDocument
    from index.search import Searcher


@dataclass(frozen=True, slots=True)
class Pair:
    """Statements of two documents that correspond, or one without a partner.

    Attributes:
        topics: Keys of its topics, the main one first; empty when it has none.
        kinds: What kind of change it is, in the order of `KINDS`.
        left, right: Quotes; one side is empty for what is new or dropped, one has several where a statement was split
            or several were merged.
        diff: Word by word; the texts of several quotes are joined by a space.
        asks: Whether it says that something should be done: a recommendation or another demand.
        words: The words that made the difference, as written, such as "as a matter of priority".
        figures: Numbers, amounts and dates that differ.
        scale: Values of the Commission's scale that both sides give.
        likeness: How alike the sides are, 0 to about 1, more for the same words; 0 without a partner.
    """

    topics: tuple[str, ...]
    kinds: tuple[Kind, ...]
    left: tuple[Quote, ...]
    right: tuple[Quote, ...]
    diff: Diff
    asks: bool
    words: tuple[str, ...]
    figures: tuple[FigureChange, ...]
    scale: tuple[ScaleChange, ...]
    likeness: float

    @property
    def topic(self) -> str | None:
        """Key of its main topic."""
        return self.topics[0] if self.topics else None

    @property
    def about_trafficking(self) -> bool:
        """Whether it is on trafficking in human beings, or a value of the scale in a section that speaks of it."""
        return any(quote.passage.about_trafficking for quote in self.left + self.right) or any(
            change.near_trafficking for change in self.scale
        )

    @property
    def graded(self) -> bool:
        """Whether one of GRETA's three verbs stands in it."""
        return any(quote.statements[0].grade for quote in self.left + self.right)

    def as_dict(self) -> dict[str, Any]:
        """The pair by the JSON contract; what follows `diff` is Pincite's addition."""
        return {
            "topic": self.topic,
            "kinds": list(self.kinds),
            "left": [quote.as_dict() for quote in self.left],
            "right": [quote.as_dict() for quote in self.right],
            "diff": [list(piece) for piece in self.diff],
            "topic_label": all_topics()[self.topic].label if self.topic else None,
            "topics": list(self.topics),
            "asks": self.asks,
            "about_trafficking": self.about_trafficking,
            "words": list(self.words),
            "figures": [{"left": figure.left, "right": figure.right} for figure in self.figures],
            "scale": [change.as_dict() for change in self.scale],
            "likeness": round(self.likeness, 4),
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """What a comparison comes to. Each list holds positions of pairs, those with GRETA's verbs first.

    What is not on trafficking in human beings is counted and not listed, unless nothing is.

    Attributes:
        counts: Number of pairs of each kind that occurs.
        stronger, weaker: Demands that are put more, or less, strongly.
        dropped, new: Demands that only one of the two documents makes.
        repeated: Demands that are made again word for word.
        improved, worsened: Findings that are better or worse, whether demands or not.
    """

    counts: tuple[tuple[Kind, int], ...]
    stronger: tuple[int, ...]
    weaker: tuple[int, ...]
    dropped: tuple[int, ...]
    new: tuple[int, ...]
    repeated: tuple[int, ...]
    improved: tuple[int, ...]
    worsened: tuple[int, ...]

    def as_dict(self) -> dict[str, Any]:
        """The summary as JSON."""
        lists = ("stronger", "weaker", "dropped", "new", "repeated", "improved", "worsened")
        return {"counts": dict(self.counts), **{name: list(getattr(self, name)) for name in lists}}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two documents, statement by statement.

    Attributes:
        left, right: What the library says of them.
        pairs: In the order of the right document; what was dropped comes behind what stood before it.
        editions: Whether they are editions of one report: by one publisher, on the same country. Only between these
            is something moved, and only there a finding gets better or worse, but for the Commission's scale.
    """

    left: StoredDocument
    right: StoredDocument
    pairs: tuple[Pair, ...]
    editions: bool

    @property
    def summary(self) -> Summary:
        """What got stronger, what was dropped, what repeats word for word."""
        counts = Counter(kind for pair in self.pairs for kind in pair.kinds)

        any_subject = not any(pair.about_trafficking for pair in self.pairs)

        def places(kind: Kind, *, demands: bool = True) -> tuple[int, ...]:
            found = [
                n
                for n, pair in enumerate(self.pairs)
                if kind in pair.kinds and (pair.asks or not demands) and (any_subject or pair.about_trafficking)
            ]
            return tuple(sorted(found, key=lambda n: not self.pairs[n].graded))

        return Summary(
            counts=tuple((kind, counts[kind]) for kind in KINDS if counts[kind]),
            stronger=places("stronger"),
            weaker=places("weaker"),
            dropped=places("dropped"),
            new=places("new"),
            repeated=places("unchanged"),
            improved=places("improved", demands=False),
            worsened=places("worsened", demands=False),
        )

    def as_dict(self) -> dict[str, Any]:
        """The comparison by the JSON contract; `summary` is Pincite's addition."""
        return {
            "left": document_dict(self.left),
            "right": document_dict(self.right),
            "editions": self.editions,
            "summary": self.summary.as_dict(),
            "pairs": [pair.as_dict() for pair in self.pairs],
        }


def compare(
    searcher: Searcher,
    left_id: str,
    right_id: str,
    *,
    topic: str | None = None,
    kinds: Sequence[Kind] = (),
    source: str | None = None,
) -> Comparison:
    """Compares two documents of a library.

    Args:
        searcher: The library.
        left_id: Id of a document, of two editions the older one.
        right_id: Id of the other one.
        topic: Only what is on this: a topic's name or any wording of it, "Article 15", or plain words.
        kinds: Only pairs of one of these kinds; empty for all.
        source: Only what this speaker says, such as what the non-paper reports of GRETA.

    Raises:
        UsageError: There is no such document.
    """
    stored = {document.document_id: document for document in searcher.stored}
    for document_id in (left_id, right_id):
        if document_id not in stored:
            raise UsageError(f"There is no document {document_id} in the library. See `pincite documents`.")
    left_document, right_document = stored[left_id], stored[right_id]
    of_left, of_right = set(left_document.identity.countries), set(right_document.identity.countries)
    shared = tuple(sorted(of_left & of_right))
    # Where one document is about more countries than the other, it is compared on those of both.
    left = units_of(searcher, left_id, source=source, countries=shared if of_left - of_right else ())
    right = units_of(searcher, right_id, source=source, countries=shared if of_right - of_left else ())
    editions = left_document.identity.publisher == right_document.identity.publisher and (
        bool(shared) or of_left == of_right
    )
    pairs = [
        _pair(left, right, alignment, editions=editions)
        for alignment in align(searcher, left, right, editions=editions)
    ]
    about = on_topic(topic) if topic else None
    return Comparison(
        left_document,
        right_document,
        tuple(
            pair
            for pair in pairs
            if (about is None or about(pair.topics, pair.left + pair.right))
            and (not kinds or any(kind in pair.kinds for kind in kinds))
        ),
        editions,
    )


def on_topic(topic: str) -> Callable[[Sequence[str], Sequence[Quote]], bool]:
    """Tells whether statements, given with the keys of their topics, are on a topic.

    Args:
        topic: Its key, its name or any wording of it; "Article 15", for reports that name no articles by its topics; or
            words that a statement must hold.
    """
    articles = {int(number) for number in re.findall(r"\barts?(?:icles?)?\.?\s*(\d{1,2})\b", topic, re.IGNORECASE)}
    named = topic.strip().casefold()
    keys = {key for key, one in all_topics().items() if named in {key.casefold(), one.label.casefold()}}
    keys = keys or {key for mention in find_topics(topic) for key in mention.keys}
    of_articles = {key for key, one in all_topics().items() if articles & set(one.articles)}
    asked = set(words(topic))

    def about(topics: Sequence[str], quotes: Sequence[Quote]) -> bool:
        if articles:
            named_by_sections = {number for quote in quotes for number in quote.passage.articles}
            return bool(articles & named_by_sections if named_by_sections else of_articles & set(topics[:1]))
        if keys:
            return bool(keys & set(topics))
        return any(asked <= set(words(quote.text)) for quote in quotes)

    return about


def _pair(left: Sequence[Unit], right: Sequence[Unit], alignment: Alignment, *, editions: bool) -> Pair:
    before = tuple(left[place] for place in alignment.left)
    after = tuple(right[place] for place in alignment.right)
    judgement = judge(before, after, editions=editions, same_section=alignment.same_section)
    return Pair(
        topics=tuple(dict.fromkeys(key for unit in after + before for key in unit.topics)),
        kinds=judgement.kinds,
        left=tuple(unit.quote for unit in before),
        right=tuple(unit.quote for unit in after),
        diff=word_diff(joined_text(before), joined_text(after)),
        asks=any(unit.asks for unit in before + after),
        words=judgement.words,
        figures=judgement.figures,
        scale=judgement.scale,
        likeness=alignment.likeness,
    )
