"""The SCIM server: the protocol of the library over the graph of each request's caller."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

import orjson
from pydantic import BaseModel
from scim2_models import (
    BulkOperation,
    PatchOp,
    PreconditionFailedException,
    Resource,
    ResourceType,
    SCIMException,
)
from scim2_server.conditions import Conditions
from scim2_server.handler import AsyncScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.routing import Operation
from scim2_server.service import ScimService

from api.scim import filters, limits
from api.scim.errors import MISSING, RefusedRequest, build_exception
from api.scim.graph import Graph
from api.scim.habits import GROUPS, USERS, Cleaner, take_removals
from api.scim.resources import PROVIDER
from api.scim.storage import GraphStorage

MAX_ATTEMPTS = 4
"""How often a change is begun that names no version, while others change the same resource."""

IGNORED_HEADER = "Trellis-Ignored-Attributes"
MAX_IGNORED, MAX_NAME_LENGTH = 20, 100
NOT_PRINTABLE = re.compile(r"[^\x20-\x7e]")
"""What a header cannot have: names come from the client."""


@dataclass(frozen=True)
class ScimCall:
    """One request, as the route has read it."""

    method: str
    base_url: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    """The parsed JSON of the body, or None without one."""


class _Handler(AsyncScimHandler):
    """The handler of one request. A PUT keeps what it does not name.

    A PATCH also removes the members with the ids of `removed`.
    """

    storage: GraphStorage
    removed: frozenset[str] = frozenset()

    async def patch_resource(
        self,
        resource_type: ResourceType,
        resource_id: str,
        patch_op: "PatchOp[Any] | None",
        conditions: Conditions,
    ) -> Resource[Any]:
        group: Any = await self.storage.get(resource_type, resource_id)
        version = group.meta.version
        self.service.check_preconditions(group, "PATCH", conditions)
        if patch_op is not None:
            self.storage.graph.charge(limits.count_comparisons(group, patch_op))
            if not self.service.apply_patch(group, patch_op, conditions) and not self.removed:
                return cast("Resource[Any]", group)
        if self.removed:
            group.members = [each for each in group.members or [] if each.value not in self.removed]
        return await self.storage.update(resource_type, group, expected_version=version)

    async def patch(self, request: ScimRequest) -> ScimResponse:
        if request.body or not self.removed:
            return await super().patch(request)
        with self.service.provider:
            target = self.service.route(request, Operation.patch)
            kind = self.service.resource_type_at(cast(str, target.endpoint))
            parameters = self.service.read_response_parameters(kind, request.query)
            conditions = self.service.read_conditions(request)
            id = cast(str, target.resource_id)
            resource = await self.patch_resource(kind, id, None, conditions)
            return self.service.patch_response(request.base_url, resource, parameters)

    async def replace(self, request: ScimRequest) -> ScimResponse:
        with self.service.provider:
            target = self.service.route(request, Operation.replace)
            kind = self.service.resource_type_at(cast(str, target.endpoint))
            parameters = self.service.read_response_parameters(kind, request.query)
            current = await self.storage.get(kind, cast(str, target.resource_id))
            body = _complete(request.body, current)
            replacement = self.service.read_replacement(kind, body, request.header("Content-Type"))
            resource = await self.replace_resource(
                kind, current, replacement, self.service.read_conditions(request)
            )
            return self.service.replacement_response(request.base_url, resource, parameters)

    async def apply_bulk_operation(
        self, resource_type: ResourceType, operation: BulkOperation[Resource[Any]]
    ) -> Resource[Any] | None:
        if operation.method is BulkOperation.Method.put and operation.data is not None:
            current = await self.storage.get(resource_type, cast(str, operation.resource_id))
            _keep_unnamed(operation.data, current)
        return await super().apply_bulk_operation(resource_type, operation)


class _Service(ScimService):
    """The protocol, with conditions in which no text is slow to compare."""

    def check_preconditions(
        self, resource: Resource[Any], method: str, conditions: Conditions
    ) -> bool:
        return super().check_preconditions(
            resource,
            method,
            Conditions(_join(conditions.if_match), _join(conditions.if_none_match)),
        )


def _join(tags: str | None) -> str | None:
    """Return entity tags without runs of spaces, which the library reads in quadratic time."""
    return None if tags is None else " ".join(tags.split())


class ScimServer:
    """The server of one process. `secret` seals cursors."""

    def __init__(self, secret: str) -> None:
        self.service = _Service(PROVIDER, secret=f"scim {secret}")

    async def handle(self, call: ScimCall, graph: Graph) -> ScimResponse:
        """Answer a request; refusals become errors of SCIM."""
        try:
            filters.check_size(call.query.get("filter"))
            return await self._handle(call, graph)
        except RefusedRequest as refused:
            response = self.service.error_response(refused)
            response.headers.update(refused.error.headers)
            return response
        except SCIMException as error:
            return self.service.error_response(_hide(error))

    async def _handle(self, call: ScimCall, graph: Graph) -> ScimResponse:
        body, ignored = _clean(call)
        graph.charge(limits.check_body(body) + len(call.query.get("filter") or ""))
        removed = frozenset[str]()
        if call.method == "PATCH" and call.path.startswith(f"/{GROUPS}/"):
            removed = take_removals(body)
        has_none = call.method == "PATCH" and _has_no_operations(body)
        if ignored and has_none and not removed:
            response = await self._confirm(call, graph)
        else:
            request = ScimRequest(
                method=call.method,
                base_url=call.base_url,
                path=call.path,
                query=call.query,
                headers=call.headers,
                body=b"" if body is None or (removed and has_none) else orjson.dumps(body),
            )
            response = await self._attempt(request, graph, removed)
        if ignored:
            names = ", ".join(each[:MAX_NAME_LENGTH] for each in ignored[:MAX_IGNORED])
            response.headers[IGNORED_HEADER] = NOT_PRINTABLE.sub("?", names)
        return response

    async def _attempt(
        self, request: ScimRequest, graph: Graph, removed: frozenset[str] = frozenset()
    ) -> ScimResponse:
        """Handle a request, again if another one changed the resource and it names no version."""
        for _ in range(1, MAX_ATTEMPTS):
            try:
                return await self._build_handler(graph, removed).handle(request)
            except PreconditionFailedException:
                if request.header("If-Match") or request.header("If-None-Match"):
                    raise
        return await self._build_handler(graph, removed).handle(request)

    async def _confirm(self, call: ScimCall, graph: Graph) -> ScimResponse:
        """Answer a PATCH of which nothing is kept: the resource has to exist, and stays."""
        request = ScimRequest("GET", call.base_url, call.path, {}, call.headers)
        response = await self._attempt(request, graph)
        tag = response.headers.get("ETag")
        return ScimResponse(HTTPStatus.NO_CONTENT, None, {"ETag": tag} if tag else {})

    def _build_handler(self, graph: Graph, removed: frozenset[str]) -> _Handler:
        handler = _Handler(self.service, GraphStorage(graph))
        handler.removed = removed
        return handler


def _clean(call: ScimCall) -> tuple[Any, list[str]]:
    """Return the body in the form of the specification, and what was left out of it."""
    endpoint, _, rest = call.path.strip("/").partition("/")
    if call.body is None or rest == ".search":
        if isinstance(call.body, dict):
            filters.check_size(str(call.body.get("filter") or ""))
        return call.body, []
    if endpoint == "Bulk":
        return _clean_bulk(call.body)
    return _clean_one(endpoint, call.method, call.body)


def _clean_one(endpoint: str, method: str, body: Any) -> tuple[Any, list[str]]:
    if endpoint not in (USERS, GROUPS):
        return body, []
    cleaner = Cleaner(endpoint)
    if method == "PATCH":
        return cleaner.clean_patch(body), cleaner.ignored
    return cleaner.clean_resource(body, is_new=method == "POST"), cleaner.ignored


def _clean_bulk(body: Any) -> tuple[Any, list[str]]:
    ignored = list[str]()
    if not isinstance(body, dict) or not isinstance(body.get("Operations"), list):
        return body, ignored
    operations = []
    for each in body["Operations"]:
        if isinstance(each, dict) and isinstance(each.get("data"), dict):
            path = str(each.get("path", "")).strip("/").partition("/")[0]
            data, left_out = _clean_one(path, str(each.get("method", "")).upper(), each["data"])
            ignored += left_out
            each = {**each, "data": data}  # noqa: PLW2901 - the cleaned operation
        operations.append(each)
    return {**body, "Operations": operations}, ignored


def _has_no_operations(body: Any) -> bool:
    if not isinstance(body, dict):
        return False
    found = [each for key, each in body.items() if key.lower() == "operations"]
    return found == [[]]


def _complete(body: bytes, current: Resource[Any]) -> bytes:
    """Add to the body of a PUT what it does not name and the resource has."""
    document = orjson.loads(body or b"null")
    if not isinstance(document, dict):
        return body
    stored = current.model_dump()
    given = {key.lower() for key in document}
    for key, value in stored.items():
        name = key.lower()
        if name not in given:
            document[key] = value
        elif isinstance(value, dict):
            own = next(each for each in document if each.lower() == name)
            if isinstance(document[own], dict):
                inner = {each.lower() for each in document[own]}
                kept = {each: one for each, one in value.items() if each.lower() not in inner}
                document[own] = {**kept, **document[own]}
    return orjson.dumps(document)


def _keep_unnamed(given: BaseModel, current: BaseModel, depth: int = 1) -> None:
    """Let the resource of a PUT in a bulk request keep what it does not name."""
    for name in type(given).model_fields:
        value, stored = getattr(given, name), getattr(current, name)
        if name not in given.model_fields_set:
            setattr(given, name, stored)
        elif depth and isinstance(value, BaseModel) and isinstance(stored, BaseModel):
            _keep_unnamed(value, stored, depth - 1)


def _hide(error: SCIMException) -> SCIMException:
    """Return the same error for all that does not exist."""
    if error.status == HTTPStatus.NOT_FOUND:
        return build_exception(404, None, MISSING)
    return error
