"""Mutations of the platform graph.

    @platform_mutation(Act.TENANT_SUSPEND, returns=read_tenant)
    async def tenant_suspend(
        request: PlatformRequest, work: DirectoryWork, input: TenantSuspendInput
    ) -> UUID:
        "Suspend a tenant."
        return (await suspend_tenant(work, input.slug)).id

declares `tenantSuspend(input: TenantSuspendInput!): TenantSuspendPayload!`. The act is checked
first, then the faults of the input are raised together. The function runs in one unit of work, and
returns the id of what it changed. `returns` reads that object after the commit, also for a request
that is repeated with its idempotency key.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints
from uuid import UUID

import strawberry
from graphql import GraphQLResolveInfo, GraphQLSchema, get_directive_values
from strawberry.utils.str_converters import to_camel_case

from api.errors import RequestError
from api.kernel.execution.idempotency import compute_fingerprint, validate_key
from api.kernel.schema.declarations import to_single_line
from api.kernel.schema.input_parsing import parse_input
from api.kernel.schema.schema_builder import set_argument_out_names
from api.kernel.schema.user_errors import UserError, to_user_errors
from api.platform.request import PlatformRequest
from domain.kernel.errors import Refusal
from domain.kernel.faults import raise_faults
from domain.platform import Act
from persistence.platform.work import DirectoryWork, platform_work
from persistence.unit_of_work.idempotency_keys import IdempotencyKey

Call = GraphQLResolveInfo[PlatformRequest]
Handler = Callable[[PlatformRequest, DirectoryWork, Any], Awaitable[UUID]]
Reader = Callable[[PlatformRequest, UUID], Awaitable[Any]]


@dataclass(frozen=True)
class Mutation:
    """A declared mutation. `resolve` is a resolver of graphql-core."""

    input_class: type
    payload: type
    description: str
    resolve: Callable[..., Awaitable[Any]]


MUTATIONS: dict[str, Mutation] = {}
"""The declared mutations, by their names in Python."""


def build_mutation_type() -> type:
    """Return the type Mutation with all declared mutations."""
    fields = {name: _build_field(each) for name, each in sorted(MUTATIONS.items())}
    description = "What an operator can do. Mutations of one document run one after another."
    return strawberry.type(type("Mutation", (), fields), description=description)


def _build_field(mutation: Mutation) -> Any:
    def declare(input: Any) -> Any:
        raise NotImplementedError(input)  # `attach_resolvers` replaces it

    declare.__annotations__ = {"input": mutation.input_class, "return": mutation.payload}
    argument = strawberry.argument(description="The input.")
    declare.__annotations__["input"] = Annotated[mutation.input_class, argument]
    return strawberry.field(resolver=declare, description=mutation.description)


def attach_resolvers(schema: GraphQLSchema) -> None:
    """Let mutations get their arguments as graphql-core coerced them, by their Python names."""
    assert schema.mutation_type is not None
    seen: set[str] = set()
    for name, each in MUTATIONS.items():
        field = schema.mutation_type.fields[to_camel_case(name)]
        field.resolve = each.resolve
        set_argument_out_names(field, seen)


def platform_mutation(act: Act, *, returns: Reader) -> Callable[[Handler], Handler]:
    """Declare a mutation; see the module. The docstring is its description."""

    def declare(handler: Handler) -> Handler:
        input_class = get_type_hints(handler)["input"]
        name = handler.__name__
        payload = _make_payload(name, get_type_hints(returns)["return"])
        (result_name, *_) = payload.__annotations__

        async def resolve(_: object, call: Call, **arguments: Any) -> Any:
            request = call.context
            try:
                subject_id = await _run(call, arguments, act, handler, input_class)
            except Refusal as refusal:
                return payload(**{result_name: None}, errors=to_user_errors(refusal))
            return payload(**{result_name: await returns(request, subject_id)}, errors=[])

        MUTATIONS[name] = Mutation(
            input_class, payload, to_single_line(handler.__doc__ or ""), resolve
        )
        return handler

    return declare


def _make_payload(mutation: str, result: type) -> Any:
    """Return the type of a payload: the object that was changed, and errors."""
    definition = result.__strawberry_definition__  # type: ignore[attr-defined]
    name = definition.name
    attribute = "".join(f"_{each.lower()}" if each.isupper() else each for each in name).lstrip("_")
    camel = to_camel_case(mutation)
    fields = {
        attribute: strawberry.field(description="The changed object. Null after a refusal."),
        "errors": strawberry.field(description="Why nothing was changed. Empty after success."),
    }
    annotations = {attribute: result | None, "errors": list[UserError]}
    type_name = f"{camel[0].upper()}{camel[1:]}Payload"
    cls = type(type_name, (), {"__annotations__": annotations, **fields})
    return strawberry.type(cls, description=f"Result of `{camel}`.")


async def _run(
    call: Call,
    arguments: Mapping[str, Any],
    act: Act,
    handler: Handler,
    input_class: type,
) -> UUID:
    """Check and execute a call, in one unit of work. Return the id of what it changed."""
    request = call.context
    key = _build_key(request, call, arguments)
    request.require(act)
    parsed = parse_input(input_class, arguments["input"])
    raise_faults(parsed.list_faults(request.now.date()))
    async with platform_work(
        request.stores.databases, request.operator, now=request.now, request_id=request.request_id
    ) as work:
        prior = await work.reserve_key(key) if key else None
        if prior is not None:
            request.replayed.append(str(call.path.key))
            return prior
        subject_id = await handler(request, work, parsed.value)
        if key:
            await work.complete_key(key, subject_id)
    return subject_id


def _build_key(
    request: PlatformRequest, call: Call, arguments: Mapping[str, Any]
) -> IdempotencyKey | None:
    """Return the idempotency key of a call, from `@idempotent` or the header."""
    directive = call.schema.get_directive("idempotent")
    assert directive is not None, "The schema declares it."
    marks = [
        get_directive_values(directive, each, call.variable_values) for each in call.field_nodes
    ]
    keys: set[str] = {mark["key"] for mark in marks if mark}
    if request.idempotency_key is not None:
        keys.add(request.idempotency_key)
    if len(keys) > 1:
        message = f"{call.field_name} has more than one idempotency key. Send only one."
        raise RequestError("BAD_USER_INPUT", message)
    if not keys:
        return None
    fingerprint = compute_fingerprint(call.field_name, arguments)
    return IdempotencyKey(validate_key(keys.pop()), fingerprint)
