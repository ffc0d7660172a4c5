"""Every document in here is invented."""

from __future__ import annotations

import pytest

from ingest.blocks import Block, Mark, PageStart, Reading
from ingest.document import PageRun, pages_of
from ingest.structure import Structure, Unit, part_of, structure


def heading(text: str, level: int = 1) -> Block:
    return Block("heading", text, level=level)


def paragraph(text: str, *, marks: str = "", label: str = "", pages: tuple[PageStart, ...] = ()) -> Block:
    """A paragraph; each character of `marks` is a mark at the full stop of that number, at the end after the last."""
    stops = [place + 1 for place, character in enumerate(text) if character == "."]
    placed = tuple(Mark(stops[place], number) for place, number in enumerate(marks) if number != " ")
    return Block("paragraph", text, label=label, marks=placed, pages=pages)


def bullet(text: str) -> Block:
    return Block("bullet", text, level=1)


def note(number: str, text: str, *, page: int | None = None) -> Block:
    return Block("footnote", text, label=number, pages=(PageStart(0, page),) if page else ())


def built(*blocks: Block, title: str = "") -> Structure:
    return structure(Reading(blocks, metadata={"title": title} if title else {}))


def texts(found: Structure) -> list[str]:
    return [text_of(found, unit) for unit in found.units]


def text_of(found: Structure, unit: Unit) -> str:
    return found.text[unit.start : unit.end]


def paths(found: Structure) -> list[tuple[str, ...]]:
    return [unit.section for unit in found.units]


# --- the logical text -------------------------------------------------------------------------------------------------


def test_every_block_stands_in_the_text_once_and_units_are_cut_from_it() -> None:
    found = built(
        heading("1. Pilots"), paragraph("The guild met."), bullet("Go home."), heading("2. Boats"), bullet("Row.")
    )
    assert found.text == "1. Pilots\n\nThe guild met.\n\nGo home.\n\n2. Boats\n\nRow."
    assert texts(found) == ["The guild met.", "Go home.", "Row."]
    assert [unit.kind for unit in found.units] == ["paragraph", "bullet", "bullet"]


def test_offsets_count_code_points() -> None:
    letters = "\U0001d516\U0001d52d\U0001d522 ☃ e\u0301."  # Outside the basic plane, and a combining accent.
    found = built(
        heading("1. Pilots"), paragraph(letters), paragraph("The guild met.", marks="1"), note("1", "In winter.")
    )
    assert texts(found) == [letters, "The guild met.", "In winter."]
    assert found.units[1].start == len("1. Pilots") + 2 + len(letters) + 2
    assert found.footnotes[0].anchor == found.text.index("met.") + 4


def test_a_numbered_paragraph_lends_its_number_to_what_hangs_on_it_until_the_next_or_a_heading() -> None:
    found = built(
        heading("1. Pilots"),
        paragraph("It rains."),
        paragraph("The guild met.", label="12"),
        bullet("Go."),
        paragraph("It left."),
        paragraph("It came.", label="13"),
        heading("2. Boats"),
        paragraph("They leak."),
    )
    assert [unit.paragraph for unit in found.units] == [None, "12", "12", "12", "13", None]


def test_a_bullet_knows_the_sentence_that_introduces_its_list() -> None:
    found = built(
        heading("1. Pilots"),
        paragraph("The guild met. The board should:"),
        bullet("go home;"),
        bullet("row."),
        paragraph("The register is old."),
        bullet("A loose item."),
        paragraph("The guild has:"),
        heading("2. Boats"),
        bullet("An item of another section."),
    )
    assert [unit.lead_in for unit in found.units if unit.kind == "bullet"] == [
        "The board should:",
        "The board should:",
        "",
        "",
    ]


def test_what_stands_before_the_first_section_is_front_matter() -> None:
    found = built(paragraph("A specimen."), heading("1. Pilots"), paragraph("The guild met."))
    assert [unit.part for unit in found.units] == ["front matter", "body"]


# --- what belongs together --------------------------------------------------------------------------------------------


