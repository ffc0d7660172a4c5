"""`pincite check`: quotations and citations of a draft, looked up in invented reports."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import docx
import pytest

from index.library import Library
from index.search import Searcher
from qa.checking.check import Checker
from qa.checking.check_text import check_text, remarks_of
from qa.checking.claims import claims_in_note, claims_in_text, folded_title, read_words
from qa.checking.drafts import Block, Draft, read_draft, with_comments
from qa.checking.quotations import find_quotations, pieces_of
from qa.official.catalogue import Catalogue

# One line a paragraph, as the reader takes them; wrapped here by backslashes.
REPORT = """---
publisher: GRETA
title: Report by GRETA on Norway: a specimen
official_number: GRETA(2091)07
countries: NO
year: 2091
round: 2
language: en
---

# Report by GRETA on Norway: a specimen

## Compensation

1. GRETA urges the Norwegian authorities to make compensation part of every criminal trial, and to \
pay 120 victims whose claims are open. It welcomes the new co-ordinator’s office.

2. According to the authorities, 14 shelters have been opened. GRETA notes that the \
“open door” scheme reaches few fishermen; it is silent on farms.

3. GRETA invites the Norwegian authorities to translate the leaflet into Finnish.

## Appendix I: List of GRETA’s proposals

- GRETA urges the Norwegian authorities to make compensation part of every criminal trial, and to \
pay 120 victims whose claims are open.

## Government’s comments

The following comments do not form part of GRETA’s analysis.

The harbour police has been given twelve boats, which the report passes over.
"""
LATER = (
    REPORT.replace("GRETA(2091)07", "GRETA(2095)11")
    .replace("2091", "2095")
    .replace("round: 2", "round: 3")
    .replace("on Norway: a specimen", "on Norway: a later specimen")
    .replace("1. GRETA urges", "1. GRETA opens its report here.\n\n4. GRETA invites", 1)
    .replace("3. GRETA invites", "5. GRETA urges")
)


@pytest.fixture(scope="module")
def library(
    make_library: Callable[[Path, Iterable[Path]], Library], reports: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of a library with two rounds of a report on Norway and the invented paper."""
    folder = tmp_path_factory.mktemp("check")
    files = [folder / "second.md", folder / "third.md"]
    for file, text in zip(files, (REPORT, LATER), strict=True):
        file.write_text(text, encoding="utf-8")
    return make_library(folder / "library", [*files, reports / "paper.md"]).folder


@pytest.fixture(scope="module")
def checker(library: Path) -> Checker:
    return Checker(Searcher(Library.open(library), None), Catalogue.load())


@pytest.fixture(scope="module")
def check(checker: Checker) -> Callable[[str], list[dict[str, Any]]]:
    """Checks a paragraph."""
    return lambda text: [one.as_dict() for one in checker.check(Draft("draft", (Block(text, (), False, 0),), b""))]


@pytest.fixture
def check_markdown(checker: Checker, tmp_path: Path) -> Callable[[str], list[dict[str, Any]]]:
    """Checks a draft in Markdown."""

    def run(text: str) -> list[dict[str, Any]]:
        draft = tmp_path / "draft.md"
        draft.write_text(text, encoding="utf-8")
        return [one.as_dict() for one in checker.check(read_draft(draft))]

    return run


def verdict(check: Callable[[str], list[dict[str, Any]]], text: str) -> str:
    """The verdict on the one quotation of a draft."""
    (only,) = [one for one in check(text) if one["quotation"]]
    return str(only["verdict"])


@pytest.mark.parametrize(
    "quoted",
    [
        "“make compensation part of every criminal trial”",
        '"make compensation part of every criminal trial"',
        "„make compensation part of every criminal trial“",
        "« make compensation part of every criminal trial »",
        "‘make compensation part of every criminal trial’",
        "“Make compensation part of every criminal trial.”",
        "“[M]ake compensation part of […] criminal trial”",
        "“make compensation ... criminal trial”",
        "“make compensation (...) of every criminal  trial”",
        "“make [it] part of every criminal trial”",
        "“make compensation part of every criminal trial, and to pay [them]”",
        "“make compensation part of every\ncriminal trial”",
    ],
)
def test_what_typesetting_and_marked_cuts_change_is_verbatim(
    check: Callable[[str], list[dict[str, Any]]], quoted: str
) -> None:
    assert verdict(check, f"GRETA urges the authorities to {quoted} (GRETA(2091)07, para. 1).") == "verbatim"


