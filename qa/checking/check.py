"""Checks a draft: every quotation and every citation in it, looked up in the library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from ingest.references import same_number
from ingest.speakers import named_speakers
from qa.checking.claims import CitedPlace, Claim, Words, folded_title
from qa.checking.drafts import Draft
from qa.checking.lookup import Spot, exact_spots, near_spot, part_around
from qa.checking.pairing import Pair, pairs_of
from qa.checking.quotations import Piece, pieces_of
from qa.citing.citations import place_on_pages
from qa.comparing.wording import Diff, word_diff
from qa.evidence.holdings import active_documents
from qa.official.catalogue import Catalogue, report_name
from qa.quotes import Quote

if TYPE_CHECKING:
    from index.search import Searcher
    from ingest.document import Document, Statement
    from qa.official.known_reports import KnownReport

Verdict = Literal["verbatim", "altered", "wrong_speaker", "wrong_place", "not_loaded", "not_found"]

_SHORTEST_TITLE = 3  # Words by which a title is told from running text ("Serbia 2018 Report"). Chosen.
_CANDIDATES = 25  # Statements that share words with a quotation and are compared with it. Chosen.
_AT_THE_PLACE = 0.85  # So alike, what stands at the cited place is what was meant, even if others say the very words.
_PREFERENCE = 0.08  # How much less alike the words at the cited place may be than those elsewhere. Chosen.
_CHANGES_MEANING = re.compile(r"\b(?:not|no|never|n['’]t|urges?|considers?|invites?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a quotation, or of a citation without one.

    Attributes:
        pair: Where it stands in the draft, and what is claimed of it.
        claim: The citation that it was judged by; None without one.
        verdict: By the contract. A citation without a quotation is "verbatim" when its place exists and its verb is
            the one that stands there.
        message: For a person.
        found: Where the words stand, or what stands at the place of a citation; None for nothing.
        diff: For "altered", the document's words ("=" and "-") and the draft's ("=" and "+").
    """

    pair: Pair
    claim: Claim | None
    verdict: Verdict
    message: str
    found: Quote | None = None
    diff: Diff = ()

    @property
    def quotation(self) -> str | None:
        """The quotation as written; None for a citation alone."""
        return self.pair.quotation.text if self.pair.quotation else None

    @property
    def citation(self) -> str | None:
        """The citation as written; None for a quotation without one."""
        return self.claim.text if self.claim else None

    def as_dict(self) -> dict[str, Any]:
        """By the JSON contract; `message` and `place` are Pincite's additions."""
        return {
            "quotation": self.quotation,
            "citation": self.citation,
            "verdict": self.verdict,
            "found": self.found.as_dict() if self.found else None,
            "diff": [list(piece) for piece in self.diff],
            "message": self.message,
            "place": {"block": self.pair.block, "start": self.pair.start, "end": self.pair.end},
        }


@dataclass(frozen=True, slots=True)
class _Judged:
    """How a place where the words stand fits a claim: document, place in it, speaker."""

    spot: Spot
    claim: Claim | None
    document: bool
    place: bool
    foreign: Statement | None  # The first statement that is not by who is said to speak.
    rank: tuple[bool, ...]

    @property
    def fits(self) -> bool:
        return self.document and self.place and self.foreign is None


