"""Key results that follow a KPI: their values, their history, and who may link them."""

from typing import Any

import pytest

from tests.api.company import Company
from tests.api.test_kpi_measurements import record
from tests.api.test_subscriptions import next_event

KEY_RESULTS = "keyResults { nodes { title currentValue progress kpiBasis kpi { name } } }"
GOAL = f"""query($id: ID!) {{ goal(by: {{ id: $id }}) {{ version status progress {KEY_RESULTS}
  history(first: 1) {{ nodes {{ action actor {{ name }} changes {{ field after }} }} }} }} }}"""
LAST = f"""query($id: ID!) {{ goal(by: {{ id: $id }}) {{ {KEY_RESULTS} }} }}"""
MEASUREMENTS = """query($id: ID!) { kpi(by: { id: $id }) {
  history(first: 1) { nodes { action actor { name } } }
  measurements { nodes { id } } keyResults { nodes { title goal { title } } } } }"""
LATE = {"title": "Parcels in time", "startValue": "0.9", "targetValue": "0.96"}


async def link(
    company: Company,
    kpi: str = "shared",
    goal: str = "public",
    who: str = "mara",
    **details: Any,
) -> Any:
    """Add a key result that follows a KPI of the company, and return the payload."""
    key_result = LATE | {"kpiId": company.encode_id("kpi", kpi)} | details
    id = company.encode_id("goal", goal)
    selection = "keyResult { id currentValue kpiBasis }"
    return await company.mutate(who, "goalAddKeyResult", selection, id=id, keyResult=key_result)


async def read(company: Company, goal: str = "public", who: str = "mara") -> Any:
    """Return the goal with the last entry of its history."""
    return (await company.query(who, GOAL, id=company.encode_id("goal", goal)))["goal"]


async def read_value(company: Company, goal: str = "public") -> tuple[str, float]:
    """Return the current value and the progress of the last key result of a goal."""
    found = (await company.query("mara", LAST, id=company.encode_id("goal", goal)))["goal"]
    last = found["keyResults"]["nodes"][-1]
    return last["currentValue"], round(last["progress"], 4)


def show_changes(entry: Any) -> dict[str, Any]:
    """Return the new values of the entry of a history."""
    return {each["field"]: each["after"] for each in entry["changes"]}


async def correct(company: Company, verb: str, kpi: str = "shared", **figures: Any) -> Any:
    """Correct or withdraw the newest value of a KPI."""
    id = company.encode_id("kpi", kpi)
    found = await company.query("hr", MEASUREMENTS, id=id)
    newest = found["kpi"]["measurements"]["nodes"][-1]["id"]
    input = {"id": id, "measurementId": newest, "reason": "Reported late."} | figures
    return await company.mutate("hr", verb, "kpi { id }", **input)


async def test_a_key_result_follows_the_newest_value_and_each_correction(company: Company) -> None:
    await record(company, {"period": "2026-03", "value": "0.93"})
    made = await link(company)
    assert (made["errors"], made["keyResult"]["kpiBasis"]) == ([], "LATEST")
    assert await read_value(company) == ("0.93", 0.5)
    await record(company, {"period": "2026-04", "value": "0.96"})
    assert await read_value(company) == ("0.96", 1)
    await record(company, {"period": "2026-02", "value": "0.91"})
    assert await read_value(company) == ("0.96", 1)
    await correct(company, "kpiRestateMeasurement", value="0.945")
    assert await read_value(company) == ("0.945", 0.75)
    await correct(company, "kpiWithdrawMeasurement")
    assert await read_value(company) == ("0.93", 0.5)


