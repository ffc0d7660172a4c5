"""What a question asks for, as concepts: its own words, and other wordings of the same thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.full_text import Concept, Wording
from index.words import words
from qa.question.scope import Question, other_forms
from qa.question.topics import find_topics, narrower

_SYNONYM_WEIGHT = 0.85  # How well another wording of the same set fits, against 1 for the question's own (chosen).
# How well a narrower thing fits. Measured on 25 questions in broad words: own reports tell of 15 of 43 matters without
# it, of 20 at 0.4, of 23 from 0.5 to 0.8; no figure of the development questions changes.
_NARROWER_WEIGHT = 0.6


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a question asks for.

    Attributes:
        concept: Its wordings, the question's own first.
        term: True when the thesaurus knows it: the field has words for it, and reports that speak of it use them.
    """

    concept: Concept
    term: bool


def asked_for(question: Question) -> tuple[Asked, ...]:
    """Returns what a question asks for, in order.

    A phrase of the thesaurus is one concept, worded as in the question or as anything in its set; every other word that
    carries meaning is a concept by itself. Abbreviations and their long forms are wordings of one another. Narrower
    things that a phrase takes in come last in its concept.
    """
    about = question.about
    found: list[Asked] = []
    rest = about
    for mention in find_topics(about):
        phrase = about[mention.start : mention.end]
        own = _wordings(phrase, 1.0)
        if own:
            others = [w for wordings in mention.sets for other in wordings for w in _wordings(other, _SYNONYM_WEIGHT)]
            taken_in = [name for wordings in mention.sets for name in narrower(wordings)]
            within = [wording for name in taken_in for wording in _wordings(name, _NARROWER_WEIGHT)]
            forms = [wording for form in other_forms(phrase) for wording in _wordings(form, 1.0)]
            found.append(Asked(_without_repeats((*own, *forms, *others, *within)), term=True))
        rest = rest[: mention.start] + " " * len(phrase) + rest[mention.end :]
    named = [word for word in question.content if not re.fullmatch(r"(?:19|20)\d\d(?:[-–](?:19|20)\d\d)?", word)]
    # Years are matched as years: a period tells of each of its own.
    left = [word for word in (named or question.content) if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", rest)]
    forms = [wording for form in other_forms(" ".join(left)) for wording in _wordings(form, 1.0)]
    if forms:
        found.append(Asked(tuple(forms), term=True))
    found += [Asked(wordings, term=False) for word in left if (wordings := _wordings(word, 1.0))]
    return tuple(dict.fromkeys(found))


def without_narrower(asked: Sequence[Asked]) -> tuple[Asked, ...]:
    """The same things without the narrower ones that they take in."""
    return tuple(
        replace(one, concept=tuple(wording for wording in one.concept if wording.weight > _NARROWER_WEIGHT))
        for one in asked
    )


def _wordings(phrase: str, weight: float) -> Concept:
    """The search words of a phrase as wordings; a hyphenated one is found joined or in its parts.

    A phrase that stop words reduce to one word, such as "pay for it", names something only as a whole: it is none.
    """
    spaced = re.sub(r"[-‐‑]", " ", phrase)
    forms = dict.fromkeys((tuple(words(re.sub(r"[-‐‑]", "", phrase))), tuple(words(spaced))))
    # "A compensation fund" is a "fund for the compensation of victims".
    forms |= dict.fromkeys(form[::-1] for form in tuple(forms) if len(form) == 2)
    whole = len(phrase.split()) == 1
    return tuple(Wording(form, weight) for form in forms if len(form) > 1 or (form and whole))


def _without_repeats(wordings: Concept) -> Concept:
    best: dict[tuple[str, ...], Wording] = {}
    for wording in wordings:
        best.setdefault(wording.words, wording)
    return tuple(best.values())
