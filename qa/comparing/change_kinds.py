"""What kind of change it is from the left statements of a pair to the right ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from ingest.errors import UsageError
from qa.comparing.wording import Change, FigureChange, change_between, read_wording

if TYPE_CHECKING:
    from qa.comparing.units import Unit
    from qa.quotes import Quote

Kind = Literal[
    "unchanged",
    "reworded",
    "stronger",
    "weaker",
    "improved",
    "worsened",
    "figure",
    "widened",
    "narrowed",
    "new",
    "dropped",
    "split",
    "merged",
    "moved",
]
KINDS: tuple[Kind, ...] = get_args(Kind)


def kind_named(name: str) -> Kind:
    """The kind of change with this name.

    Raises:
        UsageError: There is none.
    """
    for kind in KINDS:
        if kind == name.strip().casefold():
            return kind
    raise UsageError(f"{name!r} is no kind of change. The kinds are {', '.join(KINDS)}.")


@dataclass(frozen=True, slots=True)
class ScaleChange:
    """A value of the European Commission's assessment scale that differs, or stayed.

    Attributes:
        kind: "state of play" or "progress".
        left, right: The two values.
        ranks: Their places on the scale.
        chapter: The negotiating chapter that they apply to, None without one.
        area: The heading of the section.
        near_trafficking: Whether the section also speaks of trafficking in human beings.
    """

    kind: str
    left: str
    right: str
    ranks: tuple[float, float]
    chapter: int | None
    area: str
    near_trafficking: bool

    @property
    def remark(self) -> str:
        """What the value applies to, and what it does not."""
        what = f"chapter {self.chapter}" if self.chapter else f"the section “{self.area}”"
        return (
            f"{self.kind[0].upper()}{self.kind[1:]}: {self.left} → {self.right}. The scale rates {what} or the area "
            "that the sentence names, never trafficking in human beings itself."
        )

    def as_dict(self) -> dict[str, Any]:
        """The change as JSON."""
        return {
            "scale": self.kind,
            "left": self.left,
            "right": self.right,
            "chapter": self.chapter,
            "area": self.area,
            "remark": self.remark,
        }


@dataclass(frozen=True, slots=True)
class Judgement:
    """What kind of change it is, and what tells so.

    Attributes:
        kinds: In the order of `KINDS`.
        words: The words that made a demand stronger or weaker, or a finding better or worse.
        figures: Numbers, amounts and dates that differ.
        scale: Values of the Commission's scale that both sides give.
    """

    kinds: tuple[Kind, ...]
    words: tuple[str, ...] = ()
    figures: tuple[FigureChange, ...] = ()
    scale: tuple[ScaleChange, ...] = ()


def judge(before: Sequence[Unit], after: Sequence[Unit], *, editions: bool, same_section: bool) -> Judgement:
    """Tells what kind of change it is.

    Args:
        before: The statements on the left; empty for what is new.
        after: Those on the right; empty for what was dropped.
        editions: Whether they stand in two editions of one report.
        same_section: Whether they stand in sections that correspond.
    """
    if not before:
        return Judgement(("new",))
    if not after:
        return Judgement(("dropped",))
    change = _change(before, after)
    scale = _scale_changes(before, after)
    kinds = _kinds(before, after, change, scale, editions=editions)
    if editions and not same_section:
        kinds.add("moved")
    return Judgement(
        tuple(kind for kind in KINDS if kind in kinds),
        _telling_words(before, after, change, kinds),
        change.figures,
        scale,
    )


def joined_text(units: Sequence[Unit]) -> str:
    """The texts of some units, joined by a space."""
    return " ".join(unit.quote.text for unit in units)


def _change(before: Sequence[Unit], after: Sequence[Unit]) -> Change:
    if len(before) == len(after) == 1:
        return change_between(before[0].wording, after[0].wording)
    return change_between(
        *(read_wording(joined_text(units), units[0].quote.document.identity.countries) for units in (before, after))
    )


def _kinds(
    before: Sequence[Unit],
    after: Sequence[Unit],
    change: Change,
    scale: tuple[ScaleChange, ...],
    *,
    editions: bool,
) -> set[Kind]:
    kinds: set[Kind] = set()
    if change.same:
        return {"unchanged"}
    if len(after) > 1:
        kinds.add("split")
    if len(before) > 1:
        kinds.add("merged")
    kinds |= _force(before, after, change, scale) or (_criticism(before, after, change, scale) if editions else set())
    if change.figures:
        kinds.add("figure")
    if not {"split", "merged"} & kinds and not scale and change.extent:
        kinds.add("widened" if change.extent > 0 else "narrowed")
    reworded = bool(change.added and change.taken)
    if not kinds or (reworded and not {"split", "merged", "widened", "narrowed"} & kinds):
        kinds.add("reworded")
    return kinds


def _force(before: Sequence[Unit], after: Sequence[Unit], change: Change, scale: tuple[ScaleChange, ...]) -> set[Kind]:
    """Whether a demand became stronger or weaker, or a value of the scale rose or fell."""
    grades = _grade_steps(before, after)
    if grades:
        return {"stronger" if step > 0 else "weaker" for step in grades}
    steps = {one.ranks[1] - one.ranks[0] for one in scale} - {0}
    if steps:
        return {"improved" if step > 0 else "worsened" for step in steps}
    if len(before) > 1 or len(after) > 1:
        return set()
    # "should be given" to "could be given": the right one is hardly a demand any more.
    if after[0].asks and change.stronger:
        return {"stronger"}
    return {"weaker"} if before[0].asks and change.weaker else set()


def _criticism(
    before: Sequence[Unit], after: Sequence[Unit], change: Change, scale: tuple[ScaleChange, ...]
) -> set[Kind]:
    """Whether what is found off the scale is better or worse.

    A criticism that turns milder is both: what is found is better, and what is said is less strong.
    """
    demands = before[0].asks and after[0].asks
    if len(before) > 1 or len(after) > 1 or scale or demands or not (change.added or change.taken):
        return set()
    return {"worsened", "stronger"} if change.worse else {"improved", "weaker"} if change.better else set()


def _grade_steps(before: Sequence[Unit], after: Sequence[Unit]) -> set[int]:
    """By how much GRETA's verb changed, for each part of a demand; empty where it did not, or there is none.

    A demand of GRETA's own without one of its three verbs ("GRETA stresses that … should") ranks below them.
    """
    units = (*before, *after)
    of_greta = all(unit.quote.speakers == ("GRETA",) and unit.quote.voice == "own" for unit in units)
    if not of_greta or not all(unit.asks for unit in units):
        return set()
    return {now.grade_rank - then.grade_rank for then in before for now in after} - {0}


def _telling_words(before: Sequence[Unit], after: Sequence[Unit], change: Change, kinds: set[Kind]) -> tuple[str, ...]:
    """The words that made a demand stronger or weaker, or a finding better or worse: GRETA's verbs first."""
    found: tuple[str, ...] = ()
    if _grade_steps(before, after):
        grades = [unit.quote.statements[0].grade for unit in (*before, *after)]
        found += tuple(grade for grade in grades if grade)
    if {"stronger", "weaker"} & kinds and all(unit.asks for unit in (*before, *after)):
        found += change.emphasis_words
    elif {"improved", "worsened"} & kinds and not any(unit.assessments for unit in (*before, *after)):
        found += change.finding_words
    return tuple(dict.fromkeys(found))


def _scale_changes(before: Sequence[Unit], after: Sequence[Unit]) -> tuple[ScaleChange, ...]:
    """Values of one kind of the Commission's scale that both sides give: the first with the first, and so on."""
    near = any(_speaks_of_trafficking(unit.quote) for unit in (*before, *after))
    changes = []
    for kind in ("state of play", "progress"):
        then, now = (
            [one for unit in units for one in unit.assessments if one.assessment.kind == kind]
            for units in (before, after)
        )
        for one, other in zip(then, now, strict=False):
            values = one.assessment, other.assessment
            ranks = values[0].rank, values[1].rank
            changes.append(ScaleChange(kind, values[0].level, values[1].level, ranks, other.chapter, other.area, near))
    return tuple(changes)


def _speaks_of_trafficking(quote: Quote) -> bool:
    """Whether the section that a quote stands in speaks of trafficking in human beings."""
    section = quote.passage.section
    return any(passage.about_trafficking and passage.section == section for passage in quote.document.passages)
