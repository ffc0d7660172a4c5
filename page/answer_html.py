"""Answers as HTML: groups, quotes with who says them and where, and the passages around a quote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Final

from ingest.countries import country_name
from ingest.scale import area_assessments
from page.asked import anywhere, to_address
from page.collecting_html import add_html
from page.gaps_html import gaps_html
from page.picture import picture_button
from page.scope_html import understood_html
from qa.citing.citations import display_title
from qa.citing.styles import STYLES
from qa.exports import Briefing, copied
from qa.matrices.matrix_text import KOSOVO_NOTE

if TYPE_CHECKING:
    from ingest.document import Document, Passage
    from page.asked import Asked
    from qa.age import Age
    from qa.answer import Answer, Group
    from qa.citing.styles import Style
    from qa.evidence.holdings import Holdings
    from qa.quotes import Quote

_N_NEIGHBOURS: Final = 3  # Passages shown before and after the one that a quote stands in.


def answer_html(answer: Answer, holdings: Holdings, asked: Asked) -> str:
    """An answer with all its groups."""
    parts = [understood_html(asked, answer.scope, holdings), f'<p class="message">{escape(answer.message)}</p>']
    parts.append(_ages_html(answer.ages))
    parts.append(gaps_html(quote.document for quote in answer.quotes))
    if len(answer.groups) > 2:
        parts.append(_contents_html(answer.groups))
    parts += [_group_html(number, group, answer.groups) for number, group in enumerate(answer.groups)]
    parts.append(further_html(answer, asked))
    if any(country == "XK" for quote in answer.quotes for country in quote.countries):
        parts.append(f'<p class="further">{escape(KOSOVO_NOTE)}</p>')
    return "".join(parts)


def further_html(answer: Answer, asked: Asked) -> str:
    """The way to what the reports say on the same outside trafficking; "" where there is nothing."""
    if not answer.n_further or asked.scope.anywhere:
        return ""
    hits = "1 further hit" if answer.n_further == 1 else f"{answer.n_further} further hits"
    return (
        f'<p class="further"><button type="button" data-go="{escape(to_address(anywhere(asked)))}">{hits} elsewhere'
        "</button> on other things than trafficking.</p>"
    )


def _contents_html(groups: Sequence[Group]) -> str:
    """Jumps to the groups of a long answer."""
    items = "".join(
        f'<li><button type="button" data-goto="group-{number}">{escape(_group_title(group))}'
        f" <small>{len(group.quotes) or '↗'}</small></button></li>"
        for number, group in enumerate(groups)
    )
    return f'<nav class="contents" aria-label="Groups of this answer"><ul>{items}</ul></nav>'


def _group_title(group: Group) -> str:
    return f"{country_name(group.country) if group.country else 'Several countries'} · {group.source}"


def _group_html(number: int, group: Group, groups: Sequence[Group]) -> str:
    country = country_name(group.country) if group.country else "Several countries"
    quotes = "".join(quote_html(f"{number}-{position}", quote) for position, quote in enumerate(group.quotes))
    return (
        f'<section class="group" id="group-{number}" tabindex="-1" aria-labelledby="group-{number}-title">'
        f'<h2 id="group-{number}-title"><span>{escape(country)}</span><span class="dot"> · </span>'
        f"<b>{escape(group.source)}</b></h2>"
        f'<div class="quotes">{quotes}{_also_html(group, groups)}</div></section>'
    )


def _also_html(group: Group, groups: Sequence[Group]) -> str:
    """Where the quotes stand that this source says together with another one."""
    if not group.also:
        return ""
    links = []
    for number, position in group.also:
        there = groups[number]
        nth = f", quote {position + 1}" if len(there.quotes) > 1 else ""
        links.append(
            f'<button type="button" data-goto="quote-{number}-{position}">{escape(_group_title(there))}{nth}</button>'
        )
    return f'<p class="also">Also said by {escape(group.source)}: see {", ".join(links)}.</p>'


def quote_html(key: str, quote: Quote) -> str:
    """A quote with who says it, its pincite and what can be done with it; `key` is part of its ids."""
    text = escape(quote.text) if quote.paraphrase else f"“{escape(quote.text)}”"
    kind = "paraphrase" if quote.paraphrase else "wording"
    place = f"{quote.document.document_id}:{quote.passage_position}:{quote.start}:{quote.end}"
    lead_in = f'<p class="lead-in">{escape(quote.lead_in)}</p>' if quote.lead_in else ""
    formatted = copied(Briefing("", (quote,)), credit=False).html
    return (
        f'<article class="quote {kind}" id="quote-{key}" tabindex="-1">{lead_in}'
        f"<blockquote>{text}</blockquote>{source_html(quote)}"
        f'<div class="actions">{add_html(quote)}'
        f'<button type="button" data-copy="{escape(copied_text(quote))}" data-copy-html="{escape(formatted)}" '
        'aria-label="Copy with citation" title="For Word: with its citation as a footnote">Copy</button>'
        f'<button type="button" data-context="{escape(place)}" aria-expanded="false" aria-controls="context-{key}">'
        f"In context</button>{picture_button(quote.document, quote.start, quote.end)}{_styles_html(quote)}</div>"
        f'<div class="context" id="context-{key}" role="region" aria-label="The passage in its context" hidden></div>'
        "</article>"
    )


def source_html(quote: Quote) -> str:
    """Who says a quote and in whose voice, its pincite, where else it stands, and its footnotes."""
    if quote.paraphrase:
        badges = '<span class="badge digest">Digest, paraphrase</span>'
    else:
        badges = f'<span class="badge">{"own words" if quote.voice == "own" else "reported"}</span>'
    grade = quote.statements[0].grade
    badges += f'<span class="badge grade" title="How strongly GRETA puts it">{grade}</span>' if grade else ""
    return (
        f'<div class="source"><p class="said"><span class="speaker">{escape(said_by(quote))}</span>{badges}</p>'
        f'<p class="pincite">{escape(quote.citation)}</p>{_copies_html(quote)}{_levels_html(quote)}</div>'
        f"{_footnotes_html(quote)}"
    )


STYLE_NAMES: Final[dict[Style, str]] = {
    "short": "Short",
    "coe": "Council of Europe",
    "eu": "EU style guide",
    "oscola": "OSCOLA",
}


def _styles_html(quote: Quote) -> str:
    """The citation in each style, to be copied alone."""
    items = ""
    for style in STYLES:
        citation = escape(quote.citation_in(style))
        label = f"Copy the citation, {STYLE_NAMES[style]}"
        items += (
            f"<li><span><b>{STYLE_NAMES[style]}</b> {citation}</span>"
            f'<button type="button" data-copy="{citation}" aria-label="{label}">Copy</button></li>'
        )
    return f'<details class="cite"><summary>Cite</summary><ul>{items}</ul></details>'


def _levels_html(quote: Quote) -> str:
    """What the EC's scale says in a quote, and of which area: never of trafficking itself."""
    alone = replace(quote.document, passages=(quote.passage,))
    found = [one for one in area_assessments(alone) if one.statement in quote.statements]
    if not found:
        return ""
    levels = "; ".join(f"{one.assessment.kind}: <b>{escape(one.assessment.level)}</b>" for one in found)
    chapter = f"Chapter {found[0].chapter}" if found[0].chapter else ""
    area = ", ".join(filter(None, (f"“{escape(display_title(found[0].area))}”" if found[0].area else "", chapter)))
    on = f" on {area}" if area else ""
    return f'<p class="levels">The EC\'s scale{on}: {levels}. It rates areas as a whole, not trafficking itself.</p>'


