"""How an invented document is cut into passages."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import DEFAULT_MAX_TOKENS, document_id_of, read_document
from ingest.document import Document, clause_before
from ingest.tokens import count_tokens

SENTENCES = [
    f"In the {word} year the inspectors of the guild counted the boats and the nets of the harbour and told the board."
    for word in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
]
CLAUSES = "; ".join(
    f"in the {word} year the boats of the {town} harbour were counted, mended and painted by the guild"
    for word, town in zip(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
        ("old", "new", "upper", "lower", "inner", "outer", "north", "south", "east", "west"),
        strict=True,
    )
)


def written(tmp_path: Path, text: str, *, max_tokens: int = DEFAULT_MAX_TOKENS, name: str = "specimen.md") -> Document:
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8"))
    return read_document(path, path.read_bytes(), max_tokens=max_tokens)


def texts(document: Document) -> list[str]:
    return [document.text[passage.start : passage.end] for passage in document.passages]


def statements(document: Document) -> list[str]:
    return [document.text[s.start : s.end] for passage in document.passages for s in passage.statements]


def check_invariants(document: Document, max_tokens: int) -> None:
    previous = 0
    for passage in document.passages:
        assert previous <= passage.start < passage.end <= len(document.text)
        previous = passage.end
        assert count_tokens(document.text[passage.start : passage.end]) <= max_tokens
        assert passage.statements
        place = passage.start
        for statement in passage.statements:
            assert place <= statement.start < statement.end <= passage.end
            assert statement.speakers
            place = statement.end


MIXED = f"""# Boats \U0001d516 of Malta

## 1. Pilots

GRETA noted the boats.[^1] {" ".join(SENTENCES)}

- Mend the boats (EC); paint the nets (GRETA).
- Row.

12\\. {CLAUSES}.

## 2. Nets

☃ e\u0301 {" ".join(SENTENCES[:2])}

