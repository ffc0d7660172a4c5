"""One call for every format."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import Literal, get_args

from ingest.errors import PinciteError, UsageError
from qa.citing.styles import Style
from qa.exports.bibliography import bibtex, csl_json, ris
from qa.exports.briefing import Briefing
from qa.exports.office import office_reference
from qa.exports.prose import pandoc_document
from qa.exports.workbook import workbook

Form = Literal["quotes", "country-notes"]
FORMS: tuple[Form, ...] = get_args(Form)
Format = Literal["docx", "md", "html", "xlsx", "ris", "bibtex", "csl"]
FORMATS: tuple[Format, ...] = get_args(Format)

# What pandoc writes: Markdown with footnotes, as GitHub and most editors read it.
_PANDOC_FORMATS = {"docx": "docx", "md": "gfm", "html": "html5"}


def export(
    briefing: Briefing, to: Format, *, style: Style = "coe", form: Form = "quotes", template: Path | None = None
) -> bytes:
    """The bytes of a briefing as a file.

    Args:
        briefing: What to write. Digests are written too: `without_digests` takes them out.
        to: One of `FORMATS`.
        style: Of citations.
        form: How running text is arranged (Word, Markdown, HTML): in the briefing's order, or per country and source.
        template: A Word file whose styles, margins, header and footer the Word file takes.

    Raises:
        UsageError: The template is not a Word file, or is given for another format.
        PinciteError: pandoc cannot be run.
    """
    if template is not None and to != "docx":
        raise UsageError(f"A template is for Word files; {to} has none. Leave it out, or choose docx.")
    if to == "xlsx":
        return workbook(briefing, style=style)
    if to in _PANDOC_FORMATS:
        document = pandoc_document(
            briefing, style=style, country_notes=form == "country-notes", title_in_text=to == "md"
        )
        return _by_pandoc(document, to, template)
    writer = {"ris": ris, "bibtex": bibtex, "csl": csl_json}[to]
    return writer(briefing.quotes, style=style).encode("utf-8")


def _by_pandoc(document: str, to: str, template: Path | None) -> bytes:
    import pypandoc

    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / f"briefing.{to}"
        arguments = ["--wrap=none", "--standalone"]
        if to == "md":
            arguments = ["--wrap=none"]
        elif to == "docx":
            reference = Path(folder) / "reference.docx"
            reference.write_bytes(_template_bytes(template) if template else _default_reference(folder))
            arguments.append(f"--reference-doc={reference}")
        try:
            pypandoc.convert_text(
                document, _PANDOC_FORMATS[to], format="json", outputfile=str(written), extra_args=arguments
            )
        except (OSError, RuntimeError) as error:
            raise _no_pandoc(error, template) from error
        return written.read_bytes()


def _default_reference(folder: str) -> bytes:
    import subprocess

    import pypandoc

    carried = Path(folder) / "carried.docx"
    command = [pypandoc.get_pandoc_path(), "--output", str(carried), "--print-default-data-file", "reference.docx"]
    subprocess.run(command, check=True, capture_output=True)
    return office_reference(carried.read_bytes())


def _template_bytes(template: Path) -> bytes:
    try:
        with zipfile.ZipFile(template) as archive:
            names = set(archive.namelist())
    except (OSError, zipfile.BadZipFile) as error:
        raise UsageError(
            f"{template} is not a Word file that can be opened ({error}). Give a .docx or .dotx."
        ) from error
    if not {"word/document.xml", "word/styles.xml"} <= names:
        raise UsageError(f"{template} is not a Word file. Give a .docx or .dotx.")
    return template.read_bytes()


def _no_pandoc(error: Exception, template: Path | None) -> PinciteError:
    advice = f"Try without the template {template}." if template else "Install pypandoc-binary again."
    return PinciteError(f"pandoc could not write the file ({error}). {advice}")
