"""The catalogue of official reports: which exist, which of them are not loaded, and up to when that is known."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.countries import country_name
from ingest.document import Identity
from qa.official.known_reports import KnownReport, ReportKind, as_known, merged, read_reports

if TYPE_CHECKING:
    from qa.question.scope import Scope

OWN_FILE_NAME = "catalogue.csv"
"""The file in the library's folder with rows that a user adds or corrects."""

_ROUND_NAMES = ("first", "second", "third", "fourth", "fifth", "sixth")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Completeness:
    """From when up to when the catalogue holds every report of a source on some countries.

    Attributes:
        source: Code of the publisher.
        countries: ISO codes.
        since, up_to: ISO date, or a month or a year where no more is known. Nothing is the latest beyond `up_to`.
        why: What it rests on, or what ends it.
    """

    source: str
    countries: tuple[str, ...]
    since: str
    up_to: str
    why: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a person finds the reports of a source; `address` may hold {celex}, made from the number."""

    source: str
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Official reports that are known to exist. Load it with `Catalogue.load`.

    Telling what is loaded takes 0.03 ms for each loaded document. Who asks often for one state of a library makes
    `replace(catalogue, known=catalogue.lacking(loaded))` once and asks that.

    Attributes:
        known: All of them, those of a user's own file included.
        completeness: Up to when the reports of a source on a country are all known.
        hosts: Hosts that reports may be downloaded from.
        whereabouts: Where reports without an address are found.
    """

    known: tuple[KnownReport, ...]
    completeness: tuple[Completeness, ...] = ()
    hosts: frozenset[str] = frozenset()
    whereabouts: tuple[Whereabouts, ...] = ()

    @classmethod
    def load(cls, own: Path | None = None) -> Catalogue:
        """The catalogue that comes with Pincite, with the rows of a user's own file added or overriding.

        Raises:
            UsageError: The own file cannot be read, or rows in it are faulty; the message names the lines.
        """
        packaged = _packaged()
        if own is None:
            return packaged
        known = merged(packaged.known, read_reports(own))
        return cls(known, packaged.completeness, packaged.hosts, packaged.whereabouts)

    def reports(
        self,
        *,
        source: str | None = None,
        country: str | None = None,
        round: int | None = None,  # noqa: A002  # The field's own word, as in `Identity` and `Scope`.
        year: int | None = None,
        kind: ReportKind | None = None,
    ) -> tuple[KnownReport, ...]:
        """Reports that fit all of what is given, oldest first; a year fits adoption, publication and number."""
        fitting = (
            report
            for report in self.known
            if (source is None or report.source == source)
            and (country is None or country in report.countries)
            and (round is None or report.round == round)
            and (year is None or year in report.years)
            and (kind is None or report.kind == kind)
        )
        return tuple(sorted(fitting, key=_age))

    def by_number(self, number: str) -> KnownReport | None:
        """The report with an official number, however it is spelt; None when it is not known."""
        key = KnownReport("", official_number=number).key
        return next((report for report in self.known if key and report.key == key), None)

    def report_of(self, identity: Identity) -> KnownReport | None:
        """What the catalogue has of a loaded document: by its number, else by source, country and round or year."""
        return next(iter(self._reports_of([identity])), None)

    def lacking(self, loaded: Iterable[Identity]) -> tuple[KnownReport, ...]:
        """Reports that are known and not loaded, in the order of the catalogue.

        Args:
            loaded: The documents of the library.
        """
        held = {id(report) for report in self._reports_of(loaded)}
        return tuple(report for report in self.known if id(report) not in held)

    def lacking_reports(
        self, loaded: Iterable[Identity], *, countries: Sequence[str] = (), sources: Sequence[str] = ()
    ) -> tuple[KnownReport, ...]:
        """The evaluation and country reports among `lacking`, of some countries and sources or of all."""
        return tuple(
            report
            for report in self.lacking(loaded)
            if report.is_monitoring_report
            and (not sources or report.source in sources)
            and (not countries or set(countries) & set(report.countries))
        )

    def _reports_of(self, loaded: Iterable[Identity]) -> Iterator[KnownReport]:
        by_key = {report.key: report for report in self.known if report.key}
        by_source: dict[str, list[KnownReport]] = {}
        for report in self.known:
            by_source.setdefault(report.source, []).append(report)
        for document in map(as_known, loaded):
            rows = by_source.get(document.source, ())
            found = by_key.get(document.key) or next((row for row in rows if row.is_same(document)), None)
            if found is not None:
                yield found

    def newer_than(self, identity: Identity, *, loaded: Iterable[Identity] = ()) -> tuple[KnownReport, ...]:
        """Known reports of the same source, kind and country, of a later round or date, not loaded; newest first.

        Args:
            identity: A loaded document. Only evaluation, country and general reports have newer ones.
            loaded: All documents of the library.
        """
        this = as_known(identity)
        if this.kind not in {"evaluation report", "country report", "general report"}:
            return ()
        newer = [
            report
            for report in self.lacking([*loaded, identity])
            if (report.source, report.kind) == (this.source, this.kind)
            and (set(report.countries) & set(this.countries) or not (report.countries or this.countries))
            and _is_later(report, this)
        ]
        return tuple(sorted(newer, key=_age, reverse=True))

    def nearest(self, scope: Scope, loaded: Iterable[Identity] = ()) -> tuple[KnownReport, ...]:
        """Evaluation and country reports within the countries and sources of a scope that are not loaded, best first.

        Those of the rounds and years of the scope come first (see `fits`), then those of the nearest years, then
        the newest. A scope without countries and sources has none.
        """
        if not (scope.countries or scope.sources):
            return ()
        lacking = self.lacking_reports(loaded, countries=scope.countries, sources=scope.sources)
        newest_first = sorted(lacking, key=_age, reverse=True)
        return tuple(sorted(newest_first, key=lambda report: _distance(report, scope)))

    def complete_up_to(self, source: str, country: str) -> Completeness | None:
        """Up to when all reports of a source on a country are known; None when that is not known for any day."""
        return next((c for c in self.completeness if c.source == source and country in c.countries), None)

    def where_to_get(self, report: KnownReport) -> Whereabouts | None:
        """Where a person finds a report, its address filled in; None where nothing is known.

        The address is the catalogue's where it has one; else one made by rule, or a page from where to go on.
        """
        if report.url:
            return Whereabouts(report.source, "its address in the catalogue", report.url)
        where = next((one for one in self.whereabouts if one.source == report.source), None)
        if where is None or "{celex}" not in where.address:
            return where
        celex = _celex(report)
        return Whereabouts(where.source, where.text, where.address.format(celex=celex)) if celex else None


