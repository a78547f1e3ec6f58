"""Scorecards in the graph: their entries, who sees them, and events."""

from typing import Any

from tests.api.company import Company
from tests.api.test_subscriptions import next_event

ENTRIES = "entries { position weight heading size gridColumn gridRow kpi { name } }"
SHOWN = "query($id: ID!) { scorecard(by: { id: $id }) { version entries { kpi { name } } } }"


async def list_names(company: Company, who: str, name: str = "shared") -> list[str] | None:
    id = company.encode_id("scorecard", name)
    found = (await company.query(who, SHOWN, id=id))["scorecard"]
    return found and [each["kpi"]["name"] for each in found["entries"]]


async def test_a_scorecard_has_its_kpis_in_their_order(company: Company) -> None:
    kpis = [company.encode_id("kpi", each) for each in ("in_unit", "shared")]
    layout = {"weight": 3, "heading": "Quality", "size": "LARGE", "gridColumn": 7, "gridRow": 2}
    made = await company.mutate(
        "hr",
        "scorecardCreate",
        f"scorecard {{ name owner {{ name }} viewerCan {ENTRIES} }}",
        name="Network",
        scope={"teamId": company.encode_id("team", "night")},
        ownerId=company.encode_id("person", "mara"),
        entries=[{"kpiId": kpis[0]}, {"kpiId": kpis[1], **layout}],
    )
    usual = {"weight": 1, "heading": None, "size": "MEDIUM", "gridColumn": None, "gridRow": None}
    assert made["errors"] == []
    assert made["scorecard"] == {
        "name": "Network",
        "owner": {"name": "Mara Okafor"},
        "viewerCan": ["EDIT", "ARCHIVE", "CREATE_KPI_REVIEW_SCHEDULE"],
        "entries": [
            {"position": 0, **usual, "kpi": {"name": "Cost per parcel"}},
            {"position": 1, **layout, "kpi": {"name": "On-time delivery"}},
        ],
    }


async def test_an_entry_is_shown_to_those_who_see_its_kpi(company: Company) -> None:
    """The scorecard has a KPI for everyone, one for the unit and one for named people."""
    everyone, unit, named = "On-time delivery", "Cost per parcel", "Absence"
    assert await list_names(company, "mara") == [everyone, unit, named]
    assert await list_names(company, "peer") == [everyone, unit, named]
    assert await list_names(company, "boss") == [everyone, unit]
    assert await list_names(company, "former") == [everyone]
    assert await list_names(company, "nobody") is None
    assert await list_names(company, "peer", "named") == [named]
    assert await list_names(company, "boss", "named") is None
    kpi = "query($id: ID!) { kpi(by: { id: $id }) { scorecards { totalCount } } }"
    for who, count in (("peer", 2), ("hr", 2)):
        found = await company.query(who, kpi, id=company.encode_id("kpi", "named"))
        assert found["kpi"]["scorecards"] == {"totalCount": count}


async def test_who_sees_some_kpis_cannot_remove_the_others(company: Company) -> None:
    id = company.encode_id("scorecard", "shared")
    boss, kpi = company.encode_id("person", "boss"), company.encode_id("kpi", "in_unit")
    given = await company.mutate("hr", "scorecardEdit", "scorecard { id }", id=id, ownerId=boss)
    assert given["errors"] == []
    payload = await company.mutate(
        "boss",
        "scorecardEdit",
        f"scorecard {{ {ENTRIES} }}",
        id=id,
        entries=[{"kpiId": kpi, "weight": 5}],
    )
    assert payload["errors"] == []
    (entry,) = payload["scorecard"]["entries"]
    assert (entry["kpi"]["name"], entry["weight"], entry["position"]) == ("Cost per parcel", 5, 0)
    assert await list_names(company, "hr") == ["Cost per parcel", "Absence"]


async def test_a_kpi_that_is_hidden_or_named_twice_is_refused_and_changes_nothing(
    company: Company,
) -> None:
    id, before = company.encode_id("scorecard", "shared"), await list_names(company, "mara")
    sales, shared = (company.encode_id("kpi", each) for each in ("of_sales", "shared"))

    async def refuse(entries: list[Any], **more: Any) -> Any:
        payload = await company.mutate(
            "mara", "scorecardEdit", "scorecard { id }", id=id, entries=entries, **more
        )
        return [(each["code"], each["field"]) for each in payload["errors"]]

    hidden = ("REFERENCE_NOT_FOUND", ["entries", "0", "kpiId"])
    heavy = ("OUT_OF_RANGE", ["entries", "1", "weight"])
    wide = ("OUT_OF_RANGE", ["entries", "1", "gridColumn"])
    assert await refuse([{"kpiId": sales}, {"kpiId": shared}]) == [hidden]
    rows = [{"kpiId": sales}, {"kpiId": shared, "weight": 101, "gridColumn": 13}]
    assert await refuse(rows, name="Other") == [heavy, wide]
    twice = await refuse([{"kpiId": shared}, {"kpiId": shared}])
    assert twice == [("NOT_UNIQUE", ["entries", "1"])]
    assert await list_names(company, "mara") == before


