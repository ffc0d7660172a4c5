"""Honest silence: which of the reasons holds when nothing in the library answers a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from ingest.countries import country_name
from qa.age import known_report_phrase
from qa.evidence.holdings import Holdings
from qa.official.catalogue import Catalogue, fits
from qa.question.concepts import asked_for
from qa.question.scope import Question, Scope
from qa.quotes import Quote

if TYPE_CHECKING:
    from qa.evidence.retrieval import Evidence

Reason = Literal["empty_question", "not_loaded", "silent", "outside_library", "too_vague", "language"]


_NAMED_COUNTRIES = 6
_TOLD_COMMENTS = 5
_TOLD_REPORTS = 2  # Known reports that a message names; `pincite catalogue` lists all.


def why_nothing(question: Question, holdings: Holdings, evidence: Evidence, lacking: Catalogue) -> tuple[Reason, str]:
    """Returns the reason and a message for a question without evidence, with the nearest thing to do.

    Args:
        question: What was asked.
        holdings: What is loaded.
        evidence: What was found, without quotes.
        lacking: The reports that are known to exist and are not loaded.

    A source is called silent only when its own report on the country (and of the year and round) is loaded.
    """
    reason, message = _reason(question, holdings, evidence)
    hints = [message]
    if evidence.said_by_others is not None:
        quote = evidence.said_by_others
        hints.append(f"{_speaker(quote)} speaks of it: {quote.citation}. Ask for “{quote.speakers[0]}” to read it.")
    if reason == "not_loaded":
        hints += _what_exists(question, evidence.scope, lacking)
    hints += not_limited(question)
    if evidence.n_further:
        hints.append(further_hits(evidence.n_further))
    return reason, " ".join(hints)


def further_hits(n_statements: int) -> str:
    """Says that there are hits outside what is on trafficking."""
    if n_statements == 1:
        return "1 further statement, not on trafficking, speaks of it: `--anywhere` shows it."
    return f"{n_statements} further statements, not on trafficking, speak of it: `--anywhere` shows them."


def not_limited(question: Question) -> list[str]:
    """Says that a region limits nothing, since which countries it means is not known."""
    if question.unlisted is None:
        return []
    return [f"Which countries “{question.unlisted}” means is not known here: all countries were looked at."]


def names_of(codes: Sequence[str]) -> str:
    """Countries by name, as in a sentence; of many the first ones and how many more."""
    names = [country_name(code) for code in codes]
    further = len(names) - _NAMED_COUNTRIES
    return _and(names if further < 2 else [*names[:_NAMED_COUNTRIES], f"{further} other countries"])


def _speaker(quote: Quote) -> str:
    if quote.speakers[0] != "Government" or not quote.countries:
        return quote.speakers[0]
    where = " in its comments" if quote.passage.part == "government comments" else ""
    return f"The Government of {country_name(quote.countries[0])}{where}"


def _what_exists(question: Question, scope: Scope, lacking: Catalogue) -> list[str]:
    """What the catalogue knows of the reports that are lacking."""
    numbered = [report for number in question.numbers if (report := lacking.by_number(number))]
    known = numbered or [report for report in lacking.nearest(scope) if fits(report, scope)]
    return [f"{_capital(known_report_phrase(report))} exists but is not loaded." for report in known[:_TOLD_REPORTS]]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _reason(question: Question, holdings: Holdings, evidence: Evidence) -> tuple[Reason, str]:
    scope = evidence.scope
    if not holdings.documents:
        return "not_loaded", "The library is empty. Load a report with `pincite ingest FILE` or in the page."
    if evidence.missing_section:
        titles = ", ".join(_titles(scope, holdings)) or "The loaded documents"
        return "silent", f"{titles}: there is no section {question.section}."
    unnamed = [number for number in question.numbers if not len(holdings.rows_naming([number]))]
    if unnamed and not scope.documents:
        return "not_loaded", f"{_and(unnamed)} is not loaded, and no loaded document names it."
    matter = " ".join(word for word in question.content if not word.isdigit())
    verbs = " or ".join(f"“{grade}”" for grade in scope.grades)
    about = f" on “{matter}”" if matter else f" with {verbs}" if verbs else ""
    # What the whole field speaks of is not outside the library, though nobody in it happens to.
    of_the_field = evidence.known_elsewhere or all(one.term for one in asked_for(question))
    if not of_the_field and question.content:
        return "outside_library", f"Nothing in the library is about {f'“{matter}”' if matter else 'this'}."
    where = _where(scope)
    if scope.sources == ("Government",):
        return _of_the_government(scope, holdings, about)
    missing = [source for source in scope.sources if not holdings.has_own(source, scope)]
    if missing and "Government" not in scope.sources:
        named = " or ".join(missing)
        says = "says" if len(missing) == 1 else "say"
        message = (
            f"No report by {named}{where} is loaded, and no loaded document reports what {named} {says}{about}{where}."
        )
        return "not_loaded", message
    if (scope.years or scope.rounds or scope.since or scope.until) and evidence.nothing_in_scope:
        return "not_loaded", f"No report{where} is loaded."
    bare = set(question.years_named) - set(question.years_happened)
    if bare and not scope.years and not holdings.of_year(bare, scope):
        years = _and([str(year) for year in sorted(bare)])
        return "not_loaded", f"No report of {years}{where} is loaded."
    uncovered = [country for country in scope.countries if not holdings.covers(country)]
    if uncovered:
        covered = [code for code in scope.countries if code not in uncovered]
        nothing = f" What is loaded on {names_of(covered)} says nothing{about}." if covered else ""
        return "not_loaded", f"No report on {names_of(uncovered)} is loaded.{nothing}"
    titles = "; ".join(_titles(scope, holdings))
    return (
        "silent",
        f"What is loaded{where} says nothing{about}: {titles}." if titles else f"Nothing{about} was found{where}.",
    )


def _of_the_government(scope: Scope, holdings: Holdings, about: str) -> tuple[Reason, str]:
    """Why nothing of a government is shown: its comments are printed in the reports on its country, or not loaded."""
    from qa.citing.citations import document_citation

    whose = f"the Government{f' of {names_of(scope.countries)}' if scope.countries else ''}"
    with_comments = [
        document_citation(document.identity)
        for document in holdings.documents
        if (not scope.countries or set(scope.countries) & set(document.identity.countries))
        and any(passage.part == "government comments" for passage in document.passages)
    ]
    if not with_comments:
        return "not_loaded", f"No comments by {whose} are loaded, and no loaded document reports what it says{about}."
    where = "; ".join(with_comments[:_TOLD_COMMENTS])
    return "silent", f"Nothing{about} was found in the comments of {whose}: {where}."


def _where(scope: Scope) -> str:
    """The limits of a scope in words: " on Serbia, round 3, 2023"."""
    parts = [f" on {names_of(scope.countries)}"] if scope.countries else []
    parts += [f", round {_and([str(number) for number in scope.rounds])}"] if scope.rounds else []
    parts += [f", {_and([str(year) for year in scope.years])}"] if scope.years else []
    parts += [f", since {scope.since}"] if scope.since else []
    parts += [f", until {scope.until}"] if scope.until else []
    return "".join(parts)


def _titles(scope: Scope, holdings: Holdings) -> list[str]:
    from qa.citing.citations import document_citation

    fitting = [
        document.identity
        for document in holdings.documents
        if (not scope.documents or document.document_id in scope.documents)
        and (not scope.sources or document.identity.publisher in scope.sources)
        and (not scope.countries or set(scope.countries) & set(document.identity.countries))
    ]
    return [document_citation(identity) for identity in fitting[:5]]


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
