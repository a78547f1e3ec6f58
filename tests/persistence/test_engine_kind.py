"""The two kinds of PostgreSQL: what differs between them, seen from a database of one server."""

import asyncpg
import pytest

from domain.kernel.errors import Code, Invalid
from persistence.distribution import build_distribution, distribute
from persistence.embedded import DatabaseUrls
from persistence.kernel.engine_kind import EngineKind, find_engine_kind, strip_shard
from persistence.kernel.error_translation import TenantReadOnly, translate
from persistence.kernel.schema.lint import ALLOWED_EXTENSIONS

pytestmark = pytest.mark.anyio


@pytest.mark.plain_postgresql("This is about a database without the extension.")
async def test_a_database_without_the_extension_is_plain_and_is_not_distributed(
    owner: asyncpg.Connection, addresses: DatabaseUrls
) -> None:
    assert await find_engine_kind(owner) is EngineKind.PLAIN
    assert await distribute(addresses.owner) is None


def test_only_a_plain_server_keeps_generic_plans_and_enters_while_it_writes() -> None:
    plain, citus = EngineKind.PLAIN, EngineKind.CITUS

    assert (dict(plain.role_settings), plain.can_write_and_enter) == ({}, True)
    assert citus.role_settings["plan_cache_mode"] == "auto"
    assert citus.role_settings["citus.propagate_set_commands"] == "local"
    assert not citus.can_write_and_enter


def test_the_lint_allows_no_other_extension_that_changes_how_statements_run() -> None:
    assert ALLOWED_EXTENSIONS == ("plpgsql", "pg_stat_statements", "citus")


def test_the_number_of_a_shard_is_no_part_of_a_name() -> None:
    assert strip_shard("goals_102008") == "goals"
    assert strip_shard("uq_people_work_email_102187") == "uq_people_work_email"
    assert strip_shard("one_on_ones") == "one_on_ones"


@pytest.mark.parametrize(
    ("kind", "message", "code", "field"),
    [
        (
            asyncpg.UniqueViolationError,
            'duplicate key value violates unique constraint "uq_people_work_email_folded_102091"',
            Code.NOT_UNIQUE,
            ("workEmail",),
        ),
        (
            asyncpg.UniqueViolationError,
            'duplicate key value violates unique constraint "pk_reporting_closure_102222"',
            Code.REFERENCE_CYCLE,
            (),
        ),
        (
            asyncpg.ForeignKeyViolationError,
            (
                'insert or update on table "goals_102266" violates foreign key constraint'
                ' "fk_goals_owner_person_id_102266"'
            ),
            Code.REFERENCE_NOT_FOUND,
            ("ownerPersonId",),
        ),
        (
            asyncpg.CheckViolationError,
            (
                'new row for relation "key_results_102177" violates check constraint'
                ' "ck_key_results_unit"'
            ),
            Code.OUT_OF_RANGE,
            ("unit",),
        ),
        (
            asyncpg.NotNullViolationError,
            (
                'null value in column "family_name" of relation "people_102091" violates not-null'
                " constraint"
            ),
            Code.REQUIRED,
            ("familyName",),
        ),
    ],
)
def test_the_message_of_another_server_names_the_field(
    kind: type[asyncpg.PostgresError], message: str, code: Code, field: tuple[str, ...]
) -> None:
    refusal = translate(kind(message))

    assert isinstance(refusal, Invalid)
    assert (refusal.code, refusal.field) == (code, field)


def test_a_frozen_clock_of_another_server_is_found() -> None:
    message = (
        'new row for relation "tenant_clocks_102309" violates check constraint'
        ' "ck_tenant_clocks_frozen"'
    )
    assert isinstance(translate(asyncpg.CheckViolationError(message)), TenantReadOnly)


def test_the_directory_is_on_every_server_and_tenants_tables_lie_together() -> None:
    assert build_distribution("directory.issuers") == (
        "SELECT create_reference_table('directory.issuers')"
    )
    assert build_distribution("tenants").endswith("colocate_with => 'none')")
    assert build_distribution("goals") == (
        "SELECT create_distributed_table('goals', 'tenant_id', colocate_with => 'tenants')"
    )
