"""KPIs of organizations and teams: what is measured, how often, and what a value means."""

from domain.kpis.definitions import REASON, KpiDefinition, find_definition
from domain.kpis.enums import (
    KpiDirection,
    KpiForm,
    KpiFrequency,
    KpiInfluence,
    KpiScopeKind,
    KpiState,
    KpiUnit,
    KpiVisibility,
    SliceAggregation,
    TimeAggregation,
)
from domain.kpis.evaluation import EVALUATE, build_evaluation
from domain.kpis.formula_inputs import INPUT_ALIAS, MAX_INPUTS, KpiFormulaInput
from domain.kpis.model import Kpi
from domain.kpis.scopes import KpiScope
from domain.kpis.targets import KpiTarget, KpiTargetKind, KpiTargetSpan, KpiTargetStatus
from domain.kpis.use_cases import create, edit, redefine
from domain.kpis.views import mark_seen

__all__ = [
    "EVALUATE",
    "INPUT_ALIAS",
    "MAX_INPUTS",
    "REASON",
    "Kpi",
    "KpiDefinition",
    "KpiDirection",
    "KpiForm",
    "KpiFormulaInput",
    "KpiFrequency",
    "KpiInfluence",
    "KpiScope",
    "KpiScopeKind",
    "KpiState",
    "KpiTarget",
    "KpiTargetKind",
    "KpiTargetSpan",
    "KpiTargetStatus",
    "KpiUnit",
    "KpiVisibility",
    "SliceAggregation",
    "TimeAggregation",
    "build_evaluation",
    "create",
    "edit",
    "find_definition",
    "mark_seen",
    "redefine",
]
