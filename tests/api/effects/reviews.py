"""The effects of the mutations of rating scales."""

from tests.api.effects.effect import Effect

EFFECTS = [
    Effect("ratingScaleEdit", "name", {"name": "Points"}, "edited", {"name"}),
    Effect(
        "ratingScalePublish",
        "status publishedAt",
        {"status": "PUBLISHED"},
        "published",
        {"status", "publishedAt"},
        gained_actions={"REVISE", "ARCHIVE"},
        lost_actions={"EDIT", "PUBLISH", "DISCARD"},
    ),
    Effect(
        "ratingScaleArchive",
        "status",
        {"status": "ARCHIVED"},
        "archived",
        {"status"},
        lost_actions={"ARCHIVE"},
    ),
]
DRAFT_ACTIONS = {"EDIT", "PUBLISH", "DISCARD"}
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
        {"documentId", "revision", "name", "status", "allowsNotApplicable", "levels"},
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
        {"documentId", "revision", "name", "status", "allowsNotApplicable", "levels"},
        gained_actions=DRAFT_ACTIONS,
    ),
]
