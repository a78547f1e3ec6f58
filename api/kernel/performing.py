"""Performing: a mutation from its arguments to its payload, in one unit of work.

What it changed is read back when it has been kept: whatever could be refused of the selection has
been refused before, and nobody is kept waiting for an answer that is still being put together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from graphql import GraphQLError
from graphql.error import located_error

from api.kernel.calls import TYPENAME, Call
from api.kernel.context import Context
from api.kernel.graph import DECLARED
from api.kernel.idempotency import key_of
from api.kernel.ids import encode
from api.kernel.inputs import ids_in, read
from api.kernel.mutations import MOST_ROWS, Mutation
from api.kernel.refusals import UserError, user_error
from domain.kernel.errors import LimitExceeded, Refusal, VersionConflict
from persistence.kernel.work import Work
from persistence.reading.reader import PreparedRead


@dataclass
class Performed:
    """What came of a mutation: objects as finished JSON by response key, or why it was refused.

    `broken` tells what was done and could not be read back.
    """

    objects: dict[str, Any] = field(default_factory=dict)
    errors: Sequence[UserError] = ()
    broken: list[GraphQLError] = field(default_factory=list)

    def payload(self, call: Call) -> dict[str, Any]:
        """The payload as it was asked for."""
        told: dict[str, Any] = {}
        for key, name in call.payload.items():
            if name == TYPENAME:
                told[key] = call.mutation.payload
            elif key in call.errors:
                told[key] = [_error(each, call.errors[key]) for each in self.errors]
            else:
                told[key] = self.objects.get(key, [] if call.mutation.rows else None)
        return told


@dataclass
class Inputs:
    """The inputs of a call as they could be read, by their places, and why others could not."""

    read: dict[int, Any] = field(default_factory=dict)
    refused: dict[int, Refusal] = field(default_factory=dict)


class RowsRefused(Exception):
    """Some rows of a batch were refused, and here is why."""

    def __init__(self, errors: Iterable[UserError]) -> None:
        super().__init__()
        self.errors = sorted(errors, key=lambda each: each.index or 0)


async def perform(call: Call, context: Context) -> Performed:
    """Do it in a unit of work; what is refused is undone and told."""
    arguments = call.arguments(context.variables)
    key, mutation = key_of(context, call, arguments), call.mutation
    try:
        inputs = _read(mutation, arguments["input"])
        async with context.work(ids_in(list(inputs.read.values()))) as work:
            earlier = await work.reserve_key(key) if key else None
            if earlier:
                context.replayed.append(call.key)
                about = await _done_before(mutation, work, earlier.entity_id)
            else:
                about = await (_tell_all if mutation.rows else _tell)(mutation, work, inputs)
            ready = await _ready(call, context, work, about)
            if key and not earlier:
                await work.complete_key(key, about[0] if about else None)
            return await _read_back(call, await work.commit(), ready)
    except RowsRefused as refused:
        return Performed(errors=refused.errors)
    except Refusal as refusal:
        is_stale = isinstance(refusal, VersionConflict) and not mutation.rows
        now = await _current(call, context, arguments["input"]) if is_stale else {}
        return Performed(now, [user_error(refusal)])


def _read(mutation: Mutation, sent: Any) -> Inputs:
    """What was sent; whether it may be said of a malformed id is not known before who asks."""
    rows = sent if mutation.rows else [sent]
    if len(rows) > MOST_ROWS:
        raise LimitExceeded(f"A batch has {MOST_ROWS} rows at most. Send several.", "inputs")
    inputs = Inputs()
    for index, row in enumerate(rows):
        try:
            inputs.read[index] = read(mutation.input, row)
        except Refusal as refusal:
            inputs.refused[index] = refusal
    return inputs


async def _told(mutation: Mutation, work: Work, input: Any) -> list[UUID]:
    """Of what it was told, if that is anything."""
    about = _id_of(await mutation.tell(work, input))
    return [] if about is None else [about]


async def _tell(mutation: Mutation, work: Work, inputs: Inputs) -> list[UUID]:
    for refusal in inputs.refused.values():
        raise refusal
    return await _told(mutation, work, inputs.read[0])


async def _tell_all(mutation: Mutation, work: Work, inputs: Inputs) -> list[UUID]:
    """The same of each row. Raises RowsRefused when all have been told."""
    about: list[UUID] = []
    errors = [user_error(refusal, index) for index, refusal in inputs.refused.items()]
    for index, row in inputs.read.items():
        with _noted(errors, index):
            about += await _told(mutation, work, row)
    if errors:
        raise RowsRefused(errors)
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
    return await work.batch_of(entity, about) if mutation.rows else [about]


async def _ready(
    call: Call, context: Context, work: Work, about: Sequence[UUID]
) -> Mapping[str, PreparedRead]:
    """What is to be read back under each key."""
    if not about:
        return {}
    ids = [_encoded(call.mutation, each) for each in about]
    run = context.run(work.actor, **({"ids": ids} if call.mutation.rows else {"id": ids[0]}))
    library = context.stores.reader.plan_registry
    return {each.response_key: await library.prepare(each, run) for each in call.objects}


async def _read_back(call: Call, connection: Any, ready: Mapping[str, PreparedRead]) -> Performed:
    performed = Performed()
    for key, each in ready.items():
        try:
            performed.objects[key] = orjson.Fragment(await each.read(connection))
        except Refusal as refusal:  # it is done all the same, and whoever asked has to know
            performed.broken.append(located_error(refusal, call.nodes, [call.key, key]))
    return performed


async def _current(call: Call, context: Context, input: Mapping[str, Any]) -> dict[str, Any]:
    """The object as it is, for whoever was refused because it had changed."""
    if not call.objects:
        return {}
    id = input.get("id") or _encoded(call.mutation, context.caller.tenant_id)
    async with context.stores.reader.open_snapshot(context.caller.tenant_id) as snapshot:
        actor = await context.stores.actor(snapshot.connection, context.caller, context.now())
        run = context.run(actor, id=id)
        return {
            each.response_key: orjson.Fragment(await snapshot.read(each, run, null_tolerant=True))
            for each in call.objects
        }


def _id_of(done: Any) -> UUID | None:
    """The id of what a mutation answers with: an aggregate, anything with an id, or the id."""
    found: UUID | None = getattr(done, "id", done)
    return found


def _encoded(mutation: Mutation, id_: UUID) -> str:
    return encode(DECLARED[mutation.of.__name__].readable.prefix, id_)


def _error(error: UserError, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        key: "UserError" if name == TYPENAME else getattr(error, name)
        for key, name in names.items()
    }
