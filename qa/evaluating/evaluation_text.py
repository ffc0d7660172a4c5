"""An evaluation as plain text for people, as the command line prints it."""

from __future__ import annotations

import textwrap

from qa.evaluating.measures import FIRST_QUOTES, Comparison, Evaluation, Judgement, Measure

_SHOWN_OF_A_FAILURE = 5
_EXCERPT = 150  # Characters.


def evaluation_text(evaluation: Evaluation) -> str:
    """Measures by kind of question with their 95 % intervals, then what holds for all."""
    measures = evaluation.measures()
    kinds = list(dict.fromkeys(measure.kind for measure in measures))
    by_place = {(measure.kind, measure.name): measure for measure in measures}
    columns = [f"first {FIRST_QUOTES}", f"recall@{evaluation.k}", f"recall in {evaluation.words} words", "nDCG@10"]
    lines = [f"{'':20}" + "".join(f"{name:>23}" for name in columns)]
    for kind in kinds:
        cells = [_cell(by_place.get((kind, name))) for name in columns]
        if any(cell != "–" for cell in cells):
            lines.append(f"{kind:20}" + "".join(f"{cell:>23}" for cell in cells))
    lines += ["", "In all"]
    lines += [f"  {m.name:26}{_cell(m)}  of {m.n}" for m in measures if m.kind == "all" and m.name not in columns]
    failed = [judgement.question_id for judgement in evaluation.judgements if judgement.failed]
    lines += [
        "",
        f"{len(failed)} of {len(evaluation.judgements)} questions with a fault: {', '.join(failed) or 'none'}.",
    ]
    return "\n".join(lines)


def comparison_text(comparison: Comparison) -> str:
    """Two runs side by side: each measure that differs, and the questions that changed."""
    lines = [f"{'':20}{'':26}{'before':>8}{'now':>8}   difference"]
    for one in comparison.differences:
        if one.before != one.now or one.kind == "all":
            change = f"{one.now - one.before:+.3f} [{one.low:+.3f}, {one.high:+.3f}]"
            lines.append(f"{one.kind:20}{one.name:26}{one.before:8.3f}{one.now:8.3f}   {change}")
    lines += ["", f"Mended: {', '.join(comparison.mended) or 'none'}."]
    lines += [f"Broken: {', '.join(comparison.broken) or 'none'}."]
    return "\n".join(lines)


def failure_text(judgement: Judgement) -> str:
    """What was expected of a question that failed, and what was shown first."""
    lines = [f"{judgement.question_id} ({judgement.kind}): {judgement.question}"]
    if judgement.refused:
        right = f"; right: {' or '.join(judgement.right_reasons)}" if judgement.right_reasons else ""
        lines.append(f"   refused, {judgement.reason}{right}: {_short(judgement.message)}")
    elif not judgement.answerable:
        lines.append(f"   answered; right: refuse, {' or '.join(judgement.right_reasons)}")
    for n, text in enumerate(judgement.expected):
        place = next((rank for rank, quote in enumerate(judgement.quotes, start=1) if n in quote.shows), None)
        lines.append(f"   {f'quote {place}' if place else 'MISSING':8} {_short(text)}")
    for rank, quote in enumerate(judgement.quotes, start=1):
        if rank > _SHOWN_OF_A_FAILURE and quote not in judgement.quotes_with_faults:
            continue
        said = f"{' and '.join(quote.speakers)}, {quote.country or '–'}, {quote.citation}"
        lines.append(f"   {rank:3}. {quote.score:.2f} {said}: {_short(quote.text)}")
        lines += [f"        WRONG {error}" for error in quote.errors]
        lines += ["        on something else than trafficking"] if quote.on_trafficking is False else []
        lines += ["        WRONG citation"] if quote.citation_right is False else []
        lines += ["        WRONG not the text at its offsets"] if not quote.verbatim else []
    return "\n".join(lines)


def _cell(measure: Measure | None) -> str:
    return f"{measure.value:.3f} [{measure.low:.2f}–{measure.high:.2f}]" if measure else "–"


def _short(text: str) -> str:
    return textwrap.shorten(text, _EXCERPT, placeholder=" …")
