"""The room where briefings are worked on: what is asked of it, and what it answers, as JSON for briefing.js."""

from __future__ import annotations

import tempfile
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final, TypeVar

from index.briefings import Briefings
from ingest.errors import PinciteError, UsageError
from page.briefing_html import EMPTY, FORMAT_NAMES, list_html
from qa.citing.styles import STYLES
from qa.collecting.briefings import OpenBriefing, content_of, open_briefing, quote_of_place
from qa.collecting.finding import Found
from qa.collecting.handover import FILE_ENDING, hand_over, open_handed, report_on
from qa.exports import FORMATS, FORMS, Briefing, Heading, Note, copied, export, without_digests
from qa.exports.wording import long_excerpts

if TYPE_CHECKING:
    from qa.answer import Answerer
    from qa.citing.styles import Style
    from qa.exports import Form

Asked = Mapping[str, Any]
Told = dict[str, Any]

FIRST_NAME: Final = "Briefing"
"""Of the briefing that is made when the first quote is added."""

_MAX_TEMPLATE_BYTES: Final = 10_000_000  # Chosen: an office's template has its logo in it.


Choice = TypeVar("Choice", bound=str)


class BriefingRoom:
    """What the page asks of briefings. Each answer has `fault`, in words, where the library or the asker is wrong."""

    def __init__(self, answerer: Answerer) -> None:
        """Takes the library that the briefings are in."""
        self._answerer = answerer
        self._briefings = Briefings(answerer.library)

    def functions(self) -> list[Callable[[Asked], Told]]:
        """What the browser may call, each with one object."""
        methods = (self.show, self.change, self.write, self.collect, self.places)
        return [_plain(method) for method in (*methods, self.file, self.clip, self.pass_on, self.receive)]

    # Showing

    def show(self, asked: Asked) -> Told:
        """The briefing of a `name`; of none, or of one that is not there, the one that was changed last."""
        name = self._name(asked)
        wanted = str(asked.get("name") or "")
        missing = f"There is no briefing “{wanted}” any more. " if wanted and wanted != name else ""
        instead = f"This is “{name}”." if name else ""
        return self._shown(name) | ({"told": missing + instead} if missing else {})

    def places(self, asked: Asked) -> Told:
        """Where the quotes of the current briefing stand, so that their buttons say so."""
        name = self._name(asked)
        return {"name": name, "places": self._open(name).places if name else {}}

    def _shown(self, name: str) -> Told:
        names = [{"name": one.name, "n_quotes": one.n_quotes} for one in self._briefings.all()]
        if not name:
            return {"name": "", "names": names, "html": EMPTY, "places": {}, "digests": 0}
        opened = self._open(name)
        digests = sum(found.quote.paraphrase for found in opened.found)
        shown = {"name": name, "names": sorted(names, key=lambda one: str(one["name"]).casefold())}
        return shown | {"html": list_html(opened), "places": opened.places, "digests": digests}

    def _open(self, name: str) -> OpenBriefing:
        return open_briefing(self._briefings, name, self._answerer.holdings().searcher.documents)

    def _name(self, asked: Asked) -> str:
        """The briefing that is meant: the one named, else the one that was changed last; "" where there is none."""
        names = [one.name for one in self._briefings.all()]
        wanted = asked.get("name")
        return str(wanted) if wanted in names else next(iter(names), "")

    # Changing

    def change(self, asked: Asked) -> Told:
        """Does what `do` says to the briefing or one of its items, and shows what it is then.

        Args:
            asked: `name`; `item`, `before`, `text`, `level` as far as they matter.
        """
        name, do, text = str(asked.get("name") or ""), asked.get("do"), str(asked.get("text") or "")
        new: tuple[int, ...] = ()
        if do == "new":
            name = self._briefings.create(text)
        elif do == "rename":
            name = self._briefings.rename(name, text)
        elif do == "delete":
            self._briefings.delete(name)
            name = self._name({})
        elif do == "forget":
            self._briefings.forget_dropped(name)
        elif do in {"heading", "note"}:
            own = Heading(text, int(asked.get("level") or 1)) if do == "heading" else Note(text)
            new = self._briefings.add(name, [content_of(own, self._answerer.library)], before=_number(asked, "before"))
        else:
            self._change_item(str(do), asked)
        return self._shown(name) | {"new": list(new)}

    def _change_item(self, do: str, asked: Asked) -> None:
        item = _number(asked, "item")
        if item is None:
            raise UsageError("This item is no longer there. Open the briefing again.")
        if do == "move":
            self._briefings.move(item, before=_number(asked, "before"))
        elif do == "drop":
            self._briefings.drop(item)
        elif do == "put_back":
            self._briefings.put_back(item)
        elif do == "level":
            self._briefings.set_level(item, int(asked["level"]))
        else:
            raise UsageError(f"Nothing is known of {do!r}.")

    def write(self, asked: Asked) -> Told:
        """Keeps the `text` of a heading or note; where it was changed elsewhere, tells the text that is `stored`."""
        item = _number(asked, "item") or 0
        try:
            self._briefings.edit(item, str(asked["text"]), before=str(asked["before"]))
        except UsageError as error:
            return {"fault": str(error), "stored": self._briefings.text_of(item)}
        return {}

    def collect(self, asked: Asked) -> Told:
        """Adds the quote at a `place`, with the places of the `repeats`, or takes it `out` again.

        The first one makes a briefing.
        """
        name = self._name(asked) or self._briefings.create(FIRST_NAME)
        library, place = self._answerer.library, str(asked["place"])
        present = self._open(name).places.get(place)
        if asked.get("out"):
            if present is not None:
                self._briefings.drop(present)
        elif present is None:
            quote = quote_of_place(place, self._answerer.holdings(), str(asked.get("repeats") or "").split())
            self._briefings.add(name, [content_of(quote, library)])
        opened = self._open(name)
        return {"name": name, "places": opened.places, "n_quotes": len(opened.found), "item": present}

    # What leaves

    def file(self, asked: Asked) -> Told:
        """The briefing in a format: the name of the file, its content in Base64, and what has to be known of it."""
        to = _one_of(FORMATS, asked["to"])
        whole = self._open(str(asked["name"]))
        briefing, told = self._leaving(whole, asked)
        style, form = _one_of(STYLES, asked["style"]), _one_of(FORMS, asked["arrangement"])
        with tempfile.TemporaryDirectory() as folder:
            template = _template(asked, Path(folder)) if to == "docx" else None
            try:
                content = export(briefing, to, style=style, form=form, template=template)
            except UsageError as error:
                raise UsageError(str(error).replace(str(template), "The template")) from error
        file = f"{_file_name(whole.name)}.{FORMAT_NAMES[to][1]}"
        return {"file": file, "content": b64encode(content).decode("ascii"), "told": told}

    def clip(self, asked: Asked) -> Told:
        """The briefing, or one `item` of it, for the clipboard: as HTML and as text."""
        whole = self._open(str(asked["name"]))
        style: Style = _one_of(STYLES, asked["style"])
        form: Form = _one_of(FORMS, asked["arrangement"])
        item = _number(asked, "item")
        if item is None:
            briefing, told = self._leaving(whole, asked)
            both = copied(briefing, style=style, form=form)
            return {"html": both.html, "text": both.text, "told": told}
        contents = [one.content for one in whole.items if one.item_id == item]
        quotes = tuple(content.quote for content in contents if isinstance(content, Found))
        if not quotes:
            raise UsageError("This quote is no longer in the briefing. Open it again.")
        both = copied(Briefing("", quotes), style=style, credit=False)
        return {"html": both.html, "text": both.text, "told": []}

    def _leaving(self, opened: OpenBriefing, asked: Asked) -> tuple[Briefing, list[str]]:
        """What leaves, and what has to be known of it."""
        whole = opened.briefing
        briefing = whole if asked.get("digests") else without_digests(whole)
        left_out = len(whole.quotes) - len(briefing.quotes)
        told = [f"Left out: {left_out} from digests, which are nobody's wording."] if left_out else []
        return briefing, [*told, *opened.remarks, *long_excerpts(briefing.quotes)]

    def pass_on(self, asked: Asked) -> Told:
        """The file for a colleague: its name, and its content in Base64."""
        name = str(asked["name"])
        content = hand_over(self._briefings, name)
        return {"file": f"{_file_name(name)}{FILE_ENDING}", "content": b64encode(content).decode("ascii")}

    def receive(self, asked: Asked) -> Told:
        """Opens a `file` that a colleague handed over, with its `content` in Base64, as a new briefing."""
        name = open_handed(self._briefings, _decoded(asked["content"]), file=PurePath(str(asked["file"])).name)
        report = report_on(self._open(name))
        return self._shown(name) | {"told": f"Opened as “{name}”. {report}"}


