"""How old the evidence of an answer is, and which newer reports are known but not loaded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.countries import country_name
from ingest.document import Identity
from qa.citing.citations import document_citation
from qa.evidence.holdings import edition
from qa.official.catalogue import Catalogue, day_name, report_name
from qa.official.known_reports import KnownReport
from qa.question.scope import Scope
from qa.quotes import Quote

_REPORTING = ("GRETA", "EC")  # Whose reports on a country come one after another.


@dataclass(frozen=True, slots=True)
class Age:
    """How old what is shown of a source on a country is.

    Attributes:
        country: ISO code.
        source: Speaker code.
        used: The newest document that is quoted.
        own: True when that document is the source's own report, False when it reports what the source says.
        newer: Known reports of the source on the country that are newer and not loaded, newest first; than its own
            report, where one is loaded.
        complete_up_to: ISO date up to which all reports of the source on the country are known, None for none.
        loaded: The newest own report that is loaded, where what is shown is only reported; None for none.
    """

    country: str
    source: str
    used: Identity
    own: bool
    newer: tuple[KnownReport, ...]
    complete_up_to: str | None
    loaded: Identity | None = None

    def as_dict(self) -> dict[str, Any]:
        """The age as JSON."""
        return {
            "country": self.country,
            "source": self.source,
            "used": document_citation(self.used),
            "own": self.own,
            "newer": [
                {"official_number": report.official_number, "name": report_name(report), "date": report.when or None}
                for report in self.newer
            ],
            "complete_up_to": self.complete_up_to,
            "own_loaded": document_citation(self.loaded) if self.loaded else None,
        }

    def sentence(self) -> str:
        """As in "GRETA on Serbia: GRETA(2017)37 (29 January 2018); newer and not loaded: …"."""
        day = self.used.published or self.used.adopted or (str(self.used.year) if self.used.year else "")
        reporter = f"{self.used.publisher or 'an unknown publisher'}, {self.used.year or 'no year'}"
        used = document_citation(self.used) if self.own else f"as reported by {reporter}"
        dated = f" ({day_name(day)})" if day and self.own else ""
        beside = f"; its own report {document_citation(self.loaded)} is loaded too" if self.loaded else ""
        head = f"{self.source} on {country_name(self.country)}: {used}{dated}{beside}"
        if self.newer:
            named = ", ".join(known_report_phrase(report) for report in self.newer[:2])
            return f"{head}; newer and not loaded: {named}."
        known = f"; no newer one up to {day_name(self.complete_up_to)}" if self.complete_up_to else ""
        return f"{head}{known}."


def known_report_phrase(report: KnownReport) -> str:
    """A known report in a sentence: "GRETA's third-round report on Serbia (16 June 2023)"."""
    when = f" ({day_name(report.when)})" if report.when else ""
    return f"{report_name(report)}{when}"


def ages(
    quotes: Sequence[Quote], lacking: Catalogue, *, sources: Collection[str] = (), loaded: Sequence[Identity] = ()
) -> tuple[Age, ...]:
    """The age of what is shown per country and source, in the order of the quotes; only of GRETA and the EC.

    Args:
        quotes: What is shown.
        lacking: The reports that are known and not loaded.
        sources: Those that were asked for, whose age alone matters; empty for all.
        loaded: The documents that answer, and might have been quoted.
    """
    newest: dict[tuple[str, str], Quote] = {}
    for quote in quotes:
        about = set(quote.document.identity.countries)
        for country in quote.countries:
            for source in quote.speakers:
                if source not in _REPORTING or country not in about or (sources and source not in sources):
                    continue
                other = newest.get((country, source))
                if other is None or _rank(quote, source) > _rank(other, source):
                    newest[country, source] = quote
    return tuple(_age(country, source, quote, lacking, loaded) for (country, source), quote in newest.items())


def _rank(quote: Quote, source: str) -> tuple[bool, tuple[int, int, str]]:
    identity = quote.document.identity
    return identity.publisher == source, edition(identity)


def newest_own(source: str, country: str, loaded: Sequence[Identity]) -> Identity | None:
    """The newest of some documents that is a source's own report on a country; None where there is none."""
    own = [one for one in loaded if one.publisher == source and country in one.countries]
    return max(own, key=edition, default=None)


def _age(country: str, source: str, quote: Quote, lacking: Catalogue, loaded: Sequence[Identity]) -> Age:
    used = quote.document.identity
    own = used.publisher == source
    beside = None if own else newest_own(source, country, loaded)
    if own or beside:
        newer = lacking.newer_than(beside or used)
    else:
        known = lacking.nearest(Scope(countries=(country,), sources=(source,)))
        since = used.published or used.adopted or str(used.year or "")
        newer = tuple(report for report in known if report.when[: len(since)] > since[: len(report.when)])
    complete = lacking.complete_up_to(source, country)
    return Age(country, source, used, own, newer, complete.up_to if complete else None, beside)
