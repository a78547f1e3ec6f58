"""Access facts: the attributes of an aggregate that its access rules look at, as JSON.

The journal stores them with each entry, and a tombstone stores those of a deleted aggregate. So an
entry can be judged by what was true when it was written, and also when its subject is gone.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias

import orjson

from domain.kernel.access import list_attributes
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.mapping.state import EntityState
from persistence.kernel.schema.tables import LinkCollection

AccessFacts: TypeAlias = dict[str, Any]
"""Stored values by attribute. An attribute without a value is left out."""


@cache
def list_fact_names(kind: type) -> tuple[str, ...]:
    """Return the attributes that the rules of an aggregate look at, without its id."""
    aggregate: Any = kind
    rules = (aggregate.SEE, aggregate.SEE_HISTORY, *aggregate.GUARDED.values())
    return tuple(sorted(frozenset[str]().union(*map(list_attributes, rules)) - {"id"}))


def collect_access_facts(kind: type, state: EntityState) -> AccessFacts:
    """Return the access facts of an aggregate in this state."""
    mapping, facts = MAPPINGS[kind], AccessFacts()
    links = tuple(mapping.link_collections)
    for name in list_fact_names(kind):
        value: Any
        if name in links:
            value = sorted(map(str, state.linked_ids[links.index(name)]))
        else:
            value = state.values[mapping.positions[name]]
        if value is not None:
            facts[name] = value
    return facts


@cache
def select_access_facts(kind: type) -> str:
    """Build the statement for ids and access facts, as JSON, of the aggregates with the ids `$2`.

    It is the twin of `collect_access_facts`, for aggregates that are not loaded.
    """
    mapping, pairs = MAPPINGS[kind], list[str]()
    for name in list_fact_names(kind):
        links = mapping.link_collections.get(name)
        pairs.append(f"'{name}', {f'it.{name}' if links is None else _select_links(links)}")
    return (
        "SELECT it.id, json_build_array(json_strip_nulls("
        f"json_build_object({', '.join(pairs)})))::text"
        f" FROM {mapping.table.name} it WHERE it.tenant_id = $1 AND it.id = ANY($2::uuid[])"
    )


def _select_links(links: LinkCollection) -> str:
    """Build the list of a set of ids, in the order of their texts."""
    target = f'link.{links.target_column}::text COLLATE "C"'
    return (
        f"ARRAY(SELECT {target} FROM {links.links.name} link WHERE link.tenant_id = it.tenant_id"
        f" AND link.{links.owner_column} = it.id ORDER BY 1)"
    )


def list_access_facts(
    kind: type, before: EntityState | None, after: EntityState | None
) -> list[AccessFacts]:
    """Return the facts before and after a change; only once where they are the same."""
    states = (before,) if before is after else (before, after)
    facts = [collect_access_facts(kind, each) for each in states if each is not None]
    return facts[:1] if facts[0] == facts[-1] else facts


def encode_access_facts(facts: AccessFacts | Sequence[AccessFacts]) -> str:
    """Return access facts as JSON. Ids and days become text, a value of an enum its stored text."""
    return orjson.dumps(facts, str, orjson.OPT_PASSTHROUGH_DATETIME).decode()
