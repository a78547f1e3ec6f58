"""The members, roles and grants of a dataset."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid5

from domain.roles import BUILT_IN_ROLES
from tests.reads import sample_values as words

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

Row = dict[str, Any]

LONG_AGO, FAR_AHEAD = datetime(1901, 1, 1, tzinfo=UTC), datetime(2191, 1, 1, tzinfo=UTC)
TERMS = {
    "tenant_admin": {"expires_at": LONG_AGO},
    "hr": {"starts_at": FAR_AHEAD},
    "employee": {"starts_at": LONG_AGO, "expires_at": FAR_AHEAD},
}
"""Roles that the employee has with a term: one is over, one has not begun, and one counts."""

INVITATION = {
    "invitation_hash": "hash",
    "invited_email": "invited@example.org",
    "invited_issuer": "okta",
}
"""An invitation that ended with the account. No field shows it."""


def add_members(world: "TenantDataset") -> None:
    roles = {}
    for each in BUILT_IN_ROLES:
        role = world.add_root(
            "roles", key=each.key, name=each.name, description=each.description, is_built_in=True
        )
        roles[each.key] = role
        for permission in each.permissions:
            _add_grant(world, role, permission.value, "everyone")
    for key, grants in words.CUSTOM_ROLES.items():
        roles[key] = world.add_root(
            "roles", key=key, name="Employee", description=None, is_built_in=False
        )
        for permission, population in grants:
            _add_grant(world, roles[key], permission, population)
    for subject, held in words.ROLES_BY_CALLER.items():
        _add_member(world, subject, [roles[key] for key in held], narrowed="narrow" in subject)
    removed = _add_member(world, "removed", [], narrowed=False)
    removed["status"] = "removed"
    removed.update(INVITATION)
    (employee,) = (each for each in world.tables["members"] if each["subject"] == "employee")
    for key, term in TERMS.items():
        world.add_row(  # of no random source, as grants
            "role_assignments",
            id=uuid5(employee["id"], key),
            member_id=employee["id"],
            role_id=roles[key]["id"],
            organization_id=None,
            **term,
        )


def _add_grant(world: "TenantDataset", role: Row, permission: str, population: str) -> None:
    unit = world.tables["organizations"][1]["id"] if population == "organization" else None
    world.add_row(  # of no random source, so that a new permission leaves the other rows alone
        "role_grants",
        id=uuid5(role["id"], f"{permission} {population}"),
        role_id=role["id"],
        permission=permission,
        population=population,
        organization_id=unit,
        kpi_id=None,
    )


def _add_member(world: "TenantDataset", subject: str, roles: list[Row], *, narrowed: bool) -> Row:
    person = _pick_person(world, subject)
    member = world.add_root("members", person_id=person["id"], subject=subject, status="active")
    world.subjects[subject] = subject
    for role in roles:
        world.add_part(
            "role_assignments",
            member_id=member["id"],
            role_id=role["id"],
            organization_id=world.tables["organizations"][2]["id"] if narrowed else None,
        )
    return member


def _pick_person(world: "TenantDataset", subject: str) -> Row:
    """Pick the top manager, the person who leads most, or any active person without a member."""
    taken = {each["person_id"] for each in world.tables["members"]}
    here = [
        each
        for each in world.tables["people"]
        if each["id"] not in taken and (each["left_on"] is None or each["left_on"] > world.today)
    ]
    if subject == "manager":
        return here[0]
    if subject in ("lead", "partner"):
        led = [
            each["person_id"]
            for each in world.tables["team_memberships"]
            if each["role"] == "lead"
            and each["starts_on"] <= world.today
            and (each["ends_on"] is None or each["ends_on"] > world.today)
        ]
        return max(here, key=lambda each: (led.count(each["id"]), each["id"]))
    return world.random.choice(here)
