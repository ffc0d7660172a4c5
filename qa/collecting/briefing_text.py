"""Briefings as plain text and as JSON, as the command line prints them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qa.collecting.briefings import Item, OpenBriefing
from qa.exports import Heading, Note
from qa.text import quote_lines

if TYPE_CHECKING:
    from index.briefings import StoredBriefing


def briefings_text(briefings: Sequence[StoredBriefing]) -> str:
    """The names of briefings, with what is in them."""
    lines = []
    for one in briefings:
        quotes = "1 quote" if one.n_quotes == 1 else f"{one.n_quotes} quotes"
        lines.append(f"{one.name}\n    {quotes}, {one.n_items - one.n_quotes} headings and notes · {one.changed[:10]}")
    return "\n".join(lines)


def briefing_text(opened: OpenBriefing, *, width: int) -> str:
    """A briefing with its items numbered, as the commands that change it name them."""
    lines = [opened.name]
    for number, item in enumerate(opened.items, 1):
        lines += ["", *_item_lines(number, item, width)]
    if opened.dropped:
        lines += ["", f"Taken out, and still to be had back: {len(opened.dropped)}."]
    return "\n".join(lines)


def _item_lines(number: int, item: Item, width: int) -> list[str]:
    content = item.content
    if isinstance(content, Heading):
        return [f"{number}. {'#' * content.level} {content.text}"]
    if isinstance(content, Note):
        return [f"{number}. Note", *textwrap.wrap(content.text, width, initial_indent="  ", subsequent_indent="  ")]
    remark = textwrap.wrap(content.remark, width, initial_indent="    ! ", subsequent_indent="      ")
    return [f"{number}.", *quote_lines(content.quote, width, "short"), *remark]


def briefing_dict(opened: OpenBriefing) -> dict[str, Any]:
    """A briefing as JSON: `state` tells what became of a quote, `remark` says it in words."""
    return {
        "name": opened.name,
        "items": [_item_dict(item) for item in opened.items],
        "dropped": [_item_dict(item) for item in opened.dropped],
    }


def _item_dict(item: Item) -> dict[str, Any]:
    content = item.content
    if isinstance(content, Heading):
        return {"item_id": item.item_id, "kind": "heading", "text": content.text, "level": content.level}
    if isinstance(content, Note):
        return {"item_id": item.item_id, "kind": "note", "text": content.text}
    found = {"state": content.state, "remark": content.remark, "quote": content.quote.as_dict()}
    return {"item_id": item.item_id, "kind": "quote", **found}
