"""The store behind the SCIM server: the graph, as one caller sees and changes it."""

from collections.abc import Mapping
from typing import Any

from scim2_models import (
    InvalidCursorException,
    NotFoundException,
    NotImplementedException,
    Resource,
    ResourceType,
    ResponseParameters,
    SearchRequest,
)
from scim2_server.storage import AsyncScimStorage, SearchPage

from api.scim import groups, users
from api.scim.errors import MISSING
from api.scim.graph import Graph
from api.scim.user_filters import PERSON, build_filters, decode, find_manager
from domain import accounts
from domain.kernel.unit_of_work import Work
from domain.members import Member
from persistence.kernel.wire_format import extract_uuid

USER = "User"

MAX_SKIPPED = 10_000_000
"""Rows before a page; no list is longer."""


class GraphStorage(AsyncScimStorage):
    """Users and groups for one request of one caller."""

    supports_cursors = True

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.teams = groups.Groups(graph)
        self._nodes = dict[str, Mapping[str, Any]]()
        """The users as they were read, by id."""

    async def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """Return a resource that the caller may see. Raises NotFoundException."""
        if resource_type.name != USER:
            return await self.teams.get(resource_id, _wants_members(response_parameters))
        if extract_uuid(resource_id, PERSON) is None:
            raise NotFoundException(detail=MISSING)
        where = {"id": {"eq": resource_id}, **users.OPEN}
        data = await self.graph.read(users.LIST, {"first": 1, "where": where})
        if not data["people"]["nodes"]:
            raise NotFoundException(detail=MISSING)
        return self._build_user(data["people"]["nodes"][0])

    async def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        """Return a page of what the caller may see."""
        if len(resource_types) != 1:
            raise NotImplementedException(detail="Search Users or Groups.")
        is_user = resource_types[0].name == USER
        translator = build_filters(self.graph) if is_user else self.teams.build_filters()
        given = search_request.filter
        where = await translator.translate(given.ast) if given is not None else {}
        tenant, after = self.graph.caller.tenant_id.hex, None
        if position is not None:
            if position.get("t") != tenant:
                raise InvalidCursorException
            after = position["c"]
        skipped = 0
        if search_request.cursor is None:
            search_request.start_index = min(search_request.start_index or 1, MAX_SKIPPED)
            skipped = search_request.start_index - 1
        variables = {"first": search_request.count, "after": after}
        if not is_user:
            page = await self.teams.search(
                where, variables, skipped, has_members=_wants_members(search_request)
            )
        else:
            variables["where"] = {"and": [users.OPEN, where]}
            data = await self.graph.read(users.LIST, variables, skipped_rows=skipped)
            listed = data["people"]
            found = [self._build_user(each) for each in listed["nodes"]]
            page = SearchPage(listed["totalCount"], found, listed["pageInfo"])
        info = page.next
        page.next = {"t": tenant, "c": info["endCursor"]} if info["hasNextPage"] else None
        return page

    async def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """Create a resource, or open the account again that it is about."""
        if resource_type.name != USER:
            return await self.get(resource_type, await self.teams.create(resource))
        values = users.read_values(resource)
        manager_id = await find_manager(self.graph, values.pop("manager"))
        match = await users.find_match(self.graph, values)
        if manager_id is not None:
            values["manager_id"] = manager_id

        async def change(work: Work) -> Any:
            if match is None:
                return await accounts.create(work, values)
            given = _keep_differing(match, values)
            if match["member"] is None:
                return await accounts.link(work, decode(match["id"], PERSON), given)
            return await accounts.revive(work, users.build_account(match), given)

        person_id = await self.graph.change(change)
        return await self.get(resource_type, users.encode(person_id))

    async def update(
        self,
        resource_type: ResourceType,
        resource: Resource[Any],
        *,
        expected_version: str | None = None,
    ) -> Resource[Any]:
        """Apply what differs. Raises SCIMException."""
        assert resource.id is not None
        if resource_type.name != USER:
            await self.teams.update(resource, expected_version)
            return await self.get(resource_type, resource.id)
        node = self._nodes[resource.id]
        current, wanted = users.read_values(users.build_user(node)), users.read_values(resource)
        changes = users.list_changes(current, wanted)
        if "manager" in changes:
            changes["manager_id"] = await find_manager(self.graph, changes.pop("manager"))
        account = users.build_account(node, expected_version)
        if changes:
            named = [(PERSON, account.person_id), (users.MEMBER, account.member_id)]
            await self.graph.change(lambda work: accounts.change(work, account, changes), named)
        return await self.get(resource_type, resource.id)

    async def delete(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        expected_version: str | None = None,
    ) -> None:
        """Remove an account, or close a team. The person stays, with employment and reviews."""
        if resource_type.name != USER:
            await self.teams.delete(resource_id, expected_version)
            return
        account = users.build_account(self._nodes[resource_id], expected_version)

        async def change(work: Work) -> Member:
            return await accounts.remove(work, account)

        await self.graph.change(change)

    def _build_user(self, node: Mapping[str, Any]) -> Resource[Any]:
        self._nodes[node["id"]] = node
        user: Resource[Any] = users.build_user(node)
        return user


def _keep_differing(match: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that differ from a person. What the provider does not send stays."""
    account = match["member"] or {
        "subject": None,
        "status": None,
        "version": 0,
        "createdAt": None,
        "updatedAt": match["updatedAt"],
    }
    current = users.read_values(users.build_user({**match, "member": account}))
    given = {name: each for name, each in values.items() if each not in (None, "")}
    manager_id = given.pop("manager_id", None)
    changes = users.list_changes(current, {**current, **given})
    if manager_id is not None and users.encode(manager_id) != current["manager"]:
        changes["manager_id"] = manager_id
    return {**changes, "subject": values["subject"], "is_active": values["is_active"]}


def _wants_members(parameters: Any) -> bool:
    """Return whether the members of groups are wanted, as providers often say they are not."""
    if parameters is None:
        return True
    excluded = {str(each).lower() for each in parameters.excluded_attributes or ()}
    included = {str(each).lower() for each in parameters.attributes or ()}
    if included:
        return any("members" in each for each in included)
    return not any(each.endswith("members") for each in excluded)
