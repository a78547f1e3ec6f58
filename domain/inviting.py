"""Inviting people to sign in, and accepting an invitation with a token of an unknown subject."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from domain.access_requests import refuse_new_role
from domain.issuers import Issuer, build_subject_prefix
from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid, NotPermitted
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import SingleLine, WholeNumber, email_rule
from domain.kernel.guarded_values import NoneOrAfter
from domain.kernel.identity import MemberId, OrganizationId, PersonId
from domain.kernel.text import fold_email
from domain.kernel.unit_of_work import Work
from domain.members import LASTING, Invitation, Member, MemberStatus, RoleAssignment
from domain.organizations import Organization
from domain.people import Person
from domain.roles import Role
from domain.self_appointment import authorize, check_reason, find_unheld

CODE_PREFIX = "trellis_invitation_"
CODE_LENGTH = 32
"""In bytes: too many to guess, so that a plain hash protects it."""
CODE = SingleLine("The code", max_length=100)
EMAIL = email_rule("The e-mail")
VALID_DAYS = WholeNumber("The number of days", 1, 30)
USUAL_DAYS = 7
MAX_ROLES = 20
PERSON = ("person",)
"""The field of an input that says who is invited."""
ENDED = "This invitation is not for you, or has ended. Ask for another one."
SEE_PERSON = Action("see", Person.SEE)


@dataclass(frozen=True)
class InvitedRole:
    """A role that the invited person gets, over the whole tenant or one organization subtree."""

    role_id: UUID
    organization_id: UUID | None = None


@dataclass(frozen=True)
class Invitee:
    """Whom an invitation is for: a person by their id, or by their work e-mail."""

    person_id: UUID | None = None
    email: str | None = None


async def invite(
    work: Work,
    invitee: Invitee,
    roles: Sequence[InvitedRole],
    *,
    issuer_id: UUID | None = None,
    valid_days: int = USUAL_DAYS,
    self_appointment_reason: str | None = None,
) -> tuple[Member, str]:
    """Invite a person, also again; return the account and the code. An earlier code ends.

    Who has the code can sign in as the person, so a role that grants what the actor does not hold
    is a self-appointment. Raises Invalid with all faults, and NotPermitted.
    """
    person = await _find_person(work, invitee)
    member = await _find_account(work, PersonId(person.id))
    faults = FaultCollector()
    with faults.collect():
        reason = check_reason(self_appointment_reason)
    with faults.collect():
        valid_days = VALID_DAYS.check(valid_days, "validDays")
    with faults.collect():
        _require_present(work, person)
    with faults.collect():
        email, issuer_key = await _choose_email(work, person, issuer_id)
    faults.raise_all()
    code = CODE_PREFIX + secrets.token_urlsafe(CODE_LENGTH)
    expires_at = work.now + timedelta(days=valid_days)
    member.invite(Invitation(_hash(code), expires_at, email, issuer_key))
    await _set_roles(work, member, roles, reason)
    return member, code


async def accept(work: Work, code: str | None) -> Member:
    """Bind the subject of the caller's token to the account that was invited; return it.

    Without a code, the verified e-mail of the token is compared, if the invitation names the issuer
    of the token. Raises Invalid, which is the same whatever is wrong, and NotPermitted for a caller
    who has an account.
    """
    if work.actor.member_id is not None:
        message = "You have an account already. An invitation is for those without one."
        raise NotPermitted(message)
    member = await (_find_by_email(work) if code is None else _find_by_code(work, code))
    if (
        member is None
        or member.status is not MemberStatus.INVITED
        or member.invited_until is None
        or member.invited_until <= work.now
        or await _has_left(work, member)
    ):
        raise Invalid(ENDED, *(() if code is None else ("code",)), code=Code.INVALID)
    member.accept_invitation(work.subject)
    assert member.person_id is not None, "Only people are invited."
    work.actor = replace(
        work.actor, member_id=MemberId(member.id), person_id=PersonId(member.person_id)
    )
    return member


def _hash(code: str) -> str:
    return sha256(code.encode()).hexdigest()


async def _find_person(work: Work, invitee: Invitee) -> Person:
    """Return the person whom the actor names. Raises Invalid, also for one who is not visible."""
    if invitee.person_id is not None:
        found = await work.reference(Person, invitee.person_id, *PERSON, "id")
        assert found is not None, "The id is given."
        return found
    email = EMAIL.check(invitee.email or "", *PERSON, "workEmail")
    person = await work.find(Person, work_email=email, left_on=NoneOrAfter(work.actor.today))
    if person is None or not await work.is_permitted(person, to=SEE_PERSON):
        message = "You see nobody with this work e-mail. Hire the person first, or correct it."
        raise Invalid(message, *PERSON, "workEmail", code=Code.REFERENCE_NOT_FOUND)
    return person


async def _find_account(work: Work, person_id: PersonId) -> Member:
    """Return the account to which the person is invited. Raises Invalid and NotPermitted."""
    member = Member(tenant_id=work.actor.tenant_id, person_id=person_id, subject="")
    await work.require(member, to=Member.CREATE)
    known = await work.find(Member, person_id=person_id)
    if known is None:
        member.subject = member.build_open_subject()
        member.status = MemberStatus.INVITED
        await work.add(member, to=Member.CREATE)
        return member
    if not Member.INVITE.may_start(known):
        message = "This person has an account already."
        raise Invalid(message, *PERSON, code=Code.NOT_UNIQUE)
    return known


def _require_present(work: Work, person: Person) -> None:
    if person.has_left(work.actor.today):
        raise Invalid("This person has left. Rehire them first.", *PERSON)


async def _choose_email(
    work: Work, person: Person, issuer_id: UUID | None
) -> tuple[str | None, str | None]:
    """Return the address that proves who accepts, and the key of the issuer that must verify it."""
    issuer = await work.reference(Issuer, issuer_id, "issuerId")
    if issuer is None:
        return None, None
    if issuer.key is None:
        message = "This issuer has no key, so its tokens need the code. Leave out `issuerId`."
        raise Invalid(message, "issuerId", code=Code.INCONSISTENT)
    known = await work.find(Person, id=person.id)
    if known is None or known.work_email is None:
        message = "This person has no work e-mail. Add one, or leave out `issuerId`."
        raise Invalid(message, "issuerId", code=Code.INCONSISTENT)
    return fold_email(known.work_email), issuer.key


async def _set_roles(
    work: Work, member: Member, roles: Sequence[InvitedRole], reason: str | None
) -> None:
    """Let the account have exactly these roles. Raises Invalid and NotPermitted."""
    wanted = set[tuple[UUID, UUID | None]]()
    for n, each in enumerate(roles):
        role = await work.reference(Role, each.role_id, "roles", str(n), "roleId")
        assert role is not None, "The id is given."
        field = ("roles", str(n), "organizationId")
        unit = await work.reference(Organization, each.organization_id, *field)
        within = OrganizationId(unit.id) if unit else None
        if await find_unheld(work, [grant.grant for grant in role.grants], within) is not None:
            await authorize(work, member, reason, "roles", str(n), "roleId")
        held = member.find_assignment(role.id, within)
        if held is None or held.term != LASTING:
            await refuse_new_role(work, "roles", str(n), "roleId")
        assignment = member.assign_role(role.id, within)
        await work.require(assignment, to=RoleAssignment.DELEGATE)
        wanted.add((role.id, within))
    for held in [*member.assignments]:
        if (held.role_id, held.organization_id) not in wanted:
            await work.require(held, to=RoleAssignment.DELEGATE)
            member.revoke_role(held.id)


async def _find_by_code(work: Work, code: str) -> Member | None:
    checked = CODE.check(code, "code")
    return await work.find(Member, invitation_hash=_hash(checked)) if checked else None


async def _find_by_email(work: Work) -> Member | None:
    """Return the account that was invited by the token's e-mail, for the token's issuer."""
    if work.verified_email is None:
        return None
    for each in await work.find_all(Member, invited_email=[fold_email(work.verified_email)]):
        if each.invited_issuer and work.subject.startswith(
            build_subject_prefix(each.invited_issuer)
        ):
            return each
    return None


async def _has_left(work: Work, member: Member) -> bool:
    person = await work.find(Person, id=member.person_id)
    return person is None or person.has_left(work.actor.today)
