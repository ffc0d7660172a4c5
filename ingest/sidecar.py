"""What a user says of a document, in a file beside it or in options; it counts before anything that is read.

Beside `serbia.pdf` the sidecar file is `serbia.pdf.toml`, with any of the keys in `FIELDS`:

    publisher = "GRETA"
    countries = ["RS", "Kosovo*"]
    published = 2018-01-29
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from ingest.countries import country_code
from ingest.document import Identity
from ingest.errors import UnreadableFileError, UsageError
from ingest.references import find_references
from ingest.speakers import find_tags

FIELDS = ("publisher", "official_number", "title", "countries", "year", "round", "published", "adopted", "language")
"""The fields of an `Identity` that a user can set."""

_MAX_SIDECAR_BYTES = 64 * 1024  # Nine short values: what is larger is no sidecar (chosen).
_YEARS = range(1900, 2200)  # Specimens use years around 2099 (chosen).
_ROUNDS = range(1, 21)  # GRETA is in its fourth round (chosen).


@dataclass(frozen=True, slots=True)
class Given:
    """One thing that a user says of a document.

    Attributes:
        field: One of `FIELDS`.
        value: What the field of `Identity` is to be; what an unknown one has (see `unknown`) keeps it unknown.
        by: Said in an option ("user") or in a sidecar file.
    """

    field: str
    value: str | int | tuple[str, ...] | None
    by: Literal["user", "sidecar"]


def given_by_user(values: Mapping[str, object]) -> tuple[Given, ...]:
    """What options say, by field; None and empty values say nothing.

    Raises:
        UsageError: A value is none that its field can have; the message names the field and what it can have.
    """
    said = {field: value for field, value in values.items() if value not in (None, "", (), [])}
    return tuple(Given(field, _checked(field, value), "user") for field, value in said.items())


def unknown(field: str) -> Given:
    """What a user says of a field that was read wrongly, and of which no more is known: it stays unknown.

    Raises:
        UsageError: The field is none that can be unknown.
    """
    if field not in FIELDS or field == "language":  # A document is in some language.
        raise UsageError(f"{field!r} cannot be unknown. These can: {', '.join(name for name in FIELDS[:-1])}.")
    return Given(field, getattr(Identity(), field), "user")


def corrected(identity: Identity, said: tuple[Given, ...], *, as_read: Collection[str] = ()) -> tuple[Given, ...]:
    """All that a user says of a document after a correction.

    Args:
        identity: What it was before.
        said: What is said now; what was said before of other fields still holds.
        as_read: Fields of which what was said is taken back: they are again as they are read.

    Raises:
        UsageError: There is no such field.
    """
    for field in as_read:
        if field not in FIELDS:
            raise _no_field(field)
    now = {one.field for one in said} | set(as_read)
    return (*said, *(one for one in given_before(identity) if one.field not in now))


def given_beside(file: Path) -> tuple[Given, ...]:
    """What the sidecar file beside a file says; empty when there is none.

    Raises:
        UnreadableFileError: It is no TOML, or says something that cannot be; the message names the sidecar, the key and
            what it can have.
    """
    sidecar = file.with_name(f"{file.name}.toml")
    try:
        content = sidecar.read_bytes() if sidecar.stat().st_size <= _MAX_SIDECAR_BYTES else None
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise UnreadableFileError(f"{sidecar.name} cannot be opened: {error.strerror or error}.") from error
    if content is None:
        raise UnreadableFileError(f"{sidecar.name} is larger than {_MAX_SIDECAR_BYTES // 1024} kB: it is no sidecar.")
    try:
        values = tomllib.loads(content.decode("utf-8-sig"))  # Windows' Notepad puts a mark in front.
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableFileError(
            f'{sidecar.name} is not valid TOML ({error}). Write lines such as: publisher = "GRETA"'
        ) from error
    try:
        return tuple(Given(field, _checked(field, value), "sidecar") for field, value in values.items())
    except UsageError as error:
        raise UnreadableFileError(f"{sidecar.name}: {error}") from error


def given_before(identity: Identity) -> tuple[Given, ...]:
    """What a user had said of a document when it was read: kept when it is read again."""
    return tuple(
        Given(field, getattr(identity, field), "user" if by == "user" else "sidecar")
        for field, by in identity.identified_by.items()
        if by in {"user", "sidecar"}
    )


def all_given(
    file: Path, options: tuple[Given, ...], identity: Identity | None, *, from_elsewhere: bool = False
) -> tuple[Given, ...]:
    """All that a user says of a file, each field once: options, those of an earlier time, then the sidecar file.

    Args:
        file: The file.
        options: From `given_by_user`.
        identity: What the library has for a file with the same bytes, None when it is new. What options said then
            still holds; what a sidecar said then holds only as long as the sidecar says it.
        from_elsewhere: The library has it from another path, whose sidecar is not looked at: what it said holds.

    Raises:
        UnreadableFileError: See `given_beside`.
    """
    earlier = given_before(identity) if identity else ()
    by_options = (one for one in earlier if one.by == "user")
    by_sidecar = (one for one in earlier if one.by == "sidecar" and from_elsewhere)
    first: dict[str, Given] = {}
    for one in (*options, *by_options, *given_beside(file), *by_sidecar):
        first.setdefault(one.field, one)
    return tuple(first.values())


def says_otherwise(given: tuple[Given, ...], identity: Identity) -> bool:
    """Whether a user now says anything else than when the document was read, so that it must be read again."""
    return set(given) != set(given_before(identity))


# --- what each field can have -----------------------------------------------------------------------------------------


def _checked(field: str, value: object) -> str | int | tuple[str, ...]:
    if field not in FIELDS:
        raise _no_field(field)
    if field == "countries":
        return _countries(value)
    if field in {"year", "round"}:
        return _number(field, value, _YEARS if field == "year" else _ROUNDS)
    if field in {"published", "adopted"}:
        return _day(field, value)
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f'{field} = {_shown(value)}: must be a text in quotes, such as {field} = "…".')
    text = " ".join(value.split())
    if field == "language":
        return _language(text)
    if field == "official_number":
        references = find_references(text)
        whole = len(references) == 1 and (references[0].start, references[0].end) == (0, len(text))
        return references[0].number if whole else text  # As `identify` would have written it.
    return _publisher(text) if field == "publisher" else text


def _no_field(field: str) -> UsageError:
    return UsageError(f"{field!r} is no field of a document. There are: {', '.join(FIELDS)}.")


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _countries(value: object) -> tuple[str, ...]:
    names = list(value) if isinstance(value, list | tuple) else []
    if not names or not all(isinstance(name, str) for name in names):
        raise UsageError(f'countries = {_shown(value)}: must be a list of codes or names, such as ["RS", "Kosovo*"].')
    try:
        return tuple(dict.fromkeys(country_code(name) for name in names))
    except UsageError as error:
        raise UsageError(f"countries: {error}") from error


def _number(field: str, value: object, allowed: range) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
        raise UsageError(f"{field} = {_shown(value)}: must be a whole number from {allowed[0]} to {allowed[-1]}.")
    return value


def _day(field: str, value: object) -> str:
    """A day, or a month or a year where no more is known."""
    text = value.isoformat()[:10] if isinstance(value, date) else str(value)
    if re.fullmatch(r"\d{4}(?:-\d\d(?:-\d\d)?)?", text, re.ASCII):
        try:
            date.fromisoformat((text + "-01-01")[:10])
        except ValueError:
            pass  # There is no 31 February.
        else:
            return text
    raise UsageError(f"{field} = {_shown(value)}: must be a day such as 2018-01-29, or 2018-01, or 2018.")


def _language(text: str) -> str:
    from babel import Locale  # Takes 30 ms to import.

    code = text.lower()
    if len(code) != 2 or code not in Locale("en").languages:
        raise UsageError(f'language = "{text}": must be a code of two letters (ISO 639-1), such as en, fr, sr.')
    return code


def _publisher(text: str) -> str:
    """The code of a known speaker, however the user calls it ("European Commission", "greta"); else the text."""
    tags = find_tags(f"({text})")  # A publisher is called as in the tags behind attributed sentences.
    return tags[0].speakers[0] if tags and len(tags[0].speakers) == 1 else text
