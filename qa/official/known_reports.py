"""Official reports that are known to exist, as rows of CSV files: what a row can have, and what is wrong with one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from ingest.document import DocumentKind, Identity
from ingest.errors import UsageError
from ingest.references import find_references, number_key
from ingest.sidecar import given_by_user

ReportKind = Literal[DocumentKind, "recommendation", "enlargement communication"]
ReportStatus = Literal["verified", "number unknown", "own"]

COLUMNS = (
    "source",
    "countries",
    "kind",
    "year",
    "round",
    "official_number",
    "title",
    "adopted",
    "published",
    "url",
    "status",
    "remark",
)
"""The columns of a catalogue file; only `source` must be there, and an empty cell says that nothing is known."""

_KIND_OF_SOURCE: dict[str, ReportKind] = {"GRETA": "evaluation report", "EC": "country report"}
_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")
_N_TOLD = 5  # Faulty rows that one message lists; more are the same mistake repeated (chosen).


@dataclass(frozen=True, slots=True)
class KnownReport:
    """A report that is known to exist, whether or not it is loaded. What is not known is None or empty.

    Attributes:
        source: Code of its publisher ("GRETA", "EC", "Committee of the Parties", …).
        countries: ISO codes of the countries that it is about; empty for reports on all.
        kind: What it is.
        year: The year it is filed under: of the official number, else of publication or adoption.
        round: GRETA's evaluation round.
        official_number: Normalised, such as "GRETA(2017)37".
        title: As printed.
        adopted, published: ISO date, or a month or a year where no more is known.
        url: Where it can be had, https.
        status: "verified": all that is told was seen in public; "number unknown": the same, but it has a number that
            was not seen; "own": the row is a user's.
        remark: How it was seen.
    """

    source: str
    countries: tuple[str, ...] = ()
    kind: ReportKind = "other"
    year: int | None = None
    round: int | None = None
    official_number: str | None = None
    title: str = ""
    adopted: str | None = None
    published: str | None = None
    url: str | None = None
    status: ReportStatus = "own"
    remark: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What is the same in all spellings of its official number; () without one."""
        return _official_key(self.official_number) if self.official_number else ()

    @property
    def when(self) -> str:
        """Its date as far as it is known: of publication, else of adoption, else its year; "" for none."""
        return self.published or self.adopted or (str(self.year) if self.year else "")

    @property
    def years(self) -> frozenset[int]:
        """Years that people may file it under: of its number, of adoption and of publication.

        The year in GRETA's numbers is that of adoption; GRETA(2017)37 was published in January 2018.
        """
        dates = (self.adopted, self.published)
        return frozenset({int(date[:4]) for date in dates if date} | ({self.year} if self.year else set()))

    @property
    def is_monitoring_report(self) -> bool:
        """True for GRETA's evaluation reports and the EC's reports on a country."""
        return self.kind in {"evaluation report", "country report"}

    def is_same(self, other: KnownReport) -> bool:
        """Whether two rows tell of one report: by the number, or where one has none by source, country and round.

        Without rounds, the years must agree. With equal rounds the years may be one apart, as adoption and
        publication are, but not more: another report bears that round then.
        """
        if self.key and other.key:
            return self.key == other.key
        if (self.source, self.kind) != (other.source, other.kind) or not _share(self.countries, other.countries):
            return False
        if self.round and other.round:
            return self.round == other.round and _gap(self.years, other.years) <= 1
        return bool(self.years & other.years)


@lru_cache(maxsize=4096)
def _official_key(number: str) -> tuple[str, ...]:
    references = find_references(re.sub(r"^\s*[a-z]+", lambda series: series[0].upper(), number))
    # `number_key` knows the series of the reports only: directives of one year would be one.
    return number_key(references[0].number) if references else tuple(re.findall(r"\w+", number.casefold()))


def as_known(identity: Identity) -> KnownReport:
    """A loaded document as a row of the catalogue would have it, to be compared with its rows."""
    source = identity.publisher or ""
    return KnownReport(
        source=source,
        countries=identity.countries,
        kind=identity.kind or _default_kind(source, identity.countries),
        year=identity.year,
        round=identity.round,
        official_number=identity.official_number,
        title=identity.title,
        adopted=identity.adopted,
        published=identity.published,
    )


def merged(base: Iterable[KnownReport], own: Iterable[KnownReport]) -> tuple[KnownReport, ...]:
    """The rows of two files: own ones are added, or override what they have of the same report; empty cells do not."""
    rows = list(base)
    for row in own:
        place = next((n for n, known in enumerate(rows) if known.is_same(row)), None)
        if place is None:
            rows.append(row)
        else:
            rows[place] = _overridden(rows[place], row)
    return tuple(rows)


