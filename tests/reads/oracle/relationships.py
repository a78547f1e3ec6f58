"""The relationships and grants of a caller, computed from the plain rows of a dataset."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from domain.kpis import KpiFrequency
from domain.kpis.calendar import Period
from tests.reads.dataset import Row, TenantDataset
from tests.reads.kpi_dataset import build_calendar


def is_active_on(row: Row, day: date) -> bool:
    """Return whether a row's period covers the day."""
    return row["starts_on"] <= day and (row["ends_on"] is None or day < row["ends_on"])


DepartureCheck = Callable[[UUID, date], bool]
"""Whether a person has left by a day, as somebody knows."""


class DatasetIndex:
    """A dataset with its rows by id."""

    def __init__(self, world: TenantDataset) -> None:
        self.world = world
        self.today = world.today
        self.tables = {**world.tables, "people": [*map(self._place, world.tables["people"])]}
        self.rows_by_id: dict[UUID, Row] = {
            row["id"]: row
            for table, rows in self.tables.items()
            for row in rows
            if "id" in row and table != "tombstones" and not table.startswith("superseded_")
        }
        self.tombstones_by_id: dict[UUID, Row] = {
            row["id"]: row for row in world.tables.get("tombstones", ())
        }

    def _place(self, person: Row) -> Row:
        """Return a person with the unit of today: that of a planned job whose day has come."""
        day = person.get("unit_changes_on")
        if day is None or day > self.today:
            return person
        held = [
            each
            for each in self.world.tables["jobs"]
            if each["person_id"] == person["id"]
            and each["superseded_at"] is None
            and each["starts_on"] <= self.today
            and starts_employed(person, each)
        ]
        unit = max(held, key=lambda each: each["starts_on"])["organization_id"]
        return {**person, "organization_id": unit}

    def select_rows(self, table: str, **having: Any) -> list[Row]:
        """Select the rows of a table that have these values."""
        return [
            row
            for row in self.tables[table]
            if all(row[name] == value for name, value in having.items())
        ]

    def find_row(self, id: UUID | None) -> Row | None:
        return self.rows_by_id.get(id) if id else None

    def iterate_ancestors(self, row: Row) -> Iterator[Row]:
        """Yield a unit or team, and all above it."""
        here: Row | None = row
        while here is not None:
            yield here
            here = self.find_row(here["parent_id"])

    def has_left(self, person_id: UUID, day: date) -> bool:
        """Return whether a person's last employment is over on a day."""
        left_on = self.rows_by_id.get(person_id, {}).get("left_on")
        return left_on is not None and left_on <= day

    def find_manager_id(
        self, person_id: UUID, day: date, has_left: DepartureCheck | None = None
    ) -> UUID | None:
        """Find the manager of a person on a day; nobody who has left reports or is reported to."""
        gone = has_left or self.has_left
        for line in self.world.tables["reporting_lines"]:
            if (
                line["person_id"] == person_id
                and line["kind"] == "primary"
                and is_active_on(line, day)
                and not gone(person_id, day)
                and not gone(line["manager_id"], day)
            ):
                return line["manager_id"]
        return None

    def list_manager_ids(
        self, person_id: UUID, day: date, has_left: DepartureCheck | None = None
    ) -> list[UUID]:
        """List all managers above a person on a day, the nearest first."""
        found = []
        above = self.find_manager_id(person_id, day, has_left)
        while above is not None:
            found.append(above)
            above = self.find_manager_id(above, day, has_left)
        return found

    def list_memberships(
        self, day: date, has_left: DepartureCheck | None = None, **having: Any
    ) -> list[Row]:
        """List the memberships on a day; those of leavers are over."""
        gone = has_left or self.has_left
        return [
            row
            for row in self.select_rows("team_memberships", **having)
            if is_active_on(row, day) and not gone(row["person_id"], day)
        ]

    def list_assignments(self, **having: Any) -> list[Row]:
        """List the role assignments of people who have not left by today."""
        return [
            row
            for row in self.select_rows("role_assignments", **having)
            if not self.has_left(self.rows_by_id[row["member_id"]]["person_id"], self.today)
            and not is_assignment_over(row)
        ]

    def find_unit_id(self, person_id: UUID | None) -> UUID | None:
        person = self.find_row(person_id)
        return person["organization_id"] if person else None

    def is_within(self, unit_id: UUID | None, root_id: UUID | None) -> bool:
        """Return whether a unit is that root or below it."""
        unit = self.find_row(unit_id)
        return unit is not None and any(
            each["id"] == root_id for each in self.iterate_ancestors(unit)
        )


def is_assignment_over(row: Row) -> bool:
    """Return whether an assignment has ended. In a dataset all ends are centuries away."""
    return row["expires_at"] is not None and row["expires_at"] <= datetime.now(UTC)


