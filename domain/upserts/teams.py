"""Upserts of teams: the fields of a row, and the verbs that apply them."""

from datetime import date
from typing import Any
from uuid import UUID

from domain import teams
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import Change, Row, RowField, RowKind, attribute_field
from domain.kernel.upserts.declaration import Values
from domain.organizations import Organization
from domain.teams import Team
from domain.upserts import custom_values
from domain.upserts.organizations import find_end, refuse_start

PLACE = {"organization": "organization_id", "parent": "parent_id"}
"""The fields that say where a team stands, and its attributes."""


async def _create(work: Work, values: Values, _: Row) -> Team:
    given: dict[str, Any] = {
        PLACE.get(name, name): each for name, each in values.items() if each is not None
    }
    custom = given.pop(custom_values.NAME, None)
    team = await teams.create(work, **given)
    await custom_values.create_row_values(work, team, custom)
    return team


async def _edit(work: Work, team: Team, values: Values, _: Row) -> None:
    found = await work.get(Team, team.id, to=Team.EDIT)
    found.edit(**values)


async def _move(work: Work, team: Team, values: Values, _: Row) -> None:
    placement: Any = {PLACE[name]: each for name, each in values.items()}
    await teams.move(work, team.id, **placement)


async def _set_end(work: Work, team: Team, values: Values, _: Row) -> None:
    if values["ends_on"] is None:
        await teams.reopen(work, team.id)
    else:
        await teams.close(work, team.id, ends_on=values["ends_on"])


async def _restore_end(work: Work, team: Team, values: Values, row: Row) -> None:
    """Give a team an earlier end, and its memberships theirs, which closing it has changed."""
    if "ends_on" in values:
        await _set_end(work, team, values, row)
    team.restore_membership_ends(values.get("memberships", {}))


def _read_membership_ends(team: Team, _: Row) -> dict[UUID, date | None]:
    return {each.id: each.ends_on for each in team.memberships}


TEAM_ROWS = RowKind(
    aggregate=Team,
    change_action=Team.EDIT,
    creation_permissions=(Permission.TEAMS_MANAGE,),
    parent="parent",
    tree="tree_of_teams",
    fields=(
        attribute_field("name", Team, is_required=True),
        attribute_field("description", Team),
        RowField(
            "organization",
            lambda team, _: team.organization_id,
            refers_to=Organization,
            is_required=True,
        ),
        RowField("parent", lambda team, _: team.parent_id, refers_to=Team),
        attribute_field("starts_on"),
        attribute_field("ends_on", is_period_end=True),
        custom_values.build_row_field(Team),
    ),
    create=_create,
    changes=(
        Change(("name", "description"), _edit),
        Change(("organization", "parent"), _move),
        Change(("starts_on",), refuse_start),
        custom_values.WRITE,
        Change(("ends_on", "memberships"), _set_end, undo=_restore_end),
    ),
    companions=(RowField("memberships", _read_membership_ends),),
    together=("ends_on", "memberships"),
    end=lambda team, today: {"ends_on": find_end(team, today)},
)