class Checker:
    """Checks drafts against one state of a library. Needs no embedding model."""

    def __init__(self, searcher: Searcher, catalogue: Catalogue) -> None:
        """Takes what is searched, and the reports that are known to exist."""
        self._searcher = searcher
        self._catalogue = catalogue
        answering = {id(document) for document in active_documents(searcher.documents)}
        # Of the same words in several forms of a document, the form that answers is shown.
        self._documents = sorted(searcher.documents, key=lambda document: id(document) not in answering)
        self._answering = answering
        self._by_title: dict[str, list[Document]] = {}
        for document in self._documents:
            for title in _title_forms(document.identity.title):
                self._by_title.setdefault(title, []).append(document)
        self._known_by_title: dict[str, KnownReport] = {}
        for report in catalogue.known:
            for title in _title_forms(report.title):
                self._known_by_title.setdefault(title, report)
        self._publishing = {document.identity.publisher for document in self._documents} | {
            report.source for report in catalogue.known
        }

    def check(self, draft: Draft, *, on_progress: Callable[[int, int], None] | None = None) -> tuple[Checked, ...]:
        """Every quotation and citation of a draft with its verdict, in order.

        Args:
            draft: The draft.
            on_progress: Is told how many are looked up, and of how many.
        """
        titles = frozenset(self._by_title) | frozenset(self._known_by_title)
        pairs = tuple(pairs_of(draft, titles))
        checked = []
        for number, pair in enumerate(pairs):
            if on_progress:
                on_progress(number, len(pairs))
            checked.append(self._quotation(pair) if pair.quotation else self._citation(pair))
        return tuple(checked)

    # Quotations

    def _quotation(self, pair: Pair) -> Checked:
        text = pair.quotation.text if pair.quotation else ""
        pieces = pieces_of(text)
        spots = [s for document in self._documents for s in exact_spots(document, pieces) if s.statements]
        claims: list[Claim | None] = list(pair.claims) or [None]
        if not pair.certain:
            # A citation further on may cover it or not: it counts only where it is right.
            claims.append(None)
        judged = [self._judged(spot, claim, pair, text) for claim in claims for spot in spots]
        best = max(judged, key=lambda one: one.rank, default=None)
        if best is not None and best.fits:
            return self._with_right_verb(pair, best, pieces)
        lacking = self._not_loaded(pair.claims) if pair.certain else None
        if lacking is not None:
            return self._of_lacking(pair, lacking, spots, text)
        if best is not None:
            return self._misplaced(pair, best, pieces)
        near = self._nearest(pair, text, pieces)
        if near is not None:
            return _altered(pair, near, pieces)
        return Checked(pair, _first(pair.claims), "not_found", "No loaded document has these words, or nearly these.")

    def _judged(self, spot: Spot, claim: Claim | None, pair: Pair, text: str) -> _Judged:
        documents = self._claimed_documents(claim)
        document = documents is None or any(spot.document is one for one in documents)
        place = claim is None or _is_at(spot, claim.place)
        foreign = self._foreign(spot, claim, pair.words, text, names_it=documents is not None and document)
        own = spot.statements[0][1].voice == "own"
        of_country = bool(set(pair.countries) & set(spot.document.identity.countries))
        rank = (
            document and place and foreign is None, document, document and place, foreign is None, of_country, own,
            claim is not None, self._answers(spot),
        )  # fmt: skip
        return _Judged(spot, claim, document, place, foreign, rank)

    def _foreign(self, spot: Spot, claim: Claim | None, words: Words, text: str, *, names_it: bool) -> Statement | None:
        """The first statement at a spot that is not by who is said to speak; None when all are.

        Args:
            spot: Where the words stand.
            claim: The citation.
            words: What the words around the quotation claim.
            text: The quotation. What names its own speaker ("According to the authorities, …") may be introduced by
                who reports it.
            names_it: Whether the citation names the document of the spot.
        """
        publisher = spot.document.identity.publisher or ""
        by_citation = claim.speakers if claim else ()
        reporter = claim.reported_by if claim else None
        said_inside = named_speakers(text)
        for position, statement in spot.statements:
            passage = spot.document.passages[position]
            mentioned = {*words.named, *by_citation, *said_inside}
            for said in (by_citation, words.speakers):
                passed_on = said == (publisher,) and bool(set(statement.speakers) & (mentioned - set(said)))
                passed_on &= passage.part != "government comments"  # Nobody but the government speaks there.
                if said and not set(said) <= set(statement.speakers) and not passed_on:
                    return statement
            comments = passage.part == "government comments" and publisher != "Government"
            if comments and not (by_citation or words.speakers):
                return statement
            claimed = {*by_citation, *words.speakers} & set(statement.speakers)
            reported = statement.voice == "reported" and bool(claimed & self._publishing - {publisher})
            if reported and not (names_it or reporter == statement.reported_by or publisher in words.named):
                return statement  # Reported words, given as the speaker's own.
        return None

    def _with_right_verb(self, pair: Pair, best: _Judged, pieces: Sequence[Piece]) -> Checked:
        """The words are right, and so is where they stand; the verb that introduces them may not be."""
        quote = _quote_of(best.spot)
        claimed, as_written = _claimed_verb(best.claim, pair.words)
        grades = {statement.grade for _, statement in best.spot.statements}
        is_greta = "GRETA" in quote.speakers
        if is_greta and claimed is not None and claimed not in grades and (claimed != "considers" or any(grades)):
            real = next((grade for grade in grades if grade), None)
            message = f"The words are right, the verb is not: it {real}." if real else (
                f"The words are right, but they are no recommendation with “{claimed}”."
            )  # fmt: skip
            diff: Diff = (
                *((("-", real),) if real else ()),
                ("+", as_written),
                ("=", f" … {pair.quotation.text}" if pair.quotation else ""),
            )
            return Checked(pair, best.claim, "altered", message, quote, diff)
        inserted = [piece.inserted for piece in pieces if _CHANGES_MEANING.search(piece.inserted)]
        if inserted:
            message = f"The words in square brackets change what is said: “{'”, “'.join(inserted)}”."
            return Checked(pair, best.claim, "altered", message, quote, _diff(best.spot, pieces))
        cited = f" ({quote.citation})" if best.claim is None else ""
        return Checked(pair, best.claim, "verbatim", f"Word for word{cited}.", quote)

    def _misplaced(self, pair: Pair, best: _Judged, pieces: Sequence[Piece]) -> Checked:
        """The words are right, but who says them or where they stand is not."""
        if best.foreign is not None and best.document and best.place:
            return _wrong_speaker(pair, best)
        meant = self._at_the_place(best, pieces)
        if meant is not None:
            checked = _altered(pair, meant, pieces, claim=best.claim)
            return replace(
                checked, message=f"{checked.message} These very words stand at {_quote_of(best.spot).citation}."
            )
        if best.foreign is not None:
            return _wrong_speaker(pair, best)
        quote = _quote_of(best.spot)
        return Checked(pair, best.claim, "wrong_place", f"The words stand at another place: {quote.citation}.", quote)

    def _at_the_place(self, best: _Judged, pieces: Sequence[Piece]) -> Spot | None:
        """What stands nearly so at the place that a citation names; the very words may stand in another edition.

        A page of another document is too wide a place to tell, and reports on other countries can be worded alike.
        """
        claim = best.claim
        if claim is None or not claim.place or not (claim.place.paragraphs or best.document):
            return None
        n_characters = sum(len(piece.text) for piece in pieces)
        spots = [
            near_spot(document, pieces, around=part_around(document, [passage], n_characters=n_characters))
            for document in self._claimed_documents(claim) or ()
            if document.identity.countries == best.spot.document.identity.countries
            for passage in document.passages
            if _is_at(Spot(document, ((passage.start, passage.end),)), claim.place)
        ]
        near = [spot for spot in spots if spot and spot.statements and _is_at(spot, claim.place)]
        meant = max(near, key=lambda spot: spot.likeness, default=None)
        return meant if meant is not None and meant.likeness >= _AT_THE_PLACE else None

    def _nearest(self, pair: Pair, text: str, pieces: Sequence[Piece]) -> Spot | None:
        """What is nearly so in the library, at the cited place rather than elsewhere."""
        candidates = [
            (self._searcher.document(row), self._searcher.passage(row))
            for row in self._searcher.by_words(text, limit=_CANDIDATES)
        ]
        candidates += [
            (document, passage)
            for claim in pair.claims
            if claim.place
            for document in self._claimed_documents(claim) or ()
            for passage in document.passages
            if passage.paragraph in claim.place.paragraphs
        ]
        n_characters = len(text) + 100
        parts = {(id(d), part_around(d, [p], n_characters=n_characters)): d for d, p in candidates}
        spots = [near_spot(document, pieces, around=around) for (_, around), document in parts.items()]

        def fit(spot: Spot) -> float:
            fits = [self._judged(spot, claim, pair, text) for claim in pair.claims]
            bonus = max((one.document + one.place + (one.foreign is None) for one in fits), default=0)
            of_country = bool(set(pair.countries) & set(spot.document.identity.countries))
            # The list at the end of a report repeats what numbered paragraphs ask for: those are cited.
            in_body = spot.document.passages[spot.statements[0][0]].part == "body"
            likely = 0.002 * of_country + 0.001 * self._answers(spot) + 0.001 * in_body
            return spot.likeness + _PREFERENCE * bonus / 3 + likely

        return max((spot for spot in spots if spot and spot.statements), key=fit, default=None)

    def _answers(self, spot: Spot) -> bool:
        return id(spot.document) in self._answering

    # Citations

    def _citation(self, pair: Pair) -> Checked:
        """A citation without a quotation: whether its place exists, and has the verb that is claimed."""
        claim = pair.claims[0]
        documents = self._claimed_documents(claim) or ()
        if not documents:
            return Checked(pair, claim, "not_loaded", self._lacking_text(claim))
        there = [(document, _passages_at(document, claim.place)) for document in documents]
        there = [(document, positions) for document, positions in there if positions]
        if not there:
            return Checked(pair, claim, "wrong_place", f"{_named(documents[0])} has no such place.")
        document, positions = there[0]
        at_place = [
            (position, statement) for position in positions for statement in document.passages[position].statements
        ]
        claimed, as_written = _claimed_verb(claim, pair.words)
        graded = [one for one in at_place if one[1].grade == claimed] if claimed else []
        shown = (graded or at_place)[:1] if claim.place else []
        found = _quote(document, shown) if shown else None
        by_others = bool(claim.place) and all(
            document.passages[position].part == "government comments" for position in positions
        )
        if by_others and not (claim.comments or "Government" in (*claim.speakers, *pair.words.speakers)):
            return Checked(pair, claim, "wrong_speaker", "These are comments of the government.", found)
        if claimed in {"urges", "invites"} and claim.place and not graded and document.identity.publisher == "GRETA":
            grades = dict.fromkeys(statement.grade for _, statement in at_place if statement.grade)
            there_is = f"there it {' and '.join(grades)}" if grades else "no recommendation stands there"
            diff: Diff = (*(("-", grade) for grade in grades), ("+", as_written))
            return Checked(pair, claim, "altered", f"The verb is another: {there_is}.", found, diff)
        return Checked(
            pair, claim, "verbatim", "The place exists. Nothing is quoted, so no words were compared.", found
        )

    def _claimed_documents(self, claim: Claim | None) -> list[Document] | None:
        """The loaded documents that a citation may mean; None when it names no document."""
        if claim is None or not claim.names_document:
            return None
        if claim.number:
            numbers = ((document, document.identity.official_number) for document in self._documents)
            return [document for document, number in numbers if number and same_number(number, claim.number)]
        if claim.title:
            return self._by_title.get(claim.title, [])
        return [document for document in self._documents if _is_of_edition(document, claim)]

    def _not_loaded(self, claims: Iterable[Claim]) -> Claim | None:
        """The first citation of a document, when no document that is cited is loaded."""
        naming = [claim for claim in claims if claim.names_document]
        if not naming or any(self._claimed_documents(claim) for claim in naming):
            return None
        return naming[0]

    def _of_lacking(self, pair: Pair, claim: Claim, spots: Sequence[Spot], text: str) -> Checked:
        """A quotation from a report that is not loaded; others may have the same words."""
        judged = [
            self._judged(spot, replace(claim, number=None, title=None, publisher=None, place=CitedPlace()), pair, text)
            for spot in spots
        ]
        best = max(judged, key=lambda one: one.rank, default=None)
        if best is None:
            return Checked(pair, claim, "not_loaded", self._lacking_text(claim))
        best = replace(best, claim=claim)
        quote = _quote_of(best.spot)
        year_of_reporter = quote.reported_by and claim.publisher and claim.year == quote.document.identity.year
        if best.foreign is not None and (year_of_reporter or (claim.number and not self._known(claim))):
            return _wrong_speaker(pair, best)
        if best.foreign is None and claim.number and not self._known(claim):
            message = f"{self._lacking_text(claim)} The words stand at {quote.citation}."
            return Checked(pair, claim, "wrong_place", message, quote)
        said = f", as reported by {quote.reported_by}" if quote.reported_by else ""
        message = f"{self._lacking_text(claim)} The same words: {' and '.join(quote.speakers)}{said}, {quote.citation}."
        return Checked(pair, claim, "not_loaded", message, quote)

    def _known(self, claim: Claim) -> KnownReport | None:
        """What the catalogue has of the report that a citation names."""
        if claim.number:
            return self._catalogue.by_number(claim.number)
        if claim.title:
            return self._known_by_title.get(claim.title)
        reports = self._catalogue.reports(source=claim.publisher, year=claim.year, round=claim.round)
        fitting = [report for report in reports if not claim.countries or set(claim.countries) & set(report.countries)]
        return fitting[0] if len(fitting) == 1 else None

    def _lacking_text(self, claim: Claim) -> str:
        known = self._known(claim)
        if known is None:
            named = claim.number or f"{claim.publisher or claim.text}{f' {claim.year}' if claim.year else ''}"
            return f"{named} is not loaded, and the catalogue does not know it."
        number = f" ({known.official_number})" if known.official_number else ""
        return f"{report_name(known)[:1].upper()}{report_name(known)[1:]}{number} is known and not loaded."


