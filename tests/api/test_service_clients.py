"""Service clients: who makes them, how they sign in, what stops them, and what is never shown."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from api.identity import client_cache
from domain.service_clients import MAX_KEYS, ClientId, ClientKey, parse_client_id, parse_client_key
from tests.api.client_stories import (
    CLIENT,
    CREDENTIALS,
    WHO,
    KeyPair,
    StoredClient,
    build_basic,
    make_client,
)
from tests.api.company import Company
from tests.api.mutation_inputs import build_input
from tests.api.permissions import INPUTS
from tests.api.served_company import ServedCompany, build_mutation

KEY_MESSAGE = (
    "This key is not accepted here. Look at the service client in Trellis: its status, its last"
    " day, its allowed networks, and when the key expires."
)


@pytest.fixture(autouse=True)
def _read_clients_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read a client at each request. Unit tests cover the cache."""
    monkeypatch.setattr(client_cache, "CACHE_TTL", 0.0)


def read_client(busy: ServedCompany, client: StoredClient, fields: str) -> Any:
    query = f"query($id: ID!) {{ serviceClient(by: {{ id: $id }}) {{ {fields} }} }}"
    return busy.query("admin", query, id=client.id)["serviceClient"]


def count_people(busy: ServedCompany) -> int:
    return int(busy.query("hr", "{ people { totalCount } }")["people"]["totalCount"])


def is_refused(client: StoredClient, **more: Any) -> bool:
    answer = client.post(**more)
    if answer.status_code == 200:
        return False
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["message"] == KEY_MESSAGE
    return True


def test_a_client_acts_by_its_roles_and_is_no_person(busy: ServedCompany) -> None:
    people = count_people(busy)
    client = make_client(busy)
    assert client.post().json()["data"] == {
        "viewer": {"person": None, "permissions": [], "tasks": {"totalCount": 0}, "member": None},
        "people": {"totalCount": 0},
    }
    role = busy.company.encode_id("role", "tenant_admin")
    given = busy.mutate("admin", "memberAssignRole", id=client.member_id, roleId=role)
    assert given["errors"] == []
    found = client.post().json()["data"]
    assert found["people"]["totalCount"] == people == count_people(busy)
    assert found["viewer"]["member"] == {
        "isServiceClient": True,
        "serviceClient": {"name": "Payroll"},
    }
    unit = busy.company.encode_id("org", "sales")
    input = f'{{ name: "Of the client", organizationId: "{unit}" }}'
    team = f"""mutation {{ teamCreate(input: {input}) {{
        team {{ history(first: 1) {{ nodes {{ actor {{ id }} serviceClient {{ id name }} }} }} }}
        errors {{ code }} }} }}"""
    made = client.post(team).json()["data"]["teamCreate"]
    entry = {"actor": None, "serviceClient": {"id": client.id, "name": "Payroll"}}
    assert made == {"team": {"history": {"nodes": [entry]}}, "errors": []}
    members = "{ members(where: { isServiceClient: { eq: false } }) { totalCount } }"
    assert busy.query("admin", members)["members"]["totalCount"] == len(busy.company.members)


def test_only_who_manages_all_members_sees_or_changes_clients(busy: ServedCompany) -> None:
    client = make_client(busy)
    listed = "{ serviceClients { nodes { id } totalCount } }"
    assert busy.query("admin", listed)["serviceClients"]["totalCount"] >= 1
    for who in ("mara", "boss", "hr_ops", "analyst", "nobody"):
        assert busy.query(who, listed)["serviceClients"] == {"nodes": [], "totalCount": 0}
        (refused,) = client.add_key(who)["errors"]
        assert refused["code"] == "NOT_FOUND"
    assert busy.query("hr", listed)["serviceClients"]["totalCount"] >= 1
    for verb, more in (("AddKey", {"name": "a"}), ("Suspend", {}), ("Edit", {"name": "b"})):
        (refused,) = busy.mutate("hr", f"serviceClient{verb}", id=client.id, **more)["errors"]
        assert refused["code"] == "NOT_PERMITTED"
    (refused,) = busy.mutate("hr", "serviceClientCreate", CLIENT, name="Mine")["errors"]
    assert refused["code"] == "NOT_PERMITTED"
    assert client.post(
        'mutation { serviceClientCreate(input: { name: "x" }) { errors { code } } }'
    ).json()["data"]["serviceClientCreate"]["errors"] == [{"code": "NOT_PERMITTED"}]
    assert len(read_client(busy, client, "keys { id }")["keys"]) == 1
    assert read_client(busy, client, "name status") == {"name": "Payroll", "status": "ACTIVE"}


