"""ORM models over Trellis' tables, as a project without Trellis would declare them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Model(DeclarativeBase):
    """The base class: every row belongs to a tenant."""


class PersonModel(Model):
    """A person."""

    __tablename__ = "people"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_sort_key: Mapped[str] = mapped_column(deferred=True)
    work_email: Mapped[str | None]
    job_title: Mapped[str | None]
    location: Mapped[str | None]
    hired_on: Mapped[date]
    organization_id: Mapped[UUID | None]


class TeamModel(Model):
    """A team."""

    __tablename__ = "teams"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_sort_key: Mapped[str] = mapped_column(deferred=True)
    organization_id: Mapped[UUID]


class OrganizationModel(Model):
    """An organization."""

    __tablename__ = "organizations"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    name_sort_key: Mapped[str] = mapped_column(deferred=True)
    parent_id: Mapped[UUID | None]


class GoalModel(Model):
    """A goal."""

    __tablename__ = "goals"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    title: Mapped[str]
    description: Mapped[str | None]
    status: Mapped[str]
    visibility: Mapped[str]
    starts_on: Mapped[date]
    due_on: Mapped[date]
    owner_kind: Mapped[str]
    owner_person_id: Mapped[UUID | None]
    owner_team_id: Mapped[UUID | None]
    owner_organization_id: Mapped[UUID | None]


class KeyResultModel(Model):
    """A key result."""

    __tablename__ = "key_results"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID]
    title: Mapped[str]
    current_value: Mapped[Decimal]
    target_value: Mapped[Decimal]
    unit: Mapped[str | None]
    position: Mapped[int]


class GoalViewerModel(Model):
    """A person who may see a goal whatever its visibility."""

    __tablename__ = "goal_viewers"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)


class TeamClosureModel(Model):
    """A pair of a team and a team above it."""

    __tablename__ = "team_closure"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    descendant_id: Mapped[UUID] = mapped_column(primary_key=True)
    ancestor_id: Mapped[UUID] = mapped_column(primary_key=True)


class ReportingClosureModel(Model):
    """A pair of a person and a manager above, for a period."""

    __tablename__ = "reporting_closure"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    descendant_id: Mapped[UUID] = mapped_column(primary_key=True)
    ancestor_id: Mapped[UUID] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date | None]


class TenantModel(Model):
    """A tenant."""

    __tablename__ = "tenants"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class WordModel(Model):
    """A word of an object for full-text search."""

    __tablename__ = "words"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    entity: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    entity_id: Mapped[UUID] = mapped_column(primary_key=True)


class ClockModel(Model):
    """A clock of a tenant."""

    __tablename__ = "tenant_clocks"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    clock: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class JournalModel(Model):
    """An entry of the journal."""

    __tablename__ = "journal"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int]
    entity: Mapped[str]
    entity_id: Mapped[UUID]
    action: Mapped[str]
    actor_id: Mapped[UUID | None]
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CheckInModel(Model):
    """A check-in on a goal."""

    __tablename__ = "check_ins"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID]
    author_id: Mapped[UUID]
    confidence: Mapped[str]
    note: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CheckInValueModel(Model):
    """The value of a key result in a check-in."""

    __tablename__ = "check_in_values"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    check_in_id: Mapped[UUID]
    key_result_id: Mapped[UUID]
    value: Mapped[Decimal]
