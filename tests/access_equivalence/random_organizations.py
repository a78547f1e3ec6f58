"""Random organizations as plain rows: every kind of owner, line, grant, history and state."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.goals import GoalStatus, OwnerKind, Visibility
from domain.kernel.permissions import Permission, Population
from domain.roles import BUILT_IN_ROLES
from tests.factories.actors import NOW
from tests.reads.access_request_dataset import add_access_requests
from tests.reads.action_item_dataset import add_action_items
from tests.reads.alert_dataset import add_alerts
from tests.reads.annotation_dataset import add_annotations
from tests.reads.calibration_dataset import add_calibrations
from tests.reads.dataset import Row, TenantDataset
from tests.reads.fairness_dataset import add_fairness
from tests.reads.feedback_dataset import add_feedback, add_feedback_requests
from tests.reads.feedback_program_dataset import add_feedback_programs
from tests.reads.issuer_dataset import add_issuers
from tests.reads.job_dataset import move, start_job
from tests.reads.kpi_dataset import add_kpis
from tests.reads.kpi_review_dataset import add_kpi_reviews
from tests.reads.member_dataset import FAR_AHEAD, LONG_AGO
from tests.reads.nomination_dataset import add_nominations
from tests.reads.review_cycle_dataset import add_review_cycles
from tests.reads.review_dataset import add_review_documents, add_reviews
from tests.reads.review_score_dataset import add_score_rules, add_scores
from tests.reads.scorecard_dataset import add_scorecards
from tests.reads.service_client_dataset import add_service_clients
from tests.reads.survey_dataset import add_surveys
from tests.reads.work_calendar_dataset import add_work_calendars

ZONES = ("UTC", "Pacific/Pago_Pago", "Pacific/Kiritimati", "Asia/Kolkata")
NARROW_VISIBILITIES = ("private", "reporting_chain")
POPULATIONS = [each for each in Population if each is not Population.KPI]
"""Those of drawn grants; `add_kpis` adds grants of single KPIs."""

DayOffsets = tuple[int, int | None]
PERIOD_OFFSETS: tuple[DayOffsets, ...] = (
    (-400, None),
    (-400, None),
    (0, None),
    (-1, 1),
    (-400, 1),
    (-400, 0),
    (1, None),
    (0, 0),
    (-9, -3),
)
"""Periods as days from today: current, from today, until today, planned, cancelled."""


def an_organization(tenant_id: UUID, seed: int, people: int = 24) -> TenantDataset:
    """Build the organization of this seed; equal seeds give equal rows."""
    chance = Random(seed)
    zone = chance.choice(ZONES)
    world = TenantDataset(
        f"decisions-{tenant_id}", tenant_id, NOW.astimezone(ZoneInfo(zone)).date(), seed
    )
    _add_tenant(world, zone)
    _add_tree(world, "organizations", chance.randint(1, people // 3), _add_unit)
    _add_people(world, people)
    _add_reporting_lines(world)
    _add_tree(world, "teams", chance.randint(1, people // 3), _add_team)
    _add_memberships(world)
    _add_roles(world)
    _add_members(world)
    for _ in range(people * 3):
        _add_goal(world)
    add_kpis(world, people * 2)
    add_scorecards(world, people)
    add_kpi_reviews(world, people)
    add_action_items(world, people * 2)
    add_feedback_requests(world, people)
    add_feedback(world, people)
    add_annotations(world, people)
    add_alerts(world, people)
    add_work_calendars(world)
    add_service_clients(world)
    add_issuers(world)
    add_access_requests(world)
    add_review_documents(world)
    add_review_cycles(world, 8)
    add_surveys(world, ("open", "published"))
    add_feedback_programs(world, 5)
    add_reviews(world, people)
    add_calibrations(world, 10)
    add_score_rules(world)
    add_scores(world)
    add_nominations(world)
    add_fairness(world)
    return world


def _add_tenant(world: TenantDataset, zone: str) -> None:
    row = world.add_root(
        "tenants",
        name="Any",
        fiscal_year_start_month=1,
        fiscal_year_named_by="last_year",
        week_start="monday",
        time_zone=zone,
        locale="en",
        labels={},
        field_owners={},
        allows_self_appointment=False,
        allows_granting_unheld=False,
        check_in_backdating_days=31,
        kpi_tolerance_percent=10,
        suppression_threshold=5,
        appeal_days=14,
        changes_retention_days=90,
    )
    row["id"] = world.tenant_id


def _add_tree(world: TenantDataset, table: str, size: int, node: Any) -> None:
    for number in range(size):
        above = world.random.choice([None, *world.tables[table], *world.tables[table]])
        node(world, number, above["id"] if above else None)


def _add_unit(world: TenantDataset, number: int, parent_id: UUID | None) -> None:
    unit = world.add_root(
        "organizations",
        kind="department",
        code=f"U{number}",
        name=f"Unit {number}",
        parent_id=parent_id,
        starts_on=_offset_today(world, -900),
        ends_on=world.draw_optional(_offset_today(world, 0), 0.1),
    )
    if world.random.random() < 0.3:
        world.add_part(
            "organization_references",
            organization_id=unit["id"],
            source="erp",
            external_id=f"U{number}",
        )


def _add_team(world: TenantDataset, number: int, parent_id: UUID | None) -> None:
    world.add_root(
        "teams",
        organization_id=world.pick_row("organizations")["id"],
        parent_id=parent_id,
        name=f"Team {number}",
        description=None,
        starts_on=_offset_today(world, -500),
        ends_on=world.draw_optional(_offset_today(world, 0), 0.1),
    )


def _add_people(world: TenantDataset, size: int) -> None:
    for number in range(size):
        hired_on, left_on = _offset_today(world, world.random.choice((-700, -700, 0, 3))), None
        if hired_on < world.today:
            left_on = world.draw_optional(
                _offset_today(world, world.random.choice((-5, 0, 1, 30))), 0.2
            )
        unit = world.draw_optional(world.pick_row("organizations")["id"], 0.9)
        person = world.add_root(
            "people",
            given_name="P",
            family_name=str(number),
            name=f"P {number}",
            work_email=None,
            employee_number=None,
            job_title=None,
            level=None,
            location=None,
            time_zone=None,
            organization_id=unit,
            hired_on=hired_on,
            left_on=left_on,
            job_changes_on=None,
            unit_changes_on=None,
        )
        _add_moves(world, person)
        mine = {"person_id": person["id"]}
        world.add_part(
            "employments",
            **mine,
            hired_on=hired_on,
            left_on=left_on,
            leaving_reason=None,
            leaving_kind=None,
            successor_id=None,
        )
        if world.random.random() < 0.2:
            world.add_part("leaves", **mine, starts_on=hired_on, ends_on=None, reason=None)
            world.add_part("person_references", **mine, source="erp", external_id=f"P{number}")


def _add_moves(world: TenantDataset, person: Row) -> None:
    """Add transfers that were planned before: they have come, come today, or are still planned."""
    days = sorted(world.random.sample((-3, -1, 0, 1, 30), world.random.choice((0, 0, 1, 2))))
    if person["hired_on"] >= world.today or not days:
        return
    start_job(world, person)
    for day in days:
        unit = world.draw_optional(world.pick_row("organizations")["id"], 0.9)
        move(world, person, _offset_today(world, day), unit)


def _add_reporting_lines(world: TenantDataset) -> None:
    """Add lines: managers come earlier in the list, so that no day has a cycle."""
    people = world.tables["people"]
    for number, person in enumerate(people[1:], start=1):
        days = sorted(world.random.sample((-500, -90, -1, 0, 0, 1, 40), 3))
        for span in [*pairwise(days), (days[-1], None)]:
            if world.random.random() < 0.75:
                above = people[world.random.randrange(max(0, number - 8), number)]
                _add_reporting_line(world, person, above, "primary", span)
        for above in world.random.sample(people, world.random.choice((0, 0, 1))):
            _add_reporting_line(world, person, above, "dotted", world.random.choice(PERIOD_OFFSETS))


def _add_reporting_line(
    world: TenantDataset, person: Row, manager: Row, kind: str, span: DayOffsets
) -> None:
    world.add_part(
        "reporting_lines",
        person_id=person["id"],
        manager_id=manager["id"],
        kind=kind,
        **_build_period(world, span),
    )


def _add_memberships(world: TenantDataset) -> None:
    for team in world.tables["teams"]:
        for person in world.random.sample(world.tables["people"], world.random.randint(0, 6)):
            world.add_part(
                "team_memberships",
                team_id=team["id"],
                person_id=person["id"],
                role=world.random.choice(("lead", "member")),
                share=100,
                **_build_period(world, world.random.choice(PERIOD_OFFSETS)),
            )


def _add_roles(world: TenantDataset) -> None:
    """Add the built-in roles, some of them changed, and three custom ones."""
    for each in BUILT_IN_ROLES:
        permissions = list(each.permissions)
        if world.random.random() < 0.4:
            world.random.shuffle(permissions)
            permissions = permissions[: world.random.randint(0, len(permissions))]
        grants = [(permission, Population.EVERYONE) for permission in permissions]
        _add_role(world, each.key, grants, is_built_in=True)
    for number in range(3):
        pairs = [(each, kind) for each in Permission for kind in POPULATIONS]
        _add_role(world, f"own_{number}", world.random.sample(pairs, 12), is_built_in=False)


def _add_role(
    world: TenantDataset,
    key: str,
    grants: list[tuple[Permission, Population]],
    *,
    is_built_in: bool,
) -> None:
    role = world.add_root("roles", key=key, name=key, description=None, is_built_in=is_built_in)
    for permission, population in grants:
        unit = (
            world.pick_row("organizations")["id"] if population is Population.ORGANIZATION else None
        )
        world.add_part(
            "role_grants",
            role_id=role["id"],
            permission=permission.value,
            population=population.value,
            organization_id=unit,
            kpi_id=None,
        )


ASSIGNMENT_TERMS = (
    *({}, {}, {}, {}),
    *({"starts_at": LONG_AGO}, {"starts_at": FAR_AHEAD}),
    *({"expires_at": LONG_AGO}, {"starts_at": LONG_AGO, "expires_at": FAR_AHEAD}),
)


def _add_members(world: TenantDataset) -> None:
    for number, person in enumerate(world.tables["people"]):
        if world.random.random() < 0.2:
            continue
        subject = f"subject-{number}"
        removed = world.random.random() < 0.1
        member = world.add_root(
            "members",
            person_id=person["id"],
            subject=subject,
            status="removed" if removed else "active",
        )
        world.subjects[subject] = subject
        for _ in range(world.random.choice((0, 1, 1, 2, 3))):
            unit = world.draw_optional(world.pick_row("organizations")["id"], 0.3)
            world.add_part(
                "role_assignments",
                member_id=member["id"],
                role_id=world.pick_row("roles")["id"],
                organization_id=unit,
                **world.random.choice(ASSIGNMENT_TERMS),
            )


def _add_goal(world: TenantDataset) -> None:
    chance = world.random
    kind = chance.choice(list(OwnerKind))
    visibility = chance.choice([each.value for each in Visibility])
    if kind is OwnerKind.ORGANIZATION and visibility in NARROW_VISIBILITIES:
        visibility = "public"
    table = {"person": "people", "team": "teams", "organization": "organizations"}[kind]
    owners = {f"owner_{each}_id": None for each in OwnerKind}
    goal = world.add_root(
        "goals",
        owner_kind=kind.value,
        **owners | {f"owner_{kind}_id": world.pick_row(table)["id"]},
        title="Goal",
        description=None,
        purpose=None,
        visibility=visibility,
        starts_on=_offset_today(world, -90),
        due_on=_offset_today(world, 90),
        status=chance.choice(list(GoalStatus)).value,
        closing_note=None,
        closed_at=None,
        parent_id=None,
    )
    for person in chance.sample(world.tables["people"], chance.choice((0, 0, 1, 3))):
        world.add_row("goal_viewers", goal_id=goal["id"], person_id=person["id"])
    if chance.random() < 0.4:
        _add_key_result(world, goal)


def _add_key_result(world: TenantDataset, goal: Row) -> None:
    result = world.add_part(
        "key_results",
        goal_id=goal["id"],
        title="Measure",
        start_value=0,
        target_value=10,
        current_value=5,
        unit=None,
        direction="increase",
        position=0,
    )
    said = world.add_part(
        "check_ins",
        goal_id=goal["id"],
        author_id=world.pick_row("people")["id"],
        confidence="on_track",
        note=None,
        recorded_at=NOW,
        first_recorded_at=NOW,
        effective_on=world.today,
        corrects_id=None,
        reason=None,
    )
    value = {"key_result_id": result["id"], "value": 5, "is_reported": True}
    world.add_part("check_in_values", check_in_id=said["id"], **value)


def _build_period(world: TenantDataset, span: DayOffsets) -> dict[str, date | None]:
    starts, ends = span
    return {
        "starts_on": _offset_today(world, starts),
        "ends_on": None if ends is None else _offset_today(world, ends),
    }


def _offset_today(world: TenantDataset, distance: int) -> date:
    return world.today + timedelta(days=distance)