# --- verdicts ---------------------------------------------------------------------------------------------------------


def _wrong_speaker(pair: Pair, best: _Judged) -> Checked:
    quote = _quote_of(best.spot, best.foreign)
    who = " and ".join(quote.speakers)
    if quote.paraphrase:
        said = f"These are the words of a digest, which restates {who} in nobody's wording"
    elif quote.reported_by and quote.reported_by not in quote.speakers:
        said = f"These are the words in which {quote.reported_by} reports {who}"
    elif quote.cited.government_comments:
        said = "The government says this in its comments"
    else:
        said = f"{who} {'say' if len(quote.speakers) > 1 else 'says'} this"
    return Checked(pair, best.claim, "wrong_speaker", f"{said}: {quote.citation}.", quote)


def _altered(pair: Pair, spot: Spot, pieces: Sequence[Piece], *, claim: Claim | None = None) -> Checked:
    quote = _quote_of(spot)
    message = f"The document has other words: {quote.citation}."
    return Checked(pair, claim or _first(pair.claims), "altered", message, quote, _diff(spot, pieces))


def _claimed_verb(claim: Claim | None, words: Words) -> tuple[str | None, str]:
    """GRETA's verb that a draft claims, and as it is written."""
    if claim is not None and claim.grade:
        return claim.grade, claim.grade
    return (words.grade, words.verb) if words.speakers in {(), ("GRETA",)} else (None, "")


