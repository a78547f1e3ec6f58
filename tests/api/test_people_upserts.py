"""Upserts of people: managers in any order, swaps, leaving and coming back, and who may what."""

from random import Random
from typing import Any

import pytest

from tests.api.company import Company

pytestmark = pytest.mark.anyio

PAYLOAD = """outcomes stored
  people { id name version manager { name } lastDay hiredOn jobTitle }
  differences { index field before after } resolved { index field id }"""


def person(id: str, manager: str | None = None, **values: Any) -> dict[str, Any]:
    """Return a row about the person with this id in the HR system."""
    row = {"externalReference": {"source": "hris", "id": id}} | values
    return row if manager is None else row | {"manager": {"externalReference": {"id": manager}}}


def new(id: str, manager: str | None = None, **values: Any) -> dict[str, Any]:
    """Return a row about somebody who is not known."""
    return person(id, manager, **{"givenName": id, "hiredOn": "2026-01-01"} | values)


async def send(company: Company, *rows: dict[str, Any], who: str = "hr", **more: Any) -> Any:
    return await company.mutate(who, "peopleUpsert", PAYLOAD, rows=list(rows), **more)


def show_faults(payload: Any) -> list[tuple[int, str, str]]:
    return [
        (int(each["field"][1]), each["code"], ".".join(each["field"][2:]))
        for each in payload["errors"]
    ]


def show_managers(payload: Any) -> list[str | None]:
    return [each and each["manager"] and each["manager"]["name"] for each in payload["people"]]


async def count_entries(company: Company) -> int:
    query = "{ auditLog(where: { entity: { eq: PERSON } }) { totalCount } }"
    return int((await company.query("hr", query))["auditLog"]["totalCount"])


async def test_a_manager_may_come_later_in_the_call_or_in_any_later_call(company: Company) -> None:
    rows = new("Ada", "Ben", workEmail="ada@hris.example"), new("Ben", "Cleo"), new("Dan", "Ben")
    first = await send(company, *rows)
    assert (first["outcomes"], first["errors"]) == (["CREATED", "DEFERRED", "CREATED"], [])
    assert show_managers(first) == ["Ben", None, "Ben"]
    entries = await count_entries(company)
    again = await send(company, *rows[::-1])
    assert again["outcomes"] == ["UNCHANGED", "DEFERRED", "UNCHANGED"]
    assert await count_entries(company) == entries
    checked = await send(company, new("Cleo"), dryRun=True)
    assert (checked["outcomes"], len(checked["resolved"])) == (["CREATED"], 1)
    arrived = await send(company, new("Cleo", hiredOn="2026-03-01"))
    assert arrived["outcomes"] == ["CREATED"]
    assert arrived["resolved"] == [{"index": 0, "field": "manager", "id": again["people"][1]["id"]}]
    assert (await send(company, *rows))["outcomes"] == ["UNCHANGED"] * 3
    line = await company.query(
        "hr",
        "query($id: ID!) { person(by: { id: $id }) { reportingLines { startsOn } } }",
        id=again["people"][1]["id"],
    )
    assert line["person"]["reportingLines"] == [{"startsOn": "2026-03-01"}]
    # A row that names somebody else waits no longer, and a loop refuses the row that closes it.
    await send(company, person("Dan", "Eve"))
    closing = await send(company, new("Eve", "Dan"), person("Cleo", "Ada"))
    assert (closing["outcomes"], show_faults(closing)) == (
        ["REJECTED", "REJECTED"],
        [(0, "REFERENCE_CYCLE", "externalReference"), (1, "REFERENCE_CYCLE", "manager")],
    )
    assert (await send(company, person("Dan", "Ada"), new("Eve", "Dan")))["resolved"] == []


