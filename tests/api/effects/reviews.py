"""The effects of the mutations of what reviews need."""

from collections.abc import Iterator

from tests.api.effects.effect import Effect

DRAFT_ACTIONS = {"EDIT", "PUBLISH", "DISCARD"}


def list_effects(subject: str) -> Iterator[Effect]:
    """List the effects that the verbs of every document have."""
    yield Effect(f"{subject}Edit", "name", {"name": NEW_NAMES[subject]}, "edited", {"name"})
    yield Effect(
        f"{subject}Publish",
        "status publishedAt",
        {"status": "PUBLISHED"},
        "published",
        {"status", "publishedAt"},
        gained_actions={"REVISE", "ARCHIVE"},
        lost_actions=DRAFT_ACTIONS,
    )
    yield Effect(
        f"{subject}Archive",
        "status",
        {"status": "ARCHIVED"},
        "archived",
        {"status"},
        lost_actions={"ARCHIVE"},
    )


NEW_NAMES = {
    "ratingScale": "Points",
    "competencyFramework": "Skills",
    "reviewTemplate": "Half-year",
    "scoreRule": "Sums",
}
DECIDED = {"level", "decidedById", "decidedAt"}
EFFECTS = [
    *(effect for subject in NEW_NAMES for effect in list_effects(subject)),
    Effect(
        "reviewDecide",
        "status level { label }",
        {"status": "DECIDED", "level": {"label": "Meets"}},
        "decided",
        {"status", *DECIDED},
        gained_actions={"SHARE"},
        lost_actions={"COMPUTE_SCORE", "TRANSFER"},
    ),
    Effect(
        "reviewComputeScore",
        "status score { outcome explain }",
        {
            "status": "COLLECTING",
            "score": {"outcome": "NOT_RENDERED", "explain": "Nothing is rated."},
        },
        "scored",
        {"proposedOutcome"},
    ),
    Effect(
        "reviewApprove",
        "status approvedBy { name }",
        {"status": "APPROVED", "approvedBy": {"name": "Ruler Okafor"}},
        "approved",
        {"status", "approvedById", "approvedAt"},
        lost_actions={"APPROVE"},
    ),
    Effect(
        "reviewReturn",
        "status returnReason decidedBy { name }",
        {"status": "COLLECTING", "returnReason": "Name an example.", "decidedBy": None},
        "returned",
        {"status", "returnReason", "decidedById"},
        gained_actions={"COMPUTE_SCORE", "TRANSFER"},
        lost_actions={"APPROVE", "RETURN", "SHARE"},
    ),
    Effect(
        "reviewShare",
        "status",
        {"status": "SHARED"},
        "shared",
        {"status", "isReleased", "sharedAt", "appealUntil"},
        lost_actions={"DECIDE", "SHARE", "CANCEL", "EXTEND", "APPROVE", "RETURN"},
    ),
    Effect(
        "reviewPacketCancel",
        "status",
        {"status": "CANCELLED"},
        "cancelled",
        {"status"},
        lost_actions={"DECIDE", "CANCEL", "TRANSFER", "EXTEND", "COMPUTE_SCORE"},
    ),
    Effect(
        "reviewResolve",
        "status resolution",
        {"status": "SHARED", "resolution": "We talked."},
        "resolved",
        {"status", "resolution", "resolvedById"},
        lost_actions={"RESOLVE"},
    ),
    Effect(
        "reviewAppealAssign",
        "status decider { name }",
        {"status": "UNDER_REVIEW", "decider": {"name": "Analyst Okafor"}},
        "assigned",
        {"status", "deciderId", "dueOn"},
    ),
    Effect(
        "reviewAppealDecide",
        "status answer",
        {"status": "UPHELD", "answer": "We read it again."},
        "upheld",
        {"status", "answer", "decidedAt"},
        lost_actions={"ASSIGN", "DECIDE"},
    ),
    Effect("reviewSaveAnswer", "status", {"status": "DRAFT"}, "started", {"status"}),
    Effect(
        "reviewSubmit",
        "status submittedBy { name }",
        {"status": "SUBMITTED", "submittedBy": {"name": "Ruler Okafor"}},
        "submitted",
        {"status", "submittedAt", "submittedById"},
        gained_actions={"REOPEN"},
        lost_actions={"SAVE_ANSWER", "SUBMIT", "SET_STAND_IN", "DECLINE_NOMINATION"},
    ),
    Effect(
        "reviewReopen",
        "status",
        {"status": "DRAFT"},
        "reopened",
        {"status", "reason"},
        gained_actions={"SET_STAND_IN"},
        lost_actions={"REOPEN"},
    ),
    Effect(
        "reviewSetStandIn",
        "standInReason",
        {"standInReason": "She is ill."},
        "stand_in_set",
        {"standInId", "standInReason"},
    ),
]
"""What the subject alone does is in test_reviews.py: nobody reads the history of their own."""
QUESTIONS = [
    {"key": "went_well", "kind": "TEXT", "choices": []},
    {"key": "stays", "kind": "CHOICE", "choices": [{"key": "yes"}, {"key": "no"}]},
]
CREATED = {"documentId", "revision", "name", "status"}
RULE_VALUES = {
    *("validFrom", "scaleId", "directions", "method", "hasSections", "decimals", "rounding"),
    *("roundsBeforeLevels", "steps"),
}
CREATIONS = [
    Effect(
        "ratingScaleCreate",
        "name revision status publishedAt allowsNotApplicable levels { position label value }",
        {
            "name": "Pass or not",
            "revision": 1,
            "status": "DRAFT",
            "publishedAt": None,
            "allowsNotApplicable": False,
            "levels": [
                {"position": 1, "label": "Misses", "value": "0"},
                {"position": 2, "label": "Meets", "value": "1"},
            ],
        },
        "created",
        CREATED | {"allowsNotApplicable", "levels"},
        gained_actions=DRAFT_ACTIONS,
    ),
    Effect(
        "ratingScaleRevise",
        "name revision status publishedAt levels { label }",
        {
            "name": "published points",
            "revision": 2,
            "status": "DRAFT",
            "publishedAt": None,
            "levels": [{"label": "Below"}, {"label": "Meets"}, {"label": "Above"}],
        },
        "created",
        CREATED | {"allowsNotApplicable", "levels"},
        gained_actions=DRAFT_ACTIONS,
    ),
    Effect(
        "competencyFrameworkCreate",
        "name revision status publishedAt competencies { key } tracks { key }",
        {
            "name": "Care",
            "revision": 1,
            "status": "DRAFT",
            "publishedAt": None,
            "competencies": [{"key": "care"}],
            "tracks": [],
        },
        "created",
        CREATED | {"competencies"},
        gained_actions=DRAFT_ACTIONS,
    ),
    Effect(
        "competencyFrameworkRevise",
        "name revision status competencies { key } tracks { levels { expectations { text } } }",
        {
            "name": "published craft",
            "revision": 2,
            "status": "DRAFT",
            "competencies": [{"key": "delivery"}],
            "tracks": [{"levels": [{"expectations": [{"text": "Finishes small tasks."}]}]}],
        },
        "created",
        CREATED | {"competencies", "tracks"},
        gained_actions=DRAFT_ACTIONS,
    ),
    Effect(
        "reviewTemplateCreate",
        "name revision status publishedAt directions sections { key questions { key } }",
        {
            "name": "Year",
            "revision": 1,
            "status": "DRAFT",
            "publishedAt": None,
            "directions": [],
            "sections": [{"key": "results", "questions": []}],
        },
        "created",
        CREATED | {"directions", "sections"},
        gained_actions=DRAFT_ACTIONS,
    ),
    Effect(
        "reviewTemplateRevise",
        "name revision status directions sections { questions { key kind choices { key } } }",
        {
            "name": "published review",
            "revision": 2,
            "status": "DRAFT",
            "directions": ["SELF", "MANAGER"],
            "sections": [{"questions": QUESTIONS}],
        },
        "created",
        CREATED | {"directions", "sections"},
        gained_actions=DRAFT_ACTIONS,
    ),
    Effect(
        "scoreRuleCreate",
        "name revision status validFrom directions method steps { kind level conditions { kind } }",
        {
            "name": "Counts",
            "revision": 1,
            "status": "DRAFT",
            "validFrom": "2026-01-01",
            "directions": ["MANAGER"],
            "method": "WEIGHTED_MEAN",
            "steps": [{"kind": "LEVEL", "level": 1, "conditions": []}],
        },
        "created",
        CREATED | RULE_VALUES,
        gained_actions=DRAFT_ACTIONS,
    ),
    Effect(
        "scoreRuleRevise",
        "name revision status steps { kind level }",
        {
            "name": "published means",
            "revision": 2,
            "status": "DRAFT",
            "steps": [{"kind": "LEVEL", "level": 1}],
        },
        "created",
        CREATED | RULE_VALUES,
        gained_actions=DRAFT_ACTIONS,
    ),
    Effect(
        "reviewPacketCreate",
        "status startsOn reviews { nodes { direction status } }",
        {
            "status": "COLLECTING",
            "startsOn": "2026-01-01",
            "reviews": {"nodes": [{"direction": "EXTRA", "status": "NOT_STARTED"}]},
        },
        "created",
        {
            *("subjectId", "managerId", "startsOn", "lastDay", "dueOn", "status", "isReleased"),
            *("isManagerNamed", "isEscalated", "appealDays", "release"),
            *("missingAnswers", "minAnsweredPercent", "alwaysNeedsApproval", "needsApproval"),
        },
        gained_actions={"DECIDE", "CANCEL", "COMPUTE_SCORE", "TRANSFER", "EXTEND"},
    ),
]
