"""The built-in issuer signs for the demo and the command line, and never in production."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.identity import TokenVerifier, Unauthenticated, built_in_issuer
from api.settings import Settings
from persistence.tenant_registry import Issuer, TenantRecord
from tests.factories.tokens import MERIDIAN, InMemoryIssuerRegistry, build_settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def build_registered_issuer(told: Settings) -> Issuer:
    tenant = TenantRecord(MERIDIAN, "meridian", "active", datetime.now(UTC))
    return built_in_issuer.build_issuer(
        tenant, built_in_issuer.load_signing_key(told), told.audience
    )


def build_development_verifier(directory: Path) -> TokenVerifier:
    told = build_settings(directory=directory)
    return TokenVerifier(InMemoryIssuerRegistry.from_issuers([build_registered_issuer(told)]), told)


async def test_the_built_in_issuer_signs_for_one_tenant(tmp_path: Path) -> None:
    verifier = build_development_verifier(tmp_path)
    token = built_in_issuer.issue_token(
        build_settings(directory=tmp_path), "meridian", "hr@meridian.example"
    )

    caller = await verifier.authenticate(f"Bearer {token}")

    assert (caller.tenant_id, caller.subject) == (MERIDIAN, "hr@meridian.example")
    assert caller.issuer == "urn:trellis:built-in:meridian"
    assert timedelta(hours=11) < caller.expires_at - datetime.now(UTC) <= timedelta(hours=12)


async def test_the_built_in_issuer_is_not_believed_for_a_tenant_it_was_not_registered_for(
    tmp_path: Path,
) -> None:
    verifier = build_development_verifier(tmp_path)
    token = built_in_issuer.issue_token(
        build_settings(directory=tmp_path), "harbor", "hr@harbor.example"
    )

    with pytest.raises(Unauthenticated, check=lambda it: it.reason == "unknown_issuer"):
        await verifier.authenticate(f"Bearer {token}")


async def test_production_neither_signs_nor_believes_the_built_in_issuer(tmp_path: Path) -> None:
    token = built_in_issuer.issue_token(
        build_settings(directory=tmp_path), "meridian", "hr@meridian.example"
    )
    registry = InMemoryIssuerRegistry.from_issuers(
        [build_registered_issuer(build_settings(directory=tmp_path))]
    )
    production = build_settings(
        production=True, database_url="postgresql://db/trellis", secret="s" * 32, directory=tmp_path
    )

    with pytest.raises(built_in_issuer.NotAllowedInProduction):
        built_in_issuer.load_signing_key(production)
    with pytest.raises(Unauthenticated, check=lambda it: it.reason == "unknown_issuer"):
        await TokenVerifier(registry, production).authenticate(f"Bearer {token}")
    assert registry.query_count == 0


def test_a_token_cannot_be_asked_to_live_longer_than_it_would_be_believed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1 to 43200 seconds"):
        built_in_issuer.issue_token(
            build_settings(directory=tmp_path), "meridian", "hr", timedelta(days=1)
        )


def test_the_signing_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    told = build_settings(directory=tmp_path / "state")

    first, again = built_in_issuer.load_signing_key(told), built_in_issuer.load_signing_key(told)

    assert built_in_issuer.build_jwks(first) == built_in_issuer.build_jwks(again)
    assert "d" not in json.loads(built_in_issuer.build_jwks(first))["keys"][0]
    assert [path.name for path in told.directory.iterdir()] == ["signing-key.pem"]
    assert (told.directory / "signing-key.pem").stat().st_mode & 0o777 == 0o600


def test_a_signing_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    told = build_settings(directory=tmp_path)
    built_in_issuer.load_signing_key(told)
    (tmp_path / "signing-key.pem").chmod(0o644)

    with pytest.raises(PermissionError, match="chmod 600"):
        built_in_issuer.load_signing_key(told)


def test_the_sealing_secret_is_the_given_one_or_a_kept_one(tmp_path: Path) -> None:
    kept = built_in_issuer.load_sealing_secret(build_settings(directory=tmp_path))

    assert built_in_issuer.load_sealing_secret(build_settings(directory=tmp_path)) == kept
    assert len(kept) == 64
    assert built_in_issuer.load_sealing_secret(build_settings(secret="s" * 32)) == "s" * 32
