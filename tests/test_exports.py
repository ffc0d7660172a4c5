"""Exports: what leaves the library keeps its wording, its voice and its place, in every format."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypandoc
import pytest
from docx import Document as WordDocument
from docx.shared import Cm
from lxml import etree
from openpyxl import load_workbook

from ingest import read_document
from ingest.document import Document, Footnote
from ingest.errors import UsageError
from qa.answer import Answer, Group
from qa.exports import FORMATS, Briefing, Heading, Note, briefing_of, export, without_digests
from qa.exports.wording import attribution, long_excerpts
from qa.question.scope import Scope
from qa.quotes import Quote

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
COMMENTS = """---
publisher: GRETA
title: Report by GRETA on the Republic of Serbia: a specimen
official_number: GRETA(2016)41
countries: RS
year: 2016
round: 2
language: en
---

# Report by GRETA on the Republic of Serbia: a specimen

## Compensation

1. GRETA regrets that ferries pay nothing.

## Government’s comments

The following comments do not form part of GRETA’s analysis concerning the situation in Serbia.

The Government has hung lanterns on every pier.
"""
PAPER_HEAD = ("---", "publisher: ICMPD", "title: Ferries at Dusk: a specimen", "year: 2019", "language: en", "---", "")
AWKWARD = "=SUM(A1) & 100% of $5_000 *stars* [link](x) <b>bold</b> {curly} #1 ~ ^ \\cmd `code`"


def read(file: Path) -> Document:
    return read_document(file, file.read_bytes())


def quote(document: Document, words: str) -> Quote:
    """The quote of the one statement of a document that holds these words."""
    for position, passage in enumerate(document.passages):
        for statement in passage.statements:
            if words in document.text[statement.start : statement.end]:
                return Quote(document, passage, position, (statement,), statement.countries)
    raise AssertionError(words)


@pytest.fixture(scope="module")
def paper(reports: Path) -> Document:
    return read(reports / "paper.md")


@pytest.fixture(scope="module")
def greta(reports: Path) -> Document:
    return read(reports / "greta-serbia.md")


@pytest.fixture(scope="module")
def digest(reports: Path) -> Quote:
    return quote(read(reports / "digest.md"), "interpreters")


@pytest.fixture(scope="module")
def comments(tmp_path_factory: pytest.TempPathFactory) -> Quote:
    """A government's comments, printed in GRETA's report."""
    file = tmp_path_factory.mktemp("comments") / "report.md"
    file.write_text(COMMENTS, encoding="utf-8")
    return quote(read(file), "lanterns on every pier")


@pytest.fixture(scope="module")
def briefing(paper: Document, greta: Document, digest: Quote, comments: Quote) -> Briefing:
    return Briefing(
        "Shelters and money",
        (
            Heading("Serbia"),
            Note("What I make of it: =1+1 is not a formula."),
            quote(greta, "GRETA urges"),
            quote(greta, "GRETA regrets"),
            quote(paper, "Compensation to be made known"),
            comments,
            Heading("Albania"),
            quote(paper, "12 new shelters"),
            quote(paper, "foreign victims in Albania"),
            Heading("Digests", 2),
            digest,
            Heading("Kosovo*"),
            Note("On Kosovo* the paper is short, and on shelters in Kosovo* shorter."),
            quote(paper, "Shelters to be open to men"),
        ),
    )


@pytest.fixture(scope="module")
def written(briefing: Briefing) -> dict[str, bytes]:
    """The briefing without its digest in every format."""
    return {to: export(without_digests(briefing), to) for to in FORMATS}


@pytest.fixture(scope="module")
def markdown(written: dict[str, bytes]) -> str:
    return written["md"].decode("utf-8")


def footnotes_of(word: bytes) -> list[str]:
    tree = etree.fromstring(zipfile.ZipFile(io.BytesIO(word)).read("word/footnotes.xml"))
    notes = [note for note in tree.iter(f"{W}footnote") if note.get(f"{W}type") is None]
    return ["".join(text.text or "" for text in note.iter(f"{W}t")).strip() for note in notes]


def rows_of(excel: bytes) -> list[dict[str, Any]]:
    first, *rows = load_workbook(io.BytesIO(excel))["Quotes"].iter_rows(values_only=True)
    return [dict(zip(map(str, first), row, strict=True)) for row in rows]


# --- voice ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "make compensation part of every criminal trial.” (GRETA, urges, 2016, para. 2)",
        "“GRETA regrets that no victim has received compensation from an offender.” (GRETA, 2016, para. 1)",
        "“Compensation to be made known to victims in their own language” (GRETA, as reported by ICMPD, 2019)",
        "(Government of Serbia, comments in GRETA(2016)41, 2016)",
        "“The EC registered that Albania opened 12 new shelters in 2017.” (EC, as reported by ICMPD, 2019)",
    ],
)
def test_running_text_says_whose_words_each_quote_is(markdown: str, sentence: str) -> None:
    assert sentence in markdown


def test_footnote_of_reported_words_cites_the_reporting_paper_and_gives_its_reference_as_unchecked(
    written: dict[str, bytes],
) -> None:
    notes = footnotes_of(written["docx"])
    (permits,) = [note for note in notes if "SWD(2018) 951" in note]
    assert permits == (
        "GRETA, as reported by ICMPD (2019), Lanterns on the Drin, section “Albania” [reference given by ICMPD, not "
        "checked: European Commission, Albania 2018 Report, SWD(2018) 951 final, p. 21]."
    )


def test_government_comments_are_never_gretas_in_any_format(briefing: Briefing, comments: Quote) -> None:
    alone = replace(briefing, items=(comments,))
    named = "Government of Serbia, comments in GRETA(2016)41"
    for to in ("md", "html", "ris", "bibtex"):
        assert named in export(alone, to).decode("utf-8")  # type: ignore[arg-type]
    assert footnotes_of(export(alone, "docx"))[0].startswith("Government of Serbia, comments in GRETA")
    (row,) = rows_of(export(alone, "xlsx"))
    assert (row["Said by"], row["Voice"]) == ("Government of Serbia", "comments of the government")
    (item,) = json.loads(export(alone, "csl"))
    assert named in item["custom"]["pinpoints"][0]["attribution"]


def test_digests_stay_out_unless_asked_for_and_never_stand_in_quotation_marks(
    briefing: Briefing, markdown: str, digest: Quote
) -> None:
    assert "interpreters sit in" not in markdown
    assert "Digests" not in markdown  # The heading that nothing stands under any more.
    alone = replace(briefing, items=(digest,))
    for to in ("md", "ris", "bibtex"):
        text = export(alone, to).decode("utf-8")  # type: ignore[arg-type]
        assert "as restated in a digest by Pincite" in text
        assert not re.search("“(?!Recommendations for Albania”)", text)  # Only the heading that the place names.
    (row,) = rows_of(export(alone, "xlsx"))
    assert row["Wording"] == "paraphrase"
    assert row["Voice"] == "as restated in a digest by Pincite"


def test_workbook_tells_own_words_from_reported_ones(written: dict[str, bytes]) -> None:
    rows = {row["Text"]: row for row in rows_of(written["xlsx"])}
    urged = next(row for text, row in rows.items() if text.startswith("GRETA urges"))
    assert (urged["Said by"], urged["Voice"], urged["Grade"]) == ("GRETA", "own words", "urges")
    assert (urged["Heading"], urged["Paragraph"], urged["Wording"]) == ("Serbia", "2", "verbatim")
    told = rows["The EC registered that Albania opened 12 new shelters in 2017."]
    assert (told["Said by"], told["Voice"]) == ("EC", "as reported by ICMPD")
    assert told["Citation"].startswith("European Commission, as reported by ICMPD (2019)")


def test_rows_of_a_workbook_are_high_enough_for_all_lines_of_their_text(greta: Document) -> None:
    said = quote(greta, "GRETA urges")
    text = f"{greta.text[: said.start]}One\n\nTwo\n\nThree{greta.text[said.start + 15 :]}"
    sheet = load_workbook(
        io.BytesIO(export(Briefing("Lines", (replace(said, document=replace(greta, text=text)),)), "xlsx"))
    )
    assert sheet["Quotes"].row_dimensions[2].height >= 15 * 5


# --- citations --------------------------------------------------------------------------------------------------------


def test_word_file_has_real_footnotes_full_first_and_short_later_and_never_ibid(written: dict[str, bytes]) -> None:
    notes = footnotes_of(written["docx"])
    of_greta = [note for note in notes if "GRETA(2016)41" in note]
    assert of_greta[0] == (
        "GRETA (2016), Report by GRETA on the Republic of Serbia: a specimen, second evaluation round, GRETA(2016)41, "
        "adopted on 18 March 2016, paragraph 2."
    )
    assert of_greta[1] == "GRETA(2016)41, paragraph 1."
    of_paper = [note for note in notes if "Lanterns on the Drin" in note]
    assert of_paper[0].startswith("GRETA, as reported by ICMPD (2019), Lanterns on the Drin: A Non-Paper on")
    assert of_paper[-1] == "European Commission, as reported by ICMPD (2019), Lanterns on the Drin, section “Kosovo*”."
    assert not any("ibid" in note.casefold() for note in notes)


def test_documents_without_a_number_that_would_be_called_the_same_keep_their_whole_titles(paper: Document) -> None:
    other = replace(
        paper, identity=replace(paper.identity, title="Lanterns on the Drin: An Answer by Another Hand at Last")
    )
    said, answered = quote(paper, "Legal aid"), replace(quote(paper, "Legal aid"), document=other)
    text = export(Briefing("Both", (said, answered, said, answered)), "md").decode("utf-8")
    notes = re.findall(r"^\[\^\d\]: .*", text, re.MULTILINE)
    assert ["Answer by Another Hand" in note for note in notes] == [False, True, False, True]
    assert ["A Non-Paper on Trafficking" in note for note in notes] == [True, False, True, False]


def test_style_is_the_one_asked_for(briefing: Briefing) -> None:
    text = export(without_digests(briefing), "md", style="oscola").decode("utf-8")
    assert "(second evaluation round, GRETA(2016)41, 2016) para 2." in text


# --- Kosovo* and credits ----------------------------------------------------------------------------------------------


def test_kosovo_keeps_its_asterisk_and_has_one_note_in_each_file(written: dict[str, bytes], briefing: Briefing) -> None:
    wording = "All references to Kosovo, whether the territory"
    assert sum(wording in note for note in footnotes_of(written["docx"])) == 1
    for to in ("md", "html"):
        assert written[to].decode("utf-8").count(wording) == 1
    notes = [str(row[0].value) for row in load_workbook(io.BytesIO(written["xlsx"]))["Notes"].iter_rows()]
    assert sum(wording in note for note in notes) == 1
    assert "Kosovo*" in {row["Country"] for row in rows_of(written["xlsx"])}
    in_eu_style = export(briefing, "md", style="eu").decode("utf-8")
    assert in_eu_style.count("This designation is without prejudice to positions on status") == 1


def test_quote_of_a_regional_paper_tells_its_country_where_nothing_around_it_does(paper: Document) -> None:
    said = quote(paper, "Shelters to be open to men")
    alone = export(Briefing("Shelters", (said,)), "md").decode("utf-8").replace("\\", "")
    assert "> [Kosovo*" in alone
    assert "All references to Kosovo" in alone
    under = export(Briefing("Shelters", (Heading("Kosovo*"), said)), "md").decode("utf-8").replace("\\", "")
    assert "> [Kosovo*" not in under
    assert under.count("All references to Kosovo") == 1


def test_clause_of_another_speaker_keeps_its_tag_beside_a_quote(tmp_path: Path) -> None:
    file = tmp_path / "clauses.md"
    bullet = "- Lamps to be lit in every harbour (GRETA), particularly between the piers and the boats (EC and GRETA)"
    file.write_text("\n".join([*PAPER_HEAD, "## Serbia", "", "Improvements are required:", "", bullet]), "utf-8")
    said = quote(read(file), "particularly between")
    assert said.speakers == ("EC", "GRETA")
    assert said.lead_in == "Lamps to be lit in every harbour (GRETA)"


def test_note_on_kosovo_is_there_when_only_the_title_names_it(greta: Document) -> None:
    text = export(Briefing("From Serbia to Kosovo*", (quote(greta, "GRETA urges"),)), "md").decode("utf-8")
    assert text.count("All references to Kosovo") == 1


def test_credit_line_stands_under_quotes_of_the_council_of_europe_and_long_excerpts_are_remarked(
    greta: Document, paper: Document, markdown: str
) -> None:
    assert "From “Report by GRETA on the Republic of Serbia: a specimen”, by GRETA" in markdown
    assert "publishing@coe.int" not in markdown
    assert "© Council of Europe" not in export(Briefing("Paper", (quote(paper, "Legal aid"),)), "md").decode("utf-8")
    said = quote(greta, "GRETA urges")  # 13 words
    assert long_excerpts([said] * 38) == []
    (remark,) = long_excerpts([said] * 39)
    assert remark.startswith("The quotes from GRETA(2016)41 have 507 words together.")
    assert "publishing@coe.int" in export(Briefing("Long", (said,) * 39), "md").decode("utf-8")


# --- forms ------------------------------------------------------------------------------------------------------------


def test_country_notes_give_findings_by_source_then_areas_of_improvement_with_the_source_in_brackets(
    briefing: Briefing,
) -> None:
    text = export(without_digests(briefing), "md", form="country-notes").decode("utf-8")
    albania = text[text.index("## Albania") : text.index("## Kosovo")]
    assert "EC, as reported by ICMPD (2019): “The EC registered that Albania opened 12 new shelters" in albania
    assert "GRETA, as reported by ICMPD (2019): “GRETA noted that foreign victims" in albania
    serbia = text[text.index("## Serbia") : text.index("## Albania")]
    findings, areas = serbia.split("Areas of improvement include:")
    assert "GRETA (2016): “GRETA regrets" in findings
    assert "Government of Serbia, in its comments (2016): “The Government has hung" in findings
    assert "- “GRETA urges the Serbian authorities" in areas
    assert "in their own language” (GRETA, as reported by ICMPD, 2019)" in areas
    notes = text[text.index("## Notes") :]
    assert "**Serbia:** What I make of it" in notes


def test_what_the_law_says_and_what_a_government_asks_for_are_no_areas_of_improvement(tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    law = "2. Under the Harbour Act, a captain must keep a list of all passengers."
    asked = "GRETA should visit the northern piers as well."
    file.write_text(COMMENTS.replace("\n\n## Gov", f"\n\n{law}\n\n## Gov") + f"\n{asked}\n", encoding="utf-8")
    document = read(file)
    quotes = (quote(document, "a captain must"), quote(document, "northern piers"))
    text = export(Briefing("Harbours", quotes), "md", form="country-notes").decode("utf-8")
    assert "GRETA (2016): “Under the Harbour Act" in text
    assert "Areas of improvement" not in text


def test_quote_from_a_footnote_says_so_beside_its_words(paper: Document) -> None:
    said = quote(paper, "Compensation to be made known")
    note = replace(said.passage, kind="footnote", paragraph=None)
    place = Footnote("7", said.start, said.end, None)
    footnote = replace(said, document=replace(paper, footnotes=(place,)), passage=note)
    own = replace(footnote, statements=(replace(said.statements[0], voice="own", reported_by=None),))
    assert attribution(own).endswith(", fn. 7)") or ", fn. 7, p. " in attribution(own)


def test_bullets_under_praise_are_no_areas_of_improvement_and_keep_what_introduces_them(tmp_path: Path) -> None:
    file = tmp_path / "praise.md"
    lines = ["## Serbia", "", "GRETA welcomed the following steps:", "", "- lamps in every harbour (GRETA)", ""]
    lines += ["Improvements are required to:", "", "- paint the boats white (GRETA)"]
    file.write_text("\n".join([*PAPER_HEAD, *lines]), encoding="utf-8")
    document = read(file)
    quotes = (quote(document, "lamps in every"), quote(document, "paint the boats"))
    text = export(Briefing("Harbours", quotes), "md", form="country-notes").decode("utf-8")
    findings, areas = text.split("Areas of improvement include:")
    assert "[GRETA welcomed the following steps:] “lamps in every harbour”" in findings.replace("\\", "")
    assert "- “paint the boats white” (GRETA, as reported by ICMPD, 2019)" in areas


def test_same_words_in_another_edition_are_named_in_the_footnote(greta: Document) -> None:
    said = quote(greta, "GRETA urges")
    earlier = replace(greta, identity=replace(greta.identity, official_number="GRETA(2012)3", year=2012))
    both = replace(said, repeats=(replace(said, document=earlier),))
    text = export(Briefing("Twice", (both,)), "md").decode("utf-8")
    assert "paragraph 2; the same words in GRETA(2012)3, paragraph 2." in text
    assert rows_of(export(Briefing("Twice", (both,)), "xlsx"))[0]["Same words in"] == "GRETA(2012)3, paragraph 2"


def test_quote_that_answers_two_questions_stands_in_a_briefing_once(greta: Document) -> None:
    said = quote(greta, "GRETA urges")
    groups = (Group("RS", "GRETA", (said,)),)
    answers = [Answer(question, Scope(), None, "1 quote.", groups) for question in ("Money?", "Courts?")]
    made = briefing_of(answers, title="Twice")
    assert made.quotes == (said,)
    assert [item.text for item in made.items if isinstance(item, Heading)] == ["Money?", "Serbia · GRETA", "Courts?"]


def test_quote_of_several_paragraphs_opens_and_closes_its_marks_once(greta: Document) -> None:
    first, last = quote(greta, "Mobile teams"), quote(greta, "They identified 37")
    text = f"{greta.text[: first.end]}\n{greta.text[first.end + 1 :]}"
    said = replace(first, document=replace(greta, text=text), statements=(*first.statements, *last.statements))
    written = export(Briefing("Teams", (said,)), "md").decode("utf-8")
    assert written.count("“") - written.count("From “") == 1
    assert "> They identified 37 victims in 2015.” (GRETA, 2016, para. 3)" in written


# --- nothing is taken for markup or a formula -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def awkward(paper: Document) -> Briefing:
    """A quote and a title with all that a format could take for its own."""
    said = quote(paper, "Legal aid")
    text = paper.text[: said.start] + AWKWARD + paper.text[said.start + len(AWKWARD) :]
    statement = replace(said.statements[0], end=said.start + len(AWKWARD))
    passage = replace(said.passage, statements=(statement,))
    titled = replace(paper, text=text, identity=replace(paper.identity, title=f"On {AWKWARD}"))
    return Briefing(
        f"- {AWKWARD}", (Heading(AWKWARD), replace(said, document=titled, passage=passage, statements=(statement,)))
    )


@pytest.mark.parametrize(("to", "form"), [("md", "gfm"), ("html", "html"), ("docx", "docx")])
def test_text_is_never_read_as_markup(awkward: Briefing, to: Any, form: str, tmp_path: Path) -> None:
    file = tmp_path / f"awkward.{to}"
    file.write_bytes(export(awkward, to))
    plain = pypandoc.convert_file(str(file), "plain", format=form, extra_args=["--wrap=none"])
    assert f"“{AWKWARD}”" in plain
    assert f"On {AWKWARD}" in plain.replace("_On", "On").replace("`code`_", "`code`")


def test_cells_are_text_even_where_they_open_like_a_formula(awkward: Briefing) -> None:
    sheet = load_workbook(io.BytesIO(export(awkward, "xlsx")))["Quotes"]
    cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert AWKWARD in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)


@pytest.mark.parametrize(("to", "form"), [("bibtex", "bibtex"), ("csl", "csljson"), ("ris", "ris")])
def test_titles_come_back_from_reference_files_as_they_are(awkward: Briefing, to: Any, form: str) -> None:
    source = export(awkward, to).decode("utf-8")
    (item,) = json.loads(pypandoc.convert_text(source, "csljson", format=form))
    assert re.sub(r"</?span[^>]*>", "", item["title"]) == f"On {AWKWARD}"


# --- reference managers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("to", "form"), [("bibtex", "bibtex"), ("csl", "csljson"), ("ris", "ris")])
def test_reference_files_hold_each_document_once_with_number_publisher_and_year(
    written: dict[str, bytes], to: str, form: str
) -> None:
    items = json.loads(pypandoc.convert_text(written[to].decode("utf-8"), "csljson", format=form))
    assert [item["title"].removesuffix(".") for item in items] == [
        "Report by GRETA on the Republic of Serbia: a specimen",
        "Lanterns on the Drin: A Non-Paper on Trafficking in Human Beings",
    ]
    report = items[0]
    assert report["type"] == "report"
    assert report.get("number", report.get("ISSN")) == "GRETA(2016)41"
    assert report["publisher"] == "Council of Europe"
    assert report["issued"]["date-parts"][0][0] == 2016


def test_ris_has_a_note_for_each_quote_with_place_and_voice(written: dict[str, bytes]) -> None:
    lines = written["ris"].decode("utf-8").split("\r\n")
    assert all(re.match(r"[A-Z][A-Z0-9]  - |$", line) for line in lines)
    notes = [line for line in lines if line.startswith("N1  - ")]
    assert any(note.startswith("N1  - para. 2: “GRETA urges") for note in notes)
    assert any(note.endswith("(GRETA, as reported by ICMPD, 2019)") for note in notes)


def test_csl_has_a_pinpoint_for_each_quote(written: dict[str, bytes]) -> None:
    report, paper = json.loads(written["csl"])
    assert report["custom"]["pinpoints"][0]["label"] == "paragraph"
    assert report["custom"]["pinpoints"][0]["locator"] == "2"
    assert {pinpoint["label"] for pinpoint in paper["custom"]["pinpoints"]} == {"section"}
    assert report["author"] == [{"literal": "GRETA"}]


# --- Word files -------------------------------------------------------------------------------------------------------


def test_word_file_is_set_on_a4_with_page_numbers_and_footnotes_that_count_on(written: dict[str, bytes]) -> None:
    word = WordDocument(io.BytesIO(written["docx"]))
    assert round(word.sections[0].page_width.cm, 1) == 21.0
    assert "PAGE" in etree.tostring(word.sections[0].footer._element).decode()
    assert b"numRestart" not in zipfile.ZipFile(io.BytesIO(written["docx"])).read("word/document.xml")
    assert word.styles["Block Text"].font.name == "Cambria"


def test_template_gives_its_margins_and_styles(briefing: Briefing, tmp_path: Path) -> None:
    template = WordDocument()
    template.sections[0].left_margin = Cm(5)
    template.styles["Heading 1"].font.name = "Courier New"
    template.sections[0].header.paragraphs[0].text = "Office of Lamps"
    template.save(str(tmp_path / "office.docx"))
    word = WordDocument(io.BytesIO(export(briefing, "docx", template=tmp_path / "office.docx")))
    assert round(word.sections[0].left_margin.cm) == 5
    assert word.styles["Heading 1"].font.name == "Courier New"
    assert word.sections[0].header.paragraphs[0].text == "Office of Lamps"


def test_template_that_is_no_word_file_is_refused_with_what_to_give(briefing: Briefing, tmp_path: Path) -> None:
    (tmp_path / "office.docx").write_text("not a Word file", encoding="utf-8")
    with pytest.raises(UsageError, match=r"Give a \.docx or \.dotx"):
        export(briefing, "docx", template=tmp_path / "office.docx")
    with pytest.raises(UsageError, match="choose docx"):
        export(briefing, "md", template=tmp_path / "office.docx")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_office_program_opens_word_and_excel_files(written: dict[str, bytes], tmp_path: Path) -> None:
    for to in ("docx", "xlsx"):
        (tmp_path / f"briefing-{to}.{to}").write_bytes(written[to])
    command = [
        "soffice",
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    files = [str(tmp_path / f"briefing-{to}.{to}") for to in ("docx", "xlsx")]
    subprocess.run([*command, "--outdir", str(tmp_path), *files], check=True, capture_output=True, timeout=120)
    from pypdf import PdfReader

    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "briefing-docx.pdf").pages)
    assert "GRETA urges the Serbian authorities" in " ".join(text.split())
    assert len(PdfReader(tmp_path / "briefing-xlsx.pdf").pages) >= 1


# --- the command ------------------------------------------------------------------------------------------------------


def test_command_writes_what_answers_and_says_what_was_left_out(
    pincite: Callable[..., Any], invented_library: Path, tmp_path: Path
) -> None:
    file = tmp_path / "money.md"
    question = "What did GRETA say about compensation in Serbia?"
    run = pincite("export", question, "--output", file, "--title", "Money", library=invented_library)
    assert run.status == 0
    assert f"quotes to {file}" in run.stderr
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Money\n")
    assert f"## {question}" in text
    assert "(GRETA, urges, 2016, para. 2)[^" in text


def test_question_without_an_answer_stands_in_the_briefing_with_the_reason(
    pincite: Callable[..., Any], invented_library: Path, tmp_path: Path
) -> None:
    file = tmp_path / "nothing.md"
    run = pincite("export", "What is the price of tea in Peru?", "--output", file, library=invented_library)
    assert run.status == 0
    assert "Wrote 0 quotes" in run.stderr
    assert len(file.read_text(encoding="utf-8").splitlines()) >= 5


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("--output", "briefing.pptx"), 2, "docx, md, html, xlsx, ris, bibtex, csl"),
        (("--output", "briefing.md", "--style", "harvard"), 2, "oscola"),
        (("--output", "no-such-folder/briefing.md"), 1, "cannot be written"),
    ],
)
@pytest.mark.usefixtures("in_empty_folder")
def test_wrong_usage_of_export_says_what_is_possible(
    pincite: Callable[..., Any], invented_library: Path, arguments: tuple[str, ...], status: int, says: str
) -> None:
    run = pincite("export", "compensation in Serbia", *arguments, library=invented_library)
    assert run.status == status
    assert says in " ".join(run.stderr.replace("│", " ").split())


@pytest.fixture
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
