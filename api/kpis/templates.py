"""Templates of KPIs: the library, and KPIs that are made from them."""

from datetime import date
from operator import attrgetter
from typing import Annotated
from uuid import UUID

from api.kernel.schema.declarations import argument, graph_enum, list_of, part, queries, value
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import input_field, input_type, today_field
from api.kernel.schema.mutations import mutation
from api.kpis.defining import KpiScopeInput, resolve_scope
from api.kpis.kpi import Kpi
from domain import kpis
from domain.kernel.fields import get_rule
from domain.kernel.unit_of_work import Work
from domain.kpis import (
    INPUT_ALIAS,
    MAX_INPUTS,
    KpiDirection,
    KpiFrequency,
    KpiUnit,
    SliceAggregation,
    TimeAggregation,
)
from domain.kpis.definitions import CURRENCY
from domain.kpis.own_data.measures import KpiMeasure
from domain.kpis.templates import (
    KEY,
    InputChoice,
    KpiTemplateCategory,
    TemplateChoice,
    create_from_template,
)
from persistence.kpis import TEMPLATE, TEMPLATE_INPUT, TEMPLATE_VARIANT
from persistence.reading.read_model import ROOT

graph_enum(
    KpiTemplateCategory,
    "What a template of a KPI is about.",
    finance="Money: margins, liquidity and capital.",
    customers="Customers: their value, cost and loyalty.",
    people="People at work.",
    operations="Daily work: delivery, quality and the use of time.",
    goals="Goals, reviews and recognition.",
)


@part(TEMPLATE_INPUT)
class KpiTemplateInput:
    """A part of a template's formula. `kpiFromTemplate` makes it a KPI of its own."""

    alias: str = value("The name in the formula.")
    name: str = value("The name that a new KPI gets.")
    calculation: str = value("What is measured, in words.")
    unit: KpiUnit = value("The unit of measure.")
    unit_name: str | None = value("The name of the unit. Null when there is none.")
    direction: KpiDirection = value("Which values are better.")
    time_aggregation: TimeAggregation = value(
        "How the values of several periods become that of a longer one."
    )
    slice_aggregation: SliceAggregation = value("How the values of several parts become one total.")
    measure: KpiMeasure | None = value(
        "What Trellis measures for it if `measuresOwnData` is true. Null when it has no such data."
    )


@part(TEMPLATE_VARIANT)
class KpiTemplateVariant:
    """One way to calculate the KPI of a template."""

    key: str = value("The key, for `kpiFromTemplate`.")
    name: str = value("What sets it apart from other variants.")
    formula: str = value("The formula.")
    inputs: list[KpiTemplateInput] = list_of("The parts of the formula.")
    note: str | None = value("When to use it. Null when there is nothing to say.")
    source: str | None = value("Who published it. Null for formulas of common use.")
    frequencies: list[KpiFrequency] = value(
        "The frequencies for which the formula holds. The first one is proposed."
    )
    time_aggregation: TimeAggregation = value(
        "How the results of several periods become that of a longer one. NONE for quotients: create"
        " a KPI with the longer frequency over the same inputs instead."
    )


@part(TEMPLATE)
class KpiTemplate:
    """A known KPI with its formulas. `kpiFromTemplate` makes a KPI from it."""

    key: str = value("The key, for `kpiFromTemplate`.")
    name: str = value("The name that a new KPI gets.")
    category: KpiTemplateCategory = value("What it is about.")
    description: str = value("What it measures.")
    unit: KpiUnit = value("The unit of measure.")
    unit_name: str | None = value(
        "The name of the unit. `{currency}` in it stands for the currency. Null when there is none."
    )
    decimals: int = value("The number of decimal places to show.")
    direction: KpiDirection = value("Which values are better.")
    variants: list[KpiTemplateVariant] = list_of(
        "The ways to calculate it. If there are several, `kpiFromTemplate` needs one of their keys."
    )
    note: str | None = value("What to mind. Null when there is nothing to say.")
    version: int = value("Grows when a formula or an input changes. KPIs that exist keep theirs.")


