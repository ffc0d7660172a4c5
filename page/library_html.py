"""The loaded documents, and what became of files that were added, as HTML."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingest import READER_VERSION
from ingest.countries import country_name
from ingest.errors import PinciteError
from ingest.sidecar import FIELDS
from qa.citing.citations import display_title

if TYPE_CHECKING:
    from index.intake import FileOutcome
    from index.records import StoredDocument
    from ingest.document import Identity
    from page.adding import Progress
    from qa.answer import Answerer
    from qa.evidence.holdings import Holdings


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
    tools = (
        '<div class="tools"><label>Find <input type="search" data-find autocomplete="off"></label>'
        '<button type="button" data-all-again>Read all again</button></div>'
    )
    return (
        f'<h2 id="loaded">{title}</h2>{_aside_html(listed)}{tools}<table role="table" aria-labelledby="loaded">'
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
        ("publisher", identity.publisher),
        ("official_number", identity.official_number),
        ("countries", _countries(identity)),
        ("year", identity.year),
        ("round", identity.round or (None if identity.publisher in {None, "GRETA"} else "–")),
        ("", document.n_pages or "–"),
        ("", document.n_passages),
    )
    marks = ", ".join([*(["digest"] if digest else []), *([] if active else ["steps aside"])]).capitalize()
    badge = f'<span class="badge digest">{marks}</span>' if marks else ""
    if document.gaps:
        badge += f' <span class="badge digest" title="{escape(" ".join(document.gaps))}">Not read whole</span>'
    title = escape(display_title(identity.title)) or "<i>unknown</i>"
    cells = "".join(
        f'<td role="cell" data-label="{name}"{_read_where(identity, field)}'
        f"{' class=none' if fact in {None, '', '–'} else ''}>{escape(str(fact)) if fact else missing}</td>"
        for name, (field, fact) in zip(heads[1:], facts, strict=True)
    )
    key = document.document_id
    return (
        f'<tr role="row" class="{"answering" if active else "resting"}"><th scope="row" role="rowheader">'
        f'<span class="title"{_read_where(identity, "title")}>{title}</span>'
        f"<small>{escape(Path(document.path).name)} {badge}</small>"
        f'<button type="button" data-details="{key}" aria-expanded="false" aria-controls="details-{key}">Details'
        f'<span class="unseen"> of {title}</span></button></th>{cells}</tr>'
        f'<tr role="row" class="details" id="details-{key}" hidden><td role="cell" colspan="{len(heads)}"></td></tr>'
    )


def _countries(identity: Identity) -> str:
    return ", ".join(country_name(code) for code in identity.countries)


def _read_where(identity: Identity, field: str) -> str:
    where = _where(identity, field)
    return f' title="{escape(where)}"' if where else ""


def _where(identity: Identity, field: str) -> str:
    """Where a field was read, or who said it; "" for one that was not found."""
    by = identity.identified_by.get(field, "")
    return {"user": "set by you", "sidecar": "from the file beside it"}.get(by, f"read: {by}" if by else "")


# --- one document, to be corrected ------------------------------------------------------------------------------------

_LABELS: Final = {
    "publisher": ("Publisher", "GRETA, EC, ICMPD or a body's short name"),
    "official_number": ("Number", "as on the cover, such as GRETA(2017)37"),
    "title": ("Title", ""),
    "countries": ("Countries", "names or codes, with commas between"),
    "year": ("Year", "that it is filed under"),
    "round": ("Round", "GRETA's evaluation round"),
    "adopted": ("Adopted", "such as 2017-11-24, 2017-11 or 2017"),
    "published": ("Published", "such as 2018-01-29, 2018-01 or 2018"),
    "language": ("Language", "two letters, such as en"),
}


def details_html(document: StoredDocument, *, copied: bool) -> str:
    """What a document was taken for and where that was read, as a form to correct it, and what else can be done."""
    identity, key = document.identity, document.document_id
    fields = "".join(_field_html(key, identity, field) for field in FIELDS)
    older = (
        '<p class="note">An older version of Pincite read it. Read it again to have it as this one reads.</p>'
        if document.reader_version < READER_VERSION
        else ""
    )
    gaps = f'<p class="note">Not read whole: {escape(" ".join(document.gaps))}</p>' if document.gaps else ""
    file = "Its file was uploaded: the copy in the library goes too." if copied else "Its file stays where it is."
    return (
        f'<form data-document="{key}" novalidate><div class="fields">{fields}</div>{older}{gaps}'
        '<p class="fault" role="alert"></p><div class="actions"><button type="submit" class="main">Save</button>'
        '<button type="button" data-again>Read again</button>'
        '<label class="file">Replace by a file<input type="file" class="unseen" data-replace></label>'
        '<button type="button" data-remove>Remove …</button></div>'
        f'<div class="confirm" hidden><p>Remove it from the library? {file}</p><div class="actions">'
        '<button type="button" data-removed class="danger">Remove</button>'
        '<button type="button" data-kept>Keep it</button></div></div>'
        f'<p class="where">{escape(document.path)} · added {document.added[:10]}</p></form>'
    )


def _field_html(key: str, identity: Identity, field: str) -> str:
    label, hint = _LABELS[field]
    value = _countries(identity) if field == "countries" else getattr(identity, field)
    where = _where(identity, field)
    back = (
        f'<button type="button" data-as-read="{field}" aria-label="{label}: as read">as read</button>'
        if identity.identified_by.get(field) == "user"
        else ""
    )
    return (
        f'<div class="field {field}"><label for="{field}-{key}">{label}</label>'
        f'<input id="{field}-{key}" name="{field}" value="{escape(str(value or ""))}" placeholder="unknown" '
        f'autocomplete="off" aria-describedby="{field}-{key}-where">'
        f'<small id="{field}-{key}-where">{escape(where or "not found in the file")} {back}'
        f"{f'<span class=unseen>; {hint}</span>' if hint else ''}</small></div>"
    )


# --- what became of files ---------------------------------------------------------------------------------------------

Words = Mapping[str, str]

_UNCHANGED: Final = {"added": "Added", "replaced": "Replaced", "unchanged": "Unchanged"}
ADDING: Final[Words] = {**_UNCHANGED, "failed": "Not added", "doing": "Adding"}
REPLACING: Final[Words] = {**_UNCHANGED, "failed": "Not replaced", "doing": "Replacing"}
READING_AGAIN: Final[Words] = {"replaced": "Read again", "failed": "Not read again", "doing": "Reading again"}
CORRECTING: Final[Words] = {"replaced": "Corrected", "failed": "Not corrected", "doing": "Correcting"}
"""What a report calls what becomes of files, by status, and the work while it goes on."""


def report_html(answerer: Answerer, progress: Progress, words: Words = ADDING) -> str:
    """What became of each file, and how far the rest is."""
    items = [_outcome_html(answerer, outcome, words) for outcome in progress.outcomes]
    n_done = len(progress.outcomes)
    if progress.error:
        items.append(f'<li class="failed"><b>Stopped</b><p>{escape(progress.error)}</p></li>')
    elif not progress.over:
        share = progress.step.share if progress.step else 0
        step = progress.step.in_words() if progress.step else "Reading"
        items.append(
            f'<li class="running"><b>{escape(progress.current)}</b><p>{step}</p>'
            f'<progress max="1" value="{share:.2f}" aria-label="Progress"></progress></li>'
        )
    number = min(n_done + 1, progress.n_files)
    title = (
        _counts(progress.outcomes, words) if progress.over else f"{words['doing']} file {number} of {progress.n_files}"
    )
    return f'<div role="status"><h2>{title}</h2></div><ul>{"".join(items)}</ul>'


def trouble_report_html(message: str) -> str:
    """Why nothing was begun."""
    reason = f'<ul><li class="failed"><p>{escape(message)}</p></li></ul>'
    return f'<div role="status"><h2>Nothing was changed</h2></div>{reason}'


def removed_html(document: StoredDocument) -> str:
    """That a document was removed."""
    title = escape(display_title(document.identity.title) or Path(document.path).name)
    return f'<div role="status"><h2>Removed {title}</h2></div>'


def _counts(outcomes: Sequence[FileOutcome], words: Words) -> str:
    """How many files became what: "3 files: 2 added, 1 not added"."""
    statuses = [outcome.status for outcome in outcomes]
    parts = [f"{statuses.count(status)} {words[status].lower()}" for status in words if status in statuses]
    return f"{count(len(outcomes), 'file', 'files')}: {', '.join(parts) or 'nothing changed'}"


def _outcome_html(answerer: Answerer, outcome: FileOutcome, words: Words) -> str:
    stored = None
    if outcome.document_id:
        with contextlib.suppress(PinciteError):  # What came of it was told before the library could not be read.
            stored = answerer.library.by_hash(outcome.document_id)
    parts = [f"<p>{escape(outcome.reason)}</p>"] if outcome.reason else []
    if stored is not None:
        identity = stored.identity
        facts = [display_title(identity.title) or "Title unknown", identity.publisher or "publisher unknown"]
        facts += [identity.official_number or "number unknown", _countries(identity) or "countries unknown"]
        facts += [str(identity.year) if identity.year else "year unknown"]
        facts += [f"round {identity.round}"] if identity.round else []
        facts += [f"{stored.n_pages} pages"] if stored.n_pages else []
        parts.append(f"<p>{escape(' · '.join(facts))}</p>")
    return (
        f'<li class="{outcome.status}"><span class="status">{words[outcome.status]}</span> '
        f"<b>{escape(outcome.path.name)}</b>{''.join(parts)}</li>"
    )
