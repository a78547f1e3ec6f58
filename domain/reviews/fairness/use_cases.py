"""Use cases of fairness: defining an attribute, writing values, and computing figures once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any
from uuid import UUID, uuid4

from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_required
from domain.kernel.identity import PersonId
from domain.kernel.text import fold_case
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews.cycles import ReviewCycle
from domain.reviews.fairness.counting import Figures, GroupFigures, count_groups
from domain.reviews.fairness.model import GROUP, FairnessAttribute
from domain.reviews.fairness.records import FairnessFigure, FairnessGroup, FairnessValue
from domain.reviews.packets import ReviewPacket
from domain.reviews.packets.model import LEVEL
from domain.reviews.scales import RatingScale
from domain.tenants import load_tenant

PLACES = 12
OWN = "You may not write your own group. Leave this entry out."


@dataclass(frozen=True)
class FairnessEntry:
    """In which group a person is; None for none."""

    person_id: UUID
    group: str | None


async def create(work: Work, **details: Any) -> FairnessAttribute:
    """Define an attribute. Raises NotPermitted, Invalid and LimitExceeded."""
    example = FairnessAttribute(tenant_id=work.actor.tenant_id, name="", groups=())
    await work.require(example, to=FairnessAttribute.CREATE)
    attribute = FairnessAttribute.create(work.actor.tenant_id, **details)
    await work.add(attribute, to=FairnessAttribute.CREATE)
    return attribute


async def set_values(
    work: Work,
    id: UUID,
    entries: Sequence[FairnessEntry],
    *,
    expected_version: int | None = None,
) -> FairnessAttribute:
    """Write in which groups people are, all or nobody. What was there before is replaced.

    Raises what `Work.get` raises, and Invalid with all faults.
    """
    attribute = await work.get(
        FairnessAttribute, id, to=FairnessAttribute.SET_VALUES, expected_version=expected_version
    )
    positions = {fold_case(each): n for n, each in enumerate(attribute.groups, start=1)}
    faults, checked = FaultCollector(), dict[UUID, int | None]()
    for index, each in enumerate(entries):
        with faults.collect():
            person = await work.reference(Person, each.person_id, "values", str(index), "personId")
            if person is not None and person.id == work.actor.person_id:
                raise Invalid(OWN, "values", index, "personId")
        with faults.collect():
            checked[each.person_id] = _find_position(positions, each.group, index)
    faults.raise_all()
    await _write(work, attribute, checked)
    return attribute


def _find_position(positions: Mapping[str, int], group: str | None, index: int) -> int | None:
    """Return the place of a group of the attribute; None for none. Raises Invalid."""
    if group is None:
        return None
    path = ("values", index, "group")
    text = check_required(GROUP, group, *path)
    if fold_case(text) not in positions:
        message = "The attribute has no such group. Use one of its groups, or null."
        raise Invalid(message, *path, code=Code.REFERENCE_NOT_FOUND)
    return positions[fold_case(text)]


async def _write(
    work: Work, attribute: FairnessAttribute, values: Mapping[UUID, int | None]
) -> None:
    await work.lock([attribute])
    keys = {"attribute_id": [attribute.id] * len(values), "person_id": list(values)}
    present = await work.find_records(FairnessValue, **keys)
    known = {each.person_id for each in present}
    added = [
        FairnessValue(
            tenant_id=attribute.tenant_id,
            id=uuid4(),
            attribute_id=attribute.id,
            person_id=PersonId(id),
            written_at=work.now,
        )
        for id in values
        if id not in known
    ]
    for each in (*present, *added):  # a merge can leave a person with two
        each.position, each.written_at = values[each.person_id], work.now
    work.write_records(added=added, changed=present)
    attribute.record_values()


async def compute(
    work: Work,
    id: UUID,
    attribute_id: UUID,
    favoured_from: Annotated[int, LEVEL],
    *,
    expected_version: int | None = None,
) -> ReviewCycle:
    """Compute the figures of a closed cycle by an attribute, once and for all.

    They count the reviews that are shared, and values that were written before the launch. Raises
    what `Work.get` raises, Invalid, and StateConflict where they are computed already, or where
    they would tell too much beside those of another cycle.
    """
    cycle = await work.get(
        ReviewCycle, id, to=ReviewCycle.COMPUTE_FAIRNESS, expected_version=expected_version
    )
    faults, attribute, scale = FaultCollector(), None, None
    with faults.collect():
        attribute = await work.reference(FairnessAttribute, attribute_id, "attributeId")
        assert attribute is not None, "The id is given."
    with faults.collect():
        scale = await _find_scale(work, cycle, favoured_from)
    faults.raise_all()
    assert attribute is not None, "Without a fault there is an attribute."
    assert scale is not None, "Without a fault there is a scale."
    await work.lock_value("fairness_figure.attribute_id", str(attribute.id))
    levels = await _load_levels(work, cycle.id, cycle.scale_id)
    found = await work.find_records(FairnessValue, attribute_id=[attribute.id])
    values = sorted(found, key=lambda each: each.written_at)  # the last one of a person counts
    threshold = (await load_tenant(work)).suppression_threshold
    await _check_earlier(work, cycle, attribute, levels, values, threshold)
    figures = _count(cycle, scale, levels, values, favoured_from, threshold)
    _store(work, cycle, attribute, figures, favoured_from, threshold)
    cycle.record_event("fairness_computed", fairness_attribute_id=attribute.id)
    return cycle


def _count(
    cycle: ReviewCycle,
    scale: RatingScale,
    levels: Mapping[UUID, int],
    values: Sequence[FairnessValue],
    favoured_from: int,
    threshold: int,
) -> Figures:
    """Return the figures of these levels, by the groups that were written before the launch."""
    assert cycle.launched_at is not None, "A closed cycle was launched."
    groups: dict[UUID, int | None] = {
        each.person_id: each.position for each in values if each.written_at < cycle.launched_at
    }
    return count_groups(
        [(groups.get(id), level) for id, level in levels.items()],
        [Fraction(each.value) for each in scale.levels],
        favoured_from,
        threshold,
    )


async def _find_scale(work: Work, cycle: ReviewCycle, favoured_from: int) -> RatingScale:
    """Return the scale of a cycle. Raises Invalid where it has no such level."""
    scales = await work.load_all(RatingScale, [cycle.scale_id] if cycle.scale_id else [])
    if not scales:
        raise StateConflict("This cycle has no scale of overall levels, so there are no figures.")
    if not 1 < favoured_from <= len(scales[0].levels):
        message = f"Choose a level above the lowest one, from 2 to {len(scales[0].levels)}."
        raise Invalid(message, "favouredFrom", code=Code.OUT_OF_RANGE)
    return scales[0]


async def _load_levels(work: Work, cycle_id: UUID, scale_id: UUID | None) -> dict[UUID, int]:
    """Return the levels of the reviews of a cycle that are shared, by person."""
    names = ("subject_id", "level", "is_released", "scale_id")
    rows = await work.find_values(ReviewPacket, names, cycle_id=[cycle_id])
    return {
        person_id: level
        for person_id, level, is_released, of_scale in rows
        if is_released and level is not None and of_scale == scale_id
    }


async def _check_earlier(
    work: Work,
    cycle: ReviewCycle,
    attribute: FairnessAttribute,
    levels: Mapping[UUID, int],
    values: Sequence[FairnessValue],
    threshold: int,
) -> None:
    """Check that figures of this cycle and earlier ones differ by nobody, or by enough people.

    People differ who are counted in only one of the two cycles. So do those whose value was written
    since the earlier figures; they are counted apart, so that nobody fills the first ones up by
    writing values again. Raises StateConflict.
    """
    earlier = await work.find_records(FairnessFigure, attribute_id=[attribute.id])
    if any(each.cycle_id == cycle.id for each in earlier):
        raise StateConflict("These figures are computed already. They never change.")
    for each in earlier:
        (other,) = await work.load_all(ReviewCycle, [each.cycle_id])
        counted = await _load_levels(work, other.id, other.scale_id)
        written = _find_written(values, since=other.launched_at)
        for differing in (levels.keys() ^ counted.keys(), levels.keys() & counted.keys() & written):
            if 0 < len(differing) < threshold:
                raise StateConflict(
                    f"These figures and those of another cycle differ by {len(differing)} people,"
                    " so their groups could be found out. Figures are possible when no people or at"
                    f" least {threshold} differ."
                )


def _find_written(values: Sequence[FairnessValue], since: datetime | None) -> set[UUID]:
    """Return the people whose value the earlier figures may not have counted as it is now."""
    return {each.person_id for each in values if since is None or each.written_at >= since}


def _store(
    work: Work,
    cycle: ReviewCycle,
    attribute: FairnessAttribute,
    figures: Figures,
    favoured_from: int,
    threshold: int,
) -> None:
    figure = FairnessFigure(
        tenant_id=cycle.tenant_id,
        cycle_id=cycle.id,
        attribute_id=attribute.id,
        computed_at=work.now,
        favoured_from=favoured_from,
        threshold=threshold,
        person_count=figures.count,
        hidden_count=figures.hidden,
        mean=_round(figures.mean),
        band_starts=figures.bands,
    )
    work.write_records(added=[figure])
    groups = [_build_group(figure, each, attribute.groups) for each in figures.groups]
    work.write_records(added=groups)


def _build_group(
    figure: FairnessFigure, each: GroupFigures, labels: Sequence[str]
) -> FairnessGroup:
    return FairnessGroup(
        tenant_id=figure.tenant_id,
        cycle_id=figure.cycle_id,
        figure_id=figure.id,
        position=each.position,
        label=labels[each.position - 1],
        person_count=sum(each.counts),
        band_counts=each.counts,
        mean=_round(each.mean) or Decimal(),
        gap=_round(each.gap) or Decimal(),
        favoured_count=each.outcome.favoured if each.outcome else None,
        is_reference=each.is_reference,
        impact_ratio=_round(each.ratio),
        p_value=_round(each.p),
        flip_count=each.flips,
    )


def _round(value: Fraction | None) -> Decimal | None:
    """Return a figure with 12 decimals: the only rounding, half to even."""
    return None if value is None else Decimal(round(value * 10**PLACES)).scaleb(-PLACES)
