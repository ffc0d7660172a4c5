"""The page in the browser: questions, answers with their quotes, the loaded documents, and adding files.

Everything that is shown of documents and questions is escaped here; nothing of it is rendered as Markdown or run.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from index.intake import FileOutcome, take_in
from ingest.countries import country_name
from ingest.errors import PinciteError, UsageError
from qa.citations import display_title
from qa.scope import Scope
from qa.topics import all_topics

if TYPE_CHECKING:
    import gradio
    from starlette.types import ASGIApp, Message, Receive, Send
    from starlette.types import Scope as HttpScope

    from index.records import StoredDocument
    from ingest.document import Document, Passage
    from qa.answer import Answer, Answerer, Group
    from qa.holdings import Holdings
    from qa.quotes import Quote
    from qa.silence import Reason

_N_EXAMPLES: Final = 4
_N_NEIGHBOURS: Final = 3  # Passages shown before and after the one that a quote stands in.
_PROGRESS_INTERVAL_S: Final = 0.2  # Between two reports of progress to the browser.


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
            head=f"{_HEAD}<style>{_CSS}</style>",
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
    answer = gr.HTML(elem_id="answer", apply_default_css=False, js_on_load=_ANSWER_SCRIPT, server_functions=[context])
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
                body = _answer_html(answer, self.answerer.holdings())
            else:
                body = _silence_html(answer, self.answerer.holdings(), scope != Scope(), self.examples())
        except PinciteError as error:
            body = _trouble_html(str(error))
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
            return _welcome_html(self.answerer.holdings(), self.examples())
        except PinciteError as error:
            return _trouble_html(str(error))

    def holdings_now(self, *limits: list[Any]) -> tuple[Any, ...]:
        """The three filters and the list of documents, for the library as it is now; what is chosen stays chosen."""
        import gradio as gr

        try:
            holdings = self.answerer.holdings()
        except PinciteError as error:
            return *(gr.skip() for _ in limits), _trouble_html(str(error))
        filters = [
            gr.update(choices=choices, value=[value for value in chosen or () if value in dict(choices).values()])
            for choices, chosen in zip(_choices(holdings), limits, strict=True)
        ]
        return *filters, _documents_html(holdings)

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
        return _context_html(document, int(position), int(start), int(end))

    def add(self, paths: list[str] | None, asked: str, *limits: list[Any]) -> Iterator[tuple[Any, ...]]:
        """Takes uploaded files in: a report that grows, then all that depends on what is loaded."""
        import gradio as gr

        uploads = [Path(path) for path in paths or ()]
        untouched = (gr.skip(),) * (2 + len(limits))
        for progress in _with_progress(lambda tell: self._take_in_all(uploads, tell), len(uploads)):
            yield None, _report_html(self.answerer, progress), *untouched
        *filters, documents = self.holdings_now(*limits)
        answer = self.ask(asked, *limits)[0] if asked.strip() else self._welcome()
        yield None, gr.skip(), documents, answer, *filters

    def _take_in_all(self, uploads: Iterable[Path], tell: _Tell) -> None:
        with self._adding:
            for upload in uploads:
                tell(_take_in_copy(self.answerer, upload, tell))
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


# --- taking files in --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Progress:
    """How far the adding of files is.

    Attributes:
        outcomes: Of the files that are done.
        n_files: How many there are.
        current: Name of the file that is being read, "" when all are done.
        n_embedded, n_statements: How far that file is, in statements; 0 while it is still being read.
        error: Why no more files can be added, "" while they can.
    """

    outcomes: list[FileOutcome]
    n_files: int
    current: str = ""
    n_embedded: int = 0
    n_statements: int = 0
    error: str = ""


_Tell = Callable[[FileOutcome | tuple[Path, int, int]], None]


def _with_progress(work: Callable[[_Tell], None], n_files: int) -> Iterator[_Progress]:
    """Runs the adding of files in a thread and yields how far it is, a few times a second and when it is over.

    The thread goes on when nobody looks any more: closing the browser stops no upload half-way.
    """
    events: queue.SimpleQueue[FileOutcome | tuple[Path, int, int] | PinciteError | None] = queue.SimpleQueue()

    def run() -> None:
        try:
            work(events.put)
        except PinciteError as error:
            events.put(error)
        finally:
            events.put(None)  # Also after an error that nobody foresaw: the thread tells it on standard error.

    thread = threading.Thread(target=run, name="adding files")
    thread.start()
    progress = _Progress([], n_files)
    shown = 0.0
    while (event := events.get()) is not None:
        if isinstance(event, PinciteError):
            progress.error = str(event)
        elif isinstance(event, FileOutcome):
            progress.outcomes.append(event)
            progress.current = ""
        else:
            path, progress.n_embedded, progress.n_statements = event
            progress.current = path.name
        if time.monotonic() - shown >= _PROGRESS_INTERVAL_S:
            yield progress
            shown = time.monotonic()
    thread.join()
    if len(progress.outcomes) < n_files and not progress.error:
        progress.error = (
            f"Something unforeseen happened while reading {progress.current}; the library is as it was before."
        )
    yield progress


def _take_in_copy(answerer: Answerer, upload: Path, tell: _Tell) -> FileOutcome:
    """Takes in an uploaded file by way of a copy in the library's folder, which keeps its name.

    A copy that the library did not take goes again, and the one of that name that was there before comes back.
    """
    library = answerer.library
    kept = library.folder / "files" / upload.name
    before: bytes | None = None
    outcome: FileOutcome | None = None
    tell((kept, 0, 0))
    try:
        kept.parent.mkdir(exist_ok=True)
        before = kept.read_bytes() if kept.exists() else None
        shutil.copyfile(upload, kept)
        (outcome,) = take_in(library, lambda: answerer.embedder, [kept], on_progress=lambda *step: tell(step))
    except OSError as error:
        outcome = FileOutcome(kept, "failed", f"{upload.name} cannot be stored: {error.strerror or error}.")
    finally:
        stored = library.by_path(str(kept.resolve()))
        if outcome is None or stored is None or stored.document_id != outcome.document_id:
            with contextlib.suppress(OSError):
                kept.unlink(missing_ok=True)
                if before is not None:
                    kept.write_bytes(before)
    return outcome


# --- what an answer looks like ----------------------------------------------------------------------------------------


def _answer_html(answer: Answer, holdings: Holdings) -> str:
    parts = [_understood_html(answer.scope, holdings), f'<p class="message">{escape(answer.message)}</p>']
    if len(answer.groups) > 2:
        parts.append(_contents_html(answer.groups))
    parts += [_group_html(number, group, answer.groups) for number, group in enumerate(answer.groups)]
    return "".join(parts)


def _understood_html(scope: Scope, holdings: Holdings) -> str:
    """What was read from the question or set beside it, as chips."""
    topics = all_topics()
    named = [document for document in holdings.searcher.documents if document.document_id in scope.documents]
    titles = [display_title(document.identity.title) or "Untitled document" for document in named]
    chips = [
        *(("country", country_name(code)) for code in scope.countries),
        *(("source", code) for code in scope.sources),
        *(("year", str(year)) for year in scope.years),
        *(("round", f"Round {number}") for number in scope.rounds),
        *(("document", title) for title in (titles if len(titles) < 3 else [f"{len(titles)} documents"])),
        *(("topic", topics[key].label) for key in scope.topics if key in topics),
    ]
    if not chips:
        return ""
    items = "".join(f'<li><span class="unseen">{kind}: </span>{escape(label)}</li>' for kind, label in chips)
    label = '<span id="understood">Understood as</span>'
    return f'<div class="understood">{label}<ul aria-labelledby="understood">{items}</ul></div>'


def _contents_html(groups: Sequence[Group]) -> str:
    """Jumps to the groups of a long answer."""
    items = "".join(
        f'<li><button type="button" data-goto="group-{number}">{escape(_group_title(group))}'
        f" <small>{len(group.quotes) or '↗'}</small></button></li>"
        for number, group in enumerate(groups)
    )
    return f'<nav class="contents" aria-label="Groups of this answer"><ul>{items}</ul></nav>'


def _group_title(group: Group) -> str:
    return f"{country_name(group.country) if group.country else 'Several countries'} · {group.source}"


def _group_html(number: int, group: Group, groups: Sequence[Group]) -> str:
    country = country_name(group.country) if group.country else "Several countries"
    quotes = "".join(_quote_html(f"{number}-{position}", quote) for position, quote in enumerate(group.quotes))
    return (
        f'<section class="group" id="group-{number}" tabindex="-1" aria-labelledby="group-{number}-title">'
        f'<h2 id="group-{number}-title"><span>{escape(country)}</span><span class="dot"> · </span>'
        f"<b>{escape(group.source)}</b></h2>"
        f'<div class="quotes">{quotes}{_also_html(group, groups)}</div></section>'
    )


def _also_html(group: Group, groups: Sequence[Group]) -> str:
    """Where the quotes stand that this source says together with another one."""
    if not group.also:
        return ""
    links = []
    for number, position in group.also:
        there = groups[number]
        nth = f", quote {position + 1}" if len(there.quotes) > 1 else ""
        links.append(
            f'<button type="button" data-goto="quote-{number}-{position}">{escape(_group_title(there))}{nth}</button>'
        )
    return f'<p class="also">Also said by {escape(group.source)}: see {", ".join(links)}.</p>'


def _quote_html(key: str, quote: Quote) -> str:
    text = escape(quote.text) if quote.paraphrase else f"“{escape(quote.text)}”"
    kind = "paraphrase" if quote.paraphrase else "wording"
    grade = quote.statements[0].grade
    place = f"{quote.document.document_id}:{quote.passage_position}:{quote.start}:{quote.end}"
    badges = ('<span class="badge digest">Digest, paraphrase</span>' if quote.paraphrase else "") + (
        f'<span class="badge grade" title="How strongly GRETA puts it">{grade}</span>' if grade else ""
    )
    lead_in = f'<p class="lead-in">{escape(quote.lead_in)}</p>' if quote.lead_in else ""
    return (
        f'<article class="quote {kind}" id="quote-{key}" tabindex="-1">{lead_in}'
        f"<blockquote>{text}</blockquote>"
        f'<div class="source"><p class="said"><span class="speaker">{escape(said_by(quote))}</span>{badges}</p>'
        f'<p class="pincite">{escape(quote.citation)}</p>{_copies_html(quote)}</div>'
        f"{_footnotes_html(quote)}"
        f'<div class="actions"><button type="button" data-copy="{escape(copied_text(quote))}" '
        'aria-label="Copy with citation">Copy</button>'
        f'<button type="button" data-context="{escape(place)}" aria-expanded="false" aria-controls="context-{key}">'
        "In context</button></div>"
        f'<div class="context" id="context-{key}" role="region" aria-label="The passage in its context" hidden></div>'
        "</article>"
    )


def _copies_html(quote: Quote) -> str:
    """The other places of its document where a quote stands word for word."""
    if not quote.copies:
        return ""
    places = []
    for place in quote.copies:
        pages = f"p. {place.page_labels[0]}" if place.page_labels else ""
        section = f"“{display_title(place.section[-1])}”" if place.section else ""
        places.append(", ".join(filter(None, (section, pages))))
    return f'<p class="copies">Repeated in {escape("; ".join(filter(None, places)))}</p>'


def _footnotes_html(quote: Quote) -> str:
    if not quote.footnotes:
        return ""
    numbers = ", ".join(number for number, _ in quote.footnotes)
    notes = "".join(f"<li><b>{escape(number)}</b> {escape(text)}</li>" for number, text in quote.footnotes)
    word = "Footnote" if len(quote.footnotes) == 1 else "Footnotes"
    return f"<details><summary>{word} {escape(numbers)}</summary><ul>{notes}</ul></details>"


def said_by(quote: Quote) -> str:
    """Who says it and through whom: "EC and GRETA, as reported by ICMPD"."""
    countries = quote.statements[0].countries
    government = f"Government of {country_name(countries[0])}" if len(countries) == 1 else "Government"
    names = " and ".join(government if speaker == "Government" else speaker for speaker in quote.speakers)
    if quote.paraphrase:
        return "Pincite's digest" if quote.speakers == ("Pincite",) else f"{names}, as restated by Pincite's digest"
    return f"{names}, as reported by {quote.reported_by}" if quote.reported_by else names


def copied_text(quote: Quote) -> str:
    """What goes to the clipboard: “text” (GRETA, as reported by ICMPD; ICMPD (2018), Title, p. 11)."""
    text = quote.text if quote.paraphrase else f"“{quote.text}”"
    said = said_by(quote)
    own = quote.voice == "own" and quote.citation.startswith(said)
    return f"{text} ({quote.citation})" if own else f"{text} ({said}; {quote.citation})"


# --- the passage in its context ---------------------------------------------------------------------------------------


def _context_html(document: Document, position: int, start: int, end: int) -> str:
    """The quote's section around it, the quote marked, with the numbers of the pages."""
    passages = _around(document, position)
    section = " › ".join(display_title(heading) for heading in document.passages[position].section)
    parts = [f'<p class="section">{escape(section)}</p>'] if section else []
    label, paragraph = "", None
    for passage in passages:
        labels = document.labels_of(passage.start, passage.end)
        if labels and labels[0] != label:
            parts.append(f'<p class="page">p. {escape(labels[0])}</p>')
        label = labels[-1] if labels else ""
        # Bullets and the rest of a long paragraph bear its number too, which is printed once.
        number = passage.paragraph if passage.paragraph != paragraph else None
        paragraph = passage.paragraph
        parts.append(_passage_html(document, passage, number, start, end))
    return "".join(parts)


