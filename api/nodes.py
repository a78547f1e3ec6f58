"""Nodes: anything by its id."""

import strawberry

from api.kernel.schema.declarations import Node, argument, list_of, one, queries
from persistence.reading.read_model import ROOT


@queries(ROOT)
class NodeQueries:
    """Questions about anything that has an id."""

    node: Node | None = one(
        "Anything by its id; null where there is none, or none for the viewer to see.",
        id=argument(strawberry.ID, "The id.", is_required=True),
    )
    nodes: list[Node | None] = list_of(
        "Several things by their ids, in the order of the ids, with null for what is not there.",
        ids=argument(list[strawberry.ID], "The ids; 100 at most.", is_required=True),
    )
