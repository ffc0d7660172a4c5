"""What a draft claims around its quotations: which document, which place in it, who speaks, with which verb."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from ingest.countries import country_codes
from ingest.document import Grade
from ingest.references import Reference, find_references
from ingest.speakers import named_speakers, speakers_in

_NUMBER = r"\d+[a-z]?(?:\s?[-–—]\s?\d+[a-z]?)?"
_NUMBERS = rf"(?P<numbers>{_NUMBER}(?:(?:,\s?and|,|\s?and|\s?&)\s?{_NUMBER}(?![\w(]))*)(?![\w(])"
_PARAGRAPHS = re.compile(rf"(?:\b[Pp]ara(?:graph)?s?\b\.?|§§?|\b[Pp]oints?\b)\s?{_NUMBERS}")
_PAGES = re.compile(
    rf"(?<![A-Za-z.])(?:[Pp]{{1,2}}\.\s?|[Pp]{{1,2}}\s(?=\d)|[Pp]ages?\s){_NUMBERS}(?P<file>\sof\sthe\sfile)?"
)
_FILE_PAGES = re.compile(rf"\([Pp]ages?\s{_NUMBERS}\sof\sthe\sfile\)")
_PLACE = re.compile(re.sub(r"\?P<\w+>", "?:", f"(?:{_PARAGRAPHS.pattern}|{_PAGES.pattern})"))
_FOOTNOTE = re.compile(r"\b(?:fn\.?|footnote|note)\s?(?P<number>\d{1,3})\b")
# OSCOLA's pages are bare numbers behind the title and number of the document.
_BARE_PAGE = re.compile(r"^(?:\sfinal)?(?:[^\d]*\d{4}\))?[,\s]+(?P<numbers>\d{1,3}(?:[-–]\d{1,3})?)\s*[.;)]?\s*$")
_BARE_PAGE_IN_TEXT = re.compile(r"\s(?P<numbers>\d{1,3}(?:[-–]\d{1,3})?)(?=[,.;)]|$)")
_IBID = re.compile(r"\b(?:ibid(?:em)?|loc\.\s?cit|op\.\s?cit)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d/(])(?:19|20|21)\d\d(?![\d/])|(?<=\()(?:19|20|21)\d\d(?=\))")
_ROUNDS = ("first", "second", "third", "fourth", "fifth", "sixth")
_ROUND = re.compile(
    rf"\b(?P<word>{'|'.join(_ROUNDS)})[ -](?:evaluation\s)?(?:round|report)\b|\bround\s(?P<number>\d)\b", re.IGNORECASE
)
_REPORTED = re.compile(
    r",?\s?\bas\s(?:reported|quoted|cited|restated|summarised|paraphrased)\s(?:in\sa\sdigest\s)?(?:by|in)\s(?:the\s)?"
    r"(?P<by>[^,;()]+)",
    re.IGNORECASE,
)
_NOT_CHECKED = re.compile(r"\[reference given by[^\]]*\]")
_VERB = re.compile(
    r"\b(?:(?P<urges>urg(?:es|ed|ing|e))|(?P<considers>consider(?:s|ed)?)|(?P<invites>invit(?:es|ed|ing|e)))\b"
)
# Verbs of saying that are nearer to a quotation than a graded one take the grade off it.
_OTHER_VERB = re.compile(
    r"\b(?:not|welcom|regrett?|stress|recall|recommend|f[io]u?nd|stat|sa[iy]|conclud|observ|report|commend|wr[io]t|call|"
    r"ask|encourag|repl[iy]|argu|underlin|highlight|point|add)(?:s|d|ed|es|e|ing|ied|ies|id)?\b"
)  # fmt: skip
_BRACKET = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
_GOVERNMENT = re.compile(r"\W*(?:the\s)?(?:Government|authorities)\b", re.IGNORECASE)
_ANY_GOVERNMENT = re.compile(r"\b[Gg]overnment(?:al)?\b(?!\s(?:agenc|bod|instit))|\bauthorities\b")
_COMMENTS = re.compile(r"\bcomments?\b", re.IGNORECASE)
_QUOTATION_MARKS = '“”„"«»'
_NEAR = 160  # Characters behind an official number in running text in which its place may stand. Chosen.
_LONG_NAME = 8  # Words: what is longer than the names of a body or two is a title. Chosen.


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """Where in a document a citation says that something stands; all empty where it does not say.

    Attributes:
        paragraphs, pages: Numbers of paragraphs, and of pages as printed.
        file_pages: Physical page numbers, where it says "of the file".
        footnote: Number of a footnote of the document.
    """

    paragraphs: frozenset[str] = frozenset()
    pages: frozenset[str] = frozenset()
    file_pages: frozenset[str] = frozenset()
    footnote: str | None = None

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self.paragraphs or self.pages or self.file_pages or self.footnote)


@dataclass(frozen=True, slots=True)
class Claim:
    """A citation in a draft, as far as it says something. What it leaves open is None or empty.

    Attributes:
        text: As written.
        start, end: Where it stands in the text that it was found in.
        number: Official number of the document.
        title: Title of the document, folded, where it names it by that.
        publisher: Code of the document's publisher, where it names it by publisher and year.
        year, round: Of the document, where it names it by publisher and year.
        countries: That the document is about.
        speakers: Who is said to speak, as codes; empty where it only names a document.
        reported_by: Code of who is said to report it.
        comments: Whether it says that it cites comments on the document.
        grade: GRETA's verb.
        place: Where in the document.
        same_document: Whether it points to the document that was cited before it (*ibid.*, or a bare "para. 161").
    """

    text: str
    start: int
    end: int
    number: str | None = None
    title: str | None = None
    publisher: str | None = None
    year: int | None = None
    round: int | None = None
    countries: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    reported_by: str | None = None
    comments: bool = False
    grade: Grade | None = None
    place: CitedPlace = CitedPlace()
    same_document: bool = False

    @property
    def names_document(self) -> bool:
        """Whether it says which document."""
        return bool(self.number or self.title or self.publisher)

    def of_document(self, other: Claim) -> Claim:
        """This claim on the document that another one names, and at its place where this one gives none."""
        return replace(
            other,
            text=self.text,
            start=self.start,
            end=self.end,
            grade=self.grade or other.grade,
            place=self.place or other.place,
        )


@dataclass(frozen=True, slots=True)
class Words:
    """What the words around a quotation claim.

    Attributes:
        speakers: Codes of who is said to speak; empty where nobody is named.
        grade: GRETA's verb before the quotation, None where another verb or none stands there.
        verb: That verb as written.
        named: Codes of all whom these words name.
    """

    speakers: tuple[str, ...] = ()
    grade: Grade | None = None
    verb: str = ""
    named: tuple[str, ...] = ()


def claims_in_note(text: str, titles: Collection[str]) -> tuple[Claim, ...]:
    """The citations of a footnote, or of a bracket without its brackets, in order.

    Args:
        text: The note.
        titles: Titles of documents, folded (see `folded_title`).
    """
    whole = _NOT_CHECKED.sub(lambda match: " " * len(match[0]), text)  # What a reporting document refers to itself.
    found = []
    for start, end in _parts(whole):
        part = whole[start:end]
        references = find_references(part)
        if references:
            found += [_moved(claim, start) for claim in _numbered(part, references)]
        elif (claim := _titled(part, titles) or _named(part) or _pointing_back(part) or _tag(part)) is not None:
            found.append(_moved(claim, start))
    return tuple(found)


def claims_in_text(text: str, titles: Collection[str]) -> tuple[Claim, ...]:
    """The citations in running text, in order: in brackets, and official numbers and titles outside of them.

    Args:
        text: The text.
        titles: As for `claims_in_note`.
    """
    claims: list[Claim] = []
    outside = text
    for bracket in _BRACKET.finditer(text):
        if re.fullmatch(r"\(\d{4}\)", bracket[0]):
            continue
        inside = claims_in_note(bracket[0][1:-1], titles) or _with_author_before(text, bracket)
        if inside:
            claims += [_moved(claim, bracket.start() + 1) for claim in inside]
            outside = outside[: bracket.start()] + "\n" * len(bracket[0]) + outside[bracket.end() :]
    references = find_references(outside)
    for position, reference in enumerate(references):
        until = references[position + 1].start if position + 1 < len(references) else len(outside)
        claims.append(_numbered_in_text(outside, reference, until))
    if not references:
        claims += _titled_in_text(outside, titles)
    claims += _places_in_text(outside, [(claim.start, claim.end) for claim in claims])
    return tuple(_joined(text, sorted(claims, key=lambda claim: claim.start)))


def _joined(text: str, claims: Sequence[Claim]) -> Iterator[Claim]:
    """Claims with title, number and place of one document, where they follow one another, in one."""
    held: Claim | None = None
    for claim in claims:
        adjacent = held is not None and re.fullmatch(r"[\s,()’”'\"]*", text[held.end : claim.start]) and not held.place
        if held is not None and adjacent and held.title and claim.number:
            held = replace(claim, start=held.start, text=text[held.start : claim.end])
        elif held is not None and adjacent and held.names_document and claim.same_document and claim.place:
            held = replace(held, end=claim.end, text=text[held.start : claim.end], place=claim.place)
        else:
            if held is not None:
                yield held
            held = claim
    if held is not None:
        yield held


def _places_in_text(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[Claim]:
    """Places without a document's number or title: "GRETA, 2023, para. 161"; "in paragraph 161 of its report"."""
    done = 0
    for match in _PLACE.finditer(text):
        if match.start() < done or any(start <= match.start() < end for start, end in taken):
            continue
        head = re.search(r"(?:[A-Z]\S*\s?){1,6},?\s\(?\d{4}\)?,\s$", text[max(match.start() - 80, 0) : match.start()])
        places = re.match(rf"{_PLACE.pattern}(?:,\s{_PLACE.pattern})?", text[match.start() :])
        done = match.start() + (places.end() if places else len(match[0]))
        start = match.start() - (len(head[0]) if head else 0)
        named = _named(text[start:done]) if head else None
        claim = named or Claim("", 0, done - start, place=_place(text[start:done]) or CitedPlace(), same_document=True)
        yield replace(_moved(claim, start), text=text[start:done])


