"""The platform graph over HTTP, with an operator of each role."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from api.app import open_application
from api.commands import platform as commands
from api.commands.database_url import Database
from api.commands.tenant_operations import run_all
from api.http.routes import build_application
from api.identity.built_in_issuer import PLATFORM_ISSUER, issue_platform_token, issue_token
from api.settings import Settings
from domain.platform import OperatorRole
from persistence.embedded import DatabaseUrls
from tests.api.served_company import build_mutation

OPERATION = """query($id: ID!) { tenantOperation(id: $id) {
  kind state slug newSlug isDryRun operatorName rowCount notes receipt errorCode errorMessage
  file { id path size } startedAt finishedAt progress { step done total }
  plan { slug refusals tables { table rowsNow rowsInFile removed added } } } }"""


@dataclass
class ServedPlatform:
    """A process that serves the platform, and a client."""

    client: httpx.AsyncClient
    settings: Settings
    database: Database

    async def send(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        *,
        by: str = "owner",
        **headers: str,
    ) -> httpx.Response:
        """Send a document to the platform as an operator; return the response."""
        return await self.client.post(
            "/platform/graphql",
            json={"query": query, "variables": variables or {}},
            headers={**self.authorize(by), **headers},
        )

    async def query(self, query: str, *, by: str = "owner", **variables: Any) -> Any:
        """Return the data of an answer without errors."""
        found = (await self.send(query, variables, by=by)).json()
        assert "errors" not in found, found
        return found["data"]

    async def mutate(
        self, verb: str, selection: str = "", *, by: str = "owner", key: str = "", **input: Any
    ) -> Any:
        """Return the payload of a mutation."""
        headers = {"idempotency-key": key} if key else {}
        document = build_mutation(verb, selection)
        found = (await self.send(document, {"input": input}, by=by, **headers)).json()
        assert "errors" not in found, found
        return found["data"][verb]

    async def create(self, **more: Any) -> str:
        """Create a tenant with a first admin, and return its slug."""
        slug = a_slug()
        admin = {"givenName": "Ada", "familyName": "Ahn", "workEmail": f"ada@{slug}.example"}
        made = await self.mutate(
            "tenantCreate", slug=slug, settings={"name": "Acme"}, admin=admin, **more
        )
        assert made["errors"] == []
        return slug

    async def ask_tenant(self, slug: str, query: str, **variables: Any) -> httpx.Response:
        """Send a document to a tenant as its first admin."""
        token = issue_token(self.settings, slug, f"ada@{slug}.example")
        return await self.client.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {token}"},
        )

    async def work(self) -> int:
        """Do the operations that wait, as a worker does; return their number."""
        return await run_all(self.database, self.settings, once=True)

    async def finish(self, verb: str, *, by: str = "owner", **input: Any) -> Any:
        """Begin an operation, let a worker do it, and return it."""
        begun = await self.mutate(verb, "tenantOperation { id state }", by=by, **input)
        assert begun["errors"] == [], begun
        assert begun["tenantOperation"]["state"] == "QUEUED"
        await self.work()
        return await self.find_operation(begun["tenantOperation"]["id"])

    async def find_operation(self, id: str) -> Any:
        """Return an operation."""
        return (await self.query(OPERATION, id=id))["tenantOperation"]

    async def download(self, path: str, *, by: str = "owner", **headers: str) -> httpx.Response:
        """Read a file as an operator."""
        return await self.client.get(f"/{path}", headers={**self.authorize(by), **headers})

    async def upload(self, data: bytes, *, part_size: int = 5_000_000) -> str:
        """Send a file in parts, and return its id."""
        made = await self.mutate("tenantFileCreate", "tenantFile { id path }", size=str(len(data)))
        file = made["tenantFile"]
        for offset in range(0, len(data), part_size):
            sent = await self.send_part(file["path"], offset, data[offset : offset + part_size])
            assert sent.status_code == 200, sent.text
        return str(file["id"])

    async def send_part(
        self, path: str, offset: int, data: bytes, *, by: str = "owner"
    ) -> httpx.Response:
        """Send a part of a file as an operator."""
        return await self.client.put(
            f"/{path}", params={"offset": offset}, content=data, headers=self.authorize(by)
        )

    def authorize(self, by: str) -> dict[str, str]:
        """Return the header with a token of an operator."""
        return {"authorization": f"Bearer {issue_platform_token(self.settings, by)}"}


def a_slug() -> str:
    """Return a slug that no other test has."""
    return f"tenant-{time.time_ns()}"


@asynccontextmanager
async def serve_platform(addresses: DatabaseUrls, folder: Path) -> AsyncIterator[ServedPlatform]:
    """Serve the platform with the operators `owner`, `operator` and `reader`."""
    settings = Settings(
        directory=folder,
        serving_url=SecretStr(addresses.serving),
        platform_url=SecretStr(addresses.platform),
        caller_budget=0,
        tenant_budget=0,
    )
    database = Database(addresses.serving, addresses.owner)
    await commands.issue_token(database, settings, "owner", None)
    for role in (OperatorRole.OPERATOR, OperatorRole.READER):
        await commands.add_operator(database, PLATFORM_ISSUER, role, role.title(), role)
    async with open_application(settings, addresses.serving) as context:
        transport = httpx.ASGITransport(app=build_application(context))
        async with httpx.AsyncClient(transport=transport, base_url="http://trellis") as client:
            yield ServedPlatform(client, settings, database)
