"""Mutations: each calls one verb of an aggregate, and answers with the object as it then is.

    @mutation(Goal)
    async def goal_achieve(work: Work, input: GoalAchieveInput) -> goals.Goal:
        '''Close a goal as achieved.'''
        goal = await work.get(goals.Goal, input.id, to=goals.Goal.ACHIEVE)
        goal.achieve(by=work.actor, at=work.now)
        return goal

becomes `goalAchieve(input: GoalAchieveInput!): GoalAchievePayload!`, whose `goal` is compiled from
the client's own selection. A refusal rolls everything back and becomes an error of the payload.

`@mutation(Goal, returns_part=KeyResult)` declares a verb that makes a part of the object. Its
handler returns that part, and the payload has it beside the object, as `keyResult`.

`@mutation(Goal, batch="goals")` adds `goalCreateBatch(inputs: [GoalCreateInput!]!)`, which runs all
rows in one unit of work. Each refused row has an error with its `index`. Mutations without further
logic are declared with `verbs.verb`.

`@mutation(Kpi, objects="kpis", rows="rows")` declares a batch in which a refused row refuses only
itself. The rows are that list of the input, and the handler gets their faults as a third argument.
It returns `RowResults`: the payload has the outcome of each row, and the objects, as `kpis`.

`@mutation(ReviewCycle, computes={"plan": ReviewCyclePlan})` declares a mutation that also computes
plain data. Its handler returns `Computed`, and the payload has the data beside the object.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types import get_object_definition
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from api.kernel.schema.declarations import TYPES, SchemaError, get_read_model, to_single_line
from api.kernel.schema.filter_inputs import FieldSpec, make_type
from api.kernel.schema.input_bounds import bounds_metadata
from api.kernel.schema.row_outcomes import (
    ROW_ERRORS_DESCRIPTION,
    build_row_fields,
    build_upsert_fields,
)
from api.kernel.schema.user_errors import UserError
from persistence.kernel.wire_format import to_snake_case

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])

MAX_BATCH_SIZE = 100

MUTATIONS: dict[str, "Mutation"] = {}
"""Every mutation by its Python name."""


@dataclass(frozen=True)
class Computed:
    """The id of the object that a mutation answers with, and the plain data that it computes.

    Without an id the payload has the data alone.
    """

    id: UUID | None
    data: Any


@dataclass(frozen=True)
class SecretData:
    """Computed data that is derived from the secret of the process, as by `build(secret)`."""

    build: Callable[[str], Any]


@dataclass(frozen=True)
class Mutation:
    """A declared mutation: its handler, the type that it answers with, and its input.

    With `batch_field` it takes many inputs, and its payload has a list of that name. If it
    `deletes` the object, its payload has the object's id. With `returns_part` the handler returns a
    part that it makes, and the payload has both the part and the object with the input's id. With
    `rows_field` each item of that list of the input has an outcome. `computes` is the name and the
    type of plain data in the payload. Unless it `takes_key`, an idempotency key is refused. The
    payload of an upsert has the object of each row, and what the rows change. If it
    `admits_strangers`, a caller without an account may call it, and has no rights.
    """

    handler: Callable[..., Awaitable[Any]]
    node_type: type
    input_type: type
    batch_field: str | None = None
    deletes: bool = False
    returns_part: type | None = None
    rows_field: str | None = None
    objects_field: str | None = None
    computes: tuple[str, type] | None = None
    takes_key: bool = True
    is_upsert: bool = False
    admits_strangers: bool = False

    @property
    def list_field(self) -> str | None:
        """The name of the payload's list of objects; None where it has one object."""
        return self.batch_field or self.objects_field

    @property
    def part_field(self) -> str | None:
        """The graph's name of the payload's field with the part that the mutation makes."""
        return to_camel_case(get_part_name(self.returns_part)) if self.returns_part else None

    @property
    def deleted_id_field(self) -> str | None:
        """The graph's name of the payload's field with the id of the deleted object."""
        return get_deleted_id_field(self.node_type) if self.deletes else None

    @property
    def computed_field(self) -> str | None:
        """The graph's name of the payload's field with plain data."""
        return to_camel_case(self.computes[0]) if self.computes else None

    @property
    def name(self) -> str:
        """The name of the mutation in Python."""
        return f"{self.handler.__name__}{'_batch' if self.batch_field else ''}"

    @property
    def payload_type_name(self) -> str:
        """The name of the payload type in the graph."""
        camel = to_camel_case(self.name)
        return f"{camel[0].upper()}{camel[1:]}Payload"