def _with_author_before(text: str, bracket: re.Match[str]) -> tuple[Claim, ...]:
    """A citation whose author is a word of the sentence: "GRETA (2023, para. 161)"."""
    author = re.search(r"(?:[A-Z]\S*\s){1,6}$", text[: bracket.start()])
    if author is None or not re.match(r"\(\d{4}\b", bracket[0]):
        return ()
    named = _named(f"{author[0].strip()}, {bracket[0][1:-1]}")
    return () if named is None else (replace(named, text=bracket[0][1:-1], start=0, end=len(bracket[0]) - 2),)


def read_words(before: str, behind: str) -> Words:
    """What the words before and behind a quotation in its sentence claim: who speaks, and with which verb."""
    speakers = named_speakers(before) or _only_speakers(before)
    if not speakers:
        speakers = named_speakers(behind[:80].lstrip(' ,.;:”"’»“'))
    named = speakers_in(f"{before} {behind}")
    graded, others = list(_VERB.finditer(before)), list(_OTHER_VERB.finditer(before))
    if not graded or (others and others[-1].start() > graded[-1].start()):
        return Words(speakers, named=named)
    return Words(speakers, _grade_of(graded[-1]), graded[-1][0], named)


def folded_title(title: str) -> str:
    """A title as it is recognised in a text."""
    return " ".join(re.findall(r"\w+", title.casefold()))


