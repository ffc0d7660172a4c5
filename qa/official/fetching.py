"""Downloading official reports: the only use of the network beside models, and only when a user asks for it."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin

from index.intake import take_in
from ingest.document import Document
from ingest.errors import FetchError, PinciteError, UnreadableFileError
from ingest.references import find_references, number_key
from ingest.workers import Task, Workers
from qa.official.catalogue import report_name
from qa.official.known_reports import KnownReport, as_known

if TYPE_CHECKING:
    import httpx

    from index.embedder import Embedder
    from index.library import Library

_HEADERS = {"Accept": "application/pdf, text/html", "User-Agent": "pincite"}
_MAX_REDIRECTS = 5
_SNIFFED_BYTES = 2048  # The mark of a PDF stands within its first kilobyte; comments may stand before <html>.
_FRONT_CHARACTERS = 6000  # The number of a report stands on its first pages (as in `ingest.identity`).
_MIN_WORDS = 2000  # Reports have twenty thousand words, pages that only tell of one have hundreds (chosen).
_N_LINKS = 3  # Links to PDFs that a message lists (chosen).


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    """What one download may take.

    Attributes:
        max_bytes: Size. The largest report known has 12 MB.
        seconds: From the first connection to the last byte, give or take the wait for one answer.
        wait_seconds: For a connection or an answer.
    """

    max_bytes: int = 100 * 1024 * 1024
    seconds: float = 180.0
    wait_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one report.

    Attributes:
        report: The report.
        status: "failed" leaves the library and the folder as they were.
        reason: Why it failed; "" otherwise.
        path: The file, None when it failed.
        document_id: The document that it is in the library, None when it failed.
    """

    report: KnownReport
    status: Literal["added", "unchanged", "replaced", "failed"]
    reason: str = ""
    path: Path | None = None
    document_id: str | None = None


def fetch(
    library: Library,
    embedder: Callable[[], Embedder],
    reports: Iterable[tuple[KnownReport, str]],
    *,
    hosts: Set[str],
    folder: Path,
    limits: DownloadLimits | None = None,
    client: httpx.Client | None = None,
) -> Generator[Fetched]:
    """Downloads reports, takes them into the library and tells after each what became of it.

    A file is kept only when it says itself that it is the report. What it does not tell of itself and the catalogue
    knows is written into a sidecar file beside it.

    Args:
        library: Where to.
        embedder: Gives the model; called only when a file has to be embedded.
        reports: Reports, each with the address to ask.
        hosts: Hosts that may be connected to, with their port where it is not that of https.
        folder: Where the files are kept; made when there is none.
        limits: What one download may take.
        client: Makes the connections; None makes one that trusts what the system's settings say.

    Raises:
        LibraryError, ModelError: The library or the model cannot be used.
    """
    import httpx

    limits = limits or DownloadLimits()
    with client or httpx.Client() as connections, Workers() as workers:
        for report, url in reports:
            try:
                with tempfile.TemporaryDirectory() as aside:
                    file = download(
                        connections, url, hosts=hosts, folder=Path(aside), name=_stem(report), limits=limits
                    )
                    document = workers.begin(Task(file)).result()
                    kept = _keep(file, folder, _missing(document, report, url))
            except (FetchError, UnreadableFileError) as error:
                yield Fetched(report, "failed", str(error))
                continue
            outcome = next(iter(take_in(library, embedder, [kept])))
            yield Fetched(report, outcome.status, outcome.reason, kept, outcome.document_id)


def download(
    client: httpx.Client, url: str, *, hosts: Set[str], folder: Path, name: str, limits: DownloadLimits
) -> Path:
    """The PDF or HTML file at an address, stored in a folder under a name with the suffix of its form.

    Raises:
        FetchError: It cannot be had, is too large or slow, is neither PDF nor HTML, or is a page with a link to a PDF.
    """
    import httpx

    deadline = time.monotonic() + limits.seconds
    try:
        for _ in range(_MAX_REDIRECTS + 1):
            address = _allowed(url, hosts)
            with client.stream("GET", address, headers=_HEADERS, timeout=limits.wait_seconds) as response:
                if response.is_redirect:
                    url = urljoin(url, response.headers.get("Location", ""))
                    continue
                if response.status_code != httpx.codes.OK:
                    raise FetchError(
                        f"{address.host} answered {response.status_code} {response.reason_phrase}. {_by_hand(url)}"
                    )
                content = _content(response, url, limits, deadline)
            break
        else:
            raise FetchError(f"{url} leads on to other addresses without end. {_by_hand(url)}")
    except httpx.TimeoutException as error:
        raise FetchError(f"{url} does not answer in time. Try again later. {_by_hand(url)}") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchError(
            f"{url} cannot be reached: {str(error) or type(error).__name__}. Check the connection. {_by_hand(url)}"
        ) from error
    file = folder / f"{name}{_suffix(content, url)}"
    file.write_bytes(content)
    return file


def _allowed(url: str, hosts: Set[str]) -> httpx.URL:
    import httpx

    address = httpx.URL(url)
    if address.scheme != "https":
        raise FetchError(f"{url} is not https: it is not asked. {_by_hand(url)}")
    if address.netloc.decode("ascii") not in hosts:
        raise FetchError(
            f"{address.host or url} is none of the hosts that may be asked: {', '.join(sorted(hosts))}. {_by_hand(url)}"
        )
    return address