def _ages_html(ages: Sequence[Age]) -> str:
    """How old what is shown is, per country and source."""
    if not ages:
        return ""
    items = "".join(f"<li>{escape(age.sentence())}</li>" for age in ages)
    return f'<details class="ages"><summary>How old this is</summary><ul>{items}</ul></details>'


def _copies_html(quote: Quote) -> str:
    """The other places of its document where a quote stands word for word."""
    editions = "; ".join(other.citation for other in quote.repeats)
    also = f'<p class="copies">The same words in {escape(editions)}</p>' if editions else ""
    if not quote.copies:
        return also
    places = []
    for place in quote.copies:
        pages = f"p. {place.page_labels[0]}" if place.page_labels else ""
        section = f"“{display_title(place.section[-1])}”" if place.section else ""
        places.append(", ".join(filter(None, (section, pages))))
    return f'<p class="copies">Repeated in {escape("; ".join(filter(None, places)))}</p>{also}'


def _footnotes_html(quote: Quote) -> str:
    if not quote.footnotes:
        return ""
    numbers = ", ".join(number for number, _ in quote.footnotes)
    notes = "".join(f"<li><b>{escape(number)}</b> {escape(text)}</li>" for number, text in quote.footnotes)
    word = "Footnote" if len(quote.footnotes) == 1 else "Footnotes"
    return f"<details><summary>{word} {escape(numbers)}</summary><ul>{notes}</ul></details>"


