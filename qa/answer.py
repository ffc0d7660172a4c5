"""Answers: quotes per country and source, or the honest reason why there is none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from index.embedder import is_english_word
from ingest.countries import country_name
from qa.age import Age, ages
from qa.evidence.holdings import Holdings
from qa.evidence.retrieval import Evidence, gather
from qa.official.catalogue import Catalogue, own_catalogue
from qa.question.foreign import is_read
from qa.question.language import language_name
from qa.question.scope import MAX_QUESTION_CHARACTERS, Question, Scope, read_question
from qa.quotes import Quote
from qa.silence import Reason, further_hits, names_of, not_limited, why_nothing

if TYPE_CHECKING:
    from index.embedder import Embedder
    from index.library import Library
    from index.reranker import Reranker
    from index.search import Searcher

_ECHO_CHARACTERS = 200  # Of a question that is refused for its length, no more is shown back.
_LIBRARY = "the library holds what they find and recommend"
_NAMED_DOCUMENTS = 2
_TOLD_AGES = 3  # All of them are in `Answer.ages`.


@dataclass(frozen=True, slots=True)
class Group:
    """The quotes of one source on one country.

    Attributes:
        country: ISO code; None for what is about several countries or none.
        source: Speaker code.
        quotes: Own words before reported ones, best first.
        also: Quotes of other groups that this source says too, as (group, quote) positions.
    """

    country: str | None
    source: str
    quotes: tuple[Quote, ...]
    also: tuple[tuple[int, int], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The group by the JSON contract."""
        value: dict[str, Any] = {
            "country": self.country,
            "source": self.source,
            "quotes": [quote.as_dict() for quote in self.quotes],
        }
        if self.also:
            value["also"] = [{"group": group, "quote": quote} for group, quote in self.also]
        return value


@dataclass(frozen=True, slots=True)
class Answer:
    """What the library has to say to a question.

    Attributes:
        question: As understood: without characters that cannot be read.
        scope: What it was limited to.
        reason: Why nothing is shown; None when it was answered.
        message: For a person.
        groups: Empty when it was not answered.
        ages: How old what is shown is, per country and source, with newer reports that are known but not loaded.
        n_further: How many statements in scope that are not on trafficking speak of what was asked for.
    """

    question: str
    scope: Scope
    reason: Reason | None
    message: str
    groups: tuple[Group, ...] = field(default=())
    ages: tuple[Age, ...] = field(default=())
    n_further: int = 0

    @property
    def answered(self) -> bool:
        """Whether anything is shown."""
        return self.reason is None

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """All quotes in the order in which they are shown."""
        return tuple(quote for group in self.groups for quote in group.quotes)

    def as_dict(self) -> dict[str, Any]:
        """The answer by the JSON contract; `ages` and `further_elsewhere` are Pincite's additions."""
        return {
            "question": self.question,
            "scope": self.scope.as_dict(),
            "answered": self.answered,
            "reason": self.reason,
            "message": self.message,
            "groups": [group.as_dict() for group in self.groups],
            "ages": [age.as_dict() for age in self.ages],
            "further_elsewhere": self.n_further,
        }


