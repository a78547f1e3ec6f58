"""The graph as somebody else sees it: who may begin a preview, and what its token opens."""

from datetime import timedelta
from typing import Any

import orjson

from api.kernel.execution.engine import Request
from domain.kernel.permissions import Permission
from tests.api.company import Company
from tests.api.served_company import ServedCompany
from tests.factories.graph import a_caller

SELECTION = "member { id version } preview { token expiresAt }"
GOALS = "{ goals { nodes { id title } totalCount } viewer { person { name } } }"
BEGUN = """{ auditLog(where: { action: { eq: ACCESS_PREVIEWED } }) { nodes {
  actor { name } subject { ... on Member { person { name } } } } } }"""
ENDED = "This preview is not yours, or has ended. Begin another one with accessPreview."


async def _begin(company: Company, who: str, about: str) -> str:
    input = {"personId": company.encode_id("person", about)}
    payload = await company.mutate(who, "accessPreview", SELECTION, **input)
    assert payload["errors"] == []
    return str(payload["preview"]["token"])


async def _execute(company: Company, who: str, token: str, document: str) -> Any:
    graph = company.graph
    request = Request(document, {}, preview=token)
    caller = a_caller(graph.tenant_id, who)
    response = await graph.engine.execute(request, caller, request_id="request-1")
    return orjson.loads(response.body) | {"status": response.status}


async def test_an_admin_reads_as_an_employee_and_the_audit_log_says_so(company: Company) -> None:
    token = await _begin(company, "admin", "mara")
    found = await _execute(company, "admin", token, GOALS)
    assert found["data"]["viewer"] == {"person": {"name": "Mara Okafor"}}
    titles = {each["title"] for each in found["data"]["goals"]["nodes"]}
    of_admin = await company.query("admin", GOALS)
    of_mara = await company.query("mara", GOALS)
    both = [{e["title"] for e in each["goals"]["nodes"]} for each in (of_admin, of_mara)]
    assert titles == both[0] & both[1]
    assert "Hers" in both[1]  # private goals of Mara, which the admin does not see
    assert "Hers" not in titles
    assert found["data"]["goals"]["totalCount"] == len(titles)
    log = await company.query("admin", BEGUN)
    assert log["auditLog"]["nodes"] == [
        {"actor": {"name": "Admin Okafor"}, "subject": {"person": {"name": "Mara Okafor"}}}
    ]


async def test_who_wrote_feedback_does_not_follow_from_previews(company: Company) -> None:
    document = "{ feedbacks { nodes { id } totalCount } }"
    assert (await company.query("mara", document))["feedbacks"]["totalCount"] > 0
    for about in ("mara", "peer", "boss"):
        token = await _begin(company, "admin", about)
        found = await _execute(company, "admin", token, document)
        assert found["data"] == {"feedbacks": {"nodes": [], "totalCount": 0}}


async def test_a_preview_changes_nothing(company: Company) -> None:
    token = await _begin(company, "admin", "mara")
    goal = company.encode_id("goal", "public")
    document = f'mutation {{ goalAchieve(input: {{ id: "{goal}" }}) {{ errors {{ code }} }} }}'
    found = await _execute(company, "admin", token, document)
    assert found["status"] == 400
    assert [each["message"] for each in found["errors"]] == [
        "A preview answers queries only. Leave out the header Trellis-Preview to change data."
    ]
    document = "subscription { goalChanged { goal { id } } }"
    found = await _execute(company, "admin", token, document)
    assert found["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    read = await company.query("mara", f'{{ node(id: "{goal}") {{ ... on Goal {{ status }} }} }}')
    assert read["node"] == {"status": "ACTIVE"}


async def test_a_token_opens_nothing_for_anybody_else_and_ends(company: Company) -> None:
    token = await _begin(company, "admin", "mara")
    body, signature = token.rsplit(".", 1)
    for who, text in (
        ("hr", token),
        ("mara", token),
        ("admin", ""),
        ("admin", "x"),
        ("admin", "ä.b.c"),
        ("admin", f"{body}.{signature[::-1]}"),
        ("admin", token * 100),
    ):
        found = await _execute(company, who, text, GOALS)
        assert [each["message"] for each in found["errors"]] == [ENDED]
        assert (found["status"], found.get("data")) == (403, None)
    company.graph.now += timedelta(minutes=9)
    assert "errors" not in await _execute(company, "admin", token, GOALS)
    company.graph.now += timedelta(minutes=1)
    assert (await _execute(company, "admin", token, GOALS))["status"] == 403


async def test_a_preview_ends_with_the_rights_of_its_reader(company: Company) -> None:
    token = await _begin(company, "hr", "mara")
    assert "errors" not in await _execute(company, "hr", token, GOALS)
    hr = company.encode_id("role", "hr")
    role = await company.query("admin", f'{{ node(id: "{hr}") {{ ... on Role {{ version }} }} }}')
    kept = [{"permission": Permission.DIRECTORY_READ.name, "population": "EVERYONE"}]
    version = role["node"]["version"]
    changed = await company.mutate(
        "admin", "roleSetGrants", "role { id }", id=hr, grants=kept, expectedVersion=version
    )
    assert changed["errors"] == []
    assert (await _execute(company, "hr", token, GOALS))["status"] == 403


async def test_a_suspended_person_has_no_preview(company: Company) -> None:
    token = await _begin(company, "admin", "mara")
    member = company.encode_id("member", "mara")
    assert (await company.mutate("admin", "memberSuspend", "", id=member))["errors"] == []
    assert (await _execute(company, "admin", token, GOALS))["status"] == 403
    about = {"personId": company.encode_id("person", "mara")}
    payload = await company.mutate("admin", "accessPreview", SELECTION, **about)
    assert payload["preview"] is None
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("INVALID", ["personId"])
    ]


async def test_a_preview_is_a_header_beside_the_own_token(wire: ServedCompany) -> None:
    mara = wire.company.encode_id("person", "mara")
    call = f'accessPreview(input: {{ personId: "{mara}" }}) {{ preview {{ token }} }}'
    document = f"mutation {{ {call} }}"
    own = wire.build_headers("admin")
    begun = wire.client.post("/graphql", json={"query": document}, headers=own)
    token = begun.json()["data"]["accessPreview"]["preview"]["token"]
    query = {"query": "{ viewer { person { name } } }"}
    both = own | {"trellis-preview": token}
    for answer in (
        wire.client.post("/graphql", json=query, headers=both),
        wire.client.get("/graphql", params=query, headers=both),
    ):
        assert answer.json()["data"]["viewer"]["person"]["name"] == "Mara Okafor"
    alone = wire.client.post("/graphql", json=query, headers={"trellis-preview": token})
    assert alone.status_code == 401
