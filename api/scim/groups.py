"""Groups of SCIM: teams that have not ended, with the users who are in them today."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from scim2_models import (
    InvalidValueException,
    Meta,
    NotFoundException,
    Reference,
    Resource,
    TooManyException,
)
from scim2_models.path import CompareOperator
from scim2_server.storage import SearchPage

from api.scim import filters
from api.scim.errors import MISSING
from api.scim.filters import EVERYTHING, NOTHING, FilterTranslator, Where
from api.scim.graph import Graph
from api.scim.resources import PAGE_SIZE, Group, GroupMember
from api.scim.user_filters import PERSON, compare_external_id, decode
from api.scim.users import OPEN
from domain import accounts, teams
from domain.accounts import SOURCE, GroupChanges
from domain.kernel.unit_of_work import Work
from persistence.kernel.wire_format import encode_id, extract_uuid

TEAM = "team"
MAX_MEMBER_PAGES = 50
"""Pages of 100 members. The members of a larger team cannot be read or changed by SCIM."""

MEMBERS = """
  people(first: 100, after: $after, where: $users) @include(if: $hasMembers) {
    pageInfo { endCursor hasNextPage }
    nodes { id name }
  }
"""

LIST = f"""
query ScimGroups($first: Int, $after: String, $where: TeamWhere, $hasMembers: Boolean!,
    $users: PersonWhere) {{
  teams(first: $first, after: $after, where: $where, orderBy: [{{ field: CREATED_AT }}]) {{
    totalCount
    pageInfo {{ endCursor hasNextPage }}
    nodes {{
      id version createdAt updatedAt name
      references {{ source externalId }}
      {MEMBERS.replace(", after: $after", "")}
    }}
  }}
}}
"""

MORE = f"""
query ScimMembers($id: ID!, $after: String, $hasMembers: Boolean!, $users: PersonWhere) {{
  team(by: {{ id: $id }}) {{ {MEMBERS} }}
}}
"""

BY_EXTERNAL_ID = """
query ScimGroupId($source: String!, $id: String!) {
  found: team(by: { external: { source: $source, id: $id } }) { id }
}
"""

TIME_ZONE = "query ScimDay { viewer { tenant { timeZone } } }"


class Groups:
    """The groups that one caller may see."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._found = dict[str, Group]()
        """The groups with their members as they were read, by id."""

    async def get(self, id: str, has_members: bool = True) -> Group:  # noqa: FBT001, FBT002 - as in SCIM
        """Return a group. Raises NotFoundException."""
        if extract_uuid(id, TEAM) is None:
            raise NotFoundException(detail=MISSING)
        where = {"id": {"eq": id}}
        page = await self.search(where, {"first": 1, "after": None}, has_members=has_members)
        if not page.resources:
            raise NotFoundException(detail=MISSING)
        found: Any = page.resources[0]
        self._found[id] = found.model_copy(deep=True)
        group: Group = found
        return group

    async def search(
        self, where: Where, variables: Mapping[str, Any], skipped: int = 0, *, has_members: bool
    ) -> SearchPage:
        """Return a page of groups, with the cursors of the graph as its next position."""
        given = {
            **variables,
            "where": {"and": [await self._build_open(), where]},
            "hasMembers": has_members,
            "users": OPEN,
        }
        data = await self.graph.read(LIST, given, skipped_rows=skipped)
        listed = data["teams"]
        found: list[Resource[Any]] = [await self._build(each) for each in listed["nodes"]]
        return SearchPage(listed["totalCount"], found, listed["pageInfo"])

    async def create(self, resource: Resource[Any]) -> str:
        """Create a team, and return its id. Raises SCIMException."""
        group: Any = resource
        changes = GroupChanges(
            name=group.display_name,
            changes_external_id=bool(group.external_id),
            external_id=group.external_id or None,
            added=_list_ids(group),
        )
        named = [(PERSON, each) for each in changes.added]
        id = await self.graph.change(
            lambda work: accounts.create_group(work, changes), named, len(named)
        )
        return encode_id(TEAM, id)

    async def update(self, resource: Resource[Any], expected_version: str | None) -> None:
        """Apply what differs. Raises SCIMException."""
        group: Any = resource
        current: Any = self._found[group.id]
        before, after = _list_ids(current), _list_ids(group)
        changes = GroupChanges(
            name=None if group.display_name == current.display_name else group.display_name,
            changes_external_id=(group.external_id or None) != current.external_id,
            external_id=group.external_id or None,
            added=[each for each in after if each not in before],
            removed=[each for each in before if each not in after],
        )
        if changes == GroupChanges(external_id=changes.external_id):
            return
        id, version = decode(group.id, TEAM), _read_version(expected_version)
        named = [(TEAM, id), *((PERSON, each) for each in changes.added)]
        await self.graph.change(
            lambda work: accounts.change_group(work, id, changes, expected_version=version),
            named,
            len(changes.added) + len(changes.removed),
        )

    async def delete(self, id: str, expected_version: str | None) -> None:
        """Close a team today. Its history stays. Raises SCIMException."""
        version = _read_version(expected_version)

        async def close(work: Work) -> Any:
            return await teams.close(work, decode(id, TEAM), expected_version=version)

        await self.graph.change(close)

    def build_filters(self) -> FilterTranslator:
        """Return the attributes that filters of groups may name."""

        async def compare_member(operator: CompareOperator, value: Any) -> Where:
            if operator is not CompareOperator.eq:
                raise filters.refuse("members with an operator other than eq")
            if extract_uuid(str(value), PERSON) is None:
                return NOTHING
            return {"people": {"some": {"id": {"eq": str(value)}}}}

        attributes = {
            "id": filters.compare_id(TEAM, "id"),
            "externalid": compare_external_id(self.graph, BY_EXTERNAL_ID),
            "displayname": filters.compare_text("name"),
            "members": compare_member,
            "members.value": compare_member,
            "meta.created": filters.compare_time("createdAt"),
            "meta.lastmodified": filters.compare_time("updatedAt"),
        }
        present = {
            **dict.fromkeys(("id", "displayname", "meta"), EVERYTHING),
            "members": {"people": {"some": OPEN}},
        }
        return FilterTranslator(attributes, present)

    async def _build_open(self) -> Where:
        """Return the condition that a team has not ended by today in the tenant's time zone."""
        data = await self.graph.read(TIME_ZONE, {})
        tenant = (data["viewer"] or {}).get("tenant") or {}
        today = datetime.now(ZoneInfo(tenant.get("timeZone") or "UTC")).date()
        return {"or": [{"endsOn": {"isNull": True}}, {"endsOn": {"gte": today.isoformat()}}]}

    async def _build(self, node: Mapping[str, Any]) -> Group:
        references = {each["source"]: each["externalId"] for each in node["references"] or []}
        people = node.get("people")
        members = [] if people is None else await self._list_members(node["id"], people)
        return Group(
            id=node["id"],
            external_id=references.get(SOURCE),
            display_name=node["name"],
            members=members or None,
            meta=Meta(
                resource_type="Group",
                created=node["createdAt"],
                last_modified=node["updatedAt"],
                version=f'W/"{node["version"]}"',
            ),
        )

    async def _list_members(self, id: str, people: Mapping[str, Any]) -> list[GroupMember]:
        found = list(people["nodes"])
        while people["pageInfo"]["hasNextPage"]:
            if len(found) >= MAX_MEMBER_PAGES * PAGE_SIZE:
                message = "The group is too large. Read it with excludedAttributes=members."
                raise TooManyException(detail=message)
            after = people["pageInfo"]["endCursor"]
            variables = {"id": id, "after": after, "hasMembers": True, "users": OPEN}
            data = await self.graph.read(MORE, variables)
            people = data["team"]["people"]
            found += people["nodes"]
        return [
            GroupMember(
                value=each["id"],
                ref=Reference(f"Users/{each['id']}"),
                type="User",
                display=each["name"],
            )
            for each in found
        ]


def _list_ids(group: Any) -> list[UUID]:
    """Return the people of a group, each once. Raises SCIMException."""
    found = dict[UUID, None]()
    for each in group.members or []:
        id = extract_uuid(each.value or "", PERSON)
        if id is None:
            raise InvalidValueException(detail="members: There is no such user.")
        found[UUID(int=id.int)] = None
    return list(found)


def _read_version(version: str | None) -> int | None:
    return int(version.strip('W/"')) if version else None
