"""The writes of the floor: hand-written statements in one transaction, with access and journal."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from benchmarks.contenders.floor_sql import EDITABLE_BY_HR
from benchmarks.contenders.statements import Parameters, Statement
from domain.kernel.identity import generate_id

LOCK_GOAL = Statement(f"""
SELECT version FROM goals g
WHERE g.tenant_id = :tenant AND g.id = :id AND g.status = 'active' AND {EDITABLE_BY_HR}
FOR UPDATE""")
UPDATE_KEY_RESULTS = Statement("""
UPDATE key_results k SET current_value = v.value
FROM unnest((:ids)::uuid[], (:values)::numeric[]) v (id, value)
WHERE k.tenant_id = :tenant AND k.goal_id = :id AND k.id = v.id""")
INSERT_CHECK_IN = Statement("""
WITH made AS (
  INSERT INTO check_ins (tenant_id, id, goal_id, author_id, confidence, note, recorded_at)
  VALUES (:tenant, :check_in, :id, :person, :confidence, :note, now())),
noted AS (
  INSERT INTO check_in_values (tenant_id, id, check_in_id, key_result_id, value)
  SELECT tenant_id, gen_random_uuid(), :check_in, id, current_value FROM key_results
  WHERE tenant_id = :tenant AND goal_id = :id),
ticked AS (
  UPDATE tenant_clocks SET number = number + 1
  WHERE tenant_id = :tenant AND clock = 'journal' RETURNING number),
told AS (
  INSERT INTO journal (tenant_id, id, number, seq, entity, entity_id, action, actor_id, changes,
                       recorded_at)
  SELECT :tenant, :entry, number, 1, 'goal', :id, 'checked_in', :person,
         jsonb_build_object('confidence', jsonb_build_array(null, :confidence)), now() FROM ticked)
UPDATE goals SET version = version + 1, updated_at = now()
WHERE tenant_id = :tenant AND id = :id""")
SELECT_GOAL = Statement("""
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

INSERT_GOALS = Statement("""
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
ticked AS (
  UPDATE tenant_clocks SET number = number + (SELECT count(*) FROM given)
  WHERE tenant_id = :tenant AND clock = 'journal' RETURNING number),
told AS (
  INSERT INTO journal (tenant_id, id, number, seq, entity, entity_id, action, actor_id, changes,
                       recorded_at)
  SELECT (:tenant)::uuid, entry, number - (SELECT count(*) FROM given) + n, n, 'goal', id,
         'drafted', (:person)::uuid, jsonb_build_object('title', jsonb_build_array(null, title)),
         now()
  FROM given, ticked)
SELECT json_build_object('data', json_build_object('goalCreateBatch', json_build_object(
  'goals', (SELECT json_agg(json_build_object('title', title, 'status', 'DRAFT', 'dueOn', due)
                            ORDER BY n) FROM given),
  'errors', '[]'::json)))""")
COUNT_VISIBLE_PEOPLE = Statement(
    "SELECT count(*) FROM people WHERE tenant_id = :tenant AND id = ANY((:owners)::uuid[])"
)

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
WriteHandler = Callable[[Connection, Parameters, Mapping[str, Any]], Awaitable[bytes]]


class WriteRejected(Exception):
    """The caller may not make this change."""


async def check_in(
    connection: Connection, persona_parameters: Parameters, variables: Mapping[str, Any]
) -> bytes:
    """Record new values of a goal's key results, and return the goal."""
    check_in_input = variables["input"]
    parameters: dict[str, Any] = {
        **persona_parameters,
        "id": UUID(check_in_input["id"]),
        "check_in": generate_id(),
        "entry": generate_id(),
        "confidence": check_in_input["confidence"].lower(),
        "note": check_in_input["note"],
        "ids": [UUID(each["keyResultId"]) for each in check_in_input["values"]],
        "values": [Decimal(each["value"]) for each in check_in_input["values"]],
    }
    if await LOCK_GOAL.fetch_value(connection, parameters) is None:
        raise WriteRejected
    for statement in (UPDATE_KEY_RESULTS, INSERT_CHECK_IN):
        await statement.execute(connection, parameters)
    return bytes(await SELECT_GOAL.fetch_value(connection, parameters))


async def create_goals(
    connection: Connection, persona_parameters: Parameters, variables: Mapping[str, Any]
) -> bytes:
    """Create a batch of draft goals, and return all of them."""
    inputs = variables["inputs"]
    ids = [generate_id() for _ in inputs]
    measures = [
        (id, each["title"], Decimal(each["startValue"]), Decimal(each["targetValue"]), place)
        for id, goal in zip(ids, inputs, strict=True)
        for place, each in enumerate(goal["keyResults"])
    ]
    columns = ("measured", "measures", "starts", "targets", "places")
    parameters = {
        **persona_parameters,
        **dict(zip(columns, map(list, zip(*measures, strict=True)), strict=True)),
        "ids": ids,
        "entries": [generate_id() for _ in inputs],
        "owners": [UUID(each["owner"]["personId"]) for each in inputs],
        "titles": [each["title"] for each in inputs],
        "dues": [date.fromisoformat(each["dueOn"]) for each in inputs],
    }
    if await COUNT_VISIBLE_PEOPLE.fetch_value(connection, parameters) != len(
        set(parameters["owners"])
    ):
        raise WriteRejected
    return bytes(await INSERT_GOALS.fetch_value(connection, parameters))


WRITE_HANDLERS: Mapping[str, WriteHandler] = {"check-in": check_in, "create": create_goals}
