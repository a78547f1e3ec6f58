"""Values by key, such as those of custom fields: what reads, filters and orders of them need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from persistence.reading.read_model import ComputedList, FieldContext, Row, Sql


@dataclass(frozen=True, kw_only=True)
class KeyedValues(ComputedList):
    """A list of values by key. Filters and orders name the key, and filters also the type.

    `types` are the Python types of the values by the names of their fields. `build_value` builds
    the value with a key as one of these types, null where there is none. `build_sort_keys` builds
    what a list is ordered by, of which at most one is not null.
    """

    types: Mapping[str, Any]
    build_value: Callable[[Row, FieldContext, Sql, str], Sql]
    build_sort_keys: Callable[[Row, FieldContext, Sql], tuple[Sql, ...]]
