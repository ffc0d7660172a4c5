"""Citations in the forms that people use: plain short, Council of Europe, EU, OSCOLA.

Every style says whose words they are: reported words cite the document that reports them, and the government's comments
that are printed in a report of GRETA's are the government's.

Sources: Council of Europe, English style guide (2021), on author and date; EU, Interinstitutional Style Guide, Annex C
(documents) and section 5.5.4 (bibliographic references); OSCOLA, 4th edition, 2.6 and 3.4, on Commission documents and
reports of organisations.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from ingest.document import Identity
from qa.citing.citations import (
    Place,
    display_title,
    document_citation,
    government_of,
    page_range,
    pages_cited,
    short_citation,
)

Style = Literal["short", "coe", "eu", "oscola"]
STYLES: tuple[Style, ...] = get_args(Style)

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip  # Not the system's names of months: they follow its language.
_ROUNDS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}
_LONG_TITLE_WORDS = 8  # A longer title is cut at its colon in later citations.


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a citation, in italics or not."""

    text: str
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation as it is set: its pieces in order."""

    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The citation without italics."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Cited:
    """What a citation says of a quote.

    Attributes:
        identity: The document that the quote stands in.
        place: Where.
        speakers: Codes of who says it.
        reported_by: Code of who reports it, None for own words.
        countries: Countries that it is about, which tell whose government speaks.
        government_comments: True for comments of a government that are printed in a report of another body.
        recognised: True where the text was recognised from a scan.
        references: What the reporting document refers to for it, as that document gives it.
        copies: Other places in the document that repeat it.
    """

    identity: Identity
    place: Place
    speakers: tuple[str, ...]
    reported_by: str | None = None
    countries: tuple[str, ...] = ()
    government_comments: bool = False
    recognised: bool = False
    references: tuple[str, ...] = ()
    copies: tuple[Place, ...] = ()

    @property
    def pages(self) -> list[str]:
        """Its pages as they are cited: ["p. 38"]; empty without pages."""
        return pages_cited(self.place)

    @property
    def page_numbers(self) -> str:
        """Its page numbers alone, "37-38"; "" without pages."""
        labels = self.place.page_labels or self.place.file_pages
        return page_range(labels) if labels else ""

    def without_place(self) -> Cited:
        """The document alone, in nobody's voice."""
        return Cited(self.identity, Place(None, (), ()), self.speakers)


def cite(cited: Cited, style: Style, *, later: bool = False, whole_title: bool = False) -> Citation:
    """A quote's citation in a style.

    Args:
        cited: What to cite.
        style: One of `STYLES`.
        later: The form for a document that was cited in full before. It stands on its own, so that it stays right when
            notes are moved: no style says *ibid.* or points to another note.
        whole_title: In later citations, name documents without a number by their whole title: another one in the same
            text would be called the same otherwise.
    """
    if later:
        document = _later(cited, style, whole_title=whole_title)
    else:
        document = {"short": _short, "coe": _coe, "eu": _eu, "oscola": _oscola}[style](cited.identity)
    runs = [Run(_voice(cited, style)), *document, Run(_pinpoint(cited, style, document[-1].text))]
    runs.append(Run(_repeated(cited, style) + _recognised(cited) + _reference_of_reporter(cited, style)))
    return Citation(tuple(run for run in runs if run.text))


def plain_citation(cited: Cited) -> str:
    """The plain short form, for a quote that is shown with its speakers: "GRETA(2017)37, para. 161, p. 38".

    A government's comments say so even here, since the number is of GRETA's report.
    """
    return _comments(cited) + short_citation(cited.identity, cited.place) + _recognised(cited)


def citation_in(cited: Cited, style: Style) -> str:
    """The citation for a quote that is shown with its speakers: the plain short form, or another style's full form."""
    return plain_citation(cited) if style == "short" else cite(cited, style).text


