"""A briefing as HTML: headings, notes and quotes in order, to be changed in place, and what can be made of it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from page.answer_html import STYLE_NAMES, source_html
from page.picture import picture_button
from qa.citing.styles import STYLES
from qa.collecting.finding import Found
from qa.exports import FORMATS, Heading, Note
from qa.exports.wording import long_excerpts

if TYPE_CHECKING:
    from qa.collecting.briefings import Item, OpenBriefing
    from qa.exports import Format

FORMAT_NAMES: Final[dict[Format, tuple[str, str]]] = {
    "docx": ("Word", "docx"),
    "md": ("Markdown", "md"),
    "html": ("HTML", "html"),
    "xlsx": ("Excel", "xlsx"),
    "ris": ("RIS", "ris"),
    "bibtex": ("BibTeX", "bib"),
    "csl": ("CSL", "json"),
}
"""What a format is called, and how the names of its files end."""

_STYLES: Final = "".join(
    f'<option value="{style}"{" selected" if style == "coe" else ""}>{STYLE_NAMES[style]}</option>' for style in STYLES
)
_FORMATS: Final = "".join(
    f'<button type="button" data-file="{form}">{FORMAT_NAMES[form][0]}</button>' for form in FORMATS
)
BRIEFING_FORM: Final = (
    '<div class="bar"><label class="unseen" for="briefing-choice">Briefing</label>'
    '<select id="briefing-choice"></select><button type="button" data-new>New</button>'
    '<button type="button" data-rename data-of-one>Rename</button>'
    '<button type="button" data-delete data-of-one>Delete …</button>'
    '<label class="file">Open a file<input type="file" class="unseen" accept=".json" data-open></label>'
    '<button type="button" data-leave data-of-one>Export ↓</button></div>'
    '<form class="naming" hidden novalidate><label for="briefing-name">Name</label>'
    '<input id="briefing-name" name="name" maxlength="120" autocomplete="off">'
    '<button type="submit" class="main">Save</button><button type="button" data-unname>Cancel</button></form>'
    '<div class="confirm" hidden><p></p><button type="button" class="danger" data-deleted>Delete</button>'
    '<button type="button" data-kept>Keep it</button></div>'
    '<p class="state" role="status"></p><div class="list"></div>'
    '<section class="export" data-of-one aria-labelledby="briefing-export"><h2 id="briefing-export">Take it along</h2>'
    f'<div class="choices"><label>Citations <select name="style">{_STYLES}</select></label>'
    '<label>Form <select name="arrangement"><option value="quotes">In this order</option>'
    '<option value="country-notes">Country notes</option></select></label>'
    '<label class="check" hidden><input type="checkbox" name="digests"> <span>With digests</span></label>'
    '<label class="file">Word template<input type="file" class="unseen" accept=".docx,.dotx" data-template></label>'
    '<span class="template"></span></div>'
    '<div class="files"><button type="button" class="main" data-copy-all>Copy for Word</button>'
    f'{_FORMATS}<button type="button" data-hand-over>File for a colleague</button></div>'
    '<p class="state leaving" role="status"></p>'
    "<p>The file for a colleague opens in their Pincite: it holds the quotes, their places and the hashes of their "
    "documents, not the documents.</p></section>"
    '<p class="keys" data-of-one>Keys: <kbd>Alt</kbd> <kbd>↑</kbd> <kbd>↓</kbd> move an item, <kbd>Alt</kbd> '
    "<kbd>Delete</kbd> takes it out</p>"
)

EMPTY: Final = (
    '<div class="empty"><h2>No briefing yet</h2><p>“Add to briefing” stands under each quote in Ask, Matrix and '
    "Compare: the first one makes a briefing. Here you put quotes in order, add headings and notes, and take all of it "
    'along to Word.</p><p><button type="button" data-ask>Ask for quotes</button>'
    '<button type="button" data-new>Make an empty one</button></p></div>'
)
_NOTHING_IN_IT: Final = (
    '<div class="empty"><h2>Nothing in it yet</h2><p>Add quotes with “Add to briefing”, which stands under each quote '
    'in Ask, Matrix and Compare.</p><p><button type="button" data-ask>Ask for quotes</button></p></div>'
)
_ADDERS: Final = (
    '<div class="adding"><button type="button" data-add="heading">Add a heading</button>'
    '<button type="button" data-add="note">Add a note</button></div>'
)


def list_html(opened: OpenBriefing) -> str:
    """The items of a briefing, what has to be known of them, and what was taken out."""
    last = len(opened.items) - 1
    items = "".join(_item_html(item, first=not n, last=n == last) for n, item in enumerate(opened.items))
    listed = f'<ol class="items" aria-label="Items in order">{items}</ol>' if items else _NOTHING_IN_IT
    return f"{_remarks_html(opened)}{listed}{_ADDERS}{_dropped_html(opened)}"


def _remarks_html(opened: OpenBriefing) -> str:
    """How many quotes are not as they were, and of which documents so much is quoted that permission is needed."""
    lines = list(long_excerpts(opened.briefing.quotes))
    lost = sum(not found.verified for found in opened.found)
    if lost:
        which = "1 quote could" if lost == 1 else f"{lost} quotes could"
        lines.insert(0, f"{which} not be found in your library as collected. What is the matter stands at each.")
    return "".join(f'<p class="remark">{escape(line)}</p>' for line in lines)


def _item_html(item: Item, *, first: bool, last: bool) -> str:
    content = item.content
    key = item.item_id
    if isinstance(content, Heading):
        kind, body = "heading", _heading_html(key, content)
    elif isinstance(content, Note):
        kind = "note"
        body = (
            '<textarea aria-label="Note" rows="1" data-text placeholder="Your own words">'
            f"{escape(content.text)}</textarea>"
        )
    else:
        kind, body = "quote", _quote_html(content)
    return (
        f'<li class="item of-{kind}" data-item="{key}"><span class="grip" draggable="true" aria-hidden="true" '
        f'title="Drag to move">⠿</span><div class="content">{body}<p class="fault" role="alert"></p>'
        f'<div class="tools">{_own_tools_html(key, content)}{_tools_html(kind, first=first, last=last)}</div>'
        "</div></li>"
    )


def _tools_html(kind: str, *, first: bool, last: bool) -> str:
    """What can be done with every item."""
    return (
        f'<button type="button" data-up aria-label="Move the {kind} up"{" disabled" if first else ""}>↑</button>'
        f'<button type="button" data-down aria-label="Move the {kind} down"{" disabled" if last else ""}>↓</button>'
        '<button type="button" data-add="heading" aria-label="Add a heading below">+ Heading</button>'
        '<button type="button" data-add="note" aria-label="Add a note below">+ Note</button>'
        f'<button type="button" data-drop aria-label="Take the {kind} out">Take out</button>'
    )


def _heading_html(key: int, heading: Heading) -> str:
    levels = "".join(
        f'<option value="{level}"{" selected" if heading.level == level else ""}>{name}</option>'
        for level, name in ((1, "Chapter"), (2, "Section"), (3, "Subsection"))
    )
    return (
        f'<input class="level-{heading.level}" aria-label="Heading" data-text autocomplete="off" '
        f'placeholder="Heading" value="{escape(heading.text)}">'
        f'<select aria-label="Level of the heading" data-level="{key}">{levels}</select>'
    )


def _quote_html(found: Found) -> str:
    quote = found.quote
    kind = "paraphrase" if quote.paraphrase else "wording"
    text = escape(quote.text) if quote.paraphrase else f"“{escape(quote.text)}”"
    lead_in = f'<p class="lead-in">{escape(quote.lead_in)}</p>' if quote.lead_in else ""
    mark = "" if found.verified else '<span class="badge unfound">not verified</span>'
    remark = f'<p class="remark">{mark} {escape(found.remark)}</p>' if found.remark else ""
    return (
        f'<article class="{kind}" aria-label="Quote">{lead_in}<blockquote>{text}</blockquote>'
        f"{source_html(quote)}{remark}</article>"
    )


def _own_tools_html(key: int, content: Heading | Note | Found) -> str:
    if not isinstance(content, Found):
        return ""
    here = content.here
    page = picture_button(here.document, here.start, here.end) if here else ""
    return f'<button type="button" data-copy-item="{key}">Copy for Word</button>{page}'


def _dropped_html(opened: OpenBriefing) -> str:
    if not opened.dropped:
        return ""
    items = "".join(
        f'<li><span>{escape(_short(item))}</span><button type="button" data-put-back="{item.item_id}" '
        f'aria-label="Put back: {escape(_short(item))}">Put back</button></li>'
        for item in opened.dropped
    )
    return (
        f'<details class="dropped"><summary>Taken out ({len(opened.dropped)})</summary><ul>{items}</ul>'
        '<button type="button" data-forget>Delete these for good</button></details>'
    )


def _short(item: Item) -> str:
    content = item.content
    text = content.quote.text if isinstance(content, Found) else content.text
    words = text.split()
    return " ".join(words[:12]) + (" …" if len(words) > 12 else "") or "(empty)"