def test_a_sentence_that_a_footnote_block_split_is_joined_with_its_marks_and_pages() -> None:
    found = built(
        heading("1. Pilots"),
        paragraph("The guild met in winter. The board of the old guild", marks="1", pages=(PageStart(0, 4),)),
        note("1", "In the great hall.", page=4),
        paragraph("came in spring.", marks="2", pages=(PageStart(0, 5),)),
        note("2", "By boat.", page=5),
    )
    whole = "The guild met in winter. The board of the old guild came in spring."
    assert texts(found) == [whole, "In the great hall.", "By boat."]
    assert [found.text[: note.anchor].split()[-1] for note in found.footnotes] == ["winter.", "spring."]
    second_half = found.text.index("came in")
    assert pages_of(found.page_runs, found.units[0].start, second_half) == (4,)
    assert pages_of(found.page_runs, second_half, found.units[0].end) == (5,)


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("The guild met in winter.", "the board came."),
        ("The board should:", "go home."),
        ("The Board Of Pilots", "came in spring."),
        ("The guild met", "Then came spring."),
    ],
)
def test_paragraphs_that_are_whole_stay_apart(above: str, below: str) -> None:
    assert texts(built(heading("1. Pilots"), paragraph(above), paragraph(below))) == [above, below]


def test_a_sentence_goes_on_though_its_next_word_has_a_capital() -> None:
    found = built(
        heading("1. Pilots"),
        paragraph("The board asked all of the pilots in the harbour of"),
        paragraph("Old Town to row."),
    )
    assert texts(found) == ["The board asked all of the pilots in the harbour of Old Town to row."]


def test_an_item_goes_on_in_the_paragraph_below_it_but_not_in_the_next_item() -> None:
    found = built(heading("1. Pilots"), bullet("hear all pilots who"), paragraph("ask for it;"), bullet("go home."))
    assert texts(found) == ["hear all pilots who ask for it;", "go home."]


def test_a_hyphen_at_the_seam_stays_without_a_gap() -> None:
    found = built(heading("1. Pilots"), paragraph("the board and the co-"), paragraph("ordinator met."))
    assert texts(found) == ["the board and the co-ordinator met."]


def test_the_lettering_of_logos_is_dropped() -> None:
    found = built(
        heading("1. Pilots"),
        paragraph("The guild met and", marks=""),
        paragraph("TOWN OF SPECIMEN National Board of Pilots"),
        note("1", "By boat."),
        paragraph("went home."),
        paragraph("Guild of Harbour Pilots"),
        paragraph("Board of Inspectors"),
    )
    assert texts(found) == ["The guild met and went home.", "By boat."]


def test_a_line_in_capitals_before_the_first_heading_is_no_logo() -> None:
    assert texts(built(paragraph("GUILD OF THE HARBOUR PILOTS"), heading("1. Pilots"), paragraph("It met."))) == [
        "GUILD OF THE HARBOUR PILOTS",
        "It met.",
    ]


# --- footnotes --------------------------------------------------------------------------------------------------------


def test_footnotes_stand_behind_the_body_and_are_anchored_behind_the_sentence_with_their_mark() -> None:
    found = built(
        heading("1. Pilots"),
        paragraph("The guild met. The board did not.", marks="12"),
        note("1", "In winter."),
        note("2", "It slept."),
        heading("2. Boats"),
        paragraph("Boats are old."),
    )
    assert found.text.endswith("Boats are old.\n\nIn winter.\n\nIt slept.")
    assert [(note.number, found.text[note.start : note.end]) for note in found.footnotes] == [
        ("1", "In winter."),
        ("2", "It slept."),
    ]
    assert [found.text[: note.anchor].split()[-1] for note in found.footnotes] == ["met.", "not."]
    assert [(unit.label, unit.section) for unit in found.units if unit.kind == "footnote"] == [
        ("1", ("1. Pilots",)),
        ("2", ("1. Pilots",)),
    ]


def test_a_note_whose_mark_is_nowhere_is_kept_without_an_anchor() -> None:
    found = built(heading("1. Pilots"), paragraph("The guild met."), note("7", "By boat."))
    assert found.footnotes[0].anchor is None
    assert texts(found) == ["The guild met.", "By boat."]


def test_a_mark_in_a_title_anchors_its_note() -> None:
    title = Block("heading", "The harbour guild", level=1, marks=(Mark(17, "1"),))
    found = built(title, heading("1. Pilots"), paragraph("It met."), note("1", "Founded long ago."))
    assert found.footnotes[0].anchor == len("The harbour guild")


