"""Counts tokens for every budget, with an encoding that is part of the program.

The encodings that come with tiktoken are downloaded at first use. The ranks in `data/pincite.tiktoken` were trained by
`benchmarks/train_tokens.py`; the file holds tokens and ranks, no text.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

PATTERN = r" ?\p{L}+| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+"
"""How text is split before pairs are merged: no look-around, so that the time is linear in the length of the text."""


@cache
def encoding() -> tiktoken.Encoding:
    """Returns the encoding; it has no special tokens, so that "<|endoftext|>" in a document is ordinary text."""
    import tiktoken

    lines = files("ingest").joinpath("data/pincite.tiktoken").read_bytes().split(b"\n")
    pairs = [line.split() for line in lines if line]
    ranks = {base64.b64decode(token): int(rank) for token, rank in pairs}
    return tiktoken.Encoding("pincite", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})


def count_tokens(text: str) -> int:
    """Returns the number of tokens of the text in Pincite's encoding."""
    return len(encoding().encode_ordinary(text))


def is_common(word: str) -> bool:
    """Whether a word, in lower case, is one token of the encoding: a common English word or a term of the field."""
    return len(encoding().encode_ordinary(f" {word}")) == 1
