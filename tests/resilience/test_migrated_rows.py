"""Rows from before a migration mean the same after it."""

import json
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from anyio import to_thread

from alembic import command
from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import connect
from persistence.kernel.schema.migrations import build_alembic_config
from tests.resilience.empty_database import a_database

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


INSERT_LINES = """
INSERT INTO reporting_lines (tenant_id, id, person_id, manager_id, kind, starts_on)
SELECT tenant_id, gen_random_uuid(), id, id, 'dotted', '2020-01-01' FROM people
"""
READ_MOMENTS = """
SELECT l.updated_at = p.created_at FROM reporting_lines l
JOIN people p ON p.tenant_id = l.tenant_id AND p.id = l.person_id
"""


@pytest.mark.anyio
async def test_old_lines_are_known_since_their_person_was_recorded(
    addresses: DatabaseUrls, owner: asyncpg.Connection
) -> None:
    async with a_database(addresses, owner, "trellis_old_lines") as url:
        config = build_alembic_config(url)
        await to_thread.run_sync(command.upgrade, config, "0008")
        await without_force(url, INSERT_PEOPLE, TENANTS, ["a@x.example"], table="people")
        connection = await connect(url)
        try:
            for tenant_id in TENANTS:
                await connection.execute(f"SET app.tenant_id = '{tenant_id}'")
                await connection.execute(INSERT_LINES)
            await to_thread.run_sync(command.upgrade, config, "0030")
            for tenant_id in TENANTS:
                await connection.execute(f"SET app.tenant_id = '{tenant_id}'")
                assert [row[0] for row in await connection.fetch(READ_MOMENTS)] == [True]
                assert await connection.fetchval("SELECT count(*) FROM superseded_lines") == 0
        finally:
            await connection.close()
