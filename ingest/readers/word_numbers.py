"""The numbers that Word counts by itself. Source: ECMA-376 part 1, sections 17.9 (numbering) and 17.18.59 (formats)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

Element = Any  # lxml's elements carry no types.


@dataclass(frozen=True, slots=True)
class Printed:
    """What Word prints before a paragraph: its text ("161.", "a)"; "" for none), whether a bullet, level from 0."""

    text: str
    is_bullet: bool
    level: int


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    number_format: str
    pattern: str  # "%1.%2" stands for the numbers of the first and the second level.
    legal: bool  # All numbers decimal, whatever their level says.


def wval(element: Element | None) -> str | None:
    """Returns the `w:val` of an element, None without one."""
    return None if element is None else element.get(f"{WORD}val")


class Numbering:
    """The counters of a document; paragraphs ask for their number in order."""

    def __init__(self, root: Element | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._abstract: dict[str, str] = {}
        self._overrides: dict[str, dict[int, int]] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._used: set[tuple[str, int]] = set()
        if root is None:
            return
        definitions = root.findall(f"{WORD}abstractNum")
        defined = {wval(element.find(f"{WORD}styleLink")): element for element in definitions}
        for element in definitions:
            # A template may define its lists as styles; then the levels stand where the style is defined.
            style = wval(element.find(f"{WORD}numStyleLink"))
            source = defined.get(style, element) if style else element
            levels = {_ilvl(level): _level(level) for level in source.findall(f"{WORD}lvl")}
            # Of two definitions with one id the first counts (a report numbered by a script had such a pair).
            self._levels.setdefault(element.get(f"{WORD}abstractNumId"), levels)
        for element in root.findall(f"{WORD}num"):
            self._read_num(element)

    def _read_num(self, element: Element) -> None:
        num_id = element.get(f"{WORD}numId")
        abstract_id = wval(element.find(f"{WORD}abstractNumId")) or ""
        starts = {}
        own_levels = {}
        for override in element.findall(f"{WORD}lvlOverride"):
            start = wval(override.find(f"{WORD}startOverride"))
            if start and start.isdecimal():
                starts[_ilvl(override)] = int(start)
            if (level := override.find(f"{WORD}lvl")) is not None:
                own_levels[_ilvl(override)] = _level(level)
        if own_levels:  # A changed level makes a list of its own.
            self._levels[f"num {num_id}"] = {**self._levels.get(abstract_id, {}), **own_levels}
            abstract_id = f"num {num_id}"
        self._abstract[num_id] = abstract_id
        self._overrides[num_id] = starts

    def next_label(self, num_id: str, level: int) -> Printed | None:
        """Counts one paragraph and returns what is printed before it, None where the numbering is not defined."""
        levels = self._levels.get(self._abstract.get(num_id, ""), {})
        if level not in levels:
            return None
        own = levels[level]
        if own.number_format == "bullet":
            return Printed("", is_bullet=bool(own.pattern.strip()), level=level)
        counters = self._counters.setdefault(self._abstract[num_id], {})
        if (num_id, level) not in self._used and level in self._overrides[num_id]:
            counters[level] = self._overrides[num_id][level] - 1
        self._used.add((num_id, level))
        counters[level] = counters.get(level, own.start - 1) + 1
        for deeper in [other for other in counters if other > level]:
            del counters[deeper]
        for upper in range(level):
            counters.setdefault(upper, levels[upper].start if upper in levels else 1)
        return Printed(self._printed(own, levels, counters), is_bullet=False, level=level)

    @staticmethod
    def _printed(own: _Level, levels: dict[int, _Level], counters: dict[int, int]) -> str:
        def number(found: re.Match[str]) -> str:
            level = int(found[1]) - 1
            number_format = "decimal" if own.legal or level not in levels else levels[level].number_format
            return formatted(counters.get(level, 1), number_format)

        return "" if own.number_format == "none" else re.sub(r"%(\d)", number, own.pattern).strip()


def _ilvl(element: Element) -> int:
    return int(element.get(f"{WORD}ilvl") or 0)


def _level(element: Element) -> _Level:
    start = wval(element.find(f"{WORD}start"))
    return _Level(
        int(start) if start and start.isdecimal() else 1,
        wval(element.find(f"{WORD}numFmt")) or "decimal",
        wval(element.find(f"{WORD}lvlText")) or "",
        element.find(f"{WORD}isLgl") is not None,
    )


def formatted(number: int, number_format: str) -> str:
    """Returns the number as Word prints it in this format; formats not known here come out in decimal."""
    if number_format in {"lowerLetter", "upperLetter"} and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if number_format == "lowerLetter" else letter.upper()
    if number_format in {"lowerRoman", "upperRoman"} and 0 < number < 4000:
        return _roman(number) if number_format == "lowerRoman" else _roman(number).upper()
    if number_format == "decimalZero":
        return f"{number:02d}"
    if number_format == "chicago" and number > 0:
        return "*†‡§"[(number - 1) % 4] * ((number - 1) // 4 + 1)
    return str(number)


def _roman(number: int) -> str:
    signs = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
    text = ""
    for value, sign in (*signs, (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        count, number = divmod(number, value)
        text += sign * count
    return text
