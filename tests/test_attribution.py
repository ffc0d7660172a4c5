"""Who says what, on invented sentences; the sentence boundaries and the references that it stands on."""

from __future__ import annotations

import pytest

from ingest.attribution import statements_of
from ingest.blocks import Block, Mark, Reading
from ingest.document import Identity, Statement
from ingest.references import find_references, is_reference_note, same_number
from ingest.sentences import sentence_spans
from ingest.speakers import find_tags, named_speakers
from ingest.structure import Structure, structure

PAPER = Identity(publisher="ICMPD")
CHAPTER = Block("heading", "1. Pilots", level=1)


def paragraph(text: str) -> Block:
    return _marked("paragraph", text)


def bullet(text: str) -> Block:
    return _marked("bullet", text)


def note(number: str, text: str) -> Block:
    return Block("footnote", text, label=number)


def _marked(kind: str, text: str) -> Block:
    """A block whose text has marks written as "{7}"."""
    marks = []
    while "{" in text:
        at = text.index("{")
        end = text.index("}")
        marks.append(Mark(at, text[at + 1 : end]))
        text = text[:at] + text[end + 1 :]
    return Block("bullet" if kind == "bullet" else "paragraph", text, marks=tuple(marks))


def attributed(*blocks: Block, identity: Identity = PAPER) -> tuple[Structure, list[Statement]]:
    found = structure(Reading(blocks))
    return found, [statement for said in statements_of(found, identity) for statement in said]


def said(*blocks: Block, identity: Identity = PAPER) -> list[tuple[str, str]]:
    """Pairs of a statement's text and its speakers, "(own)" behind those of the document's own voice."""
    found, statements = attributed(CHAPTER, *blocks, identity=identity)
    return [
        (found.text[s.start : s.end], " + ".join(s.speakers) + (" (own)" if s.voice == "own" else ""))
        for s in statements
    ]


def speakers(*blocks: Block, identity: Identity = PAPER) -> list[str]:
    return [who for _, who in said(*blocks, identity=identity)]


# --- tags -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("Keep a register (GRETA).", [("Keep a register", "GRETA")]),
        ("Keep a register (GRETA)", [("Keep a register", "GRETA")]),
        ("Keep a register. (GRETA)", [("Keep a register.", "GRETA")]),
        ("Keep a register (EC, GRETA).", [("Keep a register", "EC + GRETA")]),
        ("Keep a register (EC and GRETA).", [("Keep a register", "EC + GRETA")]),
        ("Keep a register (GRETA; EC);", [("Keep a register", "GRETA + EC")]),
        ("Keep a register (ICMPD).", [("Keep a register", "ICMPD (own)")]),
        ("Keep it (EC). To read it, open it (GRETA).", [("Keep it", "EC"), ("To read it, open it", "GRETA")]),
        ("Keep it (EC) and read it (EC, GRETA).", [("Keep it", "EC"), ("and read it", "EC + GRETA")]),
        ("Keep it (see below) and safe (EC).", [("Keep it (see below) and safe", "EC")]),
        ("Keep it. Read it too (GRETA).", [("Keep it. Read it too", "GRETA")]),
        ("Keep it (EC). Read it.", [("Keep it", "EC"), ("Read it.", "ICMPD (own)")]),
        ("Keep it without a tag.", [("Keep it without a tag.", "ICMPD (own)")]),
    ],
)
def test_each_tag_of_an_item_makes_one_statement_with_exactly_its_speakers(
    text: str, statements: list[tuple[str, str]]
) -> None:
    assert said(bullet(text)) == statements


@pytest.mark.parametrize(
    "text",
    [
        "There are reports by the European Commission (EC).",
        "It is read by the Group of Experts on Action against Trafficking in Human Beings (GRETA) and others.",
        "The International Centre for Migration Policy Development (ICMPD), in Vienna, is old.",
    ],
)
def test_a_bracket_that_abbreviates_the_name_before_it_is_no_tag(text: str) -> None:
    assert find_tags(text) == ()
    assert said(bullet(text)) == [(text, "ICMPD (own)")]


