"""Trains the ranks of Pincite's token encoding and writes them to ingest/data/pincite.tiktoken.

    python benchmarks/train_tokens.py

Byte-pair encoding over words (Sennrich, Haddow, Birch 2016): the most frequent pair of tokens becomes a token, again
and again. The texts are plain English that may be used freely: the docstrings and help topics of Python's standard
library, the starter documents and the documentation of this project, and the list of the field's words below. With
the same Python and the same documents the result is the same, byte by byte. Only ranks are written, no text.
"""

from __future__ import annotations

import base64
import heapq
import importlib
import inspect
import pkgutil
import pydoc_data.topics
import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import regex

from ingest.tokens import PATTERN

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "ingest" / "data" / "pincite.tiktoken"
N_RANKS = 8000
MAX_TOKEN_BYTES = 24
N_TIMES = 200  # Weight of a word of the field beside about 400,000 words of English (chosen: makes most one token).

FIELD = """
trafficking trafficked trafficker traffickers victim victims human beings persons exploitation exploited labour sexual
forced servitude slavery begging prostitution criminality marriage organ removal smuggling migrants migration asylum
seekers refugees unaccompanied separated children child minors women men girls boys Roma Ashkali Egyptian communities
identification identified detection detected referral mechanism standard operating procedures indicators presumed
assistance protection support shelter shelters accommodation recovery reflection period residence permit permits
repatriation return reintegration rehabilitation compensation legal aid lawyer redress remedies restitution fund
prevention awareness raising demand discourage vulnerability vulnerable groups prosecution prosecutions prosecutors
investigation investigations proactive convictions conviction sentences sanctions effective proportionate dissuasive
criminal code criminalisation non-punishment provision witnesses witness judges police officers border guards
inspectors inspectorate social workers labour inspection confiscation seizure assets proceeds financial joint teams
co-operation cooperation co-ordination coordination co-ordinator coordinator coordinators national rapporteur action
plan strategy implementation commission ministry interior justice foreign affairs government authorities committee
parties convention council Europe European Union member states recommendation recommendations report reports evaluation
round rounds questionnaire monitoring compliance progress findings conclusions proposals appendix comments paragraph
footnote specimen accession enlargement negotiations chapter acquis candidate countries regional Western Balkans
urges urge considers consider invites invite welcomes notes noted stresses regrets should further efforts ensure
strengthen improve adopt provide access statistical data collection training capacity building specialised independent
non-governmental organisations civil society international guidelines directive framework law legislation amendments
rights fundamental trial tracks proceedings offences offence perpetrators trafficker's victim's organised crime
Albania Albanian Bosnia Herzegovina Kosovo Macedonia Macedonian North Montenegro Montenegrin Serbia Serbian Bulgaria
Croatia Slovenia Malta Iceland Turkey Moldova Romania Austria Germany France Italy Tirana Sarajevo Pristina Skopje
Podgorica Belgrade Sofia Brussels Strasbourg Vienna
GRETA EC EU ICMPD OSCE UNODC UNHCR IOM CoE THB NRM NREM TRM ATC SOP SOPs JIT JITs SELEC Europol Eurojust Frontex SWD
COM final BiH WB SEE NGO NGOs ILO NATC MARRI SEEPAG Interpol Ibid para paras pp
"""


def main() -> None:
    """Trains and writes the ranks, and tells how much text they come from."""
    warnings.simplefilter("ignore", DeprecationWarning)  # Old modules of the standard library are read like the others.
    counts = word_counts(texts())
    for word in FIELD.split():
        for form in {f" {word}", f" {word[0].upper()}{word[1:]}", *([word] if word.isupper() else [])}:
            counts[form] += N_TIMES
    ranks = train(counts, n_ranks=N_RANKS)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(b"".join(b"%s %d\n" % (base64.b64encode(token), rank) for rank, token in enumerate(ranks)))
    print(f"Python {sys.version.split()[0]}, {counts.total():,} words, {len(counts):,} different")
    print(f"{len(ranks):,} ranks written to {TARGET.relative_to(ROOT)}, {TARGET.stat().st_size:,} bytes")


def texts() -> Iterator[str]:
    """Yields the texts, in the same order every time."""
    documents = [*ROOT.glob("*.md"), *ROOT.glob("corpus/starter/*.md")]
    for path in sorted(documents):
        yield path.read_text(encoding="utf-8")
    for _, topic in sorted(pydoc_data.topics.topics.items()):
        yield topic
    yield from docstrings()


def docstrings() -> Iterator[str]:
    """Yields the docstrings of the standard library's modules and of what they define."""
    seen = set()
    for name in sorted(module.name for module in pkgutil.iter_modules() if module.name in sys.stdlib_module_names):
        if name.startswith("_") or name in {"antigravity", "this", "idlelib", "turtledemo"}:  # These act when imported.
            continue
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue  # Some are for another operating system, or were left out of this build.
        for _, value in sorted(inspect.getmembers(module), key=lambda member: member[0]):
            for documented in (value, *(vars(value).values() if inspect.isclass(value) else ())):
                text = getattr(documented, "__doc__", None)
                if isinstance(text, str) and text not in seen:
                    seen.add(text)
                    yield text


def word_counts(all_texts: Iterable[str]) -> Counter[str]:
    """Returns how often each word occurs, split as the encoding splits."""
    pattern = regex.compile(PATTERN)
    return Counter(word for text in all_texts for word in pattern.findall(" ".join(text.split())))


def train(counts: Counter[str], *, n_ranks: int) -> list[bytes]:
    """Returns the tokens by rank: the 256 bytes, then the merged pairs, most frequent first (ties: by bytes)."""
    ranks = [bytes([value]) for value in range(256)]
    words = [[bytes([value]) for value in word.encode("utf-8")] for word in counts]
    weights = list(counts.values())
    pair_counts: Counter[tuple[bytes, bytes]] = Counter()
    places: defaultdict[tuple[bytes, bytes], set[int]] = defaultdict(set)
    for index, word in enumerate(words):
        for pair in pairwise(word):
            pair_counts[pair] += weights[index]
            places[pair].add(index)
    queue = [(-count, pair) for pair, count in pair_counts.items()]
    heapq.heapify(queue)
    known = set(ranks)
    while len(ranks) < n_ranks and queue:
        negative, pair = heapq.heappop(queue)
        if -negative != pair_counts[pair] or negative == 0 or len(pair[0] + pair[1]) > MAX_TOKEN_BYTES:
            continue
        token = pair[0] + pair[1]
        if token not in known:
            known.add(token)
            ranks.append(token)
        changed: Counter[tuple[bytes, bytes]] = Counter()
        for index in places.pop(pair):
            before = words[index]
            after = words[index] = merged(before, pair)
            for old in pairwise(before):
                changed[old] -= weights[index]
            for new in pairwise(after):
                changed[new] += weights[index]
                places[new].add(index)
        for other, difference in changed.items():
            if difference:
                pair_counts[other] += difference
                heapq.heappush(queue, (-pair_counts[other], other))
    return ranks


def merged(word: list[bytes], pair: tuple[bytes, bytes]) -> list[bytes]:
    """Returns the word with each occurrence of the pair put together."""
    result: list[bytes] = []
    position = 0
    while position < len(word):
        if position + 1 < len(word) and (word[position], word[position + 1]) == pair:
            result.append(pair[0] + pair[1])
            position += 2
        else:
            result.append(word[position])
            position += 1
    return result


if __name__ == "__main__":
    main()
