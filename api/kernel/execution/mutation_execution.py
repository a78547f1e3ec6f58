"""Execution of a mutation, from its arguments to its payload, in one unit of work.

The changed objects are read after the commit, on a connection of the read pool, so that a large
selection holds no lock and no connection that other changes need. Their statements are prepared
before, so that an invalid selection still undoes the change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from api.kernel.execution.computed_results import shape_result
from api.kernel.execution.deadline import limit_time
from api.kernel.execution.errors import clear_tracebacks, log_internal_error
from api.kernel.execution.idempotency import build_key
from api.kernel.execution.mutation_call import OUTCOMES, PART_ID, STORED, MutationCall
from api.kernel.execution.request_context import RequestContext
from api.kernel.execution.row_execution import PLAIN_LISTS, list_row_errors, run_rows
from api.kernel.execution.selection_builder import TYPENAME
from api.kernel.schema.declarations import get_read_model
from api.kernel.schema.global_ids import encode_id
from api.kernel.schema.input_parsing import ParsedInput, parse_input
from api.kernel.schema.mutations import MAX_BATCH_SIZE, Computed, Mutation, SecretData
from api.kernel.schema.user_errors import COMMITTED_NOT_READ, UserError, to_user_errors
from domain.kernel.errors import ConcurrentChange, LimitExceeded, Refusal, VersionConflict
from domain.kernel.faults import raise_faults
from domain.kernel.rows import RowResult
from persistence.reading.reader import PreparedRead
from persistence.unit_of_work.work import Work


@dataclass(frozen=True)
class Changed:
    """The ids of what was changed, the statement that reads it, and what the payload has beside.

    `rows` are the results of rows, and `data` is what the mutation computed.
    """

    ids: Sequence[UUID]
    prepared_read: PreparedRead | None
    rows: Sequence[RowResult] = ()
    data: Any = None
    are_stored: bool = True


MAX_ATTEMPTS = 4
"""How often a change is begun while other requests change the same object."""

MAX_LOCKED_IDS = 200
"""Ids that a later attempt locks. The lock table of PostgreSQL serves all tenants."""

READ_BACK_TIMEOUT = 9.0
"""Seconds after which a change is answered without its object; also at the request's deadline."""


@dataclass
class MutationResult:
    """The result of a mutation: objects as finished JSON by response key, or errors.

    `deleted_id` is the global id of the object that a deletion removed. `rows` are the results of
    a batch with an outcome for each row, and `data` is what the mutation computed.
    """

    objects: Mapping[str, Any] = field(default_factory=dict)
    errors: Sequence[UserError] = ()
    deleted_id: str | None = None
    rows: Sequence[RowResult] = ()
    data: Any = None
    are_stored: bool = False

    def build_payload(self, call: MutationCall) -> dict[str, Any]:
        """Return the payload with the selected fields."""
        payload: dict[str, Any] = {}
        for key, name in call.payload_fields.items():
            if name == TYPENAME:
                payload[key] = call.mutation.payload_type_name
            elif key in call.error_fields:
                faults: Iterable[Any] = self.errors
                if name in PLAIN_LISTS:
                    faults = PLAIN_LISTS[name](call.mutation, self.rows)
                payload[key] = [_build_error(each, call.error_fields[key]) for each in faults]
            elif name == OUTCOMES:
                payload[key] = [each.outcome.name for each in self.rows]
            elif name == STORED:
                payload[key] = self.are_stored
            elif name == call.mutation.deleted_id_field:
                payload[key] = self.deleted_id
            elif key in call.shapes:
                payload[key] = shape_result(self.data, call.shapes[key])
            else:
                payload[key] = self.objects.get(key, [] if call.mutation.list_field else None)
        return payload


class BatchRejected(Exception):
    """Some inputs of a batch were refused."""

    def __init__(self, errors: Iterable[UserError]) -> None:
        super().__init__()
        self.errors = list(errors)


