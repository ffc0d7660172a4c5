from __future__ import annotations

import pytest

from ingest.countries import country_code, country_codes, country_name, find_countries, is_country_heading, known_names
from ingest.errors import UsageError

NORTH_MACEDONIA = [
    "North Macedonia",
    "the Republic of North Macedonia",
    "the former Yugoslav Republic of Macedonia",
    "“the former Yugoslav Republic of Macedonia”",
    "fYRoM",
    "FYROM",
    "Macedonia",
    "Macedonian authorities",
    "MKD",
]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Albania", ("AL",)),
        ("the Republic of Albania", ("AL",)),
        ("Bosnia and Herzegovina", ("BA",)),
        ("Bosnia & Herzegovina", ("BA",)),
        ("BiH", ("BA",)),
        ("the Federation of BiH", ("BA",)),
        ("Brčko District", ("BA",)),
        ("Kosovo", ("XK",)),
        ("Kosovo*", ("XK",)),
        *((text, ("MK",)) for text in NORTH_MACEDONIA),
        ("Montenegro", ("ME",)),
        ("Crna Gora", ("ME",)),
        ("Republic of Serbia", ("RS",)),
        ("Србија", ("RS",)),
        ("the UK", ("GB",)),
        ("Türkiye and Turkey", ("TR",)),
        ("the Slovak Republic", ("SK",)),
        ("Malta", ("MT",)),
        ("SERBIA AND MALTA", ("RS", "MT")),
        ("serbia", ("RS",)),
    ],
)
def test_names_and_abbreviations_of_countries_are_found(text: str, codes: tuple[str, ...]) -> None:
    assert country_codes(text) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Albanian and Serbian boats", ("AL", "RS")),
        ("Montenegrins, Albanians and Kosovars row", ("ME", "AL")),
        ("the Maltese authorities", ("MT",)),
        ("Bosnian nets", ("BA",)),
        ("Kosovar oars", ("XK",)),
        ("Icelandic boats", ("IS",)),
    ],
)
def test_adjectives_name_their_country(text: str, codes: tuple[str, ...]) -> None:
    assert country_codes(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        "the RS and its police",  # An entity of Bosnia and Herzegovina more often than the ISO code of Serbia.
        "tell us what it is",
        "al, me and is",
        "non-Albanian boats",
        "Serbianise",
        "Czechoslovakia",
        "the Western Balkans",
        "the European Union",
    ],
)
def test_codes_and_words_that_only_look_like_countries_are_none(text: str) -> None:
    assert country_codes(text) == ()


def test_republika_srpska_is_bosnia_and_herzegovina() -> None:
    assert country_codes("Republika Srpska") == ("BA",)
    assert country_codes("The police of Republika Srpska met that of Serbia.") == ("BA", "RS")


def test_the_longest_name_wins() -> None:
    assert country_codes("North Macedonia and Guinea-Bissau") == ("MK", "GW")
    assert country_codes("Nigeria") == ("NG",)
    assert country_codes("Northern Ireland") == ("GB",)
    assert country_codes("Bosnia-Herzegovina") == ("BA",)


def test_both_sides_of_a_border_are_named() -> None:
    assert country_codes("the Albania-Kosovo border") == ("AL", "XK")


def test_mentions_are_in_order_with_their_places_and_each_code_is_told_once() -> None:
    text = "Serbia, BiH and serbian nets"
    assert [(m.code, text[m.start : m.end]) for m in find_countries(text)] == [
        ("RS", "Serbia"),
        ("BA", "BiH"),
        ("RS", "serbian"),
    ]
    assert country_codes(text) == ("RS", "BA")


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("BiH", "BA"),
        ("Kosovo*", "XK"),
        ("2.3 Kosovo*", "XK"),
        ("IV. Serbia", "RS"),
        ("ALBANIA", "AL"),
        ("3. Montenegro:", "ME"),
        ("Serbia and Malta", None),
        ("Boats in Serbia", None),
        ("Boats", None),
        ("", None),
    ],
)
def test_a_heading_is_a_countrys_when_it_says_nothing_else(heading: str, code: str | None) -> None:
    assert is_country_heading(heading) == code


@pytest.mark.parametrize(
    ("given", "code"),
    [("RS", "RS"), ("xk", "XK"), ("Kosovo*", "XK"), (" serbia ", "RS"), ("BiH", "BA"), ("uk", "GB"), ("US", "US")],
)
def test_a_country_is_given_by_code_or_name(given: str, code: str) -> None:
    assert country_code(given) == code


@pytest.mark.parametrize("given", ["Narnia", "", "ZZ", "EU", "419", "Serbia and Malta", "XYZ"])
def test_what_is_no_country_is_refused_with_the_value_and_the_remedy(given: str) -> None:
    with pytest.raises(UsageError, match="ISO code") as caught:
        country_code(given)
    assert repr(given) in str(caught.value)


def test_names_for_display_are_english_and_kosovo_keeps_its_asterisk() -> None:
    assert [country_name(code) for code in ("XK", "BA", "MK", "RS")] == [
        "Kosovo*",
        "Bosnia and Herzegovina",
        "North Macedonia",
        "Serbia",
    ]
    assert country_name("QQ") == "QQ"


def test_every_known_name_is_found_by_itself() -> None:
    assert [name for name, code in known_names() if country_codes(name) != (code,)] == []
