"""The issuers of a dataset, from a source of randomness of their own."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

BASE_TIME = datetime(2025, 11, 6, 6, 30, tzinfo=UTC)
ISSUERS = [
    ("https://id.example/realms/staff", "keycloak", None, None, None),
    ("https://łódź.example/", "auth0", "lodz", 3600, None),
    ("https://accounts.google.com", "google", None, None, "acme.example"),
]


def add_issuers(world: "TenantDataset") -> None:
    """Add issuers, of which the operator has registered one for several tenants."""
    random = Random(f"issuers {world.seed}")  # so the rows of other tables stay as they are
    for n, (name, preset, key, lifetime, value) in enumerate(ISSUERS):
        at = BASE_TIME + timedelta(hours=n)
        world.add_row(
            "issuers",
            id=UUID(int=random.getrandbits(128)),
            version=1 + n,
            created_at=at,
            updated_at=at + timedelta(days=n),
            name=name,
            preset=preset,
            key=key,
            audiences=["trellis"] * bool(n),
            clients=["web", "app"][:n],
            max_lifetime=lifetime,
            subject_claim="sub",
            tenant_claim="hd" if value else None,
            tenant_value=value,
            key_set_uri=None if n == 1 else f"{name}/keys",
            key_set='{"keys": []}' if n == 1 else None,
            is_shared=value is not None,
        )