async def test_two_people_swap_addresses_numbers_and_places(company: Company) -> None:
    await send(
        company,
        new("Ada", workEmail="a@hris.example", employeeNumber="1"),
        new("Ben", "Ada", workEmail="b@hris.example", employeeNumber="2"),
    )
    swapped = await send(
        company,
        person("Ada", "Ben", workEmail="B@hris.example", employeeNumber="2"),
        person("Ben", workEmail="a@hris.example", employeeNumber="1") | {"manager": None},
    )
    assert (swapped["outcomes"], swapped["errors"]) == (["UPDATED"] * 2, [])
    assert show_managers(swapped) == ["Ben", None]
    taken = await send(
        company,
        person("Ada", employeeNumber="1"),
        new("Cleo", workEmail="a@hris.example", employeeNumber="2"),
        person("Ben", workEmail=None),
    )
    assert (taken["outcomes"], show_faults(taken)) == (
        ["REJECTED", "REJECTED", "UPDATED"],
        [(0, "NOT_UNIQUE", "employeeNumber"), (1, "NOT_UNIQUE", "employeeNumber")],
    )
    assert taken["errors"][0]["message"] == (
        "Another person (Ben) has this employee number. Choose another."
    )
    cleo = await send(company, new("Cleo", workEmail="a@hris.example", employeeNumber="3"))
    assert cleo["outcomes"] == ["CREATED"]


async def test_people_leave_and_come_back_by_their_rows(company: Company) -> None:
    unit = {"organization": {"id": company.encode_id("org", "ops")}}
    rows = (
        new("Ada", **unit, jobTitle="Chief", employmentType="PERMANENT"),
        new("Ben", "Ada", lastDay="2026-03-31", workEmail="b@hris.example"),
        new("Cleo", "Ada", workEmail="b@hris.example"),
    )
    made = await send(company, *rows)
    assert (made["outcomes"], made["errors"]) == (["CREATED"] * 3, [])
    assert [each["lastDay"] for each in made["people"]] == [None, "2026-03-31", None]
    assert (await send(company, *rows))["outcomes"] == ["UNCHANGED"] * 3
    left = await send(company, person("Cleo", lastDay="2026-06-30", jobTitle="Planner"))
    assert left["differences"] == [
        {"index": 0, "field": "jobTitle", "before": None, "after": "Planner"},
        {"index": 0, "field": "lastDay", "before": None, "after": "2026-06-30"},
    ]
    stays = await send(company, person("Cleo", lastDay=""))
    assert (stays["outcomes"], stays["people"][0]["lastDay"]) == (["UPDATED"], None)
    back = await send(
        company,
        person("Ben", hiredOn="2026-06-15", workEmail="ben@hris.example") | {"lastDay": None},
        person("Ada", hiredOn="2026-02-01"),
    )
    assert show_faults(back) == [(1, "OUT_OF_RANGE", "hiredOn")]
    assert [back["people"][0][each] for each in ("hiredOn", "lastDay")] == ["2026-06-15", None]
    later = await send(company, person("Ada", jobTitle="Head", validFrom="2026-09-01"))
    assert (later["outcomes"], later["people"][0]["jobTitle"]) == (["UPDATED"], "Chief")
    later = await send(company, person("Ada", jobTitle="Head", validFrom="2026-09-01"))
    assert later["outcomes"] == ["UNCHANGED"]
    # A departure writes before the commit. A refused one is undone in the database as well.
    ben = back["people"][0]
    rows = (
        person("Cleo", lastDay="2026-07-31"),
        person("Ben", lastDay="2026-06-01", employeeNumber="B-1"),
        person("Ada", lastDay="2026-08-31"),
        new("Dan", "Ada"),
    )
    entries = await count_entries(company)
    for options in ({"dryRun": True}, {"mode": "ALL_OR_NOTHING"}):
        tried = await send(company, *rows, **options)
        assert tried["outcomes"] == ["UPDATED", "REJECTED", "UPDATED", "CREATED"]
        assert (tried["stored"], await count_entries(company)) == (False, entries)
    stored = await send(company, *rows)
    assert (stored["outcomes"], stored["differences"]) == (tried["outcomes"], tried["differences"])
    assert show_faults(stored) == [(1, "OUT_OF_RANGE", "lastDay")]
    assert [each["lastDay"] for each in stored["people"]] == [
        "2026-07-31",
        None,
        "2026-08-31",
        None,
    ]
    number = "query($id: ID!) { person(by: { id: $id }) { employeeNumber version } }"
    found = await company.query("hr", number, id=ben["id"])
    assert found["person"] == {"employeeNumber": None, "version": ben["version"]}
    assert await count_entries(company) == entries + 5  # three of Dan


