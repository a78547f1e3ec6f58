"""Tenants: the customers of Trellis, separate from each other in every respect."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from domain.field_owners import FieldOwners
from domain.kernel.access import EVERYBODY, Holds
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, DomainEvent
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.fields import (
    EDITABLE,
    SingleLine,
    WholeNumber,
    check_fields,
    locale_rule,
    new_values,
    time_zone_rule,
)
from domain.kernel.identity import TenantId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.permissions import Permission
from domain.kernel.text import single_line
from domain.kernel.unit_of_work import Work

SLUG_PATTERN = re.compile(r"[a-z][a-z0-9-]{1,61}[a-z0-9]")


class TenantStatus(StrEnum):
    """Whether requests of a tenant are served."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSING = "closing"


LIFECYCLE = Lifecycle[TenantStatus](
    {
        TenantStatus.ACTIVE: frozenset({TenantStatus.SUSPENDED, TenantStatus.CLOSING}),
        TenantStatus.SUSPENDED: frozenset({TenantStatus.ACTIVE, TenantStatus.CLOSING}),
        TenantStatus.CLOSING: frozenset({TenantStatus.ACTIVE, TenantStatus.SUSPENDED}),
    }
)


class LabelKey(StrEnum):
    """A concept or part that a tenant may rename."""

    CHECK_IN = "check_in"
    EMPLOYMENT = "employment"
    GOAL = "goal"
    KEY_RESULT = "key_result"
    LEAVE = "leave"
    MEMBER = "member"
    MEMBERSHIP = "membership"
    ORGANIZATION = "organization"
    PERSON = "person"
    REPORTING_LINE = "reporting_line"
    ROLE = "role"
    TEAM = "team"


class WeekStart(StrEnum):
    """The first day of a week."""

    MONDAY = "monday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class FiscalYearName(StrEnum):
    """The calendar year after which a fiscal year is named."""

    FIRST_YEAR = "first_year"
    LAST_YEAR = "last_year"


MIN_BUDGET = 1_000
MAX_BUDGET = 100_000_000
"""Points. A budget below the minimum would refuse ordinary operations."""


@dataclass(frozen=True)
class SlugText:
    """The slug of a tenant."""

    max_length: int = 63
    limit: str = ""

    def check(self, value: str, *path: str | int) -> str:
        """Return the slug as it is. Raises Invalid."""
        if not SLUG_PATTERN.fullmatch(value):
            message = (
                "A slug has 3 to 63 small letters, digits and hyphens, and starts with a letter."
            )
            raise Invalid(message, *path, code=Code.INVALID_FORMAT)
        return value


SLUG = SlugText()


@dataclass(frozen=True)
class Budgets:
    """The cost points that may be spent at once; None where the installation's setting applies."""

    caller: int | None = None
    tenant: int | None = None


USUAL_BUDGETS = Budgets()


@dataclass(kw_only=True)
class TenantRegistration:
    """A tenant's entry in the directory of all tenants. Only the platform changes it.

    A budget is None where the installation's applies: `TRELLIS_CALLER_BUDGET` for one caller, and
    `TRELLIS_TENANT_BUDGET` for all of them.
    """

    id: TenantId
    slug: str
    status: TenantStatus = TenantStatus.ACTIVE
    database: str | None = None
    """The database where it lives; None for the home database."""
    plan: Annotated[str | None, SingleLine("The plan", max_length=60), EDITABLE] = None
    caller_budget: Annotated[
        int | None, WholeNumber("The budget", MIN_BUDGET, MAX_BUDGET), EDITABLE
    ] = None
    tenant_budget: Annotated[
        int | None, WholeNumber("The budget", MIN_BUDGET, MAX_BUDGET), EDITABLE
    ] = None

    def __post_init__(self) -> None:
        SLUG.check(self.slug, "slug")

    def suspend(self) -> None:
        """Refuse the requests of this tenant until it is resumed. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, TenantStatus.SUSPENDED)

    def resume(self) -> None:
        """Serve a suspended tenant again. Raises StateConflict."""
        if self.status is TenantStatus.CLOSING:
            raise StateConflict(
                "The deletion of this tenant is scheduled. Cancel the deletion instead."
            )
        self.status = LIFECYCLE.transition(self.status, TenantStatus.ACTIVE)

    def close(self) -> None:
        """Refuse all requests until the data is removed. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, TenantStatus.CLOSING)

    def reopen(self, status: TenantStatus) -> None:
        """Give up the deletion, and take the status from before. Raises StateConflict."""
        if self.status is not TenantStatus.CLOSING:
            raise StateConflict("No deletion of this tenant is scheduled.")
        self.status = LIFECYCLE.transition(self.status, status)

    def set_terms(self, terms: Mapping[str, Any]) -> None:
        """Set the plan and the limits that are given. Raises Invalid."""
        for name, value in check_fields(TenantRegistration, terms).items():
            setattr(self, name, value)