[^1]: Report on boats, GRETA(2098)1, p. 5.
"""


@pytest.mark.parametrize("max_tokens", [12, 40, 190, 1000])
def test_passages_never_pass_the_budget_and_hold_their_statements_in_order_without_overlap(
    tmp_path: Path, max_tokens: int
) -> None:
    check_invariants(written(tmp_path, MIXED, max_tokens=max_tokens), max_tokens)


@pytest.mark.parametrize("max_tokens", [12, 40, 190])
def test_nothing_is_lost_by_cutting(tmp_path: Path, max_tokens: int) -> None:
    whole = written(tmp_path, MIXED, max_tokens=1000)
    cut = written(tmp_path, MIXED, max_tokens=max_tokens)
    assert cut.text == whole.text
    assert " ".join(statements(cut)).split() == " ".join(statements(whole)).split()


def test_the_text_at_a_passages_offsets_is_the_passage_counted_in_code_points(tmp_path: Path) -> None:
    document = written(tmp_path, MIXED, max_tokens=1000)
    assert "\U0001d516" in document.text[: document.passages[0].start]
    assert texts(document)[0].startswith("GRETA noted the boats. In the first year")
    assert texts(document)[-2] == f"☃ \u00e9 {SENTENCES[0]} {SENTENCES[1]}"  # The reader composes accents.
    assert texts(document)[-1] == "Report on boats, GRETA(2098)1, p. 5."


def test_a_unit_that_fits_is_one_passage(tmp_path: Path) -> None:
    document = written(tmp_path, f"# 1. Boats\n\n{SENTENCES[0]} {SENTENCES[1]}\n\n- Row. Swim.\n")
    assert texts(document) == [f"{SENTENCES[0]} {SENTENCES[1]}", "Row. Swim."]
    assert [passage.kind for passage in document.passages] == ["paragraph", "bullet"]


def test_a_long_paragraph_is_cut_at_sentence_ends(tmp_path: Path) -> None:
    document = written(tmp_path, f"# 1. Boats\n\n7\\. {' '.join(SENTENCES)}\n", max_tokens=60)
    assert len(document.passages) > 3
    assert " ".join(texts(document)) == " ".join(SENTENCES)
    assert all(text.endswith("told the board.") for text in texts(document))
    assert {passage.paragraph for passage in document.passages} == {"7"}
    assert statements(document) == SENTENCES


def test_a_long_sentence_is_cut_at_its_clauses_and_keeps_its_speakers(tmp_path: Path) -> None:
    document = written(tmp_path, f"# 1. Boats\n\nGRETA noted that {CLAUSES}.\n", max_tokens=60)
    assert len(document.passages) > 3
    assert all(text.endswith((";", ".")) for text in texts(document))
    assert " ".join(statements(document)) == f"GRETA noted that {CLAUSES}."
    assert {s.speakers for passage in document.passages for s in passage.statements} == {("GRETA",)}
    assert {s.voice for passage in document.passages for s in passage.statements} == {"reported"}


def test_a_long_sentence_without_clauses_is_cut_between_words(tmp_path: Path) -> None:
    words = " ".join(["harbour", "pilots", "and", "boats"] * 60)
    document = written(tmp_path, f"# 1. Boats\n\n{words}.\n", max_tokens=50)
    assert " ".join(texts(document)) == f"{words}."


def test_a_word_longer_than_the_budget_is_cut_too(tmp_path: Path) -> None:
    document = written(tmp_path, f"# 1. Boats\n\n{'qxzj' * 200}\n", max_tokens=50)
    check_invariants(document, 50)
    assert "".join(texts(document)) == "qxzj" * 200


def test_a_tag_stays_in_the_passage_but_not_in_the_statement(tmp_path: Path) -> None:
    document = written(tmp_path, "# 1. Boats\n\n- Mend the boats (EC); paint the nets (GRETA).\n")
    assert texts(document) == ["Mend the boats (EC); paint the nets (GRETA)."]
    assert statements(document) == ["Mend the boats", "paint the nets"]


def test_a_clause_knows_the_one_it_goes_on_with(tmp_path: Path) -> None:
    document = written(tmp_path, "# 1. Boats\n\n- Mend the boats (EC) and paint them (GRETA). Row (EC).\n")
    (passage,) = document.passages
    assert [clause_before(document.text, passage, statement) for statement in passage.statements] == [
        "",
        "Mend the boats",
        "",
    ]


def test_the_pages_of_a_passage_are_those_it_stands_on(tmp_path: Path) -> None:
    text = "Boats leak.\n\nNets are torn and the oars of the\n\fboats are broken in two.\n\nIt rains.\n"
    document = written(tmp_path, text, name="specimen.txt")
    assert texts(document) == [
        "Boats leak.",
        "Nets are torn and the oars of the boats are broken in two.",
        "It rains.",
    ]
    assert [document.pages_of(passage.start, passage.end) for passage in document.passages] == [(1,), (1, 2), (2,)]


def test_labels_are_the_printed_ones_and_the_number_where_there_is_none(tmp_path: Path) -> None:
    document = written(tmp_path, "Boats leak.\n\n\fNets are torn.\n", name="specimen.txt")
    labelled = Document(**{f: getattr(document, f) for f in Document.__slots__} | {"page_labels": ("iv",)})
    assert [labelled.labels_of(passage.start, passage.end) for passage in document.passages] == [("iv",), ("2",)]


@pytest.mark.parametrize(
    ("heading", "articles"),
    [
        ("1. Child victims (Art. 10 & 12)", (10, 12)),
        ("1. Sanctions (Arts. 22, 23, and 27)", (22, 23, 27)),
        ("1. Compensation (Article 15)", (15,)),
        ("1. Information (Articles 12 and 15)", (12, 15)),
        ("1. Investigation (Articles 1, 27 and 29)", (1, 27, 29)),
        ("1. Rapporteur (Article 29(4))", (29,)),
        ("1. Boats", ()),
    ],
)
def test_articles_are_read_in_the_heading(tmp_path: Path, heading: str, articles: tuple[int, ...]) -> None:
    document = written(tmp_path, f"# {heading}\n\nBoats leak.\n\n# 2. Nets\n\nNets tear.\n")
    assert [passage.articles for passage in document.passages] == [articles, ()]


def test_passages_know_whether_they_are_about_trafficking(tmp_path: Path) -> None:
    text = (
        "SWD(2098) 1 final\n\n# 1. Boats\n\nBoats leak.\n\nVictims of trafficking row boats.\n\n"
        "# 2. Fight against trafficking in human beings\n\nA register is kept.\n"
    )
    document = written(tmp_path, text)
    assert document.identity.publisher == "EC"
    assert [passage.about_trafficking for passage in document.passages[1:]] == [False, True, True]
    assert all(passage.about_trafficking for passage in written(tmp_path, text.replace("SWD", "GRETA")).passages)


def test_the_id_of_a_document_is_made_of_its_bytes(tmp_path: Path) -> None:
    document = written(tmp_path, "Boats leak.\n")
    assert document.document_id == document_id_of(b"Boats leak.\n") == "658adde67fd1"  # printf | sha256sum
    assert document.document_id != written(tmp_path, "Boats leak!\n").document_id


def test_the_same_file_gives_the_same_document(tmp_path: Path) -> None:
    assert written(tmp_path, MIXED) == written(tmp_path, MIXED)
