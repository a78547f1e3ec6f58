"""Loading of a dataset's rows into the database, as the serving role under its policies."""

from typing import Any
from uuid import UUID

import asyncpg

from persistence.access.closure_tables import (
    maintain_reporting_closure,
    maintain_tree_closure,
    organization_closure,
    team_closure,
)
from persistence.kernel.search_words import list_index_words
from persistence.registry import metadata
from tests.factories.rows import insert_rows
from tests.reads.dataset import TenantDataset

SEARCHED_COLUMNS = {
    "goal": ("goals", ("title",)),
    "kpi": ("kpis", ("name",)),
    "scorecard": ("scorecards", ("name",)),
    "competency_framework": ("competency_frameworks", ("name",)),
    "review_cycle": ("review_cycles", ("name",)),
    "calibration_session": ("calibration_sessions", ("name",)),
    "review_template": ("review_templates", ("name",)),
    "fairness_attribute": ("fairness_attributes", ("name",)),
    "score_rule": ("score_rules", ("name",)),
    "survey": ("surveys", ("title",)),
    "survey_bank_question": ("survey_bank_questions", ("text",)),
    "survey_schedule": ("survey_schedules", ("title",)),
    "feedback_program": ("feedback_programs", ("title",)),
    "feedback_program_schedule": ("feedback_program_schedules", ("title",)),
    "rating_scale": ("rating_scales", ("name",)),
    "action_item": ("action_items", ("title",)),
    "person": ("people", ("name", "given_name", "family_name", "work_email")),
    "team": ("teams", ("name",)),
    "organization": ("organizations", ("name", "code")),
    "role": ("roles", ("name",)),
}


async def load_dataset(owner: asyncpg.Connection, pool: asyncpg.Pool, world: TenantDataset) -> None:
    """Load a dataset, in place of what an earlier run may have left."""
    await _delete_dataset(owner, world.tenant_id)
    await owner.execute(
        "INSERT INTO directory.tenants (id, slug, status) VALUES ($1, $2, 'active')",
        world.tenant_id,
        world.slug,
    )
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{world.tenant_id}'")
        for table in metadata.sorted_tables:
            if world.tables.get(table.name) and table.schema is None:
                await insert_rows(connection, table.name, world.tables[table.name])
        await _build_derived_tables(connection, world)


async def _build_derived_tables(connection: Any, world: TenantDataset) -> None:
    for kept, table in (
        (maintain_tree_closure(organization_closure, "organizations"), "organizations"),
        (maintain_tree_closure(team_closure, "teams"), "teams"),
        (maintain_reporting_closure(), "people"),
    ):
        ids = [row["id"] for row in world.tables[table]]
        await kept.rebuild(connection, world.tenant_id, ids)
    await insert_rows(connection, "words", build_search_words(world))


def build_search_words(world: TenantDataset) -> list[dict[str, Any]]:
    """Build the search index of a dataset."""
    return [
        {"tenant_id": world.tenant_id, "entity": entity, "word": word, "entity_id": row["id"]}
        for entity, (table, names) in SEARCHED_COLUMNS.items()
        for row in world.tables[table]
        for word in {word for name in names for word in list_index_words(row[name] or "")}
    ]


async def _delete_dataset(owner: asyncpg.Connection, tenant_id: UUID) -> None:
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        for table in reversed(metadata.sorted_tables):
            if table.schema is None:
                await owner.execute(f"DELETE FROM {table.name} WHERE tenant_id = $1", tenant_id)
        await owner.execute("DELETE FROM directory.tenants WHERE id = $1", tenant_id)
