"""The floor's writes: hand-written statements in one transaction, with access and journal."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from benchmarks.contenders.floor_sql import EDITED_BY_HR
from benchmarks.contenders.statements import Facts, Statement
from domain.kernel.identity import new_id

LOCKED = Statement(f"""
SELECT version FROM goals g
WHERE g.tenant_id = :tenant AND g.id = :id AND g.status = 'active' AND {EDITED_BY_HR} FOR UPDATE""")
MEASURED = Statement("""
UPDATE key_results k SET current_value = v.value
FROM unnest((:ids)::uuid[], (:values)::numeric[]) v (id, value)
WHERE k.tenant_id = :tenant AND k.goal_id = :id AND k.id = v.id""")
CHECKED_IN = Statement("""
WITH made AS (
  INSERT INTO check_ins (tenant_id, id, goal_id, author_id, confidence, note, recorded_at)
  VALUES (:tenant, :check_in, :id, :person, :confidence, :note, now())),
noted AS (
  INSERT INTO check_in_values (tenant_id, id, check_in_id, key_result_id, value)
  SELECT tenant_id, gen_random_uuid(), :check_in, id, current_value FROM key_results
  WHERE tenant_id = :tenant AND goal_id = :id),
told AS (
  INSERT INTO journal (tenant_id, id, xid, seq, entity, entity_id, action, actor_id, changes,
                       recorded_at)
  VALUES (:tenant, :entry, pg_current_xact_id()::text::bigint, 1, 'goal', :id, 'checked_in',
          :person, jsonb_build_object('confidence', jsonb_build_array(null, :confidence)), now()))
UPDATE goals SET version = version + 1, updated_at = now()
WHERE tenant_id = :tenant AND id = :id""")
CHECKED = Statement("""
SELECT json_build_object('data', json_build_object('goalCheckIn', json_build_object('goal',
  (SELECT row_to_json(node) FROM (SELECT
     'goal_' || g.id AS id, g.title, upper(g.status) AS status,
     (SELECT row_to_json(c) FROM (SELECT coalesce(json_agg(k), '[]') AS nodes FROM
        (SELECT 'keyres_' || r.id AS id, r.current_value::text AS "currentValue"
         FROM key_results r WHERE r.tenant_id = :tenant AND r.goal_id = g.id
         ORDER BY r.position, r.id LIMIT 10) k) c) AS "keyResults",
     (SELECT row_to_json(l) FROM (SELECT upper(i.confidence) AS confidence, i.note,
         (SELECT row_to_json(p) FROM (SELECT 'person_' || id AS id, name FROM people
          WHERE tenant_id = :tenant AND id = i.author_id) p) AS author
       FROM check_ins i WHERE i.tenant_id = :tenant AND i.id = :check_in) l) AS "lastCheckIn"
   FROM goals g WHERE g.tenant_id = :tenant AND g.id = :id) node), 'errors', '[]'::json)))""")

GOALS_MADE = Statement("""
WITH given AS (
  SELECT * FROM unnest((:ids)::uuid[], (:entries)::uuid[], (:owners)::uuid[], (:titles)::text[],
                       (:dues)::date[]) WITH ORDINALITY g (id, entry, owner, title, due, n)),
made AS (
  INSERT INTO goals (tenant_id, id, version, created_at, updated_at, owner_kind, owner_person_id,
                     title, visibility, starts_on, due_on, status)
  SELECT (:tenant)::uuid, id, 1, now(), now(), 'person', owner, title, 'public', (:today)::date,
         due, 'draft' FROM given),
measured AS (
  INSERT INTO key_results (tenant_id, id, goal_id, title, start_value, target_value, current_value,
                           direction, position)
  SELECT (:tenant)::uuid, gen_random_uuid(), goal_id, title, start, target, start, 'decrease', place
  FROM unnest((:measured)::uuid[], (:measures)::text[], (:starts)::numeric[],
              (:targets)::numeric[], (:places)::int[]) k (goal_id, title, start, target, place)),
known AS (
  INSERT INTO words (tenant_id, entity, word, entity_id)
  SELECT DISTINCT (:tenant)::uuid, 'goal', w, id
  FROM given, regexp_split_to_table(lower(title), ' ') w),
told AS (
  INSERT INTO journal (tenant_id, id, xid, seq, entity, entity_id, action, actor_id, changes,
                       recorded_at)
  SELECT (:tenant)::uuid, entry, pg_current_xact_id()::text::bigint, n, 'goal', id, 'drafted',
         (:person)::uuid, jsonb_build_object('title', jsonb_build_array(null, title)), now()
  FROM given)
SELECT json_build_object('data', json_build_object('goalCreateBatch', json_build_object(
  'goals', (SELECT json_agg(json_build_object('title', title, 'status', 'DRAFT', 'dueOn', due)
                            ORDER BY n) FROM given),
  'errors', '[]'::json)))""")
VISIBLE_PEOPLE = Statement(
    "SELECT count(*) FROM people WHERE tenant_id = :tenant AND id = ANY((:owners)::uuid[])"
)

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
Write = Callable[[Connection, Facts, Mapping[str, Any]], Awaitable[bytes]]


class Refused(Exception):
    """What is asked for may not be done."""


async def check_in(connection: Connection, facts: Facts, variables: Mapping[str, Any]) -> bytes:
    """Take new values of a goal's key results, and answer with the goal."""
    given = variables["input"]
    names: dict[str, Any] = {
        **facts,
        "id": UUID(given["id"]),
        "check_in": new_id(),
        "entry": new_id(),
        "confidence": given["confidence"].lower(),
        "note": given["note"],
        "ids": [UUID(each["keyResultId"]) for each in given["values"]],
        "values": [Decimal(each["value"]) for each in given["values"]],
    }
    if await LOCKED.value(connection, names) is None:
        raise Refused
    for statement in (MEASURED, CHECKED_IN):
        await statement.run(connection, names)
    return bytes(await CHECKED.value(connection, names))


async def create(connection: Connection, facts: Facts, variables: Mapping[str, Any]) -> bytes:
    """Draft a batch of goals, and answer with all of them."""
    given = variables["inputs"]
    ids = [new_id() for _ in given]
    measures = [
        (id, each["title"], Decimal(each["startValue"]), Decimal(each["targetValue"]), place)
        for id, goal in zip(ids, given, strict=True)
        for place, each in enumerate(goal["keyResults"])
    ]
    columns = ("measured", "measures", "starts", "targets", "places")
    names = {
        **facts,
        **dict(zip(columns, map(list, zip(*measures, strict=True)), strict=True)),
        "ids": ids,
        "entries": [new_id() for _ in given],
        "owners": [UUID(each["owner"]["personId"]) for each in given],
        "titles": [each["title"] for each in given],
        "dues": [date.fromisoformat(each["dueOn"]) for each in given],
    }
    if await VISIBLE_PEOPLE.value(connection, names) != len(set(names["owners"])):
        raise Refused
    return bytes(await GOALS_MADE.value(connection, names))


WRITES: Mapping[str, Write] = {"check-in": check_in, "create": create}