def test_nobody_takes_rights_by_way_of_a_client(busy: ServedCompany) -> None:
    client = make_client(busy)
    hr = busy.company.encode_id("role", "hr")
    (refused,) = busy.mutate("admin", "memberAssignRole", id=client.member_id, roleId=hr)["errors"]
    assert (refused["code"], refused["field"]) == ("SELF_APPOINTMENT", ["roleId"])
    busy.mutate("admin", "tenantEdit", "tenant { id }", allowsGrantingUnheld=True)
    (refused,) = busy.mutate("admin", "memberAssignRole", id=client.member_id, roleId=hr)["errors"]
    assert refused["code"] == "SELF_APPOINTMENT"
    assert client.post().json()["data"]["viewer"]["permissions"] == []
    busy.mutate("admin", "tenantEdit", "tenant { id }", allowsSelfAppointment=True)
    given = {"id": client.member_id, "roleId": hr, "selfAppointmentReason": "The import needs it"}
    assert busy.mutate("admin", "memberAssignRole", **given)["errors"] == []
    assert "EMPLOYMENT_MANAGE" in client.post().json()["data"]["viewer"]["permissions"]
    assert client.add_key()["errors"][0]["field"] == ["selfAppointmentReason"]
    busy.mutate("admin", "tenantEdit", "tenant { id }", allowsSelfAppointment=False)
    (refused,) = client.add_key(selfAppointmentReason="Rotation")["errors"]
    assert (refused["code"], refused["field"]) == ("SELF_APPOINTMENT", ["id"])
    assert len(read_client(busy, client, "keys { id }")["keys"]) == 1
    own = {"key": "of_client", "name": "Of the client", "grants": [{"permission": "TEAMS_MANAGE"}]}
    role = busy.mutate("admin", "roleCreate", "role { id }", **own)["role"]["id"]
    given = busy.mutate("admin", "memberAssignRole", id=client.member_id, roleId=role)
    assert given["errors"] == []
    wider = {"id": role, "grants": [{"permission": "EMPLOYMENT_READ"}]}
    (refused,) = busy.mutate("admin", "roleSetGrants", **wider)["errors"]
    assert refused["code"] == "SELF_APPOINTMENT"


def test_keys_overlap_while_one_replaces_another(busy: ServedCompany) -> None:
    client = make_client(busy)
    old = client.key
    (first,) = read_client(busy, client, "keys { id expiresAt }")["keys"]
    year = datetime.now(UTC) + timedelta(days=365)
    assert abs(datetime.fromisoformat(first["expiresAt"]) - year) < timedelta(minutes=1)
    added = client.add_key(name=" second ", expiresAt="2026-12-31T00:00:00Z")
    assert [each["name"] for each in added["serviceClient"]["keys"]] == ["nightly", "second"]
    assert added["serviceClient"]["keys"][1]["hint"] == added["newKey"]["value"][-4:]
    for key in (old, added["newKey"]["value"]):
        assert client.post(token=key).status_code == 200
    ended = busy.mutate("admin", "serviceClientRevokeKey", CLIENT, id=client.id, keyId=first["id"])
    assert [each["name"] for each in ended["serviceClient"]["keys"]] == ["second"]
    assert is_refused(client, token=old)
    assert client.post(token=added["newKey"]["value"]).status_code == 200
    (again,) = busy.mutate("admin", "serviceClientRevokeKey", id=client.id, keyId=first["id"])[
        "errors"
    ]
    assert (again["code"], again["field"]) == ("REFERENCE_NOT_FOUND", ["keyId"])
    (key,) = read_client(busy, client, "keys { lastUsedAt }")["keys"]
    used = datetime.fromisoformat(key["lastUsedAt"])
    assert abs(datetime.now(UTC) - used) < timedelta(minutes=1)
    for _ in range(MAX_KEYS - 1):
        assert client.add_key()["errors"] == []
    assert client.add_key()["errors"][0]["code"] == "LIMIT_EXCEEDED"
    assert client.add_key(name=" ")["errors"][0]["field"] == ["name"]
    late = client.add_key(expiresAt="2036-01-01T00:00:00Z")["errors"]
    assert [(each["code"], each["field"]) for each in late] == [("OUT_OF_RANGE", ["expiresAt"])]


