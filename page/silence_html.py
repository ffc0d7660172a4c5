"""What stands in the place of an answer: why there is none, what did not work, the invitation to ask."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Final

from page.answer_html import further_html
from page.gaps_html import documents_of, gaps_html
from page.scope_html import understood_html

if TYPE_CHECKING:
    from page.asked import Asked
    from qa.answer import Answer
    from qa.evidence.holdings import Holdings
    from qa.silence import Reason

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


def silence_html(answer: Answer, holdings: Holdings, asked: Asked, examples: Sequence[str]) -> str:
    """Why nothing is shown and what to do next, calmly."""
    reason = answer.reason or "outside_library"
    title, advice = _SILENCE[reason]
    buttons = '<button type="button" data-unlimit>Remove the limits</button>' if asked.limited else ""
    if reason in {"not_loaded", "outside_library"}:
        buttons += '<button type="button" data-library>Add reports</button>'
    unread = gaps_html(documents_of(answer.scope, holdings)) if reason == "silent" else ""
    return (
        f'{understood_html(asked, answer.scope, holdings)}<div class="silence {reason}"><h2>{title}</h2>'
        f'<p class="message">{escape(answer.message)}</p>{f"<p>{advice}</p>" if advice else ""}'
        f"{f'<div class=actions>{buttons}</div>' if buttons else ''}{unread}</div>{further_html(answer, asked)}"
        f"{examples_html('Questions that the library answers', examples)}"
    )


def trouble_html(message: str) -> str:
    """What went wrong, in the place of an answer."""
    return f'<div class="silence trouble"><h2>That did not work</h2><p class="message">{escape(message)}</p></div>'


def welcome_html(holdings: Holdings, asked: Asked, examples: Sequence[str]) -> str:
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
    limits = understood_html(asked, asked.scope, holdings)
    return f'<section class="welcome">{limits}{examples_html("For example", examples)}{note}</section>'


def examples_html(title: str, examples: Sequence[str]) -> str:
    """Questions to be asked with one click; "" when there are none."""
    if not examples:
        return ""
    items = "".join(f'<li><button type="button" data-ask>{escape(question)}</button></li>' for question in examples)
    return f'<div class="examples"><h2>{title}</h2><ul>{items}</ul></div>'