def mutation(  # noqa: PLR0913 - what a mutation can be
    node_type: type,
    *,
    batch: str | None = None,
    returns_part: type | None = None,
    rows: str | None = None,
    objects: str | None = None,
    computes: Mapping[str, type] | None = None,
    takes_key: bool = True,
    is_upsert: bool = False,
    admits_strangers: bool = False,
) -> Callable[[Handler], Handler]:
    """Declare a mutation that answers with an object of this type. Its docstring describes it.

    `batch` adds a mutation for many inputs, and names the list in its payload. `rows` names the
    list of the input whose items have outcomes, `objects` the payload's list (see `is_upsert`).
    `takes_key=False` refuses idempotency keys, which are kept with a fingerprint of the input.
    `admits_strangers` lets callers without an account call it.
    """

    def declare(handler: Handler) -> Handler:
        hints = get_type_hints(handler)
        _require_description(handler)
        check_made_part(handler.__name__, hints.get("return"), returns_part)
        register_mutation(
            handler,
            node_type,
            hints["input"],
            batch=batch,
            returns_part=returns_part,
            rows_field=rows,
            objects_field=objects,
            computes=next(iter(computes.items())) if computes else None,
            takes_key=takes_key,
            is_upsert=is_upsert,
            admits_strangers=admits_strangers,
        )
        return handler

    return declare


def _require_description(handler: Handler) -> None:
    if not handler.__doc__:
        raise SchemaError(
            f"{handler.__name__} has no docstring. Write one: it is the mutation's description."
        )


def register_mutation(
    handler: Callable[..., Awaitable[Any]],
    node_type: type,
    input_class: type,
    *,
    batch: str | None = None,
    returns_part: type | None = None,
    **declared: Any,
) -> None:
    """Register a handler under its name, and with `batch` a second mutation for many inputs.

    `declared` are further attributes of `Mutation`.
    """
    if batch and returns_part:
        raise SchemaError(f"{handler.__name__} cannot have `batch` and `returns_part`. Remove one.")
    for field in (None, batch) if batch else (None,):
        made = Mutation(
            handler, node_type, input_class, field, returns_part=returns_part, **declared
        )
        MUTATIONS[made.name] = made


def check_made_part(name: str, returned: Any, returns_part: type | None) -> None:
    """Raise SchemaError unless a verb that makes a part returns it, and the part has an id."""
    if returns_part is None:
        return
    read_model = get_read_model(returns_part)
    if returned is not read_model.entity_class:
        raise SchemaError(
            f"{name} makes a {returns_part.__name__}. Let it return the part it makes."
        )
    if not read_model.prefix:
        raise SchemaError(
            f"{returns_part.__name__} has no id. Remove `has_id=False` of its registration."
        )


def get_part_name(part_type: type) -> str:
    """Return the name of a part in Python, which inputs use for its id: `line` for `lineId`."""
    return str(get_read_model(part_type).entity_class.NAME)  # type: ignore[union-attr]


def list_batch_words() -> tuple[str, ...]:
    """Return words of which a document contains one if it calls a mutation for many inputs."""
    names = [to_camel_case(each.name) for each in MUTATIONS.values() if each.rows_field]
    return ("Batch", *names)


_ERRORS_DESCRIPTION = (
    "Why nothing was changed. Empty on success. Exception: after COMMITTED_NOT_READ the change is"
    " saved."
)


