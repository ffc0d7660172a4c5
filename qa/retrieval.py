"""Finding the evidence for a question: select, score, decide what is enough, join to quotes.

What counts, in numbers, was set on the development questions with `pincite evaluate`, which shows what each part
brings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from qa.answer_type import asks_for_a_kind, asks_whether_there_is, tells
from qa.concepts import Asked, asked_for
from qa.holdings import Holdings
from qa.quotes import Quote, make_quotes, whole_thought
from qa.scope import Question, Scope

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embedder import Embedder
    from index.search import Searcher

# A statement is scored by the cosine of its vector and the question's (what it means) plus its share of the question's
# concepts (what it says). Measured on 210 questions: 0.5 ranks the expected statement among the first three in 0.88 of
# cases; the cosine alone 0.79, weights from 0.25 to 1 between 0.85 and 0.87.
_COVERAGE_WEIGHT = 0.5
_NEIGHBOUR_WEIGHT = (
    0.25  # What a statement gains from the best one of its passage: answers run on into the next sentence.
)
_WANTED_KIND = 0.25  # Bullets for "recommend", running text for "welcome".
_CLAUSE_BEHIND = 0.01
_NAMED_SPEAKER = 0.2  # "What did the survey find": a statement of the survey.
_DEFINITION = 0.3  # "What is the NATC-SEE": the statement that introduces it.
_PER_WORD, _FREE_WORDS = 0.0015, 45  # A very long statement says little on any one thing.
_ALL_SOURCES = 0.2  # "What do EC and GRETA both ask": a statement of both.
_NAMED_DOCUMENT = 1.0  # A footnote that names the very document that was asked for.

_REFERENCE = 0.5  # A bare reference, for a question on documents; for any other it is no evidence.

# When there is evidence (see `_is_answerable`); scores are cosine plus weighted coverage, without preferences.
_ENOUGH = 0.38
_ENOUGH_SCOPED = 0.12
_MOST = 0.45
_NEARLY_ALL = 0.75
_NOT_FAR = 0.4
_NEAR = 0.56
_NEAR_SCOPED = 0.35
_SURE_COSINE = 0.6

# Which of it is shown: evidence this far below the best is left out, and below the best of its country and source.
_SPREAD = 0.35
_LIST_SPREAD = 0.45
_GROUP_SPREAD = 0.25
_GROUP_QUOTES = 4
_LIST_GROUP_QUOTES = 6  # Shared among the groups.
_WHOLE_WORDS = 125  # The best quote goes on to the end of its passage up to this length.
_CANDIDATES = 200

_SHARED = re.compile(
    r"\b(?:both|agree|agrees|common|jointly|together)\b", re.IGNORECASE
)  # What several sources say alike.

DEFAULT_QUOTES = 8
_OVERVIEW_QUOTES = 60


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for a question.

    Attributes:
        scope: What it was limited to, with documents that its words named.
        quotes: Best first, or in document order for an overview; empty when nothing is evidence.
        notes: What a person must know about it.
        nothing_in_scope: True when no row at all is within the scope.
        known_elsewhere: True when outside the scope there is evidence on the same matter.
        missing_section: True when the section that was asked for does not exist.
    """

    scope: Scope
    quotes: tuple[Quote, ...] = ()
    notes: tuple[str, ...] = ()
    nothing_in_scope: bool = False
    known_elsewhere: bool = False
    missing_section: bool = False


@dataclass(slots=True)
class _Selection:
    """The rows that a question may be answered from."""

    rows: NDArray[np.bool_]
    scope: Scope
    missing_section: bool = False
    notes: list[str] = field(default_factory=list)


def gather(question: Question, holdings: Holdings, embedder: Embedder, *, limit: int | None) -> Evidence:
    """Returns the evidence for a question."""
    selection = _select(question, holdings)
    query = question.about if question.content else question.text
    if selection.missing_section or not selection.rows.any():
        elsewhere = bool(question.content) and bool(
            _scored(question, holdings, embedder.embed_query(query), holdings.usable, of_any_kind=True)
        )
        return Evidence(
            selection.scope,
            nothing_in_scope=True,
            known_elsewhere=elsewhere,
            missing_section=selection.missing_section,
        )
    if not question.content and not question.about_documents:
        return _overview(question, holdings, selection, limit)
    vector = embedder.embed_query(query)
    scored = _scored(question, holdings, vector, selection.rows)
    if not scored:
        elsewhere = bool(_scored(question, holdings, vector, holdings.usable, of_any_kind=True))
        return Evidence(selection.scope, known_elsewhere=elsewhere)
    quotes = [replace(quote, copies=holdings.copies_of(quote)) for quote in _chosen(question, holdings, scored, limit)]
    return Evidence(selection.scope, tuple(quotes), tuple(selection.notes))


