"""Mutations: one business verb each, told to one aggregate, and read back in the same transaction.

    @mutation(Goal)
    async def goal_achieve(work: Work, input: GoalAchieveInput) -> goals.Goal:
        '''Close a goal as achieved.'''
        goal = await work.get(goals.Goal, input.id, to=goals.Goal.ACHIEVE)
        goal.achieve(by=work.actor, at=work.now)
        return goal

becomes `goalAchieve(input: GoalAchieveInput!): GoalAchievePayload!`, whose `goal` is compiled from
the client's own selection. A refusal undoes everything and becomes an error of the payload.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

import orjson
import strawberry
from graphql import GraphQLObjectType, get_named_type
from graphql.execution.collect_fields import FieldDetails
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from api.kernel.context import Context
from api.kernel.filters import Entry, made_type
from api.kernel.graph import DECLARED, TYPES, Unreadable, sentence
from api.kernel.idempotency import key_of
from api.kernel.ids import encode
from api.kernel.inputs import settle
from api.kernel.refusals import UserError, user_error
from api.kernel.selections import Builder
from domain.kernel.errors import Refusal, VersionConflict
from persistence.kernel.work import Work
from persistence.reading.selection import Field, Run

Told = TypeVar("Told", bound=Callable[..., Awaitable[Any]])

MUTATIONS: dict[str, "Mutation"] = {}
"""Every mutation by its Python name."""


@dataclass(frozen=True)
class Mutation:
    """A verb in the graph: the function that does it, and the type that it is read back as."""

    tell: Callable[..., Awaitable[Any]]
    of: type
    input: type

    @property
    def name(self) -> str:
        """The name in Python."""
        return str(self.tell.__name__)

    @property
    def payload(self) -> str:
        """The name of the payload's type."""
        camel = to_camel_case(self.name)
        return f"{camel[0].upper()}{camel[1:]}Payload"


@dataclass
class Payload:
    """What came of a mutation: the object as finished JSON by response key, or the errors."""

    objects: Mapping[str, Any] = field(default_factory=dict)
    errors: list[UserError] = field(default_factory=list)


def mutation(of: type) -> Callable[[Told], Told]:
    """Declare a mutation that answers with an object of this type; its docstring describes it."""

    def declare(tell: Told) -> Told:
        hints = get_type_hints(tell)
        if not tell.__doc__:
            raise Unreadable(f"{tell.__name__} has no docstring. It describes the mutation.")
        MUTATIONS[tell.__name__] = Mutation(tell, of, hints["input"])
        return tell

    return declare


def mutation_type() -> type:
    """The root type of all mutations declared so far."""
    body: dict[str, Any] = {}
    for name, each in MUTATIONS.items():
        _make_payload(each)
        body[name] = _field(each)
    cls = type(
        "Mutation", (), body | {"__doc__": "Everything that can be changed.", "__annotations__": {}}
    )
    return strawberry.type(cls, description="Everything that can be changed, one verb each.")


def _make_payload(mutation: Mutation) -> None:
    name = mutation.of.__name__
    camel = to_camel_case(mutation.name)
    whole = f"The {name} afterwards; null where it was refused."
    fields = {
        _snake(name): Entry(f"{name} | None", whole, read=_object),
        "errors": Entry("list[UserError]", "Why nothing was changed; empty where it was done."),
    }
    made_type(mutation.payload, f"What came of {camel}.", fields)


def _object(payload: Payload, info: Any, **_: Any) -> Any:
    """The payload's object under one of the keys that it was asked for."""
    return payload.objects.get(info.path.key)