LABEL_TEXT = SingleLine("The label", max_length=60)
"""The word for one concept."""


@dataclass(frozen=True)
class LabelTexts:
    """The tenant's own words by the key of their concept, each one line of text."""

    max_length: int
    limit: str = ""

    def check(self, value: Mapping[str, str], *path: str | int) -> dict[str, str]:
        """Return the trimmed words by key. Raises Invalid at the entry."""
        for index, key in enumerate(value):
            if key not in set(LabelKey):
                message = f"There is no such concept. Choose one of: {', '.join(LabelKey)}."
                raise Invalid(message, *path, index, "key")
        return {
            str(key): single_line(
                "The label", text, *path, index, "text", max_length=self.max_length
            )
            for index, (key, text) in enumerate(value.items())
        }


DATA_EVENTS = ("exported", "cloned", "restored", "deletion_scheduled", "deletion_cancelled")
"""What happens to all data of a tenant at once. Operators cause it, not members."""


@dataclass(kw_only=True, eq=False)
class Tenant(Aggregate):
    """The name and settings of a tenant. All its members may read them."""

    NAME = "tenant"
    SEE = EVERYBODY
    SEE_HISTORY = Holds(Permission.AUDIT_READ)
    EDIT: ClassVar = Action("edit", Holds(Permission.SETTINGS_MANAGE))
    ACTIONS = (EDIT,)
    EVENTS = ("founded", "edited", "configured", "suspended", "resumed", *DATA_EVENTS)

    name: Annotated[str, SingleLine("The name"), EDITABLE]
    fiscal_year_start_month: Annotated[int, WholeNumber("The first month", 1, 12), EDITABLE] = 1
    fiscal_year_named_by: Annotated[FiscalYearName, EDITABLE] = FiscalYearName.LAST_YEAR
    week_start: Annotated[WeekStart, EDITABLE] = WeekStart.MONDAY
    time_zone: Annotated[str, time_zone_rule("The time zone"), EDITABLE] = "UTC"
    locale: Annotated[str, locale_rule("The locale"), EDITABLE] = "en"
    labels: Annotated[dict[str, str], LabelTexts(LABEL_TEXT.max_length), EDITABLE] = field(
        default_factory=dict
    )
    field_owners: Annotated[dict[str, str], FieldOwners(), EDITABLE] = field(default_factory=dict)
    allows_self_appointment: Annotated[bool, EDITABLE] = False
    allows_granting_unheld: Annotated[bool, EDITABLE] = False
    requires_second_admin: Annotated[bool, EDITABLE] = False
    check_in_backdating_days: Annotated[
        int, WholeNumber("The number of days", 0, 366), EDITABLE
    ] = 31
    kpi_tolerance_percent: Annotated[int, WholeNumber("The tolerance", 0, 100), EDITABLE] = 10
    suppression_threshold: Annotated[int, WholeNumber("The threshold", 3, 100), EDITABLE] = 5
    appeal_days: Annotated[int, WholeNumber("The number of days", 0, 365), EDITABLE] = 14
    changes_retention_days: Annotated[int, WholeNumber("The number of days", 1, 366), EDITABLE] = 90

    @classmethod
    def create(cls, id: TenantId, **settings: Any) -> "Tenant":
        """Create a tenant; its only row has the tenant's own id. Raises Invalid."""
        tenant = cls(tenant_id=id, id=id, **new_values(cls, settings))
        tenant.record_event("founded")
        return tenant

    def begin_day(self, day: date) -> datetime:
        """Return the moment at which a day of the tenant begins."""
        return datetime.combine(day, time.min, ZoneInfo(self.time_zone))


async def load_tenant(work: Work) -> Tenant:
    """Return the tenant of the actor."""
    tenant = await work.reference(Tenant, work.actor.tenant_id)
    assert tenant is not None, "Every tenant has its row."
    return tenant


async def record_data_event(work: Work, action: str, **details: str | int) -> None:
    """Note in the tenant's journal what was done with all its data. Its version stays."""
    event = DomainEvent(action, keeps_version=True, details=details)
    await work.record_events(Tenant, [(event, [work.actor.tenant_id])])
