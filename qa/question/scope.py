"""What a question is limited to, and how that is read from its words."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from ingest.countries import find_countries, known_names
from ingest.document import Grade, Part
from ingest.references import find_references
from ingest.subject import is_on_trafficking
from qa.question import foreign
from qa.question.language import language_of
from qa.question.limits import take_limits
from qa.question.subjects import body_asked, government_asked, publisher_says
from qa.question.topics import find_topics, thesaurus_words, topic_of_article

MAX_QUESTION_CHARACTERS = 1000
"""Longer questions are refused: nothing that one person asks at once needs more (chosen)."""

_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,300}>|\bhttps?://\S{1,300}")  # Pasted along with a question; asks nothing.
_GOVERNMENT = ("Government",)
# A year in which something happened, or one end of a period.
_HAPPENED = re.compile(
    r"\b(?:in|during|by|for|of|until|since|before|after|between|from|and|to|year)\s((?:19|20)\d\d)\b"
    r"|\b((?:19|20)\d\d)(?=\s?(?:[-–/]|and|to|until)\s?(?:19|20)\d\d\b)|(?<=[-–/])((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_NO_BODIES = {
    "ANNUAL",
    "FINAL",
    "LATEST",
    "COUNTRY",
    "SECOND",
    "THIRD",
    "FIRST",
    "WHAT",
    "WHICH",
}  # In capitals throughout.
_MIN_MISSPELT_NAME = 6  # Shorter country names are one slip away from too many English words ("child", "Chile").
# Cyrillic and Greek letters that look like Latin ones: a word that mixes them with Latin letters means the Latin ones.
_LOOK_ALIKES = str.maketrans("АВЕЅІЈКМНОРСТХУаеѕіјорсхуΑΒΕΗΙΚΜΝΟΡΤΧΥο", "ABESIJKMHOPCTXYaesijopcxyABEHIKMNOPTXYo")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is limited to; an empty field limits nothing.

    Attributes:
        countries: ISO 3166-1 alpha-2 codes.
        sources: Speaker codes whose words are wanted.
        years: Years of documents: of their number, adoption or publication.
        rounds: GRETA's evaluation rounds.
        documents: Document ids.
        topics: Keys of `topics.all_topics()`; these rank, they do not exclude.
        since, until: First and last year of documents; None without such a limit.
        grades: GRETA's verbs.
        articles: Articles of the Council of Europe Convention.
        parts: Parts of documents.
        anywhere: True for statements on anything; False for those on trafficking in human beings.
    """

    countries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    rounds: tuple[int, ...] = ()
    documents: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    grades: tuple[Grade, ...] = ()
    articles: tuple[int, ...] = ()
    parts: tuple[Part, ...] = ()
    anywhere: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The scope by the JSON contract; `since` and what follows it are Pincite's additions."""
        return {
            "countries": list(self.countries),
            "sources": list(self.sources),
            "years": list(self.years),
            "rounds": list(self.rounds),
            "documents": list(self.documents),
            "topics": list(self.topics),
            "since": self.since,
            "until": self.until,
            "grades": list(self.grades),
            "articles": list(self.articles),
            "parts": list(self.parts),
            "anywhere": self.anywhere,
        }


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was understood.

    Attributes:
        text: As asked, without control, direction and zero-width characters.
        scope: What it is limited to.
        about: What is left of the question without countries, sources, years and rounds.
        content: The words of `about` that carry a topic, as written, in order.
        years_named: Years in it of which its words do not tell that they are of editions.
        years_happened: Those of them in which something is said to have happened ("in 2016").
        numbers: Official document numbers in it, normalised.
        speakers: Speakers whose words are preferred, since the question names them ("survey").
        defines: Terms that it asks to have explained ("What is the NATC-SEE?").
        section: The chapter or section that it asks for: its number ("4"), or "annex II"; else None.
        non_paper: True when it asks for what a non-paper says.
        group: Name of the group of countries that it names instead of countries; None without one.
        unlisted: Name of a region or group that it names and of which no list of countries is known; None without one.
        each_country, each_source: True when it wants evidence from every country or source.
        each_edition: True when it asks how editions differ.
        latest: True when it asks for the latest report.
        on_other_things: True when it is on a field of government other than the fight against trafficking.
        about_assessment: True when it asks for a value of the EC's scale.
        about_documents: True when it asks for a reference, not for findings.
        vague: True when its words name no matter: a greeting, or "is it increasing" of nothing in particular.
        of_an_atlas: True when all that it asks of a country is what an atlas tells ("the capital of Albania").
        wants: "recommendations" or "findings" when its words ask for one of them, else None.
        corrected: Misspelt words and how they were read.
        language: ISO 639-1 code of a language other than English that it is plainly in, else "en" (see `language_of`).
    """

    text: str
    scope: Scope
    about: str = ""
    content: tuple[str, ...] = ()
    years_named: tuple[int, ...] = ()
    years_happened: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()
    section: str | None = None
    non_paper: bool = False
    group: str | None = None
    unlisted: str | None = None
    each_country: bool = False
    each_source: bool = False
    each_edition: bool = False
    latest: bool = False
    on_other_things: bool = False
    about_assessment: bool = False
    about_documents: bool = False
    vague: bool = False
    of_an_atlas: bool = False
    wants: Literal["recommendations", "findings"] | None = None
    corrected: tuple[tuple[str, str], ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class _Rules:
    """What questions.toml says."""

    empty: frozenset[str]
    orders: frozenset[str]
    counted: frozenset[str]
    greetings: frozenset[str]
    tendencies: frozenset[str]
    atlas: re.Pattern[str]
    each_country: re.Pattern[str]
    each_source: re.Pattern[str]
    reference: re.Pattern[str]
    recommendations: re.Pattern[str]
    findings: re.Pattern[str]
    sources: dict[str, str]
    sources_written: dict[str, str]
    speakers: dict[str, str]
    abbreviations: dict[str, str]
    other_fields: re.Pattern[str]
    assessment: re.Pattern[str]
    groups: tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...]
    unlisted_regions: re.Pattern[str]
    unlisted_groups: re.Pattern[str]
    no_groups: frozenset[str]


def clean(text: str) -> str:
    """A question without what cannot be read: controls, direction marks, zero-width characters, lone surrogates."""
    kept = []
    for character in text.replace("\ufffd", " "):
        category = unicodedata.category(character)
        if character in "\u00ad\ufeff" or category == "Cf":
            continue  # Soft hyphens and joiners stand inside words.
        kept.append(" " if category in {"Cc", "Cs", "Co", "Cn"} else character)
    text = unicodedata.normalize("NFKC", "".join(kept))
    return re.sub(r"\s+", " ", re.sub(r"\w+", _one_script, text)).strip()


def _one_script(match: re.Match[str]) -> str:
    word = match[0]
    latin = re.search(r"[A-Za-z]", word) is not None
    folded = word.translate(_LOOK_ALIKES)
    if latin and folded != word:
        return folded
    # A word wholly of look-alikes beside Latin text, as in "ЅЕ", stays: it may be a real Cyrillic word.
    return word


def read_question(
    text: str,
    given: Scope | None = None,
    *,
    lifted: Collection[str] = (),
    known: Callable[[str], bool] = lambda _: False,
    spelling: Callable[[str], str | None] = lambda _: None,
) -> Question:
    """Understands a question.

    Args:
        text: As typed.
        given: Limits that were set beside the question; each replaces what its words say in that respect.
        lifted: Fields of `Scope` in which the question is not limited, whatever its words say.
        spelling: Gives the word of the library or the field that a misspelt word means; None where it cannot tell.
        known: Tells whether the library holds a word: such a word is not taken for a misspelt country name.
    """
    rules = _rules()
    given = given or Scope()
    asked = clean(_flags_to_names(text))
    language = language_of(asked, known=known)
    cleaned, corrected = _respelt(asked, rules, spelling)
    if language != "en":
        # "GRETA Malta compensaiton" looks French to the letters in it; with the slip put right every word is English.
        if corrected and _is_all_english(cleaned, rules, known):
            language = "en"
        else:
            cleaned, corrected = asked, ()
    lowered = cleaned.casefold()
    rest = cleaned = _MARKUP.sub(" ", cleaned)
    references = find_references(_with_series_in_capitals(cleaned))
    for reference in reversed(references):
        rest = rest[: reference.start] + " " + rest[reference.end :]
    limits = take_limits(rest)
    sources, rest = _take_sources(limits.rest, rules)
    # Before the countries: "US Trafficking in Persons Report".
    sources, rest = _whose_words(
        cleaned,
        sources,
        rest,
        comments="government comments" in limits.parts,
        otherwise=lambda: _asked_speakers(cleaned, rules, known),
    )
    if language == "en":
        countries, rest = _take_countries(rest, known)
    else:
        also, rest = foreign.take_sources(rest)
        sources = tuple(dict.fromkeys((*sources, *also)))
        countries, rest = foreign.take_countries(rest, language)
    group, members, rest = _take_group(rest, rules)
    group = None if given.countries or countries or "countries" in lifted else group
    unlisted = None if given.countries or countries or group else _unlisted_region(rest, rules)
    named_countries = given.countries or (() if "countries" in lifted else countries)
    sources = given.sources or (() if "sources" in lifted else sources)
    by_name = "documents" not in lifted  # Whether a document that the words name limits the question.
    section = re.search(r"\b(section|chapter|annex|appendix)\s(\d{1,2}(?:\.\d{1,2})*|[ivx]{1,4})\b", lowered)
    words = _content(rest, rules)
    if words and words[0].casefold() in rules.orders:
        del words[0]
    if (
        not words
        and len(counted := [word for word in re.findall(r"\w+", rest) if word.casefold() in rules.counted]) > 1
    ):
        words = counted  # "Victims by year", "number of victims".
    if not words and (article_topics := [topic.label for topic in map(topic_of_article, limits.articles) if topic]):
        rest = f"{rest} {' '.join(article_topics)}"  # "Article 15": what it is on.
        words = _content(rest, rules)
    if section:
        # "Section 4 of the non-paper": neither word is what the section should speak of.
        not_topic = {*section.groups(), "non-paper", "nonpaper"}
        words = [word for word in words if word.casefold() not in not_topic]
    return Question(
        text=asked,
        scope=Scope(
            countries=named_countries or (members if group else ()),
            sources=sources,
            years=given.years or (() if "years" in lifted else limits.years),
            rounds=given.rounds or (() if "rounds" in lifted else limits.rounds),
            documents=given.documents,
            topics=given.topics or tuple(dict.fromkeys(key for found in find_topics(rest) for key in found.keys)),
            since=given.since or (None if "since" in lifted else limits.since),
            until=given.until or (None if "until" in lifted else limits.until),
            grades=given.grades or (() if "grades" in lifted else limits.grades),
            articles=given.articles or (() if "articles" in lifted else limits.articles),
            parts=given.parts or (() if "parts" in lifted else limits.parts),
            anywhere=given.anywhere,
        ),
        about=rest,
        content=tuple(words),
        years_named=tuple(dict.fromkeys(int(year) for year in re.findall(r"(?<![\d/])(?:19|20)\d\d(?![\d/])", rest))),
        years_happened=tuple(int(year) for match in _HAPPENED.finditer(rest) for year in match.groups() if year),
        numbers=tuple(reference.number for reference in references if by_name),
        speakers=tuple(
            dict.fromkeys(
                code for name, code in rules.speakers.items() if re.search(rf"\b{re.escape(name)}\b", lowered)
            )
        ),
        defines=tuple(
            re.findall(r"\b(?:[Ww]hat|[Ww]ho)\s(?:is|are|was|were)\s(?:the\s|an?\s)?([A-Z][\w-]*[A-Z][\w-]*)", cleaned)
        ),
        section=_section_name(*section.groups()) if section else None,
        non_paper=by_name and re.search(r"\bnon-?paper\b", lowered) is not None,
        group=group,
        unlisted=unlisted,
        each_country=rules.each_country.search(lowered) is not None or len(named_countries) > 1,
        each_source=rules.each_source.search(lowered) is not None or len(sources) > 1,
        each_edition=limits.compares,
        latest=limits.latest,
        on_other_things=rules.other_fields.search(lowered) is not None and not is_on_trafficking(lowered),
        about_assessment=rules.assessment.search(lowered) is not None,
        about_documents=bool(references) or _reference_asked(cleaned, rules),
        vague=_is_vague(lowered, words, rules),
        of_an_atlas=bool(countries) and not sources and rules.atlas.fullmatch(" ".join(words).casefold()) is not None,
        wants=_wants(lowered, rules),
        corrected=corrected,
        language=language,
    )


def _respelt(
    text: str, rules: _Rules, spelling: Callable[[str], str | None]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A question with misspelt words put right, and what was put right."""
    corrected: list[tuple[str, str]] = []

    def right(match: re.Match[str]) -> str:
        word = match[0]
        if word.casefold() in rules.empty or find_countries(word) or find_topics(word) or _take_group(word, rules)[0]:
            return word
        better = spelling(word.casefold())
        if better is None:
            return word
        corrected.append((word, better))
        return better

    return re.sub(r"(?<![\w'’/.-])[A-Za-z][a-z]{5,}(?![\w'’/.-])", right, text), tuple(corrected)


