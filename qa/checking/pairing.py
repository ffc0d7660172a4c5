"""Which citation of a draft belongs to which of its quotations."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ingest.countries import country_codes
from ingest.sentences import sentence_spans
from ingest.speakers import carries_on
from qa.checking.claims import Claim, Words, claims_in_note, claims_in_text, folded_title, read_words
from qa.checking.drafts import Block, Draft
from qa.checking.quotations import Quotation, block_quotation, find_quotations

_NOTHING = re.compile(r"[\s”“\"’'»«.,;:()\[\]—–…-]*")  # What may stand between a quotation and its citation.
_GOES_ON = re.compile(r"\W*(?:It|They|The\s(?:report|Group|paper|document))\b")
_TERM_WORDS = 3  # So few words in quotation marks without a source are a term or a title, no quotation. Chosen.


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation at `[start, end)` of a block's text; one in a note stands where the note's mark does."""

    claim: Claim
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A quotation of a draft with what is claimed of it, or a citation without a quotation.

    Attributes:
        block: Position of its block in the draft.
        start, end: Where it stands in the block's text; for what stands in a note, where the note's mark does.
        quotation: None for a citation alone.
        claims: Citations that may be its, likeliest first; a citation alone has one.
        certain: Whether they stand with it in one sentence or note; else it may have none.
        words: What the words around it claim.
        countries: That the text is on, by the last words that name any: of two reports that fit, theirs is meant.
    """

    block: int
    start: int
    end: int
    quotation: Quotation | None
    claims: tuple[Claim, ...]
    certain: bool
    words: Words
    countries: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reader:
    """Reads blocks in order, since a citation can point to the document that was cited before it."""

    titles: Collection[str]
    before: Claim | None = field(default=None)
    last_sentence: str = field(default="")
    last_cited: tuple[Claim, ...] = field(default=())
    countries: tuple[str, ...] = field(default=())

    def resolved(self, cited: Sequence[Cited]) -> list[Cited]:
        """Citations in the order of their places, with the document that each points back to."""
        found = []
        for one in sorted(cited, key=lambda one: one.start):
            claim = one.claim
            if claim.same_document and self.before is not None:
                claim = claim.of_document(self.before)
            if claim.names_document:
                self.before = claim
            found.append(replace(one, claim=claim))
        return found


def pairs_of(draft: Draft, titles: Collection[str]) -> Iterator[Pair]:
    """All quotations and citations of a draft, in order.

    Args:
        draft: The draft.
        titles: Titles of documents, folded (see `qa.checking.claims.folded_title`), by which citations may name them.
    """
    reader = _Reader(titles)
    for position, block in enumerate(draft.blocks):
        following = draft.blocks[position + 1] if position + 1 < len(draft.blocks) else None
        yield from _pairs_of_block(reader, position, block, following)


def _pairs_of_block(reader: _Reader, position: int, block: Block, following: Block | None) -> Iterator[Pair]:
    quotations = _quotations(block, reader.titles)
    masked = _masked(block.text, quotations)
    in_text = claims_in_text(masked, reader.titles)
    cited = [Cited(_as_written(claim, block.text), claim.start, claim.end) for claim in in_text]
    for note in block.notes:
        inside = _not_titles(find_quotations(note.text), reader.titles)
        in_note = claims_in_note(_masked(note.text, inside), reader.titles)
        cited += [Cited(_as_written(claim, note.text), note.anchor, note.anchor) for claim in in_note]
    if block.block_quote and not cited and following is not None:
        cited += _source_line(following, len(block.text), reader.titles)
    if block.block_quote and not cited and reader.last_sentence.rstrip().endswith(":"):
        cited += [Cited(claim, len(block.text), len(block.text)) for claim in reader.last_cited]
    cited = reader.resolved(cited)
    reader.countries = country_codes(masked) or reader.countries
    yield from _pairs(reader, position, masked, quotations, cited, block_quote=block.block_quote)
    for note in block.notes:
        inside = _not_titles(find_quotations(note.text), reader.titles)
        if inside:
            masked_note = _masked(note.text, inside)
            in_note = claims_in_note(masked_note, reader.titles)
            of_note = [Cited(_as_written(claim, note.text), claim.start, claim.end) for claim in in_note]
            alone = _Reader(reader.titles, countries=reader.countries)
            for pair in _pairs(alone, position, masked_note, inside, of_note, block_quote=False):
                if pair.quotation is not None:
                    yield replace(pair, start=note.anchor, end=note.anchor)
    if block.text.strip():
        spans = sentence_spans(masked)
        last = spans[-1][0] if spans else 0
        reader.last_sentence = _without(masked, cited, last, len(masked))
        reader.last_cited = tuple(one.claim for one in cited if one.start >= last)


def _quotations(block: Block, titles: Collection[str]) -> tuple[Quotation, ...]:
    if block.block_quote:
        found = block_quotation(block.text, _end_of_block_quote(block.text, titles))
    else:
        found = find_quotations(block.text)
    return _not_titles(found, titles)


def _not_titles(quotations: Sequence[Quotation], titles: Collection[str]) -> tuple[Quotation, ...]:
    """Without the titles of documents, which some styles put in quotation marks."""
    return tuple(quotation for quotation in quotations if folded_title(quotation.text) not in titles)


def _as_written(claim: Claim, text: str) -> Claim:
    """A citation that was read in a text without its quotations, as it stands in the text itself."""
    return replace(claim, text=text[claim.start : claim.end].strip(" ,;."))


def _end_of_block_quote(text: str, titles: Collection[str]) -> int:
    """Where what is quoted ends: before the citations that stand at its end."""
    end = len(text)
    for claim in reversed(claims_in_text(text, titles)):
        if claim.start < end and _NOTHING.fullmatch(text, claim.end, end):
            end = len(text[: claim.start].rstrip(" \n([—–-"))
    return end


def _source_line(block: Block, at: int, titles: Collection[str]) -> list[Cited]:
    """The citations of a paragraph that holds nothing else, which is the source of the quotation above it."""
    claims = claims_in_text(block.text, titles)
    rest = block.text
    for claim in claims:
        rest = rest.replace(claim.text, "")
    if not claims or not re.fullmatch(r"(?:\W|\bSource\b)*", rest):
        return []
    return [Cited(claim, at, at) for claim in claims]


def _masked(text: str, quotations: Sequence[Quotation]) -> str:
    """A text without what others say in it, of the same length; the stops at the ends of quotations stay."""
    for quotation in quotations:
        last = quotation.text[-1] if quotation.text[-1] in ".!?" else "x"
        text = text[: quotation.start] + "x" * (quotation.end - quotation.start - 1) + last + text[quotation.end :]
    return text


def _pairs(
    reader: _Reader,
    position: int,
    masked: str,
    quotations: Sequence[Quotation],
    cited: Sequence[Cited],
    *,
    block_quote: bool,
) -> Iterator[Pair]:
    sentences = _sentences(masked)
    used: set[int] = set()
    found: list[Pair] = []
    for number, quotation in enumerate(quotations):
        start, end = (0, len(masked)) if block_quote else _around(sentences, quotation)
        until = quotations[number + 1].start if number + 1 < len(quotations) else len(masked)
        behind_last = quotations[number - 1].end if number else 0
        mine, certain = _claims_for(masked, quotation, cited, (start, end), (behind_last, until))
        words = _words_around(
            reader, masked, quotation, cited, sentence=(start, end), sentences=sentences, block_quote=block_quote
        )
        if not (mine and certain) and not words.speakers and quotation.n_words <= _TERM_WORDS:
            continue
        if certain:
            used.update(id(one) for one in mine)
        found.append(
            Pair(position, quotation.start, quotation.end, quotation, tuple(one.claim for one in mine), certain, words)
        )
    for one in cited:
        if id(one) not in used and one.claim.names_document:
            start, end = next(((s, e) for s, e in sentences if s <= one.start <= e), (0, len(masked)))
            words = read_words(_without(masked, cited, start, one.start), "")
            found.append(Pair(position, one.start, one.end, None, (one.claim,), True, words))
    for pair in sorted(found, key=lambda pair: pair.start):
        yield replace(pair, countries=reader.countries)


def _sentences(masked: str) -> list[tuple[int, int]]:
    """Spans of sentences; a citation in brackets behind a full stop belongs to the sentence before it."""
    spans: list[tuple[int, int]] = []
    for start, end in sentence_spans(masked):
        if spans and masked[start] in "([":
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _around(sentences: Sequence[tuple[int, int]], quotation: Quotation) -> tuple[int, int]:
    """The sentences that a quotation stands in."""
    touched = [(start, end) for start, end in sentences if start < quotation.end + 1 and quotation.start <= end]
    return (touched[0][0], touched[-1][1]) if touched else (quotation.start, quotation.end)


def _claims_for(
    masked: str,
    quotation: Quotation,
    cited: Sequence[Cited],
    sentence: tuple[int, int],
    neighbours: tuple[int, int],
) -> tuple[list[Cited], bool]:
    """The citations that may be a quotation's, and whether they must be.

    What stands right behind it is its own; then what stands before it in the sentence, between it and the quotation
    before; then what comes later in the sentence. Else the next citation of the paragraph may cover it.
    """
    behind: list[Cited] = []
    reached = quotation.end
    for one in cited:
        if one.start >= quotation.end and (one.start <= reached or _NOTHING.fullmatch(masked, reached, one.start)):
            behind.append(one)
            reached = max(reached, one.end)
    before = [one for one in cited if max(sentence[0], neighbours[0]) <= one.start and one.end <= quotation.start]
    later = [one for one in cited if reached < one.start <= sentence[1] and one not in behind]
    if any(one.claim.names_document or one.claim.same_document for one in behind):
        return behind, True
    named = [one for one in before if one.claim.place] or later or before
    if before and later and not any(one.claim.place for one in before):
        named = [*later, *before]
    if not named:
        named = [one for one in cited if sentence[0] <= one.start < quotation.start and one.claim.names_document][-1:]
    if behind or named:
        return [*behind, *named], True
    return [one for one in cited if one.start > quotation.end][:1], False


def _words_around(
    reader: _Reader,
    masked: str,
    quotation: Quotation,
    cited: Sequence[Cited],
    *,
    sentence: tuple[int, int],
    sentences: Sequence[tuple[int, int]],
    block_quote: bool,
) -> Words:
    """What the words around a quotation claim; "It also notes" goes on with the speaker of the sentence before."""
    before = _without(masked, cited, sentence[0], quotation.start)
    behind = _without(masked, cited, quotation.end, sentence[1])
    words = read_words(before, behind)
    if words.speakers:
        return words
    earlier = [(start, end) for start, end in sentences if end <= sentence[0]]
    if block_quote and not before.strip(' “"«„'):
        return read_words(reader.last_sentence, "") if reader.last_sentence.rstrip().endswith((":", ",")) else words
    if earlier and (carries_on(before) or _GOES_ON.match(before)):
        said = read_words(_without(masked, cited, *earlier[-1]), "")
        return replace(words, speakers=said.speakers, named=(*words.named, *said.named))
    return words


def _without(masked: str, cited: Sequence[Cited], start: int, end: int) -> str:
    """A part of a text without its citations, whose names are not the sentence's, and without what is quoted."""
    part = masked
    for one in cited:
        part = part[: one.start] + " " * (one.end - one.start) + part[one.end :]
    return re.sub(r"x{2,}", "", part[start:end])
