"""Briefings in the library's file: headings, notes and quotes in order, each change a transaction.

Items are changed one by one, under their numbers, so that two windows that show the same briefing lose nothing of each
other's. The state of the library, which answers and the FAISS file belong to, stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Final, Literal, cast

from ingest.errors import UsageError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from index.library import Library

ItemKind = Literal["heading", "note", "quote"]
MAX_LEVEL: Final = 6  # Of headings, as in HTML and Word.
MAX_NAME_CHARACTERS: Final = 120  # Fits on a line and into the name of a file (chosen).


@dataclass(frozen=True, slots=True)
class Content:
    """What an item says.

    Attributes:
        kind: What it is.
        text: Of a heading or note; of a quote, JSON with all that is kept of it (see `qa.collecting.excerpts`).
        level: Of a heading, 1 for a chapter; 0 for the others.
        place: Of a quote, where it was collected, "document_id:start:end"; a briefing has a place once.
    """

    kind: ItemKind
    text: str
    level: int = 0
    place: str | None = None


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item of a briefing; its number is never used twice."""

    item_id: int
    content: Content


@dataclass(frozen=True, slots=True)
class StoredBriefing:
    """What is known of a briefing without its items.

    Attributes:
        name: Its only one; the title of what is made of it.
        created, changed: ISO 8601 in UTC.
        n_quotes: Number of quotes.
        n_items: Number of headings, notes and quotes.
    """

    name: str
    created: str
    changed: str
    n_quotes: int
    n_items: int


