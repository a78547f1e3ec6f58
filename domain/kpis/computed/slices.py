"""The slices of computed KPIs: a member is that of each input with the same key and code."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from domain.kernel.text import fold_case
from domain.kernel.unit_of_work import Work
from domain.kpis.dimensions.model import KpiDimension, KpiDimensionMember

MemberName: TypeAlias = tuple[str, str]
"""The key of a dimension, and the code of a member as codes are compared."""


@dataclass(frozen=True)
class Slice:
    """A member of a computed KPI, with the member of each input by the name of the input."""

    member_id: UUID | None = None
    input_ids: Mapping[str, UUID] = field(default_factory=dict)


TOTAL = Slice()
"""What has no member: the total of the KPI and of its inputs."""


@dataclass(frozen=True)
class MemberIndex:
    """The members of KPIs by their names."""

    members: Mapping[UUID, Mapping[MemberName, KpiDimensionMember]]

    def get(self, kpi_id: UUID) -> Mapping[MemberName, KpiDimensionMember]:
        """Return the members of a KPI."""
        return self.members.get(kpi_id, {})

    def list_slices(self, kpi_id: UUID, input_ids: Mapping[str, UUID]) -> Iterator[Slice]:
        """Yield the slices that all inputs have, and that no input confines more than the KPI."""
        for name, member in self.get(kpi_id).items():
            found = {alias: self.get(id).get(name) for alias, id in input_ids.items()}
            known = {alias: each for alias, each in found.items() if each is not None}
            confining = {each.organization_id for each in known.values() if each.is_confined}
            if len(known) == len(found) and confining <= {member.organization_id}:
                yield Slice(member.id, {alias: each.id for alias, each in known.items()})

    def is_confined(self, kpi_id: UUID, member_id: UUID | None) -> bool:
        """Return whether a member is one that not everyone who sees the KPI sees."""
        return any(each.id == member_id and each.is_confined for each in self.get(kpi_id).values())


async def load_members(work: Work, kpi_ids: Collection[UUID]) -> MemberIndex:
    """Return all members of KPIs, also those that the actor may not see."""
    dimensions = await work.find_records(KpiDimension, kpi_id=[*kpi_ids]) if kpi_ids else []
    if not dimensions:
        return MemberIndex({})
    keys = {each.id: each.key for each in dimensions}
    found = dict[UUID, dict[MemberName, KpiDimensionMember]]()
    for each in await work.find_records(
        KpiDimensionMember, kpi_id=[*{each.kpi_id for each in dimensions}]
    ):
        name = keys[each.dimension_id], fold_case(each.code)
        found.setdefault(each.kpi_id, {})[name] = each
    return MemberIndex(found)
