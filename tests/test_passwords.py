"""Files of passwords, and that no page that others can open goes without them."""

from __future__ import annotations

import getpass
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import UsageError
from page.passwords import is_loopback, passwords_for, read_passwords, write_password

EVERYWHERE = "0.0.0.0"  # noqa: S104  (What is tested is that it needs a password.)
SECRET = "seven grey herons"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    file = tmp_path / "people.txt"
    write_password("anna", SECRET, file)
    return file


def test_a_user_is_admitted_with_the_password_alone_and_the_file_does_not_tell_it(people: Path) -> None:
    write_password("boris", "nine white storks", people)
    passwords = read_passwords(people)
    assert passwords.admit("anna", SECRET)
    assert passwords.admit("boris", "nine white storks")
    assert not passwords.admit("anna", "nine white storks")
    assert not passwords.admit("anna", "")
    assert not passwords.admit("nobody", SECRET)  # Whose password it is counts, also of the first in the file.
    assert SECRET not in people.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_only_the_owner_can_read_the_file(people: Path) -> None:
    assert stat.S_IMODE(people.stat().st_mode) == 0o600


def test_a_new_password_takes_the_place_of_the_old_one_and_the_rest_of_the_file_stays(people: Path) -> None:
    people.write_text("# The desk\n\n" + people.read_text(encoding="utf-8"), encoding="utf-8")
    write_password("anna", "ten brown cranes", people)
    passwords = read_passwords(people)
    assert passwords.admit("anna", "ten brown cranes")
    assert not passwords.admit("anna", SECRET)
    assert people.read_text(encoding="utf-8").startswith("# The desk\n")


@pytest.mark.parametrize("host", [EVERYWHERE, "192.168.1.7", "::", "", "desk.example.org", "localhost.example.org"])
def test_an_address_that_others_reach_needs_passwords(host: str, people: Path) -> None:
    with pytest.raises(UsageError, match="pincite ui --auth-file FILE --set-password USER"):
        passwords_for(host, None)
    assert passwords_for(host, people) == read_passwords(people)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_an_address_of_this_computer_alone_needs_none(host: str, people: Path) -> None:
    assert is_loopback(host)
    assert passwords_for(host, None) is None
    assert passwords_for(host, people) is not None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "names nobody"),
        ("# anna\n\n", "names nobody"),
        (f"anna:{SECRET}\n", "Line 1"),
        ("anna\n", "Line 1"),
        ("anna:$argon2id$v=19$broken\n", "Line 1"),
    ],
)
def test_a_file_of_another_form_is_refused_without_showing_what_is_in_it(
    content: str, told: str, tmp_path: Path
) -> None:
    file = tmp_path / "people.txt"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=told) as refused:
        read_passwords(file)
    assert SECRET not in str(refused.value)


def test_a_user_who_stands_in_a_file_twice_is_told(people: Path) -> None:
    people.write_text(people.read_text(encoding="utf-8") * 2, encoding="utf-8")
    with pytest.raises(UsageError, match="Line 2"):
        read_passwords(people)


@pytest.mark.parametrize("user", ["", " anna", "an:na", "#anna", "an\nna"])
def test_names_that_a_line_cannot_hold_are_refused(user: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be a user's name"):
        write_password(user, SECRET, tmp_path / "people.txt")


def test_a_file_that_cannot_be_read_or_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_passwords(tmp_path / "none.txt")
    with pytest.raises(UsageError, match="cannot be written: No such file"):
        write_password("anna", SECRET, tmp_path / "none" / "people.txt")


def test_the_command_asks_twice_and_writes_the_line(
    pincite: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "people.txt"
    monkeypatch.setattr(getpass, "getpass", lambda *_, **__: "too short")
    done = pincite("ui", "--auth-file", file, "--set-password", "anna")
    assert done.status == 1
    assert "at least 12" in done.stderr
    assert not file.exists()
    monkeypatch.setattr(getpass, "getpass", lambda *_, **__: SECRET)
    done = pincite("ui", "--auth-file", file, "--set-password", "anna")
    assert (done.status, done.stdout) == (0, "")
    assert read_passwords(file).admit("anna", SECRET)


def test_the_page_is_refused_to_other_computers_without_passwords_before_anything_is_read(
    pincite: Callable[..., Any], tmp_path: Path
) -> None:
    done = pincite("ui", "--host", EVERYWHERE, library=tmp_path / "library")
    assert done.status == 2
    assert "passwords" in done.stderr
    assert not (tmp_path / "library").exists()
