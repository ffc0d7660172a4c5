"""What a question is limited to is read from its words, however they are spelt."""

from __future__ import annotations

import pytest

from ingest.countries import country_code
from ingest.errors import UsageError
from qa.question.concepts import asked_for
from qa.question.scope import Question, Scope, clean, other_forms, read_question, source_code


def countries(question: str) -> tuple[str, ...]:
    return read_question(question).scope.countries


# --- countries --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("shelters in Serbia", ("RS",)),
        ("shelters in SERBIA", ("RS",)),
        ("the Republic of Serbia and shelters", ("RS",)),
        ("Serbian shelters", ("RS",)),
        ("what were the Serbs told", ("RS",)),
        ("Serbia's shelters", ("RS",)),
        ("shelters in Bosnia", ("BA",)),
        ("shelters in Bosnia and Herzegovina", ("BA",)),
        ("shelters in Bosnia & Herzegovina", ("BA",)),
        ("shelters in BiH", ("BA",)),
        ("Bosnian shelters", ("BA",)),
        ("shelters in Kosovo*", ("XK",)),
        ("Kosovar shelters", ("XK",)),
        ("shelters in FYROM", ("MK",)),
        ("shelters in fYRoM", ("MK",)),
        ("the former Yugoslav Republic of Macedonia", ("MK",)),
        ("North Macedonia", ("MK",)),
        ("macedonian shelters", ("MK",)),
        ("Montenegrin shelters", ("ME",)),
        ("shelters in Crna Gora", ("ME",)),
        ("Albanians", ("AL",)),
        ("shelters in Shqipëri", ("AL",)),
        ("shelters in Germany", ("DE",)),
        ("German shelters", ("DE",)),
        ("shelters in the UK", ("GB",)),
        ("Serbia, Albania and Serbia again", ("RS", "AL")),
        ("shelters in the Western Balkans", ("AL", "BA", "XK", "ME", "MK", "RS")),
        ("shelters in Serbia and the region", ("RS",)),
        ("shelters in general", ()),
    ],
)
def test_country_is_known_by_its_names_adjectives_and_abbreviations(question: str, codes: tuple[str, ...]) -> None:
    assert countries(question) == codes


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("shelters in Albnia", "AL"),
        ("shelters in Albannia", "AL"),
        ("shelters in Montenergo", "ME"),
        ("shelters in Monte\u200bnegro", "ME"),
        ("shelters in Macedonai", "MK"),
        ("shelters in Sebria", "RS"),
        ("shelters in Kosvo", "XK"),
        ("shelters in Bosina", "BA"),
        ("shelters in Hercegovina", "BA"),
    ],
)
def test_misspelt_country_is_understood(question: str, code: str) -> None:
    assert countries(question) == (code,)


def test_word_of_the_library_is_no_misspelt_country() -> None:
    question = "the Serbio project"
    assert read_question(question).scope.countries == ("RS",)
    understood = read_question(question, known=lambda word: word == "serbio")
    assert understood.scope.countries == ()
    assert "Serbio" in understood.content


@pytest.mark.parametrize(
    "word", ["child", "serving", "service", "island", "monitoring", "bonuses", "alliance", "servants", "cellars"]
)
def test_everyday_word_is_no_misspelt_country(word: str) -> None:
    assert countries(f"what about {word} and shelters") == ()


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("🇷🇸 shelters", ("RS",)),
        ("🇦🇱🇲🇪 shelters", ("AL", "ME")),
        ("🇽🇰", ("XK",)),
        ("Ser\u00adbia and Alba\u200bnia", ("RS", "AL")),
        ("\u202eSerbia\u202c", ("RS",)),
        ("Ѕеrbia shelters", ("RS",)),  # The first two letters are Cyrillic.
        ("Ｓｅｒｂｉａ", ("RS",)),  # Letters as wide as Chinese characters.
        ("Serbia\x00 shelters", ("RS",)),
        ("Serbia \ud800 shelters", ("RS",)),
    ],
)
def test_country_is_found_through_odd_characters(question: str, codes: tuple[str, ...]) -> None:
    assert countries(question) == codes


