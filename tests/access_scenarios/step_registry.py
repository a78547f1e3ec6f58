"""Parser of scenario sentences: steps by pattern, days by name, lists of names."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

DAY_OFFSETS = {
    "a year ago": -365,
    "last month": -30,
    "yesterday": -1,
    "today": 0,
    "tomorrow": 1,
    "next month": 30,
    "in a year": 365,
}
PERIOD_PATTERN = re.compile(r"(?: (?:from|on) (?P<since>[a-z ]+?))?(?: until (?P<until>[a-z ]+))?")

StepHandler = Callable[..., Any]


class StepError(Exception):
    """A sentence that matches no step."""


@dataclass
class StepRegistry:
    """Patterns of sentences with their handlers. A pattern has to match the whole sentence."""

    handlers: list[tuple[re.Pattern[str], StepHandler]] = field(default_factory=list)

    def register(self, pattern: str) -> Callable[[StepHandler], StepHandler]:
        def learnt(meaning: StepHandler) -> StepHandler:
            self.handlers.append((re.compile(pattern), meaning))
            return meaning

        return learnt

    def run(self, sentence: str, *about: Any) -> Any:
        """Run the handler of the sentence. Raises StepError."""
        for pattern, meaning in self.handlers:
            found = pattern.fullmatch(sentence)
            if found:
                return meaning(*about, **found.groupdict())
        raise StepError(f"Nobody understands: {sentence}")


def parse_period(words: str, today: date) -> tuple[date, date | None]:
    """Parse `from today until next month`; the default start is a year ago. Raises StepError."""
    found = PERIOD_PATTERN.fullmatch(words)
    if found is None:
        raise StepError(f"Nobody understands the days: {words}")
    until = found["until"]
    return parse_day(found["since"] or "a year ago", today), parse_day(
        until, today
    ) if until else None


def parse_day(name: str, today: date) -> date:
    """Parse the name of a day. Raises StepError."""
    if name not in DAY_OFFSETS:
        raise StepError(f"There is no day {name}; there are {', '.join(DAY_OFFSETS)}.")
    return today + timedelta(days=DAY_OFFSETS[name])


def split_names(words: str) -> list[str]:
    """Split `a, b and c`."""
    return [each for each in re.split(r", | and ", words) if each]
