"""Twenty clients send the same change at once: it takes effect once, without an internal error."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.served_company import ServedCompany

CLIENT_COUNT = 20


def run_concurrently(busy: ServedCompany, verb: str, *inputs: dict[str, Any]) -> Counter[str]:
    """Return how often each code came back; `done` stands for no error."""

    def tell(n: int) -> str:
        payload = busy.mutate("ruler", verb, **inputs[n % len(inputs)])
        if "refused" in payload:
            return str(payload["refused"][0]["extensions"]["code"])
        return str(payload["errors"][0]["code"]) if payload["errors"] else "done"

    with ThreadPoolExecutor(CLIENT_COUNT) as clients:
        return Counter(clients.map(tell, range(CLIENT_COUNT)))


CASES = {
    "goalActivate": (lambda c: {"id": c.encode_id("goal", "draft")}, "STATE_CONFLICT"),
    "goalReopen": (lambda c: {"id": c.encode_id("goal", "achieved")}, "STATE_CONFLICT"),
    "personHire": (lambda _: {"givenName": "Ada", "workEmail": "ada@x.example"}, "NOT_UNIQUE"),
    "personAddExternalReference": (
        lambda c: {
            "id": c.encode_id("person", "mara"),
            "reference": {"source": "sap", "id": "1"},
            "expectedVersion": 1,
        },
        "NOT_UNIQUE",
    ),
    "memberCreate": (
        lambda c: {"personId": c.encode_id("person", "newcomer"), "subject": "newcomer"},
        "NOT_UNIQUE",
    ),
    "memberRestore": (lambda c: {"id": c.encode_id("member", "removed")}, "STATE_CONFLICT"),
    "organizationCreate": (
        lambda _: {"kind": "SITE", "code": "ONE", "name": "One"},
        "NOT_UNIQUE",
    ),
    "roleCreate": (lambda _: {"key": "one", "name": "One"}, "NOT_UNIQUE"),
    "teamAddMember": (
        lambda c: {
            "id": c.encode_id("team", "dispatch"),
            "personId": c.encode_id("person", "peer"),
        },
        "NOT_UNIQUE",
    ),
    "roleDelete": (lambda c: {"id": c.encode_id("role", "coach")}, "NOT_FOUND"),
    "goalDiscard": (lambda c: {"id": c.encode_id("goal", "draft")}, "NOT_FOUND"),
    "ratingScaleRevise": (
        lambda c: {"id": c.encode_id("ratingscale", "published")},
        "STATE_CONFLICT",
    ),
    "personRehire": (lambda c: {"id": c.encode_id("person", "alumna")}, "STATE_CONFLICT"),
}


@pytest.mark.parametrize("verb", CASES)
def test_twenty_identical_mutations_take_effect_once(busy: ServedCompany, verb: str) -> None:
    input, otherwise = CASES[verb]
    told = run_concurrently(busy, verb, input(busy.company))
    assert told["done"] == 1, told
    guarded = {"VERSION_CONFLICT"} if "expectedVersion" in input(busy.company) else set()
    assert set(told) <= {"done", otherwise} | guarded, told


def test_one_name_in_another_system_is_one_person(busy: ServedCompany) -> None:
    people = [
        {"givenName": f"P{n}", "references": [{"source": "bamboo", "id": "4711"}]}
        for n in range(CLIENT_COUNT)
    ]
    told = run_concurrently(busy, "personHire", *people)
    assert told["done"] == 1, told
    assert set(told) == {"done", "NOT_UNIQUE"}, told


def test_the_same_manager_twenty_times_is_one_line(busy: ServedCompany) -> None:
    company = busy.company
    input = {
        "id": company.encode_id("person", "lead"),
        "managerId": company.encode_id("person", "boss"),
    }
    told = run_concurrently(busy, "personAssignManager", input)
    assert told == {"done": CLIENT_COUNT}
    query = "query($id: ID!) { person(by: {id: $id}) { reportingLines { manager { name } } } }"
    found = busy.query("ruler", query, id=input["id"])
    assert found["person"]["reportingLines"] == [{"manager": {"name": "Boss Okafor"}}]


def test_two_admins_who_remove_one_another_leave_one(busy: ServedCompany) -> None:
    company = busy.company
    both = [{"id": company.encode_id("member", who)} for who in ("admin", "ruler")]
    told = run_concurrently(busy, "memberRemove", *both)
    assert told["done"] == 1, told
    assert count_admins(busy) == 1


def count_admins(busy: ServedCompany) -> int:
    """Count the remaining admins, as one of them."""
    query = '{ roles(where: {key: {eq: "tenant_admin"}}) { nodes { assignments { totalCount } } } }'
    for who in ("admin", "ruler"):
        found = busy.post(who, query).json()
        if "data" in found:
            return int(found["data"]["roles"]["nodes"][0]["assignments"]["totalCount"])
    return 0
