"""Finding the evidence for a question: select, score, decide what is enough, join to quotes.

What counts, in numbers, was set on the development questions with `pincite evaluate`, which shows what each part
brings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from index.embedder import is_english_word
from index.words import words
from ingest.countries import country_name
from ingest.scale import assessments
from qa.age import newest_own
from qa.citing.citations import document_citation
from qa.evidence.choice import chosen
from qa.evidence.holdings import Holdings
from qa.evidence.overview import overview
from qa.evidence.rerank import reranked
from qa.evidence.selection import Selection, select
from qa.question.answer_type import asks_for_a_kind, asks_whether_there_is, tells, years_told
from qa.question.concepts import Asked, asked_for, without_narrower
from qa.question.foreign import is_on_subject
from qa.question.language import language_name
from qa.question.scope import Question, Scope
from qa.quotes import Quote, make_quotes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embedder import Embedder
    from index.reranker import Reranker

# A statement is scored by the cosine of its vector and the question's (what it means) plus its share of the question's
# concepts (what it says). Measured on 210 questions: 0.5 ranks the expected statement among the first three in 0.88 of
# cases; the cosine alone 0.79, weights from 0.25 to 1 between 0.85 and 0.87.
_COVERAGE_WEIGHT = 0.5
_NEIGHBOUR_WEIGHT = (
    0.25  # What a statement gains from the best one of its passage: answers run on into the next sentence.
)
_WANTED_KIND = 0.25  # Bullets for "recommend", running text for "welcome".
_NAMED_VERB = 0.15  # "What does GRETA urge": a recommendation with this verb.
_NAMED_ARTICLE = 0.4  # "Article 15": what stands under a heading that names it.
_OF_THE_YEAR = 0.2  # "In 2016": a statement that tells of it, in a period too,
_NEAR_THE_YEAR = 0.2  # and one in whose passage it is told of: "Of these persons, 35 were female".
_RATED = 0.3  # "How does the EC assess …": a value of its scale.
_NEWEST = 0.12  # Where no edition is named, the newest one counts first.
_SUMMARY = -0.3  # An executive summary repeats what the numbered paragraphs say, which are cited.
_FRONT_MATTER = -0.2
_COMMENTS = 0.2  # "What do the authorities say": what they write themselves, before what GRETA reports of them.
_APPENDIX = -0.3  # Recommendations are cited by their numbered paragraph; what else stands there is rarely meant.
_CHANGES = 0.15  # How editions differ shows in their recommendations.
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
# Fitted by logistic regression on 466 answerable and 152 other questions by four authors: the odds of an answer grow
# with 3.7 x cosine + 5.5 x coverage. Below this fit one in three is answerable; a higher bound refuses paraphrases.
_FIT_COVERAGE, _LEAST_FIT = 1.5, 0.5
# Support below which what is asked for must be named: of 152 blind questions on eight reports it refuses 11 more of 14
# that should be refused, and 9 more of 127 that have an answer, 4 of which were answered wrongly.
_NEAR_THE_MATTER = 0.8
_CLEAR = 0.85  # Support (cosine plus coverage) from which what a source says is on the matter.
_MUCH_MISSED = 0.5  # Share of what is asked for from which an answer says what it leaves open (chosen).
_CLEARER = 0.4  # How much more support another speaker's words must have to show that below that it is not.

_CANDIDATES = 200
_PUBLISHERS = ("GRETA", "EC")  # Whose reports come in editions.

_SHARED = re.compile(
    r"\b(?:both|agree|agrees|common|jointly|together)\b", re.IGNORECASE
)  # What several sources say alike.


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
        n_further: How many statements in scope that are not on trafficking speak of what is asked for.
        said_by_others: What somebody else than the sources of the scope says of it, where these do not.
    """

    scope: Scope
    quotes: tuple[Quote, ...] = ()
    notes: tuple[str, ...] = ()
    nothing_in_scope: bool = False
    known_elsewhere: bool = False
    missing_section: bool = False
    n_further: int = 0
    said_by_others: Quote | None = None


