"""The check of a draft: what is found of each quotation and citation, as a table. No draft is written anywhere."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from ingest.errors import PinciteError, UsageError
from page.answer_html import said_by
from page.collecting_html import add_html
from page.picture import picture_button
from qa.checking.check import Checker
from qa.checking.check_text import remarks_of, verdict_name
from qa.checking.drafts import DRAFT_FORMS, MAX_DRAFT_BYTES, draft_of, with_comments

if TYPE_CHECKING:
    from index.search import Searcher
    from qa.answer import Answerer
    from qa.checking.check import Checked
    from qa.checking.drafts import Draft
    from qa.comparing.wording import Diff
    from qa.quotes import Quote

CHECK_FORM: Final = f"""
<form class="draft" aria-label="The draft to check">
<label class="drop"><input type="file" class="unseen" accept="{",".join(DRAFT_FORMS)}" aria-describedby="draft-forms">
<span><b>Choose a draft</b> or drop it here</span>
<small id="draft-forms">Word (.docx), Markdown (.md) or plain text (.txt), at most {MAX_DRAFT_BYTES // 10**6} MB</small>
</label>
<p class="chosen" hidden><span class="unseen">Chosen: </span><b></b><button type="button" data-unchoose>Another</button>
</p>
<div class="pasted"><label for="draft-text">Or paste its text</label>
<textarea id="draft-text" rows="5" spellcheck="false"
placeholder="GRETA urges the authorities to “…” (GRETA(2017)37, para. 161)."></textarea></div>
<div class="actions"><button type="submit" class="main">Check</button>
<small>Every quotation and citation is looked up in what is loaded. The draft is stored nowhere: when the check is done,
Pincite forgets it.</small></div>
</form>
<p class="state" role="status"></p><progress max="1" aria-label="Progress of the check" hidden></progress>
<div class="result"></div>
<p class="keys">Keys: <kbd>↓</kbd> <kbd>↑</kbd> next and previous row, <kbd>c</kbd> copy its citation, <kbd>v</kbd> its
page, <kbd>f</kbd> only what needs work</p>
"""

_PASTED: Final = "Pasted text.txt"
_TAGS: Final = {"=": ("", ""), "+": ("<del>", "</del>"), "-": ("<ins>", "</ins>")}
"""What stands in the draft alone goes, what stands in the document alone comes in."""


class DraftChecks:
    """The checks that people ask for. Of each that goes on, only how far it is is kept."""

    def __init__(self, answerer: Answerer) -> None:
        """Takes the library in which drafts are looked up."""
        self._answerer = answerer
        self._checker: tuple[Searcher, Checker] | None = None
        self._progress: dict[str, tuple[int, int]] = {}

    def check(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """The check of a draft, as HTML and by the JSON contract, or what is wrong.

        Args:
            asked: The draft's `name` and `content` in Base64, or its `text`; a `ticket` by which progress is asked for.
        """
        try:
            draft, results = self._checked(asked)
        except PinciteError as error:
            return {"fault": str(error)}
        report = {"draft": draft.name, "citations": [checked.as_dict() for checked in results]}
        return {"html": check_html(draft, results), "report": report}

    def copy(self, asked: Mapping[str, str]) -> dict[str, str]:
        """A copy of the draft as a Word file with the findings as comments, in Base64, or what is wrong."""
        try:
            draft, results = self._checked(asked)
            copy = with_comments(draft, remarks_of(results))
        except PinciteError as error:
            return {"fault": str(error)}
        return {"name": f"{PurePath(draft.name).stem}, checked.docx", "content": b64encode(copy).decode("ascii")}

    def progress(self, ticket: str) -> tuple[int, int] | None:
        """How many quotations and citations of a check are looked up, and of how many; None before and after that."""
        return self._progress.get(ticket)

    def _checked(self, asked: Mapping[str, str]) -> tuple[Draft, tuple[Checked, ...]]:
        draft = _draft(asked)
        searcher = self._answerer.holdings().searcher
        if not searcher.documents:
            raise UsageError("Nothing is loaded, so nothing can be looked up. Add the reports in the library first.")
        checker = self._checker
        if checker is None or checker[0] is not searcher:
            checker = self._checker = searcher, Checker(searcher, self._answerer.catalogue)
        ticket = asked.get("ticket", "")

        def tell(n_done: int, n_all: int) -> None:
            self._progress[ticket] = n_done, n_all

        try:
            return draft, checker[1].check(draft, on_progress=tell)
        finally:
            self._progress.pop(ticket, None)


def _draft(asked: Mapping[str, str]) -> Draft:
    """The draft that was chosen or pasted."""
    if "content" in asked:
        try:
            return draft_of(PurePath(asked["name"]).name, b64decode(asked["content"], validate=True))
        except ValueError as error:
            raise UsageError("The draft did not arrive whole. Choose it again.") from error
    if not asked.get("text", "").strip():
        raise UsageError("Choose a draft, or paste its text.")
    return draft_of(_PASTED, asked["text"].encode("utf-8", "replace"))


# --- what was found ---------------------------------------------------------------------------------------------------


def check_html(draft: Draft, results: Sequence[Checked]) -> str:
    """The verdicts counted, then each quotation and citation with its verdict and what stands in the library."""
    name = "Your text" if draft.name == _PASTED else escape(draft.name)
    if not results:
        return (
            f'<h2 tabindex="-1">{name}</h2><p>There is no quotation and no citation in it. Quotations stand in '
            "quotation marks, or are paragraphs set as quotations.</p>"
        )
    counts = Counter((checked.verdict, verdict_name(checked)) for checked in results)
    listed = "".join(
        f'<li class="{_tone(verdict)}"><b>{n}</b> {escape(named)}</li>' for (verdict, named), n in counts.most_common()
    )
    n_to_mend = sum(checked.verdict != "verbatim" for checked in results)
    only = (
        f'<label><input type="checkbox" data-to-mend> Only the {n_to_mend} that {_need(n_to_mend)} work</label>'
        if n_to_mend
        else "<span>Nothing needs work.</span>"
    )
    heads = "".join(f'<th scope="col" role="columnheader">{head}</th>' for head in _HEADS)
    rows = "".join(_row_html(number, checked) for number, checked in enumerate(results))
    legend = (
        "<p class=legend>In corrections, <del>struck words</del> stand in the draft and <ins>underlined ones</ins> in "
        "the document.</p>"
        if any(checked.diff for checked in results)
        else ""
    )
    return (
        f'<h2 id="checked" tabindex="-1">{name}</h2><ul class="counts" aria-label="Verdicts">{listed}</ul>'
        f'<div class="tools">{only}<span class="files">Save as <button type="button" data-save="docx">'
        f'Word, with comments</button><button type="button" data-save="json">JSON</button></span></div>{legend}'
        f'<table role="table" aria-labelledby="checked"><thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table>'
    )


_HEADS: Final = ("Verdict", "In the draft", "In the library")


def _need(n: int) -> str:
    return "needs" if n == 1 else "need"


def _tone(verdict: str) -> str:
    """How much a verdict should worry: nothing is told by colour alone."""
    return {"verbatim": "right", "not_loaded": "open", "wrong_place": "slip"}.get(verdict, "wrong")


def _row_html(number: int, checked: Checked) -> str:
    quotation = f"<blockquote>“{escape(checked.quotation)}”</blockquote>" if checked.quotation is not None else ""
    citation = (
        f"<p class=cited>{escape(checked.citation)}</p>" if checked.citation else "<p class=cited>No citation</p>"
    )
    kind = "fine" if checked.verdict == "verbatim" else "mend"
    return (
        f'<tr role="row" class="{kind}" id="checked-{number}" tabindex="-1">'
        f'<th scope="row" role="rowheader"><span class="verdict {_tone(checked.verdict)}">'
        f"{escape(verdict_name(checked).capitalize())}</span></th>"
        f'<td role="cell" data-label="{_HEADS[1]}">{quotation}{citation}</td>'
        f'<td role="cell" data-label="{_HEADS[2]}"><p>{escape(_message(checked))}</p>{_found_html(checked)}</td></tr>'
    )


def _message(checked: Checked) -> str:
    """The message without the pincite, which stands below it."""
    if checked.found is None:
        return checked.message
    cited = checked.found.citation
    return checked.message.replace(f" ({cited}).", ".").replace(f": {cited}.", ".")


def _found_html(checked: Checked) -> str:
    """The words of the document, who says them and where; "" where nothing was found."""
    quote = checked.found
    if quote is None:
        return ""
    words = ""
    if checked.diff:
        words = f"<blockquote>{_correction_html(checked.diff)}</blockquote>"
    elif checked.quotation is None:
        words = f"<blockquote>{_words(quote)}</blockquote>"
    citation = escape(quote.citation)
    return (
        f'{words}<div class="source"><p><b>{escape(said_by(quote))}</b> <span>· {citation}</span></p>'
        f'<span class="row-actions">{picture_button(quote.document, quote.start, quote.end)}<button type="button" '
        f'data-copy="{citation}" aria-label="Copy the citation {citation}">Copy citation</button>'
        f"{add_html(quote)}</span></div>"
    )


def _correction_html(diff: Diff) -> str:
    """The draft's words with what is to go, then what is to come in its place, as proofs are marked."""
    order = {"=": 0, "+": 1, "-": 2}
    parts = []
    for changed, pieces in groupby(diff, key=lambda piece: piece[0] != "="):
        for mark, text in sorted(pieces, key=lambda piece: order[piece[0]]) if changed else pieces:
            opened, closed = _TAGS[mark]
            parts.append(f"{opened}{escape(text)}{closed}")
    return "".join(parts)


def _words(quote: Quote) -> str:
    return escape(quote.text) if quote.paraphrase else f"“{escape(quote.text)}”"