@pytest.mark.parametrize(
    "quoted",
    [
        "“GRETA invites the Norwegian authorities to make compensation part of every criminal trial”",
        "“make compensation part of most criminal trials”",
        "“make compensation part of every trial”",
        "“pay 130 victims whose claims are open”",
        "“make Compensation part of every criminal trial”",
        "“make compensation part of every criminal trial and to pay 120 victims”",
        "“make compensation part of [not] every criminal trial”",
    ],
)
def test_a_changed_word_verb_number_or_comma_is_altered(
    check: Callable[[str], list[dict[str, Any]]], quoted: str
) -> None:
    assert verdict(check, f"On Norway: {quoted} (GRETA(2091)07, para. 1).") == "altered"


def test_the_difference_has_the_document_on_the_left_and_the_draft_on_the_right(
    check: Callable[[str], list[dict[str, Any]]],
) -> None:
    (only,) = check("GRETA wants Norway to “make compensation part of most criminal trials” (GRETA(2091)07, para. 1).")
    left = "".join(text for mark, text in only["diff"] if mark in "=-")
    right = "".join(text for mark, text in only["diff"] if mark in "=+")
    assert left == "make compensation part of every criminal trial"
    assert right == "make compensation part of most criminal trials"
    assert only["found"]["paragraph"] == "1"


def test_a_softer_verb_before_the_quotation_is_an_alteration(check: Callable[[str], list[dict[str, Any]]]) -> None:
    said = "the authorities to “make compensation part of every criminal trial” (GRETA(2091)07, para. 1)."
    assert verdict(check, f"GRETA invites {said}") == "altered"
    assert verdict(check, f"GRETA urges the State to act and asks {said}") == "verbatim"


def test_found_is_a_quote_with_its_place(check: Callable[[str], list[dict[str, Any]]], library: Path) -> None:
    (only,) = check("GRETA urges Norway to “make compensation part of every criminal trial”.")
    found = only["found"]
    texts = {d.identity.official_number: Library.open(library).document(d.document_id).text
             for d in Library.open(library).documents()}  # fmt: skip
    assert texts[found["official_number"]][found["start"] : found["end"]] == found["text"]
    assert (found["speakers"], found["grade"], only["citation"]) == (["GRETA"], "urges", None)


@pytest.mark.parametrize(
    "text",
    [
        "According to GRETA, “the harbour police has been given twelve boats” (GRETA(2091)07).",
        "“The harbour police has been given twelve boats” (GRETA(2091)07).",
        "The Commission urges Norway to “make compensation part of every criminal trial” (GRETA(2091)07, para. 1).",
        "GRETA notes that “14 shelters have been opened” (GRETA(2091)07, para. 2).",
        "GRETA demands: “Shelters to be open to men” (EC, as reported by ICMPD, 2019).",
        "GRETA asks for “Compensation to be claimed in the criminal trial”.",
        "GRETA asks for “Compensation to be claimed in the criminal trial” (GRETA, 2019).",
        "The EC asks for “Compensation to be claimed in the criminal trial” (EC, as reported by ICMPD, 2019).",
    ],
)
def test_right_words_by_somebody_else(check: Callable[[str], list[dict[str, Any]]], text: str) -> None:
    assert verdict(check, text) == "wrong_speaker"


