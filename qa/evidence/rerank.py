"""The best candidates of an answer in the order of a cross-encoder, where one is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.loading import embedding_text

if TYPE_CHECKING:
    from index.reranker import Reranker
    from index.search import Searcher

_RERANKED = 30  # Of so many candidates an answer is made; more would take seconds on two cores (chosen).


def reranked(question: str, searcher: Searcher, scores: dict[int, float], reranker: Reranker) -> dict[int, float]:
    """The same candidates with the scores of the best dealt out again: the highest to what fits best, and so on.

    Whether there is evidence was decided before, and how far from the best one shows is measured in these scores: a
    cross-encoder, whose scores mean nothing to others, decides on the order alone.

    Args:
        question: As asked, with its countries and sources.
        searcher: What the rows belong to.
        scores: Score of each candidate by row number.
        reranker: The cross-encoder; it reads a statement with its countries, heading and lead-in.
    """
    best = sorted(scores, key=lambda row: -scores[row])[:_RERANKED]
    texts = [embedding_text(searcher.document(row), searcher.passage(row), searcher.statement(row)) for row in best]
    fit = dict(zip(best, reranker.scores(question, texts).tolist(), strict=True))
    in_new_order = sorted(best, key=lambda row: -fit[row])
    return {**scores, **{row: scores[before] for row, before in zip(in_new_order, best, strict=True)}}
