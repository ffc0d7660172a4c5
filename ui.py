"""The page in the browser: questions, answers with their quotes, the loaded documents, and adding files.

Everything that is shown of documents and questions is escaped here; nothing of it is rendered as Markdown or run.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import itertools
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ingest.errors import PinciteError, UsageError
from page.adding import (
    Reading,
    Tell,
    add_files,
    add_uploads,
    files_at,
    is_copy,
    remove,
    replace_by,
    reread,
    with_progress,
)
from page.answer_html import answer_html, context_html
from page.asked import Asked, from_address, to_address, with_question
from page.briefing import BriefingRoom
from page.briefing_html import BRIEFING_FORM
from page.check import CHECK_FORM, DraftChecks
from page.compare_html import COMPARE_FORM, comparison_html
from page.corrections import given_in_form
from page.coverage_html import coverage_html
from page.examples import answered_examples
from page.library_html import (
    ADDING,
    CORRECTING,
    READING_AGAIN,
    REPLACING,
    Words,
    details_html,
    documents_html,
    removed_html,
    report_html,
    trouble_report_html,
)
from page.matrix_html import MATRIX_FORM, matrix_file, matrix_html, matrix_scope
from page.passwords import Passwords, is_loopback
from page.picture import PICTURE_DIALOG, picture
from page.scope_html import limits_html
from page.silence_html import silence_html, trouble_html, welcome_html
from qa.comparing.compare import compare
from qa.matrices.matrix import make_matrix
from qa.official.coverage import coverage
from qa.question.scope import clean

if TYPE_CHECKING:
    import gradio
    from starlette.types import ASGIApp, Message, Receive, Send
    from starlette.types import Scope as HttpScope

    from index.records import StoredDocument
    from qa.answer import Answerer
    from qa.evidence.holdings import Holdings
    from qa.matrices.matrix import Matrix


_STYLES: Final = ("style.css", "check.css", "picture.css", "briefing.css")
"""The style sheets, in order."""

MAX_UPLOAD_BYTES: Final = 200_000_000
"""Of one file that is added in the browser (chosen; the longest official reports have about 20 MB)."""


def serve(answerer: Answerer, *, host: str, port: int, passwords: Passwords | None = None) -> None:
    """Serves the page until the program is interrupted.

    Args:
        answerer: The library to ask.
        host: The address to serve on.
        port: The port to serve on.
        passwords: Who may open the page; None: who can reach it, which must be only this computer.

    Raises:
        UsageError: The port is taken, the host is not an address of this machine, or others could open the page
            without a password.
    """
    if passwords is None and not is_loopback(host):
        raise UsageError(f"The page is not served on {host} without passwords: other computers could open it.")
    page = build(answerer, own_machine=is_loopback(host))
    import gradio

    # Gradio asks its own server whether it is up, and must not ask it by way of the proxy of an office.
    set_before = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    os.environ["no_proxy"] = ",".join(filter(None, (set_before, host, "localhost")))  # For 0.0.0.0, it asks localhost.
    try:
        page.launch(
            server_name=host,
            server_port=port,
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            enable_monitoring=False,
            run_history=False,
            auth=_admission(passwords) if passwords else None,
            auth_message="Pincite: sign in with the name and the password that its keeper gave you.",
            max_file_size=MAX_UPLOAD_BYTES,
            footer_links=[],
            theme=_theme(gradio),
            # Not as `css`, which Gradio rewrites rule by rule.
            head=f"{_HEAD}<style>{_joined(*_STYLES)}</style>",
            app_kwargs={
                "middleware": [_closed_to_the_outside()],
                # FastAPI's pages on its own interface load scripts from the network.
                "docs_url": None,
                "redoc_url": None,
                "openapi_url": None,
            },
        )
    except OSError as error:
        raise UsageError(_why_not_served(host, port)) from error
    threading.Thread(target=_warm_up, args=(answerer,), daemon=True).start()
    sys.stderr.write(f"Pincite is on {page.local_url} until you press Ctrl+C.\n")
    page.block_thread()


def _why_not_served(host: str, port: int) -> str:
    """Why a port cannot be listened on and what to do, in our words rather than the server's."""
    another = f"Name another port, for example --port {port + 1}."
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"Port {port} is in use, perhaps by Pincite in another window. {another}"
        if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
            return f"{host} is no address of this computer. Use 127.0.0.1, or one that it has."
        return f"The page cannot be served on {host}:{port}: {error.strerror or error}. {another}"
    return f"The page could not be served on {host}:{port} just now. Try again, or name another port."


