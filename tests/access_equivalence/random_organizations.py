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
from tests.reads.dataset import Row, World

ZONES = ("UTC", "Pacific/Pago_Pago", "Pacific/Kiritimati", "Asia/Kolkata")
NARROW = ("private", "reporting_chain")
Span = tuple[int, int | None]
NOW_AND_THEN: tuple[Span, ...] = (
    (-400, None), (-400, None), (0, None), (-1, 1), (-400, 1), (-400, 0), (1, None), (0, 0),
    (-9, -3),
)  # fmt: skip
"""Days from today on which something runs: still, from today, until today, planned, called off."""


def an_organization(tenant_id: UUID, seed: int, people: int = 24) -> World:
    """The organization of this seed; the same seed makes the same one."""
    chance = Random(seed)
    zone = chance.choice(ZONES)
    world = World(f"decisions-{tenant_id}", tenant_id, NOW.astimezone(ZoneInfo(zone)).date(), seed)
    _tenant(world, zone)
    _tree(world, "organizations", chance.randint(1, people // 3), _unit)
    _people(world, people)
    _lines(world)
    _tree(world, "teams", chance.randint(1, people // 3), _team)
    _memberships(world)
    _roles(world)
    _members(world)
    for _ in range(people * 3):
        _goal(world)
    return world


def _tenant(world: World, zone: str) -> None:
    row = world.root("tenants", name="Any", fiscal_year_start_month=1, week_start="monday",
                     time_zone=zone, locale="en", labels={})  # fmt: skip
    row["id"] = world.tenant_id


def _tree(world: World, table: str, size: int, node: Any) -> None:
    for number in range(size):
        above = world.random.choice([None, *world.tables[table], *world.tables[table]])
        node(world, number, above["id"] if above else None)


def _unit(world: World, number: int, parent_id: UUID | None) -> None:
    unit = world.root("organizations", kind="department", code=f"U{number}", name=f"Unit {number}",
                      parent_id=parent_id, starts_on=_day(world, -900),
                      ends_on=world.maybe(_day(world, 0), 0.1))  # fmt: skip
    if world.random.random() < 0.3:
        world.part("organization_references", organization_id=unit["id"], source="erp",
                   external_id=f"U{number}")  # fmt: skip


def _team(world: World, number: int, parent_id: UUID | None) -> None:
    world.root("teams", organization_id=world.one("organizations")["id"], parent_id=parent_id,
               name=f"Team {number}", description=None, starts_on=_day(world, -500),
               ends_on=world.maybe(_day(world, 0), 0.1))  # fmt: skip


def _people(world: World, size: int) -> None:
    for number in range(size):
        hired_on, left_on = _day(world, world.random.choice((-700, -700, 0, 3))), None
        if hired_on < world.today:
            left_on = world.maybe(_day(world, world.random.choice((-5, 0, 1, 30))), 0.2)
        unit = world.maybe(world.one("organizations")["id"], 0.9)
        person = world.root("people", given_name="P", family_name=str(number), name=f"P {number}",
                            work_email=None, employee_number=None, job_title=None, level=None,
                            location=None, time_zone=None, organization_id=unit,
                            hired_on=hired_on, left_on=left_on)  # fmt: skip
        mine = {"person_id": person["id"]}
        world.part("employments", **mine, hired_on=hired_on, left_on=left_on, leaving_reason=None)
        if world.random.random() < 0.2:
            world.part("leaves", **mine, starts_on=hired_on, ends_on=None, reason=None)
            world.part("person_references", **mine, source="erp", external_id=f"P{number}")


def _lines(world: World) -> None:
    """Managers come earlier in the list, so no day has a cycle; primary lines follow each other."""
    people = world.tables["people"]
    for number, person in enumerate(people[1:], start=1):
        days = sorted(world.random.sample((-500, -90, -1, 0, 0, 1, 40), 3))
        for span in [*pairwise(days), (days[-1], None)]:
            if world.random.random() < 0.75:
                above = people[world.random.randrange(max(0, number - 8), number)]
                _line(world, person, above, "primary", span)
        for above in world.random.sample(people, world.random.choice((0, 0, 1))):
            _line(world, person, above, "dotted", world.random.choice(NOW_AND_THEN))


def _line(world: World, person: Row, manager: Row, kind: str, span: Span) -> None:
    world.part("reporting_lines", person_id=person["id"], manager_id=manager["id"], kind=kind,
               **_period(world, span))  # fmt: skip


def _memberships(world: World) -> None:
    for team in world.tables["teams"]:
        for person in world.random.sample(world.tables["people"], world.random.randint(0, 6)):
            world.part("team_memberships", team_id=team["id"], person_id=person["id"],
                       role=world.random.choice(("lead", "member")), share=100,
                       **_period(world, world.random.choice(NOW_AND_THEN)))  # fmt: skip


def _roles(world: World) -> None:
    """The built-in roles, some of them changed by the tenant, and three of its own."""
    for each in BUILT_IN_ROLES:
        permissions = list(each.permissions)
        if world.random.random() < 0.4:
            world.random.shuffle(permissions)
            permissions = permissions[: world.random.randint(0, len(permissions))]
        grants = [(permission, Population.EVERYONE) for permission in permissions]
        _role(world, each.key, grants, is_built_in=True)
    for number in range(3):
        pairs = [(each, kind) for each in Permission for kind in Population]
        _role(world, f"own_{number}", world.random.sample(pairs, 12), is_built_in=False)


def _role(
    world: World, key: str, grants: list[tuple[Permission, Population]], *, is_built_in: bool
) -> None:
    role = world.root("roles", key=key, name=key, description=None, is_built_in=is_built_in)
    for permission, population in grants:
        unit = world.one("organizations")["id"] if population is Population.ORGANIZATION else None
        world.part("role_grants", role_id=role["id"], permission=permission.value,
                   population=population.value, organization_id=unit)  # fmt: skip


def _members(world: World) -> None:
    for number, person in enumerate(world.tables["people"]):
        if world.random.random() < 0.2:
            continue
        subject = f"subject-{number}"
        removed = world.random.random() < 0.1
        member = world.root("members", person_id=person["id"], subject=subject,
                            status="removed" if removed else "active")  # fmt: skip
        world.subjects[subject] = subject
        for _ in range(world.random.choice((0, 1, 1, 2, 3))):
            unit = world.maybe(world.one("organizations")["id"], 0.3)
            world.part("role_assignments", member_id=member["id"],
                       role_id=world.one("roles")["id"], organization_id=unit)  # fmt: skip


def _goal(world: World) -> None:
    chance = world.random
    kind = chance.choice(list(OwnerKind))
    visibility = chance.choice([each.value for each in Visibility])
    if kind is OwnerKind.ORGANIZATION and visibility in NARROW:
        visibility = "public"
    table = {"person": "people", "team": "teams", "organization": "organizations"}[kind]
    owners = {f"owner_{each}_id": None for each in OwnerKind}
    goal = world.root("goals", owner_kind=kind.value,
                      **owners | {f"owner_{kind}_id": world.one(table)["id"]}, title="Goal",
                      description=None, purpose=None, visibility=visibility,
                      starts_on=_day(world, -90), due_on=_day(world, 90),
                      status=chance.choice(list(GoalStatus)).value, closing_note=None,
                      closed_at=None, parent_id=None)  # fmt: skip
    for person in chance.sample(world.tables["people"], chance.choice((0, 0, 1, 3))):
        world.add("goal_viewers", goal_id=goal["id"], person_id=person["id"])
    if chance.random() < 0.4:
        _measured(world, goal)


def _measured(world: World, goal: Row) -> None:
    result = world.part("key_results", goal_id=goal["id"], title="Measure", start_value=0,
                        target_value=10, current_value=5, unit=None, direction="increase",
                        position=0)  # fmt: skip
    said = world.part("check_ins", goal_id=goal["id"], author_id=world.one("people")["id"],
                      confidence="on_track", note=None, recorded_at=NOW)  # fmt: skip
    world.part("check_in_values", check_in_id=said["id"], key_result_id=result["id"], value=5)


def _period(world: World, span: Span) -> dict[str, date | None]:
    starts, ends = span
    return {
        "starts_on": _day(world, starts),
        "ends_on": None if ends is None else _day(world, ends),
    }


def _day(world: World, distance: int) -> date:
    return world.today + timedelta(days=distance)
