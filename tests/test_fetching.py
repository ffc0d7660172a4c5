"""Downloading reports: from a server of the tests, with https and a certificate made for it."""

from __future__ import annotations

import datetime
import re
import ssl
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest

from index.embedder import Embedder
from index.library import Library
from ingest.errors import FetchError
from qa.official.fetching import DownloadLimits, Fetched, download, fetch, pdf_links
from qa.official.known_reports import KnownReport

GRETA = KnownReport("GRETA", ("RS",), "evaluation report", 2016, 2, "GRETA(2016)41", published="2016-06-01")
EC = KnownReport(
    "EC", ("RS",), "country report", 2018, None, "SWD(2018) 9152 final", "Serbia 2018 Report", None, "2018-04-17"
)
LINK_PAGE = b"<!DOCTYPE html><html><body><p>The report.</p><a href='/files/a.pdf?x=1'>PDF</a></body></html>"


class Server:
    """A web server of one test: what it answers at each path, and which paths were asked for."""

    def __init__(self, server: ThreadingHTTPServer, trust: ssl.SSLContext) -> None:
        self.host = f"127.0.0.1:{server.server_address[1]}"
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.slow_s = 0.0
        self._trust = trust

    def url(self, path: str) -> str:
        return f"https://{self.host}{path}"

    def client(self) -> httpx.Client:
        return httpx.Client(verify=self._trust, trust_env=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate with its key, in one PEM file, for 127.0.0.1."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a server of the tests of Pincite")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def server(certificate: Path) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append((self.path, dict(self.headers)))
            status, headers, content = server.answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for field, value in headers.items():
                self.send_header(field, value)
            self.end_headers()
            for byte in content if server.slow_s else ():
                time.sleep(server.slow_s)
                try:
                    self.wfile.write(bytes([byte]))
                except OSError:
                    return
            self.wfile.write(b"" if server.slow_s else content)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    trust = ssl.create_default_context(cafile=str(certificate))
    server = Server(listening, trust)
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
    thread.start()
    yield server
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def get(server: Server, tmp_path: Path) -> Callable[..., Path]:
    """Downloads from the test's server."""

    def get(url: str, **limits: Any) -> Path:
        with server.client() as client:
            return download(
                client, url, hosts={server.host}, folder=tmp_path, name="report", limits=DownloadLimits(**limits)
            )

    return get


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library")


@pytest.fixture
def fetch_one(server: Server, library: Library, embedder: Embedder, tmp_path: Path) -> Callable[..., Fetched]:
    """Fetches one report from the test's server into a library."""

    def fetch_one(report: KnownReport, path: str) -> Fetched:
        asked = [(report, server.url(path))]
        folder = tmp_path / "downloads"
        (outcome,) = fetch(library, lambda: embedder, asked, hosts={server.host}, folder=folder, client=server.client())
        return outcome

    return fetch_one


def html_report(title: str, body: str = "") -> bytes:
    return f"<html lang='en'><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>".encode()


def prose(n_words: int) -> str:
    """Invented paragraphs of so many words."""
    sentence = "The lighthouse keepers of the valley met twice and wrote down what they had seen of the boats. "
    return "".join(f"<p>{sentence * 4}</p>" for _ in range(n_words // (4 * len(sentence.split())) + 1))


# --- what is downloaded -----------------------------------------------------------------------------------------------


def test_pdf_is_stored_whatever_the_server_calls_it(server: Server, get: Callable[..., Path]) -> None:
    server.answers["/a"] = (200, {"Content-Type": "text/plain"}, b"%PDF-1.7 rest")
    file = get(server.url("/a"))
    assert (file.name, file.read_bytes()) == ("report.pdf", b"%PDF-1.7 rest")


def test_page_without_a_link_to_a_pdf_is_stored(server: Server, get: Callable[..., Path]) -> None:
    server.answers["/a"] = (200, {}, b"\n<!-- x --><HTML><body>text</body></HTML>")
    assert get(server.url("/a")).name == "report.html"


def test_page_with_links_to_pdfs_is_not_taken_for_the_report(server: Server, get: Callable[..., Path]) -> None:
    server.answers["/a"] = (200, {}, LINK_PAGE)
    with pytest.raises(FetchError) as raised:
        get(server.url("/a"))
    assert server.url("/files/a.pdf?x=1") in str(raised.value)
    assert "--url LINK" in str(raised.value)


@pytest.mark.parametrize(
    ("element", "is_link"),
    [
        ("<a href='b.PDF'>", True),
        ("<a href='/legal-content/EN/TXT/PDF/?uri=CELEX:1'>", True),
        ("<embed src='x' type='application/pdf'>", True),
        ("<a href='/pdfs-explained.html'>", False),
        ("<a>", False),
    ],
)
def test_link_to_a_pdf_is_known_by_its_address_or_type(element: str, is_link: bool) -> None:
    links = pdf_links(f"<html><body>{element}</body></html>".encode(), "https://a.example/dir/page")
    assert bool(links) is is_link
    assert all(link.startswith("https://a.example/") for link in links)


def test_redirects_are_followed_on_hosts_that_may_be_asked(server: Server, get: Callable[..., Path]) -> None:
    server.answers["/a"] = (302, {"Location": "/b"}, b"")
    server.answers["/b"] = (200, {}, b"%PDF-1.4")
    assert get(server.url("/a")).read_bytes() == b"%PDF-1.4"


def test_only_the_address_and_the_program_are_told(server: Server, get: Callable[..., Path]) -> None:
    server.answers["/a?b=c"] = (200, {}, b"%PDF-1.4")
    get(server.url("/a?b=c"))
    ((path, headers),) = server.asked
    assert path == "/a?b=c"
    assert headers["User-Agent"] == "pincite"
    assert not {"Cookie", "Referer"} & set(headers)


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1/a", "is not https"),
        ("https://127.0.0.1/a", "none of the hosts"),
        ("https://reports.example/a", "none of the hosts"),
        ("file:///etc/hosts", "is not https"),
        ("https://[/", "none of the hosts"),
        ("https://reports.example:x/", "cannot be reached"),
    ],
)
def test_addresses_elsewhere_are_not_asked(get: Callable[..., Path], url: str, told: str) -> None:
    with pytest.raises(FetchError, match=told):
        get(url)


