"""Rating scales: levels in their order, revisions that never change, and conversion."""

from decimal import Decimal
from typing import Any

import pytest

from domain.kernel.errors import Invalid, StateConflict
from domain.kernel.faults import list_faults
from domain.kernel.identity import TenantId, generate_id
from domain.reviews import RatingScale
from domain.reviews.scales import convert_linearly
from domain.revisions import RevisionStatus
from tests.factories.actors import NOW
from tests.factories.reviews import a_rating_scale

TENANT = TenantId(generate_id())
FIVE = [(str(each), str(each)) for each in range(1, 6)]
PERCENT = [("None", "0"), ("All", "100")]
GRADES = [(str(each), str(each)) for each in range(6, 0, -1)]


def build_levels(*values: str) -> dict[str, Any]:
    return {"levels": [{"label": f"L{each}", "value": Decimal(each)} for each in values]}


def test_a_published_scale_never_changes() -> None:
    scale = a_rating_scale(TENANT)
    assert scale.status is RevisionStatus.PUBLISHED
    with pytest.raises(StateConflict, match="It is published and cannot become published"):
        scale.publish(at=NOW)


def test_a_new_draft_is_a_copy_and_shares_nothing_with_its_original() -> None:
    scale = a_rating_scale(TENANT)
    draft = scale.draft_next(2)
    assert (draft.revision, draft.status, draft.published_at) == (2, RevisionStatus.DRAFT, None)
    assert (draft.document_id, draft.name) == (scale.document_id, scale.name)
    assert draft.id != scale.id
    assert [(each.label, each.value) for each in draft.levels] == [
        (each.label, each.value) for each in scale.levels
    ]
    assert {each.scale_id for each in draft.levels} == {draft.id}
    assert {each.id for each in draft.levels} & {each.id for each in scale.levels} == set()
    draft.edit(build_levels("1", "2"))
    assert [each.value for each in scale.levels] == [Decimal(1), Decimal(3), Decimal(5)]


def test_an_edit_without_a_change_is_no_event() -> None:
    scale = a_rating_scale(TENANT, status=RevisionStatus.DRAFT)
    levels = [{"label": each.label, "value": each.value} for each in scale.levels]
    scale.edit({"levels": levels}, name=scale.name)
    assert scale.events == []
    scale.edit({"levels": levels[:2]})
    assert [each.action for each in scale.events] == ["edited"]


def test_a_wrong_level_changes_nothing() -> None:
    scale = a_rating_scale(TENANT, status=RevisionStatus.DRAFT)
    with pytest.raises(Invalid) as caught:
        scale.edit(build_levels("1", "3", "2", "2"), name="")
    assert [each.field for each in list_faults(caught.value)] == [
        ("name",),
        ("levels", "3", "label"),
        ("levels", "3", "value"),
    ]
    assert (scale.name, len(scale.levels), scale.events) == ("Five points", 3, [])


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        # Infor: N = 1 + (S - 1)(L_overall - 1)/(L_scale - 1), with S = 2 of 3 on a scale of 5
        ("2", [("1", "1"), ("2", "2"), ("3", "3")], FIVE, "3"),
        ("1", FIVE, PERCENT, "0"),
        ("3.4", FIVE, PERCENT, "60"),
        ("5", FIVE, GRADES, "1"),
        ("2", GRADES, FIVE, "4.2"),
        ("1", PERCENT, FIVE, "1.04"),
        ("2", [("A", "1"), ("B", "4")], [("A", "0"), ("B", "1")], "0.333333"),
        ("3", [("A", "1"), ("B", "4")], [("A", "0"), ("B", "-1")], "-0.666667"),
    ],
)
def test_a_value_keeps_its_share_of_the_way(
    value: str, source: Any, target: Any, expected: str
) -> None:
    scales = [a_rating_scale(TENANT, points=each) for each in (source, target)]
    assert convert_linearly(Decimal(value), *scales) == Decimal(expected)


def test_a_scale_has_at_least_two_levels() -> None:
    with pytest.raises(Invalid, match=r"At least 2 levels are needed\. Add some\."):
        RatingScale.create(TENANT, build_levels("1"), name="One")
