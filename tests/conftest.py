"""What all tests need."""

from __future__ import annotations

import io
import json
import re
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cli
import ui
from corpus import starter_files
from index.embedder import Embedder
from index.intake import take_in
from index.library import Library
from qa.answer import Answerer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

    from page.passwords import Passwords

ROOT = Path(__file__).resolve().parent.parent
HARBOUR = Path(__file__).parent / "data" / "harbour.md"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reports and questions that lies beside the repository, where it does."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("there is no folder `shared` with reports and questions beside the repository")
    return folder


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The default model."""
    return Embedder.load()


@pytest.fixture(scope="session")
def reports() -> Path:
    """The folder of invented reports."""
    return Path(__file__).parent / "data" / "reports"


@pytest.fixture(scope="session")
def non_paper(shared: Path) -> Path:
    """The ICMPD non-paper as a PDF."""
    return shared / "reports" / "icmpd-non-paper-western-balkans-2018.pdf"


@pytest.fixture(scope="session")
def make_library(embedder: Embedder) -> Callable[[Path, Iterable[Path]], Library]:
    """Makes a library of some files in a folder."""

    def make(folder: Path, files: Iterable[Path]) -> Library:
        library = Library.open(folder)
        for outcome in take_in(library, lambda: embedder, files):
            assert outcome.status != "failed", outcome.reason
        return library

    return make


@pytest.fixture(scope="session")
def invented_library(
    make_library: Callable[[Path, Iterable[Path]], Library], reports: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of a library with the invented paper and GRETA's own report on Serbia. Tests do not change it.

    On Albania and Kosovo* it holds only what the paper reports.
    """
    files = [reports / "paper.md", reports / "greta-serbia.md"]
    return make_library(tmp_path_factory.mktemp("invented"), files).folder


