"""Options of a custom field of the type CHOICE."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import MaxItems, SingleLine, check_required, key_rule

Option: TypeAlias = Mapping[str, Any]
"""An option as it is stored: `key`, `label` and `is_archived`."""

MAX_OPTIONS = 200
OPTION_KEY = key_rule("The key")
OPTION_LABEL = SingleLine("The label", 100)


@dataclass(frozen=True)
class Options(MaxItems):
    """The options of a field in their order. Each has a key of its own."""

    def check(self, value: Iterable[Option], *path: str | int) -> Any:
        """Return the options as they are stored. Raises Invalid and LimitExceeded, all faults."""
        given = tuple(value)
        super().check([each["key"] for each in given], *path)
        faults, checked = FaultCollector(), dict[str, Option]()
        for index, each in enumerate(given):
            with faults.collect():
                key = check_required(OPTION_KEY, each["key"], *path, index, "key")
                label = check_required(OPTION_LABEL, each["label"], *path, index, "label")
                if key in checked:
                    message = f"The key {key} is given twice. Choose another."
                    raise Invalid(message, *path, index, "key", code=Code.NOT_UNIQUE)
                checked[key] = {"key": key, "label": label, "is_archived": False}
        faults.raise_all()
        return tuple(checked.values())


def replace_options(former: Sequence[Option], new: Sequence[Option]) -> tuple[Option, ...]:
    """Return the new options; those that are left out stay archived at the end."""
    keys = {each["key"] for each in new}
    left_out = ({**each, "is_archived": True} for each in former if each["key"] not in keys)
    return (*new, *left_out)


def is_offered(options: Iterable[Option], key: str) -> bool:
    """Return whether new values may have the option with this key."""
    return any(each["key"] == key and not each["is_archived"] for each in options)
