"""Every rule of the schema lint finds its violation, and the real schema has none."""

import asyncio
import os
import subprocess
import sys
from typing import Any

import asyncpg
import pytest

from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import SERVING_ROLE, connect
from persistence.kernel.schema import lint
from persistence.kernel.schema.lint import RULES, Finding, format_findings, lint_schema
from persistence.kernel.schema.row_level_security import protect_table

pytestmark = pytest.mark.anyio

LENIENT_CONDITION = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
BOTH_CLAUSES = f"USING {lint.EXPECTED_POLICY} WITH CHECK {lint.EXPECTED_POLICY}"
SUBQUERY_CONDITION = "tenant_id = (SELECT current_setting('app.tenant_id')::uuid)"
EXTRA_TABLE = "CREATE TABLE extra (tenant_id uuid NOT NULL, id uuid, PRIMARY KEY (tenant_id, id))"
REFERENCING_TABLE = (
    "CREATE TABLE extra (tenant_id uuid NOT NULL, id uuid, up_id uuid, PRIMARY KEY (tenant_id, id),"
    " CONSTRAINT up FOREIGN KEY (tenant_id, up_id) REFERENCES extra)"
)
REFERENCE_INDEX = "CREATE INDEX followed ON more (tenant_id, up_id)"
FUNCTION_TEMPLATE = (
    "CREATE FUNCTION tiny() RETURNS {} LANGUAGE plpgsql {} AS $$ BEGIN RETURN NULL; END $$"
)
INDEX_PREFIX = "CREATE INDEX planted ON goals "