def own_catalogue(library_folder: Path) -> Path | None:
    """The user's own catalogue in the folder of a library, None where there is none."""
    file = library_folder / OWN_FILE_NAME
    return file if file.is_file() else None


def fits(report: KnownReport, scope: Scope) -> bool:
    """Whether a report is of the rounds and years of a scope: of the year of adoption, publication or its number."""
    return _distance(report, scope) == (False, 0)


def report_name(report: KnownReport) -> str:
    """How a sentence calls a report: "GRETA's third-round report on Serbia", "the EC's 2018 report on Kosovo*".

    For others than these, its title, and its number where it has no title.
    """
    countries = _and([country_name(code) for code in report.countries])
    if report.kind == "evaluation report" and countries:
        of_round = f"{_round_name(report.round)}-round " if report.round else ""
        return f"{report.source}'s {of_round}report on {countries}"
    if report.kind == "country report" and countries:
        of_year = f"{report.year} " if report.year else ""
        return f"the {report.source}'s {of_year}report on {countries}"
    if report.title:
        return report.title
    of_round = f"{_round_name(report.round)}-round " if report.round else ""
    whose = f"the {report.source}'" if report.source.endswith("s") else f"the {report.source}'s"
    return report.official_number or f"{whose} {of_round}{report.kind} on {countries or 'all countries'}"


def day_name(iso: str) -> str:
    """An ISO date as people write it: "16 June 2023", "January 2014", "2018"."""
    year, *month_and_day = iso.split("-")
    month = [_MONTHS[int(number) - 1] for number in month_and_day[:1]]
    day = [str(int(number)) for number in month_and_day[1:]]
    return " ".join([*day, *month, year])


@cache
def _packaged() -> Catalogue:
    data = tomllib.loads((files("corpus") / "catalogue.toml").read_text(encoding="utf-8"))
    with as_file(files("corpus") / "catalogue.csv") as file:
        known = read_reports(file)
    return Catalogue(
        known=known,
        completeness=tuple(Completeness(**{**c, "countries": tuple(c["countries"])}) for c in data["complete"]),
        hosts=frozenset(data["hosts"]),
        whereabouts=tuple(Whereabouts(**where) for where in data["where"]),
    )


def _age(report: KnownReport) -> tuple[bool, str, int]:
    """Sorts oldest first; what has no date is from after the last round that has one."""
    return not report.when, report.when, report.round or 0


def _is_later(report: KnownReport, than: KnownReport) -> bool:
    """Of a later round, where both have one, and not of an earlier date; without rounds, of a later date."""
    known = min(len(report.when), len(than.when))  # A month cannot be told from a day in it.
    earlier, later = report.when[:known] < than.when[:known], report.when[:known] > than.when[:known]
    if report.round and than.round:
        return report.round > than.round and not earlier
    return later


def _distance(report: KnownReport, scope: Scope) -> tuple[bool, int]:
    """How far a report is from the rounds and years of a scope; (False, 0) is within."""
    other_round = bool(scope.rounds) and report.round not in scope.rounds
    if not scope.years:
        return other_round, 0
    gaps = [abs(year - asked) for year in report.years for asked in scope.years]
    return other_round, min(gaps, default=100)  # A report without any year comes last.


def _celex(report: KnownReport) -> str | None:
    """The CELEX number of a document of the Commission: 52018SC0152 for SWD(2018) 152."""
    series, year, number = report.key if len(report.key) == 3 else ("", "", "")
    sector = {"SWD": "SC", "SEC": "SC", "COM": "DC"}.get(series)
    return f"5{year}{sector}{int(number):04d}" if sector else None


def _round_name(number: int) -> str:
    return _ROUND_NAMES[number - 1] if number <= len(_ROUND_NAMES) else f"{number}th"


def _and(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
