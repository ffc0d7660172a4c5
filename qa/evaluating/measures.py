"""Measures of answers that were judged, with confidence intervals, and the comparison of two runs.

Measures, over questions that have an answer unless it is said otherwise (one that asks for GRETA's words on what only
the government says in its comments may be refused, and counts when it is answered):

- first 3: of questions with one answer, those that show all its statements, of the right report, in the first quotes.
- recall within k quotes, and within a word budget, twice as wide for several answers: share of expected statements.
- nDCG@10, by ir_measures: a quote's gain is the number of expected statements that it is the first to show.
- attribution errors: shown quotes of a speaker, country, round or year that was not asked for or is not the truth's.
- citations: of the shown quotes whose words the truth places, those with the right paragraph and page.
- on something else: of the shown quotes of which the truth tells it, those that are not on trafficking.
- answerable refused; unanswerable refused, for the right reason, or answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ingest.errors import UsageError

FIRST_QUOTES = 3
_CONFIDENCE = 0.95
_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A quote of an answer, judged.

    Attributes:
        text, speakers, country, citation, score: As shown.
        shows: Positions of the expected statements in it.
        errors: What is wrong about who is said to say it, on what.
        citation_right: Whether paragraph and pages are the truth's; None where the truth does not hold its words.
        verbatim: Whether it is the document's text at its offsets.
        on_trafficking: Whether the truth says that it is on trafficking; None where it does not say.
    """

    text: str
    speakers: tuple[str, ...]
    country: str | None
    citation: str
    score: float
    shows: tuple[int, ...]
    errors: tuple[str, ...]
    citation_right: bool | None
    verbatim: bool
    on_trafficking: bool | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is right and wrong about one answer.

    Attributes:
        question_id, kind, question: As in the file.
        expected: The statements that should be shown.
        reason, message: What the answer said; the reason is None where it was answered.
        right_reasons: The reasons that are right for refusing: an unanswerable question, or one that asks for another's
            words where only the government speaks of it.
        first_three: Whether the one answer is among the first three quotes; None for several answers or none.
        found_in_quotes, found_in_words: How many expected statements the first k quotes, the word budget, hold.
        ndcg: nDCG@10; None for an unanswerable question.
        as_others: Whether what only the government said was answered with other speakers' words alone.
        quotes: What was shown, in order.
    """

    question_id: str
    kind: str
    question: str
    expected: tuple[str, ...]
    reason: str | None
    message: str
    right_reasons: tuple[str, ...]
    first_three: bool | None
    found_in_quotes: int
    found_in_words: int
    ndcg: float | None
    as_others: bool
    quotes: tuple[ShownQuote, ...]

    @property
    def answerable(self) -> bool:
        """Whether the truth has an answer."""
        return bool(self.expected)

    @property
    def refused(self) -> bool:
        """Whether nothing was shown."""
        return self.reason is not None

    @property
    def rightly_refused(self) -> bool:
        """Whether nothing was shown, for a right reason."""
        return self.refused and self.reason in self.right_reasons

    @property
    def failed(self) -> bool:
        """Whether anything about the answer is wrong."""
        if not self.answerable or self.rightly_refused:
            return not self.rightly_refused
        missing = self.found_in_words < len(self.expected) or self.first_three is False
        return missing or self.as_others or any(self.quotes_with_faults)

    @property
    def quotes_with_faults(self) -> tuple[ShownQuote, ...]:
        """The quotes that no reader should have been shown as they are."""
        return tuple(q for q in self.quotes if q.errors or q.citation_right is False or not q.verbatim)


@dataclass(frozen=True, slots=True)
class Measure:
    """A share or mean with its 95 % confidence interval.

    Attributes:
        kind: Kind of question, "all" for all.
        name: What is measured.
        value, low, high: 0 to 1, and its interval.
        n: Over how many questions, statements or quotes.
    """

    kind: str
    name: str
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run over a file of questions."""

    judgements: tuple[Judgement, ...]
    k: int
    words: int

    def measures(self) -> tuple[Measure, ...]:
        """All measures, kind by kind in order of their first question, then of all."""
        kinds = dict.fromkeys(judgement.kind for judgement in self.judgements)
        found = [m for kind in kinds for m in self._measures([j for j in self.judgements if j.kind == kind], kind)]
        return (*found, *self._measures(self.judgements, "all"))

    def _measures(self, judgements: Sequence[Judgement], kind: str) -> Iterable[Measure]:
        for name, counts in _counts(judgements, k=self.k, words=self.words).items():
            if counts:
                yield _measure(kind, name, counts)

    def as_dict(self) -> dict[str, Any]:
        """The run as one JSON value, to print or to compare a later one with."""
        return {
            "k": self.k,
            "words": self.words,
            "measures": [asdict(measure) for measure in self.measures()],
            "questions": [asdict(judgement) | {"failed": judgement.failed} for judgement in self.judgements],
        }


