"""The permission matrix: every mutation of the graph, sent by every kind of caller."""

from api.schema import get_schema
from tests.api.permission_matrix import Cell, SharedCompany, parametrize_cells
from tests.api.permissions import (
    INPUTS,
    TABLES,
    action_items,
    annotations,
    goals,
    kpis,
    members,
    organizations,
    people,
    scorecards,
    teams,
    work_calendars,
)


@parametrize_cells(work_calendars.TABLE)
async def test_who_may_change_work_calendars(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


@parametrize_cells(action_items.TABLE)
async def test_who_may_change_action_items(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


@parametrize_cells(goals.TABLE)
async def test_who_may_change_goals(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


@parametrize_cells(kpis.TABLE)
async def test_who_may_change_kpis(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


@parametrize_cells(annotations.TABLE)
async def test_who_may_change_annotations(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


@parametrize_cells(scorecards.TABLE)
async def test_who_may_change_scorecards(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


@parametrize_cells(people.TABLE)
async def test_who_may_change_people(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


@parametrize_cells(teams.TABLE)
async def test_who_may_change_teams(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


@parametrize_cells(organizations.TABLE)
async def test_who_may_change_organizations(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


@parametrize_cells(members.TABLE)
async def test_who_may_change_members_roles_and_settings(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


def test_every_mutation_stands_in_a_table() -> None:
    told = {line.split()[0] for table in TABLES for line in table.strip().splitlines()[1:]}
    declared = get_schema()._schema.mutation_type
    assert declared is not None
    assert told == {name for name, field in declared.fields.items() if "input" in field.args}
