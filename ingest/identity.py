"""What a document is: publisher, number, title, countries, round, dates. What cannot be determined stays unknown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from ingest.blocks import Reading
from ingest.countries import country_codes, country_name, find_countries, is_country_heading
from ingest.document import DocumentKind, Identity
from ingest.references import Reference, find_references, number_key
from ingest.sidecar import Given
from ingest.speakers import speakers_in
from ingest.structure import Structure

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_DATE = re.compile(
    rf"\b(?P<day>\d{{1,2}})\s(?P<month>{'|'.join(_MONTHS)})\s(?P<year>\d{{4}})\b"
    r"|\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})\b",
    re.IGNORECASE,
)
# Only from round 3 on is the theme part of the title. Source: the Council of Europe's pages on the rounds.
_THEMES = {3: "access to justice and effective remedies", 4: "vulnerabilities to"}
_ROUNDS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_PREPARED_BY = re.compile(r"\b(?:prepared|written|issued|published|produced)\sby\s(?P<who>[^.]{3,120})")
_ENGLISH = {"the", "of", "and", "to", "in", "a", "is", "for", "on", "that", "by", "with", "be", "as"}
_NOTHING = (None, "", ())
_BODY_CHARACTERS = 60_000  # So much of the body tells of which country a report is (chosen).
_FRONT_CHARACTERS = 6000  # Covers, addresses and contents pages of a report fill two to four pages.


def identify(structure: Structure, reading: Reading, *, today: date, given: Sequence[Given] = ()) -> Identity:
    """Returns what can be said of a document, and for each field where it was read.

    Args:
        structure: Its text.
        reading: What its reader got out of the file.
        today: Dates after this day are no dates of the document.
        given: What a user says of it, before anything that is read.
    """
    found: dict[str, object] = {one.field: one.value for one in given if one.value not in _NOTHING}
    by: dict[str, str] = {one.field: one.by for one in given}
    # Fields in which it has nothing, whatever stands on its pages: a user says so, or it is the way of its kind.
    unsaid = by.keys() - found.keys()

    def note(field: str, value: object, where: str) -> None:
        if value not in _NOTHING and field not in found and field not in unsaid:
            found[field] = value
            by[field] = where

    _from_metadata(reading.metadata, note)
    front = _front(structure)
    lines = tuple(_folded(line) for line in (*structure.titles, *front.split("\n\n")))
    shared = _shared_number_title(lines)
    if shared is not None:
        note("kind", shared.kind, "title")
        note("publisher", shared.publisher, "title")
        note("title", shared.title, "title")
        note("countries", country_codes(shared.who)[:1], "title")
        unsaid |= {"countries", "round"} if shared.kind == "general report" else set()
    _from_number(reading.furniture, front, found, note)
    prepared = _PREPARED_BY.search(front)
    if prepared and (codes := speakers_in(prepared["who"])):
        note("publisher", codes[0], "front matter")
    cover = structure.titles or tuple(front.split("\n\n"))
    body = structure.text[len(front) : len(front) + _BODY_CHARACTERS]
    standard = _standard_title(lines, found.get("publisher"), body)
    note("title", standard, "title")
    note("title", _title(structure.titles), "title")
    if found.get("publisher") in {"GRETA", "EC", "Government"} and "countries" not in found:
        codes = country_codes(standard)[:1] or country_codes(" ".join(cover))
        note("countries", codes and (_most_told(codes, body),), "cover")
    note("title", reading.metadata.get("title", ""), "file properties")
    note("countries", country_codes(str(found.get("title", ""))), "title")
    own_sections = (is_country_heading(unit.section[-1]) for unit in structure.units if unit.section)
    note("countries", tuple(dict.fromkeys(code for code in own_sections if code)), "section headings")
    evaluation = re.search(r"\b(first|second|third|fourth)\sevaluation\sround\b", front, re.IGNORECASE)
    if evaluation and found.get("publisher") in {"GRETA", "Government"}:
        note("round", _ROUNDS[evaluation[1].casefold()], "front matter")
    note("round", next((n for n, theme in _THEMES.items() if theme in standard.casefold()), None), "theme in the title")
    _note_days(structure, front, found, note, today=today)
    note("language", _language(structure.text), "text")
    note("language", reading.metadata.get("language", "")[:2], "file properties")
    note("kind", *_kind(found, lines, standard))
    if "printed_by" in reading.metadata:
        by["pages"] = f"print from a {reading.metadata['printed_by']}"
    return Identity(**found, identified_by=by)  # type: ignore[arg-type]  # Fields are filled by name above.


def _note_days(
    structure: Structure, front: str, found: dict[str, object], note: Callable[[str, object, str], None], *, today: date
) -> None:
    """The days of adoption and publication, and the year where the number does not tell it."""
    adopted = _dates_after(r"Adopted(?:\son)?", front)
    in_year = [day for day in adopted if day.startswith(f"{found.get('year')}-")]  # A number has the year of adoption.
    note("adopted", next(iter(in_year or adopted), None), "front matter")
    if found.get("publisher") == "GRETA":
        # From round 3 on the cover has no date of adoption: the report describes matters as they stood on that day.
        stood = _STOOD_ON.search(structure.text[:_PREAMBLE_CHARACTERS])
        note("adopted", _first_day(stood["rest"]) if stood else None, "preamble")
    published = _dates_after(r"(?:Published|Publication)(?:\son)?:?", front)
    published += _dates_after(r"(?:Brussels|Strasbourg|Luxembourg),", front)
    later = [day for day in published if day >= str(found.get("adopted", ""))]
    note("published", next(iter(later or published), None), "front matter")
    if "published" in found:
        note("year", int(str(found["published"])[:4]), "publication date")
    latest = max((day for day in _dates(structure.text) if day <= today), default=None)
    note("year", latest.year if latest else None, "latest date in the text")


def _from_metadata(metadata: dict[str, str], note: Callable[[str, object, str], None]) -> None:
    """What a digest written for this project says at its head; other files' properties are not trusted first."""
    if "publisher" not in metadata:
        return
    where = "head of the file"
    note("publisher", metadata["publisher"], where)
    note("title", metadata.get("title", ""), where)
    note("restates", metadata.get("restates", ""), where)
    note("official_number", metadata.get("official_number", ""), where)
    note("language", metadata.get("language", ""), where)
    note("countries", tuple(code.strip() for code in metadata.get("countries", "").split(",") if code.strip()), where)
    for field in ("year", "round"):
        if metadata.get(field, "").isdigit():
            note(field, int(metadata[field]), where)