def _field(mutation: Mutation) -> StrawberryField:
    async def resolve(info: Any, input: Any) -> Payload:
        return await perform(mutation, info, input)

    resolve.__annotations__ = {"info": strawberry.Info, "input": mutation.input, "return": Any}
    resolve.__name__ = mutation.name
    made_field: StrawberryField = strawberry.field(
        resolver=resolve, description=sentence(mutation.tell.__doc__ or "")
    )
    made_field.type_annotation = StrawberryAnnotation(mutation.payload, namespace=TYPES)
    made_field.arguments = [
        StrawberryArgument(
            python_name="input",
            graphql_name=None,
            type_annotation=StrawberryAnnotation(mutation.input),
            description=f"What {to_camel_case(mutation.name)} needs to know.",
        )
    ]
    return made_field


async def perform(mutation: Mutation, info: Any, input: Any) -> Payload:
    """Do it in a unit of work; what is refused is undone and told."""
    context: Context = info.context
    raw = info._raw_info  # noqa: SLF001
    asked, key = _asked(context, raw), key_of(context, raw)
    try:
        async with context.work() as work:
            earlier = await work.claim(key) if key else None
            if earlier:
                context.replayed.append(raw.path.key)
                about = earlier.about
            else:
                about = _id_of(await mutation.tell(work, settle(input)))
            objects = await _read_back(mutation, context, work, asked, about)
            if key and not earlier:
                await work.settle_key(key, about)
            return Payload(objects)
    except VersionConflict as refusal:
        objects = await _current(
            mutation, context, asked, getattr(input, "id", context.caller.tenant_id)
        )
        return Payload(objects, [user_error(refusal)])
    except Refusal as refusal:
        return Payload(errors=[user_error(refusal)])


async def _read_back(
    mutation: Mutation, context: Context, work: Work, asked: tuple[Field, ...], about: UUID | None
) -> Mapping[str, Any]:
    if about is None or not asked:
        return {}
    connection = await work.connection()
    run = context.run(work.actor, id=_encoded(mutation, about))
    library = context.stores.reader.library
    return {
        each.key: orjson.Fragment(await library.read(connection, each, run, careful=True))
        for each in asked
    }


async def _current(
    mutation: Mutation, context: Context, asked: tuple[Field, ...], id_: Any
) -> Mapping[str, Any]:
    """The object as it is, for whoever was refused because it had changed."""
    if not isinstance(id_, UUID) or not asked:
        return {}
    async with context.stores.reader.snapshot(context.caller.tenant_id) as snapshot:
        actor = await context.stores.actor(snapshot.connection, context.caller, context.now())
        run = context.run(actor, id=_encoded(mutation, id_))
        return {
            each.key: orjson.Fragment(await snapshot.read(each, run, careful=True))
            for each in asked
        }


def _id_of(done: Any) -> UUID | None:
    """The id of what a mutation answers with: an aggregate, anything with an id, or the id."""
    found: UUID | None = getattr(done, "id", done)
    return found


def _encoded(mutation: Mutation, id_: UUID) -> str:
    return encode(DECLARED[mutation.of.__name__].readable.prefix, id_)


def _asked(context: Context, info: Any) -> tuple[Field, ...]:
    """What the client asks of the payload's object, under each key; built once per document."""
    path = tuple(info.path.as_list())
    found: tuple[Field, ...] | None = context.prepared.payloads.get(path)
    if found is None:
        found = context.prepared.payloads[path] = tuple(_build(context, info))
    return found


def _build(context: Context, info: Any) -> list[Field]:
    builder = Builder(context.operation, context.variables.values)
    payload = get_named_type(info.return_type)
    assert isinstance(payload, GraphQLObjectType)
    details = [FieldDetails(node, None) for node in info.field_nodes]
    fields = []
    for key, inner in builder.grouped(payload, details).items():
        name = inner[0].node.name.value
        if name not in ("errors", "__typename"):
            named = get_named_type(payload.fields[name].type)
            selection, _ = builder.selection(named, inner)
            fields.append(Field(key, "node", _by_id, selection))
    return fields


def _by_id(run: Run) -> Mapping[str, Any]:
    return run.given


def _snake(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name).lstrip("_")
