"""Whatever always changes guarded attributes declares which guarded fact its events stand for."""

import pytest

from domain.kernel.access import NOBODY
from domain.kernel.aggregate import Aggregate
from domain.kernel.fields import to_camel_case
from persistence.concept import CONCEPTS
from persistence.kernel.wire_format import get_graph_name, to_snake_case
from tests.api.effects import EFFECTS
from tests.api.permission_matrix import find_subject
from tests.api.test_effects import CREATION_EFFECTS

CHANGED_FIELDS = [
    *((to_snake_case(find_subject(each.verb)), each.action, each.changed_fields)
      for each in (*EFFECTS, *CREATION_EFFECTS)),
    ("person", "external_reference_removed", {"references"}),
    ("organization", "external_reference_removed", {"references"}),
    ("team", "external_reference_removed", {"references"}),
    ("goal", "external_reference_removed", {"references"}),
    *(("goal", event, {field}) for event, field in (
        ("activation_withdrawn", "status"), ("discarded", "title"), ("kpi_followed", "keyResults"),
        ("check_in_corrected", "checkIns"),
    )),
    ("team", "self_appointed", {"memberships", "reason"}),
    ("person", "erased", {"name", "recordStatus", "reason"}),  # somebody without a number
    ("person", "self_appointed", {"lines", "reason"}),
    ("person", "exported", set[str]()),
    ("calibration_subject", "added", {"personId", "packetId", "level"}),
    *(("calibration_subject", each, {"isLeftOut"}) for each in ("left_out", "erased")),
    *(("feedback", each, {"status"}) for each in ("acknowledged", "withdrawn", "erased")),
    *(("feedback_program", each, {"status"}) for each in ("published", "erased")),  # no count
]  # fmt: skip
"""The entity and the event of each mutation, and what it changes, as the tests of effects show."""

DATED_EVENTS = [
    (to_snake_case(find_subject(each.verb)), each.action)
    for each in (*EFFECTS, *CREATION_EFFECTS)
    if each.effective_on is not None
]
"""The entity and the event of each mutation whose entry has an effective day."""

PLANNED_CONCEPTS = {name for name, each in CONCEPTS.items() if each.aggregate.SEE_PLANNED != NOBODY}

PUBLIC_EVENTS = {("organization", "closed"), ("team", "closed")}
"""Events whose planned day is in the directory."""

GUARDED_CONCEPTS = [each for each in CONCEPTS.values() if each.aggregate.GUARDED]


def list_guarded_fields(name: str) -> dict[str, str]:
    """Return the guarded attributes of an aggregate by their names in the journal."""
    concept = CONCEPTS[name]
    names = {each.name: get_graph_name(each) for each in concept.table.columns}
    return {to_camel_case(names.get(each, each)): each for each in concept.aggregate.GUARDED}


@pytest.mark.parametrize("name", [each.aggregate.NAME for each in GUARDED_CONCEPTS])
def test_an_event_that_always_changes_guarded_attributes_is_declared(name: str) -> None:
    aggregate, guarded = CONCEPTS[name].aggregate, list_guarded_fields(name)
    for event in aggregate.EVENTS:
        changes = [fields for *key, fields in CHANGED_FIELDS if key == [name, event]]
        assert changes, f"{name}: no effect shows what {event} changes. Add one to EFFECTS."
        if all(fields & guarded.keys() for fields in changes):
            assert event in aggregate.GUARDED_EVENTS, (
                f"{name}: {event} always changes a guarded attribute. Add it to GUARDED_EVENTS."
            )


@pytest.mark.parametrize("aggregate", [each.aggregate for each in CONCEPTS.values()])
def test_a_guarded_event_names_an_event_and_a_guarded_attribute(aggregate: type[Aggregate]) -> None:
    assert set(aggregate.GUARDED_EVENTS) <= set(aggregate.EVENTS)
    assert set(aggregate.GUARDED_EVENTS.values()) <= set(aggregate.GUARDED)


@pytest.mark.parametrize(
    ("name", "event"),
    sorted(each for each in {*DATED_EVENTS} - PUBLIC_EVENTS if each[0] in PLANNED_CONCEPTS),
)
def test_an_event_with_an_effective_day_is_declared_as_a_plan_or_as_guarded(
    name: str, event: str
) -> None:
    aggregate = CONCEPTS[name].aggregate
    assert event in {*aggregate.PLANNED_EVENTS, *aggregate.GUARDED_EVENTS}, (
        f"{name}: an entry of {event} may be about a day to come. Add it to PLANNED_EVENTS."
    )


@pytest.mark.parametrize("aggregate", [each.aggregate for each in CONCEPTS.values()])
def test_a_planned_event_names_an_event(aggregate: type[Aggregate]) -> None:
    assert set(aggregate.PLANNED_EVENTS) <= set(aggregate.EVENTS)
