"""What is kept of a collected quote: enough of its document to show, cite and export it when that is not loaded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from ingest.document import Document, Footnote, Identity, PageRun, Passage, Statement
from ingest.errors import UsageError
from qa.checking.lookup import passages_between
from qa.citing.citations import Place
from qa.quotes import Quote

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_TAG_CHARACTERS = 60  # Behind the last statement, for its tag and a footnote's mark; `Quote.notes` looks at 42.


@dataclass(frozen=True, slots=True)
class DocumentPiece:
    """A document, cut down to some passages and footnotes; the attributes are those of `Document`.

    What is added to `Document` does not come into what is stored and handed over.
    """

    document_id: str
    identity: Identity
    text: str
    passages: tuple[Passage, ...]
    footnotes: tuple[Footnote, ...]
    page_runs: tuple[PageRun, ...]
    page_labels: tuple[str, ...]
    reader: str
    reader_version: int

    def as_document(self) -> Document:
        """A small document, which quotes can stand in."""
        return Document(
            document_id=self.document_id,
            identity=self.identity,
            text=self.text,
            passages=self.passages,
            footnotes=self.footnotes,
            page_runs=self.page_runs,
            page_labels=self.page_labels,
            reader=self.reader,
            reader_version=self.reader_version,
        )


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A quote with the piece of its document that it stands in.

    Attributes:
        sha256: Of the document's file, hexadecimal.
        start, end: Where the quote stands in the whole document's text.
        document: What the quote stands in; offsets count in its text.
        statements: The quote's, in order; the first stands in the first passage.
        countries: Countries that it is about.
        copies: Other places of the document that repeat it.
        references: What its footnotes refer to, with *ibid.* resolved, which only the whole document allows.
        repeats: The same words in other editions.
    """

    sha256: str
    start: int
    end: int
    document: DocumentPiece
    statements: tuple[Statement, ...]
    countries: tuple[str, ...]
    copies: tuple[Place, ...] = ()
    references: tuple[str, ...] = ()
    repeats: tuple[Excerpt, ...] = ()

    @property
    def text(self) -> str:
        """The quote's words."""
        return self.document.text[self.statements[0].start : self.statements[-1].end]

    @property
    def place(self) -> str:
        """Where it was collected, "document_id:start:end"."""
        return f"{self.document.document_id}:{self.start}:{self.end}"

    @property
    def quote(self) -> Quote:
        """The quote, which cites and exports like one whose document is loaded."""
        return Quote(
            document=self.document.as_document(),
            passage=self.document.passages[0],
            passage_position=0,
            statements=self.statements,
            countries=self.countries,
            copies=self.copies,
            repeats=tuple(other.quote for other in self.repeats),
            kept_references=self.references,
        )


def excerpt_of(quote: Quote, sha256_of: Callable[[str], str]) -> Excerpt:
    """What is kept of a quote.

    Args:
        quote: Of a document that is loaded.
        sha256_of: Gives the SHA-256 of the file of a document, by its id.
    """
    document = quote.document
    touched = [document.passages[position] for position in passages_between(document, quote.start, quote.end)]
    passages = [quote.passage, *(passage for passage in touched if passage.start > quote.passage.start)]
    first = min(quote.passage.start, quote.start)
    last = max(*(passage.end for passage in passages), quote.end)
    line_end = document.text.find("\n", last)
    tail = min(line_end if line_end >= 0 else len(document.text), last + _TAG_CHARACTERS)
    notes = [note for note in quote.notes if not first <= note.start < tail]
    pieces = [(first, tail), *((note.start, note.end) for note in notes)]
    own = [
        note for note in document.footnotes if quote.passage.kind == "footnote" and note.start <= quote.start < note.end
    ]
    footnotes = [_inside(note, first, tail) for note in own]
    place = tail - first
    for note in notes:
        length = note.end - note.start
        anchor = None if note.anchor is None else note.anchor - first
        footnotes.append(Footnote(note.number, place + 1, place + 1 + length, anchor))
        place += 1 + length
    small = DocumentPiece(
        document_id=document.document_id,
        identity=document.identity,
        text="\n".join(document.text[start:end] for start, end in pieces),
        passages=tuple(_moved_passage(passage, -first) for passage in passages),
        footnotes=tuple(footnotes),
        page_runs=tuple(_runs(document.page_runs, pieces)),
        page_labels=document.page_labels,
        reader=document.reader,
        reader_version=document.reader_version,
    )
    return Excerpt(
        sha256=sha256_of(document.document_id),
        start=quote.start,
        end=quote.end,
        document=small,
        statements=tuple(_moved(statement, -first) for statement in quote.statements),
        countries=quote.countries,
        copies=quote.copies,
        references=quote.references,
        repeats=tuple(excerpt_of(replace(other, repeats=()), sha256_of) for other in quote.repeats),
    )