def _warm_up(answerer: Answerer) -> None:
    """Loads the model and all else that a first question would wait for; one in another language needs the most."""
    with contextlib.suppress(PinciteError):  # Who asks is told of it.
        answerer.ask("Wszystko")


def _admission(passwords: Passwords) -> Any:  # Gradio awaits such functions, of which its types say nothing.
    async def admit(user: str, password: str) -> bool:
        # Beside the server's own work: a hash is made to take long.
        return await asyncio.to_thread(passwords.admit, user, password)

    return admit


def build(answerer: Answerer, *, own_machine: bool = True) -> gradio.Blocks:
    """The page as a Gradio application; `serve` adds how it looks.

    Args:
        answerer: The library to ask.
        own_machine: Whether only people at this computer can open it.
    """
    # Read by Gradio when it is imported: without it, it asks the network for its newest version.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr

    page = _Page(answerer)
    # Uploads are deleted when they have been taken in; those whose page was closed before, within the hour.
    blocks = gr.Blocks(title="Pincite", analytics_enabled=False, delete_cache=(3600, 3600))
    with blocks:
        gr.HTML(_HEADER, elem_id="masthead")
        # There from the beginning, since quotes are added to a briefing from every room.
        briefings = BriefingRoom(answerer).functions()
        gr.HTML(elem_id="collecting", js_on_load=_file("collecting.js"), server_functions=briefings)
        with gr.Tabs(elem_id="rooms", overflow_behavior="wrap"):  # A menu would hide rooms on a small screen.
            with gr.Tab("Ask", elem_id="ask-room"):
                question, button, limits, answer = _ask_room(page)
                gr.HTML(_KEYS, elem_id="keys", apply_default_css=False, js_on_load=None)
            with gr.Tab("Matrix", elem_id="matrix-room"):
                _form_room(MATRIX_FORM, page.matrix, elem_id="matrix", lay_out_file=page.matrix_file)
            with gr.Tab("Compare", elem_id="compare-room"):
                _form_room(COMPARE_FORM, page.compare, elem_id="compare")
            with gr.Tab("Briefing", elem_id="briefing-room"):
                gr.HTML(
                    BRIEFING_FORM,
                    elem_id="briefing",
                    apply_default_css=False,
                    js_on_load=_joined("server.js", "clipboard.js", "briefing.js"),
                    server_functions=briefings,
                )
            with gr.Tab("Check", elem_id="check-room"):
                _check_room(DraftChecks(answerer))
            with gr.Tab("Library", elem_id="library-room") as library_room:
                library = _library_room(page, own_machine=own_machine)
        _page_viewer(page)
        address = gr.State("")
        at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        for asking in (question.submit, button.click):
            asking(page.ask, [question, address], [answer, address], **at_once)

        def go(event: gr.EventData) -> tuple[str, str, str]:
            return page.go(str(event.address))

        def opened(request: gr.Request) -> tuple[str, ...]:
            return *page.go(str(request.query_params)), *page.holdings_now()

        # Gradio hands these over where it finds their types, which it cannot look up: it is imported in here.
        go.__annotations__["event"], opened.__annotations__["request"] = gr.EventData, gr.Request

        answer.go(go, None, [answer, address, question], trigger_mode="always_last", **at_once)
        blocks.load(opened, None, [answer, address, question, limits, library.documents, library.coverage], **at_once)
        library_room.select(page.holdings_now, None, [limits, library.documents, library.coverage], **at_once)
        changed = [library.report, answer, limits, library.documents, library.coverage]
        _wire_library(gr, page, library, address, changed)
    return blocks


def _ask_room(page: _Page) -> tuple[gradio.Textbox, gradio.Button, gradio.HTML, Any]:
    """The question, its button, what it can be limited to, and the answer."""
    import gradio as gr

    def context(place: str) -> str:  # Gradio marks the function as callable from the page, which no method can be.
        return page.context(place)

    with gr.Row(elem_id="question-row"):
        question = gr.Textbox(
            label="Your question",
            placeholder="What did GRETA say about compensation in Serbia?",
            lines=1,
            max_lines=4,
            elem_id="question",
            autofocus=True,
            html_attributes=gr.InputHTMLAttributes(enterkeyhint="search", autocomplete="off"),
        )
        button = gr.Button("Ask", variant="primary", elem_id="ask")
    limits = gr.HTML(elem_id="limits", apply_default_css=False, js_on_load=None)
    answer = gr.HTML(
        elem_id="answer",
        apply_default_css=False,
        js_on_load=_joined("server.js", "clipboard.js", "asking.js", "answer.js", "keys.js"),
        server_functions=[context],
    )
    return question, button, limits, answer


