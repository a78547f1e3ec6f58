"""The results of rows as lines of JSON."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson

from api.bulk_processing.rows import CoercedRow
from api.kernel.execution.row_execution import PLAIN_LISTS
from api.kernel.schema.declarations import get_read_model
from api.kernel.schema.global_ids import encode_id
from api.kernel.schema.mutations import Mutation
from api.kernel.schema.user_errors import get_error_code
from domain.kernel.errors import Refusal
from domain.kernel.rows import RowOutcome, RowResult, RowResults

NOTHING = RowResults([], [])


def list_results(rows: Sequence[CoercedRow], found: RowResults) -> Iterator[RowResult]:
    """Yield the result of each row; those of rows without an input come from their faults."""
    results = iter(found.rows)
    for each in rows:
        if each.input is None:
            yield RowResult(RowOutcome.REJECTED, faults=each.faults)
        else:
            yield next(results)


def render_results(
    mutation: Mutation, rows: Sequence[CoercedRow], found: RowResults, *, is_dry_run: bool
) -> bytes:
    """Return a line of JSON for each row, in the order of the file."""
    results = list(list_results(rows, found))
    ids = iter(found.object_ids if mutation.is_upsert else ())
    lines = []
    for row, result in zip(rows, results, strict=True):
        id = next(ids, None) if row.input is not None else None
        lines.append(_render(mutation, row, result, id, is_dry_run=is_dry_run))
    return b"".join(lines)


def _render(
    mutation: Mutation, row: CoercedRow, result: RowResult, id: UUID | None, *, is_dry_run: bool
) -> bytes:
    is_accepted = result.outcome is not RowOutcome.REJECTED
    is_stored = is_accepted and not (is_dry_run and result.outcome is RowOutcome.CREATED)
    line: dict[str, Any] = {"line": row.row.line, "outcome": result.outcome.name}
    if mutation.is_upsert:
        prefix = get_read_model(mutation.node_type).prefix
        line["id"] = encode_id(prefix, id) if id is not None and is_stored else None
    line["errors"] = [_describe(each) for each in result.faults]
    if result.warnings:
        line["warnings"] = [_describe(each) for each in result.warnings]
    if is_dry_run and is_accepted:
        line["changes"] = [
            {"field": each.field, "before": each.before, "after": each.after}
            for each in PLAIN_LISTS["differences"](mutation, [result])
        ]
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _describe(fault: Refusal) -> dict[str, Any]:
    return {"code": get_error_code(fault), "message": str(fault), "field": list(fault.field)}
