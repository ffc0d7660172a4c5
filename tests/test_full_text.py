"""Full-text search: which words are the same, and BM25 scores that agree with another program's."""

from __future__ import annotations

from pathlib import Path

import bm25s
import numpy as np
import pytest

from index.full_text import FullText, Wording
from index.words import words

STAMP: dict[str, str | int] = {"revision": 7}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("co-operation", "cooperation"),
        ("co‑operation", "cooperation"),  # with a non-breaking hyphen
        ("co-ordinators", "coordinator"),
        ("labour", "labor"),
        ("neighbouring behaviour", "neighboring behavior"),
        ("organised criminalisation", "organized criminalization"),
        ("analysed", "analyzed"),
        ("counselling, travelled", "counseling, traveled"),
        ("offences and defence", "offenses and defense"),
        ("day centres", "day center"),
        ("programmes", "program"),
        ("judgement", "judgment"),
        ("fulfilment", "fulfillment"),
        ("victims’ rights", "victim's right"),
        ("the victim’s right", "victim right"),
        ("identifying", "identified"),
        ("Brčko", "BRCKO"),
        ("Đakovica", "Dakovica"),
        ("THB", "thb"),
        ("SOPs and NGOs", "SOP and NGO"),
        ("OSCE", "osce"),
        ("GRETA(2020)09", "GRETA (2020) 9"),
        ("1,250 victims", "1250 victims"),
        ("ﬁnancial", "financial"),
    ],
)
def test_spellings_of_one_word_are_the_same(one: str, other: str) -> None:
    assert set(words(other)) <= set(words(one))
    assert words(other)


@pytest.mark.parametrize(
    ("one", "other"), [("four", "for"), ("2017", "2018"), ("trafficking", "traffic lights"), ("tourist", "torist")]
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert not set(words(one)) & set(words(other))


def test_hyphenated_word_is_found_by_its_parts_too() -> None:
    assert set(words("anti-trafficking")) == set(words("antitrafficking anti trafficking"))


def test_stop_words_are_dropped_and_abbreviations_that_look_like_them_kept() -> None:
    assert words("What did it say about the US?") == ["us"]
    assert words("What does it say to us about it?") == []
    assert words("WHAT DID IT SAY ABOUT IT?") == []
    assert len(words("IT, WHO and US")) == 3


def test_operators_of_query_languages_are_plain_words() -> None:
    assert words('"shelter" AND (victim* OR -child) NEAR/3 text:safe^2 \\ ; DROP') == words(
        "shelter victim child near 3 text safe 2 drop"
    )


@pytest.mark.parametrize("text", ["", " ", "?!", "\x00", "𝟘½²", "ـ", "'" * 50, "-" * 50, "9" * 10_000, "é" * 10_000])
def test_odd_texts_give_words_without_failing(text: str) -> None:
    assert all(isinstance(word, str) and word for word in words(text))


VOCABULARY = [f"{first}{second}x" for first in "bcdfghk" for second in "bcdfghk"]


def random_texts(n: int) -> list[list[str]]:
    """Texts as words of very different frequency."""
    random = np.random.default_rng(1)
    return [[VOCABULARY[word % 49] for word in random.zipf(1.5, size=random.integers(0, 30))] for _ in range(n)]


def test_scores_are_those_of_another_implementation_of_bm25() -> None:
    texts = random_texts(300)
    full_text = FullText.build(texts)
    other = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    other.index(texts, show_progress=False)
    for question in (VOCABULARY[1:2], VOCABULARY[:3], VOCABULARY[5:40:5]):
        scores = full_text.scores(" ".join(question))
        assert scores.max() > 0
        np.testing.assert_allclose(scores, other.get_scores(question), rtol=1e-5, atol=1e-6)


def test_row_without_any_word_of_the_question_scores_zero() -> None:
    full_text = FullText.build([words("a shelter for men"), words("a law on borders"), []])
    scores = full_text.scores("Are there shelters?")
    assert scores[0] > 0
    assert scores[1:].tolist() == [0, 0]
    assert full_text.scores("unheard-of").tolist() == [0, 0, 0]


def test_rare_word_counts_more_than_a_common_one() -> None:
    full_text = FullText.build([words("victim shelter"), words("victim law"), words("victim police")])
    scores = full_text.scores("victim shelter")
    assert scores[0] > 3 * scores[1]


def test_coverage_tells_which_share_of_the_concepts_a_row_speaks_of() -> None:
    full_text = FullText.build([words("safe house for men"), words("a shelter"), words("a house"), words("men")])
    shelter = (Wording(("shelter",), 1.0), Wording(("safe", "hous"), 0.5))
    assert full_text.coverage([shelter]).tolist() == [0.5, 1.0, 0.0, 0.0]
    both = full_text.coverage([shelter, (Wording(("men",), 1.0),)])
    assert both[0] > both[3] > 0
    assert both[1] + both[3] == pytest.approx(1)
    assert full_text.knows("shelter")
    assert not full_text.knows("castl")


def test_words_of_a_wording_must_stand_one_behind_another_and_not_across_a_gap() -> None:
    full_text = FullText.build(
        [words("a safe house"), words("a house is safe"), [*words("to be safe"), "", *words("house rules")], ["hous"]]
    )
    assert full_text.coverage([(Wording(("safe", "hous"), 1.0),)]).tolist() == [1, 0, 0, 0]
    assert full_text.occurs((Wording(("safe", "hous"), 1.0),))
    assert not full_text.occurs((Wording(("safe", "rule"), 1.0),))
    assert full_text.scores("house")[2] > 0


def test_saved_index_gives_the_same_scores_and_only_with_its_stamp(tmp_path: Path) -> None:
    path = tmp_path / "full_text.bin"
    full_text = FullText.build(random_texts(100))
    assert full_text.save(path, STAMP)
    loaded = FullText.load(path, STAMP)
    assert loaded is not None
    assert len(loaded) == 100
    question = " ".join(VOCABULARY[:5])
    assert full_text.scores(question).max() > 0
    np.testing.assert_array_equal(loaded.scores(question), full_text.scores(question))
    phrase = [(Wording(tuple(VOCABULARY[1:3]), 1.0),)]
    assert full_text.coverage(phrase).max() > 0
    np.testing.assert_array_equal(loaded.coverage(phrase), full_text.coverage(phrase))
    assert FullText.load(path, {"revision": 8}) is None
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert FullText.load(path, STAMP) is None


@pytest.mark.parametrize("texts", [[], [[]], [[], []]])
def test_index_of_no_words_scores_zero(texts: list[list[str]], tmp_path: Path) -> None:
    full_text = FullText.build(texts)
    full_text.save(tmp_path / "full_text.bin", STAMP)
    for each in (full_text, FullText.load(tmp_path / "full_text.bin", STAMP)):
        assert each is not None
        assert each.scores("shelter").tolist() == [0] * len(texts)