def test_notes_are_in_the_order_of_their_numbers_with_signs_first() -> None:
    found = built(
        heading("1. Pilots"),
        paragraph("A. B. C*. D.", marks="2 1"),
        note("2", "Two."),
        note("10", "Ten."),
        note("1", "One."),
        note("*", "Star."),
    )
    assert [note.number for note in found.footnotes] == ["*", "1", "2", "10"]


def test_a_paragraph_that_opens_with_a_lone_star_is_the_note_on_the_starred_word() -> None:
    found = built(
        heading("1. Pilots"),
        paragraph("The harbour of Freeport* is old. Freeport* is large."),
        paragraph("* The name is without prejudice."),
    )
    (star,) = found.footnotes
    assert star.number == "*"
    assert found.text[star.start : star.end] == "The name is without prejudice."
    assert star.anchor == found.text.index("Freeport*") + len("Freeport*")


def test_a_numbered_list_at_the_end_is_footnotes_where_marks_point_to_it() -> None:
    found = built(
        heading("1. Pilots"),
        paragraph("The guild met. The board came.", marks="12"),
        paragraph("In winter.", label="1"),
        paragraph("By boat.", label="2"),
    )
    assert [(note.number, found.text[note.start : note.end]) for note in found.footnotes] == [
        ("1", "In winter."),
        ("2", "By boat."),
    ]


def test_the_last_numbered_paragraph_is_no_footnote_though_a_mark_has_its_number() -> None:
    found = built(
        heading("1. Pilots"),
        paragraph("The guild met. The board came. It left.", marks="123", label="1"),
        note("1", "In winter."),
        note("2", "By boat."),
        paragraph("It is old.", label="3"),
    )
    assert [note.number for note in found.footnotes] == ["1", "2"]
    assert ("It is old.", "3") in [(text_of(found, unit), unit.paragraph) for unit in found.units]


# --- titles and sections ----------------------------------------------------------------------------------------------


def test_the_headings_before_the_first_chapter_are_the_titles() -> None:
    found = built(heading("The harbour guild"), heading("A specimen", 2), heading("1. Pilots", 2), paragraph("It met."))
    assert found.titles == ("The harbour guild", "A specimen")
    assert paths(found) == [("1. Pilots",)]


def test_a_section_right_below_the_title_is_no_part_of_it() -> None:
    found = built(heading("The harbour guild"), heading("Pilots", 2), paragraph("It met."), heading("Boats", 2))
    assert found.titles == ("The harbour guild",)
    assert paths(found) == [("Pilots",)]


def test_headings_of_plain_text_are_known_by_their_words_and_numbers() -> None:
    found = built(
        paragraph("Report on the harbour guild and on all that it did in the old harbour"),
        paragraph("Adopted on 12 March 2097"), paragraph("Second evaluation round"), paragraph("I. Introduction"),
        *(paragraph(f"{n}. Pilots came.") for n in range(1, 13)), paragraph("Appendix 1: List of pilots"),
        paragraph("Nine."),
    )  # fmt: skip
    assert [(unit.section, unit.paragraph) for unit in found.units][3:5] == [
        (("I. Introduction",), "1"),
        (("I. Introduction",), "2"),
    ]
    assert (found.units[-1].section, found.units[-1].part) == (("Appendix 1: List of pilots",), "appendix")


def test_a_title_that_the_browser_repeats_is_dropped() -> None:
    found = built(
        heading("The Harbour Guild"), heading("The harbour guild", 2), heading("1. Pilots"), paragraph("It met."),
        title="The harbour guild",
    )  # fmt: skip
    assert found.titles == ("The harbour guild",)
    assert found.text.startswith("The harbour guild\n\n1. Pilots")


def test_chapter_numbers_count_more_than_the_levels_of_the_file() -> None:
    found = built(
        heading("1. Pilots", 3), paragraph("a."), heading("2. Boats", 2), paragraph("b."),
        heading("2.1 Old boats", 2), paragraph("c."), heading("2.1.1 Rafts", 1), paragraph("d."),
        heading("3. Nets", 3), paragraph("e."),
    )  # fmt: skip
    assert paths(found) == [
        ("1. Pilots",),
        ("2. Boats",),
        ("2. Boats", "2.1 Old boats"),
        ("2. Boats", "2.1 Old boats", "2.1.1 Rafts"),
        ("3. Nets",),
    ]