def gather(
    question: Question,
    holdings: Holdings,
    embedder: Embedder,
    *,
    limit: int | None,
    reranker: Reranker | None = None,
) -> Evidence:
    """Returns the evidence for a question, in the order of the reranker if there is one."""
    notes: tuple[str, ...] = ()
    if question.language == "en":
        question, notes = _with_country_of_a_name(question, holdings)
    else:
        notes = (f"The question is in {language_name(question.language)}: this was found by its meaning alone.",)
    question = _with_editions_of_the_years(question, holdings)
    selection = select(question, holdings)
    scope = selection.scope
    query = question.about if question.content else question.text
    if question.language != "en" and question.content and not is_on_subject(embedder.embed_query(query), embedder):
        return Evidence(scope)
    if selection.missing_section or not (selection.rows | selection.elsewhere).any():
        elsewhere = bool(question.content) and bool(
            _found(question, holdings, embedder.embed_query(query), holdings.usable, of_any_kind=True).scores
        )
        return Evidence(
            scope, nothing_in_scope=True, known_elsewhere=elsewhere, missing_section=selection.missing_section
        )
    if not question.content and not question.about_documents:
        quotes, note = overview(question, holdings, selection)
        return Evidence(scope, quotes[:limit], (note,) if quotes else (), known_elsewhere=True)
    vector = embedder.embed_query(query)
    found = _found(question, holdings, vector, selection.rows)
    further = _n_further(question, holdings, selection)
    other = _clearer_of_others(question, holdings, vector, selection, found)
    if other is not None and other.passage.part == "government comments":
        # Shown as the government's: who asks what GRETA says of it is told that it is not GRETA who does.
        says = f"{' or '.join(scope.sources)} says nothing on this; what is shown is from the government's comments."
        return Evidence(scope, (other,), (*notes, says), n_further=further)
    if not found.scores or other is not None:
        elsewhere = other is not None or bool(
            _found(question, holdings, vector, holdings.usable, of_any_kind=True).scores
        )
        return Evidence(scope, known_elsewhere=elsewhere, n_further=further, said_by_others=other)
    scores = found.scores
    if reranker is not None:
        scores = reranked(question.text, holdings.searcher, scores, reranker)
    shown = chosen(question, holdings, scores, limit)
    with_copies = tuple(replace(quote, copies=holdings.copies_of(quote)) for quote in shown)
    lacking = _not_spoken_of(question, with_copies)
    own = _own_reports_not_shown(question, holdings, selection, shown)
    return Evidence(scope, with_copies, (*notes, *lacking, *own), n_further=further)


def _not_spoken_of(question: Question, shown: Sequence[Quote]) -> tuple[str, ...]:
    """A note that names what was asked for and nothing that is shown speaks of, where that is much of the question."""
    if question.about_documents or not question.content or question.language != "en":
        return ()
    said = {
        word for quote in shown for word in words(f"{quote.text} {quote.lead_in} {' '.join(quote.passage.section)}")
    }
    asked = asked_for(question)
    missed = [one for one in asked if not any(said.issuperset(wording.words) for wording in one.concept)]
    if not missed or len(missed) < _MUCH_MISSED * len(asked):
        return ()
    words_missed = {word for one in missed for word in one.concept[0].words}
    named = [word for word in question.content if words_missed & set(words(word))]
    return (f"Nothing that is shown speaks of {', '.join(f'“{word}”' for word in named)}.",) if named else ()


