"""A briefing: chosen quotes in order, with headings and notes of the writer's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.countries import country_name
from qa.quotes import Quote

if TYPE_CHECKING:
    from qa.answer import Answer


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a briefing.

    Attributes:
        text: The heading.
        level: 1 for a chapter, 2 for what is below it, and so on.
    """

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph of the writer's own, which is nobody's quotation."""

    text: str


@dataclass(frozen=True, slots=True)
class Briefing:
    """What is exported.

    Attributes:
        title: Of the whole.
        items: Headings, notes and quotes in order.
    """

    title: str
    items: tuple[Heading | Note | Quote, ...]

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """Its quotes in order."""
        return tuple(item for item in self.items if isinstance(item, Quote))


def briefing_of(answers: Iterable[Answer], *, title: str) -> Briefing:
    """A briefing of all quotes of some answers, under their questions, countries and sources; each quote once.

    What was not answered stands in it too, with the reason.
    """
    items: list[Heading | Note | Quote] = []
    shown: list[Quote] = []
    for answer in answers:
        items += [Heading(answer.question), Note(answer.message)]
        for group in answer.groups:
            new = [quote for quote in group.quotes if not any(other.contains(quote) for other in shown)]
            if new:
                named = f"{country_name(group.country)} · {group.source}" if group.country else group.source
                items += [Heading(named, level=2), *new]
                shown += new
    return Briefing(title, tuple(items))


def without_digests(briefing: Briefing) -> Briefing:
    """The briefing without the texts of digests, which are nobody's wording, and without headings that this empties."""
    kept: list[Heading | Note | Quote] = []
    for item in reversed(briefing.items):
        if isinstance(item, Quote) and item.paraphrase:
            continue
        if isinstance(item, Heading) and (not kept or (isinstance(kept[-1], Heading) and kept[-1].level <= item.level)):
            continue
        kept.append(item)
    return replace(briefing, items=tuple(reversed(kept)))
