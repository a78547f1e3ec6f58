"""Plain Strawberry with SQLAlchemy's ORM and DataLoaders, as the documentation of both recommends.

The parser and validation caches are on. One session serves a request, and loaders use it in turn.
There is no authentication and no limit; only the visibility rule applies.
"""

import os
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

from benchmarks.contenders import POOL_SIZE
from benchmarks.contenders.asgi_server import serve_app
from benchmarks.contenders.strawberry_loaders import (
    Info,
    LoaderContext,
    build_visibility,
    get_loaders,
)
from benchmarks.contenders.strawberry_models import (
    GoalModel,
    OrganizationModel,
    PersonModel,
    TeamModel,
    TenantModel,
    WordModel,
)
from benchmarks.contenders.strawberry_mutation import Mutation
from benchmarks.contenders.strawberry_types import (
    Goal,
    GoalConnection,
    GoalStatus,
    Organization,
    Person,
    PersonConnection,
    Team,
    TeamConnection,
)
from benchmarks.personas import read_personas

PERSONAS = read_personas()
ENGINE = create_async_engine(
    os.environ["TRELLIS_SERVING_URL"].replace("postgresql://", "postgresql+asyncpg://", 1),
    pool_size=POOL_SIZE,
    max_overflow=0,
    pool_timeout=30,
)
SESSIONS = async_sessionmaker(ENGINE, expire_on_commit=False)


@strawberry.enum
class OrderDirection(StrEnum):
    """The direction of an order."""

    ASC = "asc"
    DESC = "desc"


@strawberry.enum
class GoalOrderField(StrEnum):
    """The fields by which goals can be ordered."""

    DUE_ON = "due_on"


@strawberry.enum
class PersonOrderField(StrEnum):
    """The fields by which people can be ordered."""

    NAME = "name_sort_key"
    HIRED_ON = "hired_on"


@strawberry.enum
class TeamOrderField(StrEnum):
    """The fields by which teams can be ordered."""

    NAME = "name_sort_key"


@strawberry.input
class GoalOrder:
    """An order of goals."""

    field: GoalOrderField
    direction: OrderDirection = OrderDirection.ASC


@strawberry.input
class PersonOrder:
    """An order of people."""

    field: PersonOrderField
    direction: OrderDirection = OrderDirection.ASC


@strawberry.input
class TeamOrder:
    """An order of teams."""

    field: TeamOrderField
    direction: OrderDirection = OrderDirection.ASC


@strawberry.input
class IdComparator:
    """A condition on an id."""

    eq: strawberry.ID


@strawberry.input
class StringComparator:
    """A condition on a text."""

    eq: str


@strawberry.input
class GoalStatusComparator:
    """A condition on a status."""

    eq: GoalStatus


@strawberry.input
class PersonWhere:
    """A filter on people."""

    id: IdComparator | None = None
    location: StringComparator | None = None


@strawberry.input
class GoalOwnerWhere:
    """A filter on the owners of goals."""

    person: PersonWhere


@strawberry.input
class GoalWhere:
    """A filter on goals."""

    owner: GoalOwnerWhere | None = None
    status: GoalStatusComparator | None = None


@strawberry.input
class GoalBy:
    """Identifies a goal."""

    id: strawberry.ID


@strawberry.input
class OrganizationBy:
    """Identifies an organization."""

    id: strawberry.ID


@strawberry.type
class Tenant:
    """A tenant."""

    id: strawberry.ID
    name: str


@strawberry.type
class Viewer:
    """The caller."""

    @strawberry.field
    async def person(self, info: Info) -> Person | None:
        """Return the caller's person."""
        reading = get_loaders(info)
        row = await reading.people.load(UUID(reading.persona.person_id))
        return Person.from_row(row) if row else None


def _build_order_by(model: Any, order: Any) -> tuple[Any, ...]:
    columns = (getattr(model, order.field.value), model.id)
    return columns if order.direction is OrderDirection.ASC else tuple(c.desc() for c in columns)


