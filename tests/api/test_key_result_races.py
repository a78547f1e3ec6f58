"""Goals and their KPIs change at once: no value is lost, and nobody waits for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.served_company import ServedCompany

GOAL = """query($id: ID!) { goal(by: { id: $id }) {
  keyResults(first: 30) { nodes { title currentValue } } } }"""
ROUNDS = range(1, 7)
Change = Callable[[], Any]


def run_at_once(*changes: Change) -> None:
    """Make all changes at the same time, none of which may be refused."""
    with ThreadPoolExecutor(len(changes)) as clients:
        payloads = list(clients.map(lambda change: change(), changes))
    assert [each.get("refused") or each["errors"] for each in payloads] == [[]] * len(changes)


def record(busy: ServedCompany, *rows: tuple[str, str, str]) -> Any:
    """Record values: each row has a KPI, a period and a value."""
    names = ("kpiId", "period", "value")
    given = [dict(zip(names, row, strict=True)) for row in rows]
    query = """mutation($input: KpiRecordMeasurementsInput!) {
      kpiRecordMeasurements(input: $input) { errors { code message } } }"""
    found = busy.post("ruler", query, input={"rows": given}).json()
    return found["data"]["kpiRecordMeasurements"] if found.get("data") else {"refused": found}


def link(busy: ServedCompany, goal: str, kpi_id: str, title: str) -> Any:
    """Add a key result that follows a KPI."""
    values = {"startValue": "0", "targetValue": "10"}
    key_result = {"title": title, "kpiId": kpi_id, **values}
    id = busy.company.encode_id("goal", goal)
    return busy.mutate("ruler", "goalAddKeyResult", id=id, keyResult=key_result)


def create_kpi(busy: ServedCompany, name: str, **definition: Any) -> str:
    """Create a KPI for everyone, and return its id."""
    scope = {"organizationId": busy.company.encode_id("org", "ops")}
    details = {"name": name, "frequency": "MONTHLY", "scope": scope}
    made = busy.mutate("ruler", "kpiCreate", "kpi { id }", definition=definition, **details)
    assert made["errors"] == []
    return str(made["kpi"]["id"])


def list_values(busy: ServedCompany, goal: str, skip: int = 0) -> list[str]:
    """List the current values of the key results of a goal."""
    found = busy.query("ruler", GOAL, id=busy.company.encode_id("goal", goal))
    return [each["currentValue"] for each in found["goal"]["keyResults"]["nodes"]][skip:]


@pytest.mark.parametrize("formula", [None, "a * 1"])
def test_a_link_and_a_value_at_once_meet(busy: ServedCompany, formula: str | None) -> None:
    recorded_id = followed_id = busy.company.encode_id("kpi", "shared")
    if formula:
        input = {"alias": "a", "kpiId": recorded_id}
        followed_id = create_kpi(busy, "Same", formula=formula, inputs=[input])
    for number in ROUNDS:
        run_at_once(
            lambda n=number: record(busy, (recorded_id, f"2026-0{n}", str(n))),
            *(
                lambda goal=goal, n=number: link(busy, goal, followed_id, f"Round {n}")
                for goal in ("of_unit", "of_team", "of_peer")
            ),
        )
        for goal in ("of_unit", "of_team", "of_peer"):
            assert list_values(busy, goal, 1) == [str(number)] * number


def test_values_of_all_kpis_of_a_goal_arrive_at_once(busy: ServedCompany) -> None:
    ids = [create_kpi(busy, f"KPI {n}") for n in range(4)]
    for n, id in enumerate(ids):
        for goal in ("of_unit", "of_team"):
            assert link(busy, goal, id, f"Result {n}")["errors"] == []
    goal_id = busy.company.encode_id("goal", "of_unit")
    for number in ROUNDS:
        rows = [(id, f"2026-0{number}", str(number)) for id in ids]
        run_at_once(
            *(lambda row=row: record(busy, row) for row in rows),
            lambda rows=rows: record(busy, *rows),
            lambda rows=rows: record(busy, *rows[::-1]),
            lambda n=number: busy.mutate("ruler", "goalEdit", id=goal_id, title=f"Round {n}"),
            lambda n=number: busy.mutate("ruler", "goalEdit", id=goal_id, dueOn=f"2026-12-0{n}"),
        )
        assert list_values(busy, "of_unit", 1) == [str(number)] * 4
        assert list_values(busy, "of_team", 1) == [str(number)] * 4


def test_a_new_formula_and_a_value_at_once_agree(busy: ServedCompany) -> None:
    recorded_id = busy.company.encode_id("kpi", "shared")
    input = {"alias": "a", "kpiId": recorded_id}
    id = create_kpi(busy, "Times", formula="a * 1", inputs=[input])
    assert link(busy, "of_unit", id, "Result")["errors"] == []
    for number in ROUNDS:
        run_at_once(
            lambda n=number: record(busy, (recorded_id, f"2026-0{n}", str(n))),
            lambda n=number: busy.mutate(
                "ruler", "kpiRedefine", id=id, formula=f"a * {n + 1}", reason="Another factor."
            ),
            lambda n=number: link(busy, "of_team", id, f"Round {n}"),
        )
        value = str(number * (number + 1))
        assert list_values(busy, "of_unit", 1) == [value]
        assert list_values(busy, "of_team", 1) == [value] * number
