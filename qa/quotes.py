"""Quotes: consecutive statements of one speaker, with their exact place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ingest.document import Document, Footnote, Grade, Passage, Statement, statement_before
from qa.citing.citations import Place, document_citation, place_on_pages
from qa.citing.ibid import note_dict, references_of
from qa.citing.styles import STYLES, Cited, Style, citation_in, plain_citation

if TYPE_CHECKING:
    from index.search import Searcher


@dataclass(frozen=True, slots=True)
class Quote:
    """One or more consecutive statements with the same speakers, voice and grade, shown as evidence.

    Attributes:
        document: Where it stands.
        passage: The passage that it stands in.
        passage_position: Position of that passage in its document.
        statements: In order; the quote is the document's text from the first to the last.
        countries: Countries that it is about.
        copies: Other places of the same document that repeat it word for word, such as a list of recommendations.
        repeats: The same words of the same source in other editions, newest first.
        score: How well its best statement fits the question: cosine similarity plus weighted coverage and preferences
            (see `retrieval`), so not bounded by 1.
        kept_references: What its footnotes refer to, where it was kept apart from its document, which alone tells what
            an *ibid.* means; None where the document is at hand.
    """

    document: Document
    passage: Passage
    passage_position: int
    statements: tuple[Statement, ...]
    countries: tuple[str, ...]
    score: float = field(default=0.0)
    copies: tuple[Place, ...] = field(default=())
    repeats: tuple[Quote, ...] = field(default=())
    kept_references: tuple[str, ...] | None = field(default=None)

    @property
    def start(self) -> int:
        """Offset of its first character."""
        return self.statements[0].start

    @property
    def end(self) -> int:
        """Offset behind its last character."""
        return self.statements[-1].end

    @property
    def text(self) -> str:
        """The document's text from start to end."""
        return self.document.text[self.start : self.end]

    def contains(self, other: Quote) -> bool:
        """Whether another quote lies within this one."""
        return self.document is other.document and self.start <= other.start and other.end <= self.end

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who says it."""
        return self.statements[0].speakers

    @property
    def grade(self) -> Grade | None:
        """GRETA's official verb; None for what is no graded recommendation."""
        return self.statements[0].grade

    @property
    def voice(self) -> str:
        """Whether they are the speaker's "own" words or "reported" ones."""
        return self.statements[0].voice

    @property
    def reported_by(self) -> str | None:
        """The publisher that reports it; None for own words."""
        return self.statements[0].reported_by

    @property
    def paraphrase(self) -> bool:
        """True for a digest's text, which is nobody's wording and never stands in quotation marks."""
        return self.document.identity.publisher == "Pincite"

    @property
    def pages(self) -> tuple[int, ...]:
        """Physical pages, 1-based, in order."""
        return self.document.pages_of(self.start, self.end)

    @property
    def page_labels(self) -> tuple[str, ...]:
        """Printed labels of its pages."""
        return self.document.labels_of(self.start, self.end)

    @property
    def citation(self) -> str:
        """Its pincite in the plain short form."""
        return plain_citation(self.cited)

    def citation_in(self, style: Style) -> str:
        """Its pincite in a style; the plain short form beside which its speakers must stand, or one that names them."""
        return citation_in(self.cited, style)

    @property
    def cited(self) -> Cited:
        """What a citation says of it."""
        return Cited(
            identity=self.document.identity,
            place=self.place,
            speakers=self.speakers,
            reported_by=self.reported_by,
            countries=self.countries,
            government_comments=self.passage.part == "government comments",
            recognised=self.document.reader == "pdf-ocr",
            references=self.references if self.reported_by else (),
            copies=self.copies,
        )

    @property
    def document_citation(self) -> str:
        """Its document, cited without a place."""
        return document_citation(self.document.identity)

    @property
    def place(self) -> Place:
        """Where it stands, for citing."""
        labels, file_pages = place_on_pages(self.document, self.pages)
        return Place(self.passage.paragraph, labels, self.passage.section, self.footnote_number, file_pages)

    @property
    def footnote_number(self) -> str | None:
        """The number of the footnote that the quote is, None for a quote from the body."""
        if self.passage.kind != "footnote":
            return None
        return next(
            (
                note.number
                for note in self.document.footnotes
                if note.start <= self.start < max(note.end, note.start + 1)
            ),
            None,
        )

    @property
    def lead_in(self) -> str:
        """What introduces the quote and is no part of it: the sentence above a list, or the clause it goes on with."""
        first = self.statements[0]
        before = statement_before(self.document.text, self.passage, first)
        if before is None:
            return self.passage.lead_in
        clause = self.document.text[before.start : before.end]
        # Another speaker's clause keeps its tag: what stands beside a quote must not seem to be its speaker's.
        return clause if before.speakers == first.speakers else f"{clause} ({' and '.join(before.speakers)})"

    @property
    def footnotes(self) -> tuple[tuple[str, str], ...]:
        """Number and text of the footnotes whose marks stand in the quote or right behind it."""
        return tuple((note.number, self.document.text[note.start : note.end]) for note in self.notes)

    @property
    def references(self) -> tuple[str, ...]:
        """What its footnotes refer to, with *ibid.* resolved."""
        if self.kept_references is not None:
            return self.kept_references
        references = (reference for note in self.notes for reference in references_of(self.document, note))
        return tuple(dict.fromkeys(references))

    @property
    def notes(self) -> tuple[Footnote, ...]:
        """The footnotes whose marks stand in the quote or right behind it."""
        # One place behind the last statement: marks stand behind the full stop or the closing bracket of a tag.
        until = self.end + 1 + _tag_length(self.document.text, self.end)
        return tuple(
            note
            for note in self.document.footnotes
            if note.anchor is not None and self.start < note.anchor <= until and note.number.isdigit()
        )

    def as_dict(self) -> dict[str, Any]:
        """The quote by the JSON contract; `citations`, `paraphrase`, `kind` and `lead_in` are Pincite's additions."""
        identity = self.document.identity
        cited = self.cited
        return {
            "text": self.text,
            "speakers": list(self.speakers),
            "voice": self.voice,
            "reported_by": self.reported_by,
            "grade": self.grade,
            "document_id": self.document.document_id,
            "official_number": identity.official_number,
            "title": identity.title,
            "year": identity.year,
            "round": identity.round,
            "countries": list(self.countries),
            "part": self.passage.part,
            "section": list(self.passage.section),
            "paragraph": self.passage.paragraph,
            "pages": list(self.pages),
            "page_labels": list(self.page_labels),
            "start": self.start,
            "end": self.end,
            "footnotes": [note_dict(self.document, note) for note in self.notes],
            "citation": plain_citation(cited),
            "citations": {style: citation_in(cited, style) for style in STYLES},
            "score": round(self.score, 4),
            "paraphrase": self.paraphrase,
            "kind": self.passage.kind,
            "lead_in": self.lead_in,
            "also_at": [
                {"section": list(place.section), "page_labels": list(place.page_labels)} for place in self.copies
            ],
            "repeats": [
                {
                    "document_id": other.document.document_id,
                    "citation": other.citation,
                    "year": other.document.identity.year,
                }
                for other in self.repeats
            ],
        }


