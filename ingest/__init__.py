"""From a file to a `Document`: read, lay out, structure, identify, attribute, cut into passages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from ingest.attribution import statements_of
from ingest.document import Document
from ingest.identity import identify
from ingest.layout import PageLayout
from ingest.passages import cut
from ingest.places import place
from ingest.sidecar import Given
from ingest.structure import structure

READER_VERSION = 4
"""Raised whenever the same file would be read into a different document."""

DEFAULT_MAX_TOKENS = 190
"""Token budget of a passage, by the project's own encoding (see `tokens`).

Measured over paragraphs of the non-paper, the digests and specimen reports: 0.765 of our tokens or more to a token of
the default model, whose window holds 254 beside its two special ones."""

__all__ = ["DEFAULT_MAX_TOKENS", "READER_VERSION", "document_id_of", "read_document"]


def document_id_of(source_bytes: bytes) -> str:
    """The id of the document that a file with these bytes becomes: 12 hexadecimal digits of their SHA-256."""
    return hashlib.sha256(source_bytes).hexdigest()[:12]


def read_document(
    path: Path,
    source_bytes: bytes,
    *,
    max_tokens: int = DEFAULT_MAX_TOKENS,
    password: str | None = None,
    ocr: bool = False,
    given: Sequence[Given] = (),
    on_page: Callable[[int], None] | None = None,
    rest: Callable[[], Sequence[PageLayout]] | None = None,
) -> Document:
    """Returns the document in a file.

    Args:
        path: The file.
        source_bytes: Its bytes, as read by the caller who stores them.
        max_tokens: Budget of a passage.
        password: Opens a protected PDF; not used for other files.
        ocr: Read a PDF that has no text with Tesseract.
        given: What a user says of the document, before anything that is read (see `sidecar`).
        on_page: Called after each page that is read, with the number of all pages of the file.
        rest: Gives the pages that `readers.rest_of_pages` reads elsewhere; None to read all of them here.

    Raises:
        UnreadableFileError: The file cannot be read, or there is no text in it.
    """
    from ingest.readers import read_file  # Loads pypdf, lxml or docx.

    form, reading = read_file(path, password=password, ocr=ocr, on_page=on_page, rest=rest)
    parts = structure(reading)
    identity = identify(parts, reading, today=date.today(), given=given)  # noqa: DTZ011  # The reader's own calendar day.
    return Document(
        document_id=document_id_of(source_bytes),
        identity=identity,
        text=parts.text,
        passages=cut(parts, statements_of(parts, identity), identity, max_tokens=max_tokens),
        footnotes=parts.footnotes,
        page_runs=parts.page_runs,
        page_labels=reading.page_labels,
        reader=form,
        reader_version=READER_VERSION,
        gaps=reading.gaps,
        places=place(parts.text, parts.page_runs, reading.glyphs) if parts.page_runs else None,
    )
