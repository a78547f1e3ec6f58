"""A new identity provider for many members: their subjects change together, or not at all."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid, NotPermitted, Refusal
from domain.kernel.faults import FaultCollector, raise_faults
from domain.kernel.fields import check_required
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.members.model import SUBJECT, Member
from domain.members.use_cases import find_unheld_roles
from domain.roles import TENANT_ADMIN, Role
from domain.self_appointment import authorize, check_reason

MAX_SUBJECT_CHANGES = 250
SEE = Action("see", Member.SEE)
CONFIRMATION = "confirmsOwnAccess"


@dataclass(frozen=True)
class SubjectChange:
    """A member, by id or by the present subject, and the new subject."""

    new_subject: str
    member_id: UUID | None = None
    subject: str | None = None


@dataclass(frozen=True)
class SubjectDifference:
    """The subject of a member before and after."""

    member_id: UUID
    before: str
    after: str


@dataclass(frozen=True)
class ChangedSubjects:
    """What a request changes, and whether the actor or all admins then sign in differently."""

    differences: Sequence[SubjectDifference]
    needs_confirmation: bool


@dataclass(frozen=True)
class _Row:
    """A member with the new subject, and the field of the input that names both."""

    member: Member
    new_subject: str
    field: tuple[str, ...]


async def change_subjects(
    work: Work,
    changes: Sequence[SubjectChange],
    *,
    confirms_own_access: bool = False,
    self_appointment_reason: str | None = None,
    is_dry_run: bool = False,
) -> ChangedSubjects:
    """Change the subjects of many members in one transaction; they may swap theirs.

    Raises Invalid with the faults of all rows, and NotPermitted: also with SELF_APPOINTMENT for a
    member with a role that grants what the actor does not hold.
    """
    _require_some_right(work)
    await work.lock_value(Member.NAME, "subjects")  # Two swaps at once would read half of each.
    work.begin_step()
    faults = FaultCollector()
    rows = await _find_rows(work, changes, faults)
    with faults.collect():
        reason = check_reason(self_appointment_reason)
    faults.raise_all()
    changed = [each for each in rows if each.new_subject != each.member.subject]
    await _authorize(work, changed, reason)
    await _require_free(work, rows, {each.member.id for each in changed})
    found = ChangedSubjects(
        [SubjectDifference(e.member.id, e.member.subject, e.new_subject) for e in changed],
        await _concerns_own_access(work, changed),
    )
    if is_dry_run:
        await work.undo_step()
    else:
        await _store(work, changed, found, confirms_own_access=confirms_own_access)
    return found


async def _store(
    work: Work, changed: Sequence[_Row], found: ChangedSubjects, *, confirms_own_access: bool
) -> None:
    """Give the members their new subjects. Raises Invalid without the confirmation that it needs.

    No two rows may have one subject at any moment, also while members swap theirs.
    """
    if found.needs_confirmation and not confirms_own_access:
        message = (
            "This changes how you or all tenant admins sign in. Test a token of the new provider"
            " with `issuerTest`, then send `confirmsOwnAccess: true`."
        )
        raise Invalid(message, CONFIRMATION, code=Code.REQUIRED)
    await work.clear_values(Member, "subject", [each.member.id for each in changed])
    for each in changed:
        each.member.change_subject(each.new_subject)


def _require_some_right(work: Work) -> None:
    """Refuse who may change the subject of nobody, before any fault is reported."""
    if not any(each.permission is Permission.MEMBERS_MANAGE for each in work.actor.grants):
        raise NotPermitted("You may not change how members sign in. Ask an admin.")


async def _find_rows(
    work: Work, changes: Sequence[SubjectChange], faults: FaultCollector
) -> list[_Row]:
    """Return the rows without faults, with their members. Raises NotPermitted."""
    members = await _load_members(work, changes)
    rows, seen = list[_Row](), set[UUID]()
    for number, each in enumerate(changes):
        field, member = ("changes", str(number)), None
        with faults.collect():
            member = await _find_changeable(work, members, each, *field, "member")
            if member.id in seen:
                message = "An earlier row is about this member. Leave one of them out."
                raise Invalid(message, *field, code=Code.NOT_UNIQUE)
            seen.add(member.id)
        with faults.collect():
            new_subject = check_required(SUBJECT, each.new_subject, *field, "newSubject")
            if member is not None:
                rows.append(_Row(member, new_subject, field))
    return rows


async def _load_members(
    work: Work, changes: Sequence[SubjectChange]
) -> Mapping[UUID | str, Member]:
    """Return the members that rows name, by id and by subject, also invisible ones."""
    subjects = set[str]()
    for each in changes:
        with suppress(Invalid):  # which is reported with its row
            subjects.add(check_required(SUBJECT, each.subject))
    ids = {each.member_id for each in changes if each.member_id is not None}
    found: dict[UUID | str, Member] = {
        each.id: each for each in await work.load_all(Member, sorted(ids))
    }
    found.update(await work.load_holders(Member, "subject", sorted(subjects)))
    return found


async def _find_changeable(
    work: Work, members: Mapping[UUID | str, Member], change: SubjectChange, *field: str
) -> Member:
    """Return a member whose subject the actor may change. Raises Invalid and NotPermitted."""
    if change.member_id is not None:
        field, found = (*field, "id"), members.get(change.member_id)
    else:
        field = (*field, "subject")
        found = members.get(check_required(SUBJECT, change.subject, *field))
    if found is None or not await work.is_permitted(found, to=SEE):
        message = "You see no such member. Look at the list of members again."
        raise Invalid(message, *field, code=Code.REFERENCE_NOT_FOUND)
    if not await work.is_permitted(found, to=Member.CHANGE_SUBJECT):
        message = "You may not change how this member signs in. Ask an admin."
        raise NotPermitted(message, *field)
    if found.is_service_client or not Member.CHANGE_SUBJECT.may_start(found):
        message = "Only the subject of a person who has used the account can change."
        raise Invalid(message, *field, code=Code.INCONSISTENT)
    return found


async def _authorize(work: Work, rows: Sequence[_Row], reason: str | None) -> None:
    """Refuse members who have a role that grants what the actor does not hold.

    Raises NotPermitted for each of them, with SELF_APPOINTMENT, and Invalid without a reason.
    """
    refusals = list[Refusal]()
    are_unheld = dict[frozenset[tuple[UUID, UUID | None]], bool]()  # many have the same roles
    for each in rows:
        roles = frozenset((held.role_id, held.organization_id) for held in each.member.assignments)
        if roles not in are_unheld:
            are_unheld[roles] = bool(await find_unheld_roles(work, each.member))
        if are_unheld[roles]:
            try:
                await authorize(work, each.member, reason, *each.field)
            except NotPermitted as refusal:
                refusals.append(refusal)
    raise_faults(refusals)


async def _require_free(work: Work, rows: Sequence[_Row], leaving: Collection[UUID]) -> None:
    """Refuse subjects that two rows name, or that a member keeps. Raises Invalid with all faults.

    `leaving` are the members that get another subject.
    """
    holders = await work.load_holders(Member, "subject", [each.new_subject for each in rows])
    kept = {subject for subject, member in holders if member.id not in leaving}
    faults, named = FaultCollector(), set[str]()
    for each in rows:
        field = (*each.field, "newSubject")
        with faults.collect():
            if each.new_subject in named:
                message = "An earlier row has this subject, too. Choose another."
                raise Invalid(message, *field, code=Code.NOT_UNIQUE)
            named.add(each.new_subject)
            if each.new_subject in kept and each.member.subject != each.new_subject:
                message = (
                    "Another member has this subject. Choose another, or change that member, too."
                )
                raise Invalid(message, *field, code=Code.NOT_UNIQUE)
    faults.raise_all()


async def _concerns_own_access(work: Work, rows: Sequence[_Row]) -> bool:
    """Return whether the actor, or each tenant admin, would sign in by another subject."""
    if work.actor.member_id in {each.member.id for each in rows}:
        return True
    admin = await work.find(Role, key=TENANT_ADMIN)
    admins = set(await work.role_holders(admin.id, after=work.actor.today)) if admin else set()
    return bool(admins) and admins <= {each.member.person_id for each in rows}