def _around(document: Document, position: int) -> list[Passage]:
    """The passages of the same section next to one; for a footnote, those around its mark and the footnote."""
    passages = document.passages
    middle = passages[position]
    footnote: list[Passage] = []
    if middle.kind == "footnote":
        footnote = [middle]
        anchors = [note.anchor for note in document.footnotes if middle.start <= note.start < middle.end]
        anchor = next((anchor for anchor in anchors if anchor is not None), None)
        if anchor is None:
            return footnote
        position = next((n for n, p in enumerate(passages) if p.start <= anchor <= p.end), position)
        middle = passages[position]
    near = range(max(position - _N_NEIGHBOURS, 0), min(position + _N_NEIGHBOURS + 1, len(passages)))
    return [p for p in (passages[n] for n in near) if p.section == middle.section and p.kind != "footnote"] + footnote


def _passage_html(document: Document, passage: Passage, number: str | None, start: int, end: int) -> str:
    """A passage with the quote at `[start, end)` marked and the turns of pages shown."""
    insertions = [
        (run.start, f'<span class="turn">p. {escape(document.labels_of(run.start, run.start)[0])}</span> ')
        for run in document.page_runs
        if passage.start < run.start < passage.end
    ]
    first, last = max(start, passage.start), min(end, passage.end)
    if first < last:
        insertions += [(first, "<mark>"), (last, "</mark>")]
    body = []
    done = passage.start
    for offset, tag in sorted(insertions):
        body += [escape(document.text[done:offset]), tag]
        done = offset
    body.append(escape(document.text[done : passage.end]))
    numbered = f"<b>{escape(number)}</b> " if number else ""
    return f'<p class="passage {passage.kind}">{numbered}{"".join(body)}</p>'


