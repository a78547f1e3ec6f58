"""Mutations: one business verb each, told to one aggregate, and read back in the same transaction.

    @mutation(Goal)
    async def goal_achieve(work: Work, input: GoalAchieveInput) -> goals.Goal:
        '''Close a goal as achieved.'''
        goal = await work.get(goals.Goal, input.id, to=goals.Goal.ACHIEVE)
        goal.achieve(by=work.actor, at=work.now)
        return goal

becomes `goalAchieve(input: GoalAchieveInput!): GoalAchievePayload!`, whose `goal` is compiled from
the client's own selection. A refusal undoes everything and becomes an error of the payload.

`@mutation(Goal, batch="goals")` adds `goalCreateBatch(inputs: [GoalCreateInput!]!)`, which tells
row after row in a single unit of work; every row that is refused says so with its `index`.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

import orjson
import strawberry
from graphql import GraphQLObjectType, GraphQLResolveInfo, get_named_type
from graphql.execution.collect_fields import FieldDetails
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from api.kernel.context import Context
from api.kernel.filters import READ, Entry, made_type
from api.kernel.graph import DECLARED, TYPES, Unreadable, sentence
from api.kernel.idempotency import key_of
from api.kernel.ids import encode
from api.kernel.inputs import ids_in, read
from api.kernel.refusals import UserError, user_error
from api.kernel.selections import Builder
from domain.kernel.errors import LimitExceeded, Refusal, VersionConflict
from persistence.kernel.work import Work
from persistence.reading.selection import Field, Run

Told = TypeVar("Told", bound=Callable[..., Awaitable[Any]])

MOST_ROWS = 100

MUTATIONS: dict[str, "Mutation"] = {}
"""Every mutation by its Python name."""


@dataclass(frozen=True)
class Mutation:
    """A verb in the graph: the function that does it, and the type that it is read back as.

    With `rows` it is told of many inputs, and its payload has a list of that name.
    """

    tell: Callable[..., Awaitable[Any]]
    of: type
    input: type
    rows: str | None = None

    @property
    def name(self) -> str:
        """The name in Python."""
        return f"{self.tell.__name__}{'_batch' if self.rows else ''}"

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


class RowsRefused(Exception):
    """Some rows of a batch were refused, and here is why."""

    def __init__(self, errors: list[UserError]) -> None:
        super().__init__()
        self.errors = errors


def mutation(of: type, *, batch: str | None = None) -> Callable[[Told], Told]:
    """Declare a mutation that answers with an object of this type; its docstring describes it.

    `batch` asks for a second one that is told of many, and names the list of their objects.
    """

    def declare(tell: Told) -> Told:
        hints = get_type_hints(tell)
        if not tell.__doc__:
            raise Unreadable(f"{tell.__name__} has no docstring. It describes the mutation.")
        for rows in (None, batch) if batch else (None,):
            made = Mutation(tell, of, hints["input"], rows)
            MUTATIONS[made.name] = made
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
    if mutation.rows:
        whole = "What became of each input, in their order; empty where any of them was refused."
        found = {mutation.rows: Entry(f"list[{name} | None]", whole, read=_objects)}
    else:
        whole = f"The {name} afterwards; null where it was refused."
        found = {_snake(name): Entry(f"{name} | None", whole, read=_object)}
    why = Entry("list[UserError]", "Why nothing was changed; empty where it was done.")
    made_type(mutation.payload, f"What came of {camel}.", {**found, "errors": why})


def _object(payload: Payload, info: Any, **_: Any) -> Any:
    """The payload's object under one of the keys that it was asked for."""
    return payload.objects.get(info.path.key)


def _objects(payload: Payload, info: Any, **_: Any) -> Any:
    return payload.objects.get(info.path.key, [])


def _field(mutation: Mutation) -> StrawberryField:
    type_: Any = list[mutation.input] if mutation.rows else mutation.input  # type: ignore[name-defined]

    async def resolve(_: object, info: GraphQLResolveInfo[Any], input: Any) -> Payload:
        return await perform(mutation, info, input)

    many = f" Tells {MOST_ROWS} at most, of which all are done or none." if mutation.rows else ""
    made_field = StrawberryField(
        python_name=mutation.name,
        description=sentence(mutation.tell.__doc__ or "") + many,
        metadata={READ: resolve},
    )
    made_field.type_annotation = StrawberryAnnotation(mutation.payload, namespace=TYPES)
    made_field.arguments = [
        StrawberryArgument(
            python_name="input",
            graphql_name="inputs" if mutation.rows else None,
            type_annotation=StrawberryAnnotation(type_),
            description=f"What {to_camel_case(mutation.name)} needs to know.",
        )
    ]
    return made_field