# --- selection --------------------------------------------------------------------------------------------------------


def _select(question: Question, holdings: Holdings) -> _Selection:
    """Rows within the scope of a question."""
    rows = holdings.searcher.rows
    scope = question.scope
    mask = holdings.usable.copy()
    documents = scope.documents
    if documents:
        # A document that is named answers even where another form of it would.
        mask = np.isin(rows.document_id, documents)
    elif question.numbers and question.content and (documents := holdings.numbered(question.numbers)):
        mask &= np.isin(rows.document_id, documents)
    elif question.numbers and not len(holdings.rows_naming(question.numbers)):
        mask[:] = False  # What others say is no answer to what a report says that is not loaded.
    elif question.non_paper and (documents := holdings.non_papers()):
        mask &= np.isin(rows.document_id, documents)
    for wanted, of_row in ((scope.years, rows.year), (scope.rounds, rows.round)):
        if wanted:
            mask &= np.isin(of_row, wanted)
    if scope.sources:
        mask &= _any_of(rows.by_speaker, scope.sources, len(rows))
    if scope.countries:
        mask &= _any_of(rows.by_country, scope.countries, len(rows))
    selection = _Selection(mask, replace(scope, documents=documents))
    if question.section:
        in_section = holdings.rows_in_section(question.section)
        selection.missing_section = not (mask & in_section).any()
        selection.rows = mask & in_section
    return selection


def _any_of(rows_by: Mapping[str, NDArray[np.int64]], codes: tuple[str, ...], n_rows: int) -> NDArray[np.bool_]:
    mask = np.zeros(n_rows, dtype=np.bool_)
    for code in codes:
        found = rows_by.get(code)
        if found is not None:
            mask[found] = True
    return mask


# --- scores -----------------------------------------------------------------------------------------------------------


def _scored(
    question: Question,
    holdings: Holdings,
    vector: NDArray[np.float32],
    selected: NDArray[np.bool_],
    *,
    of_any_kind: bool = False,
) -> dict[int, float]:
    """Score of each statement that is evidence, by row number; `of_any_kind` takes those without the number asked."""
    searcher = holdings.searcher
    rows = searcher.rows
    if not question.about_documents:
        selected = selected & ~rows.reference
    query = question.about if question.content else question.text
    hits = searcher.search(query, vector, selected, _CANDIDATES)
    if not of_any_kind and not question.about_documents and asks_for_a_kind(question.text):
        hits = tuple(hit for hit in hits if _tells(question, searcher, hit.row))
    if not hits:
        return {}
    found = np.array([hit.row for hit in hits])
    cosines = np.array([hit.cosine for hit in hits])
    asked = asked_for(question)
    covered = searcher.coverage([one.concept for one in asked])[found]
    named = np.isin(found, holdings.rows_naming(question.numbers))
    if not _is_answerable(question, holdings, asked=asked, cosines=cosines, covered=covered, found=found, named=named):
        return {}
    totals = cosines + _COVERAGE_WEIGHT * covered + _preferences(question, holdings, found, named)
    scores = dict(zip(found.tolist(), totals.tolist(), strict=True))
    _raise_clauses(holdings, scores)
    return scores if question.each_country or question.each_source else _with_neighbours(holdings, scores)


def _tells(question: Question, searcher: Searcher, row: int) -> bool:
    """Whether a statement, with the passage around it, holds the kind of thing that a question wants to be told."""
    passage = searcher.passage(row)
    around = searcher.document(row).text[passage.start : passage.end]
    return tells(question.text, searcher.text(row), around)