@pytest.mark.parametrize(
    "text",
    [
        "The Government of Norway holds that “the harbour police has been given twelve boats”.",
        "“The harbour police has been given twelve boats” (Government of Norway, comments in GRETA(2091)07).",
        "According to the authorities, “14 shelters have been opened” (GRETA(2091)07, para. 2).",
        "GRETA notes: “According to the authorities, 14 shelters have been opened” (GRETA(2091)07, para. 2).",
        "GRETA asks for “Compensation to be claimed in the criminal trial” (GRETA, as reported by ICMPD, 2019).",
        "GRETA, ICMPD reports, wants “Compensation to be claimed in the criminal trial”.",
        "GRETA notes that the “‘open door’ scheme reaches few fishermen” (GRETA(2091)07, para. 2).",
    ],
)
def test_right_words_by_who_says_them(check: Callable[[str], list[dict[str, Any]]], text: str) -> None:
    assert verdict(check, text) == "verbatim"


@pytest.mark.parametrize(
    "citation",
    ["GRETA(2091)07, para. 3", "GRETA, urges, 2091, para. 2", "GRETA (2095)11, paras 4-5", "GRETA(2099)55, para. 1"],
)
def test_right_words_at_another_place(check: Callable[[str], list[dict[str, Any]]], citation: str) -> None:
    text = f"GRETA urges Norway to “pay 120 victims whose claims are open” ({citation})."
    quoted = verdict(check, text.replace("GRETA urges", "GRETA asks") if "2095" in citation else text)
    assert quoted == ("verbatim" if "2095" in citation else "wrong_place")


def test_the_claimed_place_decides_between_editions(check: Callable[[str], list[dict[str, Any]]]) -> None:
    softened = "“GRETA invites the Norwegian authorities to make compensation part of every criminal trial”"
    assert verdict(check, f"{softened} (GRETA(2095)11, para. 4).") == "verbatim"
    assert verdict(check, f"{softened} (GRETA(2091)07, para. 1).") == "altered"


def test_a_report_that_is_not_loaded_is_named_with_what_the_catalogue_knows(
    check: Callable[[str], list[dict[str, Any]]],
) -> None:
    (only,) = check("GRETA urges Serbia to “count the lighthouses of the Danube” (GRETA(2017)37, para. 161).")
    assert only["verdict"] == "not_loaded"
    assert "GRETA's second-round report on Serbia (GRETA(2017)37) is known and not loaded." in only["message"]


def test_words_that_nobody_said_are_not_found(check: Callable[[str], list[dict[str, Any]]]) -> None:
    (only,) = check("GRETA is said to have “praised the lighthouses of the northern archipelago at length”.")
    assert (only["verdict"], only["found"], only["citation"]) == ("not_found", None, None)


def test_citations_in_footnotes_and_ibid_are_read(check_markdown: Callable[[str], list[dict[str, Any]]]) -> None:
    first, second = check_markdown(
        "GRETA urges Norway to “make compensation part of every criminal trial”.[^1] It “invites the Norwegian "
        "authorities to translate the leaflet into Finnish”.[^2]\n\n[^1]: See GRETA(2091)07, para. 1.\n\n"
        "[^2]: *Ibid.*, para. 2.\n"
    )
    assert (first["verdict"], first["citation"]) == ("verbatim", "See GRETA(2091)07, para. 1")
    assert (second["verdict"], second["found"]["paragraph"]) == ("wrong_place", "3")


def test_a_block_quotation_needs_no_marks(check_markdown: Callable[[str], list[dict[str, Any]]]) -> None:
    text = "GRETA writes:\n\n> The “open door” scheme reaches {} fishermen; it is silent on farms. ({})\n"
    cited = "GRETA(2091)07, para. 2"
    assert verdict(check_markdown, text.format("few", cited).replace("The “", "GRETA notes that the “")) == "verbatim"
    assert verdict(check_markdown, text.format("many", cited)) == "altered"


def test_a_citation_without_a_quotation_is_checked_for_its_place_and_verb(
    check: Callable[[str], list[dict[str, Any]]],
) -> None:
    found = check(
        "GRETA urges Norway to pay (GRETA(2091)07, para. 1). GRETA urges it to translate (GRETA(2091)07, para. 3). "
        "There is more (GRETA(2091)07, para. 9). And elsewhere (GRETA(2017)37, para. 4)."
    )
    assert [one["verdict"] for one in found] == ["verbatim", "altered", "wrong_place", "not_loaded"]
    assert {one["quotation"] for one in found} == {None}
    assert found[1]["diff"] == [["-", "invites"], ["+", "urges"]]