class Answerer:
    """Answers questions from one library, always as the library is now. Threads may share it."""

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        reranker: Reranker | None = None,
        catalogue: Catalogue | None = None,
    ) -> None:
        """Loads the library for search.

        Args:
            library: The library.
            embedder: Of the model that the library was built with.
            reranker: Puts the best candidates of an answer in another order; None to leave them as they are.
            catalogue: Reports that are known to exist; None for those that come with Pincite and the library's own.

        Raises:
            ModelError: The library was built with another model.
            LibraryError: The library cannot be read.
            UsageError: The library's own catalogue of reports is faulty.
        """
        from index.search import Searcher

        self.catalogue = catalogue or Catalogue.load(own_catalogue(library.folder))
        self.library = library
        self.embedder = embedder
        self.reranker = reranker
        self._searcher: Searcher = Searcher(library, embedder)
        self._holdings = Holdings(self._searcher)
        self._lacking = self._what_is_lacking()

    def holdings(self) -> Holdings:
        """What is loaded now."""
        searcher = self._searcher.current()
        if searcher is not self._holdings.searcher:
            self._holdings = Holdings(searcher)
            self._lacking = self._what_is_lacking()
        return self._holdings

    def _what_is_lacking(self) -> Catalogue:
        """The reports that are known to exist and are not loaded."""
        loaded = [document.identity for document in self._holdings.documents]
        return replace(self.catalogue, known=self.catalogue.lacking(loaded))

    def ask(
        self, text: str, scope: Scope | None = None, *, limit: int | None = None, lifted: Collection[str] = ()
    ) -> Answer:
        """Answers a question.

        Args:
            text: The question, as typed.
            scope: Limits set beside the question; each replaces what the question's words say in that respect.
            limit: At most so many quotes; None for as many as the kind of question needs.
            lifted: Fields of `Scope` in which the question is not limited, whatever its words say.

        Raises:
            LibraryError, ModelError: The library cannot be used.
        """
        if len(text) > MAX_QUESTION_CHARACTERS:
            return _too_long(text, scope or Scope())
        holdings = self.holdings()
        question = read_question(
            text,
            scope,
            lifted=lifted,
            known=holdings.knows,
            spelling=lambda word: holdings.spelling(word, is_english_word),
        )
        refusal = _refused_as_put(question, self.embedder)
        if refusal is not None:
            return Answer(question.text, question.scope, refusal[0], refusal[1])
        evidence = gather(question, holdings, self.embedder, limit=limit, reranker=self.reranker)
        if not evidence.quotes:
            reason, message = why_nothing(question, holdings, evidence, self._lacking)
            return Answer(question.text, evidence.scope, reason, message, n_further=evidence.n_further)
        groups = _grouped(evidence)
        loaded = [document.identity for document in holdings.documents]
        shown_ages = ages(evidence.quotes, self._lacking, sources=evidence.scope.sources, loaded=loaded)
        summary = _summary(question, holdings, evidence, groups, shown_ages)
        return Answer(question.text, evidence.scope, None, summary, groups, shown_ages, evidence.n_further)


def _too_long(text: str, scope: Scope) -> Answer:
    message = (
        f"The question has {len(text):,} characters; at most {MAX_QUESTION_CHARACTERS:,} are read. "
        "Ask for one thing at a time."
    )
    return Answer(text[:_ECHO_CHARACTERS].encode("utf-8", "replace").decode() + " …", scope, "too_vague", message)


def _refused_as_put(question: Question, embedder: Embedder) -> tuple[Reason, str] | None:
    """The reason and message for a question that needs no search to be refused."""
    scope = question.scope
    if not any(character.isalnum() for character in question.text):
        return "empty_question", "Ask a question, for example: What did GRETA say about compensation in Serbia?"
    if question.language != "en" and not is_read(question.language, embedder):
        name = language_name(question.language)
        known = [*map(country_name, scope.countries), *scope.sources]
        understood = f" Recognised in it: {', '.join(known)}." if known else ""
        reads = "reads English" if embedder.languages == {"en"} else "does not read it"
        return (
            "language",
            f"The question seems to be in {name}. The loaded model {reads}: ask in English.{understood}",
        )
    asks = (question.content and not question.vague) or question.numbers or question.section or question.about_documents
    asks = asks or scope.grades or (scope.sources and question.wants == "recommendations")
    if not asks and not scope.countries and not scope.documents:
        return "too_vague", "Name a topic, a country or a document: “compensation”, “Serbia”, “GRETA(2017)37”."
    if question.of_an_atlas:
        return "outside_library", f"That is no matter of reports on trafficking: {_LIBRARY}."
    return None


def _grouped(evidence: Evidence) -> tuple[Group, ...]:
    """Quotes per country and source, the group with the best quote first."""
    scope = evidence.scope
    places: dict[tuple[str | None, str], list[Quote]] = {}
    for quote in evidence.quotes:
        places.setdefault((_country_of(quote, scope), _source_of(quote, scope)), []).append(quote)
    ordered = {key: tuple(sorted(quotes, key=lambda quote: quote.voice != "own")) for key, quotes in places.items()}
    keys = list(ordered)
    also: dict[tuple[str | None, str], list[tuple[int, int]]] = {}
    for group, (country, source) in enumerate(keys):
        for position, quote in enumerate(ordered[country, source]):
            for other in quote.speakers:
                if other != source and other in scope.sources:
                    also.setdefault((country, other), []).append((group, position))
    keys += [key for key in also if key not in ordered]
    return tuple(
        Group(country, source, ordered.get((country, source), ()), tuple(also.get((country, source), ())))
        for country, source in keys
    )


