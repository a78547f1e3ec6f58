"""Every kind of object that has ids of the graph is a type of the graph."""

from api.schema import get_schema
from persistence.reading.read_model import list_node_models


def test_what_has_an_id_is_a_node_of_the_graph() -> None:
    """`node` would find no type for anything else, and fail."""
    graph = get_schema()._schema
    nodes = {each.name for each in graph.get_possible_types(graph.type_map["Node"])}
    assert {each.name for each in list_node_models()} == nodes