@pytest.mark.parametrize("bracket", ["(GRETA report)", "(GRETA, p. 3)", "(the pilots)", "()", "(EC and others)"])
def test_a_bracket_that_holds_more_than_speakers_is_no_tag(bracket: str) -> None:
    assert find_tags(f"Keep a register {bracket}.") == ()


def test_in_running_text_a_tag_covers_its_own_sentence_only() -> None:
    assert said(paragraph("The harbour is old. It should be rebuilt (GRETA). It will be.")) == [
        ("The harbour is old.", "ICMPD (own)"),
        ("It should be rebuilt", "GRETA"),
        ("It will be.", "ICMPD (own)"),
    ]


def test_in_running_text_a_bracket_inside_a_sentence_is_no_tag() -> None:
    text = "Two bodies (EC, GRETA) read the register of the harbour."
    assert said(paragraph(text)) == [(text, "ICMPD (own)")]


# --- speakers named by the sentence -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "who"),
    [
        ("GRETA noted that the harbour is old.", "GRETA"),
        ("In its last report, GRETA once again urged the guild to row.", "GRETA"),
        ("The European Commission registered some progress.", "EC"),
        ("The European Commission (EC), in its last report, welcomed the harbour.", "EC"),
        ("The EC and GRETA stressed the need for boats.", "EC + GRETA"),
        ("Both GRETA and the EC have welcomed the boats.", "GRETA + EC"),
        ("The boats were welcomed by GRETA.", "GRETA"),
        ("The boats were also welcomed by GRETA and by the EC.", "GRETA + EC"),
        ("As noted by the EC, the boats are old.", "EC"),
        ("As highlighted both by GRETA and the EC, the boats are old.", "GRETA + EC"),
        ("According to GRETA, the boats are old.", "GRETA"),
        ("The boats are old, according to the European Commission.", "EC"),
        ("According to the authorities, GRETA noted the boats.", "Government"),
        ("Data from Eurostat show that the boats are old.", "Eurostat"),
        ("The authorities stated that the boats are new.", "Government"),
        ("The co-ordinators mentioned the lack of boats.", "ATC survey"),
        ("The boats are old.", "ICMPD (own)"),
        ("GRETA is a group of experts.", "ICMPD (own)"),
        ("The report was sent to GRETA and the EC.", "ICMPD (own)"),
        ("The boats were built by the guild.", "ICMPD (own)"),
    ],
)
def test_the_speaker_is_who_the_sentence_names_as_speaking(sentence: str, who: str) -> None:
    assert said(paragraph(sentence)) == [(sentence, who)]


def test_names_are_matched_as_whole_words() -> None:
    assert named_speakers("The ECB noted the boats.") == ()
    assert named_speakers("MEGRETA noted the boats.") == ()


@pytest.mark.parametrize(
    "second",
    [
        "In addition, the nets are old.",
        "They also saw nets.",
        "Furthermore, the nets are old.",
        "It also regretted the state of the nets.",
    ],
)
def test_a_sentence_that_carries_on_has_the_speakers_of_the_one_before(second: str) -> None:
    assert speakers(paragraph(f"The EC and GRETA noted the boats. {second}")) == ["EC + GRETA"] * 2


def test_carrying_on_reaches_over_several_sentences_and_ends_with_one_that_does_not() -> None:
    text = (
        "GRETA noted the boats. In addition, they leak. Moreover, they sink. The harbour is deep. Moreover, it is wide."
    )
    assert speakers(paragraph(text)) == ["GRETA", "GRETA", "GRETA", "ICMPD (own)", "ICMPD (own)"]


def test_a_paragraph_does_not_carry_on_with_the_speaker_of_the_one_before() -> None:
    assert speakers(paragraph("GRETA noted the boats."), paragraph("In addition, they leak.")) == [
        "GRETA",
        "ICMPD (own)",
    ]


def test_words_of_an_opener_inside_a_longer_word_carry_nothing_on() -> None:
    assert speakers(paragraph("GRETA noted the boats. Theyson rows.")) == ["GRETA", "ICMPD (own)"]


# --- speakers known from elsewhere ------------------------------------------------------------------------------------