def test_name_before_an_at_sign_is_no_host(server: Server, get: Callable[..., Path]) -> None:
    with pytest.raises(FetchError, match=r"reports\.example is none of the hosts"):
        get(f"https://{server.host}@reports.example/a")


@pytest.mark.parametrize(
    ("location", "told"), [("https://reports.example/b", "none of the hosts"), ("http://127.0.0.1/b", "is not https")]
)
def test_redirect_to_another_host_is_not_followed(
    server: Server, get: Callable[..., Path], location: str, told: str
) -> None:
    server.answers["/a"] = (301, {"Location": location}, b"")
    with pytest.raises(FetchError, match=told):
        get(server.url("/a"))


def test_redirects_in_a_circle_end(server: Server, get: Callable[..., Path]) -> None:
    server.answers["/a"] = (302, {"Location": "/a"}, b"")
    with pytest.raises(FetchError, match="without end"):
        get(server.url("/a"))
    assert len(server.asked) == 6


@pytest.mark.parametrize("status", [202, 403, 404, 503])
def test_answer_without_the_file_is_told_with_what_to_do_by_hand(
    server: Server, get: Callable[..., Path], status: int
) -> None:
    server.answers["/a"] = (status, {}, b"<html>wait</html>")
    with pytest.raises(FetchError, match=rf"answered {status} .*in a browser, save the report and run `pincite ingest"):
        get(server.url("/a"))


def test_file_of_another_form_is_refused(server: Server, get: Callable[..., Path], tmp_path: Path) -> None:
    server.answers["/a"] = (200, {"Content-Type": "application/pdf"}, b"PK\x03\x04 a ZIP file")
    with pytest.raises(FetchError, match="neither PDF nor HTML"):
        get(server.url("/a"))
    assert not list(tmp_path.iterdir())


def test_file_that_is_too_large_is_refused(server: Server, get: Callable[..., Path]) -> None:
    server.answers["/a"] = (200, {}, b"%PDF-1.4" + b"x" * 3_000_000)
    with pytest.raises(FetchError, match="larger than 1 MB"):
        get(server.url("/a"), max_bytes=1024 * 1024)


def test_server_that_sends_byte_by_byte_is_left(server: Server, get: Callable[..., Path]) -> None:
    server.answers["/a"] = (200, {}, b"%PDF-1.4" + b"x" * 500)
    server.slow_s = 0.01
    begun = time.monotonic()
    with pytest.raises(FetchError, match="took longer than"):
        get(server.url("/a"), seconds=0.2)
    assert time.monotonic() - begun < 3


def test_server_that_is_silent_is_left(server: Server, get: Callable[..., Path]) -> None:
    server.answers["/a"] = (200, {}, b"%")
    server.slow_s = 1.0
    with pytest.raises(FetchError, match="does not answer in time"):
        get(server.url("/a"), wait_seconds=0.2)


def test_server_that_is_not_there_is_told(server: Server, tmp_path: Path) -> None:
    nobody = "127.0.0.1:9"
    with server.client() as client, pytest.raises(FetchError, match=r"cannot be reached.*Check the connection"):
        download(client, f"https://{nobody}/a", hosts={nobody}, folder=tmp_path, name="a", limits=DownloadLimits())


