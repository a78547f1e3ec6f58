"""The slices that rows of a batch name, by the key of a dimension and the code of a member."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import ClassVar
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_required
from domain.kernel.text import fold_case
from domain.kernel.unit_of_work import Work
from domain.kpis.dimensions.model import (
    DIMENSION_KEY,
    MAX_MEMBERS,
    MEMBER_CODE,
    KpiDimension,
    KpiDimensionMember,
    KpiUnknownMembers,
)
from domain.kpis.model import Kpi
from domain.kpis.policy import SEE_CONFINED


@dataclass
class Slices:
    """The dimensions of some KPIs, with the members that the actor may see.

    A member that the actor may not see counts as unknown. Members that rows make are kept in
    `created`.
    """

    SEE_CONFINED: ClassVar = Action("see_member", SEE_CONFINED)

    dimensions: dict[tuple[UUID, str], KpiDimension] = field(default_factory=dict)
    members: dict[tuple[UUID, str], KpiDimensionMember] = field(default_factory=dict)
    numbers: dict[UUID, int] = field(default_factory=dict)
    created: dict[UUID, KpiDimensionMember] = field(default_factory=dict)

    @property
    def confined_ids(self) -> frozenset[UUID]:
        """The members that not everyone who sees their KPI may see."""
        return frozenset(each.id for each in self.members.values() if each.is_confined)

    def find(self, kpi: Kpi, key: str, code: str, *, may_create: bool = True) -> KpiDimensionMember:
        """Return the member that a row names, perhaps a new one. Raises Invalid, LimitExceeded."""
        dimension = self.find_dimension(kpi, key)
        found = self.members.get((dimension.id, fold_case(code)))
        creates = dimension.unknown_members is KpiUnknownMembers.CREATE
        if found is None and may_create and creates:
            return self._create(dimension, code)
        if found is None:
            codes = [each.code for each in self._list_active(dimension)]
            message = f"The dimension {dimension.key} has no member {code}. {_advise(code, codes)}"
            raise Invalid(message, "member", code=Code.REFERENCE_NOT_FOUND)
        if found.is_archived:
            message = f"{found.code} is archived. Set the dimension with it, or choose another."
            raise Invalid(message, "member")
        return found

    def find_dimension(self, kpi: Kpi, key: str) -> KpiDimension:
        """Return the dimension of a KPI. Raises Invalid."""
        dimension = self.dimensions.get((kpi.id, key))
        if dimension is None:
            keys = [known for id, known in self.dimensions if id == kpi.id]
            message = f"This KPI has no dimension {key}. {_advise(key, keys)}"
            raise Invalid(message, "dimension", code=Code.REFERENCE_NOT_FOUND)
        return dimension

    def _list_active(self, dimension: KpiDimension) -> Iterator[KpiDimensionMember]:
        for each in self.members.values():
            if each.dimension_id == dimension.id and not each.is_archived:
                yield each

    def _create(self, dimension: KpiDimension, code: str) -> KpiDimensionMember:
        number = self.numbers.get(dimension.kpi_id, 0)
        if number >= MAX_MEMBERS:
            message = f"A KPI has at most {MAX_MEMBERS} members. Use one that it has."
            raise LimitExceeded(message, "member")
        self.numbers[dimension.kpi_id] = number + 1
        made = KpiDimensionMember(
            tenant_id=dimension.tenant_id,
            kpi_id=dimension.kpi_id,
            dimension_id=dimension.id,
            code=code,
            name=code,
            position=number,
        )
        self.members[dimension.id, fold_case(code)] = self.created[made.id] = made
        return made


def read_slice_name(dimension: str | None, member: str | None) -> tuple[str, str] | None:
    """Return the key and the code that name a slice; None for the total. Raises Invalid."""
    if dimension is None and member is None:
        return None
    faults, found = FaultCollector(), dict[str, str]()
    for name, rule, value in (
        ("dimension", DIMENSION_KEY, dimension),
        ("member", MEMBER_CODE, member),
    ):
        if value is not None:
            with faults.collect():
                found[name] = check_required(rule, value, name)
    faults.raise_all()
    for name in ("dimension", "member"):
        if name not in found:
            message = "A slice is named by its dimension and its member. Fill in both, or none."
            raise Invalid(message, name, code=Code.REQUIRED)
    return found["dimension"], found["member"]


async def load_slices(work: Work, kpis: Sequence[Kpi]) -> Slices:
    """Load the dimensions of KPIs, and the members that the actor may see."""
    ids = [each.id for each in kpis]
    slices = Slices(
        {
            (each.kpi_id, each.key): each
            for each in await work.find_records(KpiDimension, kpi_id=ids)
        }
    )
    members = await work.find_records(KpiDimensionMember, kpi_id=ids) if slices.dimensions else []
    by_id = {each.id: each for each in kpis}
    for each in members:
        slices.numbers[each.kpi_id] = slices.numbers.get(each.kpi_id, 0) + 1
        if await is_visible(work, by_id[each.kpi_id], each):
            slices.members[each.dimension_id, fold_case(each.code)] = each
    return slices


async def is_visible(work: Work, kpi: Kpi, member: KpiDimensionMember) -> bool:
    """Return whether the actor, who sees the KPI, may see a member of it."""
    if not member.is_confined or await work.is_permitted(kpi, to=Kpi.EDIT):
        return True
    return await work.is_permitted(member, to=Slices.SEE_CONFINED)


def _advise(given: str, known: Collection[str]) -> str:
    folded = {fold_case(each): each for each in known}
    near = get_close_matches(fold_case(given), folded, 1)
    if near:
        return f"Did you mean {folded[near[0]]}?"
    return "Choose one that it has, or declare it with kpiSetDimension."
