"""Sentences about values, written by PostgreSQL together with the figures that they explain.

`row` has the columns of a compared period, and those of the unit of its definition.
"""

from sqlalchemy import Text

from domain.kpis.enums import KpiUnit
from domain.kpis.targets import KpiTargetKind, KpiTargetSpan, KpiTargetStatus
from persistence.kpis import calendar
from persistence.kpis.target_rules import (
    IS_SUPPRESSED,
    build_expected,
    build_gap,
    build_status,
)
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import Row, Sql

UNIT = f"""(CASE {{unit}} WHEN '{KpiUnit.SHARE}' THEN ' %'
 WHEN '{KpiUnit.PERCENTAGE_POINTS}' THEN ' points'
 WHEN '{KpiUnit.MONEY}' THEN ' ' || coalesce({{unit_name}}, {{currency}})
 ELSE coalesce(' ' || {{unit_name}}, '') END)"""
DIFFERENCE_UNIT = f"(CASE {{unit}} WHEN '{KpiUnit.SHARE}' THEN ' points' ELSE {UNIT} END)"
"""The difference of two shares is in percentage points."""

FACTOR = f"(CASE {{unit}} WHEN '{KpiUnit.SHARE}' THEN 100 ELSE 1 END)"
GROUPED = r"regexp_replace(({})::text, '(?<!\.\d*)(\d)(?=(\d\d\d)+(?!\d))', '\1,', 'g')"
"""A number with a comma before each group of three digits, but none after the decimal point."""
SHOWN = GROUPED.format(f"round({{number}} * {FACTOR}, {{decimals}})")
EXACT = GROUPED.format(f"trim_scale({{number}} * {FACTOR})")
NUMBER, EXACT_NUMBER = f"({SHOWN} || {UNIT})", f"({EXACT} || {UNIT})"
DIFFERENCE = f"({SHOWN} || {DIFFERENCE_UNIT})"
ROUNDED = f"(round({{number}} * {FACTOR}, {{decimals}}) / {FACTOR})"

KIND = f"""(CASE {{kind}}
 WHEN '{KpiTargetKind.AT_LEAST}' THEN 'at least ' || {{target}}
 WHEN '{KpiTargetKind.AT_MOST}' THEN 'at most ' || {{target}}
 WHEN '{KpiTargetKind.BETWEEN}' THEN 'between ' || {{target}} || ' and ' || {{upper_target}}
 WHEN '{KpiTargetKind.INCREASE_TO}' THEN 'an increase to ' || {{target}}
 ELSE 'a decrease to ' || {{target}} END)"""

SUPPRESSED = ": not shown, because it is about few people."
STATUS_SENTENCE = f"""(CASE
 WHEN {{starts_on}} IS NULL THEN 'There is no value yet.'
 WHEN {{state}} = '{KpiTargetStatus.NOT_APPLICABLE}' THEN {{period}} || ': the KPI does not apply.'
 WHEN {IS_SUPPRESSED} THEN {{period}} || '{SUPPRESSED}'
 ELSE {{period}} || (CASE WHEN {{is_provisional}} THEN ', not over yet: ' ELSE ': ' END)
  || (CASE {{span}} WHEN '{KpiTargetSpan.FISCAL_YEAR}' THEN 'the year has ' ELSE '' END)
  || {{shown}}
  || (CASE WHEN {{kind}} IS NULL THEN '. There is no target.'
   ELSE ', ' || {{status}} || '. The target is ' || {KIND}
    || (CASE WHEN {{gone}} = {{total}} THEN '' ELSE ', of which ' || {{expected}}
     || ' is due by now' || (CASE WHEN {{free}}[2] > 0
      THEN ', after ' || {{gone}} || ' of ' || {{total}} || ' working days' ELSE '' END) END)
    || '; the difference is ' || {{difference}} || '.' END) END)"""


def build_status_sentence(row: Row) -> Sql:
    """Return the sentence about a period and its target.

    A value is shown with all its decimals where rounding would change its colour.
    """
    compared = row.c.compared
    rounded, exact = _write(NUMBER, row, compared), _write(EXACT_NUMBER, row, compared)
    shown = SqlTemplate(
        "(CASE WHEN {rounded_status} = {status} THEN {rounded} ELSE {exact} END)",
        Text(),
        status=build_status(row),
        rounded_status=build_status(row, _write(ROUNDED, row, compared)),
        rounded=rounded,
        exact=exact,
    )
    names = ("starts_on", "state", "is_provisional", "span", "kind", "gone", "total", "free")
    return SqlTemplate(
        STATUS_SENTENCE,
        Text(),
        period=build_period(row),
        shown=shown,
        value=compared,
        status=build_status(row),
        target=_write(NUMBER, row, row.c.target),
        upper_target=_write(NUMBER, row, row.c.upper_target),
        expected=_write(NUMBER, row, build_expected(row)),
        difference=_write(DIFFERENCE, row, build_gap(row)),
        **{name: row.c[name] for name in names},
    )


def build_period(row: Row) -> Sql:
    """Return the label of the period of a row; it may be of an interval that was asked for."""
    return calendar.build_label(row.c.interval, row.c.ordinal, row.c.starts_on, row)


def write_number(row: Row, number: Sql, *, is_difference: bool = False) -> Sql:
    """Return a number for a reader, rounded and with its unit."""
    return _write(DIFFERENCE if is_difference else NUMBER, row, number)


def _write(template: str, row: Row, number: Sql) -> Sql:
    names = ("unit", "unit_name", "currency", "decimals")
    return SqlTemplate(template, Text(), number=number, **{name: row.c[name] for name in names})