def _is_all_english(text: str, rules: _Rules, known: Callable[[str], bool]) -> bool:
    """Whether every word of a text is a country's, one of questions or one of the library, all of which are English."""
    for mention in reversed(find_countries(text)):
        text = text[: mention.start] + " " + text[mention.end :]
    return all(
        word in rules.empty or known(word) or _misspelt_country(word, known) is not None
        for word in re.findall(r"[^\W\d_]+", text.casefold())
    )


def field_words() -> frozenset[str]:
    """Words of questions and of the field, case folded: what a misspelt word may mean beside the library's own."""
    rules = _rules()
    wordings = (
        word
        for pattern in (rules.recommendations, rules.findings)
        for word in re.findall(r"[a-z]{6,}", pattern.pattern)
    )
    return frozenset({*rules.empty, *wordings, *thesaurus_words()})


def _with_series_in_capitals(text: str) -> str:
    """A question with the letters of official numbers as reports print them: "greta(2017)37", "swd(2018) 152"."""
    return re.sub(r"(?i)\b(?:greta|swd|com|sec|join|cp)(?=\s?[(/]\s?\d{4})", lambda match: match[0].upper(), text)


def _section_name(kind: str, number: str) -> str:
    return number if kind in {"section", "chapter"} else f"{kind} {number.upper()}"