def said_by(quote: Quote) -> str:
    """Who says it and through whom: "EC and GRETA, as reported by ICMPD"."""
    countries = quote.statements[0].countries
    government = f"Government of {country_name(countries[0])}" if len(countries) == 1 else "Government"
    names = " and ".join(government if speaker == "Government" else speaker for speaker in quote.speakers)
    if quote.paraphrase:
        return "Pincite's digest" if quote.speakers == ("Pincite",) else f"{names}, as restated by Pincite's digest"
    return f"{names}, as reported by {quote.reported_by}" if quote.reported_by else names


def copied_text(quote: Quote) -> str:
    """What goes to the clipboard: “text” (GRETA, as reported by ICMPD; ICMPD (2018), Title, p. 11)."""
    text = quote.text if quote.paraphrase else f"“{quote.text}”"
    said = said_by(quote)
    own = quote.voice == "own" and quote.citation.startswith(said)
    return f"{text} ({quote.citation})" if own else f"{text} ({said}; {quote.citation})"


# --- the passage in its context ---------------------------------------------------------------------------------------


def context_html(document: Document, position: int, start: int, end: int) -> str:
    """The quote's section around it, the quote marked, with the numbers of the pages."""
    passages = _around(document, position)
    section = " › ".join(display_title(heading) for heading in document.passages[position].section)
    parts = [f'<p class="section">{escape(section)}</p>'] if section else []
    label, paragraph = "", None
    for passage in passages:
        labels = document.labels_of(passage.start, passage.end)
        if labels and labels[0] != label:
            parts.append(f'<p class="page">p. {escape(labels[0])}</p>')
        label = labels[-1] if labels else ""
        # Bullets and the rest of a long paragraph bear its number too, which is printed once.
        number = passage.paragraph if passage.paragraph != paragraph else None
        paragraph = passage.paragraph
        parts.append(_passage_html(document, passage, number, start, end))
    return "".join(parts)


def _around(document: Document, position: int) -> list[Passage]:
    """The passages of the same section next to one; for a footnote, those around its mark and the footnote."""
    passages = document.passages
    middle = passages[position]
    footnote: list[Passage] = []
    if middle.kind == "footnote":
        footnote = [middle]
        anchors = [note.anchor for note in document.footnotes if middle.start <= note.start < middle.end]
        anchor = next((anchor for anchor in anchors if anchor is not None), None)
        if anchor is None:
            return footnote
        position = next((n for n, p in enumerate(passages) if p.start <= anchor <= p.end), position)
        middle = passages[position]
    near = range(max(position - _N_NEIGHBOURS, 0), min(position + _N_NEIGHBOURS + 1, len(passages)))
    return [p for p in (passages[n] for n in near) if p.section == middle.section and p.kind != "footnote"] + footnote


def _passage_html(document: Document, passage: Passage, number: str | None, start: int, end: int) -> str:
    """A passage with the quote at `[start, end)` marked and the turns of pages shown."""
    insertions = [
        (run.start, f'<span class="turn">p. {escape(document.labels_of(run.start, run.start)[0])}</span> ')
        for run in document.page_runs
        if passage.start < run.start < passage.end
    ]
    first, last = max(start, passage.start), min(end, passage.end)
    if first < last:
        insertions += [(first, "<mark>"), (last, "</mark>")]
    body = []
    done = passage.start
    for offset, tag in sorted(insertions):
        body += [escape(document.text[done:offset]), tag]
        done = offset
    body.append(escape(document.text[done : passage.end]))
    numbered = f"<b>{escape(number)}</b> " if number else ""
    return f'<p class="passage {passage.kind}">{numbered}{"".join(body)}</p>'
