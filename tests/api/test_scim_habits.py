"""Habits of Entra ID and Okta: what they send, and what becomes of it."""

from types import SimpleNamespace
from typing import Any

import pytest

from api.errors import RequestError
from api.kernel.execution.changes import refuse_change
from api.kernel.execution.engine import Response, build_error_response
from api.scim.graph import Graph
from api.scim.habits import GROUPS, USERS, Cleaner, take_removals
from api.scim.server import ScimCall, ScimServer
from tests.api.scim_client import ENTERPRISE, USER, Scim, build_user, make_scim
from tests.api.served_company import ServedCompany
from tests.factories.domain_examples import TENANT

MAIL, NEW = "ada@meridian.example", "ada.king@meridian.example"
KEPT = [{"value": NEW, "type": "work"}]

OPERATIONS: dict[str, tuple[Any, Any, list[str]]] = {
    "Entra writes booleans as texts, which the library reads": (
        {"op": "Replace", "path": "active", "value": "False"},
        [{"op": "Replace", "path": "active", "value": "False"}],
        [],
    ),
    "Entra names a manager by a text": (
        {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": "person_1"},
        [{"op": "Add", "path": f"{ENTERPRISE}:manager", "value": {"value": "person_1"}}],
        [],
    ),
    "an empty manager is none": (
        {"op": "replace", "path": f"{ENTERPRISE}:manager", "value": ""},
        [{"op": "remove", "path": f"{ENTERPRISE}:manager"}],
        [],
    ),
    "an object is kept without what is read-only": (
        {"op": "add", "path": f"{ENTERPRISE}:manager", "value": {"value": "p", "displayName": "B"}},
        [{"op": "add", "path": f"{ENTERPRISE}:manager", "value": {"value": "p"}}],
        [],
    ),
    "what is not kept is left out": (
        {"op": "Add", "path": 'phoneNumbers[type eq "work"].value', "value": "1"},
        [],
        ['phoneNumbers[type eq "work"].value'],
    ),
    "so is the department, with a dot in its schema": (
        {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "Sales"},
        [],
        [f"{ENTERPRISE}:department"],
    ),
    "and what a schema has that nobody knows": (
        {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:acme:2.0:User:x", "value": 1},
        [],
        ["urn:ietf:params:scim:schemas:extension:acme:2.0:User:x"],
    ),
    "an object without a path has dotted keys and read-only groups": (
        {
            "op": "replace",
            "value": {"name.givenName": "A", "groups": [], f"{ENTERPRISE}:costCenter": 1},
        },
        [{"op": "replace", "value": {"name.givenName": "A"}}],
        ["groups", f"{ENTERPRISE}:costCenter"],
    ),
    "the primary address is that for work": (
        {"op": "Replace", "path": "emails[primary eq true].value", "value": NEW},
        [{"op": "Replace", "path": 'emails[type eq "work"].value', "value": NEW}],
        [],
    ),
    "another address is left out": (
        {"op": "Add", "path": 'emails[type eq "home"].value', "value": NEW},
        [],
        ['emails[type eq "home"].value'],
    ),
    "an added primary address replaces the other": (
        {"op": "add", "path": "emails", "value": [{"value": NEW, "primary": True}]},
        [{"op": "replace", "path": "emails", "value": KEPT}],
        [],
    ),
    "two primary addresses are one": (
        {
            "op": "replace",
            "value": {
                "emails": [{"value": NEW, "primary": "true"}, {"value": "x", "primary": True}]
            },
        },
        [{"op": "replace", "path": "emails", "value": KEPT}],
        [],
    ),
    "an empty text is no value": (
        {"op": "replace", "path": "title", "value": ""},
        [{"op": "replace", "path": "title", "value": None}],
        [],
    ),
    "a name that is removed is composed again": (
        {"op": "remove", "path": "displayName"},
        [],
        ["displayName"],
    ),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_are_brought_into_the_form_of_the_specification(name: str) -> None:
    sent, expected, ignored = OPERATIONS[name]
    cleaner = Cleaner(USERS)
    assert cleaner.clean_patch({"Operations": [sent]})["Operations"] == expected
    assert cleaner.ignored == ignored


def test_members_that_are_named_are_removed_and_nobody_else() -> None:
    cleaner = Cleaner(GROUPS)
    for value, expected in (
        (None, {"path": 'members[value eq ""]'}),
        ([], {"path": 'members[value eq ""]'}),
        (
            [{"$ref": None, "value": "a"}, {"value": "b"}],
            {"value": [{"value": "a"}, {"value": "b"}]},
        ),
    ):
        sent = {"Operations": [{"op": "Remove", "path": "members", "value": value}]}
        cleaned = cleaner.clean_patch(sent)["Operations"]
        assert cleaned == [{"op": "Remove", "path": "members", **expected}]


def test_members_are_removed_by_their_ids_beside_others_that_are_added() -> None:
    added = {"op": "add", "path": "members", "value": [{"value": "b"}]}
    for given, expected in (("a", {"a"}), ("b", set())):
        removed = {"op": "remove", "path": f'members[value eq "{given}"]'}
        body = Cleaner(GROUPS).clean_patch({"Operations": [removed, added]})
        assert take_removals(body) == expected
        assert body["Operations"][-1] == added


def test_a_new_user_is_completed() -> None:
    cleaner = Cleaner(USERS)
    sent = {
        "schemas": [USER, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM"],
        "userName": "ada",
        "password": "secret",
        "groups": [],
        "displayName": "Ada Byron",
        "name": {"familyName": "Byron", "formatted": "Ada Byron"},
        ENTERPRISE: {"manager": ["person_1"], "department": "Sales"},
    }
    assert cleaner.clean_resource(sent, is_new=True) == {
        "schemas": [USER],
        "userName": "ada",
        "displayName": "Ada Byron",
        "name": {"givenName": "Ada", "familyName": "Byron"},
        ENTERPRISE: {"manager": {"value": "person_1"}},
        "active": True,
    }
    assert "secret" not in str(cleaner.ignored)


def patch(scim: Scim, path: str, *operations: Any) -> Any:
    answer = scim.patch(path, *operations)
    assert answer.status_code == 204, answer.text
    return scim.get(path)


def test_a_life_as_entra_tells_it(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    assert scim.find('userName eq "non-existing-user@x.example"') == []
    boss = scim.find('userName eq "boss"')[0]["id"]
    sent = build_user(emails=[], active="True", **{ENTERPRISE: {"department": "Sales"}})
    made = scim.send("POST", "/Users", {**sent, "addresses": [{"type": "work", "locality": "X"}]})
    assert (made.status_code, made.json()["active"]) == (201, True)
    assert made.headers["Trellis-Ignored-Attributes"] == "department, addresses"
    path = f"/Users/{made.json()['id']}"

    mail = {"op": "Add", "path": 'emails[type eq "work"].value', "value": MAIL}
    assert patch(scim, path, mail)["emails"] == [{"value": MAIL, "type": "work"}]
    dotted = {
        "op": "replace",
        "value": {
            "name.givenName": "Augusta",
            f"{ENTERPRISE}:employeeNumber": "7",
            "active": "true",
        },
    }
    found = patch(scim, path, dotted, {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": boss})
    assert (found["name"]["givenName"], found["displayName"]) == ("Augusta", "Augusta Byron")
    assert found[ENTERPRISE]["employeeNumber"] == "7"
    assert found[ENTERPRISE]["manager"]["value"] == boss
    renamed = patch(
        scim,
        path,
        {"op": "Replace", "path": "userName", "value": NEW},
        {"op": "Replace", "path": "emails[primary eq true].value", "value": NEW},
        {"op": "Replace", "path": "externalId", "value": "idp-2"},
    )
    assert (renamed["userName"], renamed["emails"][0]["value"]) == (NEW, NEW)
    assert [each["id"] for each in scim.find('externalId eq "idp-2"')] == [renamed["id"]]
    only = scim.patch(path, {"op": "Add", "path": "nickName", "value": "Countess"})
    assert (only.status_code, only.headers["Trellis-Ignored-Attributes"]) == (204, "nickName")
    assert scim.get(path) == renamed
    urn = "urn:x:ÿ\r\nSet-Cookie: a=b 日本"
    odd = scim.patch(path, {"op": "replace", "value": {urn: 1}})
    assert odd.headers["Trellis-Ignored-Attributes"] == "urn:x:???Set-Cookie: a=b ??"
    assert "set-cookie" not in odd.headers
    for unknown in ("favouriteColour", "name.colour"):
        wrong = scim.patch(path, {"op": "Add", "path": unknown, "value": "blue"})
        assert (wrong.status_code, wrong.json()["scimType"]) == (400, "invalidPath")
    assert (
        patch(scim, path, {"op": "Replace", "path": "active", "value": "FALSE"})["active"] is False
    )


def test_a_life_as_okta_tells_it(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    made = scim.create(title="Countess", timezone="Europe/London", password="secret", groups=[])
    path = f"/Users/{made['id']}"
    sent = build_user(
        userName="Ada.King@meridian.example",
        emails=[{"primary": True, "value": NEW, "type": "work"}],
    )
    del sent["active"]
    changed = scim.send("PUT", path, sent)
    assert changed.status_code == 200
    assert changed.json()["userName"] == "Ada.King@meridian.example"
    kept = {name: changed.json()[name] for name in ("title", "timezone", "active", "externalId")}
    assert kept == {
        "title": "Countess",
        "timezone": "Europe/London",
        "active": True,
        "externalId": "idp-ada",
    }
    assert scim.send("PUT", path, {**sent, "title": None}).json().get("title") is None
    suspended = patch(scim, path, {"op": "replace", "value": {"active": False}})
    assert suspended["active"] is False
    again = scim.send("PUT", path, sent)
    assert (again.status_code, again.json()["active"]) == (200, False)
    back = scim.create(userName="Ada.King@meridian.example")
    assert (back["id"], back["active"]) == (made["id"], True)


async def test_a_caller_without_budget_is_told_when_to_try_again() -> None:
    class Throttled:
        async def execute(self, *_: Any, **__: Any) -> Response:
            headers = {"Retry-After": "3"}
            return build_error_response(
                RequestError("THROTTLED", "Wait.", 429, headers=headers), "1"
            )

    caller: Any = SimpleNamespace(tenant_id=TENANT)
    graph = Graph(Throttled(), refuse_change, caller, "1")
    call = ScimCall("GET", "http://trellis.test/scim/v2", "/Users", {}, {}, None)
    answer = await ScimServer("secret").handle(call, graph)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
    assert answer.body is not None
    assert (answer.body["status"], answer.body["detail"]) == ("429", "Wait.")
