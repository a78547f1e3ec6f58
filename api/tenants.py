"""The tenant in the graph: its settings, and the mutation that edits them."""

from operator import attrgetter
from typing import Annotated, Any
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import graph_enum, list_of, node, one, part, queries, value
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kpis.periods import ABOUT_PERIODS, PERIOD_ARGUMENTS, KpiPeriod
from domain import tenants
from domain.access_requests import refuse_setting_change
from domain.field_owners import OwnedField
from domain.kernel.external_references import SOURCE
from domain.kernel.unit_of_work import Work
from domain.kpis.calendar_settings import refuse_calendar_change
from domain.kpis.measurements.reviewing import edit_tenant
from domain.tenants import LABEL_TEXT, FiscalYearName, LabelKey, TenantStatus, WeekStart
from persistence.reading.read_model import ROOT
from persistence.tenants import FIELD_OWNER, LABEL, TENANT

graph_enum(
    TenantStatus,
    "The state of a tenant.",
    active="Requests of the tenant are served.",
    suspended="Requests of the tenant are refused for now.",
    closing="Requests of the tenant are refused; all its data will be erased.",
)
graph_enum(
    WeekStart,
    "The first day of a week.",
    monday="Weeks run from Monday to Sunday.",
    saturday="Weeks run from Saturday to Friday.",
    sunday="Weeks run from Sunday to Saturday.",
)
graph_enum(
    FiscalYearName,
    "The calendar year after which a fiscal year is named.",
    first_year="The year of its first day: April 2026 to March 2027 is FY2026.",
    last_year="The year of its last day: April 2026 to March 2027 is FY2027.",
)

graph_enum(
    LabelKey,
    "A concept that a tenant may give its own word.",
    check_in="A check-in on a goal.",
    employment="An employment of a person.",
    goal="A goal.",
    key_result="A key result of a goal.",
    leave="A long leave of a person.",
    member="An account.",
    membership="A person's membership of a team.",
    organization="An organization.",
    person="A person.",
    reporting_line="A reporting line between a person and a manager.",
    role="A role.",
    team="A team.",
)


graph_enum(
    OwnedField,
    "A field of the rows of upserts that a source may own.",
    person_given_name="Of people: the given name.",
    person_family_name="Of people: the family name.",
    person_name="Of people: the name.",
    person_work_email="Of people: the work e-mail.",
    person_time_zone="Of people: the time zone.",
    person_employee_number="Of people: the employee number.",
    person_job_title="Of people: the job title.",
    person_level="Of people: the level.",
    person_location="Of people: the location.",
    person_employment_type="Of people: the employment type.",
    person_working_time_share="Of people: the working-time share.",
    person_organization="Of people: the unit.",
    person_manager="Of people: the primary manager.",
    person_hired_on="Of people: the first day of an employment.",
    person_last_day="Of people: the last day of work.",
    person_custom_values="Of people: all custom values.",
    organization_kind="Of units: the kind.",
    organization_code="Of units: the code.",
    organization_name="Of units: the name.",
    organization_parent="Of units: what is directly above.",
    organization_ends_on="Of units: the last day.",
    team_name="Of teams: the name.",
    team_description="Of teams: the description.",
    team_organization="Of teams: the unit.",
    team_parent="Of teams: what is directly above.",
    team_ends_on="Of teams: the last day.",
    team_custom_values="Of teams: all custom values.",
    goal_title="Of goals: the title.",
    goal_description="Of goals: the description.",
    goal_purpose="Of goals: the purpose.",
    goal_visibility="Of goals: the visibility.",
    goal_starts_on="Of goals: the first day.",
    goal_due_on="Of goals: the day by which it is due.",
    goal_owner_person="Of goals: an owner who is a person.",
    goal_owner_team="Of goals: an owner that is a team.",
    goal_owner_organization="Of goals: an owner that is a unit.",
    goal_parent="Of goals: the goal that it contributes to.",
    goal_status="Of goals: the status.",
    goal_closing_note="Of goals: the closing note.",
    goal_custom_values="Of goals: all custom values.",
)


@part(FIELD_OWNER)
class FieldOwner:
    """The other system that owns a field of the objects that have an external reference of it.

    Rows of other sources leave the field of such an object as it is, and get the warning
    FIELD_OWNED where their value is another one.
    """

    field: OwnedField = value("The field.")
    source: str = value("The other system.")


@part(LABEL)
class Label:
    """The tenant's own word for a concept, such as Objective for a goal."""

    key: LabelKey = value("The concept.")
    text: str = value("The word to show.")