# --- no answer --------------------------------------------------------------------------------------------------------

_SILENCE: Final[dict[Reason, tuple[str, str]]] = {
    "empty_question": ("What would you like to know?", ""),
    "not_loaded": ("Not loaded", "Add the report to the library, then ask again."),
    "silent": ("Loaded, and silent on this", "Other words for the topic may find more; so may fewer limits."),
    "outside_library": (
        "Outside the library",
        "Ask about what the loaded documents cover, or add a document that covers it.",
    ),
    "too_vague": ("Please put it another way", ""),
    "language": ("In English, please", ""),
}


def _silence_html(answer: Answer, holdings: Holdings, limited: bool, examples: Sequence[str]) -> str:
    """Why nothing is shown and what to do next, calmly."""
    reason = answer.reason or "outside_library"
    title, advice = _SILENCE[reason]
    buttons = '<button type="button" data-unlimit>Remove the filters</button>' if limited else ""
    if reason in {"not_loaded", "outside_library"}:
        buttons += '<button type="button" data-library>Add reports</button>'
    return (
        f'{_understood_html(answer.scope, holdings)}<div class="silence {reason}"><h2>{title}</h2>'
        f'<p class="message">{escape(answer.message)}</p>{f"<p>{advice}</p>" if advice else ""}'
        f"{f'<div class=actions>{buttons}</div>' if buttons else ''}</div>"
        f"{_examples_html('Questions that the library answers', examples)}"
    )


