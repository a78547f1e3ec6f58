"""Facts that explanations show about others are fields that everyone reads who sees the object."""

from typing import Any

import pytest

from api.kernel.schema.declarations import TYPE_DECLARATIONS
from api.schema import get_schema
from domain.permission_rules import CONCEPTS
from persistence.reading.read_model import READ_MODELS

get_schema()

FIELDS_OF_OWNERS = {
    **dict.fromkeys(
        (("Goal", f"owner_{kind}_id") for kind in ("person", "team", "organization")), "owner"
    ),
    **{
        (concept, each): "scope"
        for concept, names in {
            "Kpi": ("team_id", "organization_id"),
            "Scorecard": ("team_id", "organization_id"),
            "Annotation": ("kpi_id", "team_id", "organization_id"),
        }.items()
        for each in names
    },
    **dict.fromkeys(
        (("KpiReviewSchedule", each) for each in ("kpi_id", "scorecard_id")), "subject"
    ),
}
"""The attributes of which one is set, and the field of the graph that shows it."""

SECRET_CONCEPTS = {
    *("Feedback", "FeedbackRequest", "FeedbackProgram", "ReviewPacket", "Review", "ReviewAppeal"),
    *("CalibrationSession", "CalibrationSubject", "ReviewNominationRound", "ReviewNomination"),
}

FACTS = [(concept, each) for concept in CONCEPTS for each in sorted(concept.KNOWN_FACTS)]


@pytest.mark.parametrize(
    ("concept", "attribute"), FACTS, ids=[f"{each.__name__}.{name}" for each, name in FACTS]
)
def test_a_known_fact_is_a_field_without_a_stricter_rule(concept: Any, attribute: str) -> None:
    name, model = concept.__name__, READ_MODELS[concept.__name__]
    shown = FIELDS_OF_OWNERS.get((name, attribute))
    names = (shown, attribute, attribute.removesuffix("_id"), attribute.removesuffix("_ids") + "s")
    declared = TYPE_DECLARATIONS[name].field_declarations
    field = next(each for each in names if each in declared)
    assert getattr(model[field], "see", None) is None
    assert attribute not in concept.GUARDED


def test_secret_concepts_have_no_known_facts() -> None:
    assert {each.__name__ for each in CONCEPTS if not each.KNOWN_FACTS} >= SECRET_CONCEPTS
