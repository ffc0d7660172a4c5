"""Sentence boundaries in the English of monitoring reports."""

from __future__ import annotations

import re

# A full stop after these does not end a sentence. Chosen from GRETA and EC reports, the non-paper and citation guides.
_ABBREVIATIONS = {
    "art", "arts", "cf", "ch", "co", "dr", "e.g", "ed", "eds", "etc", "fig", "i.e", "ibid", "inc", "ltd", "mr", "mrs", "ms",
    "no", "nos", "op", "cit", "p", "para", "paras", "pp", "prof", "rec", "st", "v", "vol", "vs", "approx", "jan", "feb",
    "aug", "sept", "oct", "nov", "dec", "al", "incl", "resp", "subpara", "chap", "sec",
}  # fmt: skip
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)")
_OPENERS = "\"'“‘«([" 


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Spans `[start, end)` of the sentences of a text, in order, without white space around them.

    A full stop ends a sentence when the next word opens with a capital, a digit or a quotation mark, and the word
    before it is no abbreviation, single initial or ordinal.
    """
    spans = []
    start = 0
    for match in _END.finditer(text):
        if _ends_sentence(text, match):
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


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
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
        if token in _ABBREVIATIONS or re.fullmatch(r"[a-z]", token):
            return False
    # A bracket that is still open, as in "(e.g. in Serbia. …)", holds the sentence together only for few words.
    return True
