"""What can only be said of paragraphs when the whole file is read: typed notes, their marks, runs of numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.blocks import Block, Mark
from ingest.readers.inline import Line, Piece, fold, pieces_of

_BRACKET_NOTE = re.compile(r"\[(\d{1,3})\]\s+(?=\S)")
_BRACKET_MARK = re.compile(r"\[(\d{1,3}(?:, ?\d{1,3})*)\]")
_NOTES_HEADING = re.compile(r"(?:\w+\. )?(?:foot|end)?notes?:?", re.IGNORECASE)
_STARRED = re.compile(r"(?<=\w)(\*+)(?!\w)")
_LONG_SERIES = 20  # An enumeration of 20 items at the outermost level is paragraph numbering (chosen).


def settle(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Returns the blocks with typed notes made footnotes, marks of the form "[1]" and "*" found, numbers weighed."""
    settled = _bracket_notes(list(blocks))
    settled = _notes_under_heading(settled)
    settled = _starred(settled)
    settled = _numbered_paragraphs(settled)
    return tuple(_without_repeated_numbers(settled))


def _bracket_notes(blocks: list[Block]) -> list[Block]:
    """Notes typed as "[1] text" and their marks "[1]", as Pandoc's and many other plain texts have them."""
    notes = [_BRACKET_NOTE.match(block.text) if block.kind in {"paragraph", "bullet"} else None for block in blocks]
    labels = {note[1] for note in notes if note}
    called = {
        number
        for block, note in zip(blocks, notes, strict=True)
        for found in _BRACKET_MARK.finditer(block.text, note.end() if note else 0)
        for number in _numbers(found)
    }
    known = labels & called
    if not known:
        return blocks
    settled = []
    for block, note in zip(blocks, notes, strict=True):
        if note and note[1] in known:
            text = block.text[note.end() :]
            marks = tuple(Mark(max(mark.offset - note.end(), 0), mark.number) for mark in block.marks)
            block = replace(block, kind="footnote", text=text, label=note[1], level=0, marks=marks)
        settled.append(_with_bracket_marks(block, known))
    return settled


def _numbers(found: re.Match[str]) -> list[str]:
    return re.split(r", ?", found[1])


def _with_bracket_marks(block: Block, known: set[str]) -> Block:
    pieces: list[Piece] = []
    for piece in pieces_of(block):
        position = 0
        for found in () if piece.is_mark else _BRACKET_MARK.finditer(piece.text):
            if known.issuperset(_numbers(found)):
                pieces.append(Piece(piece.text[position : found.start()], piece.emphasis))
                pieces.extend(Piece(number, is_mark=True) for number in _numbers(found))
                position = found.end()
        pieces.append(replace(piece, text=piece.text[position:]))
    line: Line = fold(pieces)
    return replace(block, text=line.text, marks=line.marks) if line.marks != block.marks else block


def _notes_under_heading(blocks: list[Block]) -> list[Block]:
    """Numbered paragraphs under a heading "Notes", as far as marks with these numbers have no footnote yet."""
    open_marks = {mark.number for block in blocks for mark in block.marks}
    open_marks -= {block.label for block in blocks if block.kind == "footnote"}
    settled: list[Block] = []
    in_notes = False
    for block in blocks:
        if block.kind == "heading" or (block.kind == "paragraph" and not block.label):
            in_notes = _NOTES_HEADING.fullmatch(block.text) is not None
        elif in_notes and block.kind in {"paragraph", "bullet"} and block.label in open_marks:
            block = replace(block, kind="footnote", level=0)
        settled.append(block)
    return settled


def _starred(blocks: list[Block]) -> list[Block]:
    """Marks for footnotes with a sign: the first word with the same sign after the footnote of that sign before it.

    The sign stays in the text: "Kosovo*" is a name.
    """
    settled = list(blocks)
    marked = {mark.number for block in blocks for mark in block.marks}
    searched_to: dict[str, int] = {}
    for position, note in enumerate(blocks):
        sign = note.label
        if note.kind != "footnote" or not sign.startswith("*") or sign in marked:
            continue
        for index in range(searched_to.get(sign, 0), len(blocks)):
            found = None if blocks[index].kind == "footnote" else _first_starred(blocks[index].text, sign)
            if found is not None:
                marks = sorted([*blocks[index].marks, Mark(found, sign)], key=lambda mark: mark.offset)
                settled[index] = replace(blocks[index], marks=tuple(marks))
                searched_to[sign] = max(position, index) + 1
                break
        else:
            marked.add(sign)  # No word has it any more: do not search for the next note.
    return settled


def _first_starred(text: str, sign: str) -> int | None:
    return next((found.end() for found in _STARRED.finditer(text) if found[1] == sign), None)


def _numbered_paragraphs(blocks: list[Block]) -> list[Block]:
    """Items of an enumeration that goes on across headings, or is very long, are numbered paragraphs.

    Word and HTML number the paragraphs of a report with the same means as the items of a list.
    """
    settled = list(blocks)
    n_headings = 0
    headings_before: dict[int, int] = {}
    series_by_next: dict[int, list[int]] = {}
    all_series = []
    for index, block in enumerate(blocks):
        n_headings += block.kind == "heading"
        if block.kind == "bullet" and block.level == 1 and block.label.isdecimal():
            number = int(block.label)
            series = series_by_next.pop(number, [])
            if not series:
                all_series.append(series)
            series.append(index)
            series_by_next[number + 1] = series
            headings_before[index] = n_headings
    for series in all_series:
        crosses_heading = headings_before[series[0]] < headings_before[series[-1]]
        if crosses_heading or len(series) >= _LONG_SERIES:
            for index in series:
                settled[index] = replace(blocks[index], kind="paragraph", level=0)
    return settled


def _without_repeated_numbers(blocks: list[Block]) -> list[Block]:
    """Takes away paragraph numbers that say nothing: "1." before every paragraph, left by converters and Markdown."""
    numbered = [index for index, block in enumerate(blocks) if block.kind == "paragraph" and block.label]
    repeated = set()
    for before, after in pairwise(numbered):
        if blocks[before].label == blocks[after].label:
            repeated |= {before, after}
    return [replace(block, label="") if index in repeated else block for index, block in enumerate(blocks)]