Counts = list[tuple[float, int]]
"""For each question what counts and of how many; measures are the sum of the first over the sum of the second."""


def _counts(judgements: Sequence[Judgement], *, k: int, words: int) -> dict[str, Counts]:
    """What each measure is made of, question by question; empty where it does not apply."""
    answerable = [j for j in judgements if j.answerable and not j.rightly_refused]
    others = [j for j in judgements if not j.answerable]
    shown = [(len(j.quotes), j) for j in judgements if j.quotes]
    return {
        f"first {FIRST_QUOTES}": [(float(j.first_three), 1) for j in answerable if j.first_three is not None],
        f"recall@{k}": [(j.found_in_quotes, len(j.expected)) for j in answerable],
        f"recall in {words} words": [(j.found_in_words, len(j.expected)) for j in answerable],
        "nDCG@10": [(j.ndcg or 0.0, 1) for j in answerable],
        "answerable refused": [(float(j.refused), 1) for j in answerable],
        "refused, right reason": [(float(j.rightly_refused), 1) for j in others],
        "refused": [(float(j.refused), 1) for j in others],
        "attribution errors": [(sum(bool(quote.errors) for quote in j.quotes), n) for n, j in shown],
        "citations right": [
            (sum(quote.citation_right is True for quote in j.quotes), n_judged)
            for _, j in shown
            if (n_judged := sum(quote.citation_right is not None for quote in j.quotes))
        ],
        "on something else": [
            (sum(quote.on_trafficking is False for quote in j.quotes), n_told)
            for _, j in shown
            if (n_told := sum(quote.on_trafficking is not None for quote in j.quotes))
        ],
        "verbatim": [(sum(quote.verbatim for quote in j.quotes), n) for n, j in shown],
        "comments as others'": [(float(j.as_others), 1) for j in judgements if j.kind == "government_comments"],
    }


def _measure(kind: str, name: str, counts: Counts) -> Measure:
    """The measure with its interval: Wilson's for yes or no, else by resampling questions."""
    from scipy.stats import binomtest

    parts, wholes = [part for part, _ in counts], [whole for _, whole in counts]
    total = sum(wholes)
    value = sum(parts) / total
    if all(whole == 1 and part in {0, 1} for part, whole in counts) or value in {0, 1}:
        interval = binomtest(round(sum(parts)), total).proportion_ci(_CONFIDENCE, method="wilson")
    else:
        interval = _resampled(lambda part, whole, axis: part.sum(axis) / whole.sum(axis), (parts, wholes))
    return Measure(kind, name, value, float(interval.low), float(interval.high), total)


