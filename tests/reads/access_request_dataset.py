"""The access requests of a dataset, from a source of randomness of their own."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

BASE_TIME = datetime(2025, 11, 21, 7, 0, tzinfo=UTC)
STATES = ("pending", "pending", "approved", "refused", "withdrawn", "expired")
KINDS = ("assign_role", "set_grants", "end_approval")


def add_access_requests(world: "TenantDataset") -> None:
    """Let people with an account ask for changes, of each kind and in each state."""
    random = Random(f"access requests {world.seed}")  # so other tables stay as they are
    members = [each for each in world.tables["members"] if each["person_id"] is not None]
    for n, (kind, state) in enumerate((kind, state) for kind in KINDS for state in STATES):
        at = BASE_TIME + timedelta(hours=n)
        requester, approver = random.choice(members), random.choice(members)
        gaining = random.choice(members) if kind == "assign_role" else None
        is_decided = state in ("approved", "refused")
        request = world.add_row(
            "access_requests",
            id=UUID(int=random.getrandbits(128)),
            version=1 + n,
            created_at=at,
            updated_at=at,
            kind=kind,
            requester_id=requester["person_id"],
            member_id=gaining["id"] if gaining else None,
            person_id=gaining["person_id"] if gaining else None,
            role_id=None if kind == "end_approval" else random.choice(world.tables["roles"])["id"],
            organization_id=None,
            starts_at=at if n % 2 and gaining else None,
            expires_at=None,
            reason=f"Reason {n}",
            due_on=world.today + timedelta(days=random.choice((-1, 0, 7))),
            status=state,
            decided_by_id=approver["person_id"] if is_decided else None,
            decided_at=at if is_decided else None,
            decision_reason="Fine" if is_decided else None,
        )
        if kind == "set_grants":
            world.add_row(
                "access_request_grants",
                id=uuid5(request["id"], "grant"),
                access_request_id=request["id"],
                permission="goals:read",
                population="everyone",
                organization_id=None,
                kpi_id=None,
            )
        if state == "pending":
            _add_approver(world, request["id"], approver["person_id"], request["due_on"])


def _add_approver(
    world: "TenantDataset", request_id: UUID, person_id: UUID, due_on: object
) -> None:
    world.add_row("access_request_approvers", access_request_id=request_id, person_id=person_id)
    world.add_row(
        "todos",
        id=uuid5(request_id, str(person_id)),
        person_id=person_id,
        kind="access_request",
        due_on=due_on,
        entity="access_request",
        subject_id=request_id,
    )
