"""What a document is, told from invented pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ingest import read_document
from ingest.blocks import Block, Reading
from ingest.document import Document, Identity
from ingest.identity import identify
from ingest.structure import structure

TODAY = date(2100, 1, 1)
PROSE = "The guild of the harbour met in the spring of the year and the board was told of the state of the boats by it."


def heading(text: str, level: int = 1) -> Block:
    return Block("heading", text, level=level)


def paragraph(text: str) -> Block:
    return Block("paragraph", text)


def identity(
    *blocks: Block, furniture: tuple[str, ...] = (), metadata: dict[str, str] | None = None, today: date = TODAY
) -> Identity:
    reading = Reading(blocks, furniture=furniture, metadata=metadata or {})
    return identify(structure(reading), reading, today=today)


def written(tmp_path: Path, name: str, text: str) -> Document:
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8"))
    return read_document(path, path.read_bytes())


# --- number and publisher ---------------------------------------------------------------------------------------------


def test_the_number_in_the_running_header_wins_over_one_left_over_on_the_cover() -> None:
    found = identity(
        paragraph("GRETA (2096)6"),
        paragraph("GRETA (2096)6"),
        heading("1. Pilots"),
        paragraph(PROSE),
        furniture=("GRETA(2096)19", "2 GRETA(2096)19", "Specimen of GRETA(2096)6"),
    )
    assert (found.official_number, found.publisher, found.year) == ("GRETA(2096)19", "GRETA", 2096)
    assert found.identified_by["official_number"] == "running header"


IMPLEMENTATION = (
    "Report concerning the implementation of the Council of Europe Convention on Action against Trafficking in Human "
    "Beings by"
)


def test_a_cover_left_over_from_another_countrys_report_decides_nothing() -> None:
    found = identity(
        paragraph("GRETA (2095)6"), heading(f"{IMPLEMENTATION} Albania"), heading("Second evaluation round", 2),
        paragraph("Adopted on 11 March 2095"), paragraph("Published on 3 June 2095"), paragraph("GRETA(2096)19"),
        heading(f"{IMPLEMENTATION} Montenegro"), paragraph("Adopted on 8 July 2096"),
        paragraph("Published on 28 September 2096"), heading("1. Pilots"), paragraph("Montenegro has pilots."),
        heading("2. Boats"), paragraph("Unlike Albania, Montenegro has boats."), furniture=("GRETA(2096)19",),
    )  # fmt: skip
    assert (found.official_number, found.countries, found.title) == (
        "GRETA(2096)19", ("ME",), f"{IMPLEMENTATION} Montenegro",
    )  # fmt: skip
    assert (found.adopted, found.published) == ("2096-07-08", "2096-09-28")


def test_a_leftover_country_on_a_cover_of_the_third_round_or_of_the_ec_decides_nothing() -> None:
    body = (heading("1. Pilots"), paragraph("Georgia has pilots. Ukraine has none."), heading("2. Georgia's boats"))
    greta = identity(
        heading("EVALUATION REPORT"), heading("UKRAINE"), heading("Third evaluation round"),
        heading("EVALUATION REPORT"), heading("GEORGIA"), heading("Third evaluation round"),
        heading("Access to justice and effective remedies for victims of"), heading("trafficking in human beings"),
        *body, paragraph("Georgia has boats."), furniture=("GRETA(2096)19",),
    )  # fmt: skip
    assert (greta.countries, greta.round) == (("GE",), 3)
    assert greta.title.endswith(
        "Georgia: Access to justice and effective remedies for victims of trafficking in human beings"
    )
    ec = identity(
        heading("Ukraine 2096 Report"), heading("Georgia 2096 Report"), *body, paragraph("Georgia has boats."),
        furniture=("SWD(2096) 5 final",),
    )  # fmt: skip
    assert (ec.countries, ec.title) == (("GE",), "Georgia 2096 Report")


def test_without_running_header_the_only_number_before_the_first_chapter_counts() -> None:
    found = identity(paragraph("SWD(2098) 152 final"), heading("1. Boats"), paragraph("See GRETA(2097)3."))
    assert (found.official_number, found.publisher, found.year) == ("SWD(2098) 152 final", "EC", 2098)
    assert found.identified_by["official_number"] == "front matter"


def test_two_numbers_on_the_front_pages_leave_it_open_which_is_the_documents() -> None:
    found = identity(paragraph("GRETA(2096)6"), paragraph("GRETA(2097)7"), heading("1. Boats"), paragraph(PROSE))
    assert found.official_number is None
    assert found.publisher is None


def test_numbers_that_the_text_refers_to_are_not_the_documents() -> None:
    found = identity(heading("1. Boats"), paragraph("See GRETA(2097)3, p. 4 and SWD(2098) 5."))
    assert found.official_number is None
    assert found.publisher is None


def test_who_prepared_a_paper_is_its_publisher() -> None:
    found = identity(paragraph("This specimen was prepared by ICMPD in spring."), heading("1. Boats"), paragraph(PROSE))
    assert found.publisher == "ICMPD"
    assert found.identified_by["publisher"] == "front matter"


# --- title, countries, round ------------------------------------------------------------------------------------------


def test_title_is_what_the_document_says_before_what_the_file_says() -> None:
    blocks = (heading("Boats of Malta |"), heading("A specimen", 2), heading("1. Boats"), paragraph(PROSE))
    found = identity(*blocks, metadata={"title": "Microsoft Word - draft3"})
    assert found.title == "Boats of Malta: A specimen"
    assert found.countries == ("MT",)
    assert identity(heading("1. Boats"), paragraph(PROSE), metadata={"title": "Nets"}).title == "Nets"


def test_sections_that_are_named_after_countries_make_it_a_document_on_these() -> None:
    found = identity(
        heading("1. BOATS"),
        paragraph("Norwegian boats leak."),
        heading("Malta", 2),
        paragraph(PROSE),
        heading("Kosovo*", 2),
        paragraph(PROSE),
        heading("2. NETS"),
        paragraph(PROSE),
    )
    assert found.countries == ("MT", "XK")
    assert found.identified_by["countries"] == "section headings"


def test_the_round_is_read_in_the_front_matter_of_an_evaluation_report_only() -> None:
    front = (paragraph("Second evaluation round"), heading("1. Boats"), paragraph("In the first evaluation round …"))
    assert identity(*front, furniture=("GRETA(2096)19",)).round == 2
    assert identity(*front, furniture=("SWD(2096) 19",)).round is None


# --- dates ------------------------------------------------------------------------------------------------------------


def test_dates_on_lines_of_their_own_are_the_documents() -> None:
    found = identity(
        paragraph("Adopted on 8 July 2096"),
        paragraph("Published on 28 September 2096"),
        heading("1. Boats"),
        paragraph(PROSE),
        furniture=("GRETA(2096)19",),
    )
    assert (found.adopted, found.published, found.year) == ("2096-07-08", "2096-09-28", 2096)


def test_a_place_and_a_date_or_a_date_in_figures_is_understood() -> None:
    chapter = (heading("1. Boats"), paragraph(PROSE))
    assert identity(paragraph("Brussels, 17.4.2098"), *chapter).published == "2098-04-17"
    assert identity(paragraph("Strasbourg, 3 May 2098"), *chapter).published == "2098-05-03"
    assert identity(paragraph("Publication: 3 May 2098"), *chapter).published == "2098-05-03"
    assert identity(paragraph("Brussels, 31.2.2098"), *chapter).published is None


def test_a_date_of_another_document_in_a_sentence_is_not_this_documents() -> None:
    found = identity(
        paragraph("The report on nets, adopted on 8 July 2091 and published on 9 August 2091, was read by the board."),
        heading("1. Boats"),
        paragraph("The nets were adopted on 1 March 2090."),
    )
    assert found.adopted is None
    assert found.published is None


def test_the_year_of_the_number_wins_over_the_publication_and_that_over_dates_in_the_text() -> None:
    dates = (paragraph("Published on 29 January 2098"), heading("1. Boats"), paragraph("On 1 March 2099 it rained."))
    assert identity(*dates, furniture=("GRETA(2097)37",)).year == 2097
    assert identity(*dates).year == 2098
    assert identity(*dates[1:]).year == 2099
    assert identity(*dates[1:]).identified_by["year"] == "latest date in the text"


def test_a_date_that_is_still_to_come_is_not_the_year_of_the_document() -> None:
    blocks = (heading("1. Boats"), paragraph("It rained on 1 March 2090. It shall be dry by 1 March 2099."))
    assert identity(*blocks, today=date(2095, 1, 1)).year == 2090


def test_the_theme_in_the_title_tells_the_round_where_the_cover_does_not() -> None:
    title = heading("EVALUATION REPORT MALTA: ACCESS TO JUSTICE AND EFFECTIVE REMEDIES FOR VICTIMS")
    found = identity(paragraph("GRETA(2096)19"), title, heading("1. Boats"), paragraph(PROSE))
    assert (found.round, found.identified_by["round"]) == (3, "theme in the title")
    mention = heading("Guidance note on access to justice and effective remedies")
    assert identity(paragraph("GRETA(2096)19"), mention, heading("1. Boats"), paragraph(PROSE)).round is None


# --- what kind of document --------------------------------------------------------------------------------------------

ROUND = "Second evaluation round"
REPLY = (
    "Reply from Malta to the Questionnaire for the evaluation of the implementation of the Council of Europe "
    "Convention on Action against Trafficking in Human Beings by the Parties"
)


def test_a_number_alone_does_not_make_an_evaluation_report() -> None:
    chapter = (heading("1. Boats"), paragraph(PROSE))
    assert identity(paragraph("GRETA(2096)19"), *chapter).kind is None
    found = identity(paragraph("GRETA(2096)19"), paragraph(ROUND.upper()), *chapter)
    assert (found.kind, found.identified_by["kind"], found.round) == ("evaluation report", "front matter", 2)
    assert identity(paragraph("GRETA(2096)19"), paragraph(f"Guidance for the {ROUND.lower()}"), *chapter).kind is None
    found = identity(paragraph("GRETA(2096)19"), heading("Evaluation report Malta"), *chapter)
    assert (found.kind, found.identified_by["kind"]) == ("evaluation report", "title")


def test_a_reply_of_a_government_is_the_governments_whatever_its_number() -> None:
    for cover in (
        (paragraph(REPLY),),
        (paragraph("Reply from Malta"), paragraph(REPLY.removeprefix("Reply from Malta "))),
    ):
        found = identity(*cover, paragraph(ROUND), heading("A. Boats"), paragraph(PROSE), furniture=("GRETA(2096)17",))
        assert (found.kind, found.publisher, found.countries) == ("government reply", "Government", ("MT",))
        assert (found.official_number, found.title, found.round, found.year) == ("GRETA(2096)17", REPLY, 2, 2096)
        assert found.identified_by["publisher"] == "title"


def test_a_reply_that_lost_its_country_is_no_words_of_greta_and_an_organisations_reply_is_no_governments() -> None:
    cover = (paragraph("GRETA(2096)17"), paragraph("Reply from to the Questionnaire for the evaluation"))
    found = identity(*cover, heading("A. Boats"), paragraph(PROSE))
    assert (found.kind, found.publisher, found.countries) == ("government reply", "Government", ())
    cover = (paragraph("Reply from Harbour Watch Malta to the Questionnaire"),)
    found = identity(*cover, heading("A. Boats"), paragraph(PROSE))
    assert (found.kind, found.publisher) == ("other", "Harbour Watch Malta")


def test_a_sentence_on_replies_in_the_front_matter_makes_no_reply() -> None:
    found = identity(
        paragraph("GRETA(2096)19"),
        heading("Evaluation report Malta"),
        paragraph(
            "A reply from Malta to the Questionnaire came late. The General Report on GRETA's activities tells why."
        ),
        heading("1. Boats"),
        paragraph(PROSE),
    )
    assert (found.kind, found.publisher) == ("evaluation report", "GRETA")


def test_a_general_report_has_no_country_and_no_round() -> None:
    for cover in (("7th General Report on GRETA’s activities",), ("7th General Report", "on GRETA’s activities")):
        found = identity(
            *(paragraph(line) for line in ("GRETA (2098)1", *cover, "covering Malta and the second evaluation round")),
            heading("1. Boats"),
            paragraph(PROSE),
            heading("Malta", 2),
            paragraph(PROSE),
        )
        assert (found.kind, found.publisher, found.official_number) == ("general report", "GRETA", "GRETA(2098)1")
        assert (found.title, found.countries, found.round) == ("7th General Report on GRETA’s activities", (), None)


def test_a_questionnaire_of_greta_is_no_evaluation_report() -> None:
    cover = (paragraph("GRETA(2096)13"), paragraph("Questionnaire for the evaluation of boats"), paragraph(ROUND))
    found = identity(*cover, heading("A. Boats"), paragraph(PROSE))
    assert (found.kind, found.publisher) == ("other", "GRETA")


def test_what_the_ec_publishes_is_a_country_report_by_its_title() -> None:
    chapter = (heading("1. Boats"), paragraph(PROSE))
    assert identity(paragraph("SWD(2098) 152 final"), paragraph("Malta 2098 Report"), *chapter).kind == "country report"
    assert identity(paragraph("SWD(2098) 152 final"), paragraph("Analytical Report"), *chapter).kind == "country report"
    assert identity(paragraph("SWD(2098) 152 final"), paragraph("On boats"), *chapter).kind is None
    assert identity(paragraph("COM(2098) 152 final"), paragraph("On boats"), *chapter).kind == "other"


# --- names of countries on covers -------------------------------------------------------------------------------------

CONVENTION = "the Council of Europe Convention on Action against Trafficking in Human Beings"


def test_kosovo_keeps_its_asterisk_in_the_title() -> None:
    for name in ("Kosovo*", "Kosovo", "Kosovo *"):
        found = identity(
            paragraph("GRETA(2095)37"),
            paragraph(f"Report on the compliance of {name} with the standards of {CONVENTION}"),
            heading("1. Boats"),
            paragraph(PROSE),
        )
        assert found.title == f"Report on the compliance of Kosovo* with the standards of {CONVENTION}"
        assert (found.kind, found.countries) == ("evaluation report", ("XK",))
    found = identity(paragraph("SWD(2098) 156 final"), paragraph("Kosovo* 2098 Report"), heading("1. Boats"))
    assert (found.title, found.countries) == ("Kosovo* 2098 Report", ("XK",))


def test_north_macedonia_is_known_by_its_former_names() -> None:
    for name in ("“the former Yugoslav Republic of Macedonia”", "the former Yugoslav Republic of Macedonia"):
        title = f"Report concerning the implementation of {CONVENTION} by {name}"
        found = identity(paragraph("GRETA (2097)39"), paragraph(title), heading("1. Boats"), paragraph(PROSE))
        assert (found.title, found.countries, found.official_number) == (title, ("MK",), "GRETA(2097)39")
    title = "The former Yugoslav Republic of Macedonia 2098 Report"
    found = identity(paragraph("SWD(2098) 154 final"), paragraph(title), heading("1. Boats"), paragraph(PROSE))
    assert (found.title, found.countries, found.kind) == (title, ("MK",), "country report")


def test_a_corrected_report_has_its_own_number() -> None:
    chapter = (heading("1. Boats"), paragraph(PROSE))
    correction = paragraph("This document corrects SWD(2091)293 final of 19.10.2091.")
    for cover in ("SWD(2091) 293 final/2", "SWD (2091)293 final/2", "Strasbourg, 19.10.2091 SWD(2091) 293 final/2"):
        found = identity(paragraph(cover), correction, *chapter)
        assert (found.official_number, found.publisher, found.year) == ("SWD(2091) 293 final/2", "EC", 2091)


# --- what stays unknown -----------------------------------------------------------------------------------------------


def test_what_cannot_be_determined_stays_unknown() -> None:
    found = identity(paragraph("Boats leak."))
    assert found == Identity()
    assert found.publisher is None
    assert found.year is None
    assert found.countries == ()
    assert found.identified_by == {}


def test_every_field_that_is_known_tells_where_it_was_read() -> None:
    found = identity(
        heading("Boats of Malta"), paragraph("Published on 3 May 2096"), heading("1. Boats"), paragraph(PROSE),
        furniture=("GRETA(2096)19",),
    )  # fmt: skip
    assert set(found.identified_by) == {
        "title",
        "countries",
        "official_number",
        "publisher",
        "year",
        "published",
        "language",
    }


def test_english_is_recognised_and_other_languages_are_left_to_what_the_file_says() -> None:
    german = (
        "Die Gilde traf sich im Frühjahr und der Rat hörte von dem Zustand der Boote, die im Hafen lagen, und ging. "
        * 2
    )
    assert identity(paragraph(PROSE)).identified_by["language"] == "text"
    assert identity(paragraph(german), metadata={"language": "de-at"}).language == "de"
    assert "language" not in identity(paragraph(german)).identified_by


# --- digests ----------------------------------------------------------------------------------------------------------

DIGEST = f"""---
publisher: Pincite
title: Digest of the ICMPD specimen
restates: Boats of the region
countries: MT, IS
year: 2098
language: en
---