@strawberry.type
class Query:
    """The queries."""

    @strawberry.field
    def viewer(self) -> Viewer:
        """Return the caller."""
        return Viewer()

    @strawberry.field
    async def tenant(self, info: Info) -> Tenant:
        """Return the caller's tenant."""
        reading = get_loaders(info)
        mine = select(TenantModel).where(TenantModel.tenant_id == reading.tenant)
        row = (await reading.fetch_all(mine))[0]
        return Tenant(id=strawberry.ID(str(row.id)), name=row.name)

    @strawberry.field
    async def goal(self, info: Info, by: GoalBy) -> Goal | None:
        """Return one goal that the caller may see."""
        reading = get_loaders(info)
        rows = await reading.fetch_all(
            select(GoalModel).where(build_visibility(reading), GoalModel.id == UUID(by.id))
        )
        return Goal.from_row(rows[0]) if rows else None

    @strawberry.field
    def goals(
        self,
        info: Info,
        first: int = 25,
        where: GoalWhere | None = None,
        order_by: list[GoalOrder] | None = None,
    ) -> GoalConnection:
        """Return the goals that the caller may see."""
        chosen = select(GoalModel).where(build_visibility(get_loaders(info)))
        if where and where.owner and where.owner.person.id:
            chosen = chosen.where(GoalModel.owner_person_id == UUID(where.owner.person.id.eq))
        if where and where.status:
            chosen = chosen.where(GoalModel.status == where.status.eq.value)
        order = _build_order_by(GoalModel, order_by[0]) if order_by else (GoalModel.id.desc(),)
        return GoalConnection(
            statement=chosen, paginate=lambda statement: statement.order_by(*order).limit(first)
        )

    @strawberry.field
    async def organization(self, info: Info, by: OrganizationBy) -> Organization | None:
        """Return one organization."""
        reading = get_loaders(info)
        row: OrganizationModel | None = await reading.organizations.load(UUID(by.id))
        return Organization.from_row(row) if row else None

    @strawberry.field
    def people(
        self,
        info: Info,
        first: int = 25,
        search: str | None = None,
        where: PersonWhere | None = None,
        order_by: list[PersonOrder] | None = None,
    ) -> PersonConnection:
        """Return people."""
        tenant = get_loaders(info).tenant
        chosen = select(PersonModel).where(PersonModel.tenant_id == tenant)
        if where and where.location:
            chosen = chosen.where(PersonModel.location == where.location.eq)
        if search:
            found = select(WordModel.entity_id).where(
                WordModel.tenant_id == tenant,
                WordModel.entity == "person",
                WordModel.word >= search,
                WordModel.word < search + "\U0010ffff",
            )
            chosen = chosen.where(PersonModel.id.in_(found))
        order = (
            _build_order_by(PersonModel, order_by[0]) if order_by else (PersonModel.name_sort_key,)
        )
        return PersonConnection(
            statement=chosen, paginate=lambda statement: statement.order_by(*order).limit(first)
        )

    @strawberry.field
    async def teams(
        self, info: Info, first: int = 25, order_by: list[TeamOrder] | None = None
    ) -> TeamConnection:
        """Return teams."""
        reading = get_loaders(info)
        mine = select(TeamModel).where(TeamModel.tenant_id == reading.tenant)
        order = _build_order_by(TeamModel, order_by[0]) if order_by else (TeamModel.name_sort_key,)
        rows = await reading.fetch_all(mine.order_by(*order).limit(first))
        return TeamConnection(nodes=[Team.from_row(row) for row in rows])


class Endpoint(GraphQL[dict[str, Any], None]):
    """Strawberry's own endpoint, with a session for each request."""

    async def run(self, request: Any, context: Any = None, root_value: Any = None) -> Any:  # noqa: ARG002
        """Answer a request within one transaction of the tenant."""
        persona = PERSONAS[request.headers["x-persona"]]
        async with SESSIONS() as session, session.begin():
            # The id comes from our own file, and SET takes no parameters.
            await session.execute(text(f"SET LOCAL app.tenant_id = '{persona.tenant_id}'"))
            reading = LoaderContext(persona, session)
            return await super().run(request, {"reading": reading}, root_value)


@asynccontextmanager
async def _dispose_engine_at_shutdown(_: Starlette) -> Any:
    yield
    await ENGINE.dispose()


schema = strawberry.Schema(Query, Mutation, extensions=[ParserCache, ValidationCache])

app = Starlette(routes=[Route("/graphql", Endpoint(schema))], lifespan=_dispose_engine_at_shutdown)

if __name__ == "__main__":
    serve_app(app)