async def test_an_unchanged_scorecard_keeps_its_version(company: Company) -> None:
    id = company.encode_id("scorecard", "shared")
    names = ("shared", "in_unit", "named")
    same = [{"kpiId": company.encode_id("kpi", each)} for each in names]
    for entries, version in ((same, 1), (same[::-1], 2)):
        payload = await company.mutate(
            "mara", "scorecardEdit", "scorecard { version }", id=id, entries=entries
        )
        assert payload == {"scorecard": {"version": version}, "errors": []}
    assert await list_names(company, "mara") == ["Absence", "Cost per parcel", "On-time delivery"]


async def test_only_those_who_see_a_scorecard_are_told_of_a_change(company: Company) -> None:
    changed = "subscription { scorecardChanged { scorecard { name } hiddenScorecardId } }"
    listeners = {
        who: await company.graph.subscribe(who, changed) for who in ("peer", "boss", "nobody")
    }
    for name, title in (("named", "Sick days"), ("shared", "Operations")):
        id = company.encode_id("scorecard", name)
        await company.mutate("hr", "scorecardEdit", "scorecard { id }", id=id, name=title)
    events = {
        who: (await next_event(each))["data"]["scorecardChanged"]
        for who, each in listeners.items()
        if who != "nobody"
    }
    assert events == {
        "peer": {"scorecard": {"name": "Sick days"}, "hiddenScorecardId": None},
        "boss": {"scorecard": {"name": "Operations"}, "hiddenScorecardId": None},
    }


LIVE = """subscription($id: ID, $after: String) { scorecardChanged(id: $id, after: $after) {
  cursor hiddenScorecardId scorecard { name entries { kpi { name } } } } }"""


async def rename_kpis(company: Company, **names: str) -> None:
    for kpi, name in names.items():
        id = company.encode_id("kpi", kpi)
        payload = await company.mutate("hr", "kpiEdit", "kpi { id }", id=id, name=name)
        assert payload["errors"] == []


async def read_event(events: Any) -> dict[str, list[str]]:
    """Return the names of the KPIs on the scorecard of the next event, by its name."""
    shown = (await next_event(events))["data"]["scorecardChanged"]["scorecard"]
    return {shown["name"]: [each["kpi"]["name"] for each in shown["entries"]]}


async def test_a_change_of_a_kpi_reaches_the_scorecards_that_it_is_on(company: Company) -> None:
    """The boss does not see the KPI for named people, and is not told of its change."""
    shared = company.encode_id("scorecard", "shared")
    peer = await company.graph.subscribe("peer", LIVE)
    boss = await company.graph.subscribe("boss", LIVE, id=shared)
    await rename_kpis(company, named="Sick days")
    events = [await read_event(peer), await read_event(peer)]
    assert {"Health": ["Sick days"]} in events
    assert {"Network": ["On-time delivery", "Cost per parcel", "Sick days"]} in events
    await rename_kpis(company, of_sales="Sales", shared="On time")
    assert await read_event(peer) == {"Network": ["On time", "Cost per parcel", "Sick days"]}
    assert await read_event(boss) == {"Network": ["On time", "Cost per parcel"]}


async def test_changes_of_kpis_that_were_missed_are_sent_after_a_cursor(company: Company) -> None:
    shared = company.encode_id("scorecard", "shared")
    live = await company.graph.subscribe("mara", LIVE, id=shared)
    await rename_kpis(company, in_unit="Costs")
    first = (await next_event(live))["data"]["scorecardChanged"]
    await rename_kpis(company, of_sales="Sales", shared="On time")
    again = await company.graph.subscribe("mara", LIVE, id=shared, after=first["cursor"])
    missed = (await next_event(again))["data"]["scorecardChanged"]
    assert missed["hiddenScorecardId"] is None
    assert [each["kpi"]["name"] for each in missed["scorecard"]["entries"]] == [
        "On time",
        "Costs",
        "Absence",
    ]
