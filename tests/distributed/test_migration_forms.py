"""Migrations have no form that Citus refuses once the tables are distributed."""

import importlib.util
import io
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from tests.distributed.statement_forms import list_refused_changes

VERSIONS = Path(__file__).parents[2] / "alembic" / "versions"
FIRST_ON_CITUS = "0020"
MIGRATIONS = [each for each in sorted(VERSIONS.glob("*.py")) if each.name >= FIRST_ON_CITUS]

REFUSED = (
    "ALTER TABLE kpis RENAME CONSTRAINT ck_kpis_status TO ck_kpis_state",
    "ALTER TABLE kpis ADD COLUMN unit TEXT, ADD CONSTRAINT ck_kpis_unit CHECK (unit <> '')",
    "ALTER TABLE kpis ADD CONSTRAINT ck_kpis_unit CHECK (unit <> ''), DROP COLUMN unit",
    "ALTER TABLE kpis ADD CONSTRAINT fk FOREIGN KEY (tenant_id) REFERENCES tenants DEFERRABLE",
    "CREATE TRIGGER changed AFTER UPDATE ON kpis EXECUTE FUNCTION note()",
    "UPDATE kpis SET tenant_id = NULL",
)
ACCEPTED = (
    "ALTER TABLE kpis ADD CONSTRAINT ck_kpis_unit CHECK (unit IN ('a', 'b'))",
    "ALTER TABLE kpis ADD COLUMN unit TEXT NOT NULL CONSTRAINT ck_kpis_unit CHECK (unit <> '')",
    "ALTER TABLE kpis RENAME COLUMN status TO state",
)


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.stem)
def test_a_migration_runs_on_citus(path: Path) -> None:
    statements = render_upgrade(path).split(";\n")

    assert len(statements) > 1
    refused = {each: list_refused_changes(each) for each in statements}
    assert {each: forms for each, forms in refused.items() if forms} == {}


@pytest.mark.parametrize("sql", REFUSED)
def test_a_change_that_citus_refuses_is_found(sql: str) -> None:
    assert len(list_refused_changes(sql)) == 1


@pytest.mark.parametrize("sql", ACCEPTED)
def test_a_change_that_citus_makes_is_accepted(sql: str) -> None:
    assert list_refused_changes(sql) == []


def render_upgrade(path: Path) -> str:
    """Return the SQL of a migration."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    written = io.StringIO()
    options = {"as_sql": True, "output_buffer": written}
    with Operations.context(MigrationContext.configure(dialect_name="postgresql", opts=options)):
        migration.upgrade()
    return written.getvalue()
