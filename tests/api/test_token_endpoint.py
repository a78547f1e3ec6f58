"""The token endpoint of OAuth 2.0, and what an attacker tries there."""

import json
import time
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.identity import client_cache
from api.oauth import attempts
from api.oauth.attempts import RateLimit
from domain.kernel.identity import generate_id
from domain.service_clients import ClientId, ClientKey, parse_client_id
from tests.api.client_stories import (
    CLIENT,
    CREDENTIALS,
    KeyPair,
    StoredClient,
    build_basic,
    make_client,
)
from tests.api.served_company import ServedCompany

REFUSED = {
    "error": "invalid_client",
    "error_description": "The client is not accepted. Look at its id, its key, its status and its"
    " networks.",
}


@pytest.fixture(autouse=True)
def _no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read a client at each request, and let a test try as often as it likes."""
    monkeypatch.setattr(client_cache, "CACHE_TTL", 0.0)
    for name in ("PER_ADDRESS", "PER_CLIENT", "FAILURES"):
        monkeypatch.setattr(attempts, name, RateLimit(10_000, 10_000.0))


def read_bytes(answer: httpx.Response) -> tuple[int, bytes, set[tuple[str, str]]]:
    """Return what an attacker sees, without what differs for each request."""
    changing = {"date", "x-request-id"}
    headers = {each for each in answer.headers.items() if each[0] not in changing}
    return answer.status_code, answer.content, headers


def add_pair(busy: ServedCompany, client: StoredClient) -> KeyPair:
    pair = KeyPair()
    input = {"id": client.id, "name": "pair", "publicKey": pair.build_text()}
    assert busy.mutate("admin", "serviceClientAddPublicKey", CLIENT, **input)["errors"] == []
    return pair


def test_a_wrong_client_and_a_wrong_secret_are_answered_alike(busy: ServedCompany) -> None:
    client = make_client(busy, "tenant_admin")
    id = parse_client_id(client.client_id)
    assert id is not None
    nobody = ClientId(id.tenant_id, generate_id())
    elsewhere = ClientId(busy.other_company.tenant_id, id.id)
    answers = [
        client.ask(client_secret=ClientKey.create(id).text),
        client.ask(client_secret=client.key[:-1]),
        client.ask(client_secret=""),
        client.ask(client_secret=ClientKey.create(nobody).text),
        client.ask(client_id=nobody.text, client_secret=ClientKey.create(nobody).text),
        client.ask(client_id=nobody.text),
        client.ask(client_id=elsewhere.text),
        client.ask(client_id="somebody"),
        busy.client.post("/oauth/token", data=CREDENTIALS),
        busy.client.post(
            "/oauth/token",
            data=CREDENTIALS,
            headers={"authorization": build_basic(nobody.text, client.key)},
        ),
        busy.client.post(
            "/oauth/token",
            data={
                **CREDENTIALS,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": KeyPair().sign(nobody.text),
            },
        ),
    ]
    assert {str(read_bytes(each)[:2]) for each in answers} == {
        str((401, json.dumps(REFUSED, separators=(",", ":")).encode()))
    }
    assert len({frozenset(read_bytes(each)[2]) for each in answers}) == 1
    assert answers[0].headers["www-authenticate"] == 'Basic realm="trellis"'
    assert client.ask().status_code == 200


def test_an_assertion_counts_once_and_only_for_this_service(busy: ServedCompany) -> None:
    client = make_client(busy, "tenant_admin")
    pair, now = add_pair(busy, client), int(time.time())
    other = make_client(busy, "tenant_admin")
    wrong: list[dict[str, Any]] = [
        *({"aud": "https://other.example"}, {"aud": ["trellis", "other"]}, {"aud": None}),
        *({"exp": now - 60}, {"exp": now + 3_600}, {"exp": None}, {"exp": "soon"}),
        *({"jti": None}, {"jti": ""}, {"jti": 7}, {"nbf": now + 120}, {"iat": now + 120}),
        *({"iss": "https://idp.example"}, {"sub": other.client_id, "iss": other.client_id}),
    ]
    for claims in wrong:
        refused = client.assert_identity(pair, **claims)
        assert (refused.status_code, refused.json()) == (401, REFUSED), claims
    assert client.assert_identity(pair, jti="once").status_code == 200
    assert client.assert_identity(pair, jti="once").json() == REFUSED
    assert client.assert_identity(KeyPair()).json() == REFUSED
    claims = {"iss": client.client_id, "sub": client.client_id, "aud": "trellis", "exp": now + 60}
    unsigned = jwt.encode(claims | {"jti": "n"}, None, "none")
    symmetric = jwt.encode(claims | {"jti": "s"}, pair.public["x"], "HS256")
    named = jwt.encode(claims | {"jti": "j"}, pair.private, "EdDSA", headers={"jwk": pair.public})
    for text in (unsigned, symmetric, named, "a.b.c", "x" * 9_000):
        form = {
            **CREDENTIALS,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": text,
        }
        assert busy.client.post("/oauth/token", data=form).json() == REFUSED
    assert client.assert_identity(pair).status_code == 200


def test_only_the_token_endpoint_makes_tokens_of_clients(busy: ServedCompany) -> None:
    client = make_client(busy, "tenant_admin")
    issued = client.ask().json()["access_token"]
    claims = jwt.decode(issued, options={"verify_signature": False})
    header = jwt.get_unverified_header(issued)
    assert claims["exp"] - claims["iat"] == 600
    assert claims["sub"].startswith("service-client:")
    forged = jwt.encode(claims, Ed25519PrivateKey.generate(), "EdDSA", headers=header)
    unsigned = issued.rpartition(".")[0] + "."
    for token in (forged, unsigned):
        assert client.post(token=token).status_code == 401
    # The built-in issuer signs for every subject, and no other issuer may state that of a client.
    answer = busy.post(claims["sub"], "{ viewer { permissions } }")
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert client.post(token=issued).status_code == 200


def test_malformed_requests_are_explained(busy: ServedCompany) -> None:
    client = make_client(busy)

    def ask(body: str = "", **headers: str) -> tuple[int, str]:
        sent = {"content-type": "application/x-www-form-urlencoded", **headers}
        answer = busy.client.post("/oauth/token", content=body, headers=sent)
        return answer.status_code, answer.json()["error"]

    grant, basic = "grant_type=client_credentials", build_basic(client.client_id, client.key)
    assert ask(grant, **{"content-type": "application/json"}) == (400, "invalid_request")
    assert ask("grant_type=password") == (400, "unsupported_grant_type")
    assert ask("") == (400, "invalid_request")
    assert ask(f"{grant}&scope=people") == (400, "invalid_scope")
    assert ask(f"{grant}&{grant}") == (400, "invalid_request")
    assert ask(f"{grant}&client_secret=x", authorization=basic) == (400, "invalid_request")
    assert ask(f"{grant}&client_id=other", authorization=basic) == (400, "invalid_request")
    assert ask(grant, authorization="Bearer x") == (400, "invalid_request")
    assert ask(grant, authorization="Basic ???") == (400, "invalid_request")
    assert ask(f"{grant}&client_assertion=a.b.c") == (400, "invalid_request")
    assert busy.client.get("/oauth/token").status_code == 405
    assert busy.client.post("/oauth/token", content=b"x" * 20_000).status_code == 413


def test_guesses_are_limited_without_locking_the_client_out(
    busy: ServedCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "FAILURES", RateLimit(3, 0.001))
    client, other = make_client(busy), make_client(busy)
    wrong = other.key
    assert [client.ask(client_secret=wrong).status_code for _ in range(4)] == [401, 401, 401, 429]
    limited = client.ask()
    assert limited.json()["error"] == "temporarily_unavailable"
    assert int(limited.headers["retry-after"]) > 1
    assert other.ask().status_code == 200
    assert client.post().status_code == 200  # the key itself still works
