"""What a user says of a document, in a sidecar file or in options, and that it counts before what is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.embedder import Embedder
from index.intake import files_in, read_again, take_in
from index.library import Library
from ingest.attribution import statements_of
from ingest.blocks import Block, Reading
from ingest.document import Identity
from ingest.errors import UnreadableFileError, UsageError
from ingest.identity import identify
from ingest.sidecar import (
    FIELDS,
    Given,
    all_given,
    corrected,
    given_before,
    given_beside,
    given_by_user,
    says_otherwise,
    unknown,
)
from ingest.structure import structure

WHOLE = """
publisher = "European Commission"
official_number = "SWD (2098)152 final"
title = "Boats of  Malta"
countries = ["mt", "Kosovo*", "the former Yugoslav Republic of Macedonia"]
year = 2098
round = 2
published = 2098-01-29
adopted = "2097-11"
language = "EN"
"""


def beside(folder: Path, sidecar: str | bytes) -> tuple[Given, ...]:
    file = folder / "boats.pdf"
    content = sidecar.encode("utf-8") if isinstance(sidecar, str) else sidecar
    file.with_name("boats.pdf.toml").write_bytes(content)
    return given_beside(file)


def read(*given: Given) -> Identity:
    reading = Reading(
        (
            Block("paragraph", "GRETA(2096)19"),
            Block("heading", "Evaluation report Iceland", level=1),
            Block("heading", "1. Boats", level=1),
            Block("paragraph", "The boats of the harbour must be mended by the guild."),
        )
    )
    return identify(structure(reading), reading, today=date(2100, 1, 1), given=given)


# --- sidecar files ----------------------------------------------------------------------------------------------------


def test_a_sidecar_can_set_every_field(tmp_path: Path) -> None:
    given = {one.field: one.value for one in beside(tmp_path, WHOLE)}
    assert given == {
        "publisher": "EC",
        "official_number": "SWD(2098) 152 final",
        "title": "Boats of Malta",
        "countries": ("MT", "XK", "MK"),
        "year": 2098,
        "round": 2,
        "published": "2098-01-29",
        "adopted": "2097-11",
        "language": "en",
    }
    assert set(given) == set(FIELDS)


def test_a_file_without_sidecar_has_nothing_said_of_it(tmp_path: Path) -> None:
    assert given_beside(tmp_path / "boats.pdf") == ()
    assert beside(tmp_path, "") == ()


def test_a_sidecar_with_the_mark_of_windows_editors_is_read(tmp_path: Path) -> None:
    assert beside(tmp_path, b"\xef\xbb\xbfround = 2\r\n") == (Given("round", 2, "sidecar"),)


@pytest.mark.parametrize(
    ("sidecar", "told"),
    [
        ("publisher = GRETA", "not valid TOML"),
        (b"title = '\xff'", "not valid TOML"),
        ("a = " + "[" * 5000, "not valid TOML"),
        ("country = 'RS'", r"'country' is no field.*publisher, official_number, title, countries, year"),
        ("kind = 'other'", "'kind' is no field"),
        ("countries = ['Atlantis']", "countries: 'Atlantis' is no country.*ISO code"),
        ("countries = 'RS'", r"countries = \"RS\": must be a list"),
        ("countries = []", "countries = .*must be a list"),
        ("countries = [1]", "countries = .*must be a list"),
        ("year = '2098'", r"year = \"2098\": must be a whole number from 1900 to 2199"),
        ("year = 98", "year = 98: must be a whole number"),
        ("round = true", "round = True: must be a whole number from 1 to 20"),
        ("published = '29 January 2098'", "published = .*must be a day such as 2018-01-29"),
        ("adopted = '2098-02-31'", "adopted = .*must be a day"),
        ("language = 'English'", 'language = "English": must be a code of two letters'),
        ("title = ''", "title = .*must be a text"),
        ("publisher = ['GRETA']", "publisher = .*must be a text"),
        ("#" * 70_000, "larger than 64 kB"),
    ],
)
def test_a_sidecar_that_says_what_cannot_be_is_refused_with_file_key_and_remedy(
    tmp_path: Path, sidecar: str | bytes, told: str
) -> None:
    with pytest.raises(UnreadableFileError, match=f"(?s)boats.pdf.toml.*{told}"):
        beside(tmp_path, sidecar)


def test_a_folder_with_the_name_of_a_sidecar_is_refused(tmp_path: Path) -> None:
    (tmp_path / "boats.pdf.toml").mkdir()
    with pytest.raises(UnreadableFileError, match=r"boats.pdf.toml cannot be opened"):
        given_beside(tmp_path / "boats.pdf")


# --- options ----------------------------------------------------------------------------------------------------------


def test_options_that_are_not_given_say_nothing() -> None:
    assert given_by_user({"publisher": None, "countries": [], "title": ""}) == ()
    assert given_by_user({"publisher": "greta", "countries": ["Serbia"]}) == (
        Given("publisher", "GRETA", "user"),
        Given("countries", ("RS",), "user"),
    )


def test_an_option_that_cannot_be_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match=r"'Atlantis' is no country"):
        given_by_user({"countries": ["Atlantis"]})


def test_a_publisher_that_is_no_known_speaker_keeps_its_name() -> None:
    assert given_by_user({"publisher": "Harbour Watch"}) == (Given("publisher", "Harbour Watch", "user"),)
    assert given_by_user({"publisher": "EC and GRETA"}) == (Given("publisher", "EC and GRETA", "user"),)


# --- before what is read ----------------------------------------------------------------------------------------------


def test_what_is_given_wins_over_what_is_read_and_the_rest_is_read() -> None:
    found = read(Given("countries", ("MT",), "user"), Given("round", 3, "sidecar"), Given("year", 2098, "sidecar"))
    assert (found.countries, found.round, found.year) == (("MT",), 3, 2098)
    assert (found.publisher, found.official_number) == ("GRETA", "GRETA(2096)19")
    assert {field: found.identified_by[field] for field in ("countries", "round", "year")} == {
        "countries": "user",
        "round": "sidecar",
        "year": "sidecar",
    }


def test_a_given_number_tells_publisher_and_year_as_a_printed_one_does() -> None:
    found = read(Given("official_number", "SWD(2098) 152 final", "user"))
    assert (found.official_number, found.publisher, found.year) == ("SWD(2098) 152 final", "EC", 2098)


def test_who_speaks_follows_the_given_publisher() -> None:
    reading = Reading((Block("heading", "1. Boats", level=1), Block("paragraph", "The boats must be mended soon.")))
    parts = structure(reading)
    given = (Given("publisher", "GRETA", "user"), Given("countries", ("MT",), "user"))
    identity = identify(parts, reading, today=date(2100, 1, 1), given=given)
    [(statement,)] = statements_of(parts, identity)
    assert (statement.speakers, statement.voice, statement.countries) == (("GRETA",), "own", ("MT",))


# --- again ------------------------------------------------------------------------------------------------------------


def test_options_win_over_the_sidecar_and_earlier_options_still_hold(tmp_path: Path) -> None:
    beside(tmp_path, 'publisher = "EC"\ntitle = "Boats"\nround = 1\n')
    before = read(Given("title", "Nets", "user"), Given("year", 2098, "sidecar"))
    given = all_given(tmp_path / "boats.pdf", (Given("publisher", "GRETA", "user"),), before)
    assert set(given) == {
        Given("publisher", "GRETA", "user"),
        Given("title", "Nets", "user"),
        Given("round", 1, "sidecar"),
    }
    assert Given("year", 2098, "sidecar") in all_given(tmp_path / "boats.pdf", (), before, from_elsewhere=True)


def test_what_a_user_says_now_is_compared_with_what_was_said_when_it_was_read() -> None:
    said = (Given("countries", ("MT",), "user"), Given("round", 3, "sidecar"))
    before = read(*said)
    assert set(given_before(before)) == set(said)
    assert not says_otherwise(said, before)
    assert says_otherwise(said[:1], before)
    assert says_otherwise((*said, Given("title", "Nets", "user")), before)
    assert says_otherwise((said[0], Given("round", 2, "sidecar")), before)
    assert not says_otherwise((), read())


# --- into the library -------------------------------------------------------------------------------------------------


def test_a_changed_sidecar_is_noticed_and_the_document_read_again(tmp_path: Path, embedder: Embedder) -> None:
    library, file = Library.open(tmp_path / "library"), tmp_path / "boats.md"
    sidecar = tmp_path / "boats.md.toml"
    file.write_text("# Boats\n\nThe boats of the harbour must be mended by the guild.\n", encoding="utf-8")

    def taken_in(**options: object) -> tuple[str, Identity]:
        [outcome] = take_in(library, lambda: embedder, files_in([tmp_path]), given=given_by_user(options))
        assert outcome.status != "failed", outcome.reason
        return outcome.status, library.documents()[0].identity

    assert taken_in()[0] == "added"
    sidecar.write_text('publisher = "GRETA"\nround = 2\n', encoding="utf-8")
    status, identity = taken_in()
    assert (status, identity.publisher, identity.round) == ("replaced", "GRETA", 2)
    [stored] = library.documents()
    statements = [s for passage in library.document(stored.document_id).passages for s in passage.statements]
    assert {(s.speakers, s.voice) for s in statements} == {(("GRETA",), "own")}
    assert taken_in()[0] == "unchanged"
    status, identity = taken_in(round=3)
    assert (status, identity.round, identity.identified_by["round"]) == ("replaced", 3, "user")
    assert taken_in()[0] == "unchanged"
    assert {outcome.status for outcome in read_again(library, embedder)} == {"replaced"}
    assert library.documents()[0].identity == identity
    sidecar.unlink()
    status, identity = taken_in()
    assert (status, identity.publisher, identity.round) == ("replaced", None, 3)


def test_a_copy_without_sidecar_leaves_what_the_sidecar_of_the_other_says(tmp_path: Path, embedder: Embedder) -> None:
    library = Library.open(tmp_path / "library")
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("# Boats\n\nThe boats must be mended by the guild.\n", encoding="utf-8")
    (tmp_path / "a.md.toml").write_text("round = 2\n", encoding="utf-8")
    for statuses in (["added", "unchanged"], ["unchanged", "unchanged"]):
        outcomes = list(take_in(library, lambda: embedder, files_in([tmp_path])))
        assert [outcome.status for outcome in outcomes] == statuses
    assert library.documents()[0].identity.round == 2


def test_a_bad_sidecar_fails_its_file_and_no_other(tmp_path: Path, embedder: Embedder) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(f"# Boats\n\nThe boats of {name} must be mended by the guild.\n", encoding="utf-8")
    (tmp_path / "a.md.toml").write_text("rounds = 2\n", encoding="utf-8")
    library = Library.open(tmp_path / "library")
    bad, good = take_in(library, lambda: embedder, files_in([tmp_path]))
    assert (bad.status, good.status) == ("failed", "added")
    assert "a.md.toml: 'rounds' is no field" in bad.reason


def test_options_of_the_command_are_listed_as_given(tmp_path: Path, pincite: Callable[..., Any]) -> None:
    library, file = tmp_path / "library", tmp_path / "boats.md"
    file.write_text("# Boats\n\nThe boats of the harbour must be mended by the guild.\n", encoding="utf-8")
    options = ["--publisher", "European Commission", "--official-number", "SWD(2098)152 final", "--title", "Nets"]
    options += ["--country", "Malta", "--country", "IS", "--year", "2097", "--round", "2", "--published", "2098-01"]
    run = pincite("ingest", file, *options, "--language", "fr", "--json", library=library)
    assert run.status == 0, run.stderr
    [listed] = pincite("documents", "--json", library=library).json
    expected = {
        "publisher": "EC",
        "official_number": "SWD(2098) 152 final",
        "title": "Nets",
        "countries": ["MT", "IS"],
        "year": 2097,
        "round": 2,
        "published": "2098-01",
        "language": "fr",
        "kind": None,
    }
    assert {key: listed[key] for key in expected} == expected


def test_options_that_cannot_be_are_wrong_usage(tmp_path: Path, pincite: Callable[..., Any]) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("# Boats\n\nThe boats must be mended.\n", encoding="utf-8")
    library = tmp_path / "library"
    for options, told in (
        (["--country", "Atlantis"], "Atlantis"),
        (["--published", "soon"], "2018-01-29"),
        (["--title", "Boats"], "one file"),
    ):
        run = pincite("ingest", tmp_path / "a.md", tmp_path / "b.md", *options, library=library)
        assert run.status == 2
        assert told in run.stderr


# --- corrections ------------------------------------------------------------------------------------------------------


def test_a_field_said_to_be_unknown_is_not_read_from_the_pages() -> None:
    identity = read(unknown("publisher"), unknown("countries"), unknown("title"))
    assert (identity.publisher, identity.countries, identity.title) == (None, (), "")
    assert {identity.identified_by[field] for field in ("publisher", "countries", "title")} == {"user"}
    assert not says_otherwise(given_before(identity), identity)
    with pytest.raises(UsageError, match="cannot be unknown"):
        unknown("language")


def test_a_correction_keeps_what_was_said_of_other_fields_and_takes_back_what_it_names() -> None:
    before = read(Given("round", 2, "user"), Given("year", 2091, "user"), Given("language", "fr", "sidecar"))
    now = corrected(before, (Given("round", 3, "user"),), as_read=["year"])
    assert set(now) == {Given("round", 3, "user"), Given("language", "fr", "sidecar")}
    assert read(*now).year == 2096  # Again as the number tells.
    with pytest.raises(UsageError, match="'rounds' is no field"):
        corrected(before, (), as_read=["rounds"])


STATEMENTS = "# Boats of the harbour\n\nThe boats must be mended by the guild. The authorities paid for nets.\n"


def test_speakers_and_countries_follow_a_correction(tmp_path: Path, pincite: Callable[..., Any]) -> None:
    library, file = tmp_path / "library", tmp_path / "boats.md"
    file.write_text(STATEMENTS, encoding="utf-8")
    pincite("ingest", file, library=library)
    run = pincite("correct", "Boats", "--publisher", "greta", "--country", "Serbia", "--round", "3", library=library)
    assert run.status == 0, run.stderr
    assert run.stderr == "Corrected Boats of the harbour: publisher GRETA, countries RS, round 3.\n"
    whole = pincite("show", "Boats", "--json", library=library).json
    said = [statement for passage in whole["passages"] for statement in passage["statements"]]
    assert {tuple(one["speakers"]) for one in said} == {("GRETA",)}
    assert {tuple(one["countries"]) for one in said} == {("RS",)}
    pincite("reindex", "--reread", library=library)
    pincite("ingest", file, library=library)
    [listed] = pincite("documents", "--json", library=library).json
    assert (listed["publisher"], listed["countries"], listed["round"]) == ("GRETA", ["RS"], 3)
    run = pincite("correct", "Boats", "--unknown", "round", "--as-read", "publisher", library=library)
    assert "round unknown, publisher unknown" in run.stderr
    [listed] = pincite("documents", "--json", library=library).json
    assert (listed["publisher"], listed["countries"], listed["round"]) == (None, ["RS"], None)


def test_a_correction_that_cannot_be_is_wrong_usage_and_changes_nothing(
    tmp_path: Path, pincite: Callable[..., Any]
) -> None:
    library, file = tmp_path / "library", tmp_path / "boats.md"
    file.write_text(STATEMENTS, encoding="utf-8")
    pincite("ingest", file, library=library)
    before = pincite("documents", "--json", library=library).stdout
    for options, told in (([], "--round 3"), (["--round", "99"], "from 1 to 20"), (["--unknown", "boats"], "'boats'")):
        run = pincite("correct", "Boats", *options, library=library)
        assert run.status == 2
        assert told in run.stderr
    assert pincite("correct", "Submarines", "--round", "3", library=library).status == 1
    assert pincite("documents", "--json", library=library).stdout == before


def test_what_is_said_of_a_file_holds_for_its_next_version_unless_that_bears_another_number(
    tmp_path: Path, embedder: Embedder
) -> None:
    library, file = Library.open(tmp_path / "library"), tmp_path / "report.md"

    def take(number: str, word: str, given: tuple[Given, ...] = ()) -> tuple[str, Identity]:
        file.write_text(f"{number}\n\n# Boats\n\nThe boats must be {word} by the guild.\n", encoding="utf-8")
        (outcome,) = take_in(library, lambda: embedder, [file], given=given)
        assert outcome.status != "failed", outcome.reason
        (stored,) = library.documents()
        return outcome.reason, stored.identity

    take("GRETA(2096)19", "mended", (Given("round", 3, "user"),))
    reason, identity = take("GRETA(2096)19", "tarred")
    assert (reason, identity.round) == ("What you said of the earlier version was kept: round.", 3)
    reason, identity = take("GRETA(2097)20", "sunk")
    assert (reason, identity.round) == ("", None)
