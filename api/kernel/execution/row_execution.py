"""Execution of a batch in which each row has an outcome, and a refused row refuses only itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import get_read_model
from api.kernel.schema.global_ids import encode_id
from api.kernel.schema.input_parsing import ParsedInput
from api.kernel.schema.mutations import Mutation
from api.kernel.schema.row_outcomes import RowDifference, RowResolvedReference, RowWarning
from api.kernel.schema.user_errors import UserError, get_error_code, to_user_errors
from domain.kernel.errors import Refusal
from domain.kernel.faults import raise_faults
from domain.kernel.fields import to_camel_case
from domain.kernel.rows import RowResult, RowResults
from domain.kernel.upserts import NamedObject
from persistence.unit_of_work.work import Work


async def run_rows(
    mutation: Mutation, work: Work, input: ParsedInput, *, is_replay: bool
) -> RowResults:
    """Call the handler with the input and the faults of its rows, and return the results.

    A batch that is sent again under its idempotency key is run without storing anything. Raises
    the faults of the input that are not about a row.
    """
    faults = input.list_faults(work.actor.today)
    rows_name = to_camel_case(mutation.rows_field or "")
    if any(each.field[:1] != (rows_name,) or not each.field[1:] for each in faults):
        raise_faults(faults)
    by_row = dict[int, list[Refusal]]()
    for each in faults:
        _, index, *path = each.field
        each.field = tuple(path)
        by_row.setdefault(int(index), []).append(each)
    if is_replay:
        input.value.dry_run = True
    results: RowResults = await mutation.handler(work, input.value, by_row)
    return results


def list_row_errors(mutation: Mutation, rows: Sequence[RowResult]) -> Iterator[UserError]:
    """Yield what is wrong with rows, each with the position of its row."""
    for index, row in enumerate(rows):
        for fault in row.faults:
            for error in to_user_errors(fault, index):
                error.field = _find_path(mutation, index, error.field)
                yield error


def list_row_warnings(mutation: Mutation, rows: Sequence[RowResult]) -> Iterator[RowWarning]:
    """Yield what looks wrong in rows, each with the position of its row."""
    for index, row in enumerate(rows):
        for each in row.warnings:
            path = _find_path(mutation, index, list(each.field))
            yield RowWarning(code=get_error_code(each), message=str(each), field=path, index=index)


def _list_differences(_: Mutation, rows: Sequence[RowResult]) -> Iterator[RowDifference]:
    for index, row in enumerate(rows):
        for each in row.differences:
            before, after = (_encode(value, each.kind) for value in (each.before, each.after))
            yield RowDifference(index=index, field=each.field, before=before, after=after)


def _list_resolved(_: Mutation, rows: Sequence[RowResult]) -> Iterator[RowResolvedReference]:
    for index, row in enumerate(rows):
        for each in row.resolved:
            id = strawberry.ID(_encode(each.id, each.kind))
            yield RowResolvedReference(index=index, field=each.field, id=id)


PLAIN_LISTS: Mapping[str, Callable[[Mutation, Sequence[RowResult]], Iterator[Any]]] = {
    "warnings": list_row_warnings,
    "differences": _list_differences,
    "resolved": _list_resolved,
}
"""What a payload has of rows, beside their outcomes and errors."""


def _encode(value: Any, kind: type | None) -> Any:
    """Return a value of a row as JSON; an id of an aggregate of this kind as its global id."""
    if isinstance(value, NamedObject):
        if value.id is None:
            return None if value.is_empty else {"source": value.source, "id": value.external_id}
        value = value.id
    match value:
        case UUID():
            assert kind is not None, "Only objects have ids."
            return encode_id(get_read_model(kind).prefix, value)
        case Enum():
            return value.name
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value


def _find_path(mutation: Mutation, index: int, path: list[str] | None) -> list[str]:
    """Return the path of a field from the input on, for one from the row on."""
    return [to_camel_case(mutation.rows_field or ""), str(index), *(path or ())]
