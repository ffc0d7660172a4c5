"""How well questions are answered: what is shown of what should be, nobody misquoted, refusals right.

A file of questions with the truth (see `expectations`) is asked, and each answer is judged; `measures` sums them up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ingest.countries import country_codes
from ingest.references import number_key
from qa.evaluating.expectations import Expected, PosedQuestion, Printed, folded_words
from qa.evaluating.measures import FIRST_QUOTES, Evaluation, Judgement, ShownQuote
from qa.question.scope import Scope, read_question

if TYPE_CHECKING:
    from qa.answer import Answer, Answerer
    from qa.evidence.holdings import Holdings
    from qa.quotes import Quote

WORD_BUDGET = 200
_GOVERNMENT = frozenset({"Government"})
_TELLING_WORDS = 5  # Fewer words, such as a heading of a table, stand in many places.
_ALIKE = 75  # Partial ratio (0-100) of texts that differ in figures and dates alone: 77 to 95 in the specimens.

_ROUND_NAMED = re.compile(
    r"\b(?:rounds?|R[1-4]|(?:first|second|third|fourth|1st|2nd|3rd|4th)\s(?:evaluation\s)?report)\b", re.IGNORECASE
)


def evaluate(
    questions: Sequence[PosedQuestion],
    answerer: Answerer,
    *,
    truth: Sequence[Printed] = (),
    scope: Scope | None = None,
    k: int = 5,
    words: int = WORD_BUDGET,
    limit: int | None = None,
    on_progress: Callable[[], None] = lambda: None,
) -> Evaluation:
    """Asks every question and judges the answers.

    Args:
        questions: What to ask.
        answerer: What to ask it of.
        truth: What the reports print where.
        scope: Limits set beside every question, such as a document.
        k: Recall is measured within so many quotes.
        words: And within so many words; twice as many for questions with several answers.
        limit: At most so many quotes an answer; None as `Answerer.ask` has it.
        on_progress: Called after each question.
    """
    judgements = []
    for question in questions:
        answer = answerer.ask(question.text, scope, limit=limit)
        judgements.append(_judge(question, answer, answerer.holdings(), truth, k=k, words=words))
        on_progress()
    return Evaluation(tuple(judgements), k, words)


# --- one answer -------------------------------------------------------------------------------------------------------


def _judge(
    question: PosedQuestion, answer: Answer, holdings: Holdings, truth: Sequence[Printed], *, k: int, words: int
) -> Judgement:
    named = _named(question, answer, holdings)
    quotes = []
    for group in answer.groups:
        for quote in group.quotes:
            places = _places(quote, question, truth)
            shows = tuple(n for n, one in enumerate(question.expected) if _shows(quote, one, named))
            quotes.append(
                ShownQuote(
                    text=quote.text,
                    speakers=quote.speakers,
                    country=group.country,
                    citation=quote.citation,
                    score=round(quote.score, 3),
                    shows=shows,
                    errors=tuple(_errors(quote, question, named, places, shows)),
                    citation_right=_is_cited_right(quote, places),
                    verbatim=quote.document.text[quote.start : quote.end] == quote.text,
                    # What is expected belongs to the subject, whatever words its block has.
                    on_trafficking=bool(shows) or _is_on_trafficking(places),
                )
            )
    expected = range(len(question.expected))
    budget = words if question.n_answers == 1 else 2 * words
    in_words = _in_budget(answer.quotes, question, named, budget)
    first = {n for quote in quotes[:FIRST_QUOTES] for n in quote.shows}
    government = bool(question.expected) and all(one.speakers == _GOVERNMENT for one in question.expected)
    return Judgement(
        question_id=question.question_id,
        kind=question.kind,
        question=question.text,
        expected=tuple(one.text for one in question.expected),
        reason=answer.reason,
        message=answer.message,
        right_reasons=question.reasons or _right_reasons(question, answer, holdings),
        first_three=first.issuperset(expected) if question.n_answers == 1 else None,
        found_in_quotes=len({n for quote in quotes[:k] for n in quote.shows}),
        found_in_words=len(in_words),
        ndcg=_ndcg([quote.shows for quote in quotes], len(expected)) if expected else None,
        as_others=government and answer.answered and not any(quote.shows for quote in quotes),
        quotes=tuple(quotes),
    )


def _named(question: PosedQuestion, answer: Answer, holdings: Holdings) -> Scope:
    """What the question's words limit it to, with the truth's values where there are any.

    The truth decides what is right; the words only whether a limit was set at all, so that "has anyone in the region"
    may be answered from other countries than the truth lists.
    """
    understood = read_question(question.text, known=holdings.knows)
    read = understood.scope
    places = [one.place for one in question.expected if one.place]
    # A group of countries limits nothing strictly: statements on the region as a whole answer too.
    countries = () if understood.group else read.countries or answer.scope.countries
    countries = countries or country_codes(question.text)
    rounds = tuple(dict.fromkeys(place.round for place in places if place.round))
    years = tuple(dict.fromkeys(place.year for place in places if place.year))
    round_named = read.rounds or answer.scope.rounds or _ROUND_NAMED.search(question.text)
    year_named = read.years or answer.scope.years
    sources = read.sources
    if question.sources not in {(), ("Government",)} and not set(sources) & set(question.sources):
        sources = question.sources
    return Scope(
        countries=(question.countries or countries) if countries else (),
        sources=sources if read.sources else (),
        rounds=tuple({*rounds, *read.rounds}) if round_named else (),
        years=tuple({*years, *read.years}) if year_named else (),
    )


def _shows(quote: Quote, expected: Expected, named: Scope, text: str | None = None) -> bool:
    """Whether a quote (or the part of its text that is looked at) shows an expected statement, as its speakers'."""
    text = quote.text if text is None else text
    identity = quote.document.identity
    number = number_key(identity.official_number) if identity.official_number else ()
    words = folded_words(text)
    holds = any(wording in words for wording in expected.wordings)
    if expected.place is None:
        return holds
    if not (expected.speakers & set(quote.speakers)):
        return False
    if holds and number == expected.place.number:
        # A list at the end repeats recommendations word for word; only the place in the report itself counts.
        return not quote.pages or bool(expected.place.pages & set(quote.pages))
    if named.rounds and identity.round not in named.rounds:
        return False
    return any(
        number == other and quote.passage.paragraph == paragraph and _alike(expected.wordings[0], words)
        for other, paragraph in expected.also
    )