def read_reports(file: Path) -> tuple[KnownReport, ...]:
    """The rows of a catalogue file, in order.

    Raises:
        UsageError: The file cannot be read, or rows are faulty: the message names the lines and what to write.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")  # Excel's "CSV UTF-8" puts a mark in front.
    except OSError as error:
        raise UsageError(f"{file} cannot be opened: {error.strerror or error}. Check the path.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f'{file} is not in UTF-8. Save it again as "CSV UTF-8".') from error
    faults: list[str] = []
    reports: dict[int, KnownReport] = {}
    for line, cells in _rows(text, file):
        try:
            report = _report(cells)
            same = next((other for other, known in reports.items() if known.key and known.key == report.key), None)
            if same is not None:
                raise UsageError(f"{report.official_number} stands in line {same} too. Keep one of the two.")
        except UsageError as error:
            faults.append(f"line {line}: {error}")
        else:
            reports[line] = report
    if faults:
        more = f"\n  and {len(faults) - _N_TOLD} more" if len(faults) > _N_TOLD else ""
        raise UsageError(f"{file} cannot be used:\n  " + "\n  ".join(faults[:_N_TOLD]) + more)
    return tuple(reports.values())


def _rows(text: str, file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The line on which each row begins, and its cells that are not empty."""
    head = text.partition("\n")[0]
    # Excel writes semicolons where the comma is the decimal mark.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",")
    try:
        columns = [name.strip() for name in next(reader, [])]
        if "source" not in columns or set(columns) - set(COLUMNS):
            raise UsageError(f"{file}, line 1: the first line must name columns out of: {', '.join(COLUMNS)}.")
        line = reader.line_num + 1
        for row in reader:
            values = [value.strip() for value in row]
            if len(values) > len(columns) and any(values[len(columns) :]):
                raise UsageError(
                    f"{file}, line {line}: has more cells than there are columns. "
                    "Put a text with a comma in it in quotation marks."
                )
            if any(values):
                yield line, {name: value for name, value in zip(columns, values, strict=False) if value}
            line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{file}, line {reader.line_num}: is no CSV ({error}). Save it again as CSV.") from error


def _report(cells: Mapping[str, str]) -> KnownReport:
    """Raises `UsageError` for a cell that cannot be, naming its column and what it can have."""
    if "source" not in cells:
        raise UsageError("source is empty. Write who published the report, such as GRETA or EC.")
    said: dict[str, object] = {name: cells.get(name) for name in ("official_number", "title", "adopted", "published")}
    said["publisher"] = cells["source"]
    said["countries"] = [name.strip() for name in re.split(r"[;,|]", cells.get("countries", "")) if name.strip()]
    said |= {name: _whole_number(name, cells[name]) for name in ("year", "round") if name in cells}
    value = {given.field: given.value for given in given_by_user(said)}
    source = str(value.pop("publisher"))
    countries = value.get("countries", ())
    default = _default_kind(source, countries if isinstance(countries, tuple) else ())
    kind = _one_of("kind", cells.get("kind", default), get_args(ReportKind))
    status = _one_of("status", cells.get("status", "own"), get_args(ReportStatus))
    report = KnownReport(
        source,
        kind=kind,  # type: ignore[arg-type]  # Checked above.
        status=status,  # type: ignore[arg-type]  # Checked above.
        url=_address(cells["url"]) if "url" in cells else None,
        remark=cells.get("remark", ""),
        **value,  # type: ignore[arg-type]  # Each field has what `given_by_user` makes of it.
    )
    return _filed(report)


def _filed(report: KnownReport) -> KnownReport:
    """A report with the year that it is filed under; what its cells say of one another must agree.

    Raises:
        UsageError: It does not, or too little is said to tell which report is meant.
    """
    number = report.official_number or ""
    if report.status == "number unknown" and number:
        raise UsageError(f"official_number = {number}, but the status is “number unknown”. Correct one of the two.")
    in_number = [int(year) for year in _YEAR.findall(number)[:1]]
    known = {*in_number, *(int(date[:4]) for date in (report.adopted, report.published) if date)}
    if report.year and known and report.year not in known:
        raise UsageError(f"year = {report.year} is neither the year of the number nor of a date in the row.")
    if not (number or report.countries or report.title):
        raise UsageError("nothing tells which report this is. Give an official_number, countries or a title.")
    if not (number or report.round or report.when):
        raise UsageError("nothing tells which report this is. Give an official_number, a round, a year or a date.")
    year = [*in_number, *(int(date[:4]) for date in (report.published, report.adopted) if date), None][0]
    return report if report.year else replace(report, year=year)


def _default_kind(source: str, countries: tuple[str, ...]) -> ReportKind:
    return _KIND_OF_SOURCE.get(source, "other") if countries else "other"


def _whole_number(name: str, value: str) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise UsageError(f"{name} = {value}: must be a whole number.") from error


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise UsageError(f"{name} = {value}: must be one of: {', '.join(allowed)}.")
    return value


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        sound = parts.scheme == "https" and bool(parts.hostname) and not re.search(r"\s", value)
    except ValueError:
        sound = False
    if not sound:
        raise UsageError(f"url = {value}: must be an address that begins with https://")
    return value


def _share(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return bool(set(left) & set(right)) or not (left or right)


def _gap(left: frozenset[int], right: frozenset[int]) -> int:
    """Years between the nearest of two sets of years; 0 where one is not known."""
    return min((abs(one - other) for one in left for other in right), default=0)


def _overridden(base: KnownReport, own: KnownReport) -> KnownReport:
    said = {column.name: getattr(own, column.name) for column in fields(own)}
    if own.kind == "other":
        del said["kind"]  # What a row without a kind, or without countries to tell it from, has.
    return replace(base, **{name: value for name, value in said.items() if value not in {None, "", ()}})
