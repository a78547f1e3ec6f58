"""Fuzzing over HTTP: documents of the schema, and requests of the OpenAPI description."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case

from api.commands import tenants
from api.commands.database_url import DatabaseUrls
from api.identity.built_in_issuer import issue_token
from api.settings import Settings
from tests.api.running_server import run_application
from tests.fuzz.strategies import documents
from tests.fuzz.variants import variants

OPENAPI = Path(__file__).parents[2] / "openapi" / "openapi.yaml"
SECONDS = 60.0
VARIANTS = 8
"""Requests at once with one shape of a document, each with other values."""

IDS = (
    "{goals{nodes{id}} people{nodes{id}} roles{nodes{id}} organizations{nodes{id}} "
    "members{nodes{id}}}"
)
UNCODED = (None, "INTERNAL_SERVER_ERROR")


class Target:
    """A served Trellis with one tenant, and what it answered so far."""

    def __init__(self, url: str, bearer: str) -> None:
        self.url = url
        self.headers = {"authorization": f"Bearer {bearer}"}
        self.statuses: Counter[int] = Counter()
        self.codes: Counter[str] = Counter()
        self._client = httpx.Client(base_url=url, timeout=SECONDS)
        self._session = requests.Session()
        self._at_once = ThreadPoolExecutor(VARIANTS)

    def close(self) -> None:
        """Let go of the connections."""
        self._at_once.shutdown()
        self._client.close()
        self._session.close()

    def ids(self) -> tuple[str, ...]:
        """Some ids that exist."""
        data = self.post(IDS).json()["data"]
        return tuple(each["id"] for found in data.values() for each in found["nodes"])

    def post(self, query: str) -> httpx.Response:
        headers = self.headers | {"accept": "application/graphql-response+json"}
        return self._client.post("/graphql", json={"query": query}, headers=headers)

    def documents(self, count: int) -> None:
        """So many documents: none may hang, fail on our side, or be refused without a code.

        What a busy machine has no time for is asked once more.
        """
        ids = self.ids()

        @_thorough(count // VARIANTS)
        @given(documents(ids))
        def each(document: str) -> None:
            asked = list(variants(document, ids, VARIANTS))
            for query, response in zip(asked, self._at_once.map(self.post, asked), strict=True):
                is_busy = response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
                self.check(self.post(query) if is_busy else response)

        each()

    def routes(self, count: int) -> None:
        """So many requests to each route of the description."""
        described = yaml.safe_load(OPENAPI.read_text())
        schema = schemathesis.openapi.from_dict(described)
        for operation in (each.ok() for each in schema.get_all_operations()):

            @_thorough(count)
            @given(operation.as_strategy())
            def each(case: Case) -> None:
                if case.path not in STREAMS:
                    self.check_route(self._called(case))

            each()

    def _called(self, case: Case) -> Any:
        return case.call(
            base_url=self.url, session=self._session, headers=self.headers, timeout=SECONDS
        )

    def check(self, response: Any) -> None:
        """The answer to a document."""
        self.statuses[response.status_code] += 1
        assert response.status_code < 500, response.text[:500]
        for error in response.json().get("errors", ()):
            code = error.get("extensions", {}).get("code")
            self.codes[str(code)] += 1
            assert code not in UNCODED, response.text[:500]

    def check_route(self, response: Any) -> None:
        """The answer of a route."""
        self.statuses[response.status_code] += 1
        assert response.status_code < 500 or response.status_code == 503, response.text[:500]
        if response.status_code >= 400 and response.content:
            (error,) = response.json()["errors"]
            assert error["extensions"]["code"] not in UNCODED, response.text[:500]


STREAMS = ("/graphql/stream",)
"""An answer that lasts is no case for a tool that waits for its end; tests/api has its tests."""


@contextmanager
def target(database: DatabaseUrls, directory: Path) -> Iterator[Target]:
    """Everything served, with a tenant of its own."""
    given_ = Settings(directory=directory, port=0, caller_budget=0, tenant_budget=0)
    slug = f"f{uuid4().hex[:12]}"
    admin = tenants.FirstAdmin("Ada", "Okafor", f"ada@{slug}.example")
    asyncio.run(tenants.create_tenant(database, given_, slug, "Okafor & Co", admin))
    with run_application(given_, database.serving_url) as served:
        found = Target(served.url, issue_token(given_, slug, admin.work_email))
        try:
            yield found
        finally:
            found.close()


def _thorough(count: int) -> Any:
    chosen = settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: seed(4)(chosen(test))
