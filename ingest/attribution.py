"""Who says what: the statements of each unit, with speakers and voice.

Speakers are decided statement by statement. In order, what counts is: a tag behind the clause; a speaker whom the
sentence names; a sentence that goes on with the one before; a monitoring report in the footnote on the sentence; a
survey that the section says it summarises; else the document's own publisher.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from ingest.countries import country_codes, is_country_heading
from ingest.document import Grade, Identity, Statement
from ingest.references import Reference, find_references, is_ibid, is_reference_note, is_reference_sentence
from ingest.sentences import sentence_spans
from ingest.speakers import carries_on, find_tags, named_speakers, speakers_in
from ingest.structure import Structure, Unit

_GRETA = "GRETA"
_GOVERNMENT = "Government"
UNKNOWN = "unknown"  # The speaker of own words in a document whose publisher could not be determined.

_SURVEY = "ATC survey"
_SUMMARISES_SURVEY = re.compile(r"\b(?:below|following)\b.{0,60}\bfindings\b.{0,20}\bsurvey\b", re.IGNORECASE)
_NORMATIVE = re.compile(
    r"\b(?:must|should|needs? to|need of|are needed|is needed|require|requires|safe to conclude|"
    r"(?:is|are|remains?)\s(?:\w+\s)?(?:important|crucial|of great importance))\b"
)
_QUOTATION = re.compile(r"[\"“«](?:[^\"”»]{30,})[\"”»]")
_AUTHOR_YEAR = re.compile(r"\b([A-Z][\w&-]*(?:\s[A-Z][\w&-]*)*)\s\((?:19|20)\d\d\)")
# "Available in English, Arabic, Albanian": languages, not countries.
_LANGUAGES = re.compile(
    r"\b(?:English|French|German|Russian)\b(?:(?:,\s(?:and\s)?|\sand\s)[A-Z]\w+)+|\bin\s[A-Z]\w+\sat:"
)
_INSTRUMENT = re.compile(r"\b((?:[A-Z][\w-]+\s){1,4}Convention)\b")


def statements_of(structure: Structure, identity: Identity) -> tuple[tuple[Statement, ...], ...]:
    """Returns the statements of every unit of a document, unit by unit, in order."""
    attributor = _Attributor(structure, identity)
    return attributor.graded(structure.units)


def unit_countries(unit: Unit, identity: Identity) -> tuple[str, ...]:
    """Countries that a unit is about by where it stands: its section's country, else the document's only one."""
    for heading in reversed(unit.section):
        code = is_country_heading(heading)
        if code:
            return (code,)
    return identity.countries if len(identity.countries) == 1 else ()


@dataclass(frozen=True, slots=True)
class _Said:
    speakers: tuple[str, ...]
    reported: bool


class _Attributor:
    """Decides statement by statement, with the footnotes and sections of one document at hand."""

    def __init__(self, structure: Structure, identity: Identity) -> None:
        self._text = structure.text
        self._identity = identity
        self._publisher = identity.publisher or UNKNOWN
        # A digest has no findings of its own: what it says in nobody's name is what the restated document says.
        restated = identity.publisher == "Pincite" and identity.restates
        self._own = _Said((self._restated_publisher(),), True) if restated else _Said((self._publisher,), False)
        self._notes = _cited(structure)
        self._anchors = sorted((note.anchor, note.number) for note in structure.footnotes if note.anchor is not None)
        self._survey_sections = self._find_survey_sections(structure.units)

    def _restated_publisher(self) -> str:
        codes = speakers_in(self._identity.title)
        return codes[0] if codes else self._publisher

    def _find_survey_sections(self, units: Sequence[Unit]) -> dict[str, int]:
        """Top-level sections that say that they summarise the survey, with the offset from which they do."""
        return {
            unit.section[0]: unit.end
            for unit in units
            if unit.section and _SUMMARISES_SURVEY.search(self._text[unit.start : unit.end])
        }

    def graded(self, units: Sequence[Unit]) -> tuple[tuple[Statement, ...], ...]:
        """The statements of all units; the bullets that hang on a recommendation have its grade."""
        grade: Grade | None = None
        graded = []
        for unit in units:
            statements = self.statements(unit)
            if unit.kind == "bullet" and grade is not None:
                statements = tuple(replace(s, grade=grade) if s.speakers == (_GRETA,) else s for s in statements)
            elif unit.kind == "paragraph":
                last = statements[-1] if statements else None
                open_list = last is not None and self._text[last.start : last.end].endswith(":")
                grade = last.grade if last is not None and open_list else None
            graded.append(statements)
        return tuple(graded)

    def statements(self, unit: Unit) -> tuple[Statement, ...]:
        if unit.kind == "footnote":
            return self._note_statements(unit)
        if unit.part == "government comments":
            # Printed at the end of a report, and never the publisher's own words.
            return self._all_of(unit, _Said((_GOVERNMENT,), False))
        if unit.part == "front matter" and self._publisher == "Pincite":
            # The notice that says what a digest is.
            return (self._statement(unit, unit.start, unit.end, _Said((self._publisher,), False)),)
        statements: list[Statement] = []
        previous = self._own
        for start, end, tagged in self._spans(unit):
            said = _Said(tagged, tagged != (self._publisher,)) if tagged else self._said(unit, start, end, previous)
            statements.append(self._statement(unit, start, end, said))
            previous = said
        return tuple(statements)

    def _all_of(self, unit: Unit, said: _Said) -> tuple[Statement, ...]:
        """The sentences of a unit, all of one speaker."""
        text = self._text[unit.start : unit.end]
        return tuple(
            self._statement(unit, unit.start + start, unit.start + end, said) for start, end in sentence_spans(text)
        )

    def _spans(self, unit: Unit) -> list[tuple[int, int, tuple[str, ...]]]:
        """Spans of the statements of a unit, each with the speakers of its tag (none for a sentence without)."""
        text = self._text[unit.start : unit.end]
        spans: list[tuple[int, int, tuple[str, ...]]] = []
        rest = 0
        for tag in find_tags(text):
            if unit.kind != "bullet" and not re.match(r"\s*(?:[.;]|$)", text[tag.end :]):
                continue  # Only lists carry tags inside a sentence; elsewhere such a bracket explains a word.
            start, end = _bare(text, rest, tag.start)
            rest = tag.end
            if start >= end:
                continue
            if unit.kind != "bullet":
                # In running text a tag covers its sentence, not all that stands before it in the paragraph.
                *earlier, last = sentence_spans(text[start:end])
                spans += [(start + s, start + e, ()) for s, e in earlier]
                start = start + last[0]
            spans.append((start, end, tag.speakers))
        for start, end in sentence_spans(text[rest:]):
            start, end = rest + start, rest + end
            if rest:  # What follows a tag may open with the separator behind it.
                start, end = _bare(text, start, end, keep_end=True)
            if start < end and re.search(r"\w", text[start:end]):
                spans.append((start, end, ()))
        return [(unit.start + start, unit.start + end, speakers) for start, end, speakers in spans]

    def _said(self, unit: Unit, start: int, end: int, previous: _Said) -> _Said:
        sentence = self._text[start:end]
        named = named_speakers(sentence)
        if named:
            return _Said(named, named != (self._publisher,))
        if previous.reported and previous != self._own and carries_on(sentence):
            return previous
        cited = self._cited_publisher(sentence, start, end)
        if cited is not None and cited != self._publisher:
            return _Said((cited,), True)
        if self._from_survey(unit, sentence):
            return _Said((_SURVEY,), True)
        return self._own

    def _cited_publisher(self, sentence: str, start: int, end: int) -> str | None:
        """The publisher of the monitoring report that the footnotes on a sentence cite, or of the text it quotes."""
        quoted = _QUOTATION.search(sentence) is not None
        publishers = {
            reference.publisher
            for anchor, number in self._anchors
            if start < anchor <= end + 1
            for reference in self._notes.get(number, ())
            if reference.publisher and (reference.is_monitoring_report or quoted)
        }
        return publishers.pop() if len(publishers) == 1 else None

    def _from_survey(self, unit: Unit, sentence: str) -> bool:
        since = self._survey_sections.get(unit.section[0]) if unit.section else None
        if since is None or unit.start < since or _NORMATIVE.search(sentence):
            return False
        # A paragraph with a source note of its own rests on that source, not on the survey.
        return not any(unit.start < anchor <= unit.end + 1 for anchor, _ in self._anchors)

    def _note_statements(self, unit: Unit) -> tuple[Statement, ...]:
        text = self._text[unit.start : unit.end]
        if is_reference_note(text):
            publishers = [r.publisher for r in self._notes.get(unit.label, ()) if r.publisher]
            publishers += [code for author in _AUTHOR_YEAR.findall(text) for code in speakers_in(author)]
            first = next(iter(publishers), None)
            said = _Said((first,), first != self._publisher) if first else self._own
            return (self._statement(unit, unit.start, unit.end, said, reference=True),)
        default = self._note_default(unit, text)
        statements: list[Statement] = []
        previous = default
        spans = sentence_spans(text)
        for place, (start, end) in enumerate(spans):
            named = named_speakers(text[start:end])
            said = _Said(named, named != (self._publisher,)) if named else default
            seen = _seen(text[slice(*spans[place + 1])]) if place + 1 < len(spans) else None
            if not named and seen:
                said = _Said((seen,), seen != self._publisher)
            elif not named and previous.reported and carries_on(text[start:end]):
                said = previous
            reference = is_reference_sentence(text[start:end])
            statements.append(self._statement(unit, unit.start + start, unit.start + end, said, reference=reference))
            previous = said
        return tuple(statements)

    def _note_default(self, unit: Unit, text: str) -> _Said:
        """Who speaks in a note that names nobody: an instrument it explains, a survey it tells of, or the author."""
        if re.match(r"Art(?:icle|s?\.)", text) and re.search(r"\bof the Convention\b", text[:60]) and unit.anchor:
            before = self._text[max(0, unit.anchor - 1500) : unit.anchor]
            named = _INSTRUMENT.findall(before.split("\n\n")[-1])
            if named:
                return _Said((named[-1],), True)
        if re.match(r"(?:\w+\s){0,3}(?:to|of|from|in)\sthe\ssurvey\b", text):
            return _Said((_SURVEY,), True)
        return self._own

    def _statement(self, unit: Unit, start: int, end: int, said: _Said, *, reference: bool = False) -> Statement:
        countries = unit_countries(unit, self._identity) or country_codes(_LANGUAGES.sub(" ", self._text[start:end]))
        return Statement(
            start=start,
            end=end,
            speakers=said.speakers,
            voice="reported" if said.reported else "own",
            reported_by=self._publisher if said.reported else None,
            grade=_grade(self._text[start:end]) if said == _Said((_GRETA,), False) else None,
            countries=countries,
            reference=reference,
        )


def _seen(sentence: str) -> str | None:
    """The publisher of the monitoring report that a bare "See GRETA(2017)39." names as source of what stands before."""
    references = find_references(sentence) if re.match(r"See\b", sentence) and is_reference_sentence(sentence) else ()
    return next((reference.publisher for reference in references if reference.is_monitoring_report), None)


# GRETA's three official verbs, in the present tense and with GRETA as their subject; "considers" recommends only with
# what should be done. Source: GRETA's own explanation of its verbs, printed in the preamble of its reports.
_RECOMMENDS = re.compile(
    r"\bGRETA\b(?:,[^,]{1,60},|\s(?:once\sagain|again|strongly|therefore|also|further|thus|hereby|accordingly))*\s"
    r"(?P<verb>urges|considers|invites)\b(?P<rest>.*)",
    re.DOTALL,
)
# "GRETA welcomes … and invites the Maltese authorities to …": behind another verb, what is asked must be asked of a
# State.
_ALSO_RECOMMENDS = re.compile(
    r"\bGRETA\b[^.;]{5,300}?(?:\band|,|\bbut)\s(?P<verb>urges|considers|invites)\b"
    r"(?P<rest>\s(?:that\s)?(?:the\s)?(?:[\w’'-]+\s){0,3}(?:authorities|Government|State)\b.*)",
    re.DOTALL,
)
_SHOULD = re.compile(r"\b(?:should|needs?\sto|must|ought\sto|necessary|further\s(?:steps|measures))\b")


def _grade(sentence: str) -> Grade | None:
    """The grade of a sentence of GRETA's own; None for all that is no recommendation."""
    match = _RECOMMENDS.search(sentence) or _ALSO_RECOMMENDS.search(sentence)
    if match is None or (match["verb"] == "considers" and not _SHOULD.search(match["rest"])):
        return None
    return cast(Grade, match["verb"])


def _bare(text: str, start: int, end: int, *, keep_end: bool = False) -> tuple[int, int]:
    """Trims separators around a clause: what stands between a tag and the next clause belongs to neither."""
    while start < end and text[start] in " ,;:.–—\u00a0":
        start += 1
    while end > start and text[end - 1] in (" \u00a0" if keep_end else " ,;:\u00a0"):
        end -= 1
    return start, end


def _cited(structure: Structure) -> dict[str, tuple[Reference, ...]]:
    """The references of each footnote by its number; "Ibid." stands for the last reference of the note before."""
    cited: dict[str, tuple[Reference, ...]] = {}
    previous: tuple[Reference, ...] = ()
    for note in structure.footnotes:
        text = structure.text[note.start : note.end]
        own = find_references(text)
        references = previous[-1:] if is_ibid(text) and not own else own
        cited[note.number] = references
        if note.number.isdigit():
            previous = references
    return cited