def speaker_name(code: str, style: Style = "coe", countries: Sequence[str] = ()) -> str:
    """How a style names a speaker or publisher: "European Commission", in OSCOLA "Commission", in short "EC"."""
    if code == "Government":
        return government_of(countries)
    if style == "short":
        return code
    entry = _publishers().get(code, {})
    name = (entry.get("oscola") if style == "oscola" else None) or entry.get("name", code)
    return str(name)


def where(identity: Identity) -> str:
    """Publisher and place of a document, where all reports of its body appear there; "" otherwise."""
    return str(_publishers().get(identity.publisher or "", {}).get("imprint", ""))


# --- the document -----------------------------------------------------------------------------------------------------


def _short(identity: Identity) -> list[Run]:
    return [Run(document_citation(identity))]


def _coe(identity: Identity) -> list[Run]:
    """As in "GRETA (2017), *Report …*, second evaluation round, GRETA(2017)37, published on 29 January 2018"."""
    year = f" ({identity.year})" if identity.year else ""
    author = _author(identity, "coe")
    runs = [Run(f"{author}{year}, ")] if author else []
    runs.append(Run(_title(identity), italic=True))
    rest = [] if author or not year else [year]
    rest += [f", {part}" for part in (_round(identity), identity.official_number) if part]
    published, adopted = _day(identity.published), _day(identity.adopted)
    if published:
        rest.append(f", published on {published}")
    elif adopted:
        rest.append(f", adopted on {adopted}")
    return [*runs, Run("".join(rest))] if rest else runs


def _eu(identity: Identity) -> list[Run]:
    """As in "European Commission, *Serbia 2018 Report*, SWD(2018) 152 final of 17 April 2018"."""
    author = _author(identity, "eu")
    runs = [Run(f"{author}, ")] if author else []
    runs.append(Run(_title(identity), italic=True))
    rest = [_round(identity)] if _round(identity) else []
    imprint = where(identity)
    published = _day(identity.published)
    if identity.official_number:
        dated = f" of {published}" if published and not imprint else ""
        rest.append(f"{identity.official_number}{dated}")
    if imprint:
        rest.append(imprint)
        rest += [published or identity.published[:4]] if identity.published else []
    elif not identity.official_number and identity.year:
        rest.append(published or str(identity.year))
    return [*runs, Run("".join(f", {part}" for part in rest))] if rest else runs


def _oscola(identity: Identity) -> list[Run]:
    """As in "GRETA, *Report …* (GRETA(2017)37, 29 January 2018)".

    Documents of the Commission: "Commission, ‘Serbia 2018 Report’ (Staff Working Document) SWD (2018) 152 final".
    """
    author = _author(identity, "oscola")
    runs = [Run(f"{author}, ")] if author else []
    series = _series(identity)
    if series is not None:
        kind = _publishers()["series"].get(series)
        typed = f" ({kind})" if kind else ""
        return [*runs, Run(f"‘{_title(identity)}’{typed} {_spaced(identity)}")]
    day = _day(identity.published) or (str(identity.year) if identity.year else "")
    facts = ", ".join(part for part in (_round(identity), identity.official_number, day) if part)
    runs.append(Run(_title(identity), italic=True))
    return [*runs, Run(f" ({facts})")] if facts else runs


def _later(cited: Cited, style: Style, *, whole_title: bool) -> list[Run]:
    identity = cited.identity
    if identity.official_number:
        number = _spaced(identity) if style == "oscola" else identity.official_number
        owner = document_citation(identity).removesuffix(identity.official_number)
        return [Run(f"{owner}{number}")]
    title = _title(identity)
    if not whole_title and len(title.split()) > _LONG_TITLE_WORDS:
        title = title.partition(":")[0]
    author = _author(identity, style)
    year = f" ({identity.year})" if identity.year and style != "oscola" else ""
    named = Run(title, italic=style != "short")
    return [Run(f"{author}{year}, "), named] if author else [named, Run(year)] if year else [named]


def _author(identity: Identity, style: Style) -> str:
    if identity.publisher is None:
        return ""
    return speaker_name(identity.publisher, style, identity.countries)


