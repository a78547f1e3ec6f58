"""The schema lint: checks PostgreSQL's catalogue against the rules of the schema.

Each rule is a query that lists its violations. All rules run as one statement, at every start and
for `trellis check --schema`. L rules isolate tenants and keep them fast, P rules keep the schema
portable to distributed PostgreSQL.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from persistence.kernel.pools import SERVING_ROLE, Connection
from persistence.kernel.schema.row_level_security import TENANT_ID_STATISTICS

GLOBAL_TABLES = (
    "directory.tenants",
    "directory.issuers",
    "directory.queues",
    "directory.erasures",
    "directory.platform_issuers",
    "directory.operators",
    "directory.platform_audit_log",
    "directory.platform_keys",
    "directory.tenant_usage",
    "directory.request_counts",
    "directory.tenant_operations",
    "directory.tenant_files",
    "directory.tenant_creations",
    "directory.alembic_version",
)
"""Tables that are read before the tenant is known. The serving role writes the one that tells
workers which tenants have tasks, and deletes nothing there; and rows of its own tenant in the one
of issuers, whose policies L19 compares."""

APPEND_ONLY_TABLES = ("journal", "journal_seals", "tombstones", "tenant_clocks")
"""Tables to which the serving role may only insert."""

REWRITABLE_COLUMNS = (
    "journal.entity_id",
    "journal.actor_id",
    "journal.access_facts",
    "journal.changes",
    "journal_seals.salt",
    "journal_seals.rewritten_at",
    "tenant_clocks.number",
)
"""Columns of these tables that the serving role may update. A merge of people rewrites the journal,
so that entries name who stays. An erasure removes personal values from `changes`. Both
destroy the salts of the seals of these entries."""

ALLOWED_EXTENSIONS = ("plpgsql", "pg_stat_statements", "citus")
"""Allowed extensions: the default language, a monitor on which no code depends, and Citus, whose
differences are in `engine_kind`."""

EXPECTED_POLICY = "(tenant_id = (current_setting('app.tenant_id'::text))::uuid)"
"""The only allowed form of policy, as PostgreSQL prints it. It is written out here, and not taken
from row_level_security, because the lint must not share an error with what it checks."""

_OWN_AND_ALONE = f"({EXPECTED_POLICY} AND (NOT is_shared))"
ISSUER_POLICIES = (
    '{"* TO trellis_platform USING true WITH CHECK true",'
    f'"a TO trellis_app WITH CHECK {_OWN_AND_ALONE}","d TO trellis_app USING {_OWN_AND_ALONE}",'
    '"r USING true"}'
)
"""The policies of `directory.issuers`: everybody reads it, the platform writes it, and a tenant
writes only rows of its own, and none of an issuer that serves several tenants."""

PRIVILEGED_ROLE_RULE = "L14"
"""The rule that reports a serving role above row-level security."""

PRIVILEGE_RULES = ("L11", "L12", "L17")
"""The rules about privileges. A role above row-level security breaks all, so they are omitted."""

CATALOG_CTES = """
WITH given AS (
    SELECT $1::name AS role, $2::text[] AS directory, $3::text[] AS kept_for_ever,
           $4::text[] AS extensions, $5::text AS policy, $6::text[] AS rewritable
), schemas AS (
    SELECT n.oid, n.nspname AS name FROM pg_namespace n, given
    WHERE n.nspname IN ('public', 'directory')
       OR (n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
           AND has_schema_privilege(role, n.oid, 'USAGE'))
), borrowed AS (
    SELECT objid AS oid FROM pg_depend WHERE deptype = 'e'
), relations AS (
    SELECT c.*, CASE s.name WHEN 'public' THEN '' ELSE s.name || '.' END || c.relname AS name
    FROM pg_class c JOIN schemas s ON s.oid = c.relnamespace
    WHERE c.oid NOT IN (SELECT oid FROM borrowed)
), tables AS (
    SELECT r.oid, r.name, r.relrowsecurity, r.relforcerowsecurity, r.relispartition,
           r.relpersistence, r.relhassubclass, a.attnum AS tenant, a.attnotnull AS has_tenant
    FROM relations r LEFT JOIN pg_attribute a
      ON a.attrelid = r.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped, given
    WHERE r.relkind IN ('r', 'p') AND r.name <> ALL (directory)
), policies AS (
    SELECT t.oid, t.name, p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}' AS for_all,
           pg_get_expr(p.polqual, t.oid) AS reads, pg_get_expr(p.polwithcheck, t.oid) AS writes,
           p.polqual::text || coalesce(p.polwithcheck::text, '') AS tree
    FROM tables t JOIN pg_policy p ON p.polrelid = t.oid
), indexes AS (
    SELECT t.name || '.' || c.relname AS name, t.tenant, i.*, c.relam
    FROM tables t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class c ON c.oid = i.indexrelid
), limits AS (
    SELECT t.oid, t.tenant, t.name || '.' || k.conname AS name, k.contype, k.conkey, k.confkey,
           k.confrelid, k.condeferrable
    FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid
), functions AS (
    SELECT p.proname || '()' AS name, p.prosecdef
    FROM pg_proc p JOIN schemas s ON s.oid = p.pronamespace
    WHERE p.oid NOT IN (SELECT oid FROM borrowed)
)
"""


@dataclass(frozen=True)
class LintRule:
    """A rule: the message for its violations, and the query that lists them."""

    message: str
    query: str


RULES = {
    "L1": LintRule(
        "Row-level security is not enabled", "SELECT name FROM tables WHERE NOT relrowsecurity"
    ),
    "L2": LintRule(
        "Row-level security is not forced on the owner",
        "SELECT name FROM tables WHERE relrowsecurity AND NOT relforcerowsecurity",
    ),
    "L3": LintRule(
        "The table has no policy",
        "SELECT name FROM tables WHERE oid NOT IN (SELECT oid FROM policies)",
    ),
    "L4": LintRule("The table has no tenant_id", "SELECT name FROM tables WHERE tenant IS NULL"),
    "L5": LintRule("tenant_id is nullable", "SELECT name FROM tables WHERE NOT has_tenant"),
    "L6": LintRule(
        "tenant_id is not the first column of a key or index",
        "SELECT name FROM indexes WHERE indkey[0] <> tenant",
    ),
    "L7": LintRule(
        "A foreign key does not include tenant_id",
        """SELECT k.name FROM limits k JOIN pg_attribute a
             ON a.attrelid = k.confrelid AND a.attnum = k.confkey[1]
           WHERE k.contype = 'f' AND (k.conkey[1] <> k.tenant OR a.attname <> 'tenant_id')""",
    ),
    "L8": LintRule(
        "A view does not run with the rights of its caller",
        """SELECT name FROM relations WHERE relkind = 'v'
           AND NOT coalesce(reloptions::text ~* 'security_invoker=(true|on|1)', false)""",
    ),
    "L9": LintRule(
        "A materialized view or foreign table cannot isolate tenants",
        "SELECT name FROM relations WHERE relkind IN ('m', 'f')",
    ),
    "L10": LintRule(
        "A function runs with its owner's rights", "SELECT name FROM functions WHERE prosecdef"
    ),
    "L11": LintRule(
        "A partition can be read without the policy of its table",
        """SELECT name FROM tables, given
           WHERE relispartition AND has_table_privilege(role, oid, 'SELECT')""",
    ),
    "L12": LintRule(
        "The serving role may truncate, reference or create triggers",
        """SELECT name FROM relations, given WHERE relkind IN ('r', 'p', 'v', 'f')
           AND has_table_privilege(role, oid, 'TRUNCATE, REFERENCES, TRIGGER')""",
    ),
    "L13": LintRule(
        "A row-level security policy differs from the only allowed form",
        """SELECT DISTINCT name FROM policies, given
           WHERE NOT for_all OR reads IS DISTINCT FROM policy OR writes IS DISTINCT FROM policy""",
    ),
    "L14": LintRule(
        "The serving role is above row-level security",
        """SELECT role || says FROM given JOIN pg_roles r ON r.rolname = role,
             LATERAL (VALUES
               (rolsuper, ' is a superuser'),
               (rolbypassrls, ' may bypass row-level security'),
               (EXISTS (SELECT FROM relations c WHERE pg_has_role(role, c.relowner, 'MEMBER')),
                ' owns tables'),
               (EXISTS (SELECT FROM pg_roles g WHERE (g.rolsuper OR g.rolbypassrls OR g.rolname IN
                          ('pg_read_server_files', 'pg_write_server_files',
                           'pg_execute_server_program'))
                          AND pg_has_role(role, g.oid, 'MEMBER')),
                ' belongs to a role above all tenants')) AS fact (holds, says)
           WHERE holds""",
    ),
    "L15": LintRule(
        "An index is unused because its operator is not leakproof",
        """SELECT DISTINCT i.name FROM indexes i, unnest(i.indkey::int2[], i.indclass::oid[])
             AS part (column_, class)
           LEFT JOIN pg_opclass o ON o.oid = class
           WHERE column_ = 0 OR EXISTS (
             SELECT FROM pg_amop m JOIN pg_operator p ON p.oid = m.amopopr
             JOIN pg_proc f ON f.oid = p.oprcode
             WHERE m.amopfamily = o.opcfamily AND m.amoplefttype = o.opcintype
               AND m.amoprighttype = o.opcintype AND NOT f.proleakproof)""",
    ),
    "L16": LintRule(
        "A foreign key has no index",
        """SELECT name FROM limits k WHERE contype = 'f' AND NOT EXISTS (
             SELECT FROM pg_index i WHERE i.indrelid = k.oid AND i.indkey[0] = k.conkey[1]
               AND i.indkey[1] = k.conkey[2])""",
    ),
    "L17": LintRule(
        "The serving role has more privileges than it needs",
        """SELECT name || ': ' || privilege
           FROM relations, given, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) AS privilege
           WHERE relkind IN ('r', 'p') AND has_table_privilege(role, oid, privilege)
             AND (name = ANY (directory) OR name = ANY (kept_for_ever) AND privilege <> 'INSERT')
             AND (name <> 'directory.queues' OR privilege = 'DELETE')
             AND (name <> 'directory.issuers' OR privilege = 'UPDATE')
           UNION ALL SELECT name || '.' || a.attname || ': UPDATE'
           FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0, given
           WHERE name = ANY (kept_for_ever) AND NOT has_table_privilege(role, r.oid, 'UPDATE')
             AND has_column_privilege(role, r.oid, a.attnum, 'UPDATE')
             AND name || '.' || a.attname <> ALL (rewritable)
           UNION ALL SELECT name || ': CREATE' FROM schemas, given
           WHERE has_schema_privilege(role, oid, 'CREATE')
           UNION ALL SELECT 'the database: ' || privilege
           FROM given, unnest(ARRAY['CREATE', 'TEMP']) AS privilege
           WHERE has_database_privilege(role, current_database(), privilege)""",
    ),
    "L18": LintRule(
        "n_distinct of tenant_id is not set",
        f"""SELECT name FROM tables JOIN pg_attribute ON attrelid = oid AND attnum = tenant
            WHERE NOT coalesce('{TENANT_ID_STATISTICS}' = ANY (attoptions), false)""",
    ),
    "L19": LintRule(
        "The policies of the registry of issuers differ from the only allowed form",
        f"""SELECT name FROM relations r WHERE name = 'directory.issuers'
            AND (NOT relrowsecurity OR $policies${ISSUER_POLICIES}$policies$::text[] <> ARRAY(
              SELECT p.polcmd::text || coalesce(
                       (SELECT ' TO ' || string_agg(rolname, ', ') FROM pg_roles
                        WHERE oid = ANY (p.polroles)), '')
                     || coalesce(' USING ' || pg_get_expr(p.polqual, r.oid), '')
                     || coalesce(' WITH CHECK ' || pg_get_expr(p.polwithcheck, r.oid), '')
                     || CASE WHEN p.polpermissive THEN '' ELSE '!' END
              FROM pg_policy p WHERE p.polrelid = r.oid ORDER BY p.polcmd))""",
    ),
    "P1": LintRule(
        "A trigger or rule exists",
        """SELECT t.name || '.' || tgname FROM pg_trigger g JOIN relations t ON t.oid = g.tgrelid
           WHERE NOT tgisinternal
           UNION ALL SELECT evtname FROM pg_event_trigger
           WHERE oid NOT IN (SELECT oid FROM borrowed)
           UNION ALL SELECT t.name || '.' || rulename FROM pg_rewrite w
           JOIN relations t ON t.oid = w.ev_class WHERE rulename <> '_RETURN'""",
    ),
    "P2": LintRule("A sequence exists", "SELECT name FROM relations WHERE relkind = 'S'"),
    "P3": LintRule(
        "An enum, domain or range type exists",
        """SELECT typname FROM pg_type t JOIN schemas s ON s.oid = t.typnamespace
           WHERE typtype IN ('e', 'd', 'r') AND t.oid NOT IN (SELECT oid FROM borrowed)""",
    ),
    "P4": LintRule("An exclusion constraint exists", "SELECT name FROM limits WHERE contype = 'x'"),
    "P5": LintRule("A constraint is deferrable", "SELECT name FROM limits WHERE condeferrable"),
    "P6": LintRule(
        "An extension is not allowed",
        "SELECT extname FROM pg_extension, given WHERE extname <> ALL (extensions)",
    ),
    "P7": LintRule(
        "A policy contains a subquery", "SELECT name FROM policies WHERE tree LIKE '%SUBLINK%'"
    ),
    "P8": LintRule("A function or procedure exists", "SELECT name FROM functions"),
    "P9": LintRule(
        "An index is not a B-tree",
        "SELECT name FROM indexes JOIN pg_am m ON m.oid = relam WHERE m.amname <> 'btree'",
    ),
    "P10": LintRule(
        "A table is unlogged or inherited, or has a generated column",
        """SELECT name FROM tables WHERE relpersistence <> 'p'
           UNION ALL SELECT name FROM tables t JOIN pg_inherits h ON h.inhrelid = t.oid
           WHERE NOT relispartition
           UNION ALL SELECT t.name || '.' || a.attname FROM tables t
           JOIN pg_attribute a ON a.attrelid = t.oid WHERE a.attgenerated <> ''""",
    ),
}

LINT_STATEMENT = (
    CATALOG_CTES
    + "\nUNION ALL\n".join(
        f"SELECT '{code}' AS rule, broken.name::text FROM ({rule.query}) AS broken (name)"
        for code, rule in RULES.items()
    )
    + "\nORDER BY 1, 2"
)


@dataclass(frozen=True)
class Finding:
    """A violation of a rule: the rule's code and the object's name."""

    rule: str
    name: str


async def lint_schema(connection: Connection, role: str = SERVING_ROLE) -> list[Finding]:
    """Return all violations in the connection's database, for this serving role."""
    rows = await connection.fetch(
        LINT_STATEMENT,
        role,
        list(GLOBAL_TABLES),
        list(APPEND_ONLY_TABLES),
        list(ALLOWED_EXTENSIONS),
        EXPECTED_POLICY,
        list(REWRITABLE_COLUMNS),
    )
    findings = [Finding(*row) for row in rows]
    suppressed_rules = (
        PRIVILEGE_RULES if any(each.rule == PRIVILEGED_ROLE_RULE for each in findings) else ()
    )
    return [each for each in findings if each.rule not in suppressed_rules]


def format_findings(findings: Iterable[Finding]) -> list[str]:
    """Return one message for each broken rule."""
    return [
        f"{RULES[rule].message} ({rule}): {', '.join(each.name for each in broken)}."
        for rule, broken in groupby(findings, key=lambda each: each.rule)
    ]
