"""Templates: each formula fits its inputs, and gives the numbers that its source gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import generate_id
from domain.kpis import Kpi, KpiFrequency, KpiScope, KpiScopeKind, TimeAggregation
from domain.kpis.formulas import units
from domain.kpis.formulas.checking import check_formula
from domain.kpis.formulas.evaluation import evaluate
from domain.kpis.formulas.inputs import InputFacts
from domain.kpis.formulas.outcomes import Outcome, round_half_up
from domain.kpis.formulas.parser import parse
from domain.kpis.templates import (
    TEMPLATES,
    InputChoice,
    Template,
    TemplateChoice,
    Variant,
    create_from_template,
    find_variant,
)
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import NOW, TODAY, a_person, a_unit, an_actor, expect_error

ADA, UNIT = a_person(), a_unit()
SCOPE = KpiScope(KpiScopeKind.ORGANIZATION, UNIT.id)
VARIANTS = [(template, each) for template in TEMPLATES.values() for each in template.variants]
DECEMBER = 12


@dataclass
class Year:
    """One value of each input for a whole year, or 13 of months that end with December."""

    values: Mapping[str, Any]
    means: tuple[str, ...] = ()

    def read(self, name: str, first: int, last: int, *, is_total: bool) -> Outcome:
        assert not is_total
        given = self.values[name]
        months = given if isinstance(given, list) else [given] * (DECEMBER + 1)
        numbers = [Fraction(str(each)) for each in months[first : last + 1]]
        return Outcome(sum(numbers) / (len(numbers) if name in self.means else 1))

    def get_unit(self, _: str) -> units.Unit:
        return units.NUMBER

    def find_earlier(self, ordinal: int, steps: int) -> int:
        return ordinal - steps

    def find_previous_year(self, ordinal: int) -> int:
        return ordinal - 12

    def find_first(self, _: str, ordinal: int) -> int:
        return ordinal


def compute(template_key: str, variant_key: str | None = None, **values: Any) -> Fraction:
    template, variant = find_variant(template_key, variant_key)
    means = tuple(
        each.alias for each in variant.inputs if each.time_aggregation is TimeAggregation.MEAN
    )
    formula = check(template, variant, variant.frequencies[0])
    return evaluate(formula, Year(values, means), DECEMBER).number


def check(template: Template, variant: Variant, frequency: KpiFrequency) -> Any:
    facts = {}
    for each in variant.inputs:
        input = each.to_attributes("EUR")
        unit = units.find_unit(input["unit"], input["unit_name"], input["currency"])
        time, slices = input["time_aggregation"], input["slice_aggregation"]
        facts[each.alias] = InputFacts(unit, frequency, time, slices)
    result = template.to_attributes(variant, "EUR")
    unit = units.find_unit(result["unit"], result["unit_name"], result["currency"])
    tree = parse(variant.formula)
    return check_formula(variant.formula, tree, facts, frequency, (result["unit"], unit))


@pytest.mark.parametrize(
    ("template", "variant"), VARIANTS, ids=[f"{one.key}-{each.key}" for one, each in VARIANTS]
)
@pytest.mark.anyio
async def test_each_template_makes_a_kpi_with_a_formula_that_fits(
    template: Template, variant: Variant
) -> None:
    work = FakeWork(an_actor(ADA, "hr"), [ADA, UNIT])
    currency = "EUR" if template.needs_currency(variant.inputs) else None
    key = variant.key if template.has_choice else None
    for frequency in variant.frequencies:
        choice = TemplateChoice(template.key, key, currency, frequency)
        kpi = await create_from_template(work, SCOPE, choice, owner_id=ADA.id)
        (definition,) = kpi.definitions
        assert definition.template == (template.key, template.version, variant.key)
        assert (kpi.name, definition.formula) == (template.name, variant.formula)
        inputs = [await work.reference(Kpi, each) for each in definition.input_ids.values()]
        assert [each and each.name for each in inputs] == [each.name for each in variant.inputs]
        assert {each and each.frequency for each in inputs} == {frequency}
        assert all(each and each.definitions[0].template_key is None for each in inputs)


def test_keys_of_variants_and_names_of_inputs_are_unique() -> None:
    assert len(TEMPLATES) == 41
    for template, variant in VARIANTS:
        assert [each.key for each in template.variants].count(variant.key) == 1
        aliases = [each.alias for each in variant.inputs]
        assert len({*aliases}) == len(aliases)


LIFETIME = {"margin": 100, "retention": "0.8", "discount": "0.1"}
LEFT = {"leavers": 24}
MONTH_ENDS = [100] * 12 + [200]
LEAVERS = [2] * 13
MARGIN = {"revenue": 100, "cost_of_goods": 80}
RECEIVABLES = {"receivables": 500, "revenue": 3000}


@pytest.mark.parametrize(
    ("template", "variant", "values", "decimals", "expected"),
    [
        ("employee_turnover", "opening_headcount", LEFT | {"opening": 100}, 3, "0.240"),
        ("employee_turnover", "closing_headcount", LEFT | {"closing": 200}, 3, "0.120"),
        ("employee_turnover", "mean_of_ends", LEFT | {"opening": 100, "closing": 200}, 3, "0.160"),
        (
            "employee_turnover",
            "rolling_year",
            {"leavers": LEAVERS, "headcount": MONTH_ENDS},
            3,
            "0.223",
        ),
        ("employee_turnover", "mean_headcount", LEFT | {"headcount": "108.49"}, 3, "0.221"),
        ("employee_turnover", "mean_headcount", LEFT | {"headcount": "104.17"}, 3, "0.230"),
        ("absence_rate", "hours", {"hours_lost": 120, "hours_scheduled": 1500}, 2, "0.08"),
        ("absence_rate", "days", {"days_lost": 200, "days_scheduled": 5200}, 4, "0.0385"),
        ("absence_rate", "working_days", {"days_lost": 200, "days_scheduled": 4800}, 4, "0.0417"),
        ("absence_frequency", None, {"spells": 19, "headcount": 75}, 3, "0.253"),
        ("bradford_factor", None, {"spells": 1, "days_lost": 10}, 0, "10"),
        ("bradford_factor", None, {"spells": 5, "days_lost": 10}, 0, "250"),
        (
            "employee_net_promoter_score",
            None,
            {"promoters": 54, "detractors": 30, "answers": 120},
            0,
            "20",
        ),
        ("customer_lifetime_value", "discounted_from_start", LIFETIME, 1, "366.7"),
        ("customer_lifetime_value", "discounted_from_end", LIFETIME, 1, "266.7"),
        ("customer_lifetime_value", "five_years_from_start", LIFETIME, 1, "292.1"),
        ("customer_lifetime_value", "five_years_from_end", LIFETIME, 1, "212.4"),
        (
            "customer_lifetime_value",
            "subscription",
            {"revenue_per_account": 200, "gross_margin": "0.5", "churn": "0.2"},
            0,
            "500",
        ),
        (
            "gross_revenue_retention",
            "of_period",
            {"at_start": 1000, "contraction": 4, "lost": 6},
            2,
            "0.99",
        ),
        ("gross_margin", "without_delivery", MARGIN, 2, "0.20"),
        ("gross_margin", "with_delivery", MARGIN | {"delivery": 5}, 2, "0.15"),
        ("markup", None, MARGIN, 2, "0.25"),
        ("days_sales_outstanding", "closing_365", RECEIVABLES, 1, "60.8"),
        ("days_sales_outstanding", "closing_360", RECEIVABLES, 1, "60.0"),
        ("days_sales_outstanding", "mean_365", RECEIVABLES | {"receivables": 450}, 1, "54.8"),
        (
            "human_capital_return",
            None,
            {"revenue": 50, "operating_cost": 45, "people_cost": 20},
            2,
            "1.25",
        ),
    ],
)
def test_formulas_give_the_published_numbers(
    template: str, variant: str | None, values: Mapping[str, Any], decimals: int, expected: str
) -> None:
    found = compute(template, variant, **values)
    assert round_half_up(found, decimals) == Decimal(expected)


def test_the_rate_of_a_year_is_the_sum_of_monthly_rates_where_the_variant_says_so() -> None:
    _, variant = find_variant("employee_turnover", "sum_of_months")
    rates = [
        compute("employee_turnover", "sum_of_months", leavers=2, headcount=each)
        for each in [100] * 11 + [150]
    ]
    assert variant.time_aggregation is TimeAggregation.SUM
    assert round_half_up(sum(rates, Fraction(0)), 3) == Decimal("0.233")


def begin_work() -> FakeWork:
    return FakeWork(an_actor(ADA, "hr"), [ADA, UNIT])


async def refuse(work: FakeWork, choice: TemplateChoice, code: Code, *field: str) -> None:
    with expect_error(code, *field):
        await create_from_template(work, SCOPE, choice, owner_id=ADA.id)


@pytest.mark.anyio
async def test_where_definitions_conflict_the_variant_has_to_be_chosen() -> None:
    work = begin_work()
    for key in ("employee_turnover", "customer_lifetime_value", "absence_rate", "gross_margin"):
        await refuse(work, TemplateChoice(key), Code.REQUIRED, "variant")
    choice = TemplateChoice("employee_turnover", "daily")
    await refuse(work, choice, Code.REFERENCE_NOT_FOUND, "variant")
    await refuse(work, TemplateChoice("turnovr"), Code.REFERENCE_NOT_FOUND, "template")
    assert work.aggregates == [ADA, UNIT]


@pytest.mark.anyio
async def test_a_choice_that_does_not_fit_the_template_is_refused_at_its_field() -> None:
    work = begin_work()
    margin = TemplateChoice("gross_margin", "with_delivery")
    await refuse(work, margin, Code.REQUIRED, "currency")
    years = TemplateChoice(
        "days_sales_outstanding", "mean_365", "EUR", frequency=KpiFrequency.MONTHLY
    )
    await refuse(work, years, Code.INVALID, "frequency")
    for given, code, name in (
        (InputChoice("on_tme"), Code.REFERENCE_NOT_FOUND, "alias"),
        (InputChoice("on_time", generate_id(), "Mine"), Code.INVALID, "name"),
        (InputChoice("on_time", name=" "), Code.REQUIRED, "name"),
        (InputChoice("on_time", generate_id()), Code.REFERENCE_NOT_FOUND, "kpiId"),
    ):
        choice = TemplateChoice("on_time_delivery", inputs=[given])
        await refuse(work, choice, code, "inputs", "0", name)
    assert work.aggregates == [ADA, UNIT]


@pytest.mark.anyio
async def test_an_existing_kpi_serves_as_an_input() -> None:
    work = begin_work()
    first = await create_from_template(
        work, SCOPE, TemplateChoice("cost_per_parcel", currency="EUR"), owner_id=ADA.id
    )
    parcels = first.definitions[0].input_ids["delivered"]
    choice = TemplateChoice("on_time_delivery", inputs=[InputChoice("delivered", parcels)])
    second = await create_from_template(work, SCOPE, choice, owner_id=ADA.id)
    assert second.definitions[0].input_ids["delivered"] == parcels
    assert sum(isinstance(each, Kpi) for each in work.aggregates) == 3 + 2

    cost = first.definitions[0].input_ids["delivery_cost"]
    choice = TemplateChoice("on_time_delivery", inputs=[InputChoice("delivered", cost)])
    with pytest.raises(Invalid) as raised:
        await create_from_template(work, SCOPE, choice, owner_id=ADA.id)
    assert raised.value.field == ("inputs",)


@pytest.mark.anyio
async def test_amounts_that_exist_need_no_currency() -> None:
    work = begin_work()
    made = await create_from_template(
        work, SCOPE, TemplateChoice("operating_margin", currency="EUR"), owner_id=ADA.id
    )
    given = [InputChoice(*each) for each in made.definitions[0].input_ids.items()]
    again = TemplateChoice("operating_margin", inputs=given)
    assert (await create_from_template(work, SCOPE, again, owner_id=ADA.id)).name == made.name
    refused = TemplateChoice("operating_margin", currency="EUR", inputs=given)
    await refuse(work, refused, Code.INVALID, "currency")
    await refuse(work, TemplateChoice("operating_margin"), Code.REQUIRED, "currency")


@pytest.mark.anyio
async def test_a_definition_keeps_its_template_until_its_formula_changes() -> None:
    work = begin_work()
    kpi = await create_from_template(
        work, SCOPE, TemplateChoice("on_time_delivery"), owner_id=ADA.id
    )
    shown = kpi.redefine({"decimals": 3}, TODAY, "Finance asked for it.", at=NOW)
    assert shown.template == ("on_time_delivery", 1, "standard")
    changed = kpi.redefine(
        {"formula": "on_time / delivered / 1"}, TODAY, "Finance asked for it.", at=NOW
    )
    assert changed.template == (None, None, None)
