"""Service clients for tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import TenantId, generate_id
from domain.members import Member, RoleAssignment
from domain.roles import Role
from domain.service_clients import (
    ClientKey,
    KeyKind,
    ServiceClient,
    ServiceClientKey,
    ServiceClientStatus,
    build_subject,
)
from domain.webhooks import Webhook
from tests.factories.actors import NOW
from tests.factories.webhooks import some_webhooks


def a_service_client(
    tenant_id: TenantId, name: str, status: ServiceClientStatus = ServiceClientStatus.ACTIVE
) -> ServiceClient:
    """Build a service client with a key."""
    client = ServiceClient(tenant_id=tenant_id, member_id=generate_id(), name=name, status=status)
    key = ClientKey.create(client.client_id)
    stored = ServiceClientKey(
        tenant_id=tenant_id,
        service_client_id=client.id,
        kind=KeyKind.SECRET,
        name="nightly",
        hint=key.hint,
        secret_hash=key.hash,
        added_at=NOW,
        expires_at=NOW + timedelta(days=365),
    )
    client.keys.append(stored)
    return client


def an_account(client: ServiceClient, *role_ids: UUID) -> Member:
    """Build the account of a service client, with these roles over everyone."""
    tenant_id = client.tenant_id
    account = Member(tenant_id=tenant_id, id=client.member_id, subject=build_subject(client.id))
    account.assignments += [
        RoleAssignment(tenant_id=tenant_id, member_id=account.id, role_id=each) for each in role_ids
    ]
    return account


@dataclass
class CompanyClients:
    """The service clients of a company, their accounts by the same names, and webhooks."""

    clients: dict[str, ServiceClient] = field(default_factory=dict)
    accounts: dict[str, Member] = field(default_factory=dict)
    webhooks: dict[str, Webhook] = field(default_factory=dict)

    @property
    def rows(self) -> list[Aggregate]:
        """Everything to store."""
        return [*self.accounts.values(), *self.clients.values(), *self.webhooks.values()]

    def list_kinds(self, members: Mapping[str, Member]) -> dict[str, dict[str, Any]]:
        """Return what has an id of these kinds; accounts are those of people and of clients."""
        accounts = {**members, **self.accounts}
        return {"serviceclient": self.clients, "member": accounts, "webhook": self.webhooks}


def build_clients(tenant_id: TenantId, roles: Mapping[str, Role]) -> CompanyClients:
    """Build a client that works, a suspended one, and one with the rights of HR."""
    clients = {
        "payroll": a_service_client(tenant_id, "Payroll"),
        "old": a_service_client(tenant_id, "Old", ServiceClientStatus.SUSPENDED),
        "wide": a_service_client(tenant_id, "Wide"),
    }
    held = {"wide": [roles["hr"].id]}
    accounts = {name: an_account(each, *held.get(name, [])) for name, each in clients.items()}
    return CompanyClients(clients, accounts, some_webhooks(accounts["wide"]))
