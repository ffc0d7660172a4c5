"""What was said of a country on one topic, report after report, and how each edition differs from the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.countries import country_name
from qa.comparing.compare import Pair, compare, on_topic
from qa.comparing.units import units_of
from qa.listing import document_dict
from qa.question.topics import find_topics

if TYPE_CHECKING:
    from index.records import StoredDocument
    from qa.comparing.units import Unit
    from qa.evidence.holdings import Holdings
    from qa.quotes import Quote


@dataclass(frozen=True, slots=True)
class Entry:
    """One document in a time line.

    Attributes:
        document: What the library says of it.
        demands: What it asks for on the topic, in its order.
        findings: Its other statements on the topic.
        before: The edition by the same publisher on the same countries before it, None for the first one.
        changes: How it differs from that edition on the topic; empty without one.
    """

    document: StoredDocument
    demands: tuple[Quote, ...]
    findings: tuple[Quote, ...]
    before: StoredDocument | None
    changes: tuple[Pair, ...]

    def as_dict(self) -> dict[str, Any]:
        """The entry as JSON."""
        return {
            "document": document_dict(self.document),
            "demands": [quote.as_dict() for quote in self.demands],
            "findings": [quote.as_dict() for quote in self.findings],
            "before": self.before.document_id if self.before else None,
            "changes": [pair.as_dict() for pair in self.changes],
        }


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A country and a topic over all rounds and years that are loaded.

    Attributes:
        country: ISO code.
        topic: As asked for.
        entries: Oldest first; documents about the country that say nothing on the topic have empty lists.
    """

    country: str
    topic: str
    entries: tuple[Entry, ...]

    def as_dict(self) -> dict[str, Any]:
        """The time line as JSON."""
        return {
            "country": self.country,
            "country_name": country_name(self.country),
            "topic": self.topic,
            "entries": [entry.as_dict() for entry in self.entries],
        }


def timeline(holdings: Holdings, country: str, topic: str) -> TimeLine:
    """The time line of a country and a topic.

    Args:
        holdings: What is loaded; of several forms of a document one counts, and no digest beside what it restates.
        country: ISO code.
        topic: As in `compare`.
    """
    active = {document.document_id for document in holdings.documents}
    about = [
        stored
        for stored in holdings.searcher.stored
        if stored.document_id in active and country in stored.identity.countries
    ]
    about.sort(key=_when)
    entries = []
    for place, stored in enumerate(about):
        editions = [one for one in about[:place] if _is_edition(one, stored)]
        entries.append(_entry(holdings, country, topic, stored, editions[-1] if editions else None))
    return TimeLine(country, topic, tuple(entries))


def _entry(
    holdings: Holdings, country: str, topic: str, stored: StoredDocument, before: StoredDocument | None
) -> Entry:
    searcher = holdings.searcher
    is_about = on_topic(topic)
    units = [
        unit
        for unit in units_of(
            searcher, stored.document_id, countries=(country,) if len(stored.identity.countries) > 1 else ()
        )
        if is_about(unit.topics, (unit.quote,)) and _speaks_of(topic, unit)
    ]
    changes = compare(searcher, before.document_id, stored.document_id, topic=topic).pairs if before else ()
    return Entry(
        stored,
        tuple(unit.quote for unit in units if unit.asks),
        tuple(unit.quote for unit in units if not unit.asks),
        before,
        tuple(pair for pair in changes if any(country in quote.countries for quote in pair.left + pair.right)),
    )


def _speaks_of(topic: str, unit: Unit) -> bool:
    """Whether the words or the heading of a statement name what was asked for, in any wording.

    The article of its section is not enough: "Information (Articles 12 and 15)" is not on compensation throughout.
    """
    asked = {wordings for mention in find_topics(topic) for wordings in mention.sets}
    heading = " ".join(unit.quote.passage.section[-1:])
    return not asked or any(asked & set(mention.sets) for mention in find_topics(f"{unit.quote.text} {heading}"))


def _when(stored: StoredDocument) -> tuple[str, int]:
    """By the date of publication, else the year; what has neither comes first."""
    identity = stored.identity
    return identity.published or str(identity.year or ""), identity.round or 0


def _is_edition(before: StoredDocument, stored: StoredDocument) -> bool:
    """Whether a document is an earlier edition of another: of one publisher, on the same countries, of one kind."""
    one, other = before.identity, stored.identity
    same = (one.publisher, one.countries) == (other.publisher, other.countries)
    return same and (one.kind == other.kind or None in {one.kind, other.kind})
