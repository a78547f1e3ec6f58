"""Erasing personal values from the journal.

An entry keeps who changed what and when. The names of the changed fields stay, and the personal
values among them become null. So do reasons, because they are free text about the person.
"""

import json
from abc import ABC
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from domain.kernel.aggregate import Aggregate
from domain.kernel.fields import field_specs, to_camel_case
from persistence.kernel.journal import SELECT_CHANGES, UPDATE_CHANGES
from persistence.kernel.mapping.diff import Changes
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.mapping.row_mapper import parse_row, select_all
from persistence.unit_of_work.record_merging import RecordMerging

A = TypeVar("A", bound=Aggregate)

REASON, ERASED = "reason", "erased"
"""The free text that an entry may have, and the event whose reason is none."""


def erase_changes(kind: type, changes: Changes) -> Changes:
    """Return the changes of an entry about an aggregate or part without personal values."""
    personal, parts = _list_personal_names(kind), _map_parts(kind)
    erased: Changes = {}
    for name, values in changes.items():
        if name in personal:
            erased[name] = [_keep_identities(each) for each in values]
        elif name in parts:
            erased[name] = [[_erase_part(parts[name], each) for each in side] for side in values]
        else:
            erased[name] = values
    return erased


def _keep_identities(value: Any) -> Any:
    """Return null, or of a list of parts their ids; of a list of texts nothing."""
    if not isinstance(value, list):
        return None
    return [{"id": each["id"]} for each in value if isinstance(each, dict)]


def _erase_part(kind: type, part: Mapping[str, Any]) -> dict[str, Any]:
    personal = {to_camel_case(name) for name in _list_personal_names(kind)}
    return {name: None if name in personal else value for name, value in part.items()}


@cache
def _list_personal_names(kind: type) -> frozenset[str]:
    """Return the names of the personal attributes as the journal spells them."""
    specs = field_specs(kind).values()
    return frozenset(each.graph_name for each in specs if each.is_personal)


def _map_parts(kind: type) -> Mapping[str, type]:
    return {name: each.kind for name, each in MAPPINGS[kind].children.items()}


class Erasing(RecordMerging, ABC):
    """The part of a unit of work that erases a person."""

    _tracked: dict[tuple[type, UUID], Any]
    _flush_candidates: dict[tuple[type, UUID], Any]

    async def reveal(self, kind: type[A], id: UUID) -> A:
        """Load an aggregate again, to erase it.

        It has the values that the actor may not see, and the superseded parts.
        """
        connection = await self.get_connection()
        for tracked in (self._tracked, self._flush_candidates):
            tracked.pop((kind, id), None)
        sql = f"{select_all(MAPPINGS[kind], with_superseded=True)} AND it.id = $2"
        row = await connection.fetchval(sql, self._tenant_id, id)
        found: A = self._track_row(kind, parse_row(row))
        return found

    async def erase_history(self, kind: type[Aggregate], id: UUID) -> None:
        """Remove personal values from the entries of an aggregate and of what merged into it."""
        connection = await self.get_connection()
        rows = await connection.fetch(SELECT_CHANGES, self._tenant_id, kind.NAME, id)
        texts = [_erase_entry(kind, row["action"], row["changes"]) for row in rows]
        ids = [row["id"] for row in rows]
        await self._rewrite_entries(UPDATE_CHANGES, ids, texts)
        self._journal.rewrite(
            lambda entry: (
                entry._replace(changes=_erase_entry(kind, entry.action, entry.changes))
                if (entry.entity, entry.entity_id) == (kind.NAME, id)
                else entry
            )
        )


def _erase_entry(kind: type, action: str, changes_json: str) -> str:
    """Return the changes of an entry without personal values, as JSON."""
    changes = erase_changes(kind, json.loads(changes_json))
    if REASON in changes and action != ERASED:
        changes[REASON] = [None, None]
    return json.dumps(changes, ensure_ascii=False)
