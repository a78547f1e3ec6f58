"""Check-ins about a day in the past and corrections, through the graph."""

from itertools import permutations
from typing import Any

import pytest

from tests.api.company import Company

CHECK_IN = """checkIn {
  id effectiveOn recordedAt reason corrects { id } correctedBy { id } isCorrected
  author { name } values { isReported value keyResult { title } } }
  goal { version progress keyResults { nodes { currentValue } } lastCheckIn { id } }"""
CHECK_INS = """query($id: ID!, $where: CheckInWhere) { goal(by: { id: $id }) {
  version checkIns(where: $where) { totalCount nodes { note } } lastCheckIn { note }
  keyResults { nodes { currentValue } } } }"""
HISTORY = "query($id: ID!) { goal(by: { id: $id }) { history(first: 1) { nodes { action } } } }"


class Reporter:
    """A member who checks in on a goal of the company."""

    def __init__(self, company: Company, who: str = "mara", goal: str = "public") -> None:
        self.company, self.who = company, who
        self.goal_id = company.encode_id("goal", goal)
        self.key_result_ids = [
            company.encode_part_id("keyres", [each]) for each in company.goals[goal].key_results
        ]

    async def check_in(self, *values: str | None, **input: Any) -> Any:
        """Check in with values in the order of the key results; return the payload."""
        pairs = zip(self.key_result_ids, values, strict=False)
        reported = [{"keyResultId": id, "value": each} for id, each in pairs if each]
        input = {"id": self.goal_id, "confidence": "ON_TRACK", "values": reported} | input
        return await self.company.mutate(self.who, "goalCheckIn", CHECK_IN, **input)

    async def read(self, query: str = CHECK_INS, **variables: Any) -> Any:
        """Read the goal."""
        return (await self.company.query(self.who, query, id=self.goal_id, **variables))["goal"]


def list_current(goal: Any) -> list[str]:
    """List the current values of the key results."""
    return [each["currentValue"] for each in goal["keyResults"]["nodes"]]


def list_values(check_in: Any) -> list[tuple[str, str, bool]]:
    """List the values of a check-in, and whether each is reported."""
    return [
        (each["keyResult"]["title"], each["value"], each["isReported"])
        for each in check_in["values"]
    ]


def read_refusal(payload: Any) -> tuple[str, list[str]]:
    """Return the code and the field of the only error of a payload."""
    (error,) = payload["errors"]
    assert (payload["goal"], payload["checkIn"]) == (None, None)
    return error["code"], error["field"]


async def test_a_check_in_about_an_earlier_day_leaves_the_current_values(company: Company) -> None:
    mara = Reporter(company)
    newest = (await mara.check_in("5", note="Newest"))["checkIn"]
    payload = await mara.check_in("2", "4", effectiveOn="2026-06-01", note="Earlier")
    assert payload["errors"] == []
    assert payload["checkIn"]["effectiveOn"] == "2026-06-01"
    assert payload["checkIn"]["recordedAt"] == "2026-06-15T09:30:00+00:00"
    assert list_current(payload["goal"]) == ["5", "4"]
    assert payload["goal"]["progress"] == 0.45
    assert payload["goal"]["lastCheckIn"] == {"id": newest["id"]}
    found = await mara.read()
    assert found["checkIns"]["nodes"] == [{"note": "Newest"}, {"note": "Earlier"}]


async def test_a_correction_counts_instead_of_the_check_in(company: Company) -> None:
    mara, boss = Reporter(company), Reporter(company, "boss")
    wrong = (await mara.check_in("50", "2", effectiveOn="2026-06-10", note="Wrong"))["checkIn"]
    payload = await boss.check_in("5", corrects=wrong["id"], reason="A digit.", note="Right")
    right = payload["checkIn"]
    assert payload["errors"] == []
    assert right | {"values": list_values(right)} == {
        "id": right["id"],
        "effectiveOn": "2026-06-10",
        "recordedAt": "2026-06-15T09:30:00+00:00",
        "reason": "A digit.",
        "corrects": {"id": wrong["id"]},
        "correctedBy": None,
        "isCorrected": False,
        "author": {"name": "Boss Okafor"},
        "values": [("Late parcels", "5", True), ("Complaints", "2", True)],
    }
    assert list_current(payload["goal"]) == ["5", "2"]
    assert payload["goal"]["lastCheckIn"] == {"id": right["id"]}

    query = "query($id: ID!) { node(id: $id) { ... on CheckIn {" + EARLIER + "} } }"
    earlier = (await company.query("peer", query, id=wrong["id"]))["node"]
    assert earlier["correctedBy"] == {"id": right["id"], "reason": "A digit."}
    assert (earlier["isCorrected"], earlier["author"]["name"]) == (True, "Mara Okafor")
    assert list_values(earlier) == [("Late parcels", "50", True), ("Complaints", "2", True)]
    for is_corrected, note in ((False, "Right"), (True, "Wrong")):
        found = await mara.read(where={"isCorrected": {"eq": is_corrected}})
        assert found["checkIns"] == {"totalCount": 1, "nodes": [{"note": note}]}
    assert (await mara.read(HISTORY))["history"] == {"nodes": [{"action": "CHECK_IN_CORRECTED"}]}


