"""Bulk operations: tables, mapping and read models."""

from sqlalchemy import Column, Integer, LargeBinary, Text, Uuid

from domain.bulk_operations import (
    DELETE_FILE,
    FORGET_PLACE,
    STORED_BYTES,
    UPLOAD_SIZE,
    BulkOperation,
    StagedUpload,
)
from domain.kernel.rows import RowOutcome
from persistence.concept import register_concept
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    PROGRESS,
    aggregate_table,
    link_table,
    progress_column,
    tenant_foreign_key,
    tenant_index,
)
from persistence.people import PERSON
from persistence.reading.relations import add_lookup
from persistence.sync_runs import SYNC_RUN
from persistence.unit_of_work.declared_statements import declare_statement

staged_uploads = aggregate_table(
    "staged_uploads",
    *columns_of(StagedUpload),
    progress_column("size"),
    tenant_foreign_key("owner_id", "members"),
    tenant_index("owner_id", "id"),
    prefix="upload",
)
bulk_operations = aggregate_table(
    "bulk_operations",
    *columns_of(BulkOperation),
    *map(progress_column, ("row_count", *(f"{each}_count" for each in RowOutcome))),
    *map(progress_column, ("file_size", "read_size", "result_size")),
    *map(progress_column, ("unreadable_count", "line_count")),
    Column("cursor", Text, info={PROGRESS: True}),
    tenant_foreign_key("owner_id", "members"),
    tenant_foreign_key("sync_run_id", "sync_runs"),
    tenant_index("owner_id", "id"),
    tenant_index("sync_run_id", "id"),
    tenant_index("subject_id"),
    tenant_index("status"),
    prefix="bulk",
)
bulk_file_parts = link_table(
    "bulk_file_parts",
    Column("file_id", Uuid, nullable=False),
    Column("starts_at", Integer, nullable=False),
    Column("ends_at", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    key=("file_id", "starts_at"),
)
"""The bytes of files. `file_id` is that of an upload, or of the operation with these results."""

STAGED_UPLOAD = register_concept(StagedUpload, staged_uploads, order=("-id",), affects_access=False)
BULK_OPERATION = register_concept(
    BulkOperation, bulk_operations, order=("-id",), affects_access=False
)
BULK_OPERATION.one("subject", PERSON, lambda row, person, _: person.c.id == row.c.subject_id)
BULK_OPERATION.one("sync_run", SYNC_RUN, lambda row, run, _: run.c.id == row.c.sync_run_id)
add_lookup("staged_upload", STAGED_UPLOAD)
add_lookup("bulk_operation", BULK_OPERATION)

declare_statement(
    STORED_BYTES,
    """
    SELECT (SELECT coalesce(sum(size), 0)::bigint FROM staged_uploads WHERE tenant_id = $1)
         + (SELECT coalesce(sum(result_size), 0)::bigint FROM bulk_operations
            WHERE tenant_id = $1 AND files_until > now())
    """,
)
declare_statement(
    UPLOAD_SIZE, "SELECT size FROM staged_uploads WHERE tenant_id = $1 AND id = $2", "id"
)
declare_statement(
    DELETE_FILE,
    "DELETE FROM bulk_file_parts WHERE tenant_id = $1 AND file_id = $2 RETURNING starts_at",
    "id",
)
declare_statement(
    FORGET_PLACE,
    "UPDATE bulk_operations SET cursor = NULL WHERE tenant_id = $1 AND id = $2 RETURNING id",
    "id",
)
