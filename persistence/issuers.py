"""Issuers of tokens: the table of a tenant, and how a change is published in the registry.

The registry is read before the tenant of a token is known, so it has no secrets. The serving role
writes only rows of its tenant there, and none of an issuer that serves several tenants.
"""

from sqlalchemy import literal_column, not_, or_
from sqlalchemy.sql import exists

from domain.issuers import COUNT_BOUND, FIND_OPERATORS, FIND_TAKEN, PUBLISH, UNPUBLISH, Issuer
from persistence.concept import register_concept
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import aggregate_table, shared_alias, tenant_index
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import add_lookup, tenant_subquery
from persistence.unit_of_work.declared_statements import declare_statement

issuers = aggregate_table(
    "issuers",
    *columns_of(Issuer),
    tenant_index("name", "id"),
    tenant_index("key", unique=True),
    prefix="issuer",
)

ISSUER = register_concept(Issuer, issuers, order=("name", "id"), affects_access=False)
add_lookup("issuer", ISSUER)


def _is_last(row: Row, context: FieldContext) -> Sql:
    other = shared_alias(issuers)
    others = tenant_subquery(context, other, literal_column("1"), other.c.id != row.c.id)
    return or_(row.c.is_shared, not_(exists(others)))


for _action in ("edit", "rotate"):
    ISSUER.blocker(_action, lambda row, _: row.c.is_shared)
ISSUER.blocker("remove", _is_last)

declare_statement(
    FIND_TAKEN,
    """
    SELECT 1 FROM directory.issuers
    WHERE issuer = ANY ($2::text[]) AND tenant_id <> $1
      AND (NOT $3::boolean OR NOT is_shared OR tenant_value = $4::text)
    UNION ALL
    SELECT 1 FROM directory.platform_issuers
    WHERE issuer = ANY ($2::text[]) AND $5::boolean
    LIMIT 1""",
    *("names", "is_shared", "tenant_value", "counts_platform"),
)
declare_statement(
    FIND_OPERATORS,
    """
    SELECT string_to_array(audience, ' ') && $3::text[] AS is_audience
    FROM directory.platform_issuers
    WHERE $1::uuid IS NOT NULL AND issuer = ANY ($2::text[])
      AND (string_to_array(audience, ' ') && $3::text[]
           OR string_to_array(clients, ' ') && $4::text[] AND preset = ANY ($5::text[]))
    LIMIT 1""",
    *("names", "audiences", "clients", "presets"),
)
declare_statement(
    UNPUBLISH,
    """
    DELETE FROM directory.issuers
    WHERE tenant_id = $1 AND issuer = ANY ($2::text[]) AND tenant_value = $3::text""",
    "names",
    "tenant_value",
)
declare_statement(
    PUBLISH,
    """
    INSERT INTO directory.issuers
           (tenant_id, issuer, audience, algorithms, key_set_uri, key_set, subject_claim, preset,
            clients, tenant_claim, tenant_value, max_lifetime, is_shared, key)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)""",
    *("issuer", "audiences", "algorithms", "key_set_uri", "key_set", "subject_claim", "preset"),
    *("clients", "tenant_claim", "tenant_value", "max_lifetime", "is_shared", "key"),
)
declare_statement(
    COUNT_BOUND,
    """
    SELECT count(*) FROM members
    WHERE tenant_id = $1 AND (starts_with(subject, $2::text) OR '@' || invited_issuer || ':' = $2)
    """,
    "prefix",
)
