"""A briefing as a file for a colleague: quotes, pincites and the hashes of their documents, to open in another library.

What such a file says is not trusted: each quote is looked up in the library that it is opened in (see `finding`).
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

from index.briefings import MAX_LEVEL, MAX_NAME_CHARACTERS, Briefings, Content
from ingest.errors import UsageError
from qa.collecting.excerpts import Excerpt, check, excerpt_from, excerpt_json

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from qa.collecting.briefings import OpenBriefing

FILE_ENDING: Final = ".pincite.json"
_FORMAT: Final = "pincite briefing"
_VERSION: Final = 1
_MAX_FILE_BYTES: Final = 50_000_000  # Two kilobytes a quote: twenty times more than anybody collects. Chosen.
_MAX_TEXT_CHARACTERS: Final = 100_000  # Of a heading or note. Chosen.


@dataclass(frozen=True, slots=True)
class HandedHeading:
    """A heading in the file."""

    kind: Literal["heading"]
    text: str
    level: int


@dataclass(frozen=True, slots=True)
class HandedNote:
    """A note in the file."""

    kind: Literal["note"]
    text: str


@dataclass(frozen=True, slots=True)
class HandedQuote:
    """A quote in the file.

    Attributes:
        text, citation: For people and programs that read the file; what counts is the excerpt.
        excerpt: What is kept of the quote.
    """

    kind: Literal["quote"]
    text: str
    citation: str
    excerpt: Excerpt


@dataclass(frozen=True, slots=True)
class HandedBriefing:
    """The file."""

    format: str
    version: int
    title: str
    items: tuple[HandedHeading | HandedNote | HandedQuote, ...]


def hand_over(briefings: Briefings, name: str) -> bytes:
    """A briefing as the file for a colleague: what was dropped is not in it.

    Raises:
        UsageError: There is no such briefing.
    """
    items = tuple(_handed(item.content) for item in briefings.items(name))
    return _adapter().dump_json(HandedBriefing(_FORMAT, _VERSION, name, items), indent=1)


def open_handed(briefings: Briefings, content: bytes, *, file: str) -> str:
    """Makes a new briefing of a file that was handed over, under its title, or "title (2)" where that is taken.

    Args:
        briefings: Where to.
        content: The file.
        file: What it is called, for messages.

    Returns:
        The name of the briefing.

    Raises:
        UsageError: It is no such file, is damaged, or contradicts itself. Nothing is made.
    """
    handed = _read(content, file)
    for number, item in enumerate(handed.items, 1):
        try:
            _check(item)
        except UsageError as error:
            reason = f"{file} is damaged: item {number} cannot be, since {error}."
            raise UsageError(f"{reason} Nothing was opened; ask for the file again.") from error
    title = handed.title if handed.title.strip() else file.removesuffix(FILE_ENDING)
    return briefings.create(
        title[:MAX_NAME_CHARACTERS], [_stored(item) for item in handed.items], renamed_if_taken=True
    )


def report_on(opened: OpenBriefing) -> str:
    """What of a briefing the library has: "Of its 3 quotes: 2 found in your library, word for word, 1 …"."""
    counts: Counter[str] = Counter("found" if found.verified else found.state for found in opened.found)
    told = [f"{counts[state]} {words}" for state, words in _STATES.items() if counts[state]]
    n_quotes = len(opened.found)
    return f"{'Its one quote' if n_quotes == 1 else f'Of its {n_quotes} quotes'}: {', '.join(told)}." if told else ""


_STATES: Final = {
    "found": "found in your library, word for word",
    "not_loaded": "whose document is not loaded here",
    "altered": "with other words, or other speakers, in your library",
    "gone": "no longer in its document",
}


def _handed(content: Content) -> HandedHeading | HandedNote | HandedQuote:
    if content.kind == "heading":
        return HandedHeading("heading", content.text, content.level)
    if content.kind == "note":
        return HandedNote("note", content.text)
    excerpt = excerpt_from(content.text)
    return HandedQuote("quote", excerpt.text, excerpt.quote.citation, excerpt)


def _stored(item: HandedHeading | HandedNote | HandedQuote) -> Content:
    if isinstance(item, HandedHeading):
        return Content("heading", item.text, item.level)
    if isinstance(item, HandedNote):
        return Content("note", item.text)
    return Content("quote", excerpt_json(item.excerpt), place=item.excerpt.place)


def _read(content: bytes, file: str) -> HandedBriefing:
    from pydantic import ValidationError

    no_briefing = f"{file} is no briefing that was handed over. Such a file ends in {FILE_ENDING}."
    if len(content) > _MAX_FILE_BYTES:
        raise UsageError(f"{file} is larger than {_MAX_FILE_BYTES // 10**6} MB, which no briefing is.")
    try:
        value: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UsageError(no_briefing) from error
    if not isinstance(value, dict) or value.get("format") != _FORMAT:
        raise UsageError(no_briefing)
    version = value.get("version")
    if isinstance(version, int) and version > _VERSION:
        raise UsageError(f"{file} was written by a newer Pincite. Install it: pip install --upgrade pincite")
    try:
        return _adapter().validate_json(content, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"{file} is damaged at {where}: {first['msg']}. Nothing was opened; ask for the file again."
        ) from error


def _check(item: HandedHeading | HandedNote | HandedQuote) -> None:
    if isinstance(item, HandedQuote):
        check(item.excerpt)
    elif len(item.text) > _MAX_TEXT_CHARACTERS:
        raise UsageError(f"a text has more than {_MAX_TEXT_CHARACTERS} characters")
    elif isinstance(item, HandedHeading) and not 1 <= item.level <= MAX_LEVEL:
        raise UsageError(f"a heading has no level from 1 to {MAX_LEVEL}")


@cache
def _adapter() -> TypeAdapter[HandedBriefing]:
    from pydantic import TypeAdapter

    return TypeAdapter(HandedBriefing)
