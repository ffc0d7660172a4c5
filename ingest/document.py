"""A document as the library keeps it: text, pages, passages, statements, footnotes.

Every offset counts code points from the start of `Document.text`, and every span is half-open, `[start, end)`.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ingest.places import Places

Voice = Literal["own", "reported"]
Grade = Literal["urges", "considers", "invites"]
Part = Literal["front matter", "summary", "body", "appendix", "government comments"]
PassageKind = Literal["paragraph", "bullet", "footnote", "row"]
DocumentKind = Literal["evaluation report", "country report", "government reply", "general report", "other"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, or a clause that carries its own attribution tag, without the tag and the list mark.

    Attributes:
        start, end: Where it stands in the document's text.
        speakers: Who says it, as codes ("GRETA", "EC", "ICMPD", "Government", a body's short name); never empty.
        voice: "own" in the speaker's own document, "reported" when the document says that the speaker says it.
        reported_by: The publisher of the document for reported words, else None.
        grade: GRETA's official verb, None for everything else.
        countries: ISO 3166-1 alpha-2 codes (XK for Kosovo*) of the countries that it is about; empty for none.
        reference: True when it only names a publication (a bibliographic footnote).
    """

    start: int
    end: int
    speakers: tuple[str, ...]
    voice: Voice
    reported_by: str | None
    grade: Grade | None
    countries: tuple[str, ...]
    reference: bool = False


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote, moved behind the body.

    Attributes:
        number: As printed ("21", "*").
        start, end: Where its text stands in the document's text.
        anchor: Offset in the body where its mark stood, None when no mark was found.
    """

    number: str
    start: int
    end: int
    anchor: int | None


@dataclass(frozen=True, slots=True)
class Passage:
    """The smallest unit one would cite: a numbered paragraph, a bullet, a footnote, an unnumbered paragraph.

    Attributes:
        start, end: Where it stands in the document's text.
        kind: What it is.
        part: The part of the document that it stands in.
        section: Headings above it, outermost first.
        articles: Articles of the Council of Europe Convention named in the headings above it.
        paragraph: Its paragraph number as printed, None without one.
        countries: Countries that it is about (ISO codes); a statement may narrow them.
        lead_in: The sentence that introduces a list, for a bullet; "" otherwise. For search and display; not quoted.
        about_trafficking: True when its words, heading or box are on trafficking in human beings.
        statements: In order, none overlapping.
    """

    start: int
    end: int
    kind: PassageKind
    part: Part
    section: tuple[str, ...]
    articles: tuple[int, ...]
    paragraph: str | None
    countries: tuple[str, ...]
    lead_in: str
    about_trafficking: bool
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class PageRun:
    """From `start` to the start of the next run, the text stands on this physical page (1-based)."""

    start: int
    page: int


@dataclass(frozen=True, slots=True)
class Identity:
    """What a document is. A field that could not be determined is None or empty: unknown, and shown as unknown.

    Attributes:
        publisher: Code of who speaks in it in their own voice ("GRETA", "EC", "ICMPD", "Pincite", …).
        official_number: Normalised, such as "GRETA(2017)37" or "SWD(2018) 152 final".
        title: As the document gives it.
        countries: ISO codes of the countries that the document is about.
        year: The year it is filed under: of the official number, else of publication.
        round: GRETA's evaluation round.
        published: ISO date, or a year or year-month where the day is unknown.
        adopted: ISO date of adoption.
        language: ISO 639-1 code.
        restates: For a digest, the title of the document that it restates; else None.
        kind: GRETA's evaluation report on a country, the EC's report on one, a government's reply to a questionnaire,
            GRETA's yearly general report, or something that is known to be none of these.
        identified_by: For each field that is known, where it was read ("running header", "title", "file name",
            "latest date in the text", …); "user" or "sidecar" where a user said it (see `sidecar`), also that it is
            unknown. "pages" stands there only where they are not the publisher's: "print from a web browser".
    """

    publisher: str | None = None
    official_number: str | None = None
    title: str = ""
    countries: tuple[str, ...] = ()
    year: int | None = None
    round: int | None = None
    published: str | None = None
    adopted: str | None = None
    language: str = "en"
    restates: str | None = None
    kind: DocumentKind | None = None
    identified_by: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """One file, read. Everything that is shown of it is a substring of `text`.

    Attributes:
        document_id: The first 12 hexadecimal digits of the SHA-256 of the file's bytes.
        identity: What it is.
        text: The logical text, footnotes after the body.
        passages: In order of `start`.
        footnotes: In order of `start`.
        page_runs: By `start`; empty when the form has no pages.
        page_labels: The printed label of each physical page, in order.
        reader: Which reader read it ("pdf", "docx", "html", "text").
        reader_version: Version of the whole reading flow; a higher one reads better.
        gaps: What of the file is not in the text, in words for a person; empty when all is.
        places: Where the text stands on its pages, as it comes from the reader; None when the form has no pages, and in
            a document from the library, which keeps it apart.
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
    gaps: tuple[str, ...] = ()
    places: Places | None = field(default=None, repr=False, compare=False)

    def pages_of(self, start: int, end: int) -> tuple[int, ...]:
        """Physical pages (1-based, in order of the text) that `[start, end)` stands on; empty without pages."""
        return pages_of(self.page_runs, start, end)

    def labels_of(self, start: int, end: int) -> tuple[str, ...]:
        """Printed labels of the pages that `[start, end)` stands on; the page's number where it has no label."""
        labels = self.page_labels
        return tuple(labels[page - 1] if page <= len(labels) else str(page) for page in self.pages_of(start, end))


def pages_of(page_runs: tuple[PageRun, ...], start: int, end: int) -> tuple[int, ...]:
    """Physical pages that `[start, end)` stands on, computed from offsets alone.

    Returns:
        1-based page numbers without repetition, in order of the text; empty when there are no runs.
    """
    if not page_runs:
        return ()
    first = max(bisect_right(page_runs, start, key=lambda run: run.start) - 1, 0)
    last = max(bisect_right(page_runs, max(end - 1, start), key=lambda run: run.start) - 1, 0)
    return tuple(dict.fromkeys(run.page for run in page_runs[first : last + 1]))


def clause_before(text: str, passage: Passage, statement: Statement) -> str:
    """The statement that another one goes on with in mid-sentence, "" for one that opens a sentence.

    A bullet can give the two halves of a sentence to different speakers, each with its tag.
    """
    before = statement_before(text, passage, statement)
    return text[before.start : before.end] if before else ""


def statement_before(text: str, passage: Passage, statement: Statement) -> Statement | None:
    """The same as a statement; None for one that opens a sentence."""
    place = passage.statements.index(statement)
    return passage.statements[place - 1] if place and text[statement.start].islower() else None
