"""Verbs: mutations that only change one aggregate, declared in one line.

    goal_achieve = verb(Goal, goals.Goal.ACHIEVE, "Close a goal.", note=input_field("A note."))

declares `goalAchieve(input: GoalAchieveInput!): GoalAchievePayload!`. The input has the `id`, the
given fields and `expectedVersion`. The mutation loads the aggregate for the action, and calls its
method named like the action. With `use_case` it calls that function of the domain instead, as
`use_case(work, id, …, expected_version=…)`.

A field's type is that of the parameter with its name, and a field rule on the parameter adds its
limit to the description. A parameter with a default is optional. One that allows None and has no
default has to be sent, if only as null: to leave it out by mistake must not remove a value.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_type_hints
from uuid import UUID

import strawberry
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from api.kernel.schema.declarations import SchemaError, get_read_model, is_optional
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import (
    defaults_to_today,
    describe_limit,
    expected_version_field,
    input_field,
    input_type,
    require_explicit,
    require_presence,
)
from api.kernel.schema.mutations import check_made_part, register_mutation
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.unit_of_work import Work
from persistence.kernel.wire_format import to_snake_case

UseCase = Callable[..., Awaitable[Any]]

_ABOUT_EDITS = (
    " Fields that are left out stay unchanged; null is allowed only where a field says so."
)


@dataclass(frozen=True)
class _Parameters:
    """The parameters of a verb's function, by what fills them."""

    types: Mapping[str, Any]
    skippable: frozenset[str]
    today_fields: frozenset[str]
    explicit: frozenset[str] = frozenset()
    takes_moment: bool = False
    takes_today: bool = False

    def build_arguments(self, work: Work, input: Any) -> dict[str, Any]:
        """Return the function's keyword arguments. An absent field leaves its default.

        Raises Invalid with REQUIRED for an absent field that has to be sent.
        """
        values = {name: getattr(input, name) for name in self.types}
        for name in self.explicit:
            values[name] = require_explicit(values[name], to_camel_case(name))
        arguments = {
            name: work.actor.today if value is None and name in self.today_fields else value
            for name, value in values.items()
            if value is not None or name not in self.skippable
        }
        if self.takes_moment:
            arguments["at"] = work.now
        if self.takes_today:
            arguments["today"] = work.actor.today
        return arguments


def verb(
    node_type: type,
    action: Action,
    description: str,
    *,
    name: str | None = None,
    use_case: UseCase | None = None,
    returns_part: type | None = None,
    **fields: Any,
) -> Any:
    """Declare a mutation that changes one aggregate, and return its handler.

    `fields` are the input's fields beside id and version. `name` names mutation and method where
    several share an action.
    `returns_part` is the type of the part that the method or use case makes and returns; the
    payload has it beside the aggregate.

    Raises SchemaError where the aggregate has no such method, or the method no such parameter.
    """
    method_name = name or action.name
    full_name = f"{action.noun or to_snake_case(node_type.__name__)}_{method_name}"
    function = use_case or _get_method(node_type, method_name)
    parameters = _inspect_parameters(full_name, function, fields)
    check_made_part(full_name, get_type_hints(function).get("return"), returns_part)
    perform = (
        _build_use_case_handler(use_case, parameters)
        if use_case
        else _build_method_handler(node_type, action, method_name, parameters, returns_part)
    )
    perform.__name__, perform.__doc__ = full_name, description
    input_class = _make_input(node_type, full_name, fields, parameters)
    register_mutation(
        perform, node_type, input_class, deletes=action.deletes, returns_part=returns_part
    )
    return perform


def edit_verb(
    node_type: type, action: Action, description: str, *, use_case: UseCase | None = None
) -> Any:
    """Declare the mutation that changes the editable fields of an aggregate.

    With `use_case` that function does it, as `use_case(work, id, expected_version=…, …)`.
    """
    name = f"{to_snake_case(node_type.__name__)}_{action.name}"
    aggregate_class = _get_aggregate_class(node_type)

    async def perform(work: Work, input: Any) -> Any:
        if use_case is not None:
            details = given_values(input, aggregate_class)
            return await use_case(
                work, input.id, expected_version=input.expected_version, **details
            )
        aggregate = await work.get(
            aggregate_class, input.id, to=action, expected_version=input.expected_version
        )
        getattr(aggregate, action.name)(**given_values(input, aggregate_class))
        return aggregate

    perform.__name__, perform.__doc__ = name, description
    no_parameters = _Parameters({}, frozenset(), frozenset())
    register_mutation(
        perform, node_type, _make_input(node_type, name, {}, no_parameters, is_edit=True)
    )
    return perform