def _page_viewer(page: _Page) -> None:
    """The dialog with a page of a PDF, which every room can open."""
    import gradio as gr

    def picture(asked: dict[str, Any]) -> dict[str, Any]:
        return page.picture(asked)

    gr.HTML(
        PICTURE_DIALOG,
        elem_id="page-viewer",
        apply_default_css=False,
        js_on_load=_file("picture.js"),
        server_functions=[picture],
    )


def _form_room(
    form: str,
    lay_out: Callable[[dict[str, Any]], str],
    *,
    elem_id: str,
    lay_out_file: Callable[[dict[str, Any]], dict[str, str]] | None = None,
) -> None:
    """A room with a form and what is laid out for it; the browser asks for that, and for files of it, by itself."""
    import gradio as gr

    def show(asked: dict[str, Any]) -> str:
        return lay_out(asked)

    called: list[Callable[..., Any]] = [show]
    if lay_out_file:

        def file(asked: dict[str, Any]) -> dict[str, str]:
            return lay_out_file(asked)

        called.append(file)
    gr.HTML(
        form,
        elem_id=elem_id,
        apply_default_css=False,
        js_on_load=_joined("server.js", "rooms.js"),
        server_functions=called,
    )


def _check_room(checks: DraftChecks) -> None:
    """A draft, and what is found of its quotations and citations."""
    import gradio as gr

    def check(asked: dict[str, str]) -> dict[str, Any]:  # Functions, since Gradio marks them, which no method can be.
        return checks.check(asked)

    def progress(ticket: str) -> tuple[int, int] | None:
        return checks.progress(ticket)

    def copy(asked: dict[str, str]) -> dict[str, str]:
        return checks.copy(asked)

    gr.HTML(
        CHECK_FORM,
        elem_id="check",
        apply_default_css=False,
        js_on_load=_joined("server.js", "clipboard.js", "check.js"),
        server_functions=[check, progress, copy],
    )


@dataclass(frozen=True, slots=True)
class _LibraryRoom:
    """The components of the library's room."""

    upload: gradio.File
    place: gradio.Textbox | None
    add: gradio.Button | None
    password: gradio.Textbox
    ocr: gradio.Checkbox
    report: gradio.HTML
    documents: Any
    coverage: gradio.HTML


def _library_room(page: _Page, *, own_machine: bool) -> _LibraryRoom:
    """Where files are added, the report on them, and the list of documents."""
    import gradio as gr

    def details(document_id: str) -> str:  # Functions, since Gradio marks them, which no method can be.
        return page.details(document_id)

    def fault(correction: dict[str, Any]) -> str:
        return page.fault(correction["document"], correction["values"], correction["as_read"])

    gr.HTML(_ADDING, elem_id="adding", apply_default_css=False)
    upload = gr.File(label="Add reports", show_label=False, file_count="multiple", elem_id="upload", height=150)
    place = add = None
    if own_machine:  # Whoever uses the page from elsewhere must not have files of this computer read.
        with gr.Row(elem_id="place-row"):
            place = gr.Textbox(
                label="Or a folder or file on this computer", elem_id="place", max_lines=1, placeholder=str(Path.home())
            )
            add = gr.Button("Add", elem_id="add-place")
    with gr.Accordion("Protected files and scans", open=False, elem_id="reading"):
        password = gr.Textbox(label="Password of protected PDFs", type="password", max_lines=1)
        ocr = gr.Checkbox(label="Read scans without text with Tesseract, if it is installed (takes seconds a page)")
    report = gr.HTML(elem_id="report", apply_default_css=False, js_on_load=None)
    documents = gr.HTML(
        elem_id="documents",
        apply_default_css=False,
        js_on_load=_joined("server.js", "library.js"),
        server_functions=[details, fault],
    )
    covered = gr.HTML(elem_id="coverage", apply_default_css=False, js_on_load=None)
    return _LibraryRoom(upload, place, add, password, ocr, report, documents, covered)


