"""How a value compares with its target, in SQL: the twins of `domain.kpis.targets`.

`row` has the value to compare, the columns of its target, and the share of the target that is due
by now as two whole numbers, `gone` and `total`. A comparison multiplies by both, so it is exact;
where they are equal, there is nothing to multiply.
"""

from typing import Any

from sqlalchemy import Numeric
from sqlalchemy.types import TypeEngine

from domain.kpis.targets import KpiTargetKind, KpiTargetStatus
from domain.kpis.targets.enums import DOWNWARD
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.wire_format import ratio_sql
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import Row, Sql

TARGET_COLUMNS = (
    *("kind", "span", "target", "upper_target", "start_value"),
    *("green_from", "green_to", "amber_from", "amber_to"),
)
"""The columns of a target in a row to compare; `target` and `upper_target` are its values."""

PLACES = 12
"""A quotient gets that many decimal places."""


def _compare(edge: str, sign: str) -> str:
    """Return whether the value is on the right side of an edge, or there is none."""
    return (
        f"({{{edge}}} IS NULL OR CASE WHEN {{gone}} = {{total}} THEN {{value}} {sign} {{{edge}}}"
        f" ELSE {{value}} * {{total}} {sign} {{{edge}}} * {{gone}} END)"
    )


def _is_inside(band: str) -> str:
    return f"{_compare(f'{band}_from', '>=')} AND {_compare(f'{band}_to', '<=')}"


IS_SUPPRESSED = (
    f"({{state}} = '{KpiTargetStatus.SUPPRESSED}' OR {{state}} = 'measured' AND {{value}} IS NULL)"
)
"""The sum of a year is not shown where one of its periods is not."""

STATUS = f"""(CASE
 WHEN {{state}} = '{KpiTargetStatus.NOT_APPLICABLE}' THEN '{KpiTargetStatus.NOT_APPLICABLE}'
 WHEN {IS_SUPPRESSED} THEN '{KpiTargetStatus.SUPPRESSED}'
 WHEN {{value}} IS NULL THEN '{KpiTargetStatus.NOT_MEASURED}'
 WHEN {{target}} IS NULL THEN '{KpiTargetStatus.NO_TARGET}'
 WHEN {_is_inside("green")} THEN '{KpiTargetStatus.GREEN}'
 WHEN {_is_inside("amber")} THEN '{KpiTargetStatus.AMBER}'
 ELSE '{KpiTargetStatus.RED}' END)"""

DOWNWARD_NAMES = ", ".join(f"'{each}'" for each in sorted(DOWNWARD))
SIGN = f"(CASE WHEN {{kind}} IN ({DOWNWARD_NAMES}) THEN -1 ELSE 1 END)"


def _attain_range(end: str, edge: str) -> str:
    """Return the share of the tolerance that a value beyond one end of a range leaves."""
    return (
        f"CASE WHEN {{{edge}}} IS NULL OR {{{edge}}} = {{{end}}} THEN 0 ELSE greatest(0,"
        f" 1 - (abs({{value}} - {{{end}}}) + 0e-{PLACES}) / abs({{{end}}} - {{{edge}}})) END"
    )


ATTAINMENT = f"""round(CASE
 WHEN {{target}} IS NULL OR {{value}} IS NULL THEN NULL
 WHEN {{kind}} = '{KpiTargetKind.BETWEEN}' THEN CASE
  WHEN {{value}} < {{target}} THEN {_attain_range("target", "amber_from")}
  WHEN {{value}} > {{upper_target}} THEN {_attain_range("upper_target", "amber_to")}
  ELSE 1 END
 WHEN {{start_value}} = {{target}} THEN ({SIGN} * ({{value}} - {{target}}) >= 0)::int
 WHEN {{start_value}} IS NOT NULL
 THEN ({{value}} - {{start_value}} + 0e-{PLACES}) / ({{target}} - {{start_value}})
 WHEN {{target}} <> 0
 THEN 1 + {SIGN} * ({{value}} - {{target}} + 0e-{PLACES}) / abs({{target}}) END, {PLACES})"""


def _due(end: str) -> str:
    """Return what a target asks for by now: all of it where the time is over."""
    share = f"round(({{{end}}} + 0e-{PLACES}) * {{gone}} / {{total}}, {PLACES})"
    return f"(CASE WHEN {{gone}} = {{total}} THEN {{{end}}} ELSE {share} END)"


GAP = f"""trim_scale(CASE WHEN {{value}} IS NULL THEN NULL
 WHEN {{upper_target}} IS NULL THEN {{value}} - {_due("target")}
 ELSE least({{value}} - {_due("target")}, 0) + greatest({{value}} - {_due("upper_target")}, 0)
 END)"""


def build_status(row: Row, value: Sql | None = None) -> Sql:
    """Return the status of a row against its target, by default of the value to compare."""
    return _fill(STATUS, EnumText(KpiTargetStatus), row, value)


def build_attainment(row: Row) -> Sql:
    """Return the attained share of the target; null without a target or a value."""
    return ratio_sql(_fill(ATTAINMENT, Numeric(), row))


def build_gap(row: Row) -> Sql:
    """Return the value minus what the target asks for by now; null without one of them."""
    return _fill(GAP, Numeric(), row)


def build_expected(row: Row, column: str = "target") -> Sql:
    """Return what the target asks for by now."""
    return _fill(f"trim_scale({_due(column)})", Numeric(), row)


def label_target_columns(target: Row) -> list[Sql]:
    """Return the columns of a target under the names that a row to compare has."""
    names = {"target": "value", "upper_target": "upper_value"}
    return [target.c[names.get(each, each)].label(each) for each in TARGET_COLUMNS]


def _fill(template: str, type_: TypeEngine[Any], row: Row, value: Sql | None = None) -> Sql:
    columns = {name: row.c[name] for name in (*TARGET_COLUMNS, "state", "gone", "total")}
    compared = row.c.compared if value is None else value
    return SqlTemplate(template, type_, **columns, value=compared)
