"""The statements that a question may be answered from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qa.evidence.holdings import Holdings
from qa.question.scope import Question, Scope

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that a question may be answered from.

    Attributes:
        rows: Shape (n,): rows in scope that are on trafficking; all in scope for a question on something else.
        elsewhere: Shape (n,): rows in scope that are not on trafficking; none for a question on something else.
        scope: The scope with the documents that the question's words name.
        missing_section: True when the section that was asked for does not exist.
    """

    rows: NDArray[np.bool_]
    elsewhere: NDArray[np.bool_]
    scope: Scope
    missing_section: bool = False


def select(question: Question, holdings: Holdings) -> Selection:
    """Rows within the scope of a question."""
    rows = holdings.searcher.rows
    scope = question.scope
    mask, documents = _of_documents(question, holdings)
    mask &= holdings.of_editions(scope)
    if question.latest:
        mask &= holdings.of_latest_editions()
    if scope.parts:
        mask &= np.isin(rows.part, scope.parts)
    if scope.sources:
        mask &= _any_of(rows.by_speaker, scope.sources, len(rows))
    if scope.countries:
        of_countries = _any_of(rows.by_country, scope.countries, len(rows))
        mask &= of_countries | holdings.on_region(question.group, scope.countries) if question.group else of_countries
    missing_section = False
    if question.section:
        in_section = holdings.rows_in_section(question.section)
        missing_section = not (mask & in_section).any()
        mask &= in_section
    on_subject = rows.about_trafficking | (question.on_other_things or scope.anywhere)
    return Selection(mask & on_subject, mask & ~on_subject, replace(scope, documents=documents), missing_section)


def _of_documents(question: Question, holdings: Holdings) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Rows of the documents that a question names, with their ids; all usable rows where it names none."""
    documents = question.scope.documents
    if documents:
        # A document that is named answers even where another form of it would.
        return holdings.searcher.of_documents(documents), documents
    if question.numbers and question.content and (documents := holdings.numbered(question.numbers)):
        return holdings.usable & holdings.searcher.of_documents(documents), documents
    if question.numbers and not len(holdings.rows_naming(question.numbers)):
        # What others say is no answer to what a report says that is not loaded.
        return np.zeros_like(holdings.usable), ()
    if question.non_paper and (documents := holdings.non_papers()):
        return holdings.usable & holdings.searcher.of_documents(documents), documents
    return holdings.usable.copy(), ()


def _any_of(rows_by: Mapping[str, NDArray[np.int64]], codes: tuple[str, ...], n_rows: int) -> NDArray[np.bool_]:
    mask = np.zeros(n_rows, dtype=np.bool_)
    for code in codes:
        found = rows_by.get(code)
        if found is not None:
            mask[found] = True
    return mask