def test_terms_and_titles_in_quotation_marks_are_no_quotations(check: Callable[[str], list[dict[str, Any]]]) -> None:
    text = "The “track record” matters. See GRETA, ‘Report by GRETA on Norway: a specimen’ (GRETA(2091)07) para 1."
    (only,) = check(text)
    assert (only["quotation"], only["verdict"]) == (None, "verbatim")


def test_the_table_says_what_became_of_each(checker: Checker, tmp_path: Path) -> None:
    file = tmp_path / "draft.txt"
    file.write_text(
        "GRETA urges Norway to “pay 130 victims whose claims are open”.[1]\n\n[1] GRETA(2091)07, para. 1.\n",
        encoding="utf-8",
    )
    draft = read_draft(file)
    table = check_text(draft, checker.check(draft), width=80)
    assert "1 quotation, 0 citations without one: 1 altered." in table
    assert "[-120-]{+130+}" in " ".join(table.split())
    assert max(map(len, table.splitlines())) <= 80


def word_draft(path: Path) -> None:
    """A Word draft whose quotation runs over several runs, with a deletion that is tracked."""
    document = docx.Document()
    paragraph = document.add_paragraph("GRETA urges Norway to “make ")
    paragraph.add_run("compensation").bold = True
    paragraph.add_run(" part of every criminal trial” (GRETA(2091)07, para. 3). No more.")
    deleted = paragraph.add_run("“This was taken out by somebody else long ago”")._r
    wrapper = deleted.makeelement("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}del", {})
    deleted.addprevious(wrapper)
    wrapper.append(deleted)
    table = document.add_table(1, 1)
    table.cell(0, 0).text = "GRETA notes that “the open door scheme reaches many fishermen”."
    document.save(str(path))


def test_comments_stand_at_the_quotations_of_a_copy(checker: Checker, tmp_path: Path) -> None:
    file = tmp_path / "draft.docx"
    word_draft(file)
    draft = read_draft(file)
    copy = docx.Document(io.BytesIO(with_comments(draft, remarks_of(checker.check(draft)))))
    assert [comment.text.partition(".")[0] for comment in copy.comments] == ["Altered", "Wrong place"]
    marked = re.findall(r"<w:commentRangeStart[^>]*>(.*?)<w:commentRangeEnd", copy.element.xml, re.DOTALL)
    assert ["".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", inside)) for inside in marked] == [
        "make compensation part of every criminal trial",
        "the open door scheme reaches many fishermen",
    ]
    assert copy.paragraphs[0].text == docx.Document(str(file)).paragraphs[0].text
    assert [run.text for run in copy.paragraphs[0].runs if run.bold] == ["compensation"]


def test_pages_of_a_citation_are_those_that_are_printed(non_paper_library: Path) -> None:
    library = Library.open(non_paper_library)
    document = library.document(library.documents()[0].document_id)
    statement = next(
        statement
        for passage in document.passages
        for statement in passage.statements
        if passage.kind == "bullet" and statement.speakers == ("GRETA",) and statement.end - statement.start > 60
    )
    words = document.text[statement.start : statement.end]
    page = int(document.labels_of(statement.start, statement.end)[0])
    checker = Checker(Searcher(library, None), Catalogue.load())
    for cited, expected in ((page, "verbatim"), (page + 2, "wrong_place")):
        text = f"GRETA, it is reported, wants “{words}” (GRETA, as reported by ICMPD, 2018, p. {cited})."
        (only,) = checker.check(Draft("draft", (Block(text, (), False, 0),), b""))
        assert only.verdict == expected