def test_the_report_in_a_sentences_footnote_is_who_says_it() -> None:
    assert said(
        paragraph("The boats leak.{1} The nets hold.{2} The oars float."),
        note("1", "GRETA(2098)1, p. 5."),
        note("2", "SWD(2098) 2, p. 7."),
    )[:3] == [("The boats leak.", "GRETA"), ("The nets hold.", "EC"), ("The oars float.", "ICMPD (own)")]


def test_ibid_is_the_document_of_the_note_before() -> None:
    whole = said(
        paragraph("The boats leak.{1} The nets hold.{2} The oars float.{3}"),
        note("1", "SWD(2098) 2, p. 7."),
        note("2", "GRETA(2098)1, p. 5."),
        note("3", "Ibid., p. 9."),
    )
    assert whole[:3] == [("The boats leak.", "EC"), ("The nets hold.", "GRETA"), ("The oars float.", "GRETA")]
    assert whole[-1] == ("Ibid., p. 9.", "GRETA")


def test_ibid_after_a_note_without_a_report_is_nobodys() -> None:
    assert speakers(
        paragraph("The boats leak.{1} The nets hold.{2} The oars float.{3}"),
        note("1", "GRETA(2098)1, p. 5."),
        note("2", "Harbour board (2098), Nets, p. 3."),
        note("3", "Ibid., p. 9."),
    )[:3] == ["GRETA", "ICMPD (own)", "ICMPD (own)"]


def test_reports_of_two_publishers_in_one_note_make_neither_the_speaker() -> None:
    assert speakers(paragraph("The boats leak.{1}"), note("1", "GRETA(2098)1, p. 5; SWD(2098) 2, p. 7."))[0] == (
        "ICMPD (own)"
    )


def test_what_the_sentence_names_counts_more_than_its_footnote() -> None:
    assert speakers(paragraph("The EC noted that boats leak.{1}"), note("1", "GRETA(2098)1, p. 5."))[0] == "EC"


def test_a_communication_in_the_note_is_the_speaker_of_a_quotation_only() -> None:
    quoted = "It is said that “a harbour without any boats is no harbour at all”.{1}"
    plain = "A harbour without boats is no harbour.{1}"
    assert speakers(paragraph(quoted), note("1", "COM(2098) 3, p. 2."))[0] == "EC"
    assert speakers(paragraph(plain), note("1", "COM(2098) 3, p. 2."))[0] == "ICMPD (own)"


SURVEY = paragraph("The chapter below presents the main findings of the survey of co-ordinators.")


def test_a_chapter_that_sums_up_a_survey_is_the_surveys_but_not_what_it_demands_or_takes_from_others() -> None:
    other = Block("heading", "2. Nets", level=1)
    assert said(
        paragraph("Boats are dear."),
        SURVEY,
        paragraph("Boats are few. More boats should be built."),
        paragraph("Oars are long.{1}"),
        note("1", "Harbour board (2098), Oars, p. 3."),
        other,
        paragraph("Nets are short."),
    )[:6] == [
        ("Boats are dear.", "ICMPD (own)"),
        ("The chapter below presents the main findings of the survey of co-ordinators.", "ICMPD (own)"),
        ("Boats are few.", "ATC survey"),
        ("More boats should be built.", "ICMPD (own)"),
        ("Oars are long.", "ICMPD (own)"),
        ("Nets are short.", "ICMPD (own)"),
    ]


# --- whose document it is ---------------------------------------------------------------------------------------------


def test_what_cannot_be_attributed_is_the_publishers_own() -> None:
    assert speakers(paragraph("The boats leak."), identity=Identity(publisher="EC")) == ["EC (own)"]


def test_own_words_of_an_unknown_publisher_have_the_speaker_unknown() -> None:
    assert speakers(paragraph("The boats leak. GRETA noted it."), identity=Identity()) == ["unknown (own)", "GRETA"]


def test_a_publisher_that_names_itself_speaks_in_its_own_voice() -> None:
    own = Identity(publisher="GRETA")
    found, statements = attributed(
        CHAPTER, paragraph("GRETA notes the boats. The authorities stated that they float."), identity=own
    )
    assert [(s.speakers, s.voice, s.reported_by) for s in statements] == [
        (("GRETA",), "own", None),
        (("Government",), "reported", "GRETA"),
    ]
    assert found.text[statements[0].start : statements[0].end] == "GRETA notes the boats."


