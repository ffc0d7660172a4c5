"""In which language a question is: found for short ones too, and never another one for an English question."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path

import pytest

from qa.question.language import language_name, language_of

QUESTIONS: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "data" / "questions" / "languages.toml").read_text(encoding="utf-8")
)
FOREIGN = [(language, question) for language, all_ in QUESTIONS.items() if language != "en" for question in all_]


def without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "dj").replace("ß", "ss"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@pytest.mark.parametrize(("language", "question"), FOREIGN)
def test_question_in_another_language_is_recognised(language: str, question: str) -> None:
    assert language_of(question) in {
        language.removesuffix("-Cyrl"),
        "und-Cyrl" if language in {"sr-Cyrl", "mk"} else "",
    }


def test_nearly_all_questions_are_recognised_without_accents() -> None:
    latin = [(language, question) for language, question in FOREIGN if language not in {"sr-Cyrl", "mk"}]
    missed = [question for _, question in latin if language_of(without_accents(question)) == "en"]
    assert len(missed) <= 0.05 * len(latin), missed


@pytest.mark.parametrize("question", QUESTIONS["en"])
def test_english_question_is_english(question: str) -> None:
    assert language_of(question) == "en"


def test_names_that_the_library_holds_are_no_sign_of_a_language() -> None:
    assert language_of("Die Brücke") == "de"
    assert language_of("Die Brücke", known={"die", "brücke"}.__contains__) == "en"


@pytest.mark.parametrize("question", ["人身取引の被害者", "الاتجار بالبشر"])
def test_script_of_no_known_language_is_told(question: str) -> None:
    assert language_of(question) == "und"
    assert language_name("und") == "a language other than English"


@pytest.mark.parametrize("question", ["", "???", "161", "a" * 200, "GRETA(2017)37", "BiH NRM"])
def test_what_has_no_words_is_taken_for_english(question: str) -> None:
    assert language_of(question) == "en"


def test_languages_are_named_in_english() -> None:
    assert [language_name(code) for code in ("sq", "de", "mk")] == ["Albanian", "German", "Macedonian"]
    assert "Bosnian" in language_name("sr")
    assert "Macedonian" in language_name("und-Cyrl")
