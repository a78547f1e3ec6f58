"""The teams of a dataset, their memberships and external references."""

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.reads import sample_values as words

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset


def add_teams(world: "TenantDataset") -> None:
    teams = world.tables["teams"]
    for n, (name, parent) in enumerate(words.TEAMS):
        team = world.add_root(
            "teams",
            organization_id=world.pick_row("organizations")["id"],
            parent_id=None if parent is None else teams[parent]["id"],
            name=name,
            description=world.draw_optional(f"{name} and the like"),
            starts_on=world.pick_day(-700, -300),
            ends_on=world.pick_day(-9, 9) if n == 6 else None,
        )
        for person in world.random.sample(world.tables["people"], 7):
            since, until = world.random.choice(words.MEMBERSHIP_OFFSETS)
            world.add_part(
                "team_memberships",
                team_id=team["id"],
                person_id=person["id"],
                role=world.random.choice(["lead", "member", "member"]),
                share=world.random.choice([0, 20, 50, 100]),
                starts_on=world.today + timedelta(days=since),
                ends_on=None if until is None else world.today + timedelta(days=until),
            )


def add_team_references(world: "TenantDataset") -> None:
    for n, team in enumerate(world.tables["teams"]):
        for source in ("ledger", "payroll")[: n % 3]:
            reference = {"source": source, "external_id": f"{source}-{n}"}
            world.add_part("team_references", team_id=team["id"], **reference)
