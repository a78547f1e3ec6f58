"""Sync runs: tables, mapping and read models, and who is known to a source."""

from sqlalchemy.dialects.postgresql import JSONB

from domain.sync_runs import (
    SyncRun,
    SyncRunChange,
    SyncRunCounts,
    SyncRunIssue,
    SyncRunPerson,
    SyncRunRow,
)
from domain.sync_runs.finishing import SOURCE_PEOPLE
from domain.sync_runs.model import NEWEST_CHANGES
from domain.sync_runs.undoing import CHANGED_TYPES, PEOPLE_IN_USE
from persistence.concept import register_concept, register_part
from persistence.kernel.mapping.registry import map_entity
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    parent_foreign_key,
    tenant_foreign_key,
    tenant_index,
)
from persistence.members import MEMBER
from persistence.people import PERSON
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import RelationCondition, add_lookup, via_link_table
from persistence.unit_of_work.declared_statements import declare_statement

UPPER_NAMES = "upper({names}::text)::jsonb"

sync_runs = aggregate_table(
    "sync_runs",
    *columns_of(SyncRun),
    tenant_foreign_key("started_by_id", "members"),
    tenant_index("started_by_id", "id"),
    prefix="syncrun",
)
sync_run_counts = entity_table(
    "sync_run_counts",
    *columns_of(SyncRunCounts),
    parent_foreign_key("sync_run_id", "sync_runs"),
    tenant_index("sync_run_id", "type"),
    prefix="syncruncounts",
)
sync_run_issues = entity_table(
    "sync_run_issues",
    *columns_of(SyncRunIssue),
    parent_foreign_key("sync_run_id", "sync_runs"),
    tenant_index("sync_run_id", "id"),
    tenant_index("source", "external_id"),
    prefix="syncrunissue",
)
sync_run_rows = entity_table(
    "sync_run_rows",
    *columns_of(SyncRunRow),
    parent_foreign_key("sync_run_id", "sync_runs"),
    tenant_index("sync_run_id", "id"),
    prefix="syncrunrow",
)
sync_run_people = entity_table(
    "sync_run_people",
    *columns_of(SyncRunPerson),
    parent_foreign_key("sync_run_id", "sync_runs"),
    tenant_index("sync_run_id", "person_id"),
    tenant_index("person_id", "id"),
    prefix="syncrunperson",
)
sync_run_changes = entity_table(
    "sync_run_changes",
    *columns_of(SyncRunChange),
    parent_foreign_key("sync_run_id", "sync_runs"),
    tenant_index("sync_run_id", "object_id"),
    tenant_index("sync_run_id", "turn", "id"),
    tenant_index("object_id", "id"),
    prefix="syncrunchange",
)

SYNC_RUN = register_concept(SyncRun, sync_runs, order=("-id",), affects_access=False)
SYNC_RUN_COUNTS = register_part(SyncRunCounts, sync_run_counts, order=("type",), has_id=False)
SYNC_RUN_ISSUE = register_part(SyncRunIssue, sync_run_issues, order=("id",), has_id=False)
map_entity(SyncRunRow, sync_run_rows, affects_access=False)
map_entity(SyncRunPerson, sync_run_people, affects_access=False)
map_entity(SyncRunChange, sync_run_changes, affects_access=False)


def _name_types(row: Row, _: FieldContext) -> Sql:
    return SqlTemplate(UPPER_NAMES, JSONB(), names=row.c.types)


def _list_people(*, are_ended: bool) -> RelationCondition:
    return via_link_table(
        sync_run_people,
        "sync_run_id",
        "person_id",
        lambda link, _: link.c.is_ended.is_(are_ended),
    )


SYNC_RUN.value("types", _name_types)
SYNC_RUN.one("started_by", MEMBER, lambda row, member, _: member.c.id == row.c.started_by_id)
SYNC_RUN.list_of("counts", SYNC_RUN_COUNTS, lambda row, each, _: each.c.sync_run_id == row.c.id)
SYNC_RUN.list_of("issues", SYNC_RUN_ISSUE, lambda row, each, _: each.c.sync_run_id == row.c.id)
SYNC_RUN.many("missing_people", PERSON, _list_people(are_ended=False))
SYNC_RUN.many("ended_people", PERSON, _list_people(are_ended=True))
add_lookup("sync_run", SYNC_RUN)

declare_statement(
    SOURCE_PEOPLE,
    """
    SELECT p.id, r.external_id
    FROM person_references r
    JOIN people p ON p.tenant_id = $1 AND p.id = r.person_id
    WHERE r.tenant_id = $1 AND r.source = $2
      AND p.hired_on < $3 AND (p.left_on IS NULL OR p.left_on > $3)
    ORDER BY p.id
    """,
    "source",
    "left_on",
)

declare_statement(
    NEWEST_CHANGES,
    """
    SELECT id FROM sync_run_changes WHERE tenant_id = $1 AND sync_run_id = $2
    ORDER BY turn DESC, id DESC LIMIT $3
    """,
    "run_id",
    "count",
)
declare_statement(
    CHANGED_TYPES,
    "SELECT DISTINCT type FROM sync_run_changes WHERE tenant_id = $1 AND sync_run_id = $2",
    "run_id",
)
declare_statement(
    PEOPLE_IN_USE,
    """
    SELECT p.id FROM unnest($2::uuid[]) AS p (id)
    WHERE EXISTS (SELECT FROM members WHERE tenant_id = $1 AND person_id = p.id)
       OR EXISTS (SELECT FROM goals WHERE tenant_id = $1 AND owner_person_id = p.id)
       OR EXISTS (
           SELECT FROM team_memberships
           WHERE tenant_id = $1 AND person_id = p.id AND (ends_on IS NULL OR ends_on > $4))
       OR EXISTS (
           SELECT FROM reporting_lines l
           JOIN people r ON r.tenant_id = $1 AND r.id = l.person_id
           WHERE l.tenant_id = $1 AND l.manager_id = p.id AND l.person_id <> ALL ($3::uuid[])
             AND (l.ends_on IS NULL OR l.ends_on > greatest(l.starts_on, $4))
             AND (r.left_on IS NULL OR r.left_on > $4))
    """,
    "ids",
    "undone_ids",
    "today",
)
