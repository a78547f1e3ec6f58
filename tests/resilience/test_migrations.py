"""Migrations can be reversed without a trace, and none blocks requests for long."""

import json
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import asyncpg
import pytest
from alembic.script import ScriptDirectory
from anyio import to_thread

from alembic import command
from persistence.embedded import DatabaseUrls
from persistence.embedded.binaries import find_newest_program
from persistence.kernel.schema.lint import APPEND_ONLY_TABLES
from persistence.kernel.schema.migrations import MIGRATIONS_DIRECTORY, build_alembic_config
from persistence.kernel.schema.row_level_security import protect_table
from tests.resilience.empty_database import a_database

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
    "0027": {"renaming-column", "renaming-object", "constraint-missing-not-valid"},
    "0032": {"constraint-missing-not-valid"},
    "0037": {"require-concurrent-index-creation"},
    "0038": {
        "constraint-missing-not-valid",
        "adding-foreign-key-constraint",
        "require-concurrent-index-creation",
    },
    "0044": {"require-concurrent-index-creation", "require-concurrent-index-deletion"},
    "0060": {"require-concurrent-index-creation"},
    "0061": {"ban-drop-not-null"},
    "0071": {"require-concurrent-index-creation"},
    "0080": {"require-concurrent-index-creation"},
    "0081": {"require-concurrent-index-creation"},
    "0082": {"ban-drop-not-null"},
    "0094": {"ban-drop-not-null"},
    "0101": {"adding-serial-primary-key-field", "constraint-missing-not-valid"},
    "0104": {"ban-drop-not-null"},
    "0105": {"ban-drop-default"},
    "0108": {"constraint-missing-not-valid"},  # of a table that 0107 creates
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
async def test_each_new_migration_can_be_taken_back_without_a_trace(
    addresses: DatabaseUrls, owner: asyncpg.Connection
) -> None:
    async with a_database(addresses, owner, "trellis_taken_back") as url:
        await to_thread.run_sync(check_reversibility, url)


NEW_MIGRATIONS = 15
"""Older ones do not change any more. All are taken back once, in one go."""


def check_reversibility(url: str) -> None:
    config = build_alembic_config(url)
    before, *new = list_revisions()[-NEW_MIGRATIONS - 1 :]
    command.upgrade(config, before)
    schema = dump_schema(url)
    for revision in new:
        command.upgrade(config, revision)
        new_schema = dump_schema(url)
        command.downgrade(config, before)
        assert dump_schema(url) == schema, revision
        command.upgrade(config, revision)
        assert dump_schema(url) == new_schema, revision
        before, schema = revision, new_schema
    command.downgrade(config, "base")
    command.upgrade(config, "head")
    assert dump_schema(url) == schema


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
