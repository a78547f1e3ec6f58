"""Companies for tests that read and for tests that change."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from api.settings import Settings
from persistence.embedded import DatabaseUrls

pytest.register_assert_rewrite("tests.api.permission_matrix")

from tests.api.company import Company, a_company  # noqa: E402 - after the rewriting is asked for
from tests.api.company_copies import CompanyOriginal  # noqa: E402
from tests.api.permission_matrix import SharedCompany  # noqa: E402
from tests.api.served_company import ServedCompany, register_company, serve_company  # noqa: E402


@pytest.fixture(scope="session")
async def shared(owner: Any, pool: Any, writing: asyncpg.Pool) -> SharedCompany:
    """Build one company for all tests that only read, are refused or are rolled back."""
    return await SharedCompany.create(await a_company(owner, pool, writing), owner, pool, writing)


@pytest.fixture(scope="session")
async def original(owner: Any, pool: Any, writing: asyncpg.Pool) -> CompanyOriginal:
    """Store the company that is copied for tests that change one."""
    return await CompanyOriginal.store(owner, pool, writing)


@pytest.fixture
async def company(
    original: CompanyOriginal, owner: Any, pool: Any, writing: asyncpg.Pool
) -> Company:
    """Store a company for tests that change it."""
    return await original.copy(owner, pool, writing)


@pytest.fixture(scope="session")
async def wire(
    owner: Any,
    pool: Any,
    writing: asyncpg.Pool,
    addresses: DatabaseUrls,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[ServedCompany]:
    """Serve a company over HTTP, for malformed requests."""
    settings = Settings(
        directory=tmp_path_factory.mktemp("wired"), port=0, caller_budget=0, tenant_budget=0
    )
    company = await a_company(owner, pool, writing, alone=True)
    foreign = await a_company(owner, pool, writing, alone=True)
    for each in (company, foreign):
        await register_company(owner, settings, each)
    with serve_company(settings, addresses.serving, company, foreign) as served:
        yield served


@pytest.fixture
async def busy(wire: ServedCompany, owner: Any, company: Company) -> ServedCompany:
    """Serve a company over HTTP, for tests that change it."""
    await register_company(owner, wire.settings, company)
    return replace(wire, company=company)
