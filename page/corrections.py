"""Corrections of what a document was taken for, as they come from the page's form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ingest.errors import UsageError
from ingest.sidecar import Given, corrected, given_by_user, unknown

if TYPE_CHECKING:
    from ingest.document import Identity


def given_in_form(identity: Identity, values: Mapping[str, str], as_read: Sequence[str]) -> tuple[Given, ...]:
    """All that a user says of a document from now on.

    Args:
        identity: What it was taken for before.
        values: The fields that were changed, as typed; an empty one is unknown.
        as_read: Fields of which what was said before is taken back.

    Raises:
        UsageError: A value is none that its field can have; the message says what it can have.
    """
    typed = {field: text.strip() for field, text in values.items()}
    said = given_by_user({field: _value(field, text) for field, text in typed.items() if text})
    return corrected(identity, (*said, *(unknown(field) for field, text in typed.items() if not text)), as_read=as_read)


def _value(field: str, text: str) -> object:
    if field == "countries":
        return [name.strip() for name in text.replace(";", ",").split(",") if name.strip()]
    if field in {"year", "round"}:
        if not (text.isascii() and text.isdigit()):
            raise UsageError(f"{field} = “{text}”: must be a whole number.")
        return int(text)
    return text