# --- forms of citations -----------------------------------------------------------------------------------------------


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """The parts of a note that each hold one citation."""
    start = 0
    for cut in re.finditer(r";\s*|\.\s+(?=See\b)|,?\s(?:and\s)?(?=see also\b)", text):
        yield start, cut.start()
        start = cut.end()
    yield start, len(text)


def _numbered(part: str, references: tuple[Reference, ...]) -> Iterator[Claim]:
    """Citations by official number: "GRETA(2017)37, para. 161, p. 38", with what stands before and behind it."""
    before = 0
    for position, reference in enumerate(references):
        is_last = position + 1 == len(references)
        tail = part[reference.end : len(part) if is_last else references[position + 1].start]
        until = len(part) if is_last else reference.end + _extent(tail)
        claim = _with_attribution(Claim("", before, until, number=reference.number), part[before : reference.start])
        place = (
            _place(tail) or _place_of_report(part[before : reference.start]) or (_bare_page(tail) if is_last else None)
        )
        yield replace(claim, text=part[before:until].strip(" ,;."), place=place or CitedPlace())
        before = until


def _numbered_in_text(text: str, reference: Reference, until: int) -> Claim:
    """A citation by official number in running text, with a place that stands right before or soon behind it."""
    tail = text[reference.end : min(until, reference.end + _NEAR)]
    tail = re.split(rf"[{_QUOTATION_MARKS}\n]|[.;]\s+(?=[A-Z])", tail)[0]
    bare = _BARE_PAGE_IN_TEXT.match(tail) if reference.number.endswith("final") else None
    place = _place(tail) or _place_of_report(text[max(reference.start - 60, 0) : reference.start])
    end = reference.end + (_extent(tail) if _place(tail) else 0)
    if bare and not place:
        place, end = CitedPlace(pages=_numbers(bare["numbers"])), reference.end + bare.end("numbers")
    return Claim(
        text[reference.start : end], reference.start, end, number=reference.number, place=place or CitedPlace()
    )