def _inside(note: Footnote, first: int, tail: int) -> Footnote:
    """The footnote that a quote is, as far as it stands in the piece that is kept."""
    return Footnote(note.number, max(note.start, first) - first, min(note.end, tail) - first, None)


def _moved(statement: Statement, by: int) -> Statement:
    return replace(statement, start=statement.start + by, end=statement.end + by)


def _moved_passage(passage: Passage, by: int) -> Passage:
    statements = tuple(_moved(statement, by) for statement in passage.statements)
    return replace(passage, start=passage.start + by, end=passage.end + by, statements=statements)


def _runs(runs: Sequence[PageRun], pieces: Iterable[tuple[int, int]]) -> Iterator[PageRun]:
    """The pages of some pieces of a text that are joined by one character."""
    place = 0
    for start, end in pieces:
        before = [run for run in runs if run.start <= start]
        first = before[-1:] or list(runs[:1])
        yield from (PageRun(place, run.page) for run in first)
        yield from (PageRun(place + run.start - start, run.page) for run in runs if start < run.start < end)
        place += end - start + 1


# --- as JSON ----------------------------------------------------------------------------------------------------------


@cache
def adapter() -> TypeAdapter[Excerpt]:
    """Reads excerpts of JSON and writes them, by their types."""
    from pydantic import TypeAdapter

    return TypeAdapter(Excerpt)


def excerpt_json(excerpt: Excerpt) -> str:
    """An excerpt as JSON."""
    return adapter().dump_json(excerpt).decode("utf-8")


def excerpt_from(json: str) -> Excerpt:
    """The excerpt that was written as JSON."""
    return adapter().validate_json(json)


def check(excerpt: Excerpt) -> None:
    """Makes sure that an excerpt of a file that somebody else wrote can be shown and cited.

    That its offsets, pages and statements agree with one another says nothing on whether the document has the words.

    Raises:
        UsageError: It contradicts itself.
    """
    for fault, found in _faults(excerpt):
        if found:
            raise UsageError(fault)
    for other in excerpt.repeats:
        if other.repeats:
            raise UsageError("a quote repeats quotes that repeat others")
        check(other)


def _faults(excerpt: Excerpt) -> Iterator[tuple[str, bool]]:
    document, statements = excerpt.document, excerpt.statements
    length = len(document.text)
    yield "a hash is no SHA-256", not re.fullmatch(r"[0-9a-f]{64}", excerpt.sha256)
    yield "a document's id is not the beginning of its hash", excerpt.sha256[:12] != document.document_id
    yield "a quote has no words", not statements or not document.passages or not excerpt.text.strip()
    inside = [one for passage in document.passages for one in passage.statements]
    spans = [(one.start, one.end) for one in (*statements, *inside)]
    spans += [(one.start, one.end) for one in document.passages]
    spans += [(one.start, one.end) for one in document.footnotes]
    yield "an offset lies outside the text", any(not 0 <= start <= end <= length for start, end in spans)
    yield "offsets are out of order", list(statements) != sorted(statements, key=lambda one: (one.start, one.end))
    yield "a quote's place is not as long as its text", excerpt.end - excerpt.start != len(excerpt.text)
    yield "a quote stands in none of its passages", statements[0] not in document.passages[0].statements
    said = {(one.speakers, one.voice, one.reported_by, one.grade) for one in statements}
    yield "a quote has several voices", len(said) > 1
    yield "a quote has no speaker", not all(one.speakers and all(one.speakers) for one in statements)
    yield (
        "reported words have no reporter",
        any((one.voice == "reported") != bool(one.reported_by) for one in statements),
    )
    runs = document.page_runs
    yield "pages are out of order", list(runs) != sorted(runs, key=lambda run: run.start)
    yield "a page has no number", any(run.page < 1 for run in runs)
    numbers = (document.identity.year, document.identity.round)
    yield "a year or round is no such number", any(one is not None and not 0 < one < 10_000 for one in numbers)