@node(TENANT)
class Tenant:
    """The company that uses Trellis, with its settings. All other data belongs to one tenant."""

    slug: str = value("The short name in URLs and on the command line. It never changes.")
    name: str = value("The name.")
    status: TenantStatus = value("Whether requests of the tenant are served.")
    fiscal_year_start_month: int = value(
        "The first month of the fiscal year. January is 1. It cannot change while daily, monthly,"
        " quarterly or annual KPIs have values."
    )
    fiscal_year_named_by: FiscalYearName = value(
        "The calendar year after which a fiscal year is named. It matters where the fiscal year"
        " does not begin in January. LAST_YEAR in a new tenant. It cannot change while quarterly or"
        " annual KPIs have values."
    )
    week_start: WeekStart = value(
        "The first day of a week. It cannot change while daily or weekly KPIs have values."
    )
    time_zone: str = value(
        "The IANA time zone that decides which day is today: a place such as `Europe/Berlin`,"
        " or UTC. UTC in a new tenant."
    )
    locale: str = value(
        "The language tag, such as `en` or `de-CH`. Names of people, teams, units and roles are"
        " sorted by its rules; a change sorts all of them again. `en` in a new tenant."
    )
    allows_self_appointment: bool = value(
        "Whether people may give themselves rights that they do not hold: as a manager, as the lead"
        " of a team or with a role. Each time a reason is required."
    )
    allows_granting_unheld: bool = value(
        "Whether people may assign, create and change roles with permissions that they do not hold"
        " themselves."
    )
    requires_second_admin: bool = value(
        "Whether another admin has to approve what gives somebody rights: `memberAssignRole` and"
        " `roleSetGrants` are then refused with APPROVAL_REQUIRED. It is turned on where two tenant"
        " admins have the role without an end, and off by `accessRequestEndApproval`."
    )
    check_in_backdating_days: int = value(
        "How many days before today the day of a check-in may be, also in corrections. 31 in a new"
        " tenant. 0 allows only today."
    )
    kpi_tolerance_percent: int = value(
        "How far below or above green a value of a KPI is still amber, in percent of the target."
        " Used where a target is set without edges. 10 in a new tenant. 0 leaves out amber."
    )
    suppression_threshold: int = value(
        "The smallest number of people about whom a value is shown, for KPIs with"
        " `describesPeople`. 5 in a new tenant, at least 3."
    )
    appeal_days: int = value(
        "The default of new review cycles, and of reviews outside of a cycle: for how many days"
        " after sharing people may appeal. 14 in a new tenant. 0 for no appeals."
    )
    changes_retention_days: int = value(
        "How many days back `changes` can be read. 90 in a new tenant. The audit log keeps its"
        " entries for good."
    )
    kpi_periods: list[KpiPeriod] = list_of(ABOUT_PERIODS, usual_size=13, **PERIOD_ARGUMENTS)
    change_cursor: str = value(
        "The place of the newest change that this answer includes. A subscription `after` it misses"
        " no change since; it may repeat some that the answer includes."
    )
    labels: list[Label] = list_of(
        "The tenant's own words for concepts. Empty when it uses the usual ones."
    )
    field_owners: list[FieldOwner] = list_of(
        "The other systems that own fields. Empty when all sources may change all fields."
    )


@queries(ROOT)
class TenantQueries:
    """Root field of the tenant."""

    tenant: Tenant | None = one("The viewer's tenant. Never null for a signed-in viewer.")


@input_type()
class LabelInput:
    """The tenant's own word for a concept."""

    key: LabelKey = input_field("The concept.")
    text: Annotated[str, LABEL_TEXT] = input_field("The word to show.")


@input_type()
class FieldOwnerInput:
    """The other system that owns a field."""

    field: OwnedField = input_field("The field.")
    source: Annotated[str, SOURCE] = input_field("The other system.")


@input_type(edits=Tenant)
class TenantEditInput:
    """Input of `tenantEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    labels: strawberry.Maybe[list[LabelInput]] = input_field(
        "The complete new list of labels, each concept once. Empty removes all.",
        max_items=len(LabelKey),
        unique_by=attrgetter("key"),
    )
    field_owners: strawberry.Maybe[list[FieldOwnerInput]] = input_field(
        "The complete new list of owners, each field once. Empty removes all.",
        max_items=len(OwnedField),
        unique_by=attrgetter("field"),
    )
    expected_version: int | None = expected_version_field()


@mutation(Tenant)
async def tenant_edit(work: Work, input: TenantEditInput) -> tenants.Tenant:
    """Edit the tenant's settings."""
    tenant = await work.get(
        tenants.Tenant,
        UUID(str(work.actor.tenant_id)),
        to=tenants.Tenant.EDIT,
        expected_version=input.expected_version,
    )
    settings = read_settings(input)
    await refuse_calendar_change(work, tenant, settings)
    await refuse_setting_change(work, tenant, settings)
    await edit_tenant(work, tenant, settings)
    return tenant


def read_settings(input: object) -> dict[str, Any]:
    """Return the settings that an input gives, as attributes of the tenant."""
    settings = given_values(input, tenants.Tenant)
    if "labels" in settings:
        settings["labels"] = {each.key: each.text for each in settings["labels"]}
    if "field_owners" in settings:
        owners = settings["field_owners"]
        settings["field_owners"] = {each.field: each.source for each in owners}
    return settings