def _title(identity: Identity) -> str:
    return display_title(identity.title) or "untitled document"


def _round(identity: Identity) -> str:
    """The round in words, "second evaluation round"; "" where the title says it."""
    name = _ROUNDS.get(identity.round or 0)
    return f"{name} evaluation round" if name and "evaluation round" not in identity.title.casefold() else ""


def _series(identity: Identity) -> str | None:
    """The EU's series of an official number, None for any other number."""
    series = (identity.official_number or "").partition("(")[0]
    return series if series in {"SWD", "COM", "SEC", "JOIN"} else None


def _spaced(identity: Identity) -> str:
    """An official number as OSCOLA prints the EU's: "SWD (2018) 152 final"."""
    number = identity.official_number or ""
    return number.replace("(", " (", 1) if _series(identity) else number


def _day(iso: str | None) -> str:
    """A date in words, "17 April 2018"; "" where the day is not known."""
    try:
        day = date.fromisoformat(iso or "")
    except ValueError:
        return ""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


# --- voice and place --------------------------------------------------------------------------------------------------


def _voice(cited: Cited, style: Style) -> str:
    """What stands before the document: "GRETA, as reported by ", or "Government of Serbia, comments in "."""
    if cited.reported_by is None:
        return _comments(cited)
    names = " and ".join(speaker_name(code, style, cited.countries) for code in cited.speakers)
    how = "as restated in a digest by" if cited.identity.publisher == "Pincite" else "as reported by"
    return f"{names}, {how} "


def _comments(cited: Cited) -> str:
    if not cited.government_comments:
        return ""
    return f"{government_of(cited.identity.countries or cited.countries)}, comments in "


def _pinpoint(cited: Cited, style: Style, before: str) -> str:
    place = cited.place
    if style == "oscola":
        return _oscola_pinpoint(place, before)
    parts = [f"{'para.' if style == 'short' else 'paragraph'} {place.paragraph}"] if place.paragraph else []
    parts += pages_cited(place)
    if not parts and place.section:
        parts.append(f"section “{display_title(place.section[-1])}”")
    if place.footnote:
        parts.append(f"{'fn.' if style == 'short' else 'footnote'} {place.footnote}")
    return "".join(f", {part}" for part in parts)


def _oscola_pinpoint(place: Place, before: str) -> str:
    """As in " para 161", " 34". Pages are bare numbers, so beside a paragraph a page would be read as another one."""
    if place.paragraph:
        parts = [f"para {place.paragraph}"]
    elif place.page_labels or place.file_pages:
        parts = [page_range(place.page_labels or place.file_pages, "–")]
        if place.file_pages:
            behind = f" (page {page_range(place.file_pages, '–')} of the file)" if place.page_labels else " of the file"
            parts = [parts[0] + behind]
    else:
        parts = [f"section ‘{display_title(place.section[-1])}’"] if place.section else []
    if place.footnote:
        parts.append(f"fn {place.footnote}")
    # A number that ends in a figure and a page number must not run together.
    gap = ", " if before[-1:].isdigit() else " "
    return gap + ", ".join(parts) if parts else ""


def _repeated(cited: Cited, style: Style) -> str:
    pages = [page for place in cited.copies for page in pages_cited(place)]
    if style == "short" or not pages:
        return ""
    return f" (repeated at {' and '.join(dict.fromkeys(pages))})"


def _recognised(cited: Cited) -> str:
    return ", text recognised from a scan" if cited.recognised else ""


def _reference_of_reporter(cited: Cited, style: Style) -> str:
    """The reporting document's own reference: another place than the one that is cited, and not looked up."""
    if cited.reported_by is None or not cited.references:
        return ""
    reporter = speaker_name(cited.reported_by, style, cited.identity.countries)
    return f" [reference given by {reporter}, not checked: {'; '.join(cited.references)}]"


@cache
def _publishers() -> dict[str, Any]:
    return tomllib.loads((files("qa") / "data" / "publishers.toml").read_text(encoding="utf-8"))