def _trouble_html(message: str) -> str:
    return f'<div class="silence trouble"><h2>That did not work</h2><p class="message">{escape(message)}</p></div>'


def _welcome_html(holdings: Holdings, examples: Sequence[str]) -> str:
    """What stands in the place of the answer before the first question."""
    if not holdings.documents:
        return (
            '<section class="welcome"><h2>The library is empty</h2><p>Pincite answers from documents that you add: '
            'monitoring reports as PDF, DOCX, HTML, Markdown or plain text.</p><div class="actions">'
            '<button type="button" data-library>Add reports</button></div></section>'
        )
    only_digests = all(document.identity.restates is not None for document in holdings.documents)
    note = (
        "<p class=note>Only digests written for Pincite are loaded: paraphrase, nobody's wording. Add the reports "
        "themselves to get their words. <button type=button data-library>Add reports</button></p>"
        if only_digests
        else ""
    )
    return f'<section class="welcome">{_examples_html("For example", examples)}{note}</section>'


def _examples_html(title: str, examples: Sequence[str]) -> str:
    if not examples:
        return ""
    items = "".join(f'<li><button type="button" data-ask>{escape(question)}</button></li>' for question in examples)
    return f'<div class="examples"><h2>{title}</h2><ul>{items}</ul></div>'


# --- the library ------------------------------------------------------------------------------------------------------


