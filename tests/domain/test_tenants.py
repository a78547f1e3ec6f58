import pytest

import domain.permission_table  # noqa: F401 - imports every aggregate and part
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.errors import Code
from domain.people import ReportingLine
from domain.tenants import LabelKey, Tenant, TenantRegistration, TenantStatus, WeekStart
from tests.factories.domain_examples import TENANT, expect_error, list_event_actions


def test_a_tenant_is_founded_with_settings() -> None:
    tenant = Tenant.create(TENANT, name="Meridian", time_zone="Europe/Lisbon")
    assert (tenant.id, tenant.tenant_id) == (TENANT, TENANT)
    assert (tenant.name, tenant.time_zone, tenant.locale) == ("Meridian", "Europe/Lisbon", "en")
    assert (tenant.week_start, tenant.fiscal_year_start_month) == (WeekStart.MONDAY, 1)
    assert list_event_actions(tenant) == ["founded"]
    with expect_error(Code.REQUIRED, "name"):
        Tenant.create(TENANT)


def test_settings_change_together_or_not_at_all() -> None:
    tenant = Tenant.create(TENANT, name="Meridian")
    tenant.edit(labels={"goal": "Objective"}, fiscal_year_start_month=4)
    for month in (0, 13):
        with expect_error(Code.OUT_OF_RANGE, "fiscalYearStartMonth"):
            tenant.edit(name="New", fiscal_year_start_month=month)
    with expect_error(Code.REQUIRED, "timeZone"):
        tenant.edit(name="New", time_zone="")
    with expect_error(Code.INVALID_FORMAT, "locale"):
        tenant.edit(name="New", locale="en_US")
    with expect_error(Code.TOO_LONG, "labels", "0", "text"):
        tenant.edit(name="New", labels={"goal": "x" * 61})
    with expect_error(Code.INVALID, "labels", "1", "key"):
        tenant.edit(name="New", labels={"goal": "Aim", "kr": "Measure"})
    assert (tenant.name, tenant.labels) == ("Meridian", {"goal": "Objective"})
    assert tenant.fiscal_year_start_month == 4


def test_a_registration_takes_its_course() -> None:
    registration = TenantRegistration(id=TENANT, slug="meridian")
    registration.suspend()
    with expect_error(Code.STATE_CONFLICT):
        registration.suspend()
    registration.resume()
    registration.close()
    with expect_error(Code.STATE_CONFLICT):
        registration.resume()
    with expect_error(Code.STATE_CONFLICT):
        registration.close()
    assert registration.status is TenantStatus.CLOSING
    registration.reopen(TenantStatus.SUSPENDED)
    assert registration.status is TenantStatus.SUSPENDED
    with expect_error(Code.STATE_CONFLICT):
        registration.reopen(TenantStatus.ACTIVE)


@pytest.mark.parametrize("slug", ["", "a", "ab", "Meridian", "1st", "a_b_c", "abc-", "a" * 64])
def test_a_slug_is_plain(slug: str) -> None:
    with expect_error(Code.INVALID_FORMAT, "slug"):
        TenantRegistration(id=TENANT, slug=slug)


def list_subclasses(kind: type) -> list[type]:
    """Return the classes below a class."""
    return [one for each in kind.__subclasses__() for one in (each, *list_subclasses(each))]


def test_a_label_names_a_concept_or_a_part() -> None:
    kinds = (*list_subclasses(Aggregate), *list_subclasses(Part))
    names = {getattr(kind, "NAME", None) for kind in kinds}
    aliases = {LabelKey.REPORTING_LINE: ReportingLine.NAME}
    assert {aliases.get(each, each) for each in LabelKey} <= names


def test_only_declared_events_are_recorded() -> None:
    tenant = Tenant.create(TENANT, name="Meridian")
    with pytest.raises(ValueError, match="Tenant declares no event renamed"):
        tenant.record_event("renamed")
