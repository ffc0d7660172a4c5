"""The commands `pincite catalogue` and `pincite fetch`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Pincite = Callable[..., Any]


# --- pincite catalogue ------------------------------------------------------------------------------------------------


@pytest.fixture
def own(invented_library: Path, tmp_path: Path) -> Path:
    """A copy of the library with an invented second-round report on Serbia by GRETA."""
    return Path(shutil.copytree(invented_library, tmp_path / "library"))


def test_catalogue_lists_what_is_loaded_and_what_is_not(pincite: Pincite, own: Path) -> None:
    run = pincite("catalogue", "--country", "Serbia", "--source", "greta", library=own)
    assert run.status == 0
    assert run.stdout.splitlines()[1].split()[:5] == ["Serbia", "○", "●", "○", "·"]
    assert "GRETA's third-round report on Serbia, number unknown (16 June 2023)" in run.stdout
    assert "EC, by year" not in run.stdout


def test_catalogue_as_json_has_states_and_dates(pincite: Pincite, own: Path) -> None:
    value = pincite("catalogue", "--country", "RS", "--json", library=own).json
    assert set(value) == {"tables", "not_loaded"}
    greta, commission = value["tables"]
    assert [cell["state"] for cell in greta["rows"][0]["cells"]] == ["known", "loaded", "known", "unknown"]
    assert greta["rows"][0]["complete_up_to"] == "2023-06-30"
    assert commission["by"] == "year"
    assert {report["source"] for report in value["not_loaded"]} == {"GRETA", "EC"}


def test_own_file_in_the_folder_of_the_library_is_used(pincite: Pincite, own: Path) -> None:
    (own / "catalogue.csv").write_text("source,countries,round,published\nGRETA,FR,3,2022-02-18\n", encoding="utf-8")
    assert "18 February 2022" in pincite("catalogue", "--country", "FR", library=own).stdout


def test_own_file_can_be_named_by_option_and_environment(
    pincite: Pincite, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("source,countries,round\nGRETA,FR,3\nGRETA,FR,third\n", encoding="utf-8")
    by_option = pincite("--catalogue", file, "catalogue", library=own)
    monkeypatch.setenv("PINCITE_CATALOGUE", str(file))
    by_environment = pincite("catalogue", library=own)
    for run in (by_option, by_environment):
        assert run.status == 1
        assert run.stdout == ""
        assert "mine.csv" in run.stderr
        assert "line 3: round = third: must be a whole number" in run.stderr


def test_country_that_does_not_exist_is_wrong_usage(pincite: Pincite, own: Path) -> None:
    run = pincite("catalogue", "--country", "Atlantis", library=own)
    assert (run.status, run.stdout) == (2, "")


# --- pincite fetch ----------------------------------------------------------------------------------------------------


def test_fetch_says_where_a_report_without_an_address_is_found(pincite: Pincite, own: Path) -> None:
    run = pincite("fetch", "GRETA(2017)37", "SWD (2018) 152", library=own)
    assert run.status == 0
    assert "https://www.coe.int/en/web/anti-human-trafficking" in run.stdout
    assert "CELEX:52018SC0152" in run.stdout
    value = pincite("fetch", "GRETA(2017)37", "--json", library=own).json
    assert value["files"] == []
    assert [report["official_number"] for report in value["by_hand"]] == ["GRETA(2017)37"]


@pytest.mark.parametrize("answer", [b"", b"n\n", b"\n"])
def test_fetch_asks_before_it_uses_the_network(pincite: Pincite, own: Path, answer: bytes) -> None:
    run = pincite("fetch", "SWD(2018) 155", library=own, stdin=answer)
    assert (run.status, run.stdout) == (1, "")
    assert "This connects to eur-lex.europa.eu and downloads 1 report into" in run.stderr
    assert "Nothing was downloaded." in run.stderr
    assert not (own / "downloads").exists()


def test_fetch_without_a_network_fails_with_what_to_do(
    pincite: Pincite, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # Nobody listens there, wherever this test runs.
    run = pincite("fetch", "SWD(2018) 155", "--yes", "--json", library=own)
    assert run.status == 1
    (file,) = run.json["files"]
    assert (file["status"], file["path"], file["document_id"]) == ("failed", None, None)
    assert "cannot be reached" in file["reason"]
    assert "`pincite ingest FILE`" in file["reason"]
    assert "This connects" not in run.stderr


def test_fetch_asks_no_host_that_is_not_listed(pincite: Pincite, own: Path) -> None:
    run = pincite("fetch", "SWD(2018) 155", "--url", "https://reports.example/a.pdf", "--yes", library=own)
    assert run.status == 1
    assert "reports.example is none of the hosts that may be asked" in run.stdout


def test_fetch_of_a_number_that_is_not_known_says_what_is(pincite: Pincite, own: Path) -> None:
    run = pincite("fetch", "GRETA(2099)99", library=own)
    assert (run.status, run.stdout) == (1, "")
    assert "The catalogue has no GRETA(2099)99." in run.stderr
    assert "pincite catalogue" in run.stderr


def test_fetch_with_an_address_needs_one_number(pincite: Pincite, own: Path) -> None:
    run = pincite("fetch", "--url", "https://www.coe.int/a.pdf", library=own)
    assert (run.status, run.stdout) == (2, "")


def test_fetch_without_numbers_takes_what_is_not_loaded(pincite: Pincite, own: Path) -> None:
    run = pincite("fetch", "--country", "RS", "--source", "EC", library=own)
    assert run.status == 1  # Nobody agreed.
    assert "downloads 5 reports" in run.stderr
    greta = pincite("fetch", "--country", "RS", "--source", "GRETA", library=own)
    assert greta.status == 0
    assert greta.stdout.count("GRETA's") == 3  # The invented report is not the one that the catalogue knows.
    nothing = pincite("fetch", "--country", "FR", library=own)
    assert (nothing.status, nothing.stdout) == (0, "")
    assert "Nothing is left to fetch" in nothing.stderr
