"""A matrix as a picture for a slide: who was urged what, by country and source or round."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ingest.countries import country_name
from ingest.errors import UsageError
from qa.citing.citations import display_title
from qa.matrices.matrix import GRADES, Cell, Matrix
from qa.matrices.matrix_text import KOSOVO_NOTE, cell_summary, column_name, matrix_title
from qa.quotes import Quote

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH = 13.33  # Inches: a slide of 16 to 9 is 13.33 by 7.5.
_MAX_ROW, _MIN_ROW = 1.0, 0.42  # Inches.
_HEAD, _FOOT = 0.95, 0.85
_FIRST = 1.9  # Inches for the names of the countries.
_LEGEND = 5.35  # Inches for what the tones mean.
_DPI = 150
_BODY = 8.0  # Points.
_LINE = 1.2 / 72  # Inches that a line takes for each point of its size.
_ADDRESS = re.compile(r"^GRETA\b.{0,40}?\b(?:urges|considers|invites)\b.{0,80}?\b(?:should|to)\s")
"""How GRETA opens a recommendation: whom it addresses stands before the row, and the verb above the quote."""

# Blues of one hue, the stronger the darker, with the verb in words: nothing is told by hue alone.
_FACES = {"urges": "#08519c", "considers": "#6baed6", "invites": "#c6dbef", None: "#eff3ff"}
_INKS = {"urges": "white", "considers": "black", "invites": "black", None: "black"}
_GREY = "#6b6b6b"


@dataclass(frozen=True, slots=True)
class _Box:
    """A cell's place on the picture, in inches from the lower left corner."""

    left: float
    bottom: float
    width: float
    height: float


