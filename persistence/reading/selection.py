"""Selections: what was asked for, built once per document and read by the compiler.

A selection holds references, never values: whatever differs from request to request (variables,
the actor, the secret of the cursors) is found in a `Run`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.kernel.access import Actor


@dataclass(frozen=True)
class ReadRequest:
    """What one request supplies; `given` has the ids that a mutation hands to its payload."""

    actor: Actor
    now: datetime
    secret: str
    variables: Any = None
    bound_ids: Mapping[str, Any] = field(default_factory=dict)


ArgumentResolver = Callable[[ReadRequest], Mapping[str, Any]]
"""The coerced arguments of one field for one run, by Python name; absent ones are left out."""


def resolve_no_arguments(_: ReadRequest) -> Mapping[str, Any]:
    """The arguments of a field that was given none."""
    return {}


def assume_variable(_: str) -> bool:
    """What nothing is known of may be another each time."""
    return True


@dataclass(frozen=True, eq=False)
class Field:
    """A merged field: its response key, its Python name, its arguments and what is asked below it.

    `promised` says that the schema does not allow null here. Equality is identity: two fields of a
    document that look alike are still two fields. `varies` says of an argument whether it may be
    another in another run. `kept` is what readers remember of the field; it lives in the field so
    that it dies with it.
    """

    response_key: str
    name: str
    arguments: ArgumentResolver = resolve_no_arguments
    selection: "Selection | None" = None
    non_null: bool = False
    can_vary: Callable[[str], bool] = assume_variable
    plan_caches: dict[Any, Any] = field(default_factory=dict, repr=False)


OPERATION_FIELD = ""
"""The name of the field that stands for a whole operation: an object of the root type."""


@dataclass(frozen=True, eq=False)
class Selection:
    """The fields asked of an object, in order, for each graph type that the object may have.

    For an object type there is one entry; for a union or an interface, one for each possible type.
    `__typename` appears as a field of that name.
    """

    fields_by_type: Mapping[str, tuple[Field, ...]]


FIELD_WITHOUT_ARGUMENTS = Field("", "")
"""Stands for a field where a declaration is evaluated for no field of the document."""


def require_selection(field: Field) -> Selection:
    """Return the selection of a field that always has one: the graph's types make sure of it."""
    assert field.selection is not None, f"{field.name} needs a selection."
    return field.selection
