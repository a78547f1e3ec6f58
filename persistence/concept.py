"""Registration of concepts: one call declares how an aggregate is stored, read and journaled.

    GOAL = register_concept(Goal, goals, order=("-id",), affects_access=False)

Whatever must know every concept (history, access caches, enums of the graph, id attacks, row
generators) reads `CONCEPTS`, so that a new concept is added in one place.
"""

from dataclasses import dataclass

from sqlalchemy import Table

from domain.kernel.aggregate import Aggregate, Part
from persistence.changes.feed_models import add_to_feed
from persistence.journal_read_model import add_changes, add_history
from persistence.kernel.mapping.registry import ChildCollection, ClosureMaintenance, map_entity
from persistence.reading.read_model import ROOT, ReadModel
from persistence.reading.viewer_rights import add_viewer_rights


@dataclass(frozen=True, eq=False)
class Concept:
    """An aggregate with its table and its read model."""

    aggregate: type[Aggregate]
    table: Table
    read_model: ReadModel


CONCEPTS: dict[str, Concept] = {}
"""Every concept, by the NAME of its aggregate, in the order of registration."""


def register_concept(
    aggregate: type[Aggregate],
    table: Table,
    *,
    order: tuple[str, ...],
    affects_access: bool = True,
    is_listed: bool = True,
    is_in_feed: bool = False,
    closure: ClosureMaintenance | None = None,
    **children: ChildCollection,
) -> ReadModel:
    """Map an aggregate, and return its read model, with history and a list at the root.

    `affects_access` says whether a change may alter anybody's rights: if not, cached actors stay
    valid when it is written. `is_listed` adds a root field with the name of the table. `is_in_feed`
    adds its objects to the feed of changes. `children` are the attributes that hold parts.
    """
    map_entity(aggregate, table, closure, affects_access=affects_access, **children)
    read_model = ReadModel.from_aggregate(aggregate, table, table.info["prefix"], order=order)
    CONCEPTS[aggregate.NAME] = Concept(aggregate, table, read_model)
    add_history(read_model)
    add_viewer_rights(read_model)
    add_changes(read_model)
    if is_in_feed:
        add_to_feed(read_model)
    if is_listed:
        ROOT.many(table.name, read_model)
    return read_model


def register_part(
    part: type[Part],
    table: Table,
    *,
    order: tuple[str, ...],
    has_id: bool = True,
    **children: ChildCollection,
) -> ReadModel:
    """Map a part of an aggregate, and return its read model.

    `has_id` makes it a node of the graph. `children` are the attributes that hold parts.
    """
    map_entity(part, table, None, affects_access=True, **children)
    prefix = table.info["prefix"] if has_id else ""
    return ReadModel(
        part.__name__,
        table,
        prefix,
        see=part.SEE,
        guarded=part.GUARDED,
        order=order,
        entity_class=part,
    )