def _wire_library(gr: Any, page: _Page, room: _LibraryRoom, address: gradio.State, shown: list[Any]) -> None:
    """Lets the library's room do its work.

    Args:
        gr: The module `gradio`.
        page: What is done.
        room: Its components.
        address: What is asked, to be answered anew.
        shown: What changes: the report, and what depends on what is loaded.
    """
    at_work: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    how = [room.password, room.ocr, address]

    def add_uploads(paths: list[str] | None, password: str, ocr: bool, address: str) -> Iterator[tuple[Any, ...]]:
        for changed in page.add([Path(path) for path in paths or ()], Reading(password or None, ocr), address):
            yield None, *changed

    # Files that are dropped while others are being read wait for their turn.
    room.upload.upload(add_uploads, [room.upload, *how], [room.upload, *shown], trigger_mode="multiple", **at_work)

    def add_place(place: str, password: str, ocr: bool, address: str) -> Iterator[tuple[Any, ...]]:
        yield from page.add_place(place, Reading(password or None, ocr), address)

    if room.place and room.add:
        for adding in (room.place.submit, room.add.click):
            adding(add_place, [room.place, *how], shown, **at_work)

    def correct(address: str, event: Any) -> Iterator[tuple[Any, ...]]:
        yield from page.correct(event.document, event.values, event.as_read, address)

    def reread(address: str, event: Any) -> Iterator[tuple[Any, ...]]:
        yield from page.reread(event.document, address)

    def replace(password: str, ocr: bool, address: str, event: Any) -> Iterator[tuple[Any, ...]]:
        yield from page.replace(event.document, Path(event.path), Reading(password or None, ocr), address)

    def remove(address: str, event: Any) -> tuple[Any, ...]:
        return page.remove(event.document, address)

    for work in (correct, reread, replace, remove):
        work.__annotations__["event"] = gr.EventData
    room.documents.correct(correct, [address], shown, **at_work)
    room.documents.reread(reread, [address], shown, **at_work)
    room.documents.replace(replace, how, shown, **at_work)
    room.documents.remove(remove, [address], shown, **at_work)


