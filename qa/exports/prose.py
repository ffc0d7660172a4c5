"""A briefing as pandoc's document: blocks and inlines, which pandoc writes as Word, HTML or Markdown.

A document of pandoc's, not Markdown: no text can be read as markup, and footnotes are footnotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from ingest.countries import country_name
from qa.citing.styles import Citation, Style, speaker_name
from qa.comparing.units import asks_for_something
from qa.comparing.wording import introduces_demands
from qa.exports.briefing import Briefing, Heading, Note
from qa.exports.wording import Footnotes, attribution, credits_of, kosovo_note, paragraphs
from qa.quotes import Quote

Node = dict[str, Any]

# Of the pandoc that pypandoc-binary carries; pandoc refuses another major version.
_API_VERSION = [1, 23, 1]


def pandoc_document(
    briefing: Briefing, *, style: Style, country_notes: bool, title_in_text: bool = False, credit: bool = True
) -> str:
    """The briefing as pandoc's JSON.

    Args:
        briefing: What to write.
        style: Of the footnotes.
        country_notes: The form of the ICMPD's non-paper instead of the briefing's order: per country what each source
            found, then "Areas of improvement include:" with the source in brackets. The briefing's headings go, its
            notes stand at the end.
        title_in_text: Write the title as the first heading, above all others, for formats that have no title.
        credit: Write the lines that publishers ask for.
    """
    writer = _Writer(briefing, style, top_level=2 if title_in_text else 1)
    blocks = [writer.title()] if title_in_text else []
    blocks += writer.country_notes() if country_notes else writer.in_order()
    blocks += writer.closing(credit=credit)
    meta = {
        "title": {"t": "MetaInlines", "c": _plain(briefing.title)},
        "lang": {"t": "MetaString", "c": "en-GB"},
    }
    return json.dumps({"pandoc-api-version": _API_VERSION, "meta": meta, "blocks": blocks}, ensure_ascii=False)


class _Writer:
    """Writes blocks in order; knows which documents have been cited and whether Kosovo* has its footnote."""

    def __init__(self, briefing: Briefing, style: Style, *, top_level: int) -> None:
        self._briefing = briefing
        self._style = style
        self._notes = Footnotes(briefing.quotes, style)
        self._top_level = top_level
        self._kosovo_noted = False

    def title(self) -> Node:
        return {"t": "Header", "c": [1, ["", [], []], _plain(self._briefing.title)]}

    def in_order(self) -> list[Node]:
        blocks: list[Node] = []
        above: list[Heading] = []
        for item in self._briefing.items:
            if isinstance(item, Heading):
                above = [*(one for one in above if one.level < item.level), item]
                blocks.append(self._heading(item))
            elif isinstance(item, Note):
                blocks.append(_block("Para", self._inlines(item.text)))
            else:
                named = " ".join(heading.text for heading in above)
                blocks.append(self._quote(item, [name for name in _unnamed_countries(item) if name not in named]))
        return blocks

    def country_notes(self) -> list[Node]:
        blocks: list[Node] = []
        for country, quotes in _by_country(self._briefing.quotes).items():
            blocks.append(self._heading(Heading(country)))
            wanting = [quote for quote in quotes if _is_recommendation(quote)]
            blocks += [self._finding(said) for said in _by_source([quote for quote in quotes if quote not in wanting])]
            if wanting:
                blocks.append(_block("Para", _plain("Areas of improvement include:")))
                blocks.append(_block("BulletList", [[_block("Para", self._point(quote))] for quote in wanting]))
        notes = self._notes_with_headings()
        return [*blocks, self._heading(Heading("Notes")), *notes] if notes else blocks

    def _notes_with_headings(self) -> list[Node]:
        """The notes in order, each opening with the heading that it stood under, without which it tells little."""
        notes: list[Node] = []
        under = ""
        for item in self._briefing.items:
            if isinstance(item, Heading):
                under = item.text
            elif isinstance(item, Note):
                opening = [_block("Strong", self._inlines(f"{under}:")), _SPACE] if under else []
                notes.append(_block("Para", [*opening, *self._inlines(item.text)]))
        return notes

    def closing(self, *, credit: bool) -> list[Node]:
        """Credit lines, and the note on Kosovo* where only the title or a footnote names it."""
        quotes = self._briefing.quotes if credit else ()
        lines = [_block("Para", self._inlines(line)) for line in credits_of(quotes)]
        blocks = [self._heading(Heading("Credits")), *lines] if lines else []
        named = any("Kosovo*" in text for text in (self._briefing.title, *_titles(self._briefing.quotes)))
        named = named or any("XK" in quote.countries for quote in self._briefing.quotes)
        if named and not self._kosovo_noted:
            blocks.append(_block("Para", _plain(kosovo_note(self._style))))
        return blocks

    def _heading(self, heading: Heading) -> Node:
        level = min(heading.level + self._top_level - 1, 6)
        return {"t": "Header", "c": [level, ["", [], []], self._inlines(heading.text)]}

    def _quote(self, quote: Quote, countries: Sequence[str]) -> Node:
        """A quote with what introduces it; `countries` are those that nothing else around it names."""
        lines = [self._inlines(line) for line in paragraphs(quote)]
        opening = ": ".join(filter(None, (" and ".join(countries), quote.lead_in)))
        if opening:
            lines[0] = [*self._inlines(f"[{opening}]"), _SPACE, *lines[0]]
        lines[-1] += [_SPACE, *self._inlines(attribution(quote)), self._footnote(quote)]
        return _block("BlockQuote", [_block("Para", line) for line in lines])

    def _finding(self, quotes: Sequence[Quote]) -> Node:
        """What one source found, in a paragraph that opens with its name."""
        first = quotes[0]
        names = " and ".join(speaker_name(code, "short", first.countries) for code in first.speakers)
        year = f" ({first.document.identity.year})" if first.document.identity.year else ""
        if first.paraphrase:
            opening = f"{names}, as restated in a digest by {first.reported_by}{year}:"
        elif first.reported_by:
            opening = f"{names}, as reported by {first.reported_by}{year}:"
        elif first.cited.government_comments:
            opening = f"{names}, in its comments{year}:"
        else:
            opening = f"{names}{year}:"
        inlines = self._inlines(opening)
        for quote in quotes:
            inlines += [_SPACE, *self._inlines(f"[{quote.lead_in}]")] if quote.lead_in else []
            inlines += [_SPACE, *self._inlines(" ".join(paragraphs(quote))), self._footnote(quote)]
        return _block("Para", inlines)

    def _point(self, quote: Quote) -> list[Node]:
        text = self._inlines(" ".join(paragraphs(quote)))
        # "Areas of improvement include:" stands in for a line that introduced a list, and for nothing else.
        if quote.lead_in and not (quote.lead_in.endswith(":") and introduces_demands(quote.lead_in)):
            text = [*self._inlines(f"[{quote.lead_in}]"), _SPACE, *text]
        return [*text, _SPACE, *self._inlines(attribution(quote)), self._footnote(quote)]

    def _footnote(self, quote: Quote) -> Node:
        return _note(_cited(self._notes.citation(quote)))

    def _inlines(self, text: str) -> list[Node]:
        """Words and spaces; the first Kosovo* gets its footnote."""
        before, sign, after = text.partition("Kosovo*")
        if not sign or self._kosovo_noted:
            return _plain(text)
        self._kosovo_noted = True
        return [*_plain(before + sign), _note(_plain(kosovo_note(self._style))), *_plain(after)]


_SPACE: Node = {"t": "Space"}


def _plain(text: str) -> list[Node]:
    pieces = re.findall(r"[ \t\r\n]+|[^ \t\r\n]+", text)
    return [_SPACE if piece.isspace() else {"t": "Str", "c": piece} for piece in pieces]


def _cited(citation: Citation) -> list[Node]:
    inlines: list[Node] = []
    for run in citation.runs:
        inlines += [{"t": "Emph", "c": _plain(run.text)}] if run.italic else _plain(run.text)
    return [*inlines, *_plain(".")]


def _note(inlines: list[Node]) -> Node:
    return _block("Note", [_block("Para", inlines)])


def _block(kind: str, content: list[Any]) -> Node:
    return {"t": kind, "c": content}


def _is_recommendation(quote: Quote) -> bool:
    """Whether a quote says what is to be improved. What a government asks for in its comments is no such thing."""
    return not quote.cited.government_comments and asks_for_something(quote)


def _unnamed_countries(quote: Quote) -> list[str]:
    """The country of a quote from a document on several, where neither its words nor what introduces it name it."""
    if len(quote.countries) != 1 or quote.document.identity.countries == quote.countries:
        return []
    name = country_name(quote.countries[0])
    return [] if name.removesuffix("*") in f"{quote.text} {quote.lead_in}" else [name]


def _by_country(quotes: Sequence[Quote]) -> dict[str, list[Quote]]:
    countries: dict[str, list[Quote]] = {}
    for quote in quotes:
        about = quote.countries if len(quote.countries) == 1 else quote.document.identity.countries
        countries.setdefault(country_name(about[0]) if len(about) == 1 else "Several countries", []).append(quote)
    return countries


def _by_source(quotes: Sequence[Quote]) -> list[list[Quote]]:
    sources: dict[tuple[Any, ...], list[Quote]] = {}
    for quote in quotes:
        key = (quote.speakers, quote.reported_by, quote.cited.government_comments, quote.document.identity.year)
        sources.setdefault(key, []).append(quote)
    return list(sources.values())


def _titles(quotes: Sequence[Quote]) -> list[str]:
    return [quote.document.identity.title for quote in quotes]