def _content(response: httpx.Response, url: str, limits: DownloadLimits, deadline: float) -> bytes:
    content = bytearray()
    for chunk in response.iter_bytes():  # As it comes: chunks of a size would be waited for.
        content += chunk
        if len(content) > limits.max_bytes:
            raise FetchError(f"{url} is larger than {limits.max_bytes // 1024 // 1024} MB. {_by_hand(url)}")
        if time.monotonic() > deadline:
            raise FetchError(f"{url} took longer than {limits.seconds:.0f} seconds. {_by_hand(url)}")
    return bytes(content)


def _by_hand(url: str) -> str:
    return f"By hand: open {url} in a browser, save the report and run `pincite ingest FILE`."


def _suffix(content: bytes, url: str) -> str:
    """The suffix of a file's form, by what stands in it; servers' own word for it is not relied on.

    Raises:
        FetchError: It is neither PDF nor HTML, or a page that links to the PDF: which of them would be a guess.
    """
    start = content[:_SNIFFED_BYTES]
    if b"%PDF-" in start:
        return ".pdf"
    if not re.search(rb"<(?:!doctype\s+html|html|head|body)\b", start, re.IGNORECASE):
        raise FetchError(f"What {url} sends is neither PDF nor HTML. {_by_hand(url)}")
    links = pdf_links(content, url)
    if links:
        more = f" and {len(links) - _N_LINKS} more" if len(links) > _N_LINKS else ""
        raise FetchError(
            f"{url} is a page with links to PDFs: {', '.join(links[:_N_LINKS])}{more}. A PDF has the page numbers. "
            "Choose the right one: `pincite fetch NUMBER --url LINK`, or save it and run `pincite ingest FILE`."
        )
    return ".html"


def pdf_links(content: bytes, url: str) -> tuple[str, ...]:
    """Addresses that a page links to as PDFs, in order, each once.

    Args:
        content: The page.
        url: Its own address, from which relative ones start.
    """
    from lxml import etree, html

    try:
        page = html.document_fromstring(content)
    except (etree.LxmlError, ValueError):
        return ()
    links = []
    for element in page.iter("a", "link", "embed", "iframe", "object"):
        target = element.get("href") or element.get("src") or element.get("data") or ""
        # "report.pdf", and "/TXT/PDF/?uri=…" as on EUR-Lex.
        if element.get("type") == "application/pdf" or re.search(r"(?:\.|/)pdf(?:$|[/?#])", target, re.IGNORECASE):
            links.append(urljoin(url, target))
    return tuple(dict.fromkeys(links))


def _missing(document: Document, report: KnownReport, url: str) -> dict[str, object]:
    """What the catalogue knows of a report and the file does not tell of itself.

    Raises:
        FetchError: The file does not say that it is this report, or says that it is another.
    """
    identity = document.identity
    this = as_known(identity)
    name = report.official_number or report_name(report)
    if this.key and report.key and this.key != report.key:
        raise FetchError(f"{url} is {identity.official_number}, not {name}: it was not taken in. Correct the address.")
    if not (this.key and report.key) and not _says_it_is(document, this, report):
        raise FetchError(f"Nothing in {url} says that it is {name}: it was not taken in. {_by_hand(url)}")
    known: dict[str, object] = {
        "publisher": report.source,
        "official_number": report.official_number,
        "title": report.title,
        "countries": list(report.countries),
        "year": report.year,
        "round": report.round,
        "published": report.published,
        "adopted": report.adopted,
    }
    guessed = {"year"} if identity.identified_by.get("year") == "latest date in the text" else set()
    unread = {field for field in known if getattr(identity, field) in {None, "", ()}} | guessed
    return {field: value for field, value in known.items() if field in unread and value not in (None, "", [])}


def _says_it_is(document: Document, this: KnownReport, report: KnownReport) -> bool:
    """Whether a file without a readable number of its own, or a report without a known one, are the same.

    With a known number, it must stand on the first pages of a text as long as a report's.
    """
    if not report.key:
        return this.is_same(report)
    if this.source not in {"", report.source} or (this.countries and not set(this.countries) & set(report.countries)):
        return False
    named = {number_key(reference.number) for reference in find_references(document.text[:_FRONT_CHARACTERS])}
    return report.key in named and len(document.text.split()) >= _MIN_WORDS


def _keep(file: Path, folder: Path, missing: dict[str, object]) -> Path:
    """Moves a file into its folder, with a sidecar for what is missing in it; a sidecar that is there stays."""
    kept = folder / file.name
    sidecar = folder / f"{file.name}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if missing and not sidecar.exists():
            # Strings, numbers and lists of strings are written in TOML as in JSON.
            lines = [f"{field} = {json.dumps(value, ensure_ascii=False)}\n" for field, value in missing.items()]
            sidecar.write_text("# From the catalogue: the file does not tell it.\n" + "".join(lines), encoding="utf-8")
        shutil.move(file, kept)
    except OSError as error:
        raise PinciteError(
            f"{folder} cannot be written to: {error.strerror or error}. Choose another --folder."
        ) from error
    return kept


def _stem(report: KnownReport) -> str:
    """A file name for a report, without suffix: "GRETA-2017-37", "EC-RS-2023"."""
    parts = report.key or (report.source, *report.countries, report.when or f"round {report.round}")
    return re.sub(r"[^A-Za-z0-9]+", "-", "-".join(parts)).strip("-")