def test_server_without_a_trusted_certificate_is_refused(server: Server, tmp_path: Path) -> None:
    server.answers["/a"] = (200, {}, b"%PDF-1.4")
    with httpx.Client(trust_env=False) as client, pytest.raises(FetchError, match=r"(?i)certificate"):
        download(client, server.url("/a"), hosts={server.host}, folder=tmp_path, name="report", limits=DownloadLimits())
    assert not server.asked


# --- into the library -------------------------------------------------------------------------------------------------


def test_report_that_says_what_it_is_is_taken_in_as_it_says(
    server: Server, fetch_one: Callable[..., Fetched], library: Library
) -> None:
    body = "<p>GRETA(2016)41</p><p>Adopted on 18 March 2016</p><p>Published on 1 June 2016</p>"
    title = "Report concerning the implementation of the Convention on lanterns of the Drin valley by Serbia"
    server.answers["/a"] = (200, {}, html_report(title, f"{body}{prose(100)}"))
    outcome = fetch_one(GRETA, "/a")
    assert (outcome.status, outcome.reason) == ("added", "")
    assert outcome.path is not None
    assert outcome.path.name == "GRETA-2016-41.html"
    (stored,) = library.documents()
    assert stored.document_id == outcome.document_id
    assert stored.identity.official_number == "GRETA(2016)41"
    assert stored.identity.identified_by["official_number"] == "front matter"
    assert fetch_one(GRETA, "/a").status == "unchanged"


def test_what_the_file_does_not_tell_comes_from_the_catalogue(
    server: Server, fetch_one: Callable[..., Fetched], library: Library
) -> None:
    # Two numbers on the first page: which of them is its own cannot be read.
    body = f"<p>SWD(2018) 9152 final</p><p>with COM(2018) 9450 final</p>{prose(2500)}"
    server.answers["/a"] = (200, {}, html_report("A paper with lanterns", body))
    outcome = fetch_one(EC, "/a")
    assert (outcome.status, outcome.reason) == ("added", "")
    assert outcome.path is not None
    (stored,) = library.documents()
    identity = stored.identity
    assert (identity.publisher, identity.official_number, identity.countries) == ("EC", "SWD(2018) 9152 final", ("RS",))
    assert (identity.year, identity.published, identity.title) == (2018, "2018-04-17", "A paper with lanterns")
    assert identity.identified_by["official_number"] == "sidecar"
    sidecar = tomllib.loads(outcome.path.with_name("SWD-2018-9152.html.toml").read_text(encoding="utf-8"))
    assert sidecar["countries"] == ["RS"]
    assert "title" not in sidecar


def test_sidecar_that_a_user_wrote_stays(
    server: Server, fetch_one: Callable[..., Fetched], library: Library, tmp_path: Path
) -> None:
    sidecar = tmp_path / "downloads" / "SWD-2018-9152.html.toml"
    sidecar.parent.mkdir()
    sidecar.write_text('title = "My title"\n', encoding="utf-8")
    body = f"<p>SWD(2018) 9152 final</p><p>with COM(2018) 9450 final</p>{prose(2500)}"
    server.answers["/a"] = (200, {}, html_report("A paper with lanterns", body))
    assert fetch_one(EC, "/a").status == "added"
    assert library.documents()[0].identity.title == "My title"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (html_report("Serbia", f"<p>GRETA(2016)40</p>{prose(2500)}"), r"is GRETA\(2016\)40, not GRETA\(2016\)41"),
        (html_report("Serbia", prose(2500)), r"Nothing in .* says that it is GRETA\(2016\)41"),
        (html_report("Please wait", "<p>GRETA(2016)41 and GRETA(2016)42</p>"), "Nothing in .* says"),
        (b"%PDF-1.4 broken", "cannot be read|damaged|no text|not a PDF"),
    ],
    ids=["another report", "no number", "a page about it", "damaged"],
)
def test_file_that_does_not_say_that_it_is_the_report_is_not_kept(
    server: Server,
    fetch_one: Callable[..., Fetched],
    library: Library,
    content: bytes,
    told: str,
) -> None:
    server.answers["/a"] = (200, {}, content)
    outcome = fetch_one(GRETA, "/a")
    assert (outcome.status, outcome.path, outcome.document_id) == ("failed", None, None)
    assert re.search(told, outcome.reason)
    assert not library.documents()
    assert not (library.folder.parent / "downloads").exists()


def test_report_that_fails_stops_no_other(server: Server, library: Library, embedder: Embedder, tmp_path: Path) -> None:
    body = f"<p>GRETA(2016)41</p>{prose(100)}"
    server.answers["/b"] = (200, {}, html_report("Report by GRETA on Serbia", body))
    asked = [(EC, server.url("/a")), (GRETA, server.url("/b"))]
    outcomes = list(
        fetch(library, lambda: embedder, asked, hosts={server.host}, folder=tmp_path / "d", client=server.client())
    )
    assert [outcome.status for outcome in outcomes] == ["failed", "added"]