async def test_the_history_names_the_kpi_and_no_person(company: Company) -> None:
    await link(company)
    before = await read(company)
    await record(company, {"period": "2026-04", "value": "0.93"})
    goal = await read(company)
    entry = goal["history"]["nodes"][0]
    assert (entry["action"], entry["actor"]) == ("KPI_FOLLOWED", None)
    changes = show_changes(entry)
    assert changes.pop("keyResults")[0]["currentValue"] == "0.93"
    kpi_id = company.encode_id("kpi", "shared")
    assert changes == {"kpiId": kpi_id, "period": "2026-04", "source": "ENTERED"}
    assert goal["version"] == before["version"] + 1
    await record(company, {"period": "2026-04", "value": "0.93", "comment": "As before."})
    assert (await read(company))["version"] == goal["version"]


REVISIONS = """query($id: ID!) { kpi(by: { id: $id }) { measurementRevisions(
  orderBy: [{ field: STARTS_ON }]) { nodes { period keyResults { nodes { title } } } } } }"""


async def test_a_replaced_value_names_the_key_results_that_count_it(company: Company) -> None:
    await link(company)  # the goal begins in January
    await link(company, goal="private", title="Hers")
    for value in ("0.91", "0.92"):
        rows = [{"period": each, "value": value} for each in ("2025-12", "2026-03")]
        await record(company, *rows)
    id = company.encode_id("kpi", "shared")
    found = {}
    for who in ("mara", "hr"):
        kpi = (await company.query(who, REVISIONS, id=id))["kpi"]
        found[who] = {
            each["period"]: sorted(one["title"] for one in each["keyResults"]["nodes"])
            for each in kpi["measurementRevisions"]["nodes"]
        }
    assert found["mara"] == {"2025-12": [], "2026-03": ["Hers", "Parcels in time"]}
    assert found["hr"] == {"2025-12": [], "2026-03": ["Parcels in time"]}


async def test_only_periods_that_end_in_the_time_of_the_goal_count(company: Company) -> None:
    await record(company, {"period": "2025-12", "value": "0.99"})
    await link(company)
    assert await read_value(company) == ("0.9", 0)
    id = company.encode_id("goal", "public")
    await company.mutate("mara", "goalEdit", "goal { id }", id=id, startsOn="2025-12-31")
    assert await read_value(company) == ("0.99", 1)
    await company.mutate("mara", "goalEdit", "goal { id }", id=id, startsOn="2026-01-01")
    assert await read_value(company) == ("0.9", 0)


async def create_kpi(company: Company, **more: Any) -> str:
    """Create a KPI whose values are summed over time, and return its id."""
    payload = await company.mutate(
        "hr",
        "kpiCreate",
        "kpi { id }",
        **{
            "name": "Parcels",
            "frequency": "MONTHLY",
            "scope": {"organizationId": company.encode_id("org", "ops")},
            "definition": {"timeAggregation": "SUM"},
            **more,
        },
    )
    assert payload["errors"] == []
    return str(payload["kpi"]["id"])


async def test_a_flow_may_be_summed_over_the_time_of_the_goal(company: Company) -> None:
    id = await create_kpi(company)
    values = {"2025-12": "99", "2026-01": "10", "2026-02": "20", "2026-04": "5"}
    await record(company, *({"kpiId": id, "period": p, "value": v} for p, v in values.items()))
    await link(company, kpiId=id, kpiBasis="SUM", startValue="0", targetValue="70")
    assert await read_value(company) == ("35", 0.5)
    await record(company, {"kpiId": id, "period": "2026-03", "value": "35"})
    assert await read_value(company) == ("70", 1)


async def test_the_sum_of_a_ratio_adds_up_its_parts(company: Company) -> None:
    parts = {"form": "RATIO", "timeAggregation": "SUM", "denominatorTimeAggregation": "SUM"}
    id = await create_kpi(company, definition=parts)
    for period, above, below in (
        ("2026-01", "1", "2"),
        ("2026-02", "9", "18"),
        ("2026-03", "5", "5"),
    ):
        row = {"kpiId": id, "period": period, "numerator": above, "denominator": below}
        await record(company, row)
    await link(company, kpiId=id, kpiBasis="SUM", startValue="0", targetValue="1")
    assert await read_value(company) == ("0.6", 0.6)