def _diff(spot: Spot, pieces: Sequence[Piece]) -> Diff:
    """The document's words on the left, the draft's on the right; typesetting is made alike first."""
    parts: list[Any] = []
    for number, ((start, end), piece) in enumerate(zip(spot.spans, pieces, strict=False)):
        if number:
            parts.append(("=", f" [{piece.inserted}] " if piece.inserted else " […] "))
        parts += word_diff(_plain(spot.document.text[start:end]), _plain(piece.text).strip(" .,;:"))
    return tuple(parts)


def _plain(text: str) -> str:
    plain = re.sub(r"[“”„‟«»]", '"', re.sub(r"[‘’‚‛`´]", "'", re.sub(r"[‐‑–—]", "-", text.replace("\u00ad", ""))))
    return " ".join(plain.split())


# --- places -----------------------------------------------------------------------------------------------------------


def _is_at(spot: Spot, place: CitedPlace) -> bool:
    """Whether words stand where a citation says, as far as it says and the document's form can tell."""
    document = spot.document
    numbers = {number for position, _ in spot.statements for number in _paragraphs_of(document, position)}
    in_paragraph = not place.paragraphs or (bool(numbers) and numbers <= place.paragraphs)
    # With a paragraph, its page may be meant: a long one begins a page earlier than the words in it.
    start, end = _whole_paragraph(spot, numbers) if place.paragraphs else (spot.start, spot.end)
    pages = document.pages_of(start, end)
    labels, _ = place_on_pages(document, pages)
    printed = {label.lstrip("0") for label in labels} or set(map(str, pages))
    on_page = not (place.pages and pages) or bool(place.pages & printed)
    in_file = not (place.file_pages and pages) or bool(place.file_pages & set(map(str, pages)))
    notes = {note.number for note in document.footnotes if note.start <= spot.start < max(note.end, note.start + 1)}
    return in_paragraph and on_page and in_file and (place.footnote is None or place.footnote in notes)