@strawberry.interface(description="The result of a mutation. Every payload implements it.")
class MutationPayload:
    """The result of a mutation."""

    errors: list[UserError] = strawberry.field(description=_ERRORS_DESCRIPTION)


def build_mutation_type() -> type:
    """Build the root type of all mutations declared so far."""
    body: dict[str, Any] = {}
    for name, each in MUTATIONS.items():
        _make_payload_type(each)
        body[name] = _make_field(each)
    cls = type("Mutation", (), body | {"__doc__": "All mutations.", "__annotations__": {}})
    return strawberry.type(cls, description="All mutations. Each is one transaction.")


def _make_payload_type(mutation: Mutation) -> None:
    name = mutation.node_type.__name__
    camel = to_camel_case(mutation.name)
    errors_field = FieldSpec(list[UserError], _ERRORS_DESCRIPTION)
    if mutation.objects_field:
        build = build_upsert_fields if mutation.is_upsert else build_row_fields
        result_fields = build(mutation.objects_field, name)
        errors_field = FieldSpec(list[UserError], ROW_ERRORS_DESCRIPTION)
    elif mutation.batch_field:
        description = (
            "The objects in the order of the inputs, null where the viewer may not see one."
            " Empty when any input was refused."
        )
        result_fields = {mutation.batch_field: FieldSpec(f"list[{name} | None]", description)}
    else:
        description = (
            f"The {name} after the change; after VERSION_CONFLICT, the current {name}. Null after"
            " any other error, and when it was deleted or the viewer may not see it."
        )
        result_fields = {to_snake_case(name): FieldSpec(f"{name} | None", description)}
    result_fields |= dict(_list_further_fields(mutation))
    make_type(
        mutation.payload_type_name,
        f"Result of `{camel}`.",
        {**result_fields, "errors": errors_field},
        interfaces=(MutationPayload,),
    )


def _list_further_fields(mutation: Mutation) -> Iterator[tuple[str, FieldSpec]]:
    """Yield what a payload has beside its object: a made part, computed data, or a deleted id."""
    if mutation.returns_part:
        part = mutation.returns_part.__name__
        yield (
            get_part_name(mutation.returns_part),
            FieldSpec(
                f"{part} | None",
                f"The {part} that was made, or the existing one if it is as requested already. Null"
                " after an error, and when the viewer may not see it.",
            ),
        )
    if mutation.computes:
        name, data_type = mutation.computes
        yield (
            name,
            FieldSpec(
                data_type | None,
                f"{get_object_definition(data_type, strict=True).description} Null after an error,"
                " and for a request that is sent again under its idempotency key.",
            ),
        )
    if mutation.deleted_id_field:
        yield (
            mutation.deleted_id_field,
            FieldSpec(
                strawberry.ID | None,
                f"The id of the deleted {mutation.node_type.__name__}, for the client's cache"
                " (`@deleteEdge` in Relay). Null when the change was refused.",
            ),
        )


def _make_field(mutation: Mutation) -> StrawberryField:
    type_: Any = list[mutation.input_type] if mutation.batch_field else mutation.input_type  # type: ignore[name-defined]

    batch_description = (
        f" Accepts up to {MAX_BATCH_SIZE} inputs; either all succeed or none is applied."
        if mutation.batch_field
        else ""
    )
    field = StrawberryField(
        python_name=mutation.name,
        description=to_single_line(mutation.handler.__doc__ or "") + batch_description,
    )
    field.type_annotation = StrawberryAnnotation(mutation.payload_type_name, namespace=TYPES)
    field.arguments = [
        StrawberryArgument(
            python_name="input",
            graphql_name="inputs" if mutation.batch_field else None,
            type_annotation=StrawberryAnnotation(type_),
            description=f"Input of `{to_camel_case(mutation.name)}`.",
            metadata=bounds_metadata(None, MAX_BATCH_SIZE if mutation.batch_field else None),
        )
    ]
    return field


def get_deleted_id_field(node_type: type) -> str:
    """Return the graph's name of a field with the id of a deleted object of this type."""
    return f"deleted{node_type.__name__}Id"
