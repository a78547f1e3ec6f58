"""A consumer of the feed: a copy of what one member sees of goals and people."""

from dataclasses import dataclass, field
from typing import Any

from tests.factories.graph import DatabaseGraph

Json = dict[str, Any]

TYPES = ["GOAL", "PERSON"]
FIELDS = {
    "GOAL": "id title status",
    "PERSON": "id name workEmail worksHere jobTitle manager { id }",
}
LISTS = {"GOAL": "goals", "PERSON": "people"}
SNAPSHOT = "query($types: [ChangedType!]) { changesSnapshot(types: $types) { cursor } }"
CHANGES = f"""query($after: String!, $types: [ChangedType!], $first: Int) {{
  changes(after: $after, types: $types, first: $first) {{
    changes {{ kind type nodeId fieldsChanged recordedAt effectiveOn isDue
      node {{ ... on Goal {{ {FIELDS["GOAL"]} }} ... on Person {{ {FIELDS["PERSON"]} }} }} }}
    typesToRead endCursor hasMore }} }}"""


async def read_snapshot(graph: DatabaseGraph, who: str, types: list[str] | None = None) -> str:
    """Return the present place in the feed."""
    found = await graph.query(who, SNAPSHOT, types=types)
    cursor: str = found["changesSnapshot"]["cursor"]
    return cursor


async def read_page(
    graph: DatabaseGraph,
    who: str,
    after: str,
    types: list[str] | None = None,
    first: int | None = None,
) -> Json:
    """Return a page of changes."""
    found = await graph.query(who, CHANGES, after=after, types=types, first=first)
    page: Json = found["changes"]
    return page


async def list_objects(graph: DatabaseGraph, who: str, type_: str) -> dict[str, Json]:
    """Return all objects of a type that a member sees, by their ids."""
    name, found, after = LISTS[type_], dict[str, Json](), None
    document = f"""query($after: String) {{ {name}(first: 100, after: $after) {{
      nodes {{ {FIELDS[type_]} }} pageInfo {{ endCursor hasNextPage }} }} }}"""
    while True:
        page = (await graph.query(who, document, after=after))[name]
        found |= {each["id"]: each for each in page["nodes"]}
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


@dataclass
class Mirror:
    """A copy that is kept by the documented steps, and what was read for it."""

    graph: DatabaseGraph
    who: str
    page_size: int = 100
    cursor: str = ""
    objects: dict[str, dict[str, Json]] = field(default_factory=dict)
    kinds: list[tuple[str, str]] = field(default_factory=list)
    types_to_read: list[list[str]] = field(default_factory=list)

    async def begin(self) -> None:
        """Take the cursor first, then read all objects."""
        self.cursor = await read_snapshot(self.graph, self.who, TYPES)
        for each in TYPES:
            self.objects[each] = await list_objects(self.graph, self.who, each)

    async def follow(self) -> None:
        """Read changes until there are no more."""
        while await self.read_page():
            pass

    async def read_page(self) -> bool:
        """Apply one page; return whether there is more."""
        page = await read_page(self.graph, self.who, self.cursor, TYPES, self.page_size)
        assert len(page["changes"]) <= self.page_size
        for each in page["changes"]:
            self.kinds.append((each["kind"], each["nodeId"]))
            known = self.objects[each["type"]]
            if each["kind"] in ("DELETED", "VISIBILITY_LOST"):
                known.pop(each["nodeId"], None)
                assert each["node"] is None
            elif each["node"] is not None:
                known[each["nodeId"]] = each["node"]
        self.types_to_read.append(page["typesToRead"])
        for each in page["typesToRead"]:
            self.objects[each] = await list_objects(self.graph, self.who, each)
        self.cursor = page["endCursor"]
        return bool(page["hasMore"])

    async def list_differences(self) -> list[str]:
        """Return the ids of objects that differ from what the queries return now."""
        differences = []
        for type_, known in self.objects.items():
            actual = await list_objects(self.graph, self.who, type_)
            ids = known.keys() | actual.keys()
            differences += [each for each in ids if known.get(each) != actual.get(each)]
        return sorted(differences)
