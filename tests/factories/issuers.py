"""Issuers for tests, and the documents that identity providers publish."""

import json
from collections.abc import Sequence

from api.identity.issuer_services import IssuerServices, live_at_home
from api.identity.ssrf_safe_fetch import FetchError
from api.settings import Settings
from domain.issuers import Issuer, IssuerPreset
from domain.kernel.identity import TenantId
from persistence.tenant_registry import Issuer as RegisteredIssuer
from tests.factories.tokens import a_key_set, an_elliptic_signer

SIGNER = an_elliptic_signer("issuers")
KEY_SET = a_key_set(SIGNER.to_jwk())
DISCOVERY = ".well-known/openid-configuration"


async def fetch_published(address: str) -> bytes:
    """Return what a provider under `.example` publishes; others cannot be reached."""
    if not address.startswith("https://") or ".example/" not in address:
        raise FetchError("ConnectError")
    issuer, found, _ = address.partition(DISCOVERY)
    if not found:
        return KEY_SET.encode()
    name = issuer if issuer.count("/") == 3 else issuer.rstrip("/")
    return json.dumps({"issuer": name, "jwks_uri": f"{issuer}keys"}).encode()


class NoIssuers:
    """A registry without issuers."""

    async def find_issuers(self, _: Sequence[str]) -> Sequence[RegisteredIssuer]:
        """Return nothing."""
        return ()


def keep_fake_services() -> None:
    """Let the mutations of issuers reach providers that exist only in tests."""
    IssuerServices.current = IssuerServices(NoIssuers(), Settings(), fetch_published, live_at_home)


def an_issuer_of(tenant_id: TenantId, key: str, preset: IssuerPreset) -> Issuer:
    """Build an issuer of a tenant, whose keys are published."""
    name = f"https://{key}.example/realms/{tenant_id}"
    return Issuer(
        tenant_id=tenant_id,
        name=name,
        preset=preset,
        key=key,
        audiences=("trellis",),
        subject_claim="sub",
        key_set_uri=f"{name}/former-keys",
    )


def some_issuers(tenant_id: TenantId) -> dict[str, Issuer]:
    """Build two issuers, so that neither is the last."""
    return {
        "staff": an_issuer_of(tenant_id, "staff", IssuerPreset.KEYCLOAK),
        "partners": an_issuer_of(tenant_id, "partners", IssuerPreset.STRICT),
    }