async def execute_mutation(call: MutationCall, context: RequestContext) -> MutationResult:
    """Execute a mutation in a unit of work; a refusal undoes it and becomes its errors."""
    arguments, mutation = call.arguments(context), call.mutation
    try:
        changed = await _change(call, context, arguments)
    except BatchRejected as refused:
        return MutationResult(errors=refused.errors)
    except Refusal as refusal:
        is_stale = isinstance(refusal, VersionConflict) and not mutation.list_field
        current_state = (
            await _read_current_state(call, context, arguments["input"]) if is_stale else {}
        )
        clear_tracebacks(refusal)
        return MutationResult(current_state, to_user_errors(refusal))
    if mutation.deletes:  # there is nothing to read back
        return MutationResult(deleted_id=_encode_id(mutation.node_type, changed.ids[0]))
    result = await _read_back(call, context, changed.prepared_read)
    result.data = changed.data
    if changed.rows:
        result.are_stored = changed.are_stored
        result.rows, result.errors = (
            changed.rows,
            [
                *list_row_errors(mutation, changed.rows),
                *result.errors,
            ],
        )
    return result


async def _change(
    call: MutationCall, context: RequestContext, arguments: Mapping[str, Any]
) -> Changed:
    """Make the change, again if another request has changed the same object meanwhile.

    A client that gave no `expectedVersion` did not ask for a check of the version. One that gave it
    is refused when the object is loaded again. Raises Refusal and BatchRejected.
    """
    for number in range(1, MAX_ATTEMPTS):
        try:
            return await _attempt(call, context, arguments, is_first=number == 1)
        except ConcurrentChange as conflict:
            clear_tracebacks(conflict)
    return await _attempt(call, context, arguments, is_first=False)


async def _attempt(
    call: MutationCall, context: RequestContext, arguments: Mapping[str, Any], *, is_first: bool
) -> Changed:
    """Make the change once, in a unit of work of its own.

    All but the first attempts wait for each other, so that one of them is made after the other.
    """
    mutation, key = call.mutation, build_key(context, call, arguments)
    inputs = _parse_inputs(mutation, arguments["input"])
    ids = [id for each in inputs if each.is_readable or mutation.rows_field for id in each.ids]
    wanted = dict.fromkeys(one for each in inputs for one in each.list_wanted())
    rows: Sequence[RowResult] = ()
    are_stored, computed = True, list[Any]()
    admits_strangers = mutation.admits_strangers
    async with context.begin_work([*ids, *wanted], admits_strangers=admits_strangers) as work:
        prior_result = await work.reserve_key(key) if key else None
        if prior_result:
            context.replayed_fields.append(call.key)
        if mutation.rows_field:
            results = await run_rows(mutation, work, inputs[0], is_replay=prior_result is not None)
            object_ids, rows = results.object_ids, results.rows
            are_stored = results.are_stored
        elif prior_result:
            object_ids = await _replay(mutation, work, inputs, prior_result.entity_id)
        else:
            for prefix, id in [] if is_first else sorted(set(ids))[:MAX_LOCKED_IDS]:
                await work.lock_value(prefix, str(id))
            object_ids = await (_run_batch if mutation.batch_field else _run_single)(
                mutation, work, inputs, computed
            )
        prepared_read = await _prepare_read(call, context, work, inputs, object_ids)
        if key and not prior_result:
            await work.complete_key(key, object_ids[0] if object_ids else None)
    data = computed[0] if computed else None
    if isinstance(data, SecretData):
        data = data.build(context.stores.secret)
    return Changed(object_ids, prepared_read, rows, data, are_stored)


def _parse_inputs(mutation: Mutation, raw_input: Any) -> list[ParsedInput]:
    """Parse the inputs. A malformed one is no error yet: the caller may have no access at all."""
    rows = raw_input if mutation.batch_field else [raw_input]
    if len(rows) > MAX_BATCH_SIZE:
        message = f"A batch has at most {MAX_BATCH_SIZE} inputs. Send several batches."
        raise LimitExceeded(message, "inputs")
    return [parse_input(mutation.input_type, row) for row in rows]


async def _call_handler(
    mutation: Mutation, work: Work, input: ParsedInput, computed: list[Any]
) -> list[UUID]:
    """Return the id of the object that the mutation changed, or of the part that it made.

    What it computed is added to `computed`.

    Raises all faults of the input: at once if it cannot be read, else after the permission was
    checked.
    """
    faults = input.list_faults(work.actor.today)
    if not input.is_readable:
        raise_faults(faults)
    work.expect_faults(faults)
    made = await mutation.handler(work, input.value)
    work.raise_expected_faults()
    object_id = _get_id(made)
    if isinstance(made, Computed):
        computed.append(made.data)
    return [] if object_id is None else [object_id]


