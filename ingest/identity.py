"""What a document is: publisher, number, title, countries, round, dates. What cannot be determined stays unknown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from ingest.blocks import Reading
from ingest.countries import country_codes, country_name, find_countries, is_country_heading
from ingest.document import Identity
from ingest.references import Reference, find_references
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
_ROUNDS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_PREPARED_BY = re.compile(r"\b(?:prepared|written|issued|published|produced)\sby\s(?P<who>[^.]{3,120})")
_ENGLISH = {"the", "of", "and", "to", "in", "a", "is", "for", "on", "that", "by", "with", "be", "as"}
_FRONT_CHARACTERS = 6000  # Covers, addresses and contents pages of a report fill two to four pages.


def identify(structure: Structure, reading: Reading, *, today: date) -> Identity:
    """Returns what can be said of a document, and for each field where it was read."""
    found: dict[str, object] = {}
    by: dict[str, str] = {}

    def note(field: str, value: object, where: str) -> None:
        if value not in (None, "", ()) and field not in found:
            found[field] = value
            by[field] = where

    _from_metadata(reading.metadata, note)
    front = _front(structure)
    reference, where = _own_number(reading.furniture, front)
    if reference is not None:
        note("official_number", reference.number, where)
        note("publisher", reference.publisher, f"official number in the {where}")
        note("year", int(re.findall(r"\d{4}", reference.number)[0]), "official number")
    prepared = _PREPARED_BY.search(front)
    if prepared and (codes := speakers_in(prepared["who"])):
        note("publisher", codes[0], "front matter")
    cover = structure.titles or tuple(front.split("\n\n"))
    note("title", _standard_title((*structure.titles, *front.split("\n\n")), found.get("publisher")), "title")
    note("title", _title(structure.titles), "title")
    if found.get("publisher") in {"GRETA", "EC"} and "countries" not in found:
        note("countries", country_codes(" ".join(cover))[:1], "cover")
    note("title", reading.metadata.get("title", ""), "file properties")
    note("countries", country_codes(str(found.get("title", ""))), "title")
    own_sections = (is_country_heading(unit.section[-1]) for unit in structure.units if unit.section)
    note("countries", tuple(dict.fromkeys(code for code in own_sections if code)), "section headings")
    evaluation = re.search(r"\b(first|second|third|fourth)\sevaluation\sround\b", front, re.IGNORECASE)
    if evaluation and found.get("publisher") == "GRETA":
        note("round", _ROUNDS[evaluation[1].casefold()], "front matter")
    note("adopted", _date_after(r"Adopted(?:\son)?", front), "front matter")
    if found.get("publisher") == "GRETA":
        # From round 3 on the cover has no date of adoption: the report describes matters as they stood on that day.
        stood = _STOOD_ON.search(structure.text[:_PREAMBLE_CHARACTERS])
        note("adopted", _first_day(stood["rest"]) if stood else None, "preamble")
    note("published", _date_after(r"(?:Published|Publication)(?:\son)?:?", front), "front matter")
    note("published", _date_after(r"(?:Brussels|Strasbourg|Luxembourg),", front), "front matter")
    if published := found.get("published"):
        note("year", int(str(published)[:4]), "publication date")
    latest = max((day for day in _dates(structure.text) if day <= today), default=None)
    note("year", latest.year if latest else None, "latest date in the text")
    note("language", _language(structure.text), "text")
    note("language", reading.metadata.get("language", "")[:2], "file properties")
    return Identity(**found, identified_by=by)  # type: ignore[arg-type]  # Fields are filled by name above.


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
    numbers = {reference.number for reference in fronts}
    return (fronts[0], "front matter") if len(numbers) == 1 else (None, "")


_STOOD_ON = re.compile(r"\b(?:as (?:it|they) stood|situation up to|situation as of)\s(?:on\s|at\s)?(?P<rest>.{0,30})")
_PREAMBLE_CHARACTERS = 20000
_PLACE_AND_DATE = re.compile(r"\b(?:Brussels|Strasbourg|Luxembourg),\s\d")
_GRETA_TITLE = re.compile(
    r"Report (?:concerning the implementation|on the compliance)\b.{20,200}?\b(?:by|of) (?=\S)", re.IGNORECASE
)
_EC_TITLE = re.compile(r"^(?P<country>[^\d:]{3,60}?)\s(?P<year>\d{4})\s(?:Progress\s)?Report$", re.IGNORECASE)


def _standard_title(titles: tuple[str, ...], publisher: object) -> str:
    """The title of a report in one of the standard forms of its publisher; "" for any other.

    Rounds 1 and 2 of GRETA's: "Report concerning the implementation of … by X"; from round 3 on the cover has
    "EVALUATION REPORT", the country, the round and the theme. The EC's country reports: "X 2018 Report".
    """
    lines = [re.sub(r"\s+", " ", title).strip(" |") for title in titles]
    if publisher == "EC":
        return next((line for line in lines if _EC_TITLE.match(line)), "")
    if publisher != "GRETA":
        return ""
    joined = " ".join(lines)
    implementation = _GRETA_TITLE.search(joined)
    if implementation:
        country = next(iter(find_countries(joined[implementation.end() : implementation.end() + 80])), None)
        if country is not None:
            return joined[implementation.start() : implementation.end() + country.end]
    return _evaluation_title(lines)


def _evaluation_title(lines: Sequence[str]) -> str:
    """The title on GRETA's covers from round 3 on: "EVALUATION REPORT", the country, the round, the theme."""
    begin = next((n for n, line in enumerate(lines) if re.match(r"evaluation report\b", line, re.IGNORECASE)), None)
    if begin is None:
        return ""
    head = " ".join(lines[begin : begin + 2])
    mentions = find_countries(head)
    if not mentions:
        return ""
    theme = lines[begin][mentions[0].end :].strip(" :-–")
    following = [line for line in lines[begin + 1 : begin + 6] if not find_countries(line)]
    of_round = next(
        (n for n, line in enumerate(following) if re.search(r"evaluation round", line, re.IGNORECASE)), None
    )
    if of_round is not None and not theme and of_round + 1 < len(following):
        theme = following[of_round + 1]
    title = f"Evaluation report {country_name(mentions[0].code)}"
    return f"{title}: {theme[:1].upper()}{theme[1:].lower() if theme.isupper() else theme[1:]}" if theme else title


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


def _date_after(words: str, text: str) -> str | None:
    # Only where a line opens with the words: a sentence may tell when another document was published.
    match = re.search(rf"(?:^|\d{{4}}\s){words}\s*(?P<rest>.{{0,40}})", text, re.IGNORECASE | re.MULTILINE)
    return _first_day(match["rest"]) if match else None


def _first_day(text: str) -> str | None:
    days = _dates(text)
    return days[0].isoformat() if days else None


def _language(text: str) -> str | None:
    """Returns "en" when English function words are as frequent as in English prose (about 30 % of words), else None."""
    words = re.findall(r"[^\W\d_]+", text[:20000].casefold())
    if len(words) < 20:
        return None
    return "en" if sum(word in _ENGLISH for word in words) / len(words) > 0.15 else None
