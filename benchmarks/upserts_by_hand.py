"""The SQL by hand of an upsert of new people: the same rows of tables, and of the journal.

It also makes the reads and takes the locks that the answer depends on: who has the external ids,
the e-mail addresses and the numbers, whether the unit is open, who waits for these people, and
whether a manager reports to somebody in the batch. Ids are ordered by time, as those of Trellis.
"""

from typing import Any
from uuid import UUID

import orjson

from domain.kernel.identity import generate_id
from persistence.kernel.collation import DEFAULT_LOCALE, build_sort_key

LOCK_TREE = "SELECT pg_advisory_xact_lock(1)"
LOCK_VALUES = "SELECT pg_advisory_xact_lock(hashtext(value)) FROM unnest($1::text[]) value"
FIND_REFERENCES = """
SELECT external_id, person_id FROM person_references
WHERE tenant_id = $1 AND source = 'hris' AND external_id = ANY($2)"""
FIND_WAITING = """
SELECT object_id, field FROM pending_references
WHERE tenant_id = $1 AND source = 'hris' AND external_id = ANY($2)"""
FIND_UNIT = "SELECT ends_on FROM organizations WHERE tenant_id = $1 AND id = $2 FOR KEY SHARE"
FIND_TAKEN = """
SELECT id FROM people
WHERE tenant_id = $1 AND (work_email_folded = ANY($2) OR employee_number_folded = ANY($3))"""
INSERT_PEOPLE = """
INSERT INTO people (tenant_id, id, version, created_at, updated_at, hired_on, organization_id,
  job_title, location, given_name, given_name_sort_key, family_name, family_name_sort_key, name,
  name_sort_key, work_email, work_email_folded, employee_number, employee_number_folded,
  record_status)
SELECT $1, r.id, 1, now(), now(), date '2026-01-01', $2, 'Packer', 'Oslo', r.given, r.given_key,
  r.family, r.family_key, r.name, r.name_key, r.email, r.email, r.number, r.number, 'current'
FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[])
  AS r (id, given, family, name, email, number, given_key, family_key, name_key)"""
INSERT_EMPLOYMENTS = """
INSERT INTO employments (tenant_id, id, person_id, hired_on, updated_at)
SELECT $1, uuidv7(), id, date '2026-01-01', now() FROM unnest($2::uuid[]) id"""
INSERT_JOBS = """
INSERT INTO jobs (tenant_id, id, person_id, starts_on, organization_id, job_title, location,
  employment_type, state, stated_facts, created_at, updated_at)
SELECT $1, uuidv7(), id, date '2026-01-01', $3, 'Packer', 'Oslo', 'permanent', 'current',
  '["organization_id", "job_title", "level", "location", "employment_type",
    "working_time_share"]'::jsonb, now(), now()
FROM unnest($2::uuid[]) id"""
INSERT_REFERENCES = """
INSERT INTO person_references (tenant_id, id, person_id, source, external_id)
SELECT $1, uuidv7(), r.id, 'hris', r.external_id
FROM unnest($2::uuid[], $3::text[]) AS r (id, external_id)"""
INSERT_LINES = """
INSERT INTO reporting_lines (tenant_id, id, person_id, manager_id, kind, starts_on)
SELECT $1, uuidv7(), r.id, r.manager_id, 'primary', date '2026-01-01'
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
INSERT INTO journal (tenant_id, id, number, seq, entity, entity_id, action, actor_id, changes,
  recorded_at, effective_on, request_id, access_facts)
SELECT $1, uuidv7(), clock.number + r.n, r.n, 'person', r.id, r.action, $1, r.changes::jsonb,
  now(), date '2026-01-01', 'bench',
  jsonb_build_array(jsonb_build_object('organization_id', $5::uuid))
FROM unnest($2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY AS r (id, action, changes, n),
  (SELECT coalesce(max(number), 0) AS number FROM journal WHERE tenant_id = $1) clock"""