def _country_of(quote: Quote, scope: Scope) -> str | None:
    wanted = [country for country in scope.countries if country in quote.countries]
    if wanted:
        return wanted[0]
    if len(quote.countries) != 1:
        return None
    # A regional paper may name any country; its statements are filed under those that it is about.
    about = quote.document.identity.countries
    return quote.countries[0] if not about or quote.countries[0] in about else None


def _source_of(quote: Quote, scope: Scope) -> str:
    return next((source for source in scope.sources if source in quote.speakers), quote.speakers[0])


def _summary(
    question: Question, holdings: Holdings, evidence: Evidence, groups: Sequence[Group], shown_ages: Sequence[Age]
) -> str:
    """One or two sentences: how much is shown, from where, and whose own report is missing."""
    n_quotes = sum(len(group.quotes) for group in groups)
    shown = f"{n_quotes} {'quote' if n_quotes == 1 else 'quotes'} from {_named_or_counted(evidence)}."
    notes = [shown, *not_limited(question), *evidence.notes]
    if question.corrected:
        notes.append("; ".join(f"“{word}” was read as “{meant}”" for word, meant in question.corrected) + ".")
    reporters = dict.fromkeys(quote.reported_by for quote in evidence.quotes if quote.reported_by)
    missing = [
        source
        for source in evidence.scope.sources
        if any(source in quote.speakers and quote.voice == "reported" for quote in evidence.quotes)
        and not any(source in quote.speakers and quote.voice == "own" for quote in evidence.quotes)
        and not holdings.has_own(source, evidence.scope)
    ]
    if missing and reporters:
        whose = " or ".join(missing)
        notes.append(f"No report by {whose} on this is loaded: what is shown is reported by {', '.join(reporters)}.")
    files = dict.fromkeys(holdings.file_of_pages(quote.document) for quote in evidence.quotes)
    notes += [f"Pages are those of {name}; another form of it has other pages." for name in files if name]
    notes += _not_shown(holdings, evidence)
    notes += _other_verbs(evidence)
    notes += [age.sentence() for age in shown_ages if age.newer][:_TOLD_AGES]
    if evidence.n_further:
        notes.append(further_hits(evidence.n_further))
    if any(quote.paraphrase for quote in evidence.quotes):
        notes.append("Texts of digests are paraphrase written for Pincite, nobody's wording.")
    return " ".join(notes)


def _other_verbs(evidence: Evidence) -> list[str]:
    """What is to be said where a verb of GRETA was asked for and none of what is shown has it."""
    wanted = evidence.scope.grades
    shown = {quote.grade for quote in evidence.quotes}
    if not wanted or shown & set(wanted):
        return []
    found = " or ".join(grade for grade in shown if grade)
    verbs = " or ".join(wanted)
    if found:
        return [f"GRETA does not say “{verbs}” on this; it “{found}”."]
    return [f"No recommendation of GRETA with “{verbs}” was found on this; what is shown has no official verb."]


def _named_or_counted(evidence: Evidence) -> str:
    """The documents of the quotes by name, or by number where their names would fill the page."""
    titles = dict.fromkeys(quote.document_citation for quote in evidence.quotes)
    if len(titles) <= _NAMED_DOCUMENTS:
        return "; ".join(titles)
    return f"{len(titles)} {'digests' if all(quote.paraphrase for quote in evidence.quotes) else 'documents'}"


def _not_shown(holdings: Holdings, evidence: Evidence) -> list[str]:
    """Countries and sources that were asked for beside others, and of which nothing is shown."""
    on = {country for quote in evidence.quotes for country in quote.countries}
    of = {speaker for quote in evidence.quotes for speaker in quote.speakers}
    unshown = [country for country in evidence.scope.countries if country not in on]
    unloaded = [country for country in unshown if not holdings.covers(country)]
    notes = [f"Nothing is shown on {country_name(country)}." for country in unshown if country not in unloaded]
    if unloaded:
        on_it = "on it" if len(unloaded) == 1 else "on them"
        notes.append(f"Nothing is shown on {names_of(unloaded)}: no report {on_it} is loaded.")
    return notes + [f"Nothing is shown of {source}." for source in evidence.scope.sources if source not in of]
