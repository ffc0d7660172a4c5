"""Country names in texts and questions, as ISO 3166-1 alpha-2 codes (Kosovo* is XK)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ingest.errors import UsageError

# Names that are everyday words or part of other names far more often than they are the country.
_AMBIGUOUS = {"IM", "GG", "JE", "IO", "GS", "UM", "TF", "HM", "BV", "AQ"}
# Codes of two letters that Babel names and that are no country: unions, pseudo-locales, "unknown region".
_NO_COUNTRY = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


@dataclass(frozen=True, slots=True)
class CountryMention:
    """A country named in a text at `[start, end)`."""

    code: str
    start: int
    end: int


def find_countries(text: str) -> tuple[CountryMention, ...]:
    """Every mention of a country in a text, in order, without overlaps; the longest name wins."""
    pattern, codes, written = _table()
    mentions: list[CountryMention] = []
    for match in pattern.finditer(text):
        # "non-Albanian" names no country; "Albania-Kosovo" names two.
        if text[match.start() - 1 : match.start()] == "-" and not (mentions and mentions[-1].end == match.start() - 1):
            continue
        code = written.get(match[0]) or codes.get(match[0].casefold())
        if code is not None:
            mentions.append(CountryMention(code, match.start(), match.end()))
    return tuple(mentions)


def country_codes(text: str) -> tuple[str, ...]:
    """Codes of the countries that a text names, each once, in order of first mention."""
    return tuple(dict.fromkeys(mention.code for mention in find_countries(text)))


def is_country_heading(text: str) -> str | None:
    """The code when a heading consists of a country's name and nothing else ("BiH", "2.3 Kosovo*"), else None."""
    bare = re.sub(r"^[\dIVXivx.]+\s+|[*\s:.]+$", "", text.strip())
    mentions = find_countries(bare)
    if len(mentions) == 1 and mentions[0].start == 0 and mentions[0].end == len(bare):
        return mentions[0].code
    return None


def country_code(name: str) -> str:
    """The code of a country given as ISO code ("RS", "xk") or by name.

    Raises:
        UsageError: No country has this code or name.
    """
    bare = name.strip().rstrip("*")
    if bare.upper() in _english() and len(bare) == 2 and bare.upper() not in _NO_COUNTRY:
        return bare.upper()
    codes = country_codes(bare) or country_codes(bare.upper())  # Abbreviations count as written: "uk" is the UK.
    if len(codes) != 1:
        raise UsageError(f"{name!r} is no country. Give an ISO code such as RS, BA, XK, or an English name.")
    return codes[0]


def known_names() -> tuple[tuple[str, str], ...]:
    """Pairs of a country name, case folded, and its code: what a misspelt name is compared with."""
    return tuple(_table()[1].items())


@cache
def country_name(code: str) -> str:
    """English short name for display; Kosovo keeps its asterisk."""
    if code == "XK":
        return "Kosovo*"
    name: str = _english().get(code, code)
    return name.replace(" & ", " and ")


@cache
def _english() -> dict[str, str]:
    from babel import Locale  # Takes 30 ms to import: not needed to list commands.

    return dict(Locale("en").territories)


@cache
def _table() -> tuple[re.Pattern[str], dict[str, str], dict[str, str]]:
    data = tomllib.loads((files("ingest") / "data" / "countries.toml").read_text(encoding="utf-8"))
    codes: dict[str, str] = {}
    written: dict[str, str] = {}
    for code, name in _english().items():
        if len(code) == 2 and code.isalpha() and code not in _AMBIGUOUS | _NO_COUNTRY:
            codes[name.casefold()] = code
    for code, entry in data.items():
        codes.update({name.casefold(): code for name in (*entry.get("names", ()), *entry.get("adjectives", ()))})
        codes.update({f"{name.casefold()}s": code for name in entry.get("adjectives", ()) if name.endswith("n")})
        written.update(dict.fromkeys(entry.get("abbreviations", ()), code))
    names = sorted((*codes, *written), key=len, reverse=True)
    alternatives = "|".join(
        re.escape(name) if name in written else f"(?i:{re.escape(name)})" for name in dict.fromkeys(names)
    )
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)"), codes, written
