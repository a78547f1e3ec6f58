"""Execution of a batch in which each row has an outcome, and a refused row refuses only itself."""

from collections.abc import Iterator, Sequence

from api.kernel.schema.input_parsing import ParsedInput
from api.kernel.schema.mutations import Mutation
from api.kernel.schema.row_outcomes import RowWarning
from api.kernel.schema.user_errors import UserError, get_error_code, to_user_errors
from domain.kernel.errors import Refusal
from domain.kernel.faults import raise_faults
from domain.kernel.fields import to_camel_case
from domain.kernel.rows import RowResult, RowResults
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


def _find_path(mutation: Mutation, index: int, path: list[str] | None) -> list[str]:
    """Return the path of a field from the input on, for one from the row on."""
    return [to_camel_case(mutation.rows_field or ""), str(index), *(path or ())]
