"""The KPIs and scorecards of the company in which everybody stands somewhere else."""

from decimal import Decimal
from typing import TYPE_CHECKING

from domain.kernel.identity import PersonId
from domain.kpis import Kpi, KpiVisibility
from tests.factories.actors import NOW
from tests.factories.kpis import BEGUN_ON, a_dimension, a_kpi, a_measurement
from tests.factories.scorecards import a_scorecard

if TYPE_CHECKING:
    from tests.api.company import Company


def add_kpis(company: "Company") -> None:
    """Add KPIs of each visibility, with a target, a dimension and a measurement."""
    mara, ops, in_unit = company.people["mara"], company.units["ops"], KpiVisibility.ORGANIZATION
    company.kpis = {
        "shared": _add_target(a_kpi(ops, mara)),
        "in_unit": a_kpi(ops, mara, "Cost per parcel", in_unit),
        "named": a_kpi(ops, mara, "Absence", KpiVisibility.NAMED, company.people["peer"]),
        "of_team": a_kpi(company.teams["dispatch"], mara, "Late parcels", in_unit),
        "of_sales": a_kpi(company.units["sales"], company.people["former"], "Revenue", in_unit),
        "archived": a_kpi(ops, mara, "Faxes"),
    }
    recorders = (company.people[name] for name in ("peer", "former"))
    company.kpis["of_team"].recorder_ids = {PersonId(each.id) for each in recorders}
    company.dimensions = [a_dimension(company.kpis["of_team"])]
    company.measurements = [a_measurement(company.kpis["of_team"], "2.40")]
    company.kpis["archived"].archive()
    company.kpis["archived"].events.clear()


def _add_target(kpi: Kpi) -> Kpi:
    kpi.set_target({"value": Decimal("0.95"), "amber_from": Decimal("0.9")}, BEGUN_ON, 10, at=NOW)
    kpi.reset_baseline(BEGUN_ON, "A new depot.", at=NOW)
    kpi.events.clear()
    return kpi


def add_scorecards(company: "Company") -> None:
    """Add scorecards of each visibility, with these KPIs."""
    mara, ops, kpis = company.people["mara"], company.units["ops"], company.kpis
    in_unit = KpiVisibility.ORGANIZATION
    company.scorecards = {
        "shared": a_scorecard(ops, mara, kpis["shared"], kpis["in_unit"], kpis["named"]),
        "in_unit": a_scorecard(ops, mara, name="Costs", visibility=in_unit),
        "named": a_scorecard(
            *(ops, mara, kpis["named"]),
            name="Health",
            visibility=KpiVisibility.NAMED,
            viewers=[company.people["peer"]],
        ),
        "of_team": a_scorecard(
            company.teams["dispatch"], mara, kpis["of_team"], name="Night", visibility=in_unit
        ),
        "of_sales": a_scorecard(
            *(company.units["sales"], company.people["former"], kpis["of_sales"]),
            name="Sales",
            visibility=in_unit,
        ),
        "archived": a_scorecard(ops, mara, name="Old"),
    }
    company.scorecards["archived"].archive()
    company.scorecards["archived"].events.clear()
