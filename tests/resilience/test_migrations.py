"""Migrations can be reversed without a trace, and none blocks requests for long."""

import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from alembic.script import ScriptDirectory
from anyio import to_thread

from alembic import command
from persistence.embedded import DatabaseUrls
from persistence.embedded.binaries import find_newest_program
from persistence.kernel.pools import connect, strip_driver
from persistence.kernel.schema.database_role import ensure_roles
from persistence.kernel.schema.lint import APPEND_ONLY_TABLES
from persistence.kernel.schema.migrations import MIGRATIONS_DIRECTORY, build_alembic_config
from persistence.kernel.schema.row_level_security import protect_table

SQUAWK = Path(sys.executable).with_name("squawk")

ALLOWED_RULES = {
    "transaction-nesting": "Alembic begins and commits, for each migration.",
    "prefer-text-field": "The only such column is Alembic's own.",
    "prefer-bigint-over-int": "Versions, depths and positions do not reach two billion.",
    "ban-drop-constraint": "A stricter index or a wider check takes its place at once.",
}
"""Rules of squawk that our migrations break, with the reason."""

RULES_OF_DOWNTIME = {
    "0020": {
        "renaming-column",
        "ban-drop-not-null",
        "adding-not-nullable-field",
        "require-concurrent-index-deletion",
    },
    "0021": {"constraint-missing-not-valid"},
}
"""Rules that a migration may break, because the changelog says to stop the old processes first."""

RULE_VIOLATIONS = {
    "require-concurrent-index-creation": "CREATE INDEX ON goals (tenant_id, title)",
    "adding-required-field": "ALTER TABLE goals ADD COLUMN colour text NOT NULL",
    "renaming-column": "ALTER TABLE goals RENAME COLUMN title TO name",
    "changing-column-type": "ALTER TABLE goals ALTER COLUMN version TYPE bigint",
    "adding-foreign-key-constraint": (
        "ALTER TABLE goals ADD CONSTRAINT c FOREIGN KEY (tenant_id, parent_id)"
        " REFERENCES goals (tenant_id, id)"
    ),
    "ban-drop-column": "ALTER TABLE goals DROP COLUMN title",
}


def run_squawk(sql: str) -> set[str]:
    """Return the rules that a script breaks."""
    done = subprocess.run(
        [SQUAWK, "--assume-in-transaction", "--pg-version=15.0", "--reporter=Json"],
        input=sql,
        capture_output=True,
        text=True,
        check=False,
    )
    return {each["rule_name"] for each in json.loads(done.stdout)}


def render_migration_sql(revisions: str) -> str:
    """Render the script that Alembic would run, without a database."""
    said = StringIO()
    config = build_alembic_config("postgresql://")
    config.output_buffer = said
    command.upgrade(config, revisions, sql=True)
    return said.getvalue()


def list_revisions() -> list[str]:
    """List all revisions, the first one first."""
    scripts = ScriptDirectory.from_config(build_alembic_config())
    return [each.revision for each in scripts.walk_revisions()][::-1]


def test_no_migration_locks_out_those_who_are_served() -> None:
    previous = "base"
    for revision in list_revisions():
        allowed = {*ALLOWED_RULES, *RULES_OF_DOWNTIME.get(revision, ())}
        found = run_squawk(render_migration_sql(f"{previous}:{revision}"))
        assert found <= allowed, (revision, found - allowed)
        previous = revision


def test_every_table_is_protected_in_the_one_way() -> None:
    """Migrations hold the statements as text; this compares them with the function's."""
    script = render_migration_sql("head")
    tables = re.findall(r"CREATE TABLE (\w+) \(\n    tenant_id", script)
    assert len(tables) > 20
    for table in tables:
        for statement in protect_table(table, is_append_only=table in APPEND_ONLY_TABLES):
            assert f"{statement};" in script


