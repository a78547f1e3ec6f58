"""Groups of SCIM are teams, and bulk is many requests in one."""

from typing import Any
from unittest.mock import ANY

from tests.api.scim_client import ENTERPRISE, GROUP, USER, Scim, build_user, make_scim
from tests.api.served_company import ServedCompany

TEAM = """query($id: ID!) { team(by: {id: $id}) {
    name endsOn organization { code } memberships { nodes { role person { name } } } } }"""


def read_team(busy: ServedCompany, id: str) -> Any:
    found = busy.query("ruler", TEAM, id=id)["team"]
    members = found.pop("memberships")["nodes"]
    return {**found, "members": sorted((each["person"]["name"], each["role"]) for each in members)}


def list_names(scim: Scim, path: str) -> list[str]:
    parameter = "attributes=members.display"
    found = scim.get(f"{path}?{parameter}").get("members", [])
    return sorted(each["display"] for each in found)


def build_group(*ids: str, **more: Any) -> dict[str, Any]:
    members = [{"value": each} for each in ids]
    return {"schemas": [GROUP], "displayName": "Night shift", "members": members, **more}


def build_change(op: str, *ids: str) -> dict[str, Any]:
    return {"op": op, "path": "members", "value": [{"$ref": None, "value": each} for each in ids]}


