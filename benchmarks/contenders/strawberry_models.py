"""ORM models over Trellis' tables, as a project without Trellis would declare them."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Model(DeclarativeBase):
    """Every row belongs to a tenant."""


class PersonModel(Model):
    """A person."""

    __tablename__ = "people"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    work_email: Mapped[str | None]
    job_title: Mapped[str | None]
    organization_id: Mapped[UUID | None]


class TeamModel(Model):
    """A team."""

    __tablename__ = "teams"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    organization_id: Mapped[UUID]


class OrganizationModel(Model):
    """An organization."""

    __tablename__ = "organizations"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class GoalModel(Model):
    """A goal."""

    __tablename__ = "goals"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    status: Mapped[str]
    visibility: Mapped[str]
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
    """Somebody named on a goal."""

    __tablename__ = "goal_viewers"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)


class TeamClosureModel(Model):
    """A team, and one above it."""

    __tablename__ = "team_closure"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    descendant_id: Mapped[UUID] = mapped_column(primary_key=True)
    ancestor_id: Mapped[UUID] = mapped_column(primary_key=True)


class ReportingClosureModel(Model):
    """A person, and one above in the reporting line, for a time."""

    __tablename__ = "reporting_closure"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    descendant_id: Mapped[UUID] = mapped_column(primary_key=True)
    ancestor_id: Mapped[UUID] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date | None]
