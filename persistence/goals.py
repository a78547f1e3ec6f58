"""Goals: how they, their key results and their check-ins are kept."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Integer, Numeric, Text, Uuid, text

from domain.goals import Confidence, Direction, GoalStatus, OwnerKind, Visibility
from persistence.kernel.tables import (
    Word,
    collected,
    indexed,
    link_table,
    part_of,
    part_table,
    points_to,
    tenant_table,
)

goals = tenant_table(
    "goals",
    Column("owner_kind", Word(OwnerKind), nullable=False),
    Column("owner_person_id", Uuid),
    Column("owner_team_id", Uuid),
    Column("owner_organization_id", Uuid),
    Column("title", Text, nullable=False),
    Column("description", Text),
    Column("purpose", Text),
    Column("visibility", Word(Visibility), nullable=False),
    Column("starts_on", Date),
    Column("due_on", Date),
    Column("status", Word(GoalStatus), nullable=False),
    Column("closing_note", Text),
    Column("closed_at", DateTime(timezone=True)),
    Column("parent_id", Uuid),
    points_to("owner_person_id", "people"),
    points_to("owner_team_id", "teams"),
    points_to("owner_organization_id", "organizations"),
    points_to("parent_id", "goals"),
    CheckConstraint(
        "(owner_person_id IS NOT NULL) = (owner_kind = 'person')"
        " AND (owner_team_id IS NOT NULL) = (owner_kind = 'team')"
        " AND (owner_organization_id IS NOT NULL) = (owner_kind = 'organization')",
        name="owner",
    ),
    indexed("owner_person_id", "due_on", "id"),
    indexed("owner_team_id", "due_on", "id"),
    indexed("owner_organization_id", "due_on", "id"),
    indexed("parent_id", "due_on", "id"),
    indexed("due_on", "id"),
    indexed("title", "id"),
    indexed("created_at", "id"),
)

goal_viewers = link_table(
    "goal_viewers",
    Column("goal_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    part_of("goal_id", "goals"),
    points_to("person_id", "people"),
    indexed("person_id", "goal_id"),
    key=("goal_id", "person_id"),
)
collected(goals, "viewer_ids", goal_viewers, by="goal_id", of="person_id")

key_results = part_table(
    "key_results",
    Column("goal_id", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    Column("start_value", Numeric, nullable=False),
    Column("target_value", Numeric, nullable=False),
    Column("current_value", Numeric, nullable=False),
    Column("unit", Text),
    Column("direction", Word(Direction), nullable=False),
    Column("position", Integer, nullable=False),
    part_of("goal_id", "goals"),
    indexed("goal_id", "position", "id"),
)

check_ins = part_table(
    "check_ins",
    Column("goal_id", Uuid, nullable=False),
    Column("author_id", Uuid, nullable=False),
    Column("confidence", Word(Confidence), nullable=False),
    Column("note", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    part_of("goal_id", "goals"),
    points_to("author_id", "people"),
    indexed("goal_id", text("recorded_at DESC"), "id", name="ix_check_ins_goal_id_latest"),
    indexed("author_id", "recorded_at", "id"),
)

check_in_values = part_table(
    "check_in_values",
    Column("check_in_id", Uuid, nullable=False),
    Column("key_result_id", Uuid, nullable=False),
    Column("value", Numeric, nullable=False),
    part_of("check_in_id", "check_ins"),
    points_to("key_result_id", "key_results"),
    indexed("check_in_id", "key_result_id"),
    indexed("key_result_id", "check_in_id"),
)