def _build_use_case_handler(use_case: UseCase, parameters: _Parameters) -> Any:
    async def perform(work: Work, input: Any) -> Any:
        arguments = parameters.build_arguments(work, input)
        return await use_case(work, input.id, expected_version=input.expected_version, **arguments)

    return perform


def _build_method_handler(
    node_type: type,
    action: Action,
    method_name: str,
    parameters: _Parameters,
    returns_part: type | None,
) -> Any:
    aggregate_class = _get_aggregate_class(node_type)

    async def perform(work: Work, input: Any) -> Any:
        aggregate = await work.get(
            aggregate_class, input.id, to=action, expected_version=input.expected_version
        )
        made = getattr(aggregate, method_name)(**parameters.build_arguments(work, input))
        return made if returns_part else aggregate

    return perform


def _get_aggregate_class(node_type: type) -> type[Aggregate]:
    aggregate = get_read_model(node_type).aggregate
    if aggregate is None:
        raise SchemaError(
            f"{node_type.__name__} is no aggregate. Declare its verbs on its aggregate."
        )
    return aggregate


def _get_method(node_type: type, name: str) -> Callable[..., Any]:
    aggregate = _get_aggregate_class(node_type)
    method = getattr(aggregate, name, None)
    if method is None:
        raise SchemaError(
            f"{aggregate.__name__} has no method {name}. Name it like the action, or pass"
            f" use_case=…"
        )
    return cast("Callable[..., Any]", method)


def _inspect_parameters(
    name: str, function: Callable[..., Any], fields: Mapping[str, StrawberryField]
) -> _Parameters:
    parameters = inspect.signature(function).parameters
    hints = get_type_hints(function, include_extras=True)
    if unknown := fields.keys() - hints.keys():
        raise SchemaError(
            f"{name} has no parameter {min(unknown)}. Correct the field's name, or add the"
            f" parameter to {function.__qualname__}."
        )
    today_fields = frozenset(each for each in fields if defaults_to_today(fields[each]))
    skippable = frozenset(
        each for each in fields if parameters[each].default is not inspect.Parameter.empty
    )
    types = {each: describe_limit(fields[each], hints[each]) for each in fields}
    may_be_absent = skippable | today_fields
    explicit = frozenset(each for each in types if is_optional(types[each])) - may_be_absent
    for each in may_be_absent:
        types[each] = types[each] if is_optional(types[each]) else types[each] | None
    maybe: Any = strawberry.Maybe
    for each in explicit:
        types[each] = maybe[types[each]]
        require_presence(fields[each])
    takes_moment, takes_today = "at" in parameters, "today" in parameters
    return _Parameters(types, skippable, today_fields, explicit, takes_moment, takes_today)


def _make_input(
    node_type: type,
    name: str,
    fields: Mapping[str, Any],
    parameters: _Parameters,
    *,
    is_edit: bool = False,
) -> type:
    graph_name = to_camel_case(name)
    prefix = get_read_model(node_type).prefix
    annotations = {"id": UUID, **parameters.types, "expected_version": int | None}
    body = {
        "__doc__": f"Input of `{graph_name}`." + (_ABOUT_EDITS if is_edit else ""),
        "__module__": __name__,
        "__annotations__": annotations,
        "id": input_field(f"Id of the {node_type.__name__}.", id_prefix=prefix),
        **fields,
        "expected_version": expected_version_field(),
    }
    type_name = f"{graph_name[0].upper()}{graph_name[1:]}Input"
    edits = node_type if is_edit else ()
    return cast("type", input_type(edits=edits)(type(type_name, (), body)))