def _own_reports_not_shown(
    question: Question, holdings: Holdings, selection: Selection, shown: Sequence[Quote]
) -> tuple[str, ...]:
    """Notes on own reports that are loaded where what their source says on the country is only reported by others.

    Without a word on them they would seem to be missing.
    """
    scope, rows = selection.scope, holdings.searcher.rows
    if question.about_documents or question.language != "en":
        return ()
    of_editions = holdings.of_editions(scope)
    identities = {document.document_id: document.identity for document in holdings.documents}
    notes = []
    for country in scope.countries:
        quotes = [quote for quote in shown if country in quote.countries]
        for source in scope.sources or _PUBLISHERS:
            if {quote.voice for quote in quotes if source in quote.speakers} != {"reported"}:
                continue
            of_source = (rows.publisher == source) & of_editions
            loaded = [identities[key] for key in np.unique(rows.document_id[of_source]).tolist() if key in identities]
            own = newest_own(source, country, loaded)
            if own is None:
                continue
            speaks = holdings.searcher.coverage([one.concept for one in asked_for(question)]) > 0
            says = (
                "has nothing as near to the question"
                if (speaks & of_source & selection.rows)[rows.by_country[country]].any()
                else ("says nothing on it in these words")
            )
            year = f" ({own.year})" if own.year else ""
            notes.append(
                f"{source}’s own report on {country_name(country)}, {document_citation(own)}{year}, is loaded and "
                f"{says}: what is shown is reported by {_reporters(quotes, source)}."
            )
    return tuple(notes)


def _reporters(quotes: Sequence[Quote], source: str) -> str:
    names = dict.fromkeys(quote.reported_by for quote in quotes if source in quote.speakers and quote.reported_by)
    return " and ".join(names)


def _with_country_of_a_name(question: Question, holdings: Holdings) -> tuple[Question, tuple[str, ...]]:
    """A question that names no country limited to the one on which alone the library speaks of a name in it.

    "What are the figures of Stellna?" is on the country whose service Stellna is.
    """
    if question.scope.countries or question.each_country or question.group:
        return question, ()
    searcher = holdings.searcher
    for name in question.content:
        if not name[0].isupper() or name.isupper() or is_english_word(name.casefold()):
            continue
        named = searcher.rows_with(words(name))
        countries = {searcher.rows.countries[row] for row in named[holdings.usable[named]]}
        if len(countries) == 1 and len(only := next(iter(countries))) == 1:
            note = f"“{name}” is named on {country_name(only[0])} alone."
            return replace(question, scope=replace(question.scope, countries=only)), (note,)
    return question, ()


def _with_editions_of_the_years(question: Question, holdings: Holdings) -> Question:
    """A question with a bare year limited to the editions of that year, where there are any: "EC Serbia 2018"."""
    scope = question.scope
    years = set(question.years_named) - set(question.years_happened)
    if scope.sources and len(question.years_named) == 1 and not asks_for_a_kind(question.text):
        years = set(question.years_named)  # "What did the EC say on Serbia in 2018".
    if scope.years or not years:
        return question
    editions = {
        year
        for year in years
        if any(holdings.has_own(source, replace(scope, years=(year,))) for source in scope.sources or _PUBLISHERS)
    }
    if not editions:
        return question
    bare = re.compile(rf"\b(?:{'|'.join(map(str, editions))})\b")
    return replace(
        question,
        scope=replace(scope, years=tuple(sorted(editions))),
        about=bare.sub(" ", question.about),
        content=tuple(word for word in question.content if not bare.fullmatch(word)),
        years_named=tuple(year for year in question.years_named if year not in editions),
    )


def _clearer_of_others(
    question: Question, holdings: Holdings, vector: NDArray[np.float32], selection: Selection, found: _Found
) -> Quote | None:
    """What another speaker says of the matter, where the one asked for says nothing that comes near it.

    "What does GRETA say about the machine translation" is not answered with GRETA's words on interpreters when it is
    the government that speaks of the machine.
    """
    if not question.scope.sources or question.about_documents or found.support >= _CLEAR:
        return None
    others = select(replace(question, scope=replace(question.scope, sources=())), holdings).rows & ~selection.rows
    of_others = _found(question, holdings, vector, others)
    if not of_others.scores or of_others.support < found.support + _CLEARER:
        return None
    best = max(of_others.scores, key=lambda row: of_others.scores[row])
    return make_quotes(holdings.searcher, {best: of_others.scores[best]})[0]


def _n_further(question: Question, holdings: Holdings, selection: Selection) -> int:
    """How many statements on other things than trafficking speak of all that is asked for."""
    if not selection.elsewhere.any():
        return 0
    concepts = [one.concept for one in asked_for(question)]
    covered = holdings.searcher.coverage(concepts)
    return int((selection.elsewhere & (covered >= _NEARLY_ALL)).sum())


