"""The audit log of the platform in its graph: who did what, with which tenant."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import orjson
import strawberry

from api.kernel.schema.declarations import graph_enum
from api.kernel.schema.input_bounds import bounds_metadata
from api.kernel.schema.scalars import JSON
from api.platform.paging import After, CursorSeal, First, PlatformPageInfo, check_first
from api.platform.request import PlatformRequest
from domain.platform import Act
from persistence.kernel.wire_format import encode_id
from persistence.platform.reading import list_audit_entries
from persistence.reading.parameters import DEFAULT_PAGE_SIZE

_DESCRIPTIONS: Mapping[Act, str] = {
    Act.TENANT_CREATE: "A tenant was created.",
    Act.TENANT_CONFIGURE: "Settings, the plan or limits of a tenant were changed.",
    Act.TENANT_SUSPEND: "A tenant was suspended.",
    Act.TENANT_RESUME: "A tenant was resumed.",
    Act.TENANT_CLONE: "A sandbox of a tenant was begun.",
    Act.TENANT_MOVE: "The move of a tenant to another database was begun.",
    Act.TENANT_EXPORT: "The export of a tenant was begun.",
    Act.TENANT_IMPORT: "The import of a tenant was begun.",
    Act.TENANT_RESTORE: "The restore of a tenant was begun.",
    Act.TENANT_FILE_CREATE: "A file was made, to which an export can be sent.",
    Act.TENANT_FILE_DOWNLOAD: "A file with all data of a tenant was read.",
    Act.TENANT_SCHEDULE_DELETION: "A tenant was closed, to be erased later.",
    Act.TENANT_CANCEL_DELETION: "The deletion of a tenant was cancelled.",
    Act.TENANT_ERASE: "The erasure of a tenant was begun.",
    Act.OPERATOR_ADD: "An operator was added.",
    Act.OPERATOR_SET_ROLE: "An operator got another role.",
    Act.OPERATOR_REMOVE: "An operator was removed.",
    Act.ISSUER_REGISTER: "An issuer of the tokens of operators was registered or changed.",
    Act.ISSUER_REMOVE: "An issuer of the tokens of operators was removed.",
}
"""All acts that change something. Each of them is recorded."""

PlatformAct = StrEnum("PlatformAct", {each.name: each.value for each in _DESCRIPTIONS})  # type: ignore[misc]
graph_enum(
    PlatformAct,
    "What an operator did. New values may be added.",
    **{str(act): text for act, text in _DESCRIPTIONS.items()},
)


@strawberry.type(description="An act of an operator, as it was recorded. It is never changed.")
class PlatformAuditEntry:
    """An entry of the audit log of the platform."""

    id: strawberry.ID = strawberry.field(description="The id.")
    act: PlatformAct = strawberry.field(description="What was done.")
    operator_id: strawberry.ID | None = strawberry.field(
        description="Who did it. Null for the command line."
    )
    operator_name: str | None = strawberry.field(
        description="The present name of the operator. Null for the command line."
    )
    tenant_slug: str | None = strawberry.field(
        description="The tenant that it concerns. Null where it concerns the platform."
    )
    subject_id: strawberry.ID | None = strawberry.field(
        description="The operator that it concerns. Null where it concerns a tenant or an issuer."
    )
    changes: JSON = strawberry.field(
        description="What was changed, as an object: the names of settings, and plan, limits and"
        " role as lists of the old and the new value. An act that begins an operation has the"
        " `operation`. It has nothing about people of tenants."
    )
    recorded_at: datetime = strawberry.field(description="When it was done.")
    request_id: str | None = strawberry.field(
        description="The id of the request. Null for the command line."
    )


@strawberry.type(description="A page of the audit log.")
class PlatformAuditEntryConnection:
    """A page of entries."""

    nodes: list[PlatformAuditEntry] = strawberry.field(description="The entries.")
    page_info: PlatformPageInfo = strawberry.field(description="Where the page ends.")


def _build_entry(row: Any) -> PlatformAuditEntry:
    def encode(prefix: str, id: UUID | None) -> strawberry.ID | None:
        return None if id is None else strawberry.ID(encode_id(prefix, id))

    return PlatformAuditEntry(
        id=strawberry.ID(encode_id("platform_audit", row["id"])),
        act=PlatformAct(row["act"]),
        operator_id=encode("operator", row["operator_id"]),
        operator_name=row["operator_name"],
        tenant_slug=row["tenant_slug"],
        subject_id=encode("operator", row["subject_id"]),
        changes=JSON(orjson.loads(row["changes"])),
        recorded_at=row["recorded_at"],
        request_id=row["request_id"],
    )


Slug = Annotated[
    str | None,
    strawberry.argument(
        description="Only entries about the tenant with this slug. Default: all.",
        metadata=bounds_metadata(63, None),
    ),
]


async def _read_audit_log(
    info: strawberry.Info[PlatformRequest],
    first: First = DEFAULT_PAGE_SIZE,
    after: After = None,
    tenant_slug: Slug = None,
) -> PlatformAuditEntryConnection | None:
    request = info.context
    request.require(Act.READ_AUDIT_LOG)
    seal = CursorSeal(request.stores.secret, f"audit {tenant_slug}")
    position = seal.decode(after)
    async with request.stores.read() as connection:
        page = await list_audit_entries(
            connection,
            before=UUID(position[0]) if position else None,
            slug=tenant_slug,
            limit=check_first(first),
        )
    end = seal.encode([page.rows[-1]["id"]]) if page.rows else None
    return PlatformAuditEntryConnection(
        nodes=[_build_entry(row) for row in page.rows],
        page_info=PlatformPageInfo(has_next_page=page.has_next, end_cursor=end),
    )


QUERIES = {
    "platform_audit_log": strawberry.field(
        resolver=_read_audit_log,
        description="All changes that operators have made, the newest first. For others than owners"
        " it is null, with the error NOT_PERMITTED.",
    )
}
