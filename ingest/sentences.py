"""Sentence boundaries in the English of monitoring reports."""

from __future__ import annotations

import re

# A full stop after these does not end a sentence. Chosen from GRETA and EC reports, the non-paper and citation guides.
_ABBREVIATIONS = {
    "al", "approx", "art", "arts", "aug", "cf", "ch", "chap", "cit", "co", "dec", "dr", "e.g", "ed", "eds",
    "etc", "feb", "fig", "i.e", "ibid", "inc", "incl", "jan", "ltd", "mr", "mrs", "ms", "no", "nos", "nov",
    "oct", "op", "p", "para", "paras", "pp", "prof", "rec", "resp", "sec", "sept", "st", "subpara", "v", "vol",
    "vs",
}  # fmt: skip
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)")
_ITEM_NUMBER = re.compile(r"\s*\(?\d{1,2}\.\)?")
_OPENERS = "\"'“‘«(["


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Spans `[start, end)` of the sentences of a text, in order, without white space around them.

    A full stop ends a sentence when the next word opens with a capital, a digit or a quotation mark, and the word
    before it is no abbreviation, no initials ("U.S.") and not the number of an item. The number of an item that opens
    a sentence is left out.
    """
    spans = []
    start = 0
    for match in _END.finditer(text):
        if _ITEM_NUMBER.fullmatch(text, start, match.end()) and text[match.end() :].strip():
            start = match.end()
        elif _ends_sentence(text, start, match):
            spans.append((start, match.end()))
            start = match.end()
    spans.append((start, len(text)))
    return tuple(span for span in (_trimmed(text, *span) for span in spans) if span[0] < span[1])


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    following = text[match.end() :].lstrip()
    if not following:
        return True
    opener = following.lstrip(_OPENERS)[:1]
    if opener and not (opener.isupper() or opener.isdigit()):
        return False
    if match[0].startswith("."):
        word = re.search(r"[^\s(\[\"“‘«]*$", text[: match.start()])
        token = (word[0] if word else "").casefold()
        if token == "etc":
            return opener.isupper()
        if token in _ABBREVIATIONS or re.fullmatch(r"[a-z](?:\.[a-z])*", token):
            return False
        if re.search(r"[:;]\s+\(?\d{1,2}$", text[start : match.start()]):
            return False  # The first item of "The board should: 1. Keep the register. 2. Read it."
    return True