async def test_each_row_needs_the_rights_of_its_verbs(company: Company) -> None:
    mara, far = (company.encode_id("person", each) for each in ("mara", "peer"))
    rows = (
        {"id": mara, "employeeNumber": "M-1", "timeZone": "Europe/Berlin"},
        {"id": far, "jobTitle": "Boss"},
        new("Ada", organization={"id": company.encode_id("org", "sales")}),
        new("Ben", organization={"id": company.encode_id("org", "ops")}),
    )
    payload = await send(company, *rows, who="hr_ops")
    assert payload["outcomes"] == ["UPDATED", "UPDATED", "REJECTED", "CREATED"]
    assert show_faults(payload) == [(2, "NOT_PERMITTED", "")]
    # A row does not tell somebody who may not see a number whether it is right.
    for who in ("peer", "nobody"):
        guess = [{"id": mara, "employeeNumber": number} for number in ("M-1", "M-2")]
        answers = [await send(company, each, who=who) for each in guess]
        assert [each["outcomes"] for each in answers] == [["REJECTED"]] * 2
        assert answers[0]["errors"] == answers[1]["errors"]


def build_staff(prefix: str) -> list[dict[str, Any]]:
    """Return rows about eight people, who stand below each other."""
    return [
        new(
            f"{prefix}{n}",
            f"{prefix}{n // 2}" if n else None,
            jobTitle=f"Job {n % 3}",
            employeeNumber=f"{prefix}{n}",
        )
        for n in range(8)
    ]


async def read_staff(company: Company, prefix: str) -> list[Any]:
    fields = "name jobTitle hiredOn manager { name } reportingLines { startsOn endsOn }"
    query = f"""query($numbers: [String!]) {{
        people(first: 20, where: {{ employeeNumber: {{ in: $numbers }} }},
            orderBy: [{{ field: EMPLOYEE_NUMBER }}]) {{ nodes {{ {fields} }} }} }}"""
    numbers = [each["employeeNumber"] for each in build_staff(prefix)]
    found = (await company.query("hr", query, numbers=numbers))["people"]["nodes"]
    for each in found:
        each["name"] = each["name"].removeprefix(prefix)
        if each["manager"]:
            each["manager"] = each["manager"]["name"].removeprefix(prefix)
    return list(found)


async def test_any_order_repetition_and_halving_end_in_the_same_state(company: Company) -> None:
    await send(company, *build_staff("S"))
    expected = await read_staff(company, "S")
    assert [each["manager"] for each in expected] == [None, *"0112233"]
    for seed, prefix in enumerate("ABCD"):
        random, rows = Random(seed), build_staff(prefix)
        random.shuffle(rows)
        sent, size = [*rows, *random.sample(rows, 5)], random.choice([2, 4])
        for start in range(0, len(sent), size):
            part = {each["employeeNumber"]: each for each in sent[start : start + size]}
            assert (await send(company, *part.values()))["errors"] == []
        assert await read_staff(company, prefix) == expected
        assert (await send(company, *build_staff(prefix)))["outcomes"] == ["UNCHANGED"] * 8


async def test_a_row_that_is_refused_at_the_end_refuses_nobody_else(company: Company) -> None:
    """The address of Ada would be free, if her row were not refused while it is applied."""
    await send(company, new("Ada", workEmail="ada@hris.example"))
    sent = await send(
        company,
        person("Ada", "Ada", workEmail="lovelace@hris.example"),
        new("Ben", workEmail="ada@hris.example"),
        new("Cleo", "Ben"),
    )
    assert (sent["outcomes"], sent["stored"]) == (["REJECTED", "REJECTED", "DEFERRED"], True)
    assert show_faults(sent) == [(0, "REFERENCE_CYCLE", "manager"), (1, "NOT_UNIQUE", "workEmail")]
    assert show_managers(sent) == [None, None, None]
