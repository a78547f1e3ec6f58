"""Selections: the requested fields, built once per document and read by the compiler.

A selection holds no values. Whatever differs between requests (variables, the actor, the secret of
cursors) is in a `ReadRequest`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from domain.kernel.access import Actor


@dataclass(frozen=True)
class ReadRequest:
    """The values of one request; a mutation passes ids to its payload in `bound_ids`.

    `skipped_rows` are left out before the page of a root connection, for protocols whose pages have
    numbers. `reader` is who reads a preview of what the actor sees.
    """

    actor: Actor
    now: datetime
    secret: str
    variables: Any = None
    bound_ids: Mapping[str, Any] = field(default_factory=dict)
    skipped_rows: int = 0
    reader: Actor | None = None

    def for_reader(self) -> "ReadRequest":
        """Return the request of a preview with its reader as the actor."""
        assert self.reader is not None, "Only a preview has a reader."
        return replace(self, actor=self.reader)


ArgumentResolver = Callable[[ReadRequest], Mapping[str, Any]]
"""Return the coerced arguments of a field by their Python names; absent ones are left out."""


def resolve_no_arguments(_: ReadRequest) -> Mapping[str, Any]:
    """Return the arguments of a field without arguments."""
    return {}


def assume_variable(_: str) -> bool:
    """Return True: an argument may depend on a variable unless it is known to be constant."""
    return True


@dataclass(frozen=True, eq=False)
class Field:
    """A merged field: its response key, its Python name, its arguments and the fields below it.

    `non_null` is true where the schema forbids null. `can_vary` returns whether an argument may
    differ between requests. `plan_caches` belongs to the field, so plans are freed together with
    their document. Equality is identity: two equal-looking fields have separate plans.
    """

    response_key: str
    name: str
    arguments: ArgumentResolver = resolve_no_arguments
    selection: "Selection | None" = None
    non_null: bool = False
    can_vary: Callable[[str], bool] = assume_variable
    plan_caches: dict[Any, Any] = field(default_factory=dict, repr=False)


OPERATION_FIELD = ""
"""The name of a field that represents a whole operation: an object of the root type."""


JSON_TEXTS_FIELD = "~texts"
"""The name of a field that represents several root fields: the list of their JSON as texts."""


@dataclass(frozen=True, eq=False)
class Selection:
    """The requested fields of an object, in order, by the graph type that the object may have.

    An object type has one entry; a union or an interface has one for each possible type.
    `__typename` is a field of that name.
    """

    fields_by_type: Mapping[str, tuple[Field, ...]]


FIELD_WITHOUT_ARGUMENTS = Field("", "")
"""Stands for a field where a declaration is evaluated for no field of the document."""


def require_selection(field: Field) -> Selection:
    """Return the selection of a field that always has one: the graph's types make sure of it."""
    assert field.selection is not None, f"{field.name} needs a selection."
    return field.selection
