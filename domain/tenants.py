"""Tenants: the customers of Trellis, each a world of its own."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from domain.kernel.access import EVERYBODY, Holds
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Permission


class TenantStatus(StrEnum):
    """Whether a tenant is served."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSING = "closing"


class WeekStart(StrEnum):
    """The day that a tenant's weeks begin on."""

    MONDAY = "monday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@dataclass(kw_only=True)
class Registration:
    """A tenant as the directory of all tenants knows it; changed from the command line only."""

    id: TenantId
    slug: str
    status: TenantStatus = TenantStatus.ACTIVE


@dataclass(kw_only=True, eq=False)
class Tenant(Aggregate):
    """A customer's name and settings. Everybody in the tenant reads them: every screen needs them."""

    NAME = "tenant"
    SEE = EVERYBODY
    HISTORY = Holds(Permission.AUDIT_READ)
    EDIT: ClassVar = Action("edit", Holds(Permission.SETTINGS_MANAGE))
    ACTIONS = (EDIT,)

    name: str
    fiscal_year_start_month: int = 1
    week_start: WeekStart = WeekStart.MONDAY
    time_zone: str = "UTC"
    locale: str = "en"
    labels: dict[str, str] = field(default_factory=dict)