async def test_lower_values_may_be_better(company: Company) -> None:
    await link(company, startValue="0.96", targetValue="0.90")
    await record(company, {"period": "2026-03", "value": "0.945"})
    assert await read_value(company) == ("0.945", 0.25)


async def test_a_computed_kpi_is_followed_when_its_input_changes(company: Company) -> None:
    definition = {
        "formula": "a * 2",
        "inputs": [{"alias": "a", "kpiId": company.encode_id("kpi", "shared")}],
    }
    id = await create_kpi(company, definition=definition)
    await link(company, kpiId=id, startValue="0", targetValue="2")
    await record(company, {"period": "2026-03", "value": "0.5"})
    assert await read_value(company) == ("1", 0.5)
    await correct(company, "kpiRestateMeasurement", value="1")
    assert await read_value(company) == ("2", 1)
    entry = (await read(company))["history"]["nodes"][0]
    assert (show_changes(entry)["kpiId"], show_changes(entry)["source"]) == (id, "COMPUTED")


async def test_a_new_formula_changes_what_follows_it(company: Company) -> None:
    await record(company, {"period": "2026-03", "value": "0.5"})
    input = {"alias": "a", "kpiId": company.encode_id("kpi", "shared")}
    id = await create_kpi(company, definition={"formula": "a * 2", "inputs": [input]})
    await link(company, kpiId=id, startValue="0", targetValue="2")
    changes = {"formula": "a * 3", "reason": "Wrong factor."}
    payload = await company.mutate("hr", "kpiRedefine", "kpi { id }", id=id, **changes)
    assert payload["errors"] == []
    assert await read_value(company) == ("1.5", 0.75)


async def test_the_history_of_a_result_names_nobody_who_changes_its_inputs(
    company: Company,
) -> None:
    input = {"alias": "a", "kpiId": company.encode_id("kpi", "shared")}
    id = await create_kpi(company, definition={"formula": "a * 2", "inputs": [input]})
    await record(company, {"period": "2026-03", "value": "0.5"})
    found = (await company.query("hr", MEASUREMENTS, id=id))["kpi"]["history"]["nodes"][0]
    assert found == {"action": "MEASURED", "actor": None}
    of_input = await company.query("hr", MEASUREMENTS, id=company.encode_id("kpi", "shared"))
    assert of_input["kpi"]["history"]["nodes"][0]["actor"] is not None


async def test_subscribers_of_the_goal_get_the_value(company: Company) -> None:
    await link(company)
    document = """subscription { goalChanged { goal {
      keyResults(last: 1) { nodes { currentValue } } } } }"""
    events = await company.graph.subscribe("mara", document)
    await record(company, {"period": "2026-01", "value": "0.93"})
    event = (await next_event(events))["data"]["goalChanged"]["goal"]
    assert event == {"keyResults": {"nodes": [{"currentValue": "0.93"}]}}


async def test_a_value_is_not_entered_by_hand(company: Company) -> None:
    await record(company, {"period": "2026-03", "value": "0.93"})
    made = await link(company)
    id = company.encode_id("goal", "public")
    report = {"id": id, "confidence": "ON_TRACK"}
    values = [{"keyResultId": made["keyResult"]["id"], "value": "1"}]
    refused = await company.mutate("mara", "goalCheckIn", "goal { id }", **report, values=values)
    message = "This key result follows a KPI. Record a value of the KPI, or remove the KPI."
    field = ["values", "0", "keyResultId"]
    assert refused["errors"] == [{"code": "INVALID", "field": field, "message": message}]
    assert await read_value(company) == ("0.93", 0.5)
    selection = "checkIn { values { value isReported keyResult { title } } }"
    stored = await company.mutate("mara", "goalCheckIn", selection, **report)
    assert stored["checkIn"]["values"][-1] == {
        "value": "0.93",
        "isReported": False,
        "keyResult": {"title": "Parcels in time"},
    }
    earlier = report | {"effectiveOn": "2026-06-10"}
    stored = await company.mutate("mara", "goalCheckIn", selection, **earlier)
    titles = [each["keyResult"]["title"] for each in stored["checkIn"]["values"]]
    assert "Parcels in time" not in titles


