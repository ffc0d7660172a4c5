"""How many planned changes between two editions `pincite compare` finds, and whether it says rightly what they are.

    python benchmarks/changes.py [--library DIR] [--specimens DIR]

The specimens are invented reports that lie beside the repository, with a list of the changes that were planned between
their two editions. A change counts as found when each of its sentences stands in one pair with the others, or in none
where it is new or dropped; its kind is right when the pair has it. Statements that both editions hold word for word, in
sections of one heading, are the unchanged ones: a false alarm is one that comes out as anything but unchanged.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from index.embedder import Embedder
from index.intake import take_in
from index.library import Library
from index.search import Searcher
from qa.comparing.compare import Comparison, Pair, compare
from qa.quotes import Quote

ROOT = Path(__file__).resolve().parent.parent

# What the truth calls a change, and the kinds of which a pair must have one.
KINDS = {
    "same": {"unchanged"},
    "reworded": {"reworded"},
    "escalated": {"stronger"},
    "reiterated": {"stronger"},
    "softened": {"weaker"},
    "wording_strengthened": {"stronger"},
    "wording_softened": {"weaker"},
    "assessment_changed": {"improved", "worsened"},
    "figure": {"figure"},
    "figure_updated": {"figure"},
    "widened": {"widened"},
    "scope_widened": {"widened"},
    "narrowed": {"narrowed"},
    "scope_narrowed": {"narrowed"},
    "split": {"split"},
    "merged": {"merged"},
    "moved": {"moved"},
    "new": {"new"},
    "dropped": {"dropped"},
}
STRICT = {"escalated", "softened", "figure", "figure_updated", "reiterated"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, help="A library that holds the specimens; built where it does not.")
    parser.add_argument("--specimens", type=Path, default=ROOT.parent / "shared" / "specimens")
    options = parser.parse_args()
    if not options.specimens.is_dir():
        sys.exit(f"There are no specimens in {options.specimens}.")
    searcher = _searcher(options.library or Path(tempfile.mkdtemp()), options.specimens)
    totals: Counter[str] = Counter()
    for path in sorted((options.specimens / "truth").glob("changes_*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        ids = [_id(searcher, truth[side]) for side in ("old", "new")]
        started = time.perf_counter()
        comparison = compare(searcher, *ids)
        seconds = time.perf_counter() - started
        print(f"\n{path.stem}: {len(comparison.pairs)} pairs in {seconds:.2f} s")
        for change in truth["changes"]:
            _judge(change, comparison, totals)
        _false_alarms(comparison, totals)
        _parts(comparison, totals)
    print()
    for name, of in (
        ("found", "planned"),
        ("kind right", "planned"),
        ("strict right", "strict"),
        ("alarms", "unchanged"),
    ):
        print(f"{name:<14}{totals[name]:>5} of {totals[of]:>5}  {100 * totals[name] / max(totals[of], 1):6.1f} %")
    print(f"{'wrong part':<14}{totals['wrong part']:>5}")


def _searcher(folder: Path, specimens: Path) -> Searcher:
    library = Library.open(folder)
    loaded = {Path(document.path).name for document in library.documents()}
    missing = [path for path in sorted(specimens.glob("*.pdf")) if path.name not in loaded]
    embedder = Embedder.load() if missing else None
    for outcome in take_in(library, lambda: embedder or Embedder.load(), missing) if missing else ():
        print(f"{outcome.status} {outcome.path.name}", file=sys.stderr)
    return Searcher(library, None)


def _id(searcher: Searcher, number: str) -> str:
    return next(one.document_id for one in searcher.stored if one.identity.official_number == number)


def _sides(change: dict[str, Any]) -> list[list[dict[str, Any]]]:
    sides = (change["old"], change["new"])
    return [[] if side is None else side if isinstance(side, list) else [side] for side in sides]


def _judge(change: dict[str, Any], comparison: Comparison, totals: Counter[str]) -> None:
    old, new = _sides(change)
    totals["planned"] += 1
    strict = change["kind_id"] in STRICT
    totals["strict"] += strict
    pairs = [_with(comparison, place, side) for side, places in (("left", old), ("right", new)) for place in places]
    first = pairs[0]
    found = first is not None and all(pair is first for pair in pairs)
    found = found and len(first.left) == len(old) and len(first.right) == len(new)
    right = found and bool(KINDS[change["kind_id"]] & set(first.kinds))
    totals["found"] += found
    totals["kind right"] += right
    totals["strict right"] += strict and right
    if not right:
        print(f"  {'kind' if found else 'not found'}: {change['topic']}, {change['kind_id']}")
        for pair in {id(pair): pair for pair in pairs if pair is not None}.values():
            print(f"      {', '.join(pair.kinds)} {pair.words} {pair.likeness:.2f}")
            for mark, quotes in (("-", pair.left), ("+", pair.right)):
                for quote in quotes:
                    print(f"      {mark} {quote.text[:230]} [{quote.place.section[-1:]}]")


def _with(comparison: Comparison, place: dict[str, Any], side: str) -> Pair | None:
    """The pair that a sentence of the truth stands in; of several places the one in the section that is named."""
    wanted = _plain(place["sentence"])
    holds = [
        (pair, quote) for pair in comparison.pairs for quote in getattr(pair, side) if wanted in _plain(quote.text)
    ]
    there = [pair for pair, quote in holds if _plain(place["section"]) == _plain(" ".join(quote.passage.section[-1:]))]
    return next(iter(there or [pair for pair, _ in holds]), None)


def _false_alarms(comparison: Comparison, totals: Counter[str]) -> None:
    sides = [
        Counter((_plain(quote.text), _heading(quote)) for pair in comparison.pairs for quote in getattr(pair, side))
        for side in ("left", "right")
    ]
    same = sides[0] & sides[1]
    for pair in comparison.pairs:
        key = (_plain(pair.right[0].text), _heading(pair.right[0])) if pair.right else None
        if key in same:
            totals["unchanged"] += 1
            if pair.kinds != ("unchanged",):
                totals["alarms"] += 1
                print(f"  alarm: {', '.join(pair.kinds)}: {pair.right[0].text[:150]}")


def _heading(quote: Quote) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]{5,}", " ".join(quote.passage.section[-1:]).lower())) - {"article", "articles"}


def _parts(comparison: Comparison, totals: Counter[str]) -> None:
    for pair in comparison.pairs:
        totals["wrong part"] += any(quote.passage.part not in {"body", "summary"} for quote in pair.left + pair.right)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


if __name__ == "__main__":
    main()