# Digest of the ICMPD specimen

This digest was written for Pincite. It is not the wording of any report.

## Boats

{PROSE}

## Malta

- Mend the boats (GRETA).
"""


def test_a_digest_says_at_its_head_what_it_is(tmp_path: Path) -> None:
    found = written(tmp_path, "digest.md", DIGEST).identity
    assert (found.publisher, found.title, found.restates) == (
        "Pincite",
        "Digest of the ICMPD specimen",
        "Boats of the region",
    )
    assert (found.countries, found.year, found.official_number) == (("MT", "IS"), 2098, None)
    assert found.identified_by["publisher"] == "head of the file"


def test_the_notice_of_a_digest_is_its_own_and_all_else_is_reported(tmp_path: Path) -> None:
    document = written(tmp_path, "digest.md", DIGEST)
    first, *others = document.passages
    assert first.part == "front matter"
    assert [(s.speakers, s.voice) for s in first.statements] == [(("Pincite",), "own")]
    assert {(s.speakers, s.voice, s.reported_by) for passage in others for s in passage.statements} == {
        (("ICMPD",), "reported", "Pincite"),
        (("GRETA",), "reported", "Pincite"),
    }


def test_a_file_that_claims_no_publisher_gets_none_from_its_other_properties(tmp_path: Path) -> None:
    found = written(tmp_path, "a.md", f"---\ntitle: Nets\nrestates: Boats\nround: 2\n---\n\n{PROSE}\n").identity
    assert (found.title, found.publisher, found.restates, found.round) == ("Nets", None, None, None)
