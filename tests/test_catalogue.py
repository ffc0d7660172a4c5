"""The catalogue of official reports: its rows, a user's own rows, what is newer and what is lacking."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.document import Identity
from ingest.errors import UsageError
from qa.official.catalogue import Catalogue, day_name, fits, own_catalogue, report_name
from qa.official.known_reports import COLUMNS, KnownReport
from qa.question.scope import Scope

SERBIA_2 = Identity(publisher="GRETA", official_number="GRETA(2017)37", countries=("RS",), year=2017, round=2)
SERBIA_3 = Identity(publisher="GRETA", official_number="GRETA(2023)09", countries=("RS",), year=2023, round=3)
EC_SERBIA_2018 = Identity(publisher="EC", official_number="SWD(2018) 152 final", countries=("RS",), year=2018)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def own(folder: Path, *lines: str) -> Catalogue:
    """The catalogue with rows of a user's file; its header is the first line."""
    file = folder / "catalogue.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return Catalogue.load(file)


def names(reports: tuple[KnownReport, ...]) -> list[str]:
    return [report.official_number or report_name(report) for report in reports]


# --- the rows that come with Pincite ----------------------------------------------------------------------------------


def test_row_without_a_number_says_so_and_has_no_title_or_address(catalogue: Catalogue) -> None:
    unnumbered = [report for report in catalogue.known if not report.official_number]
    assert {report.status for report in unnumbered if report.source != "ICMPD"} == {"number unknown"}
    assert not [report for report in unnumbered if report.status == "number unknown" and (report.title or report.url)]
    assert {report.status for report in catalogue.known if report.official_number} == {"verified"}


def test_every_row_says_how_it_was_seen(catalogue: Catalogue) -> None:
    assert all(report.remark for report in catalogue.known)


def test_no_report_stands_in_two_rows(catalogue: Catalogue) -> None:
    for place, report in enumerate(catalogue.known):
        assert not [names((other,)) for other in catalogue.known[:place] if other.is_same(report)], report


def test_year_of_an_official_number_is_the_year_that_a_report_is_filed_under(catalogue: Catalogue) -> None:
    numbered = [report for report in catalogue.known if re.search(r"\(\d{4}\)", report.official_number or "")]
    assert len(numbered) > 60
    for report in numbered:
        assert str(report.year) in str(report.official_number)


def test_country_reports_of_one_year_were_published_on_one_day_with_their_communication(catalogue: Catalogue) -> None:
    days = {report.year: report.published for report in catalogue.reports(kind="enlargement communication")}
    reports = [report for report in catalogue.reports(kind="country report") if report.year in days]
    assert len(reports) > 25
    assert not [report for report in reports if report.published != days[report.year]]


def test_between_the_days_of_completeness_no_year_of_the_commission_is_missing(catalogue: Catalogue) -> None:
    packages = [report.published or "" for report in catalogue.reports(kind="enlargement communication")]
    claims = [(claim, country) for claim in catalogue.completeness for country in claim.countries]
    assert len(claims) == 12
    for claim, country in claims:
        reports = catalogue.reports(source=claim.source, country=country)
        if claim.source == "EC":
            within = {day for day in packages if claim.since <= day <= claim.up_to}
            assert within == {report.published for report in reports if claim.since <= report.when <= claim.up_to}
        else:
            rounds = {report.round for report in reports if report.when and report.when <= claim.up_to}
            assert rounds == ({1} if country == "XK" else {1, 2, 3})


def test_completeness_ends_no_later_than_the_newest_thing_seen(catalogue: Catalogue) -> None:
    for claim in catalogue.completeness:
        seen = [report.when for report in catalogue.known if report.source == claim.source]
        assert claim.up_to <= max(*seen, "2023-06-30")
    assert catalogue.complete_up_to("GRETA", "MT") is None
    assert catalogue.complete_up_to("OSCE", "RS") is None


