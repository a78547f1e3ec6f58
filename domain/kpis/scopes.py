"""The scope of a KPI: the organization or team that it is about."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.kpis.enums import KpiScopeKind


@dataclass(frozen=True)
class KpiScope:
    """An organization or a team, by kind and id."""

    kind: KpiScopeKind
    id: UUID

    def to_attributes(self) -> dict[str, Any]:
        """Return the scope attributes of a KPI; that of the other kind is None."""
        ids = {f"{kind}_id": self.id if kind is self.kind else None for kind in KpiScopeKind}
        return {"scope_kind": self.kind, **ids}
