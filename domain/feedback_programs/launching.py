"""The launch of a program: the form, the raters with their groups, and the key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.ballots import deal_batches
from domain.feedback import RESPONDENT_NAME
from domain.feedback_programs.enums import (
    ALL,
    COUNTED,
    EXTERNAL,
    MANAGER,
    SELF,
    FeedbackProgramAudience,
    FeedbackProgramMode,
    FeedbackProgramStatus,
    RaterGroup,
)
from domain.feedback_programs.forms import check_template, load_form
from domain.feedback_programs.groups import Relationships, build_cells, load_relationships
from domain.feedback_programs.model import FeedbackProgram
from domain.feedback_programs.records import FeedbackProgramRater
from domain.feedback_programs.wording import explain
from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_required
from domain.kernel.identity import PersonId
from domain.kernel.periods import ONE_DAY
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews import ReviewTemplate
from domain.revisions import reference_published

MAX_RATERS = 100
MAX_OUTSIDE = 20
"""How many raters without an account a program has at most."""

SEE_PERSON = Action("see", Person.SEE)
TOO_MANY = f"A program has at most {MAX_RATERS} raters."
LEFT = "This person has left. Choose another person."


@dataclass(frozen=True)
class NamedRater:
    """A rater whom HR names. Without a group, line and teams of today decide."""

    person_id: UUID
    group: RaterGroup | None = None


@dataclass(frozen=True)
class Asked:
    """Whom HR asks: people, by default those of the line and teams, and names of others outside."""

    named: Sequence[NamedRater] | None = None
    outside: Sequence[str] = ()


async def build_program(
    work: Work,
    subject_id: UUID,
    template_id: UUID,
    asked: Asked,
    **details: Any,
) -> tuple[FeedbackProgram, list[FeedbackProgramRater]]:
    """Return a program with its raters, which are not stored yet.

    Raises NotPermitted, and Invalid or LimitExceeded with all faults.
    """
    subject = await work.reference(Person, subject_id, "subjectId")
    assert subject is not None, "The id is given."
    await authorize(work, subject)
    faults = FaultCollector()
    with faults.collect():
        await _check_subject(work, subject)
    with faults.collect():
        program = FeedbackProgram.launch(
            work.actor.tenant_id,
            PersonId(subject_id),
            template_id,
            today=work.actor.today,
            **details,
        )
    with faults.collect():
        template = await reference_published(work, ReviewTemplate, template_id, "templateId")
        assert template is not None, "The id is given."
        form = await load_form(work, template)
        check_template(template, form, details["mode"])
    with faults.collect():
        groups = await _choose_raters(work, subject_id, asked)
    with faults.collect():
        names = _check_names(asked.outside)
    faults.raise_all()
    program.explanation = explain(program, asks_outside=bool(names))
    program.ballot_length = form.ballot_length
    return program, invite(program, groups, names)


async def authorize(work: Work, subject: Person) -> None:
    """Raise NotPermitted where the actor may launch no program about a person."""
    example = FeedbackProgram(
        tenant_id=work.actor.tenant_id,
        subject_id=PersonId(subject.id),
        template_id=UUID(int=0),
        title="",
        mode=FeedbackProgramMode.IDENTIFIED,
        audience=FeedbackProgramAudience.SUBJECT,
        closes_on=work.actor.today,
    )
    await work.require(example, to=FeedbackProgram.LAUNCH)


async def propose(work: Work, subject_id: UUID) -> dict[UUID, RaterGroup]:
    """Return who stands next to a person, with the groups: those whom the actor sees.

    Raises Invalid and NotPermitted.
    """
    subject = await work.reference(Person, subject_id, "subjectId")
    assert subject is not None, "The id is given."
    await authorize(work, subject)
    return await _propose(work, await load_relationships(work, subject_id))


async def _propose(work: Work, near: Relationships) -> dict[UUID, RaterGroup]:
    found, proposed = dict[UUID, RaterGroup](), near.propose()
    for person in await work.load_all(Person, sorted(proposed), keeps_state=True):
        has_left = person.has_left(work.actor.today)
        if not has_left and await work.is_permitted(person, to=SEE_PERSON):
            found[person.id] = proposed[person.id]
    return found


async def _check_subject(work: Work, subject: Person) -> None:
    """Raise Invalid for somebody who has left, and while another program about them is open.

    Two at a time with almost the same raters would differ by what a single one answers.
    """
    if subject.has_left(work.actor.today):
        raise Invalid(LEFT, "subjectId")
    await work.lock_value("feedback_programs.subject_id", str(subject.id))
    status = [FeedbackProgramStatus.OPEN]
    found = await work.find_values(FeedbackProgram, ("id",), subject_id=[subject.id], status=status)
    if found:
        message = "A program about this person is open. Wait for its end, close it, or cancel it."
        raise Invalid(message, "subjectId", code=Code.NOT_UNIQUE)


async def _choose_raters(work: Work, subject_id: UUID, asked: Asked) -> Mapping[UUID, RaterGroup]:
    """Return the raters with their groups. Raises Invalid and LimitExceeded."""
    near = await load_relationships(work, subject_id)
    if asked.named is None:
        groups = await _propose(work, near)
    else:
        groups = await _check(work, near, asked.named)
    if len(groups) + len(asked.outside) > MAX_RATERS:
        raise LimitExceeded(f"{TOO_MANY} Name the people to ask.", "raters")
    if not asked.outside and not {*groups.values()} - {SELF}:
        raise Invalid("Only the person would be asked. Name other raters.", "raters")
    return groups


async def _check(
    work: Work, near: Relationships, named: Sequence[NamedRater]
) -> dict[UUID, RaterGroup]:
    today, faults, groups = work.actor.today, FaultCollector(), dict[UUID, RaterGroup]()
    above = await work.managers_between(near.subject_id, today, today + ONE_DAY)
    for index, each in enumerate(named):
        path = ("raters", str(index))
        with faults.collect():
            person = await work.reference(Person, each.person_id, *path, "personId")
            if person is not None and person.has_left(today):
                raise Invalid(LEFT, *path, "personId")
            group = each.group or near.find_group(each.person_id)
            groups[each.person_id] = group
            _check_group(near, each.person_id, group, above, *path)
    faults.raise_all()
    return groups


def _check_group(
    near: Relationships, person_id: UUID, group: RaterGroup, above: Any, *path: str
) -> None:
    if (group is SELF) is not (person_id == near.subject_id):
        raise Invalid(
            "SELF is for the person alone, in no other group. Choose another group.", *path, "group"
        )
    if group is MANAGER and person_id not in above:
        message = "MANAGER is for those above the person today. Choose another group."
        raise Invalid(message, *path, "group")
    if group is EXTERNAL:
        message = "EXTERNAL is for people without an account. Name them in externalRaters."
        raise Invalid(message, *path, "group")
    if group is ALL:
        raise Invalid("ALL is for results only. Choose another group.", *path, "group")


def _check_names(names: Sequence[str]) -> list[str]:
    """Return the names of raters outside. Raises Invalid with all faults, and LimitExceeded."""
    if len(names) > MAX_OUTSIDE:
        message = f"A program asks at most {MAX_OUTSIDE} people without an account."
        raise LimitExceeded(message, "externalRaters")
    faults, checked = FaultCollector(), list[str]()
    for index, each in enumerate(names):
        path = ("externalRaters", str(index), "name")
        with faults.collect():
            name = check_required(RESPONDENT_NAME, each, *path)
            if name.casefold() in {other.casefold() for other in checked}:
                message = "Another rater has this name. Add what tells the two apart."
                raise Invalid(message, *path, code=Code.NOT_UNIQUE)
            checked.append(name)
    faults.raise_all()
    return checked


def invite(
    program: FeedbackProgram, groups: Mapping[UUID, RaterGroup], outside: Sequence[str] = ()
) -> list[FeedbackProgramRater]:
    """Return the raters of a program, and count them. Raises Invalid where they are too few."""
    everybody = [*groups.values(), *(EXTERNAL for _ in outside)]
    cells = {each: each for each in RaterGroup}
    if not program.is_identified:
        built = build_cells(everybody, program.leasts)
        if built is None:
            message = (
                "Beside the person and the manager there are too few raters: nothing of what they"
                " answer could be shown. Name two more than the least number, or lower it."
            )
            raise Invalid(message, "raters")
        cells |= built
    program.rater_ids = {PersonId(each) for each in groups}
    program.invited_count = sum(each in COUNTED for each in everybody)
    people = [(PersonId(id), None, group) for id, group in sorted(groups.items())]
    raters = [
        FeedbackProgramRater(
            tenant_id=program.tenant_id,
            feedback_program_id=program.id,
            person_id=person_id,
            respondent_name=name,
            rater_group=group,
            shown_as=cells[group],
            closes_on=program.closes_on,
        )
        for person_id, name, group in [*people, *((None, name, EXTERNAL) for name in outside)]
    ]
    deal_batches(raters, program.batch_size)
    return raters
