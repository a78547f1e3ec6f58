"""Career groups of templates: which parts of a form are for the position of a person."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.kernel.errors import Refusal
from domain.kernel.faults import list_faults
from domain.kernel.identity import OrganizationId
from domain.reviews import ReviewTemplate
from domain.reviews.cycles.participants import join
from domain.reviews.cycles.population import JobFacts
from domain.reviews.directions import ReviewDirection
from domain.reviews.templates import (
    Position,
    QuestionKind,
    ReviewCareerGroup,
    find_career_groups,
    has_criteria,
    list_applicable,
)
from domain.reviews.writing import ReviewAnswer
from domain.reviews.writing.answers import find_missing, list_asked
from domain.reviews.writing.material import Sources, collect
from tests.domain.test_review_cycle_plan import (
    ABROAD,
    ANA,
    BEN,
    LEAD,
    SALES,
    TEMPLATE,
    TENANT,
    a_cycle,
    a_person,
    list_conflicts,
    plan,
    some_facts,
)
from tests.factories.people import a_person as a_stored_person
from tests.factories.reviews import a_form, a_packet, a_rating_scale
from tests.factories.score_rules import a_score_rule

SCALE = a_rating_scale(TENANT)
WHOLE = UUID(int=302)


def rated(key: str, *groups: str, weight: int = 1) -> dict[str, Any]:
    return {
        "key": key,
        "kind": QuestionKind.RATING,
        "text": f"{key}?",
        "scale_id": SCALE.id,
        "weight": weight,
        "career_group_keys": groups,
    }


def a_section(key: str, *questions: Any, groups: Any = ()) -> dict[str, Any]:
    return {"key": key, "title": key, "questions": questions, "career_group_keys": groups}


DRIVERS = {"key": "drivers", "name": "Drivers", "job_titles": ["Driver"]}
LEADERS = {"key": "leaders", "name": "Leaders", "has_reports": True}
SECTIONS = (
    a_section("work", rated("roads", "drivers", weight=3), rated("customers", weight=1)),
    a_section("people", rated("leads"), rated("plans", "drivers"), groups=("leaders",)),
)


def a_template(*sections: Any, groups: Any = (DRIVERS, LEADERS)) -> ReviewTemplate:
    content = {"sections": sections or SECTIONS, "career_groups": groups}
    return ReviewTemplate.create(TENANT, content, name="By position")


def list_keys(template: ReviewTemplate, position: Position) -> list[str]:
    held = find_career_groups(template, position)
    return [each.key for each in list_applicable(template, held)]


@pytest.mark.parametrize(
    ("condition", "position", "fits"),
    [
        ({"job_titles": ["Driver", "Courier"]}, Position(job_title="COURIER"), True),
        ({"job_titles": ["Driver"]}, Position(job_title="Driver I"), False),
        ({"job_titles": ["Driver"]}, Position(), False),
        ({"levels": ["L1"]}, Position(level="l1"), True),
        ({"levels": ["L1"]}, Position(level="L2"), False),
        ({"organization_id": OrganizationId(WHOLE)}, Position(unit_ids=(SALES, WHOLE)), True),
        ({"organization_id": OrganizationId(ABROAD)}, Position(unit_ids=(SALES, WHOLE)), False),
        ({"has_reports": True}, Position(has_reports=True), True),
        ({"has_reports": False}, Position(has_reports=True), False),
        ({"levels": ["L1"], "has_reports": False}, Position(level="L1"), True),
        ({"levels": ["L1"], "has_reports": True}, Position(level="L1"), False),
    ],
)
def test_a_position_fits_where_all_conditions_hold(
    condition: dict[str, Any], position: Position, *, fits: bool
) -> None:
    group = ReviewCareerGroup(
        tenant_id=TENANT, template_id=TEMPLATE, position=1, key="a", name="A", **condition
    )
    assert position.fits(group) is fits


@pytest.mark.parametrize(
    ("position", "keys"),
    [
        (Position(), ["customers"]),
        (Position(job_title="Driver"), ["roads", "customers"]),
        (Position(has_reports=True), ["customers", "leads"]),
        (Position("Driver", has_reports=True), ["roads", "customers", "leads", "plans"]),
    ],
)
def test_a_part_is_for_its_groups_and_a_question_needs_its_section(
    position: Position, keys: list[str]
) -> None:
    assert list_keys(a_template(), position) == keys


def test_without_groups_everything_is_for_everybody() -> None:
    template = a_template(a_section("work", rated("customers")), groups=())
    assert find_career_groups(template, Position()) is None
    assert list_keys(template, Position()) == ["customers"]


def test_all_faults_of_groups_are_reported_at_once() -> None:
    sections = a_section("work", rated("roads", "pilots", "drivers"), groups=("cooks",))
    empty = {"key": "all", "name": "All"}
    with pytest.raises(Refusal) as refused:
        a_template(sections, groups=(empty, DRIVERS))
    assert [(each.code.name, each.field) for each in list_faults(refused.value)] == [
        ("REQUIRED", ("careerGroups", "0")),
        ("REFERENCE_NOT_FOUND", ("sections", "0", "careerGroupKeys", "0")),
        (
            "REFERENCE_NOT_FOUND",
            ("sections", "0", "questions", "0", "careerGroupKeys", "0"),
        ),
    ]


def test_a_group_that_a_part_names_is_not_removed() -> None:
    template = a_template()
    with pytest.raises(Refusal):
        template.edit({"career_groups": [DRIVERS]})
    assert [each.key for each in template.career_groups] == ["drivers", "leaders"]


def test_a_later_revision_has_the_same_groups() -> None:
    draft = a_template().draft_next(2)
    assert [each.template_id for each in draft.career_groups] == [draft.id] * 2
    assert list_keys(draft, Position("Driver")) == ["roads", "customers"]


@pytest.mark.parametrize(
    ("sections", "held", "found"),
    [
        ([a_section("work", rated("roads", "drivers"))], (), False),
        ([a_section("work", rated("roads", "drivers"))], ("drivers",), True),
        # A text question does not count, so nothing that counts would be left.
        (
            [
                a_section(
                    "work",
                    rated("roads", "drivers"),
                    {"key": "other", "kind": QuestionKind.TEXT, "text": "What else?"},
                )
            ],
            (),
            False,
        ),
        ([a_section("work", rated("roads", "drivers"), rated("free", weight=0))], (), False),
    ],
)
def test_somebody_has_criteria_where_something_counts(
    sections: Any, held: tuple[str, ...], *, found: bool
) -> None:
    assert has_criteria(a_template(*sections, groups=(DRIVERS,)), held) is found


def answer_with(template: ReviewTemplate, **levels: int) -> list[ReviewAnswer]:
    return [
        ReviewAnswer(
            tenant_id=TENANT,
            review_id=TEMPLATE,
            question_id=each.id,
            audience=each.audience,
            level=levels[each.key],
        )
        for each in template.list_questions()
        if each.key in levels
    ]


def test_only_what_applies_is_asked_for() -> None:
    template = a_template()
    asked = list_asked(template, answer_with(template, leads=1), ("drivers",))
    assert [question.key for question, _ in asked] == ["roads", "customers"]
    assert [each.field for each in find_missing(asked)] == [
        ("answers", "roads"),
        ("answers", "customers"),
    ]


def test_weights_add_up_over_what_applies() -> None:
    template, rule = a_template(), a_score_rule(SCALE)
    subject = a_stored_person(TENANT)
    packet = a_packet(subject, a_stored_person(TENANT), scale=SCALE)
    weights = {}
    for keys in ((), ("drivers",)):
        form = a_form(packet, subject, template, direction=ReviewDirection.MANAGER)
        form.career_group_keys, form.status = keys, type(form.status)("submitted")
        answers = {form.id: answer_with(template, roads=1, customers=3)}
        sources = Sources(rule, [form], answers, {template.id: template}, {SCALE.id: SCALE})
        found = collect(packet, sources)
        weights[keys] = {
            each.item.key: (each.item.weight, each.item.initial and each.item.initial.rank)
            for each in found.ratings
        }
    assert weights == {
        (): {"customers": (Decimal(1), 3)},
        ("drivers",): {"roads": (Decimal(3), 1), "customers": (Decimal(1), 3)},
    }


def plan_with(template: ReviewTemplate, *people: Any, **facts: Any) -> Any:
    above = {SALES: frozenset({SALES, WHOLE}), ABROAD: frozenset({ABROAD, WHOLE})}
    template.id = TEMPLATE
    given = {"templates": {TEMPLATE: template}, "units_above": above, "today": date(2026, 7, 1)}
    return plan(a_cycle(), some_facts(*people, **given | facts))


def a_driver(id: UUID, *days: date) -> Any:
    return a_person(
        id,
        jobs=[
            JobFacts(date(2020, 1, 1), SALES, "L1", "permanent", job_title="Clerk"),
            *(JobFacts(each, SALES, "L1", "permanent", job_title="Driver") for each in days),
        ],
    )


def test_a_plan_says_who_gets_which_criteria_and_who_has_none() -> None:
    drivers_only = a_section("work", rated("roads", "drivers"), rated("leads", "leaders"))
    found = plan_with(a_template(drivers_only), a_driver(ANA, date(2025, 1, 1)))
    groups = {each.person_id: each.career_groups for each in found.participants}
    assert groups == {
        LEAD: {TEMPLATE: ("leaders",)},
        ANA: {TEMPLATE: ("drivers",)},
        BEN: {TEMPLATE: ()},
    }
    assert [(each.key, each.participant_count) for each in found.career_groups] == [
        ("drivers", 1),
        ("leaders", 1),
    ]
    assert list_conflicts(found) == [("NO_CRITERIA", BEN)] * 2
    assert [each.phase.value for each in found.blocking] == ["self", "manager"]


@pytest.mark.parametrize(
    ("began", "today", "keys"),
    [
        (date(2026, 6, 30), date(2026, 7, 10), ("drivers",)),
        # The job of the last day of the period counts, not that of the launch.
        (date(2026, 7, 1), date(2026, 7, 10), ()),
        # A planned job is no secret that a form may tell.
        (date(2026, 6, 30), date(2026, 6, 10), ()),
    ],
)
def test_the_job_of_the_day_that_decides_counts_and_no_planned_one(
    began: date, today: date, keys: tuple[str, ...]
) -> None:
    found = plan_with(a_template(), a_driver(ANA, began), today=today)
    (ana,) = (each for each in found.participants if each.person_id == ANA)
    assert ana.career_groups == {TEMPLATE: keys}
    participant = join(TENANT, UUID(int=1), ana, today)
    assert participant.find_career_groups(TEMPLATE) == keys
    assert participant.find_career_groups(UUID(int=9)) is None