def test_question_is_cleaned_of_what_cannot_be_read() -> None:
    assert clean("  com\u200bpen\u00adsation \x00in\t\n\u202eSerbia\ud800 ") == "compensation in Serbia"
    assert clean("Кјуч") == "Кјуч"  # A word in one script stays as it is.
    assert clean("сompensation") == "compensation"  # Its first letter is Cyrillic.


@pytest.mark.parametrize(
    ("name", "code"),
    [("RS", "RS"), ("rs", "RS"), ("xk", "XK"), ("Kosovo*", "XK"), ("Serbia", "RS"), ("bosnia and herzegovina", "BA")],
)
def test_country_option_takes_codes_and_names(name: str, code: str) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize("name", ["Atlantis", "", "Serbia and Albania", "QQ"])
def test_country_option_that_is_no_country_is_refused_by_name(name: str) -> None:
    with pytest.raises(UsageError, match="is no country"):
        country_code(name)


# --- sources ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "sources"),
    [
        ("What did GRETA say about shelters?", ("GRETA",)),
        ("greta on shelters", ("GRETA",)),
        ("What did the EC say about shelters?", ("EC",)),
        ("What does the European Commission want on shelters?", ("EC",)),
        ("Brussels on shelters", ("EC",)),
        ("shelters in the enlargement report", ("EC",)),
        ("ICMPD on shelters", ("ICMPD",)),
        ("EC vs GRETA on shelters", ("EC", "GRETA")),
        ("GRETA and the European Commission on shelters", ("GRETA", "EC")),
        ("What does the TIP report say on shelters?", ("US State Department",)),
        ("shelters in a decade", ()),  # Holds the letters of "EC".
        ("who greta-like asks", ()),
    ],
)
def test_source_is_known_by_its_names(question: str, sources: tuple[str, ...]) -> None:
    assert read_question(question).scope.sources == sources


def test_name_of_a_source_with_a_country_in_it_names_no_country() -> None:
    scope = read_question("What does the US Trafficking in Persons Report say about Serbia?").scope
    assert scope.countries == ("RS",)
    assert scope.sources == ("US State Department",)


def test_source_option_takes_codes_and_names() -> None:
    assert source_code("greta") == "GRETA"
    assert source_code(" European Commission ") == "EC"
    assert source_code("OSCE") == "OSCE"


# --- years, rounds, documents, sections -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("the 2018 report on Serbia", (2018,)),
        ("the 2018 progress report on Serbia", (2018,)),
        ("the reports of 2016 on Serbia", (2016,)),
        ("the enlargement package of 2018", (2018,)),
        ("compare the 2016 report with the 2018 report", (2016, 2018)),
        ("shelters that were opened in 2018", ()),
        ("the strategy for 2018-2020", ()),
        ("victims in 2018", ()),
    ],
)
def test_year_limits_only_where_it_names_an_edition(question: str, years: tuple[int, ...]) -> None:
    understood = read_question(question)
    assert understood.scope.years == years
    if not years:
        assert any("2018" in word for word in understood.content)


@pytest.mark.parametrize(
    ("question", "rounds"),
    [
        ("GRETA's second round report on Serbia", (2,)),
        ("GRETA's third evaluation round", (3,)),
        ("GRETA on Serbia, 2nd round", (2,)),
        ("round 3 on shelters", (3,)),
        ("first and foremost, shelters", ()),
        ("the second shelter", ()),
    ],
)
def test_round_is_read(question: str, rounds: tuple[int, ...]) -> None:
    assert read_question(question).scope.rounds == rounds


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("What is GRETA(2016)41 about?", "GRETA(2016)41"),
        ("What is GRETA (2016) 41 about?", "GRETA(2016)41"),
        ("SWD(2018) 951 final", "SWD(2018) 951 final"),
        ("swap SWD/2018/951 for it", "SWD(2018) 951"),
        ("greta(2016)41", "GRETA(2016)41"),
        ("swd (2018)951", "SWD(2018) 951"),
    ],
)
def test_official_number_is_no_source_and_no_year(question: str, number: str) -> None:
    understood = read_question(question)
    assert understood.numbers == (number,)
    assert understood.about_documents
    assert understood.scope.sources == ()
    assert understood.scope.years == ()


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("what does section 4 of the non-paper say", "4"),
        ("chapter 2.1 on Serbia", "2.1"),
        ("what is in annex ii", "annex II"),
        ("a chapter on shelters", None),
        ("section on 3 shelters", None),
    ],
)
def test_section_is_read(question: str, section: str | None) -> None:
    assert read_question(question).section == section


