"""A service client of a served company that speaks SCIM."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.api.client_stories import make_client
from tests.api.served_company import ServedCompany

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ROLES = ("hr", "tenant_admin")


@dataclass
class Scim:
    """A caller of SCIM, with the key of a service client or the token of a person."""

    busy: ServedCompany
    token: str

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Send a request below `/scim/v2`."""
        sent = {
            "authorization": f"Bearer {self.token}",
            "content-type": "application/scim+json",
            **{name.replace("_", "-"): each for name, each in headers.items()},
        }
        return self.busy.client.request(method, f"/scim/v2{path}", json=body, headers=sent)

    def get(self, path: str) -> Any:
        """Return the JSON of a successful GET."""
        answer = self.send("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def find(self, filter: str, endpoint: str = "Users") -> list[Any]:
        """Return the resources that match a filter."""
        parameters = httpx.QueryParams({"filter": filter})
        found = self.get(f"/{endpoint}?{parameters}")
        assert found["totalResults"] == len(found.get("Resources", []))
        return list(found.get("Resources", []))

    def create(self, name: str = "ada", **more: Any) -> Any:
        """Create a user, and return the resource."""
        answer = self.send("POST", "/Users", build_user(name, **more))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def patch(self, path: str, *operations: Any, **headers: str) -> httpx.Response:
        """Send operations to a resource."""
        return self.send("PATCH", path, {"schemas": [PATCH], "Operations": operations}, **headers)


def build_user(name: str = "ada", **more: Any) -> dict[str, Any]:
    """Return the body of a new user."""
    return {
        "schemas": [USER, ENTERPRISE],
        "userName": f"{name}@meridian.example",
        "externalId": f"idp-{name}",
        "name": {"givenName": name.title(), "familyName": "Byron"},
        "emails": [{"value": f"{name}@meridian.example", "type": "work", "primary": True}],
        "active": True,
        **more,
    }


def make_scim(busy: ServedCompany, *roles: str) -> Scim:
    """Make a service client with these roles, by default those that provisioning needs."""
    client = make_client(busy)
    for each in roles or ROLES:
        role = busy.company.encode_id("role", each)
        given = busy.mutate("ruler", "memberAssignRole", id=client.member_id, roleId=role)
        assert given["errors"] == []
    return Scim(busy, client.key)