def _resampled(statistic: Callable[..., Any], samples: Sequence[Sequence[float]]) -> Any:
    """Percentile bootstrap interval of a statistic over questions."""
    import numpy as np
    from scipy.stats import bootstrap

    if len(samples[0]) == 1:  # One question tells nothing on the others.
        return _Unknown()
    arrays = tuple(np.asarray(sample, dtype=float) for sample in samples)
    return bootstrap(
        arrays,
        statistic,
        paired=True,
        vectorized=True,
        n_resamples=_RESAMPLES,
        confidence_level=_CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval


@dataclass(frozen=True, slots=True)
class _Unknown:
    low: float = 0.0
    high: float = 1.0


# --- two runs ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """How a measure of one run differs from an earlier one's, on the questions of both.

    Attributes:
        kind, name: As in `Measure`.
        before, now: The two values.
        low, high: 95 % confidence interval of `now - before`, by resampling questions in pairs.
    """

    kind: str
    name: str
    before: float
    now: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side.

    Attributes:
        differences: Measure by measure, of all questions and of each kind.
        mended, broken: Ids of the questions that failed before and do not now, and the other way round.
    """

    differences: tuple[Difference, ...]
    mended: tuple[str, ...]
    broken: tuple[str, ...]


def compare(now: Evaluation, before: Evaluation) -> Comparison:
    """Compares a run with an earlier one, question by question.

    Raises:
        UsageError: They have no question in common, or other budgets.
    """
    if (now.k, now.words) != (before.k, before.words):
        raise UsageError(
            f"The earlier run counts within {before.k} quotes and {before.words} words, this one within {now.k} and "
            f"{now.words}. Give the same to both."
        )
    old = {(j.question_id, j.question): j for j in before.judgements}
    pairs = [(old[key], j) for j in now.judgements if (key := (j.question_id, j.question)) in old]
    if not pairs:
        raise UsageError("The earlier run has no question in common with this one. Compare runs over the same file.")
    kinds = dict.fromkeys(j.kind for _, j in pairs)
    groups = [(kind, [pair for pair in pairs if pair[1].kind == kind]) for kind in kinds] + [("all", pairs)]
    return Comparison(
        tuple(d for kind, of_kind in groups for d in _differences(of_kind, kind, k=now.k, words=now.words)),
        tuple(j.question_id for past, j in pairs if past.failed and not j.failed),
        tuple(j.question_id for past, j in pairs if j.failed and not past.failed),
    )


def _differences(
    pairs: Sequence[tuple[Judgement, Judgement]], kind: str, *, k: int, words: int
) -> Iterable[Difference]:
    # One question at a time, so that what is counted stays paired.
    counted = [tuple(_counts([j], k=k, words=words) for j in pair) for pair in pairs]
    for name in _counts([], k=k, words=words):
        rows = [(*_summed(past[name]), *_summed(present[name])) for past, present in counted]
        columns = tuple([row[n] for row in rows if row[1] or row[3]] for n in range(4))
        if not sum(columns[1]) or not sum(columns[3]):
            continue
        before, now = sum(columns[0]) / sum(columns[1]), sum(columns[2]) / sum(columns[3])
        interval = _resampled(_difference_of_shares, columns)
        yield Difference(kind, name, before, now, float(interval.low), float(interval.high))


def _summed(counts: Counts) -> tuple[float, float]:
    return sum(part for part, _ in counts), sum(whole for _, whole in counts)


def _difference_of_shares(past: Any, of_past: Any, present: Any, of_present: Any, axis: int) -> Any:
    import numpy as np

    # A sample may by chance hold no question of which anything was shown.
    return present.sum(axis) / np.maximum(of_present.sum(axis), 1) - past.sum(axis) / np.maximum(of_past.sum(axis), 1)


def evaluation_of(value: Mapping[str, Any]) -> Evaluation:
    """The run that `Evaluation.as_dict` gave.

    Raises:
        UsageError: It is no such value.
    """
    try:
        judgements = tuple(_judgement_of(item) for item in value["questions"])
        return Evaluation(judgements, int(value["k"]), int(value["words"]))
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"This is no run of `pincite evaluate --json` ({type(error).__name__}: {error}). Make it again."
        ) from error


def _judgement_of(item: Mapping[str, Any]) -> Judgement:
    fields = {name: item[name] for name in Judgement.__dataclass_fields__ if name != "quotes"}
    quotes = tuple(ShownQuote(**{n: _tuples(v) for n, v in quote.items()}) for quote in item["quotes"])
    return Judgement(**{name: _tuples(field) for name, field in fields.items()}, quotes=quotes)


def _tuples(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
