"""Which statements of a document are on trafficking in human beings.

GRETA's reports are, from end to end. A report of the European Commission has a hundred pages of which one or two are,
and its paragraphs take up several subjects one behind another: "On asylum, …. On visa policy, …".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.document import Passage

_WHOLLY = {"GRETA", "ICMPD", "Pincite"}
_GOODS = r"(?:drugs?|narcotics?|arms|firearms?|weapons?|cultural|goods|vehicles?|cigarettes?|tobacco|wildlife|waste)"
_TRAFFICKING = re.compile(
    rf"(?<!\bdrug\s)(?<!\bdrugs\s)(?<!\barms\s)(?<!\bfirearms\s)(?<!\bweapons\s)(?<!\bnarcotics\s)"
    rf"(?<!\bwildlife\s)(?<!\bwaste\s)(?<!\bgoods\s)(?<!\bproperty\s)(?<!\bvehicle\s)(?<!\bcocaine\s)(?<!\bheroin\s)"
    rf"\btraffick\w*\b(?!\s(?:in|of)\s(?:\w+\s)?{_GOODS}\b)"
    r"|\bTHB\b|\bGRETA\b|\bforced\s(?:labour|begging|marriages?|criminality)\b|\bservitude\b|\bslavery\b"
    r"|\b(?:labour|sexual|severe|risks?\sof|victims?\sof|vulnerable\sto)\s(?:\w+\s)?exploitation\b"
    r"|\bchild\s(?:begging|marriage)\b",
    re.IGNORECASE,
)
# "As regards trafficking in human beings, …": what a paragraph, or the rest of it, is on.
_OPENING = re.compile(
    r"(?:As\s(?:regards|for|concerns)|On|Concerning|Regarding|With\s(?:regard|respect)\sto|In\s(?:relation\sto|terms\sof)"
    r"|In\sthe\s(?:area|field|domain)\sof|When\sit\scomes\sto|Turning\sto)\s(?P<subject>[^,;.]{3,160}?),"
)
_RUN_IN_WORDS = (
    8  # "Fight against corruption." at the head of a paragraph, or the subject of its first sentence (chosen).
)
_VERB = re.compile(r"\b(?:is|are|was|were|has|have)\b")


def is_on_trafficking(words: str) -> bool:
    """Whether some words name trafficking in human beings or a form of it; trafficking in goods is another thing."""
    return _TRAFFICKING.search(words) is not None


def on_trafficking(text: str, passages: Sequence[Passage], publisher: str | None) -> tuple[tuple[bool, ...], ...]:
    """For each passage, in order, and each of its statements whether it is on trafficking in human beings.

    A statement is when it, its heading or its lead-in says so, and as long as the subject that was opened last is
    trafficking: to the next opening or heading, over the end of a paragraph.

    Args:
        text: The document's text.
        passages: In order of `start`.
        publisher: Code of the document's publisher.
    """
    if publisher in _WHOLLY:
        return tuple((True,) * len(passage.statements) for passage in passages)
    flags: list[tuple[bool, ...]] = []
    section: tuple[str, ...] = ()
    subject_is = False
    for passage in passages:
        if passage.section != section:
            section, subject_is = passage.section, False
        statements = [text[statement.start : statement.end] for statement in passage.statements]
        if any(is_on_trafficking(heading) for heading in section):
            flags.append((True,) * len(statements))
        elif passage.kind != "paragraph":
            introduced = is_on_trafficking(passage.lead_in)
            flags.append(tuple(introduced or is_on_trafficking(words) for words in statements))
        else:
            of_passage, subject_is = _of_paragraph(statements, subject_is)
            flags.append(of_passage)
    return tuple(flags)


def _of_paragraph(statements: Iterable[str], subject_is: bool) -> tuple[tuple[bool, ...], bool]:
    """Flags of the statements of a paragraph, and whether the subject at its end is trafficking."""
    flags = []
    opened_here = subject_is
    for place, words in enumerate(statements):
        named = is_on_trafficking(words)
        subject = _OPENING.match(words)
        if subject:
            opened_here = subject_is = is_on_trafficking(subject["subject"])
        elif place == 0 and len(words.split()) <= _RUN_IN_WORDS and not _VERB.search(words):
            opened_here = subject_is = named
        elif place == 0 and is_on_trafficking(" ".join(words.split()[:_RUN_IN_WORDS])):
            opened_here = True  # What it begins with is the subject of this paragraph; the next one may be on anything.
        flags.append(named or opened_here)
    return tuple(flags), subject_is
