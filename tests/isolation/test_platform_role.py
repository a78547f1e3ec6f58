"""The role of the platform and the serving role: neither can do the work of the other."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from domain.kernel.identity import TenantId
from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import PLATFORM_ROLE, FastCloseConnection, open_connection
from persistence.kernel.schema.platform_role import find_platform_problems

pytestmark = pytest.mark.anyio

REFUSED = asyncpg.InsufficientPrivilegeError


@pytest.fixture
async def platform(addresses: DatabaseUrls) -> AsyncIterator[FastCloseConnection]:
    """Connect as the role of the platform."""
    async with open_connection(addresses.platform) as connection:
        yield connection


@pytest.mark.parametrize("table", ["people", "goals", "journal", "tenants", "members"])
async def test_the_platform_reads_no_table_of_a_tenant(
    platform: FastCloseConnection, settled: TenantId, table: str
) -> None:
    async with platform.transaction():
        await platform.execute(f"SET LOCAL app.tenant_id = '{settled}'")
        with pytest.raises(REFUSED):
            async with platform.transaction():
                await platform.fetch(f"SELECT * FROM public.{table}")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM directory.platform_audit_log",
        "UPDATE directory.platform_audit_log SET act = 'nothing'",
        "DELETE FROM directory.operators",
        "TRUNCATE directory.tenants",
        "CREATE TABLE directory.extra (id uuid)",
        "UPDATE directory.erasures SET due_at = now()",
        "UPDATE directory.erasures SET receipt = 'forged', finished_at = now()",
        "DELETE FROM directory.erasures",
        "UPDATE directory.tenant_operations SET state = 'done'",
        "SET ROLE trellis_app",
    ],
)
async def test_the_platform_cannot_change_its_past(
    platform: FastCloseConnection, statement: str
) -> None:
    with pytest.raises(REFUSED):
        await platform.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE directory.tenants SET status = 'active'",
        "INSERT INTO directory.tenants (slug, status) VALUES ('x', 'active')",
        "SELECT * FROM directory.operators",
        "SELECT * FROM directory.platform_audit_log",
        "SELECT * FROM directory.platform_keys",
        "DELETE FROM directory.platform_issuers",
        "SET ROLE trellis_platform",
    ],
)
async def test_the_serving_role_neither_writes_the_directory_nor_reads_of_operators(
    addresses: DatabaseUrls, statement: str
) -> None:
    async with open_connection(addresses.serving) as serving:
        with pytest.raises(REFUSED):
            await serving.execute(statement)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (f"GRANT SELECT ON people TO {PLATFORM_ROLE}", "may SELECT on public.people"),
        (f"GRANT USAGE ON SCHEMA public TO {PLATFORM_ROLE}", "may do more than write"),
        (f"GRANT trellis_app TO {PLATFORM_ROLE}", "may do more than write"),
        (
            f"GRANT DELETE ON directory.platform_audit_log TO {PLATFORM_ROLE}",
            "may DELETE on directory.platform_audit_log",
        ),
        (
            f"REVOKE INSERT ON directory.tenants FROM {PLATFORM_ROLE}",
            "may not INSERT on directory.tenants",
        ),
        (
            f"GRANT UPDATE (receipt) ON directory.erasures TO {PLATFORM_ROLE}",
            "may UPDATE other columns of erasures than expected: cancelled_at, receipt",
        ),
    ],
)
async def test_the_check_finds_rights_that_the_role_must_not_have(
    owner: asyncpg.Connection, statement: str, problem: str
) -> None:
    assert await find_platform_problems(owner) == []
    transaction = owner.transaction()
    await transaction.start()
    try:
        await owner.execute(statement)
        found = await find_platform_problems(owner)
    finally:
        await transaction.rollback()
    assert len(found) == 1
    assert problem in found[0]
