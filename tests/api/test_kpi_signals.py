"""Natural limits and signals of KPIs, checked with published numbers and with fractions."""

from datetime import date
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from tests.api.company import Company
from tests.factories.xmr_reference import (
    Baseline,
    Chart,
    build_chart,
    find_strongest,
    subtract_previous_year,
)

RECORD = """mutation($input: KpiRecordMeasurementsInput!) {
  kpiRecordMeasurements(input: $input) { errors { message } } }"""
CHART = """query($id: ID!, $from: Date, $to: Date, $byYear: Boolean) { kpi(by: { id: $id }) {
  naturalLimits(byPreviousYear: $byYear) {
    state points startsOn mean lowerLimit upperLimit rangeLimit }
  limitsByBaseline(byPreviousYear: $byYear) {
    state points startsOn lastDay mean lowerLimit upperLimit rangeLimit }
  signals(from: $from, to: $to, byPreviousYear: $byYear) {
    period startsOn value rule isAbove } } }"""
RESET = "kpi { baselines { nodes { startsOn reason } } }"

RESISTANCE = "5045 4350 4350 3975 4290 4430 4485 4285 3980 3925 3645 3760 3300 3685 3463 5200"
"""Wheeler and Chambers, "Understanding Statistical Process Control"."""

DIMENSION = "110 103 97 96 105 110 100 93 90 103 97 103 90 97 99 106 90 96 109 90 91 108 96 101 96"
"""Pyzdek and Keller, "The Six Sigma Handbook", table 9.4."""

FIRST_MONTH = 2023 * 12


def name_month(ordinal: int) -> str:
    return f"{ordinal // 12}-{ordinal % 12 + 1:02}"


def number(values: str) -> dict[int, Fraction]:
    """Return the values by month; a dash is a hole."""
    months = enumerate(values.split(), FIRST_MONTH)
    return {month: Fraction(each) for month, each in months if each != "-"}


async def record(company: Company, values: dict[int, Fraction]) -> str:
    """Record values of a new KPI, and return its id."""
    input: dict[str, Any] = {
        "name": "Values",
        "frequency": "MONTHLY",
        "scope": {"organizationId": company.encode_id("org", "ops")},
        "definition": {},
    }
    made = await company.mutate("hr", "kpiCreate", "kpi { id }", **input)
    id: str = made["kpi"]["id"]
    rows = [
        {"kpiId": id, "period": name_month(month), "value": str(value)}
        for month, value in values.items()
    ]
    payload = await company.select_graph("hr").mutate("hr", RECORD, rows=rows)
    assert payload["errors"] == []
    return id


async def read(company: Company, id: str, who: str = "hr", **arguments: Any) -> tuple[Any, Any]:
    kpi = (await company.query(who, CHART, id=id, **arguments))["kpi"]
    return kpi["naturalLimits"], kpi["signals"]


async def read_limits(company: Company, id: str, **arguments: Any) -> Any:
    """Return the limits of each baseline. The last ones are the natural limits."""
    kpi = (await company.query("hr", CHART, id=id, **arguments))["kpi"]
    newest = dict(kpi["limitsByBaseline"][-1])
    assert newest.pop("lastDay") is None
    assert newest == kpi["naturalLimits"]
    return kpi["limitsByBaseline"]


async def reset(company: Company, id: str, day: str, reason: str = "A new depot.") -> Any:
    payload = await company.mutate(
        "hr", "kpiResetBaseline", RESET, id=id, startsOn=day, reason=reason
    )
    return payload["kpi"]["baselines"]["nodes"]


def check_limits(found: Any, chart: Chart) -> None:
    """Compare the limits of each baseline with those in fractions."""
    assert [(each["state"], each["points"]) for each in found] == [
        (each.state.name, each.points) for each in chart.segments
    ]
    for each, segment in zip(found, chart.segments, strict=True):
        if segment.limits is None:
            assert each["mean"] is each["upperLimit"] is None
        else:
            expected = (segment.limits.mean, segment.limits.lower, segment.limits.upper)
            names = ("mean", "lowerLimit", "upperLimit")
            for name, exact in zip(names, expected, strict=True):
                assert abs(Fraction(each[name]) - exact) < Fraction("0.000001")


