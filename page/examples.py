"""Questions that the library answers, to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ingest.countries import country_name
from qa.question.topics import all_topics

if TYPE_CHECKING:
    from qa.answer import Answerer
    from qa.evidence.holdings import Holdings

_N_EXAMPLES: Final = 4
_EXAMPLES: Final = (
    "What did {source} say about compensation in {country}?",
    "Which countries should improve the identification of victims?",
    "Do {source} and {other} agree on {country}?",
    "What is recommended to {country} on child victims?",
    "What did {source} say about investigations in {country}?",
    "What is said about {country}?",
)


def answered_examples(answerer: Answerer, holdings: Holdings) -> tuple[str, ...]:
    """Up to four questions that the library answers, about different countries where it has several."""
    by_country, by_speaker = holdings.searcher.rows.by_country, holdings.searcher.rows.by_speaker
    own = {code for document in holdings.documents for code in document.identity.countries}
    countries = sorted(own, key=lambda code: -len(by_country.get(code, ())))[:6]
    speakers = sorted((code for code in by_speaker if code in {"GRETA", "EC"}), key=lambda code: -len(by_speaker[code]))
    questions: list[str] = []
    for pattern in (*_EXAMPLES, *(f"What is said about {topic.label.lower()}?" for topic in all_topics().values())):
        if len(questions) == _N_EXAMPLES:
            break
        if ("{source}" in pattern and not speakers) or ("{other}" in pattern and len(speakers) < 2):
            continue
        source, other = (*("the EC" if code == "EC" else code for code in speakers), "", "")[:2]
        turn = len(questions)
        for country in [*countries[turn:], *countries[:turn]] if "{country}" in pattern else [""]:
            question = pattern.format(source=source, other=other, country=country_name(country).rstrip("*"))
            if answerer.ask(question, limit=1).answered:
                questions.append(question)
                break
    return tuple(questions)