def test_non_paper_is_recognised_with_and_without_hyphen() -> None:
    assert read_question("what does the non-paper say on shelters").non_paper
    assert read_question("What does the nonpaper say on shelters").non_paper
    assert not read_question("what is written on paper").non_paper


# --- what kind of question --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("Which countries were asked to open shelters?", {"each_country"}),
        ("shelters, country by country", {"each_country"}),
        ("shelters in Serbia and in Albania", {"each_country"}),
        ("Do EC and GRETA agree on shelters?", {"each_source"}),
        ("EC versus GRETA on shelters", {"each_source"}),
        ("Which report covers Serbia?", {"about_documents"}),
        ("number and year of the report on Serbia", {"about_documents"}),
        ("What did GRETA say about shelters in Serbia?", set()),
    ],
)
def test_question_that_compares_lists_or_asks_for_a_reference_is_told_apart(question: str, kinds: set[str]) -> None:
    understood = read_question(question)
    assert {kind for kind in ("each_country", "each_source", "about_documents") if getattr(understood, kind)} == kinds


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("What did GRETA urge Serbia to do about shelters?", "recommendations"),
        ("What did GRETA recommend on shelters?", "recommendations"),
        ("What did GRETA welcome in Serbia?", "findings"),
        ("What about shelters in Serbia?", None),
    ],
)
def test_wish_for_recommendations_or_findings_is_read(question: str, wants: str | None) -> None:
    assert read_question(question).wants == wants


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Šta je GRETA rekla o skloništima za žrtve u Srbiji?", "sr"),
        ("Шта каже ГРЕТА о склоништима у Србији?", "sr"),
        ("Çfarë tha GRETA për strehimoret në Shqipëri?", "sq"),
        ("Que dit le GRETA sur les abris pour les victimes?", "fr"),
        ("Was sagt GRETA über die Unterkünfte für Opfer?", "de"),
        ("What did GRETA say about shelters in Crna Gora?", "en"),
        ("GRETA shelters", "en"),
        ("Serbia", "en"),
        ("Ms Đorđević in Republika Srpska", "en"),
    ],
)
def test_language_of_a_question_is_recognised(question: str, language: str) -> None:
    assert read_question(question).language == language


def test_topics_are_named_by_report_words_and_by_everyday_ones() -> None:
    assert read_question("compensation in Serbia").scope.topics == ("compensation",)
    assert "compensation" in read_question("payouts for survivors").scope.topics
    assert read_question("football in Serbia").scope.topics == ()


def test_words_without_a_topic_are_left_out() -> None:
    assert read_question("What did they say about it and the of which?").content == ()
    understood = read_question("What did GRETA say about lighthouses in Serbia in the 2018 report?")
    assert understood.content == ("lighthouses",)


# --- abbreviations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("NRM", "national referral mechanism"),
        ("SOP", "standard operating procedures"),
        ("SOPs", "standard operating procedures"),
        ("JIT", "joint investigation teams"),
        ("THB", "trafficking in human beings"),
    ],
)
def test_abbreviation_stands_for_its_long_form_and_the_other_way_round(short: str, long: str) -> None:
    assert long in other_forms(f"is the {short} used")
    assert short.removesuffix("s") in other_forms(f"is the {long} used")
    assert not other_forms("is it used")


def test_question_is_searched_under_both_forms_of_an_abbreviation() -> None:
    by_short, by_long = (
        {wording.words for asked in asked_for(read_question(question)) for wording in asked.concept}
        for question in ("NRM in Serbia", "national referral mechanism in Serbia")
    )
    assert by_short == by_long
    assert len(by_short) > 1


# --- limits set beside the question -----------------------------------------------------------------------------------


def test_limits_beside_the_question_replace_what_its_words_say_in_that_respect() -> None:
    words = "What did the EC say about shelters in Serbia in its 2018 report, second round?"
    assert read_question(words).scope == Scope(
        countries=("RS",), sources=("EC",), years=(2018,), rounds=(2,), topics=("assistance",)
    )
    given = Scope(countries=("AL",), years=(2016,))
    assert read_question(words, given).scope == Scope(
        countries=("AL",), sources=("EC",), years=(2016,), rounds=(2,), topics=("assistance",)
    )
    every = Scope(("AL",), ("GRETA",), (2016,), (3,), ("abcdefabcdef",), ("compensation",))
    assert read_question(words, every).scope == every


