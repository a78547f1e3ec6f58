"""The graph types of the dimensions of a KPI and of their members."""

from typing import TYPE_CHECKING

from api.kernel.schema.declarations import Connection, graph_enum, list_of, many, one, part, value
from api.kpis.signals import BY_PREVIOUS_YEAR, SIGNAL_ARGUMENTS, KpiNaturalLimits, KpiSignal
from domain.kpis.analysis.signals import MAX_SIGNALS
from domain.kpis.dimensions import KpiMemberSource, KpiUnknownMembers
from persistence.kpis import KPI_DIMENSION, KPI_MEMBER

if TYPE_CHECKING:
    from api.kpis.kpi import Kpi
    from api.kpis.measurement import KpiMeasurement, KpiMeasurementRevision
    from api.kpis.targets import KpiTarget
    from api.organizations import Organization

USUAL_MEMBERS = 20

graph_enum(
    KpiUnknownMembers,
    "What becomes of a value for a member that the dimension does not have.",
    refuse="The row is refused, and the message names the nearest member.",
    create="The member is created; its name is its code.",
)

graph_enum(
    KpiMemberSource,
    "Where the members of a dimension come from.",
    list="The list `members` of `kpiSetDimension`.",
    units=(
        "The units directly below the organization of the KPI, as they are today, and one more"
        " member for the people and goals that are in none of these units. Trellis keeps the"
        " members up to date, and measures their values."
    ),
    confined_units="As UNITS, and each member is confined to its unit.",
)


@part(KPI_MEMBER)
class KpiDimensionMember:
    """A member of a dimension, such as the depot north. Its values are a slice of the KPI."""

    code: str = value("The code that rows of values name. Capital and small letters are the same.")
    name: str = value("The name that people read.")
    is_archived: bool = value(
        "Whether the member was left out after it had values. It takes no new ones."
    )
    organization: "Organization | None" = one(
        "The organization that the member is confined to. It is seen by the people there and below,"
        " those with `KPIS_READ` over it, and those who may edit the KPI. Null when everyone who"
        " sees the KPI sees the member, or when the viewer may not see the organization."
    )
    unit: "Organization | None" = one(
        "The unit whose values the slice has, with all units below it. The organization of the KPI"
        " itself stands for the people and goals that are in none of the other units. Null where"
        " `membersFrom` is LIST, or when the viewer may not see the unit."
    )
    dimension: "KpiDimension | None" = one("The dimension. Never null.")
    targets: Connection["KpiTarget"] = many(
        "The targets of the slice, past and planned, in the order of their days.", usual_size=2
    )
    measurements: Connection["KpiMeasurement"] = many(
        "The values of the slice, one for each period that is measured, in the order of the"
        " periods."
    )
    natural_limits: KpiNaturalLimits | None = one(
        "The range in which the values of the slice vary when nothing changes. Baselines are those"
        " of the KPI. Never null.",
        by_previous_year=BY_PREVIOUS_YEAR,
    )
    limits_by_baseline: list[KpiNaturalLimits] = list_of(
        "The natural limits of the slice for each baseline of the KPI, in their order.",
        usual_size=2,
        by_previous_year=BY_PREVIOUS_YEAR,
    )
    signals: list[KpiSignal] = list_of(
        "The values of the slice that differ from its ordinary variation, in their order; the"
        f" newest {MAX_SIGNALS}.",
        usual_size=None,
        **SIGNAL_ARGUMENTS,
    )
    measurement_revisions: Connection["KpiMeasurementRevision"] = many(
        "Values of the slice that were replaced or withdrawn, the last one first.", usual_size=2
    )


@part(KPI_DIMENSION)
class KpiDimension:
    """A way to break a KPI down, such as by depot. A slice is one member of one dimension."""

    key: str = value("The name that rows of values use, unique for the KPI.")
    name: str = value("The name that people read.")
    unknown_members: KpiUnknownMembers = value(
        "What becomes of a value for a member that the dimension does not have."
    )
    members_from: KpiMemberSource = value(
        "Where the members come from: a list in `kpiSetDimension`, or the tree of units."
    )
    is_complete: bool = value(
        "Whether the members together are the total of the KPI. Then the total of a period follows"
        " from them, unless it is recorded itself."
    )
    members: list[KpiDimensionMember] = list_of(
        "The members in their order, archived ones last. Those that the viewer may not see are left"
        f" out. Its cost counts {USUAL_MEMBERS} members.",
        usual_size=USUAL_MEMBERS,
    )
    kpi: "Kpi | None" = one("The KPI. Null when the viewer may not see it.")
