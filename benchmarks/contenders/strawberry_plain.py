"""Plain Strawberry: SQLAlchemy's ORM and DataLoaders, as the documentation of both recommends.

Parser and validation caches are on; one session serves a request, and loaders take turns on it.
There is no authentication and no limit; only the visibility rule is obeyed.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache

from benchmarks.contenders import POOL
from benchmarks.contenders.serving import serve
from benchmarks.contenders.strawberry_models import (
    GoalModel,
    GoalViewerModel,
    KeyResultModel,
    OrganizationModel,
    PersonModel,
    ReportingClosureModel,
    TeamClosureModel,
    TeamModel,
)
from benchmarks.personas import Persona, written_down

PERSONAS = written_down()
ENGINE = create_async_engine(
    os.environ["TRELLIS_SERVING_URL"].replace("postgresql://", "postgresql+asyncpg://", 1),
    pool_size=POOL,
    max_overflow=0,
    pool_timeout=30,
)
SESSIONS = async_sessionmaker(ENGINE, expire_on_commit=False)


class Reading:
    """What the resolvers of one request share: who asks, the session, the loaders."""

    def __init__(self, persona: Persona, session: AsyncSession) -> None:
        self.persona = persona
        self.tenant = UUID(persona.tenant_id)
        self._session = session
        self._turn = asyncio.Lock()
        self.people: DataLoader[UUID, PersonModel | None] = DataLoader(self._by_id(PersonModel))
        self.teams: DataLoader[UUID, TeamModel | None] = DataLoader(self._by_id(TeamModel))
        self.organizations: DataLoader[UUID, OrganizationModel | None] = DataLoader(
            self._by_id(OrganizationModel)
        )
        self.key_results: DataLoader[UUID, list[KeyResultModel]] = DataLoader(self._key_results)

    async def all(self, statement: Select[Any]) -> Sequence[Any]:
        """The objects that a statement finds; a session does one thing at a time."""
        async with self._turn:
            return (await self._session.scalars(statement)).all()

    def _by_id(self, model: Any) -> Callable[[list[UUID]], Awaitable[list[Any]]]:
        async def load(ids: list[UUID]) -> list[Any]:
            rows = await self.all(
                select(model).where(model.tenant_id == self.tenant, model.id.in_(ids))
            )
            found = {row.id: row for row in rows}
            return [found.get(id) for id in ids]

        return load

    async def _key_results(self, goal_ids: list[UUID]) -> list[list[KeyResultModel]]:
        of: dict[UUID, list[KeyResultModel]] = defaultdict(list)
        for row in await self.all(
            select(KeyResultModel)
            .where(KeyResultModel.tenant_id == self.tenant, KeyResultModel.goal_id.in_(goal_ids))
            .order_by(KeyResultModel.position, KeyResultModel.id)
        ):
            of[row.goal_id].append(row)
        return [of[id] for id in goal_ids]


Info: TypeAlias = strawberry.Info[dict[str, Any], None]


def _reading(info: Info) -> Reading:
    found: Reading = info.context["reading"]
    return found


@strawberry.enum
class GoalStatus(StrEnum):
    """How far along its life a goal is."""

    DRAFT = "draft"
    ACTIVE = "active"
    ACHIEVED = "achieved"
    MISSED = "missed"
    ABANDONED = "abandoned"


@strawberry.type
class Person:
    """A person."""

    id: strawberry.ID
    name: str


@strawberry.type
class Team:
    """A team."""

    id: strawberry.ID
    name: str


@strawberry.type
class Organization:
    """An organization."""

    id: strawberry.ID
    name: str


@strawberry.type
class KeyResult:
    """A key result."""

    id: strawberry.ID
    title: str
    current_value: Decimal
    target_value: Decimal
    unit: str | None


@strawberry.type
class KeyResultConnection:
    """Key results."""

    nodes: list[KeyResult]


Owner = Annotated[Person | Team | Organization, strawberry.union("GoalOwner")]


@strawberry.type
class Goal:
    """A goal."""

    id: strawberry.ID
    title: str
    status: GoalStatus
    due_on: date
    row: strawberry.Private[GoalModel]

    @strawberry.field
    async def owner(self, info: Info) -> Owner | None:
        """Whose it is."""
        reading, row = _reading(info), self.row
        if row.owner_person_id:
            person = await reading.people.load(row.owner_person_id)
            return Person(id=strawberry.ID(str(person.id)), name=person.name) if person else None
        if row.owner_team_id:
            team = await reading.teams.load(row.owner_team_id)
            return Team(id=strawberry.ID(str(team.id)), name=team.name) if team else None
        assert row.owner_organization_id
        unit = await reading.organizations.load(row.owner_organization_id)
        return Organization(id=strawberry.ID(str(unit.id)), name=unit.name) if unit else None

    @strawberry.field
    async def key_results(self, info: Info, first: int = 25) -> KeyResultConnection:
        """How one will know."""
        rows = await _reading(info).key_results.load(self.row.id)
        return KeyResultConnection(
            nodes=[
                KeyResult(
                    id=strawberry.ID(str(row.id)),
                    title=row.title,
                    current_value=row.current_value,
                    target_value=row.target_value,
                    unit=row.unit,
                )
                for row in rows[:first]
            ]
        )


@strawberry.type
class GoalConnection:
    """Goals."""

    first: strawberry.Private[int]

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        """How many there are."""
        reading = _reading(info)
        counted = select(func.count()).select_from(GoalModel).where(visible(reading))
        return int((await reading.all(counted))[0])

    @strawberry.field
    async def nodes(self, info: Info) -> list[Goal]:
        """The newest."""
        reading = _reading(info)
        page = select(GoalModel).where(visible(reading))
        rows = await reading.all(page.order_by(GoalModel.id.desc()).limit(self.first))
        return [
            Goal(
                id=strawberry.ID(str(row.id)),
                title=row.title,
                status=GoalStatus(row.status),
                due_on=row.due_on,
                row=row,
            )
            for row in rows
        ]


@strawberry.type
class Query:
    """Questions."""

    @strawberry.field
    def goals(self, first: int = 25) -> GoalConnection:
        """The goals that the viewer may see."""
        return GoalConnection(first=first)


def visible(reading: Reading) -> ColumnElement[bool]:
    """The visibility rule of goals."""
    persona, tenant = reading.persona, reading.tenant
    me = UUID(persona.person_id)
    led = select(TeamClosureModel.descendant_id).where(
        TeamClosureModel.tenant_id == tenant,
        TeamClosureModel.ancestor_id.in_([UUID(each) for each in persona.teams_led]),
    )
    named = exists().where(
        GoalViewerModel.tenant_id == tenant,
        GoalViewerModel.goal_id == GoalModel.id,
        GoalViewerModel.person_id == me,
    )
    own = or_(GoalModel.owner_person_id == me, GoalModel.owner_team_id.in_(led))
    begun = GoalModel.status != "draft"
    if persona.kind == "hr":
        seen = or_(GoalModel.visibility != "private", own, and_(begun, named))
    else:
        shared = or_(GoalModel.visibility == "public", _in_my_units(reading), named)
        managed = and_(GoalModel.visibility != "private", _below(reading, me))
        seen = or_(and_(begun, shared), own, managed)
    return and_(GoalModel.tenant_id == tenant, seen)


def _in_my_units(reading: Reading) -> ColumnElement[bool]:
    units = [UUID(each) for each in reading.persona.organizations]

    def within(model: type[PersonModel] | type[TeamModel]) -> Select[UUID]:
        return select(model.id).where(
            model.tenant_id == reading.tenant, model.organization_id.in_(units)
        )

    return and_(
        GoalModel.visibility == "organization",
        or_(
            GoalModel.owner_person_id.in_(within(PersonModel)),
            GoalModel.owner_team_id.in_(within(TeamModel)),
            GoalModel.owner_organization_id.in_(units),
        ),
    )


def _below(reading: Reading, me: UUID) -> ColumnElement[bool]:
    line, today = ReportingClosureModel, datetime.now(UTC).date()
    return GoalModel.owner_person_id.in_(
        select(line.descendant_id).where(
            line.tenant_id == reading.tenant,
            line.ancestor_id == me,
            line.starts_on <= today,
            or_(line.ends_on.is_(None), line.ends_on > today),
        )
    )


class Endpoint(GraphQL[dict[str, Any], None]):
    """Strawberry's own endpoint, with a session for each request."""

    async def run(self, request: Any, context: Any = None, root_value: Any = None) -> Any:  # noqa: ARG002
        """Answer within one transaction of the tenant."""
        persona = PERSONAS[request.headers["x-persona"]]
        async with SESSIONS() as session, session.begin():
            # The id comes from our own file, and SET takes no parameters.
            await session.execute(text(f"SET LOCAL app.tenant_id = '{persona.tenant_id}'"))
            reading = Reading(persona, session)
            return await super().run(request, {"reading": reading}, root_value)


@asynccontextmanager
async def _living(_: Starlette) -> Any:
    yield
    await ENGINE.dispose()


schema = strawberry.Schema(Query, extensions=[ParserCache, ValidationCache])

app = Starlette(routes=[Route("/graphql", Endpoint(schema))], lifespan=_living)

if __name__ == "__main__":
    serve(app)