def _tag_length(text: str, end: int) -> int:
    """Length of the attribution tag and stop that follow a statement, which a footnote's mark stands behind."""
    line_end = text.find("\n", end)
    rest = text[end : line_end if line_end >= 0 else len(text)]
    close = rest.find(")")
    return close + 2 if rest.startswith(" (") and 0 < close < 40 else 1


def make_quotes(searcher: Searcher, scored: dict[int, float]) -> list[Quote]:
    """Quotes of some statements, neighbours of one speaker in one passage joined; best first.

    A recommendation comes whole: with the sentence that opens it and every bullet that hangs on it.

    Args:
        searcher: What the rows belong to.
        scored: Row number and score of each statement.
    """
    rows = searcher.rows
    scored = _with_whole_recommendations(searcher, scored)
    quotes: list[Quote] = []
    last_row = -2
    for row in sorted(scored):
        statement = searcher.statement(row)
        quote = quotes[-1] if quotes else None
        if quote is not None and row == last_row + 1 and _joins(quote, statement, searcher.passage(row)):
            quotes[-1] = replace(
                quote,
                statements=(*quote.statements, statement),
                countries=tuple(dict.fromkeys((*quote.countries, *rows.countries[row]))),
                score=max(quote.score, scored[row]),
            )
        else:
            quotes.append(
                Quote(
                    document=searcher.document(row),
                    passage=searcher.passage(row),
                    passage_position=int(rows.passage[row]),
                    statements=(statement,),
                    countries=rows.countries[row],
                    score=scored[row],
                )
            )
        last_row = row
    return sorted(quotes, key=lambda quote: -quote.score)


