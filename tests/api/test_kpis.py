"""KPIs in the graph: definitions by day, who sees them, filters and events."""

from typing import Any

from api.kernel.schema.global_ids import encode_id
from domain.kernel.identity import generate_id
from tests.api.company import Company
from tests.api.test_subscriptions import next_event

CREATE_FIELDS = "kpi { id name viewerCan definition { unit currency decimals } }"
DEFINITIONS = """
  before: definition(asOf: "2025-01-01") { calculation }
  definition { calculation }
  later: definition(asOf: "2027-01-01") { calculation startsOn reason }
  definitions { totalCount nodes { startsOn calculation } }
"""


async def create(company: Company, who: str = "hr", **more: Any) -> Any:
    input = {
        "name": "Cost per parcel",
        "frequency": "MONTHLY",
        "scope": {"organizationId": company.encode_id("org", "ops")},
        "definition": {"unit": "MONEY", "currency": "EUR", "direction": "DOWN"},
    }
    return await company.mutate(who, "kpiCreate", CREATE_FIELDS, **input | more)


async def test_a_definition_has_a_day_and_leaves_earlier_days_alone(company: Company) -> None:
    made = await create(company, startsOn="2026-01-01")
    assert made["errors"] == []
    assert made["kpi"]["definition"] == {"unit": "MONEY", "currency": "EUR", "decimals": 2}
    id = made["kpi"]["id"]
    for day, text in (("2026-12-01", "with fuel"), ("2026-06-15", "without fuel")):
        payload = await company.mutate(
            "hr",
            "kpiRedefine",
            f"kpi {{ {DEFINITIONS} }}",
            id=id,
            startsOn=day,
            calculation=text,
            reason="Fuel prices.",
        )
        assert payload["errors"] == []
    assert payload["kpi"] == {
        "before": {"calculation": None},
        "definition": {"calculation": "without fuel"},
        "later": {
            "calculation": "with fuel",
            "startsOn": "2026-12-01",
            "reason": "Fuel prices.",
        },
        "definitions": {
            "totalCount": 3,
            "nodes": [
                {"startsOn": "2026-01-01", "calculation": None},
                {"startsOn": "2026-06-15", "calculation": "without fuel"},
                {"startsOn": "2026-12-01", "calculation": "with fuel"},
            ],
        },
    }


async def test_what_contradicts_itself_is_told_at_its_place(company: Company) -> None:
    definition = {"unit": "MONEY", "form": "RATIO", "decimals": 9}
    refused = await create(company, definition=definition, dueAfterDays=400, name=" ")
    assert refused["kpi"] is None
    assert sorted((each["code"], each["field"]) for each in refused["errors"]) == [
        ("OUT_OF_RANGE", ["definition", "decimals"]),
        ("OUT_OF_RANGE", ["dueAfterDays"]),
        ("REQUIRED", ["name"]),
    ]
    refused = await create(company, definition={"unit": "MONEY", "form": "RATIO"})
    assert [each["field"] for each in refused["errors"]] == [
        ["definition", "currency"],
        ["definition", "denominatorTimeAggregation"],
    ]
    assert (await company.query("ruler", "{ kpis { totalCount } }"))["kpis"]["totalCount"] == 6


async def test_kpis_are_found_by_what_defines_them(company: Company) -> None:
    assert (await create(company))["errors"] == []
    found = await company.query(
        "ruler",
        """{
          money: kpis(where: { definition: { unit: { eq: MONEY } } }) { nodes { name } }
          archived: kpis(where: { state: { eq: ARCHIVED } }) { nodes { name } }
          teams: kpis(where: { scope: { team: { name: { eq: "Dispatch" } } } }) { nodes { name } }
          found: kpis(search: "deliv") { nodes { name } }
          ordered: kpis(first: 3, orderBy: [{ field: NAME }]) { nodes { name } }
          organization(by: { code: "SALES" }) { kpis { nodes { name owner { name } } } }
        }""",
    )
    assert found == {
        "money": {"nodes": [{"name": "Cost per parcel"}]},
        "archived": {"nodes": [{"name": "Faxes"}]},
        "teams": {"nodes": [{"name": "Late parcels"}]},
        "found": {"nodes": [{"name": "On-time delivery"}]},
        "ordered": {
            "nodes": [{"name": "Absence"}, {"name": "Cost per parcel"}, {"name": "Cost per parcel"}]
        },
        "organization": {
            "kpis": {"nodes": [{"name": "Revenue", "owner": {"name": "Former Okafor"}}]}
        },
    }


