"""The documents of a briefing's quotes for reference managers: RIS, BibTeX, CSL-JSON, with pinpoints.

One entry a document; each quote is a note on it, with who says it and where, since these formats know documents only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ingest.document import Identity
from qa.citing.citations import display_title, document_citation
from qa.citing.styles import Style, speaker_name, where
from qa.exports.wording import attribution, kosovo_note, paragraphs, work_of
from qa.quotes import Quote

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "`": r"\`{}",
    **{character: f"\\{character}" for character in "#$%&_"},
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with the quotes taken from it.

    Attributes:
        key: Unique in the file, letters, digits and hyphens: "GRETA-2017-37".
        identity: The document.
        quotes: In order.
    """

    key: str
    identity: Identity
    quotes: tuple[Quote, ...]

    @property
    def author(self) -> str:
        """Who published it; "" where that is unknown."""
        publisher = self.identity.publisher
        return speaker_name(publisher, "coe", self.identity.countries) if publisher else ""

    @property
    def imprint(self) -> tuple[str, str]:
        """Publisher and place; the author and "" where a body publishes its own reports."""
        name, _, place = where(self.identity).partition(", ")
        return (name, place) if name else (self.author, "")

    @property
    def date(self) -> tuple[int, ...]:
        """Year, month and day of publication as far as they are known; else the year that it is filed under."""
        published = tuple(int(part) for part in (self.identity.published or "").split("-") if part.isdigit())
        return published or ((self.identity.year,) if self.identity.year else ())

    def notes(self, style: Style) -> list[str]:
        """For each quote its place, text and speaker; last, what Kosovo* means, where it is named."""
        notes = [_note(quote) for quote in self.quotes]
        if any("Kosovo*" in text for text in (self.identity.title, *notes)):
            notes.append(kosovo_note(style))
        return notes


def entries(quotes: Sequence[Quote]) -> list[Entry]:
    """The documents of some quotes in order of their first one."""
    works: dict[tuple[str, ...], list[Quote]] = {}
    for quote in quotes:
        works.setdefault(work_of(quote), []).append(quote)
    found: list[Entry] = []
    for same in works.values():
        identity = same[0].document.identity
        words = re.findall(r"[A-Za-z0-9]+", document_citation(identity))[:6]
        key = "-".join(words) or "document"
        n_same = sum(entry.key == key or entry.key.startswith(f"{key}-no") for entry in found)
        found.append(Entry(f"{key}-no{n_same + 1}" if n_same else key, identity, tuple(same)))
    return found


def ris(quotes: Sequence[Quote], *, style: Style) -> str:
    """RIS, one report an entry.

    Source: Zotero's RIS translator, which reads a report's number from SN.
    """
    lines: list[str] = []
    for entry in entries(quotes):
        publisher, place = entry.imprint
        fields = [("TY", "RPRT"), ("ID", entry.key), ("AU", entry.author), ("TI", _title(entry.identity))]
        fields += (
            [("PY", str(entry.date[0])), ("DA", "/".join(f"{part:02}" for part in entry.date))] if entry.date else []
        )
        fields += [("PB", publisher), ("CY", place), ("SN", entry.identity.official_number or "")]
        fields += [("LA", entry.identity.language), *(("N1", note) for note in entry.notes(style))]
        lines += [f"{tag}  - {_one_line(value)}" for tag, value in fields if value]
        lines += ["ER  - ", ""]
    return "\r\n".join(lines)


def bibtex(quotes: Sequence[Quote], *, style: Style) -> str:
    """BibTeX, one @techreport an entry; titles and names in double braces, so that no style changes their letters."""
    written = []
    for entry in entries(quotes):
        publisher, place = entry.imprint
        fields = {"author": _braced(entry.author), "title": _braced(_title(entry.identity))}
        fields |= {"institution": _braced(publisher), "address": _latex(place)}
        fields |= {"number": _latex(entry.identity.official_number or "")}
        fields |= {"year": str(entry.date[0])} if entry.date else {}
        fields |= {"month": str(entry.date[1])} if len(entry.date) > 1 else {}
        fields |= {"language": "english" if entry.identity.language == "en" else entry.identity.language}
        fields |= {"note": _latex("; ".join(entry.notes(style)))}
        body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        written.append(f"@techreport{{{entry.key},\n{body}\n}}\n")
    return "\n".join(written)


def csl_json(quotes: Sequence[Quote], *, style: Style) -> str:
    """CSL-JSON, one item a document; pinpoints under `custom`, which the schema leaves to programs, and in `note`."""
    items = []
    for entry in entries(quotes):
        publisher, place = entry.imprint
        item: dict[str, Any] = {"id": entry.key, "type": "report", "title": _title(entry.identity)}
        item |= {"author": [{"literal": entry.author}]} if entry.author else {}
        item |= {"issued": {"date-parts": [list(entry.date)]}} if entry.date else {}
        item |= {"number": entry.identity.official_number} if entry.identity.official_number else {}
        item |= {"publisher": publisher} if publisher else {}
        item |= {"publisher-place": place} if place else {}
        item |= {"language": entry.identity.language, "note": "\n".join(entry.notes(style))}
        item["custom"] = {"pinpoints": [_pinpoint(quote) for quote in entry.quotes]}
        items.append(item)
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _note(quote: Quote) -> str:
    """As in "para. 161, p. 38: “text” (GRETA, urges, 2017, para. 161)"; for reported words the reporter's reference."""
    cited = quote.cited
    place = [f"para. {cited.place.paragraph}"] if cited.place.paragraph else []
    place += cited.pages
    place += [f"fn. {cited.place.footnote}"] if cited.place.footnote else []
    text = f"{' '.join(paragraphs(quote))} {attribution(quote)}"
    if quote.reported_by and cited.references:
        text += f" [reference given by {quote.reported_by}, not checked: {'; '.join(cited.references)}]"
    return f"{', '.join(place)}: {text}" if place else text


def _pinpoint(quote: Quote) -> dict[str, Any]:
    """The terms of CSL's `label` and `locator` for a quote."""
    place = quote.place
    locator = {"label": "paragraph", "locator": place.paragraph}
    if not place.paragraph and not quote.cited.page_numbers:
        locator = {"label": "section", "locator": "".join(place.section[-1:])}
    elif not place.paragraph:
        locator = {"label": "page", "locator": quote.cited.page_numbers}
    return {**locator, "attribution": attribution(quote), "paraphrase": quote.paraphrase, "text": quote.text}


def _title(identity: Identity) -> str:
    return display_title(identity.title) or "untitled document"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _latex(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in _one_line(text))


def _braced(text: str) -> str:
    return f"{{{_latex(text)}}}" if text else ""
