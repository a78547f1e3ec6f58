"""What SCIM reads and changes: documents of the graph, and use cases, with the caller's rights."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scim2_models import SCIMException

from api.errors import RequestError
from api.identity import Caller
from api.kernel.execution.changes import Change, ChangeRunner
from api.kernel.execution.engine import Request
from api.scim.errors import BY_CODE, RefusedRequest, build_exception, refuse
from api.scim.limits import PER_POINT
from domain.kernel.errors import Refusal
from persistence.unit_of_work.prefetch import Named


@dataclass
class Graph:
    """The graph as one caller of one request sees and changes it.

    The first read also pays for the body of the request: `size` bytes with `value_count` values.
    """

    engine: Any
    run_change: ChangeRunner
    caller: Caller
    request_id: str
    size: int = 0
    value_count: int = 0

    async def read(
        self, document: str, variables: Mapping[str, Any], *, skipped_rows: int = 0
    ) -> Mapping[str, Any]:
        """Return the data of a query. Raises SCIMException."""
        request = Request(
            document,
            dict(variables),
            size=self.size,
            value_count=self.value_count,
            skipped_rows=skipped_rows,
        )
        self.size = self.value_count = 0
        response = await self.engine.execute(
            request, self.caller, request_id=self.request_id, may_mutate=False
        )
        found: Mapping[str, Any] = json.loads(response.body)
        if found.get("errors"):
            raise _build_error(found["errors"][0], response.status, response.headers)
        data: Mapping[str, Any] = found["data"]
        return data

    def charge(self, count: int) -> None:
        """Charge for what the library reads and compares, before it does. Raises SCIMException."""
        if not count:
            return
        try:
            self.engine.rate_limiter.charge(self.caller, count // PER_POINT)
        except RequestError as error:
            raise RefusedRequest(error) from None

    async def change(self, change: Change, named: Named = (), points: int = 0) -> Any:
        """Run a use case in a unit of work, and return its result. Raises SCIMException."""
        try:
            return await self.run_change(
                self.caller, change, request_id=self.request_id, named=named, points=points
            )
        except Refusal as refusal:
            raise refuse(refusal) from None
        except RequestError as error:
            raise RefusedRequest(error) from None


def _build_error(
    error: Mapping[str, Any], status: int, headers: Mapping[str, str]
) -> SCIMException:
    code, message = error["extensions"]["code"], error["message"]
    if code in BY_CODE:
        status, scim_type = BY_CODE[code]
        return build_exception(status, scim_type, message)
    if code in ("INVALID", "INVALID_FORMAT", "OUT_OF_RANGE", "TOO_LONG", "BAD_USER_INPUT"):
        return build_exception(400, "invalidValue", message)
    return RefusedRequest(RequestError(code, message, max(status, 400), headers=headers))
