"""Who may write review cycles down and plan them: the table, and the input of each row."""

from typing import Any

from tests.api.company import Company
from tests.api.permission_matrix import Input, Inputs
from tests.api.permissions.inputs import build_input, encode_id_of

TABLE = """
                        mara boss chief former peer lead  hr hr_ops hr_far admin analyst nobody abroad
reviewCycleCreate          -    -     -      -    -    -  ok      -      -     -       -      -      r
reviewCycleCreate ops      -    -     -      -    -    -  ok     ok      -     -       -      r      r
reviewCycleEdit whole      ?    ?     ?      ?    ?    ?  ok      ?      ?     ?       ?      ?      ?
reviewCycleEdit ops        ?    ?     ?      ?    ?    ?  ok     ok      ?     ?       ?      ?      ?
reviewCycleEdit begun      ?    ?     ?      ?    ?    ?   s      ?      ?     ?       ?      ?      ?
reviewCyclePlan whole      ?    ?     ?      ?    ?    ?  ok      ?      ?     ?       ?      ?      ?
reviewCyclePlan ops        ?    ?     ?      ?    ?    ?  ok     ok      ?     ?       ?      ?      ?
reviewCycleLaunch          ?    ?     ?      ?    ?    ?  ok      ?      ?     ?       ?      ?      ?
reviewCycleAdvance         ?    ?     ?      ?    ?    ?  ok      ?      ?     ?       ?      ?      ?
reviewCycleAdvance ops     ?    ?     ?      ?    ?    ?   s      s      ?     ?       ?      ?      ?
reviewCycleShare           ?    ?     ?      ?    ?    ?  ok      ?      ?     ?       ?      ?      ?
reviewCycleShare ops       ?    ?     ?      ?    ?    ?   s      s      ?     ?       ?      ?      ?
reviewCycleCancel          ?    ?     ?      ?    ?    ?  ok     ok      ?     ?       ?      ?      ?
reviewCycleAddParticipant     ?    ?     ?      ?    ?    ?  ok      ?      ?     ?       ?      ?      ?
reviewCycleRemoveParticipant  ?    ?     ?      ?    ?    ?  ok      ?      ?     ?       ?      ?      ?
"""  # noqa: E501 - a column for each person

PHASE = {"kind": "SELF", "startsOn": "2026-07-01", "lastDay": "2026-07-15"}


def _build_cycle_input(unit: str | None = None) -> Any:
    def input(company: Company) -> Input:
        template = company.encode_id("reviewtemplate", "published")
        place = {"organizationId": company.encode_id("org", unit)} if unit else {}
        return {
            "name": "Year",
            "startsOn": "2026-01-01",
            "lastDay": "2026-12-31",
            "directions": [{"direction": "SELF", "templateId": template}],
            "phases": [PHASE],
            **place,
        }

    return input


INPUTS: Inputs = {
    "reviewCycleCreate": _build_cycle_input(),
    "reviewCycleCreate ops": _build_cycle_input("ops"),
    **{
        f"reviewCycleEdit {name}": build_input("reviewcycle", name, name="Spring")
        for name in ("whole", "ops", "begun")
    },
    **{f"reviewCyclePlan {name}": build_input("reviewcycle", name) for name in ("whole", "ops")},
    "reviewCycleLaunch": build_input("reviewcycle", "begun"),
    "reviewCycleShare": build_input("reviewcycle", "begun"),
    "reviewCycleShare ops": build_input("reviewcycle", "ops"),
    "reviewCycleAdvance": build_input("reviewcycle", "begun"),
    "reviewCycleAdvance ops": build_input("reviewcycle", "ops"),
    "reviewCycleCancel": build_input("reviewcycle", "ops", reason="Not this year."),
    "reviewCycleAddParticipant": build_input(
        "reviewcycle", "begun", personId=encode_id_of("person", "mara"), reason="Late."
    ),
    "reviewCycleRemoveParticipant": build_input(
        "reviewcycle", "begun", personId=encode_id_of("person", "boss"), reason="On trial."
    ),
}
