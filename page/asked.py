"""A question with the limits that are set beside it, as the page's address keeps them: `?q=…&country=RS&source=any`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final, get_args
from urllib.parse import parse_qsl, urlencode

from ingest.countries import country_code
from ingest.document import Grade, Part
from ingest.errors import UsageError
from qa.question.scope import Scope, read_question, source_code

FIELDS: Final = {
    "country": "countries",
    "source": "sources",
    "year": "years",
    "round": "rounds",
    "document": "documents",
    "since": "since",
    "until": "until",
    "grade": "grades",
    "article": "articles",
    "part": "parts",
}
"""Names in the address, and the fields of `Scope` that they stand for."""

_ANY: Final = "any"
_ANYWHERE: Final = "anywhere"  # In the address: also what is not on trafficking.
_NUMBERS: Final = {"year", "round", "since", "until", "article"}
_SINGLE: Final = {"since", "until"}
_CHOICES: Final[dict[str, tuple[str, ...]]] = {"grade": get_args(Grade), "part": get_args(Part)}
_MAX_PARAMETERS: Final = 200  # Of an address; a person sets a few (chosen).


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, and how its reading was corrected.

    Attributes:
        question: As typed.
        scope: Limits set beside the question; each replaces what its words say in that respect.
        lifted: Fields of `Scope` in which the question is not limited, whatever its words say.
    """

    question: str = ""
    scope: Scope = field(default_factory=Scope)
    lifted: frozenset[str] = frozenset()

    @property
    def limited(self) -> bool:
        """Whether anything is set beside the question that may keep it from being answered."""
        return self.scope != Scope()


def from_address(query: str) -> Asked:
    """What an address asks for; what cannot be read of it is left out."""
    try:
        parameters = parse_qsl(query.removeprefix("?"), max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        return Asked()
    if any(name == "room" for name, _ in parameters):
        return Asked()  # The address of another room: the countries in it are a matrix's.
    question = next((value for name, value in parameters if name == "q"), "")
    limits: dict[str, Any] = {_ANYWHERE: any(name == _ANYWHERE for name, _ in parameters)}
    lifted = set()
    for name, attribute in FIELDS.items():
        values = [value for given, value in parameters if given == name]
        if _ANY in values:
            lifted.add(attribute)
        else:
            read = tuple(dict.fromkeys(read for value in values for read in _read(name, value)))
            limits[attribute] = next(iter(read), None) if name in _SINGLE else read
    return Asked(question, Scope(**limits), frozenset(lifted))


def _read(name: str, value: str) -> tuple[str | int, ...]:
    """The value of a parameter, as the only one; empty when it is none."""
    if name in _NUMBERS:
        return (int(value),) if value.isascii() and value.isdigit() and len(value) <= 4 else ()
    if name in _CHOICES:
        return (value,) if value in _CHOICES[name] else ()
    if name == "country":
        try:
            return (country_code(value),)
        except UsageError:
            return ()
    return (source_code(value),) if name == "source" else (value,)


def to_address(asked: Asked) -> str:
    """The query of the address that asks for this; "" for nothing."""
    parameters: list[tuple[str, object]] = [("q", asked.question)] if asked.question else []
    for name, attribute in FIELDS.items():
        if attribute in asked.lifted:
            parameters.append((name, _ANY))
        else:
            parameters += [(name, value) for value in limits_of(asked.scope, attribute)]
    if asked.scope.anywhere:
        parameters.append((_ANYWHERE, 1))
    return urlencode(parameters, errors="replace")


def limits_of(scope: Scope, attribute: str) -> tuple[str | int, ...]:
    """The values of a field of a scope, as a tuple also where it can have only one."""
    value = getattr(scope, attribute)
    if isinstance(value, tuple):
        return value
    return () if value is None else (value,)


def anywhere(asked: Asked) -> Asked:
    """The same question about everything in the reports, not only about trafficking."""
    return replace(asked, scope=replace(asked.scope, anywhere=True))


def with_question(asked: Asked, text: str) -> Asked:
    """The same limits for another question, but for those in respects that its own words name.

    What was typed last counts: "What about Albania?" is not to be answered for Serbia since that was chosen before.
    """
    if text.strip() == asked.question.strip():
        return replace(asked, question=text)
    read = read_question(text)
    named = {attribute for attribute in FIELDS.values() if getattr(read.scope, attribute)}
    if read.numbers or read.non_paper:
        named.add("documents")
    kept = {name: getattr(asked.scope, name) for name in FIELDS.values() if name not in named}
    return Asked(text, Scope(**kept))
