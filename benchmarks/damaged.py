"""How reading bears damaged files: sound files damaged by the hundred, each read in a worker process as `ingest` does.

    python benchmarks/damaged.py FILE... [--files 300] [--seconds 60] [--seed 1]

Each damaged file is made from one of the files given: cut off, with bytes flipped, with a block of zeros, with a piece
of another file spliced in, with a piece moved. Prints how many were read, with the text of the sound file or another,
how many were refused for which reason (limits and ended workers among them), and the most memory seen. A file that is
damaged where no text is, in a picture or the outlines of a font, reads as the sound one.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections import Counter
from concurrent.futures import as_completed
from pathlib import Path

from ingest.document import Document
from ingest.errors import UnreadableFileError
from ingest.workers import Limits, Task, Workers


def damaged(content: bytes, other: bytes, kind: str, chance: random.Random) -> bytes:
    """A damaged copy of a file's bytes."""
    size = len(content)
    start = chance.randrange(size)
    length = chance.choice((1, 16, 256, 4096, 65536))
    if kind == "cut off":
        return content[:start]
    if kind == "bytes flipped":
        changed = bytearray(content)
        for place in chance.sample(range(size), min(chance.choice((1, 8, 64, 512)), size)):
            changed[place] ^= chance.randrange(1, 256)
        return bytes(changed)
    if kind == "zeros":
        return content[:start] + bytes(min(length, size - start)) + content[start + length :]
    if kind == "spliced":
        place = chance.randrange(len(other))
        return content[:start] + other[place : place + length] + content[start + length :]
    piece, rest = content[start : start + length], content[:start] + content[start + length :]
    place = chance.randrange(len(rest) + 1)
    return rest[:place] + piece + rest[place:]


def reason_class(reason: str, name: str) -> str:
    """A reason without names, numbers and details."""
    for words in (
        "was given up: reading it had not ended",
        "was given up: reading it takes more",
        "ended unexpectedly",
    ):
        if words in reason:
            return words
    reason = re.sub(r"\d+", "#", reason.replace(name, "FILE"))
    found = re.match(r"FILE could not be read \((\w+)", reason)
    return found[0] if found else re.split(r"[:,.)]\s", reason.replace(".pdf", ""))[0][:90]


def main() -> None:
    """Makes the files, reads them and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=60.0, help="limit a file")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311  # The same files every time, nothing secret.
    contents = {source: source.read_bytes() for source in options.sources}
    kinds = ("cut off", "bytes flipped", "zeros", "spliced", "moved")
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    reasons: Counter[str] = Counter()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, Workers(Limits(seconds=options.seconds)) as workers:
        sound = {source: workers.begin(Task(source)) for source in options.sources}
        texts = {source: reading.result().text for source, reading in sound.items()}
        reading_of = {}
        for number in range(options.files):
            source, kind = chance.choice(options.sources), kinds[number % len(kinds)]
            file = Path(folder, f"{number:03}{source.suffix}")
            file.write_bytes(damaged(contents[source], contents[chance.choice(options.sources)], kind, chance))
            reading_of[workers.begin(Task(file))] = (file, source, kind)
        slowest = 0.0
        last = time.perf_counter()
        for reading in as_completed(reading_of):
            file, source, kind = reading_of[reading]
            now = time.perf_counter()
            slowest, last = max(slowest, now - last), now
            try:
                document: Document = reading.result()
                counts[kind]["same text" if document.text == texts[source] else "other text"] += 1
            except UnreadableFileError as error:
                counts[kind]["refused"] += 1
                reasons[reason_class(str(error), file.name)] += 1
        print(f"{options.files} damaged files from {len(contents)} sound ones, {time.perf_counter() - begun:.0f} s")
        for kind, found in counts.items():
            print(f"  {kind:<14}", ", ".join(f"{n} {what}" for what, n in sorted(found.items())))
        print("Refused, by reason:")
        for reason, n in reasons.most_common():
            print(f"  {n:>4}  {reason}")
        print(f"Longest wait for the next result: {slowest:.1f} s; limit a file: {options.seconds:.0f} s")
        print(f"Most memory of a worker: {workers.peak_bytes / 1e6:.0f} MB; processes started: {workers.n_started}")


if __name__ == "__main__":
    main()