def test_a_digest_reports_and_only_its_notice_is_its_own() -> None:
    digest = Identity(publisher="Pincite", restates="A paper", title="Digest of the ICMPD paper")
    found, statements = attributed(
        paragraph("This digest was written for Pincite."),
        CHAPTER,
        paragraph("Boats leak. GRETA noted it."),
        bullet("Mend them (EC)."),
        identity=digest,
    )
    assert [(found.text[s.start : s.end], s.speakers, s.voice, s.reported_by) for s in statements] == [
        ("This digest was written for Pincite.", ("Pincite",), "own", None),
        ("Boats leak.", ("ICMPD",), "reported", "Pincite"),
        ("GRETA noted it.", ("GRETA",), "reported", "Pincite"),
        ("Mend them", ("EC",), "reported", "Pincite"),
    ]


def test_a_governments_comments_are_never_the_words_of_the_publisher() -> None:
    report = Identity(publisher="GRETA", countries=("MT",))
    _, statements = attributed(
        CHAPTER,
        paragraph("GRETA notes the boats."),
        Block("heading", "Government’s comments", level=1),
        paragraph("GRETA urges the authorities to row. The boats float. They also sail (GRETA)."),
        bullet("GRETA considers that boats should float (GRETA)."),
        identity=report,
    )
    assert {s.speakers for s in statements[1:]} == {("Government",)}
    assert {s.grade for s in statements[1:]} == {None}


# --- grades -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "grade"),
    [
        ("GRETA urges the Maltese authorities to mend the boats.", "urges"),
        ("GRETA once again urges the Maltese authorities to mend the boats.", "urges"),
        ("GRETA considers that the authorities should mend the boats.", "considers"),
        ("GRETA invites the authorities to mend the boats.", "invites"),
        ("GRETA welcomes the new boats and invites the Maltese authorities to mend the old ones.", "invites"),
        ("GRETA considers that the boats are old.", None),
        ("GRETA welcomes the new boats.", None),
        ("GRETA notes that the boats leak.", None),
        ("GRETA urged the authorities to mend the boats.", None),
        ("The authorities should mend the boats.", None),
    ],
)
def test_the_grade_is_one_of_gretas_three_official_verbs(sentence: str, grade: str | None) -> None:
    _, (statement,) = attributed(CHAPTER, paragraph(sentence), identity=Identity(publisher="GRETA"))
    assert statement.grade == grade


def test_only_gretas_own_words_have_a_grade() -> None:
    _, (reported,) = attributed(CHAPTER, paragraph("GRETA urges the authorities to mend the boats."))
    assert (reported.speakers, reported.voice, reported.grade) == (("GRETA",), "reported", None)


def test_the_items_that_hang_on_a_recommendation_have_its_grade_and_others_do_not() -> None:
    _, statements = attributed(
        CHAPTER,
        paragraph("GRETA urges the authorities to:"),
        bullet("mend the boats;"),
        bullet("row."),
        paragraph("The guild has:"),
        bullet("boats."),
        identity=Identity(publisher="GRETA"),
    )
    assert [s.grade for s in statements] == ["urges", "urges", "urges", None, None]


# --- footnotes --------------------------------------------------------------------------------------------------------


def test_a_note_that_only_names_a_publication_is_one_reference_of_its_publisher() -> None:
    found, statements = attributed(
        CHAPTER,
        paragraph("The boats leak.{1} So it is.{2} And so.{3}"),
        note("1", "Report on boats. Second round. GRETA(2098)1, p. 5."),
        note("2", "Europol (2098), Boats and nets, p. 8."),
        note("3", "It is called a boat."),
    )
    notes = statements[3:]
    assert [(found.text[s.start : s.end][:6], s.speakers, s.reference) for s in notes] == [
        ("Report", ("GRETA",), True),
        ("Europo", ("Europol",), True),
        ("It is ", ("ICMPD",), False),
    ]


