"""The inline markup of Markdown: emphasis, links, escapes, footnote marks and the HTML tags that people mix in."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import accumulate

from ingest.readers.inline import Piece, superscript

_LINK_TEXT = r"((?!\^)(?:[^\[\]\\]|\\.|\[[^\[\]]*\]){0,500})"
# A target has a sign of an address in it: "[1](EC)" is a mark and a source.
_TARGET = r"\(\s*(?=[^\s)]{0,300}[./#:@])(<[^<>]*>|(?:[^()\s]|\([^()\s]*\)){0,2000})(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
_IMAGE = re.compile(rf"!\[{_LINK_TEXT}\]{_TARGET}")
_LINK = re.compile(rf"(?<!!)\[{_LINK_TEXT}\]{_TARGET}")
_TOKEN = re.compile(
    r"""\\(?P<escaped>[!-/:-@\[-`{-~])
    |<sup>(?P<sup>[^<>]{1,20})</sup>
    |\[\^(?P<note>[^\]\s]+)\]
    |<(?P<url>(?:https?|mailto):[^\s<>]+)>
    |(?P<space><br\s*/?>)
    |</?(?:a|b|i|u|em|strong|span|sub|small|p|div|font|center|img|ins|mark|del)(?:\s[^<>]*)?/?>
    |(?P<code>`+)
    |(?P<run>\*+|_+|~~)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def pieces_of_line(text: str) -> list[Piece]:
    """Returns the pieces of a line of Markdown: emphasis signs, links and tags gone, footnote marks told apart."""
    text = _IMAGE.sub(" ", text)
    text = _LINK.sub(_link_text, text)
    spans = _tokens(text)
    return [piece for span in _with_emphasis(spans) for piece in [span.piece] if piece.text]


def _link_text(found: re.Match[str]) -> str:
    """A link's text; a number that links to a place in the same file is a footnote mark."""
    if found[2].startswith("#") and re.fullmatch(r"(?:\\?\[)?\d{1,3}(?:\\?\])?", found[1]):
        return "<sup>" + re.sub(r"\D", "", found[1]) + "</sup>"
    return found[1]


@dataclass(slots=True)
class _Span:
    """A piece, or a run of emphasis signs that may open or close emphasis."""

    piece: Piece
    sign: str = ""
    opens: bool = False
    closes: bool = False
    left: int = 0  # Signs not yet paired.


def _tokens(text: str) -> list[_Span]:
    spans: list[_Span] = []
    position = 0
    for found in _TOKEN.finditer(text):
        spans.append(_Span(Piece(html.unescape(text[position : found.start()]))))
        position = found.end()
        if found["sup"] is not None:
            before = "".join(span.piece.text for span in spans[-3:])
            spans.extend(_Span(piece) for piece in superscript(found["sup"], before=before))
        elif found["note"]:
            spans.append(_Span(Piece(found["note"], is_mark=True)))
        elif found["run"] and found["run"] != "~~":
            spans.append(_delimiter(found["run"], text[: found.start()][-1:], text[found.end() :][:1]))
        else:
            spans.append(_Span(Piece(found["escaped"] or found["url"] or (" " if found["space"] else ""))))
    return [*spans, _Span(Piece(html.unescape(text[position:])))]


def _delimiter(run: str, before: str, after: str) -> _Span:
    """Whether a run of emphasis signs can open or close. Source: CommonMark 0.31, section 6.2."""
    space_before, space_after = not before.strip(), not after.strip()
    sign_before, sign_after = _is_punctuation(before), _is_punctuation(after)
    left = not space_after and (not sign_after or space_before or sign_before)
    right = not space_before and (not sign_before or space_after or sign_after)
    if run[0] == "_":
        return _Span(Piece(run), "_", left and (not right or sign_before), right and (not left or sign_after), len(run))
    return _Span(Piece(run), "*", left, right, len(run))


def _is_punctuation(char: str) -> bool:
    return bool(char) and unicodedata.category(char)[0] in "PS"


def _with_emphasis(spans: list[_Span]) -> list[_Span]:
    """Pairs the signs, innermost first; signs without a partner stay in the text ("Kosovo*")."""
    openers: dict[str, list[int]] = {"*": [], "_": []}
    changes = [0] * (len(spans) + 1)  # Of the depth of emphasis, at each span.
    for index, span in enumerate(spans):
        if not span.sign:
            continue
        same = openers[span.sign]
        while span.closes and span.left and same:
            partner = same[-1]
            n_paired = min(spans[partner].left, span.left)
            spans[partner].left -= n_paired
            span.left -= n_paired
            changes[partner] += 1
            changes[index] -= 1
            for others in openers.values():
                while others and others[-1] > partner:
                    others.pop()
            if not spans[partner].left:
                same.pop()
        if span.opens and span.left:
            same.append(index)
    for span, depth in zip(spans, accumulate(changes), strict=False):
        text = span.sign * span.left if span.sign else span.piece.text
        span.piece = replace(span.piece, text=text, emphasis=span.piece.emphasis or depth > 0)
    return spans
