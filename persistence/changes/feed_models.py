"""The concepts whose objects are in the feed of changes."""

from collections.abc import Collection

from persistence.reading.read_model import One, ReadModel

FEED_MODELS: dict[str, ReadModel] = {}
"""The read model of each concept in the feed, by the NAME of its aggregate."""

FEED_NODES: dict[str, One] = {}
"""The relation from an entry of the feed to its object, likewise."""

SHOWN_FIELDS: dict[str, frozenset[str]] = {}
"""The fields that the graph shows of each concept in the feed, likewise; the API declares them."""


def add_to_feed(read_model: ReadModel) -> None:
    """Add the objects of a concept to the feed."""
    FEED_MODELS[read_model.entity] = read_model
    FEED_NODES[read_model.entity] = One(
        read_model, lambda entry, row, _: row.c.id == entry.c.entity_id
    )


def list_feed_models(names: Collection[str] | None) -> list[ReadModel]:
    """Return the models of these concepts, or of all concepts in the feed."""
    return [each for name, each in sorted(FEED_MODELS.items()) if names is None or name in names]