def _is_vague(lowered: str, content: list[str], rules: _Rules) -> bool:
    """Whether a question is a greeting, or asks how something develops and does not say what."""
    spoken = re.findall(r"[^\W_]+", lowered)
    greeting = bool(spoken) and all(word in rules.greetings for word in spoken)
    return greeting or (bool(content) and all(word.casefold() in rules.tendencies for word in content))


def _wants(lowered: str, rules: _Rules) -> Literal["recommendations", "findings"] | None:
    findings = rules.findings.search(lowered) is not None
    if rules.recommendations.search(lowered) and not findings:
        return "recommendations"
    return "findings" if findings else None


def other_forms(text: str) -> tuple[str, ...]:
    """Long forms of the abbreviations in a text, and abbreviations of the long forms in it."""
    spaced = f" {text.casefold()} ".replace("-", " ")
    found = []
    for short, long in _rules().abbreviations.items():
        # Looking for the letters first saves nearly all of the patterns.
        if short.casefold() in spaced and re.search(rf"\b{short.casefold()}s?\b", spaced):
            found.append(long)
        elif long.removesuffix("s") in spaced and re.search(rf"\b{re.escape(long.removesuffix('s'))}", spaced):
            found.append(short)
    return tuple(found)


def source_code(name: str) -> str:
    """The speaker code that a name stands for: "greta" is GRETA, "European Commission" is EC; others stay."""
    rules = _rules()
    return rules.sources.get(name.strip().casefold(), name.strip())


