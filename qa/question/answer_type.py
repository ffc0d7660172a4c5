"""What kind of thing a question wants to be told, and whether a statement tells such a thing.

"How many victims were identified in Serbia in 2017?" is not answered by a sentence on identification in Serbia without
a number in it. Only kinds that can be seen in the words of a statement are told apart.
"""

from __future__ import annotations

import re
from functools import lru_cache

from index.words import words

_NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|dozen|"
    "half|twice"
)
_QUANTITY_ASKED = re.compile(
    r"^(?:\W*\w+[:,]\s)?(?:how\s(?:many|much|long|often|old|large|big)\b"
    r"|(?:what\s(?:is|was|are|were)\s)?(?:the\s)?(?:number|amount|percentage|share|rate|average|minimum|maximum)\b(?!\sand\b))",
    re.IGNORECASE,
)
# A count, amount or duration: a year, a date, an article or a document number is none.
_QUANTITY = re.compile(
    r"(?<![\d(/.-])\d{1,3}(?:[,.\s]\d{3})+\b"
    r"|(?<![\d(/.-])(?<!Article\s)(?<!Articles\s)(?<!Art\.\s)(?<!Chapter\s)(?<!Phase\s)(?<!p\.\s)\d{1,3}\b(?![./-]\d)(?!\s(?:January|February|March|April|May|June|July|"
    rf"August|September|October|November|December))|\b\d+(?:\.\d+)?\s?(?:%|per\scent)|\b(?:{_NUMBER_WORDS})\b",
    re.IGNORECASE,
)
_COUNT_ASKED = re.compile(
    r"^(?:\W*\w+[:,]\s)?(?:how\smany|(?:what\s(?:is|was|are|were)\s)?(?:the\s)?number\sof)\s(?P<what>.+)", re.IGNORECASE
)
_AMOUNT_ASKED = re.compile(
    r"^(?:\W*\w+[:,]\s)?(?:how\smuch\s(?:do|does|did|is|was|were|are|money|has|have)\b"
    r"|what\s(?:is|was|are|were)\sthe\s(?:\w+\s)?(?:budget|budgets|cost|costs|price|sum)\b)",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\d\s?(?:%|per\scent|million|billion|thousand|euros?|EUR|USD|dollars?)|[€$£]\s?\d|\bEUR\s?\d", re.IGNORECASE
)
_DATE_ASKED = re.compile(
    r"^(?:\W*\w+[:,]\s)?(?:when|since\swhen|in\s(?:which|what)\syear|what\s(?:year|date))\b", re.IGNORECASE
)
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}\.\d{1,2}\.\d{2,4}\b")
_PERSON_ASKED = re.compile(
    r"\b(?:name\sof|who\s(?:is|was|are|were)|what\sis\sthe\sname)\b.*\b(?:co-?ordinator|minister|president|judge|prosecutor|"
    r"rapporteur|director|head|chair|chairperson|ambassador|commissioner|officer)s?\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(?:Mr|Ms|Mrs|Dr|Prof)\.?\s[A-Z]")
_EXISTENCE_ASKED = re.compile(r"^(?:\W*\w+[:,]\s)?(?:is|are|was|were)\sthere\b|^does\b.*\bhave\sa\b", re.IGNORECASE)


_GOES_ON = re.compile(r"(?:Of|Among)\s(?:these|those|them|whom)\b|They\b|These\b")
_LONGEST_PERIOD = 30  # Years; more is no period that a report covers (chosen).


def asks_for_a_kind(question: str) -> bool:
    """Whether a question wants to be told a quantity, a date or a person, so that `tells` must be asked."""
    kinds = (_AMOUNT_ASKED, _COUNT_ASKED, _QUANTITY_ASKED, _DATE_ASKED, _PERSON_ASKED)
    return any(kind.search(question) for kind in kinds)


def tells(question: str, statement: str, passage: str) -> bool:
    """Whether a statement holds the kind of thing that a question wants to be told: a quantity, a date, a person.

    Args:
        question: The question.
        statement: The statement.
        passage: The passage that it stands in: a date may stand in the sentence beside.
    """
    if _AMOUNT_ASKED.search(question) and not _AMOUNT.search(statement):
        return False
    counted = _COUNT_ASKED.search(question)
    if counted and not _counts(statement, counted["what"]):
        # "Of these persons, 67 were female": what is counted is named in the sentence before.
        counts_on = _GOES_ON.match(statement) and _QUANTITY.search(statement)
        if not counts_on or not _words_of(counted["what"]) & set(words(passage)):
            return False
    if _QUANTITY_ASKED.search(question) and not _QUANTITY.search(statement):
        return False
    if _DATE_ASKED.search(question) and not _DATE.search(passage):
        return False
    return not (_PERSON_ASKED.search(question) and not _PERSON.search(statement))


def _words_of(what: str) -> set[str]:
    """The search words of the beginning of what is to be counted."""
    return {form for word in what.split()[:4] for form in words(word)}


def _counts(statement: str, what: str) -> bool:
    """Whether a number stands closely before one of the first words of what is to be counted."""
    wanted = _words_of(what)
    for number in _QUANTITY.finditer(statement):
        following = re.findall(r"[\w'’-]+", statement[number.end() : number.end() + 60])[:5]
        # "Final convictions against 9 persons", "investigations rose to 14".
        before = re.findall(r"[\w'’-]+", statement[max(number.start() - 40, 0) : number.start()])[-3:]
        if wanted & {form for word in (*before, *following) for form in words(word)}:
            return True
    return False


@lru_cache(maxsize=10_000)  # The passages of a report are looked at by many questions.
def years_told(text: str) -> frozenset[int]:
    """The years that a text tells of, those between the ends of a period included."""
    if not re.search(r"(?:19|20)\d\d", text):
        return frozenset()
    years = {int(year) for year in re.findall(r"(?<![\d/.])(?:19|20)\d\d(?![\d/])", text)}
    for first, last in re.findall(r"\b((?:19|20)\d\d)\s?(?:[-–/]|to|and|until)\s?((?:19|20)?\d\d)\b", text):
        end = int(last) if len(last) == 4 else int(first[:2] + last)
        if int(first) < end <= int(first) + _LONGEST_PERIOD:
            years |= set(range(int(first), end + 1))
    return frozenset(years)


def asks_whether_there_is(question: str) -> bool:
    """Whether a question asks if something exists: then the thing itself must be spoken of."""
    return _EXISTENCE_ASKED.search(question) is not None
