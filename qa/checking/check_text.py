"""The check of a draft as a table for people, and as remarks for its margin."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence

from qa.checking.check import Checked, Verdict
from qa.checking.drafts import Draft, Remark
from qa.comparing.compare_text import marked

VERDICTS: dict[Verdict, str] = {
    "verbatim": "verbatim",
    "altered": "altered",
    "wrong_speaker": "wrong speaker",
    "wrong_place": "wrong place",
    "not_loaded": "not loaded",
    "not_found": "not found",
}
_NARROWEST = 24  # Columns that a quotation needs to be recognised.
_QUOTED = 300  # Characters of a quotation that the table shows.


def verdict_name(checked: Checked) -> str:
    """A verdict in words; of a citation without a quotation that is in order, that its place exists."""
    if checked.quotation is None and checked.verdict == "verbatim":
        return "place exists"
    return VERDICTS[checked.verdict]


def check_text(draft: Draft, results: Sequence[Checked], *, width: int) -> str:
    """The check of a draft as a table: verdict, then quotation and citation, and what is to be said of them."""
    if not results:
        return f"{draft.name}: there is no quotation and no citation in it."
    lines = [*textwrap.wrap(f"{draft.name}: {summary(results)}", width)]
    column = max(len(verdict_name(checked)) for checked in results) + 2
    room = max(width - column, _NARROWEST)
    for checked in results:
        cells = _cells(checked, room)
        lines += ["", f"{verdict_name(checked):<{column}}{cells[0]}"]
        lines += [" " * column + cell for cell in cells[1:]]
    return "\n".join(lines)


def summary(results: Sequence[Checked]) -> str:
    """How many quotations and citations have which verdict, in a sentence."""
    counts = Counter(verdict_name(checked) for checked in results)
    n_quotations = sum(checked.quotation is not None for checked in results)
    n_citations = len(results) - n_quotations
    quotations = f"{n_quotations} {'quotation' if n_quotations == 1 else 'quotations'}"
    citations = f"{n_citations} {'citation' if n_citations == 1 else 'citations'} without one"
    return f"{quotations}, {citations}: {', '.join(f'{count} {name}' for name, count in counts.items())}."


def remarks_of(results: Sequence[Checked]) -> tuple[Remark, ...]:
    """What a comment in the margin says of each quotation and citation."""
    return tuple(
        Remark(checked.pair.block, checked.pair.start, checked.pair.end, _remark(checked)) for checked in results
    )


def _remark(checked: Checked) -> str:
    lines = [f"{verdict_name(checked).capitalize()}. {checked.message}"]
    if checked.diff:
        lines.append(f"The document, [-taken out-] and {{+put in+}}: {marked(checked.diff)}")
    if checked.claim is not None and checked.pair.start == checked.pair.end:
        lines.append(f"In the note: {checked.claim.text}")
    return "\n".join(lines)


def _cells(checked: Checked, room: int) -> list[str]:
    cells = []
    if checked.quotation is not None:
        quotation = " ".join(checked.quotation.split())
        cells += textwrap.wrap(f"“{textwrap.shorten(quotation, _QUOTED, placeholder=' …')}”", room)
    if checked.citation is not None:
        cells += textwrap.wrap(f"({checked.citation})", room)
    cells += textwrap.wrap(checked.message, room, initial_indent="→ ", subsequent_indent="  ")
    if checked.diff:
        cells += textwrap.wrap(marked(checked.diff), room, initial_indent="  ", subsequent_indent="  ")
    return cells
