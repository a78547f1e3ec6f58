"""Values of KPIs: batches with an outcome for each row, and the values that they replace."""

from typing import Any

from api.kernel.schema.global_ids import encode_id
from tests.api.company import Company
from tests.api.test_subscriptions import next_event

OUTCOME = "outcomes warnings { index field message } errors { index field code message }"
RECORD = f"""mutation($input: KpiRecordMeasurementsInput!) {{
  kpiRecordMeasurements(input: $input) {{ kpis {{ name version }} {OUTCOME} }} }}"""
STORED = """query($id: ID!) { kpi(by: { id: $id }) { version measurements {
  nodes { period startsOn endsOn value revision revisions { totalCount } } } } }"""


async def record(
    company: Company, *rows: dict[str, Any], who: str = "hr", kpi: str = "shared", **more: Any
) -> Any:
    """Record rows of one KPI, unless they name another, and return the payload."""
    id = company.encode_id("kpi", kpi)
    given = [{"kpiId": id} | each for each in rows]
    return await company.select_graph(who).mutate(who, RECORD, rows=given, **more)


async def stored(company: Company, kpi: str = "shared") -> list[tuple[str, str, int]]:
    """Return the period, the value and the revision of all measurements of a KPI."""
    found = await company.query("ruler", STORED, id=company.encode_id("kpi", kpi))
    nodes = found["kpi"]["measurements"]["nodes"]
    return [(each["period"], each["value"], each["revision"]) for each in nodes]


def errors(payload: Any) -> list[tuple[int, list[str], str]]:
    """Return the row, the field and the code of each error."""
    return [(each["index"], each["field"], each["code"]) for each in payload["errors"]]


async def test_a_row_is_created_then_unchanged_then_updated(company: Company) -> None:
    march = {"day": "2026-03-31", "value": "0.95"}
    made = await record(company, march, {"period": "2026-04", "value": "0"})
    assert made["outcomes"] == ["CREATED", "CREATED"]
    assert (made["errors"], made["warnings"]) == ([], [])
    again = await record(company, {"period": "2026-03", "value": "0.950"})
    assert again["outcomes"] == ["UNCHANGED"]
    changed = await record(company, march | {"value": "0.96"}, {"period": "2026-04", "value": "0"})
    assert changed["outcomes"] == ["UPDATED", "UNCHANGED"]
    assert changed["kpis"] == [{"name": "On-time delivery", "version": 1}]
    assert await stored(company) == [("2026-03", "0.96", 2), ("2026-04", "0", 1)]


async def test_a_refused_row_refuses_only_itself_and_says_why(company: Company) -> None:
    payload = await record(
        company,
        {"period": "2026-01", "value": "1"},
        {"period": "2026-13", "value": "1"},
        {"period": "FY2026", "value": "1"},
        {"day": "2026-07-01", "value": "1"},
        {"day": "2026-02-10"},
        {"value": "1"},
        {"day": "2026-02-10", "period": "2026-02", "value": "1"},
        {"day": "2026-01-31", "value": "2"},
        {"period": "2026-02", "numerator": "1", "denominator": "2"},
        {"period": "2026-02", "value": "1", "notApplicable": True},
        {"period": "2026-02", "value": "1", "source": "COMPUTED"},
        {"period": "2026-02", "value": "0.0000001", "itemCount": -1},
        {"period": "2026-02", "value": "2", "kpiId": company.encode_id("kpi", "archived")},
        {"period": "2026-02", "value": "2", "kpiId": company.encode_id("person", "mara")},
    )
    assert payload["outcomes"] == ["CREATED", *["REJECTED"] * 13]
    assert errors(payload) == [
        (1, ["rows", "1", "period"], "OUT_OF_RANGE"),
        (2, ["rows", "2", "period"], "INVALID_FORMAT"),
        (3, ["rows", "3", "day"], "OUT_OF_RANGE"),
        (4, ["rows", "4", "value"], "REQUIRED"),
        (5, ["rows", "5", "day"], "REQUIRED"),
        (6, ["rows", "6", "period"], "REQUIRED"),
        (7, ["rows", "7", "day"], "NOT_UNIQUE"),
        (8, ["rows", "8", "numerator"], "INVALID"),
        (8, ["rows", "8", "denominator"], "INVALID"),
        (8, ["rows", "8", "value"], "REQUIRED"),
        (9, ["rows", "9", "value"], "INVALID"),
        (10, ["rows", "10", "source"], "INVALID"),
        (11, ["rows", "11", "value"], "OUT_OF_RANGE"),
        (11, ["rows", "11", "itemCount"], "OUT_OF_RANGE"),
        (12, ["rows", "12", "kpiId"], "STATE_CONFLICT"),
        (13, ["rows", "13", "kpiId"], "INVALID_FORMAT"),
    ]
    assert await stored(company) == [("2026-01", "1", 1)]
    assert await stored(company, "archived") == []


