"""The effects of the mutations of bulk operations."""

from tests.api.effects.effect import Effect

CREATIONS = [
    Effect(
        "stagedUploadCreate",
        "format size expiresAt",
        {"format": "JSONL", "size": 0, "expiresAt": "2026-06-16T09:30:00+00:00"},
        "created",
        {"ownerId", "format", "expiresAt"},
        gained_actions={"DELETE"},
    ),
    Effect(
        "bulkOperationRun",
        "kind source mode lastDay isDryRun status failure rowCount finishedAt",
        {
            "kind": "UPSERT_TEAMS",
            "source": None,
            "mode": None,
            "lastDay": None,
            "isDryRun": False,
            "status": "CREATED",
            "failure": None,
            "rowCount": 0,
            "finishedAt": None,
        },
        "created",
        {"ownerId", "kind", "uploadId", "isDryRun", "columns", "status", "filesUntil"},
        gained_actions={"CANCEL"},
    ),
    Effect(
        "personExport",
        "kind subject { name } status resultSize",
        {
            "kind": "PERSON_EXPORT",
            "subject": {"name": "Mara Okafor"},
            "status": "CREATED",
            "resultSize": 0,
        },
        "created",
        {"ownerId", "kind", "subjectId", "isDryRun", "columns", "status", "filesUntil"},
        gained_actions={"CANCEL"},
    ),
]

EFFECTS = [
    Effect(
        "bulkOperationCancel",
        "status failure",
        {"status": "CANCELLED", "failure": None},
        "cancelled",
        {"status", "finishedAt"},
        gained_actions={"DOWNLOAD"},
        lost_actions={"CANCEL"},
    ),
    Effect("bulkOperationDownload", "status", {"status": "DONE"}, "downloaded", set()),
]