EARLIER = """correctedBy { id reason } isCorrected author { name }
  values { isReported value keyResult { title } }"""


async def test_a_refused_check_in_changes_nothing(company: Company) -> None:
    mara = Reporter(company)
    first = (await mara.check_in("5", note="First"))["checkIn"]["id"]
    second = (await mara.check_in("6", corrects=first, reason="Six.", note="Second"))["checkIn"]
    before = await mara.read()
    foreign = company.encode_part_id("checkin", company.goals["in_chain"].check_ins)
    refused: list[tuple[dict[str, Any], str, str]] = [
        ({"effectiveOn": "2026-06-16"}, "OUT_OF_RANGE", "effectiveOn"),
        ({"effectiveOn": "2026-05-14"}, "OUT_OF_RANGE", "effectiveOn"),
        ({"effectiveOn": "1900-01-01"}, "OUT_OF_RANGE", "effectiveOn"),
        ({"corrects": first, "reason": "Twice."}, "INVALID", "corrects"),
        ({"corrects": second["id"]}, "REQUIRED", "reason"),
        ({"reason": "Of what?"}, "INVALID", "reason"),
        ({"corrects": foreign, "reason": "Elsewhere."}, "REFERENCE_NOT_FOUND", "corrects"),
    ]
    for input, code, field in refused:
        assert read_refusal(await mara.check_in("7", **input)) == (code, [field]), input
    assert await mara.read() == before
    assert list_current(before) == ["6", "0"]


async def test_a_check_in_is_not_about_a_past_day_before_the_goal_started(
    company: Company,
) -> None:
    mara = Reporter(company)
    days = {"id": mara.goal_id, "startsOn": "2026-06-10"}
    edited = await company.mutate("mara", "goalEdit", "goal { id }", **days)
    assert edited["errors"] == []
    before = await mara.read()
    payload = await mara.check_in("5", effectiveOn="2026-06-09")
    assert read_refusal(payload) == ("OUT_OF_RANGE", ["effectiveOn"])
    assert payload["errors"][0]["message"] == (
        "The goal starts on 2026-06-10. Choose that day or a later one."
    )
    assert await mara.read() == before
    assert (await mara.check_in("5", effectiveOn="2026-06-10"))["errors"] == []


async def test_the_settings_say_how_far_in_the_past_a_check_in_may_lie(company: Company) -> None:
    mara = Reporter(company)
    assert await company.query("peer", "{ tenant { checkInBackdatingDays } }") == {
        "tenant": {"checkInBackdatingDays": 31}
    }
    for days, first_day, before in (
        (0, "2026-06-15", "2026-06-14"),
        (7, "2026-06-08", "2026-06-07"),
    ):
        edited = await company.mutate(
            "admin", "tenantEdit", "tenant { checkInBackdatingDays }", checkInBackdatingDays=days
        )
        assert edited["tenant"] == {"checkInBackdatingDays": days}
        payload = await mara.check_in("5", effectiveOn=before)
        assert read_refusal(payload) == ("OUT_OF_RANGE", ["effectiveOn"])
        assert payload["errors"][0]["message"] == (
            f"The check-in is about {before}, and the settings of the tenant allow {first_day} and"
            " later days. Choose one of these, or ask an admin to raise `checkInBackdatingDays`."
        )
        assert (await mara.check_in("5", effectiveOn=first_day))["errors"] == []


REPORTS = (("2026-06-15", (None, "9")), ("2026-06-08", ("5", "3")), ("2026-05-20", ("8", "1")))


@pytest.mark.parametrize("order", list(permutations(REPORTS)), ids=str)
async def test_the_order_of_entry_does_not_change_the_current_values(
    company: Company, order: tuple[tuple[str, tuple[str | None, str]], ...]
) -> None:
    mara = Reporter(company)
    for day, values in order:
        payload = await mara.check_in(*values, effectiveOn=day, note=day)
        assert payload["errors"] == []
    found = await mara.read()
    assert (list_current(found), found["lastCheckIn"]) == (["5", "9"], {"note": "2026-06-15"})
    assert [each["note"] for each in found["checkIns"]["nodes"]] == [day for day, _ in REPORTS]
