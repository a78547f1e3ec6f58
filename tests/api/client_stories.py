"""Service clients of a served company, and what they send."""

import base64
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from api.oauth.token_request import ASSERTION_TYPE
from tests.api.served_company import ServedCompany

CLIENT = "serviceClient { id clientId status version member { id } keys { id name kind hint } }"
NEW_KEY = f"{CLIENT} newKey {{ id value expiresAt }}"
WHO = """{ viewer { person { id } permissions tasks { totalCount } member { isServiceClient
    serviceClient { name } } } people { totalCount } }"""
CREDENTIALS = {"grant_type": "client_credentials"}


@dataclass
class StoredClient:
    """A service client of a company, with a key."""

    busy: ServedCompany
    id: str
    client_id: str
    member_id: str
    key: str = ""

    def add_key(self, who: str = "admin", **more: Any) -> Any:
        """Let somebody add a key; return the payload."""
        input = {"id": self.id, "name": "nightly", **more}
        return self.busy.mutate(who, "serviceClientAddKey", NEW_KEY, **input)

    def post(self, query: str = WHO, *, token: str = "", **headers: str) -> httpx.Response:
        """Send a document with the key, or with a token."""
        sent = {"authorization": f"Bearer {token or self.key}", **headers}
        return self.busy.client.post("/graphql", json={"query": query}, headers=sent)

    def ask(self, **fields: str) -> httpx.Response:
        """Ask for a token with the key as the secret."""
        form = {**CREDENTIALS, "client_id": self.client_id, "client_secret": self.key, **fields}
        return self.busy.client.post("/oauth/token", data=form)

    def assert_identity(self, pair: "KeyPair", **claims: Any) -> httpx.Response:
        """Ask for a token with a signed assertion."""
        form = {
            **CREDENTIALS,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": pair.sign(self.client_id, **claims),
        }
        return self.busy.client.post("/oauth/token", data=form)


class KeyPair:
    """A key pair of a client, which signs assertions."""

    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.public: dict[str, Any] = OKPAlgorithm.to_jwk(self.private.public_key(), as_dict=True)

    def build_text(self) -> str:
        """Return the public key as an admin registers it."""
        return json.dumps(self.public)

    def sign(self, client_id: str, **claims: Any) -> str:
        """Sign an assertion of a client."""
        now = int(time.time())
        payload = {
            "iss": client_id,
            "sub": client_id,
            "aud": "trellis",
            "exp": now + 60,
            "iat": now,
            "jti": secrets.token_hex(8),
            **claims,
        }
        given = {name: value for name, value in payload.items() if value is not None}
        return jwt.encode(given, self.private, "EdDSA")


def make_client(busy: ServedCompany, *roles: str, **details: Any) -> StoredClient:
    """Let the admin make a service client with a key, and give it roles."""
    input = {"name": "Payroll", **details}
    made = busy.mutate("admin", "serviceClientCreate", CLIENT, **input)
    assert made["errors"] == []
    stored = made["serviceClient"]
    client = StoredClient(busy, stored["id"], stored["clientId"], stored["member"]["id"])
    client.key = client.add_key()["newKey"]["value"]
    for each in roles:
        role = busy.company.encode_id("role", each)
        given = busy.mutate("admin", "memberAssignRole", id=client.member_id, roleId=role)
        assert given["errors"] == []
    return client


def build_basic(client_id: str, secret: str) -> str:
    """Return an Authorization header of the scheme Basic."""
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()