def test_a_country_set_at_the_level_of_its_chapter_is_inside_it() -> None:
    found = built(
        heading("1. PILOTS", 2), paragraph("a."), heading("Albania", 2), paragraph("b."), heading("Serbia", 2),
        paragraph("c."), heading("2. BOATS", 2), paragraph("d."),
    )  # fmt: skip
    assert paths(found) == [("1. PILOTS",), ("1. PILOTS", "Albania"), ("1. PILOTS", "Serbia"), ("2. BOATS",)]


def test_a_heading_in_capitals_beside_chapters_in_capitals_is_a_chapter() -> None:
    found = built(
        heading("1. PILOTS"), paragraph("a."), heading("2. BOATS"), paragraph("b."), heading("NETS"), paragraph("c.")
    )
    assert paths(found) == [("1. PILOTS",), ("2. BOATS",), ("NETS",)]


def test_arabic_numbers_stand_below_roman_ones() -> None:
    found = built(
        heading("I. Guild"), heading("1. Pilots"), paragraph("a."), heading("2. Boats"), paragraph("b."),
        heading("II. Town"), paragraph("c."),
    )  # fmt: skip
    assert paths(found) == [("I. Guild", "1. Pilots"), ("I. Guild", "2. Boats"), ("II. Town",)]


def test_without_numbers_the_levels_of_the_file_make_the_path() -> None:
    found = built(
        paragraph("A specimen."), heading("Pilots", 2), paragraph("a."), heading("Old pilots", 4), paragraph("b."),
        heading("Boats", 2), paragraph("c."),
    )  # fmt: skip
    assert paths(found)[1:] == [("Pilots",), ("Pilots", "Old pilots"), ("Boats",)]


# --- parts of a report ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "part"),
    [
        ("Executive summary", "summary"),
        ("Preamble", "front matter"),
        ("Appendix 2", "appendix"),
        ("APPENDIX 1: List of proposals", "appendix"),
        ("Government’s comments", "government comments"),
        ("Introduction", "body"),
        ("Comments of the authorities", "government comments"),
        ("Final comments by the Government of Malta", "government comments"),
        ("Observations submitted by the Icelandic authorities on the report", "government comments"),
        ("The Maltese authorities’ comments", "government comments"),
        ("Reply of the Government to GRETA’s final report", "government comments"),
        ("Response of the authorities to new trends", None),
        ("Appendixes of pilots", None),
        ("Boats", None),
    ],
)
def test_the_part_that_a_heading_opens_is_known_by_its_words(title: str, part: str | None) -> None:
    assert part_of(title) == part


def test_units_are_in_the_part_whose_heading_stands_above_them() -> None:
    found = built(
        heading("The harbour guild"), heading("Executive summary"), paragraph("Short."), heading("1. Pilots"),
        paragraph("Body.", label="1"), heading("2. Boats"), paragraph("Body."), heading("Appendix 1"),
        paragraph("List.", label="2"), heading("Government's comments"), paragraph("Reply."),
    )  # fmt: skip
    assert [(text_of(found, unit), unit.part, unit.paragraph) for unit in found.units] == [
        ("Short.", "summary", None),
        ("Body.", "body", "1"),
        ("Body.", "body", None),
        ("List.", "appendix", None),
        ("Reply.", "government comments", None),
    ]


def test_a_governments_reply_is_known_by_the_sentence_that_opens_it_too() -> None:
    found = built(
        heading("1. Pilots"), paragraph("Body."), heading("2. Boats"), paragraph("Body."),
        paragraph("The following comments do not form part of GRETA's analysis concerning the boats."),
        paragraph("Reply."),
    )  # fmt: skip
    assert [unit.part for unit in found.units] == ["body", "body", "government comments", "government comments"]


@pytest.mark.parametrize(
    "opening",
    [
        "The observations below were received from the Ministry and are not part of GRETA’s evaluation.",
        "The comments of the Maltese authorities, submitted on 3 May 2099, are reproduced hereafter.",
        "The authorities requested the reproduction of the following comments.",
        "Below are the comments which the Government sent on 3 May 2099.",
    ],
)
def test_a_governments_reply_may_be_opened_in_other_words(opening: str) -> None:
    found = built(
        heading("1. Pilots"), paragraph("Body.", label="1"), heading("2. Boats"), paragraph("Body.", label="2"),
        heading("Appendix 1"), paragraph("List."), paragraph(opening), heading("1. Boats"), paragraph("Reply."),
    )  # fmt: skip
    assert [unit.part for unit in found.units][2:] == ["appendix", "government comments", "government comments"]