def _place_of_report(head: str) -> CitedPlace | None:
    """The place in "paragraph 161 of GRETA(2017)37"."""
    named = re.search(r"[^.;\n]{1,50}\s(?:of|in)\s(?:the\s|its\s)?(?:report\s)?$", head)
    return _place(named[0]) if named else None


def _titled(part: str, titles: Collection[str]) -> Claim | None:
    """A citation by title: "ICMPD (2018), A title, p. 5"."""
    found = _find_title(part, titles)
    if found is None:
        return None
    title, start, end = found
    claim = _with_attribution(Claim(part.strip(" ,;."), 0, len(part), title=title), part[:start])
    tail = part[end:]
    return replace(claim, place=_place(tail) or _bare_page(tail) or CitedPlace())


def _titled_in_text(text: str, titles: Collection[str]) -> Iterator[Claim]:
    found = _find_title(text, titles)
    if found is not None:
        title, start, end = found
        place = _place(re.split(rf"[{_QUOTATION_MARKS}\n]", text[end : end + _NEAR])[0])
        yield Claim(text[start:end], start, end, title=title, place=place or CitedPlace())


def _named(part: str) -> Claim | None:
    """A citation by author and year: "GRETA, urges, 2023, para. 161", "GRETA, as reported by ICMPD, 2018"."""
    claim = _with_attribution(Claim(part.strip(" ,;."), 0, len(part)), part)
    author = claim.reported_by or next(iter(claim.speakers or _codes(_author(part))), None)
    year, of_round, place = _YEAR.search(part), _ROUND.search(part), _place(part)
    if author is None or not (year or of_round or place or claim.reported_by):
        return None
    return replace(
        claim,
        publisher=author,
        year=int(year[0]) if year else None,
        round=_round_number(of_round) if of_round else None,
        countries=country_codes(part),
        place=place or CitedPlace(),
    )


def _pointing_back(part: str) -> Claim | None:
    """*Ibid.*, or nothing but a place."""
    place = _place(part)
    rest = part
    for pattern in (_FILE_PAGES, _PARAGRAPHS, _PAGES, _FOOTNOTE):
        rest = pattern.sub("", rest)
    if not _IBID.search(part) and not (place and re.fullmatch(r"\W*(?:see|at|and|cf)?\W*", rest, re.IGNORECASE)):
        return None
    return Claim(part.strip(" ,;."), 0, len(part), place=place or CitedPlace(), same_document=True)


def _tag(part: str) -> Claim | None:
    """A tag that only says who speaks: "EC, GRETA"."""
    names = [_codes(name) for name in re.split(r",|/|&|\band\b", part)]
    if not all(names) or len(part.split()) > _LONG_NAME:
        return None
    return Claim(part.strip(), 0, len(part), speakers=tuple(dict.fromkeys(code for codes in names for code in codes)))


