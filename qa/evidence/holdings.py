"""What is loaded, and which of it answers: one form of a document, and no digest beside the document it restates."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from index.words import words
from ingest.errors import UsageError
from ingest.references import find_references, number_key
from qa.citing.citations import Place
from qa.question.scope import Scope, field_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.records import StoredDocument
    from index.search import Searcher
    from ingest.document import Document, Identity
    from qa.quotes import Quote

_CROSS_REFERENCE = re.compile(
    r"(?:See|Cf\.?)\s(?:also\s)?(?:paras?\.?|paragraphs?|(?:foot)?notes?|above|below|section|chapter)\b[^.]{0,60}\.?$"
)
_FRAGMENT_WORDS = 14  # Sentences without an end are longer (chosen).
_SAME_BEGINNING = 60  # Characters: two recommendations of one report rarely begin alike for longer (chosen).
_COVER_SHARE = 0.1  # Of the statements of a document; more is no cover (chosen).
_POINTER_WORDS = 25  # A longer note says something of its own as well (chosen).
_EXCERPT = 0.5  # Of the longest form's characters (chosen).
_FORM_ORDER = ("pdf", "docx", "html", "text")  # Of one document, the form that answers: the PDF has the pages.


class Holdings:
    """The documents of one state of the library, as answers use them.

    Attributes:
        searcher: The state that this belongs to.
        usable: Shape (n,): the rows that may answer.
        pointers: Shape (n,): rows that only say where something stands or comes from: evidence of nothing else.
        of_covers: Shape (n,): rows of a report's cover and contents, which name the subject and say nothing of it.
        active: For each document whether it answers.
        documents: The documents that answer.
    """

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher
        self._files_of_pages: dict[int, str] | None = None
        self._words: dict[tuple[str, int], list[str]] | None = None
        self._rows_by_number: dict[tuple[str, ...], list[int]] | None = None
        self.active = _active(searcher.documents)
        self.documents: tuple[Document, ...] = tuple(
            document for document, on in zip(searcher.documents, self.active, strict=True) if on
        )
        rows = searcher.rows
        of_active = np.array(self.active, dtype=np.bool_)[rows.document] if len(rows) else np.zeros(0, dtype=np.bool_)
        # The notice that says what a digest is says nothing on the subject.
        notice = (rows.publisher == "Pincite") & (rows.part == "front matter")
        # "Areas of improvement include:" introduces evidence and is none; what GRETA urges before a colon is.
        lead_in = np.array(
            [searcher.text(row).endswith(":") and searcher.statement(row).grade is None for row in range(len(rows))],
            dtype=np.bool_,
        )
        fragment = np.array([_is_fragment(searcher, row) for row in range(len(rows))], dtype=np.bool_)
        self._is_latest = _latest(searcher.documents, self.active)
        copies = _copies(searcher)
        copied = np.zeros(len(rows), dtype=np.bool_)
        copied[list(copies)] = True
        # By the document and the first character of what they repeat.
        self._copies: dict[tuple[str, int], list[int]] = {}
        for row, original in copies.items():
            place = searcher.document(original).document_id, searcher.statement(original).start
            self._copies.setdefault(place, []).append(row)
        self._sections: tuple[NDArray[np.int64], tuple[tuple[str, ...], ...]] | None = None
        self.usable: NDArray[np.bool_] = of_active & ~notice & ~lead_in & ~copied & ~fragment
        notes = [row for row in np.flatnonzero(rows.kind == "footnote").tolist() if _is_pointer(searcher.text(row))]
        self.pointers: NDArray[np.bool_] = rows.reference.copy()
        self.pointers[notes] = True
        front = rows.part == "front matter"
        n_rows, n_front = (
            np.bincount(each, minlength=len(searcher.documents)) for each in (rows.document, rows.document[front])
        )
        # What has no headings is front matter throughout, and a short paper's is its introduction.
        self.of_covers: NDArray[np.bool_] = front & self._of_rows(n_front <= _COVER_SHARE * n_rows)
        self._without_country = np.array([not countries for countries in rows.countries], dtype=np.bool_)

    def _of_rows(self, of_document: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """What holds of each document, for each row."""
        of_row: NDArray[np.bool_] = of_document[self.searcher.rows.document]
        return of_row

    def of_editions(self, scope: Scope) -> NDArray[np.bool_]:
        """Rows of the documents of the years and rounds of a scope: shape (n,)."""
        if not (scope.years or scope.rounds or scope.since or scope.until):
            return np.ones(len(self.searcher.rows), dtype=np.bool_)
        fits = [_of_edition(document.identity, scope) for document in self.searcher.documents]
        return self._of_rows(np.array(fits, dtype=np.bool_))

    def on_region(self, group: str, members: Collection[str]) -> NDArray[np.bool_]:
        """Rows on no country, in documents on countries of a group or that name it in their title: shape (n,)."""
        titles = (f"{d.identity.title} {d.identity.restates or ''}".casefold() for d in self.searcher.documents)
        named = [group.casefold() in title for title in titles]
        several = [len(set(d.identity.countries) & set(members)) > 1 for d in self.searcher.documents]
        without = [not d.identity.countries for d in self.searcher.documents]
        on_it = [many or (none and name) for many, none, name in zip(several, without, named, strict=True)]
        return self._without_country & self._of_rows(np.array(on_it, dtype=np.bool_))

    def of_latest_editions(self) -> NDArray[np.bool_]:
        """Rows of the newest loaded document of each publisher on the same countries: shape (n,)."""
        return self._of_rows(np.array(self._is_latest, dtype=np.bool_))

    def copies_of(self, quote: Quote) -> tuple[Place, ...]:
        """Places in an appendix that repeat the first statement of a quote word for word."""
        found = []
        for row in self._copies.get((quote.document.document_id, quote.start), ()):
            statement, passage = self.searcher.statement(row), self.searcher.passage(row)
            labels = quote.document.labels_of(statement.start, statement.end)
            found.append(Place(None, labels, passage.section))
        return tuple(dict.fromkeys(found))

    def document(self, document_id: str) -> Document:
        """The loaded document with this id, whether it answers or steps aside.

        Raises:
            UsageError: It is not loaded.
        """
        found = next((one for one in self.searcher.documents if one.document_id == document_id), None)
        if found is None:
            raise UsageError("This document is no longer loaded, or has been replaced. Ask again.")
        return found

    def file_of_pages(self, document: Document) -> str | None:
        """Name of the file whose pages are cited, where another form of the document has pages too; else None."""
        if self._files_of_pages is None:  # Once for a state of the library: every answer asks for it.
            forms: dict[tuple[str, ...], list[tuple[Document, str]]] = {}
            for other, stored in zip(self.searcher.documents, self.searcher.stored, strict=True):
                work = work_key(other.identity)
                if work is not None and other.page_runs:
                    forms.setdefault(work, []).append((other, PurePath(stored.path).name))
            self._files_of_pages = {
                id(other): name
                for alike in forms.values()
                if len({len(form.page_labels) for form, _ in alike}) > 1
                for other, name in alike
            }
        return self._files_of_pages.get(id(document))

    def passage_text(self, row: int) -> str:
        """The words of the passage that a statement stands in."""
        passage = self.searcher.passage(row)
        return self.searcher.document(row).text[passage.start : passage.end]

    def knows(self, word: str) -> bool:
        """Whether the library holds a word, in any of its forms."""
        return all(self.searcher.knows(form) for form in words(word))

    def spelling(self, word: str, is_word: Callable[[str], bool]) -> str | None:
        """The word of the library or the field that a misspelt word means; None for a known word or an unknown one.

        Args:
            word: In lower case.
            is_word: Tells whether a word is a common English one, and so no slip.

        One slip is allowed in words of six to eight letters, two in longer ones; the first letter must be right.
        """
        from rapidfuzz.distance import DamerauLevenshtein

        if is_word(word):
            return None
        allowed = 1 if len(word) < 9 else 2
        best: tuple[int, str] | None = None
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            for other in self._vocabulary().get((word[0], length), ()):
                distance = DamerauLevenshtein.distance(word, other, score_cutoff=allowed)
                if distance == 0:
                    return None
                if distance <= allowed and (best is None or distance < best[0]):
                    best = (distance, other)
        return best[1] if best else None

    def _vocabulary(self) -> dict[tuple[str, int], list[str]]:
        """Words by first letter and length."""
        if self._words is None:
            texts = (document.text.casefold() for document in self.searcher.documents)
            found = {word for text in texts for word in re.findall(r"[a-z]{5,}", text)} | field_words()
            by_shape: dict[tuple[str, int], list[str]] = {}
            for word in sorted(found):
                by_shape.setdefault((word[0], len(word)), []).append(word)
            self._words = by_shape
        return self._words

    def has_own(self, source: str, scope: Scope) -> bool:
        """Whether a report of a source itself is loaded for every country, and the year and round, of a scope."""
        own = [document.identity for document in self.documents if document.identity.publisher == source]
        own = [identity for identity in own if _of_edition(identity, scope)]
        return bool(own) and all(any(country in identity.countries for identity in own) for country in scope.countries)

    def of_year(self, years: Collection[int], scope: Scope) -> bool:
        """Whether a document of one of some years is loaded on a country of a scope; on any where it names none."""
        return any(
            _of_edition(document.identity, replace(scope, years=tuple(years), rounds=()))
            and (not scope.countries or bool(set(scope.countries) & set(document.identity.countries)))
            for document in self.documents
        )

    def covers(self, country: str) -> bool:
        """Whether any document is about a country."""
        return any(country in document.identity.countries for document in self.documents)

    def rows_in_section(self, number: str) -> NDArray[np.bool_]:
        """Rows under a heading that bears a number or name ("4", "2.2.1", "annex II", "chapter 24"): shape (n,)."""
        of_row, sections = self._section_of_each_row()
        pattern = re.compile(rf"(?:^|\bchapter\s){re.escape(number)}\.?(?![\d.])\s*(?:\D|$)", re.IGNORECASE)
        named = np.array([any(map(pattern.search, section)) for section in sections], dtype=np.bool_)
        return named[of_row]

    def _section_of_each_row(self) -> tuple[NDArray[np.int64], tuple[tuple[str, ...], ...]]:
        """For each row the position of its section in all the sections that follow, each once."""
        if self._sections is None:
            numbers: dict[tuple[str, ...], int] = {}
            n_rows = len(self.searcher.rows)
            found = (numbers.setdefault(self.searcher.passage(row).section, len(numbers)) for row in range(n_rows))
            self._sections = np.fromiter(found, np.int64, count=n_rows), tuple(numbers)
        return self._sections

    def rows_naming(self, numbers: Sequence[str]) -> NDArray[np.int64]:
        """Rows whose words name one of some official document numbers, ascending."""
        found = {row for number in numbers for row in self._naming().get(number_key(number), ())}
        return np.array(sorted(found), dtype=np.int64)

    def numbered(self, numbers: Sequence[str]) -> tuple[str, ...]:
        """Ids of the documents that answer and bear one of some official numbers."""
        wanted = {number_key(number) for number in numbers}
        return tuple(
            document.document_id
            for document in self.documents
            if document.identity.official_number and number_key(document.identity.official_number) in wanted
        )

    def _naming(self) -> dict[tuple[str, ...], list[int]]:
        if self._rows_by_number is None:
            by_number: dict[tuple[str, ...], list[int]] = {}
            for row in range(len(self.searcher.rows)):
                for reference in find_references(self.searcher.text(row)):
                    by_number.setdefault(number_key(reference.number), []).append(row)
            self._rows_by_number = by_number
        return self._rows_by_number

    def non_papers(self) -> tuple[str, ...]:
        """Ids of the non-papers that answer; of the digests that restate one where none is loaded."""
        own = [d for d in self.documents if re.search(r"\bnon-?paper\b", d.identity.title, re.IGNORECASE)]
        real = [document for document in own if document.identity.restates is None]
        return tuple(document.document_id for document in real or own)


def _is_fragment(searcher: Searcher, row: int) -> bool:
    """Whether a row says nothing: the caption of a table, a body on a list, a heading that was not known as one."""
    text, passage = searcher.text(row), searcher.passage(row)
    if passage.kind == "footnote":
        return _CROSS_REFERENCE.match(text) is not None
    listed = passage.kind == "paragraph" or (passage.kind == "bullet" and passage.part == "appendix")
    if not listed or searcher.statement(row).grade is not None or searcher.statement(row).reference:
        return False
    return text.startswith("Source:") or (
        text.count(" ") < _FRAGMENT_WORDS and not passage.lead_in and text[-1] not in ".;:!?…”\"')"
    )


def _is_pointer(note: str) -> bool:
    """Whether a footnote only says where something stands or comes from: "Official Gazette of 3 May 2019."."""
    pointers, says = _notes()
    return pointers.match(note) is not None and note.count(" ") < _POINTER_WORDS and says.search(note) is None


@cache
def _notes() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = tomllib.loads((files("qa") / "data" / "notes.toml").read_text(encoding="utf-8"))
    pointers = "|".join(data["pointers"]).replace(" ", r"\s")
    return re.compile(rf"(?:{pointers})(?!\w)"), re.compile(rf"\b(?:{'|'.join(data['says'])})\b")


def _copies(searcher: Searcher) -> dict[int, int]:
    """Rows of appendices that repeat a statement of the body of their document word for word, each with that one's row.

    GRETA's reports list all recommendations once more at the end, some with the number of their paragraph in brackets.
    """
    rows = searcher.rows
    originals: dict[tuple[int, str], list[tuple[str, int]]] = {}
    for row in np.flatnonzero(rows.part == "body").tolist():
        said = _repeated(searcher.text(row))
        originals.setdefault((int(rows.document[row]), said[:_SAME_BEGINNING]), []).append((said, row))
    copies = {}
    for row in np.flatnonzero(rows.part == "appendix").tolist():
        said = _repeated(searcher.text(row))
        for original, body_row in originals.get((int(rows.document[row]), said[:_SAME_BEGINNING]), ()):
            # What goes on behind the same words is the next heading of the list, taken for text.
            if said == original or (len(original) > _SAME_BEGINNING and said.startswith(original + " ")):
                copies[row] = body_row
                break
    return copies


def _repeated(text: str) -> str:
    """What a repetition has in common with its original: the words, without a paragraph number at the end."""
    bare = re.sub(
        r"\s*[(\[](?:see\s)?para(?:graph|s?\.)?s?\s?[\d,\s–-]+(?:and\s\d+)?[)\]]", "", text, flags=re.IGNORECASE
    )
    return " ".join(re.findall(r"\w+", bare.casefold()))


def _of_edition(identity: Identity, scope: Scope) -> bool:
    """Whether a document is of a year and round of a scope.

    The year of a GRETA number is that of adoption; a report may come out in the next, so each of its years counts.
    """
    years = {identity.year, *(int(date[:4]) for date in (identity.adopted, identity.published) if date)} - {None}
    return (
        (not scope.years or bool(years & set(scope.years)))
        and (not scope.rounds or identity.round in scope.rounds)
        and (scope.since is None or any(year is not None and year >= scope.since for year in years))
        and (scope.until is None or any(year is not None and year <= scope.until for year in years))
    )


def edition(identity: Identity) -> tuple[int, int, str]:
    """What orders the editions of a report: later ones are greater."""
    return identity.round or 0, identity.year or 0, identity.published or identity.adopted or ""


def _latest(documents: tuple[Document, ...], active: tuple[bool, ...]) -> tuple[bool, ...]:
    newest: dict[tuple[object, ...], tuple[int, int, str]] = {}
    for document, on in zip(documents, active, strict=True):
        key = document.identity.publisher, document.identity.countries
        if on:
            newest[key] = max(newest.get(key, (0, 0, "")), edition(document.identity))
    return tuple(
        on and edition(document.identity) == newest[document.identity.publisher, document.identity.countries]
        for document, on in zip(documents, active, strict=True)
    )


def active_documents(documents: tuple[Document, ...]) -> tuple[Document, ...]:
    """Those that answer: one form of each document, and no digest beside the document that it restates."""
    return tuple(document for document, on in zip(documents, _active(documents), strict=True) if on)


def stepping_aside(stored: Sequence[StoredDocument], document: Callable[[str], Document]) -> dict[str, str]:
    """Why some documents do not answer while others are loaded, in words, by their ids.

    Args:
        stored: What is loaded.
        document: Gives a document by its id; asked only for those that there are several forms of.
    """
    titles = {_folded(each.identity.title): each for each in stored if each.identity.restates is None}
    found = {
        each.document_id: f"steps aside for {PurePath(titles[_folded(each.identity.restates)].path).name}"
        for each in stored
        if each.identity.restates is not None and _folded(each.identity.restates) in titles
    }
    forms: dict[tuple[str, ...], list[StoredDocument]] = {}
    for each in stored:
        key = work_key(each.identity)
        if key is not None:
            forms.setdefault(key, []).append(each)
    for alike in forms.values():
        if len(alike) > 1:
            documents = tuple(document(each.document_id) for each in alike)
            best = alike[_best_form(documents, range(len(alike)))]
            name = PurePath(best.path).name
            found |= {each.document_id: f"{name} answers in its place" for each in alike if each is not best}
    return found


def _active(documents: tuple[Document, ...]) -> tuple[bool, ...]:
    forms: dict[tuple[str, ...], list[int]] = {}
    for position, document in enumerate(documents):
        key = work_key(document.identity)
        if key is not None:
            forms.setdefault(key, []).append(position)
    best = {key: _best_form(documents, positions) for key, positions in forms.items()}
    titles = {_folded(document.identity.title) for document in documents if document.identity.restates is None}
    return tuple(
        best.get(work_key(document.identity) or (), position) == position
        and not (document.identity.restates is not None and _folded(document.identity.restates) in titles)
        for position, document in enumerate(documents)
    )


def _best_form(documents: tuple[Document, ...], positions: Sequence[int]) -> int:
    """Of the forms of one document the one that answers: by what it is good for, not by which was loaded first."""
    longest = max(len(documents[position].text) for position in positions)
    return min(positions, key=lambda position: (*_merits(documents[position], longest), position))


def _merits(document: Document, longest: int) -> tuple[int, ...]:
    """What makes one form of a document better to cite than another; the lesser is the better, the first decides.

    Args:
        document: The form.
        longest: Characters of the longest form.
    """
    by = document.identity.identified_by
    labels = document.page_labels
    return (
        # An excerpt would be silent on what the whole document says.
        len(document.text) < _EXCERPT * longest,
        # The PDF has the pages.
        _FORM_ORDER.index(document.reader) if document.reader in _FORM_ORDER else len(_FORM_ORDER),
        # A browser breaks pages as it likes, and nobody else has them.
        "pages" in by,
        # The publisher's own layout bears the number on every page, and labels pages as they are printed.
        by.get("official_number") not in {"running header", "user", "sidecar"},
        labels == tuple(str(page) for page in range(1, len(labels) + 1)),
        # What was read better: paragraphs by their number, notes with their marks.
        -len({passage.paragraph for passage in document.passages if passage.paragraph}),
        -sum(note.anchor is not None for note in document.footnotes),
        -len(labels),
    )


def work_key(identity: Identity) -> tuple[str, ...] | None:
    """What is the same for all forms of one document; None when too little is known to tell."""
    if identity.publisher is None or not (identity.official_number or identity.title):
        return None
    number = re.sub(r"\s|final.*$", "", identity.official_number or "") or _folded(identity.title)
    return identity.publisher, number, str(identity.year), identity.language


def _folded(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))
