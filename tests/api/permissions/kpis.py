"""Who may change KPIs: the table, and the input of each row."""

from typing import Any

from api.kernel.schema.global_ids import encode_id
from tests.api.company import Company
from tests.api.permission_matrix import Input, Inputs
from tests.api.permissions.inputs import build_input, build_owner, encode_id_of

TABLE = """
                      mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
kpiCreate unit           -    -     -      -    -    - ok     ok      -     -       -      r      r
kpiCreate team           -    -     -      -    -    - ok     ok      -     -       -      r      r
kpiFromTemplate         -    -     -      -    -    - ok     ok      -     -       -      r      r
kpiEdit shared          ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
kpiEdit in_unit         ok    -     -      ?    -    - ok     ok      ?     -       -      ?      ?
kpiEdit named           ok    ?     ?      ?    -    ? ok     ok      ?     ?       ?      ?      ?
kpiEdit of_team         ok    -     -      -    -    - ok     ok      ?     -       -      ?      ?
kpiEdit of_sales         ?    ?     -     ok    ?    ? ok      ?     ok     -       -      -      ?
kpiEdit giving_away     ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
kpiEdit driving         ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
kpiEdit archived         s    -     -      -    -    -  s      s      -     -       -      ?      ?
kpiRedefine             ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
kpiRecordMeasurements shared ok -  -      -    -    - ok     ok      -     -       -      r      r
kpiRecordMeasurements of_team ok -  -     ok   ok    - ok     ok      r     -       -      r      r
kpiRestateMeasurement   ok    -     -     ok   ok    - ok     ok      ?     -       -      ?      ?
kpiWithdrawMeasurement  ok    -     -     ok   ok    - ok     ok      ?     -       -      ?      ?
kpiSetTarget            ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
kpiEndTarget            ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
kpiSetDimension         ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
kpiRemoveDimension      ok    -     -      -    -    - ok     ok      ?     -       -      ?      ?
kpiResetBaseline        ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
kpiRemoveBaseline       ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
kpiImportBenchmarks     ok    -     -      -    -    - ok     ok      -     -       -      r      r
kpiMarkSeen             ok   ok    ok     ok   ok   ok ok     ok     ok    ok      ok      ?      ?
kpiArchive              ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
kpiRestore              ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
"""


def _build_template_input(company: Company) -> Input:
    template = {"template": "on_time_delivery", "name": "Parcels in time"}
    return template | {"scope": {"organizationId": company.encode_id("org", "ops")}}


def _build_kpi_input(**scope: Any) -> Any:
    def input(company: Company) -> Input:
        kpi = {"name": "Parcels a day", "frequency": "DAILY", "definition": {}}
        return {**kpi, "scope": build_owner(**scope)(company)}

    return input


def _build_rows(kpi: str) -> Any:
    row = {"day": "2026-03-31", "value": "0.95"}
    return lambda company: {"rows": [row | {"kpiId": company.encode_id("kpi", kpi)}]}


def _build_benchmarks(company: Company) -> Input:
    days = {"startsOn": "2025-01-01", "lastDay": "2025-12-31"}
    quartiles = {"lowerQuartile": "1", "median": "2", "upperQuartile": "3"}
    row = {"source": "A study", "cohort": "Carriers", "unit": "NUMBER", **days, **quartiles}
    return {"rows": [row | {"kpiId": company.encode_id("kpi", "shared")}]}


def _encode_measurement_id(company: Company) -> str:
    return encode_id("kpivalue", company.measurements[0].id)


INPUTS: Inputs = {
    "kpiFromTemplate": _build_template_input,
    "kpiCreate unit": _build_kpi_input(organizationId=encode_id_of("org", "ops")),
    "kpiCreate team": _build_kpi_input(teamId=encode_id_of("team", "dispatch")),
    **{
        f"kpiEdit {name}": build_input("kpi", name, name="Parcels on time")
        for name in ("shared", "in_unit", "named", "of_team", "of_sales", "archived")
    },
    "kpiEdit giving_away": build_input("kpi", "shared", ownerId=encode_id_of("person", "peer")),
    "kpiEdit driving": build_input("kpi", "shared", parentId=encode_id_of("kpi", "of_team")),
    "kpiRedefine": build_input("kpi", "shared", decimals=1, reason="Finance rounds so."),
    **{f"kpiRecordMeasurements {name}": _build_rows(name) for name in ("shared", "of_team")},
    "kpiRestateMeasurement": build_input(
        "kpi", "of_team", measurementId=_encode_measurement_id, value="2.5", reason="A typo."
    ),
    "kpiWithdrawMeasurement": build_input(
        "kpi", "of_team", measurementId=_encode_measurement_id, reason="It was of April."
    ),
    "kpiSetTarget": build_input("kpi", "shared", value="0.97"),
    "kpiEndTarget": build_input("kpi", "shared", reason="We set a new one in July."),
    "kpiSetDimension": build_input(
        "kpi",
        "shared",
        key="depot",
        name="Depot",
        members=[{"code": "N", "name": "North"}],
    ),
    "kpiRemoveDimension": build_input("kpi", "of_team", key="shift"),
    "kpiResetBaseline": build_input(
        "kpi", "shared", startsOn="2026-03-15", reason="The second depot opened."
    ),
    "kpiRemoveBaseline": build_input(
        "kpi", "shared", startsOn="2026-01-15", reason="It opened later."
    ),
    "kpiImportBenchmarks": _build_benchmarks,
    "kpiMarkSeen": build_input("kpi", "shared"),
    "kpiArchive": build_input("kpi", "shared"),
    "kpiRestore": build_input("kpi", "archived"),
}
