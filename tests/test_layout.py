"""Every document in here is invented. The PDFs are written by `Sheet` and `pdf` below, or printed by Chromium."""

from __future__ import annotations

import re
import shutil
import subprocess
import textwrap
from pathlib import Path

import pytest

from ingest.blocks import Block, PageStart, Reading
from ingest.errors import UnreadableFileError
from ingest.layout import PageLayout, Run, lay_out
from ingest.readers import read_file

FONTS = {"roman": "Courier", "bold": "Courier-Bold", "italic": "Courier-Oblique"}
ADVANCE = 0.6  # Every letter of Courier is 0.6 of the type size wide, so that places can be worked out by hand.
LIGATURES = {"\ufb01": "\x01", "\ufb02": "\x02", "\ufb03": "\x03"}
SYMBOLS = {"\uf0b7": "\x04"}
HEAD = "Specimen report of the harbour guild"
PILOTS = (
    "The guild keeps a register of all pilots who work in the harbour, and two inspectors who are chosen by lot read "
    "the whole of it once in every year. What they find is put before the board, which hears every pilot whose "
    "papers are not in order before it strikes any name off the register of the guild"
)


class Sheet:
    """One page of 595 by 842 points, under construction."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    def put(self, x: float, y: float, text: str, *, size: float = 10, font: str = "roman") -> Sheet:
        """Draws a line of text from (x, y); "{7}" in it becomes a raised small 7."""
        for place, piece in enumerate(re.split(r"\{(\d+|\*)\}", text)):
            points, up = (0.6 * size, 0.35 * size) if place % 2 else (size, 0.0)
            if piece:
                at = f"1 0 0 1 {x:.2f} {y + up:.2f} Tm"
                self.drawn.append(f"BT /{font} {points:.2f} Tf {at} ({_escaped(piece)}) Tj ET")
            x += ADVANCE * points * len(piece)
        return self

    def lines(self, x: float, y: float, lines: list[str], *, size: float = 10, font: str = "roman") -> Sheet:
        """Draws lines 1.2 type sizes apart, the first at height y."""
        for place, line in enumerate(lines):
            self.put(x, y - 1.2 * size * place, line, size=size, font=font)
        return self

    def rule(self, y: float) -> Sheet:
        self.drawn.append(f"72 {y} m 216 {y} l S")
        return self

    def disc(self, x: float, y: float, across: float = 4) -> Sheet:
        """Draws a filled circle, by four curves; (x, y) is its lower left corner."""
        r = across / 2
        k = 0.5523 * r
        middle = (x + r, y + r)
        curves = [
            ((r, 0), (r, k), (k, r), (0, r)),
            ((0, r), (-k, r), (-r, k), (-r, 0)),
            ((-r, 0), (-r, -k), (-k, -r), (0, -r)),
            ((0, -r), (k, -r), (r, -k), (r, 0)),
        ]
        points = [" ".join(f"{middle[0] + a:.3f} {middle[1] + b:.3f}" for a, b in curve[1:]) for curve in curves]
        self.drawn.append(f"{middle[0] + r:.3f} {middle[1]:.3f} m " + " ".join(f"{p} c" for p in points) + " f")
        return self


def _escaped(text: str) -> str:
    for character, code in (LIGATURES | SYMBOLS).items():
        text = text.replace(character, code)
    return re.sub(r"([\\()])", r"\\\1", text.encode("cp1252").decode("latin-1"))


def pdf(*sheets: Sheet, catalog: str = "", trailer: str = "") -> bytes:
    """Returns a PDF of these pages; `catalog` and `trailer` are put into the dictionaries of that name."""
    encoding = "<< /BaseEncoding /WinAnsiEncoding /Differences [1 /fi /fl /ffi /uniF0B7] >>"
    fonts = " ".join(
        f"/{name} << /Type /Font /Subtype /Type1 /BaseFont /{base} /Encoding {encoding} >>"
        for name, base in FONTS.items()
    )
    resources = f"/MediaBox [0 0 595 842] /Resources << /Font << {fonts} >> >>"
    kids = " ".join(f"{3 + 2 * place} 0 R" for place in range(len(sheets)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} {resources} >>",
    ]
    for place, sheet in enumerate(sheets):
        stream = "\n".join(sheet.drawn)
        objects.append(f"<< /Type /Page /Parent 2 0 R /Contents {4 + 2 * place} 0 R >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    out = "%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\n"
    out += f"startxref\n{out.index('xref')}\n%%EOF\n"
    return out.encode("latin-1")


def read(tmp_path: Path, *sheets: Sheet, catalog: str = "") -> Reading:
    path = tmp_path / "specimen.pdf"
    path.write_bytes(pdf(*sheets, catalog=catalog))
    form, reading = read_file(path)
    assert form == "pdf"
    return reading


def blocks_of(tmp_path: Path, *sheets: Sheet) -> list[tuple[str, str, str]]:
    return told(read(tmp_path, *sheets).blocks)


def told(blocks: tuple[Block, ...]) -> list[tuple[str, str, str]]:
    return [(block.kind, block.label, block.text) for block in blocks]


def wrapped(text: str) -> list[str]:
    """Lines of 72 letters, which are 432 points wide at 10 points."""
    return textwrap.wrap(text, 72, break_on_hyphens=False)


def before(block: Block, number: str) -> str:
    """The two words before a footnote mark."""
    offset = next(mark.offset for mark in block.marks if mark.number == number)
    return " ".join(block.text[:offset].split(" ")[-2:])


# --- page furniture and page labels -----------------------------------------------------------------------------------


def story(season: str) -> str:
    """A paragraph whose last line is short."""
    return f"{PILOTS} in {season}."


def furnished(label: str, text: str) -> Sheet:
    return Sheet().put(72, 800, HEAD).lines(72, 740, wrapped(text)).put(290, 30, label)


def test_running_heads_feet_and_page_numbers_are_no_text_but_furniture(tmp_path: Path) -> None:
    reading = read(tmp_path, furnished("1", story("spring")), furnished("2", story("autumn")))
    assert told(reading.blocks) == [("paragraph", "", story("spring")), ("paragraph", "", story("autumn"))]
    assert HEAD in reading.furniture


def test_a_line_at_the_top_that_only_one_page_has_is_text(tmp_path: Path) -> None:
    first = Sheet().put(72, 800, "The guild met in spring.").put(72, 700, "It was a cold day.")
    second = Sheet().put(72, 800, "The board met in autumn.").put(72, 700, "It was a warm day.")
    assert [text for _, _, text in blocks_of(tmp_path, first, second)] == [
        "The guild met in spring.",
        "It was a cold day.",
        "The board met in autumn.",
        "It was a warm day.",
    ]


def test_a_number_in_the_middle_of_a_page_is_text(tmp_path: Path) -> None:
    first = furnished("1", story("spring")).put(72, 600, "27").put(72, 560, "pilots were heard.")
    assert ("paragraph", "", "27") in blocks_of(tmp_path, first, furnished("2", story("autumn")))


def test_printed_page_numbers_are_the_labels_also_when_they_are_shifted(tmp_path: Path) -> None:
    texts = [story("spring"), story("summer"), story("autumn")]
    reading = read(tmp_path, *(furnished(str(7 + place), text) for place, text in enumerate(texts)))
    assert reading.page_labels == ("7", "8", "9")
    assert [block.pages for block in reading.blocks] == [(PageStart(0, page),) for page in (1, 2, 3)]


def test_page_numbers_of_the_kind_1_of_3_are_labels(tmp_path: Path) -> None:
    texts = [story("spring"), story("summer"), story("autumn")]
    reading = read(tmp_path, *(furnished(f"{page}/3", text) for page, text in enumerate(texts, start=1)))
    assert reading.page_labels == ("1", "2", "3")
    assert [block.text for block in reading.blocks] == texts


def test_labels_that_the_pdf_gives_count_where_no_number_is_printed(tmp_path: Path) -> None:
    labels = "/PageLabels << /Nums [0 << /S /r >> 2 << /S /D /St 5 >>] >>"
    sheets = [Sheet().put(72, 740, f"The board met on day {word}.") for word in "abc"]
    assert read(tmp_path, *sheets, catalog=labels).page_labels == ("i", "ii", "5")


def test_pages_without_any_label_are_counted(tmp_path: Path) -> None:
    sheets = [Sheet().put(72, 740, f"The board met on day {word}.") for word in "abc"]
    assert read(tmp_path, *sheets).page_labels == ("1", "2", "3")


# --- footnotes --------------------------------------------------------------------------------------------------------


def test_a_raised_number_is_a_mark_and_a_line_that_starts_with_one_is_a_note(tmp_path: Path) -> None:
    sheet = Sheet().put(72, 740, "The guild met.{3} The board did not.{4}")
    sheet.lines(72, 90, ["{3}In the long winter, of which", "much is told.", "{4} See the register."], size=8)
    reading = read(tmp_path, sheet)
    assert told(reading.blocks) == [
        ("paragraph", "", "The guild met. The board did not."),
        ("footnote", "3", "In the long winter, of which much is told."),
        ("footnote", "4", "See the register."),
    ]
    assert before(reading.blocks[0], "3") == "guild met."
    assert before(reading.blocks[0], "4") == "did not."


def test_a_mark_before_a_comma_or_in_the_middle_of_a_sentence_leaves_no_gap(tmp_path: Path) -> None:
    reading = read(tmp_path, Sheet().put(72, 740, "The guild{1}, which met{2} twice, is old."))
    assert reading.blocks[0].text == "The guild, which met twice, is old."
    assert before(reading.blocks[0], "1") == "The guild"
    assert before(reading.blocks[0], "2") == "which met"


FOOT = ["12{} See the register.", "13{} In the long winter, of which", "much is told."]
NOTES = [("footnote", "12", "See the register."), ("footnote", "13", "In the long winter, of which much is told.")]


@pytest.mark.parametrize("stop", ["", "."])
@pytest.mark.parametrize("size", [8, 10])
def test_notes_whose_own_numbers_are_not_raised_stand_below_their_marks(tmp_path: Path, stop: str, size: float) -> None:
    sheet = Sheet().put(72, 740, "The guild met.{12} The board did not.{13}")
    sheet.lines(72, 90, [line.format(stop) for line in FOOT], size=size)
    assert blocks_of(tmp_path, sheet) == [("paragraph", "", "The guild met. The board did not."), *NOTES]


@pytest.mark.parametrize("marks", [("[12]", "[13]"), ("12", "13")])
def test_marks_in_the_size_of_the_text_are_marks_where_notes_have_their_numbers(
    tmp_path: Path, marks: tuple[str, str]
) -> None:
    sheet = Sheet().put(72, 740, f"The guild met.{marks[0]} The board met in 2096.{marks[1]}")
    sheet.lines(72, 90, [f"{mark} {line[5:]}" for mark, line in zip((*marks, ""), FOOT, strict=True) if mark], size=8)
    reading = read(tmp_path, sheet)
    if marks[0] == "12":  # A figure behind a year is no mark: only letters and brackets carry one.
        assert reading.blocks[0].text == "The guild met. The board met in 2096.13"
    else:
        assert reading.blocks[0].text == "The guild met. The board met in 2096."
        assert before(reading.blocks[0], "13") == "in 2096."
    assert before(reading.blocks[0], "12") == "guild met."
    assert reading.blocks[1].label == "12"


def test_figures_at_the_foot_of_a_page_are_no_notes_without_marks(tmp_path: Path) -> None:
    sheet = Sheet().put(72, 740, "The guild met.").lines(72, 90, ["12 pilots were heard."], size=8)
    assert [kind for kind, _, _ in blocks_of(tmp_path, sheet)] == ["paragraph", "paragraph"]


def test_the_raised_digit_of_a_unit_is_text(tmp_path: Path) -> None:
    reading = read(tmp_path, Sheet().put(72, 740, "The house has 60 m{2} for nine pilots.{3}"))
    assert reading.blocks[0].text == "The house has 60 m2 for nine pilots."
    assert [mark.number for mark in reading.blocks[0].marks] == ["3"]


def test_a_number_of_the_size_of_the_text_is_no_mark(tmp_path: Path) -> None:
    reading = read(tmp_path, Sheet().put(72, 740, "There were").put(138, 740, "27").put(156, 740, "pilots."))
    assert reading.blocks[0].text == "There were 27 pilots."
    assert reading.blocks[0].marks == ()


NOTE = [
    "{1}What the inspectors do with the register when they have read the whole of it from",
    "one end to the other is not laid down by any rule of the guild, and so the board has",
    "to tell them in each year.",
]


@pytest.mark.parametrize("ruled", [True, False])
def test_a_sentence_split_by_a_page_and_a_note_that_goes_on_overleaf_are_put_together(
    tmp_path: Path, *, ruled: bool
) -> None:
    lines = wrapped(PILOTS + ".")
    first = Sheet().lines(72, 740, [lines[0], lines[1] + "{1}", lines[2]]).lines(72, 120, NOTE[:2], size=8)
    second = Sheet().lines(72, 740, [*lines[3:-1], lines[-1] + "{2}"])
    second.lines(72, 120, [NOTE[2], "{2}A second note."], size=8)
    if ruled:
        first.rule(132)
        second.rule(132)
    reading = read(tmp_path, first, second)
    whole_note = " ".join(NOTE).removeprefix("{1}")
    assert told(reading.blocks) == [
        ("paragraph", "", PILOTS + "."),
        ("footnote", "1", whole_note),
        ("footnote", "2", "A second note."),
    ]
    body, note, _ = reading.blocks
    assert body.pages == (PageStart(0, 1), PageStart(PILOTS.index(lines[3]), 2))
    assert note.pages == (PageStart(0, 1), PageStart(whole_note.index(NOTE[2]), 2))
    assert before(body, "1") == " ".join(lines[1].split()[-2:])
    assert before(body, "2") == "the guild."


def test_a_paragraph_whose_sentence_ended_with_the_page_does_not_go_on_overleaf(tmp_path: Path) -> None:
    full = [*wrapped(PILOTS), "of the harbour, and then the board writes to the whole of the old guild."]
    first, second = Sheet().lines(72, 740, full), Sheet().lines(72, 740, wrapped(story("spring")))
    assert [text for _, _, text in blocks_of(tmp_path, first, second)] == [" ".join(full), story("spring")]


def test_a_rule_tells_that_a_note_goes_on_overleaf_whatever_its_next_word(tmp_path: Path) -> None:
    first = Sheet().lines(72, 740, wrapped(story("spring"))).put(72, 600, "The guild met.{1}").rule(132)
    first.put(72, 120, "{1}It met in the hall of the", size=8)
    second = Sheet().lines(72, 740, wrapped(story("autumn"))).rule(132).put(72, 120, "Old Town.", size=8)
    assert [(kind, text) for kind, _, text in blocks_of(tmp_path, first, second)] == [
        ("paragraph", story("spring")),
        ("paragraph", "The guild met."),
        ("footnote", "It met in the hall of the Old Town."),
        ("paragraph", story("autumn")),
    ]


def test_body_text_overleaf_is_no_note_though_a_note_came_last_on_the_page_before(tmp_path: Path) -> None:
    first = Sheet().lines(72, 740, wrapped(story("spring"))).put(72, 600, "The guild met.{1}")
    first.rule(132).put(72, 120, "{1}In winter.", size=8)
    second = Sheet().lines(72, 740, wrapped(story("autumn"))).rule(132).put(72, 120, "{2}In spring.", size=8)
    assert [(kind, text) for kind, _, text in blocks_of(tmp_path, first, second)] == [
        ("paragraph", story("spring")),
        ("paragraph", "The guild met."),
        ("footnote", "In winter."),
        ("paragraph", story("autumn")),
        ("footnote", "In spring."),
    ]


# --- list items and numbered paragraphs -------------------------------------------------------------------------------

ITEMS = [
    ("bullet", "", "hear every pilot who asks for it and write down what each of them says;"),
    ("bullet", "", "go."),
]


@pytest.mark.parametrize("glyph", ["•", "–", "-", "\uf0b7"])
def test_items_with_a_glyph_of_their_own_are_bullets_without_it(tmp_path: Path, glyph: str) -> None:
    sheet = Sheet().put(72, 740, "The board should:").put(80, 728, glyph)
    sheet.lines(92, 728, ["hear every pilot who asks for it and write down", "what each of them says;"])
    sheet.put(80, 704, glyph).put(92, 704, "go.")
    assert blocks_of(tmp_path, sheet) == [("paragraph", "", "The board should:"), *ITEMS]


def test_a_glyph_drawn_together_with_its_text_is_a_list_mark(tmp_path: Path) -> None:
    sheet = Sheet().put(72, 740, "The board should:").put(80, 728, "• hear every pilot who asks for it and write down")
    sheet.put(92, 716, "what each of them says;").put(80, 704, "• go.")
    assert blocks_of(tmp_path, sheet) == [("paragraph", "", "The board should:"), *ITEMS]


def test_a_disc_drawn_beside_a_line_makes_it_a_bullet_and_other_circles_do_not(tmp_path: Path) -> None:
    sheet = Sheet().put(72, 740, "The board should:").disc(82, 731)
    sheet.lines(92, 728, ["hear every pilot who asks for it and write down", "what each of them says;"])
    sheet.disc(82, 707).put(92, 704, "go.")
    sheet.disc(72, 600, across=30).put(110, 610, "The seal of the guild.")
    assert blocks_of(tmp_path, sheet) == [
        ("paragraph", "", "The board should:"),
        *ITEMS,
        ("paragraph", "", "The seal of the guild."),
    ]


def test_an_item_that_a_page_splits_is_put_together(tmp_path: Path) -> None:
    first = (
        Sheet().put(72, 740, "The board should:").put(80, 72, "•").put(92, 72, "hear every pilot who asks for it and")
    )
    second = Sheet().put(92, 740, "write down what each of them says;").put(80, 728, "•").put(92, 728, "go.")
    reading = read(tmp_path, first, second)
    assert told(reading.blocks)[1:] == ITEMS
    assert reading.blocks[1].pages == (PageStart(0, 1), PageStart(ITEMS[0][2].index("write"), 2))


def test_a_hanging_number_is_the_paragraphs_number(tmp_path: Path) -> None:
    sheet = Sheet().put(72, 740, "12.").lines(102, 740, wrapped(PILOTS)[:2])
    sheet.put(72, 700, "13.").put(102, 700, "The board met.")
    assert blocks_of(tmp_path, sheet) == [
        ("paragraph", "12", " ".join(wrapped(PILOTS)[:2])),
        ("paragraph", "13", "The board met."),
    ]


@pytest.mark.parametrize("number", ["{n}.", "§ {n}", "({n})"])
def test_a_number_drawn_apart_from_its_lines_is_the_paragraphs_number(tmp_path: Path, number: str) -> None:
    sheet = Sheet().lines(112, 740, wrapped(PILOTS)[:2]).put(112, 700, "The board met.")
    sheet.put(72, 740, number.format(n=12)).put(72, 700, number.format(n=13))
    assert [(kind, label) for kind, label, _ in blocks_of(tmp_path, sheet)] == [
        ("paragraph", "12"),
        ("paragraph", "13"),
    ]


@pytest.mark.parametrize("mark", ["-", "a)", "(ii)"])
def test_a_list_mark_drawn_behind_its_text_makes_a_bullet(tmp_path: Path, mark: str) -> None:
    sheet = Sheet().put(112, 740, "hear every pilot;").put(85, 740, mark)
    assert blocks_of(tmp_path, sheet) == [("bullet", mark.strip("-()"), "hear every pilot;")]


def counted(*numbers: int) -> Sheet:
    sheet = Sheet()
    for place, number in enumerate(numbers):
        sheet.put(72, 740 - 24 * place, str(number)).put(102, 740 - 24 * place, "The board heard the old pilots.")
    return sheet


def test_bare_numbers_that_count_up_are_the_paragraphs_numbers(tmp_path: Path) -> None:
    assert [label for _, label, _ in blocks_of(tmp_path, counted(*range(1, 13)))] == [str(n) for n in range(1, 13)]


def test_bare_numbers_that_do_not_count_up_are_text(tmp_path: Path) -> None:
    blocks = blocks_of(tmp_path, counted(*range(30, 42)))
    assert all(label == "" and text[:2].isdigit() for _, label, text in blocks)


# --- reading order ----------------------------------------------------------------------------------------------------


def test_what_is_drawn_late_stands_where_it_is_on_the_page(tmp_path: Path) -> None:
    sheet = Sheet().put(72, 740, "Pilots", size=14, font="bold").put(72, 660, "Boats", size=14, font="bold")
    sheet.put(72, 710, "The guild met.").put(72, 630, "The board met.")
    assert [text for _, _, text in blocks_of(tmp_path, sheet)] == [
        "Pilots",
        "The guild met.",
        "Boats",
        "The board met.",
    ]


def test_columns_stay_columns_where_something_is_drawn_late(tmp_path: Path) -> None:
    left, right = textwrap.wrap(PILOTS, 32)[:6], textwrap.wrap(PILOTS.upper(), 32)[:6]
    sheet = Sheet().lines(72, 712, left[2:]).lines(320, 736, right).lines(72, 736, left[:2])
    text = " ".join(text for _, _, text in blocks_of(tmp_path, sheet))
    assert text == " ".join([*left, *right])


# --- words ------------------------------------------------------------------------------------------------------------


def text_of(tmp_path: Path, lines: list[str]) -> str:
    blocks = blocks_of(tmp_path, Sheet().lines(72, 740, lines))
    assert len(blocks) == 1
    return blocks[0][2]


def test_the_typesetters_hyphens_are_undone(tmp_path: Path) -> None:
    assert text_of(tmp_path, ["The board heard the inspec-", "tors and the harbour mas-", "ter of the guild."]) == (
        "The board heard the inspectors and the harbour master of the guild."
    )


def test_a_word_that_stands_unbroken_elsewhere_is_joined_though_its_halves_are_words(tmp_path: Path) -> None:
    lines = ["No man and no boat came, the boatman said, but a boat with a man in it, and one more boat-", "man."]
    assert text_of(tmp_path, lines).endswith("and one more boatman.")


def laid(*lines: str, x: float = 72) -> str:
    runs = tuple(
        Run(x, 740 - 12 * place, 10, 6.0 * len(line), bold=False, italic=False, text=line)
        for place, line in enumerate(lines)
    )
    return lay_out([PageLayout(runs, (), (), 595, 842)]).blocks[0].text


@pytest.mark.parametrize("hyphen", ["\u2010", "\u00ad"])
def test_hyphens_of_their_own_kind_at_line_ends_are_undone_though_both_halves_are_words(hyphen: str) -> None:
    assert laid(f"Every pilot in the har{hyphen}", f"bour was un{hyphen}", "der oath.") == (
        "Every pilot in the harbour was under oath."
    )


def test_the_space_behind_a_mark_may_be_drawn_with_it() -> None:
    words = (("The guild met.", 72, 740, 10), ("13 ", 156, 744, 6), ("It sang", 167.3, 740, 10), ("14 ", 209, 744, 6))
    runs = [Run(x, y, size, 0.6 * size * len(text), bold=False, italic=False, text=text) for text, x, y, size in words]
    runs.append(Run(220, 740, 10, 36, bold=False, italic=False, text=", too."))
    block = lay_out([PageLayout(tuple(runs), (), (), 595, 842)]).blocks[0]
    assert block.text == "The guild met. It sang, too."
    assert [(mark.number, mark.offset) for mark in block.marks] == [("13", 14), ("14", 22)]


def test_a_soft_hyphen_in_the_middle_of_a_line_is_no_text() -> None:
    assert laid("Every pi\u00adlot in the harbour.") == "Every pilot in the harbour."


def test_hyphens_that_are_the_words_own_stay(tmp_path: Path) -> None:
    lines = [
        "There is co-ordination now between the boards.",
        "This co-",
        "ordination began in 2016-",
        "2019 with the anti-",
        "THB desk of the follow-",
        "up team: they follow it up - and up -",
        "as told.",
    ]
    assert text_of(tmp_path, lines) == (
        "There is co-ordination now between the boards. This co-ordination began in 2016-2019 with the anti-THB desk "
        "of the follow-up team: they follow it up - and up - as told."
    )


def test_a_prefix_keeps_its_hyphen_though_the_word_stands_nowhere_else(tmp_path: Path) -> None:
    assert text_of(tmp_path, ["The board heard a non-", "pilot and a har-", "bour master."]) == (
        "The board heard a non-pilot and a harbour master."
    )


def test_a_web_address_that_a_line_breaks_stays_in_one_piece(tmp_path: Path) -> None:
    lines = ["The register is at https://www.specimen.example/", "harbour/pilots in full."]
    assert text_of(tmp_path, lines) == "The register is at https://www.specimen.example/harbour/pilots in full."


def test_the_double_spaces_of_justified_lines_are_folded_and_marks_stay_at_their_word(tmp_path: Path) -> None:
    reading = read(tmp_path, Sheet().put(72, 740, "The  guild ").put(138, 740, " met{5} ").put(180, 740, " in spring."))
    assert reading.blocks[0].text == "The guild met in spring."
    assert before(reading.blocks[0], "5") == "guild met"


def test_ligatures_are_taken_apart(tmp_path: Path) -> None:
    assert text_of(tmp_path, ["The \ufb01rst o\ufb03ce on the \ufb02oor."]) == "The first office on the floor."


def test_a_word_drawn_in_pieces_stays_one_word_and_neighbours_stay_apart(tmp_path: Path) -> None:
    sheet = Sheet().put(72, 740, "The re").put(108, 740, "gister").put(150, 740, "of pilots.")
    assert blocks_of(tmp_path, sheet) == [("paragraph", "", "The register of pilots.")]


def test_punctuation_drawn_a_little_apart_stays_at_its_word(tmp_path: Path) -> None:
    sheet = Sheet().put(72, 740, "The guild").put(128, 740, ", which met").put(196, 740, ".")
    assert blocks_of(tmp_path, sheet) == [("paragraph", "", "The guild, which met.")]


def halved(command: re.Match[str]) -> str:
    """The text operators that draw the same on a page that is turned upside down and drawn at twice its size."""
    x, y = (float(number) for number in command[2].split()[4:])
    return f"{float(command[1]) / 2:.3f} Tf 1 0 0 -1 {x / 2:.3f} {(842 - y) / 2:.3f} Tm"


def test_text_drawn_through_a_flipped_and_scaled_page_has_its_size_and_place(tmp_path: Path) -> None:
    upright = Sheet().put(72, 740, "A heading", size=18).lines(72, 700, [*wrapped(PILOTS), "of the harbour.{1}"])
    flipped = Sheet()
    flipped.drawn = [
        "q 2 0 0 -2 0 842 cm",
        *(re.sub(r"([\d.]+) Tf (.*) Tm", halved, line) for line in upright.drawn),
        "Q",
    ]
    assert read(tmp_path, flipped).blocks == read(tmp_path, upright).blocks


# --- headings and paragraphs ------------------------------------------------------------------------------------------


def test_headings_are_known_by_size_and_bold_and_ranked_by_size(tmp_path: Path) -> None:
    sheet = Sheet().put(72, 760, "A specimen report", size=20).put(72, 720, "1. Pilots", size=14, font="bold")
    sheet.lines(72, 700, [*wrapped(PILOTS), "of the harbour."])
    sheet.put(72, 630, "Inspection", font="bold").lines(72, 618, [*wrapped(PILOTS), "of the harbour."])
    reading = read(tmp_path, sheet)
    assert [(block.kind, block.level, block.text) for block in reading.blocks] == [
        ("heading", 1, "A specimen report"),
        ("heading", 2, "1. Pilots"),
        ("paragraph", 0, f"{PILOTS} of the harbour."),
        ("heading", 3, "Inspection"),
        ("paragraph", 0, f"{PILOTS} of the harbour."),
    ]


def test_a_title_whose_lines_are_centred_is_one_heading(tmp_path: Path) -> None:
    sheet = Sheet().put(120, 740, "Report of the harbour guild", size=16, font="bold")
    sheet.put(120 + 9.6 * 6, 720, "on its old boat", size=16, font="bold").lines(72, 680, wrapped(PILOTS))
    assert blocks_of(tmp_path, sheet)[0] == ("heading", "", "Report of the harbour guild on its old boat")


def test_a_bold_sentence_is_no_heading_but_has_emphasis(tmp_path: Path) -> None:
    sheet = Sheet().lines(72, 740, ["The guild should keep its register."], font="bold")
    sheet.lines(72, 710, [*wrapped(PILOTS), "of the harbour."])
    reading = read(tmp_path, sheet)
    assert [(block.kind, block.emphasis) for block in reading.blocks] == [("paragraph", True), ("paragraph", False)]


def test_a_wider_gap_or_a_short_last_line_separates_paragraphs(tmp_path: Path) -> None:
    lines = [*wrapped(PILOTS), "of the harbour."]
    sheet = Sheet().lines(72, 740, lines).lines(72, 740 - 12 * len(lines), lines)
    sheet.lines(72, 740 - 24 * len(lines) - 10, lines)
    assert [text for _, _, text in blocks_of(tmp_path, sheet)] == [f"{PILOTS} of the harbour."] * 3


def test_a_table_of_contents_is_no_text_but_tells_the_headings(tmp_path: Path) -> None:
    dots = [f"{title} {'.' * 30} {page}" for title, page in (("1. Pilots", 2), ("2. Boats", 2), ("3. Nets", 3))]
    first = Sheet().put(72, 740, "Contents", font="bold").lines(72, 700, dots)
    second = Sheet().put(72, 740, "1. Pilots", font="bold").lines(72, 716, wrapped(story("spring")))
    reading = read(tmp_path, first, second)
    assert told(reading.blocks) == [("heading", "", "1. Pilots"), ("paragraph", "", story("spring"))]
    assert reading.contents == ("1. Pilots", "2. Boats", "3. Nets")


def test_the_rows_of_a_table_are_rows_with_their_cells_parted(tmp_path: Path) -> None:
    sheet = Sheet().lines(72, 740, wrapped(story("spring")))
    for y, row in ((600, ("Year", "Boats", "Nets")), (588, ("2098", "27", "12")), (576, ("2099", "31", "9"))):
        for x, cell in zip((72, 200, 300), row, strict=True):
            sheet.put(x, y, cell)
    sheet.lines(72, 500, wrapped(story("autumn")))
    assert [(kind, text) for kind, _, text in blocks_of(tmp_path, sheet)] == [
        ("paragraph", story("spring")),
        ("row", "Year | Boats | Nets"),
        ("row", "2098 | 27 | 12"),
        ("row", "2099 | 31 | 9"),
        ("paragraph", story("autumn")),
    ]


# --- files that give no text ------------------------------------------------------------------------------------------


def refusal(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "specimen.pdf"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as caught:
        read_file(path)
    assert "specimen.pdf" in str(caught.value)
    return str(caught.value)


def test_pages_without_text_or_pictures_are_refused_as_empty(tmp_path: Path) -> None:
    assert "2 pages and nothing on them that could be text" in refusal(
        tmp_path, pdf(Sheet().disc(72, 700), Sheet().rule(60))
    )


def test_a_pdf_without_pages_is_refused_as_damaged(tmp_path: Path) -> None:
    assert "no pages" in refusal(tmp_path, pdf())


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_truncated_pdf_is_refused_rather_than_read_in_part(tmp_path: Path, share: float) -> None:
    whole = pdf(furnished("1", PILOTS), furnished("2", PILOTS))
    assert "Fetch it again" in refusal(tmp_path, whole[: int(share * len(whole))])


def test_a_pdf_with_a_password_is_refused_and_the_message_says_so(tmp_path: Path) -> None:
    # Standard security handler, revision 3, with keys that no password fits (ISO 32000-1, 7.6.3).
    lock = f"/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O ({'o' * 32}) /U ({'u' * 32}) >> /ID [(a) (a)]"
    assert "password" in refusal(tmp_path, pdf(furnished("1", PILOTS), trailer=lock))


def test_a_pdf_with_a_newer_encryption_is_refused_and_the_message_says_so(tmp_path: Path) -> None:
    keys = f"/O ({'o' * 48}) /U ({'u' * 48}) /OE ({'e' * 32}) /UE ({'e' * 32}) /Perms ({'p' * 16})"
    filters = "/CF << /StdCF << /CFM /AESV3 /Length 32 >> >> /StmF /StdCF /StrF /StdCF"
    lock = f"/Encrypt << /Filter /Standard /V 5 /R 6 /Length 256 /P -4 {keys} {filters} >> /ID [(a) (a)]"
    assert "password" in refusal(tmp_path, pdf(furnished("1", PILOTS), trailer=lock))


# --- what a browser prints --------------------------------------------------------------------------------------------

PRINTED = """<!doctype html><html lang="en"><title>Specimen of the harbour guild</title>
<style>@page {{ size: A4 }} body {{ font: 12pt serif }} li {{ margin-bottom: 3pt }} sup {{ font-size: 10pt }}</style>
<h1>The harbour guild</h1>
<p>{long}<sup>1</sup> The board of the guild should:</p>
<ul><li>hear every pilot who asks for it, write down what each of them says, and keep it for nine years;</li>
<li>go home.<sup>2</sup></li></ul>
<h2>Pilots</h2>
{paragraphs}
<p><sup>1</sup> A note on the guild.</p><p><sup>2</sup> A note on going home.</p>
"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """What is read from a page that Chromium printed, with the head and foot that it adds: date, title, file, 1/3."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("there is no Chromium on the PATH to print a page with")
    folder = tmp_path_factory.mktemp("printed")
    paragraphs = "".join(f"<p>Part {place}. {PILOTS} of the harbour.</p>" for place in range(1, 25))
    source = folder / "specimen.html"
    source.write_text(PRINTED.format(long=PILOTS + ".", paragraphs=paragraphs), encoding="utf-8")
    # Root may not use Chromium's sandbox; the page is ours and loads nothing.
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    command += [f"--print-to-pdf={folder / 'specimen.pdf'}", source.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return read_file(folder / "specimen.pdf")[1]


def test_the_widths_of_a_browsers_fonts_are_known(printed: Reading, tmp_path_factory: pytest.TempPathFactory) -> None:
    import pypdf

    from ingest.readers.pdf import _FontWidths, _page_layout

    path = next(tmp_path_factory.getbasetemp().glob("printed*/specimen.pdf"))
    page = _page_layout(pypdf.PdfReader(path).pages[0], _FontWidths())
    line = next(run for run in page.runs if run.text.startswith("whole of it once") or "keeps a register" in run.text)
    assert printed.blocks
    assert line.width == pytest.approx(0.41 * line.size * len(line.text), rel=0.12)  # Of Times and its like.
    assert max(run.x + (run.width or 0) for run in page.runs) <= page.width


def test_a_browsers_print_has_headings_paragraphs_and_bullets_from_drawn_discs(printed: Reading) -> None:
    assert [(block.kind, block.text) for block in printed.blocks[:6]] == [
        ("heading", "The harbour guild"),
        ("paragraph", f"{PILOTS}. The board of the guild should:"),
        (
            "bullet",
            "hear every pilot who asks for it, write down what each of them says, and keep it for nine years;",
        ),
        ("bullet", "go home."),
        ("heading", "Pilots"),
        ("paragraph", f"Part 1. {PILOTS} of the harbour."),
    ]
    assert before(printed.blocks[1], "1") == "the guild."
    assert before(printed.blocks[3], "2") == "go home."
    assert [(block.label, block.text) for block in printed.blocks if block.kind == "footnote"] == [
        ("1", "A note on the guild."),
        ("2", "A note on going home."),
    ]


def test_a_browsers_print_loses_head_and_foot_and_keeps_its_page_numbers(printed: Reading) -> None:
    text = "\n".join(block.text for block in printed.blocks)
    assert "specimen.html" not in text
    assert "Specimen of the harbour guild" not in text
    assert [block.text for block in printed.blocks if block.text.startswith("Part ")] == [
        f"Part {place}. {PILOTS} of the harbour." for place in range(1, 25)
    ]
    assert len(printed.page_labels) >= 2
    assert printed.page_labels == tuple(str(page + 1) for page in range(len(printed.page_labels)))
    assert {start.page for block in printed.blocks for start in block.pages} == set(
        range(1, len(printed.page_labels) + 1)
    )
    assert printed.metadata["title"] == "Specimen of the harbour guild"