def test_comments_that_a_numbered_paragraph_tells_of_open_no_reply() -> None:
    found = built(
        heading("1. Pilots"), paragraph("The comments of the Government are reproduced below.", label="1"),
        heading("2. Boats"), paragraph("Body.", label="2"),
    )  # fmt: skip
    assert {unit.part for unit in found.units} == {"body"}


def test_headings_inside_an_appendix_or_a_reply_open_no_chapter() -> None:
    found = built(
        heading("1. Pilots"), paragraph("Body."), heading("2. Boats"), paragraph("Body."), heading("Appendix 1: List"),
        heading("Introduction"), paragraph("List."), heading("1. Boats"), paragraph("List."), heading("Appendix 2"),
        paragraph("List."), heading("Government’s comments"), heading("2. On boats"), paragraph("Reply."),
    )  # fmt: skip
    assert [unit.part for unit in found.units][2:] == ["appendix"] * 3 + ["government comments"]
    assert paths(found)[2:] == [
        ("Appendix 1: List", "Introduction"),
        ("Appendix 1: List", "1. Boats"),
        ("Appendix 2",),
        ("Government’s comments", "2. On boats"),
    ]


@pytest.mark.parametrize(
    "typed", ["{n}. Pilots came.", "{n} Pilots came.", "§ {n} Pilots came.", "Para. {n} Pilots came."]
)
def test_typed_numbers_that_count_up_are_the_paragraphs_numbers(typed: str) -> None:
    found = built(heading("1. Pilots"), heading("2. Boats"), *(paragraph(typed.format(n=n)) for n in range(1, 13)))
    assert [(unit.paragraph, text_of(found, unit)) for unit in found.units][:2] == [
        ("1", "Pilots came."),
        ("2", "Pilots came."),
    ]


def test_a_single_numbered_chapter_is_a_section_and_no_title() -> None:
    found = built(heading("The harbour guild"), heading("1. Pilots"), paragraph("It met."))
    assert found.titles == ("The harbour guild",)
    assert paths(found) == [("1. Pilots",)]


def test_a_chapter_that_bears_the_title_of_the_file_is_not_lost() -> None:
    found = built(
        heading("Boats"), heading("Boats of the harbour"), heading("1. Pilots"), paragraph("a."), heading("2. Nets"),
        heading("Boats"), paragraph("b."), title="Boats",
    )  # fmt: skip
    assert paths(found) == [("1. Pilots",), ("2. Nets", "Boats")]


# --- pages ------------------------------------------------------------------------------------------------------------


def test_page_runs_change_only_where_the_page_does() -> None:
    found = built(
        heading("1. Pilots"),
        paragraph("abc.", pages=(PageStart(0, 1),)),
        paragraph("def.", pages=(PageStart(0, 1),)),
        paragraph("ghi jkl.", pages=(PageStart(0, 1), PageStart(4, 2))),
    )
    assert found.page_runs == (
        PageRun(found.text.index("abc"), 1),
        PageRun(found.text.index("jkl"), 2),
    )


def test_pages_of_notes_are_their_own_though_the_notes_stand_behind_the_body() -> None:
    found = built(
        heading("1. Pilots"),
        paragraph("It met.", marks="1", pages=(PageStart(0, 1),)),
        note("1", "In winter.", page=1),
        paragraph("It left.", marks="2", pages=(PageStart(0, 2),)),
        note("2", "By boat.", page=2),
    )
    assert [pages_of(found.page_runs, unit.start, unit.end) for unit in found.units] == [(1,), (2,), (1,), (2,)]


@pytest.mark.parametrize(
    ("start", "end", "pages"),
    [(0, 10, (1,)), (0, 9, (1,)), (0, 11, (1, 2)), (10, 11, (2,)), (9, 21, (1, 2, 3)), (20, 99, (3,)), (5, 5, (1,))],
)
def test_pages_are_computed_from_offsets_alone(start: int, end: int, pages: tuple[int, ...]) -> None:
    runs = (PageRun(0, 1), PageRun(10, 2), PageRun(20, 3))
    assert pages_of(runs, start, end) == pages


def test_a_form_without_pages_gives_none() -> None:
    assert pages_of((), 0, 5) == ()
