"""Previews: the graph as another person sees it, without what the viewer may not read.

A preview begins with a mutation, so that the audit log has it. Its token is no credential: it says
which account may read as which person, until when. Each request also needs the account's own access
token, and has the rights that both have at that moment.
"""

from datetime import datetime
from uuid import UUID

import strawberry

from api.kernel.execution.previews import LIFETIME, Preview, sign_preview
from api.kernel.schema.declarations import TYPES
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import Computed, SecretData, mutation
from api.members import Member
from domain import explaining
from domain.kernel.unit_of_work import Work


@strawberry.type(description="A preview: who may read the graph as whom, and until when.")
class AccessPreview:
    """A preview that has begun."""

    token: str = strawberry.field(
        description="Send it as the header `Trellis-Preview` with queries to this address, beside"
        " your own access token. Without yours it opens nothing."
    )
    expires_at: datetime = strawberry.field(description="When the token ends.")


TYPES[AccessPreview.__name__] = AccessPreview


@input_type()
class AccessPreviewInput:
    """Input of `accessPreview`."""

    person_id: UUID = input_field(
        "The person, who has an active account that the viewer sees.", id_prefix="person"
    )


@mutation(Member, computes={"preview": AccessPreview}, takes_key=False)
async def access_preview(work: Work, input: AccessPreviewInput) -> Computed:
    """Begin to read the graph as a person sees it, for ten minutes. The audit log keeps it.

    A query with the token shows what both the person and the viewer may read, as far as the viewer
    may know why the person may. Fields that have no rule of their own but depend on their reader,
    such as tasks, histories and figures about groups, are refused by name. It needs
    `MEMBERS_MANAGE` or `AUDIT_READ` over the person, and `DIRECTORY_READ` over everyone.
    """
    account = await explaining.preview_access(work, input.person_id)
    assert work.actor.member_id is not None, "Only accounts send requests."
    preview = Preview(
        work.actor.tenant_id, work.actor.member_id, input.person_id, work.now + LIFETIME
    )
    return Computed(account.id, SecretData(lambda secret: _build(preview, secret)))


def _build(preview: Preview, secret: str) -> AccessPreview:
    return AccessPreview(token=sign_preview(preview, secret), expires_at=preview.expires_at)
