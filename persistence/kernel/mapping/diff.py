"""Changes of an aggregate: the difference between two states, in the graph's form.

They are found by comparison, so that no change can be missing from the journal. A field has its
graph name in snake case; parts look as in the graph.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from domain.kernel.fields import editable_fields
from persistence.kernel.mapping.registry import MAPPINGS, ChildCollection, VersionColumns
from persistence.kernel.mapping.state import EntityState
from persistence.kernel.schema.tables import KeyedJson, LinkCollection, find_referenced_table
from persistence.kernel.wire_format import (
    DERIVED_KEY,
    choose_json_encoder,
    encode_id,
    get_graph_name,
    to_camel_case,
)

UNJOURNALED_COLUMNS = frozenset({"tenant_id", "id", "version"})
"""Columns that identify a row and carry no information about a change."""

Changes = dict[str, list[Any]]


def diff_states(kind: type, before: EntityState | None, after: EntityState | None) -> Changes:
    """Return the old and new value of each attribute that differs, with only changed parts."""
    mapping, changes = MAPPINGS[kind], _diff_values(kind, before, after)
    for position, (name, children) in enumerate(mapping.children.items()):
        old_children = before.children[position] if before else {}
        new_children = after.children[position] if after else {}
        lost, gained = (
            _diff_children(children, old_children, new_children)
            if old_children != new_children
            else ([], [])
        )
        if lost or gained:  # else only columns differ that are not journaled
            changes[name] = [lost, gained]
    for position, (name, links) in enumerate(mapping.link_collections.items()):
        old_ids, new_ids = (
            state.linked_ids[position] if state else _NO_IDS for state in (before, after)
        )
        if old_ids != new_ids:
            changes[name] = [*_diff_links(links, old_ids, new_ids)]
    return changes


def _diff_values(kind: type, before: EntityState | None, after: EntityState | None) -> Changes:
    """Return the old and new value of each column that differs."""
    changes, values = Changes(), (after or before or _NO_STATE).values
    keyed = _list_keyed_columns(kind)
    for position, name, to_json in _journaled_columns(kind):
        if before and after:
            old, new = before.values[position], values[position]
            if name in keyed:
                old, new = _keep_differences(old or {}, new or {})
            if old == new:
                continue
            old = None if old is None else to_json(old)
            changes[name] = [old, None if new is None else to_json(new)]
        elif values[position] is not None and (values[position] or name not in keyed):
            value = to_json(values[position])
            changes[name] = [None, value] if after else [value, None]
    return changes


def _keep_differences(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """Return the values of both that differ, by key; None where there are none."""
    was = {key: each for key, each in before.items() if after.get(key) != each}
    now = {key: each for key, each in after.items() if before.get(key) != each}
    return was or None, now or None


_NO_IDS: frozenset[UUID] = frozenset()
_NO_STATE = EntityState((), (), ())


def _diff_children(
    children: ChildCollection, before: Mapping[UUID, EntityState], after: Mapping[UUID, EntityState]
) -> tuple[list[Any], list[Any]]:
    """Return the parts before and after the change, in the order of their ids: oldest first."""
    if children.versions is not None:
        return _diff_versions(children, children.versions, before, after)
    old, new = list[Any](), list[Any]()
    for id in sorted([id for id in {**before, **after} if before.get(id) != after.get(id)]):
        was, now = before.get(id), after.get(id)
        differences = diff_states(children.kind, was, now)
        differences.pop(children.parent_column, None)
        identity = {"id": encode_id(children.table.info["prefix"], id)}
        for place, state, found in ((0, was, old), (1, now, new)):
            if differences and state is not None:
                values = {to_camel_case(name): each[place] for name, each in differences.items()}
                found.append(identity | values)
    return old, new


def _diff_versions(
    children: ChildCollection,
    versions: VersionColumns,
    before: Mapping[UUID, EntityState],
    after: Mapping[UUID, EntityState],
) -> tuple[list[Any], list[Any]]:
    """Return what was recorded in the parts before and after the change, by their order.

    A part that was superseded by one with the same recorded values has not changed.
    """
    old, new = (
        [
            (encode_id(children.table.info["prefix"], id), _show_stated(children, versions, part))
            for id, part in parts.items()
            if part.values[MAPPINGS[children.kind].positions[versions.superseded_at]] is None
        ]
        for parts in (before, after)
    )
    recorded_before, recorded_after = ([values for _, values in side] for side in (old, new))
    return (
        [{"id": id} | values for id, values in old if values not in recorded_after],
        [{"id": id} | values for id, values in new if values not in recorded_before],
    )


def _show_stated(
    children: ChildCollection, versions: VersionColumns, part: EntityState
) -> dict[str, Any]:
    """Return a part for the journal, without the editable columns that were not recorded in it."""
    stated = part.values[MAPPINGS[children.kind].positions[versions.stated]]
    hidden = {*_list_editable(children.kind), children.parent_column} - {*stated}
    return {
        to_camel_case(name): None if part.values[place] is None else to_json(part.values[place])
        for place, name, to_json in _journaled_columns(children.kind)
        if name not in hidden
    }


@cache
def _list_editable(kind: Any) -> tuple[str, ...]:
    return editable_fields(kind)


def _diff_links(
    links: LinkCollection, before: frozenset[UUID], after: frozenset[UUID]
) -> tuple[list[str], list[str]]:
    prefix = find_referenced_table(links.links, links.target_column).info["prefix"]
    removed, added = before - after, after - before
    return sorted(encode_id(prefix, id) for id in removed), sorted(
        encode_id(prefix, id) for id in added
    )


@cache
def _list_keyed_columns(kind: type) -> frozenset[str]:
    columns = MAPPINGS[kind].columns
    return frozenset(get_graph_name(each) for each in columns if isinstance(each.type, KeyedJson))


@cache
def _journaled_columns(kind: type) -> list[tuple[int, str, Callable[[Any], Any]]]:
    """List the journaled columns: position in the state, name, and encoder to JSON."""
    return [
        (place, get_graph_name(column), choose_json_encoder(column))
        for place, column in enumerate(MAPPINGS[kind].columns)
        if column.name not in UNJOURNALED_COLUMNS and not column.info.get(DERIVED_KEY)
    ]
