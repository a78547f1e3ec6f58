"""The rules of a few texts of which each is given once, such as the groups of a KPI."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import Formatted, MaxItems, SingleLine, check_required
from domain.kernel.text import fold_case


@dataclass(frozen=True)
class UniqueTexts(MaxItems, ABC):
    """At most `maximum` texts with a rule, each once. They keep their order."""

    @property
    def limit(self) -> str:
        """The limit as a sentence."""
        item = self.item
        if not item.limit:
            return super().limit
        return f"At most {self.maximum}, each of at most {item.max_length} characters."

    @property
    @abstractmethod
    def item(self) -> SingleLine | Formatted:
        """The rule of one text."""

    def check(self, value: Collection[Any], *path: str | int) -> Any:
        """Return the texts as a tuple. Raises Invalid and LimitExceeded, with all faults."""
        super().check(value, *path)
        faults, checked, item = FaultCollector(), dict[str, str](), self.item
        for index, each in enumerate(value):
            with faults.collect():
                text: str = check_required(item, each, *path, index)
                if self._fold(text) in checked:
                    message = f"{item.label} {text} is given twice. Remove one."
                    raise Invalid(message, *path, index, code=Code.NOT_UNIQUE)
                checked[self._fold(text)] = text
        faults.raise_all()
        return tuple(checked.values())

    def _fold(self, text: str) -> str:
        """Return the form in which texts are compared."""
        return text


@dataclass(frozen=True)
class Labels(UniqueTexts):
    """At most `maximum` lines of text, each once whatever its case. They keep their order."""

    label: str = "The label"
    max_length: int = 50

    @property
    def item(self) -> SingleLine:
        """The rule of one label."""
        return SingleLine(self.label, self.max_length)

    def _fold(self, text: str) -> str:
        return fold_case(text)
