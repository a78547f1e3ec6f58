"""What the benchmark of reviews reads: packets with forms, answers and open tasks."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from api.commands.database_url import Database
from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Grant, Permission
from domain.reviews import RatingScale, ReviewTemplate
from domain.reviews.templates import QuestionKind
from persistence.kernel.pools import create_write_pool, open_connection
from persistence.unit_of_work.work import work

FORMS, QUESTIONS = 5, 8
OWN = 100
"""Packets that the viewer decides, each with a form that the viewer writes."""

ADD_PEOPLE = """
INSERT INTO people (tenant_id, id, version, created_at, updated_at, hired_on, given_name,
  family_name, name, record_status)
SELECT $1, lpad(to_hex(n), 32, '0')::uuid, 1, now(), now(), '2020-01-01', 'P' || n, '', 'P' || n,
  'current' FROM generate_series(1, $2::int) n"""
ADD_PACKETS = f"""
INSERT INTO review_packets (tenant_id, id, version, created_at, updated_at, subject_id, manager_id,
  starts_on, last_day, due_on, status, is_released, scale_id, level)
SELECT $1, md5('packet' || n)::uuid, 1, now(), now(), lpad(to_hex(n), 32, '0')::uuid,
  CASE WHEN n <= {OWN} THEN $3 ELSE lpad(to_hex(n % $2::int + 1), 32, '0')::uuid END,
  '2026-01-01', '2026-06-30', date '2026-08-01' + n % 30, 'decided', false, $4, 2
FROM generate_series(1, $2::int) n"""
ADD_FORMS = """
INSERT INTO reviews (tenant_id, id, version, created_at, updated_at, packet_id, subject_id,
  writer_id, manager_id, direction, template_id, status, due_on, is_shown, is_released,
  submitted_at)
SELECT $1, md5(p.id::text || k)::uuid, 1, now(), now(), p.id, p.subject_id,
  CASE k WHEN 0 THEN p.subject_id WHEN 1 THEN p.manager_id
   ELSE lpad(to_hex((('x' || left(p.id::text, 4))::bit(16)::int + k) % $2::int + 1), 32, '0')::uuid
  END, p.manager_id, (ARRAY['self', 'manager', 'peer', 'peer', 'peer'])[k + 1], $3,
  CASE WHEN k = 1 THEN 'draft' ELSE 'submitted' END, p.due_on, true, false,
  CASE WHEN k = 1 THEN NULL ELSE now() END
FROM review_packets p, generate_series(0, 4) k WHERE p.tenant_id = $1"""
ADD_ANSWERS = """
INSERT INTO review_answers (tenant_id, id, review_id, question_id, audience, answer_version, text,
  is_not_applicable)
SELECT $1, gen_random_uuid(), r.id, q.id, q.audience, 1, repeat('Much was done. ', 20), false
FROM reviews r JOIN review_questions q ON q.tenant_id = $1 AND q.template_id = r.template_id
WHERE r.tenant_id = $1"""
ADD_TASKS = """
INSERT INTO todos (tenant_id, id, person_id, kind, due_on, entity, subject_id)
SELECT $1, gen_random_uuid(), writer_id, 'review', due_on, 'review', id
FROM reviews WHERE tenant_id = $1
UNION ALL SELECT $1, gen_random_uuid(), manager_id, 'review_share', due_on, 'review_packet', id
FROM review_packets WHERE tenant_id = $1"""


@dataclass(frozen=True)
class ReviewData:
    """The ids that requests name. The viewer is the first admin, who decides some packets."""

    tenant: TenantId
    viewer_id: UUID
    packet_ids: list[UUID]
    form_ids: list[UUID]
    tasks: int


async def fill(database: Database, tenant: TenantId, people: int) -> ReviewData:
    """Add people, a packet about each, its forms with answers, and the tasks."""
    template, scale = _build_template(tenant), _build_scale(tenant)
    held = Permission.REVIEWS_MANAGE
    actor = Actor(tenant, datetime.now(UTC).date(), grants=frozenset({Grant(held)}))
    async with (
        await create_write_pool(database.serving_url, max_size=2) as pool,
        work(pool, actor, now=datetime.now(UTC)) as begun,
    ):
        await begun.add(scale, to=RatingScale.CREATE)
        await begun.add(template, to=ReviewTemplate.CREATE)
    async with open_connection(database.required_owner_url) as connection:
        await connection.execute("SELECT set_config('app.tenant_id', $1, false)", str(tenant))
        viewer = await connection.fetchval("SELECT id FROM people WHERE tenant_id = $1", tenant)
        await connection.execute(ADD_PEOPLE, tenant, people)
        await connection.execute(ADD_PACKETS, tenant, people, viewer, scale.id)
        await connection.execute(ADD_FORMS, tenant, people, template.id)
        await connection.execute(ADD_ANSWERS, tenant)
        await connection.execute(ADD_TASKS, tenant)
        own = "SELECT id FROM {} WHERE tenant_id = $1 AND {} = $2"
        packets = await connection.fetch(own.format("review_packets", "manager_id"), tenant, viewer)
        forms = await connection.fetch(own.format("reviews", "writer_id"), tenant, viewer)
        tasks = await connection.fetchval("SELECT count(*) FROM todos WHERE tenant_id = $1", tenant)
    packet_ids, form_ids = ([row["id"] for row in rows] for rows in (packets, forms))
    return ReviewData(tenant, viewer, packet_ids, form_ids, tasks)


def _build_template(tenant: TenantId) -> ReviewTemplate:
    questions = [
        {"key": f"q{n}", "kind": QuestionKind.TEXT, "text": "What was done?"}
        for n in range(1, QUESTIONS + 1)
    ]
    section = {"key": "results", "title": "Results", "questions": questions}
    template = ReviewTemplate.create(tenant, {"sections": [section]}, name="Half year")
    template.publish(at=datetime.now(UTC))
    return template


def _build_scale(tenant: TenantId) -> RatingScale:
    levels = [
        {"label": each, "value": Decimal(n)} for n, each in enumerate(("Low", "Good", "High"), 1)
    ]
    scale = RatingScale.create(tenant, {"levels": levels}, name="Points")
    scale.publish(at=datetime.now(UTC))
    return scale
