"""The relations of bulk operations and of legal holds."""

from tests.reads.oracle.relations.relation import Relation, Relations, list_history, to_one

HISTORY = Relation("JournalEntry", list_history, inherits_visibility=True)
RELATIONS: Relations = {
    "LegalHold": {"person": to_one("Person", "person_id"), "history": HISTORY},
    "RetentionPolicy": {"history": HISTORY},
    "StagedUpload": {"history": HISTORY},
    "BulkOperation": {
        "subject": to_one("Person", "subject_id"),
        "sync_run": to_one("SyncRun", "sync_run_id"),
        "history": HISTORY,
    },
}