async def test_wheelers_resistances_have_his_limits_and_one_value_outside(
    company: Company,
) -> None:
    limits, signals = await read(company, await record(company, number(RESISTANCE)))
    assert limits == {
        "state": "FIRM",
        "points": 16,
        "startsOn": "2023-01-01",
        "mean": "4135.5",
        "lowerLimit": "3188.717333",
        "upperLimit": "5082.282667",
        "rangeLimit": "1163.190133",
    }
    assert signals == [
        {
            "period": "2024-04",
            "startsOn": "2024-04-01",
            "value": "5200",
            "rule": "OUTSIDE_LIMITS",
            "isAbove": True,
        }
    ]


async def test_a_stable_process_has_no_signal_and_its_limits_stay(company: Company) -> None:
    """The 25th value is compared with the limits and does not move them."""
    first = number(" ".join(DIMENSION.split()[:24]))
    limits, signals = await read(company, await record(company, number(DIMENSION)))
    assert (limits, signals) == (await read(company, await record(company, first)))
    assert (limits["points"], signals) == (24, [])


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ("1 3 1 3 1", "TOO_FEW_POINTS"),
        ("1 - 3 - 1 - 3 - 1 - 3", "TOO_FEW_POINTS"),
        ("1 3 1 3 1 3", "PROVISIONAL"),
        ("7 7 7 7 7 7 7", "NO_VARIATION"),
    ],
)
async def test_few_or_equal_values_give_no_firm_limits(
    company: Company, values: str, state: str
) -> None:
    limits, signals = await read(company, await record(company, number(values)))
    assert limits["state"] == state
    assert (limits["mean"] is None) == (state != "PROVISIONAL")
    assert signals == []


async def test_a_kpi_without_values_has_no_limits(company: Company) -> None:
    limits, signals = await read(company, company.encode_id("kpi", "shared"))
    none = dict.fromkeys(("startsOn", "mean", "lowerLimit", "upperLimit", "rangeLimit"))
    assert limits == {"state": "TOO_FEW_POINTS", "points": 0, **none}
    assert signals == []


def draw_values(random: Random) -> dict[int, Fraction]:
    """Draw a series with holes and shifts, in which many values lie on the mean or on a limit."""
    level, values = 0, dict[int, Fraction]()
    for month in range(FIRST_MONTH, FIRST_MONTH + random.choice([7, 20, 40])):
        level += random.choice([0] * 9 + [2, -3])
        if random.random() > 0.1:
            values[month] = Fraction(level + random.choice([-1, 0, 0, 1, 1]))
    return values


async def test_a_reset_baseline_has_limits_of_its_own(company: Company) -> None:
    """Of two published series, one after the other, each keeps the limits that are published."""
    values = number(f"{RESISTANCE} {DIMENSION}")
    id = await record(company, values)
    before = await read_limits(company, id)
    assert [each["points"] for each in before] == [24]
    second = name_month(FIRST_MONTH + 16)
    assert await reset(company, id, f"{second}-20") == [
        {"startsOn": f"{second}-01", "reason": "A new depot."}
    ]
    first, last = await read_limits(company, id)
    assert (first["startsOn"], first["lastDay"]) == ("2023-01-01", "2024-04-30")
    assert (first["points"], first["mean"], first["upperLimit"]) == (16, "4135.5", "5082.282667")
    assert (last["startsOn"], last["lastDay"], last["points"]) == (f"{second}-01", None, 24)
    _, signals = await read(company, id)
    assert [each["period"] for each in signals] == ["2024-04"]


@pytest.mark.parametrize(
    ("count", "state"), [(0, "TOO_FEW_POINTS"), (5, "TOO_FEW_POINTS"), (6, "PROVISIONAL")]
)
async def test_limits_after_a_reset_are_provisional_until_there_are_enough_values(
    company: Company, count: int, state: str
) -> None:
    values = number(RESISTANCE)
    id = await record(company, values)
    await reset(company, id, f"{name_month(FIRST_MONTH + 16 - count)}-01")
    old, new = await read_limits(company, id)
    assert (old["state"], new["state"], new["points"]) == (
        "PROVISIONAL" if count == 6 else "FIRM" if count < 5 else "PROVISIONAL",
        state,
        count,
    )


