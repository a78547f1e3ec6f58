"""Global ids: the prefix of a type and a UUID. Clients treat them as opaque."""

from dataclasses import dataclass
from uuid import UUID

from persistence.kernel.wire_format import decode_id, encode_id, get_id_prefix

__all__ = ["NodeId", "decode_id", "encode_id", "parse_node_id"]


@dataclass(frozen=True)
class NodeId:
    """The id of an object of any of several types, with the prefix of its type."""

    prefix: str
    id: UUID


def parse_node_id(text: str, *prefixes: str, field: tuple[str | int, ...] = ()) -> NodeId:
    """Return the id with its prefix. Raises Invalid as `decode_id` does."""
    id = decode_id(text, *prefixes, field=field)
    return NodeId(get_id_prefix(text), id)
