"""Upserts of all concepts that other systems send."""

from collections.abc import Sequence
from typing import Any

from domain.kernel.rows import RowResults
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import Row, RowKind, upsert
from domain.upserts.organizations import ORGANIZATION_ROWS
from domain.upserts.people import PERSON_ROWS
from domain.upserts.teams import TEAM_ROWS

ROW_KINDS = {each.aggregate: each for each in (ORGANIZATION_ROWS, PERSON_ROWS, TEAM_ROWS)}
"""Which rows there are, by the class of the aggregates that they are about."""

__all__ = ["ORGANIZATION_ROWS", "PERSON_ROWS", "ROW_KINDS", "TEAM_ROWS", "apply_rows"]


async def apply_rows(work: Work, kind: RowKind, rows: Sequence[Row], **options: Any) -> RowResults:
    """Apply rows of one concept; they may name objects of all."""
    return await upsert(work, kind, ROW_KINDS, rows, **options)
