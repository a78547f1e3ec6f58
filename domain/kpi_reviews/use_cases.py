"""Use cases of KPI reviews: planning them, and holding one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, set_attributes
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_fields, check_required
from domain.kernel.identity import PersonId
from domain.kernel.periods import ONE_DAY
from domain.kernel.unit_of_work import Work
from domain.kpi_reviews.model import KpiReview
from domain.kpi_reviews.schedule import KpiReviewSchedule, KpiReviewSubjectKind
from domain.kpi_reviews.snapshot import load_snapshot
from domain.kpis import Kpi
from domain.kpis.references import reference_owner, reference_people
from domain.recurrences import HORIZON, RULE, check_rule
from domain.scorecards import Scorecard
from domain.working_days import find_working_days

SEE_KPI = Action("see", Kpi.SEE)
CHECKED = ("rule", "starts_on", "participant_ids")
SUBJECT_TYPES: dict[KpiReviewSubjectKind, type[Aggregate]] = {
    KpiReviewSubjectKind.KPI: Kpi,
    KpiReviewSubjectKind.SCORECARD: Scorecard,
}


@dataclass(frozen=True)
class KpiReviewSubject:
    """What is reviewed, by kind and id."""

    kind: KpiReviewSubjectKind
    id: UUID


async def create_schedule(
    work: Work,
    subject: KpiReviewSubject,
    *,
    rule: str,
    starts_on: date | None = None,
    owner_id: UUID | None = None,
    participant_ids: Collection[UUID] = (),
) -> KpiReviewSchedule:
    """Plan reviews of a KPI or a scorecard, by default held by the actor.

    Raises Invalid, LimitExceeded, and NotPermitted where the actor may not edit what is reviewed.
    """
    field = f"{subject.kind}Id"
    found: Any = await work.reference(SUBJECT_TYPES[subject.kind], subject.id, "subject", field)
    schedule = _build_schedule(work, subject, owner_id)
    setattr(schedule, subject.kind, found)
    await work.require(schedule, to=KpiReviewSchedule.CREATE)
    faults = FaultCollector()
    with faults.collect():
        if is_archived(found):
            raise Invalid("This is archived. Restore it, or choose another.", "subject", field)
    with faults.collect():
        if owner_id is None and work.actor.person_id is None:
            raise Invalid("Name the owner of the reviews.", "ownerId")
        await reference_owner(work, owner_id)
    with faults.collect():
        await reference_people(work, participant_ids, "participantIds")
    with faults.collect():
        details = {"rule": rule, "starts_on": starts_on, "participant_ids": participant_ids}
        set_attributes(schedule, _check_details(work, schedule, details))
    faults.raise_all()
    working_days = await find_working_days(work, schedule.owner_id)
    schedule.plan(work.actor.today - ONE_DAY, working_days)
    schedule.record_event("created")
    await work.add(schedule, to=KpiReviewSchedule.CREATE)
    return schedule


def _build_schedule(
    work: Work, subject: KpiReviewSubject, owner_id: UUID | None
) -> KpiReviewSchedule:
    """Return a schedule without a rule."""
    return KpiReviewSchedule(
        tenant_id=work.actor.tenant_id,
        subject_kind=subject.kind,
        kpi_id=subject.id if subject.kind is KpiReviewSubjectKind.KPI else None,
        scorecard_id=subject.id if subject.kind is KpiReviewSubjectKind.SCORECARD else None,
        owner_id=PersonId(owner_id or work.actor.person_id or UUID(int=0)),
        rule="",
        starts_on=work.actor.today,
    )


async def edit_schedule(
    work: Work, id: UUID, *, expected_version: int | None = None, **details: Any
) -> KpiReviewSchedule:
    """Change the rule, the owner or the participants. A new rule plans the next day from today on.

    Raises what `Work.get` raises, Invalid and LimitExceeded.
    """
    schedule = await work.get(
        KpiReviewSchedule, id, to=KpiReviewSchedule.EDIT, expected_version=expected_version
    )
    before = (schedule.rule, schedule.starts_on)
    owner_id, faults = details.get("owner_id", schedule.owner_id), FaultCollector()
    with faults.collect():
        await reference_owner(work, owner_id if owner_id != schedule.owner_id else None)
    with faults.collect():
        ids, known = details.get("participant_ids", ()), schedule.participant_ids
        await reference_people(work, ids, "participantIds", known)
    with faults.collect():
        values = _check_details(work, schedule, details)
    faults.raise_all()
    # A query stores what has changed before it. So nothing has, and there is one new version.
    working_days = await find_working_days(work, PersonId(owner_id))
    if set_attributes(schedule, values | {"owner_id": owner_id}):
        schedule.record_event("edited")
    if (schedule.rule, schedule.starts_on) != before:
        last = schedule.last_held_on or date.min
        schedule.plan(max(work.actor.today - ONE_DAY, last), working_days)
    return schedule


async def hold(
    work: Work,
    schedule_id: UUID,
    *,
    note: str | None = None,
    decisions: Sequence[str] = (),
) -> KpiReview:
    """Hold the next review today: keep what the actor sees of the KPIs, and what is decided.

    Raises what `Work.get` raises, Invalid and LimitExceeded.
    """
    await work.reference(KpiReviewSchedule, schedule_id, "scheduleId")
    schedule = await work.get(KpiReviewSchedule, schedule_id, to=KpiReviewSchedule.HOLD)
    due_on, actor = schedule.due_on, work.actor
    kpis = await _list_kpis(work, schedule)
    working_days = await find_working_days(work, schedule.owner_id)
    review = KpiReview.create(
        actor.tenant_id,
        schedule,
        due_on or actor.today,
        actor.today,
        actor.person_id,
        note=note,
        decisions=decisions,
    )
    schedule.hold(actor.today, working_days)
    await work.add(review, to=KpiReview.HOLD)
    snapshot = await load_snapshot(work, kpis)
    entries = [snapshot.build_entry(review.id, place, kpi) for place, kpi in enumerate(kpis)]
    work.write_records(added=entries)
    return review


async def _list_kpis(work: Work, schedule: KpiReviewSchedule) -> list[Kpi]:
    """Return the KPIs to look at that the actor sees. Raises StateConflict for what is archived."""
    about: Any = await work.reference(Kpi, schedule.kpi_id, "id")
    about = about or await work.reference(Scorecard, schedule.scorecard_id, "id")
    if is_archived(about):
        raise StateConflict("What is reviewed is archived. Restore it, or end the schedule.")
    if schedule.kpi_id is not None:
        return [about]
    ids = [each.kpi_id for each in about.entries]
    by_id = {each.id: each for each in await work.load_all(Kpi, ids)}
    return [by_id[id] for id in ids if await work.is_permitted(by_id[id], to=SEE_KPI)]


def is_archived(about: Any) -> bool:
    """Return whether a KPI or a scorecard is out of use."""
    return (about.state if isinstance(about, Kpi) else about.status) == "archived"


def _check_details(
    work: Work, schedule: KpiReviewSchedule, details: Mapping[str, Any]
) -> dict[str, Any]:
    """Return checked attributes of a schedule. Raises Invalid and LimitExceeded."""
    values = {name: each for name, each in details.items() if name in CHECKED and each is not None}
    faults, starts_on, today = FaultCollector(), schedule.starts_on, work.actor.today
    with faults.collect():
        starts_on = values.get("starts_on", starts_on)
        is_new = starts_on != schedule.starts_on
        if is_new and not today <= starts_on <= today + HORIZON:
            message = "Choose today or a later day, in the next ten years."
            raise Invalid(message, "startsOn", code=Code.OUT_OF_RANGE)
    with faults.collect():
        text = check_required(RULE, values.get("rule", schedule.rule), "rule")
        values["rule"] = check_rule(text, min(starts_on, today + HORIZON), "rule")
    with faults.collect():
        values |= (
            check_fields(KpiReviewSchedule, {"participant_ids": values["participant_ids"]})
            if "participant_ids" in values
            else {}
        )
    faults.raise_all()
    return values
