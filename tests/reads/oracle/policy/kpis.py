"""Who may see and change KPIs."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.access_check import is_named
from tests.reads.oracle.relationships import OracleCaller, ResourceOwner


def get_kpi_scope(who: OracleCaller, kpi: Row) -> ResourceOwner:
    unit, team = kpi["organization_id"], kpi["team_id"]
    if team:
        unit = (who.facts.find_row(team) or {}).get("organization_id")
    return ResourceOwner(team=team, unit=unit)


def can_define_kpi(who: OracleCaller, kpi: Row) -> bool:
    return who.holds("kpis:manage", get_kpi_scope(who, kpi))


def can_edit_kpi(who: OracleCaller, kpi: Row) -> bool:
    return (who.id is not None and kpi["owner_id"] == who.id) or can_define_kpi(who, kpi)


def can_record_kpi(who: OracleCaller, kpi: Row) -> bool:
    is_recorder = is_named(who, "kpi", kpi, "recorder")
    is_granted = who.is_granted_kpi("kpis:record", kpi["id"])
    may_here = is_granted or who.holds("kpis:record", get_kpi_scope(who, kpi))
    return can_edit_kpi(who, kpi) or is_recorder or may_here


def can_see_kpi(who: OracleCaller, kpi: Row) -> bool:
    if can_record_kpi(who, kpi) or is_named(who, "kpi", kpi):
        return True
    return can_see_shared(who, kpi)


def can_see_shared(who: OracleCaller, kpi: Row) -> bool:
    """Return whether the visibility of a KPI or a scorecard shows it to the caller."""
    scope = get_kpi_scope(who, kpi)
    if kpi["visibility"] == "tenant" and who.holds("directory:read", scope):
        return True
    if kpi["visibility"] not in ("tenant", "organization"):
        return False
    return (
        scope.unit in who.unit_ids
        or who.leads(kpi["team_id"])
        or who.manages(kpi["owner_id"])
        or who.holds("kpis:read", scope)
    )


def can_see_kpi_member(who: OracleCaller, member: Row) -> bool:
    kpi, unit = who.facts.rows_by_id[member["kpi_id"]], member["organization_id"]
    if not can_see_kpi(who, kpi):
        return False
    if unit is None or can_edit_kpi(who, kpi):
        return True
    return unit in who.unit_ids or who.holds("kpis:read", ResourceOwner(unit=unit))


def can_see_kpi_value(who: OracleCaller, value: Row) -> bool:
    if value["member_id"] is not None:
        return can_see_kpi_member(who, who.facts.rows_by_id[value["member_id"]])
    return can_see_kpi(who, who.facts.rows_by_id[value["kpi_id"]])


def can_read_kpi_history(who: OracleCaller, kpi: Row) -> bool:
    if can_edit_kpi(who, kpi):
        return True
    is_shared = kpi["visibility"] in ("tenant", "organization")
    audits = who.holds("audit:read", get_kpi_scope(who, kpi))
    return is_shared and audits and can_see_kpi(who, kpi)
