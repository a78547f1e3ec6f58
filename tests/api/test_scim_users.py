"""Users of SCIM: what is read, created, changed, suspended and removed, and who may do so."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from api.identity import client_cache
from tests.api.scim_client import ENTERPRISE, Scim, build_user, make_scim
from tests.api.served_company import ServedCompany

PERSON = """query($id: ID!) { person(by: {id: $id}) {
    name workEmail jobTitle employmentStatus lastDay manager { name }
    teams { nodes { name } } member { status subject assignments { role { key } } } } }"""
MISSING = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
    "status": "404",
    "detail": "There is no such resource.",
}


@pytest.fixture(autouse=True)
def _read_clients_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_cache, "CACHE_TTL", 0.0)


def read_person(busy: ServedCompany, id: str) -> Any:
    return busy.query("ruler", PERSON, id=id)["person"]


def replace_with(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def read_error(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("scimType")


def test_a_new_user_is_a_person_who_works_here_with_an_account(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    boss = scim.find('userName eq "boss"')[0]["id"]
    made = scim.create(
        title="Engineer", **{ENTERPRISE: {"employeeNumber": "A1", "manager": {"value": boss}}}
    )

    assert (made["userName"], made["externalId"], made["active"]) == (
        "ada@meridian.example",
        "idp-ada",
        True,
    )
    assert made["displayName"] == "Ada Byron"
    extension = made[ENTERPRISE]
    assert (extension["employeeNumber"], extension["manager"]["value"]) == ("A1", boss)
    named = scim.get(f"/Users/{made['id']}?attributes={ENTERPRISE}:manager.displayName")
    assert named[ENTERPRISE]["manager"]["displayName"] == "Boss Okafor"
    assert extension["manager"]["$ref"] == f"{made['meta']['location'].rpartition('/')[0]}/{boss}"
    person = read_person(busy, made["id"])
    assert (person["jobTitle"], person["employmentStatus"]) == ("Engineer", "EMPLOYED")
    assert person["member"] == {
        "status": "ACTIVE",
        "subject": "ada@meridian.example",
        "assignments": [],
    }
    answer = scim.send("GET", f"/Users/{made['id']}", if_none_match=made["meta"]["version"])
    assert (answer.status_code, answer.content) == (304, b"")


def test_suspension_takes_the_sign_in_and_nothing_else(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    mara = scim.find('userName eq "mara"')[0]
    path, before = f"/Users/{mara['id']}", read_person(busy, mara["id"])

    assert (
        scim.patch(path, {"op": "Replace", "path": "active", "value": "False"}).status_code == 204
    )
    assert scim.get(path)["active"] is False
    assert busy.post("mara", "{ viewer { id } }").status_code == 403
    after = read_person(busy, mara["id"])
    assert after["member"].pop("status") == "SUSPENDED"
    assert before["member"].pop("status") == "ACTIVE"
    assert after == before
    kept = build_user("mara", userName="mara", externalId=None)
    del kept["active"]
    assert scim.send("PUT", path, kept).json()["active"] is False

    assert scim.patch(path, {"op": "add", "value": {"active": True}}).status_code == 204
    assert busy.post("mara", "{ viewer { id } }").status_code == 200
    admin = scim.find('userName eq "admin"')[0]["id"]
    ruler = scim.find('userName eq "ruler"')[0]["id"]
    assert scim.patch(f"/Users/{ruler}", replace_with("active", False)).status_code == 204
    refused = scim.patch(f"/Users/{admin}", replace_with("active", False))
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        (
            "This is the last tenant admin whose role has begun and has no end. Make somebody else"
            " one first."
        ),
    )


def test_a_user_who_comes_back_is_the_same_one(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    made = scim.create()
    path = f"/Users/{made['id']}"
    again = scim.send("POST", "/Users", build_user(userName="ADA@Meridian.example"))
    assert read_error(again) == (409, "uniqueness")

    scim.patch(path, replace_with("active", False))
    back = scim.create(userName="ada.king@meridian.example", title="Countess")
    assert (back["id"], back["active"], back["title"]) == (made["id"], True, "Countess")
    assert scim.send("DELETE", path).status_code == 204
    assert scim.send("GET", path).json() == MISSING
    assert scim.send("DELETE", path).status_code == 404
    assert scim.find('externalId eq "idp-ada"') == []
    assert read_person(busy, made["id"])["employmentStatus"] == "EMPLOYED"
    restored = scim.create(active=False)
    assert (restored["id"], restored["active"]) == (made["id"], False)
    assert restored["userName"] == "ada@meridian.example"


def test_a_person_without_an_account_gets_one_by_number_or_address(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    newcomer = busy.company.encode_id("person", "newcomer")
    assert scim.send("GET", f"/Users/{newcomer}").json() == MISSING
    linked = scim.create("newcomer")
    assert (linked["id"], linked["displayName"]) == (newcomer, "Newcomer Byron")

    taken = scim.send("POST", "/Users", build_user("mara", userName="other", externalId="other"))
    assert read_error(taken) == (409, "uniqueness")
    number = scim.find('userName eq "mara"')[0][ENTERPRISE]["employeeNumber"]
    both = build_user("twin", **{ENTERPRISE: {"employeeNumber": number}})
    assert read_error(scim.send("POST", "/Users", both)) == (409, "uniqueness")
    assert scim.find('userName sw "twin"') == []


def test_a_refused_user_leaves_nothing(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    total = busy.query("hr", "{ people { totalCount } }")
    nobody = f"person_{'0' * 8}-0000-7000-8000-{'0' * 12}"
    for wrong in (
        {"timezone": "Mars/Olympus"},
        {"emails": [{"value": "no address"}]},
        {ENTERPRISE: {"manager": {"value": nobody}}},
        {ENTERPRISE: {"manager": "idp-nobody"}},
        {"userName": "x" * 300},
    ):
        answer = scim.send("POST", "/Users", build_user(**wrong))
        assert read_error(answer) == (400, "invalidValue"), answer.text
    assert scim.send("POST", "/Users", {"userName": 5}).status_code == 400
    assert scim.send("POST", "/Users", build_user(nonsense="x")).status_code == 400
    assert busy.query("hr", "{ people { totalCount } }") == total


def test_changes_are_those_of_the_verbs_and_all_or_nothing(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    path = f"/Users/{scim.create()['id']}"
    boss = scim.find('userName eq "boss"')[0]["id"]
    changed = scim.patch(
        f"{path}?attributes=title,emails,{ENTERPRISE}",
        replace_with("userName", "ada.king"),
        replace_with('emails[type eq "work"].value', "ada.king@meridian.example"),
        replace_with("title", "Countess"),
        {"op": "add", "path": f"{ENTERPRISE}:manager", "value": boss},
    )
    assert changed.status_code == 200
    assert (changed.json()["title"], changed.json()["emails"][0]["value"]) == (
        "Countess",
        "ada.king@meridian.example",
    )
    assert changed.json()[ENTERPRISE]["manager"]["value"] == boss
    assert "userName" not in changed.json()
    assert scim.get(path)["userName"] == "ada.king"

    before = scim.get(path)
    for wrong in (
        replace_with("timezone", "Mars/Olympus"),
        replace_with("emails", [{"value": "boss@meridian.example"}]),
        replace_with("userName", "boss"),
    ):
        refused = scim.patch(path, replace_with("title", "Queen"), wrong)
        assert refused.status_code in (400, 409), refused.text
    assert scim.get(path) == before
    gone = scim.patch(path, {"op": "remove", "path": f"{ENTERPRISE}:manager"})
    assert gone.status_code == 204
    assert "manager" not in scim.get(path).get(ENTERPRISE, {})


def test_a_stale_version_changes_nothing(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    made = scim.create()
    path, version = f"/Users/{made['id']}", made["meta"]["version"]
    assert scim.patch(path, replace_with("title", "A"), if_match=version).status_code == 204
    for method, body in (("PUT", build_user(title="B")), ("DELETE", None)):
        assert scim.send(method, path, body, if_match=version).status_code == 412
    assert scim.get(path)["title"] == "A"

    current = scim.get(path)["meta"]["version"]

    def change(number: int) -> int:
        what = replace_with("active", False) if number % 2 else replace_with("title", "C")
        return scim.patch(path, what, if_match=current).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(change, range(8)))
    assert answers == [204] + [412] * 7


def test_one_of_many_equal_requests_creates(busy: ServedCompany) -> None:
    scim = make_scim(busy)

    def create(number: int) -> int:
        emails = [] if number % 2 else build_user()["emails"]
        return scim.send("POST", "/Users", build_user(emails=emails)).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = sorted(pool.map(create, range(20)))
    assert answers == [201] + [409] * 19
    assert len(scim.find('userName eq "ada@meridian.example"')) == 1

    id = scim.find('externalId eq "idp-ada"')[0]["id"]
    path = f"/Users/{id}"
    with ThreadPoolExecutor(6) as pool:
        changed = pool.map(lambda n: scim.patch(path, replace_with("title", str(n))), range(6))
        assert {each.status_code for each in changed} <= {204, 412}


def test_filters_find_what_they_say_or_are_refused(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    id = scim.create(title="Engineer", **{ENTERPRISE: {"employeeNumber": "A1"}})["id"]
    found = {
        'userName eq "ADA@meridian.example"': 1,
        'userName eq "ada"': 0,
        'userName sw "ada@" and active eq true': 1,
        'userName eq "ada@meridian.example" and active eq false': 0,
        'externalId eq "idp-ada"': 1,
        'externalId eq "IDP-ADA"': 0,
        'emails[type eq "work" and value eq "Ada@Meridian.Example"]': 1,
        'emails[type eq "home"]': 0,
        'emails.type ne "work"': 0,
        'emails.value co "ADA@"': 1,
        f'id eq "{id}"': 1,
        'id eq "nonsense"': 0,
        'name.familyName eq "Byron"': 1,
        'title pr and not (title eq "Boss")': 1,
        'title eq "Engineer" or title eq "Chief"': 1,
        f'{ENTERPRISE}:employeeNumber eq "a1"': 1,
        'meta.created lt "2020-01-01T00:00:00Z"': 0,
    }
    for filter, count in found.items():
        assert len(scim.find(filter)) == count, filter
    refused = (
        "userName eq",
        'nonsense eq "a"',
        'userName gt "a"',
        'phoneNumbers.value eq "1"',
        'externalId co "idp"',
        "userName eq ada",
        "((((((((((title pr))))))))))",
        " or ".join(['title eq "a"'] * 26),
        'title eq "' + "x" * 3000 + '"',
        "title pr and (",
    )
    for filter in refused:
        answer = scim.send("GET", f"/Users?{httpx.QueryParams({'filter': filter})}")
        assert answer.status_code == 400, filter
        assert answer.json()["scimType"] in ("invalidFilter", "tooMany", "invalidPath"), answer.text
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": 'userName sw "ada"',
        "attributes": ["userName"],
    }
    listed = scim.send("POST", "/Users/.search", body).json()["Resources"]
    assert [sorted(each) for each in listed] == [["id", "schemas", "userName"]]


def test_pages_by_number_and_by_cursor_have_each_user_once(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    names = [each["userName"] for each in scim.get("/Users")["Resources"]]
    total = len(names)
    assert total == len(set(names)) > 10
    by_index, index = list[str](), 1
    while index <= total:
        page = scim.get(f"/Users?count=4&startIndex={index}")
        assert (page["totalResults"], page["startIndex"]) == (total, index)
        by_index += [each["userName"] for each in page["Resources"]]
        index += page["itemsPerPage"]
    assert by_index == names
    by_cursor, cursor = list[str](), ""
    while cursor is not None:
        page = scim.get(f"/Users?count=4&cursor={cursor}")
        by_cursor += [each["userName"] for each in page["Resources"]]
        cursor = page.get("nextCursor")
    assert by_cursor == names

    cursor = scim.get("/Users?count=4&cursor=")["nextCursor"]
    wrong = {
        f"count=5&cursor={cursor}": "invalidCount",
        f"count=4&cursor={cursor}&filter=title%20pr": "invalidCursor",
        "count=4&cursor=nonsense": "invalidCursor",
    }
    for parameters, scim_type in wrong.items():
        assert read_error(scim.send("GET", f"/Users?{parameters}")) == (400, scim_type)
    empty = scim.get("/Users?count=0")
    assert (empty["totalResults"], empty.get("Resources", [])) == (total, [])
    assert scim.get("/Users?startIndex=1000").get("Resources", []) == []
    assert scim.send("GET", "/Users?sortBy=userName").status_code == 501


def test_nobody_sees_or_changes_more_than_in_the_graph(busy: ServedCompany) -> None:
    full = make_scim(busy)
    made = full.create()
    path, stranger = f"/Users/{made['id']}", f"/Users/person_{'0' * 8}-0000-7000-8000-{'0' * 12}"
    missing = full.send("GET", stranger)
    foreign = Scim(busy, busy.build_headers("ruler", busy.other_company)["authorization"][7:])
    powerless = make_scim(busy, "employee")
    for who in (foreign, powerless):
        for method, body in (
            ("GET", None),
            ("PUT", build_user()),
            ("DELETE", None),
            ("PATCH", {"schemas": [], "Operations": [replace_with("active", False)]}),
        ):
            answer = who.send(method, path, body)
            assert (answer.status_code, answer.content) == (404, missing.content), method
        assert who.find('userName eq "ada@meridian.example"') == []
    assert powerless.send("POST", "/Users", build_user("eve")).status_code == 403
    assert full.find('userName sw "eve"') == []
    directory = make_scim(busy, "hr")  # may read members, and manage none
    assert directory.patch(path, replace_with("active", False)).status_code == 403
    assert directory.send("POST", "/Users", build_user("eve")).status_code == 403
    accounts = make_scim(busy, "tenant_admin")  # no permission over people
    assert accounts.patch(path, replace_with("title", "Boss")).status_code == 403
    assert accounts.patch(path, replace_with("active", False)).status_code == 204
    assert full.get(path).get("title") is None
    hr = full.find('userName eq "hr"')[0]["id"]
    renamed = accounts.patch(f"/Users/{hr}", replace_with("userName", "mine"))
    assert renamed.status_code == 403
    assert full.find('userName eq "mine"') == []
    for token in ("trellis_key_1", "nonsense"):
        answer = Scim(busy, token).send("GET", path)
        assert (answer.status_code, answer.json()["status"]) == (401, "401")
        assert "www-authenticate" in answer.headers


def test_bodies_are_bounded(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    huge = build_user(displayName="x" * 200_000)
    assert scim.send("POST", "/Users", huge).status_code == 413
    deep: Any = "x"
    for _ in range(5_000):
        deep = [deep]
    for body in (deep, [], "x", {"schemas": deep}):
        try:
            answer = scim.send("POST", "/Users", body)
        except RecursionError:
            continue
        assert answer.status_code == 400
    assert scim.send("POST", "/Users", {}, content_type="text/plain").status_code == 415
    path = f"/Users/{scim.create()['id']}"
    many = [replace_with("title", "x")] * 101
    for operations in (many, [replace_with("(" * 5_000, "x")], [replace_with("x" * 5_000, "y")]):
        answer = scim.patch(path, *operations)
        assert (answer.status_code, answer.json()["scimType"]) == (400, "tooMany")
    assert "title" not in scim.get(path)
    for index, first in ((10**30, []), (-5, ["mara"])):
        page = scim.get(f"/Users?startIndex={index}&count=1").get("Resources", [])
        assert [each["userName"] for each in page] == first
    wrong = scim.send("PATCH", "/Users", {})
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, POST")
    for path in ("/Nonsense", "/Users/a/b", "/Me", "/"):
        answer = scim.send("GET", path)
        assert (answer.status_code, answer.headers["content-type"]) == (
            501 if path in ("/Me", "/") else 404,
            "application/scim+json",
        )
