"""Mutations that declare and remove the dimensions of KPIs."""

from uuid import UUID

from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.kpis.dimensions import KpiDimension, KpiDimensionMember
from api.kpis.kpi import Kpi
from domain import kpis
from domain.kernel.text import fold_case
from domain.kernel.unit_of_work import Work
from domain.kpis import dimensions
from domain.kpis.dimensions.model import MAX_MEMBERS
from domain.kpis.dimensions.setting import MemberRow, remove_dimension, set_dimension


@input_type(creates=KpiDimensionMember)
class KpiDimensionMemberInput:
    """A member of a dimension."""

    organization_id: UUID | None = input_field(
        "The organization that the member is confined to. Only the people there and below see it,"
        " those with `KPIS_READ` over it, and those who may edit the KPI. Default: everyone who"
        " sees the KPI; a member of a computed KPI is confined as its inputs confine it.",
        id_prefix="org",
    )


@input_type(creates=KpiDimension)
class KpiSetDimensionInput:
    """Input of `kpiSetDimension`."""

    id: UUID = input_field("Id of the Kpi.", id_prefix="kpi")
    key: str = input_field(
        "The key of the dimension, such as `region`. If the KPI has a dimension with it, that one"
        " is changed."
    )
    members: list[KpiDimensionMemberInput] | None = input_field(
        "The complete list of members, in their order. They are matched by their codes. A member"
        " that is left out is removed, or archived if it ever had a value or a formula reads it."
        " All inputs of a computed KPI have its members. A KPI has at most"
        f" {MAX_MEMBERS} members in all dimensions, also archived ones. Required where"
        " `membersFrom` is LIST, otherwise refused: then Trellis keeps the members.",
        max_items=MAX_MEMBERS,
        unique_by=lambda each: fold_case(each.code.strip()),
    )
    expected_version: int | None = expected_version_field()


@mutation(Kpi)
async def kpi_set_dimension(work: Work, input: KpiSetDimensionInput) -> kpis.Kpi:
    """Declare a dimension of a KPI with its members, or change the one with this key.

    The values of members stay as they are.
    """
    given = input.members
    rows = None if given is None else [MemberRow(**vars(each)) for each in given]
    return await set_dimension(
        work,
        input.id,
        input.key,
        rows,
        expected_version=input.expected_version,
        **given_values(input, dimensions.KpiDimension),
    )


kpi_remove_dimension = verb(
    Kpi,
    kpis.Kpi.REMOVE_DIMENSION,
    "Remove a dimension whose members never had a value.",
    use_case=remove_dimension,
    key=input_field("The key of the dimension."),
)
