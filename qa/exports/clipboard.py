"""A briefing for the clipboard: formatted for Word and its like, and as plain text for everything else."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from typing import Any

from qa.citing.styles import Style
from qa.exports.briefing import Briefing
from qa.exports.prose import Node, pandoc_document
from qa.exports.writing import Form


@dataclass(frozen=True, slots=True)
class Copied:
    """What is put on the clipboard, in two forms of the same.

    Attributes:
        html: Formatted; what a program does not take as footnotes stands there as numbers and a list of notes.
        text: Plain.
    """

    html: str
    text: str


def copied(briefing: Briefing, *, style: Style = "coe", form: Form = "quotes", credit: bool = True) -> Copied:
    """A briefing as it is exported, for the clipboard.

    Args:
        briefing: What to copy. Digests are copied too, without quotation marks.
        style: Of the footnotes.
        form: As in `export`.
        credit: With the lines that publishers ask for; a single quote goes without.
    """
    document = pandoc_document(briefing, style=style, country_notes=form == "country-notes", credit=credit)
    writer = _Writer()
    html, text = writer.blocks(json.loads(document)["blocks"])
    return Copied(html + writer.notes_html(), "\n\n".join([*text, *writer.notes_text()]))


@dataclass(slots=True)
class _Writer:
    """Writes pandoc's blocks; gathers the footnotes on its way."""

    notes: list[tuple[str, str]] = field(default_factory=list)

    def blocks(self, blocks: list[Node], mark: str = "") -> tuple[str, list[str]]:
        """HTML and paragraphs of plain text; `mark` stands before each of these."""
        html, text = "", []
        for block in blocks:
            kind, content = block["t"], block["c"]
            if kind == "Header":
                level, _, inlines = content
                written, plain = self.inlines(inlines)
                html += f"<h{level}>{written}</h{level}>"
                text.append(plain)
            elif kind == "BulletList":
                items = [self.blocks(item, "• ") for item in content]
                html += f"<ul>{''.join(f'<li>{item}</li>' for item, _ in items)}</ul>"
                text += [line for _, lines in items for line in lines]
            elif kind == "BlockQuote":
                written, lines = self.blocks(content)
                html += f"<blockquote>{written}</blockquote>"
                text += lines
            else:
                written, plain = self.inlines(content)
                html += f"<p>{written}</p>"
                text.append(mark + plain)
        return html, text

    def inlines(self, inlines: list[Any]) -> tuple[str, str]:
        html, text = "", ""
        for inline in inlines:
            kind = inline["t"]
            if kind == "Space":
                written, plain = " ", " "
            elif kind == "Str":
                written, plain = escape(inline["c"], quote=False), inline["c"]
            elif kind == "Note":
                written, plain = self._note(inline["c"])
            else:
                tag = {"Emph": "i", "Strong": "b"}[kind]
                written, plain = self.inlines(inline["c"])
                written = f"<{tag}>{written}</{tag}>"
            html += written
            text += plain
        return html, text

    def _note(self, blocks: list[Node]) -> tuple[str, str]:
        (paragraph,) = blocks
        number = len(self.notes) + 1
        self.notes.append(("", ""))  # Its number is taken before what it says is written.
        self.notes[number - 1] = self.inlines(paragraph["c"])
        return _mark(number, "#_ftn{}", "_ftnref{}"), f" [{number}]"

    def notes_html(self) -> str:
        """The footnotes as Word marks its own."""
        if not self.notes:
            return ""
        items = "".join(
            f'<div style="mso-element:footnote" id="ftn{number}"><p>{_mark(number, "#_ftnref{}", "_ftn{}")} {note}</p>'
            "</div>"
            for number, (note, _) in enumerate(self.notes, 1)
        )
        return f'<div style="mso-element:footnote-list"><br><hr align="left" size="1" width="33%">{items}</div>'

    def notes_text(self) -> list[str]:
        """The footnotes below the text."""
        return [f"[{number}] {note}" for number, (_, note) in enumerate(self.notes, 1)]


def _mark(number: int, to: str, name: str) -> str:
    """The number of a footnote, which leads from the text to the note, or back."""
    return (
        f'<a style="mso-footnote-id:ftn{number}" href="{to.format(number)}" name="{name.format(number)}" title="">'
        f"<sup>{number}</sup></a>"
    )
