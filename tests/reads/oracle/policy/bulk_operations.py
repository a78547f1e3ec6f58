"""Who may see, use and stop staged uploads and bulk operations."""

from tests.reads.dataset import Row
from tests.reads.oracle.relationships import OracleCaller


def owns(who: OracleCaller, row: Row) -> bool:
    """Return whether the account of the caller made it."""
    return bool(row["owner_id"] == who.member["id"])


BULK_ACTIONS = {
    "StagedUpload": [("DELETE", owns, ())],
    "BulkOperation": [
        ("CANCEL", owns, ("created", "running")),
        ("DOWNLOAD", owns, ("done", "failed", "cancelled")),
    ],
}
