"""Service clients for tests."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

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
from tests.factories.actors import NOW


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


def some_accounts(clients: Mapping[str, ServiceClient], hr: Role) -> dict[str, Member]:
    """Build accounts without rights, and one with those of HR, which the admin does not hold."""
    return {
        name: an_account(each, *([hr.id] if name == "wide" else []))
        for name, each in clients.items()
    }


def some_service_clients(tenant_id: TenantId) -> dict[str, ServiceClient]:
    """Build one that works, a suspended one, and one that is meant for more rights."""
    return {
        "payroll": a_service_client(tenant_id, "Payroll"),
        "old": a_service_client(tenant_id, "Old", ServiceClientStatus.SUSPENDED),
        "wide": a_service_client(tenant_id, "Wide"),
    }
