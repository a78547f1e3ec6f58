"""Upserts of all concepts that other systems send."""

import re
from collections.abc import Sequence
from typing import Any

from domain.kernel.rows import RowResults
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import Row, RowField, RowKind, upsert
from domain.tenants import load_tenant
from domain.upserts.goals import GOAL_ROWS
from domain.upserts.organizations import ORGANIZATION_ROWS
from domain.upserts.people import PERSON_ROWS
from domain.upserts.teams import TEAM_ROWS

ALL_ROWS = (ORGANIZATION_ROWS, PERSON_ROWS, TEAM_ROWS, GOAL_ROWS)
ROW_KINDS = {each.aggregate: each for each in ALL_ROWS}
"""Which rows there are, by the class of the aggregates that they are about."""

__all__ = [
    "GOAL_ROWS",
    "ORGANIZATION_ROWS",
    "PERSON_ROWS",
    "ROW_KINDS",
    "TEAM_ROWS",
    "apply_rows",
    "find_owners",
    "name_owned_field",
]


async def apply_rows(work: Work, kind: RowKind, rows: Sequence[Row], **options: Any) -> RowResults:
    """Apply rows of one concept; they may name objects of all."""
    owners = await find_owners(work, kind)
    return await upsert(work, kind, ROW_KINDS, rows, owners=owners, **options)


async def find_owners(work: Work, kind: RowKind) -> dict[str, str]:
    """Return the sources that own fields of rows, by the names of the fields."""
    declared = (await load_tenant(work)).field_owners
    owners = {each.name: declared.get(name_owned_field(kind, each)) for each in kind.fields}
    return {name: source for name, source in owners.items() if source is not None}


def name_owned_field(kind: RowKind, field: RowField) -> str:
    """Return the name under which a tenant declares the owner of a field of rows."""
    words = re.sub("([A-Z])", lambda found: f"_{found[1].lower()}", field.path)
    return f"{kind.aggregate.NAME}_{words}"
