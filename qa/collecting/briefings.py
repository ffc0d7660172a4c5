"""Briefings as people work on them: what is stored of one, looked up in the library as it is now."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from index.briefings import Briefings, Content, StoredItem
from ingest.errors import UsageError
from qa.collecting.excerpts import Excerpt, excerpt_from, excerpt_json, excerpt_of
from qa.collecting.finding import Found, find_again, quote_at
from qa.exports import Briefing, Heading, Note
from qa.quotes import Quote

if TYPE_CHECKING:
    from index.library import Library
    from ingest.document import Document
    from qa.evidence.holdings import Holdings

_N_READ = 4096  # Excerpts that are kept in memory, of two kilobytes each. Chosen.


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a briefing: a heading, a note, or what became of a quote."""

    item_id: int
    content: Heading | Note | Found


@dataclass(frozen=True, slots=True)
class OpenBriefing:
    """A briefing, looked up in the library.

    Attributes:
        name: Its name.
        items: What is in it, in order.
        dropped: What was taken out of it, the last one first.
    """

    name: str
    items: tuple[Item, ...]
    dropped: tuple[Item, ...] = ()

    @property
    def found(self) -> tuple[Found, ...]:
        """What became of its quotes, in order."""
        return tuple(item.content for item in self.items if isinstance(item.content, Found))

    @property
    def places(self) -> dict[str, int]:
        """Where its quotes stand in the library now, "document_id:start:end", each with the number of its item."""
        return {
            place_of(item.content.here): item.item_id
            for item in self.items
            if isinstance(item.content, Found) and item.content.here is not None
        }

    @property
    def briefing(self) -> Briefing:
        """As it is exported: each paragraph of a note by itself, without what has no text yet."""
        return Briefing(self.name, tuple(exported for item in self.items for exported in _exported(item.content)))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What has to be known of its quotes: which were not found, and which are otherwise than they were."""
        return tuple(f"{found.quote.citation}: {found.remark}" for found in self.found if found.remark)


def _exported(content: Heading | Note | Found) -> list[Heading | Note | Quote]:
    if isinstance(content, Found):
        if content.verified:
            return [content.quote]
        # Whoever reads the file must see it, and not only who writes it.
        return [content.quote, Note(f"Not verified: {content.quote.citation}. {content.remark}")]
    if isinstance(content, Heading):
        return [content] if content.text.strip() else []
    return [Note(line.strip()) for line in content.text.splitlines() if line.strip()]


def open_briefing(briefings: Briefings, name: str, documents: Sequence[Document]) -> OpenBriefing:
    """A briefing, its quotes looked up in all documents of the library.

    Raises:
        UsageError: There is no such briefing.
    """

    def looked_up(items: tuple[StoredItem, ...]) -> tuple[Item, ...]:
        return tuple(Item(item.item_id, _looked_up(item.content, documents)) for item in items)

    return OpenBriefing(name, looked_up(briefings.items(name)), looked_up(briefings.items(name, dropped=True)))


def _looked_up(content: Content, documents: Sequence[Document]) -> Heading | Note | Found:
    if content.kind == "heading":
        return Heading(content.text, content.level)
    if content.kind == "note":
        return Note(content.text)
    return find_again(_excerpt(content.text), documents)


@lru_cache(maxsize=_N_READ)
def _excerpt(json: str) -> Excerpt:
    return excerpt_from(json)


def place_of(quote: Quote) -> str:
    """Where a quote stands, as the page names it: "document_id:start:end"."""
    return f"{quote.document.document_id}:{quote.start}:{quote.end}"


def quote_of_place(place: str, holdings: Holdings, repeats: Sequence[str] = ()) -> Quote:
    """The quote that stands at a place of the library.

    Args:
        place: "document_id:start:end".
        holdings: The library.
        repeats: Places in other editions that have the same words.

    Raises:
        UsageError: No quote stands there, or its document is no longer loaded.
    """
    document_id, _, span = place.partition(":")
    start, _, end = span.partition(":")
    document = holdings.document(document_id)
    if not (start.isdecimal() and end.isdecimal()):
        raise UsageError(f"{place!r} is no place of a quote.")
    quote = quote_at(document, int(start), int(end))
    if quote is None:
        raise UsageError("The library reads this place otherwise now. Ask again.")
    others = tuple(quote_of_place(other, holdings) for other in repeats)
    return replace(quote, copies=holdings.copies_of(quote), repeats=others)


def content_of(item: Heading | Note | Quote | Excerpt, library: Library) -> Content:
    """What is stored of an item."""
    if isinstance(item, Heading):
        return Content("heading", item.text, item.level)
    if isinstance(item, Note):
        return Content("note", item.text)
    excerpt = excerpt_of(item, sha256_in(library)) if isinstance(item, Quote) else item
    return Content("quote", excerpt_json(excerpt), place=excerpt.place)


_hashes: dict[str, str] = {}


def sha256_in(library: Library) -> Callable[[str], str]:
    """Gives the SHA-256 of the file of each document of a library."""

    def sha256_of(document_id: str) -> str:
        # The id is its beginning, so that one of another library is the same.
        if document_id not in _hashes:
            _hashes[document_id] = hashlib.sha256(library.source_bytes(document_id)).hexdigest()
        return _hashes[document_id]

    return sha256_of
