"""The service clients of a dataset, from a source of randomness of their own."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from tests.reads.webhook_dataset import add_webhooks

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

BASE_TIME = datetime(2025, 11, 4, 6, 30, tzinfo=UTC)
CLIENTS = [
    ("Payroll", "Brings people", "active", "ingest", ["192.0.2.0/24", "2001:db8::/32"], None),
    ("łódź directory", None, "active", "standard", [], 30),
    ("Old warehouse", None, "suspended", "standard", [], -30),
]


def add_service_clients(world: "TenantDataset") -> None:
    """Add clients with keys, of which some were used; the first one has a role. Add webhooks."""
    random = Random(f"service clients {world.seed}")  # so the rows of other tables stay as they are

    def draw_id() -> UUID:
        return UUID(int=random.getrandbits(128))

    for n, (name, text, status, lane, networks, days) in enumerate(CLIENTS):
        at = BASE_TIME + timedelta(hours=n)
        stamps = {"version": 1 + n, "created_at": at, "updated_at": at + timedelta(days=n)}
        account = world.add_row(
            "members", id=draw_id(), person_id=None, status="active", subject=name, **stamps
        )
        client = world.add_row(
            "service_clients",
            **{"id": draw_id(), "member_id": account["id"], **stamps},
            name=name,
            description=text,
            status=status,
            lane=lane,
            allowed_networks=networks,
            last_day=world.today + timedelta(days=days) if days else None,
        )
        account["subject"] = f"service-client:{client['id']}"
        for number in range(n):
            key = world.add_row(
                "service_client_keys",
                id=draw_id(),
                service_client_id=client["id"],
                name=f"key {number}",
                kind=random.choice(["secret", "public_key"]),
                hint="abcd",
                secret_hash="f" * 64,
                public_key='{"kty": "OKP"}',
                added_at=at + timedelta(minutes=number),
                expires_at=at + timedelta(days=365),
            )
            if number:
                world.add_row(
                    "service_client_assertions",
                    service_client_id=client["id"],
                    token_hash="a" * 64,
                    expires_at=at,
                )
                world.add_row("service_client_key_uses", key_id=key["id"], used_at=at)
        if not n:
            role = world.tables["roles"][-1]
            world.add_row(
                "role_assignments",
                id=draw_id(),
                member_id=account["id"],
                role_id=role["id"],
                organization_id=None,
            )
    add_webhooks(world)
