"""The effects of the mutations of sync runs."""

from tests.api.effects.effect import Effect

CREATION = Effect(
    "syncRunStart",
    "source kind types status lastDay endedCount finishedAt counts { type } issues { code }",
    {
        "source": "hris",
        "kind": "DELTA",
        "types": ["PERSON", "ORGANIZATION", "TEAM", "GOAL"],
        "status": "OPEN",
        "lastDay": None,
        "endedCount": 0,
        "finishedAt": None,
        "counts": [],
        "issues": [],
    },
    "started",
    {"source", "kind", "types", "startedById", "status", "endedCount", "undoableUntil"},
    gained_actions={"FINISH", "UNDO"},
)

EFFECTS = [
    Effect(
        "syncRunFinish",
        "status lastDay",
        {"status": "FINISHED", "lastDay": "2026-05-31"},
        "finished",
        {"status", "lastDay", "finishedAt"},
        lost_actions={"FINISH"},
    ),
    Effect(
        "syncRunApprove",
        "status endedCount",
        {"status": "FINISHED", "endedCount": 0},
        "approved",
        {"status", "finishedAt", "endedCount"},
        lost_actions={"APPROVE"},
    ),
    Effect(
        "syncRunUndo",
        "status",
        {"status": "UNDONE"},
        "undone",
        {"status", "undoneCount", "conflictCount"},
        lost_actions={"FINISH", "UNDO"},
    ),
]
