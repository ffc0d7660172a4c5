"""Documents and passages by the JSON contract of `pincite documents` and `pincite show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest.document import Document, Passage
from qa.citing.ibid import note_dict

if TYPE_CHECKING:
    from index.records import StoredDocument
    from ingest.places import Places


def document_dict(stored: StoredDocument) -> dict[str, Any]:
    """A document as `pincite documents --json` lists it; what is unknown is null or empty."""
    identity = stored.identity
    return {
        "document_id": stored.document_id,
        "official_number": identity.official_number,
        "title": identity.title,
        "publisher": identity.publisher,
        "countries": list(identity.countries),
        "year": identity.year,
        "round": identity.round,
        "published": identity.published,
        "language": identity.language,
        "pages": stored.n_pages or None,
        "passages": stored.n_passages,
        "path": stored.path,
        "adopted": identity.adopted,
        "restates": identity.restates,
        "kind": identity.kind,
        "gaps": list(stored.gaps),
    }


def show_dict(stored: StoredDocument, document: Document, places: Places | None = None) -> dict[str, Any]:
    """A document with its text and passages as `pincite show --json` prints it."""
    return {
        "document": {
            **document_dict(stored),
            "places": {"characters": places.n_characters, "placed": places.n_placed} if places else None,
            "text": document.text,
            "reader_version": document.reader_version,
            "identified_by": dict(document.identity.identified_by),
        },
        "passages": [_passage_dict(document, passage) for passage in document.passages],
    }


def _passage_dict(document: Document, passage: Passage) -> dict[str, Any]:
    return {
        "passage_id": f"{document.document_id}:{passage.start}-{passage.end}",
        "kind": passage.kind,
        "part": passage.part,
        "section": list(passage.section),
        "articles": list(passage.articles),
        "paragraph": passage.paragraph,
        "pages": list(document.pages_of(passage.start, passage.end)),
        "page_labels": list(document.labels_of(passage.start, passage.end)),
        "text": document.text[passage.start : passage.end],
        "start": passage.start,
        "end": passage.end,
        "about_trafficking": passage.about_trafficking,
        "footnotes": _footnotes(document, passage),
        "statements": [
            {
                "text": document.text[statement.start : statement.end],
                "start": statement.start,
                "end": statement.end,
                "speakers": list(statement.speakers),
                "voice": statement.voice,
                "reported_by": statement.reported_by,
                "grade": statement.grade,
                "countries": list(statement.countries),
            }
            for statement in passage.statements
        ],
    }


def _footnotes(document: Document, passage: Passage) -> list[dict[str, Any]]:
    """The footnotes whose marks stand in a passage, or right behind it."""
    if passage.kind == "footnote":
        return []
    found = []
    for note in document.footnotes:
        if note.anchor is not None and passage.start < note.anchor <= passage.end:
            pages = document.pages_of(note.start, note.end)
            found.append(
                {
                    **note_dict(document, note),
                    "start": note.start,
                    "end": note.end,
                    "anchor": note.anchor,
                    "page": pages[0] if pages else None,
                }
            )
    return found
