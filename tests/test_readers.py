"""Every document in here is invented."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from ingest.blocks import Block, PageStart, Reading
from ingest.errors import UnreadableFileError
from ingest.readers import FORMS, read_file

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def read(tmp_path: Path, name: str, content: str | bytes) -> Reading:
    path = tmp_path / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    form, reading = read_file(path)
    assert form == FORMS[path.suffix]
    return reading


def md(tmp_path: Path, text: str) -> list[Block]:
    return list(read(tmp_path, "a.md", text).blocks)


def page(tmp_path: Path, body: str) -> list[Block]:
    return list(read(tmp_path, "a.html", f"<!DOCTYPE html><html><body>{body}</body></html>").blocks)


def told(blocks: list[Block] | tuple[Block, ...]) -> list[tuple[str, str, str]]:
    return [(block.kind, block.label, block.text) for block in blocks]


def marks(block: Block) -> list[tuple[str, str]]:
    """The word before each mark, and what the mark says."""
    return [(block.text[: mark.offset].split(" ")[-1], mark.number) for mark in block.marks]


# --- which reader -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b"\n\n  \n", "empty"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n....", "picture (PNG)"),
        ("a.txt", b"\xff\xd8\xff\xe0....", "picture (JPEG)"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "save it as DOCX"),
        ("a.docx", b"PK\x03\x04 cut off", "Fetch it again"),
        ("a.docx", b"no zip at all", "is no DOCX"),
        ("a.pdf", b"no pdf at all", "is no PDF"),
        ("a.rtf", b"{\\rtf1 text}", "Rich Text"),
        ("a.csv", b"a,b\n1,2\n", ".docx, .html"),
        ("a.exe", b"MZ\x00\x00\x01\x02", "not a document"),
        ("a.txt", b"text\x00\x01\x02\x03" * 50, "control characters"),
        ("a.txt", bytes(range(128, 256)) * 9, "Save it as UTF-8"),
        ("a.txt", "Привет, мир. ".encode("cp1251") * 9, "Save it as UTF-8"),
        ("a.txt", ("A word in ten is foreign: café’s. " * 9).encode() + b"\xff", "Save it as UTF-8"),
        ("a.txt", b"\xff\xfeA\x00B", "damaged"),
        ("a.mht", b"From: x\r\nMIME-Version: 1.0\r\n\r\n<html>", "web archive"),
        ("a.html", b"<!doctype html><html><body><script>x</script></body></html>", "no text"),
        ("a.md", b"![picture](a.png)\n\n---\n", "no text"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as caught:
        read_file(path)
    assert said in str(caught.value)
    assert name in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize(
    ("inside", "said"),
    [("xl/workbook.xml", "Excel"), ("content.xml", "OpenDocument"), ("report.pdf", "ZIP archive")],
)
def test_a_zip_that_is_no_word_document_is_refused_by_its_kind(tmp_path: Path, inside: str, said: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr(inside, "x")
    with pytest.raises(UnreadableFileError, match=said):
        read_file(tmp_path / "a.docx")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="cannot be opened"):
        read_file(tmp_path / "none.txt")
    with pytest.raises(UnreadableFileError, match="folder"):
        read_file(tmp_path)


def test_what_is_in_a_file_counts_more_than_its_suffix(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_text("\ufeff<!-- saved -->\n<!DOCTYPE HTML>\n<title>t</title><p>A page.", encoding="utf-8")
    form, reading = read_file(path)
    assert form == "html"
    assert told(reading.blocks) == [("paragraph", "", "A page.")]
    word = tmp_path / "report.txt"
    word.write_bytes(docx(p("A document.")))
    assert read_file(word)[0] == "docx"


# --- text and Markdown ------------------------------------------------------------------------------------------------


def test_markdown_headings_lose_their_decoration(tmp_path: Path) -> None:
    blocks = md(
        tmp_path,
        "# REPORT ON THINGS |\n\n### ***Protection***\n\n## 2. Part ##\n\nSet apart\n=========\n\nBelow\n---\n",
    )
    assert [(block.kind, block.level, block.text) for block in blocks] == [
        ("heading", 1, "REPORT ON THINGS"),
        ("heading", 3, "Protection"),
        ("heading", 2, "2. Part"),
        ("heading", 1, "Set apart"),
        ("heading", 2, "Below"),
    ]
    assert [block.emphasis for block in blocks] == [False, True, False, False, False]


def test_lines_of_a_paragraph_are_joined_and_rules_dropped(tmp_path: Path) -> None:
    text = "One line\nand a short-\nand long-\nterm plan.\n\n---\n\nMINISTRY OF X  \nSection Y\\\nZ\n\n***\n"
    assert told(md(tmp_path, text)) == [
        ("paragraph", "", "One line and a short- and long-term plan."),
        ("paragraph", "", "MINISTRY OF X Section Y Z"),
    ]


def test_a_text_with_one_paragraph_a_line_has_as_many_paragraphs(tmp_path: Path) -> None:
    long = "This paragraph is not wrapped. " * 8
    assert len(read(tmp_path, "a.txt", f"Title\n{long}\n{long}\nShort end.\n").blocks) == 4


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("*a* **b** ***c*** _d_ __e__", "a b c d e"),
        ("“*Title of it*”, *with **both***.", "“Title of it”, with both."),
        ("Kosovo* and Kosovo\\*, 2 * 3 * 4", "Kosovo* and Kosovo*, 2 * 3 * 4"),
        ("Kosovo*, Serbia* and *so on*", "Kosovo*, Serbia* and so on"),
        ("*a _b* c_", "a _b c_"),
        ("snake_case_ and ~~old~~ `code`", "snake_case_ and old code"),
        (
            "See [the *report*](http://x.org/a_(b) 'T') and <https://x.org/a_b>.",
            "See the report and https://x.org/a_b.",
        ),
        ("A &amp; B &ndash; C<br>D <b>E</b> H<sub>2</sub>O", "A & B – C D E H2O"),
        ("![logo](a.png) Text <!-- note --> end", "Text end"),
        (
            "ﬁnal eﬀort, oﬃce, co\u00adop, non\u2011paper, 4\u00a0000, e\u0301",
            "final effort, office, coop, non-paper, 4 000, é",
        ),
        ("[12](EC) and [a] stay", "[12](EC) and [a] stay"),
        ("the 7<sup>th</sup> report, 5 km<sup>2</sup>", "the 7th report, 5 km2"),
    ],
)
def test_inline_markup_becomes_plain_text(tmp_path: Path, source: str, text: str) -> None:
    assert told(md(tmp_path, source)) == [("paragraph", "", text)]


def test_a_block_set_in_bold_or_italic_as_a_whole_has_emphasis(tmp_path: Path) -> None:
    blocks = md(tmp_path, "**GRETA urges *Malta* to act.**<sup>1</sup>\n\n**GRETA** urges.\n\n- *an item*")
    assert [block.emphasis for block in blocks] == [True, False, True]


def test_raised_numbers_are_marks_and_notes_start_with_one(tmp_path: Path) -> None:
    blocks = md(tmp_path, "The EC<sup>2</sup> and ICMPD.<sup>3, 4</sup>\n\n<sup>2</sup> *Ibid.*, p. 4.\n")
    assert told(blocks) == [("paragraph", "", "The EC and ICMPD."), ("footnote", "2", "Ibid., p. 4.")]
    assert marks(blocks[0]) == [("EC", "2"), ("ICMPD.", "3"), ("ICMPD.", "4")]


def test_pandoc_footnotes_take_their_indented_paragraphs(tmp_path: Path) -> None:
    text = "First[^1] and second.[^far]\n\n[^1]: Note one\n    goes on.\n\n    And on.\n\n[^far]: Note two.\n\nAfter.\n"
    blocks = md(tmp_path, text)
    assert told(blocks) == [
        ("paragraph", "", "First and second."),
        ("footnote", "1", "Note one goes on. And on."),
        ("footnote", "far", "Note two."),
        ("paragraph", "", "After."),
    ]
    assert marks(blocks[0]) == [("First", "1"), ("second.", "far")]


def test_bracketed_numbers_are_marks_only_where_there_is_such_a_note(tmp_path: Path) -> None:
    text = "A claim.[1] The law [sic] of [1999] and [7].\n\n[1] The note\nof it.\n\n[8] Not called.\n"
    blocks = list(read(tmp_path, "a.txt", text).blocks)
    assert told(blocks) == [
        ("paragraph", "", "A claim. The law [sic] of [1999] and [7]."),
        ("footnote", "1", "The note of it."),
        ("paragraph", "", "[8] Not called."),
    ]
    assert marks(blocks[0]) == [("claim.", "1")]


@pytest.mark.parametrize("note", ["\\* This name", "* This name"])
def test_a_lone_star_starts_a_note_and_the_starred_name_keeps_its_star(tmp_path: Path, note: str) -> None:
    blocks = md(tmp_path, f"Serbia, Kosovo\\*, Malta and Kosovo\\*.\n\n{note} is without prejudice.\n")
    assert told(blocks) == [
        ("paragraph", "", "Serbia, Kosovo*, Malta and Kosovo*."),
        ("footnote", "*", "This name is without prejudice."),
    ]
    assert marks(blocks[0]) == [("Kosovo*", "*")]
    assert blocks[0].marks[0].offset == len("Serbia, Kosovo*")


def test_lists_have_depths_and_labels(tmp_path: Path) -> None:
    text = "Needed are:\n- one\n  goes on\n  - inner\n* two\n\n1. first\n2. second\n   a) lettered\n\n• typed\n\n"
    text += "(b) alone\n"
    assert [(block.kind, block.level, block.label, block.text) for block in md(tmp_path, text)] == [
        ("paragraph", 0, "", "Needed are:"),
        ("bullet", 1, "", "one goes on"),
        ("bullet", 2, "", "inner"),
        ("bullet", 1, "", "two"),
        ("bullet", 1, "1", "first"),
        ("bullet", 1, "2", "second"),
        ("bullet", 2, "a", "lettered"),
        ("bullet", 1, "", "typed"),
        ("bullet", 1, "b", "alone"),
    ]


def test_a_dash_or_number_at_the_start_of_a_wrapped_line_is_running_text(tmp_path: Path) -> None:
    text = "The plan was adopted on\n4. June and – as said\n– never carried out by the\n12. Division.\n"
    assert told(md(tmp_path, text)) == [("paragraph", "", " ".join(text.split()))]


def test_numbered_paragraphs_have_labels_and_headings_keep_their_numbers(tmp_path: Path) -> None:
    text = (
        "1. Introduction\n\n161. GRETA urges the authorities\nto train the police.\n\n2. Legal framework.\n\n"
        "162. “All” victims were heard:\n\n5. Access to work (Article 12) 14\n\n## 3. REGIONAL MATTERS\n"
    )
    assert told(md(tmp_path, text)) == [
        ("paragraph", "", "1. Introduction"),
        ("paragraph", "161", "GRETA urges the authorities to train the police."),
        ("paragraph", "", "2. Legal framework."),
        ("paragraph", "162", "“All” victims were heard:"),
        ("paragraph", "", "5. Access to work (Article 12) 14"),
        ("heading", "", "3. REGIONAL MATTERS"),
    ]


def test_items_that_all_say_one_are_counted_as_markdown_does(tmp_path: Path) -> None:
    labels = [block.label for block in md(tmp_path, "1. a\n1. b\n   - c\n1. d\n\nText\n\n1. a\n2. b\n")]
    assert labels == ["1", "2", "", "3", "", "1", "2"]


def test_a_number_that_every_paragraph_has_is_no_paragraph_number(tmp_path: Path) -> None:
    text = "1.  The first of the paragraphs is here.\n\n1.  The second of them is here.\n"
    assert [block.label for block in md(tmp_path, text)] == ["", ""]


SIMPLE_TABLE = """
  Year    Men | boys
  ------ -----------
  2095             9
  Total
