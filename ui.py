"""The page in the browser: questions, answers with their quotes, the loaded documents, and adding files.

Everything that is shown of documents and questions is escaped here; nothing of it is rendered as Markdown or run.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ingest.countries import country_name
from ingest.errors import PinciteError, UsageError
from page.adding import Tell, take_in_copy, with_progress
from page.answer_html import answer_html, context_html
from page.library_html import documents_html, report_html
from page.silence_html import silence_html, trouble_html, welcome_html
from qa.scope import Scope
from qa.topics import all_topics

if TYPE_CHECKING:
    import gradio
    from starlette.types import ASGIApp, Message, Receive, Send
    from starlette.types import Scope as HttpScope

    from qa.answer import Answerer
    from qa.holdings import Holdings

_N_EXAMPLES: Final = 4


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
                question, button, filters, answer = _ask_room(page)
            with gr.Tab("Library", elem_id="library-room") as library_room:
                upload, report, documents = _library_room()
        asked = gr.State("")
        at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        for asking in (question.submit, button.click):
            asking(page.ask, [question, *filters], [answer, asked], **at_once)
        for limit in filters:
            limit.input(page.ask_again, [asked, *filters], [answer, asked], trigger_mode="always_last", **at_once)
        answer.unlimit(lambda: [[] for _ in filters], None, filters, **at_once).then(
            page.ask_again, [asked, *filters], [answer, asked], **at_once
        )
        blocks.load(page.opened, filters, [*filters, answer, documents], **at_once)
        library_room.select(page.holdings_now, filters, [*filters, documents], **at_once)
        upload.upload(
            page.add,
            [upload, asked, *filters],
            [upload, report, documents, answer, *filters],
            show_progress="hidden",
            trigger_mode="multiple",  # Files that are dropped while others are being read wait for their turn.
            api_visibility="private",
        )
    return blocks


def _ask_room(page: _Page) -> tuple[gradio.Textbox, gradio.Button, list[gradio.Dropdown], Any]:
    """The question, its button, the three filters and the answer."""
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
    with gr.Row(elem_id="filters"):
        filters = [
            gr.Dropdown(label=label, multiselect=True, elem_id=f"filter-{label.lower()}")
            for label in ("Country", "Source", "Year")
        ]
    answer = gr.HTML(
        elem_id="answer", apply_default_css=False, js_on_load=_file("answer.js"), server_functions=[context]
    )
    return question, button, filters, answer


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

    def ask(self, text: str | None, *limits: list[Any]) -> tuple[str, str]:
        """The answer to a question, as HTML, and the question, to be asked again under other limits."""
        text = text or ""
        scope = _scope(limits)
        try:
            answer = self.answerer.ask(text, scope)
            if answer.answered:
                body = answer_html(answer, self.answerer.holdings())
            else:
                body = silence_html(answer, self.answerer.holdings(), scope != Scope(), self.examples())
        except PinciteError as error:
            body = trouble_html(str(error))
        # By its number, an answer that says the same as the last one is told apart from it, and is read out again.
        return f'<section aria-label="Answer" data-number="{next(self._numbers)}">{body}</section>', text

    def ask_again(self, asked: str, *limits: list[Any]) -> Any:
        """The answer under the limits that are set now; nothing changes before the first question."""
        import gradio as gr

        return self.ask(asked, *limits) if asked.strip() else (gr.skip(), gr.skip())

    def opened(self, *limits: list[Any]) -> tuple[Any, ...]:
        """What a page shows that has just been opened: filters, invitation to ask, documents."""
        *filters, documents = self.holdings_now(*limits)
        return *filters, self._welcome(), documents

    def _welcome(self) -> str:
        try:
            return welcome_html(self.answerer.holdings(), self.examples())
        except PinciteError as error:
            return trouble_html(str(error))

    def holdings_now(self, *limits: list[Any]) -> tuple[Any, ...]:
        """The three filters and the list of documents, for the library as it is now; what is chosen stays chosen."""
        import gradio as gr

        try:
            holdings = self.answerer.holdings()
        except PinciteError as error:
            return *(gr.skip() for _ in limits), trouble_html(str(error))
        filters = [
            gr.update(choices=choices, value=[value for value in chosen or () if value in dict(choices).values()])
            for choices, chosen in zip(_choices(holdings), limits, strict=True)
        ]
        return *filters, documents_html(holdings)

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

    def add(self, paths: list[str] | None, asked: str, *limits: list[Any]) -> Iterator[tuple[Any, ...]]:
        """Takes uploaded files in: a report that grows, then all that depends on what is loaded."""
        import gradio as gr

        uploads = [Path(path) for path in paths or ()]
        untouched = (gr.skip(),) * (2 + len(limits))
        for progress in with_progress(lambda tell: self._take_in_all(uploads, tell), len(uploads)):
            yield None, report_html(self.answerer, progress), *untouched
        *filters, documents = self.holdings_now(*limits)
        answer = self.ask(asked, *limits)[0] if asked.strip() else self._welcome()
        yield None, gr.skip(), documents, answer, *filters

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
            self._examples = holdings, _answered_examples(self.answerer, holdings)
        return self._examples[1]


def _scope(limits: Sequence[list[Any] | None]) -> Scope:
    countries, sources, years = (tuple(limit or ()) for limit in limits)
    return Scope(countries=countries, sources=sources, years=years)


def _choices(holdings: Holdings) -> tuple[list[tuple[str, Any]], ...]:
    """Labels and values of the filters: countries by name, sources by how much they say, years from the latest."""
    rows = holdings.searcher.rows
    counts = {code: int(holdings.usable[found].sum()) for code, found in rows.by_speaker.items()}
    sources = sorted((code for code, n in counts.items() if n), key=lambda code: -counts[code])
    countries = [code for code, found in rows.by_country.items() if holdings.usable[found].any()]
    years = {document.identity.year for document in holdings.documents if document.identity.year}
    return (
        sorted((country_name(code), code) for code in countries),
        [(code, code) for code in sources],
        [(str(year), year) for year in sorted(years, reverse=True)],
    )


_EXAMPLES: Final = (
    "What did {source} say about compensation in {country}?",
    "Which countries should improve the identification of victims?",
    "Do {source} and {other} agree on {country}?",
    "What is recommended to {country} on child victims?",
    "What did {source} say about investigations in {country}?",
    "What is said about {country}?",
)


def _answered_examples(answerer: Answerer, holdings: Holdings) -> tuple[str, ...]:
    """Up to four questions that the library answers, about different countries where it has several."""
    by_country, by_speaker = holdings.searcher.rows.by_country, holdings.searcher.rows.by_speaker
    own = {code for document in holdings.documents for code in document.identity.countries}
    countries = sorted(own, key=lambda code: -len(by_country.get(code, ())))[:6]
    speakers = sorted((code for code in by_speaker if code in {"GRETA", "EC"}), key=lambda code: -len(by_speaker[code]))
    questions: list[str] = []
    for pattern in (*_EXAMPLES, *(f"What is said about {topic.label.lower()}?" for topic in all_topics().values())):
        if len(questions) == _N_EXAMPLES:
            break
        if ("{source}" in pattern and not speakers) or ("{other}" in pattern and len(speakers) < 2):
            continue
        source, other = (*("the EC" if code == "EC" else code for code in speakers), "", "")[:2]
        turn = len(questions)
        for country in [*countries[turn:], *countries[:turn]] if "{country}" in pattern else [""]:
            question = pattern.format(source=source, other=other, country=country_name(country).rstrip("*"))
            if answerer.ask(question, limit=1).answered:
                questions.append(question)
                break
    return tuple(questions)


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
