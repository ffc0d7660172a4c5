"""Briefings in the library's file: nothing of them is lost, and nothing else is changed by them."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from index.briefings import MAX_NAME_CHARACTERS, Briefings, Content
from index.library import FILE_NAME, Library
from ingest.errors import LibraryError, UsageError


def note(text: str) -> Content:
    return Content("note", text)


def quote(place: str) -> Content:
    return Content("quote", f"{{{place}}}", place=place)


@pytest.fixture
def briefings(tmp_path: Path) -> Briefings:
    return Briefings(Library.open(tmp_path))


def texts(briefings: Briefings, name: str, *, dropped: bool = False) -> list[str]:
    return [item.content.text for item in briefings.items(name, dropped=dropped)]


def test_items_come_back_in_order_with_all_that_was_stored(briefings: Briefings) -> None:
    contents = (Content("heading", "Serbia", 2), note("Mine “ \n * 𝟚"), quote("a:1:2"))
    assert briefings.create("  On\tSerbia ", contents) == "On Serbia"
    assert tuple(item.content for item in briefings.items("On Serbia")) == contents
    (stored,) = briefings.all()
    assert (stored.name, stored.n_quotes, stored.n_items) == ("On Serbia", 1, 3)


def test_items_are_added_at_the_end_or_before_another_one_and_moved(briefings: Briefings) -> None:
    briefings.create("B")
    a, b, c = briefings.add("B", [note("a"), note("b"), note("c")])
    briefings.add("B", [note("x"), note("y")], before=b)
    assert texts(briefings, "B") == ["a", "x", "y", "b", "c"]
    briefings.move(a, before=None)
    briefings.move(c, before=b)
    briefings.move(b, before=b)
    assert texts(briefings, "B") == ["x", "y", "c", "b", "a"]


def test_a_place_is_in_a_briefing_once_and_comes_back_when_it_was_dropped(briefings: Briefings) -> None:
    briefings.create("B", [quote("a:1:2")])
    first, second = quote("a:1:2"), quote("a:3:4")
    (added,) = briefings.add("B", [first, second, second])
    assert texts(briefings, "B") == [first.text, second.text]
    dropped = briefings.items("B")[0].item_id
    briefings.drop(dropped)
    briefings.add("B", [first])
    assert texts(briefings, "B") == [second.text, first.text]
    briefings.drop(added)
    briefings.put_back(added)
    assert texts(briefings, "B") == [second.text, first.text]
    assert texts(briefings, "B", dropped=True) == []


def test_what_is_dropped_comes_back_to_its_place_until_it_is_forgotten(briefings: Briefings) -> None:
    briefings.create("B", [note("a"), note("b"), note("c")])
    _, b, c = (item.item_id for item in briefings.items("B"))
    briefings.drop(b)
    briefings.move(c, before=None)
    assert (texts(briefings, "B"), texts(briefings, "B", dropped=True)) == (["a", "c"], ["b"])
    briefings.put_back(b)
    assert texts(briefings, "B") == ["a", "b", "c"]
    briefings.drop(c)
    briefings.forget_dropped("B")
    briefings.move(b, before=None)
    assert texts(briefings, "B", dropped=True) == []
    with pytest.raises(UsageError, match="no longer there"):
        briefings.put_back(c)


def test_a_text_that_was_changed_elsewhere_is_not_overwritten(briefings: Briefings) -> None:
    briefings.create("B", [note("a"), quote("a:1:2")])
    own, quoted = (item.item_id for item in briefings.items("B"))
    briefings.edit(own, "a of one window", before="a")
    with pytest.raises(UsageError, match="another window"):
        briefings.edit(own, "a of the other", before="a")
    assert texts(briefings, "B")[0] == "a of one window"
    briefings.edit(own, "a of one window", before="a")  # Saved twice: it is what it is to be.
    with pytest.raises(UsageError, match="not changed"):
        briefings.edit(quoted, "other words", before=quote("a:1:2").text)


@pytest.mark.parametrize("name", ["", " \t\n\x00", "x" * (MAX_NAME_CHARACTERS + 1)])
def test_a_name_is_needed_and_fits_on_a_line(briefings: Briefings, name: str) -> None:
    with pytest.raises(UsageError, match="name"):
        briefings.create(name)
    briefings.create("B")
    with pytest.raises(UsageError, match="name"):
        briefings.rename("B", name)


def test_no_briefing_takes_the_place_of_another_one(briefings: Briefings) -> None:
    briefings.create("B", [note("kept")])
    with pytest.raises(UsageError, match="already"):
        briefings.create("B")
    assert [briefings.create("B", renamed_if_taken=True) for _ in range(2)] == ["B (2)", "B (3)"]
    long = "x" * MAX_NAME_CHARACTERS
    assert briefings.create(long, renamed_if_taken=True) == long
    assert len(briefings.create(long, renamed_if_taken=True)) == MAX_NAME_CHARACTERS
    with pytest.raises(UsageError, match="already"):
        briefings.rename("B (2)", "B")
    assert briefings.rename("B (2)", "C") == "C"
    briefings.delete("C")
    assert "C" not in {one.name for one in briefings.all()}
    assert texts(briefings, "B") == ["kept"]
    for use in (briefings.items, briefings.delete, lambda name: briefings.add(name, [note("x")])):
        with pytest.raises(UsageError, match="no briefing 'C'"):
            use("C")


def test_an_item_moves_only_within_its_briefing(briefings: Briefings) -> None:
    briefings.create("B", [note("a")])
    briefings.create("C", [note("c")])
    (ours,), (theirs,) = briefings.items("B"), briefings.items("C")
    with pytest.raises(UsageError, match="no longer there"):
        briefings.move(ours.item_id, before=theirs.item_id)
    with pytest.raises(UsageError, match="no longer there"):
        briefings.add("B", [note("x")], before=theirs.item_id)
    assert texts(briefings, "B") == ["a"]


def test_the_state_that_answers_and_vectors_belong_to_stays(tmp_path: Path) -> None:
    library = Library.open(tmp_path)
    before = library.state
    briefings = Briefings(library)
    briefings.create("B", [note("a")])
    briefings.drop(briefings.items("B")[0].item_id)
    assert library.state == before


def test_writers_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    Briefings(Library.open(tmp_path)).create("B")

    def write(who: str) -> None:
        mine = Briefings(Library.open(tmp_path))
        for number in range(15):
            (item,) = mine.add("B", [note(f"{who}{number}")])
            mine.move(item, before=mine.items("B")[0].item_id)

    writers = [threading.Thread(target=write, args=(who,)) for who in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    written = texts(Briefings(Library.open(tmp_path)), "B")
    assert sorted(written) == sorted(f"{who}{number}" for who in "abc" for number in range(15))


def test_a_crash_in_the_middle_of_a_change_leaves_what_was_there(tmp_path: Path) -> None:
    briefings = Briefings(Library.open(tmp_path))
    briefings.create("B", [note("a"), note("b")])
    code = (
        "import os, sys, index.briefings as b; from pathlib import Path; from index.library import Library\n"
        "m = b.Briefings(Library.open(Path(sys.argv[1]))); b._touch = lambda *_: os._exit(9)\n"
        "m.move(m.items('B')[0].item_id, before=None)"
    )
    root = Path(__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, cwd=root, env=environment)
    assert done.returncode == 9
    assert texts(Briefings(Library.open(tmp_path)), "B") == ["a", "b"]
    briefings.add("B", [note("c")])
    assert texts(briefings, "B") == ["a", "b", "c"]


def test_a_full_disk_or_damage_is_told_in_words(tmp_path: Path) -> None:
    briefings = Briefings(Library.open(tmp_path))
    (tmp_path / FILE_NAME).write_bytes(b"damaged" * 1000)
    with pytest.raises(LibraryError, match="damaged"):
        briefings.all()


def test_an_older_library_gets_the_tables_of_a_new_one(tmp_path: Path) -> None:
    Library.open(tmp_path / "new")
    Library.open(tmp_path / "old")
    with closing(sqlite3.connect(tmp_path / "old" / FILE_NAME)) as connection:
        connection.executescript("DROP TABLE briefing_items; DROP TABLE briefings; PRAGMA user_version = 4;")
    Briefings(Library.open(tmp_path / "old")).create("B", [note("a")])
    tables = []
    for folder in ("new", "old"):
        with closing(sqlite3.connect(tmp_path / folder / FILE_NAME)) as connection:
            tables.append(set(connection.execute("SELECT name, sql FROM sqlite_schema")))
    assert tables[0] == tables[1]