async def test_not_measured_zero_and_not_applicable_are_three_things(company: Company) -> None:
    await record(company, {"period": "2026-01", "value": "0"})
    await record(company, {"period": "2026-03", "notApplicable": True})
    assert await stored(company) == [("2026-01", "0", 1), ("2026-03", None, 1)]


async def test_a_ratio_has_two_parts_and_is_divided_exactly(company: Company) -> None:
    definition = {
        "form": "RATIO",
        "timeAggregation": "SUM",
        "denominatorTimeAggregation": "SUM",
    }
    made = await company.mutate(
        "hr",
        "kpiCreate",
        "kpi { id }",
        name="Margin",
        frequency="QUARTERLY",
        scope={"organizationId": company.encode_id("org", "ops")},
        definition=definition,
    )
    id = made["kpi"]["id"]
    payload = await record(
        company,
        {"kpiId": id, "period": "FY2026-Q1", "numerator": "2", "denominator": "3"},
        {"kpiId": id, "period": "FY2025-Q4", "numerator": "0", "denominator": "0"},
        {"kpiId": id, "period": "FY2025-Q3", "numerator": "50", "denominator": "100"},
        {"kpiId": id, "period": "FY2025-Q2", "value": "0.5"},
    )
    assert payload["outcomes"] == ["CREATED", "CREATED", "CREATED", "REJECTED"]
    query = """query($id: ID!) { kpi(by: { id: $id }) { measurements {
      nodes { period endsOn state value numerator denominator } } } }"""
    found = await company.query("hr", query, id=id)
    assert [list(each.values()) for each in found["kpi"]["measurements"]["nodes"]] == [
        ["FY2025-Q3", "2025-09-30", "MEASURED", "0.5", "50", "100"],
        ["FY2025-Q4", "2025-12-31", "NOT_APPLICABLE", None, "0", "0"],
        ["FY2026-Q1", "2026-03-31", "MEASURED", "0.666666666667", "2", "3"],
    ]


async def test_a_dry_run_answers_alike_and_stores_nothing(company: Company) -> None:
    rows = {"period": "2026-01", "value": "1"}, {"period": "2026-13", "value": "1"}
    rehearsal = await record(company, *rows, dryRun=True)
    assert await stored(company) == []
    assert await record(company, *rows) == rehearsal
    assert rehearsal["outcomes"] == ["CREATED", "REJECTED"]


async def test_a_reference_is_applied_once(company: Company) -> None:
    march = {"period": "2026-03", "value": "1", "externalReference": "ledger-3"}
    assert (await record(company, march))["outcomes"] == ["CREATED"]
    assert (await record(company, march))["outcomes"] == ["UNCHANGED"]
    corrected = {"period": "2026-03", "value": "2", "externalReference": "ledger-3b"}
    assert (await record(company, corrected))["outcomes"] == ["UPDATED"]
    late = await record(company, march)
    assert late["outcomes"] == ["UNCHANGED"]
    moved = await record(
        company,
        corrected | {"period": "2026-04"},
        {"period": "2026-05", "value": "5", "externalReference": "ledger-5"},
        {"period": "2026-02", "value": "2", "externalReference": "ledger-5"},
    )
    assert moved["outcomes"] == ["REJECTED", "CREATED", "REJECTED"]
    assert errors(moved) == [
        (0, ["rows", "0", "externalReference"], "NOT_UNIQUE"),
        (2, ["rows", "2", "externalReference"], "NOT_UNIQUE"),
    ]
    assert await stored(company) == [("2026-03", "2", 2), ("2026-05", "5", 1)]


