"""Scorecards: tables, mapping and read models."""

from sqlalchemy import Column, Uuid, and_

from domain.scorecards import Scorecard, ScorecardEntry
from domain.scorecards.policy import SEE_KPI_OF_ENTRY
from persistence.access.rules_to_sql import compile_rule
from persistence.concept import register_concept, register_part
from persistence.followed_changes import follow_changes
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    kind_check,
    link_table,
    parent_foreign_key,
    register_link_collection,
    tenant_foreign_key,
    tenant_index,
)
from persistence.kpis import KPI, SCOPES
from persistence.organizations import ORGANIZATION
from persistence.people import PERSON
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import add_lookup, via_link_table
from persistence.teams import TEAM

scorecards = aggregate_table(
    "scorecards",
    *columns_of(Scorecard),
    kind_check("scope", organization="organization_id", team="team_id"),
    tenant_index("name_sort_key", "id"),
    tenant_index("organization_id", "name_sort_key", "id"),
    tenant_index("team_id", "name_sort_key", "id"),
    tenant_index("owner_id", "name_sort_key", "id"),
    prefix="scorecard",
)

scorecard_viewers = link_table(
    "scorecard_viewers",
    Column("scorecard_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    parent_foreign_key("scorecard_id", "scorecards"),
    tenant_foreign_key("person_id", "people"),
    tenant_index("person_id", "scorecard_id"),
    key=("scorecard_id", "person_id"),
)
register_link_collection(
    scorecards,
    "viewer_ids",
    scorecard_viewers,
    owner_column="scorecard_id",
    target_column="person_id",
)

scorecard_entries = entity_table(
    "scorecard_entries",
    *columns_of(ScorecardEntry),
    parent_foreign_key("scorecard_id", "scorecards"),
    tenant_foreign_key("kpi_id", "kpis"),
    tenant_index("scorecard_id", "kpi_id", unique=True),
    tenant_index("kpi_id", "scorecard_id"),
    prefix="scorecardentry",
)

SCORECARD = register_concept(
    Scorecard,
    scorecards,
    order=("name",),
    is_in_feed=True,
    affects_access=False,
    entries=map_children(
        ScorecardEntry,
        scorecard_entries,
        parent_column="scorecard_id",
        order_columns=("position",),
    ),
)
SCORECARD_ENTRY = register_part(ScorecardEntry, scorecard_entries, order=("position",))

SCORECARD.union("scope", "scope_kind", SCOPES)
SCORECARD.belongs_to(
    ORGANIZATION, foreign_key="organization_id", one="organization", many="scorecards"
)
SCORECARD.belongs_to(TEAM, foreign_key="team_id", one="team", many="scorecards")
SCORECARD.belongs_to(PERSON, foreign_key="owner_id", one="owner", many="scorecards")
SCORECARD.many("viewers", PERSON, via_link_table(scorecard_viewers, "scorecard_id", "person_id"))
KPI.many("scorecards", SCORECARD, via_link_table(scorecard_entries, "kpi_id", "scorecard_id"))
SCORECARD_ENTRY.one("kpi", KPI, lambda row, kpi, _: kpi.c.id == row.c.kpi_id)


def _match_entry(row: Row, entry: Row, context: FieldContext) -> Sql:
    """Match the entries of a visible scorecard whose KPI is visible, too."""
    can_see_kpi = compile_rule(SEE_KPI_OF_ENTRY, context.facts, entry)
    return and_(entry.c.scorecard_id == row.c.id, can_see_kpi)


SCORECARD.list_of("entries", SCORECARD_ENTRY, _match_entry)

follow_changes(
    SCORECARD,
    KPI,
    scorecard_entries,
    source_column="kpi_id",
    follower_column="scorecard_id",
)

add_lookup("scorecard", SCORECARD)
