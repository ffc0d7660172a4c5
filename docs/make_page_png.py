"""Makes docs/page.png: the page with an answer from the starter library and the invented reports of the tests.

Needs Playwright and Chromium: `python docs/make_page_png.py` from the folder of the repository.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

import ui
from corpus import starter_files
from index.embedder import Embedder
from index.intake import take_in
from index.library import Library
from qa.answer import Answerer

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "What did GRETA say about compensation in Serbia?"
WIDTH, HEIGHT = 1280, 900


def main() -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise SystemExit("There is no Chromium on the PATH.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, sync_playwright() as driver:
        embedder = Embedder.load()
        library = Library.open(Path(folder))
        list(
            take_in(library, lambda: embedder, [*starter_files(), *(ROOT / "tests" / "data" / "reports").glob("*.md")])
        )
        port = free_port()
        answerer = Answerer(library, embedder)
        serving = {"host": "127.0.0.1", "port": port}
        threading.Thread(target=ui.serve, args=(answerer,), kwargs=serving, daemon=True).start()
        wait_for(port)
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(f"http://127.0.0.1:{port}/?{urlencode({'q': QUESTION})}")
        page.locator("article.quote").first.wait_for()
        page.locator("#question textarea").blur()
        page.screenshot(path=ROOT / "docs" / "page.png")
        browser.close()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The page was not served within a minute.")


if __name__ == "__main__":
    main()
