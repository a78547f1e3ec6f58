"""Schedules of feedback programs: one program about each person of a unit, on days by a rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.feedback_programs import policy
from domain.feedback_programs.enums import (
    FeedbackProgramAudience,
    FeedbackProgramMode,
    FeedbackProgramPopulation,
)
from domain.feedback_programs.forms import check_template, load_form
from domain.feedback_programs.launching import Asked, build_program
from domain.feedback_programs.model import DEFAULT_DAYS, DEFAULT_LEAST, MAX_DAYS, FeedbackProgram
from domain.feedback_programs.model import build_least_rule as _least
from domain.feedback_programs.use_cases import store
from domain.kernel.actions import Action
from domain.kernel.background_tasks import BackgroundTask, TaskHandler
from domain.kernel.errors import Refusal
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import EDITABLE, MultiLine, SingleLine, WholeNumber, new_values
from domain.kernel.identity import OrganizationId
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from domain.people.staff import list_staff, select_managers
from domain.recurrences import RULE, RecurrenceStatus, Recurring, RecurringTasks, SkipReason
from domain.recurrences.model import ACTIVE, EVENTS, check_recurrence
from domain.reviews import ReviewTemplate
from domain.revisions import reference_published

LAUNCH = "feedback_programs.launch"
"""The kind of the task that launches the program about one person."""

TERMS = ("title", "introduction", "mode", "audience", "least_peers", "least_reports")
TITLE = SingleLine("The title", max_length=200)
INTRODUCTION = MultiLine("The introduction", 4_000)
OPEN_DAYS = WholeNumber("The number of days", 1, MAX_DAYS)
PERMISSIONS = frozenset({Permission.REVIEWS_MANAGE, Permission.DIRECTORY_READ})


@dataclass(kw_only=True, eq=False)
class FeedbackProgramSchedule(Recurring):
    """Launches a program about each person of a unit on each day of a rule.

    Raters are those of the primary lines and teams of the day. Its form, mode, audience and least
    numbers never change.
    """

    NAME = "feedback_program_schedule"
    LABEL = "schedule of programs"
    OWNER_ATTRIBUTES = policy.SCHEDULE_OWNER
    SEE = policy.MANAGE_SCHEDULE
    SEE_HISTORY = policy.MANAGE_SCHEDULE
    KNOWN_FACTS = frozenset({"organization_id", "status"})
    CREATE: ClassVar = Action("create", policy.MANAGE_SCHEDULE)
    EDIT: ClassVar = Action("edit", policy.MANAGE_SCHEDULE, ACTIVE)
    END: ClassVar = Action("end", policy.MANAGE_SCHEDULE, ACTIVE)
    ACTIONS = (EDIT, END)
    EVENTS = EVENTS
    SEARCH_ATTRIBUTES = ("title",)

    title: Annotated[str, TITLE, EDITABLE]
    introduction: Annotated[str | None, INTRODUCTION, EDITABLE] = None
    organization_id: OrganizationId | None = None
    population: Annotated[FeedbackProgramPopulation, EDITABLE]
    template_id: UUID
    mode: Annotated[FeedbackProgramMode, EDITABLE]
    audience: Annotated[FeedbackProgramAudience, EDITABLE]
    open_days: Annotated[int, OPEN_DAYS, EDITABLE] = DEFAULT_DAYS
    least_peers: Annotated[int, _least("peers"), EDITABLE] = DEFAULT_LEAST
    least_reports: Annotated[int, _least("reports"), EDITABLE] = DEFAULT_LEAST
    least_others: Annotated[int, _least("others"), EDITABLE] = DEFAULT_LEAST
    rule: Annotated[str, RULE]
    starts_on: date
    recurs_on: date | None = None
    last_occurred_on: date | None = None
    skipped_on: date | None = None
    skip_reason: SkipReason | None = None
    status: RecurrenceStatus = ACTIVE

    def list_terms(self) -> dict[str, Any]:
        """Return what each of its programs has from it."""
        return {name: getattr(self, name) for name in (*TERMS, "least_others")}


async def create_schedule(
    work: Work,
    organization_id: UUID | None,
    template_id: UUID,
    *,
    rule: str,
    starts_on: date | None = None,
    **details: Any,
) -> FeedbackProgramSchedule:
    """Launch programs about the people of a unit on each day of a rule; the first may be today.

    Raises NotPermitted, and Invalid with all faults.
    """
    await work.reference(Organization, organization_id, "organizationId")
    unit_id = None if organization_id is None else OrganizationId(organization_id)
    ids: dict[str, Any] = {"tenant_id": work.actor.tenant_id, "organization_id": unit_id}
    await work.require(_build_example(ids, work.actor.today), to=FeedbackProgramSchedule.CREATE)
    faults, values, planned = FaultCollector(), dict[str, Any](), dict[str, Any]()
    with faults.collect():
        values = new_values(FeedbackProgramSchedule, details)
    with faults.collect():
        planned |= check_recurrence(rule, starts_on, work.actor.today)
    with faults.collect():
        template = await reference_published(work, ReviewTemplate, template_id, "templateId")
        assert template is not None, "The id is given."
        check_template(template, await load_form(work, template), details["mode"])
    faults.raise_all()
    schedule = FeedbackProgramSchedule(**ids, template_id=template_id, **values, **planned)
    schedule.record_event("created")
    await work.add(schedule, to=FeedbackProgramSchedule.CREATE)
    await SCHEDULES.enqueue(work, schedule)
    return schedule


def _build_example(ids: Mapping[str, Any], today: date) -> FeedbackProgramSchedule:
    """Return a schedule that shows who may create one there."""
    return FeedbackProgramSchedule(
        **ids,
        template_id=UUID(int=0),
        title="",
        population=FeedbackProgramPopulation.MANAGERS,
        mode=FeedbackProgramMode.ANONYMOUS,
        audience=FeedbackProgramAudience.SUBJECT,
        rule="",
        starts_on=today,
    )


async def _ask_about_all(work: Work, schedule: FeedbackProgramSchedule, day: date) -> None:
    """Let workers launch the program of each person, in a transaction of its own."""
    ids = [id for id, _ in await list_staff(work, schedule.organization_id)]
    if schedule.population is FeedbackProgramPopulation.MANAGERS:
        ids = await select_managers(work, ids)
    for id in ids:
        arguments = {"schedule_id": str(schedule.id), "person_id": str(id), "day": str(day)}
        work.enqueue(BackgroundTask(LAUNCH, arguments, f"{schedule.id} {id}"))


async def launch_due(work: Work, *, schedule_id: str, person_id: str, day: str) -> None:
    """Launch the program about one person, once for each day of the schedule.

    A person for whom it is refused has none: somebody with too few raters, about whom a program is
    open, or who has left.
    """
    (schedule,) = await work.load_all(FeedbackProgramSchedule, [UUID(schedule_id)], locks=True)
    occurs_on, subject_id = date.fromisoformat(day), UUID(person_id)
    keys: dict[str, list[Any]] = {"schedule_id": [schedule.id], "subject_id": [subject_id]}
    if await work.find_values(FeedbackProgram, ("id",), **keys, occurs_on=[occurs_on]):
        return
    closes_on = work.actor.today + timedelta(days=schedule.open_days - 1)
    terms = schedule.list_terms() | {"closes_on": closes_on}
    try:
        template_id = schedule.template_id
        program, raters = await build_program(work, subject_id, template_id, Asked(), **terms)
    except Refusal:
        return
    program.schedule_id, program.occurs_on = schedule.id, occurs_on
    await store(work, program, raters)


SCHEDULES = RecurringTasks(
    "feedback_programs.recur", FeedbackProgramSchedule, _ask_about_all, PERMISSIONS
)
SCHEDULE_HANDLERS: Mapping[str, TaskHandler] = {
    **SCHEDULES.list_handlers(),
    LAUNCH: TaskHandler(launch_due, PERMISSIONS),
}