def _documents_html(holdings: Holdings) -> str:
    """The loaded documents as a table that turns into a list of cards on a small screen."""
    stored = holdings.searcher.stored
    if not stored:
        return "<h2>Loaded documents</h2><p>None yet.</p>"
    heads = ("Title", "Publisher", "Number", "Countries", "Year", "Round", "Pages", "Passages")
    head = "".join(f'<th scope="col" role="columnheader">{name}</th>' for name in heads)
    # Digests last: they are many and come with the program.
    listed = sorted(zip(stored, holdings.active, strict=True), key=lambda pair: pair[0].identity.restates is not None)
    body = "".join(_document_html(document, active, heads) for document, active in listed)
    title = f"{len(stored)} loaded {'document' if len(stored) == 1 else 'documents'}"
    return (
        f'<h2 id="loaded">{title}</h2>{_aside_html(listed)}<table role="table" aria-labelledby="loaded">'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _aside_html(listed: Sequence[tuple[StoredDocument, bool]]) -> str:
    """Why some documents do not answer now."""
    digests = sum(not active and document.identity.restates is not None for document, active in listed)
    forms = sum(not active and document.identity.restates is None for document, active in listed)
    reasons = []
    if digests:
        steps = _count(digests, "digest steps", "digests step")
        what = "it restates" if digests == 1 else "they restate"
        reasons.append(f"{steps} aside in answers: what {what} is loaded.")
    if forms:
        steps = _count(forms, "document steps", "documents step")
        reasons.append(f"{steps} aside in answers: the same is loaded in a better form.")
    return f"<p>{' '.join(reasons)}</p>" if reasons else ""


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _document_html(document: StoredDocument, active: bool, heads: Sequence[str]) -> str:
    identity = document.identity
    digest = identity.restates is not None
    missing = "–" if digest else "<i>unknown</i>"  # A digest has no number; of a report it was not found.
    facts = (
        identity.publisher,
        identity.official_number,
        ", ".join(country_name(code) for code in identity.countries),
        identity.year,
        identity.round or (None if identity.publisher in {None, "GRETA"} else "–"),
        document.n_pages or "–",
        document.n_passages,
    )
    marks = ", ".join([*(["digest"] if digest else []), *([] if active else ["steps aside"])]).capitalize()
    badge = f'<span class="badge digest">{marks}</span>' if marks else ""
    title = escape(display_title(identity.title)) or "<i>unknown</i>"
    cells = "".join(
        f'<td role="cell" data-label="{name}">{escape(str(fact)) if fact else missing}</td>'
        for name, fact in zip(heads[1:], facts, strict=True)
    )
    return (
        f'<tr role="row" class="{"answering" if active else "resting"}"><th scope="row" role="rowheader">'
        f'<span class="title">{title}</span><small>{escape(Path(document.path).name)} {badge}</small></th>{cells}</tr>'
    )


_STATUS: Final = {
    "added": "Added",
    "replaced": "Replaced",
    "unchanged": "Unchanged",
    "failed": "Not added",
}


def _report_html(answerer: Answerer, progress: _Progress) -> str:
    """What became of each uploaded file, and how far the rest is."""
    items = [_outcome_html(answerer, outcome) for outcome in progress.outcomes]
    n_done = len(progress.outcomes)
    if progress.error:
        items.append(f'<li class="failed"><b>Stopped</b><p>{escape(progress.error)}</p></li>')
    elif n_done < progress.n_files:
        share = progress.n_embedded / progress.n_statements if progress.n_statements else 0
        step = (
            f"{progress.n_embedded} of {progress.n_statements} statements indexed"
            if progress.n_statements
            else "Reading"
        )
        items.append(
            f'<li class="running"><b>{escape(progress.current)}</b><p>{step}</p>'
            f'<progress max="1" value="{share:.2f}" aria-label="Progress of this file"></progress></li>'
        )
    over = progress.error or n_done == progress.n_files
    title = _counts(progress.outcomes) if over else f"Adding file {n_done + 1} of {progress.n_files}"
    return f'<div role="status"><h2>{title}</h2></div><ul>{"".join(items)}</ul>'


def _counts(outcomes: Sequence[FileOutcome]) -> str:
    """How many files became what: "3 files: 2 added, 1 not added"."""
    statuses = [outcome.status for outcome in outcomes]
    parts = [f"{statuses.count(status)} {_STATUS[status].lower()}" for status in _STATUS if status in statuses]
    return f"{_count(len(outcomes), 'file', 'files')}: {', '.join(parts) or 'nothing added'}"


def _outcome_html(answerer: Answerer, outcome: FileOutcome) -> str:
    stored = answerer.library.by_hash(outcome.document_id) if outcome.document_id else None
    parts = [f"<p>{escape(outcome.reason)}</p>"] if outcome.reason else []
    if stored is not None:
        identity = stored.identity
        facts = [display_title(identity.title) or "Title unknown", identity.publisher or "publisher unknown"]
        facts += [", ".join(country_name(code) for code in identity.countries)] if identity.countries else []
        facts += [str(identity.year) if identity.year else "year unknown"]
        facts += [f"{stored.n_pages} pages"] if stored.n_pages else []
        parts.append(f"<p>{escape(' · '.join(facts))}</p>")
    return (
        f'<li class="{outcome.status}"><span class="status">{_STATUS[outcome.status]}</span> '
        f"<b>{escape(outcome.path.name)}</b>{''.join(parts)}</li>"
    )


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

# Runs once, in the browser, for the component that holds the answer; `server.context` calls `_Page.context`.
_ANSWER_SCRIPT: Final = r"""
const said = document.createElement('div');
said.className = 'unseen';
said.setAttribute('role', 'status');
document.body.append(said);
const say = text => { said.textContent = text; };
watch('value', () => {
    say('');
    setTimeout(() => say(element.querySelector('.message')?.textContent ?? ''), 100);
    if (matchMedia('(pointer: coarse)').matches) document.activeElement.blur();  // The keyboard would hide the answer.
});

function ask(question) {
    const box = document.querySelector('#question textarea');
    box.value = question;
    box.dispatchEvent(new Event('input', { bubbles: true }));
    setTimeout(() => document.getElementById('ask').click());
}

async function copy(button) {
    const text = button.dataset.copy;
    try {
        await navigator.clipboard.writeText(text);
    } catch {  // Browsers have no clipboard for pages that come from another machine without HTTPS.
        const area = document.createElement('textarea');
        area.value = text;
        document.body.append(area);
        area.select();
        document.execCommand('copy');
        area.remove();
        button.focus();
    }
    button.textContent = 'Copied';
    say('Copied with its citation.');
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
}

async function toggleContext(button) {
    const panel = document.getElementById(button.getAttribute('aria-controls'));
    const opens = panel.hidden;
    if (opens && !panel.firstChild) {
        try {
            panel.innerHTML = await server.context(button.dataset.context);
        } catch {
            panel.textContent = 'The context cannot be shown now. Is Pincite still running?';
        }
    }
    panel.hidden = !opens;
    button.setAttribute('aria-expanded', String(opens));
    button.textContent = opens ? 'Hide context' : 'In context';
}

function goTo(id) {
    const target = document.getElementById(id);
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: 'start' });
}

element.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button) return;
    const data = button.dataset;
    if ('copy' in data) copy(button);
    else if ('context' in data) toggleContext(button);
    else if ('goto' in data) goTo(data.goto);
    else if ('ask' in data) ask(button.textContent);
    else if ('unlimit' in data) trigger('unlimit');
    else if ('library' in data) document.getElementById('library-room-button').click();
});
"""

_CSS: Final = """
:root {
    --paper: #faf9f6; --card: #ffffff; --ink: #1f1e1b; --soft: #5d5a53; --line: #e2dfd7; --edge: #8f8b82;
    --accent: #1f4e6b; --on-accent: #ffffff; --tint: #e9eff2; --mark: #ffeaa3; --amber: #7a4b00;
    --amber-tint: #fbf1dc;
    --green: #22613f; --red: #96281f;
    --serif: Charter, "Iowan Old Style", "Palatino Linotype", Palatino, "Noto Serif", Georgia, serif;
    --sans: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
@media (prefers-color-scheme: dark) {
    :root {
        --paper: #15171a; --card: #1c1f23; --ink: #e8e6e1; --soft: #a9a59c; --line: #31353a; --edge: #777c83;
        --accent: #8cc4e4; --on-accent: #0d1a22; --tint: #20303a; --mark: #5c4a0e; --amber: #e9bd72;
        --amber-tint: #33291a;
        --green: #85cfa5; --red: #f0968c;
    }
}

/* The frame: what Gradio puts around things goes, a column of reading width stays. */
body, gradio-app { background: var(--paper) !important; }
.gradio-container { font-family: var(--sans); color: var(--ink); --block-padding: 0; }
.gradio-container .main { max-width: none; padding: 0; }
.gradio-container main.contain { max-width: 62rem; width: 100%; margin: 0 auto !important; padding: 0 1.5rem 5rem; }
.gradio-container .block {
    border: 0 !important; background: none; padding: 0; box-shadow: none; border-radius: 0;
    overflow: visible !important;
}
.gradio-container .form { border: 0; background: none; box-shadow: none; overflow: visible; }
.gradio-container .html-container { padding: 0; }
.gradio-container .tabitem { border: 0; padding: 1.5rem 0 0; }
.gradio-container .column { gap: 1rem; }
.gradio-container #answer, .gradio-container #answer * { line-height: inherit; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.gradio-container :is(button, textarea, input, summary, [tabindex]):focus-visible {
    outline: 2px solid var(--accent); outline-offset: 2px;
}
.gradio-container [data-testid="block-info"] {
    font-size: .8125rem; font-weight: 500; color: var(--soft); margin-bottom: .3rem;
}

#masthead header { display: flex; align-items: baseline; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 1.5rem 0 0; }
#masthead h1 { font: 600 1.75rem/1.2 var(--serif); letter-spacing: -.01em; color: var(--ink); margin: 0; }
#masthead p { font-size: .9375rem; line-height: 1.5; color: var(--soft); margin: 0; }
#rooms { gap: 0; }
#rooms .tab-container { height: auto; }
#rooms .tab-wrapper { height: auto; padding: 0; margin: 0; }
#rooms [role="tab"] {
    font-size: .9375rem; color: var(--soft); padding: .625rem 0; margin-right: 1.5rem; border-radius: 2px;
}
#rooms [role="tab"].selected { color: var(--ink); font-weight: 600; }
#rooms [role="tab"].selected::after { background: var(--accent); }
#rooms .tab-container::after { background: var(--line); border: 0; height: 1px; }

/* The question and its limits. */
#question-row { display: grid; grid-template-columns: 1fr auto; gap: .75rem; align-items: end; }
#question textarea {
    font: 400 1.125rem/1.5 var(--sans); color: var(--ink); background: var(--card); border: 1px solid var(--edge);
    border-radius: 10px;
    padding: .75rem 1rem; min-height: 3.25rem; box-shadow: none;
}
#question textarea:focus { border-color: var(--accent) !important; box-shadow: 0 0 0 1px var(--accent) !important; }
#question textarea::placeholder { color: var(--soft); opacity: 1; }
#ask {
    height: 3.25rem; min-width: 6.5rem; flex: none; background: var(--accent); color: var(--on-accent); border: 0;
    border-radius: 10px; font-size: 1.0625rem; font-weight: 600; box-shadow: none;
}
#ask:hover { filter: brightness(1.1); }
#filters .form { display: grid; grid-template-columns: 2fr 1.5fr 1fr; gap: .75rem; }
#filters .block { min-width: 0 !important; }
#filters .block .wrap:has(.wrap-inner) {
    background: var(--card); border: 1px solid var(--edge); border-radius: 8px; box-shadow: none; min-height: 2.5rem;
}
#filters .block .wrap:has(.wrap-inner):focus-within {
    border-color: var(--accent); outline: 2px solid var(--accent); outline-offset: -1px;
}
#filters input { font-size: .9375rem; color: var(--ink); background: none; outline: none; }
#filters .wrap-inner { position: relative; }
#filters .wrap-inner:not(:has(.token), :focus-within)::before {
    content: "All"; position: absolute; left: .875rem; color: var(--soft); font-size: .9375rem; pointer-events: none;
}
#filters .options {
    background: var(--card); border: 1px solid var(--line); border-radius: 8px; min-width: 13rem;
    box-shadow: 0 8px 24px rgb(0 0 0 / .18);
}
#filters .options ul { width: 100%; }
#filters .options li { width: auto !important; color: var(--ink); font-size: .9375rem; }
#filters .options li:is(.active, :hover) { background: var(--tint); }
#filters .token { background: var(--tint); color: var(--ink); border: 0; border-radius: 6px; font-size: .875rem; }

/* The answer. */
#answer { font: 400 1rem/1.55 var(--sans); color: var(--ink); margin-top: .5rem; }
#answer p, #answer ul, #answer h2, #answer blockquote { margin: 0; padding: 0; }
#answer ul { list-style: none; }
#answer button, #documents button {
    font: 500 .875rem/1.25rem var(--sans); color: var(--accent); background: none; border: 1px solid var(--line);
    border-radius: 7px;
    padding: .375rem .75rem; cursor: pointer;
}
#answer button:hover { border-color: var(--accent); }
.understood {
    display: flex; flex-wrap: wrap; align-items: baseline; gap: .375rem .625rem; font-size: .8125rem;
    color: var(--soft); margin-bottom: .625rem;
}
.understood ul { display: flex; flex-wrap: wrap; gap: .375rem; }
.understood li { color: var(--ink); background: var(--tint); border-radius: 99px; padding: .1rem .7rem; }
#answer .message { color: var(--soft); font-size: .9375rem; max-width: 46rem; }
#answer .contents { margin-top: .875rem; }
#answer .contents ul { display: flex; flex-wrap: wrap; gap: .375rem; }
#answer .contents button { font-weight: 400; padding: .25rem .625rem; color: var(--ink); }
#answer .contents small { color: var(--soft); font-size: .8125rem; }
.group {
    display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: 0 1.5rem; padding-top: 1.5rem;
    margin-top: 1.5rem; border-top: 1px solid var(--line); scroll-margin-top: .5rem;
}
#answer .group h2 {
    position: sticky; top: 1rem; align-self: start; font: 400 1rem/1.4 var(--sans); color: var(--ink);
}
#answer .group h2 span, #answer .group h2 b { display: block; }
#answer .group h2 span { font: 600 1.1875rem/1.3 var(--serif); }
#answer .group h2 b { font-weight: 500; color: var(--soft); }
#answer .group h2 .dot { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.quotes { display: grid; gap: 1rem; }
.quote {
    background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.5rem 1rem;
    scroll-margin-top: 1rem;
}
.quote.paraphrase { border-style: dashed; border-color: var(--edge); }
#answer .lead-in { font-size: .875rem; color: var(--soft); margin-bottom: .375rem; max-width: 44rem; }
#answer blockquote {
    font: 400 1.125rem/1.6 var(--serif); color: var(--ink); border: 0; max-width: 42rem; overflow-wrap: anywhere;
    white-space: pre-line; text-wrap: pretty;
}
#answer .paraphrase blockquote { font: 400 1.0625rem/1.6 var(--sans); }
.wording blockquote { text-indent: -.42em; }
#answer .source { margin-top: .75rem; font-size: .9375rem; }
#answer .said { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem .625rem; }
.speaker { font-weight: 600; }
#answer :is(.pincite, .copies) { color: var(--soft); overflow-wrap: anywhere; }
.badge { font: 500 .75rem/1.25rem var(--sans); border-radius: 5px; padding: .0625rem .5rem; white-space: nowrap; }
.badge.digest { color: var(--amber); background: var(--amber-tint); }
.badge.grade { color: var(--accent); background: var(--tint); }
#answer details { margin-top: .5rem; font-size: .875rem; color: var(--soft); }
#answer summary { cursor: pointer; width: fit-content; border-radius: 4px; }
#answer details li { max-width: 44rem; padding: .25rem 0 0 1.125rem; overflow-wrap: anywhere; }
#answer .actions { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .875rem; }
#answer .actions [data-copy] { min-width: 4.75rem; }
#answer .actions [data-context] { min-width: 7.5rem; }
#answer .context {
    margin-top: 1rem; padding: .25rem 0 .25rem 1.125rem; border-left: 3px solid var(--line);
    font: 400 1rem/1.6 var(--serif); max-width: 44rem;
}
#answer .context .section { font: 600 .8125rem/1.5 var(--sans); color: var(--soft); }
#answer .context .page {
    font: 500 .75rem/1.5 var(--sans); color: var(--soft); margin-top: .625rem; display: flex; align-items: center;
    gap: .625rem;
}
#answer .context .page::after { content: ""; flex: 1; height: 1px; background: var(--line); }
#answer .context .turn {
    font: 500 .75rem/1 var(--sans); color: var(--soft); border-left: 1px solid var(--edge); margin: 0 .25em;
    padding-left: .375em;
}
#answer .context .passage { margin-top: .625rem; white-space: pre-line; overflow-wrap: anywhere; }
#answer .context .bullet { padding-left: 1.25rem; position: relative; }
#answer .context .bullet::before { content: "•"; position: absolute; left: .25rem; color: var(--soft); }
#answer .context .footnote { font-size: .875rem; }
#answer mark { background: var(--mark); color: var(--ink); border-radius: 2px; padding: .05em 0; }
#answer .also { font-size: .9375rem; color: var(--soft); }
#answer .also button, #answer .note button {
    border: 0; padding: 0; font-size: inherit; text-decoration: underline; text-underline-offset: 2px;
    border-radius: 2px; text-align: left;
}

/* No answer. */
.silence {
    background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.5rem; max-width: 46rem;
}
#answer .silence h2, #answer .welcome > h2 {
    font: 600 1.25rem/1.3 var(--serif); color: var(--ink); margin-bottom: .375rem;
}
#answer .silence p { color: var(--ink); font-size: 1rem; overflow-wrap: anywhere; }
#answer .silence p + p { color: var(--soft); margin-top: .25rem; }
.examples { margin-top: 1.5rem; }
#answer .examples h2 { font: 500 .8125rem/1.5 var(--sans); color: var(--soft); margin-bottom: .5rem; }
#answer .examples ul {
    display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .625rem; max-width: 46rem;
}
#answer .examples button {
    width: 100%; height: 100%; text-align: left; font: 400 1rem/1.45 var(--serif); color: var(--ink);
    background: var(--card); padding: .75rem 1rem; border-radius: 10px;
}
#answer .note { margin-top: 1.5rem; font-size: .9375rem; color: var(--soft); max-width: 44rem; }

/* The library. */
#library-room { font: 400 .9375rem/1.5 var(--sans); }
#documents h2, #report h2, #adding h2 {
    font: 600 1.1875rem/1.3 var(--serif); color: var(--ink); margin: .5rem 0 .75rem;
}
#adding p, #documents p { color: var(--soft); margin: 0 0 .75rem; max-width: 46rem; }
#adding h2 { margin: 0 0 .25rem !important; }
#documents h2 { margin-top: 1rem; }
#upload {
    border: 1.5px dashed var(--edge) !important; border-radius: 12px !important; background: var(--card);
    overflow: hidden !important;
}
#upload button, #upload .or { color: var(--soft); }
#documents table {
    width: 100%; table-layout: fixed; border-collapse: collapse; font-size: .875rem; line-height: 1.45;
}
#documents .badge { display: inline-block; }
#documents :is(th, td) {
    text-align: left; vertical-align: top; padding: .75rem .75rem .75rem 0; border-bottom: 1px solid var(--line);
    color: var(--ink); font-weight: 400;
}
#documents thead th { font-size: .8125rem; color: var(--soft); padding-block: .375rem; }
#documents .title { font: 400 1rem/1.4 var(--serif); }
#documents thead th:nth-child(1) { width: 31%; }
#documents thead th:nth-child(2) { width: 10%; }
#documents thead th:nth-child(3) { width: 13%; }
#documents thead th:nth-child(4) { width: 15%; }
#documents td { overflow-wrap: anywhere; }
#documents small { display: block; font-size: .8125rem; color: var(--soft); overflow-wrap: anywhere; }
#documents .resting .title { color: var(--soft); }
#documents i { color: var(--soft); font-style: italic; white-space: nowrap; }
#report ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
#report li {
    background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .75rem 1rem;
    overflow-wrap: anywhere;
}
#report li p { margin: .25rem 0 0; color: var(--soft); font-size: .875rem; }
#report b { font-weight: 600; }
#report .status { font-size: .8125rem; font-weight: 600; color: var(--soft); margin-right: .375rem; }
#report :is(.added, .replaced) .status { color: var(--green); }
#report .failed .status, #report .failed > b { color: var(--red); }
#report .failed p { color: var(--ink); }
#report progress {
    display: block; width: 100%; height: .375rem; margin-top: .5rem; appearance: none; background: var(--line);
    border-radius: 99px; overflow: hidden;
}
#report progress::-webkit-progress-bar { background: var(--line); }
#report progress::-webkit-progress-value { background: var(--accent); }
#report progress::-moz-progress-bar { background: var(--accent); }

@media (max-width: 46rem) {
    .gradio-container main.contain { padding: 0 1rem 4rem; }
    #masthead header { padding-top: 1.25rem; }
    #question-row { gap: .5rem; }
    #ask { min-width: 4.25rem; padding: 0; }
    #filters .form { display: flex; flex-wrap: wrap; gap: .5rem; }
    #filters .block { flex: 1 1 28% !important; }
    #filters .block:has(.token) { flex-basis: 100% !important; }
    .group { grid-template-columns: minmax(0, 1fr); gap: .75rem; }
    #answer .group h2 { position: static; }
    #answer .group h2 :is(span, b, .dot) { display: inline; position: static; width: auto; clip-path: none; }
    .quote { padding: 1rem 1.125rem .875rem; }
    #answer blockquote { font-size: 1.0625rem; }
    #answer .actions button { padding-block: .625rem; }
    #answer .examples ul { grid-template-columns: minmax(0, 1fr); }
    #documents :is(table, tbody, tr, th, td) { display: block; }
    #documents thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    #documents tr {
        border-bottom: 1px solid var(--line); padding: .75rem 0; display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .25rem 1rem;
    }
    #documents tbody th { grid-column: 1 / -1; }
    #documents :is(th, td) { border: 0; padding: 0; }
    #documents td[data-label="Countries"] { grid-column: 1 / -1; }
    #documents td::before { content: attr(data-label) " "; color: var(--soft); }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
"""
