"""The rule of a few free labels, such as the groups of a KPI."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import MaxItems, SingleLine, check_required
from domain.kernel.text import fold_case


@dataclass(frozen=True)
class Labels(MaxItems):
    """At most `maximum` lines of text, each once whatever its case. They keep their order."""

    label: str = "The label"
    max_length: int = 50

    @property
    def limit(self) -> str:
        """The limit as a sentence."""
        return f"At most {self.maximum}, each of at most {self.max_length} characters."

    @property
    def item(self) -> SingleLine:
        """The rule of one label."""
        return SingleLine(self.label, self.max_length)

    def check(self, value: Collection[Any], *path: str | int) -> Any:
        """Return the labels as a tuple. Raises Invalid and LimitExceeded, with all faults."""
        if len(value) > self.maximum:
            message = f"{self.subject} has at most {self.maximum} {self.items}. Remove some."
            raise LimitExceeded(message, *path)
        faults = FaultCollector()
        checked = dict[str, str]()
        for index, each in enumerate(value):
            with faults.collect():
                text = check_required(self.item, each, *path, index)
                if fold_case(text) in checked:
                    message = f"{self.label} {text} is given twice. Remove one."
                    raise Invalid(message, *path, index, code=Code.NOT_UNIQUE)
                checked[fold_case(text)] = text
        faults.raise_all()
        return tuple(checked.values())
