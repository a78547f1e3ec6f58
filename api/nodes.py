"""Root fields that find an object of any type by its id."""

import strawberry

from api.kernel.schema.declarations import Node, argument, list_of, one, queries
from persistence.reading.parameters import MAX_IDS
from persistence.reading.read_model import ROOT


@queries(ROOT)
class NodeQueries:
    """Root fields of objects of any type."""

    node: Node | None = one(
        "An object by its id. Null when there is none, or when the viewer may not see it.",
        id=argument(strawberry.ID, "The object's id.", is_required=True),
    )
    nodes: list[Node | None] = list_of(
        "Objects by their ids, in that order. Null for an object that does not exist or that the"
        " viewer may not see, and for a text that is not an id.",
        ids=argument(
            list[strawberry.ID], "The ids, 100 at most.", is_required=True, max_items=MAX_IDS
        ),
    )
