"""How quotes are worded in every export: nothing changes its voice on the way out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from ingest.document import Identity
from qa.citing.citations import display_title, document_citation
from qa.citing.styles import Citation, Run, Style, cite, speaker_name
from qa.quotes import Quote


def attribution(quote: Quote) -> str:
    """Who says it, in brackets: "(GRETA, urges, 2023, para. 161)", "(GRETA, as reported by ICMPD, 2018)"."""
    identity = quote.document.identity
    countries = quote.countries if len(quote.countries) == 1 else identity.countries
    parts = [" and ".join(speaker_name(code, "short", countries) for code in quote.speakers)]
    if quote.paraphrase and quote.reported_by:
        parts.append(f"as restated in a digest by {quote.reported_by}")
    elif quote.reported_by:
        parts.append(f"as reported by {quote.reported_by}")
    elif quote.cited.government_comments:
        parts.append(f"comments in {document_citation(identity)}")
    parts += [quote.grade] if quote.grade else []
    parts += [str(identity.year)] if identity.year else []
    parts += [] if quote.reported_by else [pinpoint(quote)]
    return f"({', '.join(part for part in parts if part)})"


def pinpoint(quote: Quote) -> str:
    """The place in its document that leads there best: "para. 161", "fn. 20, p. 15", else "p. 38", else ""."""
    place = quote.place
    if place.paragraph:
        return f"para. {place.paragraph}"
    note = [f"fn. {place.footnote}"] if place.footnote else []
    return ", ".join([*note, *quote.cited.pages])


def paragraphs(quote: Quote) -> list[str]:
    """The quote's text as it is shown, by its paragraphs: in quotation marks, but for a digest's."""
    lines = [" ".join(line.split()) for line in quote.text.splitlines() if line.strip()]
    if not quote.paraphrase:
        lines[0] = f"“{lines[0]}"
        lines[-1] = f"{lines[-1]}”"
    return lines


def work_of(quote: Quote) -> tuple[str, ...]:
    """What is the same for all quotes of one document, also for those of another form of it."""
    identity = quote.document.identity
    return (identity.publisher or "", identity.official_number or identity.title, str(identity.year))


class Footnotes:
    """The citations of a text in their order: a document's first in full, later ones short. Changes as it is used."""

    def __init__(self, quotes: Iterable[Quote], style: Style) -> None:
        """Looks at all quotes first, to see which documents would be called the same in short."""
        self._style = style
        self._cited: set[tuple[str, ...]] = set()
        called: dict[str, set[tuple[str, ...]]] = {}
        for quote in quotes:
            called.setdefault(_short_name(quote, style), set()).add(work_of(quote))
        self._same = {name for name, works in called.items() if len(works) > 1}

    def citation(self, quote: Quote) -> Citation:
        """The citation of the next quote, with other editions that have the same words."""
        work = work_of(quote)
        later = work in self._cited
        self._cited.add(work)
        whole_title = _short_name(quote, self._style) in self._same
        citation = cite(quote.cited, self._style, later=later, whole_title=whole_title)
        same_words = repeated_in(quote, self._style)
        return Citation((*citation.runs, Run(f"; the same words in {same_words}"))) if same_words else citation


def repeated_in(quote: Quote, style: Style) -> str:
    """Where other editions have the same words, in the short form of a style; "" where none has."""
    return " and ".join(cite(other.cited, style, later=True, whole_title=True).text for other in quote.repeats)


def _short_name(quote: Quote, style: Style) -> str:
    identity = quote.document.identity
    return identity.official_number or cite(quote.cited.without_place(), style, later=True).text


def kosovo_note(style: Style) -> str:
    """The footnote to Kosovo*, in the EU's wording for its style, else in the Council of Europe's."""
    return str(_data()["kosovo"]["eu" if style == "eu" else "coe"])


def credits_of(quotes: Sequence[Quote]) -> list[str]:
    """Credit lines that publishers ask for, each with a remark where so much is quoted that permission is needed."""
    lines = []
    for identity, words in _words_by_document(quotes):
        for entry in _data()["credit"]:
            if identity.publisher in entry["publishers"]:
                year = (identity.published or str(identity.year or ""))[:4]
                title = display_title(identity.title) or document_citation(identity)
                lines.append(entry["line"].format(title=title, year=f" {year}" if year else ""))
                if words >= entry["free_below_words"]:
                    lines.append(entry["remark"].format(citation=document_citation(identity), words=words))
    return lines


def long_excerpts(quotes: Sequence[Quote]) -> list[str]:
    """Remarks alone: of which documents so much is quoted that permission is needed."""
    return [
        entry["remark"].format(citation=document_citation(identity), words=words)
        for identity, words in _words_by_document(quotes)
        for entry in _data()["credit"]
        if identity.publisher in entry["publishers"] and words >= entry["free_below_words"]
    ]


def _words_by_document(quotes: Sequence[Quote]) -> list[tuple[Identity, int]]:
    """Documents in order, each with the number of words quoted from it, whoever speaks in them."""
    words: dict[tuple[str, ...], int] = {}
    identities: dict[tuple[str, ...], Identity] = {}
    for quote in quotes:
        work = work_of(quote)
        identities.setdefault(work, quote.document.identity)
        words[work] = words.get(work, 0) + len(quote.text.split())
    return [(identity, words[work]) for work, identity in identities.items()]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("qa") / "data" / "exports.toml").read_text(encoding="utf-8"))