def _preferences(
    question: Question, holdings: Holdings, found: NDArray[np.int64], named: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """What the kind of a statement adds to its score, or takes from it."""
    rows = holdings.searcher.rows
    extra = np.zeros(len(found))
    if question.about_documents:
        extra += np.where(named, _NAMED_DOCUMENT, 0.0) + np.where(rows.reference[found], _REFERENCE, 0.0)
    if question.wants == "recommendations":
        extra += np.where(rows.kind[found] == "bullet", _WANTED_KIND, 0.0)
    elif question.wants == "findings":
        extra += np.where(rows.kind[found] == "paragraph", _WANTED_KIND, 0.0)
    if len(question.scope.sources) > 1 and _SHARED.search(question.text):
        of_all = [set(question.scope.sources) <= set(rows.speakers[row]) for row in found]
        extra += np.where(of_all, _ALL_SOURCES, 0.0)
    preferred = [code for code in rows.by_speaker if code in question.speakers or _names(question.text, code)]
    if preferred:
        extra += np.where([bool(set(preferred) & set(rows.speakers[row])) for row in found], _NAMED_SPEAKER, 0.0)
    texts = [holdings.searcher.text(row) for row in found]
    if question.defines:
        pattern = re.compile(
            "|".join(rf"\({re.escape(term)}\)|\b{re.escape(term)}\s(?:is|was)\b" for term in question.defines)
        )
        extra += np.where([pattern.search(text) is not None for text in texts], _DEFINITION, 0.0)
    n_words = np.array([text.count(" ") + 1 for text in texts])
    extra -= _PER_WORD * np.maximum(n_words - _FREE_WORDS, 0)
    return extra


def _names(question: str, speaker: str) -> bool:
    """Whether a question names a speaker that is no publisher of reports, such as a convention."""
    return " " in speaker and speaker.casefold() in question.casefold()


def _is_answerable(
    question: Question,
    holdings: Holdings,
    *,
    asked: Sequence[Asked],
    cosines: NDArray[np.float64],
    covered: NDArray[np.float32],
    found: NDArray[np.int64],
    named: NDArray[np.bool_],
) -> bool:
    """Whether what is in scope speaks of what is asked for.

    What the library speaks of elsewhere, or what the field has words for, must be spoken of in scope too: being near in
    meaning is not enough, since everything in scope is on trafficking. Only a question in words that nobody in the
    library uses is trusted to its nearness in meaning.
    """
    if named.any() or (question.about_documents and question.scope.countries):
        return True
    concepts = [one.concept for one in asked if one.term]
    spoken_of = float(covered.max()) > 0
    term_spoken_of = bool(concepts) and float(holdings.searcher.coverage(concepts)[found].max()) > 0
    if not spoken_of and any(one.term or holdings.searcher.occurs(one.concept) for one in asked):
        return bool(cosines.max() >= _SURE_COSINE)
    if not term_spoken_of:
        # No term of the field: most words must be found and the meaning not be far, or the meaning be near.
        if asks_whether_there_is(question.text) and not spoken_of:
            return False
        most, nearest = float(covered.max()), float(cosines.max())
        if most >= _MOST and (question.about_documents or nearest >= _NOT_FAR):
            return True
        if most >= _NEARLY_ALL and nearest >= _ENOUGH_SCOPED:
            return True
        return nearest >= (_NEAR_SCOPED if question.scope.countries else _NEAR)
    best = float((cosines + _COVERAGE_WEIGHT * covered).max())
    return best >= (_ENOUGH_SCOPED if question.scope.countries else _ENOUGH)


def _raise_clauses(holdings: Holdings, scores: dict[int, float]) -> None:
    """Lets a clause that goes on with another speaker's half of a sentence follow close behind that half."""
    searcher = holdings.searcher
    for row in sorted(scores):
        if row - 1 in scores and searcher.text(row)[0].islower() and searcher.passage(row) is searcher.passage(row - 1):
            scores[row] = max(scores[row], scores[row - 1] - _CLAUSE_BEHIND)


def _with_neighbours(holdings: Holdings, scores: dict[int, float]) -> dict[int, float]:
    """Raises statements that stand in one passage with a better one: answers run on into the next sentence."""
    rows = holdings.searcher.rows
    best: dict[tuple[int, int], float] = {}
    for row, score in scores.items():
        place = int(rows.document[row]), int(rows.passage[row])
        best[place] = max(best.get(place, 0.0), score)
    return {
        row: score + _NEIGHBOUR_WEIGHT * best[int(rows.document[row]), int(rows.passage[row])]
        for row, score in scores.items()
    }


# --- choice -----------------------------------------------------------------------------------------------------------


def _chosen(question: Question, holdings: Holdings, scored: dict[int, float], limit: int | None) -> list[Quote]:
    """The quotes to show, best first: of each country and source in turn where a question wants each."""
    lists = question.each_country or question.each_source
    quotes = make_quotes(holdings.searcher, scored if lists else _near_the_best(scored))
    if question.each_country:
        # What is said of the region stays only where it fits better than what is said of any country.
        best = max((quote.score for quote in quotes if _on_one_of_its_countries(quote)), default=0.0)
        quotes = [quote for quote in quotes if _on_one_of_its_countries(quote) or quote.score > best]
    least = quotes[0].score - (_LIST_SPREAD if lists else _SPREAD)
    groups: dict[tuple[object, ...], list[Quote]] = {}
    for quote in quotes:
        if quote.score >= least:
            groups.setdefault(_group_key(question, quote), []).append(quote)
    most = max(2, _LIST_GROUP_QUOTES // len(groups)) if lists else _GROUP_QUOTES
    ranked = [
        (place if lists else 0, -quote.score, quote)
        for group in groups.values()
        for place, quote in enumerate(group[:most])
        if quote.score >= group[0].score - _GROUP_SPREAD
    ]
    ordered = [quote for _, _, quote in sorted(ranked, key=lambda entry: entry[:2])]
    if not lists:
        ordered[0] = whole_thought(ordered[0], max_words=_WHOLE_WORDS)
        ordered = [ordered[0], *(quote for quote in ordered[1:] if not ordered[0].contains(quote))]
    return ordered[: limit or (2 * DEFAULT_QUOTES if lists else DEFAULT_QUOTES)]


def _near_the_best(scored: dict[int, float]) -> dict[int, float]:
    """The rows that can make a quote near enough to the best one: good ones, and those that they may be joined with."""
    least = max(scored.values()) - _SPREAD
    kept: dict[int, float] = {}
    run: list[int] = []
    for row in [*sorted(scored), -1]:
        if run and row != run[-1] + 1:
            if any(scored[each] >= least for each in run):
                kept.update((each, scored[each]) for each in run)
            run = []
        run.append(row)
    return kept


def _on_one_of_its_countries(quote: Quote) -> bool:
    """Whether a quote is on a country that its document is about, not only on one that it mentions."""
    return bool(set(quote.countries) & set(quote.document.identity.countries))


def _group_key(question: Question, quote: Quote) -> tuple[object, ...]:
    """The country and source under which a quote is shown."""
    scope = question.scope
    countries = [code for code in quote.countries if not scope.countries or code in scope.countries]
    sources = [code for code in quote.speakers if not scope.sources or code in scope.sources]
    country = countries[0] if countries and (scope.countries or len(countries) == 1) else None
    return country, (sources or quote.speakers)[0]


def _overview(question: Question, holdings: Holdings, selection: _Selection, limit: int | None) -> Evidence:
    """Everything in the scope, in the order of the documents: for a question that names no topic."""
    rows = holdings.searcher.rows
    mask = selection.rows & ~rows.reference & (rows.kind != "footnote")
    if question.wants == "recommendations":
        mask &= rows.kind == "bullet"
    elif question.wants == "findings":
        mask &= rows.kind == "paragraph"
    if question.each_source and len(question.scope.sources) > 1:
        both = np.array([set(question.scope.sources) <= set(speakers) for speakers in rows.speakers], dtype=np.bool_)
        if _SHARED.search(question.text) and (mask & both).any():
            mask &= both
    quotes = make_quotes(holdings.searcher, {int(row): 0.0 for row in np.flatnonzero(mask)})
    if not quotes:
        return Evidence(selection.scope, known_elsewhere=True)
    quotes.sort(key=lambda quote: (quote.document.document_id, quote.passage.kind != "bullet", quote.start))
    return Evidence(
        selection.scope,
        tuple(quotes[: limit or _OVERVIEW_QUOTES]),
        ("No topic was named: this is all, bullets first.",),
    )