def test_a_note_that_tells_something_is_attributed_sentence_by_sentence() -> None:
    long = (
        "The harbour board counted the boats of the town in the spring of that year and found that a third of them had "
        "not been mended since the great storm. GRETA(2098)1 is the report on it. GRETA noted that the nets were torn. "
        "They also saw broken oars in nearly all of the boats. More at: www.specimen.example/boats."
    )
    found, statements = attributed(CHAPTER, paragraph("The boats leak.{1}"), note("1", long))
    assert [(found.text[s.start : s.end].split(" ")[1], s.speakers[0], s.reference) for s in statements[1:]] == [
        ("harbour", "ICMPD", False),
        ("is", "ICMPD", True),
        ("noted", "GRETA", False),
        ("also", "GRETA", False),
        ("at:", "ICMPD", True),
    ]


def test_a_bare_see_names_the_source_of_the_sentence_before_it() -> None:
    long = (
        "The harbour board counted the boats of the town in the spring of that year and found that a third of them had "
        "not been mended since the great storm, that the nets were torn, and that in nearly all of the boats of the "
        "town the oars were broken. See GRETA(2098)1, p. 4."
    )
    _, statements = attributed(CHAPTER, paragraph("The boats leak.{1}"), note("1", long))
    told, see = statements[1:]
    assert (told.speakers, told.voice, told.reference) == (("GRETA",), "reported", False)
    assert see.reference


# --- countries --------------------------------------------------------------------------------------------------------


def test_countries_come_from_the_section_then_the_document_then_the_sentence() -> None:
    chapter, serbia = Block("heading", "1. Pilots", level=1), Block("heading", "Serbia", level=2)
    blocks = (chapter, paragraph("Albanian boats leak."), serbia, paragraph("Boats of Montenegro leak."))
    _, paper = attributed(*blocks)
    _, report = attributed(*blocks, identity=Identity(publisher="GRETA", countries=("MT",)))
    _, regional = attributed(*blocks, identity=Identity(publisher="GRETA", countries=("MT", "IS")))
    assert [s.countries for s in paper] == [("AL",), ("RS",)]
    assert [s.countries for s in report] == [("MT",), ("RS",)]
    assert [s.countries for s in regional] == [("AL",), ("RS",)]


def test_a_list_of_languages_names_no_countries() -> None:
    _, statements = attributed(
        CHAPTER, paragraph("It is available in English, Albanian and Serbian. It is read in Albania.")
    )
    assert [s.countries for s in statements] == [(), ("AL",)]


# --- order and extent -------------------------------------------------------------------------------------------------


def test_statements_are_in_order_inside_their_unit_and_do_not_overlap() -> None:
    found = structure(
        Reading(
            (
                CHAPTER,
                paragraph("GRETA noted the boats (GRETA). It is so: 1. They leak. 2. They sink! Do they?"),
                bullet("Mend them (EC), now (GRETA); at once. (ICMPD) And then (EC, GRETA)."),
                bullet("(GRETA)"),
                paragraph("12."),
            )
        )
    )
    for unit, statements in zip(found.units, statements_of(found, PAPER), strict=True):
        ends = [unit.start, *(s.end for s in statements)]
        assert all(end <= s.start < s.end <= unit.end for end, s in zip(ends, statements, strict=False))
        assert all(s.speakers for s in statements)


# --- sentences --------------------------------------------------------------------------------------------------------


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Boats leak. They sink.  It is so!", ["Boats leak.", "They sink.", "It is so!"]),
        ("Boats leak", ["Boats leak"]),
        ("See Art. 12 and para. 4, p. 5. Boats leak.", ["See Art. 12 and para. 4, p. 5.", "Boats leak."]),
        ("It met on 3 Jan. 2098. 27 boats came.", ["It met on 3 Jan. 2098.", "27 boats came."]),
        ("Boats (e.g. old ones) leak. Mr. A. B. Smith rows.", ["Boats (e.g. old ones) leak.", "Mr. A. B. Smith rows."]),
        ("The U.S. State Department rows. It wins.", ["The U.S. State Department rows.", "It wins."]),
        ("He asked: “Do boats leak?” They do.", ["He asked: “Do boats leak?”", "They do."]),
        ("“Boats leak.” “Nets do not.”", ["“Boats leak.”", "“Nets do not.”"]),
        ("Boats, nets, etc. leak. Oars, etc. Nets too.", ["Boats, nets, etc. leak.", "Oars, etc.", "Nets too."]),
        ("Boats, etc. 27 of them leak.", ["Boats, etc. 27 of them leak."]),
        ("A third (0.3) is 3.5 boats. no more", ["A third (0.3) is 3.5 boats. no more"]),
        ("It rains in May. June is dry.", ["It rains in May.", "June is dry."]),
        ("In short… Boats leak.", ["In short…", "Boats leak."]),
        ("The board should: 1. Keep it. 2. Read it.", ["The board should: 1. Keep it.", "Read it."]),
        ("3. Boats leak.", ["Boats leak."]),
        ("He came at 10:30. Then he left in 2098. Later he came back.", 3),
        ("", []),
        (" \u00a0", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str] | int) -> None:
    found = sentences(text)
    assert (len(found) if isinstance(expected, int) else found) == expected