# --- scores -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """What speaks of the matter.

    Attributes:
        scores: Score of each statement that is evidence, by row number.
        support: Cosine plus coverage of the statement for which they are highest, without any preference; 0 to 2.
    """

    scores: dict[int, float]
    support: float = 0.0


def _found(
    question: Question,
    holdings: Holdings,
    vector: NDArray[np.float32],
    selected: NDArray[np.bool_],
    *,
    of_any_kind: bool = False,
) -> _Found:
    """The statements that are evidence; `of_any_kind` takes those without the number asked."""
    searcher = holdings.searcher
    if not question.about_documents:
        selected = selected & ~holdings.pointers & ~holdings.of_covers
    query = question.about if question.content else question.text
    hits = searcher.search(query, vector, selected, _CANDIDATES)
    if not of_any_kind and not question.about_documents and asks_for_a_kind(question.text):
        hits = tuple(hit for hit in hits if _tells(question, holdings, hit.row))
    if not hits or not (of_any_kind or _of_the_years(question, holdings, [hit.row for hit in hits])):
        return _Found({})
    found = np.array([hit.row for hit in hits])
    cosines = np.array([hit.cosine for hit in hits])
    asked = asked_for(question)
    covered = searcher.coverage([one.concept for one in asked])[found]
    named = np.isin(found, holdings.rows_naming(question.numbers))
    support = _support(holdings, _Support(asked, found, cosines, covered))
    if not _is_answerable(question, holdings, support, named=bool(named.any())):
        return _Found({})
    totals = cosines + _COVERAGE_WEIGHT * covered + _preferences(question, holdings, found, named)
    scores = dict(zip(found.tolist(), totals.tolist(), strict=True))
    _raise_clauses(holdings, scores)
    if not (question.each_country or question.each_source or question.each_edition):
        scores = _with_neighbours(holdings, scores)
    return _Found(scores, float((cosines + support.covered).max()))


def _of_the_years(question: Question, holdings: Holdings, found: Sequence[int]) -> bool:
    """Whether anything tells of one of the years that a question names, as "in the period 2014-2017" does of 2016."""
    if not question.years_named:
        return True
    searcher = holdings.searcher
    years = set(question.years_named)
    if years & {searcher.document(row).identity.year for row in found}:
        return True  # "Serbia 2018": the edition.
    passages = {(id(searcher.document(row)), searcher.passage(row).start): row for row in found}.values()
    return any(years & years_told(holdings.passage_text(row)) for row in passages)


def _tells(question: Question, holdings: Holdings, row: int) -> bool:
    """Whether a statement, with the passage around it, holds the kind of thing that a question wants to be told."""
    return tells(question.text, holdings.searcher.text(row), holdings.passage_text(row))


def _preferences(
    question: Question, holdings: Holdings, found: NDArray[np.int64], named: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """What the kind of a statement adds to its score, or takes from it."""
    rows = holdings.searcher.rows
    extra = np.where(rows.part[found] == "summary", _SUMMARY, 0.0)
    extra += np.where(rows.part[found] == "front matter", _FRONT_MATTER, 0.0)
    extra += np.where(rows.part[found] == "appendix", _APPENDIX, 0.0)
    if "Government" in question.scope.sources:
        extra += np.where(rows.part[found] == "government comments", _COMMENTS, 0.0)
    graded = np.array([holdings.searcher.statement(row).grade is not None for row in found])
    if question.each_edition:
        extra += np.where(graded, _CHANGES, 0.0)
    if not (question.each_edition or question.scope.years or question.scope.rounds):
        extra += np.where(holdings.of_latest_editions()[found], _NEWEST, 0.0)
    if question.scope.articles:
        wanted = set(question.scope.articles)
        of_article = [bool(wanted & set(holdings.searcher.passage(row).articles)) for row in found]
        extra += np.where(of_article, _NAMED_ARTICLE, 0.0)
    if question.scope.grades:
        verbs = [holdings.searcher.statement(row).grade in question.scope.grades for row in found]
        extra += np.where(verbs, _NAMED_VERB, 0.0)
    if question.years_named:
        years = set(question.years_named)
        for row_tells, weight in ((holdings.searcher.text, _OF_THE_YEAR), (holdings.passage_text, _NEAR_THE_YEAR)):
            tells_of_it = [bool(years & years_told(row_tells(row))) for row in found]
            extra += np.where(tells_of_it, weight, 0.0)
    if question.about_assessment:
        rated = [bool(assessments(holdings.searcher.text(row))) for row in found]
        extra += np.where(rated, _RATED, 0.0)
    if question.about_documents:
        extra += np.where(named, _NAMED_DOCUMENT, 0.0) + np.where(rows.reference[found], _REFERENCE, 0.0)
    if question.wants == "recommendations":
        extra += np.where((rows.kind[found] == "bullet") | graded, _WANTED_KIND, 0.0)
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


@dataclass(frozen=True, slots=True, eq=False)
class _Support:
    """What is found in scope and how it fits. All arrays have shape (number of rows found,).

    Attributes:
        asked: What is asked for.
        rows: Row numbers.
        cosines: Cosine similarity of each row and the question.
        covered: Coverage of what is asked for by each row.
    """

    asked: Sequence[Asked]
    rows: NDArray[np.int64]
    cosines: NDArray[np.float64]
    covered: NDArray[np.float32]


def _support(holdings: Holdings, whole: _Support) -> _Support:
    """The support that decides on silence; narrower things count in it only where nothing else is asked for.

    Convictions tell of prosecution, and nothing of the prosecution of a certain kind of person.
    """
    judged = without_narrower(whole.asked)
    if len(whole.asked) == 1 or judged == tuple(whole.asked):
        return whole
    covered = holdings.searcher.coverage([one.concept for one in judged])[whole.rows]
    return replace(whole, asked=judged, covered=covered)


def _is_answerable(question: Question, holdings: Holdings, support: _Support, *, named: bool) -> bool:
    """Whether what is in scope speaks of what is asked for.

    What the library speaks of elsewhere, or what the field has words for, must be spoken of in scope too: being near in
    meaning is not enough, since everything in scope is on trafficking. Only a question in words that nobody in the
    library uses is trusted to its nearness in meaning.
    """
    if named or (question.about_documents and question.scope.countries):
        return True
    if question.language != "en":
        return True  # No word of it can be looked for: `is_on_subject` has judged it.
    asked, found, cosines, covered = support.asked, support.rows, support.cosines, support.covered
    outright = [one.concept[:1] for one in asked if one.term]
    named_outright = bool(outright) and bool(holdings.searcher.coverage(outright)[found].any())
    # Where nothing of the field is named in the reports' own word, the question as a whole must fit.
    if asked and not named_outright and float((cosines + _FIT_COVERAGE * covered).max()) < _LEAST_FIT:
        return False
    if _own_report_lacks_it(question, holdings, support):
        return False
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


def _own_report_lacks_it(question: Question, holdings: Holdings, support: _Support) -> bool:
    """Whether the rarest thing asked for is in nothing that is found, though the source's own report is loaded.

    A report of forty pages that treats something uses a word for it. A paper that reports on several countries in a few
    lines may put it otherwise, so that nothing follows there.
    """
    if not support.asked or float((support.cosines + support.covered).max()) >= _NEAR_THE_MATTER:
        return False
    # A country on which nothing is loaded says nothing either way: "Syrian refugees in Malta".
    loaded = tuple(filter(holdings.covers, question.scope.countries))
    scope = replace(question.scope, countries=loaded)
    if not loaded or not any(holdings.has_own(source, scope) for source in scope.sources or _PUBLISHERS):
        return False
    rarest = max(support.asked, key=lambda one: holdings.searcher.rarity(one.concept))
    return not holdings.searcher.coverage([rarest.concept])[support.rows].any()


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
