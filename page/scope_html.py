"""How a question was understood, as chips to be changed and removed, and what it can be limited to."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Final, get_args

from ingest.countries import country_name
from ingest.document import Grade, Part
from page.asked import FIELDS, limits_of
from qa.citing.citations import display_title
from qa.question.topics import all_topics

if TYPE_CHECKING:
    from page.asked import Asked
    from qa.evidence.holdings import Holdings
    from qa.question.scope import Scope

_MAX_DOCUMENT_CHIPS: Final = 3
_MAX_TITLE_CHARACTERS: Final = 60


def understood_html(asked: Asked, scope: Scope, holdings: Holdings) -> str:
    """What limits the question, as chips: read from its words, set beside it, or lifted."""
    chips = [
        chip
        for name, attribute in FIELDS.items()
        for chip in _chips(name, attribute, asked=asked, scope=scope, holdings=holdings)
    ]
    if scope.anywhere:
        remove = "Only what is on trafficking"
        chips.append(_chip("anywhere", "", "not only on trafficking", remove=remove, kind="set"))
    topics = all_topics()
    plain = [
        f'<li class="chip plain"><span class="unseen">topic: </span>{escape(topics[key].label)}</li>'
        for key in scope.topics
        if key in topics
    ]
    if not chips and not plain:
        return ""
    title = "Understood as" if asked.question.strip() else "Limited to"
    return (
        f'<div class="understood"><span id="understood">{title}</span>'
        f'<ul aria-labelledby="understood">{"".join([*chips, *plain])}</ul></div>'
    )


def _chips(name: str, attribute: str, *, asked: Asked, scope: Scope, holdings: Holdings) -> list[str]:
    if attribute in asked.lifted:
        return [_chip(name, "", f"any {name}", remove=f"Limit the {name} as the question says", kind="lifted")]
    values = limits_of(scope, attribute)
    if name == "document" and len(values) > _MAX_DOCUMENT_CHIPS:
        return [_chip(name, "", f"{len(values)} documents", remove="Do not limit to these documents", kind="read")]
    kind = "set" if limits_of(asked.scope, attribute) else "read"
    labels = [(str(value), _label(name, value, holdings)) for value in values]
    return [_chip(name, value, label, remove=f"Remove the {name} {label}", kind=kind) for value, label in labels]


_PATTERNS: Final = {
    "round": "Round {}",
    "since": "since {}",
    "until": "until {}",
    "grade": "“{}”",
    "article": "Article {}",
    "part": "in the {}",
}


def _label(name: str, value: str | int, holdings: Holdings) -> str:
    if name == "country":
        return country_name(str(value))
    if name in _PATTERNS:
        return _PATTERNS[name].format(value)
    if name == "document":
        return next((label for key, label in _documents(holdings) if key == value), "A document that is not loaded")
    return str(value)


_KINDS: Final = {
    "read": "read from your question",
    "set": "set by you",
    "lifted": "set by you, whatever the question says",
}


def _chip(name: str, value: str, label: str, *, remove: str, kind: str) -> str:
    """A chip: its label lies under a list of all that could stand there instead, which the browser fills in."""
    change = f'<select aria-label="Another {name} than {escape(label)}"></select>' if value else ""
    return (
        f'<li class="chip {kind}" title="{_KINDS[kind]}" data-field="{name}" data-value="{escape(value)}" '
        f'data-label="{escape(label)}">'
        f'<span class="change"><span class="unseen">{name}: </span>{escape(label)}{change}</span>'
        f'<button type="button" data-drop aria-label="{escape(remove)}">×</button></li>'
    )


# --- what a question can be limited to --------------------------------------------------------------------------------


def limits_html(holdings: Holdings) -> str:
    """The lists of countries, sources, years, rounds and documents that the library holds."""
    rows = holdings.searcher.rows
    countries = [code for code, found in rows.by_country.items() if holdings.usable[found].any()]
    n_said = {code: int(holdings.usable[found].sum()) for code, found in rows.by_speaker.items()}
    identities = [document.identity for document in holdings.documents]
    years = sorted({identity.year for identity in identities if identity.year}, reverse=True)
    rounds = sorted({identity.round for identity in identities if identity.round}, reverse=True)
    lists = (
        ("country", sorted(((code, country_name(code)) for code in countries), key=lambda pair: pair[1])),
        ("source", [(code, code) for code in sorted(n_said, key=lambda code: -n_said[code]) if n_said[code]]),
        ("year", [(str(year), str(year)) for year in years]),
        ("round", [(str(number), f"Round {number}") for number in rounds]),
        ("grade", [(grade, f"“{grade}”") for grade in get_args(Grade)] if "GRETA" in n_said else []),
        ("document", _documents(holdings)),
    )
    adders = "".join(_adder(*each) for each in lists if each[1])
    return f'<div class="adders"><span>Limit to</span>{adders}{_EARLIER}</div>{_unoffered(years)}' if adders else ""


def _unoffered(years: Sequence[int]) -> str:
    """Lists that only chips take their choices from: what a question may say, and few would look for in a list."""
    articles = sorted({article for topic in all_topics().values() for article in topic.articles})
    lists: tuple[tuple[str, Sequence[str | int]], ...] = (
        ("article", articles),
        ("part", get_args(Part)),
        ("since", years),
        ("until", years),
    )
    choices = "".join(
        _adder(name, [(str(value), _PATTERNS[name].format(value)) for value in values]) for name, values in lists
    )
    return f"<div hidden>{choices}</div>"


# Filled in by the browser, which keeps it.
_EARLIER: Final = (
    '<details class="earlier"><summary>Earlier questions</summary><div><ul></ul>'
    '<button type="button" data-forget>Forget them</button></div></details>'
)


def _adder(name: str, choices: Sequence[tuple[str, str]]) -> str:
    options = "".join(f'<option value="{escape(value)}">{escape(label)}</option>' for value, label in choices)
    return (
        f'<span class="adder"><span aria-hidden="true">+ {"Verb" if name == "grade" else name.capitalize()}</span>'
        f'<select data-add="{name}" aria-label="Limit to a {name}">'
        f'<option value="">Choose a {name}</option>{options}</select></span>'
    )


def _documents(holdings: Holdings) -> list[tuple[str, str]]:
    """Ids and short names of the documents that answer, by name."""
    named = []
    for document in holdings.documents:
        identity = document.identity
        title = display_title(identity.title) or "Untitled document"
        parts = [identity.official_number] if identity.official_number else []
        if len(title) > _MAX_TITLE_CHARACTERS:
            # The end that is cut off may have named the country.
            parts += [", ".join(map(country_name, identity.countries))] if len(identity.countries) < 3 else []
            title = f"{title[:_MAX_TITLE_CHARACTERS].rsplit(' ', 1)[0]} …"
        named.append((document.document_id, ", ".join(filter(None, [*parts, title]))))
    return sorted(named, key=lambda pair: pair[1].casefold())
