"""The button that adds a quote to the briefing, wherever a quote is shown; briefing.js does what it says."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from qa.collecting.briefings import place_of

if TYPE_CHECKING:
    from qa.quotes import Quote


def add_html(quote: Quote, *, what: str = "") -> str:
    """The button for a quote.

    Args:
        quote: Of a document that is loaded.
        what: What is added, for those who do not see where the button stands.
    """
    repeats = " ".join(map(place_of, quote.repeats))
    of = f'<span class="unseen"> {escape(what)}</span>' if what else ""
    return (
        f'<button type="button" class="add" data-add-quote="{place_of(quote)}" data-repeats="{repeats}">'
        f"<span>Add to briefing</span>{of}</button>"
    )