def write_picture(matrix: Matrix, path: Path, *, form: Literal["svg", "png"]) -> None:
    """Writes an SVG or PNG file. Text in an SVG is drawn as outlines, so that no font is needed.

    Raises:
        UsageError: The file cannot be written there.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    n_rows = max(len(matrix.countries), 1)
    row_height = min(max((7.5 - _HEAD - _FOOT) / n_rows, _MIN_ROW), _MAX_ROW)
    height = _HEAD + _FOOT + n_rows * row_height
    figure = Figure(figsize=(_WIDTH, height), dpi=_DPI)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, _WIDTH), ylim=(0, height))
    axes.set_axis_off()
    column_width = (_WIDTH - _FIRST - 0.3) / max(len(matrix.columns), 1)
    _write(axes, 0.3, height - 0.35, matrix_title(matrix), 20, weight="bold", width=_WIDTH - _LEGEND - 0.6)
    _draw_legend(axes, height - 0.35)
    for number, column in enumerate(matrix.columns):
        left = _FIRST + number * column_width
        name, width = column_name(column, matrix), column_width - 0.16
        size = 13 if "…" not in _fitted(name, 13, width, 1, weight="bold") else 10
        _write(axes, left + 0.08, height - _HEAD + 0.18, name, size, weight="bold", width=width, lines=2)
    for row, country in enumerate(matrix.countries):
        bottom = height - _HEAD - (row + 1) * row_height
        _write(
            axes, 0.3, bottom + row_height / 2, country_name(country), 13, weight="bold", width=_FIRST - 0.35, lines=2
        )
        for number, column in enumerate(matrix.columns):
            box = _Box(_FIRST + number * column_width, bottom, column_width - 0.06, row_height - 0.06)
            _draw_cell(axes, matrix.cell(country, column), box)
    _write(axes, 0.3, _FOOT / 2, _foot(matrix), 8, width=_WIDTH - 0.6, lines=4, color="#404040")
    try:
        with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "pincite"}):
            figure.savefig(path, format=form, metadata={"Date": None} if form == "svg" else {})
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from error


def _draw_legend(axes: Axes, middle: float) -> None:
    """What the tones mean, in the upper right corner."""
    from matplotlib.patches import Rectangle

    for number, grade in enumerate((*GRADES, None)):
        left = _WIDTH - _LEGEND + number * 1.25
        axes.add_patch(Rectangle((left, middle - 0.09), 0.25, 0.18, facecolor=_FACES[grade], edgecolor="#b0b0b0"))
        _write(axes, left + 0.32, middle, grade or "no such verb", 10, width=1)


def _draw_cell(axes: Axes, cell: Cell, box: _Box) -> None:
    """The state in words and tone, and of a cell with quotes the beginning of the strongest one, with its pincite."""
    from matplotlib.patches import Rectangle

    found = cell.state == "found"
    style: dict[str, Any] = {"facecolor": _FACES[cell.grade] if found else "white", "edgecolor": "#b0b0b0"}
    if cell.state == "not_loaded":
        style |= {"edgecolor": "#c4c4c4", "linestyle": (0, (4, 3))}
    axes.add_patch(Rectangle((box.left, box.bottom), box.width, box.height, linewidth=1, **style))
    ink = _INKS[cell.grade] if found else _GREY
    size = 11.0 if box.height >= 0.6 else 10.0
    left, width, top = box.left + 0.08, box.width - 0.16, box.bottom + box.height - 0.05
    heading = _fitted(cell_summary(cell), size, width, 2, weight="bold")
    head, line = size * _LINE * (heading.count("\n") + 1), _BODY * _LINE
    n_lines = int((box.height - head - 0.06) / line)
    if not cell.quotes or n_lines < 2 or box.width < 1.9:
        _write(axes, left, box.bottom + box.height / 2, cell_summary(cell), size, width=width, lines=3, color=ink)
        return
    _write(axes, left, top - head / 2, cell_summary(cell), size, weight="bold", width=width, lines=2, color=ink)
    quote = next(quote for quote in cell.quotes if cell.grade in {None, quote.statements[0].grade})
    _write(axes, left, top - head - 0.02, _beginning(quote), _BODY, width=width, lines=n_lines - 1, top=True, color=ink)
    _write(axes, left, box.bottom + line / 2 + 0.03, _cited(quote), 7.5, width=width, color=ink, style="italic")


def _beginning(quote: Quote) -> str:
    """The words of a quote without the address that opens a recommendation."""
    text = " ".join(quote.text.split())
    address = _ADDRESS.match(text)
    asked = f"[…] {text[address.end() :]}" if address else text
    return asked if quote.paraphrase else f"“{asked}”"


def _cited(quote: Quote) -> str:
    """The pincite; of a document without a number its publisher and year, since titles are too long for a cell."""
    identity = quote.document.identity
    if identity.official_number:
        return quote.citation
    place = quote.citation.removeprefix(quote.document_citation)
    return f"{identity.publisher or 'unknown'} ({identity.year or 'no year'}){place}"


def _write(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    size: float,
    *,
    width: float,
    lines: int = 1,
    top: bool = False,
    color: str = "black",
    **font: Any,
) -> None:
    """Text at a place, cut to a width in inches and a number of lines; nothing in it is taken for mathematics."""
    fitted = _fitted(text, size, width, lines, **font)
    # By the base line, so that words with and without letters below it stand on one line.
    on_base = "\n" not in fitted and not top
    axes.text(
        x,
        y - (0.36 * size / 72 if on_base else 0),
        fitted,
        fontsize=size,
        color=color,
        va="baseline" if on_base else "top" if top else "center",
        linespacing=1.1,
        parse_math=False,
        **font,
    )


def _fitted(text: str, size: float, width: float, n_lines: int, **font: Any) -> str:
    """A text in so many lines of a width; what does not fit is cut at a word and marked, its quotation mark kept."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    properties = FontProperties(size=size, **font)

    def fits(words: list[str]) -> bool:
        points: float = text_to_path.get_text_width_height_descent(" ".join(words), properties, ismath=False)[0]
        return points / 72 <= width

    lines: list[list[str]] = [[]]
    for word in text.split():
        if not lines[-1] or fits([*lines[-1], word]):
            lines[-1].append(word)
        elif len(lines) < n_lines:
            lines.append([word])
        else:
            closing = "[…]”" if text.endswith("”") else "…"
            while lines[-1] and not fits([*lines[-1], closing]):
                lines[-1].pop()
            lines[-1].append(closing)
            break
    return "\n".join(" ".join(line) for line in lines)


def _foot(matrix: Matrix) -> str:
    """What the tones mean, what was loaded, and the footnote that Kosovo* bears."""
    names = dict.fromkeys(
        document.identity.official_number or display_title(document.identity.title)
        for cell in matrix.cells
        for document in cell.documents
    )
    shown = ", ".join(list(names)[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    legend = (
        f"Searched: {shown or 'nothing'}. Urges, considers and invites are GRETA's verbs; no such verb: other words of "
        "GRETA's, and all of other sources. Dashed: no own report of that source is loaded; "
        "“reported” is what others say that it says. Shown are beginnings: cite from the source."
    )
    return f"{legend} {KOSOVO_NOTE}" if "XK" in matrix.countries else legend
