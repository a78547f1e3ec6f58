"""Use cases of service clients: creating them with their accounts, and adding keys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_required, new_values
from domain.kernel.unit_of_work import Work
from domain.members import Member, find_unheld_roles
from domain.self_appointment import REASON, authorize, check_reason
from domain.service_clients.credentials import ClientKey
from domain.service_clients.model import (
    KEY_NAME,
    KeyKind,
    ServiceClient,
    ServiceClientKey,
)

SUBJECT_PREFIX = "service-client:"
"""Begins the subject of a service client. No issuer but Trellis itself may state such a one."""

MAX_CLIENTS = 200
"""In a tenant."""

DEFAULT_LIFETIME = timedelta(days=365)
MAX_LIFETIME = timedelta(days=731)


@dataclass(frozen=True)
class PublicKey:
    """A JSON Web Key as text, and by what people tell it apart. A secret has no text here."""

    text: str | None
    hint: str


def build_subject(id: UUID) -> str:
    """Return the subject of a service client's account."""
    return f"{SUBJECT_PREFIX}{id}"


async def create(work: Work, **details: Any) -> ServiceClient:
    """Create a service client with an account. It has no key and no role yet.

    Raises Invalid, NotPermitted and LimitExceeded.
    """
    tenant_id = work.actor.tenant_id
    account = Member(tenant_id=tenant_id, subject="")
    example = ServiceClient(tenant_id=tenant_id, member_id=account.id, name="")
    await work.require(example, to=ServiceClient.CREATE)
    values = new_values(ServiceClient, details)
    await work.lock_value("service_clients", "")
    if await work.count(ServiceClient) >= MAX_CLIENTS:
        message = f"A tenant has at most {MAX_CLIENTS} service clients. Activate a suspended one."
        raise LimitExceeded(message)
    client = ServiceClient(tenant_id=tenant_id, member_id=account.id, **values)
    account.subject = build_subject(client.id)
    for each in (account, client):
        each.record_event("created")
        await work.add(each, to=type(each).CREATE)
    return client


async def add_key(
    work: Work,
    id: UUID,
    name: Annotated[str, KEY_NAME],
    *,
    expires_at: datetime | None = None,
    self_appointment_reason: Annotated[str | None, REASON] = None,
    expected_version: int | None = None,
) -> tuple[ServiceClient, ServiceClientKey, ClientKey]:
    """Add a key with a new secret, and return the secret with it.

    Raises what `Work.get` raises, Invalid, NotPermitted and LimitExceeded.
    """
    client = await work.get(
        ServiceClient, id, to=ServiceClient.ADD_KEY, expected_version=expected_version
    )
    secret = ClientKey.create(client.client_id)
    draft = _Draft(KeyKind.SECRET, name, expires_at, self_appointment_reason)
    part = await _add(
        work, client, draft, lambda: PublicKey(None, secret.hint), secret_hash=secret.hash
    )
    return client, part, secret


async def add_public_key(
    work: Work,
    id: UUID,
    name: Annotated[str, KEY_NAME],
    read_key: Callable[[], PublicKey],
    *,
    expires_at: datetime | None = None,
    self_appointment_reason: Annotated[str | None, REASON] = None,
    expected_version: int | None = None,
) -> ServiceClient:
    """Add the public key of a key pair, of which only the client has the private key.

    `read_key` returns the key; it raises Invalid for a text that is none. Raises what `add_key`
    raises.
    """
    client = await work.get(
        ServiceClient, id, to=ServiceClient.ADD_KEY, expected_version=expected_version
    )
    draft = _Draft(KeyKind.PUBLIC_KEY, name, expires_at, self_appointment_reason)
    await _add(work, client, draft, read_key)
    return client


@dataclass(frozen=True)
class _Draft:
    """What an actor says about a new key."""

    kind: KeyKind
    name: str
    expires_at: datetime | None
    reason: str | None


async def _add(
    work: Work,
    client: ServiceClient,
    draft: _Draft,
    read_key: Callable[[], PublicKey],
    *,
    secret_hash: str | None = None,
) -> ServiceClientKey:
    """Add a key. Who adds one can act as the client, so it is judged as a self-appointment."""
    faults = FaultCollector()
    with faults.collect():
        name = check_required(KEY_NAME, draft.name, "name")
    with faults.collect():
        expires_at = _check_expiry(draft.expires_at, work.now)
    with faults.collect():
        reason = check_reason(draft.reason)
    with faults.collect():
        key = read_key()
        if any(each.public_key == key.text for each in client.keys if key.text):
            message = "The service client has this key already. Send another one."
            raise Invalid(message, "publicKey", code=Code.NOT_UNIQUE)
    faults.raise_all()
    account = await work.find(Member, id=client.member_id)
    assert account is not None, "A service client has an account."
    if await find_unheld_roles(work, account):
        await authorize(work, client, reason, "id")
    part = ServiceClientKey(
        tenant_id=client.tenant_id,
        service_client_id=client.id,
        kind=draft.kind,
        name=name,
        hint=key.hint,
        added_at=work.now,
        expires_at=expires_at,
        secret_hash=secret_hash,
        public_key=key.text,
    )
    client.add_key(part)
    return part


def _check_expiry(expires_at: datetime | None, now: datetime) -> datetime:
    """Return when a key expires. Raises Invalid."""
    if expires_at is None:
        return now + DEFAULT_LIFETIME
    if not now < expires_at <= now + MAX_LIFETIME:
        days = MAX_LIFETIME.days
        message = f"A key expires in the future, within {days} days. Choose such a time."
        raise Invalid(message, "expiresAt", code=Code.OUT_OF_RANGE)
    return expires_at
