"""Explaining and previewing to an actor what somebody sees and may do. The audit log keeps it."""

from typing import Any
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Code, Invalid, NotPermitted
from domain.kernel.explanations import AccessExplanation
from domain.kernel.faults import FaultCollector
from domain.kernel.unit_of_work import Work
from domain.members import Member, MemberStatus
from domain.people import Person

SEE = Action("see", Member.SEE)
EXPLAINED = "access_explained"
PREVIEWED = "access_previewed"


async def explain_access(
    work: Work, person_id: UUID, kind: type[Aggregate], subject_id: UUID, to: Action | None
) -> tuple[Member, AccessExplanation]:
    """Return a person's account, and why they can or cannot do something to an object.

    A question about somebody else is recorded at their account. Raises Invalid, also for a person
    whose account the actor does not see, and for an object that the actor does not see. Raises
    NotPermitted.
    """
    account = await _get_account(work, person_id, Member.EXPLAIN)
    await work.require(account, to=Member.EXPLAIN)
    faults = FaultCollector()
    with faults.collect():
        await work.reference(kind, subject_id, "nodeId")
    with faults.collect():
        if to is None:
            message = "Such objects have no such action. `permissionMatrix` lists their actions."
            raise Invalid(message, "action")
    faults.raise_all()
    assert to is not None, "Its absence is a fault."
    explained = await work.explain(person_id, kind, subject_id, to=to)
    assert explained is not None, "The actor sees the object."
    if person_id != work.actor.person_id:
        asked: dict[str, Any] = {f"{kind.NAME}_id": subject_id}
        account.record_event(EXPLAINED, details={"asked_action": to.name}, **asked)
    return account, explained


async def preview_access(work: Work, person_id: UUID) -> Member:
    """Return the account of a person as whom the actor may read, which is recorded there.

    Raises Invalid, also for a person whose account the actor does not see, and NotPermitted.
    """
    account = await _get_account(work, person_id, Member.PREVIEW)
    await work.require(account, to=Member.PREVIEW)
    if account.status is not MemberStatus.ACTIVE:
        message = "This person cannot sign in now, so they see nothing. Choose another person."
        raise Invalid(message, "personId", code=Code.INVALID)
    account.record_event(PREVIEWED)
    return account


async def _get_account(work: Work, person_id: UUID, to: Action) -> Member:
    """Return the account of a person that the actor may ask about. Raises Invalid, NotPermitted."""
    await work.reference(Person, person_id, "personId")
    account = await work.find(Member, person_id=person_id)
    if account is None or not await work.is_permitted(account, to=SEE):
        message = "This person has no account that you may see. Choose another person."
        raise Invalid(message, "personId", code=Code.REFERENCE_NOT_FOUND)
    if not await work.is_permitted(account, to=to):
        raise NotPermitted("You may see this account, but you may not ask about its rights.")
    return account