def test_facts_are_those_of_the_source_file(catalogue: Catalogue, shared: Path) -> None:
    """The row that the facts were taken from has each number, day and country."""
    import csv

    with (shared / "facts" / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        facts = list(csv.DictReader(file))
    by_key = {
        KnownReport("", official_number=row["official_number"].replace(" (also final/2)", "")).key: row for row in facts
    }
    assert len(facts) == len(catalogue.known)
    for report in catalogue.known:
        if report.official_number:
            row = by_key[report.key]
            assert row["status"] == "verified"
            # A day that is told in the facts only as remembered must not be here.
            assert report.published in {row["published"] or None, row["year"] if report.key[-1] == "39" else None}
            assert row["country_iso"] == (report.countries[0] if report.countries else "")
            assert row["title"].startswith(report.title.split(" the Commission Opinion")[0])


# --- finding reports --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2017, 2018])
def test_greta_report_is_found_by_the_year_of_its_number_and_of_its_publication(
    catalogue: Catalogue, year: int
) -> None:
    assert names(catalogue.reports(source="GRETA", country="RS", year=year)) == ["GRETA(2017)37"]


@pytest.mark.parametrize("number", ["GRETA (2017)37", "GRETA(2017)037", "greta(2017)37"])
def test_report_is_found_by_its_number_however_it_is_spelt(catalogue: Catalogue, number: str) -> None:
    report = catalogue.by_number(number)
    assert report is not None
    assert (report.countries, report.round, report.published) == (("RS",), 2, "2018-01-29")


def test_numbers_of_one_year_and_series_are_not_confused(catalogue: Catalogue) -> None:
    assert catalogue.by_number("SWD(2018) 15") is None
    assert catalogue.by_number("Directive 2011/99/EU") is None
    assert catalogue.by_number("") is None


def test_reports_are_listed_oldest_first(catalogue: Catalogue) -> None:
    assert [report.round for report in catalogue.reports(source="GRETA", country="ME")] == [1, 2, 3, 4]


# --- what is loaded ---------------------------------------------------------------------------------------------------


def test_loaded_report_is_known_by_its_number_in_another_spelling_and_language(catalogue: Catalogue) -> None:
    french = Identity(publisher="GRETA", official_number="GRETA (2016)6", countries=("AL",), language="fr")
    report = catalogue.report_of(french)
    assert report is not None
    assert report.official_number == "GRETA(2016)6"


def test_loaded_report_is_known_by_source_country_and_round_where_the_catalogue_has_no_number(
    catalogue: Catalogue,
) -> None:
    report = catalogue.report_of(SERBIA_3)
    assert report is not None
    assert (report.published, report.official_number) == ("2023-06-16", None)


def test_report_without_a_readable_number_is_known_by_its_year(catalogue: Catalogue) -> None:
    report = catalogue.report_of(Identity(publisher="EC", countries=("AL",), year=2020))
    assert report is not None
    assert report.official_number == "SWD(2020) 354 final"


@pytest.mark.parametrize(
    "identity",
    [
        Identity(publisher="GRETA", official_number="GRETA(2099)02", countries=("RS",), year=2099, round=3),
        Identity(publisher="GRETA", official_number="GRETA(2023)09", countries=("MT",), year=2023, round=3),
        Identity(publisher="EC", official_number="SWD(2019) 215 final", countries=("AL",), year=2019),
        Identity(publisher="Pincite", title="Serbia", countries=("RS",), year=2018),
        Identity(publisher="Government", kind="government reply", countries=("RS",), year=2023, round=3),
        Identity(),
    ],
    ids=["year far off", "other country", "number not known", "digest", "reply", "nothing known"],
)
def test_document_that_only_resembles_a_known_report_is_not_taken_for_it(
    catalogue: Catalogue, identity: Identity
) -> None:
    assert catalogue.report_of(identity) is None


# --- newer ones -------------------------------------------------------------------------------------------------------


def test_newer_report_is_told_with_its_day(catalogue: Catalogue) -> None:
    (newer,) = catalogue.newer_than(SERBIA_2)
    assert report_name(newer) == "GRETA's third-round report on Serbia"
    assert day_name(newer.when) == "16 June 2023"


def test_nothing_that_is_loaded_is_told_as_newer(catalogue: Catalogue) -> None:
    assert catalogue.newer_than(SERBIA_2, loaded=[SERBIA_2, SERBIA_3]) == ()
    assert catalogue.newer_than(SERBIA_3) == ()


def test_newer_reports_of_the_commission_come_newest_first(catalogue: Catalogue) -> None:
    newer = catalogue.newer_than(EC_SERBIA_2018)
    assert [report.year for report in newer] == [2022, 2021, 2020, 2019]


def test_report_of_a_later_round_without_a_day_is_newer(catalogue: Catalogue) -> None:
    third = Identity(publisher="GRETA", countries=("ME",), round=3, published="2021-06-02")
    assert [report.round for report in catalogue.newer_than(third)] == [4]


def test_later_round_of_an_earlier_date_is_not_newer(catalogue: Catalogue) -> None:
    specimen = Identity(publisher="GRETA", official_number="GRETA(2098)03", countries=("RS",), year=2098, round=1)
    assert catalogue.newer_than(specimen) == ()


def test_documents_of_other_kinds_have_no_newer_ones(catalogue: Catalogue) -> None:
    reply = Identity(publisher="Government", kind="government reply", countries=("AL",), year=2010)
    strategy = Identity(publisher="EC", kind="other", official_number="COM(2012) 286 final", year=2012)
    assert catalogue.newer_than(reply) == ()
    assert catalogue.newer_than(strategy) == ()


# --- what is lacking --------------------------------------------------------------------------------------------------


def test_report_of_the_round_asked_for_comes_first(catalogue: Catalogue) -> None:
    scope = Scope(countries=("RS",), sources=("GRETA",), rounds=(3,))
    nearest = catalogue.nearest(scope, [SERBIA_2])
    assert [report.round for report in nearest] == [3, 1]
    assert [fits(report, scope) for report in nearest] == [True, False]


def test_report_of_the_nearest_year_comes_first_and_does_not_fit(catalogue: Catalogue) -> None:
    scope = Scope(countries=("AL",), sources=("EC",), years=(2019,))
    nearest = catalogue.nearest(scope, [])
    assert [report.year for report in nearest[:2]] == [2020, 2018]
    assert not any(fits(report, scope) for report in nearest)


def test_newest_report_comes_first_where_no_year_is_asked_for(catalogue: Catalogue) -> None:
    nearest = catalogue.nearest(Scope(countries=("RS",)), [SERBIA_3, EC_SERBIA_2018])
    assert report_name(nearest[0]) == "the EC's 2022 report on Serbia"
    assert {report.source for report in nearest} == {"GRETA", "EC"}
    assert "SWD(2018) 152 final" not in names(nearest)


def test_question_without_country_and_source_has_no_nearest_report(catalogue: Catalogue) -> None:
    assert catalogue.nearest(Scope(years=(2023,)), []) == ()
    assert catalogue.nearest(Scope(countries=("FR",)), []) == ()
    assert catalogue.nearest(Scope(sources=("ICMPD",)), []) == ()


# --- where to get them ------------------------------------------------------------------------------------------------


def test_report_without_an_address_is_found_by_the_rule_of_its_publisher(catalogue: Catalogue) -> None:
    commission = catalogue.by_number("SWD(2018) 152")
    greta = catalogue.by_number("GRETA(2017)37")
    assert commission is not None
    assert greta is not None
    where = catalogue.where_to_get(commission)
    assert where is not None
    assert where.address == "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:52018SC0152"
    where = catalogue.where_to_get(greta)
    assert where is not None
    assert "anti-human-trafficking" in where.address
    assert catalogue.where_to_get(KnownReport("OSCE", title="A report")) is None


def test_addresses_are_on_hosts_that_may_be_asked(catalogue: Catalogue) -> None:
    addresses = [report.url for report in catalogue.known if report.url]
    assert len(addresses) > 20
    assert {re.sub(r"^https://([^/]+)/.*$", r"\1", address) for address in addresses} <= catalogue.hosts


# --- a user's own rows ------------------------------------------------------------------------------------------------


def test_own_row_adds_a_report(tmp_path: Path) -> None:
    catalogue = own(tmp_path, "source,countries,round,published", "GRETA,Malta,3,2021-11-10")
    (report,) = catalogue.reports(country="MT")
    assert (report.kind, report.year, report.status) == ("evaluation report", 2021, "own")
    assert len(catalogue.known) == len(Catalogue.load().known) + 1


def test_own_row_gives_a_known_report_its_number_and_keeps_the_rest(tmp_path: Path) -> None:
    catalogue = own(tmp_path, "source,countries,round,official_number", "GRETA,RS,3,GRETA(2023)09")
    (report,) = catalogue.reports(source="GRETA", country="RS", round=3)
    assert (report.official_number, report.published, report.status) == ("GRETA(2023)09", "2023-06-16", "own")


def test_own_row_overrides_by_number(tmp_path: Path) -> None:
    address = "https://rm.coe.int/a-report/1680"
    catalogue = own(tmp_path, "source,official_number,url", f"GRETA,GRETA (2017)37,{address}")
    report = catalogue.by_number("GRETA(2017)37")
    assert report is not None
    assert (report.url, report.published, report.kind) == (address, "2018-01-29", "evaluation report")
    assert len(catalogue.known) == len(Catalogue.load().known)


def test_own_file_as_excel_writes_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.csv"
    text = "source;countries;year;title\r\nEC;RS;2023;Serbia 2023 Report\r\n;;;\r\n"
    file.write_bytes(text.encode("utf-8-sig"))
    (report,) = Catalogue.load(file).reports(source="EC", country="RS", year=2023)
    assert report.title == "Serbia 2023 Report"


def test_several_countries_stand_in_one_cell(tmp_path: Path) -> None:
    catalogue = own(tmp_path, "source,countries,year,title", "OSCE,RS; Kosovo*,2020,A study")
    assert catalogue.reports(source="OSCE")[0].countries == ("RS", "XK")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (",RS,2020,,,,,", "source is empty"),
        ("GRETA,Atlantis,2020,,,,,", "'Atlantis' is no country"),
        ("GRETA,RS,MMXX,,,,,", "year = MMXX: must be a whole number"),
        ("GRETA,RS,,44,,,,", "round = 44: must be a whole number from 1 to"),
        ("GRETA,RS,,,,29.1.2018,,", 'published = "29.1.2018": must be a day such as 2018-01-29'),
        ("GRETA,RS,2016,,GRETA(2017)37,,,", "year = 2016 is neither"),
        ("GRETA,RS,,,,,,", "nothing tells which report"),
        ("GRETA,,2020,,,,,", "nothing tells which report"),
        ("GRETA,RS,2020,,,,http://coe.int/a,", "url = http://coe.int/a: must be an address that begins with https://"),
        ("GRETA,RS,2020,,,,https://[,", "url = https://[: must be"),
        ("GRETA,RS,2020,,,,,sure", "status = sure: must be one of: verified, number unknown, own"),
        ("GRETA,RS,,,GRETA(2017)37,,,number unknown", "but the status is “number unknown”"),
        ("GRETA,RS,2020,,,,,,,", None),
        ("GRETA,RS,2020,,,,,,too many", "more cells than there are columns"),
    ],
)
def test_faulty_row_is_told_with_its_line_and_what_to_write(tmp_path: Path, row: str, told: str | None) -> None:
    header = "source,countries,year,round,official_number,published,url,status"
    good = "GRETA,MT,,3,,,,"
    if told is None:
        assert own(tmp_path, header, good, row).reports(country="MT")
        return
    with pytest.raises(UsageError) as raised:
        own(tmp_path, header, good, row)
    assert told in str(raised.value)
    assert "line 3" in str(raised.value)
    assert "catalogue.csv" in str(raised.value)


