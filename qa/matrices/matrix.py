"""The matrix of a topic: what each source says of each country, or honestly that it says nothing or is not loaded."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ingest.document import Document, Grade
from ingest.errors import UsageError
from qa.evidence.holdings import Holdings
from qa.listing import document_dict
from qa.official.catalogue import Catalogue, report_name
from qa.official.known_reports import KnownReport
from qa.question.concepts import asked_for
from qa.question.scope import MAX_QUESTION_CHARACTERS, Question, Scope, read_question
from qa.question.topics import topic_of_article
from qa.quotes import Quote, make_quotes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embedder import Embedder
    from index.full_text import Concept

By = Literal["round", "year"]
State = Literal["found", "silent", "not_loaded"]
GRADES: tuple[Grade, ...] = ("urges", "considers", "invites")
"""From the strongest to the weakest."""

_SPEAKS_OF = 0.8  # Coverage of a statement that is on a topic: another wording of one set counts 0.85.
_OTHER_WORDING = 0.99  # Coverage by a topic's own words is 1.
_FEW, _OUTLYING = 10, 0.05  # With fewer statements in a topic's own words their nearness cannot be told (chosen).
# In free words, as in `retrieval`: shares of coverage, and cosines.
_NEARLY_ALL, _MOST, _NOT_FAR, _NEAR = 0.75, 0.45, 0.4, 0.6
_CANDIDATES = 2000
_ONLY_ARTICLES = re.compile(r"(?:\W|\d|\b(?:articles?|arts?|and|of|the|convention)\b)+", re.IGNORECASE)
_GOVERNMENT = "Government"
_COMMENTS = ("government comments",)
_REPORTS = {"evaluation report", "country report"}
_FIRST_SOURCES = ("GRETA", "EC", "ICMPD")  # In this order, before other publishers.


@dataclass(frozen=True, slots=True)
class Column:
    """A source, or one edition of it.

    Attributes:
        source: Speaker code.
        edition: Round or year when the matrix is laid out by one; None for all editions, and for what others report,
            since they seldom tell of which edition it is.
    """

    source: str
    edition: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """What one source says of one country.

    Attributes:
        country: ISO code.
        column: The source, or an edition of it.
        own_documents: The source's own reports on the country that are loaded: those that were searched.
        own: Its statements there, the newest report first, in it the strongest recommendation.
        reported: What other documents report that it says.
        n_other_grades: Own statements on the topic that are left out because of their grade.
        n_elsewhere: Statements in its own reports that use the topic's words about something else than trafficking.
        known: Reports of the source on the country, newest first, that are known and not loaded.
    """

    country: str
    column: Column
    own_documents: tuple[Document, ...]
    own: tuple[Quote, ...]
    reported: tuple[Quote, ...]
    n_other_grades: int = 0
    n_elsewhere: int = 0
    known: tuple[KnownReport, ...] = ()

    @property
    def state(self) -> State:
        """Silent is only who has been loaded; what others report does not load a report."""
        if not self.own_documents:
            return "not_loaded"
        return "found" if self.own else "silent"

    @property
    def basis(self) -> Literal["own", "reported"] | None:
        """Whose documents the quotes are from, own ones first; None without quotes."""
        if self.own:
            return "own"
        return "reported" if self.reported else None

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """Own words before reported ones."""
        return (*self.own, *self.reported)

    @property
    def grade(self) -> Grade | None:
        """The strongest verb in it."""
        said = {quote.statements[0].grade for quote in self.quotes}
        return next((grade for grade in GRADES if grade in said), None)

    @property
    def documents(self) -> tuple[Document, ...]:
        """What was consulted: the source's own reports, then those that report it."""
        reporting = {quote.document.document_id: quote.document for quote in self.reported}
        return (*self.own_documents, *reporting.values())


