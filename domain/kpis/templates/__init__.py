"""Templates of KPIs: known formulas with their inputs, variants and sources, as data."""

from domain.kpis.templates.library import KEY, TEMPLATES, find_variant
from domain.kpis.templates.model import KpiTemplateCategory, Template, TemplateInput, Variant
from domain.kpis.templates.use_cases import InputChoice, TemplateChoice, create_from_template

__all__ = [
    "KEY",
    "TEMPLATES",
    "InputChoice",
    "KpiTemplateCategory",
    "Template",
    "TemplateChoice",
    "TemplateInput",
    "Variant",
    "create_from_template",
    "find_variant",
]