@dataclass(frozen=True, slots=True)
class _SharedNumberTitle:
    """The title of a document that has a number of GRETA's series and is no evaluation report.

    Attributes:
        kind: What it is.
        publisher: Who speaks in it; None leaves that to the number.
        title: In its standard form.
        who: Whose reply it is.
    """

    kind: DocumentKind
    publisher: str | None
    title: str
    who: str = ""


# Replies, questionnaires and general reports have numbers of GRETA's series as evaluation reports have: the title on
# the cover tells. Only where a line opens with it: preambles tell of replies and general reports in their sentences.
_NUMBER_BEFORE = r"(?:G\s?R\s?E\s?T\s?A\s|GRETA\s?\(\d{4}\)\s?\d+\s)*"
_REPLY = re.compile(
    rf"{_NUMBER_BEFORE}(?P<title>(?:Reply|Replies|Response)\s(?:from|of|by|submitted\sby)\b(?P<who>.{{0,80}}?)\s?\bto\s"
    r"(?:the\s|GRETA['’]s\s)?Questionnaire(?:\sfor\sthe\sevaluation\sof\sthe\simplementation\sof\sthe\sCouncil\sof\s"
    r"Europe\sConvention\son\sAction\sagainst\sTrafficking\sin\sHuman\sBeings(?:\sby\sthe\sParties)?)?)",
    re.IGNORECASE,
)
_GOVERNMENT_WORDS = re.compile(
    r"\b(?:governments?|authorit(?:y|ies)|ministry|national|state|republic|the|of|and|in)\b", re.IGNORECASE
)
_GENERAL_REPORT = re.compile(
    rf"{_NUMBER_BEFORE}(?P<title>(?:(?:\d{{1,2}}\s?(?:st|nd|rd|th)|\w+th|First|Second|Third)\s)?General\sReport\son\s"
    r"GRETA['’]s\sactivities)",
    re.IGNORECASE,
)
_QUESTIONNAIRE = re.compile(
    rf"{_NUMBER_BEFORE}(?P<title>Questionnaire\sfor\sthe\sevaluation\b.{{0,160}})", re.IGNORECASE
)
_LINES_OF_A_TITLE = 4  # A cover breaks a title into so many lines at most (chosen).
_MAX_TITLE_CHARACTERS = 300  # The longest title seen has 190; a longer line is a paragraph.
_ROUND_LINE = re.compile(r"(?:first|second|third|fourth)\sevaluation\sround", re.IGNORECASE)


def _shared_number_title(lines: Sequence[str]) -> _SharedNumberTitle | None:
    short = [line for line in lines if len(line) <= _MAX_TITLE_CHARACTERS]
    for place, line in enumerate(short):
        title = " ".join(short[place : place + _LINES_OF_A_TITLE])
        if reply := _REPLY.match(title):
            return _reply(_with_asterisk(reply["title"]), reply["who"].strip())
        if general := _GENERAL_REPORT.match(title):
            return _SharedNumberTitle("general report", "GRETA", general["title"])
        if questionnaire := _QUESTIONNAIRE.match(line):
            return _SharedNumberTitle("other", None, questionnaire["title"])
    return None