DEFECTS = [
    ("L1", "goals", "ALTER TABLE goals DISABLE ROW LEVEL SECURITY"),
    ("L1", "extra", EXTRA_TABLE),
    ("L2", "goals", "ALTER TABLE goals NO FORCE ROW LEVEL SECURITY"),
    ("L3", "goals", "DROP POLICY own_rows ON goals"),
    ("L4", "extra", "CREATE TABLE extra (id uuid PRIMARY KEY)"),
    ("L4", "directory.extra", "CREATE TABLE directory.extra (id uuid PRIMARY KEY)"),
    (
        "L4",
        "side.extra",
        (
            "CREATE SCHEMA side CREATE TABLE extra (id uuid);"
            f"GRANT USAGE ON SCHEMA side TO {SERVING_ROLE}"
        ),
    ),
    ("L5", "extra", "CREATE TABLE extra (tenant_id uuid, id uuid)"),
    ("L6", "goals.planted", f"{INDEX_PREFIX} (title)"),
    ("L6", "extra.one", EXTRA_TABLE.replace("PRIMARY", "CONSTRAINT one UNIQUE (id), PRIMARY")),
    (
        "L6",
        "extra.two",
        EXTRA_TABLE.replace("PRIMARY", "CONSTRAINT two UNIQUE (id, tenant_id), PRIMARY"),
    ),
    (
        "L7",
        "goals.away",
        (
            "CREATE TABLE extra (id uuid UNIQUE);"
            "ALTER TABLE goals ADD CONSTRAINT away"
            " FOREIGN KEY (owner_person_id) REFERENCES extra (id) NOT VALID"
        ),
    ),
    (
        "L7",
        "goals.away",
        (
            "CREATE TABLE extra (id uuid, tenant_id uuid, UNIQUE (id, tenant_id));"
            "ALTER TABLE goals ADD CONSTRAINT away"
            " FOREIGN KEY (tenant_id, owner_person_id) REFERENCES extra (id, tenant_id) NOT VALID"
        ),
    ),
    ("L8", "seen", "CREATE VIEW seen AS SELECT * FROM goals"),
    ("L8", "seen", "CREATE VIEW seen WITH (security_invoker = false) AS SELECT * FROM goals"),
    ("L9", "kept", "CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one"),
    ("L10", "tiny()", FUNCTION_TEMPLATE.format("int", "SECURITY DEFINER")),
    (
        "L11",
        "half",
        (
            "CREATE TABLE extra (tenant_id uuid NOT NULL, id uuid) PARTITION BY HASH (tenant_id);"
            "CREATE TABLE half PARTITION OF extra FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
            f"GRANT SELECT ON half TO {SERVING_ROLE}"
        ),
    ),
    ("L12", "goals", f"GRANT TRUNCATE ON goals TO {SERVING_ROLE}"),
    ("L12", "goals", "GRANT TRIGGER ON goals TO PUBLIC"),
    ("L12", "directory.tenants", f"GRANT REFERENCES ON directory.tenants TO {SERVING_ROLE}"),
    ("L13", "goals", "ALTER POLICY own_rows ON goals USING (true)"),
    ("L13", "goals", "ALTER POLICY own_rows ON goals WITH CHECK (true)"),
    ("L13", "goals", f"ALTER POLICY own_rows ON goals USING ({LENIENT_CONDITION})"),
    ("L13", "goals", f"ALTER POLICY own_rows ON goals TO {SERVING_ROLE}"),
    ("L13", "goals", "CREATE POLICY more ON goals FOR SELECT USING (true)"),
    ("L13", "goals", f"CREATE POLICY more ON goals FOR UPDATE {BOTH_CLAUSES}"),
    ("L13", "goals", f"CREATE POLICY more ON goals AS RESTRICTIVE {BOTH_CLAUSES}"),
    ("L14", f"{SERVING_ROLE} owns tables", f"ALTER TABLE goals OWNER TO {SERVING_ROLE}"),
    (
        "L15",
        "check_in_values.planted",
        INDEX_PREFIX.replace("goals", "check_in_values (tenant_id, value)"),
    ),
    ("L15", "goals.planted", f"{INDEX_PREFIX} (tenant_id, lower(title))"),
    ("L15", "tenants.planted", INDEX_PREFIX.replace("goals", "tenants (tenant_id, labels)")),
    ("L16", "goals.fk_goals_parent_id", "DROP INDEX ix_goals_parent_id_due_on_id"),
    (
        "L16",
        "extra.up",
        f"{REFERENCING_TABLE};{REFERENCING_TABLE.replace('extra', 'more')};{REFERENCE_INDEX}",
    ),
    ("L17", "journal: UPDATE", f"GRANT UPDATE ON journal TO {SERVING_ROLE}"),
    ("L17", "journal: DELETE", f"GRANT DELETE ON journal TO {SERVING_ROLE}"),
    ("L17", "journal.action: UPDATE", f"GRANT UPDATE (action) ON journal TO {SERVING_ROLE}"),
    ("L17", "directory.issuers: UPDATE", f"GRANT UPDATE ON directory.issuers TO {SERVING_ROLE}"),
    ("L19", "directory.issuers", "ALTER TABLE directory.issuers DISABLE ROW LEVEL SECURITY"),
    ("L19", "directory.issuers", "CREATE POLICY more ON directory.issuers FOR UPDATE USING (true)"),
    ("L19", "directory.issuers", "DROP POLICY own_inserts ON directory.issuers"),
    ("L17", "directory.queues: DELETE", f"GRANT DELETE ON directory.queues TO {SERVING_ROLE}"),
    ("L17", "public: CREATE", f"GRANT CREATE ON SCHEMA public TO {SERVING_ROLE}"),
    ("L17", "the database: TEMP", "GRANT TEMP ON DATABASE {database} TO PUBLIC"),
    ("L18", "goals", "ALTER TABLE goals ALTER COLUMN tenant_id RESET (n_distinct)"),
    ("L18", "goals", "ALTER TABLE goals ALTER COLUMN tenant_id SET (n_distinct = 2000)"),
    (
        "P1",
        "goals.planted",
        FUNCTION_TEMPLATE.format("trigger", "")
        + ";CREATE TRIGGER planted BEFORE INSERT ON goals FOR EACH ROW EXECUTE FUNCTION tiny()",
    ),
    ("P1", "goals.planted", "CREATE RULE planted AS ON DELETE TO goals DO INSTEAD NOTHING"),
    ("P2", "planted", "CREATE SEQUENCE planted"),
    ("P2", "goals_n_seq", "ALTER TABLE goals ADD n bigint GENERATED ALWAYS AS IDENTITY"),
    ("P3", "mood", "CREATE TYPE mood AS ENUM ('well')"),
    ("P3", "word", "CREATE DOMAIN word AS text"),
    (
        "P4",
        "goals.planted",
        "ALTER TABLE goals ADD CONSTRAINT planted EXCLUDE (tenant_id WITH =, id WITH =)",
    ),
    (
        "P5",
        "goals.planted",
        "ALTER TABLE goals ADD CONSTRAINT planted UNIQUE (tenant_id, id) DEFERRABLE",
    ),
    ("P7", "goals", f"ALTER POLICY own_rows ON goals USING ({SUBQUERY_CONDITION})"),
    ("P8", "tiny()", FUNCTION_TEMPLATE.format("int", "")),
    ("P9", "goals.planted", f"{INDEX_PREFIX} USING gin (to_tsvector('simple', title))"),
    ("P10", "extra", EXTRA_TABLE.replace("TABLE", "UNLOGGED TABLE")),
    ("P10", "heir", "CREATE TABLE heir () INHERITS (goals)"),
    ("P10", "goals.n", "ALTER TABLE goals ADD n int GENERATED ALWAYS AS (version + 1) STORED"),
]
DEFECTS_PLANTED_ELSEWHERE = {"P6"}
"""The owner can install no extension, so the test shortens the allow-list instead."""


