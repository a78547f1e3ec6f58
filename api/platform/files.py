"""Files with all data of tenants in the platform graph. Operators send and read them over HTTP."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from api.kernel.schema.inputs import input_field, input_type
from api.platform.mutations import platform_mutation
from api.platform.request import PlatformRequest
from domain.kernel.errors import Code, Invalid
from domain.platform import Act
from domain.platform.operations import MAX_FILE_SIZE, create_upload
from persistence.kernel.wire_format import encode_id
from persistence.platform.files import find_file
from persistence.platform.work import DirectoryWork

FILE_PREFIX = "tenantfile"
FOLDER = "platform/files"
"""Where files are sent and read, below the address of Trellis."""


@strawberry.type(description="A file with all data of a tenant. Protect it like the database.")
class TenantFile:
    """A file."""

    id: strawberry.ID = strawberry.field(
        description="The id, for `tenantImport` and `tenantRestore`."
    )
    path: str = strawberry.field(
        description="The path, relative to the address of Trellis. GET reads the file, and PUT"
        " sends it, with the token of an owner of the platform."
    )
    size: Decimal = strawberry.field(description="How many bytes it has, or have arrived so far.")
    kept_until: datetime = strawberry.field(
        description="When it is removed: seven days after it was made, or with its tenant."
    )


def build_tenant_file(id: UUID, size: int, kept_until: datetime) -> TenantFile:
    """Return a file as the graph shows it."""
    encoded = encode_id(FILE_PREFIX, id)
    return TenantFile(
        id=strawberry.ID(encoded),
        path=f"{FOLDER}/{encoded}",
        size=Decimal(size),
        kept_until=kept_until,
    )


async def read_file(request: PlatformRequest, id: UUID) -> TenantFile:
    """Return a file that was made."""
    async with request.stores.read() as connection:
        file = await find_file(connection, id)
    assert file is not None, "It is kept for days."
    return build_tenant_file(file.id, file.size, file.kept_until)


@input_type()
class TenantFileCreateInput:
    """Input of `tenantFileCreate`."""

    size: Decimal = input_field(
        f"How many bytes will be sent: a whole number, at most {MAX_FILE_SIZE:,}."
    )


@platform_mutation(Act.TENANT_FILE_CREATE, returns=read_file)
async def tenant_file_create(
    _: PlatformRequest, work: DirectoryWork, input: TenantFileCreateInput
) -> UUID:
    """Make an empty file. Send an export to its `path`, then import or restore it.

    PUT sends at most 5,000,000 bytes at once. `offset` is the number of bytes sent before, as in
    `path?offset=5000000`.
    """
    if input.size % 1:
        raise Invalid("The size is a whole number.", "size", code=Code.INVALID_FORMAT)
    return (await create_upload(work, int(input.size))).id
