"""The `pincite` command. Each command is a thin wrapper on one call of the packages below."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_args

import typer

from ingest.document import Grade, Part
from ingest.errors import PinciteError, UsageError

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

    from index.briefings import Briefings
    from index.embedder import Embedder
    from index.intake import FileOutcome
    from index.library import Library
    from index.progress import Progress
    from index.records import StoredDocument
    from index.reranker import Reranker
    from ingest.document import Identity
    from ingest.sidecar import Given
    from qa.answer import Answer, Answerer
    from qa.citing.styles import Style
    from qa.collecting.briefings import OpenBriefing
    from qa.exports import Heading, Note
    from qa.official.catalogue import Catalogue
    from qa.official.fetching import Fetched
    from qa.official.known_reports import KnownReport
    from qa.question.scope import Scope

app = typer.Typer(
    name="pincite",
    help="Answers questions about anti-trafficking monitoring reports with their own words and the exact place.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _year(text: str) -> int:
    """A year as an option gives it."""
    if not (text.isdecimal() and len(text) == 4):
        raise typer.BadParameter(f"{text!r} is no year. Give four digits, such as 2018.")
    return int(text)


StyleOption = Annotated[
    str,
    typer.Option(
        help="Form of citations: short, coe (Council of Europe), eu (Interinstitutional Style Guide), oscola."
    ),
]
Choice = TypeVar("Choice", bound=str)
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON value on standard output, nothing else.")]


class _Settings:
    """What the options before the command set."""

    library: Path | None = None
    model: str | None = None
    reranker: str | None = None
    catalogue: Path | None = None


_settings = _Settings()


def main() -> None:
    """Runs the command line: status 0 when the work was done, 1 when something failed, 2 for wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Windows' code pages lack letters that reports have; a lone surrogate must not end in a stack trace.
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except PinciteError as error:
        _say(str(error))
        sys.exit(1)


