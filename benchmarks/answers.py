"""How well questions are answered: expected statements shown, refusals right, nobody misquoted.

    python benchmarks/answers.py QUESTIONS.jsonl… --report FILE… [--starter] [--library DIR] [--failures]

Builds a library of the reports (and the starter library) in a temporary folder, asks every question, and prints, per
kind, the share of expected spans shown within the first 200 words of quotes, refusals, and quotes with wrong speakers
or text.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from corpus import starter_files
from index.embedder import Embedder
from index.intake import take_in
from index.library import Library
from qa.answer import Answerer

WORD_BUDGET = 200


def folded(text: str) -> str:
    """A text without markup and typographic differences, for comparing spans across file forms."""
    text = re.sub(r"<sup>.*?</sup>", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("*", "").replace("\\", "")
    text = text.translate(str.maketrans("“”‘’–—\u00a0", "\"\"''-- "))
    return re.sub(r"\s+", " ", text).strip().casefold()


def first_words(quotes: list[dict[str, Any]], budget: int) -> str:
    """The first words of some quotes, folded; quotes are kept apart so that no span matches across two."""
    shown, left = [], budget
    for quote in quotes:
        words = quote["text"].split()[:left]
        left -= len(words)
        shown.append(folded(" ".join(words)))
        if left <= 0:
            break
    return " ¶ ".join(shown)


def judge(item: dict[str, Any], answer: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
    """What is right and wrong about one answer."""
    quotes = [quote for group in answer["groups"] for quote in group["quotes"]]
    shown = first_words(quotes, WORD_BUDGET)
    found = []
    wrong_speaker = []
    for position, span in enumerate(item["answer_spans"]):
        wordings = [folded(wording) for wording in (span, *item["alt_spans"][position])]
        found.append(any(wording in shown for wording in wordings))
        expected = {"ICMPD" if source == "non-paper" else source for source in item["span_sources"][position]}
        for quote in quotes:
            in_scope = not item["countries"] or set(quote["countries"]) & set(item["countries"])
            if (
                in_scope
                and any(wording in folded(quote["text"]) for wording in wordings)
                and set(quote["speakers"]) != expected
            ):
                wrong_speaker.append((span[:60], quote["speakers"], sorted(expected)))
    altered = [quote for quote in quotes if texts[quote["document_id"]][quote["start"] : quote["end"]] != quote["text"]]
    return {"found": found, "wrong_speaker": wrong_speaker, "altered": altered, "answered": answer["answered"]}


def main() -> None:
    """Runs the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="+", type=Path)
    parser.add_argument("--report", action="append", type=Path, default=[])
    parser.add_argument("--starter", action="store_true", help="load the starter library too")
    parser.add_argument("--library", type=Path, help="keep the library here")
    parser.add_argument("--failures", action="store_true", help="print every failure")
    arguments = parser.parse_args()
    embedder = Embedder.load()
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(arguments.library or Path(folder))
        files = [*(starter_files() if arguments.starter else ()), *arguments.report]
        for outcome in take_in(library, lambda: embedder, files):
            if outcome.status == "failed":
                raise SystemExit(outcome.reason)
        answerer = Answerer(library, embedder)
        texts = {d.document_id: d.text for d in answerer.holdings().searcher.documents}
        shares: dict[str, list[bool]] = defaultdict(list)
        refused = answered_wrongly = wrong = altered = answerable = 0
        for file in arguments.questions:
            for line in file.read_text(encoding="utf-8").splitlines():
                item = json.loads(line)
                answer = answerer.ask(item["question"]).as_dict()
                result = judge(item, answer, texts)
                altered += len(result["altered"])
                wrong += len(result["wrong_speaker"])
                if item["answer_spans"]:
                    answerable += 1
                    refused += not result["answered"]
                    shares[item["kind"]] += result["found"]
                else:
                    answered_wrongly += result["answered"]
                    shares[item["kind"]].append(not result["answered"])
                if arguments.failures:
                    _print_failure(item, answer, result)
    for kind, values in sorted(shares.items()):
        print(f"{kind:20} {sum(values) / len(values):.3f}  of {len(values)}")
    spans = [value for kind, values in shares.items() if kind != "unanswerable" for value in values]
    print(f"{'all spans':20} {sum(spans) / len(spans):.3f}  of {len(spans)}")
    print(f"answerable refused {refused} of {answerable}; unanswerable answered {answered_wrongly}")
    print(f"quotes with wrong speakers {wrong}; quotes that are not the text at their offsets {altered}")


def _print_failure(item: dict[str, Any], answer: dict[str, Any], result: dict[str, Any]) -> None:
    bad = not all(result["found"]) or result["wrong_speaker"] or result["answered"] != bool(item["answer_spans"])
    if not bad:
        return
    print(
        f"\n{item['id']}: {item['question']}\n   {answer['scope']} {answer['reason'] or ''} {answer['message'][:150]}"
    )
    for span, ok in zip(item["answer_spans"], result["found"], strict=True):
        print(f"   {'shown  ' if ok else 'MISSING'} {span[:110]}")
    for problem in result["wrong_speaker"]:
        print(f"   SPEAKERS {problem}")
    for group in answer["groups"]:
        for quote in group["quotes"][:6]:
            print(f"      {group['country']} {group['source']} {quote['score']:.2f} {quote['text'][:110]}")


if __name__ == "__main__":
    main()