async def test_a_kpi_names_the_goal_that_it_is_crucial_to(company: Company) -> None:
    goal = company.encode_id("goal", "private")
    kpi = {"id": company.encode_id("kpi", "shared")}
    edit = {"purposeId": goal}
    payload = await company.mutate("mara", "kpiEdit", "kpi { purpose { title } }", **kpi | edit)
    assert payload == {"kpi": {"purpose": {"title": "Hers"}}, "errors": []}
    query = "query($id: ID!) { kpi(by: { id: $id }) { name purpose { title } } }"
    hidden = await company.query("boss", query, **kpi)
    assert hidden == {"kpi": {"name": "On-time delivery", "purpose": None}}

    payload = await company.mutate(  # HR does not see the goal, and leaves it where it is
        "hr", "kpiEdit", "kpi { name purpose { title } }", **kpi, name="On time"
    )
    assert payload == {"kpi": {"name": "On time", "purpose": None}, "errors": []}
    shown = await company.query("mara", query, **kpi)
    assert shown == {"kpi": {"name": "On time", "purpose": {"title": "Hers"}}}

    draft = company.encode_id("goal", "draft")
    refused = await company.mutate("mara", "kpiEdit", "kpi { id }", **kpi, purposeId=draft)
    assert [each["field"] for each in refused["errors"]] == [["purposeId"]]
    payload = await company.mutate(
        "mara", "kpiEdit", "kpi { purpose { id } }", **kpi | {"purposeId": None}
    )
    assert payload == {"kpi": {"purpose": None}, "errors": []}


async def test_only_those_who_see_a_kpi_are_told_of_a_change(company: Company) -> None:
    changed = "subscription { kpiChanged { kpi { name } hiddenKpiId } }"
    listeners = {
        who: await company.graph.subscribe(who, changed) for who in ("peer", "boss", "nobody")
    }
    named = company.encode_id("kpi", "named")
    await company.mutate("hr", "kpiEdit", "kpi { id }", id=named, name="Sick days")
    shared = company.encode_id("kpi", "shared")
    await company.mutate("hr", "kpiEdit", "kpi { id }", id=shared, name="On time")
    events = {
        who: (await next_event(each))["data"] for who, each in listeners.items() if who != "nobody"
    }
    assert events == {
        "peer": {"kpiChanged": {"kpi": {"name": "Sick days"}, "hiddenKpiId": None}},
        "boss": {"kpiChanged": {"kpi": {"name": "On time"}, "hiddenKpiId": None}},
    }


async def test_a_batch_of_kpis_is_made_together_or_not_at_all(company: Company) -> None:
    batch = """mutation($inputs: [KpiCreateInput!]!) { kpiCreateBatch(inputs: $inputs) {
      kpis { name } errors { code field index } } }"""
    scope = {"teamId": company.encode_id("team", "night")}
    row = {"name": "Parcels", "frequency": "DAILY", "scope": scope, "definition": {}}
    wrong = row | {"definition": {"currency": "EUR", "unit": "SHARE"}}
    refused = (await company.query("hr", batch, inputs=[row, wrong]))["kpiCreateBatch"]
    error = {"code": "INVALID", "field": ["definition", "currency"], "index": 1}
    assert refused == {"kpis": [], "errors": [error]}
    made = (await company.query("hr", batch, inputs=[row, row]))["kpiCreateBatch"]
    assert made == {"kpis": [{"name": "Parcels"}] * 2, "errors": []}


async def test_a_hidden_goal_is_not_found_even_if_it_is_the_purpose(company: Company) -> None:
    made = await create(company, ownerId=company.encode_id("person", "mara"))
    hidden, id = company.encode_id("goal", "private"), made["kpi"]["id"]
    chosen = await company.mutate("mara", "kpiEdit", "kpi { id }", id=id, purposeId=hidden)
    assert chosen["errors"] == []
    fields = "kpi { version purpose { id } }"
    again = await company.mutate("hr", "kpiEdit", fields, id=id, purposeId=hidden)
    random_id = encode_id("goal", generate_id())
    nobodys = await company.mutate("hr", "kpiEdit", fields, id=id, purposeId=random_id)
    assert again == nobodys
    assert [each["code"] for each in again["errors"]] == ["REFERENCE_NOT_FOUND"]