@app.callback()
def options(
    library: Annotated[
        Path | None,
        typer.Option(
            envvar="PINCITE_LIBRARY", help="Folder of the library. Default: the folder for user data of this system."
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(envvar="PINCITE_MODEL", help="Folder or name of an embedding model other than the default one."),
    ] = None,
    reranker: Annotated[
        str | None,
        typer.Option(envvar="PINCITE_RERANKER", help="Folder or name of a cross-encoder that reorders what is found."),
    ] = None,
    catalogue_file: Annotated[
        Path | None,
        typer.Option(
            "--catalogue",
            envvar="PINCITE_CATALOGUE",
            help="CSV file with reports of your own for the catalogue. Default: catalogue.csv in the library's folder.",
        ),
    ] = None,
) -> None:
    """Answers questions about anti-trafficking monitoring reports with the reports' own words and their exact place."""
    _settings.library = library
    _settings.model = model
    _settings.reranker = reranker
    _settings.catalogue = catalogue_file


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders: PDF, DOCX, HTML, Markdown or plain text.")],
    password: Annotated[str | None, typer.Option(help="Opens PDFs that are protected by this password.")] = None,
    ocr: Annotated[bool, typer.Option("--ocr", help="Read scans without text with Tesseract, if installed.")] = False,
    publisher: Annotated[str | None, typer.Option(help="Who speaks in it: GRETA, EC, a body's short name.")] = None,
    official_number: Annotated[str | None, typer.Option(help="Official number of the file.")] = None,
    title: Annotated[str | None, typer.Option(help="Title of the file.")] = None,
    country: Annotated[list[str] | None, typer.Option(help="What country it is about: ISO code or name.")] = None,
    year: Annotated[int | None, typer.Option(help="The year it is filed under.")] = None,
    evaluation_round: Annotated[int | None, typer.Option("--round", help="GRETA's evaluation round.")] = None,
    published: Annotated[str | None, typer.Option(help="Day of publication, such as 2018-01-29.")] = None,
    language: Annotated[str | None, typer.Option(help="Code of its language, such as en.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Reads reports into the library. What the options say of them counts before what is read.

    A file FILE.toml beside a FILE can say the same, for each file of a folder: publisher = "GRETA", countries = ["RS"].
    """
    from index.intake import files_in, take_in

    files = files_in(paths)
    if not files:
        _say("There are no files of a known form there: PDF, DOCX, HTML, Markdown or plain text.")
    said: dict[str, object] = {"publisher": publisher, "official_number": official_number, "title": title}
    said |= {"countries": country, "year": year, "round": evaluation_round, "published": published}
    given = _given({**said, "language": language}, n_files=len(files))
    with _progress_of_files() as progress:
        taking = take_in(
            _library(),
            cache(_embedder),
            files,
            password=password,
            ocr=ocr,
            given=given,
            on_progress=progress.show,
        )
        outcomes, stopped = _until_stopped(taking, progress)
    if stopped:
        _say(f"Stopped. {len(outcomes)} of {len(files)} files are done; the same command goes on with the others.")
    if as_json:
        _print_json(
            {
                "files": [
                    {
                        "path": str(outcome.path),
                        "status": outcome.status,
                        "reason": outcome.reason,
                        "document_id": outcome.document_id,
                        "gaps": list(outcome.gaps),
                    }
                    for outcome in outcomes
                ]
            }
        )
    else:
        for outcome in outcomes:
            told = [outcome.reason, *outcome.gaps]
            print("\n           ".join([f"{outcome.status:<10} {outcome.path}", *filter(None, told)]))
    if not files or stopped or any(outcome.status == "failed" for outcome in outcomes):
        raise typer.Exit(1)


@app.command()
def documents(as_json: JsonOption = False) -> None:
    """Lists what is loaded."""
    from qa.evidence.holdings import stepping_aside
    from qa.listing import document_dict

    library = _library()
    stored = library.documents()
    if as_json:
        _print_json([document_dict(document) for document in stored])
        return
    if not stored:
        _say("Nothing is loaded. `pincite ingest FILE` reads a report; `pincite ask` builds the starter library first.")
    asides = stepping_aside(stored, library.document)
    for document in stored:
        identity = document.identity
        facts = [identity.publisher or "publisher unknown", identity.official_number, ", ".join(identity.countries)]
        facts += [str(identity.year) if identity.year else "year unknown"]
        facts += [f"round {identity.round}"] if identity.round else []
        facts += [f"{document.n_pages} pages"] if document.n_pages else []
        print(f"{document.document_id}  {identity.title or Path(document.path).name}")
        print(f"              {' · '.join(fact for fact in facts if fact)} · {document.n_passages} passages")
        beside = f"; {asides[document.document_id]}" if document.document_id in asides else ""
        print(f"              {Path(document.path).name}{beside}")
        for gap in document.gaps:
            print(f"              {gap}")


@app.command()
def show(
    document: Annotated[str, typer.Argument(help="Document id, official number, or a unique part of the title.")],
    as_json: JsonOption = False,
) -> None:
    """Shows the text of a document, passage by passage."""
    from qa.listing import show_dict

    library = _library()
    stored = _one_document(library, document)
    whole = show_dict(stored, library.document(stored.document_id), library.places(stored.document_id))
    if as_json:
        _print_json(whole)
        return
    section: list[str] = []
    ibid = {note["start"]: note.get("ibid") for passage in whole["passages"] for note in passage["footnotes"]}
    for passage in whole["passages"]:
        if passage["section"] != section:
            section = passage["section"]
            print(f"\n## {' › '.join(section)}")
        place = [f"para. {passage['paragraph']}"] if passage["paragraph"] else []
        place += [f"p. {', '.join(passage['page_labels'])}"] if passage["page_labels"] else []
        meant = f"  [stands for: {ibid[passage['start']]}]" if ibid.get(passage["start"]) else ""
        print(f"\n{passage['text']}" + meant + (f"  [{', '.join(place)}]" if place else ""))


@app.command()
def picture(
    document: Annotated[str, typer.Argument(help="Document id, official number, or a unique part of the title.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write: .png, or .jpg for a smaller one.")],
    page: Annotated[int | None, typer.Option(min=1, help="Which page. Default: the first with marked text.")] = None,
    start: Annotated[int, typer.Option(min=0, help="Where the text to mark starts, as in answers.")] = 0,
    end: Annotated[int, typer.Option(min=0, help="Where it ends.")] = 0,
    width: Annotated[int, typer.Option(min=1, help="Of the picture, in pixels.")] = 1600,
    as_json: JsonOption = False,
) -> None:
    """Writes a page of a PDF as a picture, a quote marked at its place."""
    from qa.picture import page_picture, picture_dict, picture_form, picture_told

    library = _library()
    stored = _one_document(library, document)
    form = picture_form(output)
    whole = library.document(stored.document_id)
    drawn = page_picture(library, whole, page=page, start=start, end=end, width=width, form=form)
    try:
        output.write_bytes(drawn.content)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror or error}.") from error
    _say(f"Wrote {output}: {picture_told(drawn)}")
    if as_json:
        _print_json({"file": str(output), **picture_dict(drawn)})


@app.command()
def correct(
    document: Annotated[str, typer.Argument(help="Document id, official number, or a unique part of the title.")],
    publisher: Annotated[str | None, typer.Option(help="Who speaks in it: GRETA, EC, a body's short name.")] = None,
    official_number: Annotated[str | None, typer.Option(help="Its official number.")] = None,
    title: Annotated[str | None, typer.Option(help="Its title.")] = None,
    country: Annotated[list[str] | None, typer.Option(help="What country it is about: ISO code or name.")] = None,
    year: Annotated[int | None, typer.Option(help="The year it is filed under.")] = None,
    evaluation_round: Annotated[int | None, typer.Option("--round", help="GRETA's evaluation round.")] = None,
    adopted: Annotated[str | None, typer.Option(help="Day of adoption, such as 2018-01-29.")] = None,
    published: Annotated[str | None, typer.Option(help="Day of publication, such as 2018-01-29.")] = None,
    language: Annotated[str | None, typer.Option(help="Code of its language, such as en.")] = None,
    unknown: Annotated[list[str] | None, typer.Option(help="A field that was read wrongly, such as round.")] = None,
    as_read: Annotated[list[str] | None, typer.Option(help="A field that is again to be as it is read.")] = None,
    password: Annotated[str | None, typer.Option(help="Opens a PDF that is protected by this password.")] = None,
) -> None:
    """Corrects what a loaded document was taken for. It is read again; later readings keep what is said here."""
    from index.intake import read_again
    from ingest.sidecar import corrected, given_by_user
    from ingest.sidecar import unknown as given_unknown

    library = _library()
    stored = _one_document(library, document)
    said: dict[str, object] = {"publisher": publisher, "official_number": official_number, "title": title}
    said |= {"countries": country, "year": year, "round": evaluation_round, "adopted": adopted, "published": published}
    try:
        given = (*given_by_user({**said, "language": language}), *map(given_unknown, _fields(unknown)))
        everything = corrected(stored.identity, given, as_read=_fields(as_read))
    except UsageError as error:
        raise typer.BadParameter(str(error)) from error
    if not given and not as_read:
        raise typer.BadParameter("Say what is to be corrected, for example --round 3.")
    (outcome,) = read_again(library, _embedder(), documents=[stored], given=everything, password=password)
    if outcome.status == "failed":
        raise UsageError(f"{outcome.reason} The document stays as it was.")
    now = library.by_hash(stored.document_id) or stored
    changed = ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in _facts(now.identity, given, _fields(as_read))
    )
    _say(f"Corrected {now.identity.title or stored.path}: {changed}.")


def _fields(names: list[str] | None) -> tuple[str, ...]:
    """Fields of a document as the options call them: "country" is the field `countries`."""
    called = {"country": "countries", "number": "official_number"}
    bare = (name.strip().casefold().replace("-", "_") for name in names or ())
    return tuple(called.get(name, name) for name in bare)


def _facts(identity: Identity, given: Iterable[Given], as_read: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The fields that were corrected, as they are now."""
    for field in dict.fromkeys((*(one.field for one in given), *as_read)):
        value = getattr(identity, field)
        yield field, (", ".join(value) if isinstance(value, tuple) else str(value or "")) or "unknown"


@app.command()
def catalogue(
    country: Annotated[list[str] | None, typer.Option(help="Only this country: ISO code (RS, XK) or name.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only reports of this source: GRETA or EC.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Shows which official reports are loaded, and which are known to exist and are not."""
    from qa.official.coverage import coverage, coverage_dict, coverage_text, known_text, report_dict
    from qa.question.scope import source_code

    countries, sources = _countries(country), tuple(source_code(name) for name in source or ())
    library = _library()
    known = _catalogue(library)
    loaded = [stored.identity for stored in library.documents()]
    tables = coverage(known, loaded, countries=countries, sources=sources)
    lacking = known.lacking_reports(loaded, countries=countries, sources=sources)
    if as_json:
        tables_and_lacking = {"tables": list(map(coverage_dict, tables)), "not_loaded": list(map(report_dict, lacking))}
        _print_json(tables_and_lacking)
        return
    print(coverage_text(tables))
    if countries or sources:
        print("\n".join(["\nKnown to exist, not loaded:", *map(known_text, lacking)]) if lacking else "")


@app.command()
def fetch(
    numbers: Annotated[
        list[str] | None,
        typer.Argument(metavar="NUMBER", help="Official numbers; without one, what the catalogue has an address of."),
    ] = None,
    country: Annotated[list[str] | None, typer.Option(help="Only this country: ISO code (RS, XK) or name.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only reports of this source: GRETA or EC.")] = None,
    url: Annotated[str | None, typer.Option(help="Address of the one report, instead of the catalogue's.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Where the files go. Default: downloads, by the library.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before the network is used.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Downloads official reports of the catalogue into the library, after asking whether to use the network."""
    from qa.official.fetching import fetch as fetch_reports
    from qa.question.scope import source_code

    if url is not None and len(numbers or ()) != 1:
        raise typer.BadParameter("An address is of one report. Give its NUMBER too.", param_hint="--url")
    library = _library()
    known = _catalogue(library)
    loaded = [stored.identity for stored in library.documents()]
    if numbers:
        wanted = _numbered(known, numbers)
    else:
        sources = tuple(source_code(name) for name in source or ())
        wanted = known.lacking_reports(loaded, countries=_countries(country), sources=sources)
    addresses = [(report, url or report.url) for report in wanted]
    to_get = [(report, address) for report, address in addresses if address]
    elsewhere = [report for report, address in addresses if not address]
    into = folder or library.folder / "downloads"
    if to_get and not (yes or _agreed(to_get, into)):
        _say("Nothing was downloaded.")
        raise typer.Exit(1)
    fetched = []
    with (
        _progress() as bar,
        closing(fetch_reports(library, cache(_embedder), to_get, hosts=known.hosts, folder=into)) as fetching,
    ):
        task = bar.add_task("Fetching", total=len(to_get))
        for outcome in fetching:
            fetched.append(outcome)
            bar.advance(task)
    _print_fetched(known, fetched, elsewhere, as_json=as_json)
    if any(outcome.status == "failed" for outcome in fetched):
        raise typer.Exit(1)


@app.command()
def remove(
    document: Annotated[str, typer.Argument(help="Document id, official number, or a unique part of the title.")],
) -> None:
    """Removes a document from the library; its file stays."""
    library = _library()
    stored = _one_document(library, document)
    library.remove(stored.document_id)
    _say(f"Removed {stored.identity.title or stored.path}.")


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    country: Annotated[list[str] | None, typer.Option(help="Only this country: ISO code (RS, XK) or name.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only words of this source: GRETA, EC, ICMPD, …")] = None,
    document: Annotated[list[str] | None, typer.Option(help="Only this document.")] = None,
    year: Annotated[
        list[int] | None, typer.Option(help="Only documents of this year.", parser=_year, metavar="YEAR")
    ] = None,
    evaluation_round: Annotated[list[int] | None, typer.Option("--round", help="Only this GRETA round.")] = None,
    since: Annotated[
        int | None, typer.Option(help="Only documents of this year or later.", parser=_year, metavar="YEAR")
    ] = None,
    until: Annotated[
        int | None, typer.Option(help="Only documents of this year or earlier.", parser=_year, metavar="YEAR")
    ] = None,
    grade: Annotated[list[str] | None, typer.Option(help="Only with this verb: urges, considers, invites.")] = None,
    article: Annotated[list[int] | None, typer.Option(help="On this article of the Convention.")] = None,
    part: Annotated[
        list[str] | None, typer.Option(help="Only this part: body, summary, government comments, …")
    ] = None,
    anywhere: Annotated[bool, typer.Option("--anywhere", help="Also what is not on trafficking.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many quotes.")] = None,
    style: StyleOption = "short",
    batch: Annotated[Path | None, typer.Option(help="File with one question a line; '-' reads standard input.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Answers a question with cited quotes, per country and source."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("Give one question, or --batch FILE.")
    form = _style(style)
    answerer = _answerer()
    scope = replace(
        _scope(answerer, country, source, document, year, evaluation_round),
        since=since,
        until=until,
        grades=_choices("--grade", grade, Grade),
        articles=tuple(article or ()),
        parts=_choices("--part", part, Part),
        anywhere=anywhere,
    )
    if batch is not None:
        for line in _lines(batch):
            answer = answerer.ask(line, scope, limit=limit)
            print(json.dumps(answer.as_dict(), ensure_ascii=False), flush=True)
        return
    answer = answerer.ask(question or "", scope, limit=limit)
    if as_json:
        _print_json(answer.as_dict())
    else:
        _print_answer(answer, form)


@app.command()
def matrix(
    topic: Annotated[
        str, typer.Argument(help="A topic, a Convention article (“Article 15”), any question; all if none.")
    ] = "",
    country: Annotated[list[str] | None, typer.Option(help="Only this country: ISO code (RS, XK) or name.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source: GRETA, EC, ICMPD, …")] = None,
    document: Annotated[list[str] | None, typer.Option(help="Only this document.")] = None,
    year: Annotated[
        list[int] | None, typer.Option(help="Only documents of this year.", parser=_year, metavar="YEAR")
    ] = None,
    evaluation_round: Annotated[list[int] | None, typer.Option("--round", help="Only this GRETA round.")] = None,
    since: Annotated[
        int | None, typer.Option(help="Only documents of this year or later.", parser=_year, metavar="YEAR")
    ] = None,
    until: Annotated[
        int | None, typer.Option(help="Only documents of this year or earlier.", parser=_year, metavar="YEAR")
    ] = None,
    grade: Annotated[list[str] | None, typer.Option(help="Only with this verb: urges, considers, invites.")] = None,
    recommendations: Annotated[
        bool, typer.Option("--recommendations", help="No findings, only what is asked.")
    ] = False,
    anywhere: Annotated[bool, typer.Option("--anywhere", help="Also what is not on trafficking.")] = False,
    by: Annotated[
        Literal["round", "year"] | None, typer.Option(help="A column for each round, or year, of a source.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="At most so many quotes a cell on the screen.")] = 3,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, one row a quote; it takes no file name.")] = False,
    xlsx: Annotated[Path | None, typer.Option(help="Write a workbook to this file: --xlsx matrix.xlsx")] = None,
    svg: Annotated[Path | None, typer.Option(help="Write a picture for a slide to this file: --svg matrix.svg")] = None,
    png: Annotated[Path | None, typer.Option(help="Write a picture for a slide to this file: --png matrix.png")] = None,
    as_json: JsonOption = False,
) -> None:
    """Lays out what each source says of each country: found, says nothing, or not loaded."""
    from qa.matrices.matrix import make_matrix
    from qa.matrices.matrix_picture import write_picture
    from qa.matrices.matrix_text import matrix_text, write_csv
    from qa.matrices.matrix_workbook import write_workbook

    if as_json and as_csv:
        raise typer.BadParameter("Give --json or --csv, not both.")
    grades = _choices("--grade", grade, Grade)
    answerer = _answerer()
    scope = replace(
        _scope(answerer, country, source, document, year, evaluation_round),
        grades=grades,
        since=since,
        until=until,
        anywhere=anywhere,
    )
    made = make_matrix(
        topic,
        answerer.holdings(),
        answerer.embedder,
        scope=scope,
        recommendations=recommendations,
        by=by,
        catalogue=_catalogue(answerer.library),
    )
    if xlsx:
        write_workbook(made, xlsx)
    if svg:
        write_picture(made, svg, form="svg")
    if png:
        write_picture(made, png, form="png")
    for written in filter(None, (xlsx, svg, png)):
        _say(f"Written: {written}")
    if as_json:
        _print_json(made.as_dict(answerer.holdings()))
    elif as_csv:
        write_csv(made, sys.stdout)
    elif not (xlsx or svg or png):
        print(matrix_text(made, width=_width(), per_cell=limit))


@app.command()
def evaluate(
    questions: Annotated[
        Path, typer.Argument(help="File of questions with what should be shown, one JSON object a line.")
    ],
    truth: Annotated[
        Path | None,
        typer.Option(help="Folder that says what the reports print where. Default: `truth` beside the file."),
    ] = None,
    document: Annotated[list[str] | None, typer.Option(help="Ask of this document only.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only questions of this kind.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, help="Recall is measured within so many quotes.")] = 5,
    words: Annotated[
        int, typer.Option(min=1, help="And within so many words, twice as many for several answers.")
    ] = 200,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many quotes an answer.")] = None,
    against: Annotated[Path | None, typer.Option(help="An earlier run, kept with --json, to compare with.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="List every question that has a fault.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Asks questions with known answers, and measures what is shown, how it is attributed, and what is refused.

    To compare two settings, keep a run of one (`pincite evaluate Q.jsonl --json > before.json`), then run the other
    with `--against before.json`.
    """
    from qa.evaluating.evaluation import evaluate as run
    from qa.evaluating.evaluation_text import comparison_text, evaluation_text, failure_text
    from qa.evaluating.expectations import read_questions, read_truth
    from qa.evaluating.measures import compare, evaluation_of

    posed = [question for question in read_questions(questions) if not kind or question.kind in kind]
    if not posed:
        raise typer.BadParameter(f"{questions} has no question of kind {' or '.join(kind or ())}.", param_hint="--kind")
    earlier = evaluation_of(_json_of(against)) if against else None
    printed = read_truth(truth or questions.parent / "truth")
    answerer = _answerer()
    scope = _scope(answerer, None, None, document, None, None)
    with _progress() as bar:
        task = bar.add_task("Asking", total=len(posed))
        evaluation = run(
            posed,
            answerer,
            truth=printed,
            scope=scope,
            k=k,
            words=words,
            limit=limit,
            on_progress=lambda: bar.advance(task),
        )
    comparison = compare(evaluation, earlier) if earlier else None
    if as_json:
        _print_json(evaluation.as_dict() | ({"comparison": asdict(comparison)} if comparison else {}))
        return
    failed = [judgement for judgement in evaluation.judgements if judgement.failed]
    parts = [failure_text(judgement) for judgement in failed] if verbose else []
    parts += [evaluation_text(evaluation)] + ([comparison_text(comparison)] if comparison else [])
    print("\n\n".join(parts))


@app.command()
def compare(
    left: Annotated[
        str, typer.Argument(help="The older document: id, official number, or a unique part of the title.")
    ],
    right: Annotated[str, typer.Argument(help="The document to compare it with.")],
    topic: Annotated[str | None, typer.Option(help='Only this topic: a word for it, or "Article 15".')] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only this kind of change: stronger, dropped, figure, …")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Only words of this source, also where the other reports them.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show all statements, not only demands.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Compares the wording of two documents: editions of a report, sources on a country, countries under one source."""
    from index.search import Searcher
    from qa.comparing.change_kinds import kind_named
    from qa.comparing.compare import compare as compare_documents
    from qa.comparing.compare_text import comparison_text
    from qa.question.scope import source_code

    try:
        kinds = tuple(kind_named(name) for name in kind or ())
    except UsageError as error:
        raise typer.BadParameter(str(error), param_hint="--kind") from error
    library = _library()
    ids = [_one_document(library, name).document_id for name in (left, right)]
    speaker = source_code(source) if source else None
    comparison = compare_documents(Searcher(library, None), *ids, topic=topic, kinds=kinds, source=speaker)
    if as_json:
        _print_json(comparison.as_dict())
    else:
        whole = everything or bool(kinds) or topic is not None
        print(comparison_text(comparison, width=_width(), everything=whole))


@app.command()
def timeline(
    country: Annotated[str, typer.Argument(help="ISO code (RS, XK) or name.")],
    topic: Annotated[str, typer.Argument(help='A word for the topic, or "Article 15".')],
    as_json: JsonOption = False,
) -> None:
    """Shows what was asked of a country on one topic over all loaded rounds and years, and what changed each time."""
    from index.search import Searcher
    from ingest.countries import country_code
    from qa.comparing.compare_text import timeline_text
    from qa.comparing.timeline import timeline as time_line
    from qa.evidence.holdings import Holdings

    try:
        code = country_code(country)
    except UsageError as error:
        raise typer.BadParameter(str(error), param_hint="COUNTRY") from error
    line = time_line(Holdings(Searcher(_library(), None)), code, topic)
    if as_json:
        _print_json(line.as_dict())
    else:
        print(timeline_text(line, width=_width()))


@app.command()
def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    questions: Annotated[
        list[str] | None, typer.Argument(help="One or several questions; their quotes are exported.")
    ] = None,
    briefing_name: Annotated[
        str | None, typer.Option("--briefing", metavar="NAME", help="Export this briefing instead of an answer.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--format", help="docx, md, html, xlsx, ris, bibtex or csl. Default: by the file's name."),
    ] = None,
    style: StyleOption = "coe",
    form: Annotated[
        str,
        typer.Option(help="quotes, or country-notes: per country what each source found, then areas of improvement."),
    ] = "quotes",
    template: Annotated[
        Path | None, typer.Option(help="Word file whose styles and margins the Word file takes.")
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="Title of what is written. Default: the briefing's name, or Briefing.")
    ] = None,
    digests: Annotated[
        bool, typer.Option("--include-digests", help="Export Pincite's digests too, which are nobody's wording.")
    ] = False,
    country: Annotated[list[str] | None, typer.Option(help="Only this country: ISO code (RS, XK) or name.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only words of this source: GRETA, EC, ICMPD, …")] = None,
    document: Annotated[list[str] | None, typer.Option(help="Only this document.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many quotes a question.")] = None,
) -> None:
    """Writes a briefing, or the quotes that answer some questions, with footnotes, or as a list of sources."""
    from qa.exports import FORMATS, FORMS, briefing_of, without_digests
    from qa.exports import export as write
    from qa.exports.wording import long_excerpts

    if bool(questions) == (briefing_name is not None):
        raise typer.BadParameter("Give questions, or --briefing NAME.")
    suffix = output.suffix.removeprefix(".").casefold()
    named = to or {"bib": "bibtex", "json": "csl", "htm": "html"}.get(suffix, suffix)
    if to is None and named not in FORMATS:
        raise typer.BadParameter(
            f"{output.name} does not tell what to write. Names end in .docx, .md, .html, .xlsx, .ris, .bib or .json; "
            f"or give --format {', '.join(FORMATS)}.",
            param_hint="--output",
        )
    form_of_file = _one_of(FORMATS, named, "--format")
    arrangement, citations = _one_of(FORMS, form, "--form"), _style(style)
    remarks: tuple[str, ...] = ()
    if briefing_name is not None:
        opened = _open_briefing(_library(), briefing_name)
        whole, remarks = opened.briefing, opened.remarks
        whole = replace(whole, title=title or whole.title)
    else:
        answerer = _answerer()
        scope = _scope(answerer, country, source, document, None, None)
        answers = (answerer.ask(question, scope, limit=limit) for question in questions or ())
        whole = briefing_of(answers, title=title or "Briefing")
    briefing = whole if digests else without_digests(whole)
    content = write(briefing, form_of_file, style=citations, form=arrangement, template=template)
    _write(output, content)
    left_out = len(whole.quotes) - len(briefing.quotes)
    _say(f"Wrote {len(briefing.quotes)} quotes to {output}.")
    if left_out:
        _say(f"Left out: {left_out} from digests, which are nobody's wording. --include-digests exports them, marked.")
    for remark in (*remarks, *long_excerpts(briefing.quotes)):
        _say(remark)


# --- briefings --------------------------------------------------------------------------------------------------------

briefing = typer.Typer(help="Collects quotes, headings and notes in named briefings.", no_args_is_help=True)
app.add_typer(briefing, name="briefing")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the briefing.")]
ItemArgument = Annotated[int, typer.Argument(metavar="N", help="Number of the item, as `show` has it.")]
BeforeOption = Annotated[int | None, typer.Option(metavar="N", help="Put it before this item. Default: at the end.")]


@briefing.command("list")
def briefing_list(as_json: JsonOption = False) -> None:
    """Lists the briefings, the one that was changed last first."""
    from index.briefings import Briefings
    from qa.collecting.briefing_text import briefings_text

    found = Briefings(_library()).all()
    if as_json:
        _print_json([asdict(one) for one in found])
    elif found:
        print(briefings_text(found))
    else:
        _say("There is no briefing yet. `pincite briefing add NAME QUESTION` makes one of the quotes of an answer.")


@briefing.command("show")
def briefing_show(name: NameArgument, as_json: JsonOption = False) -> None:
    """Shows a briefing, with what became of its quotes since they were collected."""
    from qa.collecting.briefing_text import briefing_dict, briefing_text

    opened = _open_briefing(_library(), name)
    if as_json:
        _print_json(briefing_dict(opened))
    else:
        print(briefing_text(opened, width=_width()))


@briefing.command("add")
def briefing_add(
    name: NameArgument,
    question: Annotated[str, typer.Argument(help="A question; the quotes that answer it are added.")],
    quote: Annotated[list[int] | None, typer.Option(metavar="N", help="Only this quote of the answer, from 1.")] = None,
    country: Annotated[list[str] | None, typer.Option(help="Only this country: ISO code (RS, XK) or name.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only words of this source: GRETA, EC, ICMPD, …")] = None,
    document: Annotated[list[str] | None, typer.Option(help="Only this document.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many quotes.")] = None,
) -> None:
    """Adds the quotes of an answer to a briefing, which is made where there is none of that name."""
    from index.briefings import Briefings
    from qa.collecting.briefings import content_of

    answerer = _answerer()
    answer = answerer.ask(question, _scope(answerer, country, source, document, None, None), limit=limit)
    wrong = [number for number in quote or () if not 1 <= number <= len(answer.quotes)]
    if wrong and answer.quotes:
        raise UsageError(f"The answer has no quote {wrong[0]}: its quotes are 1 to {len(answer.quotes)}.")
    if not answer.quotes:
        raise UsageError(f"Nothing was added. {answer.message}")
    chosen = [answer.quotes[number - 1] for number in quote] if quote else answer.quotes
    briefings = Briefings(answerer.library)
    if name not in {one.name for one in briefings.all()}:
        name = briefings.create(name)
    added = briefings.add(name, [content_of(one, answerer.library) for one in chosen])
    n_known = len(chosen) - len(added)
    known = f" {n_known} {'was' if n_known == 1 else 'were'} in it already." if n_known else ""
    _say(f"Added {len(added)} {'quote' if len(added) == 1 else 'quotes'} to {name}.{known}")


@briefing.command("heading")
def briefing_heading(
    name: NameArgument,
    text: Annotated[str, typer.Argument(help="The heading.")],
    level: Annotated[int, typer.Option(min=1, max=6, help="1 for a chapter, 2 for what is below it.")] = 1,
    before: BeforeOption = None,
) -> None:
    """Adds a heading to a briefing."""
    from qa.exports import Heading

    _add_own(name, Heading(text, level), before)


@briefing.command("note")
def briefing_note(
    name: NameArgument,
    text: Annotated[str, typer.Argument(help="The note, in your own words.")],
    before: BeforeOption = None,
) -> None:
    """Adds a note of your own to a briefing."""
    from qa.exports import Note

    _add_own(name, Note(text), before)


def _add_own(name: str, item: Heading | Note, before: int | None) -> None:
    from index.briefings import Briefings
    from qa.collecting.briefings import content_of

    library = _library()
    briefings = Briefings(library)
    place = None if before is None else _item_id(briefings, name, before)
    briefings.add(name, [content_of(item, library)], before=place)


@briefing.command("move")
def briefing_move(name: NameArgument, item: ItemArgument, before: BeforeOption = None) -> None:
    """Moves an item of a briefing: before another one, or to the end."""
    from index.briefings import Briefings

    briefings = Briefings(_library())
    place = None if before is None else _item_id(briefings, name, before)
    briefings.move(_item_id(briefings, name, item), before=place)


@briefing.command("drop")
def briefing_drop(name: NameArgument, item: ItemArgument) -> None:
    """Takes an item out of a briefing; `put-back` brings it back."""
    from index.briefings import Briefings

    briefings = Briefings(_library())
    briefings.drop(_item_id(briefings, name, item))
    _say(f"Taken out. `pincite briefing put-back {name!r}` brings it back.")


@briefing.command("put-back")
def briefing_put_back(name: NameArgument) -> None:
    """Brings back what was taken out of a briefing last."""
    from index.briefings import Briefings

    briefings = Briefings(_library())
    dropped = briefings.items(name, dropped=True)
    if not dropped:
        raise UsageError(f"Nothing was taken out of {name!r}.")
    briefings.put_back(dropped[0].item_id)


@briefing.command("rename")
def briefing_rename(name: NameArgument, new: Annotated[str, typer.Argument(help="Its new name.")]) -> None:
    """Gives a briefing another name."""
    from index.briefings import Briefings

    Briefings(_library()).rename(name, new)


@briefing.command("delete")
def briefing_delete(
    name: NameArgument, yes: Annotated[bool, typer.Option("--yes", help="Do not ask before.")] = False
) -> None:
    """Deletes a briefing for good, after asking."""
    from index.briefings import Briefings

    briefings = Briefings(_library())
    n_items = len(briefings.items(name))
    if not yes:
        _say(f"This deletes the briefing {name!r} with {n_items} items for good. Go on? [y/N]")
    if not (yes or sys.stdin.readline().strip().casefold() in {"y", "yes"}):
        _say("Nothing was deleted.")
        raise typer.Exit(1)
    briefings.delete(name)


@briefing.command("save")
def briefing_save(
    name: NameArgument, file: Annotated[Path, typer.Argument(help="The file to write: NAME.pincite.json.")]
) -> None:
    """Writes a briefing to a file for a colleague, who opens it with `pincite briefing open`."""
    from index.briefings import Briefings
    from qa.collecting.handover import hand_over

    _write(file, hand_over(Briefings(_library()), name))
    _say(f"Wrote {file}. It holds the quotes, their places and the hashes of their documents, not the documents.")


@briefing.command("open")
def briefing_open(file: Annotated[Path, typer.Argument(help="A file that `pincite briefing save` wrote.")]) -> None:
    """Opens a briefing that a colleague saved, as a new one, and looks its quotes up in your library."""
    from index.briefings import Briefings
    from qa.collecting.handover import open_handed, report_on

    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be opened: {error.strerror or error}.") from error
    library = _library()
    name = open_handed(Briefings(library), content, file=file.name)
    _say(f"Opened as {name!r}. {report_on(_open_briefing(library, name))}")


def _open_briefing(library: Library, name: str) -> OpenBriefing:
    from index.briefings import Briefings
    from index.search import Searcher
    from qa.collecting.briefings import open_briefing

    return open_briefing(Briefings(library), name, Searcher(library, None).documents)


def _item_id(briefings: Briefings, name: str, number: int) -> int:
    items = briefings.items(name)
    if not 1 <= number <= len(items):
        raise UsageError(f"{name!r} has no item {number}. `pincite briefing show {name!r}` numbers them.")
    return items[number - 1].item_id


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror or error}.") from error


@app.command()
def check(
    draft: Annotated[Path, typer.Argument(help="The draft: DOCX, Markdown or plain text.")],
    comments: Annotated[
        Path | None, typer.Option(metavar="OUT.docx", help="Write a copy of the draft with the findings as comments.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Looks up every quotation and every citation of a draft."""
    from index.search import Searcher
    from qa.checking.check import Checker
    from qa.checking.check_text import check_text, remarks_of
    from qa.checking.drafts import read_draft, with_comments

    if comments is not None and comments.suffix.casefold() != ".docx":
        raise typer.BadParameter("Comments are written into a Word file: give a name that ends in .docx.")
    if comments is not None and comments.absolute() == draft.absolute():
        raise typer.BadParameter("The draft itself stays as it is. Give another name for the copy with comments.")
    read = read_draft(draft)
    library = _library()
    if not library.documents():
        _say("Nothing is loaded, so nothing can be found. `pincite ingest FILE` reads a report.")
    results = Checker(Searcher(library, None), _catalogue(library)).check(read)
    if comments is not None:
        try:
            comments.write_bytes(with_comments(read, remarks_of(results)))
        except OSError as error:
            raise UsageError(f"{comments} cannot be written: {error.strerror or error}.") from error
        _say(f"Wrote {comments} with {len(results)} comments.")
    if as_json:
        _print_json({"draft": str(draft), "citations": [checked.as_dict() for checked in results]})
    else:
        print(check_text(read, results, width=_width()))


@app.command()
def reindex(
    reread: Annotated[bool, typer.Option("--reread", help="Read all files again from the stored originals.")] = False,
    password: Annotated[str | None, typer.Option(help="With --reread: opens PDFs protected by this password.")] = None,
) -> None:
    """Embeds everything again, for another --model or a better reader."""
    from index.loading import embed_again

    library = _library()
    if reread:
        _read_again(library, password)
        return
    with _progress() as bar:
        task = bar.add_task("Embedding", total=None)
        embed_again(library, _embedder(), on_progress=lambda done, total: bar.update(task, completed=done, total=total))
    _say(f"{len(library.documents())} documents are up to date.")


def _read_again(library: Library, password: str | None) -> None:
    from index.intake import read_again

    n_documents = len(library.documents())
    with _progress_of_files() as progress:
        reading = read_again(library, _embedder(), password=password, on_progress=progress.show)
        outcomes, stopped = _until_stopped(reading, progress)
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    for outcome in failed:
        _say(f"{outcome.path}: {outcome.reason} It stays as it was read before.")
    if stopped:
        _say(f"Stopped. {len(outcomes)} of {n_documents} documents are read again, the others are as they were.")
    else:
        _say(f"{n_documents - len(failed)} documents are up to date.")
    if failed or stopped:
        raise typer.Exit(1)


@app.command()
def ui(
    host: Annotated[str, typer.Option(help="Address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to serve on.")] = 7860,
    auth_file: Annotated[
        Path | None, typer.Option(help="File of users and hashed passwords; needed where other computers can connect.")
    ] = None,
    set_password: Annotated[
        str | None,
        typer.Option(metavar="USER", help="Ask for this user's password, write it hashed to the auth file, and end."),
    ] = None,
) -> None:
    """Serves the page in the browser: on this computer, or with passwords also for others."""
    from page.passwords import passwords_for, write_password

    if set_password is not None:
        if auth_file is None:
            raise typer.BadParameter("Name the file to write to: --auth-file FILE.")
        asked = typer.prompt(f"Password of {set_password}", hide_input=True, confirmation_prompt=True, err=True)
        write_password(set_password, asked, auth_file)
        _say(f"Written: {auth_file}")
        return
    try:
        passwords = passwords_for(host, auth_file)
    except UsageError as error:
        raise typer.BadParameter(str(error)) from error
    from ui import serve

    serve(_answerer(), host=host, port=port, passwords=passwords)


# --- what the commands share ------------------------------------------------------------------------------------------


def _library() -> Library:
    from index.library import Library

    return Library.open(_settings.library or default_library_folder())


def default_library_folder() -> Path:
    """The folder of the library when none is named: the platform's folder for user data."""
    from platformdirs import user_data_path

    return user_data_path("pincite", appauthor=False) / "library"


def _embedder() -> Embedder:
    from index.embedder import Embedder

    return Embedder.load(_settings.model)


def _reranker() -> Reranker | None:
    if _settings.reranker is None:
        return None
    from index.reranker import Reranker

    return Reranker.load(_settings.reranker)


def _answerer() -> Answerer:
    """The library ready for questions; an empty one gets the starter documents first."""
    from qa.answer import Answerer

    library = _library()
    embedder = _embedder()
    if not library.documents():
        build_starter_library(library, embedder)
    return Answerer(library, embedder, _reranker(), _catalogue(library))


def build_starter_library(library: Library, embedder: Embedder) -> None:
    """Loads the digests that come with Pincite, with a progress bar on standard error."""
    from corpus import starter_files
    from index.intake import take_in

    files = starter_files()
    _say(
        f"The library in {library.folder} is empty. Building the starter library: {len(files)} digests written for "
        "Pincite, not the wording of any report."
    )
    with _progress() as bar:
        task = bar.add_task("Starter library", total=len(files))
        for outcome in take_in(library, lambda: embedder, files):
            bar.advance(task)
            if outcome.status == "failed":
                _say(outcome.reason)


def _given(said: dict[str, object], *, n_files: int) -> tuple[Given, ...]:
    from ingest.sidecar import given_by_user

    if n_files > 1 and (said["official_number"] or said["title"]):
        raise typer.BadParameter("A number or a title is of one file. Give them for one file, or in files FILE.toml.")
    try:
        return given_by_user(said)
    except UsageError as error:
        raise typer.BadParameter(str(error)) from error


def _one_document(library: Library, name: str) -> StoredDocument:
    found = library.find_documents(name)
    if len(found) == 1:
        return found[0]
    if len({document.identity.official_number for document in found}) == 1 and found[0].identity.official_number:
        # Forms of one document: the PDF has the pages.
        return min(found, key=lambda document: (document.reader != "pdf", document.serial))
    if not found:
        raise UsageError(f"No loaded document is called {name!r}. `pincite documents` lists them.")
    titles = "; ".join(f"{document.document_id} {document.identity.title}" for document in found)
    raise UsageError(f"{name!r} fits {len(found)} documents: {titles}. Name one by its id.")


def _scope(
    answerer: Answerer,
    countries: list[str] | None,
    sources: list[str] | None,
    documents: list[str] | None,
    years: list[int] | None,
    rounds: list[int] | None,
) -> Scope:
    from qa.question.scope import Scope, source_code

    return Scope(
        countries=_countries(countries),
        sources=tuple(source_code(name) for name in sources or ()),
        years=tuple(years or ()),
        rounds=tuple(rounds or ()),
        documents=tuple(_one_document(answerer.library, name).document_id for name in documents or ()),
    )


def _choices(option: str, given: list[str] | None, kind: Any) -> tuple[Any, ...]:
    """Values of an option that must be among those of a Literal type."""
    values = get_args(kind)
    for value in given or ():
        if value not in values:
            raise typer.BadParameter(f"{value!r} is none of {', '.join(values)}.", param_hint=option)
    return tuple(given or ())


def _style(name: str) -> Style:
    from qa.citing.styles import STYLES

    return _one_of(STYLES, name, "--style")


def _one_of(choices: tuple[Choice, ...], name: str, option: str) -> Choice:
    for choice in choices:
        if choice == name.casefold():
            return choice
    raise typer.BadParameter(f"{name!r} is none of {', '.join(choices)}.", param_hint=option)


def _countries(names: list[str] | None) -> tuple[str, ...]:
    from ingest.countries import country_code

    try:
        return tuple(country_code(name) for name in names or ())
    except UsageError as error:
        raise typer.BadParameter(str(error), param_hint="--country") from error


def _catalogue(library: Library) -> Catalogue:
    """The official reports that are known, with those of the user's own file."""
    from qa.official.catalogue import Catalogue, own_catalogue

    return Catalogue.load(_settings.catalogue or own_catalogue(library.folder))


def _numbered(known: Catalogue, numbers: list[str]) -> tuple[KnownReport, ...]:
    reports = {number: known.by_number(number) for number in numbers}
    if unknown := [number for number, report in reports.items() if report is None]:
        raise UsageError(
            f"The catalogue has no {' and no '.join(unknown)}. `pincite catalogue --country …` lists what it has; "
            "a file catalogue.csv in the library's folder can add to it."
        )
    return tuple(report for report in reports.values() if report is not None)


def _agreed(to_get: list[tuple[KnownReport, str]], folder: Path) -> bool:
    """Whether the user agrees to the use of the network, told plainly."""
    from qa.official.coverage import known_text

    hosts = sorted({address.partition("://")[2].partition("/")[0] or address for _, address in to_get})
    _say("\n".join(f"{known_text(report)}\n    {address}" for report, address in to_get))
    _say(
        f"This connects to {', '.join(hosts)} and downloads {len(to_get)} "
        f"{'report' if len(to_get) == 1 else 'reports'} into {folder}. Only these addresses are sent, nothing of your "
        "library or your questions. Go on? [y/N]"
    )
    # Not typer.confirm(): it prints a space on standard output, which belongs to the answer.
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}


def _print_fetched(known: Catalogue, fetched: list[Fetched], elsewhere: list[KnownReport], *, as_json: bool) -> None:
    from qa.official.coverage import known_text, report_dict

    places = [(report, known.where_to_get(report)) for report in elsewhere]
    if as_json:
        files = [
            {
                **report_dict(outcome.report),
                "status": outcome.status,
                "reason": outcome.reason,
                "path": str(outcome.path) if outcome.path else None,
                "document_id": outcome.document_id,
            }
            for outcome in fetched
        ]
        by_hand = [{**report_dict(report), "where": where.address if where else None} for report, where in places]
        _print_json({"files": files, "by_hand": by_hand})
        return
    for outcome in fetched:
        print(f"{outcome.status:<10} {known_text(outcome.report)}")
        if outcome.path or outcome.reason:
            print(f"           {outcome.reason or outcome.path}")
    if places:
        print("The catalogue has no address of these. Save them from the page named and run `pincite ingest FILE`:")
    for report, where in places:
        print(f"{known_text(report)}\n    " + (f"{where.text}: {where.address}" if where else "no place is known"))
    if not (fetched or places):
        _say("Nothing is left to fetch: all that the catalogue knows of this is loaded.")


def _lines(path: Path) -> Iterator[str]:
    """Questions of a batch file: a line is a question, a JSON string, or a JSON object with a `question`."""
    if str(path) == "-":
        content = sys.stdin.buffer.read()
    else:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path} cannot be opened: {error.strerror or error}.") from error
    text = content.decode("utf-8-sig", errors="replace")
    # Not splitlines(): it also cuts at characters that stand inside questions, such as U+2028.
    for line in text.removesuffix("\n").split("\n"):
        yield _question_in(line.rstrip("\r"))


def _question_in(line: str) -> str:
    if line.lstrip().startswith(("{", '"')):
        try:
            value = json.loads(line)
        except json.JSONDecodeError:
            return line  # A question may open with a bracket or a quotation mark.
        if isinstance(value, dict) and isinstance(value.get("question"), str):
            return str(value["question"])
        if isinstance(value, str):
            return value
    return line


def _json_of(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be opened: {error.strerror or error}.") from error
    except ValueError as error:
        raise UsageError(f"{path} is no JSON: {error}.") from error


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _width() -> int:
    return min(os.get_terminal_size().columns, 100) if sys.stdout.isatty() else 100


def _print_answer(answer: Answer, style: Style) -> None:
    from qa.text import answer_text

    print(answer_text(answer, width=_width(), style=style))


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _until_stopped(
    outcomes: Generator[FileOutcome], progress: _ProgressOfFiles
) -> tuple[tuple[FileOutcome, ...], bool]:
    """What became of files until all were done, or until Ctrl-C, and which of the two."""
    done = []
    # Closed at once when interrupted: reading goes on in processes of its own, which must end.
    with closing(outcomes):
        try:
            for outcome in outcomes:
                done.append(outcome)
                progress.tell(outcome)
        except KeyboardInterrupt:
            return tuple(done), True
    return tuple(done), False


class _ProgressOfFiles:
    """How far files are: a bar where somebody can see it, else a line for each file on standard error."""

    def __init__(self, bar: Any) -> None:
        """Takes a rich progress bar; one that is disabled prints lines."""
        self._bar = bar
        self._task = bar.add_task("Starting", total=1.0, facts="")
        self._last: Progress | None = None

    def show(self, progress: Progress) -> None:
        """Shows how far the work is."""
        self._last = progress
        self._bar.update(
            self._task, completed=progress.share, description=progress.path.name, facts=progress.in_words()
        )

    def tell(self, outcome: FileOutcome) -> None:
        """Tells what became of a file, where no bar shows it."""
        if self._bar.disable and self._last is not None:
            _say(f"{outcome.status} {outcome.path.name} ({self._last.in_words()})")


@contextmanager
def _progress_of_files() -> Iterator[_ProgressOfFiles]:
    from rich.progress import BarColumn, TextColumn

    name = TextColumn("{task.description}", markup=False)
    with _progress(name, BarColumn(), TextColumn("{task.fields[facts]}", markup=False)) as bar:
        yield _ProgressOfFiles(bar)


@contextmanager
def _progress(*columns: ProgressColumn) -> Iterator[Any]:
    """A progress bar on standard error, drawn only where somebody can see it; with the usual columns for none."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    name = TextColumn("{task.description}", markup=False)
    usual = (name, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*(columns or usual), console=console, disable=not console.is_terminal, transient=True) as bar:
        yield bar


if __name__ == "__main__":
    main()
