"""Redirects: the ids of aggregates that a merge removed, each with the id that it leads to."""

from sqlalchemy import Column, Text, Uuid

from persistence.kernel.schema.tables import link_table, tenant_index

redirects = link_table(
    "redirects",
    Column("id", Uuid, nullable=False),
    Column("entity", Text, nullable=False),
    Column("target_id", Uuid, nullable=False),
    tenant_index("target_id"),
    key=("id",),
)

INSERT_REDIRECT = """
INSERT INTO redirects (tenant_id, id, entity, target_id) VALUES ($1, $2, $3, $4)
"""

EXTEND_REDIRECTS = """
UPDATE redirects SET target_id = $3 WHERE tenant_id = $1 AND target_id = $2
"""
"""What led to a removed aggregate leads on at once, so that one look-up always suffices."""