class Briefings:
    """The briefings of a library. Every method is one transaction, and raises LibraryError where that fails."""

    def __init__(self, library: Library) -> None:
        self._library = library

    # Reading

    def all(self) -> tuple[StoredBriefing, ...]:
        """All briefings, the one that was changed last first."""
        with self._library.reading() as connection:
            rows = connection.execute(
                "SELECT name, created, changed, count(kind) FILTER (WHERE kind = 'quote') AS n_quotes, "
                "count(kind) AS n_items FROM briefings LEFT JOIN briefing_items ON briefing = briefings.id "
                "AND dropped IS NULL GROUP BY briefings.id ORDER BY changed DESC, briefings.id DESC"
            ).fetchall()
        return tuple(StoredBriefing(*row) for row in rows)

    def items(self, name: str, *, dropped: bool = False) -> tuple[StoredItem, ...]:
        """The items of a briefing in order; or those that were taken out of it, the last one first.

        Raises:
            UsageError: There is no such briefing.
        """
        with self._library.reading() as connection:
            rows = connection.execute(
                "SELECT id, kind, content, level, place FROM briefing_items WHERE briefing = ? "
                "AND (dropped IS NOT NULL) = ? ORDER BY dropped DESC, position",
                (_briefing(connection, name), dropped),
            ).fetchall()
        return tuple(StoredItem(item_id, Content(*content)) for item_id, *content in rows)

    # Writing

    def create(self, name: str, contents: Sequence[Content] = (), *, renamed_if_taken: bool = False) -> str:
        """Makes a briefing.

        Args:
            name: What it is called.
            contents: What it holds from the beginning.
            renamed_if_taken: Call it "name (2)", "name (3)" … where there is one of that name.

        Returns:
            Its name, white space tidied.

        Raises:
            UsageError: The name is empty or too long, or there is such a briefing.
        """
        tidied = _tidied(name)
        with self._library.writing() as connection:
            if renamed_if_taken:
                tidied = next(other for other in _names_like(tidied) if not _exists(connection, other))
            _check_free(connection, tidied)
            now = _now()
            cursor = connection.execute(
                "INSERT INTO briefings (name, created, changed) VALUES (?, ?, ?)", (tidied, now, now)
            )
            _insert(connection, cast("int", cursor.lastrowid), contents)
        return tidied

    def rename(self, name: str, new: str) -> str:
        """Gives a briefing another name, which comes back with its white space tidied.

        Raises:
            UsageError: There is no such briefing, or the new name is empty, too long or taken.
        """
        tidied = _tidied(new)
        with self._library.writing() as connection:
            briefing = _briefing(connection, name)
            if tidied != name:
                _check_free(connection, tidied)
            connection.execute("UPDATE briefings SET name = ? WHERE id = ?", (tidied, briefing))
            _touch(connection, briefing)
        return tidied

    def delete(self, name: str) -> None:
        """Deletes a briefing with all its items.

        Raises:
            UsageError: There is no such briefing.
        """
        with self._library.writing() as connection:
            connection.execute("DELETE FROM briefings WHERE id = ?", (_briefing(connection, name),))

    def add(self, name: str, contents: Iterable[Content], *, before: int | None = None) -> tuple[int, ...]:
        """Adds items: at the end, or before another one. A quote that is in already is not added again.

        Returns:
            The numbers of the items that were added, in order.

        Raises:
            UsageError: There is no such briefing, or no such item in it.
        """
        with self._library.writing() as connection:
            briefing = _briefing(connection, name)
            added = _insert(connection, briefing, contents)
            if before is not None and added:
                _put_before(connection, briefing, added, before)
            if added:
                _touch(connection, briefing)
        return added

    def edit(self, item_id: int, text: str, *, before: str) -> None:
        """Gives a heading or a note another text.

        Args:
            item_id: Its number.
            text: The new text.
            before: The text that was changed. Another one there means that somebody else changed it meanwhile.

        Raises:
            UsageError: There is no such heading or note, or its text is another one now. Nothing is changed.
        """
        with self._library.writing() as connection:
            briefing, kind, stored = _item(connection, item_id)
            if kind == "quote":
                raise UsageError("A quote's words are not changed. Write a note beside it.")
            if stored not in {before, text}:
                raise UsageError("This text was changed in another window meanwhile, and was not overwritten.")
            connection.execute("UPDATE briefing_items SET content = ? WHERE id = ?", (text, item_id))
            _touch(connection, briefing)

    def text_of(self, item_id: int) -> str:
        """The text of a heading or a note; of a quote, what is kept of it.

        Raises:
            UsageError: There is no such item.
        """
        with self._library.reading() as connection:
            return _item(connection, item_id)[2]

    def set_level(self, item_id: int, level: int) -> None:
        """Gives a heading a level, 1 for a chapter.

        Raises:
            UsageError: There is no such heading, or no such level.
        """
        with self._library.writing() as connection:
            briefing, kind, _ = _item(connection, item_id)
            if kind != "heading" or not 1 <= level <= MAX_LEVEL:
                raise UsageError(f"A heading has a level from 1 to {MAX_LEVEL}.")
            connection.execute("UPDATE briefing_items SET level = ? WHERE id = ?", (level, item_id))
            _touch(connection, briefing)

    def move(self, item_id: int, *, before: int | None) -> None:
        """Puts an item before another one of its briefing, or at the end.

        Raises:
            UsageError: There is no such item.
        """
        with self._library.writing() as connection:
            briefing, _, _ = _item(connection, item_id)
            _put_before(connection, briefing, (item_id,), before)
            _touch(connection, briefing)

    def drop(self, item_id: int) -> None:
        """Takes an item out of its briefing; `put_back` brings it back to its place.

        Raises:
            UsageError: There is no such item.
        """
        with self._library.writing() as connection:
            briefing, _, _ = _item(connection, item_id)
            connection.execute(
                "UPDATE briefing_items SET dropped = coalesce(dropped, ?) WHERE id = ?", (_now(), item_id)
            )
            _touch(connection, briefing)

    def put_back(self, item_id: int) -> None:
        """Brings back an item that was dropped; a quote that was added again meanwhile stays there once.

        Raises:
            UsageError: There is no such item.
        """
        with self._library.writing() as connection:
            briefing, _, _ = _item(connection, item_id)
            twice = connection.execute(
                "SELECT 1 FROM briefing_items AS one JOIN briefing_items AS other USING (briefing, place) "
                "WHERE one.id = ? AND other.id != one.id AND other.dropped IS NULL",
                (item_id,),
            ).fetchone()
            if not twice:
                connection.execute("UPDATE briefing_items SET dropped = NULL WHERE id = ?", (item_id,))
            _touch(connection, briefing)

    def forget_dropped(self, name: str) -> None:
        """Deletes for good what was dropped from a briefing.

        Raises:
            UsageError: There is no such briefing.
        """
        with self._library.writing() as connection:
            briefing = _briefing(connection, name)
            connection.execute("DELETE FROM briefing_items WHERE briefing = ? AND dropped IS NOT NULL", (briefing,))