async def test_the_schema_breaks_no_rule(owner: asyncpg.Connection, pool: asyncpg.Pool) -> None:
    assert await lint_schema(owner) == []
    async with pool.acquire() as lent:
        connection: Any = lent
        assert await lint_schema(connection) == []


@pytest.mark.parametrize(("rule", "name", "statements"), DEFECTS)
async def test_a_planted_defect_is_found(
    owner: asyncpg.Connection, rule: str, name: str, statements: str
) -> None:
    undone = owner.transaction()
    await undone.start()
    try:
        database = await owner.fetchval("SELECT quote_ident(current_database())")
        if "OWNER TO" in statements:
            await owner.execute(f"GRANT {SERVING_ROLE} TO CURRENT_USER")
            await owner.execute(f"GRANT CREATE ON SCHEMA public TO {SERVING_ROLE}")
        await owner.execute(statements.replace("{database}", database))
        found = await lint_schema(owner)
    finally:
        await undone.rollback()
    assert [each.name for each in found if each.rule == rule] == [name]
    assert await lint_schema(owner) == []


def test_every_rule_has_a_planted_defect() -> None:
    assert {rule for rule, _, _ in DEFECTS} | DEFECTS_PLANTED_ELSEWHERE == set(RULES)


async def test_a_table_made_by_the_book_is_served_and_breaks_no_rule(
    owner: asyncpg.Connection,
) -> None:
    """Type inet has leaky operators, but none of them is its index's."""
    undone = owner.transaction()
    await undone.start()
    try:
        for statement in (
            EXTRA_TABLE,
            "ALTER TABLE extra ADD address inet",
            "CREATE INDEX extra_address ON extra (tenant_id, address)",
            *protect_table("extra"),
        ):
            await owner.execute(statement)
        assert await lint_schema(owner) == []
        for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            may = "SELECT has_table_privilege($1, 'extra', $2)"
            assert await owner.fetchval(may, SERVING_ROLE, privilege)
    finally:
        await undone.rollback()


async def test_an_extension_is_found(
    owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lint, "ALLOWED_EXTENSIONS", ())
    assert Finding("P6", "plpgsql") in await lint_schema(owner)


async def test_a_role_above_the_tenants_is_found_and_its_privileges_say_no_more(
    owner: asyncpg.Connection,
) -> None:
    above = await owner.fetchval("SELECT rolname FROM pg_roles WHERE oid = 10")
    found = await lint_schema(owner, above)
    assert [each.rule for each in found] == ["L14"] * 4
    assert f"{above} is a superuser" in format_findings(found)[0]
    assert f"{above} may bypass row-level security" in format_findings(found)[0]


def test_the_command_reports_rule_by_rule(addresses: DatabaseUrls) -> None:
    def told() -> "subprocess.CompletedProcess[str]":
        given = {"DATABASE_URL": addresses.owner, "TRELLIS_SERVING_URL": addresses.serving}
        words = [sys.executable, "-m", "api.commands.cli", "check", "--schema"]
        return subprocess.run(
            words, env={**os.environ, **given}, capture_output=True, text=True, check=False
        )

    well = told()
    assert (well.returncode, well.stderr.count("All checks passed")) == (0, 1), well.stderr
    assert [line.split("\t")[:2] for line in well.stdout.splitlines()] == [
        [code, "ok"] for code in (*RULES, "shards")
    ]
    try:
        asyncio.run(_execute(addresses.owner, "CREATE TABLE extra (id uuid PRIMARY KEY)"))
        ill = told()
    finally:
        asyncio.run(_execute(addresses.owner, "DROP TABLE IF EXISTS extra"))
    assert ill.returncode == 1
    assert "L4\tBROKEN\tThe table has no tenant_id: extra" in ill.stdout


async def _execute(address: str, statement: str) -> None:
    connection = await connect(address)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
