"""In which language a question is put: English, or another one that the loaded model may not read."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import compress
from typing import Any

from index.embedder import is_english_word
from index.words import words as search_words
from ingest.countries import find_countries
from qa.question.topics import thesaurus_words

# How much likelier (natural logarithm) py3langid must find another language than English. Measured on 360 questions in
# six languages, 300 more without accents or in Cyrillic, and 500 English ones (tests/data/questions has some of them):
# 2 % are missed, mostly names and abbreviations alone; of the English ones none but those half in another language.
# Lists of function words, which came before, missed 56 %; lingua (96 MB) without these rules took half of the short
# English ones for something else, as did py3langid.
_SURE = 10.0
_SURE_WITHOUT_ENGLISH = 4.0
_SURE_OF_NAMES = 20.0
_LONGEST_WORD = 40  # What is longer is no word of any language here.
_SHORTEST_EVIDENCE = 4  # Shorter words are words of too many languages.
_ABBREVIATION = re.compile(r"(?<!\w)(?=\w*[A-Z])[A-Z0-9()/*-]{2,}(?!\w)")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class _Languages:
    """The part of languages.toml that says what is told apart."""

    told_apart: tuple[str, ...]
    same_as: dict[str, str]
    names: dict[str, str]
    cyrillic: dict[str, tuple[str, ...]]


def language_of(question: str, *, known: Callable[[str], bool] = lambda _: False) -> str:
    """ISO 639-1 code of the language that a question is plainly in, "en" in doubt.

    Serbian, Bosnian, Croatian and Montenegrin count as one, "sr"; "und-Cyrl" stands for a question in Cyrillic that may
    be Serbian or Macedonian, "und" for one in a script of none of the languages told apart.

    Args:
        question: The question.
        known: Tells whether the library holds a word: names that it holds say nothing about the language.
    """
    words = [word for word in _WORD.findall(_without_names(question)) if len(word) < _LONGEST_WORD]
    if not words:
        return "en"
    if not _is_latin("".join(words)):
        return _of_other_script(words)
    is_english = [is_english_word(word.casefold()) or word.casefold() in thesaurus_words() for word in words]
    if all(is_english) or all(word[0].isupper() and known(word.casefold()) for word in words):
        return "en"
    code, margin = _likeliest(words)
    small = [word for word in words if word[0].islower()]
    only_names = not small and code != "de"  # German writes nouns like names.
    sure = _SURE_OF_NAMES if only_names else _SURE if any(is_english) else _SURE_WITHOUT_ENGLISH
    if margin < sure:
        return "en"
    # "Gjakova shelter", "Ms Đorđević in Sarajevo": the name alone makes it look foreign.
    evidence = any(
        word[0].islower() and (len(word) >= _SHORTEST_EVIDENCE or (code != "de" and _is_function_word(word)))
        for word in compress(words, is_english)
    )
    if evidence and _likeliest(small)[1] < _SURE_WITHOUT_ENGLISH:
        return "en"
    return code


def language_name(code: str) -> str:
    """What a language is called in English, by a code that `language_of` gives."""
    from babel import Locale

    names: dict[str, str] = dict(Locale("en").languages)
    return _languages().names.get(code) or names[code]


def _without_names(question: str) -> str:
    """A question without country names, official numbers and abbreviations."""
    for mention in reversed(find_countries(question.replace("'", "’"))):
        question = question[: mention.start] + " " + question[mention.end :]
    return _ABBREVIATION.sub(" ", question)


def _is_function_word(word: str) -> bool:
    """Whether a word is one of those that full text drops; in German many of them are words too ("in", "was", "an")."""
    return len(word) > 1 and not search_words(word)


def _is_latin(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return 2 * sum("LATIN" in unicodedata.name(character, "") for character in letters) >= len(letters)


def _of_other_script(words: list[str]) -> str:
    code, _ = _likeliest(words)
    scripts = {unicodedata.name(character, "").split(" ")[0] for word in words for character in word}
    if not scripts & {"CYRILLIC", "GREEK"}:
        return "und"
    if code in {"sr", "mk"}:
        # Statistics of letters take one for the other; some letters and small words are of one of them only.
        text = f" {' '.join(words).casefold()} "
        signs = {each: sum(text.count(sign) for sign in own) for each, own in _languages().cyrillic.items()}
        return max(signs, key=signs.__getitem__) if signs["sr"] != signs["mk"] else "und-Cyrl"
    return code


def _likeliest(words: list[str]) -> tuple[str, float]:
    """The likeliest language but English, and by how much (natural logarithm) it is likelier than English."""
    if not words:
        return "und", float("-inf")
    scores = dict(_identifier().rank(" ".join(words)))
    english = scores.pop("en")
    best = max(scores, key=scores.__getitem__)
    return _languages().same_as.get(best, best), scores[best] - english


@cache
def _identifier() -> Any:
    """Takes half a second to load: only for questions with words that are not English."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(_languages().told_apart))
    return identifier


@cache
def _languages() -> _Languages:
    data = tomllib.loads((files("qa") / "data" / "languages.toml").read_text(encoding="utf-8"))
    return _Languages(
        told_apart=tuple(data["told_apart"]),
        same_as=data["same_as"],
        names=data["names"],
        cyrillic={code: tuple(signs) for code, signs in data["cyrillic"].items()},
    )