def test_all_faulty_rows_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        own(tmp_path, "source,year,title", *["EC,x,A"] * 7)
    assert [line for line in range(2, 9) if f"line {line}:" in str(raised.value)] == [2, 3, 4, 5, 6]
    assert "and 2 more" in str(raised.value)


def test_line_is_that_of_the_file_also_behind_a_cell_of_several_lines(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="line 4: year = x"):
        own(tmp_path, "source,title,year", 'EC,"A title\nof two lines",2020', "EC,B,x")


def test_number_that_stands_in_two_rows_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"line 3: SWD.* stands in line 2 too"):
        own(tmp_path, "source,official_number", "EC,SWD(2023) 7 final", "EC,SWD (2023) 007")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the first line must name columns"),
        (b"source,land\nEC,RS\n", "the first line must name columns"),
        (b"title\nA\n", "the first line must name columns"),
        ("source,title\nEC,Ž\n".encode("cp1250"), "not in UTF-8"),
        (b'source,title\nEC,"A', None),
    ],
)
def test_file_that_is_no_catalogue_is_told(tmp_path: Path, content: bytes, told: str | None) -> None:
    file = tmp_path / "catalogue.csv"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=told or "nothing tells which report"):
        Catalogue.load(file)


def test_file_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be opened"):
        Catalogue.load(tmp_path / "none.csv")
    assert own_catalogue(tmp_path) is None