def test_a_suspended_or_expired_client_stops_with_each_of_its_keys(busy: ServedCompany) -> None:
    client = make_client(busy, "tenant_admin")
    token = client.ask().json()["access_token"]
    assert client.post(token=token).status_code == 200
    suspended = busy.mutate("admin", "serviceClientSuspend", CLIENT, id=client.id)
    assert suspended["serviceClient"]["status"] == "SUSPENDED"
    assert is_refused(client)
    assert is_refused(client, token=token)
    assert client.ask().json()["error"] == "invalid_client"
    (again,) = busy.mutate("admin", "serviceClientSuspend", id=client.id)["errors"]
    assert again["code"] == "STATE_CONFLICT"
    assert busy.mutate("admin", "serviceClientActivate", id=client.id)["errors"] == []
    assert client.post(token=token).json()["data"]["people"]["totalCount"] > 0
    edit = {"id": client.id, "lastDay": "2026-01-01"}
    assert busy.mutate("admin", "serviceClientEdit", **edit)["errors"] == []
    assert client.post().json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert busy.mutate("admin", "serviceClientEdit", id=client.id, lastDay=None)["errors"] == []
    assert client.post().status_code == 200
    assert busy.mutate("admin", "memberRemove", id=client.member_id)["errors"] == []
    assert client.post().json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_networks_limit_keys_and_tokens(busy: ServedCompany) -> None:
    client = make_client(busy, allowedNetworks=["127.0.0.1", "2001:db8::/32"])
    assert read_client(busy, client, "allowedNetworks") == {
        "allowedNetworks": ["127.0.0.1/32", "2001:db8::/32"]
    }
    token = client.ask().json()["access_token"]
    edit = {"id": client.id, "allowedNetworks": ["192.0.2.0/24"]}
    assert busy.mutate("admin", "serviceClientEdit", **edit)["errors"] == []
    assert is_refused(client)
    assert is_refused(client, token=token)
    assert is_refused(client, **{"x-forwarded-for": "192.0.2.7"})
    assert client.ask().status_code == 401
    wrong = ["192.0.2.1/24", "fe80::1%eth0", "10.0.0.0/8", "10.0.0.0/8"]
    edit = {"id": client.id, "allowedNetworks": wrong}
    faults = busy.mutate("admin", "serviceClientEdit", **edit)["errors"]
    assert [(each["code"], each["field"][1]) for each in faults] == [
        ("INVALID_FORMAT", "0"),
        ("INVALID_FORMAT", "1"),
    ]
    edit = {"id": client.id, "allowedNetworks": wrong[2:]}
    (fault,) = busy.mutate("admin", "serviceClientEdit", **edit)["errors"]
    assert (fault["code"], fault["field"]) == ("NOT_UNIQUE", ["allowedNetworks", "1"])
    assert read_client(busy, client, "allowedNetworks") == {"allowedNetworks": ["192.0.2.0/24"]}


