"""Citations by style: each style on each kind of document says whose words they are and where they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.document import Document, Identity
from qa.citing.citations import Place, place_on_pages
from qa.citing.styles import STYLES, Cited, cite, plain_citation

TITLE = "Report concerning the implementation of the Convention by Serbia"
GRETA = Identity(
    publisher="GRETA",
    official_number="GRETA(2017)37",
    title=TITLE,
    countries=("RS",),
    year=2017,
    round=2,
    published="2018-01-29",
)
THIRD = Identity(
    publisher="GRETA",
    official_number="GRETA(2023)09",
    title="Evaluation report Serbia, third evaluation round",
    year=2023,
    round=3,
    adopted="2023-03-31",
)
EC = Identity(
    publisher="EC",
    official_number="SWD(2018) 152 final",
    title="Serbia 2018 Report",
    countries=("RS",),
    year=2018,
    published="2018-04-17",
)
CORRECTED = replace(EC, official_number="SWD(2018) 152 final/2", published=None)
COMMUNICATION = Identity(publisher="EC", official_number="COM(2018) 65", title="A credible perspective", year=2018)
PAPER = Identity(publisher="ICMPD", title="LANTERNS ON THE DRIN: A NON-PAPER", year=2019)
DIGEST = Identity(publisher="Pincite", title="Digest of the ICMPD specimen: Albania", year=2019, restates="LANTERNS")
KOSOVO = replace(GRETA, title="Report on the compliance of Kosovo* with the standards", countries=("XK",), round=None)
REPLY = Identity(
    publisher="Government", official_number="GRETA(2015)17", title="Reply to the questionnaire", countries=("AL",)
)
NAMELESS = Identity(title="Lanterns on the Drin", year=2019)

PARA = Place("161", ("38",), ("Compensation",))
PAGE = Place(None, ("34",), ())

OWN = Cited(GRETA, PARA, ("GRETA",))
OWN_EC = Cited(EC, PAGE, ("EC",))
REPORTED = Cited(PAPER, PAGE, ("GRETA",), reported_by="ICMPD", references=("GRETA(2017)37, p. 19",))


@pytest.mark.parametrize(
    ("cited", "coe", "eu", "oscola"),
    [
        pytest.param(
            OWN,
            f"GRETA (2017), {TITLE}, second evaluation round, GRETA(2017)37, published on 29 January 2018, "
            "paragraph 161, p. 38",
            f"GRETA, {TITLE}, second evaluation round, GRETA(2017)37, Council of Europe, Strasbourg, 29 January 2018, "
            "paragraph 161, p. 38",
            f"GRETA, {TITLE} (second evaluation round, GRETA(2017)37, 29 January 2018) para 161",
            id="GRETA's own words",
        ),
        pytest.param(
            Cited(THIRD, PARA, ("GRETA",)),
            "GRETA (2023), Evaluation report Serbia, third evaluation round, GRETA(2023)09, adopted on 31 March 2023, "
            "paragraph 161, p. 38",
            "GRETA, Evaluation report Serbia, third evaluation round, GRETA(2023)09, Council of Europe, Strasbourg, "
            "paragraph 161, p. 38",
            "GRETA, Evaluation report Serbia, third evaluation round (GRETA(2023)09, 2023) para 161",
            id="round in the title, day of publication unknown",
        ),
        pytest.param(
            OWN_EC,
            "European Commission (2018), Serbia 2018 Report, SWD(2018) 152 final, published on 17 April 2018, p. 34",
            "European Commission, Serbia 2018 Report, SWD(2018) 152 final of 17 April 2018, p. 34",
            "Commission, ‘Serbia 2018 Report’ (Staff Working Document) SWD (2018) 152 final 34",
            id="EC",
        ),
        pytest.param(
            Cited(CORRECTED, Place(None, ("34", "35"), ()), ("EC",)),
            "European Commission (2018), Serbia 2018 Report, SWD(2018) 152 final/2, pp. 34-35",
            "European Commission, Serbia 2018 Report, SWD(2018) 152 final/2, pp. 34-35",
            "Commission, ‘Serbia 2018 Report’ (Staff Working Document) SWD (2018) 152 final/2, 34–35",
            id="corrected EC report",
        ),
        pytest.param(
            Cited(COMMUNICATION, Place(None, (), ("2. Rule of law",)), ("EC",)),
            "European Commission (2018), A credible perspective, COM(2018) 65, section “2. Rule of law”",
            "European Commission, A credible perspective, COM(2018) 65, section “2. Rule of law”",
            "Commission, ‘A credible perspective’ COM (2018) 65, section ‘2. Rule of law’",
            id="form without pages",
        ),
        pytest.param(
            Cited(PAPER, PAGE, ("ICMPD",)),
            "ICMPD (2019), Lanterns on the Drin: A Non-Paper, p. 34",
            "ICMPD, Lanterns on the Drin: A Non-Paper, 2019, p. 34",
            "ICMPD, Lanterns on the Drin: A Non-Paper (2019) 34",
            id="paper's own words",
        ),
        pytest.param(
            REPORTED,
            "GRETA, as reported by ICMPD (2019), Lanterns on the Drin: A Non-Paper, p. 34 "
            "[reference given by ICMPD, not checked: GRETA(2017)37, p. 19]",
            "GRETA, as reported by ICMPD, Lanterns on the Drin: A Non-Paper, 2019, p. 34 "
            "[reference given by ICMPD, not checked: GRETA(2017)37, p. 19]",
            "GRETA, as reported by ICMPD, Lanterns on the Drin: A Non-Paper (2019) 34 "
            "[reference given by ICMPD, not checked: GRETA(2017)37, p. 19]",
            id="reported words",
        ),
        pytest.param(
            Cited(PAPER, PAGE, ("EC", "GRETA"), reported_by="ICMPD"),
            "European Commission and GRETA, as reported by ICMPD (2019), Lanterns on the Drin: A Non-Paper, p. 34",
            "European Commission and GRETA, as reported by ICMPD, Lanterns on the Drin: A Non-Paper, 2019, p. 34",
            "Commission and GRETA, as reported by ICMPD, Lanterns on the Drin: A Non-Paper (2019) 34",
            id="words of two",
        ),
        pytest.param(
            Cited(DIGEST, Place(None, (), ("Albania",)), ("GRETA",), reported_by="Pincite"),
            "GRETA, as restated in a digest by Pincite (2019), Digest of the ICMPD specimen: Albania, "
            "section “Albania”",
            "GRETA, as restated in a digest by Pincite, Digest of the ICMPD specimen: Albania, 2019, section “Albania”",
            "GRETA, as restated in a digest by Pincite, Digest of the ICMPD specimen: Albania (2019) section ‘Albania’",
            id="digest",
        ),
        pytest.param(
            Cited(GRETA, PAGE, ("Government",), countries=("RS",), government_comments=True),
            f"Government of Serbia, comments in GRETA (2017), {TITLE}, second evaluation round, GRETA(2017)37, "
            "published on 29 January 2018, p. 34",
            f"Government of Serbia, comments in GRETA, {TITLE}, second evaluation round, GRETA(2017)37, "
            "Council of Europe, Strasbourg, 29 January 2018, p. 34",
            f"Government of Serbia, comments in GRETA, {TITLE} (second evaluation round, GRETA(2017)37, "
            "29 January 2018) 34",
            id="government's comments",
        ),
        pytest.param(
            Cited(GRETA, PARA, ("Government",), reported_by="GRETA", countries=("RS",)),
            f"Government of Serbia, as reported by GRETA (2017), {TITLE}, second evaluation round, GRETA(2017)37, "
            "published on 29 January 2018, paragraph 161, p. 38",
            f"Government of Serbia, as reported by GRETA, {TITLE}, second evaluation round, GRETA(2017)37, "
            "Council of Europe, Strasbourg, 29 January 2018, paragraph 161, p. 38",
            f"Government of Serbia, as reported by GRETA, {TITLE} (second evaluation round, GRETA(2017)37, "
            "29 January 2018) para 161",
            id="government in GRETA's text",
        ),
        pytest.param(
            Cited(REPLY, PAGE, ("Government",)),
            "Government of Albania, Reply to the questionnaire, GRETA(2015)17, p. 34",
            "Government of Albania, Reply to the questionnaire, GRETA(2015)17, p. 34",
            "Government of Albania, Reply to the questionnaire (GRETA(2015)17) 34",
            id="government's reply",
        ),
        pytest.param(
            replace(OWN_EC, copies=(Place(None, ("60",), ("Annex",)),)),
            "European Commission (2018), Serbia 2018 Report, SWD(2018) 152 final, published on 17 April 2018, p. 34 "
            "(repeated at p. 60)",
            "European Commission, Serbia 2018 Report, SWD(2018) 152 final of 17 April 2018, p. 34 (repeated at p. 60)",
            "Commission, ‘Serbia 2018 Report’ (Staff Working Document) SWD (2018) 152 final 34 (repeated at p. 60)",
            id="second place in an appendix",
        ),
        pytest.param(
            Cited(PAPER, Place(None, ("9",), (), "12"), ("ICMPD",)),
            "ICMPD (2019), Lanterns on the Drin: A Non-Paper, p. 9, footnote 12",
            "ICMPD, Lanterns on the Drin: A Non-Paper, 2019, p. 9, footnote 12",
            "ICMPD, Lanterns on the Drin: A Non-Paper (2019) 9, fn 12",
            id="footnote",
        ),
        pytest.param(
            replace(OWN_EC, recognised=True),
            "European Commission (2018), Serbia 2018 Report, SWD(2018) 152 final, published on 17 April 2018, p. 34, "
            "text recognised from a scan",
            "European Commission, Serbia 2018 Report, SWD(2018) 152 final of 17 April 2018, p. 34, "
            "text recognised from a scan",
            "Commission, ‘Serbia 2018 Report’ (Staff Working Document) SWD (2018) 152 final 34, "
            "text recognised from a scan",
            id="recognised text",
        ),
        pytest.param(
            Cited(NAMELESS, PAGE, ("unknown",)),
            "Lanterns on the Drin (2019), p. 34",
            "Lanterns on the Drin, 2019, p. 34",
            "Lanterns on the Drin (2019) 34",
            id="unknown publisher",
        ),
        pytest.param(
            Cited(Identity(), Place(None, (), ()), ("unknown",)),
            "untitled document",
            "untitled document",
            "untitled document",
            id="nothing known",
        ),
    ],
)
def test_each_style_says_whose_words_they_are_and_where(cited: Cited, coe: str, eu: str, oscola: str) -> None:
    assert cite(cited, "coe").text == coe
    assert cite(cited, "eu").text == eu
    assert cite(cited, "oscola").text == oscola


@pytest.mark.parametrize(
    ("cited", "plain", "with_voice"),
    [
        (OWN, "GRETA(2017)37, para. 161, p. 38", "GRETA(2017)37, para. 161, p. 38"),
        (
            REPORTED,
            "ICMPD (2019), Lanterns on the Drin: A Non-Paper, p. 34",
            (
                "GRETA, as reported by ICMPD (2019), Lanterns on the Drin: A Non-Paper, p. 34 "
                "[reference given by ICMPD, not checked: GRETA(2017)37, p. 19]"
            ),
        ),
        (
            Cited(GRETA, PAGE, ("Government",), government_comments=True),
            "Government of Serbia, comments in GRETA(2017)37, p. 34",
            "Government of Serbia, comments in GRETA(2017)37, p. 34",
        ),
        (
            Cited(REPLY, PAGE, ("Government",)),
            "Government of Albania, GRETA(2015)17, p. 34",
            "Government of Albania, GRETA(2015)17, p. 34",
        ),
    ],
)
def test_short_form_stays_plain_and_never_gives_a_governments_words_to_greta(
    cited: Cited, plain: str, with_voice: str
) -> None:
    assert plain_citation(cited) == plain
    assert cite(cited, "short").text == with_voice


@pytest.mark.parametrize(
    ("style", "own", "ec", "reported"),
    [
        (
            "short",
            "GRETA(2017)37, para. 161, p. 38",
            "SWD(2018) 152 final, p. 34",
            "GRETA, as reported by ICMPD (2019), Lanterns on the Drin: A Non-Paper, p. 34",
        ),
        (
            "coe",
            "GRETA(2017)37, paragraph 161, p. 38",
            "SWD(2018) 152 final, p. 34",
            "GRETA, as reported by ICMPD (2019), Lanterns on the Drin: A Non-Paper, p. 34",
        ),
        (
            "eu",
            "GRETA(2017)37, paragraph 161, p. 38",
            "SWD(2018) 152 final, p. 34",
            "GRETA, as reported by ICMPD (2019), Lanterns on the Drin: A Non-Paper, p. 34",
        ),
        (
            "oscola",
            "GRETA(2017)37, para 161",
            "SWD (2018) 152 final 34",
            "GRETA, as reported by ICMPD, Lanterns on the Drin: A Non-Paper 34",
        ),
    ],
)
def test_later_citation_is_short_and_stands_on_its_own(style: Any, own: str, ec: str, reported: str) -> None:
    assert cite(OWN, style, later=True).text == own
    assert cite(OWN_EC, style, later=True).text == ec
    assert cite(replace(REPORTED, references=()), style, later=True).text == reported


def test_long_title_is_cut_in_later_citations_unless_another_document_would_be_called_the_same() -> None:
    long = replace(PAPER, title="Lanterns on the Long Way Down the River Drin: A Non-Paper")
    cited = Cited(long, PAGE, ("ICMPD",))
    assert cite(cited, "coe", later=True).text == "ICMPD (2019), Lanterns on the Long Way Down the River Drin, p. 34"
    whole = cite(cited, "coe", later=True, whole_title=True).text
    assert whole == "ICMPD (2019), Lanterns on the Long Way Down the River Drin: A Non-Paper, p. 34"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("later", [False, True])
def test_kosovo_keeps_its_asterisk_and_no_style_says_ibid(style: Any, later: bool) -> None:
    about = Cited(KOSOVO, PAGE, ("Government",), countries=("XK",), government_comments=True)
    text = cite(about, style, later=later).text
    assert text.startswith("Government of Kosovo*, comments in ")
    assert "Kosovo" not in text.replace("Kosovo*", "")
    assert "ibid" not in text.casefold()


def test_titles_stand_in_italics_and_nothing_else_does() -> None:
    for style in ("coe", "eu", "oscola"):
        assert [run.text for run in cite(OWN, style).runs if run.italic] == [TITLE]  # type: ignore[arg-type]
    assert not any(run.italic for run in cite(OWN_EC, "oscola").runs)


# --- pages ------------------------------------------------------------------------------------------------------------


def document(labels: tuple[str, ...]) -> Document:
    return Document("0" * 12, GRETA, "", (), (), (), labels, "pdf", 1)


@pytest.mark.parametrize(
    ("labels", "pages", "cited"),
    [
        (("1", "2", "3"), (2,), "p. 2"),
        (("i", "ii", "1", "2"), (2,), "p. ii"),
        (("i", "ii", "1", "2"), (3, 4), "pp. 1-2"),
        (("36", "37", "38"), (3,), "p. 38"),
        # Nothing is printed on the first two pages; the third is the first that bears a number.
        (("1", "2", "1", "2", "3"), (2,), "p. 2 of the file"),
        (("1", "2", "1", "2", "3"), (3,), "p. 1"),
        (("1", "2", "1", "2", "3"), (2, 3), "pp. 2-3 of the file"),
        # Numbers begin again in an annex.
        (("i", "1", "2", "3", "1", "2"), (5,), "p. 1 (page 5 of the file)"),
        ((), (), ""),
    ],
)
def test_printed_label_is_cited_and_the_physical_page_where_none_leads_there(
    labels: tuple[str, ...], pages: tuple[int, ...], cited: str
) -> None:
    shown, file_pages = place_on_pages(document(labels), pages)
    place = Place(None, shown, (), file_pages=file_pages)
    assert plain_citation(Cited(GRETA, place, ("GRETA",))) == ", ".join(filter(None, ("GRETA(2017)37", cited)))
    bare = cited.removeprefix("pp. ").removeprefix("p. ").replace("-", "–")
    assert cite(Cited(PAPER, place, ("ICMPD",)), "oscola").text.endswith(f"(2019) {bare}" if bare else "(2019)")


# --- the command ------------------------------------------------------------------------------------------------------


def test_ask_prints_the_citation_in_the_style_that_is_asked_for(
    pincite: Callable[..., Any], invented_library: Path
) -> None:
    question = "What did GRETA say about the shelter in the north of Serbia?"
    short = pincite("ask", question, library=invented_library)
    oscola = pincite("ask", question, "--style", "oscola", library=invented_library)
    assert "GRETA — GRETA(2016)41, para. 5" in short.stdout
    flowing = " ".join(oscola.stdout.split())
    assert (
        "Report by GRETA on the Republic of Serbia: a specimen (second evaluation round, GRETA(2016)41, 20" in flowing
    )
    assert " para 5" in flowing


def test_json_of_a_quote_has_its_citation_in_every_style(pincite: Callable[..., Any], invented_library: Path) -> None:
    answer = pincite("ask", "statistics in Serbia", "--json", library=invented_library).json
    quote = answer["groups"][0]["quotes"][0]
    assert list(quote["citations"]) == list(STYLES)
    assert quote["citations"]["short"] == quote["citation"]
    assert quote["citations"]["coe"].startswith("European Commission, as reported by ICMPD (2019), ")


def test_unknown_style_is_wrong_usage_and_names_the_known_ones(
    pincite: Callable[..., Any], invented_library: Path
) -> None:
    run = pincite("ask", "shelters", "--style", "harvard", library=invented_library)
    assert run.status == 2
    assert all(style in run.stderr for style in STYLES)