async def test_a_removed_baseline_leaves_the_limits_as_before(company: Company) -> None:
    id = await record(company, number(f"{RESISTANCE} {DIMENSION}"))
    before = await read_limits(company, id)
    await reset(company, id, "2024-05-01")
    assert await reset(company, id, "2024-05-31", "A new machine.") == [
        {"startsOn": "2024-05-01", "reason": "A new machine."}
    ]
    removal = {"id": id, "startsOn": "2024-05-15", "reason": "It was repaired."}
    payload = await company.mutate("hr", "kpiRemoveBaseline", RESET, **removal)
    assert payload["kpi"]["baselines"]["nodes"] == []
    assert await read_limits(company, id) == before
    refused = await company.mutate("hr", "kpiRemoveBaseline", RESET, **removal)
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("OUT_OF_RANGE", ["startsOn"])
    ]


@pytest.mark.parametrize(
    ("day", "reason", "fault"),
    [
        ("2026-07-01", "A new depot.", ("OUT_OF_RANGE", ["startsOn"])),
        ("2024-01-01", " ", ("REQUIRED", ["reason"])),
    ],
)
async def test_a_refused_reset_changes_nothing(
    company: Company, day: str, reason: str, fault: tuple[str, list[str]]
) -> None:
    id = await record(company, number(RESISTANCE))
    before = await read_limits(company, id)
    refused = await company.mutate(
        "hr", "kpiResetBaseline", RESET, id=id, startsOn=day, reason=reason
    )
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [fault]
    assert await read_limits(company, id) == before


async def test_limits_and_signals_are_those_that_fractions_give(company: Company) -> None:
    random, seen = Random(13), 0
    for _ in range(12):
        values = draw_values(random)
        id = await record(company, values)
        resets = random.sample(range(FIRST_MONTH - 2, FIRST_MONTH + 38), random.choice([0, 1, 2]))
        for month in resets:
            await reset(company, id, f"{name_month(month)}-10")
        for by_year in (False, True):
            shown = values
            if by_year:
                shown = subtract_previous_year(values, lambda month: month - 12)
            chart = build_chart(shown, [Baseline(month) for month in resets])
            _, signals = await read(company, id, byYear=by_year)
            if chart.segments:
                check_limits(await read_limits(company, id, byYear=by_year), chart)
            rules = {name_month(month): rule.name for month, rule in find_strongest(chart).items()}
            assert {each["period"]: each["rule"] for each in signals} == rules
            seen += len(rules)
    assert seen > 10


async def test_periods_that_are_left_out_of_baselines_are_holes(company: Company) -> None:
    """A strike in April 2024, which also touches May, explains the value that was outside."""
    id = await record(company, number(RESISTANCE + " 4100 4200"))
    _, before = await read(company, id)
    assert [each["period"] for each in before] == ["2024-04"]
    strike = {
        "title": "Strike",
        "scope": {"organizationId": company.encode_id("org", "hq")},
        "startsOn": "2024-04-30",
        "lastDay": "2024-05-01",
    }
    select = "annotation { id }"
    made = await company.mutate("hr", "annotationCreate", select, **strike)
    assert (await read(company, id))[1] == before
    await company.mutate(
        "hr",
        "annotationEdit",
        select,
        id=made["annotation"]["id"],
        isExcludedFromBaselines=True,
    )
    values = number(" ".join(RESISTANCE.split()[:15]) + " - - 4200")
    limits, signals = await read(company, id)
    assert limits["points"] == 16
    rules = {
        name_month(each): rule.name for each, rule in find_strongest(build_chart(values)).items()
    }
    assert {each["period"]: each["rule"] for each in signals} == rules
    assert "2024-04" not in rules


async def test_signals_are_read_of_days(company: Company) -> None:
    id = await record(company, number(RESISTANCE))
    for days, count in (
        ({"from": "2024-04-30"}, 1),
        ({"from": "2024-05-01"}, 0),
        ({"to": "2024-04-01"}, 1),
        ({"to": "2024-03-31"}, 0),
    ):
        assert len((await read(company, id, **days))[1]) == count, days
    assert date(2024, 4, 1).isoformat() == (await read(company, id))[1][0]["startsOn"]
