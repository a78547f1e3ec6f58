"""Access requests for tests."""

from collections.abc import Mapping
from datetime import timedelta

from domain.access_requests import AccessRequest, AccessRequestKind
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import PersonId
from domain.members import Member
from domain.people import Person
from domain.roles import Role
from tests.factories.actors import TODAY


def some_access_requests(
    people: Mapping[str, Person], members: Mapping[str, Member], roles: Mapping[str, Role]
) -> dict[str, Aggregate]:
    """Build requests of the ruler and of the admin that Mara gets a role."""
    made: dict[str, Aggregate] = {}
    for asker, approver in (("ruler", "admin"), ("admin", "ruler")):
        made[asker] = AccessRequest(
            tenant_id=people["mara"].tenant_id,
            kind=AccessRequestKind.ASSIGN_ROLE,
            requester_id=PersonId(people[asker].id),
            member_id=members["mara"].id,
            person_id=PersonId(people["mara"].id),
            role_id=roles["coach"].id,
            reason="She coaches the new teams.",
            due_on=TODAY + timedelta(days=14),
            approver_ids={PersonId(people[approver].id)},
        )
    return made
