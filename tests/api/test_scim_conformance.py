"""What `scim2-tester` checks of the SCIM server: discovery, and each attribute by each verb."""

from typing import Any

import httpx
from scim2_client import BaseSyncSCIMClient
from scim2_tester import Status, check_server

from tests.api.scim_client import make_scim
from tests.api.served_company import ServedCompany


class HttpxClient(BaseSyncSCIMClient):
    """The client of the library, over the HTTP client that the other tests use."""

    def __init__(self, client: httpx.Client) -> None:
        super().__init__()
        self.client = client

    def _stays_under_base_url(self, endpoint: str) -> bool:
        return endpoint.startswith("/")

    def _parse_json(self, response: Any) -> Any:
        return response.json()

    def request(self, method: str, url: str, **kwargs: Any) -> httpx.Response:
        return self.client.request(method, url, **kwargs)


def test_the_conformance_tester_finds_no_failure(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    headers = {"authorization": f"Bearer {scim.token}"}
    url = f"{busy.client.base_url}/scim/v2"
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        results = check_server(HttpxClient(client))

    failed = [
        f"{each.title} {each.resource_type}: {each.reason}"
        for each in results
        if each.status not in (Status.SUCCESS, Status.SKIPPED, Status.ACCEPTABLE)
    ]
    assert failed == [], "\n".join(failed)
    assert len([each for each in results if each.status is Status.SUCCESS]) >= 70
