"""The SQL by hand of an upsert of new people: the same rows of tables, and of the journal."""

import json
from typing import Any
from uuid import UUID, uuid4

LOCK = "SELECT pg_advisory_xact_lock(1)"
FIND_REFERENCES = """
SELECT person_id FROM person_references
WHERE tenant_id = $1 AND source = 'hris' AND external_id = ANY($2)"""
FIND_TAKEN = """
SELECT id FROM people
WHERE tenant_id = $1 AND (work_email_folded = ANY($2) OR employee_number_folded = ANY($3))"""
INSERT_PEOPLE = """
INSERT INTO people (tenant_id, id, version, created_at, updated_at, hired_on, organization_id,
  job_title, location, given_name, given_name_sort_key, family_name, family_name_sort_key, name,
  name_sort_key, work_email, work_email_folded, employee_number, employee_number_folded,
  record_status)
SELECT $1, r.id, 1, now(), now(), date '2026-01-01', $2, 'Packer', 'Oslo', r.given, r.given,
  r.family, r.family, r.name, r.name, r.email, r.email, r.number, r.number, 'current'
FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
  AS r (id, given, family, name, email, number)"""
INSERT_EMPLOYMENTS = """
INSERT INTO employments (tenant_id, id, person_id, hired_on, updated_at)
SELECT $1, gen_random_uuid(), id, date '2026-01-01', now() FROM unnest($2::uuid[]) id"""
INSERT_JOBS = """
INSERT INTO jobs (tenant_id, id, person_id, starts_on, organization_id, job_title, location,
  employment_type, state, stated_facts, created_at, updated_at)
SELECT $1, gen_random_uuid(), id, date '2026-01-01', $3, 'Packer', 'Oslo', 'permanent', 'current',
  '["job_title"]'::jsonb, now(), now()
FROM unnest($2::uuid[]) id"""
INSERT_REFERENCES = """
INSERT INTO person_references (tenant_id, id, person_id, source, external_id)
SELECT $1, gen_random_uuid(), r.id, 'hris', r.external_id
FROM unnest($2::uuid[], $3::text[]) AS r (id, external_id)"""
INSERT_LINES = """
INSERT INTO reporting_lines (tenant_id, id, person_id, manager_id, kind, starts_on)
SELECT $1, gen_random_uuid(), r.id, r.manager_id, 'primary', date '2026-01-01'
FROM unnest($2::uuid[], $3::uuid[]) AS r (id, manager_id)"""
INSERT_CLOSURE = """
INSERT INTO reporting_closure (tenant_id, descendant_id, ancestor_id, depth, starts_on)
WITH RECURSIVE walked AS (
  SELECT r.id AS descendant, r.manager_id AS ancestor, 1 AS depth
  FROM unnest($2::uuid[], $3::uuid[]) AS r (id, manager_id)
  UNION ALL
  SELECT w.descendant, l.manager_id, w.depth + 1
  FROM walked w CROSS JOIN LATERAL (
    SELECT manager_id FROM reporting_lines l
    WHERE l.tenant_id = $1 AND l.person_id = w.ancestor OFFSET 0) l)
SELECT $1, descendant, ancestor, depth, date '2026-01-01' FROM walked"""
INSERT_WORDS = """
INSERT INTO words (tenant_id, entity, word, entity_id)
SELECT DISTINCT $1::uuid, 'person', word, r.id
FROM unnest($2::uuid[], $3::text[]) AS r (id, text),
  regexp_split_to_table(lower(r.text), '\\W+') word"""
INSERT_JOURNAL = """
INSERT INTO journal (tenant_id, id, number, seq, entity, entity_id, action, changes, recorded_at,
  access_facts)
SELECT $1, gen_random_uuid(), clock.number + r.n, r.n, 'person', r.id, r.action, r.changes::jsonb,
  now(), jsonb_build_array(jsonb_build_object('organization_id', $5::uuid))
FROM unnest($2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY AS r (id, action, changes, n),
  (SELECT coalesce(max(number), 0) AS number FROM journal WHERE tenant_id = $1) clock"""
_JOB = {
    "startsOn": "2026-01-01",
    "jobTitle": "Packer",
    "location": "Oslo",
    "level": None,
    "employmentType": "PERMANENT",
    "workingTimeShare": None,
}
_LINE = {"kind": "PRIMARY", "startsOn": "2026-01-01"}
ADVANCE_CLOCK = """
UPDATE tenant_clocks SET number = (SELECT max(number) FROM journal WHERE tenant_id = $1)
WHERE tenant_id = $1 AND clock = 'journal'"""


async def insert_people(
    pool: Any, tenant: UUID, organization_id: UUID, prefix: str, count: int
) -> None:
    """Add people of whom each but the first has a manager among them."""
    ids = [uuid4() for _ in range(count)]
    keys = [f"{prefix}{n}" for n in range(count)]
    families = [f"Name {n}" for n in range(count)]
    names = [f"{key} {family}" for key, family in zip(keys, families, strict=True)]
    emails = [f"{each}@x.example" for each in keys]
    lines = ids[1:], [ids[n // 8] for n in range(1, count)]
    async with pool.acquire() as connection:
        await connection.execute(f"BEGIN; SET LOCAL app.tenant_id = '{tenant}'")
        await connection.execute(LOCK)
        await connection.fetch(FIND_REFERENCES, tenant, keys)
        await connection.fetch(FIND_TAKEN, tenant, emails, keys)
        people = ids, keys, families, names, emails, keys
        await connection.execute(INSERT_PEOPLE, tenant, organization_id, *people)
        await connection.execute(INSERT_EMPLOYMENTS, tenant, ids)
        await connection.execute(INSERT_JOBS, tenant, ids, organization_id)
        await connection.execute(INSERT_REFERENCES, tenant, ids, keys)
        await connection.execute(INSERT_LINES, tenant, *lines)
        await connection.execute(INSERT_CLOSURE, tenant, *lines)
        texts = [f"{name} {email}" for name, email in zip(names, emails, strict=True)]
        await connection.execute(INSERT_WORDS, tenant, ids, texts)
        entries = _list_entries(ids, names, emails)
        await connection.execute(INSERT_JOURNAL, tenant, *entries, organization_id)
        await connection.execute(ADVANCE_CLOCK, tenant)
        await connection.execute("COMMIT")


def _list_entries(
    ids: list[UUID], names: list[str], emails: list[str]
) -> tuple[list[UUID], list[str], list[str]]:
    """Return the ids, actions and changes of the entries of the journal."""
    hired = [
        json.dumps(
            {
                "name": [None, name],
                "given_name": [None, name],
                "family_name": [None, name],
                "work_email": [None, email],
                "employee_number": [None, name],
                "hired_on": [None, "2026-01-01"],
                "record_status": [None, "CURRENT"],
                "jobs": [[], [_JOB | {"id": f"job_{id}"}]],
                "employments": [[], [{"id": f"employment_{id}", "hiredOn": "2026-01-01"}]],
                "lines": [[], [_LINE | {"id": f"line_{id}", "managerId": f"person_{id}"}]],
                "references": [[], [{"id": f"personref_{id}", "source": "hris"}]],
            }
        )
        for id, name, email in zip(ids, names, emails, strict=True)
    ]
    others = [
        (id, action, "{}")
        for id in ids
        for action in ("external_reference_added", "manager_assigned")
    ]
    entries = [(id, "hired", text) for id, text in zip(ids, hired, strict=True)] + others
    return (
        [each[0] for each in entries],
        [each[1] for each in entries],
        [each[2] for each in entries],
    )
