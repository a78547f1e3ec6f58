"""The permission matrix: every mutation of the graph, sent by every kind of caller."""

from api.schema import get_schema
from tests.api.permission_matrix import Row, SharedCompany, parametrize_rows
from tests.api.permissions import INPUTS, TABLES


@parametrize_rows(TABLES)
async def test_who_may_change_what(shared: SharedCompany, row: Row) -> None:
    await shared.check_row(row, INPUTS)


def test_every_mutation_stands_in_a_table() -> None:
    told = {line.split()[0] for table in TABLES for line in table.strip().splitlines()[1:]}
    declared = get_schema()._schema.mutation_type
    assert declared is not None
    assert told == {name for name, field in declared.fields.items() if "input" in field.args}
