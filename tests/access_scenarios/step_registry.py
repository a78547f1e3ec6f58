"""The grammar of the scenarios: sentences by pattern, days by name, lists of names."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

DAYS = {
    "a year ago": -365,
    "last month": -30,
    "yesterday": -1,
    "today": 0,
    "tomorrow": 1,
    "next month": 30,
    "in a year": 365,
}
SPAN = re.compile(r"(?: (?:from|on) (?P<since>[a-z ]+?))?(?: until (?P<until>[a-z ]+))?")

Meaning = Callable[..., Any]


class Misread(Exception):
    """A sentence that nobody understands; says which."""


@dataclass
class Grammar:
    """Patterns of sentences, each with what it means. A whole sentence has to match."""

    meanings: list[tuple[re.Pattern[str], Meaning]] = field(default_factory=list)

    def says(self, pattern: str) -> Callable[[Meaning], Meaning]:
        def learnt(meaning: Meaning) -> Meaning:
            self.meanings.append((re.compile(pattern), meaning))
            return meaning

        return learnt

    def read(self, sentence: str, *about: Any) -> Any:
        """Do what the sentence means. Raises Misread."""
        for pattern, meaning in self.meanings:
            found = pattern.fullmatch(sentence)
            if found:
                return meaning(*about, **found.groupdict())
        raise Misread(f"Nobody understands: {sentence}")


def span(words: str, today: date) -> tuple[date, date | None]:
    """The days of `from today until next month`; from a year ago unless said. Raises Misread."""
    found = SPAN.fullmatch(words)
    if found is None:
        raise Misread(f"Nobody understands the days: {words}")
    until = found["until"]
    return day(found["since"] or "a year ago", today), day(until, today) if until else None


def day(name: str, today: date) -> date:
    """The day of that name. Raises Misread."""
    if name not in DAYS:
        raise Misread(f"There is no day {name}; there are {', '.join(DAYS)}.")
    return today + timedelta(days=DAYS[name])


def listed(words: str) -> list[str]:
    """The items of `a, b and c`."""
    return [each for each in re.split(r", | and ", words) if each]