def _reply(title: str, who: str) -> _SharedNumberTitle:
    """A reply to a questionnaire: of a government, unless its title names another, such as an organisation."""
    rest = who
    for mention in reversed(find_countries(who)):
        rest = rest[: mention.start] + rest[mention.end :]
    if re.search(r"\w", _GOVERNMENT_WORDS.sub("", rest)):
        return _SharedNumberTitle("other", who, title, who)
    return _SharedNumberTitle("government reply", "Government", title, who)


def _kind(found: dict[str, object], lines: Sequence[str], standard: str) -> tuple[DocumentKind | None, str]:
    """What a document is by its title and publisher, and where that was read. A number alone does not tell."""
    publisher = found.get("publisher")
    if publisher == "GRETA":
        # "Guidance note …, third evaluation round" is none: the round must have a line of its own.
        on_cover = any(_ROUND_LINE.fullmatch(line) for line in lines)
        return ("evaluation report", "title" if standard else "front matter") if standard or on_cover else (None, "")
    if publisher == "EC":
        if standard or "analytical report" in (line.casefold() for line in lines):
            return "country report", "title"
        return ("other", "official number") if str(found.get("official_number")).startswith("COM") else (None, "")
    return ("other", "publisher") if found.get("restates") else (None, "")


def _from_number(
    furniture: tuple[str, ...], front: str, found: dict[str, object], note: Callable[[str, object, str], None]
) -> None:
    """The official number, and what it tells of publisher and year."""
    if "official_number" in found:
        reference, where = next(iter(find_references(str(found["official_number"]))), None), "official number"
    else:
        reference, where = _own_number(furniture, front)
    if reference is not None:
        note("official_number", reference.number, where)
        note("publisher", reference.publisher, f"official number in the {where}" if where in _PRINTED else where)
        note("year", int(re.findall(r"\d{4}", reference.number)[0]), "official number")


_PRINTED = {"running header", "front matter"}


def _folded(line: str) -> str:
    return re.sub(r"\s+", " ", line).strip(" |")


def _with_asterisk(title: str) -> str:
    """Kosovo* as the Council of Europe and the EC write it, also where the cover's asterisk was read as a note mark."""
    return re.sub(r"\bKosovo\b(?:\s?\*)?", "Kosovo*", title)


def _front(structure: Structure) -> str:
    """The text before the first chapter, at most a few pages of it."""
    first = next((unit.start for unit in structure.units if unit.section), len(structure.text))
    return structure.text[: min(first, _FRONT_CHARACTERS)]


def _own_number(furniture: tuple[str, ...], front: str) -> tuple[Reference | None, str]:
    """The document's own number: the one that its running heads repeat, else the only one on its front pages."""
    running = Counter(reference.number for line in furniture for reference in find_references(line))
    if running:
        number = running.most_common(1)[0][0]
        return find_references(number)[0], "running header"
    fronts = find_references(front)
    dated = _PLACE_AND_DATE.search(front)
    if dated:
        # "Brussels, 17.4.2018 SWD(2018) 152 final": the EC's covers list the numbers of the whole package elsewhere.
        after = [reference for reference in fronts if dated.start() < reference.start < dated.start() + 80]
        if after:
            return after[0], "front matter"
    if len({number_key(reference.number) for reference in fronts}) != 1:
        return None, ""
    # "SWD(2021) 293 final/2" says on its cover that it corrects "SWD(2021) 293 final".
    return max(fronts, key=lambda reference: len(reference.number)), "front matter"


_STOOD_ON = re.compile(r"\b(?:as (?:it|they) stood|situation up to|situation as of)\s(?:on\s|at\s)?(?P<rest>.{0,30})")
_PREAMBLE_CHARACTERS = 20000
_PLACE_AND_DATE = re.compile(r"\b(?:Brussels|Strasbourg|Luxembourg),\s\d")
_GRETA_TITLE = re.compile(
    r"Report (?:concerning the implementation|on the compliance)\b.{20,200}?\b(?:by|of) (?=\S)", re.IGNORECASE
)
_COMPLIANCE_TITLE = re.compile(
    r"Report on the compliance of (?P<who>.{3,60}?) with the standards of the Council of Europe Convention on Action "
    r"against Trafficking in Human Beings",
    re.IGNORECASE,
)
_EC_TITLE = re.compile(r"^(?P<country>[^\d:]{3,60}?)\s(?P<year>\d{4})\s(?:Progress\s)?Report$", re.IGNORECASE)


