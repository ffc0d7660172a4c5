"""How a place in a document is cited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.document import Identity

# Small words in English titles, when a title printed in capitals is set in title case for display.
_SMALL = {"a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document a quote stands.

    Attributes:
        paragraph: Paragraph number as printed, None without one.
        page_labels: Printed labels of its pages, in order; empty when the form has no pages.
        section: Headings above it, outermost first.
        footnote: Its number when it is a footnote, else None.
    """

    paragraph: str | None
    page_labels: tuple[str, ...]
    section: tuple[str, ...]
    footnote: str | None = None


def short_citation(identity: Identity, place: Place) -> str:
    """The plain short form: "GRETA(2017)37, para. 161, p. 38".

    A document without an official number is cited by publisher, year and title; a form without pages by section.
    """
    parts = [document_citation(identity)]
    if place.paragraph:
        parts.append(f"para. {place.paragraph}")
    if place.page_labels:
        parts.append(_pages(place.page_labels))
    elif not place.paragraph and place.section:
        parts.append(f"section “{display_title(place.section[-1])}”")
    if place.footnote:
        parts.append(f"fn. {place.footnote}")
    return ", ".join(parts)


def document_citation(identity: Identity) -> str:
    """A document without a place in it: its official number, else "ICMPD (2018), Title"."""
    if identity.official_number:
        return identity.official_number
    title = display_title(identity.title) or "untitled document"
    if identity.publisher is None:
        return f"{title} ({identity.year})" if identity.year else title
    year = f" ({identity.year})" if identity.year else ""
    return f"{identity.publisher}{year}, {title}"


@lru_cache
def display_title(title: str) -> str:
    """A title as people write it: one that is printed in capitals is set in title case, others stay."""
    if title != title.upper():
        return title
    words: list[str] = []
    for position, word in enumerate(title.split()):
        lowered = word.lower()
        if lowered in _SMALL and position and not words[-1].endswith((":", ".")):
            words.append(lowered)
        else:
            words.append(
                "-".join(part if part in {"EU", "WB", "EC", "THB"} else part.capitalize() for part in word.split("-"))
            )
    return " ".join(words)


def _pages(labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return f"p. {labels[0]}"
    return f"pp. {labels[0]}-{labels[-1]}"