def _whole_paragraph(spot: Spot, numbers: set[str]) -> tuple[int, int]:
    """Where the numbered paragraphs begin and end that a spot stands in, its bullets included."""
    passages = [passage for passage in spot.document.passages if passage.paragraph in numbers]
    near = [passage for passage in passages if passage.part == spot.document.passages[spot.statements[0][0]].part]
    return min([spot.start, *(p.start for p in near)]), max([spot.end, *(p.end for p in near)])


def _paragraphs_of(document: Document, position: int) -> set[str]:
    """The number of a passage's paragraph; of a footnote, that of the paragraph that its mark stands in."""
    passage = document.passages[position]
    if passage.kind != "footnote":
        return {passage.paragraph} if passage.paragraph else set()
    anchors = [
        note.anchor
        for note in document.footnotes
        if note.anchor is not None and note.start <= passage.start < max(note.end, note.start + 1)
    ]
    return {
        other.paragraph
        for other in document.passages
        for anchor in anchors
        if other.paragraph and other.start <= anchor <= other.end
    }


def _passages_at(document: Document, place: CitedPlace) -> list[int]:
    """Positions of the passages at a place; all of them where a citation gives none."""
    if not place:
        return list(range(len(document.passages)))
    return [
        position
        for position, passage in enumerate(document.passages)
        if passage.statements and _is_at(Spot(document, ((passage.start, passage.end),)), place)
    ]


