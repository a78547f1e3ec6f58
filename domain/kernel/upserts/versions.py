"""The versions of rows: an older row than the one that was applied last changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.kernel.unit_of_work import Work
from domain.kernel.upserts.declaration import RowKind
from domain.kernel.upserts.known_objects import KnownObjects
from domain.kernel.upserts.records import SourceVersion, build_version_id, is_older
from domain.kernel.upserts.rows import Row


@dataclass
class Versions:
    """The versions of the rows that were applied last, by the external ids of the rows."""

    stored: dict[tuple[str, str], SourceVersion] = field(default_factory=dict)

    async def load(
        self, work: Work, kind: RowKind, known: KnownObjects, rows: Sequence[Row]
    ) -> None:
        """Load the stored versions of rows of which at least one has a version."""
        if not any(each.source_version for each in rows):
            return
        names = [each.name.reference for each in rows if each.name.reference]
        references = {name: known.reference_ids.get((kind.aggregate, *name)) for name in names}
        ids = {name: build_version_id(id, name[1]) for name, id in references.items() if id}
        wanted = list(ids.values())
        found = await work.find_records(SourceVersion, id=wanted) if wanted else []
        by_id = {each.id: each for each in found}
        self.stored = {name: by_id[id] for name, id in ids.items() if id in by_id}

    def is_outdated(self, row: Row) -> bool:
        """Return whether a newer version of the row was applied before."""
        stored = self.find(row)
        return bool(stored and row.source_version and is_older(row.source_version, stored))

    def build_newer(self, row: Row, aggregate: Any) -> SourceVersion | None:
        """Return the version of an applied row, unless it is stored or older."""
        version = row.source_version
        if version is None or version == self.find(row) or self.is_outdated(row):
            return None
        for each in aggregate.references:
            if (each.source, each.external_id) == row.name.reference:
                id = build_version_id(each.id, each.external_id)
                return SourceVersion(tenant_id=aggregate.tenant_id, id=id, source_version=version)
        return None

    def find(self, row: Row) -> str | None:
        """Return the stored version of a row."""
        found = self.stored.get(row.name.reference) if row.name.reference else None
        return found.source_version if found else None