def _alike(wanted: str, words: str) -> bool:
    from rapidfuzz.fuzz import partial_ratio

    return len(words) > len(wanted) / 2 and partial_ratio(wanted, words) >= _ALIKE


def _in_budget(quotes: Sequence[Quote], question: PosedQuestion, named: Scope, budget: int) -> set[int]:
    """Positions of the expected statements that the first words of the quotes hold."""
    found: set[int] = set()
    for quote in quotes:
        words = quote.text.split()[:budget]
        budget -= len(words)
        text = " ".join(words)
        found |= {n for n, one in enumerate(question.expected) if _shows(quote, one, named, text)}
        if budget <= 0:
            break
    return found


def _places(quote: Quote, question: PosedQuestion, truth: Sequence[Printed]) -> tuple[Printed, ...]:
    """Where the truth says that a quote's words are printed: places of its document; empty where it does not say.

    The truth does not hold the lists in appendices.
    """
    if not quote.document.identity.official_number:
        return ()
    number, words = number_key(quote.document.identity.official_number), folded_words(quote.text)
    if quote.passage.part == "appendix" or len(words.split()) < _TELLING_WORDS:
        return ()
    found = tuple(place for place in truth if place.number == number and words in place.words)
    if found:
        return found
    places = (one.place for one in question.expected if one.place)
    return tuple(place for place in places if place.number == number and place.words in words)