@cache
def _rules() -> _Rules:
    data = tomllib.loads((files("qa") / "data" / "questions.toml").read_text(encoding="utf-8"))
    return _Rules(
        empty=frozenset(data["empty"]),
        orders=frozenset(data["orders"]),
        counted=frozenset(data["counted"]),
        greetings=frozenset(data["greetings"]),
        tendencies=frozenset(data["tendencies"]),
        atlas=re.compile(rf"(?:{'|'.join(data['atlas'])})"),
        each_country=_any_of(data["each_country"]),
        each_source=_any_of(data["each_source"]),
        reference=re.compile("|".join([_any_of(data["reference"]).pattern, *data["reference_patterns"]])),
        recommendations=_any_of(data["recommendations"]),
        findings=_any_of(data["findings"]),
        sources=data["sources"],
        sources_written=data["sources_written"],
        speakers=data["speakers"],
        abbreviations=data["abbreviations"],
        other_fields=_any_of(data["other_fields"]),
        assessment=_any_of(data["assessment"]),
        groups=tuple(
            (
                name,
                re.compile(rf"(?<!\w)(?:{'|'.join(group['names'])})(?!\w)".replace(" ", r"[\s-]")),
                tuple(group["countries"]),
            )
            for name, group in data["groups"].items()
        ),
        unlisted_regions=re.compile(rf"(?<!\w)(?:{'|'.join(data['unlisted']['regions'])})(?!\w)".replace(" ", r"\s")),
        unlisted_groups=re.compile(data["unlisted"]["groups"].replace(" ", r"\s")),
        no_groups=frozenset(data["unlisted"]["no_groups"]),
    )


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(phrase) for phrase in phrases)})(?!\w)")


