"""A question with the limits that are set beside it, as the page's address keeps them: `?q=…&country=RS&source=any`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import parse_qsl, urlencode

from ingest.countries import country_code
from ingest.errors import UsageError
from qa.scope import Scope, read_question, source_code

FIELDS: Final = {
    "country": "countries",
    "source": "sources",
    "year": "years",
    "round": "rounds",
    "document": "documents",
}
"""Names in the address, and the fields of `Scope` that they stand for."""

_ANY: Final = "any"
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
    question = next((value for name, value in parameters if name == "q"), "")
    limits: dict[str, tuple[str | int, ...]] = {}
    lifted = set()
    for name, attribute in FIELDS.items():
        values = [value for given, value in parameters if given == name]
        if _ANY in values:
            lifted.add(attribute)
        else:
            limits[attribute] = tuple(dict.fromkeys(read for value in values for read in _read(name, value)))
    return Asked(question, Scope(**limits), frozenset(lifted))  # type: ignore[arg-type]  # Fields are filled by name.


def _read(name: str, value: str) -> tuple[str | int, ...]:
    """The value of a parameter, as the only one; empty when it is none."""
    if name in {"year", "round"}:
        return (int(value),) if value.isascii() and value.isdigit() and len(value) <= 4 else ()
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
            parameters += [(name, value) for value in getattr(asked.scope, attribute)]
    return urlencode(parameters, errors="replace")


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
    limits = {attribute: () if attribute in named else getattr(asked.scope, attribute) for attribute in FIELDS.values()}
    return Asked(text, Scope(**limits))