async def test_an_existing_key_result_gets_and_loses_its_kpi(company: Company) -> None:
    await record(company, {"period": "2026-03", "value": "4"})
    goal = company.goals["public"]
    key = {"keyResultId": company.encode_part_id("keyres", [goal.key_results[-1]])}
    key |= {"id": company.encode_id("goal", "public")}
    kpi_id = company.encode_id("kpi", "shared")
    edit, shown = "goalEditKeyResult", f"goal {{ {KEY_RESULTS} }}"
    payload = await company.mutate("mara", edit, shown, **key, kpiId=kpi_id)
    assert payload["goal"]["keyResults"]["nodes"][-1] == {
        "title": "Complaints",
        "currentValue": "4",
        "progress": 0.4,
        "kpiBasis": "LATEST",
        "kpi": {"name": "On-time delivery"},
    }
    payload = await company.mutate("mara", edit, shown, **key, kpiId=None)
    left = payload["goal"]["keyResults"]["nodes"][-1]
    assert (left["currentValue"], left["kpi"], left["kpiBasis"]) == ("4", None, None)
    await record(company, {"period": "2026-04", "value": "9"})
    assert await read_value(company) == ("4", 0.4)
    values = [{"keyResultId": key["keyResultId"], "value": "5"}]
    report = {"id": key["id"], "confidence": "ON_TRACK", "values": values}
    assert (await company.mutate("mara", "goalCheckIn", "", **report))["errors"] == []
    assert await read_value(company) == ("5", 0.5)


async def test_a_new_start_value_counts_while_nothing_is_measured(company: Company) -> None:
    made = await link(company)
    key = {"id": company.encode_id("goal", "public"), "keyResultId": made["keyResult"]["id"]}
    await company.mutate("mara", "goalEditKeyResult", "", **key, startValue="0.92")
    assert await read_value(company) == ("0.92", 0)


async def test_a_closed_goal_keeps_its_values_and_catches_up(company: Company) -> None:
    await link(company)
    await record(company, {"period": "2026-03", "value": "0.93"})
    id = company.encode_id("goal", "public")
    await company.mutate("mara", "goalAchieve", "", id=id)
    closed = await read(company)
    await record(company, {"period": "2026-04", "value": "0.96"})
    assert await read(company) == closed
    await company.mutate("mara", "goalReopen", "", id=id)
    assert await read_value(company) == ("0.96", 1)


async def test_a_new_goal_has_key_results_of_kpis(company: Company) -> None:
    await record(company, {"period": "2026-03", "value": "0.93"})
    key_results = [LATE, LATE | {"kpiId": company.encode_id("kpi", "shared")}]
    details = {"title": "Punctual", "dueOn": "2026-12-31", "startsOn": "2026-01-01"}
    payload = await company.mutate(
        "mara", "goalCreate", f"goal {{ {KEY_RESULTS} }}", **details, keyResults=key_results
    )
    values = [each["currentValue"] for each in payload["goal"]["keyResults"]["nodes"]]
    assert (payload["errors"], values) == ([], ["0.9", "0.93"])


