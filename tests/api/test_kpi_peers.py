"""Internal peers of KPIs: quartiles over at least five organizations of like kind and size."""

from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from api.kernel.schema.global_ids import encode_id
from domain.kpis import Kpi, KpiDirection, KpiVisibility, TimeAggregation
from domain.organizations import OrganizationKind
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.conftest import SAVE
from tests.factories.actors import NOW, an_admin
from tests.factories.kpi_measurements import measure
from tests.factories.kpis import a_kpi
from tests.factories.organizations import an_organization
from tests.factories.people import a_person

PEERS = """query($id: ID!, $to: Date, $interval: KpiFrequency) { kpi(by: { id: $id }) {
  series(to: $to, interval: $interval, compareTo: PEERS) { points {
    period value comparison { value difference kind sentence }
    peers { sentence organizations lowerQuartile median upperQuartile position } } } } }"""
MARCH = "2026-03-01"
NOT_ENOUGH = (
    "Fewer than 5 other organizations of the same kind, with half to double the people, have a KPI"
    " of the same template, frequency and unit that the whole tenant may see."
)


async def save(company: Company, pool: asyncpg.Pool, *aggregates: Any) -> None:
    async with unit.work(pool, an_admin(company.tenant_id), now=NOW) as begun:
        for each in aggregates:
            await begun.add(each, to=SAVE)


async def open_site(  # noqa: PLR0913 - what a peer may differ in
    company: Company,
    pool: asyncpg.Pool,
    code: str,
    value: str | None,
    *,
    people: int = 2,
    below: str = "hq",
    kind: OrganizationKind = OrganizationKind.SITE,
    template: str = "absence_rate",
    **definition: Any,
) -> Kpi:
    """Open a site with people and a KPI with a value of March, and return the KPI."""
    site = an_organization(company.tenant_id, code, company.units[below], code)
    site.kind = kind
    staff = [a_person(company.tenant_id, code, str(n), site) for n in range(people)]
    visibility = definition.pop("visibility", KpiVisibility.TENANT)
    kpi = a_kpi(site, company.people["mara"], f"Absence {code}", visibility, **definition)
    kpi.definitions[0].set_template(template, 1, "working_days")
    await save(company, pool, site, *staff, kpi)
    company.units[code] = site
    if value is not None:
        await measure(pool, kpi, {MARCH: value})
    return kpi


async def open_sites(
    company: Company, pool: asyncpg.Pool, values: Sequence[str], **details: Any
) -> list[Kpi]:
    return [
        await open_site(company, pool, f"P{n}", value, **details) for n, value in enumerate(values)
    ]


async def read(company: Company, kpi: Kpi, who: str = "hr", **arguments: Any) -> Any:
    """Return the point of March."""
    days = {"to": "2026-03-31", **arguments}
    found = await company.query(who, PEERS, id=encode_id("kpi", kpi.id), **days)
    return found["kpi"]["series"][0]["points"][-1]


async def test_a_value_is_placed_among_the_quartiles_of_its_peers(
    company: Company, pool: asyncpg.Pool
) -> None:
    own = await open_site(company, pool, "OWN", "35")
    await open_sites(company, pool, ["10", "20", "30", "40", "50", "60"])
    found = await read(company, own)
    assert found["peers"] == {
        "organizations": 6,
        "lowerQuartile": "22.5",
        "median": "35",
        "upperQuartile": "47.5",
        "position": "BETTER_THAN_MEDIAN",
        "sentence": "6 peers: half of them lie from 22.50 to 47.50, with the median 35.00. The"
        " value is between the median and the better quartile.",
    }
    assert found["comparison"] == {
        "value": "35",
        "difference": "0",
        "kind": "UNCHANGED",
        "sentence": "Compared with the median of the peers: unchanged.",
    }


@pytest.mark.parametrize(
    ("direction", "value", "position"),
    [
        (KpiDirection.UP, "50", "BEST_QUARTER"),
        (KpiDirection.UP, "49", "BETTER_THAN_MEDIAN"),
        (KpiDirection.UP, "29", "WORSE_THAN_MEDIAN"),
        (KpiDirection.UP, "19", "WORST_QUARTER"),
        (KpiDirection.DOWN, "20", "BEST_QUARTER"),
        (KpiDirection.DOWN, "21", "BETTER_THAN_MEDIAN"),
        (KpiDirection.DOWN, "31", "WORSE_THAN_MEDIAN"),
        (KpiDirection.DOWN, "51", "WORST_QUARTER"),
        (KpiDirection.BAND, "20", None),
    ],
)
async def test_the_position_follows_the_direction(
    company: Company, pool: asyncpg.Pool, direction: KpiDirection, value: str, position: str
) -> None:
    own = await open_site(company, pool, "OWN", value, direction=direction)
    await open_sites(company, pool, ["10", "20", "30", "50", "60"], direction=direction)
    assert (await read(company, own))["peers"]["position"] == position