def _briefing(connection: sqlite3.Connection, name: str) -> int:
    row = connection.execute("SELECT id FROM briefings WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise UsageError(f"There is no briefing {name!r}. `pincite briefing list` names those that there are.")
    return cast("int", row["id"])


def _exists(connection: sqlite3.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM briefings WHERE name = ?", (name,)).fetchone() is not None


def _check_free(connection: sqlite3.Connection, name: str) -> None:
    if _exists(connection, name):
        raise UsageError(f"There is a briefing {name!r} already. Choose another name.")


def _item(connection: sqlite3.Connection, item_id: int) -> tuple[int, ItemKind, str]:
    """Briefing, kind and text of an item."""
    row = connection.execute("SELECT briefing, kind, content FROM briefing_items WHERE id = ?", (item_id,)).fetchone()
    if row is None:
        raise UsageError("This item is no longer there. Open the briefing again.")
    return cast("tuple[int, ItemKind, str]", tuple(row))


def _insert(connection: sqlite3.Connection, briefing: int, contents: Iterable[Content]) -> tuple[int, ...]:
    """Puts items at the end; numbers of those that were not there."""
    (last,) = connection.execute("SELECT max(position) FROM briefing_items WHERE briefing = ?", (briefing,)).fetchone()
    position = count((last or 0) + 1)
    added = []
    for content in contents:
        if content.place is not None:
            # One that was dropped comes to the end like a new one.
            connection.execute(
                "DELETE FROM briefing_items WHERE briefing = ? AND place = ? AND dropped IS NOT NULL",
                (briefing, content.place),
            )
            if connection.execute(
                "SELECT 1 FROM briefing_items WHERE briefing = ? AND place = ?", (briefing, content.place)
            ).fetchone():
                continue
        cursor = connection.execute(
            "INSERT INTO briefing_items (briefing, position, kind, level, content, place, added) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (briefing, next(position), content.kind, content.level, content.text, content.place, _now()),
        )
        added.append(cast("int", cursor.lastrowid))
    return tuple(added)


def _put_before(connection: sqlite3.Connection, briefing: int, moved: Sequence[int], before: int | None) -> None:
    """Puts items before another one, or at the end, and numbers all places anew."""
    rows = connection.execute("SELECT id FROM briefing_items WHERE briefing = ? ORDER BY position", (briefing,))
    order = [item_id for (item_id,) in rows if item_id not in moved]
    if before is not None and before not in order:
        if before in moved:
            return  # Before itself: it stays.
        raise UsageError("The item that it was to stand before is no longer there. Open the briefing again.")
    place = len(order) if before is None else order.index(before)
    order[place:place] = moved
    connection.executemany("UPDATE briefing_items SET position = ? WHERE id = ?", enumerate(order, 1))


def _touch(connection: sqlite3.Connection, briefing: int) -> None:
    connection.execute("UPDATE briefings SET changed = ? WHERE id = ?", (_now(), briefing))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _names_like(name: str) -> Iterable[str]:
    yield name
    for number in count(2):
        ending = f" ({number})"
        yield f"{name[: MAX_NAME_CHARACTERS - len(ending)]}{ending}"


def _tidied(name: str) -> str:
    tidied = " ".join("".join(character if character.isprintable() else " " for character in name).split())
    if not tidied:
        raise UsageError("A briefing needs a name.")
    if len(tidied) > MAX_NAME_CHARACTERS:
        raise UsageError(f"The name of a briefing has at most {MAX_NAME_CHARACTERS} characters, not {len(tidied)}.")
    return tidied
