"""How a place in a document is cited, in the plain short form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.countries import country_name
from ingest.document import Document, Identity

# Small words in English titles, when a title printed in capitals is set in title case for display.
_SMALL = {"a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document a quote stands.

    Attributes:
        paragraph: Paragraph number as printed, None without one.
        page_labels: Printed labels of its pages, in order; empty when the form has no pages or nothing is printed on
            these.
        section: Headings above it, outermost first.
        footnote: Its number when it is a footnote, else None.
        file_pages: Physical pages, where the printed labels alone do not lead there; empty otherwise.
    """

    paragraph: str | None
    page_labels: tuple[str, ...]
    section: tuple[str, ...]
    footnote: str | None = None
    file_pages: tuple[str, ...] = ()


def short_citation(identity: Identity, place: Place) -> str:
    """The plain short form: "GRETA(2017)37, para. 161, p. 38".

    A document without an official number is cited by publisher, year and title; a form without pages by section.
    """
    parts = [document_citation(identity)]
    if place.paragraph:
        parts.append(f"para. {place.paragraph}")
    parts += pages_cited(place)
    if not place.paragraph and not place.page_labels and not place.file_pages and place.section:
        parts.append(f"section “{display_title(place.section[-1])}”")
    if place.footnote:
        parts.append(f"fn. {place.footnote}")
    return ", ".join(parts)


def document_citation(identity: Identity) -> str:
    """A document without a place in it: its official number, else "ICMPD (2018), Title"."""
    if identity.official_number:
        return f"{number_owner(identity)}{identity.official_number}"
    title = display_title(identity.title) or "untitled document"
    if identity.publisher is None:
        return f"{title} ({identity.year})" if identity.year else title
    year = f" ({identity.year})" if identity.year else ""
    return f"{identity.publisher}{year}, {title}"


def number_owner(identity: Identity) -> str:
    """Whose document a number is, "Government of Albania, ", where the number alone would be taken for GRETA's report.

    Governments' replies to GRETA's questionnaires are numbered in GRETA's series. "" for all others.
    """
    if identity.publisher == "Government" and (identity.official_number or "").startswith("GRETA"):
        return f"{government_of(identity.countries)}, "
    return ""


def government_of(countries: Sequence[str]) -> str:
    """A government by its country, "Government of Serbia"; "Government" where it is not known of which."""
    return f"Government of {country_name(countries[0])}" if len(countries) == 1 else "Government"


def place_on_pages(document: Document, pages: Sequence[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How pages are cited: their printed labels, and their physical numbers where the labels do not lead there.

    A page that bears no number, such as a cover, is known by its physical number; where numbers are printed that
    differ from the physical ones, another page may bear the same.

    Args:
        document: Whose pages they are.
        pages: Physical pages, 1-based.

    Returns:
        Labels (empty where nothing is printed on a page that could be confused), and physical page numbers (empty where
        the labels are enough).
    """
    labels = document.page_labels
    own = tuple(labels[page - 1] if page <= len(labels) else str(page) for page in pages)
    twins = [[n for n, label in enumerate(labels, 1) if label == mine] for mine in own]
    physical = tuple(map(str, pages))
    if any(len(same) > 1 and label == str(page) for label, page, same in zip(own, pages, twins, strict=True)):
        return (), physical
    if any(sum(label != str(n) for n in same) > 1 for label, same in zip(own, twins, strict=True)):
        return own, physical
    return own, ()


def pages_cited(place: Place) -> list[str]:
    """The pages of a place: "p. 38", "pp. 37-38", "p. 1 of the file", "p. 1 (page 31 of the file)"; empty for none."""
    if not place.page_labels:
        return [f"{_pages(place.file_pages)} of the file"] if place.file_pages else []
    pages = _pages(place.page_labels)
    if place.file_pages:
        word = "page" if len(place.file_pages) == 1 else "pages"
        return [f"{pages} ({word} {page_range(place.file_pages)} of the file)"]
    return [pages]


def page_range(labels: Sequence[str], dash: str = "-") -> str:
    """The first and the last of some pages, "37-38"; the one where there is one."""
    return labels[0] if len(labels) == 1 else f"{labels[0]}{dash}{labels[-1]}"


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
    return f"{'p.' if len(labels) == 1 else 'pp.'} {page_range(labels)}"
