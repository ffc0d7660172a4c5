"""How many quotations of a draft `pincite check` judges rightly, whole ones and ones that are altered in known ways.

    python benchmarks/drafts.py [--library DIR] [--seed N] [--number N] [--form docx|md|txt] [--write FILE]

The draft is made of quotations from the specimens and the non-paper that lie beside the repository, by what their truth
files say of words, paragraphs, pages and speakers. Some change nothing (other quotation marks, an ellipsis, white
space, a capital in brackets); others have a word, verb, number, speaker, paragraph, page or document changed, cite a
report that is not loaded, or are invented. The figure to reach: 98 of 100 right, and nothing altered called verbatim.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.embedder import Embedder
from index.intake import take_in
from index.library import Library
from index.search import Searcher
from qa.checking.check import Checked, Checker
from qa.checking.drafts import read_draft
from qa.official.catalogue import Catalogue

ROOT = Path(__file__).resolve().parent.parent
NON_PAPER = "icmpd-non-paper-western-balkans-2018"
SHORTEST, LONGEST = 8, 60  # Words of a quotation.
SOFTER = {"urges": "invites", "considers": "invites", "invites": "urges"}
SWAPS = {
    "should": "may", "all": "some", "not": "often", "ensure": "consider", "victims": "persons", "women": "men",
    "children": "adults", "limited": "good", "some": "much", "remains": "was", "still": "hardly", "more": "less",
    "authorities": "courts", "police": "army", "access": "recourse", "guarantee": "promote", "strengthen": "review",
    "improve": "study", "prosecutors": "judges", "shelter": "office", "training": "advice", "report": "letter",
}  # fmt: skip
INVENTED = (
    "GRETA was struck by the number of lighthouse keepers who had been trained to recognise forged fishing permits.",
    "The railway museum should open a counter at which travellers may ask for a lawyer on Sundays.",
    "Only two of the nineteen orchards had a telephone from which the pickers could call the hotline unheard.",
)
NOT_LOADED = ("GRETA(2023)09", "GRETA(2022)07", "GRETA(2020)09", "SWD(2018) 152 final")


@dataclass(frozen=True)
class Source:
    """A sentence with what is true of it."""

    text: str
    speaker: str  # A code.
    document: str  # An official number; "" for the non-paper.
    paragraph: str | None
    pages: tuple[int, ...]
    verb: str | None = None
    country: str = ""
    appendix: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Item:
    """A paragraph of the draft with one quotation, and how it is to be judged."""

    kind: str
    verdict: str
    quotation: str
    speaker: str
    source: Source
    paragraph: str | None = None
    page: int | None = None
    document: str = ""
    verb: str | None = None
    marks: tuple[str, str] = ("“", "”")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--library", type=Path, help="A library of the specimens and the non-paper; built where it is not."
    )
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=100, help="Quotations in the draft.")
    parser.add_argument("--form", choices=("docx", "md", "txt"), default="docx")
    parser.add_argument("--write", type=Path, help="Keep the draft here.")
    options = parser.parse_args()
    if not options.shared.is_dir():
        sys.exit(f"There are no specimens in {options.shared}.")
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(options.library or Path(folder) / "library")
        if not library.documents():
            embedder = Embedder.load()
            files = [
                *sorted((options.shared / "specimens").glob("*.pdf")),
                options.shared / "reports" / f"{NON_PAPER}.pdf",
            ]
            print(Counter(outcome.status for outcome in take_in(library, lambda: embedder, files)))
        items = tuple(make_items(options.shared, seeded(options.seed), options.number))
        path = options.write or Path(folder) / f"draft.{options.form}"
        write_draft(items, path, seeded(options.seed))
        started = time.process_time()
        draft = read_draft(path)
        checker = Checker(Searcher(library, None), Catalogue.load())
        ready = time.process_time()
        results = checker.check(draft)
        print(
            f"{ready - started:.2f} s to read the draft and the library, {time.process_time() - ready:.2f} s to check"
        )
    report(items, results)


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # Chance makes a draft here, no secret.


def report(items: tuple[Item, ...], results: tuple[Checked, ...]) -> None:
    by_block = {checked.pair.block: checked for checked in results if checked.quotation is not None}
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    called_verbatim = 0
    for number, item in enumerate(items):
        got = by_block.get(2 * number + 1)
        verdict = got.verdict if got else "(not seen)"
        total[item.kind] += 1
        right[item.kind] += verdict == item.verdict
        called_verbatim += verdict == "verbatim" and item.verdict != "verbatim"
        if verdict != item.verdict:
            print(f"\n{item.kind}: {verdict}, not {item.verdict}\n  {item.quotation}\n  {item.source}")
            print(f"  {got.citation} | {got.message} | {got.diff}" if got else "")
    print()
    for kind, n in total.items():
        print(f"{kind:<24} {right[kind]:>3} of {n}")
    print(f"{'all':<24} {right.total():>3} of {total.total()}; not verbatim and called so: {called_verbatim}")


# --- sources ----------------------------------------------------------------------------------------------------------


def sources(shared: Path) -> Iterator[Source]:
    """Sentences of the specimens and the non-paper with what the truth files say of them."""
    for path in sorted((shared / "specimens" / "truth").glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        if "publisher" in truth:
            yield from greta_sources(truth) if truth["publisher"] == "GRETA" else ec_sources(truth)
    attributions = json.loads((shared / "questions" / "non-paper-attributions.json").read_text(encoding="utf-8"))
    yield from non_paper_sources(attributions)


def greta_sources(truth: dict[str, Any]) -> Iterator[Source]:
    about = truth["country_name"]
    appendix = tuple(truth["appendix_1"]["pages"]) if truth.get("appendix_1") else (0, 0)
    for paragraph in truth["paragraphs"]:
        pages = tuple(range(paragraph["first_page"], paragraph["last_page"] + 1))
        verbs = {recommendation["sentence"]: recommendation["verb"] for recommendation in paragraph["recommendations"]}
        said = [*verbs, *(one["sentence"] for one in paragraph["ungraded"])]
        for sentence in said:
            yield Source(
                sentence,
                "GRETA",
                truth["number"],
                str(paragraph["number"]),
                pages,
                verbs.get(sentence),
                about,
                appendix,
            )
    comments = truth["government_comments"]
    for text in comments["text"]:
        pages = tuple(range(comments["pages"][0], comments["pages"][1] + 1))
        for sentence in re.split(r"(?<=\.)\s+(?=[A-Z])", text):
            yield Source(sentence, "Government", truth["number"], None, pages, None, about)


def ec_sources(truth: dict[str, Any]) -> Iterator[Source]:
    shift = truth.get("printed_page_shift") or 0
    for block in truth["blocks"]:
        if block["thb"] and block["type"] == "paragraph":
            pages = tuple(page + shift for page in range(block["first_page"], block["last_page"] + 1))
            for sentence in re.split(r"(?<=[a-z]\.)\s+(?=[A-Z])", block["text"]):
                yield Source(sentence, "EC", truth["number"], None, pages, None, truth["country_name"])


def non_paper_sources(attributions: dict[str, Any]) -> Iterator[Source]:
    for country in attributions["countries"].values():
        for bullet in country["bullets"]:
            for segment in bullet["segments"]:
                if len(segment["sources"]) == 1:
                    yield Source(segment["text"], segment["sources"][0], "", None, (), None, country["full_name"])


def usable(source: Source) -> bool:
    return SHORTEST <= len(source.text.split()) <= LONGEST and not re.search(r"[“”\"\[\]…]", source.text)


# --- alterations ------------------------------------------------------------------------------------------------------


def make_items(shared: Path, chance: random.Random, number: int) -> Iterator[Item]:
    """Quotations of the draft, of each kind in turn."""
    pool = [source for source in sources(shared) if usable(source)]
    everything = " ".join(plain(source.text) for source in sources(shared))
    chance.shuffle(pool)
    kinds = [*KINDS, "same", "same", "typesetting", "typesetting", "ellipsis", "ellipsis"]
    made = 0
    while made < number:
        kind = kinds[made % len(kinds)]
        item = next((item for source in pool if (item := KINDS[kind](source, chance, pool)) is not None), None)
        if item is None:
            sys.exit(f"No sentence is fit for {kind}.")
        pool.remove(item.source)
        if item.verdict in {"altered", "not_found"} and plain(item.quotation) in everything and item.verb is None:
            continue
        made += 1
        yield replace(item, kind=kind)


def unaltered(source: Source, **changes: Any) -> Item:
    page = source.pages[0] if source.pages else None
    item = Item("", "verbatim", source.text, source.speaker, source, source.paragraph, page, source.document, None)
    return replace(item, **changes)


def same(source: Source, chance: random.Random, _: list[Source]) -> Item:
    return unaltered(source, quotation=source.text.rstrip(".") if chance.random() < 0.5 else source.text)


def typesetting(source: Source, chance: random.Random, _: list[Source]) -> Item:
    marks = chance.choice((("“", "”"), ('"', '"'), ("«", "»"), ("„", "“"), ("« ", " »")))
    text = source.text.replace("’", "'") if chance.random() < 0.5 else source.text.replace("'", "’")
    text = text.replace("co-op", "coop") if chance.random() < 0.5 else text.replace("-", "\u2011")
    if chance.random() < 0.4:
        text = f"[{text[0].swapcase()}]{text[1:]}"
    elif chance.random() < 0.4:
        text = text[0].swapcase() + text[1:]
    return unaltered(source, quotation=text.replace(" ", "\u00a0", 1) if chance.random() < 0.3 else text, marks=marks)


def ellipsis(source: Source, chance: random.Random, _: list[Source]) -> Item | None:
    words = source.text.split()
    if len(words) < 14:
        return None
    first = chance.randrange(4, len(words) - 8)
    last = chance.randrange(first + 1, len(words) - 4)
    mark = chance.choice(("[…]", "...", "(...)", "[...]", "…", "[of them]"))
    if mark == "[of them]":
        last = min(last, first + 4)
    return unaltered(source, quotation=" ".join((*words[:first], mark, *words[last:])))


def word(source: Source, chance: random.Random, _: list[Source]) -> Item | None:
    words = source.text.split()
    places = [place for place, one in enumerate(words) if one in SWAPS]
    if not places:
        return None
    place = chance.choice(places)
    words[place] = SWAPS[words[place]]
    return unaltered(source, quotation=" ".join(words), verdict="altered")


def left_out(source: Source, chance: random.Random, _: list[Source]) -> Item | None:
    words = source.text.split()
    if len(words) < 10:
        return None
    del words[chance.randrange(2, len(words) - 2)]
    return unaltered(source, quotation=" ".join(words), verdict="altered")


def verb(source: Source, _: random.Random, __: list[Source]) -> Item | None:
    if source.verb is None or f"GRETA {source.verb}" not in source.text:
        return None
    text = source.text.replace(f"GRETA {source.verb}", f"GRETA {SOFTER[source.verb]}", 1)
    return unaltered(source, quotation=text, verdict="altered", verb="")


def verb_before(source: Source, _: random.Random, __: list[Source]) -> Item | None:
    opening = re.match(r"GRETA (?:urges|invites) the \w+ authorities to ", source.text)
    if source.verb is None or opening is None:
        return None
    return unaltered(source, quotation=source.text[opening.end() :], verdict="altered", verb=SOFTER[source.verb])


def number(source: Source, chance: random.Random, _: list[Source]) -> Item | None:
    figures = list(re.finditer(r"\b\d+\b", source.text))
    if not figures:
        return None
    figure = chance.choice(figures)
    text = source.text[: figure.start()] + str(int(figure[0]) + chance.choice((1, 2, 10))) + source.text[figure.end() :]
    return unaltered(source, quotation=text, verdict="altered")


def speaker(source: Source, chance: random.Random, _: list[Source]) -> Item:
    others = [code for code in ("GRETA", "EC", "Government") if code != source.speaker]
    other = "GRETA" if source.speaker == "Government" else chance.choice(others)
    return unaltered(source, speaker=other, verdict="wrong_speaker")


def comments_as_greta(source: Source, chance: random.Random, pool: list[Source]) -> Item | None:
    return speaker(source, chance, pool) if source.speaker == "Government" else None


def reported_as_own(source: Source, _: random.Random, __: list[Source]) -> Item | None:
    if source.document or source.speaker not in {"GRETA", "EC"}:
        return None
    return unaltered(source, document="-", verdict="wrong_speaker")


def paragraph(source: Source, chance: random.Random, pool: list[Source]) -> Item | None:
    if source.paragraph is None:
        return None
    taken = {other.paragraph for other in pool if plain(other.text) == plain(source.text)} | {source.paragraph}
    other = str(int(source.paragraph) + chance.choice((-3, -2, -1, 1, 2, 10)))
    return None if other in taken or int(other) < 1 else unaltered(source, paragraph=other, verdict="wrong_place")


def page(source: Source, chance: random.Random, _: list[Source]) -> Item | None:
    if not source.pages:
        return None
    other = source.pages[0] + chance.choice((-2, -1, 1, 2, 3))
    in_appendix = source.appendix[0] <= other <= source.appendix[1]
    if other in source.pages or other < 3 or in_appendix:
        return None
    return unaltered(source, page=other, verdict="wrong_place")


def document(source: Source, chance: random.Random, pool: list[Source]) -> Item | None:
    numbers = sorted(
        {other.document for other in pool if other.document[:3] == source.document[:3]} - {source.document}
    )
    if not source.document or not numbers or source.speaker == "Government":
        return None
    number = chance.choice(numbers)
    alike = [other for other in pool if other.document == number and plain(other.text) == plain(source.text)]
    return None if alike else unaltered(source, document=number, verdict="wrong_place")


def not_loaded(source: Source, chance: random.Random, _: list[Source]) -> Item:
    number = chance.choice(NOT_LOADED)
    invented = chance.choice(INVENTED)
    who = "GRETA" if number.startswith("GRETA") else "EC"
    return unaltered(source, quotation=invented, speaker=who, document=number, verdict="not_loaded")


def invented(source: Source, chance: random.Random, _: list[Source]) -> Item | None:
    return unaltered(source, quotation=chance.choice(INVENTED), verdict="not_found") if source.document else None


KINDS: dict[str, Callable[[Source, random.Random, list[Source]], Item | None]] = {
    "same": same,
    "typesetting": typesetting,
    "ellipsis": ellipsis,
    "word": word,
    "word left out": left_out,
    "verb": verb,
    "verb before": verb_before,
    "number": number,
    "speaker": speaker,
    "comments as GRETA's": comments_as_greta,
    "reported as own": reported_as_own,
    "paragraph": paragraph,
    "page": page,
    "document": document,
    "not loaded": not_loaded,
    "invented": invented,
}


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


# --- the draft --------------------------------------------------------------------------------------------------------

NAMES = {"GRETA": ("GRETA",), "EC": ("the Commission", "the European Commission", "the EC"), "ICMPD": ("ICMPD",)}


def write_draft(items: tuple[Item, ...], path: Path, chance: random.Random) -> None:
    """A draft with a heading and a paragraph for each quotation."""
    import pypandoc

    text = path.suffix == ".txt"
    paragraphs, notes = [], []
    for position, item in enumerate(items, 1):
        body, note = sentence(item, chance, f"[{position}]" if text else f"[^{position}]")
        paragraphs += [item.source.country if text else f"# {item.source.country}", body]
        if note:
            notes.append(f"[{position}] {note}" if text else f"[^{position}]: {note}")
    content = "\n\n".join([*paragraphs, *notes]) + "\n"
    if path.suffix == ".docx":
        pypandoc.convert_text(content, "docx", format="commonmark+footnotes", outputfile=str(path))
    else:
        path.write_text(content, encoding="utf-8")


def sentence(item: Item, chance: random.Random, mark: str) -> tuple[str, str]:
    """A paragraph that quotes, and its footnote ("" for none)."""
    quoted = f"{item.marks[0]}{item.quotation}{item.marks[1]}"
    who = name(item, chance)
    where = citation(item, chance)
    opening = lead(item, who, chance)
    if not where:
        return f"{opening} {quoted}.", ""
    form = chance.randrange(4)
    if form == 0:
        return f"{opening} {quoted} ({where}).", ""
    if form == 1:
        return f"{opening} {quoted}.{mark}", f"{where}."
    if form == 2 and item.document not in {"", "-"}:
        body = opening if opening.startswith(("GRETA", "ICMPD")) else opening[0].lower() + opening[1:]
        return f"In {where}, {body} {quoted}.", ""
    return f"{opening} {quoted}{mark} and there is more to be said on it.", f"See {where}."


def name(item: Item, chance: random.Random) -> str:
    if item.speaker == "Government":
        return chance.choice((f"the Government of {item.source.country}", "the authorities", "the Government"))
    return chance.choice(NAMES.get(item.speaker, (item.speaker,)))


def lead(item: Item, who: str, chance: random.Random) -> str:
    if item.verb:
        return f"GRETA {item.verb} the authorities to"
    said = chance.choice((f"{who} notes:", f"{who} states that", f"According to {who},", f"{who} finds that"))
    if not item.source.document and item.document != "-":
        said = f"According to {who},"
    return said[0].upper() + said[1:]


def citation(item: Item, chance: random.Random) -> str:
    year = (re.findall(r"\d{4}", item.document) or ["2018"])[0]
    if item.document == "-":
        return chance.choice(("", f"{item.speaker}, 2018"))
    if not item.document:
        return f"{item.speaker}, as reported by ICMPD, 2018"
    place = [f"para. {item.paragraph}"] if item.paragraph else []
    if item.page and (not place or item.kind == "page" or chance.random() < 0.5):
        place.append(chance.choice((f"p. {item.page}", f"page {item.page}")))
    if item.speaker == "GRETA" and item.kind not in {"document", "not loaded"} and chance.random() < 0.25:
        return ", ".join(("GRETA", year, *place))
    if item.document.startswith("SWD") and chance.random() < 0.25 and item.page:
        title = f"‘{item.source.country} {year} Report’ (Staff Working Document)"
        return f"Commission, {title} {item.document.replace('(', ' (', 1)} {item.page}"
    before = f"Government of {item.source.country}, comments in " if item.speaker == "Government" else ""
    return before + ", ".join((item.document, *place))


if __name__ == "__main__":
    main()