INSERT_TASKS = """
INSERT INTO background_tasks AS known (tenant_id, id, kind, arguments, key, state, due_at)
SELECT $1, uuidv7(), kind, '{}', kind, 'waiting', now() FROM unnest($2::text[]) kind
ON CONFLICT (tenant_id, key) WHERE state <> 'dead' DO UPDATE
SET due_at = least(known.due_at, excluded.due_at)"""
ANNOUNCE = """
INSERT INTO directory.queues AS known (tenant_id, next_due_at) VALUES ($1, now())
ON CONFLICT (tenant_id) DO UPDATE SET next_due_at = least(known.next_due_at, excluded.next_due_at)
"""
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
    ids = [generate_id() for _ in range(count)]
    keys = [f"{prefix}{n}" for n in range(count)]
    families = [f"Name {n}" for n in range(count)]
    names = [f"{key} {family}" for key, family in zip(keys, families, strict=True)]
    emails = [f"{each}@x.example" for each in keys]
    managers = {id: ids[n // 8] for n, id in enumerate(ids) if n}
    async with pool.acquire() as connection:
        await connection.execute(f"BEGIN; SET LOCAL app.tenant_id = '{tenant}'")
        await connection.execute(LOCK_TREE)
        await connection.execute(LOCK_VALUES, emails)
        assert not await connection.fetch(FIND_REFERENCES, tenant, keys)
        assert not await connection.fetch(FIND_WAITING, tenant, keys)
        assert not await connection.fetch(FIND_TAKEN, tenant, emails, keys)
        assert await connection.fetch(FIND_UNIT, tenant, organization_id)
        assert not any(_has_loop(managers, each) for each in ids)
        people = ids, keys, families, names, emails, keys
        sort_keys = ([build_sort_key(one, DEFAULT_LOCALE) for one in each] for each in people[1:4])
        await connection.execute(INSERT_PEOPLE, tenant, organization_id, *people, *sort_keys)
        await connection.execute(INSERT_EMPLOYMENTS, tenant, ids)
        await connection.execute(INSERT_JOBS, tenant, ids, organization_id)
        await connection.execute(INSERT_REFERENCES, tenant, ids, keys)
        lines = [*managers], [*managers.values()]
        await connection.execute(INSERT_LINES, tenant, *lines)
        await connection.execute(INSERT_CLOSURE, tenant, *lines)
        texts = [f"{name} {email}" for name, email in zip(names, emails, strict=True)]
        await connection.execute(INSERT_WORDS, tenant, ids, texts)
        await connection.execute(INSERT_TASKS, tenant, ["by hand a", "by hand b"])
        await connection.execute(ANNOUNCE, tenant)
        entries = _list_entries(people, managers, organization_id)
        await connection.execute(INSERT_JOURNAL, tenant, *entries, organization_id)
        await connection.execute(ADVANCE_CLOCK, tenant)
        await connection.execute("COMMIT")


def _has_loop(managers: dict[UUID, UUID], id: UUID) -> bool:
    """Return whether somebody is above themselves."""
    above, found = managers.get(id), {id}
    while above is not None and above not in found:
        found.add(above)
        above = managers.get(above)
    return above is not None


def _list_entries(
    people: tuple[list[Any], ...], managers: dict[UUID, UUID], organization_id: UUID
) -> tuple[list[UUID], list[str], list[str]]:
    """Return the ids, actions and changes of the entries of the journal."""
    entries = list[tuple[UUID, str, str]]()
    for id, given, family, name, email, number in zip(*people, strict=True):
        job = _JOB | {"id": f"job_{id}", "organizationId": f"org_{organization_id}"}
        line = _LINE | {"id": f"line_{id}", "managerId": f"person_{managers.get(id)}"}
        reference = {"id": f"personref_{id}", "source": "hris", "externalId": number}
        changes = {
            "name": [None, name],
            "given_name": [None, given],
            "family_name": [None, family],
            "work_email": [None, email],
            "employee_number": [None, number],
            "hired_on": [None, "2026-01-01"],
            "record_status": [None, "CURRENT"],
            "jobs": [[], [job]],
            "employments": [[], [{"id": f"employment_{id}", "hiredOn": "2026-01-01"}]],
            "lines": [[], [line]],
            "references": [[], [reference]],
        }
        entries.append((id, "hired", orjson.dumps(changes).decode()))
        entries.append((id, "manager_assigned", "{}"))
        entries.append((id, "external_reference_added", "{}"))
    ids, actions, texts = zip(*entries, strict=True)
    return list(ids), list(actions), list(texts)
