"""Bulk operations: files of rows that are sent, and what workers do with them."""

from domain.bulk_operations.model import (
    MAX_FILE_SIZE,
    RUN,
    BulkFileFormat,
    BulkOperation,
    BulkOperationFailure,
    BulkOperationKind,
    BulkOperationStatus,
    StagedUpload,
    build_run_task,
)
from domain.bulk_operations.use_cases import (
    DELETE_FILE,
    STORED_BYTES,
    TASK_HANDLERS,
    UPLOAD_SIZE,
    check_space,
    create_upload,
    delete_upload,
    require_open,
    run,
)

__all__ = [
    "DELETE_FILE",
    "MAX_FILE_SIZE",
    "RUN",
    "STORED_BYTES",
    "TASK_HANDLERS",
    "UPLOAD_SIZE",
    "BulkFileFormat",
    "BulkOperation",
    "BulkOperationFailure",
    "BulkOperationKind",
    "BulkOperationStatus",
    "StagedUpload",
    "build_run_task",
    "check_space",
    "create_upload",
    "delete_upload",
    "require_open",
    "run",
]
