"""Upserts of organizations: the fields of a row, and the verbs that apply them."""

from datetime import date
from typing import Any

from domain import organizations, teams
from domain.kernel.errors import Code, Invalid
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import Change, Row, RowField, RowKind, attribute_field
from domain.kernel.upserts.declaration import Values
from domain.organizations import UNIQUE_CODE, Organization


async def _create(work: Work, values: Values, _: Row) -> Organization:
    given: dict[str, Any] = {name: each for name, each in values.items() if each is not None}
    parent_id = given.pop("parent", None)
    return await organizations.create(work, parent_id=parent_id, **given)


async def _edit(work: Work, unit: Organization, values: Values, _: Row) -> None:
    await organizations.edit(work, unit.id, **values)


async def _move(work: Work, unit: Organization, values: Values, _: Row) -> None:
    await organizations.move(work, unit.id, parent_id=values["parent"])


async def _set_end(work: Work, unit: Organization, values: Values, _: Row) -> None:
    if values["ends_on"] is None:
        await organizations.reopen(work, unit.id)
    else:
        await teams.close_organization(work, unit.id, ends_on=values["ends_on"])


def find_end(unit: Any, today: date) -> date:
    """Return the end of something that is ended now, or has ended before."""
    day: date = max(unit.starts_on, today)
    return day if unit.ends_on is None else min(unit.ends_on, day)


def _build_end(unit: Organization, today: date) -> Values:
    """Return the values of a unit that is ended; others may have its code, and nothing refers."""
    free_code = f"{unit.code[:MAX_KEPT_CODE]}~{unit.id.hex[-8:]}"
    return {"code": free_code, "ends_on": find_end(unit, today)}


async def refuse_start(work: Work, unit: Any, _: Values, __: Row) -> None:
    """Refuse another first day of something that exists. Raises Invalid, after the permission."""
    await work.get(type(unit), unit.id, to=type(unit).EDIT)
    raise Invalid(
        f"The first day is {unit.starts_on} and cannot be changed here. Leave it out.",
        "startsOn",
        code=Code.OUT_OF_RANGE,
    )


MAX_KEPT_CODE = 41
"""How much is kept of the code of a unit that was ended, before a mark that nobody else has."""

ORGANIZATION_ROWS = RowKind(
    aggregate=Organization,
    change_action=Organization.EDIT,
    creation_permissions=(Permission.ORGANIZATIONS_MANAGE,),
    parent="parent",
    tree="tree_of_organizations",
    fields=(
        attribute_field("kind", Organization, is_required=True),
        attribute_field("code", Organization, is_required=True),
        attribute_field("name", Organization, is_required=True),
        RowField("parent", lambda unit, _: unit.parent_id, refers_to=Organization),
        attribute_field("starts_on"),
        attribute_field("ends_on", is_period_end=True),
    ),
    create=_create,
    changes=(
        Change(("kind", "code", "name"), _edit),
        Change(("parent",), _move),
        Change(("starts_on",), refuse_start),
        Change(("ends_on",), _set_end),
    ),
    unique=(UNIQUE_CODE,),
    is_held_open=True,
    end=_build_end,
)