@pytest.mark.parametrize(
    "details",
    [
        {"people": 5},
        {"people": 0},
        {"kind": OrganizationKind.DIVISION},
        {"template": "employee_turnover"},
        {"visibility": KpiVisibility.ORGANIZATION},
        {"visibility": KpiVisibility.NAMED},
        {"unit_name": "hours"},
    ],
)
async def test_an_organization_that_is_not_alike_is_no_peer(
    company: Company, pool: asyncpg.Pool, details: dict[str, Any]
) -> None:
    """Of five peers one is different, so four are left: too few."""
    own = await open_site(company, pool, "OWN", "35")
    await open_sites(company, pool, ["10", "20", "30", "40"])
    await open_site(company, pool, "OTHER", "50", **details)
    found = await read(company, own)
    none = dict.fromkeys(("organizations", "lowerQuartile", "median", "upperQuartile", "position"))
    assert found["peers"] == none | {"sentence": NOT_ENOUGH}
    assert found["comparison"]["sentence"] == (
        "There is no value to compare with the median of the peers."
    )
    await open_site(company, pool, "SAME", "50", people=4)
    assert (await read(company, own))["peers"]["median"] == "30"


async def test_units_above_and_below_are_no_peers_and_one_counts_once(
    company: Company, pool: asyncpg.Pool
) -> None:
    own = await open_site(company, pool, "OWN", "35")
    await open_sites(company, pool, ["10", "20", "30", "40"])
    below = await open_site(company, pool, "BELOW", "50", people=1, below="OWN")
    again = a_kpi(company.units["P0"], company.people["mara"], "Again")
    again.definitions[0].set_template("absence_rate", 1, "working_days")
    await save(company, pool, again)
    await measure(pool, again, {MARCH: "99"})
    assert (await read(company, own))["peers"]["sentence"] == NOT_ENOUGH
    assert (await read(company, below))["peers"]["sentence"] != ""


async def test_peers_without_a_value_do_not_count(company: Company, pool: asyncpg.Pool) -> None:
    own = await open_site(company, pool, "OWN", "35")
    await open_sites(company, pool, ["10", "20", "30", "40"])
    await open_site(company, pool, "LATE", None)
    found = (await read(company, own))["peers"]
    assert (found["median"], found["organizations"]) == (None, None)
    assert found["sentence"] == "Fewer than 5 peers have a value of this period."


async def test_longer_intervals_are_compared_too_and_open_periods_are_not(
    company: Company, pool: asyncpg.Pool
) -> None:
    flow = {"time_aggregation": TimeAggregation.SUM}
    own = await open_site(company, pool, "OWN", "35", **flow)
    await open_sites(company, pool, ["10", "20", "30", "40", "50"], **flow)
    assert (await read(company, own, interval="QUARTERLY"))["peers"]["median"] == "30"
    found = await read(company, own, to="2026-06-30")
    assert found["peers"]["sentence"] == "The period is not over yet."


async def test_only_a_series_that_asks_for_peers_has_them(
    company: Company, pool: asyncpg.Pool
) -> None:
    """One document, whose plan depends on the variable."""
    own = await open_site(company, pool, "OWN", "35")
    query = """query($id: ID!, $how: KpiComparison) { kpi(by: { id: $id }) {
      series(compareTo: $how) { points { comparison { sentence } peers { sentence } } } } }"""
    for how in ("PREVIOUS_YEAR", "PEERS", None, "TARGET", "PEERS"):
        found = await company.query("hr", query, id=encode_id("kpi", own.id), how=how)
        point = found["kpi"]["series"][0]["points"][0]
        assert (point["peers"] is not None) == (how == "PEERS")
        assert (point["comparison"] is not None) == (how is not None)


async def test_the_sentence_of_a_comparison_names_the_target(
    company: Company, pool: asyncpg.Pool
) -> None:
    own = await open_site(company, pool, "OWN", "35")
    query = "query($id: ID!) { kpi(by: { id: $id }) { series(compareTo: TARGET) { points {"
    query += " comparison { sentence } } } } }"
    found = await company.query("hr", query, id=encode_id("kpi", own.id))
    sentences = {each["comparison"]["sentence"] for each in found["kpi"]["series"][0]["points"]}
    assert sentences == {"There is no value to compare with the target."}