def test_no_other_text_is_taken_for_a_key(busy: ServedCompany) -> None:
    client = make_client(busy, "tenant_admin")
    parsed = parse_client_key(client.key)
    assert parsed is not None
    other = ClientKey.create(parsed.client)
    elsewhere = ClientKey(ClientId(busy.other_company.tenant_id, parsed.client.id), parsed.secret)
    body = client.key.replace(busy.company.tenant_id.hex, busy.other_company.tenant_id.hex)
    assert elsewhere.text[:-6] == body[:-6]
    for text in (
        *(client.key[:-1], client.key + "x", client.key.swapcase(), f"{client.key},{client.key}"),
        *(other.text, elsewhere.text, body, client.client_id),
        client.key.replace("trellis_key_", "trellis_key_-"),
    ):
        answer = client.post(token=text)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (
            *(401, "UNAUTHENTICATED"),
        )
    query = {"query": "{ viewer { id } }", "access_token": client.key}
    assert busy.client.get("/graphql", params=query).status_code == 401
    assert busy.client.get(f"/graphql?authorization=Bearer%20{client.key}").status_code == 401
    assert client.post().status_code == 200


def test_a_secret_is_shown_once_and_kept_nowhere(
    busy: ServedCompany, capfd: pytest.CaptureFixture[str]
) -> None:
    client = make_client(busy, "tenant_admin")
    document = f"""mutation($input: ServiceClientAddKeyInput!, $key: String!) {{
        serviceClientAddKey(input: $input) @idempotent(key: $key) {{ {CLIENT}
        newKey {{ value }} errors {{ code }} }} }}"""
    variables = {"input": {"id": client.id, "name": "once"}, "key": "k-1"}
    first = busy.query("admin", document, **variables)["serviceClientAddKey"]
    again = busy.query("admin", document, **variables)["serviceClientAddKey"]
    assert again == {**first, "newKey": None}
    key = parse_client_key(first["newKey"]["value"])
    assert key is not None
    log = "{ auditLog(first: 50) { nodes { action changes { field before after } } } }"
    history = json.dumps(busy.query("admin", log))
    shown = json.dumps(read_client(busy, client, "keys { id name hint kind } clientId"))
    assert client.ask(client_secret=key.text).status_code == 200
    assert client.post(token=key.text).status_code == 200
    assert client.post(token=key.text[:-1]).status_code == 401
    for text in (history, shown, capfd.readouterr().out, repr(key)):
        assert key.secret not in text
        assert key.hash not in text
    assert '"KEY_ADDED"' in history
    assert '"once"' in history
    assert parse_client_id(client.client_id) == key.client


def test_a_token_is_got_in_three_ways(busy: ServedCompany) -> None:
    client, pair = make_client(busy, "tenant_admin"), KeyPair()
    added = busy.mutate(
        *("admin", "serviceClientAddPublicKey", CLIENT),
        id=client.id,
        name="pair",
        publicKey=pair.build_text(),
    )
    assert [each["kind"] for each in added["serviceClient"]["keys"]] == ["SECRET", "PUBLIC_KEY"]
    basic = {"authorization": build_basic(client.client_id, client.key)}
    answers = [
        client.ask(),
        busy.client.post("/oauth/token", data=CREDENTIALS, headers=basic),
        client.assert_identity(pair),
    ]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        found = answer.json()
        assert (answer.status_code, found["token_type"], found["expires_in"]) == (
            200,
            "Bearer",
            600,
        )
        assert client.post(WHO, token=found["access_token"]).json()["data"]["people"]["totalCount"]
    (refused,) = busy.mutate(
        *("admin", "serviceClientAddPublicKey", CLIENT),
        id=client.id,
        name="pair",
        publicKey=json.dumps(pair.public | {"d": "AA"}),
    )["errors"]
    assert refused["message"].startswith("This is a private key.")


@pytest.mark.anyio
async def test_no_mutation_takes_a_client_for_a_person(company: Company) -> None:
    """Each mutation of a client with all rights is done, or is refused with a reason."""
    for role in ("tenant_admin", "employee"):
        ids = {"id": company.encode_id("member", "wide"), "roleId": company.encode_id("role", role)}
        assert (await company.mutate("ruler", "memberAssignRole", "", **ids))["errors"] == []
    verbs = sorted({row.split()[0] for row in INPUTS})
    failed = []
    for verb in verbs:
        input = build_input(company, verb)
        document = build_mutation(verb)
        subject = company.clients.accounts["wide"].subject
        answer = await company.graph.execute(subject, document, input=input)
        failed += [(verb, each) for each in orjson.loads(answer.body).get("errors", ())]
    assert failed == []
