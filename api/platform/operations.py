"""Operations of tenants in the platform graph: what they are, and the list of them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
import strawberry

from api.kernel.schema.declarations import graph_enum
from api.kernel.schema.global_ids import decode_id
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.user_errors import ErrorCode
from api.platform.files import TenantFile, build_tenant_file
from api.platform.paging import (
    After,
    CursorSeal,
    First,
    IdArgument,
    PlatformPageInfo,
    check_first,
)
from api.platform.request import PlatformRequest
from domain.kernel.fields import SingleLine
from domain.platform import Act, OperationKind, OperationState
from domain.tenants import SLUG
from persistence.kernel.wire_format import encode_id
from persistence.platform.operation_listing import (
    OperationFilter,
    find_operation,
    list_operations,
)
from persistence.reading.parameters import DEFAULT_PAGE_SIZE

PREFIX = "tenantoperation"

graph_enum(
    OperationKind,
    "What an operation does. New values may be added.",
    export="Writes all data of a tenant into a file.",
    **{"import": "Imports a tenant that was missing, with its own slug and id."},
    restore="Restores a tenant from a file, beside the living one or in place of it.",
    clone="Makes a sandbox.",
    move="Moves a tenant to another database.",
    erase="Removes all data of a tenant.",
)
graph_enum(
    OperationState,
    "Where an operation is.",
    queued="It waits for a worker that knows the address of the owner of the schema.",
    running="A worker does it. If its process ends, another one continues.",
    done="It is done.",
    failed="It was refused or failed: `errorMessage` says why, and what to do.",
)


@strawberry.type(description="What an import or a restore would do with a table.")
class TenantTableChange:
    """A table of a plan."""

    table: str = strawberry.field(description="The name of the table.")
    rows_now: int = strawberry.field(description="The number of rows now.")
    rows_in_file: int = strawberry.field(description="The number of rows in the file.")
    removed: int = strawberry.field(description="Rows that would be removed or replaced.")
    added: int = strawberry.field(description="Rows that would be added, or get another state.")


@strawberry.type(description="What an import or a restore would do, found out by a dry run.")
class TenantImportPlan:
    """The plan of a dry run."""

    slug: str = strawberry.field(description="The slug of the tenant in the file.")
    exported_at: datetime = strawberry.field(description="When the file was written.")
    revision: str = strawberry.field(description="The schema revision of the file.")
    expected_revision: str = strawberry.field(
        description="The schema revision of this version. A file with another one is refused."
    )
    issuers: list[str] = strawberry.field(description="The issuers in the file.")
    sealed_box_count: int = strawberry.field(
        description="The number of surveys and feedback programs with sealed ballots in the file."
    )
    tables: list[TenantTableChange] = strawberry.field(
        description="The tables that would change. Empty if there are `refusals`."
    )
    refusals: list[str] = strawberry.field(
        description="All reasons why the file would be refused. Empty if there are none."
    )


@strawberry.type(description="How far a running operation is. It is a few seconds old.")
class TenantOperationProgress:
    """The progress of an operation."""

    step: str = strawberry.field(description="What is being done.")
    done: int = strawberry.field(description="How many parts of the step are done.")
    total: int = strawberry.field(description="How many parts the step has.")


@strawberry.type(description="A long act with all data of a tenant, which a worker does.")
class TenantOperation:
    """An operation."""

    id: strawberry.ID = strawberry.field(description="The id.")
    kind: OperationKind = strawberry.field(description="What it does.")
    state: OperationState = strawberry.field(description="Where it is.")
    slug: str = strawberry.field(
        description="The slug of the tenant. For a restore beside, that of the new tenant."
    )
    new_slug: str | None = strawberry.field(
        description="The slug of the sandbox that CLONE makes. Null for other kinds."
    )
    is_dry_run: bool = strawberry.field(description="Whether it changes nothing.")
    operator_id: strawberry.ID | None = strawberry.field(description="Who began it.")
    operator_name: str | None = strawberry.field(description="The present name of the operator.")
    requested_at: datetime = strawberry.field(description="When it was begun.")
    started_at: datetime | None = strawberry.field(
        description="When a worker took it first. Null while it is QUEUED."
    )
    finished_at: datetime | None = strawberry.field(
        description="When it ended. Null until it is DONE or FAILED."
    )
    progress: TenantOperationProgress | None = strawberry.field(
        description="How far MOVE or ERASE is. Null for other kinds, and unless it is RUNNING."
    )
    row_count: int | None = strawberry.field(
        description="How many rows were written or stored. Null until it is DONE, for ERASE, and"
        " where it is not known."
    )
    notes: list[str] = strawberry.field(
        description="What an operator must know of the result, such as issuers that were left out."
    )
    file: TenantFile | None = strawberry.field(
        description="The file of EXPORT, or the former data of a restore in place. Null for other"
        " kinds, until it is written, and when it is not kept any more."
    )
    plan: TenantImportPlan | None = strawberry.field(
        description="What IMPORT or RESTORE would do. Null unless it is a dry run that is DONE."
    )
    receipt: str | None = strawberry.field(
        description="The signed receipt of ERASE (JWS). Null for other kinds, and until it is DONE."
    )
    error_code: ErrorCode | None = strawberry.field(
        description="Why it failed, for programs. Null unless it is FAILED."
    )
    error_message: str | None = strawberry.field(
        description="Why it failed and what to do. Null unless it is FAILED."
    )


def build_operation(row: Any) -> TenantOperation:
    """Return the operation of a row."""
    result = orjson.loads(row["result"]) if row["result"] else {}
    operator_id, code = row["operator_id"], row["error_code"]
    return TenantOperation(
        id=strawberry.ID(encode_id(PREFIX, row["id"])),
        kind=OperationKind(row["kind"]),
        state=OperationState(row["state"]),
        slug=row["slug"],
        new_slug=row["new_slug"],
        is_dry_run=row["is_dry_run"],
        operator_id=operator_id and strawberry.ID(encode_id("operator", operator_id)),
        operator_name=row["operator_name"],
        requested_at=row["requested_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        progress=_build_progress(row),
        row_count=result.get("row_count"),
        notes=result.get("notes", []),
        file=build_tenant_file(row["file_id"], row["file_size"], row["kept_until"])
        if row["file_id"]
        else None,
        plan=_build_plan(result["plan"]) if result.get("plan") else None,
        receipt=result.get("receipt"),
        error_code=code and ErrorCode[code],
        error_message=row["error_message"],
    )


def _build_progress(row: Any) -> TenantOperationProgress | None:
    if row["step"] is None or row["finished_at"] is not None:
        return None
    return TenantOperationProgress(
        step=row["step"], done=row["steps_done"], total=row["step_count"]
    )


def _build_plan(plan: Any) -> TenantImportPlan:
    tables = [
        TenantTableChange(
            table=table, rows_now=now, rows_in_file=in_file, removed=removed, added=added
        )
        for table, now, in_file, removed, added in plan["tables"]
    ]
    exported_at = datetime.fromisoformat(plan["exported_at"])
    return TenantImportPlan(**{**plan, "tables": tables, "exported_at": exported_at})


async def read_operation(request: PlatformRequest, id: UUID) -> TenantOperation:
    """Return an operation that was begun."""
    async with request.stores.read() as connection:
        return build_operation(await find_operation(connection, id))


@strawberry.type(description="A page of operations.")
class TenantOperationConnection:
    """A page of operations."""

    nodes: list[TenantOperation] = strawberry.field(description="The operations.")
    page_info: PlatformPageInfo = strawberry.field(description="Where the page ends.")


@input_type()
class TenantOperationWhere:
    """Which operations are listed. All given conditions must match."""

    slug: Annotated[str | None, SingleLine("The slug", max_length=SLUG.max_length)] = input_field(
        "Of the tenant with this slug, also as the sandbox that is made. Default: all."
    )
    state: list[OperationState] | None = input_field(
        "In one of these states. Default: all.", max_items=len(OperationState)
    )


async def _find_operation(
    info: strawberry.Info[PlatformRequest], id: IdArgument
) -> TenantOperation | None:
    request = info.context
    request.require(Act.READ_OPERATIONS)
    operation_id = decode_id(id, PREFIX, field=("id",))
    async with request.stores.read() as connection:
        row = await find_operation(connection, operation_id)
    return None if row is None else build_operation(row)


async def _list_operations(
    info: strawberry.Info[PlatformRequest],
    first: First = DEFAULT_PAGE_SIZE,
    after: After = None,
    where: Annotated[
        TenantOperationWhere | None,
        strawberry.argument(description="Which operations. Default: all."),
    ] = None,
) -> TenantOperationConnection | None:
    request, size = info.context, check_first(first)
    request.require(Act.READ_OPERATIONS)
    given = OperationFilter(where.slug or None, where.state or None) if where else OperationFilter()
    seal = CursorSeal(request.stores.secret, f"operations {given}")
    position = seal.decode(after)
    async with request.stores.read() as connection:
        before = UUID(position[0]) if position else None
        page = await list_operations(connection, given, before=before, limit=size)
    end = seal.encode([page.rows[-1]["id"]]) if page.rows else None
    return TenantOperationConnection(
        nodes=[build_operation(row) for row in page.rows],
        page_info=PlatformPageInfo(has_next_page=page.has_next, end_cursor=end),
    )


QUERIES = {
    "tenant_operation": strawberry.field(
        resolver=_find_operation,
        description="The operation with this id. Null if there is none. Read it again until it is"
        " DONE or FAILED.",
    ),
    "tenant_operations": strawberry.field(
        resolver=_list_operations,
        description="All operations of tenants, the newest first. They are kept for 400 days.",
    ),
}
