"""What of a document could not be read: told wherever an answer rests on it, since what is missing may say more."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from qa.citing.citations import document_citation

if TYPE_CHECKING:
    from ingest.document import Document
    from qa.evidence.holdings import Holdings
    from qa.question.scope import Scope


def gaps_html(documents: Iterable[Document]) -> str:
    """What could not be read of some documents, folded; "" where all was read."""
    lacking = {document.document_id: document for document in documents if document.gaps}.values()
    if not lacking:
        return ""
    names = [escape(document_citation(document.identity)) for document in lacking]
    items = "".join(
        f"<li><b>{name}</b>: {escape(' '.join(document.gaps))}</li>"
        for name, document in zip(names, lacking, strict=True)
    )
    return f'<details class="ages"><summary>Not read whole: {"; ".join(names)}</summary><ul>{items}</ul></details>'


def documents_of(scope: Scope, holdings: Holdings) -> list[Document]:
    """The documents that a question limited so was put to, by their countries, publisher and name."""
    return [
        document
        for document in holdings.documents
        if (not scope.documents or document.document_id in scope.documents)
        and (not scope.countries or set(scope.countries) & set(document.identity.countries))
        and (not scope.sources or document.identity.publisher in scope.sources)
    ]
