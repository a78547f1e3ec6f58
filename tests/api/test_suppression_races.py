"""The threshold changes while values are recorded: nobody waits for ever, nothing stays shown."""

from functools import partial
from typing import Any

from tests.api.served_company import ServedCompany
from tests.api.test_key_result_races import create_kpi, run_at_once

RECORD = """mutation($input: KpiRecordMeasurementsInput!) {
  kpiRecordMeasurements(input: $input) { errors { code message } } }"""
STATES = "query($id: ID!) { kpi(by: { id: $id }) { measurements { nodes { state } } } }"
PEOPLE = {"timeAggregation": "SUM", "unitName": "people"}


def record(busy: ServedCompany, id: str, value: int) -> Any:
    """Record values of a year, each about five people."""
    months = [f"2025-{month:02}" for month in range(1, 13)]
    rows = [{"kpiId": id, "period": each, "value": value, "itemCount": 5} for each in months]
    found = busy.post("ruler", RECORD, input={"rows": rows}).json()
    return found["data"]["kpiRecordMeasurements"] if found.get("data") else {"refused": found}


def test_a_threshold_and_values_of_several_kpis_change_at_once(busy: ServedCompany) -> None:
    inputs, results = list[str](), list[str]()
    for name in ("First", "Second", "Third"):
        inputs.append(create_kpi(busy, name, **PEOPLE))
        edited = busy.mutate("ruler", "kpiEdit", "kpi { id }", id=inputs[-1], describesPeople=True)
        assert edited["errors"] == []
        formula = {"formula": "a * 1", "inputs": [{"alias": "a", "kpiId": inputs[-1]}]}
        results.append(create_kpi(busy, f"{name} result", **PEOPLE, **formula))
    for threshold, state in ((6, "SUPPRESSED"), (5, "MEASURED"), (6, "SUPPRESSED")):
        change = partial(busy.mutate, "ruler", "tenantEdit", suppressionThreshold=threshold)
        run_at_once(change, *(partial(record, busy, id, threshold) for id in inputs))
        for id in (*inputs, *results):
            found = busy.query("ruler", STATES, id=id)["kpi"]["measurements"]["nodes"]
            assert {each["state"] for each in found} == {state}
