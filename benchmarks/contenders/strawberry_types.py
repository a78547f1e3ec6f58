"""The types of the plain Strawberry contender: the part of Trellis' schema that the cases use."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import strawberry
from sqlalchemy import Select, func, select
from strawberry.scalars import JSON

from benchmarks.contenders.strawberry_loaders import Info, get_loaders
from benchmarks.contenders.strawberry_models import (
    CheckInModel,
    GoalModel,
    JournalModel,
    KeyResultModel,
    OrganizationModel,
    PersonModel,
    TeamModel,
)


@strawberry.enum
class GoalStatus(StrEnum):
    """The state of a goal."""

    DRAFT = "draft"
    ACTIVE = "active"
    ACHIEVED = "achieved"
    MISSED = "missed"
    ABANDONED = "abandoned"


@strawberry.enum
class Confidence(StrEnum):
    """How likely a goal is to be achieved."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"


def _to_id(value: UUID) -> strawberry.ID:
    return strawberry.ID(str(value))


@strawberry.type
class Organization:
    """An organization."""

    id: strawberry.ID
    name: str
    kind: str
    row: strawberry.Private[OrganizationModel]

    @classmethod
    def from_row(cls, row: OrganizationModel) -> "Organization":
        """Return the organization of a row."""
        return cls(id=_to_id(row.id), name=row.name, kind=row.kind.upper(), row=row)

    @strawberry.field
    async def children(self, info: Info, first: int = 25) -> "OrganizationConnection":
        """Return the units directly below."""
        rows = await get_loaders(info).children.load(self.row.id)
        return OrganizationConnection(nodes=[Organization.from_row(row) for row in rows[:first]])

    @strawberry.field
    async def people(self, info: Info, first: int = 25) -> "PersonNodes":
        """Return the people of this unit."""
        rows = await get_loaders(info).people_by_organization.load(self.row.id)
        return PersonNodes(nodes=[Person.from_row(row) for row in rows[:first]])

    @strawberry.field
    async def goals(self, info: Info, first: int = 25) -> "GoalNodes":
        """Return the goals that the unit owns."""
        rows = await get_loaders(info).goals.load(self.row.id)
        return GoalNodes(nodes=[Goal.from_row(row) for row in rows[:first]])


async def _load_organization(info: Info, id: UUID | None) -> Organization | None:
    row = await get_loaders(info).organizations.load(id) if id else None
    return Organization.from_row(row) if row else None


@strawberry.type
class Person:
    """A person."""

    id: strawberry.ID
    name: str
    job_title: str | None
    location: str | None
    row: strawberry.Private[PersonModel]

    @classmethod
    def from_row(cls, row: PersonModel) -> "Person":
        """Return the person of a row."""
        return cls(
            id=_to_id(row.id),
            name=row.name,
            job_title=row.job_title,
            location=row.location,
            row=row,
        )

    @strawberry.field
    async def organization(self, info: Info) -> Organization | None:
        """Return the person's organization."""
        return await _load_organization(info, self.row.organization_id)


@strawberry.type
class Team:
    """A team."""

    id: strawberry.ID
    name: str
    row: strawberry.Private[TeamModel]

    @classmethod
    def from_row(cls, row: TeamModel) -> "Team":
        """Return the team of a row."""
        return cls(id=_to_id(row.id), name=row.name, row=row)

    @strawberry.field
    async def organization(self, info: Info) -> Organization | None:
        """Return the team's organization."""
        return await _load_organization(info, self.row.organization_id)


@strawberry.type
class KeyResult:
    """A key result."""

    id: strawberry.ID
    title: str
    current_value: Decimal
    target_value: Decimal
    unit: str | None

    @classmethod
    def from_row(cls, row: KeyResultModel) -> "KeyResult":
        """Return the key result of a row."""
        return cls(
            id=_to_id(row.id),
            title=row.title,
            current_value=row.current_value,
            target_value=row.target_value,
            unit=row.unit,
        )


@strawberry.type
class Change:
    """The old and the new value of a field."""

    field: str
    before: JSON | None
    after: JSON | None


async def _load_person(info: Info, id: UUID | None) -> Person | None:
    row = await get_loaders(info).people.load(id) if id else None
    return Person.from_row(row) if row else None


@strawberry.type
class JournalEntry:
    """An entry of the journal."""

    id: strawberry.ID
    action: str
    recorded_at: datetime
    changes: list[Change]
    row: strawberry.Private[JournalModel]

    @classmethod
    def from_row(cls, row: JournalModel) -> "JournalEntry":
        """Return the entry of a row."""
        return cls(
            id=_to_id(row.id),
            action=row.action.upper(),
            recorded_at=row.recorded_at,
            changes=[
                Change(field=name, before=before, after=after)
                for name, (before, after) in row.changes.items()
            ],
            row=row,
        )

    @strawberry.field
    async def actor(self, info: Info) -> Person | None:
        """Return the person who made the change."""
        return await _load_person(info, self.row.actor_id)


