"""How well reports are read: documents against their ground truth.

    python benchmarks/reading.py SPECIMENS [--problems]

SPECIMENS is a folder of PDFs with a folder `truth` beside them, one JSON file a report (see the README there). Prints,
over all reports of each publisher: identity, numbered paragraphs or blocks, footnotes, recommendations with grade,
statements of the government attributed to the publisher, and the time a page.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from ingest import read_document
from ingest.countries import country_code
from ingest.document import Document, Passage
from ingest.references import same_number

_PUBLISHERS = {"European Commission": "EC", "GRETA": "GRETA"}


def folded(text: str) -> str:
    """A text with white space folded."""
    return re.sub(r"\s+", " ", text).strip()


class Tally:
    """Right and wrong counts by name, with examples of what is wrong."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.all: Counter[str] = Counter()
        self.problems: list[str] = []

    def count(self, name: str, ok: bool, problem: str = "") -> None:
        self.all[name] += 1
        self.right[name] += ok
        if not ok:
            self.problems.append(f"{name}: {problem}")


def check_identity(tally: Tally, document: Document, truth: dict[str, Any]) -> None:
    identity = document.identity
    expected = {
        "publisher": _PUBLISHERS[truth["publisher"]],
        "countries": (country_code(truth["country"]),),
        "round": truth["round"],
        "year": truth["year"],
        "published": truth["published"],
        "language": "en",
    }
    if truth.get("adopted"):
        expected["adopted"] = truth["adopted"]
    for field, value in expected.items():
        tally.count("identity", getattr(identity, field) == value, f"{field} {getattr(identity, field)!r} ≠ {value!r}")
    number = identity.official_number or "none"
    tally.count("identity", same_number(number, truth["number"]), f"number {number} ≠ {truth['number']}")
    title = folded(truth["title"]).casefold()
    tally.count(
        "identity", folded(identity.title).casefold() == title, f"title {identity.title!r} ≠ {truth['title']!r}"
    )


def paragraphs_of(document: Document) -> dict[str, list[Passage]]:
    """Passages of the body by paragraph number."""
    found: dict[str, list[Passage]] = {}
    for passage in document.passages:
        if passage.paragraph and passage.part == "body" and passage.kind != "footnote":
            found.setdefault(passage.paragraph, []).append(passage)
    return found


def check_paragraphs(tally: Tally, document: Document, truth: dict[str, Any]) -> float:
    """Checks the numbered paragraphs of a GRETA report; returns the sum of character similarities."""
    found = paragraphs_of(document)
    similarity = 0.0
    for paragraph in truth["paragraphs"]:
        number = str(paragraph["number"])
        passages = found.get(number, [])
        tally.count("paragraphs found", bool(passages), f"{truth['file']} {number}")
        if not passages:
            continue
        text = folded(" ".join(document.text[p.start : p.end] for p in passages))
        expected = folded(paragraph["text"])
        ratio = 1.0 if text == expected else SequenceMatcher(None, text, expected, autojunk=False).ratio()
        similarity += ratio
        tally.count(
            "text equal",
            text == expected,
            f"{truth['file']} {number}: {text[:90]!r}…{text[-60:]!r} ≠ …{expected[-60:]!r}",
        )
        pages = [page for p in passages for page in document.pages_of(p.start, p.end)]
        places = (pages[0], pages[-1]) == (paragraph["first_page"], paragraph["last_page"]) if pages else False
        tally.count(
            "pages right",
            places,
            f"{truth['file']} {number}: {pages} ≠ {paragraph['first_page']}-{paragraph['last_page']}",
        )
        section = [folded(heading) for heading in passages[0].section]
        tally.count(
            "section right",
            section == paragraph["section"],
            f"{truth['file']} {number}: {section} ≠ {paragraph['section']}",
        )
        articles = [str(article) for article in passages[0].articles]
        tally.count(
            "articles right",
            articles == paragraph["articles"],
            f"{truth['file']} {number}: {articles} ≠ {paragraph['articles']}",
        )
        check_recommendations(tally, document, passages, paragraph, truth["file"])
        anchored = sorted(
            int(note.number)
            for note in document.footnotes
            if note.anchor is not None and note.number.isdigit() and passages[0].start < note.anchor <= passages[-1].end
        )
        tally.count(
            "marks in place",
            anchored == paragraph["footnotes"],
            f"{truth['file']} {number}: {anchored} ≠ {paragraph['footnotes']}",
        )
    return similarity


def check_recommendations(
    tally: Tally, document: Document, passages: list[Passage], paragraph: dict[str, Any], file: str
) -> None:
    graded = [
        (folded(document.text[s.start : s.end]), s.grade) for p in passages for s in p.statements if s.grade is not None
    ]
    expected: list[tuple[str, str]] = []
    for recommendation in (r for r in paragraph["recommendations"] if r["verb"] in {"urges", "considers", "invites"}):
        expected += [
            (folded(text), recommendation["verb"]) for text in (recommendation["sentence"], *recommendation["bullets"])
        ]
    for text, verb in expected:
        match = next((grade for found, grade in graded if found in text or text in found), None)
        tally.count("recommendations found", match is not None, f"{file} {paragraph['number']}: {text[:80]}")
        if match is not None:
            tally.count("grade right", match == verb, f"{file} {paragraph['number']}: {match} ≠ {verb}")
    for found, grade in graded:
        ok = any(found in text or text in found for text, _ in expected)
        tally.count("graded rightly", ok, f"{file} {paragraph['number']}: {grade} {found[:80]}")


