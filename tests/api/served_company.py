"""A company served over HTTP, with tokens of the built-in issuer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from api.identity.built_in_issuer import issue_token, load_signing_key, register_tenant
from api.settings import Settings
from domain.tenants import TenantStatus
from persistence.tenant_registry import TenantRecord
from tests.api.company import Company
from tests.api.running_server import run_application


@dataclass
class ServedCompany:
    """A company, a second one in another tenant, a server and a client."""

    company: Company
    other_company: Company
    client: httpx.Client
    settings: Settings

    def build_headers(self, who: str, company: Company | None = None) -> dict[str, str]:
        """Build the headers of a member's requests."""
        slug = f"tenant-{(company or self.company).tenant_id}"
        return {
            "authorization": f"Bearer {issue_token(self.settings, slug, who)}",
            "content-type": "application/json",
        }

    def post(self, who: str, query: str, **variables: Any) -> httpx.Response:
        """Send a document; return the response."""
        body = {"query": query, "variables": variables}
        return self.client.post("/graphql", json=body, headers=self.build_headers(who))

    def mutate(self, who: str, verb: str, selection: str = "", **input: Any) -> Any:
        """Return the payload of a mutation, or its top-level errors under `refused`."""
        found = self.post(who, build_mutation(verb, selection), input=input).json()
        return found["data"][verb] if found.get("data") else {"refused": found["errors"]}

    def query(self, who: str, query: str, **variables: Any) -> Any:
        """Return the data of a response without errors."""
        found = self.post(who, query, **variables).json()
        assert "errors" not in found, found
        return found["data"]


def build_mutation(verb: str, selection: str = "") -> str:
    """Build the document of a mutation."""
    camel = f"{verb[0].upper()}{verb[1:]}Input"
    return (
        f"mutation($input: {camel}!) {{ {verb}(input: $input) {{ {selection}"
        " errors { code field message } } }"
    )


async def register_company(owner: Any, settings: Settings, company: Company) -> None:
    """Register a company's tenant with the built-in issuer."""
    slug = f"tenant-{company.tenant_id}"
    listed = TenantRecord(company.tenant_id, slug, TenantStatus.ACTIVE, datetime.now(UTC))
    await register_tenant(owner, listed, load_signing_key(settings), settings.audience)


@contextmanager
def serve_company(
    settings: Settings, database: str, company: Company, foreign: Company
) -> Iterator[ServedCompany]:
    """Serve a company until the block ends."""
    with (
        run_application(settings, database) as served,
        httpx.Client(base_url=served.url, timeout=60) as client,
    ):
        yield ServedCompany(company, foreign, client, settings)
