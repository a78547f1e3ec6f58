"""DataLoaders, the visibility rule, and the one session of a request."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry.dataloader import DataLoader

from benchmarks.contenders.strawberry_models import (
    GoalModel,
    GoalViewerModel,
    JournalModel,
    KeyResultModel,
    OrganizationModel,
    PersonModel,
    ReportingClosureModel,
    TeamClosureModel,
    TeamModel,
)
from benchmarks.personas import Persona


class LoaderContext:
    """What the resolvers of one request share: the caller, the session and the loaders."""

    def __init__(self, persona: Persona, session: AsyncSession) -> None:
        self.persona = persona
        self.tenant = UUID(persona.tenant_id)
        self.session = session
        self._session_lock = asyncio.Lock()
        self.people: DataLoader[UUID, PersonModel | None] = DataLoader(
            self._build_loader_by_id(PersonModel)
        )
        self.teams: DataLoader[UUID, TeamModel | None] = DataLoader(
            self._build_loader_by_id(TeamModel)
        )
        self.organizations: DataLoader[UUID, OrganizationModel | None] = DataLoader(
            self._build_loader_by_id(OrganizationModel)
        )
        self.key_results = self._build_loader_by_parent(
            KeyResultModel, "goal_id", (KeyResultModel.position, KeyResultModel.id)
        )
        self.history = self._build_loader_by_parent(
            JournalModel, "entity_id", (JournalModel.id.desc(),), JournalModel.entity == "goal"
        )
        self.children = self._build_loader_by_parent(
            OrganizationModel, "parent_id", (OrganizationModel.name_sort_key, OrganizationModel.id)
        )
        self.people_by_organization = self._build_loader_by_parent(
            PersonModel, "organization_id", (PersonModel.name_sort_key, PersonModel.id)
        )
        self.goals = self._build_loader_by_parent(
            GoalModel, "owner_organization_id", (GoalModel.id.desc(),), build_visibility(self)
        )

    async def fetch_all(self, statement: Select[Any]) -> Sequence[Any]:
        """Return the objects of a statement. A session runs one statement at a time."""
        async with self._session_lock:
            return (await self.session.scalars(statement)).all()

    def _build_loader_by_id(self, model: Any) -> Callable[[list[UUID]], Awaitable[list[Any]]]:
        async def load(ids: list[UUID]) -> list[Any]:
            rows = await self.fetch_all(
                select(model).where(model.tenant_id == self.tenant, model.id.in_(ids))
            )
            found = {row.id: row for row in rows}
            return [found.get(id) for id in ids]

        return load

    def _build_loader_by_parent(
        self, model: Any, column: str, order: Sequence[Any], *conditions: ColumnElement[bool]
    ) -> DataLoader[UUID, list[Any]]:
        parent_column = getattr(model, column)

        async def load(ids: list[UUID]) -> list[list[Any]]:
            of: dict[UUID, list[Any]] = defaultdict(list)
            mine = (model.tenant_id == self.tenant, parent_column.in_(ids), *conditions)
            for row in await self.fetch_all(select(model).where(*mine).order_by(*order)):
                of[getattr(row, column)].append(row)
            return [of[id] for id in ids]

        return DataLoader(load)


Info: TypeAlias = strawberry.Info[dict[str, Any], None]


def get_loaders(info: Info) -> LoaderContext:
    """Return the loaders of this request."""
    found: LoaderContext = info.context["reading"]
    return found


def build_visibility(loaders: LoaderContext) -> ColumnElement[bool]:
    """Return the visibility rule of goals as a condition."""
    persona, tenant = loaders.persona, loaders.tenant
    person_id = UUID(persona.person_id)
    led = select(TeamClosureModel.descendant_id).where(
        TeamClosureModel.tenant_id == tenant,
        TeamClosureModel.ancestor_id.in_([UUID(each) for each in persona.teams_led]),
    )
    named = exists().where(
        GoalViewerModel.tenant_id == tenant,
        GoalViewerModel.goal_id == GoalModel.id,
        GoalViewerModel.person_id == person_id,
    )
    own = or_(GoalModel.owner_person_id == person_id, GoalModel.owner_team_id.in_(led))
    begun = GoalModel.status != "draft"
    if persona.kind == "hr":
        seen = or_(GoalModel.visibility != "private", own, and_(begun, named))
    else:
        shared = or_(GoalModel.visibility == "public", _build_unit_condition(loaders), named)
        managed = and_(
            GoalModel.visibility != "private", _build_manager_condition(loaders, person_id)
        )
        seen = or_(and_(begun, shared), own, managed)
    return and_(GoalModel.tenant_id == tenant, seen)


def _build_unit_condition(loaders: LoaderContext) -> ColumnElement[bool]:
    units = [UUID(each) for each in loaders.persona.organizations]

    def select_ids_in_units(model: type[PersonModel] | type[TeamModel]) -> Select[UUID]:
        return select(model.id).where(
            model.tenant_id == loaders.tenant, model.organization_id.in_(units)
        )

    return and_(
        GoalModel.visibility == "organization",
        or_(
            GoalModel.owner_person_id.in_(select_ids_in_units(PersonModel)),
            GoalModel.owner_team_id.in_(select_ids_in_units(TeamModel)),
            GoalModel.owner_organization_id.in_(units),
        ),
    )


def _build_manager_condition(loaders: LoaderContext, manager_id: UUID) -> ColumnElement[bool]:
    line, today = ReportingClosureModel, datetime.now(UTC).date()
    return GoalModel.owner_person_id.in_(
        select(line.descendant_id).where(
            line.tenant_id == loaders.tenant,
            line.ancestor_id == manager_id,
            line.starts_on <= today,
            or_(line.ends_on.is_(None), line.ends_on > today),
        )
    )
