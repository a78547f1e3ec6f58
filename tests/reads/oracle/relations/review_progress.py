"""The numbers of a review cycle: its steps, for all and by unit, of what the caller sees."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from tests.reads.dataset import Row
from tests.reads.oracle.policy.reviews import can_see_form, can_see_packet
from tests.reads.oracle.relations.relation import Arguments, Relation, Relations, to_one
from tests.reads.oracle.relationships import OracleCaller

STEPS = ("self", "peers", "manager", "second_level", "calibration", "sharing", "sign_off")
STEP_OF_DIRECTION = {
    **dict.fromkeys(("peer", "upward", "extra"), "peers"),
    **{each: each for each in ("self", "manager", "second_level")},
    "interim": "manager",
}
FORM_GROUPS = {"draft": "started", "submitted": "done", "not_started": ""}
PACKET_GROUPS = {
    "sharing": {"collecting": "", "decided": "started", "approved": "started"},
    "sign_off": {"shared": "started", "disputed": "started"}
    | dict.fromkeys(("acknowledged", "refused_to_sign"), "done"),
}
LATE = {"sharing": ("collecting", "decided", "approved"), "sign_off": ("shared",)}


def _list_packets(who: OracleCaller, cycle_id: Any) -> list[Row]:
    return who.facts.select_rows("review_packets", cycle_id=cycle_id)


def list_forms(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    """List the forms of the packets of a cycle."""
    return [
        form
        for packet in _list_packets(who, row["id"])
        for form in who.facts.select_rows("reviews", packet_id=packet["id"])
    ]


def _list_items(who: OracleCaller, cycle_id: Any) -> Iterator[tuple[str, Row, str, bool]]:
    """Yield each form and packet with its step, its group, and whether it is late."""
    today = who.facts.today
    for form in list_forms(who, {"id": cycle_id}, {}):
        if form["status"] in FORM_GROUPS and can_see_form(who, form):
            is_late = form["status"] != "submitted" and form["due_on"] < today
            yield STEP_OF_DIRECTION[form["direction"]], form, FORM_GROUPS[form["status"]], is_late
    for packet in _list_packets(who, cycle_id):
        if packet["status"] == "cancelled" or not can_see_packet(who, packet):
            continue
        for step, groups in PACKET_GROUPS.items():
            status = packet["status"]
            group = groups.get(status, "done" if step == "sharing" else "")
            yield step, packet, group, status in LATE[step] and packet["due_on"] < today


def _sum_up(items: Iterable[tuple[Any, str, bool]]) -> list[Row]:
    """Return a row for each key, with its numbers."""
    totals, groups, late = Counter[Any](), Counter[Any](), Counter[Any]()
    for key, group, is_late in items:
        totals[key] += 1
        groups[key, group] += 1
        late[key] += is_late
    return [
        {
            "step": step,
            "unit_id": unit,
            "total": total,
            "overdue": late[step, unit],
            **{each: groups[(step, unit), each] for each in ("started", "done")},
        }
        for (step, unit), total in totals.items()
    ]


def _list_steps(who: OracleCaller, progress: Row, _: Arguments) -> list[Row]:
    items = _list_items(who, progress["cycle_id"])
    found = _sum_up(((step, None), group, is_late) for step, _, group, is_late in items)
    return sorted(found, key=lambda each: STEPS.index(each["step"]))


def _list_unit_steps(who: OracleCaller, progress: Row, _: Arguments) -> list[Row]:
    found = _sum_up(
        ((step, who.facts.find_unit_id(row["subject_id"])), group, is_late)
        for step, row, group, is_late in _list_items(who, progress["cycle_id"])
    )

    def place(row: Row) -> Any:
        unit = row["unit_id"]
        return -row["overdue"], unit is None, unit, STEPS.index(row["step"])

    return sorted(found, key=place)


PROGRESS_RELATIONS: Relations = {
    "ReviewCycleProgress": {
        "by_step": Relation("ReviewCycleStep", _list_steps, inherits_visibility=True),
        "by_unit": Relation("ReviewCycleUnitStep", _list_unit_steps, inherits_visibility=True),
    },
    "ReviewCycleStep": {},
    "ReviewCycleUnitStep": {"organization": to_one("Organization", "unit_id")},
}