@queries(ROOT)
class KpiTemplateQueries:
    """Root fields of templates."""

    kpi_templates: list[KpiTemplate] | None = list_of(
        "The templates of KPIs. They are the same in each tenant.",
        category=argument("KpiTemplateCategory", "Only templates of this category."),
        search=argument(
            str,
            "Only templates with this text in their name, key or description, in any case.",
            max_length=100,
        ),
    )


@input_type()
class KpiTemplateInputInput:
    """What an input of the formula shall be. Inputs that are not listed become new KPIs."""

    alias: Annotated[str, INPUT_ALIAS] = input_field("The name in the formula of the variant.")
    kpi_id: UUID | None = input_field(
        "A KPI that exists. It needs the unit and a frequency that fit the formula."
        " Default: a new KPI.",
        id_prefix="kpi",
    )
    name: str | None = input_field(
        "The name of the new KPI. Default: the one in the template.",
        rule=get_rule(kpis.Kpi, "name"),
    )


@input_type(creates=Kpi)
class KpiFromTemplateInput:
    """Input of `kpiFromTemplate`. Owner, visibility, people and due days hold for new inputs, too.

    The purpose, the name and the description are those of the KPI alone.
    """

    template: Annotated[str, KEY] = input_field("The key of the template.")
    variant: Annotated[str | None, KEY] = input_field(
        "The key of the variant. Required if the template has several. Default: the only one."
    )
    scope: KpiScopeInput = input_field("The organization or team. It never changes.")
    frequency: KpiFrequency | None = input_field(
        "How long the period of one value is. Default: the first one of the variant."
    )
    currency: Annotated[str | None, CURRENCY] = input_field(
        "The currency code (ISO 4217) of amounts, such as EUR. Required if the KPI or a new"
        " input is an amount of money."
    )
    inputs: list[KpiTemplateInputInput] | None = input_field(
        f"Existing KPIs to use as inputs, or names of new ones. At most {MAX_INPUTS}.",
        max_items=MAX_INPUTS,
        unique_by=attrgetter("alias"),
    )
    measures_own_data: bool | None = input_field(
        "Whether Trellis measures the new inputs that it can from its own data, such as headcount"
        " and leavers: those with a `measure` in the template. Nobody enters their values then."
        " Default: false."
    )
    name: str | None = input_field("The name. Default: the name of the template.")
    description: str | None = input_field(
        "A longer description. Default: the description of the template."
    )
    starts_on: date | None = today_field("The first day of the first definitions.")
    owner_id: UUID | None = input_field(
        "The person who answers for the KPI. Default: the viewer.", id_prefix="person"
    )
    purpose_id: UUID | None = input_field(
        "The goal that the KPI supports. It must not be a draft. Default: none.",
        id_prefix="goal",
    )
    describes_people: bool | None = input_field(
        "Whether the values are about people, so that those about few of them are suppressed. It"
        " holds for new inputs that are no money, too. Default: true for templates of PEOPLE."
    )
    viewer_ids: list[UUID] | None = input_field(
        "People who may see the KPI whatever its visibility.", id_prefix="person"
    )
    recorder_ids: list[UUID] | None = input_field(
        "People who enter the values of the KPI, and so see it whatever its visibility.",
        id_prefix="person",
    )


@mutation(Kpi)
async def kpi_from_template(work: Work, input: KpiFromTemplateInput) -> kpis.Kpi:
    """Create a computed KPI from a template, and a KPI for each of its inputs.

    The new inputs are in `definition.inputs`. Either all KPIs are created, or none.
    """
    inputs = [InputChoice(each.alias, each.kpi_id, each.name) for each in input.inputs or ()]
    choice = TemplateChoice(
        *(input.template, input.variant, input.currency, input.frequency, inputs),
        measures_own_data=bool(input.measures_own_data),
    )
    return await create_from_template(
        work,
        resolve_scope(input.scope),
        choice,
        starts_on=input.starts_on,
        owner_id=input.owner_id,
        purpose_id=input.purpose_id,
        **given_values(input, kpis.Kpi),
    )