@strawberry.type
class CheckIn:
    """A check-in on a goal."""

    confidence: Confidence
    note: str | None
    row: strawberry.Private[CheckInModel]

    @strawberry.field
    async def author(self, info: Info) -> Person | None:
        """Return the author."""
        return await _load_person(info, self.row.author_id)


Owner = Annotated[Person | Team | Organization, strawberry.union("GoalOwner")]


@strawberry.type
class Goal:
    """A goal."""

    id: strawberry.ID
    title: str
    description: str | None
    status: GoalStatus
    visibility: str
    starts_on: date
    due_on: date
    row: strawberry.Private[GoalModel]

    @classmethod
    def from_row(cls, row: GoalModel) -> "Goal":
        """Return the goal of a row."""
        return cls(
            id=_to_id(row.id),
            title=row.title,
            description=row.description,
            status=GoalStatus(row.status),
            visibility=row.visibility.upper(),
            starts_on=row.starts_on,
            due_on=row.due_on,
            row=row,
        )

    @strawberry.field
    async def owner(self, info: Info) -> Owner | None:
        """Return the owner."""
        row = self.row
        if row.owner_person_id:
            return await _load_person(info, row.owner_person_id)
        if row.owner_team_id:
            team = await get_loaders(info).teams.load(row.owner_team_id)
            return Team.from_row(team) if team else None
        return await _load_organization(info, row.owner_organization_id)

    @strawberry.field
    async def key_results(self, info: Info, first: int = 25) -> "KeyResultConnection":
        """Return the key results."""
        rows = await get_loaders(info).key_results.load(self.row.id)
        return KeyResultConnection(nodes=[KeyResult.from_row(row) for row in rows[:first]])

    @strawberry.field
    async def history(self, info: Info, first: int = 25) -> "JournalEntryConnection":
        """Return the journal's entries of the goal."""
        rows = await get_loaders(info).history.load(self.row.id)
        return JournalEntryConnection(nodes=[JournalEntry.from_row(row) for row in rows[:first]])

    @strawberry.field
    async def last_check_in(self, info: Info) -> CheckIn | None:
        """Return the newest check-in."""
        reading, model = get_loaders(info), CheckInModel
        newest = select(model).where(
            model.tenant_id == reading.tenant, model.goal_id == self.row.id
        )
        order = (model.recorded_at.desc(), model.id.desc())
        rows = await reading.fetch_all(newest.order_by(*order).limit(1))
        return next(
            (CheckIn(confidence=Confidence(it.confidence), note=it.note, row=it) for it in rows),
            None,
        )


@strawberry.type
class KeyResultConnection:
    """A list of key results."""

    nodes: list[KeyResult]


@strawberry.type
class JournalEntryConnection:
    """A list of journal entries."""

    nodes: list[JournalEntry]


@strawberry.type
class OrganizationConnection:
    """A list of organizations."""

    nodes: list[Organization]


@strawberry.type
class PersonNodes:
    """The people of one organization."""

    nodes: list[Person]


@strawberry.type
class GoalNodes:
    """The goals of one organization."""

    nodes: list[Goal]


@strawberry.type
class TeamConnection:
    """A list of teams."""

    nodes: list[Team]


@strawberry.type
class GoalConnection:
    """Goals. Page and total are read only if they are selected."""

    statement: strawberry.Private[Select[GoalModel]]
    paginate: strawberry.Private[Callable[[Select[GoalModel]], Select[GoalModel]]]

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        """Return the number of goals."""
        counted = self.statement.with_only_columns(func.count())
        return int((await get_loaders(info).fetch_all(counted))[0])

    @strawberry.field
    async def nodes(self, info: Info) -> list[Goal]:
        """Return one page of goals."""
        return [
            Goal.from_row(row)
            for row in await get_loaders(info).fetch_all(self.paginate(self.statement))
        ]


@strawberry.type
class PersonConnection:
    """People. Page and total are read only if they are selected."""

    statement: strawberry.Private[Select[PersonModel]]
    paginate: strawberry.Private[Callable[[Select[PersonModel]], Select[PersonModel]]]

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        """Return the number of people."""
        counted = self.statement.with_only_columns(func.count())
        return int((await get_loaders(info).fetch_all(counted))[0])

    @strawberry.field
    async def nodes(self, info: Info) -> list[Person]:
        """Return one page of people."""
        return [
            Person.from_row(row)
            for row in await get_loaders(info).fetch_all(self.paginate(self.statement))
        ]