"""
FRAMED_TABLE = """
  ------------------
  Year    Men |
          boys
  ------ -----------
  2095             9

  Total
  ------------------
"""


@pytest.mark.parametrize(
    "table",
    ["| Year | Men \\| boys |\n|:-----|---:|\n| 2095 | **9** |\n| Total |  |", SIMPLE_TABLE, FRAMED_TABLE],
)
def test_tables_become_rows(tmp_path: Path, table: str) -> None:
    blocks = md(tmp_path, f"Table 1\n\n{table}\n\nSource: none.\n")
    assert told(blocks) == [
        ("paragraph", "", "Table 1"),
        ("row", "", "Year | Men | boys"),
        ("row", "", "2095 | 9"),
        ("row", "", "Total |"),
        ("paragraph", "", "Source: none."),
    ]


def test_front_matter_is_metadata_and_a_rule_is_none(tmp_path: Path) -> None:
    reading = read(tmp_path, "a.md", '---\nTitle: "A: digest"\nrestates: A paper\nempty:\n---\nText.\n')
    assert reading.metadata == {"title": "A: digest", "restates": "A paper"}
    assert told(reading.blocks) == [("paragraph", "", "Text.")]
    reading = read(tmp_path, "b.md", "---\nNo key here\n---\n")
    assert reading.metadata == {}
    assert reading.blocks


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_of_a_text_is_found(tmp_path: Path, encoding: str) -> None:
    text = "The Council’s “café” – costs 5 €.\r\n\r\nNext."
    blocks = read(tmp_path, "a.txt", text.encode(encoding)).blocks
    assert [block.text for block in blocks] == ["The Council’s “café” – costs 5 €.", "Next."]


def test_form_feeds_are_page_breaks_and_repeated_lines_are_furniture(tmp_path: Path) -> None:
    pages = [
        f"{n} GRETA(2099)07\n\nText of page {word}.\n\n{n}\n" for n, word in ((1, "one"), (2, "two"), (3, "three"))
    ]
    reading = read(tmp_path, "a.txt", "\f".join(pages) + "\f")
    assert [block.text for block in reading.blocks] == ["Text of page one.", "Text of page two.", "Text of page three."]
    assert [block.pages for block in reading.blocks] == [(PageStart(0, n),) for n in (1, 2, 3)]
    assert reading.page_labels == ("1", "2", "3")
    assert reading.furniture == ("1 GRETA(2099)07", "2 GRETA(2099)07", "3 GRETA(2099)07")
    assert read(tmp_path, "b.txt", "No pages.").page_labels == ()


@pytest.mark.parametrize("source", ["*a", "_a *b ", "<sup>", "[a", "<!--", "[x](", "**a_ ", "&", "- ", "|", "[[x]"])
def test_unbalanced_markup_is_read_in_linear_time(tmp_path: Path, source: str) -> None:
    start = time.perf_counter()
    md(tmp_path, "Text " + source * 20_000)
    assert time.perf_counter() - start < 5


# --- HTML -------------------------------------------------------------------------------------------------------------


def test_html_blocks_come_in_order_with_levels_and_labels(tmp_path: Path) -> None:
    blocks = page(
        tmp_path,
        "<h1>A <em>title</em></h1><div>Loose<br>text<br><br>parted<p>In <b>bold</b></p>tail</div>"
        "<ul><li>one<ul><li>inner</li></ul></li><li><p>two</p><p>more</p></li></ul>"
        "<ol start=3 type=a><li>three</li><li value=6>six</li></ol><p>161. GRETA urges the State to act.</p>",
    )
    assert [(block.kind, block.level, block.label, block.text) for block in blocks] == [
        ("heading", 1, "", "A title"),
        ("paragraph", 0, "", "Loose text"),
        ("paragraph", 0, "", "parted"),
        ("paragraph", 0, "", "In bold"),
        ("paragraph", 0, "", "tail"),
        ("bullet", 1, "", "one"),
        ("bullet", 2, "", "inner"),
        ("bullet", 1, "", "two"),
        ("paragraph", 0, "", "more"),
        ("bullet", 1, "c", "three"),
        ("bullet", 1, "f", "six"),
        ("paragraph", 0, "161", "GRETA urges the State to act."),
    ]


def test_an_enumeration_that_goes_on_across_headings_numbers_paragraphs(tmp_path: Path) -> None:
    blocks = page(
        tmp_path,
        "<ol start=41><li>First.</li></ol><h2>Part</h2><ol start=42><li>Second.</li></ol>"
        "<ol><li>Item.</li><li>Item.</li></ol><ol start=43><li>Third.</li></ol>",
    )
    assert [(block.kind[0], block.label) for block in blocks if block.kind != "heading"] == [
        ("p", "41"),
        ("p", "42"),
        ("b", "1"),
        ("b", "2"),
        ("p", "43"),
    ]


NOTE_FORMS = {
    "pandoc": (
        '<p>Said.<a href="#fn9" class="footnote-ref" id="fnref9" role="doc-noteref"><sup>9</sup></a></p>'
        '<section class="footnotes"><hr><ol><li id="fn9"><p>9 victims.<a href="#fnref9" class="footnote-back">↩︎</a></p>'
        "</li></ol></section>"
    ),
    "Word": (
        '<p class=MsoNormal>Said.<a style=\'mso-footnote-id:ftn9\' href="#_ftn9" name="_ftnref9"><span>'
        "<![if !supportFootnotes]><span>[9]</span><![endif]></span></a></p><div style='mso-element:footnote-list'>"
        '<div style="mso-element:footnote" id=ftn9><p><a href="#_ftnref9" name="_ftn9">[9]</a> 9 victims.</p></div>'
        "</div>"
    ),
    "EUR-Lex": (
        '<p>Said<a id="ntc9-L" href="#ntr9-L">(<span class="oj-super">9</span>)</a>.</p>'
        '<p class="oj-note"><a id="ntr9-L" href="#ntc9-L">(<span class="oj-super">9</span>)</a>&nbsp; 9 victims.</p>'
    ),
    "bare links": ('<p>Said<a href="#x9" id="y9">9</a>.</p><p><a href="#y9" id="x9">9</a> 9 victims.</p>'),
    "free mark": "<p>Said <sup>9</sup> .</p><p><sup>9</sup> 9 victims.</p>",
    "encyclopaedia": (
        '<p>Said.<sup id="ref-9"><a href="#note-9">[9]</a></sup></p>'
        '<ol><li id="note-9"><b><a href="#ref-9">^</a></b> <span>9 victims.</span></li></ol>'
    ),
    "outer brackets": (
        '<p>Said.[<a href="#n9" id="r9">9</a>]</p>'
        '<table><tr><td><a id="n9" href="#r9">9</a>.</td><td>9 victims.</td></tr></table>'
    ),
}


@pytest.mark.parametrize("source", NOTE_FORMS)
def test_footnotes_of_html_are_found_however_they_are_made(tmp_path: Path, source: str) -> None:
    blocks = page(tmp_path, NOTE_FORMS[source])
    assert told(blocks) == [("paragraph", "", "Said."), ("footnote", "9", "9 victims.")]
    assert [mark.number for mark in blocks[0].marks] == ["9"]
    assert blocks[0].marks[0].offset in {len("Said"), len("Said.")}


def test_links_between_paragraphs_are_no_footnotes(tmp_path: Path) -> None:
    blocks = page(
        tmp_path,
        '<p id="p12">12. See paragraph <a href="#p92">92</a> of this report.</p>'
        '<p id="p92">92. See paragraph <a href="#p12">12</a> of this report.</p>',
    )
    assert told(blocks) == [
        ("paragraph", "12", "See paragraph 92 of this report."),
        ("paragraph", "92", "See paragraph 12 of this report."),
    ]


def test_what_html_does_not_show_is_not_read(tmp_path: Path) -> None:
    html = (
        "<!DOCTYPE html><html lang='en-GB'><head><title>A title</title><style>p{}</style></head><body>"
        "<header><h1>A Title</h1></header><nav>Menu</nav><script>x()</script><p hidden>h</p>"
        "<div style='display: none'>n</div><p>Shown<del> deleted</del>.</p><footer>Foot</footer></body></html>"
    )
    reading = read(tmp_path, "a.html", html)
    assert told(reading.blocks) == [("paragraph", "", "Shown.")]
    assert reading.metadata == {"title": "A title", "language": "en-GB"}
    assert reading.furniture == ("Foot",)


def test_html_tables_are_rows_lists_or_layout(tmp_path: Path) -> None:
    blocks = page(
        tmp_path,
        "<table><caption>Table 1</caption><tr><th>Year<th>Men</tr><tr><td>2095<td><p>9</p><p>boys</p></tr></table>"
        "<table><tr><td>(a)</td><td>a point;</td></tr></table><table><tr><td>—</td><td>a dash</td></tr></table>"
        "<table><tr><td><p>In a box.</p><p>Too.</p></td></tr></table>",
    )
    assert told(blocks) == [
        ("paragraph", "", "Table 1"),
        ("row", "", "Year | Men"),
        ("row", "", "2095 | 9 boys"),
        ("bullet", "a", "a point;"),
        ("bullet", "", "a dash"),
        ("paragraph", "", "In a box."),
        ("paragraph", "", "Too."),
    ]


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="utf-8">', "utf-8"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">', "cp1252"),
        ('<meta charset="iso-8859-1">', "cp1252"),
        ('<meta charset="iso-8859-1">', "utf-8"),
        ('<meta charset="windows-1250">', "cp1250"),
        ("", "cp1252"),
        ("", "utf-16"),
    ],
)
def test_the_encoding_of_a_page_is_found(tmp_path: Path, head: str, encoding: str) -> None:
    html = f"<html><head>{head}</head><body><p>The Council’s “Köln” – report</p></body></html>"
    blocks = read(tmp_path, "a.html", html.encode(encoding)).blocks
    assert [block.text for block in blocks] == ["The Council’s “Köln” – report"]


@pytest.mark.parametrize("encoding", ["hex", "nonsense", "shift_jis"])
def test_a_page_with_a_false_encoding_is_read_as_utf_8_or_refused(tmp_path: Path, encoding: str) -> None:
    html = f'<html><head><meta charset="{encoding}"></head><body>Ħarsien’s</body></html>'
    assert read(tmp_path, "a.html", html).blocks[0].text == "Ħarsien’s"
    path = tmp_path / "b.html"
    path.write_bytes(html.encode() + b"\xff\x81")
    with pytest.raises(UnreadableFileError, match=r"b\.html"):
        read_file(path)


def test_html_loads_nothing_and_expands_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    html = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><html><body><p>a &x; b</p></body></html>'
    assert "secret" not in " ".join(block.text for block in read(tmp_path, "a.html", html).blocks)


def test_html_nested_too_deep_is_refused_rather_than_cut_off(tmp_path: Path) -> None:
    assert page(tmp_path, "<div>" * 200 + "deep")[0].text == "deep"
    path = tmp_path / "b.html"
    path.write_text("<html><body><p>flat</p>" + "<div>" * 5_000 + "deep", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="to its end"):
        read_file(path)


# --- DOCX -------------------------------------------------------------------------------------------------------------


def t(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(*parts: str, style: str = "", properties: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    runs = [part if part.startswith("<") else t(part) for part in parts]
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{''.join(runs)}</w:p>"


def numbered(text: str, num_id: int, level: int = 0, style: str = "") -> str:
    num = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num_id}"/></w:numPr>'
    return p(text, style=style, properties=num)


def lvl(level: int, number_format: str, pattern: str, start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


RAISED = '<w:vertAlign w:val="superscript"/>'
STYLES = (
    '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Eigene"><w:name w:val="Eigene"/><w:basedOn w:val="berschrift1"/>'
    '<w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Aufzhlung"><w:name w:val="List Bullet"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Nummer"><w:name w:val="Nummer"/><w:pPr><w:numPr><w:ilvl w:val="1"/>'
    '<w:numId w:val="4"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Fett"><w:name w:val="Fett"/><w:rPr><w:b/></w:rPr></w:style>'
)
NUMBERING = (
    f'<w:abstractNum w:abstractNumId="0">{lvl(0, "decimal", "%1.")}{lvl(1, "lowerLetter", "%2)")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="1">{lvl(0, "bullet", "•")}{lvl(1, "bullet", "o")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="2">{lvl(0, "upperRoman", "%1.")}{lvl(1, "decimal", "%1.%2")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="3">{lvl(0, "bullet", " ")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="4"><w:styleLink w:val="Liste"/>{lvl(0, "decimal", "(%1)")}</w:abstractNum>'
    '<w:abstractNum w:abstractNumId="5"><w:numStyleLink w:val="Liste"/></w:abstractNum>'
    '<w:num w:numId="6"><w:abstractNumId w:val="5"/></w:num>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num><w:num w:numId="5"><w:abstractNumId w:val="3"/></w:num>'
    '<w:num w:numId="4"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
    "</w:lvlOverride></w:num>"
)


def docx(body: str, *, footnotes: str = "", endnotes: str = "", header: str = "", core: str = "") -> bytes:
    """A Word document with this body, put together by hand."""
    parts = {
        "styles": f"<w:styles {W}>{STYLES}</w:styles>",
        "numbering": f"<w:numbering {W}>{NUMBERING}</w:numbering>",
        "footnotes": f'<w:footnotes {W}><w:footnote w:type="separator" w:id="-1"/>{footnotes}</w:footnotes>',
        "endnotes": f"<w:endnotes {W}>{endnotes}</w:endnotes>",
        "header": f"<w:hdr {W}>{header}</w:hdr>",
    }
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml."
    overrides = [("/word/document.xml", word + "document.main+xml")]
    overrides += [(f"/word/{name}.xml", f"{word}{name}+xml") for name in parts]
    overrides += [("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")]
    relations = [f'<Relationship Id="r{name}" Type="{R}/{name}" Target="{name}.xml"/>' for name in parts]
    package = "http://schemas.openxmlformats.org/package/2006/"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides)
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}relationships">'
        f'<Relationship Id="r1" Type="{R}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="r2" Type="{package}relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        "</Relationships>",
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{package}metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">{core}</cp:coreProperties>',
        "word/document.xml": f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}relationships">{"".join(relations)}'
        "</Relationships>",
        **{f"word/{name}.xml": text for name, text in parts.items()},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def word(tmp_path: Path, body: str, **parts: str) -> list[Block]:
    return list(read(tmp_path, "a.docx", docx(body, **parts)).blocks)


def test_word_headings_are_known_by_style_in_any_language(tmp_path: Path) -> None:
    body = p("Teil", style="berschrift1") + p("Punkt", style="Eigene") + p("Text", style="Fett")
    body += p("Direct", properties='<w:outlineLvl w:val="1"/>') + p("Punkt 3", style="Verzeichnis1")
    blocks = word(tmp_path, body)
    assert [(block.kind, block.level, block.text, block.emphasis) for block in blocks] == [
        ("heading", 1, "Teil", False),
        ("heading", 3, "Punkt", False),
        ("paragraph", 0, "Text", True),
        ("heading", 2, "Direct", False),
    ]


def test_word_numbers_are_counted_as_word_does(tmp_path: Path) -> None:
    body = [
        numbered("Intro", 3, style="berschrift1"),
        numbered("One of them.", 1),
        numbered("A point.", 1, 1),
        numbered("B point.", 1, 1),
        numbered("Sub", 3, 1, style="Eigene"),
        numbered("Two of them.", 1),
        numbered("A again.", 1, 1),
        numbered("Restarted.", 4),
        numbered("Goes on.", 4),
        numbered("Listed.", 6),
        p("Styled.", style="Nummer"),
        numbered("Not numbered.", 0, style="Nummer"),
        numbered("Bullet.", 2, 1),
        numbered("Continued.", 5),
        p("9.", "<w:r><w:tab/></w:r>", "Typed numbers are numbers too."),
    ]
    assert [(block.kind, block.level, block.label, block.text) for block in word(tmp_path, "".join(body))] == [
        ("heading", 1, "", "I. Intro"),
        ("paragraph", 0, "1", "One of them."),
        ("bullet", 2, "a", "A point."),
        ("bullet", 2, "b", "B point."),
        ("heading", 3, "", "I.1 Sub"),
        ("paragraph", 0, "2", "Two of them."),
        ("bullet", 2, "a", "A again."),
        ("bullet", 1, "1", "Restarted."),
        ("bullet", 1, "2", "Goes on."),
        ("bullet", 1, "1", "Listed."),
        ("bullet", 2, "a", "Styled."),
        ("paragraph", 0, "", "Not numbered."),
        ("bullet", 2, "", "Bullet."),
        ("paragraph", 0, "", "Continued."),
        ("paragraph", 0, "9", "Typed numbers are numbers too."),
    ]


def ref(note_id: int, kind: str = "footnote", sign: str = "") -> str:
    if sign:
        return f'<w:r><w:{kind}Reference w:customMarkFollows="1" w:id="{note_id}"/><w:t>{sign}</w:t></w:r>'
    return f'<w:r><w:{kind}Reference w:id="{note_id}"/></w:r>'


def note(note_id: int, *paragraphs: str, kind: str = "footnote") -> str:
    return f'<w:{kind} w:id="{note_id}">{"".join(p(text) for text in paragraphs)}</w:{kind}>'


def test_word_notes_follow_their_paragraph_with_the_numbers_that_word_shows(tmp_path: Path) -> None:
    body = p("One", ref(7), " two", ref(3, sign="*"), " three.", ref(5)) + p("End", ref(2, "endnote"), ".")
    body += p(ref(9), "Called at the start.")
    footnotes = (
        note(5, " See there.")
        + note(3, "* A sign.")
        + note(7, "First", "and more.")
        + note(9, "Third.")
        + note(11, "Not called.")
    )
    blocks = word(tmp_path, body, footnotes=footnotes, endnotes=note(2, "At the end.", kind="endnote"))
    assert told(blocks) == [
        ("paragraph", "", "One two three."),
        ("footnote", "1", "First and more."),
        ("footnote", "*", "A sign."),
        ("footnote", "2", "See there."),
        ("paragraph", "", "End."),
        ("footnote", "i", "At the end."),
        ("paragraph", "", "Called at the start."),
        ("footnote", "3", "Third."),
    ]
    assert marks(blocks[0]) == [("One", "1"), ("two", "*"), ("three.", "2")]


def test_typed_footnotes_of_a_word_file_are_footnotes(tmp_path: Path) -> None:
    body = p("A claim.", t("1", RAISED), " The 7", t("th", RAISED), " report.") + p(t("1", RAISED), " Its source.")
    body += p("More.", t("2", RAISED)) + p("Notes", style="berschrift1") + p("2. The source of the second claim.")
    blocks = word(tmp_path, body)
    assert told(blocks) == [
        ("paragraph", "", "A claim. The 7th report."),
        ("footnote", "1", "Its source."),
        ("paragraph", "", "More."),
        ("heading", "", "Notes"),
        ("footnote", "2", "The source of the second claim."),
    ]
    assert marks(blocks[0]) == [("claim.", "1")]


def test_word_text_is_read_as_if_all_changes_were_accepted(tmp_path: Path) -> None:
    body = p(
        "Kept",
        f"<w:ins>{t(' inserted')}</w:ins>",
        '<w:del><w:r><w:delText xml:space="preserve"> deleted</w:delText></w:r></w:del>',
        f"<w:moveFrom>{t(' moved away')}</w:moveFrom>",
        t(" hidden", "<w:vanish/>"),
        '<w:r><w:commentReference w:id="1"/></w:r>',
        f'<w:hyperlink w:anchor="x">{t(" link")}</w:hyperlink>',
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:t>code</w:t><w:instrText>HYPERLINK</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>',
        t(" result"),
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
        "<w:r><w:br/><w:t>co</w:t><w:softHyphen/><w:t>op</w:t><w:noBreakHyphen/><w:t>x</w:t><w:tab/><w:t>y</w:t></w:r>",
        f"<w:sdt><w:sdtContent>{t(' control')}</w:sdtContent></w:sdt>",
    )
    joined = "<w:rPr><w:del/></w:rPr>"
    body += p("Joined", properties=joined) + p(" paragraph.") + p("The end.", properties=joined)
    assert told(word(tmp_path, body)) == [
        ("paragraph", "", "Kept inserted link result coop-x y control"),
        ("paragraph", "", "Joined paragraph."),
        ("paragraph", "", "The end."),
    ]


def test_text_boxes_tables_and_frames_are_not_lost(tmp_path: Path) -> None:
    inner = f"<w:tbl><w:tr><w:tc>{p('a')}</w:tc><w:tc>{p('b')}</w:tc></w:tr></w:tbl>"
    box = f"<w:txbxContent>{p('In the box.')}{inner}</w:txbxContent>"
    body = p(
        "Before",
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:r>",
        " and after.",
    )
    body += "<w:tbl>" + "".join(
        f"<w:tr>{''.join(f'<w:tc>{p(cell)}{p()}</w:tc>' for cell in cells)}</w:tr>"
        for cells in (("Year", "Men"), ("2095", "9"))
    )
    body += f"</w:tbl><w:tbl><w:tr><w:tc>{p('Framed.')}{p('• typed', style='Aufzhlung')}</w:tc></w:tr></w:tbl>"
    assert told(word(tmp_path, body)) == [
        ("paragraph", "", "Before and after."),
        ("paragraph", "", "In the box."),
        ("row", "", "a | b"),
        ("row", "", "Year | Men"),
        ("row", "", "2095 | 9"),
        ("paragraph", "", "Framed."),
        ("bullet", "", "typed"),
    ]


def test_word_properties_and_headers_are_kept_apart(tmp_path: Path) -> None:
    core = "<dc:title>A report</dc:title><dc:language>en-GB</dc:language>"
    reading = read(tmp_path, "a.docx", docx(p("Text."), header=p("GRETA(2099)07") + p("12"), core=core))
    assert reading.metadata == {"title": "A report", "language": "en-GB"}
    assert reading.furniture == ("GRETA(2099)07",)
    assert told(reading.blocks) == [("paragraph", "", "Text.")]


def test_a_word_file_that_unpacks_to_an_absurd_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    path.write_bytes(docx(p("Text.")))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.bin", bytes(30_000_000))
    with pytest.raises(UnreadableFileError, match="unpacks from"):
        read_file(path)


@pytest.mark.parametrize(
    "body", ["<w:p>", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "<w:x>" * 3000 + p("deep") + "</w:x>" * 3000, "\x00"]
)
def test_a_damaged_word_file_is_refused(tmp_path: Path, body: str) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(docx(body))
    with pytest.raises(UnreadableFileError, match=r"a\.docx is damaged"):
        read_file(path)


# --- the real ones ----------------------------------------------------------------------------------------------------

QUOTES_AND_DASHES = str.maketrans("“”‘’–—", "\"\"''--")


def test_three_forms_of_the_non_paper_say_the_same(shared: Path) -> None:
    name = "reports/icmpd-non-paper-western-balkans-2018"
    forms = {}
    for suffix in ("txt", "docx", "html"):
        form, reading = read_file(shared / f"{name}.{suffix}")
        assert form == FORMS[f".{suffix}"]
        body = [
            (block.kind, block.level, block.text.translate(QUOTES_AND_DASHES), block.marks, block.emphasis)
            for block in reading.blocks
            if block.kind != "footnote"
        ]
        notes = {
            block.label: block.text.translate(QUOTES_AND_DASHES) for block in reading.blocks if block.kind == "footnote"
        }
        forms[suffix] = (body, notes)
        assert sum(block.kind == "footnote" for block in reading.blocks) == len(notes)
    body, notes = forms["txt"]
    assert set(notes) == {"*", *map(str, range(1, 63))}
    assert [mark.number for *_, block_marks, _ in body for mark in block_marks] == ["*", *map(str, range(1, 63))]
    assert sum(kind == "bullet" for kind, *_ in body) == 41
    assert sum(kind == "heading" for kind, *_ in body) == 18
    assert forms["docx"] == forms["txt"]
    assert forms["html"] == forms["txt"]


@pytest.mark.parametrize(
    "name", ["greta_mt_r3.docx", "greta_mt_r3_autonum.docx", "greta_mt_r3.html", "greta_mt_r3.txt"]
)
def test_forms_of_a_specimen_report_have_its_paragraphs_and_footnotes(shared: Path, name: str) -> None:
    truth = json.loads((shared / "specimens/truth/greta_mt_r3.json").read_text(encoding="utf-8"))
    blocks = read_file(shared / "specimens/variants" / name)[1].blocks
    notes = {block.label: block.text for block in blocks if block.kind == "footnote"}
    assert notes == {str(note["number"]): note["text"] for note in truth["footnotes"]}
    paragraphs = {block.label: block for block in blocks if block.kind == "paragraph" and block.label}
    texts = [block.text for block in blocks]
    for paragraph in truth["paragraphs"]:
        number = str(paragraph["number"])
        if name.endswith(".txt"):  # Its converter wrote "1." before every paragraph.
            block = next(block for block in blocks if paragraph["text"].startswith(block.text) and len(block.text) > 30)
        else:
            block = paragraphs[number]
        joined = " ".join(texts[texts.index(block.text) :][:12])
        assert joined.startswith(paragraph["text"]), number
        assert {str(n) for n in paragraph["footnotes"]} >= {mark.number for mark in block.marks}
    assert len(paragraphs) == (0 if name.endswith(".txt") else len(truth["paragraphs"]))
