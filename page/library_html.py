"""The loaded documents, and what became of files that were added, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingest.countries import country_name
from qa.citations import display_title

if TYPE_CHECKING:
    from index.intake import FileOutcome
    from index.records import StoredDocument
    from page.adding import Progress
    from qa.answer import Answerer
    from qa.holdings import Holdings


def documents_html(holdings: Holdings) -> str:
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
        steps = count(digests, "digest steps", "digests step")
        what = "it restates" if digests == 1 else "they restate"
        reasons.append(f"{steps} aside in answers: what {what} is loaded.")
    if forms:
        steps = count(forms, "document steps", "documents step")
        reasons.append(f"{steps} aside in answers: the same is loaded in a better form.")
    return f"<p>{' '.join(reasons)}</p>" if reasons else ""


def count(n: int, one: str, many: str) -> str:
    """A number with its noun."""
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


def report_html(answerer: Answerer, progress: Progress) -> str:
    """What became of each uploaded file, and how far the rest is."""
    items = [_outcome_html(answerer, outcome) for outcome in progress.outcomes]
    n_done = len(progress.outcomes)
    if progress.error:
        items.append(f'<li class="failed"><b>Stopped</b><p>{escape(progress.error)}</p></li>')
    elif n_done < progress.n_files:
        share = progress.step.share if progress.step else 0
        step = progress.step.in_words() if progress.step else "Reading"
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
    return f"{count(len(outcomes), 'file', 'files')}: {', '.join(parts) or 'nothing added'}"


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