def _with_whole_recommendations(searcher: Searcher, scored: dict[int, float]) -> dict[int, float]:
    """Adds to graded statements the other statements of their recommendation, with the best score of all."""
    whole = dict(scored)
    for row, score in scored.items():
        if searcher.statement(row).grade is None:
            continue
        for other in _recommendation(searcher, row):
            whole[other] = max(whole.get(other, score), score)
    return whole


def _recommendation(searcher: Searcher, row: int) -> range:
    """Rows of the recommendation that a graded statement belongs to: its opening sentence and its bullets."""
    grade, paragraph = searcher.statement(row).grade, searcher.passage(row).paragraph

    def hangs_on(other: int) -> bool:
        if not 0 <= other < len(searcher.rows) or searcher.document(other) is not searcher.document(row):
            return False
        passage = searcher.passage(other)
        same = searcher.statement(other).grade == grade and passage.paragraph == paragraph
        # In a list of recommendations each bullet opens one of its own.
        return same and passage.kind == "bullet" and not searcher.text(other).startswith("GRETA ")

    first = row
    while hangs_on(first) and first > 0 and searcher.statement(first - 1).grade == grade:
        first -= 1
    last = row
    while hangs_on(last + 1):
        last += 1
    return range(first, last + 1)


def whole_thought(quote: Quote, *, max_words: int) -> Quote:
    """A quote with the statements around it in its passage that go on with it, as far as `max_words` allow.

    What follows comes first, since an answer runs on more often than it is led up to; then what stands before.
    """
    statements = quote.passage.statements
    if quote.statements[0].grade is not None or quote.statements[-1] not in statements:
        return quote  # A recommendation is whole already.
    first, last = statements.index(quote.statements[0]), statements.index(quote.statements[-1])
    text = quote.document.text

    def fits(start: int, end: int) -> bool:
        inside = statements[start : end + 1]
        same = all(
            (s.speakers, s.voice, s.grade) == (inside[0].speakers, inside[0].voice, inside[0].grade) for s in inside
        )
        gaps = all(not text[a.end : b.start].strip() for a, b in pairwise(inside))
        return same and gaps and len(text[inside[0].start : inside[-1].end].split()) <= max_words

    while last + 1 < len(statements) and not statements[last + 1].reference and fits(first, last + 1):
        last += 1
    while first > 0 and fits(first - 1, last):
        first -= 1
    whole = statements[first : last + 1]
    countries = dict.fromkeys((*quote.countries, *(code for statement in whole for code in statement.countries)))
    return replace(quote, statements=whole, countries=tuple(countries))


def _joins(quote: Quote, statement: Statement, passage: Passage) -> bool:
    """Whether a statement goes on with a quote: same speakers, nothing but white space between, one passage.

    A bullet goes on with the recommendation above it, though it is a passage of its own. "GRETA also considers …" is
    another recommendation.
    """
    last = quote.statements[-1]
    if statement.grade is not None and quote.document.text.startswith("GRETA ", statement.start):
        return False
    hangs_on = statement.grade is not None and passage.kind == "bullet" and passage.paragraph == quote.passage.paragraph
    return (
        (passage is quote.passage or hangs_on)
        and not quote.document.text[last.end : statement.start].strip()
        and (statement.speakers, statement.voice, statement.grade) == (last.speakers, last.voice, last.grade)
    )