@pytest.mark.anyio
async def test_a_generated_migration_protects_its_tables(
    addresses: DatabaseUrls, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    async with a_database(addresses, owner, "trellis_generated") as url:
        text = await to_thread.run_sync(generate_migration, url, tmp_path)
    for statement in protect_table("idempotency_keys"):
        assert statement in text
    assert "persistence" not in re.sub('""".*?"""', "", text, flags=re.DOTALL)


def generate_migration(url: str, folder: Path) -> str:
    """Migrate to 0001 only, so that Alembic generates the rest of the schema as a new revision."""
    config = build_alembic_config(url)
    command.upgrade(config, "0001")
    command.stamp(config, "head")
    config.set_main_option("version_locations", f"{MIGRATIONS_DIRECTORY / 'versions'}:{folder}")
    command.revision(config, "generated", autogenerate=True, version_path=str(folder))
    return next(folder.glob("*.py")).read_text()


@pytest.mark.parametrize(("rule", "statement"), RULE_VIOLATIONS.items())
def test_a_migration_that_blocks_requests_is_found(rule: str, statement: str) -> None:
    assert rule in run_squawk(f"SET lock_timeout = '2s';\n{statement};")


@pytest.mark.anyio
async def test_each_migration_can_be_taken_back_without_a_trace(
    addresses: DatabaseUrls, owner: asyncpg.Connection
) -> None:
    async with a_database(addresses, owner, "trellis_taken_back") as url:
        await to_thread.run_sync(check_reversibility, url)


@asynccontextmanager
async def a_database(
    addresses: DatabaseUrls, owner: asyncpg.Connection, name: str
) -> AsyncIterator[str]:
    """Make an empty database with the serving roles, and drop it at the end."""
    url = strip_driver(addresses.owner).set(database=name).render_as_string(hide_password=False)
    await owner.execute(f"CREATE DATABASE {name}")
    try:
        await ensure_roles(url)
        yield url
    finally:
        await owner.execute(f"DROP DATABASE {name} WITH (FORCE)")


TENANTS = [uuid4(), uuid4()]
RENAMED_ACTIONS = {
    ("person", "left"): "departed",
    ("person", "stayed"): "departure_cancelled",
    ("person", "renumbered"): "employee_number_changed",
    ("person", "referred"): "external_reference_added",
    ("person", "forgotten"): "external_reference_removed",
    ("person", "hired"): "hired",
    ("organization", "referred"): "external_reference_added",
    ("organization", "forgotten"): "external_reference_removed",
    ("role", "regranted"): "grants_set",
    ("team", "left"): "left",
}
"""The action of an entry before the actions were renamed like the mutations, and the new one."""
INSERT_OLD_ENTRIES = """
INSERT INTO journal (tenant_id, id, xid, seq, entity, entity_id, action, changes, recorded_at)
SELECT tenant, gen_random_uuid(), 1, n, entity, gen_random_uuid(), action, '{"a": [1, 2]}', now()
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY old (entity, action, n),
     unnest($3::uuid[]) tenant
"""
READ_ENTRIES = "SELECT entity, action FROM journal ORDER BY tenant_id, seq"
IS_FORCED = "SELECT relforcerowsecurity FROM pg_class WHERE relname = $1"


@pytest.mark.anyio
async def test_old_journal_entries_get_the_new_actions(
    addresses: DatabaseUrls, owner: asyncpg.Connection
) -> None:
    async with a_database(addresses, owner, "trellis_old_entries") as url:
        config = build_alembic_config(url)
        await to_thread.run_sync(command.upgrade, config, "0004")
        await without_force(url, INSERT_OLD_ENTRIES, *zip(*RENAMED_ACTIONS, strict=True), TENANTS)
        await to_thread.run_sync(command.upgrade, config, "0005")
        found, is_forced = await without_force(url, READ_ENTRIES)
        renamed = [(entity, new) for (entity, _), new in RENAMED_ACTIONS.items()]
        assert (found, is_forced) == (renamed * len(TENANTS), True)
        await to_thread.run_sync(command.downgrade, config, "0004")
        assert await without_force(url, READ_ENTRIES) == ([*RENAMED_ACTIONS] * len(TENANTS), True)


OLD_CHANGES: dict[str, Any] = {
    "name": ["Ada", "left_on"],
    "left_on": [None, "2026-03-01"],
    "ends_on": ["2026-01-01", None],
    "employments": [
        [{"id": "employment_1", "leftOn": None}],
        [{"id": "employment_1", "leftOn": "2026-03-01"}],
    ],
    "lines": [[], [{"id": "line_2", "endsOn": "2026-03-01"}, {"id": "line_1", "kind": "DOTTED"}]],
}
NEW_CHANGES = OLD_CHANGES | {
    "last_day": [None, "2026-02-28"],
    "ends_on": ["2025-12-31", None],
    "employments": [
        [{"id": "employment_1", "lastDay": None}],
        [{"id": "employment_1", "lastDay": "2026-02-28"}],
    ],
    "lines": [[], [{"id": "line_2", "endsOn": "2026-02-28"}, {"id": "line_1", "kind": "DOTTED"}]],
}
del NEW_CHANGES["left_on"]
"""What an entry said of ends when they were the first days that no longer count, and says now."""
INSERT_OLD_CHANGES = """
INSERT INTO journal (tenant_id, id, xid, seq, entity, entity_id, action, changes, recorded_at)
SELECT tenant, gen_random_uuid(), 1, n, entity, gen_random_uuid(), 'edited', $2::jsonb, now()
FROM unnest($1::uuid[]) tenant, unnest($3::text[]) WITH ORDINALITY AS old (entity, n)
"""
READ_CHANGES = "SELECT entity, changes::text FROM journal ORDER BY tenant_id, seq"


@pytest.mark.anyio
async def test_old_journal_entries_show_the_last_days(
    addresses: DatabaseUrls, owner: asyncpg.Connection
) -> None:
    async with a_database(addresses, owner, "trellis_old_days") as url:
        config, entities = build_alembic_config(url), ["person", "goal"]
        await to_thread.run_sync(command.upgrade, config, "0005")
        await without_force(url, INSERT_OLD_CHANGES, TENANTS, json.dumps(OLD_CHANGES), entities)
        for move, revision, about_person in (
            (command.upgrade, "0006", NEW_CHANGES),
            (command.downgrade, "0005", OLD_CHANGES),
        ):
            await to_thread.run_sync(move, config, revision)
            rows, is_forced = await without_force(url, READ_CHANGES)
            found = [(entity, json.loads(changes)) for entity, changes in rows]
            assert found == [("person", about_person), ("goal", OLD_CHANGES)] * len(TENANTS)
            assert is_forced


INSERT_PEOPLE = """
INSERT INTO people (tenant_id, id, version, created_at, updated_at, given_name, family_name, name,
                    work_email, hired_on)
SELECT tenant, gen_random_uuid(), 1, now(), now(), 'A', '', 'A', address, '2020-01-01'
FROM unnest($1::uuid[]) tenant, unnest($2::text[]) address
"""
READ_ADDRESSES = "SELECT DISTINCT work_email FROM people ORDER BY work_email"
OLD_ADDRESSES = (
    *("a@xn--bcher-kva.example", "b@mail.xn--bcher-kva.example", "c@xn--.example", "xn--d@x.com"),
    *("e@xn--bcher-kva.example", "e@bücher.example"),
)
NEW_ADDRESSES = (
    *("a@bücher.example", "b@mail.bücher.example", "c@xn--.example", "xn--d@x.com"),
    *("e@xn--bcher-kva.example", "e@bücher.example"),
)


@pytest.mark.anyio
async def test_old_addresses_get_the_form_in_which_they_are_compared(
    addresses: DatabaseUrls, owner: asyncpg.Connection
) -> None:
    async with a_database(addresses, owner, "trellis_old_addresses") as url:
        config = build_alembic_config(url)
        await to_thread.run_sync(command.upgrade, config, "0008")
        await without_force(url, INSERT_PEOPLE, TENANTS, OLD_ADDRESSES, table="people")
        await to_thread.run_sync(command.upgrade, config, "0009")
        rows, is_forced = await without_force(url, READ_ADDRESSES, table="people")
        assert {address for (address,) in rows} == set(NEW_ADDRESSES)
        assert is_forced


INSERT_UNITS = """
INSERT INTO organizations
    (tenant_id, id, version, created_at, updated_at, kind, code, name, starts_on)
SELECT tenant, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 1, now(), now(),
       'site', code, code, '2020-01-01'
FROM unnest($1::uuid[]) tenant, unnest($2::text[]) WITH ORDINALITY units (code, n)
"""
READ_UNITS = "SELECT code, code_folded FROM organizations ORDER BY tenant_id, id"
READ_FOLDED = "SELECT work_email_folded FROM people WHERE work_email IS NOT NULL"
FOLDED_CODES = [
    ("ABC", "abc"),
    ("abc", "abc\x1f00000000-0000-7000-8000-000000000002"),
    ("Ärz", "ärz"),
    ("äRZ", "ärz\x1f00000000-0000-7000-8000-000000000004"),
    ("x", "x"),
]
"""Codes of units from before, the oldest first, and the form in which they are compared since."""


@pytest.mark.anyio
async def test_old_codes_that_differ_by_case_stay_and_the_oldest_is_found(
    addresses: DatabaseUrls, owner: asyncpg.Connection
) -> None:
    async with a_database(addresses, owner, "trellis_old_codes") as url:
        config, codes = build_alembic_config(url), [code for code, _ in FOLDED_CODES]
        await to_thread.run_sync(command.upgrade, config, "0010")
        await without_force(url, INSERT_PEOPLE, TENANTS, NEW_ADDRESSES, table="people")
        await without_force(url, INSERT_UNITS, TENANTS, codes, table="organizations")
        await to_thread.run_sync(command.upgrade, config, "0011")
        units, is_forced = await without_force(url, READ_UNITS, table="organizations")
        assert (units, is_forced) == (FOLDED_CODES * len(TENANTS), True)
        rows, is_forced = await without_force(url, READ_FOLDED, table="people")
        assert sorted(rows) == sorted((each,) for each in NEW_ADDRESSES * len(TENANTS))
        assert is_forced


OLD_GOAL = """
INSERT INTO goals (tenant_id, id, version, created_at, updated_at, owner_kind, title, visibility,
                   starts_on, due_on, status, owner_person_id)
SELECT tenant_id, id, 1, now(), now(), 'person', 'Old', 'public', '2026-01-01', '2026-12-31',
       'active', id
FROM people
"""
INSERT_TENANTS = """
INSERT INTO tenants (tenant_id, id, version, created_at, updated_at, name,
                     fiscal_year_start_month, week_start, time_zone, locale, labels)
SELECT tenant, tenant, 1, now(), now(), zone, 1, 'monday', zone, 'en', '{}'
FROM unnest($1::uuid[], $2::text[]) listed (tenant, zone)
"""
OLD_CHECK_IN = """
INSERT INTO check_ins (tenant_id, id, goal_id, author_id, confidence, recorded_at)
SELECT tenant_id, id, id, owner_person_id, 'on_track', '2026-03-01T23:30:00Z' FROM goals
"""
READ_DAYS = """
SELECT t.name, c.effective_on::text, c.first_recorded_at = c.recorded_at, c.corrects_id IS NULL,
       t.check_in_backdating_days
FROM check_ins c JOIN tenants t USING (tenant_id) ORDER BY t.name
"""
ZONES = {"Asia/Tokyo": "2026-03-02", "UTC": "2026-03-01"}


@pytest.mark.anyio
async def test_old_check_ins_are_about_the_day_in_the_zone_of_their_tenant(
    addresses: DatabaseUrls, owner: asyncpg.Connection
) -> None:
    async with a_database(addresses, owner, "trellis_old_check_ins") as url:
        config = build_alembic_config(url)
        await to_thread.run_sync(command.upgrade, config, "0017")
        await without_force(url, INSERT_PEOPLE, TENANTS, ["a@x.example"], table="people")
        await without_force(url, INSERT_TENANTS, TENANTS, list(ZONES), table="tenants")
        connection = await connect(url)
        try:
            for table in ("people", "goals", "check_ins"):
                await connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            await connection.execute(OLD_GOAL)
            await connection.execute(OLD_CHECK_IN)
            await to_thread.run_sync(command.upgrade, config, "0018")
            await connection.execute("ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY")
            await connection.execute("ALTER TABLE check_ins NO FORCE ROW LEVEL SECURITY")
            found = [tuple(row) for row in await connection.fetch(READ_DAYS)]
        finally:
            await connection.close()
        assert found == [(zone, day, True, True, 31) for zone, day in ZONES.items()]


async def without_force(
    url: str, statement: str, *values: Any, table: str = "journal"
) -> tuple[list[tuple[str, ...]], bool]:
    """Execute a statement over all tenants; return its rows, and whether the table was forced."""
    connection = await connect(url)
    try:
        is_forced = await connection.fetchval(IS_FORCED, table)
        await connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        rows = await connection.fetch(statement, *values)
        await connection.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        return [tuple(row) for row in rows], is_forced
    finally:
        await connection.close()


def check_reversibility(url: str) -> None:
    config = build_alembic_config(url)
    known = {"base": ""}
    before = "base"
    for revision in list_revisions():
        command.upgrade(config, revision)
        known[revision] = dump_schema(url)
        if before != "base":
            command.downgrade(config, before)
            assert dump_schema(url) == known[before], revision
            command.upgrade(config, revision)
            assert dump_schema(url) == known[revision], revision
        before = revision
    command.downgrade(config, "base")
    command.upgrade(config, "head")
    assert dump_schema(url) == known[before]


def dump_schema(url: str) -> str:
    """Dump the schema: tables, keys, policies and privileges."""
    command_line: list[str | Path] = [
        find_newest_program("pg_dump"),
        "--schema-only",
        "--restrict-key=same",
        f"--dbname={url}",
    ]
    done = subprocess.run(command_line, capture_output=True, text=True, check=True)
    return done.stdout


NOW = "2026-01-01T00:00:00Z"
OWNED = {"tenant_id": str(TENANTS[0]), "version": 1, "created_at": NOW, "updated_at": NOW}
ADA, SHARED, ROLE = (str(uuid4()) for _ in range(3))
OLD_ROWS = {
    "people": OWNED
    | {"id": ADA, "given_name": "Ada", "family_name": "", "name": "Ada", "hired_on": "2020-01-01"},
    "goals": OWNED
    | {"id": SHARED, "owner_kind": "person", "owner_person_id": ADA, "title": "Ours"}
    | {"visibility": "public", "status": "active"}
    | {"starts_on": "2026-01-01", "due_on": "2026-12-31"},
    "goal_viewers": {"tenant_id": str(TENANTS[0]), "goal_id": SHARED, "person_id": ADA},
}
VISIBLE = {"visibility": "public", "viewer_ids": [ADA], "owner_person_id": ADA}
OLD_HISTORY = (
    ("goal", SHARED, "drafted", ("visibility", "status", "title"), {"owner_person_id": ADA}),
    ("goal", SHARED, "edited", ("visibility", "viewer_ids"), {"owner_person_id": ADA}),
    ("goal", SHARED, "edited", ("title",), VISIBLE),
    ("goal", SHARED, "activated", ("status",), VISIBLE),
    ("goal", SHARED, "edited", ("title",), VISIBLE | {"status": "active"}),
    ("goal", str(uuid4()), "discarded", ("visibility",), {}),
    ("role", ROLE, "created", ("name",), {}),
    ("role", ROLE, "deleted", ("name",), {}),
)
"""Old entries: entity, subject, action, changed attributes, and what is known of the time then.

The visibility and the viewers of the goal were changed once, so what they were before is unknown.
"""
INSERT_ROW = "INSERT INTO {0} SELECT * FROM json_populate_record(NULL::{0}, $1::json)"


@pytest.mark.anyio
async def test_old_entries_get_the_facts_that_have_not_changed_since(
    addresses: DatabaseUrls, owner: asyncpg.Connection
) -> None:
    async with a_database(addresses, owner, "trellis_old_facts") as url:
        config = build_alembic_config(url)
        await to_thread.run_sync(command.upgrade, config, "0006")
        connection = await connect(url)
        await connection.execute(f"SET app.tenant_id = '{TENANTS[0]}'")
        for table, row in OLD_ROWS.items():
            await connection.execute(INSERT_ROW.format(table), json.dumps(row).encode())
        for number, (entity, id, action, changed, _) in enumerate(OLD_HISTORY):
            entry = {"id": str(UUID(int=number + 1)), "xid": 1, "seq": number, "recorded_at": NOW}
            entry |= {"entity": entity, "entity_id": id, "action": action}
            entry |= {"tenant_id": str(TENANTS[0]), "changes": {each: [1, 2] for each in changed}}
            await connection.execute(INSERT_ROW.format("journal"), json.dumps(entry).encode())
        await to_thread.run_sync(command.upgrade, config, "0007")

        rows = await connection.fetch("SELECT access_facts FROM journal ORDER BY id")
        assert [json.loads(row["access_facts"]) for row in rows] == [
            [known] for *_, known in OLD_HISTORY
        ]
        buried = await connection.fetch("SELECT id, entity, access_facts FROM tombstones")
        assert [tuple(row) for row in buried] == [(UUID(ROLE), "role", "{}")]
        await connection.close()
