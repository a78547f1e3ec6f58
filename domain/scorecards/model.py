"""The aggregate of a scorecard, with its entries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, set_attributes
from domain.kernel.fields import EDITABLE, MaxItems, MultiLine, check_fields, name_rule, new_values
from domain.kernel.identity import OrganizationId, PersonId, TeamId, TenantId
from domain.kernel.lifecycle import Lifecycle
from domain.kpis import KpiScope, KpiScopeKind, KpiVisibility
from domain.scorecards import policy
from domain.scorecards.entries import EntryValues, ScorecardEntry


class ScorecardStatus(StrEnum):
    """Whether a scorecard is in use."""

    ACTIVE = "active"
    ARCHIVED = "archived"


ACTIVE, ARCHIVED = ScorecardStatus.ACTIVE, ScorecardStatus.ARCHIVED
LIFECYCLE = Lifecycle[ScorecardStatus](
    {ACTIVE: frozenset({ARCHIVED}), ARCHIVED: frozenset({ACTIVE})}
)


@dataclass(kw_only=True, eq=False)
class Scorecard(Aggregate):
    """A set of KPIs of an organization or a team. Of its two scope ids one is set."""

    NAME = "scorecard"
    OWNER_ATTRIBUTES = policy.OWNER_ATTRIBUTES
    SEE = policy.SEE
    SEE_HISTORY = policy.SEE_HISTORY
    KNOWN_FACTS = frozenset(
        {"organization_id", "owner_id", "status", "team_id", "viewer_ids", "visibility"}
    )
    CREATE: ClassVar = Action("create", policy.MANAGE)
    EDIT: ClassVar = Action("edit", policy.EDIT, ACTIVE)
    ARCHIVE: ClassVar = Action("archive", policy.EDIT, ACTIVE)
    RESTORE: ClassVar = Action("restore", policy.EDIT, ARCHIVED)
    ACTIONS = (EDIT, ARCHIVE, RESTORE)
    EVENTS = ("created", "edited", "archived", "restored")
    SEARCH_ATTRIBUTES = ("name",)

    scope_kind: KpiScopeKind
    organization_id: OrganizationId | None = None
    team_id: TeamId | None = None
    name: Annotated[str, name_rule("The name"), EDITABLE]
    description: Annotated[str | None, MultiLine("The description"), EDITABLE] = None
    owner_id: PersonId
    visibility: Annotated[KpiVisibility, EDITABLE] = KpiVisibility.TENANT
    status: ScorecardStatus = ACTIVE
    entries: list[ScorecardEntry] = field(default_factory=list)
    viewer_ids: Annotated[set[PersonId], MaxItems("A scorecard", "viewers", 100), EDITABLE] = field(
        default_factory=set
    )

    @classmethod
    def create(
        cls, tenant_id: TenantId, scope: KpiScope, *, owner_id: UUID, **details: Any
    ) -> "Scorecard":
        """Return a new scorecard without entries. Raises Invalid and LimitExceeded."""
        scorecard = cls(
            tenant_id=tenant_id,
            **scope.to_attributes(),
            owner_id=PersonId(owner_id),
            **new_values(cls, details),
        )
        scorecard.record_event("created")
        return scorecard

    def edit(self, *, entries: Sequence[EntryValues] | None = None, **details: Any) -> None:
        """Change attributes, and the entries where they are given. Raises Invalid, LimitExceeded.

        Then nothing is set.
        """
        changes = check_fields(type(self), details)
        has_changed = entries is not None and self.set_entries(entries)
        if set_attributes(self, changes) or has_changed:
            self.record_event("edited")

    def set_entries(self, entries: Sequence[EntryValues]) -> bool:
        """Let the scorecard have these KPIs, in this order. Return whether that changes it."""
        known = {each.kpi_id: each for each in self.entries}
        before = [(each, vars(each).copy()) for each in self.entries]
        self.entries = [
            self._set_entry(known.get(kpi_id), kpi_id, values | {"position": position})
            for position, (kpi_id, values) in enumerate(entries)
        ]
        return before != [(each, vars(each)) for each in self.entries]

    def archive(self) -> None:
        """Put the scorecard out of use; its entries stay. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, ARCHIVED)
        self.record_event("archived")

    def restore(self) -> None:
        """Use an archived scorecard again. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, ACTIVE)
        self.record_event("restored")

    def _set_entry(
        self, entry: ScorecardEntry | None, kpi_id: UUID, values: dict[str, Any]
    ) -> ScorecardEntry:
        if entry is None:
            return ScorecardEntry(
                tenant_id=self.tenant_id, scorecard_id=self.id, kpi_id=kpi_id, **values
            )
        set_attributes(entry, values)
        return entry
