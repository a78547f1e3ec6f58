"""Staged uploads in the graph: files that clients send, each to an address of its own."""

from datetime import datetime
from uuid import UUID

import strawberry

from api.bulk_processing.addresses import FileAddresses, Purpose
from api.kernel.schema.declarations import (
    TYPES,
    Connection,
    graph_enum,
    look_up,
    many,
    node,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import Computed, SecretData, mutation
from api.kernel.schema.verbs import verb
from domain import bulk_operations
from domain.bulk_operations import BulkFileFormat
from domain.kernel.identity import TenantId
from domain.kernel.unit_of_work import Work
from persistence.bulk_operations import STAGED_UPLOAD
from persistence.reading.read_model import ROOT

graph_enum(
    BulkFileFormat,
    "The format of a file of rows.",
    jsonl="One JSON object in each line, in UTF-8. It has the fields of a row of the mutation.",
    csv="A table. Its first line names the columns.",
)


@strawberry.type(description="A signed address of a file, which holds for a short time.")
class BulkFileAddress:
    """An address."""

    path: str = strawberry.field(
        description="The path, relative to the address of Trellis. It gives the rights of the"
        " account over this file, so keep it secret."
    )
    expires_at: datetime = strawberry.field(description="The moment from which it does not hold.")


TYPES["BulkFileAddress"] = BulkFileAddress


def sign_address(purpose: Purpose, tenant_id: TenantId, id: UUID, now: datetime) -> SecretData:
    """Return the address of a file, which is built with the secret of the process."""

    def build(master: str) -> BulkFileAddress:
        path, expires_at = FileAddresses(master).build(purpose, tenant_id, id, now)
        return BulkFileAddress(path=path, expires_at=expires_at)

    return SecretData(build)


@node(
    STAGED_UPLOAD,
    where=("id", "format", "created_at"),
    order_by=("created_at",),
)
class StagedUpload:
    """A file that the viewer sends for bulk operations. Nobody else sees it.

    It is deleted two days after it was created.
    """

    format: BulkFileFormat = value("The format of the file.")
    size: int = value("How many bytes have arrived.")
    expires_at: datetime = value(
        "Until when parts may be sent, and operations may begin: a day after its creation."
    )


@input_type(one_of=True)
class StagedUploadBy:
    """Identifies a staged upload by exactly one of these."""

    id: UUID | None = input_field("The staged upload's id.")


@queries(ROOT)
class StagedUploadQueries:
    """Root fields of staged uploads."""

    staged_upload: StagedUpload | None = look_up(
        "A staged upload. Null when there is none, or when it is not the viewer's.",
        "StagedUploadBy",
        "How the staged upload is identified.",
    )
    staged_uploads: Connection[StagedUpload] = many(
        "The staged uploads of the viewer, the newest first."
    )


@input_type()
class StagedUploadCreateInput:
    """Input of `stagedUploadCreate`."""

    format: BulkFileFormat = input_field("The format of the file.")


@mutation(StagedUpload, computes={"address": BulkFileAddress})
async def staged_upload_create(work: Work, input: StagedUploadCreateInput) -> Computed:
    """Create a staged upload, and the address to which the file is sent.

    Send the bytes with HTTP PUT, in parts of at most 5,000,000 bytes: the parameter `offset` says
    where a part begins, and is 0 by default. A file has at most 100,000,000 bytes, and the files of
    a tenant 500,000,000. A tenant has at most 20 uploads, and an account 8.
    """
    upload = await bulk_operations.create_upload(work, input.format)
    tenant_id = work.actor.tenant_id
    return Computed(upload.id, sign_address(Purpose.UPLOAD, tenant_id, upload.id, work.now))


staged_upload_delete = verb(
    StagedUpload,
    bulk_operations.StagedUpload.DELETE,
    "Delete a staged upload with its bytes. A bulk operation that reads it fails.",
    use_case=bulk_operations.delete_upload,
)
