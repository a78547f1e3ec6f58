"""Who may change scorecards: the table, and the input of each row."""

from typing import Any

from tests.api.company import Company
from tests.api.permission_matrix import Input, Inputs
from tests.api.permissions.inputs import build_input, build_owner, encode_id_of

TABLE = """
                       mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
scorecardCreate unit      -    -     -      -    -    - ok     ok      -     -       -      r      r
scorecardCreate team      -    -     -      -    -    - ok     ok      -     -       -      r      r
scorecardEdit shared     ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
scorecardEdit in_unit    ok    -     -      ?    -    - ok     ok      ?     -       -      ?      ?
scorecardEdit named      ok    ?     ?      ?    -    ? ok     ok      ?     ?       ?      ?      ?
scorecardEdit of_team    ok    -     -      ?    -    - ok     ok      ?     -       -      ?      ?
scorecardEdit of_sales    ?    ?     -     ok    ?    ? ok      ?     ok     -       -      -      ?
scorecardEdit entries    ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
scorecardEdit archived    s    -     -      -    -    -  s      s      -     -       -      ?      ?
scorecardArchive         ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
scorecardRestore         ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
"""


def _build_scorecard_input(**scope: Any) -> Any:
    def input(company: Company) -> Input:
        entries = [{"kpiId": company.encode_id("kpi", "shared")}]
        return {"name": "Network", "scope": build_owner(**scope)(company), "entries": entries}

    return input


INPUTS: Inputs = {
    "scorecardCreate unit": _build_scorecard_input(organizationId=encode_id_of("org", "ops")),
    "scorecardCreate team": _build_scorecard_input(teamId=encode_id_of("team", "dispatch")),
    **{
        f"scorecardEdit {name}": build_input("scorecard", name, name="Operations")
        for name in ("shared", "in_unit", "named", "of_team", "of_sales", "archived")
    },
    "scorecardEdit entries": build_input("scorecard", "shared", entries=[]),
    "scorecardArchive": build_input("scorecard", "shared"),
    "scorecardRestore": build_input("scorecard", "archived"),
}
