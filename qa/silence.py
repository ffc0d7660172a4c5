"""Honest silence: which of the reasons holds when nothing in the library answers a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from ingest.countries import country_name
from qa.holdings import Holdings
from qa.scope import Question, Scope

if TYPE_CHECKING:
    from qa.retrieval import Evidence

Reason = Literal["empty_question", "not_loaded", "silent", "outside_library", "too_vague", "language"]


def why_nothing(question: Question, holdings: Holdings, evidence: Evidence) -> tuple[Reason, str]:
    """Returns the reason and a message for a question without evidence.

    A source is called silent only when its own report on the country (and of the year and round) is loaded.
    """
    scope = evidence.scope
    if not holdings.documents:
        return "not_loaded", "The library is empty. Load a report with `pincite ingest FILE` or in the page."
    if evidence.missing_section:
        titles = ", ".join(_titles(scope, holdings)) or "The loaded documents"
        return "silent", f"{titles}: there is no section {question.section}."
    unnamed = [number for number in question.numbers if not len(holdings.rows_naming([number]))]
    if unnamed and not scope.documents:
        return "not_loaded", f"{_and(unnamed)} is not loaded, and no loaded document names it."
    about = f" on “{' '.join(question.content)}”" if question.content else ""
    if not evidence.known_elsewhere and question.content:
        return "outside_library", f"Nothing in the library is about this{about}."
    where = _where(scope)
    if scope.sources and not all(holdings.has_own(source, scope) for source in scope.sources):
        missing = [source for source in scope.sources if not holdings.has_own(source, scope)]
        return (
            "not_loaded",
            (
                f"No report by {' or '.join(missing)}{where} is loaded, and no loaded document reports what "
                f"{' or '.join(missing)} {'says' if len(missing) == 1 else 'say'}{about}{where}."
            ),
        )
    if (scope.years or scope.rounds) and evidence.nothing_in_scope:
        return "not_loaded", f"No report{where} is loaded."
    uncovered = [country for country in scope.countries if not holdings.covers(country)]
    if uncovered:
        return "not_loaded", f"No report on {_and([country_name(code) for code in uncovered])} is loaded."
    titles = "; ".join(_titles(scope, holdings))
    return "silent", f"What is loaded{where} says nothing{about}: {titles}."


def _where(scope: Scope) -> str:
    """The limits of a scope in words: " on Serbia, round 3, 2023"."""
    parts = [f" on {_and([country_name(code) for code in scope.countries])}"] if scope.countries else []
    parts += [f", round {_and([str(number) for number in scope.rounds])}"] if scope.rounds else []
    parts += [f", {_and([str(year) for year in scope.years])}"] if scope.years else []
    return "".join(parts)


def _titles(scope: Scope, holdings: Holdings) -> list[str]:
    from qa.citations import document_citation

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
