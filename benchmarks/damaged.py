"""How reading bears damaged files: sound files damaged by the hundred, each read in a worker process as `ingest` does.

    python benchmarks/damaged.py FILE... [--files 300] [--seconds 60] [--seed 1]
    python benchmarks/damaged.py --as-they-are FOLDER [--seconds 60]

Each damaged file is made from one of the files given: cut off, with bytes flipped, with a block of zeros, with a piece
of another file spliced in, with a piece moved. Prints how many were read, with the text of the sound file or another,
how many were refused for which reason (limits and ended workers among them), and the most memory seen. A file that is
damaged where no text is, in a picture or the outlines of a font, reads as the sound one.

The second form reads the PDFs of a folder as they are, such as the test suites of PDF programs, which hold odd and
broken files, and compares with the words that PDFium finds: are sound files refused, are words lost?
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from pathlib import Path

from ingest.document import Document
from ingest.errors import UnreadableFileError
from ingest.workers import Limits, Task, Workers

FEW_WORDS = 5  # Fewer may be a page number or a watermark.
BY_PDFIUM = (
    "import sys, pypdfium2; document = pypdfium2.PdfDocument(sys.argv[1]); "
    "sys.stdout.reconfigure(encoding='utf-8', errors='replace'); "
    "[print(page.get_textpage().get_text_bounded()) for page in document]"
)


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


def measure_damaged(sources: Sequence[Path], n_files: int, workers: Workers, chance: random.Random) -> None:
    """Damages files, reads them and prints what became of them."""
    contents = {source: source.read_bytes() for source in sources}
    kinds = ("cut off", "bytes flipped", "zeros", "spliced", "moved")
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    sound = {source: workers.begin(Task(source)) for source in sources}
    texts = {source: reading.result().text for source, reading in sound.items()}
    with tempfile.TemporaryDirectory() as folder:
        made = {}
        for number in range(n_files):
            source, kind = chance.choice(sources), kinds[number % len(kinds)]
            file = Path(folder, f"{number:03}{source.suffix}")
            file.write_bytes(damaged(contents[source], contents[chance.choice(sources)], kind, chance))
            made[file] = (source, kind)
        for file, outcome in read_all(list(made), workers):
            source, kind = made[file]
            if isinstance(outcome, Document):
                counts[kind]["same text" if outcome.text == texts[source] else "OTHER TEXT"] += 1
            else:
                counts[kind]["refused"] += 1
    print(f"{n_files} damaged files from {len(contents)} sound ones")
    for kind, found in counts.items():
        print(f"  {kind:<14}", ", ".join(f"{n} {what}" for what, n in sorted(found.items())))


def measure_as_they_are(folder: Path, workers: Workers) -> None:
    """Reads the PDFs of a folder, such as public test suites, and prints how that compares with PDFium's text."""
    counts: Counter[str] = Counter()
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() == ".pdf" and file.is_file())
    for file, outcome in read_all(files, workers):
        words = words_by_pdfium(file)
        if words is None:
            counts[f"{'read' if isinstance(outcome, Document) else 'refused'}, and PDFium cannot open it"] += 1
        elif isinstance(outcome, str):
            counts["refused, and PDFium finds words" if words.total() >= FEW_WORDS else "refused, no words"] += 1
        else:
            found = (words & words_of(outcome.text)).total()
            alike = words.total() < FEW_WORDS or found >= 0.9 * words.total()
            counts["read, nine in ten of PDFium's words" if alike else "read, other words than PDFium's"] += 1
    print(f"{len(files)} PDFs as they are")
    for what, n in counts.most_common():
        print(f"  {n:>4}  {what}")


def read_all(files: Sequence[Path], workers: Workers) -> Iterator[tuple[Path, Document | str]]:
    """Each file with its document or why there is none; prints the reasons and the longest wait at the end."""
    reasons: Counter[str] = Counter()
    reading_of = {workers.begin(Task(file)): file for file in files}
    slowest, last = 0.0, time.perf_counter()
    for reading in as_completed(reading_of):
        now = time.perf_counter()
        slowest, last = max(slowest, now - last), now
        file = reading_of[reading]
        try:
            yield file, reading.result()
        except UnreadableFileError as error:
            reasons[reason_class(str(error), file.name)] += 1
            yield file, str(error)
        last = time.perf_counter()
    print("Refused, by reason:")
    for reason, n in reasons.most_common():
        print(f"  {n:>4}  {reason}")
    print(f"Longest wait for the next result: {slowest:.1f} s")


def words_by_pdfium(file: Path) -> Counter[str] | None:
    """The words that another reader finds, in a process of its own; None when it cannot open the file."""
    try:
        done = subprocess.run([sys.executable, "-c", BY_PDFIUM, str(file)], capture_output=True, timeout=60, check=True)
    except subprocess.SubprocessError:
        return None
    return words_of(done.stdout.decode("utf-8", "replace"))


def words_of(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W\d_]{3,}", text.lower()))


def main() -> None:
    """Reads what the arguments say and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--as-they-are", action="store_true", help="FILE is a folder: read its PDFs undamaged")
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=60.0, help="limit a file")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311  # The same files every time, nothing secret.
    begun = time.perf_counter()
    with Workers(Limits(seconds=options.seconds)) as workers:
        if options.as_they_are:
            for folder in options.sources:
                measure_as_they_are(folder, workers)
        else:
            measure_damaged(options.sources, options.files, workers, chance)
        print(f"Limit a file: {options.seconds:.0f} s; all: {time.perf_counter() - begun:.0f} s")
        print(f"Most memory of a worker: {workers.peak_bytes / 1e6:.0f} MB; processes started: {workers.n_started}")


if __name__ == "__main__":
    main()
