"""The mutation that changes the subjects of many members, as for a new identity provider."""

from typing import Annotated
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import TYPES, get_read_model
from api.kernel.schema.global_ids import encode_id
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import Computed, mutation
from api.members import Member
from api.self_appointment import self_appointment_field
from domain.kernel.unit_of_work import Work
from domain.members import MAX_SUBJECT_CHANGES, SUBJECT, SubjectChange, change_subjects
from domain.self_appointment import REASON


@strawberry.type(description="The subject of a member before and after.")
class MemberSubjectDifference:
    """The subject of a member before and after."""

    member_id: strawberry.ID = strawberry.field(description="The member.")
    before: str = strawberry.field(description="The subject before.")
    after: str = strawberry.field(description="The subject after.")


@strawberry.type(description="What changes, or would change in a dry run.")
class MemberSubjectChanges:
    """What changes, or would change in a dry run."""

    changes: list[MemberSubjectDifference] = strawberry.field(
        description="The members whose subject differs, in the order of the input."
    )
    needs_confirmation: bool = strawberry.field(
        description="Whether you, or all tenant admins, sign in by another subject from then on."
        " Such a change needs `confirmsOwnAccess`."
    )


for each in (MemberSubjectDifference, MemberSubjectChanges):
    TYPES[each.__name__] = each


@input_type(one_of=True)
class MemberKeyInput:
    """A member: exactly one of these."""

    id: UUID | None = input_field("The member's id.", id_prefix="member")
    subject: Annotated[str | None, SUBJECT] = input_field("The present subject.")


@input_type()
class MemberSubjectChangeInput:
    """A member and the new subject."""

    member: MemberKeyInput = input_field("The member.")
    new_subject: Annotated[str, SUBJECT] = input_field(
        "The new `sub` claim, unique in the tenant. If the issuer has a key such as `staff`, write"
        " `@staff:` before the claim."
    )


@input_type()
class MembersChangeSubjectsInput:
    """Input of `membersChangeSubjects`."""

    changes: list[MemberSubjectChangeInput] = input_field(
        f"The members, at most {MAX_SUBJECT_CHANGES}. They may swap subjects.",
        max_items=MAX_SUBJECT_CHANGES,
    )
    dry_run: bool | None = input_field(
        "Whether to answer what would change, and change nothing. Default: false."
    )
    confirms_own_access: bool | None = input_field(
        "Whether you know that you, or all tenant admins, will sign in by another subject."
        " Default: false."
    )
    self_appointment_reason: Annotated[str | None, REASON] = self_appointment_field()


@mutation(Member, computes={"result": MemberSubjectChanges})
async def members_change_subjects(work: Work, input: MembersChangeSubjectsInput) -> Computed:
    """Change the `sub` claims of many members at once, as for a new identity provider.

    All rows change, or none. Refused with SELF_APPOINTMENT for a member who has a role that grants
    what you do not hold, because you could sign in as the member. `member` is always null.
    """
    found = await change_subjects(
        work,
        [
            SubjectChange(each.new_subject, each.member.id, each.member.subject)
            for each in input.changes
        ],
        confirms_own_access=bool(input.confirms_own_access),
        self_appointment_reason=input.self_appointment_reason,
        is_dry_run=bool(input.dry_run),
    )
    prefix = get_read_model(Member).prefix
    changes = [
        MemberSubjectDifference(
            member_id=strawberry.ID(encode_id(prefix, each.member_id)),
            before=each.before,
            after=each.after,
        )
        for each in found.differences
    ]
    result = MemberSubjectChanges(changes=changes, needs_confirmation=found.needs_confirmation)
    return Computed(None, result)
