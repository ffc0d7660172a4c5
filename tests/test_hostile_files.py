"""Files that are damaged, protected, or made to harm: each is refused with a reason, and harms nothing else."""

from __future__ import annotations

import shutil
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pypdfium2
import pytest
from pypdf import PdfWriter

from ingest import read_document
from ingest.document import Document
from ingest.errors import UnreadableFileError
from ingest.workers import Limits, Task, Workers

WORDS = [f"The clerk of district {number} paints the bridges of the town every spring." for number in range(10)]


def pdf_with(*contents: bytes) -> bytes:
    """A PDF with a page for each of these content streams, compressed."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(len(contents)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(contents)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, content in enumerate(contents):
        packed = zlib.compress(content)
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
            % (5 + 2 * number),
            b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
        ]
    file, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\n" % (size, table, size)
    return file + head + b"startxref\n%d\n%%%%EOF\n" % len(file)


TEXT = b"BT /F1 11 Tf 72 760 Td 14 TL " + b"".join(b"(%s) Tj T* " % line.encode() for line in WORDS) + b"ET"
SOUND = pdf_with(TEXT)
# 57 MB of drawing nothing in 60 kB: seconds to read, until pypdf's own limit.
SLOW = pdf_with(b"q 1 0 0 1 0 0 cm Q " * 3_000_000)


def written(folder: Path, name: str, content: bytes) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def reason_of(file: Path, *, password: str | None = None, ocr: bool = False) -> str:
    with pytest.raises(UnreadableFileError) as refused:
        read_document(file, file.read_bytes(), password=password, ocr=ocr)
    return str(refused.value)


def test_sound_pdf_of_these_tests_is_read(tmp_path: Path) -> None:
    file = written(tmp_path, "sound.pdf", SOUND)
    assert WORDS[0] in read_document(file, SOUND).text


# --- damaged ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_truncated_pdf_is_refused_as_incomplete(share: float, tmp_path: Path) -> None:
    file = written(tmp_path, "cut.pdf", SOUND[: int(len(SOUND) * share)])
    assert "cut.pdf is damaged or incomplete (its end is missing)" in reason_of(file)


def test_pdf_cut_off_in_a_later_revision_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, "cut.pdf", SOUND + b"6 0 obj\n<<>>stream\n" + b"x" * 5000)
    assert "its end is missing" in reason_of(file)


@pytest.mark.parametrize("tail", [b"\x00" * 9000, b"<!-- served by a proxy -->\r\n" * 900], ids=["zeros", "text"])
def test_what_a_server_appends_behind_the_end_is_no_damage(tail: bytes, tmp_path: Path) -> None:
    file = written(tmp_path, "tail.pdf", SOUND + tail)
    assert WORDS[0] in read_document(file, file.read_bytes()).text


def test_pdf_that_lacks_an_object_of_a_page_is_refused(tmp_path: Path) -> None:
    """pypdf alone would read the page as an empty one."""
    two = pdf_with(TEXT, TEXT.replace(b"clerk", b"mayor"))
    file = written(tmp_path, "lacking.pdf", two.replace(b"\n7 0 obj", b"\n\x00\x00\x00\x00\x00\x00\x00"))
    assert file.read_bytes() != two
    assert "lacking.pdf is damaged or incomplete (Object 7 0 not defined" in reason_of(file)


@pytest.mark.parametrize("place", [40, -8])
def test_pdf_with_a_flipped_byte_in_its_text_is_refused(place: int, tmp_path: Path) -> None:
    """pypdf alone would read what can be unpacked of the page, or drop the checksum."""
    start, end = SOUND.index(b"stream\n") + 7, SOUND.index(b"\nendstream")
    changed = bytearray(SOUND)
    changed[start + place if place > 0 else end + place] ^= 0x55
    file = written(tmp_path, "flipped.pdf", bytes(changed))
    assert "the text of page 1 is spoilt" in reason_of(file)


def test_checksum_that_the_producer_left_out_is_no_damage(tmp_path: Path) -> None:
    end = SOUND.index(b"\nendstream")
    length = SOUND[SOUND.index(b"/Length ") + 8 : SOUND.index(b"/Filter")]
    without = SOUND[: end - 4] + b"\nendstream    " + SOUND[end + len(b"\nendstream") :]  # All else stays in place.
    file = written(tmp_path, "no-checksum.pdf", without.replace(length, b"%03d" % (int(length) - 4), 1))
    assert WORDS[0] in read_document(file, file.read_bytes()).text


def test_pdf_with_fewer_pages_than_it_says_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, "short.pdf", SOUND.replace(b"/Count 1", b"/Count 9"))
    assert "only 1 of its 9 pages are there" in reason_of(file)


def test_pdf_with_a_broken_dictionary_is_refused(tmp_path: Path) -> None:
    """pypdf alone would drop what it cannot parse of the second page: here its fonts, and with them its text."""
    start = (two := pdf_with(TEXT, TEXT)).index(b"6 0 obj")
    file = written(tmp_path, "broken.pdf", two[:start] + two[start:].replace(b"/F1 3 0 R", b"/F1 3\x01 0R", 1))
    assert "broken.pdf is damaged or incomplete" in reason_of(file)


# --- protected --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def protected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("protected")
    writer = PdfWriter(clone_from=written(folder, "sound.pdf", SOUND))
    writer.encrypt("a secret", algorithm="AES-256")
    writer.write(folder / "protected.pdf")
    return folder / "protected.pdf"


def test_protected_pdf_asks_for_the_password_and_tells_a_wrong_one(protected: Path) -> None:
    assert "protected.pdf is protected by a password. Give it with the option --password." in reason_of(protected)
    assert "The password does not open protected.pdf" in reason_of(protected, password="wrong")


def test_protected_pdf_reads_as_the_unprotected_one(protected: Path) -> None:
    sound = protected.with_name("sound.pdf")
    with_password = read_document(protected, protected.read_bytes(), password="a secret")
    assert with_password.text == read_document(sound, sound.read_bytes()).text


def test_pdf_that_asks_nobody_for_a_password_is_read(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=written(tmp_path, "sound.pdf", SOUND))
    writer.encrypt("", owner_password="a secret", algorithm="AES-256")
    writer.write(tmp_path / "open.pdf")
    assert WORDS[0] in read_document(tmp_path / "open.pdf", (tmp_path / "open.pdf").read_bytes()).text


# --- files in files ---------------------------------------------------------------------------------------------------


def test_files_attached_to_a_pdf_are_told(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=written(tmp_path, "sound.pdf", SOUND))
    writer.add_attachment("annex.pdf", SOUND)
    writer.write(tmp_path / "with.pdf")
    (gap,) = read_document(tmp_path / "with.pdf", (tmp_path / "with.pdf").read_bytes()).gaps
    assert gap.startswith("1 file attached to it is not read")


def test_portfolio_of_files_is_refused_with_what_to_do(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_attachment("report.pdf", SOUND)
    writer.add_attachment("annex.pdf", SOUND)
    writer.write(tmp_path / "portfolio.pdf")
    assert "2 files attached to it are not read: open it, save what is attached" in reason_of(
        tmp_path / "portfolio.pdf"
    )


# --- scans ------------------------------------------------------------------------------------------------------------


PICTURE = b"q 595 0 0 842 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID 0 EI Q"


def picture_of_text(folder: Path) -> bytes:
    """What draws a picture of the sound page."""
    drawn = pypdfium2.PdfDocument(written(folder, "sound.pdf", SOUND))
    picture = drawn[0].render(scale=3, grayscale=True)
    size = (picture.width, picture.height)
    rows = b"".join(
        bytes(picture.buffer)[row * picture.stride : row * picture.stride + picture.width]
        for row in range(picture.height)
    )
    drawn.close()
    return b"q 595 0 0 842 0 0 cm BI /W %d /H %d /CS /G /BPC 8 ID " % size + rows + b" EI Q"


def test_scan_is_refused_with_the_option_that_reads_it(tmp_path: Path) -> None:
    file = written(tmp_path, "scan.pdf", pdf_with(PICTURE))
    assert "it is a scan. Take it in with the option --ocr" in reason_of(file)


def test_pdf_with_blank_pages_alone_is_no_scan(tmp_path: Path) -> None:
    assert "nothing on them that could be text" in reason_of(written(tmp_path, "blank.pdf", pdf_with(b"", b"")))


def test_pages_without_text_among_others_are_told(tmp_path: Path) -> None:
    """A blank page lacks nothing."""
    file = written(tmp_path, "mixed.pdf", pdf_with(TEXT, PICTURE, b"0 0 m 100 100 l S", TEXT, PICTURE, PICTURE))
    (gap,) = read_document(file, file.read_bytes()).gaps
    assert gap.startswith("Pages 2, 5-6 of the file are pictures without text: what stands there is not in the library")
    sound = written(tmp_path, "sound.pdf", SOUND)
    assert read_document(sound, SOUND).gaps == ()


def test_what_the_library_lacks_of_a_file_is_told_by_its_commands(pincite: Callable[..., Any], tmp_path: Path) -> None:
    file, library = written(tmp_path, "mixed.pdf", pdf_with(TEXT, PICTURE)), tmp_path / "library"
    (outcome,) = pincite("ingest", file, "--json", library=library).json["files"]
    assert outcome["status"] == "added"
    assert outcome["gaps"] == pincite("documents", "--json", library=library).json[0]["gaps"]
    assert "Page 2 of the file is a picture" in outcome["gaps"][0]
    assert "Page 2 of the file is a picture" in pincite("ingest", file, library=library).stdout
    assert "Page 2 of the file is a picture" in pincite("documents", library=library).stdout


def test_scan_without_tesseract_tells_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    file = written(tmp_path, "scan.pdf", pdf_with(PICTURE))
    assert "apt-get install tesseract-ocr" in reason_of(file, ocr=True)


def test_scan_is_read_with_tesseract_and_says_so(tmp_path: Path) -> None:
    if shutil.which("tesseract") is None:
        pytest.skip("Tesseract is not installed")
    file = written(tmp_path, "scan.pdf", pdf_with(picture_of_text(tmp_path)))
    document = read_document(file, file.read_bytes(), ocr=True)
    assert document.reader == "pdf-ocr"
    assert WORDS[7] in document.text


def test_only_the_pages_without_text_are_recognised(tmp_path: Path) -> None:
    if shutil.which("tesseract") is None:
        pytest.skip("Tesseract is not installed")
    other = TEXT.replace(b"clerk", b"mayor")
    file = written(tmp_path, "mixed.pdf", pdf_with(other, picture_of_text(tmp_path)))
    document = read_document(file, file.read_bytes(), ocr=True)
    assert document.reader == "pdf-ocr"
    assert document.gaps == ()
    for words, page in ((WORDS[7].replace("clerk", "mayor"), 1), (WORDS[7], 2)):
        start = document.text.index(words)
        assert document.pages_of(start, start + 1) == (page,)


# --- limits -----------------------------------------------------------------------------------------------------------


def outcome(workers: Workers, file: Path) -> Document | str:
    try:
        return workers.begin(Task(file)).result(timeout=240)
    except UnreadableFileError as error:
        return str(error)


def test_file_that_takes_too_long_is_given_up_and_the_next_is_read(tmp_path: Path) -> None:
    slow, sound = written(tmp_path, "slow.pdf", SLOW), written(tmp_path, "sound.pdf", SOUND)
    with Workers(Limits(seconds=1.5)) as workers:
        assert "slow.pdf was given up: reading it had not ended after 2 seconds" in str(outcome(workers, slow))
        assert isinstance(outcome(workers, sound), Document)
        assert workers.n_started == 2


def test_file_that_takes_too_much_memory_is_given_up_and_the_next_is_read(tmp_path: Path) -> None:
    large = written(tmp_path, "large.txt", b"The clerk paints the bridge. " * 2_000_000)
    sound = written(tmp_path, "sound.pdf", SOUND)
    with Workers(Limits(memory_bytes=150 * 1024 * 1024)) as workers:
        assert "large.txt was given up: reading it takes more than 150 MB" in str(outcome(workers, large))
        assert isinstance(outcome(workers, sound), Document)


def test_file_whose_worker_dies_is_given_up_and_the_next_is_read(tmp_path: Path) -> None:
    slow, sound = written(tmp_path, "slow.pdf", SLOW), written(tmp_path, "sound.pdf", SOUND)
    with Workers() as workers:
        assert isinstance(outcome(workers, sound), Document)
        reader = next(child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline()))
        threading.Timer(0.5, reader.kill).start()
        assert "the process that read it ended unexpectedly" in str(outcome(workers, slow))
        assert isinstance(outcome(workers, sound), Document)


def test_workers_are_used_again_and_end_in_the_middle_of_a_file(tmp_path: Path) -> None:
    slow, sound = written(tmp_path, "slow.pdf", SLOW), written(tmp_path, "sound.pdf", SOUND)
    with Workers() as workers:
        assert all(isinstance(outcome(workers, sound), Document) for _ in range(3))
        assert workers.n_started == 1
        workers.begin(Task(slow))
        time.sleep(0.3)
        begun = time.monotonic()
    assert time.monotonic() - begun < 5
    assert not [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]
