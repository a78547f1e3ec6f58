"""Who may see and change annotations: those who may see, or define, what they are about."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.directory import can_see_team, can_see_unit
from tests.reads.oracle.policy.kpis import can_edit_kpi, can_see_kpi
from tests.reads.oracle.relationships import OracleCaller, ResourceOwner


def _get_scope(who: OracleCaller, annotation: Row) -> ResourceOwner:
    unit, team = annotation["organization_id"], annotation["team_id"]
    if team:
        unit = (who.facts.find_row(team) or {}).get("organization_id")
    return ResourceOwner(team=team, unit=unit)


def can_edit_annotation(who: OracleCaller, annotation: Row) -> bool:
    if annotation["scope_kind"] == "kpi":
        kpi = who.facts.find_row(annotation["kpi_id"])
        if kpi is not None and can_edit_kpi(who, kpi):
            return True
    return who.holds("kpis:manage", _get_scope(who, annotation))


def can_see_annotation(who: OracleCaller, annotation: Row) -> bool:
    kind = annotation["scope_kind"]
    if kind == "tenant":
        return True
    about = who.facts.find_row(annotation.get(f"{kind}_id"))
    checks = {"kpi": can_see_kpi, "organization": can_see_unit, "team": can_see_team}
    return about is not None and checks[kind](who, about)


def can_read_annotation_history(who: OracleCaller, annotation: Row) -> bool:
    if can_edit_annotation(who, annotation):
        return True
    audits = who.holds("audit:read", _get_scope(who, annotation))
    return audits and can_see_annotation(who, annotation)
