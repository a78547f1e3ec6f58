"""Tenants: the customers of Trellis, each a world of its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, TypedDict, Unpack, cast

from domain.kernel.access import EVERYBODY, Holds
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.permissions import Permission
from domain.kernel.text import single_line, validate_locale, validate_time_zone

SLUG_PATTERN = re.compile(r"[a-z][a-z0-9-]{1,61}[a-z0-9]")
MAX_MONTH = 12


class TenantStatus(StrEnum):
    """Whether a tenant is served."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSING = "closing"


LIFECYCLE = Lifecycle[TenantStatus](
    {
        TenantStatus.ACTIVE: frozenset({TenantStatus.SUSPENDED, TenantStatus.CLOSING}),
        TenantStatus.SUSPENDED: frozenset({TenantStatus.ACTIVE, TenantStatus.CLOSING}),
    }
)


class LabelKey(StrEnum):
    """A concept or part that a tenant may give a word of its own."""

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
    """The day that a tenant's weeks begin on."""

    MONDAY = "monday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@dataclass(kw_only=True)
class TenantRegistration:
    """A tenant as the directory of all tenants knows it; changed from the command line only."""

    id: TenantId
    slug: str
    status: TenantStatus = TenantStatus.ACTIVE

    def __post_init__(self) -> None:
        if not SLUG_PATTERN.fullmatch(self.slug):
            raise Invalid(
                "A slug has 3 to 63 small letters, digits and hyphens, and starts with a letter.",
                "slug",
                code=Code.INVALID_FORMAT,
            )

    def suspend(self) -> None:
        """Serve nobody of this tenant for now. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, TenantStatus.SUSPENDED)

    def resume(self) -> None:
        """Serve a suspended tenant again. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, TenantStatus.ACTIVE)

    def close(self) -> None:
        """Begin to take the tenant's data out; final. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, TenantStatus.CLOSING)


class TenantSettings(TypedDict, total=False):
    """What a tenant may set; what is left out stays."""

    name: str
    fiscal_year_start_month: int
    week_start: WeekStart
    time_zone: str
    locale: str
    labels: Mapping[str, str]


@dataclass(kw_only=True, eq=False)
class Tenant(Aggregate):
    """A customer's name and settings; every screen needs them, so everybody here reads them."""

    NAME = "tenant"
    SEE = EVERYBODY
    SEE_HISTORY = Holds(Permission.AUDIT_READ)
    EDIT: ClassVar = Action("edit", Holds(Permission.SETTINGS_MANAGE))
    ACTIONS = (EDIT,)
    EVENTS = ("founded", "edited")

    name: str
    fiscal_year_start_month: int = 1
    week_start: WeekStart = WeekStart.MONDAY
    time_zone: str = "UTC"
    locale: str = "en"
    labels: dict[str, str] = field(default_factory=dict)

    @classmethod
    def create(cls, id: TenantId, **settings: Unpack[TenantSettings]) -> "Tenant":
        """Create a tenant; its only row has the tenant's own id. Raises Invalid."""
        tenant = cls(tenant_id=id, id=id, name="")
        for attribute, value in normalize_settings({"name": "", **settings}).items():
            setattr(tenant, attribute, value)
        tenant.record_event("founded")
        return tenant

    def edit(self, **details: Any) -> None:
        """Change settings. Raises Invalid."""
        self.update_attributes("edited", normalize_settings(cast("TenantSettings", details)))


def normalize_settings(settings: TenantSettings) -> dict[str, object]:
    """Validate and normalize settings. Raises Invalid."""
    values: dict[str, object] = dict(settings)
    if "name" in settings:
        values["name"] = single_line("The name", settings["name"], "name")
    if "time_zone" in settings:
        zone = single_line("The time zone", settings["time_zone"], "timeZone")
        values["time_zone"] = validate_time_zone("The time zone", zone, "timeZone")
    if "locale" in settings:
        values["locale"] = validate_locale("The locale", settings["locale"], "locale")
    if "labels" in settings:
        values["labels"] = _normalize_labels(settings["labels"])
    if not 1 <= settings.get("fiscal_year_start_month", 1) <= MAX_MONTH:
        raise Invalid(
            "A month is a number from 1 to 12.", "fiscalYearStartMonth", code=Code.OUT_OF_RANGE
        )
    return values


def _normalize_labels(labels: Mapping[str, str]) -> dict[str, str]:
    for index, key in enumerate(labels):
        if key not in set(LabelKey):
            message = f"No concept is called {key}. Choose one of: {', '.join(LabelKey)}."
            raise Invalid(message, "labels", index, "key")
    return {
        str(key): single_line("The label", label, "labels", index, "text", max_length=60)
        for index, (key, label) in enumerate(labels.items())
    }
