"""Formulas are evaluated exactly. A missing value has a reason, and is no zero and no error."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kpis.enums import KpiFrequency, KpiUnit, SliceAggregation, TimeAggregation
from domain.kpis.formulas import units
from domain.kpis.formulas.checking import Formula, check_formula
from domain.kpis.formulas.evaluation import evaluate
from domain.kpis.formulas.inputs import InputFacts
from domain.kpis.formulas.outcomes import Coverage, Gap, KpiGapReason, Outcome, round_half_up
from domain.kpis.formulas.parser import parse
from domain.kpis.formulas.units import Unit

JAN, FEB, MAR, APR, MAY, DEC = 0, 1, 2, 3, 4, 11
MONTHS = 24
"""Months of two years: 0 is January of the first one."""

NOT_MEASURED, ZERO_DIVISION = KpiGapReason.NOT_MEASURED, KpiGapReason.DIVISION_BY_ZERO
NO_PERIOD, NOT_APPLICABLE = KpiGapReason.NO_SUCH_PERIOD, KpiGapReason.NOT_APPLICABLE
Values = Mapping[str, Mapping[int, str | None]]


@dataclass
class Months:
    """Values by name and month; a name that ends with `_total` has those of all slices."""

    values: Values
    points: set[str] = field(default_factory=set)

    def read(self, name: str, first: int, last: int, *, is_total: bool) -> Outcome:
        given = self.values[f"{name}_total" if is_total else name]
        months = range(first, last + 1)
        found = {month: given[month] for month in months if month in given}
        numbers = [Fraction(each) for each in found.values() if each is not None]
        if not numbers:
            is_lasting = len(found) == len(months)
            return Outcome(gap=Gap(NOT_APPLICABLE if is_lasting else NOT_MEASURED, (name,)))
        missing = len(months) - len(found)
        coverage = Coverage(name, len(months) - missing, len(months))
        return Outcome(sum(numbers), incomplete=frozenset({coverage} if missing else ()))

    def get_unit(self, name: str) -> Unit:
        return units.POINTS if name in self.points else units.NUMBER

    def find_earlier(self, ordinal: int, steps: int) -> int | None:
        return ordinal - steps if ordinal >= steps else None

    def find_previous_year(self, ordinal: int) -> int | None:
        return self.find_earlier(ordinal, 12)

    def find_first(self, word: str, ordinal: int) -> int:
        length = {"year": 12, "quarter": 3}[word]
        return ordinal // length * length


def build(text: str, unit: KpiUnit = KpiUnit.NUMBER, **facts: Unit) -> Formula:
    inputs = {
        name: InputFacts(
            facts.get(name, units.NUMBER),
            KpiFrequency.MONTHLY,
            TimeAggregation.SUM,
            SliceAggregation.SUM,
        )
        for name in "abc"
    }
    declared = {KpiUnit.SHARE: units.SHARE, KpiUnit.PERCENTAGE_POINTS: units.POINTS}
    result = unit, declared.get(unit, units.NUMBER)
    return check_formula(text, parse(text), inputs, KpiFrequency.MONTHLY, result)


def compute(
    text: str, month: int = JAN, unit: KpiUnit = KpiUnit.NUMBER, **values: object
) -> Outcome:
    given = {
        name: each if isinstance(each, dict) else {month: each} for name, each in values.items()
    }
    return evaluate(build(text, unit), Months({"a": {}, "b": {}, "c": {}, **given}), month)


def gap_of(text: str, **values: object) -> Gap:
    found = compute(text, **values)
    assert found.value is None
    assert found.gap is not None
    return found.gap


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + b * c", "14"),
        ("(a + b) * c", "20"),
        ("a - b - c", "-5"),
        ("c / b / a", "2/3"),
        ("a / b * b", "2"),
        ("-a * -b", "6"),
        ("a - -b", "5"),
        ("min(a, b, c) + max(a, b, c)", "6"),
        ("abs(a - c)", "2"),
        ("round(c / b)", "1"),
        ("round(a / b, 2)", "67/100"),
        ("round(5 / 2) + round(-5 / 2)", "0"),
        ("round(5 / 2)", "3"),
        ("round(-5 / 2)", "-3"),
        ("if(a < b, a, c)", "2"),
        ("if(a > b or b = 3 and c != 4, a, c)", "4"),
        ("if(not a >= b and b <= 3, a, c)", "2"),
        ("a * 50 %", "1"),
        ("coalesce(a, 9)", "2"),
    ],
)
def test_a_formula_is_computed_exactly(text: str, value: str) -> None:
    assert compute(text, a="2", b="3", c="4") == Outcome(Fraction(value))


def test_thirds_do_not_lose_anything() -> None:
    assert compute("if(a / 3 + a / 3 + a / 3 = a, 1, 0)", a="0.1").value == 1


EXPRESSIONS = st.recursive(
    st.decimals(-1_000, 1_000, places=3, allow_nan=False)
    .filter(bool)
    .map(lambda number: (f"({number:f})" if number < 0 else f"{number:f}", Fraction(number))),
    lambda parts: st.tuples(parts, st.sampled_from("+-*/"), parts).map(
        lambda three: (f"({three[0][0]} {three[1]} {three[2][0]})", _apply(*three))
    ),
    max_leaves=20,
)


def _apply(
    left: tuple[str, Fraction | None], sign: str, right: tuple[str, Fraction | None]
) -> Fraction | None:
    one, other = left[1], right[1]
    if one is None or other is None or (sign == "/" and other == 0):
        return None
    return {
        "+": lambda: one + other,
        "-": lambda: one - other,
        "*": lambda: one * other,
        "/": lambda: one / other,
    }[sign]()


@given(EXPRESSIONS)
def test_every_expression_has_the_value_of_exact_fractions(
    expression: tuple[str, Fraction | None],
) -> None:
    text, value = expression
    found = compute(f"a + {text}", a="0")
    if value is None:
        assert found.gap is not None
        assert found.gap.reason is ZERO_DIVISION
    elif abs(value) < 10**15:
        assert found.value == value
    else:
        assert found.gap == Gap(KpiGapReason.OUT_OF_RANGE)


def test_a_missing_input_is_named_and_is_not_zero() -> None:
    assert gap_of("a + b", a="1") == Gap(NOT_MEASURED, ("b",))
    assert gap_of("a + b * c") == Gap(NOT_MEASURED, ("a", "b", "c"))
    assert gap_of("max(a, b)", a="1") == Gap(NOT_MEASURED, ("b",))
    assert gap_of("if(b > 0, 1, 2)") == Gap(NOT_MEASURED, ("b",))
    assert compute("a + b", a="1", b="0").value == 1


def test_a_gap_that_is_not_reached_does_not_count() -> None:
    assert compute("if(a > 0, a, b)", a="1").value == 1
    assert compute("if(a > 0 or b > 0, 1, 2)", a="1").value == 1
    assert compute("if(a < 0 and b > 0, 1, 2)", a="1").value == 2
    assert gap_of("if(a > 0 and b > 0, 1, 2)", a="1") == Gap(NOT_MEASURED, ("b",))


def test_coalesce_takes_the_first_value_that_there_is() -> None:
    assert compute("coalesce(a, b, 7)", b="3").value == 3
    assert compute("coalesce(a, b, 7)").value == 7
    assert compute("coalesce(a, b)", a="0", b="3").value == 0
    assert compute("coalesce(a / b, 0)", a="1", b="0").value == 0
    assert gap_of("coalesce(a, b)") == Gap(NOT_MEASURED, ("a", "b"))


def test_a_division_by_zero_names_the_divisor_and_is_stronger_than_a_missing_input() -> None:
    gap = gap_of("a / (b - c)", a="1", b="2", c="2")
    assert gap.reason is ZERO_DIVISION
    assert gap.span is not None
    assert "a / (b - c)"[gap.span.start : gap.span.end] == "b - c"
    assert gap_of("a / b", b="0").reason is ZERO_DIVISION
    assert gap_of("b / b", b="0").reason is ZERO_DIVISION
    assert gap_of("a + b", b=None) == Gap(NOT_APPLICABLE, ("b",))


def test_a_result_that_is_too_large_is_a_gap() -> None:
    large = "999999999999999"
    assert compute("a", a=large).value == Fraction(large)
    assert gap_of("a + 1", a=large) == Gap(KpiGapReason.OUT_OF_RANGE)


def test_time_functions_step_over_periods() -> None:
    values = {"a": {month: str(month + 1) for month in range(MONTHS)}}
    second_march = 12 + MAR
    assert compute("lag(a, 1)", second_march, **values).value == 14
    assert compute("previous_year(a)", second_march, **values).value == 3
    assert compute("trailing(a, 3)", second_march, **values).value == 13 + 14 + 15
    assert compute("year_to_date(a)", second_march, **values).value == 13 + 14 + 15
    assert compute("year_to_date(a)", DEC, **values).value == 78
    assert compute("period_to_date(a, quarter)", MAY, **values).value == 4 + 5
    assert compute("lag(trailing(a, 3), 1)", APR, **values).value == 1 + 2 + 3
    assert compute("previous_year(year_to_date(a))", second_march, **values).value == 6
    assert compute("lag(a - lag(a, 1), 1)", MAR, **values).value == 1


def test_a_period_that_does_not_exist_is_said_so() -> None:
    values = {"a": dict.fromkeys(range(MONTHS), "1")}
    for text in ("lag(a, 3)", "previous_year(a)", "trailing(a, 4)"):
        gap = compute(text, MAR, **values).gap
        assert gap is not None
        assert gap.reason is NO_PERIOD


def test_a_window_skips_and_counts_what_is_missing() -> None:
    values: dict[str, object] = {"a": {JAN: "1", MAR: "5", APR: None}}
    found = compute("trailing(a, 4) + 1", APR, **values)
    assert found == Outcome(Fraction(7), incomplete=frozenset({Coverage("a", 3, 4)}))
    assert gap_of("trailing(a, 1)", month=FEB, **values) == Gap(NOT_MEASURED, ("a",))


def test_a_share_of_the_total_is_one_hundred_percent_over_all_slices() -> None:
    values = {"a": "30", "a_total": "120", "b": "0", "b_total": "0", "c_total": "5"}
    unit = KpiUnit.SHARE
    assert compute("share_of_total(a)", unit=unit, **values).value == Fraction(1, 4)
    gap = compute("share_of_total(b)", unit=unit, **values).gap
    assert gap is not None
    assert gap.reason is ZERO_DIVISION
    assert compute("share_of_total(c)", unit=unit, **values).gap == Gap(NOT_MEASURED, ("c",))


def test_percentage_points_are_parts_of_a_hundred_only_inside() -> None:
    shares = {"a": units.SHARE, "b": units.SHARE, "c": units.POINTS}
    given = {"a": {JAN: "0.45"}, "b": {JAN: "0.42"}, "c": {JAN: "3"}}
    months = Months(given, points={"c"})
    points, share = KpiUnit.PERCENTAGE_POINTS, KpiUnit.SHARE
    assert evaluate(build("a - b", points, **shares), months, JAN).value == 3
    assert evaluate(build("b + c", share, **shares), months, JAN).value == Fraction("0.45")
    assert evaluate(build("b + 3 points", share, **shares), months, JAN).value == Fraction("0.45")
    relative = evaluate(build("(a - b) / b", share, **shares), months, JAN)
    assert relative.value is not None
    assert round_half_up(Fraction(relative.value), 4) == Decimal("0.0714")


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        ("5/2", 0, "3"),
        ("-5/2", 0, "-3"),
        ("1/3", 6, "0.333333"),
        ("-2/3", 6, "-0.666667"),
        ("89955/1000", 2, "89.96"),
        ("123456789012345678901234567890123/10", 0, "12345678901234567890123456789012"),
        ("-1/10", 0, "0"),
    ],
)
def test_halves_are_rounded_away_from_zero(value: str, decimals: int, rounded: str) -> None:
    found = round_half_up(Fraction(value), decimals)
    assert found == Decimal(rounded)
    assert str(found) == rounded
