"""A tenant with an open calibration session, for `benchmarks.calibration`."""

from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from uuid import UUID, uuid4

from api.commands.database_url import Database
from domain.kernel.access import EVERYBODY, Actor
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import PersonId, TenantId
from domain.kernel.permissions import Grant, Permission
from domain.reviews import (
    CalibrationSession,
    CalibrationSubject,
    RatingScale,
    ReviewCycle,
    ReviewDirection,
    ReviewPacket,
    ReviewTemplate,
)
from domain.reviews.cycles import ReviewPhaseKind
from domain.reviews.packets.decisions import Decision, Demands
from persistence.kernel.pools import create_write_pool, open_connection
from persistence.unit_of_work.work import work

SLUG, FACILITATOR, MEMBERS = "bench", 1, tuple(range(2, 22))
CHUNK = 50
"""Aggregates that are written together: PostgreSQL waits for the next statement 10 s at most."""

MANAGERS, FIRST_ROW, LEVELS = range(30, 80), 100, 5
SAVE = Action("save", EVERYBODY)
DAY = date(2026, 6, 30)
ADD_PEOPLE = """
INSERT INTO people (tenant_id, id, version, created_at, updated_at, hired_on, given_name,
  family_name, name, record_status)
SELECT $1, lpad(to_hex(n), 32, '0')::uuid, 1, now(), now(), '2020-01-01', 'P' || n, '', 'P' || n,
  'current' FROM generate_series(1, $2::int) n"""
ADD_MEMBERS = """
INSERT INTO members (tenant_id, id, version, created_at, updated_at, person_id, subject, status)
SELECT $1, gen_random_uuid(), 1, now(), now(), lpad(to_hex(n), 32, '0')::uuid,
  'p' || n || '@bench.example', 'active' FROM generate_series(1, $2::int) n"""
ADD_ROLES = """
INSERT INTO role_assignments (tenant_id, id, member_id, role_id)
SELECT m.tenant_id, gen_random_uuid(), m.id, r.id FROM members m JOIN roles r USING (tenant_id)
WHERE m.tenant_id = $1 AND m.subject LIKE 'p%' AND r.key = 'employee'"""


def get_person_id(number: int) -> UUID:
    """Return the id of a person."""
    return UUID(int=number)


def build_email(number: int) -> str:
    """Return the subject of a member's tokens."""
    return f"p{number}@bench.example"


async def fill(database: Database, tenant: TenantId, rows: int) -> UUID:
    """Add people, accounts and an open session with so many rows; return its id."""
    async with open_connection(database.required_owner_url) as connection:
        await connection.execute(f"SET app.tenant_id = '{tenant}'")
        await connection.execute(ADD_PEOPLE, tenant, FIRST_ROW + rows)
        await connection.execute(ADD_MEMBERS, tenant, MEMBERS[-1])
        await connection.execute(ADD_ROLES, tenant)
    async with await create_write_pool(database.serving_url, max_size=1) as pool:
        grants = frozenset(map(Grant, Permission))
        actor = Actor(tenant, datetime.now(UTC).date(), grants=grants)
        async with work(pool, actor, now=datetime.now(UTC)) as begun:
            made = _build(tenant, rows)
            session = next(each for each in made if isinstance(each, CalibrationSession))
            for number, each in enumerate(made):
                await begun.add(each, to=SAVE)
                if number < 4 or number % CHUNK == 0:  # the first ones are referred to
                    await begun.flush()
            await begun.flush()
    async with open_connection(database.required_owner_url) as connection:
        await connection.execute("ANALYZE")
    return session.id


def _build(tenant: TenantId, count: int) -> list[Aggregate]:
    random, now = Random(1), datetime.now(UTC)
    levels = [{"label": f"Level {each}", "value": Decimal(each)} for each in range(1, LEVELS + 1)]
    scale = RatingScale.create(tenant, {"levels": levels}, name="Five")
    template = ReviewTemplate.create(
        tenant, {"sections": [{"key": "a", "title": "A"}]}, name="Half year"
    )
    for each in (scale, template):
        each.publish(at=now)
    phase = {"kind": ReviewPhaseKind.MANAGER, "starts_on": DAY, "last_day": DAY}
    direction = {"direction": ReviewDirection.MANAGER, "template_id": template.id}
    content = {"directions": [direction], "phases": [phase], "selections": []}
    cycle = ReviewCycle.create(
        tenant, content, name="Bench", scale_id=scale.id, starts_on=DAY, last_day=DAY
    )
    cycle.launch(at=now)
    scales = ("scale_id", "horizontal_scale_id", "vertical_scale_id")
    session = CalibrationSession.create(
        tenant,
        {"cycle_id": cycle.id} | dict.fromkeys(scales, scale.id),
        name="Bench",
        held_on=DAY,
        vertical_key="potential",
        facilitator_ids={PersonId(get_person_id(FACILITATOR))},
        member_ids={PersonId(get_person_id(each)) for each in MEMBERS},
    )
    session.open(at=now)
    session.show_names()
    packets = [_build_packet(tenant, cycle, number, random) for number in range(count)]
    return [scale, template, cycle, session, *packets, *_build_rows(session, packets, random)]


def _build_packet(
    tenant: TenantId, cycle: ReviewCycle, number: int, random: Random
) -> ReviewPacket:
    manager = PersonId(get_person_id(random.choice(MANAGERS)))
    packet = ReviewPacket(
        tenant_id=tenant,
        subject_id=PersonId(get_person_id(FIRST_ROW + number + 1)),
        manager_id=manager,
        cycle_id=cycle.id,
        scale_id=cycle.scale_id,
        starts_on=DAY,
        last_day=DAY,
        due_on=DAY,
    )
    decision = Decision(random.randint(1, LEVELS))
    packet.decide(decision, Demands(LEVELS), manager, at=datetime.now(UTC))
    return packet


def _build_rows(
    session: CalibrationSession, packets: list[ReviewPacket], random: Random
) -> list[CalibrationSubject]:
    return [
        CalibrationSubject(
            tenant_id=each.tenant_id,
            id=uuid4(),
            session_id=session.id,
            packet_id=each.id,
            scale_id=session.scale_id,
            person_id=each.subject_id,
            manager_id=each.manager_id,
            decided_at=each.decided_at or datetime.now(UTC),
            original_level=each.level or 1,
            level=each.level or 1,
            vertical_rating=random.choice([None, *range(1, LEVELS + 1)]),
        )
        for each in packets
    ]
