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
from api.commands.database_url import Database
from api.identity.built_in_issuer import issue_token
from api.settings import Settings
from tests.api.running_server import run_application
from tests.fuzz.strategies import build_document_strategy
from tests.fuzz.variants import generate_variants

OPENAPI = Path(__file__).parents[2] / "openapi" / "openapi.yaml"
REQUEST_TIMEOUT = 60.0
VARIANT_COUNT = 8
"""Concurrent requests with one document, each with other values."""

IDS_QUERY = (
    "{goals{nodes{id}} people{nodes{id}} roles{nodes{id}} organizations{nodes{id}} "
    "members{nodes{id}}}"
)
FORBIDDEN_CODES = (None, "INTERNAL_SERVER_ERROR")


class FuzzTarget:
    """A served Trellis with one tenant, and the counts of its answers."""

    def __init__(self, url: str, bearer: str) -> None:
        self.url = url
        self.headers = {"authorization": f"Bearer {bearer}"}
        self.statuses: Counter[int] = Counter()
        self.codes: Counter[str] = Counter()
        self._client = httpx.Client(base_url=url, timeout=REQUEST_TIMEOUT)
        self._session = requests.Session()
        self._executor = ThreadPoolExecutor(VARIANT_COUNT)

    def close(self) -> None:
        """Close the connections."""
        self._executor.shutdown()
        self._client.close()
        self._session.close()

    def fetch_ids(self) -> tuple[str, ...]:
        """Fetch some existing ids."""
        data = self.post(IDS_QUERY).json()["data"]
        return tuple(each["id"] for found in data.values() for each in found["nodes"])

    def post(self, query: str) -> httpx.Response:
        headers = self.headers | {"accept": "application/graphql-response+json"}
        return self._client.post("/graphql", json={"query": query}, headers=headers)

    def fuzz_documents(self, count: int) -> None:
        """Send documents: none may hang, fail with a fault, or be refused without a code.

        A document that a busy machine rejects is sent once more.
        """
        ids = self.fetch_ids()

        @_build_settings(count // VARIANT_COUNT)
        @given(build_document_strategy(ids))
        def each(document: str) -> None:
            asked = list(generate_variants(document, ids, VARIANT_COUNT))
            for query, response in zip(asked, self._executor.map(self.post, asked), strict=True):
                is_busy = response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
                self.check_answer(self.post(query) if is_busy else response)

        each()

    def fuzz_routes(self, count: int) -> None:
        """Send requests to each route of the description."""
        described = yaml.safe_load(OPENAPI.read_text())
        schema = schemathesis.openapi.from_dict(described)
        for operation in (each.ok() for each in schema.get_all_operations()):

            @_build_settings(count)
            @given(operation.as_strategy())
            def each(case: Case) -> None:
                if case.path not in STREAMING_ROUTES:
                    self.check_route(self._call_route(case))

            each()

    def _call_route(self, case: Case) -> Any:
        return case.call(
            base_url=self.url, session=self._session, headers=self.headers, timeout=REQUEST_TIMEOUT
        )

    def check_answer(self, response: Any) -> None:
        """Check the answer to a document."""
        self.statuses[response.status_code] += 1
        assert response.status_code < 500, response.text[:500]
        for error in response.json().get("errors", ()):
            code = error.get("extensions", {}).get("code")
            self.codes[str(code)] += 1
            assert code not in FORBIDDEN_CODES, response.text[:500]

    def check_route(self, response: Any) -> None:
        """Check the answer of a route."""
        self.statuses[response.status_code] += 1
        is_coded = response.status_code in EXPECTED_SERVER_ERRORS
        assert response.status_code < 500 or is_coded, response.text[:500]
        is_page = "text/html" in str(response.headers.get("content-type"))
        if response.status_code >= 400 and response.content and not is_page:
            body = response.json()
            if body.get("schemas") == [SCIM_ERROR]:
                assert body["status"] == str(response.status_code)
                return
            codes = [each["extensions"]["code"] for each in body.get("errors", ())]
            (code,) = codes or [body["error"]]  # which is the form of OAuth 2.0
            assert code not in FORBIDDEN_CODES, response.text[:500]


EXPECTED_SERVER_ERRORS = (501, 503)
"""What SCIM has and Trellis does not offer, and a service that is not ready."""
SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
STREAMING_ROUTES = ("/graphql/stream",)
"""Routes whose answers do not end; tests/api tests them."""


@contextmanager
def serve_target(database: Database, directory: Path) -> Iterator[FuzzTarget]:
    """Serve everything, with a new tenant."""
    given_ = Settings(directory=directory, port=0, caller_budget=0, tenant_budget=0)
    slug = f"f{uuid4().hex[:12]}"
    admin = tenants.FirstAdmin("Ada", "Okafor", f"ada@{slug}.example")
    asyncio.run(tenants.create_tenant(database, given_, slug, "Okafor & Co", admin))
    with run_application(given_, database.serving_url) as served:
        found = FuzzTarget(served.url, issue_token(given_, slug, admin.work_email))
        try:
            yield found
        finally:
            found.close()


def _build_settings(count: int) -> Any:
    chosen = settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: seed(4)(chosen(test))