def _with_attribution(claim: Claim, head: str) -> Claim:
    """A citation with who it says speaks and reports, and the verb, from the words before the document's name.

    The author of the document alone is no speaker: in GRETA's reports the authorities are reported too.
    """
    author, reported, verb = _codes(_author(head)), _REPORTED.search(head), _VERB.search(head)
    if reported:
        by = _codes(reported["by"]) or tuple(reported["by"].split()[:1])
        return replace(claim, speakers=author, reported_by=next(iter(by), None))
    comments = _COMMENTS.search(head) is not None
    if comments or author == ("Government",):
        return replace(claim, speakers=author or ("Government",), comments=comments)
    if verb and len(head.split()) <= _LONG_NAME + 4:
        return replace(claim, speakers=author, grade=_grade_of(verb))
    return claim


def _author(head: str) -> str:
    return re.split(r",|\s\((?=\d{4}\))|\s(?=(?:19|20|21)\d\d\b)|\bas\s(?:reported|restated)\b", head, maxsplit=1)[0]


def _codes(names: str) -> tuple[str, ...]:
    if _GOVERNMENT.match(names):
        return ("Government",)
    return speakers_in(names) if len(names.split()) <= _LONG_NAME else ()


def _only_speakers(before: str) -> tuple[str, ...]:
    """The speaker that a text names, be it without a verb of saying: "in GRETA’s words". Of two bodies, none."""
    named = speakers_in(before)
    if not named and _ANY_GOVERNMENT.search(before):
        return ("Government",)
    return named[:1] if len(named) == 1 or "Government" in named else ()


def _grade_of(verb: re.Match[str]) -> Grade | None:
    return next((grade for grade in get_args(Grade) if verb[grade]), None)


def _round_number(match: re.Match[str]) -> int:
    return int(match["number"]) if match["number"] else _ROUNDS.index(match["word"].casefold()) + 1


def _moved(claim: Claim, by: int) -> Claim:
    return replace(claim, start=claim.start + by, end=claim.end + by)


# --- places and titles ------------------------------------------------------------------------------------------------


def _place(text: str) -> CitedPlace | None:
    """Paragraphs, pages and footnote that a text names; None for none."""
    in_file = {number for match in _FILE_PAGES.finditer(text) for number in _numbers(match["numbers"])}
    pages: set[str] = set()
    for match in _PAGES.finditer(_FILE_PAGES.sub("", text)):
        (in_file if match["file"] else pages).update(_numbers(match["numbers"]))
    paragraphs = {number for match in _PARAGRAPHS.finditer(text) for number in _numbers(match["numbers"])}
    footnote = _FOOTNOTE.search(text)
    place = CitedPlace(
        frozenset(paragraphs), frozenset(pages), frozenset(in_file), footnote["number"] if footnote else None
    )
    return place or None


def _bare_page(tail: str) -> CitedPlace | None:
    bare = _BARE_PAGE.match(tail)
    return CitedPlace(pages=_numbers(bare["numbers"])) if bare else None


def _extent(tail: str) -> int:
    """Where the places behind a document's name end."""
    patterns = (_PARAGRAPHS, _PAGES, _FILE_PAGES, _FOOTNOTE)
    return max((match.end() for pattern in patterns for match in pattern.finditer(tail)), default=0)


def _numbers(listed: str) -> frozenset[str]:
    """Numbers of a list with ranges: "12-14, 20" is 12, 13, 14 and 20; "161-3" is 161 to 163."""
    found: set[str] = set()
    for part in re.split(r",|and|&", listed):
        ends = [end.strip() for end in re.split(r"[-–—]", part) if end.strip()]
        if len(ends) == 2 and all(end.isdigit() for end in ends):
            last = ends[0][: len(ends[0]) - len(ends[1])] + ends[1]
            found.update(str(number) for number in range(int(ends[0]), min(int(last), int(ends[0]) + 200) + 1))
        else:
            found.update(end.lstrip("0") or "0" for end in ends)
    return frozenset(found)


def _find_title(text: str, titles: Collection[str]) -> tuple[str, int, int] | None:
    """The title that a text holds, and where it stands; the longest wins."""
    words = list(re.finditer(r"\w+", text))
    folded = f" {' '.join(word[0].casefold() for word in words)} "
    for title in sorted(titles, key=len, reverse=True):
        place = folded.find(f" {title} ")
        if place >= 0:
            first = folded[:place].count(" ")
            return title, words[first].start(), words[first + title.count(" ")].end()
    return None