@dataclass(frozen=True, slots=True)
class Matrix:
    """Countries down, sources across.

    Attributes:
        topic: As understood: "Article 15", the words that were asked for, or "all".
        scope: What it is limited to.
        recommendations: Whether only recommendations are in it.
        by: What the sources are parted by, None when they are not.
        countries: ISO codes, in order.
        columns: Sources, or their editions, in order.
        cells: Row by row.
        loaded: Every document that answers.
    """

    topic: str
    scope: Scope
    recommendations: bool
    by: By | None
    countries: tuple[str, ...]
    columns: tuple[Column, ...]
    cells: tuple[Cell, ...]
    loaded: tuple[Document, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources, each once."""
        return tuple(dict.fromkeys(column.source for column in self.columns))

    def cell(self, country: str, column: Column) -> Cell:
        """The cell of a country and a column."""
        return self.cells[self.countries.index(country) * len(self.columns) + self.columns.index(column)]

    def as_dict(self, holdings: Holdings) -> dict[str, Any]:
        """The matrix by the JSON contract, with some keys more."""
        listed = {stored.document_id: document_dict(stored) for stored in holdings.searcher.stored}
        return {
            "topic": self.topic,
            "scope": self.scope.as_dict(),
            "recommendations_only": self.recommendations,
            "by": self.by,
            "countries": list(self.countries),
            "sources": list(self.sources),
            "cells": [
                {
                    "country": cell.country,
                    "source": cell.column.source,
                    **({self.by: cell.column.edition} if self.by else {}),
                    "state": cell.state,
                    "basis": cell.basis,
                    "grade": cell.grade,
                    "documents": [listed[document.document_id] for document in cell.documents],
                    "quotes": [quote.as_dict() for quote in cell.quotes],
                    "n_other_grades": cell.n_other_grades,
                    "n_elsewhere": cell.n_elsewhere,
                    "known_not_loaded": [report_name(report) for report in cell.known],
                }
                for cell in self.cells
            ],
        }


def make_matrix(
    topic: str,
    holdings: Holdings,
    embedder: Embedder,
    *,
    scope: Scope | None = None,
    recommendations: bool = False,
    by: By | None = None,
    catalogue: Catalogue | None = None,
) -> Matrix:
    """Lays out what is said on a topic.

    Args:
        topic: A topic of the thesaurus, an article of the Convention ("Article 15"), any question, or nothing for all.
        holdings: What is loaded.
        embedder: Embeds a question in free words.
        scope: Limits set beside the topic; each replaces what its words say in that respect.
        recommendations: Only recommendations, no findings.
        by: Parts each source by evaluation round, or by the year of the report.
        catalogue: Which reports exist; the one that comes with Pincite when None.

    Raises:
        UsageError: The topic is longer than a question may be.
    """
    if len(topic) > MAX_QUESTION_CHARACTERS:
        raise UsageError(f"The topic has {len(topic):,} characters; at most {MAX_QUESTION_CHARACTERS:,} are read.")
    question = read_question(topic, scope, known=holdings.knows)
    recommendations = recommendations or question.wants == "recommendations"
    label, evidence = _evidence(question, holdings, embedder, recommendations=recommendations)
    limits = question.scope
    countries = limits.countries or _countries(evidence)
    columns = _columns(evidence, limits.sources or _sources(evidence), countries, by)
    catalogue = catalogue or Catalogue.load()
    lacking = catalogue.lacking(document.identity for document in holdings.documents)
    cells = tuple(_cell(evidence, country, column, by, lacking) for country in countries for column in columns)
    return Matrix(label, limits, recommendations, by, countries, columns, cells, evidence.documents)


# --- what is evidence -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The statements that a matrix is made of.

    Attributes:
        holdings: Where they are.
        scope: What the matrix is limited to.
        editions: Ids of the documents of the years and rounds of the scope.
        rows: Shape (n,): statements that may stand in it.
        on_topic: Shape (n,): those of them that speak of the topic.
        elsewhere: Shape (n,): those that use its words about something else.
        of_grade: Shape (n,): those with a grade that was asked for.
    """

    holdings: Holdings
    scope: Scope
    editions: frozenset[str]
    rows: NDArray[np.bool_]
    on_topic: NDArray[np.bool_]
    elsewhere: NDArray[np.bool_]
    of_grade: NDArray[np.bool_]

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents that may answer within the scope."""
        wanted = self.scope.documents
        return tuple(d for d in self.holdings.documents if not wanted or d.document_id in wanted)


def _evidence(
    question: Question, holdings: Holdings, embedder: Embedder, *, recommendations: bool
) -> tuple[str, _Evidence]:
    """A topic as understood, and the statements on it."""
    searcher = holdings.searcher
    scope, grades = question.scope, question.scope.grades
    of_editions = holdings.of_editions(scope)
    if question.latest:
        of_editions &= holdings.of_latest_editions()
    rows = _evidential(holdings, scope) & of_editions
    if recommendations:
        rows &= _recommends(holdings)
    label, spoken_of, meant = _on_topic(question, holdings, embedder, rows)
    of_grade = np.ones(len(searcher.rows), dtype=np.bool_)
    if grades:
        of_grade = np.array([searcher.statement(row).grade in grades for row in range(len(rows))], dtype=np.bool_)
    on_topic = rows & meant
    if not (scope.anywhere or question.on_other_things):
        on_topic &= searcher.rows.about_trafficking
    editions = frozenset(np.unique(searcher.rows.document_id[of_editions]).tolist())
    return label, _Evidence(holdings, scope, editions, rows, on_topic, rows & spoken_of & ~on_topic, of_grade)


def _evidential(holdings: Holdings, scope: Scope) -> NDArray[np.bool_]:
    """Rows that may stand in a matrix: no rows of tables, no comments of governments, nothing repeated."""
    searcher = holdings.searcher
    rows: NDArray[np.bool_] = holdings.usable & ~searcher.rows.reference & (searcher.rows.kind != "row")
    if scope.parts:
        rows &= np.isin(searcher.rows.part, scope.parts)
    elif _GOVERNMENT not in scope.sources:
        rows &= ~np.isin(searcher.rows.part, _COMMENTS)
    # The lists at the end of reports on one country repeat what stands in them; a paper's annexes say something new.
    of_report = np.array([document.identity.kind in _REPORTS for document in searcher.documents], dtype=np.bool_)
    rows &= ~((searcher.rows.part == "appendix") & of_report[searcher.rows.document])
    if scope.documents:
        rows &= np.isin(searcher.rows.document_id, scope.documents)
    return rows


def _on_topic(
    question: Question, holdings: Holdings, embedder: Embedder, rows: NDArray[np.bool_]
) -> tuple[str, NDArray[np.bool_], NDArray[np.bool_]]:
    """A topic as understood, the rows that use its words, and those of them that mean it."""
    articles = question.scope.articles
    if articles:
        of_articles = np.any([_on_article(article, holdings) for article in articles], axis=0)
        named = " and ".join(f"Article {article}" for article in articles)
        if _ONLY_ARTICLES.fullmatch(question.text) or not question.content:
            return named, of_articles, of_articles
        topic, used, meant = _on_topic(_without_articles(question), holdings, embedder, rows)
        return f"{topic}, {named}" if named not in topic else topic, used & of_articles, meant & of_articles
    if not question.content:
        told = rows & ((holdings.searcher.rows.part != "front matter") | _recommends(holdings))
        return "all", told, told
    asked = asked_for(question)
    if asked and all(one.term for one in asked):
        covered = _least_coverage(holdings, [one.concept for one in asked])
        speaking = covered >= _SPEAKS_OF
        return question.text, speaking, _meant(covered, _cosines(question, holdings, embedder, rows & speaking), rows)
    # In free words: what uses nearly all of them, or most and is not far in meaning, or is near in meaning.
    share = holdings.searcher.coverage([one.concept for one in asked])
    cosines = _cosines(question, holdings, embedder, rows)
    meant = (share >= _NEARLY_ALL) | ((share >= _MOST) & (cosines >= _NOT_FAR)) | (cosines >= _NEAR)
    return question.text, meant, meant


def _without_articles(question: Question) -> Question:
    return replace(question, scope=replace(question.scope, articles=()))


def _least_coverage(holdings: Holdings, concepts: Sequence[Concept]) -> NDArray[np.float32]:
    """How well each row speaks of that one of some concepts that it speaks of least: shape (n,), 0 to 1."""
    each = [holdings.searcher.coverage([concept]) for concept in concepts]
    least: NDArray[np.float32] = np.min(each, axis=0)
    return least


def _cosines(
    question: Question, holdings: Holdings, embedder: Embedder, rows: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Cosine of the topic and those of some rows that are nearest to it, -1 for others: shape (n,)."""
    cosines = np.full(len(rows), -1.0, dtype=np.float32)
    for hit in holdings.searcher.search(question.about, embedder.embed_query(question.about), rows, _CANDIDATES):
        cosines[hit.row] = hit.cosine
    return cosines


def _meant(covered: NDArray[np.float32], cosines: NDArray[np.float32], rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows that use a topic's own words, or another wording in its meaning.

    "Money" is a word by which people ask for compensation, and pocket money is none: a statement with another wording
    alone must be as near to the topic as nearly all of those are that use its own words.
    """
    own = covered > _OTHER_WORDING
    if (own & rows).sum() < _FEW:
        return covered >= _SPEAKS_OF
    near = cosines >= np.quantile(cosines[own & rows], _OUTLYING)
    return own | ((covered >= _SPEAKS_OF) & near)


def _on_article(article: int, holdings: Holdings) -> NDArray[np.bool_]:
    """Rows under a heading that names an article, and under headings that name none those on its topic."""
    searcher = holdings.searcher
    rows = range(len(searcher.rows))
    named = np.array([article in searcher.passage(row).articles for row in rows], dtype=np.bool_)
    without = np.array([not searcher.passage(row).articles for row in rows], dtype=np.bool_)
    spoken_of = np.zeros(len(searcher.rows), dtype=np.bool_)
    topic = topic_of_article(article)
    asked = asked_for(read_question(topic.label)) if topic else ()
    for one in asked:
        if one.term:
            spoken_of |= searcher.coverage([one.concept]) >= _SPEAKS_OF
    of_article: NDArray[np.bool_] = named | (without & spoken_of)
    return of_article


def _recommends(holdings: Holdings) -> NDArray[np.bool_]:
    """Rows that ask something of a country: with one of GRETA's verbs, or as a point of a list that asks."""
    searcher = holdings.searcher
    pattern = _asking()

    def asks(row: int) -> bool:
        passage, identity = searcher.passage(row), searcher.document(row).identity
        graded = searcher.statement(row).grade is not None
        return graded or (
            passage.kind == "bullet" and identity.publisher != "GRETA" and pattern.search(passage.lead_in) is not None
        )

    return np.array([asks(row) for row in range(len(searcher.rows))], dtype=np.bool_)


@cache
def _asking() -> re.Pattern[str]:
    data = tomllib.loads((files("qa") / "data" / "matrix.toml").read_text(encoding="utf-8"))
    return re.compile("|".join(re.escape(stem) for stem in data["asking"]), re.IGNORECASE)


# --- rows, columns, cells ---------------------------------------------------------------------------------------------


def _countries(evidence: _Evidence) -> tuple[str, ...]:
    """The countries that loaded documents are about, in the order in which the first one names them."""
    return tuple(dict.fromkeys(code for document in evidence.documents for code in document.identity.countries))


def _sources(evidence: _Evidence) -> tuple[str, ...]:
    """Who publishes reports: the publishers of what is loaded, and those among its speakers that the field knows."""
    publishers = {document.identity.publisher for document in evidence.documents} - {None, "Pincite"}
    speakers = evidence.holdings.searcher.rows.by_speaker
    known = [source for source in _FIRST_SOURCES if source in publishers or source in speakers]
    return (*known, *sorted(str(publisher) for publisher in publishers - set(known)))


def _edition(document: Document, by: By) -> int | None:
    return document.identity.round if by == "round" else document.identity.year


def _columns(
    evidence: _Evidence, sources: Sequence[str], countries: Sequence[str], by: By | None
) -> tuple[Column, ...]:
    if by is None:
        return tuple(Column(source) for source in sources)
    columns: list[Column] = []
    for source in sources:
        documents = [d for country in countries for d in _own_documents(evidence, country, Column(source), None)]
        reported = any(_reported(evidence, country, source).any() for country in countries)
        editions = {_edition(document, by) for document in documents} | ({None} if reported else set())
        columns += [Column(source, edition) for edition in sorted(editions, key=lambda e: (e is None, e or 0))]
    return tuple(columns)


def _own_documents(evidence: _Evidence, country: str, column: Column, by: By | None) -> tuple[Document, ...]:
    """The source's own documents on a country, within the years and rounds of the scope, newest first."""
    own = [
        document
        for document in evidence.documents
        if document.identity.publisher in {column.source, _published_by(column.source, document)}
        and country in document.identity.countries
        and document.document_id in evidence.editions
        and (by is None or _edition(document, by) == column.edition)
    ]
    return tuple(sorted(own, key=lambda d: (d.identity.year or 0, d.identity.round or 0), reverse=True))


def _published_by(source: str, document: Document) -> str | None:
    """Whose document a source speaks in of its own: a government comments on GRETA's reports at their end."""
    if source == _GOVERNMENT and any(passage.part in _COMMENTS for passage in document.passages):
        return document.identity.publisher
    return None


def _said_by(evidence: _Evidence, country: str, source: str) -> NDArray[np.bool_]:
    """Rows on a country that a source speaks in, on any topic."""
    rows = evidence.holdings.searcher.rows
    mask = np.zeros(len(rows), dtype=np.bool_)
    mask[np.intersect1d(_rows_in(rows.by_speaker, source), _rows_in(rows.by_country, country))] = True
    mask &= evidence.rows
    return mask


def _rows_in(rows_by: Mapping[str, NDArray[np.int64]], code: str) -> NDArray[np.int64]:
    return rows_by.get(code, np.zeros(0, dtype=np.int64))


def _reported(evidence: _Evidence, country: str, source: str) -> NDArray[np.bool_]:
    """Rows in which a document of the years of the scope reports what a source says of a country."""
    rows = evidence.holdings.searcher.rows
    mask = _said_by(evidence, country, source)
    mask &= rows.voice == "reported"
    if evidence.scope.rounds:
        mask[:] = False  # Of which round it is, is not told.
    return mask


def _cell(evidence: _Evidence, country: str, column: Column, by: By | None, lacking: Sequence[KnownReport]) -> Cell:
    holdings = evidence.holdings
    rows = holdings.searcher.rows
    documents = _own_documents(evidence, country, column, by)
    of_own = np.isin(rows.document_id, [document.document_id for document in documents])
    own = _said_by(evidence, country, column.source) & of_own & (rows.voice == "own")
    reported = _reported(evidence, country, column.source)
    if by is not None and column.edition is not None:
        reported[:] = False
    said, hearsay = own & evidence.on_topic, reported & evidence.on_topic & evidence.of_grade
    shown = said & evidence.of_grade
    return Cell(
        country,
        column,
        documents,
        _quotes(holdings, shown),
        _quotes(holdings, hearsay),
        n_other_grades=int(said.sum() - shown.sum()),
        n_elsewhere=int((own & evidence.elsewhere).sum()),
        known=_known(lacking, country, column, by, documents),
    )


def _quotes(holdings: Holdings, mask: NDArray[np.bool_]) -> tuple[Quote, ...]:
    """Quotes of some rows: the newest report first, in it the strongest verb, then as printed, the summary last."""
    quotes = make_quotes(holdings.searcher, {int(row): 0.0 for row in np.flatnonzero(mask)})

    def order(quote: Quote) -> tuple[int, int, str, int, bool, int]:
        identity, grade = quote.document.identity, quote.statements[0].grade
        strength = GRADES.index(grade) if grade else len(GRADES)
        return (
            -(identity.year or 0),
            -(identity.round or 0),
            quote.document.document_id,
            strength,
            quote.passage.part == "summary",
            quote.start,
        )

    return tuple(replace(quote, copies=holdings.copies_of(quote)) for quote in sorted(quotes, key=order))


def _known(
    lacking: Sequence[KnownReport], country: str, column: Column, by: By | None, loaded: Sequence[Document]
) -> tuple[KnownReport, ...]:
    """Reports that are known and not loaded, newest first: of the edition of a column, else newer than those loaded."""
    newest = max(((d.identity.round or 0, d.identity.year or 0) for d in loaded), default=(0, 0))

    def is_missed(report: KnownReport) -> bool:
        if not report.is_monitoring_report or report.source != column.source or country not in report.countries:
            return False
        if by is not None:
            return (report.round if by == "round" else report.year) == column.edition and not loaded
        return (report.round or 0, report.year or 0) > newest

    return tuple(sorted(filter(is_missed, lacking), key=lambda r: (r.round or 0, r.year or 0), reverse=True))