def test_a_group_is_a_team_and_its_members_join_and_leave(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    mara, peer, boss = (
        scim.find(f'userName eq "{each}"')[0]["id"] for each in ("mara", "peer", "boss")
    )
    microsoft = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
    answer = scim.send(
        "POST", "/Groups", build_group(mara, externalId="g1", schemas=[GROUP, microsoft])
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()
    path = f"/Groups/{made['id']}"
    assert read_team(busy, made["id"]) == {
        "name": "Night shift",
        "endsOn": None,
        "organization": {"code": "HQ"},
        "members": [("Mara Okafor", "MEMBER")],
    }
    for filter in ('displayName eq "Night shift"', 'externalId eq "g1"', f'id eq "{made["id"]}"'):
        assert [each["id"] for each in scim.find(filter, "Groups")] == [made["id"]]
    light = scim.get('/Groups?filter=displayName eq "Night shift"&excludedAttributes=members')
    assert "members" not in light["Resources"][0]
    assert made["id"] in [each["id"] for each in scim.find(f'members eq "{mara}"', "Groups")]

    for _ in range(2):  # JumpCloud repeats it
        assert scim.patch(path, build_change("Add", peer, boss)).status_code == 204
    assert list_names(scim, path) == ["Boss Okafor", "Mara Okafor", "Peer Okafor"]
    renaming = {"op": "Replace", "path": "displayName", "value": "Late shift"}
    stale = scim.patch(path, build_change("Remove", mara), if_match='W/"1"')
    assert stale.status_code == 412
    assert scim.patch(path, build_change("Remove", mara), renaming).status_code == 204
    assert scim.patch(path, build_change("Remove", mara)).status_code == 204
    assert scim.get(path)["displayName"] == "Late shift"
    assert (
        scim.patch(path, {"op": "remove", "path": f'members[value eq "{boss}"]'}).status_code == 204
    )
    assert scim.patch(path, {"op": "Remove", "path": "members", "value": None}).status_code == 204
    assert list_names(scim, path) == ["Peer Okafor"]
    named = {"schemas": [GROUP], "displayName": "Day shift"}
    assert scim.send("PUT", path, named).json()["displayName"] == "Day shift"
    assert list_names(scim, path) == ["Peer Okafor"]
    assert scim.send("PUT", path, build_group(mara)).status_code == 200
    assert list_names(scim, path) == ["Mara Okafor"]

    version = scim.get(path)["meta"]["version"]
    assert scim.patch(path, build_change("add", boss), if_match='W/"1"').status_code == 412
    scim.patch(f"/Users/{mara}", {"op": "replace", "path": "active", "value": False})
    assert list_names(scim, path) == ["Mara Okafor"]
    assert scim.send("DELETE", path, if_match=version).status_code == 204
    assert scim.send("GET", path).status_code == 404
    assert scim.find('displayName eq "Night shift"', "Groups") == []
    assert read_team(busy, made["id"])["endsOn"] is not None


def test_people_without_an_account_are_no_members_and_stay(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    company = busy.company
    dispatch, newcomer = (
        company.encode_id("team", "dispatch"),
        company.encode_id("person", "newcomer"),
    )
    added = busy.mutate("ruler", "teamAddMember", id=dispatch, personId=newcomer)
    assert added["errors"] == []
    path, boss = f"/Groups/{dispatch}", scim.find('userName eq "boss"')[0]["id"]
    assert list_names(scim, path) == ["Lead Okafor", "Mara Okafor"]
    changed = scim.send("PUT", path, build_group(boss, displayName="Dispatch"))
    assert changed.status_code == 200
    assert read_team(busy, dispatch)["members"] == [
        ("Boss Okafor", "MEMBER"),
        ("Newcomer Okafor", "MEMBER"),
    ]


def test_a_refused_group_leaves_nothing(busy: ServedCompany) -> None:
    scim, before = make_scim(busy), busy.query("ruler", "{ teams { totalCount } }")
    former = busy.company.encode_id("person", "alumna")
    nobody = f"person_{'0' * 8}-0000-7000-8000-{'0' * 12}"
    for ids in ([former], [nobody], ["nonsense"]):
        answer = scim.send("POST", "/Groups", build_group(*ids))
        assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue"), answer.text
    employee = make_scim(busy, "employee")
    assert employee.send("POST", "/Groups", build_group()).status_code == 403
    night = busy.company.encode_id("team", "night")
    seen = employee.send("PATCH", f"/Groups/{night}", {"Operations": [build_change("add", former)]})
    assert seen.status_code in (400, 403)
    other = Scim(busy, busy.build_headers("ruler", busy.other_company)["authorization"][7:])
    missing = other.send("GET", f"/Groups/team_{'0' * 8}-0000-7000-8000-{'0' * 12}")
    for method in ("GET", "DELETE"):
        answer = other.send(method, f"/Groups/{night}")
        assert (answer.status_code, answer.content) == (404, missing.content)
    assert busy.query("ruler", "{ teams { totalCount } }") == before
    parent = scim.send("DELETE", f"/Groups/{busy.company.encode_id('team', 'dispatch')}")
    assert parent.status_code == 409  # a team below it is open


def test_bulk_is_many_requests_of_which_each_stands_alone(busy: ServedCompany) -> None:
    scim = make_scim(busy)

    def build(method: str, path: str, data: Any = None, **more: Any) -> dict[str, Any]:
        given = {"method": method, "path": path, **more}
        return given if data is None else {**given, "data": data}

    def send(*operations: Any, **more: Any) -> Any:
        schema = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
        body = {"schemas": [schema], "Operations": operations, **more}
        return scim.send("POST", "/Bulk", body)

    mara = scim.find('userName eq "mara"')[0]["id"]
    suspend = {"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
    answer = send(
        build("POST", "/Users", build_user("ada", password="x"), bulkId="ada"),
        build("POST", "/Users", build_user("mara", userName="mara"), bulkId="twin"),
        build("POST", "/Groups", build_group("bulkId:ada"), bulkId="group"),
        build("PATCH", f"/Users/{mara}", suspend),
        build("DELETE", "/Users/nonsense"),
    )
    assert answer.status_code == 200, answer.text
    results = answer.json()["Operations"]
    assert [each["status"] for each in results] == ["201", "409", "201", "200", "404"]
    group = results[2]["location"].rpartition("/")[2]
    assert list_names(scim, f"/Groups/{group}") == ["Ada Byron"]
    assert scim.get(f"/Users/{mara}")["active"] is False
    stopped = send(build("DELETE", "/Users/x"), build("DELETE", f"/Users/{mara}"), failOnErrors=1)
    assert [each["status"] for each in stopped.json()["Operations"]] == ["404"]
    assert send(*[build("DELETE", "/Users/x")] * 51).status_code == 413


def test_a_put_in_a_bulk_request_keeps_what_it_does_not_name(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    made = scim.create(title="Planner", **{ENTERPRISE: {"employeeNumber": "A-1"}})
    path = f"/Users/{made['id']}"
    data = {
        "schemas": [USER],
        "userName": made["userName"],
        "displayName": "Ada King",
        "name": {"givenName": "Ada"},
        "active": True,
    }
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "PUT", "path": path, "data": data}],
    }
    (result,) = scim.send("POST", "/Bulk", body).json()["Operations"]
    assert result["status"] == "200", result
    assert scim.get(path) == {
        **made,
        "displayName": "Ada King",
        "meta": {**made["meta"], **dict.fromkeys(("lastModified", "version"), ANY)},
    }