async def _run_single(
    mutation: Mutation, work: Work, inputs: Sequence[ParsedInput], computed: list[Any]
) -> list[UUID]:
    return await _call_handler(mutation, work, inputs[0], computed)


async def _run_batch(
    mutation: Mutation, work: Work, inputs: Sequence[ParsedInput], computed: list[Any]
) -> list[UUID]:
    """Call the handler for each input. Raises BatchRejected with the errors of all."""
    object_ids: list[UUID] = []
    errors: list[UserError] = []
    for index, row in enumerate(inputs):
        try:
            object_ids += await _call_handler(mutation, work, row, computed)
        except ConcurrentChange:
            raise
        except Refusal as refusal:
            errors += to_user_errors(refusal, index)
            clear_tracebacks(refusal)
    if errors:
        raise BatchRejected(errors)
    return object_ids


async def _replay(
    mutation: Mutation, work: Work, inputs: Sequence[ParsedInput], object_id: UUID | None
) -> list[UUID]:
    """Return the ids of an earlier result. The key has the first one of a batch.

    A batch that changes objects names them in its inputs; those that it made were made together.
    """
    if object_id is None:
        return []
    if not mutation.batch_field:
        return [object_id]
    if hasattr(inputs[0].value, "id"):
        return [each.value.id for each in inputs]
    return await work.batch_of(get_read_model(mutation.node_type).entity, object_id)


async def _prepare_read(
    call: MutationCall,
    context: RequestContext,
    work: Work,
    inputs: Sequence[ParsedInput],
    object_ids: Sequence[UUID],
) -> PreparedRead | None:
    """Prepare the statement that reads the objects of the payload; None if it selects none."""
    if not object_ids or call.read_back.field is None:
        return None
    bound_ids = _encode_bound_ids(call.mutation, inputs, object_ids)
    read_request = context.build_read_request(work.actor, **bound_ids)
    return await context.stores.reader.plan_registry.prepare(call.read_back.field, read_request)


def _encode_bound_ids(
    mutation: Mutation, inputs: Sequence[ParsedInput], object_ids: Sequence[UUID]
) -> dict[str, Any]:
    """Return the ids of the payload's objects: the object, or a list of them, and the made part."""
    if mutation.list_field:
        return {"ids": [_encode_id(mutation.node_type, each) for each in object_ids]}
    if mutation.returns_part is None:
        return {"id": _encode_id(mutation.node_type, object_ids[0])}
    return {
        "id": _encode_id(mutation.node_type, inputs[0].value.id),
        PART_ID: _encode_id(mutation.returns_part, object_ids[0]),
    }


async def _read_back(
    call: MutationCall, context: RequestContext, prepared_read: PreparedRead | None
) -> MutationResult:
    """Read the changed objects. After the commit no error may say that nothing was changed."""
    if prepared_read is None:
        return MutationResult()
    try:
        async with limit_time(READ_BACK_TIMEOUT):
            value = await context.stores.reader.read_prepared(
                context.caller.tenant_id, prepared_read
            )
    except Exception as error:  # noqa: BLE001 - whatever failed, the change is committed
        log_internal_error(error, context.request_id)
        return MutationResult(errors=[COMMITTED_NOT_READ])
    return MutationResult(call.read_back.split(value))


async def _read_current_state(
    call: MutationCall, context: RequestContext, input: Mapping[str, Any]
) -> dict[str, Any]:
    """Read the current state of an object for a caller whose version of it is stale."""
    current = call.current_read
    if current.field is None:
        return {}
    id = input.get("id") or _encode_id(call.mutation.node_type, context.caller.tenant_id)
    async with context.open_snapshot(id=id) as (snapshot, read_request):
        return current.split(await snapshot.read(current.field, read_request, null_tolerant=True))


def _get_id(handler_result: Any) -> UUID | None:
    """Return the id of what a handler returns: an aggregate, any object with an id, or the id."""
    found: UUID | None = getattr(handler_result, "id", handler_result)
    return found


def _encode_id(type_: type, id: UUID) -> str:
    return encode_id(get_read_model(type_).prefix, id)


def _build_error(error: Any, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        key: type(error).__name__ if name == TYPENAME else getattr(error, name)
        for key, name in names.items()
    }
