"""The check of a database with Citus: every copy of every table is as protected as the table.

Each server has a table of its own for each shard. The schema lint sees only the tables of one
server. This compares the owner, row-level security, policies and privileges of all copies with
those, and the attributes of the serving role on each server.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from persistence.kernel.engine_kind import EngineKind, find_engine_kind
from persistence.kernel.pools import SERVING_ROLE, Connection

_PROTECTION = """
json_build_array(
    pg_get_userbyid(c.relowner), c.relrowsecurity, c.relforcerowsecurity,
    (SELECT json_agg(each::text ORDER BY each::text) FROM unnest(c.relacl) AS each),
    (SELECT json_agg(json_build_array(a.attname, a.attacl::text) ORDER BY a.attname)
     FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL),
    (SELECT json_agg(json_build_array(
                p.polname, p.polcmd, p.polpermissive, p.polroles::text,
                pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid))
            ORDER BY p.polname)
     FROM pg_policy p WHERE p.polrelid = c.oid))::text
"""

_TABLES = f"""
SELECT d.logicalrelid::regclass::text AS logical, d.logicalrelid::regclass::text AS name,
       {_PROTECTION} AS protection
FROM pg_dist_partition d JOIN pg_class c ON c.oid = d.logicalrelid
UNION ALL
SELECT 'the serving role', r.rolname,
       json_build_array(r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolinherit)::text
FROM pg_roles r WHERE r.rolname = '{SERVING_ROLE}'
"""

_SHARDS = f"""
SELECT s.logicalrelid::regclass::text, shard_name(s.logicalrelid, s.shardid), {_PROTECTION}
FROM pg_dist_shard s
JOIN pg_dist_placement USING (shardid) JOIN pg_dist_local_group USING (groupid)
LEFT JOIN pg_class c ON c.oid = to_regclass(shard_name(s.logicalrelid, s.shardid))
"""

SELECT_EXPECTED = f"SELECT logical, protection FROM ({_TABLES}) AS tables"
SELECT_UNDISTRIBUTED = """
SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attname = 'tenant_id'
  AND NOT EXISTS (SELECT FROM pg_dist_partition d WHERE d.logicalrelid = c.oid)
  AND NOT EXISTS (SELECT FROM pg_dist_shard s WHERE shard_name(s.logicalrelid, s.shardid)
                  = c.oid::regclass::text)
ORDER BY 1
"""
SELECT_BYPASSING_OWNERS = """
SELECT rolname AS name FROM pg_roles
WHERE rolbypassrls AND NOT rolsuper
  AND oid IN (SELECT c.relowner FROM pg_class c JOIN pg_dist_partition d ON d.logicalrelid = c.oid)
"""
SELECT_COPIES = f"""
SELECT nodename || ':' || nodeport AS node, success, result
FROM run_command_on_all_nodes($each$
    SELECT json_agg(json_build_array(logical, name, protection))
    FROM ({_TABLES} UNION ALL {_SHARDS}) AS copies
$each$) JOIN pg_dist_node USING (nodeid)
ORDER BY 1
"""


async def check_shards(connection: Connection) -> list[str]:
    """Return what is not protected, in sentences; nothing for a database on one server."""
    if await find_engine_kind(connection) is EngineKind.PLAIN:
        return []
    problems = [
        f"{row['name']} is not distributed. Run `trellis distribute`."
        for row in await connection.fetch(SELECT_UNDISTRIBUTED)
    ]
    problems += [
        f"The owner {row['name']} passes row-level security. When no shard is being moved, run"
        f" `ALTER ROLE {row['name']} NOBYPASSRLS`."
        for row in await connection.fetch(SELECT_BYPASSING_OWNERS)
    ]
    expected = {
        row["logical"]: row["protection"] for row in await connection.fetch(SELECT_EXPECTED)
    }
    for row in await connection.fetch(SELECT_COPIES):
        if row["success"]:
            problems += _compare(row["node"], json.loads(row["result"]), expected)
        else:
            problems.append(f"The server {row['node']} was not checked: {row['result']}.")
    return problems


def _compare(node: str, copies: Iterable[list[Any]], expected: Mapping[str, str]) -> list[str]:
    return [
        f"{name} on {node} differs from {logical}: in its owner, row-level security, policies or"
        " privileges."
        for logical, name, protection in copies
        if protection != expected[logical]
    ]
