"""The page in the browser: questions, answers with their quotes, the loaded documents, and adding files.

Everything that is shown of documents and questions is escaped here; nothing of it is rendered as Markdown or run.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ingest.errors import PinciteError, UsageError
from page.adding import Tell, take_in_copy, with_progress
from page.answer_html import answer_html, context_html
from page.asked import Asked, from_address, to_address, with_question
from page.examples import answered_examples
from page.library_html import documents_html, report_html
from page.scope_html import limits_html
from page.silence_html import silence_html, trouble_html, welcome_html

if TYPE_CHECKING:
    import gradio
    from starlette.types import ASGIApp, Message, Receive, Send
    from starlette.types import Scope as HttpScope

    from qa.answer import Answerer
    from qa.holdings import Holdings


def serve(answerer: Answerer, *, host: str, port: int) -> None:
    """Serves the page until the program is interrupted.

    Raises:
        UsageError: The port is taken, or the host is not an address of this machine.
    """
    page = build(answerer)
    import gradio

    # Gradio asks its own server whether it is up, and must not ask it by way of the proxy of an office.
    os.environ["no_proxy"] = ",".join(filter(None, (os.environ.get("no_proxy") or os.environ.get("NO_PROXY"), host)))
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
            footer_links=[],
            theme=_theme(gradio),
            # Not as `css`, which Gradio rewrites rule by rule.
            head=f"{_HEAD}<style>{_file('style.css')}</style>",
            app_kwargs={
                "middleware": [_closed_to_the_outside()],
                # FastAPI's pages on its own interface load scripts from the network.
                "docs_url": None,
                "redoc_url": None,
                "openapi_url": None,
            },
        )
    except OSError as error:
        raise UsageError(
            f"The page cannot be served on {host}:{port}: {error}. Name another port, for example --port {port + 1}."
        ) from error
    sys.stderr.write(f"Pincite is on {page.local_url} until you press Ctrl+C.\n")
    page.block_thread()


def build(answerer: Answerer) -> gradio.Blocks:
    """The page as a Gradio application; `serve` adds how it looks."""
    # Read by Gradio when it is imported: without it, it asks the network for its newest version.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr

    page = _Page(answerer)
    # Uploads are deleted when they have been taken in; those whose page was closed before, within the hour.
    blocks = gr.Blocks(title="Pincite", analytics_enabled=False, delete_cache=(3600, 3600))
    with blocks:
        gr.HTML(_HEADER, elem_id="masthead")
        with gr.Tabs(elem_id="rooms"):
            with gr.Tab("Ask", elem_id="ask-room"):
                question, button, limits, answer = _ask_room(page)
                gr.HTML(_KEYS, elem_id="keys", apply_default_css=False, js_on_load=None)
            with gr.Tab("Library", elem_id="library-room") as library_room:
                upload, report, documents = _library_room()
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
        blocks.load(opened, None, [answer, address, question, limits, documents], **at_once)
        library_room.select(page.holdings_now, None, [limits, documents], **at_once)
        upload.upload(
            page.add,
            [upload, address],
            [upload, report, documents, answer, limits],
            show_progress="hidden",
            trigger_mode="multiple",  # Files that are dropped while others are being read wait for their turn.
            api_visibility="private",
        )
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
        js_on_load="\n".join(map(_file, ("asking.js", "answer.js", "keys.js"))),
        server_functions=[context],
    )
    return question, button, limits, answer


def _library_room() -> tuple[gradio.File, gradio.HTML, gradio.HTML]:
    """Where files are dropped, the report on them, and the list of documents."""
    import gradio as gr

    gr.HTML(_ADDING, elem_id="adding", apply_default_css=False)
    upload = gr.File(label="Add reports", show_label=False, file_count="multiple", elem_id="upload", height=150)
    report = gr.HTML(elem_id="report", apply_default_css=False)
    documents = gr.HTML(elem_id="documents", apply_default_css=False)
    return upload, report, documents


class _Page:
    """What the page does when it is used. Sessions share one: what belongs to a session comes in and goes out."""

    def __init__(self, answerer: Answerer) -> None:
        self.answerer = answerer
        self._examples: tuple[Holdings, tuple[str, ...]] | None = None
        self._adding = threading.Lock()  # Two uploads of one name must not mix.
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
        known = f'data-address="{escape(to_address(asked))}" data-question="{escape(asked.question)}"'
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

    def holdings_now(self) -> tuple[str, str]:
        """What questions can be limited to, and the list of documents, for the library as it is now."""
        try:
            holdings = self.answerer.holdings()
        except PinciteError as error:
            return "", trouble_html(str(error))
        return limits_html(holdings), documents_html(holdings)

    def context(self, place: str) -> str:
        """The passages around a quote, as HTML.

        Args:
            place: Document id, position of the passage, start and end of the quote, joined by colons.
        """
        document_id, position, start, end = place.split(":")
        try:
            documents = self.answerer.holdings().searcher.documents
        except PinciteError as error:
            return f"<p>{escape(str(error))}</p>"
        document = next((document for document in documents if document.document_id == document_id), None)
        if document is None:
            return "<p>This document is no longer loaded, or has been replaced. Ask again.</p>"
        return context_html(document, int(position), int(start), int(end))

    def add(self, paths: list[str] | None, address: str) -> Iterator[tuple[Any, ...]]:
        """Takes uploaded files in: a report that grows, then all that depends on what is loaded."""
        import gradio as gr

        uploads = [Path(path) for path in paths or ()]
        for progress in with_progress(lambda tell: self._take_in_all(uploads, tell), len(uploads)):
            yield None, report_html(self.answerer, progress), gr.skip(), gr.skip(), gr.skip()
        limits, documents = self.holdings_now()
        yield None, gr.skip(), documents, self.go(address)[0], limits

    def _take_in_all(self, uploads: Iterable[Path], tell: Tell) -> None:
        with self._adding:
            for upload in uploads:
                tell(take_in_copy(self.answerer, upload, tell))
                with contextlib.suppress(OSError):  # Gradio's copy of a document that may be confidential.
                    upload.unlink()

    def examples(self) -> tuple[str, ...]:
        """Questions that the library as it is now answers."""
        holdings = self.answerer.holdings()
        if self._examples is None or self._examples[0] is not holdings:
            self._examples = holdings, answered_examples(self.answerer, holdings)
        return self._examples[1]


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
    "citation, <kbd>p</kbd> the paragraph around it</p>"
)

_ADDING: Final = (
    "<h2>Add reports</h2><p>PDF, DOCX, HTML, Markdown or plain text. A copy is kept in the library; nothing leaves "
    "this computer. A file of the same name takes the place of the older one.</p>"
)

_HEAD: Final = (
    '<link rel="icon" href="data:image/svg+xml,'
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' "
    "fill='%231f4e6b'/%3E%3Cpath fill='white' "
    "d='M8 21c0-5 2-9 6-11l1 2c-2 1-3 3-3 4h3v6H8zm10 0c0-5 2-9 6-11l1 2c-2 1-3 3-3 4h3v6h-7z'/%3E%3C/svg%3E\">"
    '<meta name="color-scheme" content="light dark">'
)
