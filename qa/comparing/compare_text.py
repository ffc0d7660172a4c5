"""Comparisons and time lines as plain text for people, as the command line prints them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ingest.countries import country_name
from qa.citing.citations import display_title
from qa.comparing.change_kinds import KINDS, Kind
from qa.comparing.compare import Comparison, Pair
from qa.question.topics import all_topics
from qa.text import speaker_label

if TYPE_CHECKING:
    from index.records import StoredDocument
    from qa.comparing.timeline import Entry, TimeLine
    from qa.comparing.wording import Diff
    from qa.quotes import Quote

_LISTED = 8  # Lines of a list in the summary; the pairs below hold them all.
_PREVIEW = 170  # Characters.
# What the summary lists, in its order: of two editions, and of other documents. A position can be in two lists.
_LISTS = (
    ("stronger", "Stronger", "Stronger on the right"),
    ("weaker", "Weaker", "Weaker on the right"),
    ("improved", "Improved", "Better on the right"),
    ("worsened", "Worsened", "Worse on the right"),
    ("dropped", "Asked no longer", "Asked on the left only"),
    ("repeated", "Asked again, word for word", "Asked on both sides, word for word"),
    ("new", "Asked for the first time", "Asked on the right only"),
)


def comparison_text(comparison: Comparison, *, width: int, everything: bool) -> str:
    """A comparison: what it comes to, then its pairs with the changed words marked.

    Args:
        comparison: The comparison.
        width: Columns of the screen.
        everything: Whether all pairs are shown, or only demands and assessments.
    """
    lines = [f"Left:  {_named(comparison.left)}", f"Right: {_named(comparison.right)}"]
    if not comparison.pairs:
        return "\n".join((*lines, "", "There is nothing to compare: no statement of either fits what was asked for."))
    lines += ["", *_summary(comparison, width)]
    shown = list(comparison.pairs) if everything else _of_weight(comparison.pairs)
    if any("unchanged" not in pair.kinds and pair.left and pair.right for pair in shown):
        lines += ["", "In the pairs: [-words of the left only-] {+words of the right only+}"]
    lines += [line for pair in shown for line in ("", *_pair_lines(pair, width))]
    if hidden := len(comparison.pairs) - len(shown):
        other = f"{hidden} other pairs, statements that ask for nothing or are not on trafficking: --all shows them."
        lines += ["", *textwrap.wrap(other, width)]
    return "\n".join(lines)


def timeline_text(line: TimeLine, *, width: int) -> str:
    """A time line: each report with what it asks for, and what changed since the edition before it."""
    lines = [f"{country_name(line.country)} · {line.topic}"]
    if not line.entries:
        lines += ["", "No document about this country is loaded. `pincite documents` lists what is."]
    for entry in line.entries:
        lines += ["", *_entry_lines(entry, width)]
    return "\n".join(lines)


def marked(diff: Diff) -> str:
    """Two texts in one, with what only one of them has in marks; white space stands outside of them."""
    marks = {"=": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}
    pieces = []
    for mark, text in diff:
        words = text.strip()
        before, after = marks[mark] if words else ("", "")
        lead = text[: len(text) - len(text.lstrip())]
        pieces.append(f"{lead}{before}{words}{after}{text[len(lead) + len(words) :]}")
    return "".join(pieces)


def kinds_text(kinds: Iterable[Kind]) -> str:
    """Kinds of change as a list of words."""
    names: dict[Kind, str] = {"figure": "figures changed", "unchanged": "word for word the same"}
    return ", ".join(names.get(kind, kind) for kind in kinds)


def _named(stored: StoredDocument) -> str:
    identity = stored.identity
    facts = [identity.official_number or display_title(identity.title) or stored.path, identity.publisher]
    facts += [", ".join(country_name(code) for code in identity.countries), str(identity.year or "")]
    facts += [f"round {identity.round}" if identity.round else ""]
    return " · ".join(fact for fact in facts if fact)


def _of_weight(pairs: Sequence[Pair]) -> list[Pair]:
    """Demands, and findings that got better or worse; on trafficking, unless nothing is."""
    any_subject = not any(pair.about_trafficking for pair in pairs)
    return [
        pair
        for pair in pairs
        if (pair.asks or {"improved", "worsened"} & set(pair.kinds)) and (any_subject or pair.about_trafficking)
    ]


def _summary(comparison: Comparison, width: int) -> list[str]:
    summary = comparison.summary
    counts = ", ".join(f"{n} {kinds_text((kind,))}" for kind, n in summary.counts)
    n_pairs = len(comparison.pairs)
    lines = textwrap.wrap(f"{n_pairs} {'pair' if n_pairs == 1 else 'pairs'}: {counts}.", width)
    for name, of_editions, of_others in _LISTS:
        places: tuple[int, ...] = getattr(summary, name)
        if places:
            lines += ["", f"{of_editions if comparison.editions else of_others}: {len(places)}"]
            lines += [_preview(comparison.pairs[place], width) for place in places[:_LISTED]]
            lines += [f"  … and {len(places) - _LISTED} more below"] if len(places) > _LISTED else []
    return lines


def _preview(pair: Pair, width: int) -> str:
    quote = (pair.right or pair.left)[0]
    because = f" ({_why(pair)})" if _why(pair) else ""
    text = textwrap.shorten(quote.text, _PREVIEW, placeholder=" …")
    return "\n".join(
        (
            *textwrap.wrap(f"“{text}”{because}", width, initial_indent="  ", subsequent_indent="    "),
            *textwrap.wrap(" → ".join(_places(pair)), width, initial_indent="    ", subsequent_indent="    "),
        )
    )


def _why(pair: Pair) -> str:
    """The words, figures or values that made the difference."""
    grades = [
        tuple(dict.fromkeys(quote.statements[0].grade or "" for quote in quotes)) for quotes in (pair.left, pair.right)
    ]
    verbs = [" and ".join(of_side) for of_side in grades]
    said = [f"{verbs[0]} → {verbs[1]}"] if all(verbs) and verbs[0] != verbs[1] else []
    said += [f"“{word}”" for word in pair.words if word not in {*grades[0], *grades[1]}]
    said += [f"{figure.left} → {figure.right}" for figure in pair.figures]
    said += [f"{change.left} → {change.right}" for change in pair.scale if change.left != change.right]
    return ", ".join(said)


def _places(pair: Pair) -> list[str]:
    return ["; ".join(quote.citation for quote in quotes) for quotes in (pair.left, pair.right) if quotes]


def _pair_lines(pair: Pair, width: int) -> list[str]:
    topic = all_topics()[pair.topic].label if pair.topic else "No topic"
    why = _why(pair)
    lines = textwrap.wrap(f"■ {topic} · {kinds_text(pair.kinds)}" + (f" ({why})" if why else ""), width)
    text = marked(pair.diff) if pair.left and pair.right else (pair.left or pair.right)[0].text
    lines += textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="  ")
    for side, quotes in (("left", pair.left), ("right", pair.right)):
        said = "; ".join(f"{speaker_label(quote)}, {quote.citation}" for quote in quotes)
        if quotes:
            lines += textwrap.wrap(f"{side}: {said}", width, initial_indent="    ", subsequent_indent="    ")
    for change in (change for change in pair.scale if change.left != change.right):
        lines += textwrap.wrap(change.remark, width, initial_indent="    ", subsequent_indent="    ")
    return lines


def _entry_lines(entry: Entry, width: int) -> list[str]:
    lines = [_named(entry.document)]
    if not entry.demands and not entry.findings:
        lines.append("  Nothing on this topic.")
    lines += _quotes(entry.demands, width)
    if entry.findings:
        lines.append(f"  {len(entry.findings)} other statements on it; --json holds them.")
    if entry.before:
        lines += _changes(entry.before, _of_weight(entry.changes), width)
    return lines


def _quotes(quotes: Sequence[Quote], width: int) -> list[str]:
    lines = []
    for quote in quotes:
        text = quote.text if quote.paraphrase else f"“{quote.text}”"
        said = f"{text} — {speaker_label(quote)}, {quote.citation}"
        lines += textwrap.wrap(said, width, initial_indent="  ", subsequent_indent="    ")
    return lines


def _changes(before: StoredDocument, pairs: Sequence[Pair], width: int) -> list[str]:
    by_kind = {kind: [pair for pair in pairs if kind in pair.kinds] for kind in KINDS}
    counts = ", ".join(f"{len(of_kind)} {kinds_text((kind,))}" for kind, of_kind in by_kind.items() if of_kind)
    name = before.identity.official_number or display_title(before.identity.title)
    lines = textwrap.wrap(f"Since {name}: {counts or 'nothing of weight'}.", width, initial_indent="  ")
    for pair in pairs:
        if pair.kinds not in {("unchanged",), ("new",)}:
            lines += [f"    {line}" for line in _pair_lines(pair, width - 4)]
    return lines
