"""The relations of teams."""

from tests.reads.oracle.relations.memberships import build_membership_relation, build_team_relation
from tests.reads.oracle.relations.relation import (
    Relation,
    Relations,
    build_ancestor_relation,
    list_history,
    sort_relation,
    to_many,
    to_one,
)

RELATIONS: Relations = {
    "Team": {
        "organization": to_one("Organization", "organization_id"),
        "parent": to_one("Team", "parent_id"),
        "ancestors": build_ancestor_relation("Team"),
        "children": to_many("Team", "teams", "parent_id"),
        "references": sort_relation(
            to_many("TeamReference", "team_references", "team_id", inherits_visibility=True),
            "source",
            "external_id",
        ),
        "memberships": build_membership_relation("team_id", inherits_visibility=True),
        "people": build_team_relation("Person", "team_id", "person_id"),
        "leads": build_team_relation("Person", "team_id", "person_id", role="lead"),
        "goals": to_many("Goal", "goals", "owner_team_id"),
        "kpis": to_many("Kpi", "kpis", "team_id"),
        "scorecards": to_many("Scorecard", "scorecards", "team_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "Membership": {"team": to_one("Team", "team_id"), "person": to_one("Person", "person_id")},
}