def _standard_title(lines: Sequence[str], publisher: object, body: str) -> str:
    """The title of a report in one of the standard forms of its publisher; "" for any other.

    Rounds 1 and 2 of GRETA's: "Report concerning the implementation of … by X"; on Kosovo*, which is no Party, "Report
    on the compliance of Kosovo* with the standards of …"; from round 3 on the cover has "EVALUATION REPORT", the
    country, the round and the theme. The EC's country reports: "X 2018 Report". A cover may bear the title of the
    report that it was made from too: the country of which the body tells most decides.
    """
    if publisher == "EC":
        titles = [_with_asterisk(line) for line in lines if _EC_TITLE.match(line)]
    elif publisher == "GRETA":
        joined = " ".join(lines)
        titles = [
            _with_asterisk(found[0]) for found in _COMPLIANCE_TITLE.finditer(joined) if find_countries(found["who"])
        ]
        titles += _implementation_titles(joined)
        titles = titles or _evaluation_titles(lines)
    else:
        return ""
    of_country: dict[str, str] = {}
    for title in titles:
        of_country.setdefault(next(iter(country_codes(title)), ""), title)
    return of_country[_most_told(tuple(of_country), body)] if of_country else ""


def _most_told(codes: Sequence[str], body: str) -> str:
    """Of several countries the one that a text names most often; the first where none is."""
    if len(codes) == 1:
        return codes[0]
    told = Counter(mention.code for mention in find_countries(body))
    return max(codes, key=lambda code: told[code])


def _implementation_titles(joined: str) -> list[str]:
    titles = []
    for found in _GRETA_TITLE.finditer(joined):
        country = next(iter(find_countries(joined[found.end() : found.end() + 80])), None)
        if country is not None:
            # By “the former Yugoslav Republic of Macedonia”: in quotation marks on covers of the Council of Europe.
            end = found.end() + country.end
            quoted = joined[found.end()] in "“\"‘'"
            titles.append(joined[found.start() : end + (quoted and joined[end : end + 1] in tuple("”\"’'"))])
    return titles


def _evaluation_titles(lines: Sequence[str]) -> list[str]:
    """The titles on GRETA's covers from round 3 on: "EVALUATION REPORT", the country, the round, the theme."""
    begins = [n for n, line in enumerate(lines) if re.match(r"evaluation report\b", line, re.IGNORECASE)]
    return list(filter(None, (_evaluation_title(lines, begin) for begin in begins)))


def _evaluation_title(lines: Sequence[str], begin: int) -> str:
    head = " ".join(lines[begin : begin + 2])
    mentions = find_countries(head)
    if not mentions:
        return ""
    theme = lines[begin][mentions[0].end :].strip(" :-–")
    following = [line for line in lines[begin + 1 : begin + 8] if not find_countries(line)]
    of_round = next(
        (n for n, line in enumerate(following) if re.search(r"evaluation round", line, re.IGNORECASE)), None
    )
    if of_round is not None and not theme and of_round + 1 < len(following):
        theme = following[of_round + 1]
        for line in following[of_round + 2 :]:
            if not _GOES_ON.search(theme):
                break
            theme = f"{theme} {line}"
    title = f"Evaluation report {country_name(mentions[0].code)}"
    return f"{title}: {theme[:1].upper()}{theme[1:].lower() if theme.isupper() else theme[1:]}" if theme else title


# A line of a title that breaks off behind a small word.
_GOES_ON = re.compile(r"\b(?:of|in|for|and|to|the|by|on|against|with|victims)$", re.IGNORECASE)


def _title(titles: tuple[str, ...]) -> str:
    return ": ".join(re.sub(r"[\s|:]+$", "", title) for title in titles)


def _dates(text: str) -> list[date]:
    days = []
    for match in _DATE.finditer(text):
        if match["month"]:
            parts = int(match["year"]), _MONTHS.index(match["month"].casefold()) + 1, int(match["day"])
        else:
            parts = int(match["y"]), int(match["m"]), int(match["d"])
        try:
            days.append(date(*parts))
        except ValueError:
            continue  # "31.2.2018" is a slip of the source, not a date.
    return days


def _dates_after(words: str, text: str) -> list[str]:
    """The days behind some words, in order, as ISO dates."""
    # Only where a line opens with the words: a sentence may tell when another document was published.
    opening = rf"(?:^|\d{{4}}\s|\(\d{{4}}\)\s?\d{{1,3}}\s){words}\s*(?P<rest>.{{0,40}})"
    days = (_first_day(found["rest"]) for found in re.finditer(opening, text, re.IGNORECASE | re.MULTILINE))
    return [day for day in days if day]


def _first_day(text: str) -> str | None:
    days = _dates(text)
    return days[0].isoformat() if days else None


def _language(text: str) -> str | None:
    """Returns "en" when English function words are as frequent as in English prose (about 30 % of words), else None."""
    words = re.findall(r"[^\W\d_]+", text[:20000].casefold())
    if len(words) < 20:
        return None
    return "en" if sum(word in _ENGLISH for word in words) / len(words) > 0.15 else None
