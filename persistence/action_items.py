"""Action items: table, mapping and read model."""

from sqlalchemy import text

from domain.action_items import ActionItem
from persistence.alerts import ALERT
from persistence.concept import register_concept
from persistence.goals import GOAL
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import aggregate_table, tenant_foreign_key, tenant_index
from persistence.kpi_reviews import KPI_REVIEW
from persistence.kpis import KPI
from persistence.people import PERSON
from persistence.reading.relations import add_lookup

action_items = aggregate_table(
    "action_items",
    *columns_of(ActionItem),
    tenant_foreign_key("kpi_id", "kpis"),
    tenant_foreign_key("goal_id", "goals"),
    tenant_foreign_key("alert_id", "alerts"),
    tenant_foreign_key("review_id", "kpi_reviews"),
    tenant_index("due_on", "id"),
    tenant_index("owner_id", "due_on", "id"),
    tenant_index("creator_id", "due_on", "id"),
    tenant_index("kpi_id", "due_on", "id"),
    tenant_index("goal_id", "due_on", "id"),
    tenant_index("alert_id", "due_on", "id", postgresql_where=text("alert_id IS NOT NULL")),
    tenant_index("review_id", "due_on", "id", postgresql_where=text("review_id IS NOT NULL")),
    prefix="action",
)

ACTION_ITEM = register_concept(ActionItem, action_items, order=("due_on",), affects_access=False)
ACTION_ITEM.one("owner", PERSON, lambda row, person, _: person.c.id == row.c.owner_id)
ACTION_ITEM.one("creator", PERSON, lambda row, person, _: person.c.id == row.c.creator_id)
ACTION_ITEM.belongs_to(KPI, foreign_key="kpi_id", one="kpi", many="action_items")
ACTION_ITEM.belongs_to(GOAL, foreign_key="goal_id", one="goal", many="action_items")
ACTION_ITEM.belongs_to(ALERT, foreign_key="alert_id", one="alert", many="action_items")
ACTION_ITEM.belongs_to(KPI_REVIEW, foreign_key="review_id", one="review", many="action_items")

add_lookup("action_item", ACTION_ITEM)