# --- reading drafts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He said “a ‘b’ c” and \"d e\".", ["a ‘b’ c", "d e"]),
        ("The victims’ rights are ‘the victims’ rights’, it’s said.", ["the victims’ rights"]),
        ("It’s the authorities' duty, isn't it?", []),
        ("„eins zwei“ und «deux trois» und »vier fünf«", ["eins zwei", "deux trois", "vier fünf"]),
        ("A slip: “mixed marks\" here.", ["mixed marks"]),
        ("“outer “inner” outer” end", ["outer “inner” outer"]),
        ("a screen of 12\" and 14\" width", []),
    ],
)  # fmt: skip
def test_quotations_of_all_marks(text: str, quoted: list[str]) -> None:
    assert [quotation.text for quotation in find_quotations(text)] == quoted


def test_pieces_stand_between_ellipses_and_brackets() -> None:
    pieces = pieces_of("[T]he shelter … [they] need[ed] money [sic] [...] and time")
    assert [(piece.text, piece.gap) for piece in pieces] == [
        ("The shelter", "start"),
        ("need", "ellipsis"),
        ("money", "ending"),
        ("and time", "ellipsis"),
    ]


@pytest.mark.parametrize(
    ("note", "number", "paragraphs", "pages"),
    [
        ("GRETA(2017)37, para. 161, p. 38", "GRETA(2017)37", "161", "38"),
        ("See GRETA (2017)39, paras. 12-13.", "GRETA(2017)39", "12 13", ""),
        ("Commission, ‘Serbia 2018 Report’ SWD (2018) 152 final 34", "SWD(2018) 152 final", "", "34"),
        ("GRETA, Report on X (GRETA(2017)37, 29 January 2018) para 161", "GRETA(2017)37", "161", ""),
        ("Serbia 2018 Report, SWD(2018) 152 final of 17 April 2018, pp. 24 and 26", "SWD(2018) 152 final", "", "24 26"),
        ("paragraph 5 of GRETA(2017)37", "GRETA(2017)37", "5", ""),
        ("ICMPD (2018), A paper, p. 5 [reference given by ICMPD, not checked: GRETA(2017)37, p. 19]", None, "", "5"),
    ],
)  # fmt: skip
def test_citations_of_notes(note: str, number: str | None, paragraphs: str, pages: str) -> None:
    (claim,) = claims_in_note(note, {folded_title("A paper on it")})
    assert claim.number == number
    assert claim.place.paragraphs == frozenset(paragraphs.split())
    assert claim.place.pages == frozenset(pages.split())


def test_citations_by_author_and_year_say_who_speaks() -> None:
    (own,) = claims_in_text("It matters (GRETA, urges, 2023, para. 161).", ())
    assert (own.publisher, own.year, own.speakers, own.grade) == ("GRETA", 2023, ("GRETA",), "urges")
    (reported,) = claims_in_text("It matters (GRETA, as reported by ICMPD, 2018).", ())
    assert (reported.publisher, reported.speakers, reported.reported_by) == ("ICMPD", ("GRETA",), "ICMPD")
    (in_sentence,) = claims_in_text("GRETA (2023, para. 161) urges more.", ())
    assert (in_sentence.publisher, in_sentence.year, in_sentence.place.paragraphs) == ("GRETA", 2023, {"161"})
    assert claims_in_text("In its report, GRETA (2023, para. 161) urges more.", ())[0].text == "2023, para. 161"
    assert claims_in_text("In May (2023) the law (see above) changed for 12 victims (of 40).", ()) == ()


def test_the_verb_nearest_to_the_quotation_is_the_one_that_is_claimed() -> None:
    assert read_words("GRETA urges the authorities to act and notes that ", "").grade is None
    assert read_words("GRETA invites the authorities to ", "").grade == "invites"
    assert read_words("In the Government’s view, ", "").speakers == ("Government",)
    assert read_words("", ", GRETA notes.").speakers == ("GRETA",)


def test_notes_of_word_files_stand_where_their_marks_do(tmp_path: Path) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text("One.[^a] Two.\n\n[^a]: The note.\n", encoding="utf-8")
    (block,) = read_draft(draft).blocks
    assert block.text == "One. Two."
    assert [(note.anchor, note.text) for note in block.notes] == [(4, "The note.")]
