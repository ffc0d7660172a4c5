"""The viewer of pages: a dialog that any room opens with a button `data-picture="document_id:start:end"`."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING, Any, Final

from ingest.errors import PinciteError
from qa.citing.citations import display_title
from qa.picture import PagePicture, page_picture, remarks

if TYPE_CHECKING:
    from ingest.document import Document
    from qa.answer import Answerer

_MAX_ALT: Final = 400  # Characters of marked words in the text that stands for a picture (chosen).

PICTURE_DIALOG: Final = (
    '<dialog class="page-picture" aria-labelledby="picture-title">'
    '<header><h2 id="picture-title"></h2>'
    '<button type="button" data-close aria-label="Close the page">✕</button></header>'
    '<div class="turning"><button type="button" data-step="-1">‹ Previous page</button>'
    '<p class="where" role="status"></p>'
    '<button type="button" data-step="1">Next page ›</button>'
    '<span class="zoom"><button type="button" data-zoom="-1" aria-label="Smaller">−</button>'
    '<button type="button" data-zoom="1" aria-label="Larger">+</button></span></div>'
    '<p class="note" hidden></p>'
    '<div class="frame" tabindex="0" role="region" aria-label="The page"></div>'
    "<footer>Keys: <kbd>←</kbd> <kbd>→</kbd> pages, <kbd>+</kbd> <kbd>−</kbd> size, <kbd>Esc</kbd> close</footer>"
    "</dialog>"
)


def picture_button(document: Document, start: int, end: int) -> str:
    """The button that opens the page a stretch of text stands on; "" for a form without pages."""
    if not document.page_runs:
        return ""
    place = f"{document.document_id}:{start}:{end}"
    return f'<button type="button" data-picture="{escape(place)}" aria-haspopup="dialog">Page</button>'


def picture(answerer: Answerer, place: str, page: int | None) -> dict[str, Any]:
    """A page as the viewer shows it, or what is wrong (`fault`).

    Args:
        answerer: With the library.
        place: Document id, start and end of what is to be marked, joined by colons.
        page: Which page (1-based); None for the first with marked text.
    """
    try:
        document_id, start, end = place.split(":")
        document = answerer.holdings().document(document_id)
        drawn = page_picture(answerer.library, document, page=page, start=int(start), end=int(end))
    except (PinciteError, ValueError) as error:
        return {"fault": str(error) if isinstance(error, PinciteError) else "There is no such place."}
    content = base64.b64encode(drawn.content).decode("ascii")
    return {
        "title": display_title(document.identity.title) or "Untitled document",
        "src": f"data:image/jpeg;base64,{content}",
        "alt": _alt(document, drawn),
        "width": drawn.width,
        "height": drawn.height,
        "page": drawn.page,
        "n_pages": drawn.n_pages,
        "where": _where(drawn),
        "note": " ".join((*_goes_on(document, drawn), *remarks(drawn))),
        "marked": _marked(drawn),
    }


def _marked(drawn: PagePicture) -> list[float] | None:
    """Where to look first: left, upper and lower edge of what is marked, as shares of width and height."""
    if not drawn.marks:
        return None
    left = min(mark.left for mark in drawn.marks)
    return [left / drawn.width, drawn.marks[0].top / drawn.height, drawn.marks[-1].bottom / drawn.height]


def _where(drawn: PagePicture) -> str:
    counted = f"{drawn.page} of {drawn.n_pages}"
    return f"p. {drawn.label} ({counted})" if drawn.label != str(drawn.page) else f"p. {counted}"


def _alt(document: Document, drawn: PagePicture) -> str:
    title = display_title(document.identity.title) or "a document without title"
    page = f"Page {drawn.label} of {title}"
    if not drawn.marks:
        return f"{page}, nothing marked"
    words = drawn.words if len(drawn.words) <= _MAX_ALT else f"{drawn.words[:_MAX_ALT].rsplit(' ', 1)[0]} …"
    return f"{page}, marked: {words}"


def _goes_on(document: Document, drawn: PagePicture) -> list[str]:
    """Says that a quote stands on other pages too, and on which."""
    if len(drawn.pages) < 2 or not drawn.words:
        return []
    labels = document.page_labels
    told = []
    place = drawn.pages.index(drawn.page)
    if place:
        told.append(f"The quote begins on p. {labels[drawn.pages[0] - 1]}.")
    if place < len(drawn.pages) - 1:
        told.append(f"The quote goes on on p. {labels[drawn.pages[place + 1] - 1]}.")
    return told