def _errors(
    quote: Quote, question: PosedQuestion, named: Scope, places: Sequence[Printed], shows: Sequence[int]
) -> Iterable[str]:
    """What is wrong about whose words a quote is said to be, and on what."""
    identity = quote.document.identity
    # The government's comments are the answer to some questions that name GRETA; then they must be shown as its own.
    if named.sources and not set(named.sources) & set(quote.speakers) and not shows:
        yield f"said by {' and '.join(quote.speakers)}; asked for {' or '.join(named.sources)}"
    if named.countries and not set(named.countries) & set(quote.countries):
        yield f"on {', '.join(quote.countries) or 'no country'}; asked for {', '.join(named.countries)}"
    if named.rounds and identity.round is not None and identity.round not in named.rounds:
        yield f"of round {identity.round}; asked for {', '.join(map(str, named.rounds))}"
    if named.years and identity.year not in named.years:
        yield f"of {identity.year}; asked for {', '.join(map(str, named.years))}"
    for one in question.expected:
        in_scope = not question.countries or set(question.countries) & set(quote.countries)
        holds = any(wording in folded_words(quote.text) for wording in one.wordings)
        if one.place is None and in_scope and holds and set(quote.speakers) != one.speakers:
            yield f"said to be by {' and '.join(quote.speakers)}; the truth says {' and '.join(sorted(one.speakers))}"
    if places:
        speakers = {place.speaker for place in places}
        if "Government" in speakers and len(speakers) == 1 and set(quote.speakers) != speakers:
            yield f"said to be by {' and '.join(quote.speakers)}; it is a comment of the government"
        if "Government" not in speakers and "Government" in quote.speakers and quote.voice == "own":
            yield f"said to be by the government; it is {' and '.join(sorted(speakers))}'s report"
        for name, said in (("round", identity.round), ("year", identity.year)):
            true = {getattr(place, name) for place in places} - {None}
            if true and said not in true:
                yield f"said to be of {name} {said}; the truth says {', '.join(map(str, true))}"


def _is_cited_right(quote: Quote, places: Sequence[Printed]) -> bool | None:
    """Whether paragraph and pages of a quote are those of one of the places where its words are printed."""
    if not places:
        return None
    pages = set(quote.pages)

    def right(place: Printed) -> bool:
        if place.paragraphs and quote.passage.kind != "footnote" and quote.passage.paragraph not in place.paragraphs:
            return False
        # A quote that goes on beyond what the truth holds may end on a later page.
        longer = folded_words(quote.text) not in place.words
        return not pages or (bool(pages & place.pages) if longer else pages <= place.pages)

    return any(map(right, places))


def _is_on_trafficking(places: Sequence[Printed]) -> bool | None:
    """Whether one of the places where a quote is printed is on trafficking; None where none of them tells."""
    told = [place.on_trafficking for place in places if place.on_trafficking is not None]
    return any(told) if told else None


def _ndcg(shown: Sequence[Sequence[int]], n_expected: int) -> float:
    """nDCG@10 of quotes by the expected statements that each is the first to show; 0 where nothing is shown."""
    import ir_measures

    gains: list[int] = []
    seen: set[int] = set()
    for statements in shown:
        gains.append(len(set(statements) - seen))
        seen.update(statements)
    missing = {f"missing {n}": 1 for n in range(n_expected - len(seen))}
    qrels = {"question": {f"quote {n}": gain for n, gain in enumerate(gains)} | missing}
    run = {"question": {f"quote {n}": float(-n) for n in range(len(gains))}}
    if not run["question"]:
        return 0.0
    return float(ir_measures.calc_aggregate([ir_measures.nDCG @ 10], qrels, run)[ir_measures.nDCG @ 10])


def _right_reasons(question: PosedQuestion, answer: Answer, holdings: Holdings) -> tuple[str, ...]:
    """The right reasons for refusing: a report that is not loaded cannot be silent, and a loaded one is not missing."""
    read = read_question(question.text, known=holdings.knows).scope
    if question.expected:
        only_government = all(one.speakers == _GOVERNMENT for one in question.expected)
        return ("silent",) if only_government and set(read.sources) - _GOVERNMENT else ()
    scope = Scope(
        countries=question.countries or read.countries or answer.scope.countries,
        sources=read.sources or answer.scope.sources,
        years=read.years or answer.scope.years,
        rounds=read.rounds or answer.scope.rounds,
    )
    missing = any(not holdings.has_own(source, scope) for source in scope.sources)
    if missing or not all(map(holdings.covers, scope.countries)):
        return ("not_loaded",)
    return ("silent", "outside_library")
