"""The tasks of bulk queries: each reads the next pages, with the rights that the owner has then."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from api.bulk_processing.bulk_query import find_connection
from api.bulk_processing.stopping import DENIALS, SLICE, Stopped, require_running
from api.errors import RequestError
from api.identity.token_verifier import Caller
from api.kernel.execution.engine import Engine, Request
from domain.bulk_operations import MAX_FILE_SIZE, BulkOperation, BulkOperationFailure
from domain.kernel.identity import TenantId
from persistence.bulk_operations.files import Advance, Progress, advance
from persistence.kernel.pools import PoolSource
from persistence.unit_of_work.work import Work
from persistence.unit_of_work.work import work as open_work

BUSY_CODES = {"THROTTLED", "TIMEOUT", "UNAVAILABLE", "INTERNAL_SERVER_ERROR"}


@dataclass(frozen=True)
class Exporter:
    """Reads the pages of queries. A page is stored with its place, so a crash doubles none."""

    pool: PoolSource
    engine: Engine

    async def run(
        self, work: Work, operation: BulkOperation, subject: str, progress: Progress
    ) -> bool:
        """Read pages for a few seconds; return whether there are more. Raises Stopped."""
        stops_at = time.monotonic() + SLICE
        while True:
            page = await self._read_page(work, operation, subject, progress.cursor)
            progress = await self._store(work, operation.id, progress, page)
            if not page["pageInfo"]["hasNextPage"]:
                return False
            if time.monotonic() >= stops_at:
                return True

    async def _read_page(
        self, work: Work, operation: BulkOperation, subject: str, cursor: str | None
    ) -> dict[str, Any]:
        """Return the next page. Raises Stopped, and RequestError to try again later."""
        tenant_id = TenantId(operation.tenant_id)
        caller = Caller(tenant_id, "", "", subject, work.now, "bulk-operation")
        request = Request(operation.query or "", {"after": cursor})
        try:
            response = await self.engine.execute(
                request, caller, request_id=work.request_id or "bulk", may_mutate=False
            )
        except RequestError as error:
            raise _convert(error.code) or error from None
        answer = orjson.loads(response.body)
        for each in answer.get("errors", ()):
            code = each["extensions"]["code"]
            raise _convert(code) or RequestError(code, each["message"], 503)
        page = find_connection(answer["data"])
        if page is None or _is_endless(page, cursor):
            raise Stopped(BulkOperationFailure.QUERY_REFUSED)
        return page

    async def _store(
        self, work: Work, id: UUID, before: Progress, page: dict[str, Any]
    ) -> Progress:
        """Store the objects of a page and the place after it, in one transaction."""
        nodes, cursor = page["nodes"], page["pageInfo"]["endCursor"]
        lines = b"".join(
            orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in nodes if each
        )
        if before.result_size + len(lines) > MAX_FILE_SIZE:
            raise Stopped(BulkOperationFailure.RESULTS_TOO_LARGE)
        done = Advance(
            before.read_size + 1,
            before.line_count + len(nodes),
            0,
            lines,
            row_count=len(nodes),
            cursor=cursor,
        )
        async with open_work(self.pool, work.actor, now=work.now) as storing:
            await require_running(storing, id)
            connection = await storing.get_connection()
            if not await advance(connection, work.actor.tenant_id, id, before, done):
                raise Stopped
        size = before.result_size + len(lines)
        return Progress(done.read_size, done.line_count, size, 0, None, cursor)


def _is_endless(page: dict[str, Any], cursor: str | None) -> bool:
    """Return whether the next page would begin where this one does, as with `first: 0`."""
    info = page["pageInfo"]
    return info["hasNextPage"] and info["endCursor"] in (None, cursor)


def _convert(code: str) -> Exception | None:
    """Return why an operation stops for an error of a page; None where it is tried again."""
    if code in DENIALS:
        return Stopped(BulkOperationFailure.OWNER_WITHOUT_ACCESS)
    return None if code in BUSY_CODES else Stopped(BulkOperationFailure.QUERY_REFUSED)