async def test_a_replaced_value_is_kept_with_who_and_when(company: Company) -> None:
    await record(company, {"period": "2026-03", "value": "1", "comment": "First count"}, who="mara")
    await record(company, {"period": "2026-03", "value": "2"})
    query = """query($id: ID!) { kpi(by: { id: $id }) {
      measurements { nodes { value comment recordedBy { name } } }
      measurementRevisions { nodes {
        period value comment revision recordedBy { name } replacedBy { name } reason } } } }"""
    found = await company.query("hr", query, id=company.encode_id("kpi", "shared"))
    assert found["kpi"] == {
        "measurements": {
            "nodes": [{"value": "2", "comment": "First count", "recordedBy": {"name": "Hr Okafor"}}]
        },
        "measurementRevisions": {
            "nodes": [
                {
                    "period": "2026-03",
                    "value": "1",
                    "comment": "First count",
                    "revision": 1,
                    "recordedBy": {"name": "Mara Okafor"},
                    "replacedBy": {"name": "Hr Okafor"},
                    "reason": None,
                }
            ]
        },
    }


async def test_each_kpi_has_one_entry_in_the_journal(company: Company) -> None:
    of_unit = company.encode_id("kpi", "in_unit")
    await record(
        company,
        {"period": "2026-01", "value": "1"},
        {"period": "2026-03", "value": "1"},
        {"period": "2026-01", "value": "1", "kpiId": of_unit},
    )
    await record(company, {"period": "2026-03", "value": "1"})
    query = """query($id: ID!) { kpi(by: { id: $id }) { version history {
      totalCount nodes { action changes { field after } } } } }"""
    found = (await company.query("hr", query, id=company.encode_id("kpi", "shared")))["kpi"]
    entry = found["history"]["nodes"][0]
    assert (found["version"], entry["action"]) == (1, "MEASURED")
    assert {each["field"]: each["after"] for each in entry["changes"]} == {
        "firstDay": "2026-01-01",
        "lastDay": "2026-03-01",
        "measurements": 2,
    }
    other = (await company.query("hr", query, id=of_unit))["kpi"]
    actions = [[each["action"] for each in it["history"]["nodes"]] for it in (found, other)]
    assert actions == [["MEASURED", "CREATED"]] * 2


async def test_subscribers_of_a_kpi_get_its_new_values(company: Company) -> None:
    document = """subscription { kpiChanged {
      kpi { name measurements { nodes { value } } } } }"""
    events = await company.graph.subscribe("hr", document)
    await record(company, {"period": "2026-01", "value": "1"})
    event = (await next_event(events))["data"]
    assert event["kpiChanged"]["kpi"] == {
        "name": "On-time delivery",
        "measurements": {"nodes": [{"value": "1"}]},
    }


async def test_a_batch_has_limits(company: Company) -> None:
    payload = await record(company, *[{"period": "2026-01", "value": "1"}] * 1001)
    assert payload == {
        "kpis": [],
        "outcomes": [],
        "warnings": [],
        "errors": [
            {
                "index": None,
                "field": ["rows"],
                "code": "LIMIT_EXCEEDED",
                "message": "This list has 1,001 items. Send 1,000 at most.",
            }
        ],
    }


async def correct(company: Company, verb: str, **input: Any) -> Any:
    """Correct or withdraw the stored value of the KPI `of_team`, and return the payload."""
    given = {
        "id": company.encode_id("kpi", "of_team"),
        "measurementId": encode_id("kpivalue", company.measurements[0].id),
        "reason": "A typo.",
    }
    return await company.mutate("hr", verb, "kpi { version }", **given | input)


async def test_a_corrected_value_is_not_brought_back_by_its_old_reference(company: Company) -> None:
    corrected = await correct(company, "kpiRestateMeasurement", value="2.5")
    assert corrected == {"kpi": {"version": 2}, "errors": []}
    sent_again = {"period": "2026-05", "value": "2.40", "externalReference": "ledger-5"}
    assert (await record(company, sent_again, kpi="of_team"))["outcomes"] == ["UNCHANGED"]
    assert await stored(company, "of_team") == [("2026-05", "2.5", 2)]


