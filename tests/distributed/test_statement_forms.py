"""The check of statement forms finds each form that Citus refuses, and nothing else."""

import asyncpg
import pytest

from persistence.kernel.engine_kind import count_inserted
from tests.distributed import statement_recorder
from tests.distributed.statement_forms import list_refused_forms

pytestmark = pytest.mark.anyio

INSERT = "INSERT INTO words (tenant_id, word) SELECT $1, word FROM unnest($2::text[]) AS r (word)"
SELECT_WALK = "WITH RECURSIVE walk AS (SELECT id FROM goals UNION SELECT id FROM walk)"

REFUSED = {
    "SELECT ARRAY(SELECT ROW(g.id, g.title) FROM goals g WHERE g.tenant_id = $1)": "an array",
    "SELECT array_agg(ROW(g.id)) FROM goals g": "an array",
    "SELECT pg_current_snapshot()::text": "a transaction number",
    "INSERT INTO journal (xid) VALUES (pg_current_xact_id()::text::bigint)": "a transaction",
    INSERT: "an INSERT",
    f"WITH w0 AS ({INSERT}) SELECT": "an INSERT",
    f"WITH w0 AS ({INSERT} ON CONFLICT DO NOTHING), w1 AS ({INSERT} RETURNING 1) SELECT": "an INS",
    f"{SELECT_WALK} INSERT INTO words (word) SELECT id FROM walk RETURNING 1": "WITH RECURSIVE",
    "DELETE FROM keys WHERE (member_id, key) IN (SELECT member_id, key FROM keys)": "a row",
    "SELECT set_config('app.tenant_id', $1, false)": "a tenant",
    "SET app.tenant_id = ''": "a tenant",
    "UPDATE tasks SET due_at = now() + random() * $2 WHERE tenant_id = $1": "a random value",
    "SELECT EXISTS (SELECT 1 FROM role_assignments AS r1 WHERE false)": "a table without",
    "SET plan_cache_mode = force_generic_plan": "a plan mode",
}
ACCEPTED = (
    "SELECT ARRAY(SELECT json_build_array(g.id) FROM goals g WHERE g.tenant_id = $1)",
    f"WITH w0 AS ({INSERT} RETURNING 1) SELECT (SELECT count(*) FROM w0)",
    count_inserted(INSERT),
    count_inserted(f"INSERT INTO words (word) {SELECT_WALK} SELECT id FROM walk"),
    "INSERT INTO keys (tenant_id, key) VALUES ($1, $2)",
    "INSERT INTO keys (key) VALUES ((SELECT max(key) FROM keys))",
    "SELECT 1 WHERE (a, b) IN (SELECT a, b FROM t)",
    "SELECT 1 FROM (SELECT set_config('app.tenant_id', $1::uuid::text, true) OFFSET 0) AS entered",
    "SELECT 'INSERT INTO t SELECT 1'",
)


@pytest.mark.parametrize(("sql", "form"), REFUSED.items())
def test_a_form_that_citus_refuses_is_found(sql: str, form: str) -> None:
    assert [each[: len(form)] for each in list_refused_forms(sql)] == [form]


@pytest.mark.parametrize("sql", ACCEPTED)
def test_a_form_that_runs_on_both_is_accepted(sql: str) -> None:
    assert list_refused_forms(sql) == []


async def test_statements_of_trellis_are_recorded_and_those_of_tests_are_not_judged(
    pool: asyncpg.Pool,
) -> None:
    own = "SELECT ARRAY(SELECT ROW(1)) IS NOT NULL AS is_written_in_a_test"

    await pool.fetchval(own)

    assert own in statement_recorder.seen
    assert own not in statement_recorder.refused
