"""A company that is built and stored once, and copied into a new tenant for each test.

Building takes four times as long as copying. A copy keeps all ids but that of the tenant.
"""

import io
import pickle
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Table

from domain.kernel.identity import TenantId
from persistence.kernel.schema.tables import metadata
from tests.api.company import Company, a_company
from tests.factories.graph import DatabaseGraph
from tests.factories.tenants import a_registered_tenant
from tests.leaks.leak_detector import DETECTOR

IS_TENANT = "the id of the tenant"


class _Pickler(pickle.Pickler):
    """Leave a gap where the id of the tenant is."""

    def __init__(self, file: io.BytesIO, tenant_id: UUID) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._tenant_id = tenant_id

    def persistent_id(self, pickled: Any) -> str | None:
        return IS_TENANT if isinstance(pickled, UUID) and pickled == self._tenant_id else None


class _Unpickler(pickle.Unpickler):
    """Fill the gaps with another id."""

    def __init__(self, file: io.BytesIO, tenant_id: TenantId) -> None:
        super().__init__(file)
        self._tenant_id = tenant_id

    def persistent_load(self, _: str) -> TenantId:
        return self._tenant_id


@dataclass(frozen=True)
class CompanyOriginal:
    """The aggregates of a company, and the statements that store its rows."""

    tenant_id: TenantId
    pickled: bytes
    statements: str

    @classmethod
    async def store(cls, owner: Any, pool: Any, writing: asyncpg.Pool) -> "CompanyOriginal":
        """Build and store a company, and read its rows."""
        company = await a_company(owner, pool, writing, alone=True)
        company.graph = None
        file = io.BytesIO()
        _Pickler(file, company.tenant_id).dump(company)
        statements = await _generate_inserts(owner, company.tenant_id)
        return cls(company.tenant_id, file.getvalue(), statements)

    async def copy(self, owner: Any, pool: Any, writing: asyncpg.Pool) -> Company:
        """Store the company in a new tenant."""
        tenant_id = await a_registered_tenant(owner)
        DETECTOR.copies |= {self.tenant_id, tenant_id}
        statements = self.statements.replace(str(self.tenant_id), str(tenant_id))
        await owner.execute(f"BEGIN; SET LOCAL app.tenant_id = '{tenant_id}'; {statements} COMMIT")
        company: Company = _Unpickler(io.BytesIO(self.pickled), tenant_id).load()
        company.graph = DatabaseGraph(pool, writing, tenant_id)
        return company


async def _generate_inserts(owner: Any, tenant_id: TenantId) -> str:
    """Return a statement for each table that has rows of the tenant."""
    tables = [each for each in metadata.sorted_tables if "tenant_id" in each.columns]
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        return " ".join([await _generate_insert(owner, each, tenant_id) for each in tables])


async def _generate_insert(owner: Any, table: Table, tenant_id: TenantId) -> str:
    names = [f'"{each.name}"' for each in table.columns if each.computed is None]
    values = " || ', ' || ".join(f"quote_nullable({name}::text)" for name in names)
    select = f"SELECT string_agg('(' || {values} || ')', ', ') FROM {table} WHERE tenant_id = $1"
    rows = await owner.fetchval(select, tenant_id)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES {rows};" if rows else ""