def is_assignment_running(row: Row) -> bool:
    """Return whether an assignment has begun, and is not over."""
    has_begun = row["starts_at"] is None or row["starts_at"] <= datetime.now(UTC)
    return has_begun and not is_assignment_over(row)


@dataclass(frozen=True)
class ResourceOwner:
    """The owner of a resource: the person, the team and the unit by which grants reach it."""

    person: UUID | None = None
    team: UUID | None = None
    unit: UUID | None = None


class HeldGrant(NamedTuple):
    """A grant that a caller holds; it covers what its population and all its limits cover."""

    permission: str
    population: str
    limits: list[UUID]
    kpi_id: UUID | None = None


class OracleCaller:
    """A caller of the oracle."""

    def __init__(self, facts: DatasetIndex, subject: str) -> None:
        self.facts = facts
        (self.member,) = facts.select_rows("members", subject=subject)
        self.id: UUID = self.member["person_id"]
        self.visibility_cache: dict[tuple[str, UUID], bool] = {}

    @cached_property
    def grants(self) -> list[HeldGrant]:
        """Return every grant with the units that limit it: its own, and its assignment's."""
        return [
            HeldGrant(
                grant["permission"],
                grant["population"],
                [each["organization_id"] for each in (grant, held) if each["organization_id"]],
                grant.get("kpi_id"),
            )
            for held in self.facts.select_rows("role_assignments", member_id=self.member["id"])
            if is_assignment_running(held)
            for grant in self.facts.select_rows("role_grants", role_id=held["role_id"])
        ]

    @cached_property
    def unit_ids(self) -> set[UUID]:
        """Return the caller's unit and those above it."""
        unit = self.facts.find_row(self.facts.find_unit_id(self.id))
        return {each["id"] for each in self.facts.iterate_ancestors(unit)} if unit else set()

    @cached_property
    def led_team_ids(self) -> set[UUID]:
        """Return the teams that the caller leads today."""
        mine = self.facts.list_memberships(self.facts.today, person_id=self.id, role="lead")
        return {each["team_id"] for each in mine}

    def leads(self, team_id: UUID | None) -> bool:
        """Return whether the caller leads the team or one above it."""
        team = self.facts.find_row(team_id)
        return team is not None and any(
            each["id"] in self.led_team_ids for each in self.facts.iterate_ancestors(team)
        )

    def leads_person(self, person_id: UUID | None) -> bool:
        mine = self.facts.list_memberships(self.facts.today, person_id=person_id)
        return any(self.leads(each["team_id"]) for each in mine)

    def manages(self, person_id: UUID | None) -> bool:
        return person_id is not None and self.id in self.facts.list_manager_ids(
            person_id, self.facts.today
        )

    def has_permission(self, permission: str) -> bool:
        """Return whether a grant of this permission covers anything at all."""
        return any(
            each.permission == permission and not self._covers_nothing(each) for each in self.grants
        )

    def holds_over_everyone(self, permission: str) -> bool:
        """Return whether a grant of this permission covers everyone without a limit."""
        return HeldGrant(permission, "everyone", []) in self.grants

    def holds(self, permission: str, whose: ResourceOwner) -> bool:
        """Return whether a grant of this permission reaches the owner's resources."""
        return any(
            self._population_includes(grant.population, whose)
            and all(self.facts.is_within(whose.unit, limit) for limit in grant.limits)
            for grant in self.grants
            if grant.permission == permission
        )

    def is_granted_kpi(self, permission: str, kpi_id: UUID) -> bool:
        """Return whether a grant without a limit names the KPI."""
        return HeldGrant(permission, "kpi", [], kpi_id) in self.grants

    def _covers_nothing(self, grant: HeldGrant) -> bool:
        """Return whether a limit excludes another one, or a KPI: neither lies within the other."""
        if grant.population == "kpi":
            return bool(grant.limits)
        return not all(
            self.facts.is_within(one, other) or self.facts.is_within(other, one)
            for one in grant.limits
            for other in grant.limits
        )

    def _population_includes(self, population: str, whose: ResourceOwner) -> bool:
        match population:
            case "everyone" | "organization":
                return True
            case "teams_led":
                return self.leads(whose.team) or self.leads_person(whose.person)
            case "kpi":
                return False  # `is_granted_kpi` answers for these
            case "reporting_chain":
                return self.manages(whose.person)
            case _:
                return whose.person == self.id


def starts_employed(person: Row, job: Row) -> bool:
    """Return whether a job starts before the person has left."""
    return person["left_on"] is None or bool(job["starts_on"] < person["left_on"])


def find_period(who: OracleCaller, row: Row, column: str = "starts_on") -> Period:
    """Find the period of a measurement or an alert."""
    (tenant,) = who.facts.select_rows("tenants")
    (kpi,) = who.facts.select_rows("kpis", id=row["kpi_id"])
    return build_calendar(tenant).find(KpiFrequency(kpi["frequency"]), row[column])
