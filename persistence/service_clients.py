"""Service clients: tables, mapping and read models."""

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, Text, Uuid, cast, func

from domain.service_clients import CLIENT_ID_PREFIX, ServiceClient, ServiceClientKey
from persistence.concept import register_concept, register_part
from persistence.journal_read_model import JOURNAL
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    link_table,
    parent_foreign_key,
    shared_alias,
    tenant_foreign_key,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_text
from persistence.members import MEMBER
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import add_lookup, tenant_subquery

service_clients = aggregate_table(
    "service_clients",
    *columns_of(ServiceClient),
    tenant_foreign_key("member_id", "members"),
    tenant_index("member_id", unique=True),
    tenant_index("name_sort_key", "id"),
    prefix="serviceclient",
)

service_client_keys = entity_table(
    "service_client_keys",
    *columns_of(ServiceClientKey),
    parent_foreign_key("service_client_id", "service_clients"),
    tenant_index("service_client_id", "added_at", "id"),
    prefix="clientkey",
)

service_client_key_uses = link_table(
    "service_client_key_uses",
    Column("key_id", Uuid, nullable=False),
    Column("used_at", DateTime(timezone=True), nullable=False),
    parent_foreign_key("key_id", "service_client_keys"),
    key=("key_id",),
)
"""When a key was used last. It is no part of the client: a use changes nothing of it."""

service_client_assertions = link_table(
    "service_client_assertions",
    Column("service_client_id", Uuid, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(
        ["tenant_id", "service_client_id"],
        ["service_clients.tenant_id", "service_clients.id"],
        ondelete="CASCADE",
    ),
    tenant_index("service_client_id", "expires_at"),
    key=("service_client_id", "token_hash"),
)
"""The assertions that clients have signed in with, until they expire: each counts once."""

SERVICE_CLIENT = register_concept(
    ServiceClient,
    service_clients,
    order=("name",),
    keys=map_children(
        ServiceClientKey,
        service_client_keys,
        parent_column="service_client_id",
        order_columns=("added_at", "id"),
    ),
)
SERVICE_CLIENT_KEY = register_part(ServiceClientKey, service_client_keys, order=("added_at", "id"))


def _build_last_use(row: Row, context: FieldContext) -> Sql:
    """Select when a key was used last."""
    use = shared_alias(service_client_key_uses)
    return tenant_subquery(context, use, use.c.used_at, use.c.key_id == row.c.id).scalar_subquery()


def _build_client_id(row: Row, _: FieldContext) -> Sql:
    """Build the text of `domain.service_clients.ClientId`."""
    digits = (
        func.replace(cast(each, Text), literal_text("-"), literal_text(""))
        for each in (row.c.tenant_id, row.c.id)
    )
    return func.concat(literal_text(CLIENT_ID_PREFIX), *digits, type_=Text)


SERVICE_CLIENT.list_of(
    "keys", SERVICE_CLIENT_KEY, lambda row, each, _: each.c.service_client_id == row.c.id
)
SERVICE_CLIENT.value("client_id", _build_client_id)
SERVICE_CLIENT.one("member", MEMBER, lambda row, member, _: member.c.id == row.c.member_id)
SERVICE_CLIENT_KEY.value("last_used_at", _build_last_use)
MEMBER.one("service_client", SERVICE_CLIENT, lambda row, client, _: client.c.member_id == row.c.id)
JOURNAL.one(
    "service_client", SERVICE_CLIENT, lambda entry, row, _: row.c.member_id == entry.c.actor_id
)
add_lookup("service_client", SERVICE_CLIENT)