@pytest.fixture(scope="session")
def non_paper_library(
    make_library: Callable[[Path, Iterable[Path]], Library], non_paper: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of a library that holds the non-paper alone. Tests do not change it."""
    return make_library(tmp_path_factory.mktemp("non-paper"), [non_paper]).folder


@pytest.fixture(scope="session")
def draw_pdf() -> Callable[..., bytes]:
    """Draws a PDF whose lines stand where a test wants them."""

    def draw(
        *pages: Iterable[tuple[float, float, float, str]],
        box: tuple[int, int, int, int] = (0, 0, 595, 842),
        turned: int = 0,
    ) -> bytes:
        """Draws it.

        Args:
            pages: Of each page the lines, in the order of drawing: x, y and type size in points, text in Latin-1.
            box: The corners of the page.
            turned: By how many degrees the pages are shown turned.
        """
        objects = ["<</Type/Catalog/Pages 2 0 R>>", "", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
        objects[2] = objects[2].replace(">>", "/Encoding/WinAnsiEncoding>>")
        for lines in pages:
            escaped = ((x, y, size, re.sub(r"([()\\\\])", r"\\\1", text)) for x, y, size, text in lines)
            drawn = "".join(f"/F1 {size} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj\n" for x, y, size, text in escaped)
            stream = f"BT\n{drawn}ET"
            objects.append(f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream")
            shape = f"/MediaBox[{box[0]} {box[1]} {box[2]} {box[3]}]/Rotate {turned}"
            page = f"<</Type/Page/Parent 2 0 R{shape}/Resources<</Font<</F1 3 0 R>>>>"
            objects.append(f"{page}/Contents {len(objects)} 0 R>>")
        kids = " ".join(f"{number} 0 R" for number in range(5, len(objects) + 1, 2))
        objects[1] = f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>"
        file, offsets = "%PDF-1.4\n", []
        for number, content in enumerate(objects, start=1):
            offsets.append(len(file))
            file += f"{number} 0 obj\n{content}\nendobj\n"
        table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
        trailer = f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(file)}\n%%EOF\n"
        return f"{file}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode("cp1252")

    return draw


@dataclass(frozen=True, slots=True)
class Run:
    """What a command did."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output."""
        return json.loads(self.stdout)


@pytest.fixture
def pincite(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Runs the `pincite` command in this process, as its entry point does."""

    monkeypatch.delenv("PINCITE_LIBRARY", raising=False)

    def run(*arguments: str | Path, library: Path | None = None, stdin: bytes = b"") -> Run:
        options = ["--library", str(library)] if library else []
        monkeypatch.setattr(sys, "argv", ["pincite", *options, *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return Run(code or 0, *capsys.readouterr())

    return run


# --- a server and a browser -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answerer(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    """A part of the starter library, for the sake of time, and a specimen."""
    folder = tmp_path_factory.mktemp("page")
    specimen = folder / "Harbour watch.md"
    shutil.copyfile(HARBOUR, specimen)
    library = Library.open(folder / "library")
    digests = [file for file in starter_files() if file.stem in {"albania", "kosovo", "montenegro", "serbia"}]
    assert {outcome.status for outcome in take_in(library, lambda: embedder, [*digests, specimen])} == {"added"}
    return Answerer(library, embedder)


@pytest.fixture(scope="module")
def address(
    answerer: Answerer, serve_page: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where the page is served."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("uploads")))
        patch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # As in an office; nothing of ours may go by way of it.
        yield serve_page(answerer)


@pytest.fixture(scope="session")
def serve_page() -> Callable[..., str]:
    """Serves the page for an answerer until the tests end, and tells its address."""
    return _serve


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield int(taken.getsockname()[1])


def _serve(answerer: Answerer, *, host: str = "127.0.0.1", passwords: Passwords | None = None) -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    said: dict[str, Any] = {"host": host, "port": port, "passwords": passwords}
    threading.Thread(target=ui.serve, args=(answerer,), kwargs=said, daemon=True).start()
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return f"http://127.0.0.1:{port}/"
        time.sleep(0.05)
    raise AssertionError("the page was not served within 30 seconds")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.skip("there is no Chromium on the PATH")
    with playwright.sync_playwright() as driver:
        arguments = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
        started = driver.chromium.launch(
            executable_path=chromium, args=[*arguments.split(), "--disable-sync", "--no-first-run"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """What all visits share: the clipboard, and the cache, which halves the time that opening the page takes."""
    shared_by_visits = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    shared_by_visits.set_default_timeout(10_000)
    yield shared_by_visits
    shared_by_visits.close()


class Visit:
    """A page that has been opened, and what it did that no page may do."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("request", lambda request: self._check(request.url, address))
        self.page.on("dialog", lambda dialog: (self.faults.append(f"dialog {dialog.message}"), dialog.dismiss()))
        self.page.on("pageerror", lambda error: self.faults.append(f"error {error}"))
        self.page.goto(address)
        self.page.locator(".examples, .welcome").first.wait_for()

    def _check(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            self.faults.append(f"request to {url}")

    def ask(self, question: str) -> Locator:
        """Types a question, presses Enter and waits for the answer that belongs to it."""
        box = self.page.get_by_label("Your question")
        box.fill(question)
        return self.answer_after(lambda: box.press("Enter"))

    def answer_after(self, action: Callable[[], None]) -> Locator:
        """Does something and waits for the answer that follows."""
        answers = self.page.locator("#answer section[data-number]")
        before = answers.get_attribute("data-number") if answers.count() else ""
        action()
        self.page.locator(f"#answer section[data-number]:not([data-number='{before}'])").wait_for()
        return self.page.locator("#answer")

    def go(self, address: str) -> None:
        """Goes to the answer that an address asks for, as a button on the page does."""
        self.page.evaluate("detail => { dispatchEvent(new CustomEvent('pincite-go', { detail })); }", address)

    def show_matrix(self, topic: str) -> Locator:
        """Fills in the matrix's form, presses Enter and waits for the table."""
        self.page.get_by_role("tab", name="Matrix").click()
        self.page.get_by_label("Topic, Convention article or question").fill(topic)
        self.page.get_by_label("Topic, Convention article or question").press("Enter")
        self.page.get_by_role("region", name=f"Matrix on {topic}").wait_for()
        return self.page.locator("#matrix")

    def compare(self, left: str, right: str) -> Locator:
        """Chooses two documents and waits for what changed between them."""
        self.page.get_by_role("tab", name="Compare").click()
        self.page.get_by_label("The older document").select_option(label=left)
        self.page.get_by_label("Compared with").select_option(label=right)
        self.page.get_by_role("button", name="Compare").click()
        self.page.locator(".pairs").wait_for()
        return self.page.locator("#compare")

    def open_library(self) -> None:
        self.page.get_by_role("tab", name="Library").click()
        self.page.locator("#documents table").wait_for()

    def open_details(self, title: str) -> Locator:
        """Opens what is known of a document, as a form."""
        self.page.get_by_role("button", name=f"Details of {title}").click()
        form = self.page.locator("form[data-document]").filter(visible=True)
        form.wait_for()
        return form

    def upload(self, *files: Path) -> Locator:
        """Adds files and waits for the report on them."""
        self.page.locator("#upload input[type=file]").set_input_files([str(file) for file in files])
        report = self.page.locator("#report")
        report.get_by_role("heading", name=re.compile(rf"^{len(files)} files?:")).wait_for(timeout=20000)
        return report


@pytest.fixture(scope="module")
def open_page(context: BrowserContext) -> Callable[[str], Visit]:
    """Opens the page at an address as another visit."""
    return partial(Visit, context)


@pytest.fixture
def visit(open_page: Callable[[str], Visit], address: str) -> Iterator[Visit]:
    """The page, opened for one test."""
    opened = open_page(address)
    yield opened
    opened.page.close()
    assert opened.faults == []


@pytest.fixture(scope="module")
def opened(open_page: Callable[[str], Visit], address: str) -> Iterator[Visit]:
    """The page that `desk` keeps open."""
    kept_open = open_page(address)
    yield kept_open
    kept_open.page.close()


@pytest.fixture
def desk(opened: Visit) -> Iterator[Visit]:
    """A page that stays open from one use to the next, which is how it is used, and spares opening it anew."""
    opened.page.bring_to_front()  # Pages behind others are not drawn anew, and are slow.
    opened.page.get_by_role("tab", name="Ask").click()
    opened.answer_after(lambda: opened.go(""))
    yield opened
    opened.page.emulate_media(color_scheme="null")
    opened.page.set_viewport_size({"width": 1280, "height": 720})
    assert opened.faults == []
