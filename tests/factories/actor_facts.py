"""The facts about one actor as literals, so that rules can be compiled without a request."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Date, Uuid, literal

from domain.kernel.permissions import Permission, Population
from persistence.access.actor_facts import LiteralActorFacts


class LiteralSqlFacts(LiteralActorFacts):
    """All facts about one actor; the values are literals of SQL."""

    def person(self) -> ColumnElement[UUID | None]:
        return literal(self.actor.person_id, Uuid)

    def account(self) -> ColumnElement[UUID | None]:
        return literal(self.actor.member_id, Uuid)

    def today(self) -> ColumnElement[date]:
        return literal(self.actor.today, Date)

    def tenant(self) -> ColumnElement[UUID]:
        return literal(self.actor.tenant_id, Uuid)

    def organizations(self) -> ColumnElement[Any]:
        return _bind_ids(self.actor.organizations)

    def teams_led(self) -> ColumnElement[Any]:
        return _bind_ids(self.actor.teams_led)

    def subtrees(self, permission: Permission, population: Population) -> ColumnElement[Any]:
        return _bind_ids(self.actor.get_subtrees(permission, population))

    def named(self, permission: Permission) -> ColumnElement[Any]:
        return _bind_ids(self.actor.get_named(permission))


def _bind_ids(ids: Iterable[UUID]) -> ColumnElement[Any]:
    return literal(sorted(ids), ARRAY(Uuid))