def test_header_of_the_packaged_file_has_all_columns(catalogue: Catalogue) -> None:
    from importlib.resources import files

    header = (files("corpus") / "catalogue.csv").read_text(encoding="utf-8").partition("\n")[0]
    assert tuple(header.split(",")) == COLUMNS
    assert catalogue.known


# --- names and days ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("iso", "name"), [("2023-06-16", "16 June 2023"), ("2014-01", "January 2014"), ("2018", "2018")]
)
def test_date_is_written_as_far_as_it_is_known(iso: str, name: str) -> None:
    assert day_name(iso) == name


@pytest.mark.parametrize(
    ("report", "name"),
    [
        (KnownReport("GRETA", ("XK",), "evaluation report", round=1), "GRETA's first-round report on Kosovo*"),
        (KnownReport("GRETA", ("HU",), "evaluation report", year=2018), "GRETA's report on Hungary"),
        (KnownReport("EC", ("AL",), "country report", 2020), "the EC's 2020 report on Albania"),
        (KnownReport("EC", kind="other", official_number="COM(2012) 286 final", title="A strategy"), "A strategy"),
        (KnownReport("EC", kind="other", official_number="COM(2012) 286 final"), "COM(2012) 286 final"),
        (
            KnownReport("Committee of the Parties", ("RS",), "recommendation", round=3),
            "the Committee of the Parties' third-round recommendation on Serbia",
        ),
    ],
)
def test_report_is_called_as_in_a_sentence(report: KnownReport, name: str) -> None:
    assert report_name(report) == name