async def test_a_kpi_that_not_everyone_sees_is_published_only_by_its_editors(
    company: Company,
) -> None:
    refused = await link(company, "in_unit", "of_peer", who="peer")
    assert (refused["errors"][0]["code"], refused["errors"][0]["field"]) == (
        "NOT_PERMITTED",
        ["keyResult", "kpiId"],
    )
    hidden = await link(company, "of_sales", "of_peer", who="peer")
    assert (hidden["errors"][0]["code"], hidden["errors"][0]["field"]) == (
        "REFERENCE_NOT_FOUND",
        ["keyResult", "kpiId"],
    )
    assert len((await read(company, "of_peer"))["keyResults"]["nodes"]) == 1
    assert (await link(company, "in_unit"))["errors"] == []
    await record(company, {"period": "2026-03", "value": "0.93"}, kpi="in_unit")
    assert await read_value(company) == ("0.93", 0.5)
    found = (await read(company, who="analyst"))["keyResults"]["nodes"][-1]
    assert (found["currentValue"], found["kpiBasis"]) == ("0.93", "LATEST")
    found = await company.query("hr", MEASUREMENTS, id=company.encode_id("kpi", "in_unit"))
    assert found["kpi"]["keyResults"]["nodes"] == [
        {"title": "Parcels in time", "goal": {"title": "Fewer late parcels"}}
    ]


async def test_publishing_is_an_entry_in_the_history_of_the_kpi(company: Company) -> None:
    await link(company, "in_unit")
    found = await company.query("hr", MEASUREMENTS, id=company.encode_id("kpi", "in_unit"))
    assert found["kpi"]["history"]["nodes"] == [
        {"action": "PUBLISHED", "actor": {"name": "Mara Okafor"}}
    ]
    await link(company, "shared")
    found = await company.query("hr", MEASUREMENTS, id=company.encode_id("kpi", "shared"))
    assert [each["action"] for each in found["kpi"]["history"]["nodes"]] == ["CREATED"]


async def test_a_kpi_that_is_hidden_later_is_not_followed_any_more(company: Company) -> None:
    await link(company)
    await record(company, {"period": "2026-03", "value": "0.93"})
    id = company.encode_id("kpi", "shared")
    await company.mutate("hr", "kpiEdit", "", id=id, visibility="NAMED")
    await record(company, {"period": "2026-04", "value": "0.96"})
    assert await read_value(company) == ("0.93", 0.5)
    await company.mutate("hr", "kpiEdit", "", id=id, visibility="TENANT")
    await record(company, {"period": "2026-05", "value": "0.945"})
    assert await read_value(company) == ("0.945", 0.75)


@pytest.mark.parametrize(
    ("details", "kpi", "field", "part"),
    [
        ({"kpiBasis": "SUM"}, "shared", "kpiBasis", "do not add up over time"),
        ({"currentValue": "1"}, "shared", "currentValue", "The KPI says the current value"),
        ({}, "archived", "kpiId", "archived"),
        ({"kpiId": None, "kpiBasis": "SUM"}, "shared", "kpiBasis", "There is no KPI"),
    ],
)
async def test_what_does_not_fit_is_refused(
    company: Company, details: dict[str, Any], kpi: str, field: str, part: str
) -> None:
    before = await read(company)
    refused = await link(company, kpi, **details)
    (error,) = refused["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["keyResult", field])
    assert part in error["message"]
    assert await read(company) == before


async def test_a_share_has_no_percent_sign(company: Company) -> None:
    id = await create_kpi(company, definition={"unit": "SHARE"})
    refused = await link(company, kpiId=id, unit="%", kpiBasis="SUM")
    fields = [each["field"][-1] for each in refused["errors"]]
    assert fields == ["kpiBasis", "unit"]
    assert (await link(company, kpiId=id))["errors"] == []


async def test_a_kpi_about_people_is_not_followed(company: Company) -> None:
    await link(company)
    await record(company, {"period": "2026-03", "value": "0.93"})
    id = company.encode_id("kpi", "shared")
    edited = await company.mutate("hr", "kpiEdit", "", id=id, describesPeople=True)
    assert edited["errors"] == []
    await record(company, {"period": "2026-04", "value": "0.96", "itemCount": 40})
    assert await read_value(company) == ("0.93", 0.5)
    (error,) = (await link(company))["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["keyResult", "kpiId"])
    assert "about people" in error["message"]