def _flags_to_names(text: str) -> str:
    """Replaces flag emoji by the ISO code's country, which `find_countries` would not see as two symbols."""
    from ingest.countries import country_name

    def name(match: re.Match[str]) -> str:
        code = "".join(chr(ord(character) - 0x1F1E6 + ord("A")) for character in match[0])
        return f" {country_name(code)} "

    return re.sub("[\U0001f1e6-\U0001f1ff]{2}", name, text)


def _take_countries(text: str, known: Callable[[str], bool]) -> tuple[tuple[str, ...], str]:
    mentions = find_countries(text)
    codes = list(dict.fromkeys(mention.code for mention in mentions))
    for mention in reversed(mentions):
        text = text[: mention.start] + " " + text[mention.end :]
    for match in reversed(list(re.finditer(r"[^\W\d_]{5,}", text))):
        code = _misspelt_country(match[0].casefold(), known)
        if code:
            codes.append(code)
            text = text[: match.start()] + " " + text[match.end() :]
    return tuple(dict.fromkeys(codes)), text


@cache
def _names_by_length() -> dict[int, list[tuple[str, str]]]:
    by_length: dict[int, list[tuple[str, str]]] = {}
    for name, code in known_names():
        if " " not in name and len(name) >= _MIN_MISSPELT_NAME:
            by_length.setdefault(len(name), []).append((name, code))
    return by_length


def _misspelt_country(word: str, known: Callable[[str], bool]) -> str | None:
    from rapidfuzz.distance import DamerauLevenshtein

    if known(word) or word in {"romani", "german", "island", "serving", "service"}:
        return None
    allowed = 1 if len(word) < 8 else 2
    best: tuple[int, str] | None = None
    for length in range(len(word) - allowed, len(word) + allowed + 1):
        for name, code in _names_by_length().get(length, ()):
            if name[0] != word[0]:
                continue  # People rarely get the first letter wrong, and most false friends differ in it.
            distance = DamerauLevenshtein.distance(word, name, score_cutoff=allowed)
            if distance <= allowed and (best is None or distance < best[0]):
                best = (distance, code)
    return best[1] if best else None


def _take_sources(text: str, rules: _Rules) -> tuple[tuple[str, ...], str]:
    found: list[tuple[int, str]] = []
    for name, code in sorted(rules.sources.items(), key=lambda pair: -len(pair[0])):
        pattern = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", re.IGNORECASE)
        found.extend((match.start(), code) for match in pattern.finditer(text))
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    for name, code in rules.sources_written.items():
        for match in re.finditer(rf"(?<![\w-]){name}(?![\w-])", text):
            before = re.search(r"(\w+)\s$", text[: match.start()])
            if before is None or not before[1][0].isupper() or match.start() == before.end() == 0:
                found.append((match.start(), code))
                text = text[: match.start()] + " " * len(name) + text[match.end() :]
    return tuple(dict.fromkeys(code for _, code in sorted(found))), text


