"""Formulas are read, checked and refused with the place of each fault."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import list_faults
from domain.kpis.enums import KpiFrequency, KpiUnit, SliceAggregation, TimeAggregation
from domain.kpis.formulas import units
from domain.kpis.formulas.checking import Formula, check_formula
from domain.kpis.formulas.cycles import find_cycle
from domain.kpis.formulas.inputs import InputFacts
from domain.kpis.formulas.nodes import list_inputs
from domain.kpis.formulas.parser import MAX_LENGTH, MAX_NESTING, MAX_WORDS, parse
from domain.kpis.formulas.units import Unit, find_unit

SUM, LAST, NONE = TimeAggregation.SUM, TimeAggregation.LAST, TimeAggregation.NONE
EUR, USD = units.money("EUR"), units.money("USD")
PARCELS = units.count("parcels")


def monthly(unit: Unit, time: TimeAggregation = SUM, **details: object) -> InputFacts:
    facts = {"slice_aggregation": SliceAggregation.SUM, **details}
    return InputFacts(unit, KpiFrequency.MONTHLY, time, **facts)


INPUTS = {
    "revenue": monthly(EUR),
    "cost": monthly(EUR),
    "cost_usd": monthly(USD),
    "parcels": monthly(PARCELS),
    "headcount": monthly(units.NUMBER, LAST),
    "margin": monthly(units.SHARE, is_ratio=True),
    "other_margin": monthly(units.SHARE, NONE),
    "gap": monthly(units.POINTS, NONE),
    "median": monthly(units.NUMBER, NONE, slice_aggregation=SliceAggregation.NONE),
    "deliveries": InputFacts(units.NUMBER, KpiFrequency.DAILY, SUM),
    "median_delay": InputFacts(units.NUMBER, KpiFrequency.DAILY, NONE),
    "weekly_hours": InputFacts(units.NUMBER, KpiFrequency.WEEKLY, SUM),
    "yearly_budget": InputFacts(EUR, KpiFrequency.ANNUAL, SUM),
    "audits": InputFacts(units.NUMBER, KpiFrequency.IRREGULAR, SUM),
}


def check(
    text: str,
    unit: KpiUnit = KpiUnit.NUMBER,
    declared: Unit = units.NUMBER,
    frequency: KpiFrequency = KpiFrequency.MONTHLY,
) -> Formula:
    return check_formula(text, parse(text), INPUTS, frequency, (unit, declared))


def find_unit_of(text: str) -> str:
    """Return the unit of a formula, whatever the unit of the KPI."""
    for unit, declared in [
        (KpiUnit.MONEY, EUR),
        (KpiUnit.PERCENTAGE_POINTS, units.POINTS),
        (KpiUnit.SHARE, units.SHARE),
    ]:
        try:
            return str(check(text, unit, declared).unit)
        except Invalid as fault:
            if "Change one of the two" not in str(fault):
                raise
    raise AssertionError(text)


def list_messages(text: str, **details: object) -> Iterator[str]:
    with pytest.raises(Invalid) as refused:
        check(text, **details)
    for fault in list_faults(refused.value):
        assert fault.field == ("formula",)
        yield str(fault)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("revenue +", "1, column 10: The formula ends too early. Write a number, an input"),
        ("(revenue", "1, column 9: The formula ends too early. Close the parenthesis."),
        ("revenue)", "1, column 8: ) is not allowed here. It closes no parenthesis. Remove it."),
        ("revenue cost", "1, column 9: cost is not allowed here. Write an operator such as +"),
        ("revenue\n - cost\n  cost", "3, column 3: cost is not allowed here."),
        ("1e9", "1, column 1: 1 is not allowed here. Write a number like 1000 or 0.5"),
        ("revenue ** 2", "1, column 10: * is not allowed here. There are no powers."),
        ("revenue ^ 2", "1, column 9: ^ is not allowed here. There are no powers."),
        ("revenue == cost", "1, column 10: = is not allowed here. Write one sign between two"),
        ("0 < revenue < 9", "1, column 13: < is not allowed here. Join two comparisons with and."),
        ("Revenue", "1, column 1: R is not allowed here. Write inputs in small letters"),
        ("'revenue'", "1, column 1: ' is not allowed here. There are no texts in formulas."),
        ("revenue && cost", "1, column 9: & is not allowed here. Write the word and."),
        ("a[0]", "1, column 2: [ is not allowed here. Write parentheses"),
        ("__import__('os')", "1, column 1: _ is not allowed here."),
        ("(select pg_sleep(10))", "1, column 9: pg_sleep is not allowed here."),
        ("revenue; drop", "1, column 8: ; is not allowed here."),
        ("\x00", "1, column 1: \x00 is not allowed here. Remove it."),
    ],
)
def test_what_the_language_does_not_allow_is_refused_at_its_place(text: str, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert str(refused.value).startswith(f"Line {message}")


@pytest.mark.parametrize("text", ["", " \n "])
def test_an_empty_formula_is_refused_as_a_text_that_is_missing(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert (str(refused.value), refused.value.field, refused.value.code) == (
        "The formula is missing. Fill it in.",
        ("formula",),
        Code.REQUIRED,
    )


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("1" + "+1" * (MAX_WORDS // 2), MAX_WORDS + 1),
        (" " * MAX_LENGTH + "1", MAX_LENGTH + 1),
        ("(" * 100_000, MAX_LENGTH + 1),
        ("(" * (MAX_NESTING + 1) + "1" + ")" * (MAX_NESTING + 1), MAX_NESTING + 1),
        ("min(" * (MAX_NESTING + 1), 4 * (MAX_NESTING + 1)),
    ],
)
def test_long_and_deep_formulas_are_refused_before_they_are_parsed(text: str, column: int) -> None:
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert refused.value.code is Code.TOO_LONG
    assert str(refused.value).startswith(f"Line 1, column {column}: ")


@given(st.text(st.sampled_from("ab1.5%+-*/×÷−()<>=!, \nif min not and or lag EUR"), max_size=60))
def test_every_text_is_a_formula_or_a_fault(text: str) -> None:
    try:
        parse(text)
    except Invalid as fault:
        assert fault.field == ("formula",)


def test_the_signs_of_print_mean_the_same_as_those_of_programs() -> None:
    assert parse("a × b ÷ c − d") == parse("a*b/c-d")


def test_inputs_are_listed_once_in_their_order() -> None:
    tree = parse("cost + period_to_date(revenue, quarter) - cost")
    assert list_inputs(tree) == ["cost", "revenue"]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("revenue - cost", "EUR"),
        ("revenue / cost", "a number"),
        ("cost / parcels", "EUR per parcels"),
        ("cost / parcels * parcels + cost", "EUR"),
        ("margin - other_margin", "percentage points"),
        ("margin + gap", "a share"),
        ("margin - gap", "a share"),
        ("gap + gap", "percentage points"),
        ("gap / margin", "a number"),
        ("(margin - other_margin) / other_margin", "a number"),
        ("revenue * margin", "EUR"),
        ("revenue / margin", "EUR"),
        ("margin * other_margin", "a share"),
        ("gap * headcount / 2", "percentage points"),
        ("revenue / cost * margin", "a number"),
        ("revenue / cost * 100 %", "a share"),
        ("margin + 5 %", "a share"),
        ("margin + 5 points", "a share"),
        ("cost_usd * (0.9 EUR / 1 USD)", "EUR"),
        ("max(revenue - cost, 0)", "EUR"),
        ("coalesce(cost, 0) + 100 EUR", "EUR"),
        ("if(revenue > 1000 EUR and not cost = 0, revenue, -cost)", "EUR"),
        ("round(abs(revenue), 2)", "EUR"),
        ("lag(revenue, 1) + previous_year(revenue) + trailing(revenue, 3)", "EUR"),
        ("year_to_date(revenue) - period_to_date(revenue, quarter)", "EUR"),
        ("share_of_total(revenue)", "a share"),
        ("share_of_total(lag(trailing(revenue, 3), 1))", "a share"),
        ("trailing(margin, 12)", "a share"),
    ],
)
def test_each_formula_has_a_unit(text: str, unit: str) -> None:
    assert find_unit_of(text) == unit


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "revenue + margin",
            ["1, column 1: You cannot add or compare EUR and a share. To add 5 %"],
        ),
        ("revenue + cost_usd", ["1, column 1: You cannot add or compare EUR and USD. Use"]),
        (
            "revenue > 1000",
            ["1, column 1: You cannot add or compare EUR and a number. If the number means"],
        ),
        ("margin + 5", ["1, column 1: You cannot add or compare a share and a number. Write"]),
        ("gap - margin", ["1, column 1: You cannot add or compare percentage points and a share."]),
        ("max(margin, gap)", ["1, column 1: You cannot add or compare a share and percentage"]),
        ("revenue * cost", ["1, column 1: You cannot multiply EUR by EUR."]),
        ("gap * revenue", ["1, column 1: Percentage points can be multiplied by a plain number"]),
        ("headcount / gap", ["1, column 1: Percentage points can be divided by"]),
        ("headcount / 0", ["1, column 1: A division by 0 has no result."]),
        ("(headcount > 5) + 1", ["1, column 2: A comparison is true or false, and no number."]),
        ("headcount > 5", ["1, column 1: The result is true or false. Choose numbers with if"]),
        ("if(headcount, 1, 2)", ["1, column 4: This is a number. Write a comparison"]),
        ("headcount and 1", ["1, column 1: This is a number.", "1, column 15: This is a number."]),
        ("revenu + csot", ["1, column 1: There is no input revenu. Did you mean revenue?",
                           "1, column 10: There is no input csot. Did you mean cost?"]),
        ("eval(headcount)", ["1, column 1: There is no function eval. There are min, max"]),
        ("averag(headcount)", ["1, column 1: There is no function averag."]),
        ("trailling(revenue, 3)", ["1, column 1: There is no function trailling. Did you mean"]),
        ("lag(headcount)", ["1, column 1: lag takes other arguments. Write it like this:"]),
        ("min()", ["1, column 1: min takes other arguments."]),
        ("lag(headcount, 0)", ["1, column 16: The number of periods is a written number from 1"]),
        ("lag(headcount, 1.5)", ["1, column 16: The number of periods is a written number"]),
        ("lag(headcount, headcount)", ["1, column 16: The number of periods is a written"]),
        ("trailing(headcount, 401)", ["1, column 21: The number of periods is a written"]),
        ("round(headcount, 7)", ["1, column 18: Write the number of decimals as a whole number"]),
        ("trailing(headcount * 2, 3)", ["1, column 10: trailing combines the values of one input"]),
        ("trailing(lag(headcount, 1), 3)", ["1, column 10: trailing combines the values of one"]),
        ("year_to_date(median)", ["1, column 14: The values of median cannot be combined over"]),
        ("period_to_date(headcount, week)", ["1, column 27: This KPI is measured each month. Wri"]),
        ("period_to_date(headcount, 3)", ["1, column 27: This KPI is measured each month. Write"]),
        ("share_of_total(margin)", ["1, column 16: The values of margin do not add up over slic"]),
        ("share_of_total(median)", ["1, column 16: The values of median do not add up over slic"]),
        ("share_of_total(1)", ["1, column 16: share_of_total takes one input"]),
        ("lag(headcount > 1, 1)", ["1, column 5: A comparison is true or false."]),
        ("median_delay", ["1, column 1: median_delay is measured each day, and this KPI each"]),
        ("weekly_hours", ["1, column 1: weekly_hours is measured each week, and this KPI each"]),
        ("audits", ["1, column 1: audits is IRREGULAR."]),
        ("1000000000000000 * headcount", ["1, column 1: A number has up to 15 digits"]),
        ("0.0000001 * headcount", ["1, column 1: A number has up to 15 digits"]),
        ("1 XXX * headcount", ["1, column 1: XXX is no currency."]),
    ],
)  # fmt: skip
def test_each_fault_says_where_it_is_and_what_would_be_right(
    text: str, messages: list[str]
) -> None:
    found = list(list_messages(text))
    assert len(found) == len(messages)
    for each, wanted in zip(found, messages, strict=True):
        assert each.startswith(f"Line {wanted}")


def test_a_longer_period_is_no_input_of_a_shorter_one() -> None:
    (message,) = list_messages("yearly_budget", unit=KpiUnit.MONEY, declared=EUR)
    assert message == (
        "Line 1, column 1: yearly_budget is measured each year, and this KPI each month. Choose"
        " one with the same frequency, or one that divides it."
    )


def test_a_year_has_no_part_of_a_year() -> None:
    found = list_messages("year_to_date(yearly_budget)", frequency=KpiFrequency.ANNUAL)
    assert list(found) == [
        "Line 1, column 1: This KPI is measured each year. Use the value itself."
    ]


def test_a_sum_of_shares_is_allowed_with_a_warning() -> None:
    formula = check("margin + other_margin", KpiUnit.SHARE, units.SHARE)
    assert formula.warnings == (
        "Line 1, column 1: Shares can only be added if no part is counted in two of them.",
    )
    assert check("margin + 5 points", KpiUnit.SHARE, units.SHARE).warnings == ()


@pytest.mark.parametrize(
    ("text", "kind", "name", "currency", "fits"),
    [
        ("revenue", KpiUnit.MONEY, None, "EUR", True),
        ("revenue", KpiUnit.MONEY, None, "USD", False),
        ("revenue", KpiUnit.NUMBER, None, None, False),
        ("cost / parcels", KpiUnit.MONEY, None, "EUR", True),
        ("cost / parcels", KpiUnit.MONEY, "EUR per parcels", "EUR", True),
        ("cost / parcels", KpiUnit.MONEY, "EUR per parcel", "EUR", True),
        ("cost / parcels", KpiUnit.MONEY, "EUR per stop", "EUR", False),
        ("cost", KpiUnit.MONEY, "EUR per parcels", "EUR", False),
        ("cost / revenue", KpiUnit.SHARE, None, None, True),
        ("cost / revenue", KpiUnit.NUMBER, "index", None, True),
        ("cost / revenue", KpiUnit.PERCENTAGE_POINTS, None, None, False),
        ("margin", KpiUnit.NUMBER, None, None, False),
        ("margin - other_margin", KpiUnit.PERCENTAGE_POINTS, None, None, True),
        ("margin - other_margin", KpiUnit.SHARE, None, None, False),
        ("parcels", KpiUnit.NUMBER, None, None, True),
        ("parcels", KpiUnit.NUMBER, "parcels", None, True),
        ("parcels", KpiUnit.NUMBER, "parcel", None, True),
        ("parcels", KpiUnit.NUMBER, "stops", None, False),
        ("parcels / parcels * 2 ms", KpiUnit.NUMBER, "ms", None, True),
        ("parcels / parcels * 2 ms", KpiUnit.NUMBER, "m", None, False),
        ("headcount > 1", KpiUnit.NUMBER, None, None, False),
        ("0", KpiUnit.MONEY, None, "EUR", True),
    ],
)
def test_the_result_fits_the_unit_of_the_kpi(
    text: str, kind: KpiUnit, name: str | None, currency: str | None, *, fits: bool
) -> None:
    try:
        check(text, kind, find_unit(kind, name, currency))
    except Invalid:
        assert not fits
    else:
        assert fits


def test_a_cycle_is_found_with_its_path() -> None:
    a, b, c, d = (UUID(int=each) for each in range(4))
    inputs = {b: [c, d], c: [a], d: []}
    assert find_cycle(a, [b], lambda each: inputs.get(each, [])) == [a, b, c, a]
    assert find_cycle(a, [a], lambda each: inputs.get(each, [])) == [a, a]
    assert find_cycle(a, [d], lambda each: inputs.get(each, [])) is None


def test_a_lattice_of_inputs_is_searched_once_per_kpi() -> None:
    looked_at = list[int]()

    def list_two(each: UUID) -> list[UUID]:
        looked_at.append(each.int)
        level = each.int // 2
        return [UUID(int=2 * level + 2), UUID(int=2 * level + 3)] if level < 40 else []

    assert find_cycle(UUID(int=0), [UUID(int=2), UUID(int=3)], list_two) is None
    assert len(looked_at) == len(set(looked_at)) == 80