async def perform(mutation: Mutation, info: Any, input: Any) -> Payload:
    """Do it in a unit of work; what is refused is undone and told."""
    context: Context = info.context
    asked, key = _asked(mutation, context, info), key_of(context, info)
    try:
        async with context.work() as work:
            earlier = await work.claim(key) if key else None
            if earlier:
                context.replayed.append(info.path.key)
                about = await _done_before(mutation, work, earlier.about)
            else:
                about = await (_tell_all if mutation.rows else _tell)(mutation, work, input)
            objects = await _read_back(mutation, context, work, asked, about)
            if key and not earlier:
                await work.settle_key(key, about[0] if about else None)
            return Payload(objects)
    except RowsRefused as refused:
        return Payload(errors=refused.errors)
    except VersionConflict as refusal:
        itself = input.get("id") or _encoded(mutation, context.caller.tenant_id)
        return Payload(await _current(context, asked, itself), [user_error(refusal)])
    except Refusal as refusal:
        return Payload(errors=[user_error(refusal)])


async def _tell(mutation: Mutation, work: Work, input: Any) -> list[UUID]:
    """Of what it was told, if that is anything."""
    return await _told(mutation, work, read(mutation.input, input))


async def _told(mutation: Mutation, work: Work, input: Any) -> list[UUID]:
    about = _id_of(await mutation.tell(work, input))
    return [] if about is None else [about]


async def _tell_all(mutation: Mutation, work: Work, inputs: Sequence[Any]) -> list[UUID]:
    """The same of each row, whose ids are looked up together.

    Raises RowsRefused when all have been told.
    """
    if len(inputs) > MOST_ROWS:
        raise LimitExceeded(f"A batch has {MOST_ROWS} rows at most. Send several.", "inputs")
    about: list[UUID] = []
    errors: list[UserError] = []
    rows: dict[int, Any] = {}
    for index, input in enumerate(inputs):
        with _noted(errors, index):
            rows[index] = read(mutation.input, input)
    await work.foresee(ids_in(list(rows.values())))
    for index, row in rows.items():
        with _noted(errors, index):
            about += await _told(mutation, work, row)
    if errors:
        raise RowsRefused(sorted(errors, key=lambda each: each.index or 0))
    return about


@contextmanager
def _noted(errors: list[UserError], index: int) -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        errors.append(user_error(refusal, index))


async def _done_before(mutation: Mutation, work: Work, about: UUID | None) -> list[UUID]:
    if about is None:
        return []
    entity = DECLARED[mutation.of.__name__].readable.entity
    return await work.made_together(entity, about) if mutation.rows else [about]


async def _read_back(
    mutation: Mutation,
    context: Context,
    work: Work,
    asked: tuple[Field, ...],
    about: Sequence[UUID],
) -> Mapping[str, Any]:
    if not about or not asked:
        return {}
    connection = await work.connection()
    ids = [_encoded(mutation, each) for each in about]
    run = context.run(work.actor, **({"ids": ids} if mutation.rows else {"id": ids[0]}))
    library = context.stores.reader.library
    return {
        each.key: orjson.Fragment(await library.read(connection, each, run, careful=True))
        for each in asked
    }


async def _current(context: Context, asked: tuple[Field, ...], id: str) -> Mapping[str, Any]:
    """The object as it is, for whoever was refused because it had changed."""
    if not asked:
        return {}
    async with context.stores.reader.snapshot(context.caller.tenant_id) as snapshot:
        actor = await context.stores.actor(snapshot.connection, context.caller, context.now())
        run = context.run(actor, id=id)
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


def _asked(mutation: Mutation, context: Context, info: Any) -> tuple[Field, ...]:
    """What the client asks of the payload's object, under each key; built once per document."""
    path = tuple(info.path.as_list())
    found: tuple[Field, ...] | None = context.prepared.payloads.get(path)
    if found is None:
        found = context.prepared.payloads[path] = tuple(_build(mutation, context, info))
    return found


def _build(mutation: Mutation, context: Context, info: Any) -> list[Field]:
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
            root = "nodes" if mutation.rows else "node"
            fields.append(Field(key, root, _by_id, selection))
    return fields


def _by_id(run: Run) -> Mapping[str, Any]:
    return run.given


def _snake(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name).lstrip("_")
