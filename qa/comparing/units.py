"""What is compared of a document: its recommendations with their bullets, and each other statement by itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from index.words import words
from ingest.scale import AreaAssessment, area_assessments
from qa.comparing.wording import Wording, asks, introduces_demands, read_wording
from qa.question.topics import WordingSet, all_topics, find_topics
from qa.quotes import Quote

if TYPE_CHECKING:
    from index.search import Searcher
    from ingest.document import Statement

# An appendix repeats recommendations or lists who was met, comments are the government's, front matter says what a
# report is; footnotes and table rows are no statements that stand by themselves.
_PARTS = ("body", "summary")
_KINDS = ("paragraph", "bullet")

# What a mention of a topic counts for: in the heading right above, by the Convention article of the section, in the
# words of the statement; there words of the topic's name, and wordings of several words, tell more than everyday ones
# ("criminals", "men"). A topic counts from `_LEAST`, another one beside the best from `_NEXT` (chosen).
_IN_HEADING, _BY_ARTICLE, _TELLING, _EVERYDAY = 3.0, 1.0, 1.0, 0.4
_LEAST, _NEXT = 0.4, 1.0


@dataclass(frozen=True, slots=True)
class Unit:
    """A recommendation with its bullets, or a single statement.

    Attributes:
        quote: Its words and place.
        rows: Its rows in the searcher, in order.
        wording: Its words as they are compared.
        asks: Whether it says that something should be done.
        topics: Keys of its topics, the main one first; empty when it has none.
        assessments: Values of the European Commission's scale that it gives.
    """

    quote: Quote
    rows: tuple[int, ...]
    wording: Wording
    asks: bool
    topics: tuple[str, ...]
    assessments: tuple[AreaAssessment, ...]

    @property
    def grade_rank(self) -> int:
        """3 for "urges", 2 for "considers", 1 for "invites", 0 without a grade."""
        grade = self.quote.statements[0].grade
        return {"urges": 3, "considers": 2, "invites": 1}[grade] if grade else 0


def units_of(
    searcher: Searcher, document_id: str, *, source: str | None = None, countries: tuple[str, ...] = ()
) -> tuple[Unit, ...]:
    """What is compared of a document, in its order.

    Args:
        searcher: The library.
        document_id: Which document.
        source: Only what this speaker says; None for all.
        countries: Only what is about one of these countries; empty for all.
    """
    rows = searcher.rows
    mask = (rows.document_id == document_id) & np.isin(rows.part, _PARTS) & np.isin(rows.kind, _KINDS) & ~rows.reference
    groups: list[list[int]] = []
    for row in np.flatnonzero(mask).tolist():
        if source is not None and source not in rows.speakers[row]:
            continue
        if countries and not set(countries) & set(rows.countries[row]):
            continue
        if _introduces(searcher, row):
            continue
        if groups and _hangs_on(searcher, groups[-1][-1], row):
            groups[-1].append(row)
        else:
            groups.append([row])
    if not groups:
        return ()
    document = searcher.document(groups[0][0])
    given: dict[Statement, list[AreaAssessment]] = {}
    for one in area_assessments(document):
        given.setdefault(one.statement, []).append(one)
    return tuple(_unit(searcher, tuple(group), given) for group in groups)


def _introduces(searcher: Searcher, row: int) -> bool:
    """Whether a statement only introduces what follows: "Serbia should in particular:". Bullets carry it as lead-in."""
    return searcher.statement(row).grade is None and searcher.text(row).endswith(":")


def _hangs_on(searcher: Searcher, before: int, row: int) -> bool:
    """Whether a statement is a bullet of the recommendation that the row before it belongs to."""
    passage, last = searcher.passage(row), searcher.statement(before)
    statement = searcher.statement(row)
    return (
        row == before + 1
        and statement.grade is not None
        and passage.kind == "bullet"
        and passage.paragraph == searcher.passage(before).paragraph
        and (statement.grade, statement.speakers, statement.voice) == (last.grade, last.speakers, last.voice)
    )


def _unit(searcher: Searcher, rows: tuple[int, ...], given: dict[Statement, list[AreaAssessment]]) -> Unit:
    document, passage = searcher.document(rows[0]), searcher.passage(rows[0])
    statements = tuple(searcher.statement(row) for row in rows)
    countries = tuple(dict.fromkeys(code for row in rows for code in searcher.rows.countries[row]))
    assessments = tuple(one for statement in statements for one in given.get(statement, ()))
    quote = Quote(document, passage, int(searcher.rows.passage[rows[0]]), statements, countries)
    return Unit(
        quote=quote,
        rows=rows,
        wording=read_wording(
            quote.text,
            document.identity.countries,
            tuple((one.assessment.start - quote.start, one.assessment.end - quote.start) for one in assessments),
        ),
        asks=asks_for_something(quote),
        topics=topics_of(quote.text, passage.section, passage.articles),
        assessments=assessments,
    )


def asks_for_something(quote: Quote) -> bool:
    """Whether a quote says that its speaker wants something done.

    GRETA names itself where it does ("GRETA encourages …", "GRETA stresses that … should"); what else "should" or
    "must" be done in its reports is what the law says, or what others think.
    """
    if quote.statements[0].grade is not None:
        return True
    if quote.speakers == ("GRETA",) and quote.voice == "own":
        return "GRETA" in quote.text and asks(quote.text)
    return asks(quote.text) or introduces_demands(quote.passage.lead_in)


# --- topics -----------------------------------------------------------------------------------------------------------


def topics_of(text: str, section: tuple[str, ...], articles: tuple[int, ...]) -> tuple[str, ...]:
    """Keys of the topics of a statement, by its heading, the Convention articles of its section, and its words."""
    scores = dict.fromkeys(all_topics(), 0.0)
    for key, weight in _mentioned(section[-1] if section else ""):
        scores[key] += _IN_HEADING * weight
    for key, topic in all_topics().items():
        if set(topic.articles) & set(articles):
            scores[key] += _BY_ARTICLE / len(topic.articles)
    for key, weight in _mentioned(text):
        scores[key] += weight
    ranked = sorted(scores, key=lambda key: -scores[key])
    return tuple(key for place, key in enumerate(ranked) if scores[key] >= (_NEXT if place else _LEAST))


@lru_cache(maxsize=20_000)
def _mentioned(text: str) -> tuple[tuple[str, float], ...]:
    """Topics that a text names, with how telling the words are; once for each thing that it says of them."""
    said: dict[tuple[str, tuple[WordingSet, ...]], float] = {}
    for mention in find_topics(text):
        found = words(text[mention.start : mention.end])
        for key in mention.keys:
            telling = len(found) > 1 or not _label_words()[key].isdisjoint(found)
            place = key, mention.sets
            said[place] = max(said.get(place, 0.0), _TELLING if telling else _EVERYDAY)
    return tuple((key, weight) for (key, _), weight in said.items())


@cache
def _label_words() -> dict[str, frozenset[str]]:
    """The search words of each topic's name."""
    return {key: frozenset(words(topic.label)) for key, topic in all_topics().items()}
