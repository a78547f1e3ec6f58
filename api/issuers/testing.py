"""The test of a token: which rule of the tenant's issuers it breaks, or whom it identifies."""

import strawberry

from api.identity import KeysUnavailable, Unauthenticated
from api.identity.claims import MAX_TOKEN_LENGTH
from api.identity.issuer_services import IssuerServices
from api.identity.reasons import describe_reason
from api.issuers.issuer import Issuer
from api.kernel.schema.declarations import TYPES
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import Computed, mutation
from domain.issuers.model import MANAGE
from domain.kernel.actions import Action
from domain.kernel.errors import NotPermitted
from domain.kernel.fields import SingleLine
from domain.kernel.unit_of_work import Work
from domain.members import Member, MemberStatus

TOKEN = SingleLine("The token", MAX_TOKEN_LENGTH)
TEST = Action("test", MANAGE)


@strawberry.type(description="The result of a test. It has no claims of a refused token.")
class IssuerTest:
    """The result of a test of a token."""

    is_accepted: bool = strawberry.field(
        description="Whether requests with this token are accepted: it is valid, and its subject is"
        " an active member."
    )
    rule: str | None = strawberry.field(
        description="The name of the rule that the token breaks, such as `wrong_aud`. Null when it"
        " breaks none. New rules may be added."
    )
    advice: str | None = strawberry.field(
        description="What was expected, and what to do. Null when the token is accepted."
    )
    subject: str | None = strawberry.field(
        description="The `subject` that a valid token identifies, also without an active member who"
        " has it. Null when the token breaks a rule."
    )


TYPES["IssuerTest"] = IssuerTest


@input_type()
class IssuerTestInput:
    """Input of `issuerTest`."""

    token: str = input_field("An access token. It is neither stored nor logged.", rule=TOKEN)


@mutation(Issuer, computes={"test": IssuerTest}, takes_key=False)
async def issuer_test(work: Work, input: IssuerTestInput) -> Computed:
    """Test a token: return the rule of the tenant's issuers that it breaks, or whom it identifies.

    Nothing is changed, and `issuer` of the payload is always null. Tokens of issuers of other
    tenants break the rule `unknown_issuer`. It needs `issuers:manage`.
    """
    if not await work.is_permitted(work.actor, to=TEST):
        raise NotPermitted("You may not test tokens. Ask somebody with `issuers:manage`.")
    try:
        caller = await IssuerServices.current.test_token(work.actor.tenant_id, input.token)
    except (Unauthenticated, KeysUnavailable) as refused:
        advice = describe_reason(refused.reason, refused.detail)
        refusal = IssuerTest(is_accepted=False, rule=refused.reason, advice=advice, subject=None)
        return Computed(None, refusal)
    return Computed(None, await _find_member(work, caller.subject))


async def _find_member(work: Work, subject: str) -> IssuerTest:
    """Return whether a member of whom the actor sees the account has the subject."""
    member = await work.find(Member, subject=subject)
    seen = member is not None and await work.is_permitted(member, to=Action("see", Member.SEE))
    if seen and member is not None and member.status is MemberStatus.ACTIVE:
        return IssuerTest(is_accepted=True, rule=None, advice=None, subject=subject)
    advice = "No active member has this subject. Invite the person, or change a member's subject."
    return IssuerTest(is_accepted=False, rule=None, advice=advice, subject=subject)