async def test_a_correction_to_the_same_value_changes_nothing(company: Company) -> None:
    same = await correct(company, "kpiRestateMeasurement", value="2.400")
    assert same == {"kpi": {"version": 1}, "errors": []}
    assert await stored(company, "of_team") == [("2026-05", "2.40", 1)]


async def test_a_correction_tells_all_that_is_wrong_with_it(company: Company) -> None:
    refused = await correct(company, "kpiRestateMeasurement", numerator="1", denominator="0")
    assert [(each["field"], each["code"]) for each in refused["errors"]] == [
        (["numerator"], "INVALID"),
        (["denominator"], "INVALID"),
        (["value"], "REQUIRED"),
    ]
    other = company.encode_id("kpi", "shared")
    elsewhere = await correct(company, "kpiRestateMeasurement", id=other, value="1")
    assert [each["field"] for each in elsewhere["errors"]] == [["measurementId"]]
    assert await stored(company, "of_team") == [("2026-05", "2.40", 1)]


async def test_a_withdrawn_value_is_not_measured_and_may_be_recorded_anew(company: Company) -> None:
    assert (await correct(company, "kpiWithdrawMeasurement"))["errors"] == []
    assert await stored(company, "of_team") == []
    again = await record(company, {"period": "2026-05", "value": "7"}, kpi="of_team")
    assert again["outcomes"] == ["CREATED"]


async def test_a_computed_kpi_takes_no_values(company: Company) -> None:
    made = await company.mutate(
        "hr",
        "kpiCreate",
        "kpi { id }",
        name="Twice",
        frequency="MONTHLY",
        scope={"organizationId": company.encode_id("org", "ops")},
        definition={
            "formula": "2 * part",
            "inputs": [{"alias": "part", "kpiId": company.encode_id("kpi", "shared")}],
        },
    )
    payload = await record(company, {"kpiId": made["kpi"]["id"], "period": "2026-05", "value": "1"})
    assert errors(payload) == [(0, ["rows", "0", "kpiId"], "INVALID")]


async def test_the_calendar_stays_while_values_depend_on_it(company: Company) -> None:
    async def edit(**settings: Any) -> list[tuple[list[str], str]]:
        payload = await company.mutate("ruler", "tenantEdit", "tenant { id }", **settings)
        return [(each["field"], each["code"]) for each in payload["errors"]]

    refused = [(["fiscalYearStartMonth"], "STATE_CONFLICT")]
    assert await edit(fiscalYearStartMonth=4) == refused
    assert await edit(fiscalYearStartMonth=1, weekStart="SUNDAY") == []
    assert await edit(fiscalYearNamedBy="FIRST_YEAR") == []
    await correct(company, "kpiWithdrawMeasurement")
    assert await edit(fiscalYearStartMonth=4) == []


async def test_a_batch_sent_again_under_its_key_stores_nothing(company: Company) -> None:
    document = """mutation($input: KpiRecordMeasurementsInput!) {
      kpiRecordMeasurements(input: $input) @idempotent(key: "night-1") {
        outcomes errors { index code } } }"""
    row = {"kpiId": company.encode_id("kpi", "shared"), "period": "2026-01", "value": "1"}
    graph = company.select_graph("hr")
    first = await graph.mutate("hr", document, rows=[row])
    assert first == {"outcomes": ["CREATED"], "errors": []}
    assert (await graph.mutate("hr", document, rows=[row]))["outcomes"] == ["UNCHANGED"]
    await record(company, {"period": "2026-01", "value": "2"})
    await graph.mutate("hr", document, rows=[row])
    assert await stored(company) == [("2026-01", "2", 2)]


async def test_a_quotient_that_is_too_large_is_refused(company: Company) -> None:
    made = await company.mutate(
        "hr",
        "kpiCreate",
        "kpi { id }",
        name="Margin",
        frequency="MONTHLY",
        scope={"organizationId": company.encode_id("org", "ops")},
        definition={
            "form": "RATIO",
            "timeAggregation": "SUM",
            "denominatorTimeAggregation": "SUM",
        },
    )
    parts = {"numerator": "100000000000000", "denominator": "0.000001"}
    payload = await record(company, {"kpiId": made["kpi"]["id"], "period": "2026-01"} | parts)
    assert errors(payload) == [(0, ["rows", "0", "denominator"], "OUT_OF_RANGE")]
