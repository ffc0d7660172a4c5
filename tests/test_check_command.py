"""The command `pincite check`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx

DRAFT = "GRETA urges Serbia to “make compensation part of every trial” (GRETA(2016)41, para. 2).\n"


def test_the_check_is_one_json_value_or_a_table(
    pincite: Callable[..., Any], invented_library: Path, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text(DRAFT, encoding="utf-8")
    run = pincite("check", draft, "--json", library=invented_library)
    assert run.status == 0
    assert run.json["draft"] == str(draft)
    (only,) = run.json["citations"]
    assert (only["quotation"], only["citation"]) == ("make compensation part of every trial", "GRETA(2016)41, para. 2")
    assert (only["verdict"], only["found"]["paragraph"]) == ("altered", "2")
    assert [text.strip() for mark, text in only["diff"] if mark != "="] == ["criminal"]
    assert "1 altered" in pincite("check", draft, library=invented_library).stdout


def test_comments_are_written_into_a_copy(pincite: Callable[..., Any], invented_library: Path, tmp_path: Path) -> None:
    draft, copy = tmp_path / "draft.md", tmp_path / "copy.docx"
    draft.write_text(DRAFT, encoding="utf-8")
    run = pincite("check", draft, "--comments", copy, library=invented_library)
    assert run.status == 0
    (comment,) = docx.Document(str(copy)).comments
    assert comment.text.startswith("Altered.")
    assert comment.author == "Pincite"
    assert draft.read_text(encoding="utf-8") == DRAFT


def test_a_draft_that_cannot_be_read_is_refused_with_what_to_do(
    pincite: Callable[..., Any], invented_library: Path, tmp_path: Path
) -> None:
    for name, content, said in (
        ("draft.pdf", b"%PDF-1.4", "Save it as DOCX"),
        ("broken.docx", b"no zip", "is no Word document"),
        ("absent.md", None, "cannot be opened"),
    ):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        run = pincite("check", tmp_path / name, library=invented_library)
        assert (run.status, run.stdout) == (1, "")
        assert said in run.stderr


def test_comments_need_a_word_file_that_is_not_the_draft(
    pincite: Callable[..., Any], invented_library: Path, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.docx"
    docx.Document().save(str(draft))
    for target in (draft, tmp_path / "copy.pdf"):
        assert pincite("check", draft, "--comments", target, library=invented_library).status == 2