def _plain(method: Callable[[Asked], Told]) -> Callable[[Asked], Told]:
    """A function, since Gradio marks what the page may call, which no method can be; it tells faults in words."""

    @wraps(method)
    def call(asked: Asked) -> Told:
        try:
            return method(asked)
        except PinciteError as error:
            return {"fault": str(error)}

    return call


def _number(asked: Asked, key: str) -> int | None:
    value = asked.get(key)
    return int(value) if value is not None and str(value).isdecimal() else None


def _one_of(choices: tuple[Choice, ...], name: object) -> Choice:
    for choice in choices:
        if choice == name:
            return choice
    raise UsageError(f"{name!r} is none of {', '.join(choices)}.")


def _template(asked: Asked, folder: Path) -> Path | None:
    """The Word file whose styles are taken, written to a folder; None when none was chosen."""
    if not asked.get("template"):
        return None
    content = _decoded(asked["template"])
    if len(content) > _MAX_TEMPLATE_BYTES:
        raise UsageError(f"The template is larger than {_MAX_TEMPLATE_BYTES // 10**6} MB.")
    file = folder / "template.docx"
    file.write_bytes(content)
    return file


def _decoded(content: object) -> bytes:
    try:
        return b64decode(str(content), validate=True)
    except ValueError as error:
        raise UsageError("The file did not arrive whole. Choose it again.") from error


def _file_name(name: str) -> str:
    """A name as files can have it on every system."""
    allowed = "".join(character if character.isalnum() or character in " ()-_.," else "-" for character in name)
    return allowed.strip(" .") or FIRST_NAME
