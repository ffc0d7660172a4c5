"""What there is in a scope, for a question that names no topic: "Serbia", "what does GRETA recommend to Albania"."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from ingest.scale import assessments
from qa.citing.citations import document_citation
from qa.evidence.holdings import Holdings, edition
from qa.evidence.selection import Selection
from qa.question.scope import Question
from qa.question.topics import all_topics, find_topics
from qa.quotes import Quote, make_quotes

if TYPE_CHECKING:
    from numpy.typing import NDArray

_QUOTES = 60
_ALL_OF_IT = 15  # So many quotes are shown as they are; of more, recommendations, one for each topic (chosen).
_NAMED_TOPICS = 12

# "Did GRETA praise …": where it says that something is good.
_PRAISE_ASKED = re.compile(r"\b(?:prais|welcom|commend)", re.IGNORECASE)
_PRAISE = re.compile(
    r"\b(?:prais|welcom|commend|appreciat|with satisfaction|positive (?:step|development)s?)", re.IGNORECASE
)
# What several sources say alike.
_SHARED = re.compile(r"\b(?:both|agree|agrees|common|jointly|together)\b", re.IGNORECASE)


def overview(question: Question, holdings: Holdings, selection: Selection) -> tuple[tuple[Quote, ...], str]:
    """Quotes in the order of the documents, and a note that says what they are; no quotes where nothing is in scope.

    A question for what is said or asked gets all of it. One that names a country alone gets what there is to ask about:
    the reports, the topics, and the recommendations of the newest editions.
    """
    scope = question.scope
    if question.wants or question.section or scope.sources or scope.documents or scope.grades:
        comments_first = "Government" in scope.sources
        rows = _rows(question, holdings, selection.rows)
        quotes = _in_order(make_quotes(holdings.searcher, rows), comments_first=comments_first)
        return tuple(quotes[:_QUOTES]), _what_is_shown(question, len(quotes)) if quotes else ""
    newest = selection.rows & holdings.of_latest_editions()
    quotes = _in_order(make_quotes(holdings.searcher, _rows(question, holdings, newest)))
    recommendations = _recommendations(holdings, newest)
    if len(quotes) > _ALL_OF_IT and recommendations.any():
        quotes = _in_order(make_quotes(holdings.searcher, _scores(recommendations)))
    topics = {id(quote): _topics_of(quote.text) for quote in quotes}
    counts = Counter(key for keys in topics.values() for key in keys)
    if len(quotes) > _ALL_OF_IT:
        quotes = _one_for_each(quotes, topics)
    return tuple(quotes[:_QUOTES]), _what_there_is(holdings, selection.rows, counts) if quotes else ""


def _what_is_shown(question: Question, n_quotes: int) -> str:
    first = f", the first {_QUOTES} of {n_quotes}" if n_quotes > _QUOTES else ""
    verbs = " or ".join(f"“{grade}”" for grade in question.scope.grades)
    if verbs:
        return f"No topic was named: these are all recommendations with {verbs}{first}."
    comments = "Government" in question.scope.sources
    order = "the Government's comments first" if comments else "recommendations and bullets first"
    return f"No topic was named: this is all, {order}{first}."


def _rows(question: Question, holdings: Holdings, selected: NDArray[np.bool_]) -> dict[int, float]:
    rows = holdings.searcher.rows
    mask = selected & ~holdings.pointers & ~holdings.of_covers & (rows.kind != "footnote")
    if question.scope.grades:
        grades = question.scope.grades
        mask &= np.array([holdings.searcher.statement(row).grade in grades for row in range(len(rows))], dtype=np.bool_)
    elif question.wants == "recommendations":
        mask = _recommendations(holdings, mask)
    elif question.wants == "findings":
        mask &= rows.kind == "paragraph"
        if _PRAISE_ASKED.search(question.text):
            praise = mask.copy()
            praise[mask] = [
                _PRAISE.search(holdings.searcher.text(row)) is not None for row in np.flatnonzero(mask).tolist()
            ]
            mask = praise if praise.any() else mask
    if question.about_assessment:
        rated = mask & np.array(
            [bool(assessments(holdings.searcher.text(row))) for row in range(len(rows))], dtype=np.bool_
        )
        mask = rated if rated.any() else mask
    if question.each_source and len(question.scope.sources) > 1:
        both = np.array([set(question.scope.sources) <= set(speakers) for speakers in rows.speakers], dtype=np.bool_)
        if _SHARED.search(question.text) and (mask & both).any():
            mask &= both
    return _scores(mask)


def _recommendations(holdings: Holdings, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows that ask for something: graded statements, and bullets of documents without grades."""
    searcher = holdings.searcher
    rows = searcher.rows
    graded = np.array([searcher.statement(row).grade is not None for row in range(len(rows))], dtype=np.bool_)
    with_grades = np.isin(rows.document, np.unique(rows.document[graded]))
    asking: NDArray[np.bool_] = mask & (graded | (~with_grades & (rows.kind == "bullet")))
    return asking


def _scores(mask: NDArray[np.bool_]) -> dict[int, float]:
    return dict.fromkeys(np.flatnonzero(mask).tolist(), 0.0)


def _in_order(quotes: list[Quote], *, comments_first: bool = False) -> list[Quote]:
    """Newest editions first, recommendations before bullets before running text, else as in the document."""
    return sorted(
        quotes,
        key=lambda quote: (
            [-number for number in edition(quote.document.identity)[:2]],
            quote.document.document_id,
            comments_first and quote.passage.part != "government comments",
            quote.grade is None,
            quote.passage.kind != "bullet",
            quote.start,
        ),
    )


def _topics_of(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for mention in find_topics(text) for key in mention.keys))


def _one_for_each(quotes: list[Quote], topics: dict[int, tuple[str, ...]]) -> list[Quote]:
    """For each source the first quote on each topic that no quote before it is on."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for quote in quotes:
        new = {(quote.speakers[0], key) for key in topics[id(quote)]} - seen
        if new:
            seen |= new
            kept.append(quote)
    return kept


def _what_there_is(holdings: Holdings, selected: NDArray[np.bool_], counts: Counter[str]) -> str:
    """The reports in scope and the topics of their recommendations, commonest first."""
    positions = np.unique(holdings.searcher.rows.document[selected]).tolist()
    reports = [document_citation(holdings.searcher.documents[position].identity) for position in positions]
    named = [f"{all_topics()[key].label} ({n})" for key, n in counts.most_common(_NAMED_TOPICS)]
    there_is = f"No topic was named. Loaded: {'; '.join(reports[:8])}{' …' if len(reports) > 8 else ''}."
    return f"{there_is} Topics of the recommendations: {', '.join(named)}." if named else there_is
