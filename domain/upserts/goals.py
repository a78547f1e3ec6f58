"""Upserts of goals: the fields of a row, and the verbs that apply them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain import goals
from domain.goals import Goal, GoalStatus, Owner, OwnerKind
from domain.goals.model import CLOSED_STATUSES
from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid, Refusal, StateConflict
from domain.kernel.faults import list_faults
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import Change, PendingReference, Row, RowField, RowKind, attribute_field
from domain.kernel.upserts.declaration import Values
from domain.organizations import Organization
from domain.people import Person
from domain.teams import Team
from domain.upserts import custom_values

TEXTS = ("title", "description", "purpose", "visibility", "starts_on", "due_on")
OWNERS = {f"owner_{each}": each for each in OwnerKind}
"""The fields that name an owner. A goal has one owner, of one of these kinds."""
STATUS = ("status", "closing_note")
IS_KEPT = "is_kept"
"""Stands for the goal itself, for those who undo a run: no row has it."""
UNDONE = "A sync run was undone."


@dataclass(kw_only=True, eq=False)
class PendingGoalReference(PendingReference):
    """A goal that waits for its parent. It is deleted with the goal."""

    NAME = "pending_goal_reference"


async def _create(work: Work, values: Values, _: Row) -> Goal:
    given: dict[str, Any] = {name: each for name, each in values.items() if each is not None}
    status, note = given.pop("status", GoalStatus.DRAFT), given.pop("closing_note", None)
    named = {name: given.pop(name) for name in OWNERS if name in given}
    custom = given.pop(custom_values.NAME, None)
    parent_id, owner = given.pop("parent", None), _find_owner(named)
    with _at_owner(owner):
        goal = await goals.create(work, owner, parent_id=parent_id, allows_closed=True, **given)
    await custom_values.create_row_values(work, goal, custom)
    await work.require(goal, to=Goal.ADD_EXTERNAL_REFERENCE)
    _set_status(work, goal, status, note)
    return goal


async def _edit(work: Work, goal: Goal, values: Values, _: Row) -> None:
    await goals.edit(work, goal.id, **values)


async def _reassign(work: Work, goal: Goal, values: Values, row: Row) -> None:
    given = [name for name in OWNERS if (each := row.values.get(name)) and not each.is_empty]
    owner = _find_owner({name: values.get(name) for name in given})
    with _at_owner(owner):
        await goals.reassign(work, goal.id, owner)


async def _align(work: Work, goal: Goal, values: Values, row: Row) -> None:
    """Align a goal. Rows come in any order, so that its first parent may come after its end."""
    to = Action("align", Goal.ALIGN.rule) if row.is_first or row.undoes else Goal.ALIGN
    await goals.align(work, goal.id, parent_id=values["parent"], to=to, allows_closed=True)


async def _begin(work: Work, goal: Goal, _: Values, row: Row) -> None:
    """Activate a draft, or reopen a closed goal, so that it can be changed and closed again."""
    status = row.values.get("status", goal.status)
    if status is GoalStatus.DRAFT and goal.status is not status:
        message = "The goal has begun, and is no draft any more. Leave the status out."
        raise StateConflict(message, "status")
    if goal.status is GoalStatus.DRAFT and status is not GoalStatus.DRAFT:
        found = await work.get(Goal, goal.id, to=Goal.ACTIVATE)
        found.activate()
    elif goal.status in CLOSED_STATUSES and "status" in row.values:
        await goals.reopen(work, goal.id)


async def _close(work: Work, goal: Goal, values: Values, _: Row) -> None:
    found = await work.get(Goal, goal.id, to=Goal.EDIT)
    _set_status(work, found, values.get("status", found.status), values.get("closing_note"))


def _set_status(work: Work, goal: Goal, status: GoalStatus, note: str | None) -> None:
    """Give an open goal a status by its verbs. Raises Invalid."""
    if goal.status is GoalStatus.DRAFT and status is not GoalStatus.DRAFT:
        goal.activate()
    if status is GoalStatus.ACHIEVED:
        goal.achieve(note, at=work.now)
    elif status is GoalStatus.MISSED:
        goal.mark_missed(note or "", at=work.now)
    elif status is GoalStatus.ABANDONED:
        goal.abandon(note or "", at=work.now)
    elif note is not None:
        message = "Only a closed goal has a closing note. Leave it out, or close the goal."
        raise Invalid(message, "closingNote", code=Code.INCONSISTENT)


async def _restore_status(work: Work, goal: Goal, values: Values, row: Row) -> None:
    """Give a goal its earlier status."""
    if values.get("status", goal.status) is GoalStatus.DRAFT:
        if goal.status in CLOSED_STATUSES:
            await goals.reopen(work, goal.id)
        found = await work.get(Goal, goal.id, to=Goal.EDIT)
        found.withdraw_activation()
    else:
        await _begin(work, goal, values, row)


async def _discard(work: Work, goal: Goal, _: Values, __: Row) -> None:
    """Delete a draft that a run has made, with its references."""
    found = await work.get(Goal, goal.id, to=Goal.REMOVE_EXTERNAL_REFERENCE)
    for each in [*found.references]:
        found.remove_external_reference(each.source)
    await goals.discard(work, goal.id)


def _build_end(goal: Goal, _: date) -> Values:
    """Return the values of a goal that should not have been made: few have seen a draft."""
    if goal.status is GoalStatus.DRAFT:
        return {IS_KEPT: False}
    return {"parent": None, "status": GoalStatus.ABANDONED, "closing_note": UNDONE}


def _find_owner(named: Values) -> Owner:
    """Return the one owner that is named. Raises Invalid."""
    if len(named) != 1:
        message = (
            "A goal has one owner. Name one of `ownerPerson`, `ownerTeam`, `ownerOrganization`."
        )
        code = Code.INCONSISTENT if named else Code.REQUIRED
        raise Invalid(message, "ownerPerson", code=code)
    ((name, id),) = named.items()
    return Owner(OWNERS[name], id)


@contextmanager
def _at_owner(owner: Owner) -> Iterator[None]:
    """Let what is wrong with an owner be wrong with the field of the row that names it."""
    try:
        yield
    except Refusal as refusal:
        for each in list_faults(refusal):
            if each.field[:1] == ("owner",):
                each.field = (f"owner{owner.kind.title()}",)
        raise


GOAL_ROWS = RowKind(
    aggregate=Goal,
    change_action=Goal.EDIT,
    creation_permissions=(Permission.GOALS_MANAGE,),
    parent="parent",
    tree="goals_above",
    pending=PendingGoalReference,
    fields=(
        attribute_field("title", Goal, is_required=True),
        *(attribute_field(name, Goal) for name in TEXTS[1:4]),
        attribute_field("starts_on"),
        attribute_field("due_on", is_required=True),
        RowField(
            "owner_person",
            lambda goal, _: goal.owner_person_id,
            refers_to=Person,
            is_required=True,
            alternatives=("owner_team", "owner_organization"),
        ),
        RowField("owner_team", lambda goal, _: goal.owner_team_id, refers_to=Team),
        RowField(
            "owner_organization",
            lambda goal, _: goal.owner_organization_id,
            refers_to=Organization,
        ),
        RowField("parent", lambda goal, _: goal.parent_id, refers_to=Goal, defers=Goal.ALIGN),
        attribute_field("status", Goal),
        attribute_field("closing_note", Goal),
        custom_values.build_row_field(Goal),
    ),
    create=_create,
    changes=(
        Change(STATUS, _begin, undo=_restore_status),
        Change(TEXTS, _edit),
        custom_values.WRITE,
        Change(tuple(OWNERS), _reassign),
        Change(("parent",), _align),
        Change(STATUS, _close),
        Change((IS_KEPT,), _discard),
    ),
    companions=(RowField(IS_KEPT, lambda *_: True, graph_name="id"),),
    paths={"note": "closingNote"},
    together=STATUS,
    end=_build_end,
)