class _Page:
    """What the page does when it is used. Sessions share one: what belongs to a session comes in and goes out."""

    def __init__(self, answerer: Answerer) -> None:
        self.answerer = answerer
        self._examples: tuple[Holdings, tuple[str, ...]] | None = None
        self._working = threading.Lock()  # Two uploads of one name must not mix.
        self._numbers = itertools.count(1)

    def ask(self, text: str | None, address: str) -> tuple[str, str]:
        """The answer to a question that was typed, as HTML, and the address that asks for it.

        Args:
            text: The question.
            address: What was asked before, with its limits.
        """
        asked = with_question(from_address(address), text or "")
        return self._framed(asked, self._answer(asked)), to_address(asked)

    def go(self, address: str) -> tuple[str, str, str]:
        """What an address asks for: the answer, the address, the question."""
        asked = from_address(address)
        body = self._answer(asked) if asked.question.strip() else self._welcome(asked)
        return self._framed(asked, body), to_address(asked), asked.question

    def _framed(self, asked: Asked, body: str) -> str:
        # By its number, an answer that says the same as the last one is told apart from it, and is read out again.
        known = f'data-address="{escape(to_address(asked))}" data-question="{escape(clean(asked.question))}"'
        return f'<section aria-label="Answer" data-number="{next(self._numbers)}" {known}>{body}</section>'

    def _answer(self, asked: Asked) -> str:
        try:
            answer = self.answerer.ask(asked.question, asked.scope, lifted=asked.lifted)
            if answer.answered:
                return answer_html(answer, self.answerer.holdings(), asked)
            return silence_html(answer, self.answerer.holdings(), asked, self.examples())
        except PinciteError as error:
            return trouble_html(str(error))

    def _welcome(self, asked: Asked) -> str:
        try:
            return welcome_html(self.answerer.holdings(), asked, self.examples())
        except PinciteError as error:
            return trouble_html(str(error))

    def holdings_now(self) -> tuple[str, str, str]:
        """What questions can be limited to, the list of documents, and what of the official reports is loaded."""
        try:
            holdings = self.answerer.holdings()
        except PinciteError as error:
            return "", trouble_html(str(error)), ""
        tables = coverage(self.answerer.catalogue, [document.identity for document in holdings.searcher.documents])
        return limits_html(holdings), documents_html(holdings), coverage_html(tables)

    def matrix(self, form: dict[str, Any]) -> str:
        """What each source says of each country on a topic."""
        try:
            return matrix_html(self._matrix(form))
        except PinciteError as error:
            return trouble_html(str(error))

    def matrix_file(self, form: dict[str, Any]) -> dict[str, str]:
        """The same as a file: its name and its content in Base64, or what is wrong."""
        try:
            return {"name": f"matrix.{form['form']}", "content": matrix_file(self._matrix(form), form["form"])}
        except PinciteError as error:
            return {"fault": str(error)}

    def _matrix(self, form: dict[str, Any]) -> Matrix:
        answerer = self.answerer
        return make_matrix(
            form.get("topic", ""),
            answerer.holdings(),
            answerer.embedder,
            scope=matrix_scope(form),
            catalogue=answerer.catalogue,
        )

    def compare(self, form: dict[str, str]) -> str:
        """What changed between two documents."""
        left, right, topic = (form.get(name, "") for name in ("left", "right", "topic"))
        if not left or not right or left == right:
            return "<p>Choose two documents.</p>"
        try:
            comparison = compare(self.answerer.holdings().searcher, left, right, topic=topic.strip() or None)
        except PinciteError as error:
            return trouble_html(str(error))
        return comparison_html(comparison, everything="everything" in form or bool(topic.strip()))

    def context(self, place: str) -> str:
        """The passages around a quote, as HTML.

        Args:
            place: Document id, position of the passage, start and end of the quote, joined by colons.
        """
        document_id, position, start, end = place.split(":")
        try:
            document = self.answerer.holdings().document(document_id)
        except PinciteError as error:
            return f"<p>{escape(str(error))}</p>"
        return context_html(document, int(position), int(start), int(end))

    def picture(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A page of a PDF with a quote marked: `place` says which, `page` which page of it, None for the first."""
        return picture(self.answerer, str(asked["place"]), asked.get("page"))

    def details(self, document_id: str) -> str:
        """What a document was taken for, as a form."""
        try:
            stored = self._stored(document_id)
        except PinciteError as error:
            return f"<p>{escape(str(error))}</p>"
        return details_html(stored, copied=is_copy(self.answerer, Path(stored.path)))

    def fault(self, document_id: str, values: dict[str, str], as_read: list[str]) -> str:
        """Why a correction cannot be, "" when it can."""
        try:
            given_in_form(self._stored(document_id).identity, values, as_read)
        except PinciteError as error:
            return str(error)
        return ""

    def _stored(self, document_id: str) -> StoredDocument:
        stored = self.answerer.library.by_hash(document_id)
        if stored is None:
            raise UsageError("This document is no longer loaded, or has been replaced. Open the list again.")
        return stored

    def add(self, uploads: list[Path], reading: Reading, address: str) -> Iterator[_Changed]:
        """Takes uploaded files in."""
        uploads = list(dict.fromkeys(uploads))
        yield from self._work(lambda tell: add_uploads(self.answerer, uploads, reading, tell), len(uploads), address)

    def add_place(self, place: str, reading: Reading, address: str) -> Iterator[_Changed]:
        """Takes in the files of a folder, or one file, of this computer."""
        files = files_at(place) if place.strip() else ()
        if not files:
            message = f"There are no files of a known form in {place.strip()}." if place.strip() else "Name a folder."
            yield trouble_report_html(message), *_unchanged()
            return
        yield from self._work(lambda tell: add_files(self.answerer, files, reading, tell), len(files), address)

    def correct(self, document_id: str, values: dict[str, str], as_read: list[str], address: str) -> Iterator[_Changed]:
        """Reads a document again with what a user says of it."""

        def work(tell: Tell) -> None:
            stored = self._stored(document_id)
            reread(self.answerer, [stored], given_in_form(stored.identity, values, as_read), tell)

        yield from self._work(work, 1, address, CORRECTING)

    def reread(self, document_id: str, address: str) -> Iterator[_Changed]:
        """Reads a document, or all of them, again from the stored originals."""
        try:
            library = self.answerer.library
            documents = (self._stored(document_id),) if document_id else library.documents()
        except PinciteError as error:
            yield trouble_report_html(str(error)), *_unchanged()
            return
        yield from self._work(
            lambda tell: reread(self.answerer, documents, None, tell), len(documents), address, READING_AGAIN
        )

    def replace(self, document_id: str, upload: Path, reading: Reading, address: str) -> Iterator[_Changed]:
        """Takes an uploaded file in for a document."""
        from gradio.utils import get_upload_folder

        # The browser names the file: it must be one that was uploaded.
        if not upload.resolve().is_relative_to(Path(get_upload_folder()).resolve()):
            yield trouble_report_html("Only a file that was uploaded can replace a document."), *_unchanged()
            return
        yield from self._work(
            lambda tell: replace_by(self.answerer, self._stored(document_id), upload, reading, tell),
            1,
            address,
            REPLACING,
        )

    def remove(self, document_id: str, address: str) -> _Changed:
        """Removes a document."""
        try:
            with self._working:
                stored = self._stored(document_id)
                remove(self.answerer, stored)
        except PinciteError as error:
            return trouble_report_html(str(error)), *_unchanged()
        return removed_html(stored), *self._all_new(address)

    def _work(
        self, work: Callable[[Tell], None], n_files: int, address: str, words: Words = ADDING
    ) -> Iterator[_Changed]:
        """Does some work on the library: a report that grows, then all that depends on what is loaded."""

        def alone(tell: Tell) -> None:
            with self._working:
                work(tell)

        for progress in with_progress(alone, n_files):
            report = report_html(self.answerer, progress, words)
            yield report, *(self._all_new(address) if progress.over else _unchanged())

    def _all_new(self, address: str) -> tuple[str, ...]:
        return self.go(address)[0], *self.holdings_now()

    def examples(self) -> tuple[str, ...]:
        """Questions that the library as it is now answers."""
        holdings = self.answerer.holdings()
        if self._examples is None or self._examples[0] is not holdings:
            self._examples = holdings, answered_examples(self.answerer, holdings)
        return self._examples[1]


_Changed = tuple[Any, ...]
"""A report, and what depends on the library: the answer, the limits, the documents, the coverage."""


def _unchanged() -> tuple[Any, ...]:
    """Leaves what depends on the library as it is shown."""
    import gradio as gr

    return (gr.skip(),) * 4


# --- how it looks -----------------------------------------------------------------------------------------------------


def _theme(gradio: Any) -> Any:
    """Gradio's plainest theme with fonts of the reader's system: a named font would be fetched."""
    sans = [gradio.themes.Font(name) for name in ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")]
    mono = [gradio.themes.Font(name) for name in ("ui-monospace", "Consolas", "monospace")]
    return gradio.themes.Base(font=sans, font_mono=mono).set(
        body_background_fill="#faf9f6",
        body_background_fill_dark="#15171a",
        body_text_color="#1f1e1b",
        body_text_color_dark="#e8e6e1",
    )


def _file(name: str) -> str:
    """The text of a file that comes with the package `page`."""
    return (files("page") / name).read_text(encoding="utf-8")


def _joined(*names: str) -> str:
    """The texts of several of them, one after the other."""
    return "\n".join(map(_file, names))


def _closed_to_the_outside() -> Any:
    """Tells the browser to load nothing from, and send nothing to, any other machine."""
    from starlette.middleware import Middleware

    class ContentSecurityPolicy:
        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: HttpScope, receive: Receive, send: Send) -> None:
            async def send_closed(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message["headers"], (b"content-security-policy", _POLICY)]
                await send(message)

            await self.app(scope, receive, send_closed)

    return Middleware(ContentSecurityPolicy)


# Gradio's own page has scripts in it and makes functions of strings.
_POLICY: Final = (
    b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    b"frame-ancestors 'self'"
)

_HEADER: Final = (
    "<header><h1>Pincite</h1><p>Anti-trafficking monitoring reports, answering in their own words, "
    "each with its exact place.</p></header>"
)

_KEYS: Final = (
    "<p>Keys: <kbd>/</kbd> question, <kbd>↓</kbd> <kbd>↑</kbd> next and previous quote, <kbd>c</kbd> copy with its "
    "citation, <kbd>b</kbd> add to the briefing, <kbd>p</kbd> the paragraph around it, <kbd>v</kbd> its page</p>"
)

# On a small screen, what files are added with is folded away, so that the list of documents comes first.
_ADDING: Final = (
    "<h2>Add reports</h2><details><summary>Add reports</summary></details><p>PDF, DOCX, HTML, Markdown or plain text. "
    "A copy is kept in the library; nothing leaves this computer. A file of the same name takes the place of the older "
    f"one. At most {MAX_UPLOAD_BYTES // 10**6} MB a file.</p>"
)

_HEAD: Final = (
    '<link rel="icon" href="data:image/svg+xml,'
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' "
    "fill='%231f4e6b'/%3E%3Cpath fill='white' "
    "d='M8 21c0-5 2-9 6-11l1 2c-2 1-3 3-3 4h3v6H8zm10 0c0-5 2-9 6-11l1 2c-2 1-3 3-3 4h3v6h-7z'/%3E%3C/svg%3E\">"
    '<meta name="color-scheme" content="light dark">'
)
