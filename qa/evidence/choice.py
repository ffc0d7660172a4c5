"""Which of the evidence is shown: balanced over countries, sources and editions, nothing twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.evidence.holdings import Holdings, edition
from qa.question.scope import Question
from qa.quotes import Quote, make_quotes, whole_thought

DEFAULT_QUOTES = 8

# Evidence this far below the best is left out, and below the best of its country, source and edition.
_SPREAD = 0.35
_LEADER_SPREAD = 0.5  # For the best of a country and source that nothing else speaks for.
_LIST_SPREAD = 0.45
_GROUP_SPREAD = 0.25
_VERB_SPREAD = 0.3
_ANYWHERE_SPREAD = 0.6  # Who asks for what is not on trafficking either wants all of it.
_GROUP_QUOTES = 4
_LIST_GROUP_QUOTES = 6  # Shared among the groups.
_WHOLE_WORDS = 125  # The best quote goes on to the end of its passage up to this length.


def chosen(question: Question, holdings: Holdings, scored: dict[int, float], limit: int | None) -> list[Quote]:
    """The quotes to show, best first: of each country, source and edition in turn where a question wants each."""
    lists = question.each_country or question.each_source or question.each_edition
    quotes = make_quotes(holdings.searcher, scored if lists or question.scope.anywhere else _near_the_best(scored))
    quotes = _of_the_verb(question, quotes)
    if question.each_country:
        # What is said of the region stays only where it fits better than what is said of any country.
        best = max((quote.score for quote in quotes if _on_one_of_its_countries(quote)), default=0.0)
        quotes = [quote for quote in quotes if _on_one_of_its_countries(quote) or quote.score > best]
    if not question.each_edition:
        quotes = _said_once(quotes)
    spread, leader_spread = (_LIST_SPREAD, _LIST_SPREAD) if lists else (_SPREAD, _LEADER_SPREAD)
    group_spread, most = _GROUP_SPREAD, _GROUP_QUOTES
    if question.scope.anywhere:
        spread = leader_spread = group_spread = _ANYWHERE_SPREAD
        most = DEFAULT_QUOTES
    groups: dict[tuple[object, ...], list[Quote]] = {}
    for quote in quotes:
        key = _group_key(question, quote)
        if quote.score >= quotes[0].score - (spread if key in groups else leader_spread):
            groups.setdefault(key, []).append(quote)
    if lists:
        most = max(2, _LIST_GROUP_QUOTES // len(groups))
    ranked = [
        (place if lists else 0, -quote.score, quote)
        for group in groups.values()
        for place, quote in enumerate(_with_a_recommendation(group, most))
        if quote.score >= group[0].score - group_spread
    ]
    ordered = [quote for _, _, quote in sorted(ranked, key=lambda entry: entry[:2])]
    if not lists:
        ordered[0] = whole_thought(ordered[0], max_words=_WHOLE_WORDS)
        ordered = [ordered[0], *(quote for quote in ordered[1:] if not ordered[0].contains(quote))]
    return ordered[: limit or (2 * DEFAULT_QUOTES if lists else DEFAULT_QUOTES)]


def _with_a_recommendation(group: list[Quote], most: int) -> list[Quote]:
    """The best of a group; the last of them gives way to the best recommendation where none is among them."""
    best = group[:most]
    recommendation = next((quote for quote in group[most:] if quote.grade is not None), None)
    if recommendation is None or any(quote.grade is not None for quote in best):
        return best
    return [*best[:-1], recommendation]


def _of_the_verb(question: Question, quotes: list[Quote]) -> list[Quote]:
    """Recommendations with the verbs that a question names, where there are any on the matter; else all quotes."""
    grades = question.scope.grades
    if question.each_edition:
        return quotes  # Another edition may well use another verb.
    graded = [quote for quote in quotes if quote.grade in grades and quote.score >= quotes[0].score - _VERB_SPREAD]
    return graded or quotes


def _said_once(quotes: Sequence[Quote]) -> list[Quote]:
    """Quotes without repetitions: of what several editions say word for word the newest, with the other places."""
    kept: dict[tuple[object, ...], Quote] = {}
    for quote in quotes:
        key = quote.document.identity.publisher, quote.speakers, quote.countries, _folded(quote.text)
        other = kept.get(key)
        if other is None:
            kept[key] = quote
            continue
        newer, older = sorted((other, quote), key=lambda each: edition(each.document.identity), reverse=True)
        kept[key] = replace(
            newer,
            score=max(newer.score, older.score),
            repeats=(*other.repeats, *quote.repeats, replace(older, repeats=())),
        )
    return sorted(kept.values(), key=lambda quote: -quote.score)


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _near_the_best(scored: dict[int, float]) -> dict[int, float]:
    """The rows that can make a quote near enough to the best one: good ones, and those that they may be joined with."""
    least = max(scored.values()) - _LEADER_SPREAD
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
    """The country, source, voice and edition under which a quote counts."""
    scope = question.scope
    countries = [code for code in quote.countries if not scope.countries or code in scope.countries]
    sources = [code for code in quote.speakers if not scope.sources or code in scope.sources]
    country = countries[0] if countries and (scope.countries or len(countries) == 1) else None
    document = quote.document.document_id if question.each_edition else None
    return country, (sources or quote.speakers)[0], quote.voice, document
