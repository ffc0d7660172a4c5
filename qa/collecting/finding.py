"""Finding a collected quote again: in the library as it is now, by its document, its place and its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ingest.document import Document, Passage, Statement
from qa.checking.lookup import exact_spots, near_spot, passages_between
from qa.checking.quotations import Piece
from qa.collecting.excerpts import Excerpt
from qa.evidence.holdings import work_key
from qa.quotes import Quote

State = Literal["same", "found", "altered", "gone", "not_loaded"]

_REACH = 6000  # Characters around the old place in which words that were altered are looked for. Chosen.
_STOPS = " .,;:"


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a collected quote.

    Attributes:
        state: "same" where it was collected, word for word; "found" elsewhere, or as the library reads it now;
            "altered" where the document now has nearly these words, or they are no longer one speaker's; "gone" from
            the document; "not_loaded" when no form of the document is.
        quote: The library's where it was found, with what the library now says of it; else what was kept.
        remark: What a person has to know of it, "" for nothing.
        here: Where the library has the words; None where it has not.
    """

    state: State
    quote: Quote
    remark: str = ""
    here: Quote | None = None

    @property
    def verified(self) -> bool:
        """Whether the words stand in the library."""
        return self.here is not None


def find_again(excerpt: Excerpt, documents: Sequence[Document]) -> Found:
    """Looks for a collected quote in the documents that are loaded: by its place, else by its text.

    Args:
        excerpt: What was kept.
        documents: All of the library.
    """
    forms = _forms(excerpt, documents)
    if not forms:
        return Found("not_loaded", excerpt.quote, "Its document is not loaded here: shown as it was collected.")
    for document in forms:
        spans = _spans(excerpt, document)
        quotes = [quote for quote in (quote_at(document, *span) for span in spans) if quote is not None]
        if quotes:
            return _as_now(excerpt, min(quotes, key=lambda quote: _distance(excerpt, quote)), n_places=len(quotes))
        if spans:
            speakers = _speakers(document, *spans[0])
            now = f"are now read as said by {speakers}" if speakers else "are no statement in its text now"
            return Found("altered", excerpt.quote, f"These words {now}: shown as it was collected. Collect it again.")
    return _altered_or_gone(excerpt, forms[0])


def quote_at(document: Document, start: int, end: int) -> Quote | None:
    """The quote at `[start, end)` of a document's text; None where these are not the words of one speaker alone.

    A statement that the span cuts is cut too.
    """
    found: list[tuple[int, Statement]] = []
    cut: dict[int, Passage] = {}
    for position in passages_between(document, start, end):
        passage = document.passages[position]
        inside = [one for one in passage.statements if one.start < end and start < one.end]
        trimmed = {one: replace(one, start=max(one.start, start), end=min(one.end, end)) for one in inside}
        cut[position] = replace(passage, statements=tuple(trimmed.get(one, one) for one in passage.statements))
        found += [(position, trimmed[one]) for one in inside]
    if not found or found[0][1].start != start or found[-1][1].end != end:
        return None
    statements = tuple(statement for _, statement in found)
    if len({(one.speakers, one.voice, one.reported_by, one.grade) for one in statements}) > 1:
        return None
    countries = (code for position, one in found for code in one.countries or cut[position].countries)
    first = found[0][0]
    return Quote(document, cut[first], first, statements, tuple(dict.fromkeys(countries)))


def _forms(excerpt: Excerpt, documents: Iterable[Document]) -> list[Document]:
    """The document that a quote was collected from, then other forms of it."""
    kept = excerpt.document
    work = work_key(kept.identity)
    same = [document for document in documents if document.document_id == kept.document_id]
    others = [
        document
        for document in documents
        if document.document_id != kept.document_id and work is not None and work_key(document.identity) == work
    ]
    return [*same, *sorted(others, key=lambda document: not document.page_runs)]


def _spans(excerpt: Excerpt, document: Document) -> list[tuple[int, int]]:
    """Where a document has the words of a quote: where it was collected, else wherever they stand."""
    text = excerpt.text
    if document.document_id == excerpt.document.document_id and document.text[excerpt.start : excerpt.end] == text:
        return [(excerpt.start, excerpt.end)]
    spans = []
    place = document.text.find(text)
    while place >= 0:
        spans.append((place, place + len(text)))
        place = document.text.find(text, place + 1)
    if spans:
        return spans
    return [_with_stops(text, document.text, *spot.spans[0]) for spot in exact_spots(document, (Piece(text),))]


def _with_stops(words: str, text: str, start: int, end: int) -> tuple[int, int]:
    """A span with the stop behind it that the words end with: looking for words leaves it out."""
    stop = words[len(words.rstrip(_STOPS)) :].strip()
    return start, end + len(stop) if stop and text.startswith(stop, end) else end


def _distance(excerpt: Excerpt, quote: Quote) -> tuple[bool, bool, float]:
    """How far a place is from the old one: first of all, whether it is of the same paragraph and kind."""
    kept = excerpt.document.passages[0]
    same_document = quote.document.document_id == excerpt.document.document_id
    far = abs(quote.start - excerpt.start) if same_document else 0
    return quote.passage.paragraph != kept.paragraph, quote.passage.part != kept.part, far


def _as_now(excerpt: Excerpt, now: Quote, *, n_places: int) -> Found:
    """A quote that was found, with what is otherwise than when it was collected."""
    kept = excerpt.quote
    if kept.pages and not now.pages and _said(kept) == _said(now):
        elsewhere = "Its words stand in another form of its document, which has no pages: cited as it was collected."
        return Found("found", kept, elsewhere, now)
    same_file = now.document.document_id == kept.document.document_id
    now = replace(now, copies=kept.copies if same_file else (), repeats=kept.repeats)
    remarks = []
    if now.citation != kept.citation:
        several = f", the nearest of {n_places} places that have these words" if n_places > 1 else ""
        remarks.append(f"Found again at {now.citation}{several}; collected at {kept.citation}.")
    before, after = _said(kept), _said(now)
    if before != after:
        remarks.append(f"The library now reads it as said by {after}; when it was collected, by {before}.")
    moved = (now.document.document_id, now.start, now.text) != (kept.document.document_id, excerpt.start, kept.text)
    return Found("found" if moved or remarks else "same", now, " ".join(remarks), now)


def _said(quote: Quote) -> str:
    reporter = f", as reported by {quote.reported_by}" if quote.reported_by else ""
    grade = f" ({quote.grade})" if quote.grade else ""
    comments = " in comments printed there" if quote.passage.part == "government comments" else ""
    return f"{' and '.join(quote.speakers)}{reporter}{grade}{comments}"


def _speakers(document: Document, start: int, end: int) -> str:
    """Who says what stands in a span, one after the other; "" for nobody."""
    said = (
        " and ".join(one.speakers)
        for position in passages_between(document, start, end)
        for one in document.passages[position].statements
        if one.start < end and start < one.end
    )
    return "; ".join(dict.fromkeys(said))


def _altered_or_gone(excerpt: Excerpt, document: Document) -> Found:
    around = (max(excerpt.start - _REACH, 0), min(excerpt.end + _REACH, len(document.text)))
    near = near_spot(document, (Piece(excerpt.text),), around=around) if around[0] < around[1] else None
    if near is None:
        gone = "Its document is loaded, and these words are not in it any more: shown as they were collected."
        return Found("gone", excerpt.quote, gone)
    now = document.text[near.start : near.end]
    altered = f"Its document has other words there now: “{now}”. Shown as they were collected; collect it again."
    return Found("altered", excerpt.quote, altered)
