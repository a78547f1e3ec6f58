"""The relations of units."""

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
    "Organization": {
        "parent": to_one("Organization", "parent_id"),
        "ancestors": build_ancestor_relation("Organization"),
        "children": to_many("Organization", "organizations", "parent_id"),
        "references": sort_relation(
            to_many(
                "OrganizationReference",
                "organization_references",
                "organization_id",
                inherits_visibility=True,
            ),
            "source",
            "external_id",
        ),
        "people": to_many("Person", "people", "organization_id"),
        "teams": to_many("Team", "teams", "organization_id"),
        "goals": to_many("Goal", "goals", "owner_organization_id"),
        "kpis": to_many("Kpi", "kpis", "organization_id"),
        "surveys": to_many("Survey", "surveys", "organization_id"),
        "feedback_program_schedules": to_many(
            "FeedbackProgramSchedule", "feedback_program_schedules", "organization_id"
        ),
        "survey_schedules": to_many("SurveySchedule", "survey_schedules", "organization_id"),
        "scorecards": to_many("Scorecard", "scorecards", "organization_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
}
