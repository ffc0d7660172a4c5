"""Answers as plain text for people, as the command line prints them."""

from __future__ import annotations

import textwrap

from ingest.countries import country_name
from qa.answer import Answer, Group
from qa.citing.styles import Style
from qa.question.topics import all_topics
from qa.quotes import Quote


def answer_text(answer: Answer, *, width: int, style: Style = "short") -> str:
    """An answer with its scope, quotes and pincites.

    Args:
        answer: The answer.
        width: Columns of the screen.
        style: Of the citations.
    """
    lines = [_understood(answer), "", *textwrap.wrap(answer.message, width)]
    for group in answer.groups:
        lines += ["", _heading(group)]
        lines += [line for quote in group.quotes for line in ("", *quote_lines(quote, width, style))]
        lines += [f"  also: {_heading(answer.groups[other])}, quote {quote + 1}" for other, quote in group.also]
    return "\n".join(lines)


def speaker_label(quote: Quote) -> str:
    """Who says it: "GRETA", or "GRETA, as reported by ICMPD", or "GRETA, as restated in a digest by Pincite"."""
    names = " and ".join(quote.speakers)
    if quote.paraphrase:
        return f"{names}, as restated in a digest by Pincite"
    return f"{names}, as reported by {quote.reported_by}" if quote.reported_by else names


def _understood(answer: Answer) -> str:
    scope = answer.scope
    parts = [country_name(code) for code in scope.countries] + list(scope.sources)
    parts += [str(year) for year in scope.years] + [f"round {number}" for number in scope.rounds]
    parts += [f"since {scope.since}"] if scope.since else []
    parts += [f"until {scope.until}"] if scope.until else []
    parts += [f"“{grade}”" for grade in scope.grades] + [f"Article {number}" for number in scope.articles]
    parts += [*scope.parts, *(["not only on trafficking"] if scope.anywhere else [])]
    parts += [all_topics()[key].label for key in scope.topics if key in all_topics()]
    return f"Understood as: {' · '.join(parts)}" if parts else "Understood as: no limits"


def _heading(group: Group) -> str:
    return f"{country_name(group.country)} · {group.source}" if group.country else group.source


def quote_lines(quote: Quote, width: int, style: Style) -> list[str]:
    """A quote with who says it and its citation, indented by two and four columns; each bullet on lines of its own."""
    text = quote.text if quote.paraphrase else f"“{quote.text}”"
    first, *bullets = [part for part in text.split("\n") if part.strip()]
    lines = textwrap.wrap(first, width, initial_indent="  ", subsequent_indent="  ")
    for bullet in bullets:
        lines += textwrap.wrap(bullet, width, initial_indent="    ", subsequent_indent="      ")
    grade = quote.statements[0].grade
    said = speaker_label(quote) + (f" ({grade})" if grade else "")
    citation = quote.citation_in(style)
    # The longer styles themselves say who reports whom.
    source = citation if style != "short" and quote.reported_by else f"{said} — {citation}"
    lines += textwrap.wrap(source, width, initial_indent="    ", subsequent_indent="    ")
    return lines
