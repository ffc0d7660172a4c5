"""Two documents side by side: what changed, with the words that made the difference."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from page.answer_html import said_by
from page.collecting_html import add_html
from page.picture import picture_button
from qa.citing.citations import document_citation
from qa.comparing.compare_text import kinds_text
from qa.question.topics import all_topics

if TYPE_CHECKING:
    from qa.comparing.compare import Comparison, Pair
    from qa.comparing.wording import Diff
    from qa.quotes import Quote

COMPARE_FORM: Final = (
    '<form class="room" data-room="compare">'
    '<div class="field"><label for="compare-left">The older document</label>'
    '<select id="compare-left" name="left" data-documents required></select></div>'
    '<div class="field"><label for="compare-right">Compared with</label>'
    '<select id="compare-right" name="right" data-documents required></select></div>'
    '<div class="field"><label for="compare-topic">Topic, if only one</label>'
    '<input id="compare-topic" name="topic" type="search" autocomplete="off" placeholder="compensation"></div>'
    '<label class="check"><input type="checkbox" name="everything"> Also what is no demand, and what stayed the same'
    '</label><button type="submit" class="main">Compare</button></form>'
    '<p class="state" role="status"></p><div class="result"></div>'
)

_TAGS: Final = {"=": ("", ""), "-": ("<del>", "</del>"), "+": ("<ins>", "</ins>")}
_N_PAIRS: Final = 150  # More than this nobody reads on a page; the command line has all (chosen).


def comparison_html(comparison: Comparison, *, everything: bool) -> str:
    """The pairs of statements with their kinds of change and the differences marked."""
    left, right = (escape(document_citation(one.identity)) for one in (comparison.left, comparison.right))
    pairs = [pair for pair in comparison.pairs if everything or _is_of_weight(pair)]
    counts = ", ".join(f"{n} {kinds_text((kind,))}" for kind, n in comparison.summary.counts) or "nothing to compare"
    more = f"<p>{len(pairs) - _N_PAIRS} more are not shown: name a topic.</p>" if len(pairs) > _N_PAIRS else ""
    return (
        f"<h2>{left} and {right}</h2><p>{len(comparison.pairs)} pairs: {escape(counts)}.</p>"
        f'<ol class="pairs">{"".join(map(_pair_html, pairs[:_N_PAIRS]))}</ol>{more}'
    )


def _is_of_weight(pair: Pair) -> bool:
    changed = set(pair.kinds) - {"unchanged", "moved"}
    return bool(changed) and (pair.asks or bool({"improved", "worsened"} & changed)) and pair.about_trafficking


def _pair_html(pair: Pair) -> str:
    topic = all_topics()[pair.topic].label if pair.topic else "No topic"
    if pair.left and pair.right:
        text = _diff_html(pair.diff)
    else:
        text = " ".join(escape(quote.text) for quote in pair.left or pair.right)
    places = "".join(
        f"<li><b>{side}</b> {'; '.join(map(_place, quotes))}</li>"
        for side, quotes in (("before", pair.left), ("after", pair.right))
        if quotes
    )
    remarks = "".join(f"<p>{escape(one.remark)}</p>" for one in pair.scale if one.left != one.right)
    return (
        f'<li><p class="kinds"><span class="badge grade">{escape(kinds_text(pair.kinds))}</span> {escape(topic)}</p>'
        f"<blockquote>{text}</blockquote>{remarks}<ul>{places}</ul></li>"
    )


def _place(quote: Quote) -> str:
    actions = f"{add_html(quote, what=quote.citation)} {picture_button(quote.document, quote.start, quote.end)}"
    return f"{escape(said_by(quote))}, {escape(quote.citation)} {actions}"


def _diff_html(diff: Diff) -> str:
    return "".join(f"{_TAGS[mark][0]}{escape(text)}{_TAGS[mark][1]}" for mark, text in diff)