def _take_group(text: str, rules: _Rules) -> tuple[str | None, tuple[str, ...], str]:
    """The group of countries that a text names, its members, and the text without it."""
    for name, pattern, members in rules.groups:
        if pattern.search(text):
            return name, members, pattern.sub(" ", text)
    return None, (), text


def _unlisted_region(text: str, rules: _Rules) -> str | None:
    """A region or group of countries that a text names and of which no list of members is known."""
    region = rules.unlisted_regions.search(text)
    if region is not None:
        return region[0]
    groups = (match for match in rules.unlisted_groups.finditer(text) if match["name"] not in rules.no_groups)
    return next((match[0] for match in groups), None)


def _whose_words(
    text: str, named: tuple[str, ...], rest: str, *, comments: bool, otherwise: Callable[[], tuple[str, ...]]
) -> tuple[tuple[str, ...], str]:
    """The sources that a question is limited to, and its rest without the words that only say whose words it wants.

    Args:
        text: The question.
        named: The publishers that it names.
        rest: What is left of it without limits and publishers.
        comments: Whether it asks for the government's comments.
        otherwise: Gives the sources of a question that names none.
    """
    asked = government_asked(text)
    if asked is None and not _reference_asked(text, _rules()):
        asked = body_asked(text)
    if asked is None:
        of_comments = comments and not publisher_says(text)  # A report that is replied to is no source of the reply.
        return _GOVERNMENT if of_comments else named or otherwise(), rest
    for word in asked.words:
        rest = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", " ", rest, count=1)
    # Of a source that is named beside, the words are asked for too; else it is what is spoken of.
    return (asked.speaker,) if asked.alone else tuple(dict.fromkeys((*named, asked.speaker))), rest


def _reference_asked(text: str, rules: _Rules) -> bool:
    return rules.reference.search(text.casefold()) is not None


def _asked_speakers(text: str, rules: _Rules, known: Callable[[str], bool]) -> tuple[str, ...]:
    """Other speakers whose own words are asked for: "what did the OSCE recommend", "what does the XYZ handbook say"."""
    saying = r"(?:say|says|recommend|recommends|find|finds|report|note|ask|want|write|conclude|contain)"
    asked = re.search(rf"\b(?:did|does|do|has|have)\s(?:the\s)?(?P<who>.{{2,60}}?)\s{saying}\b", text)
    if not asked:
        # "MONEYVAL report on Malta", "UNODC global report": a body that publishes, and whose report is not loaded.
        report = re.match(r"(?:the\s)?(?P<who>[A-Z]{4,})(?:\s\w+){0,2}?\s(?:report|study|handbook|survey)s?\b", text)
        who = report["who"] if report else None
        return (who,) if who and who not in _NO_BODIES and not known(who) and not other_forms(who) else ()
    named = [
        code for name, code in rules.speakers.items() if re.match(rf"{re.escape(name)}\b", asked["who"].casefold())
    ]
    if named:
        return (named[0],)
    # An abbreviation that the library has never heard of, as the one who says it, is a source that is not loaded.
    body = re.match(r"(?:International|World|United\sNations|European)\s(?:[A-Z]\w+\s?){1,4}", asked["who"])
    if body:
        return (body[0].strip(),)
    strange = re.match(r"[A-Z]{3,}\b", asked["who"])
    if strange is None or known(strange[0]) or other_forms(strange[0]):
        return ()
    slips = {source for source in ("GRETA", "ICMPD") if _is_a_slip_of(strange[0], source)}
    return tuple(slips) or (strange[0],)


def _is_a_slip_of(word: str, source: str) -> bool:
    from rapidfuzz.distance import DamerauLevenshtein

    return DamerauLevenshtein.distance(word, source, score_cutoff=1) <= 1


def _content(text: str, rules: _Rules) -> list[str]:
    return [word for word in re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text) if not _is_empty(word, rules)]


def _is_empty(word: str, rules: _Rules) -> bool:
    bare = re.sub(r"['’]s?$", "", word.casefold())
    return bare in rules.empty or (len(bare) < 2 and not bare.isdigit()) or (bare.isdigit() and len(bare) < 3)