def test_limits_that_are_lifted_leave_the_rest_of_the_reading() -> None:
    words = "What does the non-paper say on compensation in Serbia, according to GRETA in its third round?"
    read = read_question(words)
    lifted = read_question(words, lifted={"countries", "sources", "rounds", "documents"})
    assert (read.scope.countries, read.scope.sources, read.scope.rounds, read.non_paper) == (
        ("RS",),
        ("GRETA",),
        (3,),
        True,
    )
    assert lifted.scope == Scope(topics=read.scope.topics)
    assert not lifted.non_paper
    assert lifted.content == read.content
    assert read_question("GRETA(2098)03 on shelters", lifted={"documents"}).numbers == ()


def test_scope_as_json_has_every_key_of_the_contract() -> None:
    scope = read_question("What did GRETA say about shelters in Serbia?", Scope(documents=("abcdefabcdef",))).scope
    assert scope.as_dict() == {
        "countries": ["RS"],
        "sources": ["GRETA"],
        "years": [],
        "rounds": [],
        "documents": ["abcdefabcdef"],
        "topics": ["assistance"],
        "since": None,
        "until": None,
        "grades": [],
        "articles": [],
        "parts": [],
        "anywhere": False,
    }


@pytest.mark.parametrize("text", ["", " \t\n\u00a0\u3000 ", "?!?... --- ;;; \"\" '' ()", "😀👮\u200d♀️🚨❓", "\ud800"])
def test_text_without_words_asks_nothing(text: str) -> None:
    understood: Question = read_question(text)
    assert understood.content == ()
    assert not any(character.isalnum() for character in understood.text)
    assert understood.scope == Scope()


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("MONEYVAL report on Malta, proceeds of trafficking", "MONEYVAL"),
        (
            "what did the International Labour Organization find on forced labour in Iceland",
            "International Labour Organization",
        ),
        ("what does the European Commission say about shelters", "EC"),
        ("what did the Supreme Court find in the case of the cleaners", None),
        ("NGO report on shelters", None),
    ],
)
def test_a_body_whose_words_are_asked_for_is_a_source(question: str, source: str | None) -> None:
    assert read_question(question).scope.sources == ((source,) if source else ())


@pytest.mark.parametrize(
    ("question", "limit"),
    [
        ("what has GRETA said on shelters since 2018", {"since": 2018}),
        ("GRETA reports from 2016 to 2018 on shelters", {"since": 2016, "until": 2018}),
        ("GRETA report from 2018 on shelters", {"years": (2018,), "since": None}),
        ("what did GRETA recommend before 2019 on shelters", {"until": 2018}),
        ("what does GRETA urge on shelters", {"grades": ("urges",)}),
        ("does GRETA urge or only invite Serbia to open shelters", {"grades": ("urges", "considers", "invites")}),
        ("GRETA considers that access to shelters is poor, does it", {"grades": ()}),
        ("Article 15 of the Convention in Serbia", {"articles": (15,)}),
        ("Articles 10 and 12, Serbia", {"articles": (10, 12)}),
        ("Article 8 of the Directive in Serbia", {"articles": ()}),
        ("what did the government answer on shelters", {"parts": ("government comments",)}),
        ("shelters in the executive summary", {"parts": ("summary",)}),
        ("victims since 2018", {"since": None}),
    ],
)
def test_editions_verbs_articles_and_parts_are_limits(question: str, limit: dict[str, object]) -> None:
    scope = read_question(question).scope
    assert {name: getattr(scope, name) for name in limit} == limit


@pytest.mark.parametrize(
    "question",
    [
        "did GRETA strengthen its wording on shelters",
        "is the recommendation on shelters narrower in the third report",
        "compare rounds 2 and 3 on shelters",
        "did the EC see more progress on shelters in 2099 than in 2098",
    ],
)
def test_how_editions_differ_wants_each_of_them(question: str) -> None:
    assert read_question(question).each_edition
