"""Invitations in the graph: an admin invites, and the person accepts with a token of their own."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import TYPES
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import Computed, mutation
from api.members import Member
from api.self_appointment import self_appointment_field
from domain import inviting, members
from domain.inviting import CODE, EMAIL, MAX_ROLES, USUAL_DAYS, VALID_DAYS
from domain.kernel.unit_of_work import Work
from domain.self_appointment import REASON


@strawberry.type(description="An invitation, with the code that is shown once.")
class MemberInvitation:
    """An invitation that was just made."""

    code: str = strawberry.field(
        description="The code for `invitationAccept`. Trellis sends no e-mail: send it to the"
        " person, and to nobody else. It is never shown again."
    )
    expires_at: datetime = strawberry.field(description="When the invitation ends.")


TYPES[MemberInvitation.__name__] = MemberInvitation


@input_type()
class MemberInviteRoleInput:
    """A role that the invited person gets."""

    role_id: UUID = input_field("The role.", id_prefix="role")
    organization_id: UUID | None = input_field(
        "The organization that the role is limited to, with all below it. Default: no limit.",
        id_prefix="org",
    )


@input_type(one_of=True)
class MemberInvitePersonInput:
    """Says who is invited, by exactly one of these."""

    id: UUID | None = input_field("The person.", id_prefix="person")
    work_email: str | None = input_field("The work e-mail of the person.", rule=EMAIL)


@input_type()
class MemberInviteInput:
    """Input of `memberInvite`."""

    person: MemberInvitePersonInput = input_field(
        "The person, who works here and has no account in use."
    )
    roles: list[MemberInviteRoleInput] = input_field(
        "All roles that the person gets, 20 at most. An earlier invitation's roles are replaced.",
        max_items=MAX_ROLES,
        unique_by=lambda each: (each.role_id, each.organization_id),
    )
    issuer_id: UUID | None = input_field(
        "An issuer whose tokens need no code, if they have the work e-mail of the person as a"
        " verified claim. Default: every token needs the code.",
        id_prefix="issuer",
    )
    valid_days: Annotated[int | None, VALID_DAYS] = input_field(
        "For how many days the invitation is open. Default: 7."
    )
    self_appointment_reason: Annotated[str | None, REASON] = self_appointment_field()


@mutation(Member, computes={"invitation": MemberInvitation}, takes_key=False)
async def member_invite(work: Work, input: MemberInviteInput) -> Computed:
    """Invite a person to sign in, or again: an earlier code ends. Trellis sends no e-mail.

    The account is INVITED until the person accepts; `memberRemove` revokes the invitation. Who
    knows the code can sign in as the person, so a role that grants what you do not hold is refused
    with SELF_APPOINTMENT.
    """
    invitee = inviting.Invitee(input.person.id, input.person.work_email)
    roles = [inviting.InvitedRole(each.role_id, each.organization_id) for each in input.roles]
    member, code = await inviting.invite(
        work,
        invitee,
        roles,
        issuer_id=input.issuer_id,
        valid_days=USUAL_DAYS if input.valid_days is None else input.valid_days,
        self_appointment_reason=input.self_appointment_reason,
    )
    assert member.invited_until is not None, "The member is invited."
    return Computed(member.id, MemberInvitation(code=code, expires_at=member.invited_until))


@input_type()
class InvitationAcceptInput:
    """Input of `invitationAccept`."""

    code: Annotated[str | None, CODE] = input_field(
        "The code. Default: the verified e-mail of the token, if the invitation allows it."
    )


@mutation(Member, takes_key=False, admits_strangers=True)
async def invitation_accept(work: Work, input: InvitationAcceptInput) -> members.Member:
    """Accept an invitation with a token whose subject has no account, and bind it to the account.

    Send it with an access token of an issuer of the tenant. What is wrong with an invitation is
    never said.
    """
    return await inviting.accept(work, input.code)
