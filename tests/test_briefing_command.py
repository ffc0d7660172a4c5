"""`pincite briefing`: a briefing is made, changed, exported and handed over with commands."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

import cli

Pincite = Callable[..., Any]
QUESTION = "What did GRETA say about compensation in Serbia?"
README = Path(__file__).parent.parent / "README.md"


@pytest.fixture
def own(invented_library: Path, tmp_path: Path) -> Path:
    """A copy of the invented library, to be changed."""
    return Path(shutil.copytree(invented_library, tmp_path / "library"))


def kinds(run: Any) -> list[str]:
    return [item.get("text") or item["quote"]["citation"] for item in run.json["items"]]


@pytest.mark.parametrize("name", sorted(typer.main.get_command(cli.briefing).commands))  # type: ignore[attr-defined]
def test_each_command_is_named_in_the_readme_and_explains_itself(name: str) -> None:
    (row,) = [
        line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| `pincite briefing")
    ]
    assert f"`{name}" in row or f"briefing {name}" in row
    command = typer.main.get_command(cli.briefing).commands[name]  # type: ignore[attr-defined]
    assert command.help
    for parameter in command.params:
        assert parameter.name == "help" or parameter.help, f"{name} does not explain {parameter.name}"


def test_a_briefing_is_collected_ordered_and_exported(pincite: Pincite, own: Path, tmp_path: Path) -> None:
    assert pincite("briefing", "list", library=own).stdout == ""
    added = pincite("briefing", "add", "Money", QUESTION, library=own)
    assert (added.status, added.stdout) == (0, "")
    assert "Added 3 quotes to Money." in added.stderr
    again = pincite("briefing", "add", "Money", QUESTION, "--quote", "1", library=own)
    assert "Added 0 quotes to Money. 1 was in it already." in again.stderr
    pincite("briefing", "heading", "Money", "Serbia", "--before", "1", library=own)
    pincite("briefing", "note", "Money", "My own view.", library=own)
    pincite("briefing", "move", "Money", "4", "--before", "2", library=own)
    shown = kinds(pincite("briefing", "show", "Money", "--json", library=own))
    assert shown[0] == "Serbia"
    assert shown[1].startswith("ICMPD (2019)")
    assert shown[2:] == ["GRETA(2016)41, para. 1", "GRETA(2016)41, para. 2", "My own view."]
    (listed,) = pincite("briefing", "list", "--json", library=own).json
    assert (listed["name"], listed["n_quotes"], listed["n_items"]) == ("Money", 3, 5)
    numbered = pincite("briefing", "show", "Money", library=own).stdout
    assert "5. Note\n  My own view." in numbered

    file = tmp_path / "money.md"
    exported = pincite("export", "--briefing", "Money", "--output", file, library=own)
    assert (exported.status, exported.stdout) == (0, "")
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Money\n")
    assert text.index("## Serbia") < text.index("in their own language”") < text.index("My own view.")


def test_what_is_dropped_is_put_back_and_deleting_asks(pincite: Pincite, own: Path) -> None:
    pincite("briefing", "add", "Money", QUESTION, library=own)
    before = kinds(pincite("briefing", "show", "Money", "--json", library=own))
    pincite("briefing", "drop", "Money", "2", library=own)
    assert len(kinds(pincite("briefing", "show", "Money", "--json", library=own))) == 2
    pincite("briefing", "put-back", "Money", library=own)
    assert kinds(pincite("briefing", "show", "Money", "--json", library=own)) == before
    pincite("briefing", "rename", "Money", "Redress", library=own)
    asked = pincite("briefing", "delete", "Redress", library=own, stdin=b"\n")
    assert (asked.status, asked.stdout) == (1, "")
    assert "for good" in asked.stderr
    assert pincite("briefing", "delete", "Redress", library=own, stdin=b"yes\n").status == 0
    assert pincite("briefing", "list", "--json", library=own).json == []


def test_a_colleague_opens_what_was_saved(pincite: Pincite, own: Path, tmp_path: Path) -> None:
    pincite("briefing", "add", "Money", QUESTION, library=own)
    file = tmp_path / "money.pincite.json"
    assert pincite("briefing", "save", "Money", file, library=own).status == 0
    assert {item["kind"] for item in json.loads(file.read_text(encoding="utf-8"))["items"]} == {"quote"}
    there = tmp_path / "empty"
    opened = pincite("briefing", "open", file, library=there)
    assert opened.status == 0
    assert "Opened as 'Money'. Of its 3 quotes: 3 whose document is not loaded here." in opened.stderr
    shown = pincite("briefing", "show", "Money", library=there).stdout
    assert shown.count("Its document is not loaded here: shown as it was collected.") == 3
    exported = pincite("export", "--briefing", "Money", "--output", tmp_path / "x.ris", library=there)
    assert "GRETA(2016)41, para. 1: Its document is not loaded here" in exported.stderr
    assert "GRETA(2016)41" in (tmp_path / "x.ris").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("briefing", "show", "None"), 1, "no briefing 'None'"),
        (("briefing", "add", "Money", "How is apple strudel baked?"), 1, "Nothing was added."),
        (("briefing", "add", "Money", QUESTION, "--quote", "9"), 1, "its quotes are 1 to 3"),
        (("briefing", "move", "Kept", "7"), 1, "'Kept' has no item 7"),
        (("briefing", "put-back", "Kept"), 1, "Nothing was taken out"),
        (("briefing", "rename", "Kept", " "), 1, "needs a name"),
        (("briefing", "open", README), 1, "README.md is no briefing that was handed over"),
        (("export", "--output", "x.md"), 2, "Give questions, or --briefing NAME"),
        (("export", QUESTION, "--briefing", "Kept", "--output", "x.md"), 2, "Give questions, or --briefing NAME"),
        (("briefing", "heading", "Kept", "x", "--level", "9"), 2, "--level"),
    ],
    ids=lambda value: " ".join(map(str, value))[-40:] if isinstance(value, tuple) else "",
)
def test_a_mistake_is_told_and_changes_nothing(
    pincite: Pincite, own: Path, arguments: tuple[str | Path, ...], status: int, told: str
) -> None:
    from index.briefings import Briefings, Content
    from index.library import Library

    briefings = Briefings(Library.open(own))
    briefings.create("Kept", [Content("note", "x")])
    run = pincite(*arguments, library=own)
    assert (run.status, run.stdout) == (status, "")
    assert told in run.stderr
    assert [(one.name, one.n_items) for one in briefings.all()] == [("Kept", 1)]
