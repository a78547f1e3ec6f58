"""Who may run calibration sessions and adjust their rows: the table, and the input of each row."""

from typing import Any

from tests.api.company import Company
from tests.api.permission_matrix import Input, Inputs
from tests.api.permissions.inputs import build_input

TABLE = """
                                mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
calibrationSessionCreate           r    r     r      r    r    r ok      r      r     r       r      r      r
calibrationSessionEdit             ?    -     ?      -    ?    - ok      ?      ?     ?       ?      ?      ?
calibrationSessionEdit open        ?    -     ?      -    ?    -  s      ?      ?     ?       ?      ?      ?
calibrationSessionOpen             ?    -     ?     ok    ?    -  -      ?      ?     ?       ?      ?      ?
calibrationSessionShowNames        ?    -     ?     ok    ?    -  -      ?      ?     ?       ?      ?      ?
calibrationSessionAdjust           ?    -     ?     ok    ?   ok  -      ?      ?     ?       ?      ?      ?
calibrationSessionAdjust unnamed   ?    -     ?     ok    ?    -  -      ?      ?     ?       ?      ?      ?
calibrationSessionAdjust own       ?    -     ?     ok    ?    ?  -      ?      ?     ?       ?      ?      ?
calibrationSessionLock             ?    -     ?     ok    ?    -  -      ?      ?     ?       ?      ?      ?
calibrationSessionLock draft       ?    -     ?      s    ?    -  -      ?      ?     ?       ?      ?      ?
calibrationSessionCancel           ?    -     ?     ok    ?    - ok      ?      ?     ?       ?      ?      ?
"""  # noqa: E501 - a column for each person


def _build_session_input(company: Company) -> Input:
    return {
        "name": "Year",
        "heldOn": "2026-09-01",
        "cycleId": company.encode_id("reviewcycle", "decided"),
        "facilitatorIds": [company.encode_id("person", "ruler")],
    }


def _build_adjustment(which: str) -> Any:
    return build_input("calibrationsubject", which, level=3, reason="She saved the launch.")


INPUTS: Inputs = {
    "calibrationSessionCreate": _build_session_input,
    "calibrationSessionEdit": build_input("calibrationsession", "draft", name="Spring"),
    "calibrationSessionEdit open": build_input("calibrationsession", "open", name="Spring"),
    "calibrationSessionOpen": build_input("calibrationsession", "draft"),
    "calibrationSessionShowNames": build_input("calibrationsession", "open"),
    "calibrationSessionAdjust": _build_adjustment("shown_mara"),
    "calibrationSessionAdjust unnamed": _build_adjustment("open_mara"),
    "calibrationSessionAdjust own": _build_adjustment("shown_lead"),
    "calibrationSessionLock": build_input("calibrationsession", "shown"),
    "calibrationSessionLock draft": build_input("calibrationsession", "draft"),
    "calibrationSessionCancel": build_input("calibrationsession", "open", reason="Not this year."),
}