# --- references -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "number", "publisher"),
    [
        ("GRETA(2016)6", "GRETA(2016)6", "GRETA"),
        ("GRETA (2017)39", "GRETA(2017)39", "GRETA"),
        ("GRETA(2020)09", "GRETA(2020)09", "GRETA"),
        ("SWD(2018) 152 final", "SWD(2018) 152 final", "EC"),
        ("SWD (2018)152", "SWD(2018) 152", "EC"),
        ("SWD(2021) 293 final/2", "SWD(2021) 293 final/2", "EC"),
        ("COM/2012/0286 final", "COM(2012) 286 final", "EC"),
        ("COM(2018)65", "COM(2018) 65", "EC"),
        ("CP/Rec(2020)07", "CP/Rec(2020)07", None),
    ],
)
def test_official_numbers_are_read_as_they_are_printed(printed: str, number: str, publisher: str | None) -> None:
    (found,) = find_references(f"See {printed}.")
    assert (found.number, found.publisher) == (number, publisher)
    assert f"See {printed}."[found.start : found.end] == printed


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("GRETA(2016)6", "GRETA (2016)06", True),
        ("SWD(2018) 152 final", "SWD(2018)152", True),
        ("SWD(2021) 293 final/2", "SWD(2021) 293", True),
        ("COM/2012/0286 final", "COM(2012) 286", True),
        ("GRETA(2016)6", "GRETA(2016)61", False),
        ("GRETA(2016)6", "GRETA(2015)6", False),
        ("SWD(2018) 152", "COM(2018) 152", False),
        ("CP(2016)6", "CP/Rec(2016)6", False),
    ],
)
def test_spaces_zeros_and_final_do_not_tell_numbers_apart(left: str, right: str, *, same: bool) -> None:
    assert same_number(left, right) is same
    assert same_number(right, left) is same


def test_each_reference_has_the_pinpoint_that_follows_it() -> None:
    text = (
        "GRETA(2098)1, p. 34; GRETA(2098)2, paras. 12-13; SWD(2098) 3, pp. 38-41, 45 and SWD(2098) 4; COM(2098) 5, P. 6"
    )
    assert [reference.pinpoint for reference in find_references(text)] == [
        "p. 34",
        "paras. 12-13",
        "pp. 38-41, 45",
        "",
        "P. 6",
    ]


@pytest.mark.parametrize(
    ("text", "only_reference"),
    [
        ("GRETA(2098)1, p. 5.", True),
        ("Ibid., p. 7.", True),
        ("Harbour board (2098), Boats and nets, Old Town.", True),
        ("Available at www.specimen.example/boats.", True),
        ("It is called a boat.", False),
        ("Boats are counted in spring.", False),
        (" ".join(["The boats leak and the nets are torn."] * 6) + " GRETA(2098)1, p. 5.", False),
    ],
)
def test_a_note_is_a_reference_when_it_says_nothing_of_its_own(text: str, *, only_reference: bool) -> None:
    assert is_reference_note(text) is only_reference


def test_a_speaker_with_a_small_first_letter_may_open_a_sentence() -> None:
    assert named_speakers("Responding countries reported that funds are scarce.") == ("ATC survey",)
    assert named_speakers("Authorities stated that funds are scarce.") == ("Government",)
