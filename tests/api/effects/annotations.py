"""The effects of the mutations of annotations."""

from tests.api.effects.effect import Effect

EFFECTS = [Effect("annotationEdit", "title", {"title": "Strike"}, "edited", {"title"})]

CREATION = Effect(
    "annotationCreate",
    "scopeKind kind title text startsOn lastDay isExcludedFromBaselines author { name }",
    {
        "scopeKind": "TENANT",
        "kind": "OTHER",
        "title": "Strike",
        "text": None,
        "startsOn": "2026-03-02",
        "lastDay": "2026-03-02",
        "isExcludedFromBaselines": False,
        "author": {"name": "Ruler Okafor"},
    },
    "created",
    {
        "scopeKind",
        "kind",
        "title",
        "startsOn",
        "lastDay",
        "isExcludedFromBaselines",
        "authorId",
    },
    gained_actions={"EDIT", "DELETE"},
)