def _is_of_edition(document: Document, claim: Claim) -> bool:
    """Whether a document is by the publisher, and of the year, round and countries, that a citation names."""
    identity = document.identity
    years = {identity.year, *(int(day[:4]) for day in (identity.adopted, identity.published) if day)}
    return (
        identity.publisher == claim.publisher
        and (claim.year is None or claim.year in years)
        and (claim.round is None or claim.round == identity.round)
        and (not claim.countries or bool(set(claim.countries) & set(identity.countries)))
    )


def _quote_of(spot: Spot, statement: Statement | None = None) -> Quote:
    """The statements of a spot that have one speaker, from the first one on, or from the one that is given."""
    held = spot.statements
    first = next((n for n, (_, one) in enumerate(held) if one is statement), 0)
    return _quote(spot.document, held[first:])


def _quote(document: Document, held: Sequence[tuple[int, Statement]]) -> Quote:
    position, first = held[0]
    same = [
        statement
        for _, statement in held
        if (statement.speakers, statement.voice, statement.grade) == (first.speakers, first.voice, first.grade)
    ]
    passage = document.passages[position]
    countries = dict.fromkeys(code for statement in same for code in statement.countries or passage.countries)
    return Quote(document, passage, position, tuple(same), tuple(countries))


def _named(document: Document) -> str:
    return document.identity.official_number or document.identity.title


def _first(claims: Sequence[Claim]) -> Claim | None:
    return claims[0] if claims else None


def _title_forms(title: str) -> Iterator[str]:
    """A title as citations give it: whole, and before its colon."""
    for form in (title, title.partition(":")[0]):
        folded = folded_title(form)
        if folded.count(" ") + 1 >= _SHORTEST_TITLE:
            yield folded