def check_blocks(tally: Tally, document: Document, truth: dict[str, Any]) -> float:
    """Checks the blocks of an EC report, in order; returns the sum of character similarities.

    A box is a lead and its items: several passages here, one block in the truth.
    """
    body = [p for p in document.passages if p.kind not in {"footnote", "row"} and p.part != "front matter"]
    texts = [folded(document.text[p.start : p.end]) for p in body]
    similarity = 0.0
    place = 0
    for block in truth["blocks"]:
        expected = folded(block["text"])
        opening = folded(block.get("lead") or block["text"])
        start = next((n for n in range(place, len(texts)) if texts[n] == opening), None)
        if start is None:
            start = next((n for n in range(place, len(texts)) if texts[n][:40] == opening[:40]), None)
        tally.count("blocks found", start is not None, f"{truth['file']}: {expected[:80]}")
        if start is None:
            continue
        place = start + 1
        if block["type"] == "box":
            while place < len(body) and body[place].kind == "bullet":
                place += 1
        while (
            place < len(body) and len(" ".join(texts[start:place])) < len(expected) - 5 and body[place].kind != "bullet"
        ):
            place += 1  # A long paragraph is cut into several passages.
        text = " ".join(texts[start:place])
        ratio = 1.0 if text == expected else SequenceMatcher(None, text, expected, autojunk=False).ratio()
        similarity += ratio
        tally.count(
            "text equal", text == expected, f"{truth['file']}: {text[:70]!r}…{text[-50:]!r} ≠ …{expected[-50:]!r}"
        )
        pages = [page for p in body[start:place] for page in document.pages_of(p.start, p.end)]
        right = bool(pages) and (pages[0], pages[-1]) == (block["first_page"], block["last_page"])
        problem = f"{truth['file']}: {text[:50]} {pages} ≠ {block['first_page']}-{block['last_page']}"
        tally.count("pages right", right, problem)
        section = [folded(heading) for heading in body[start].section]
        problem = f"{truth['file']}: {text[:40]} {section[-2:]} ≠ {block['section'][-2:]}"
        tally.count("section right", section == block["section"], problem)
    return similarity


def check_footnotes(tally: Tally, document: Document, truth: dict[str, Any]) -> None:
    found = {note.number: note for note in document.footnotes}
    for note in truth["footnotes"]:
        own = found.get(str(note["number"]))
        tally.count("footnotes found", own is not None, f"{truth['file']} fn {note['number']}")
        if own is None:
            continue
        text = folded(document.text[own.start : own.end])
        tally.count(
            "footnote text",
            text == folded(note["text"]),
            f"{truth['file']} fn {note['number']}: {text[:80]!r} ≠ {note['text'][:80]!r}",
        )
        pages = document.pages_of(own.start, own.end)
        tally.count(
            "footnote page",
            bool(pages) and pages[0] == note["page"],
            f"{truth['file']} fn {note['number']}: {pages} ≠ {note['page']}",
        )
        tally.count("footnote anchored", own.anchor is not None, f"{truth['file']} fn {note['number']}")


def check_government(tally: Tally, document: Document, truth: dict[str, Any]) -> None:
    comments = truth.get("government_comments")
    if not comments:
        return
    publisher = document.identity.publisher
    wanted = [folded(text) for text in comments["text"]]
    for passage in document.passages:
        for statement in passage.statements:
            text = folded(document.text[statement.start : statement.end])
            if any(text in whole for whole in wanted) and len(text) > 25:
                tally.count(
                    "comments not the publisher's", publisher not in statement.speakers, f"{truth['file']}: {text[:70]}"
                )


def main() -> None:
    """Runs the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("specimens", type=Path)
    parser.add_argument("--problems", type=int, default=0, help="print so many problems of each publisher")
    arguments = parser.parse_args()
    for publisher in ("GRETA", "European Commission"):
        tally = Tally()
        similarity, n_texts, n_pages, seconds = 0.0, 0, 0, 0.0
        for path in sorted((arguments.specimens / "truth").glob("*.json")):
            truth = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(truth, dict) or truth.get("publisher") != publisher:
                continue
            file = arguments.specimens / truth["file"]
            began = time.perf_counter()
            document = read_document(file, file.read_bytes())
            seconds += time.perf_counter() - began
            n_pages += truth["pages"]
            check_identity(tally, document, truth)
            check = check_paragraphs if publisher == "GRETA" else check_blocks
            similarity += check(tally, document, truth)
            n_texts += len(truth["paragraphs"] if publisher == "GRETA" else truth["blocks"])
            check_footnotes(tally, document, truth)
            check_government(tally, document, truth)
        print(f"\n{publisher}: {n_pages} pages, {1000 * seconds / max(n_pages, 1):.0f} ms a page to read and cut")
        for name in tally.all:
            print(f"  {name:30} {tally.right[name] / tally.all[name]:.4f}  of {tally.all[name]}")
        print(f"  {'mean character similarity':30} {similarity / max(n_texts, 1):.4f}")
        for problem in tally.problems[: arguments.problems]:
            print(f"    {problem[:260]}")


if __name__ == "__main__":
    main()
