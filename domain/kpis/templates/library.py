"""The library of templates, and the choice of a variant."""

from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import SingleLine, check_required
from domain.kpis.enums import KpiFrequency
from domain.kpis.templates.customers import CUSTOMERS
from domain.kpis.templates.finance import FINANCE
from domain.kpis.templates.model import Template, Variant
from domain.kpis.templates.operations import OPERATIONS
from domain.kpis.templates.people import PEOPLE

KEY = SingleLine("The key", max_length=40)
TEMPLATES = {each.key: each for each in (*FINANCE, *CUSTOMERS, *PEOPLE, *OPERATIONS)}
"""All templates by key, in the order in which they are shown."""


def find_variant(template_key: str, variant_key: str | None) -> tuple[Template, Variant]:
    """Return a template and the chosen variant. Raises Invalid at `template` or `variant`."""
    template = TEMPLATES.get(check_required(KEY, template_key, "template"))
    if template is None:
        message = "There is no such template. See `kpiTemplates` for their keys."
        raise Invalid(message, "template", code=Code.REFERENCE_NOT_FOUND)
    variants = {each.key: each for each in template.variants}
    if variant_key is not None:
        variant_key = check_required(KEY, variant_key, "variant")
    if variant_key is None and not template.has_choice:
        return template, template.variants[0]
    if variant_key is None:
        message = f"Definitions of {template.name} differ. Choose one of {', '.join(variants)}."
        raise Invalid(message, "variant", code=Code.REQUIRED)
    if variant_key not in variants:
        message = f"There is no such variant. Choose one of {', '.join(variants)}."
        raise Invalid(message, "variant", code=Code.REFERENCE_NOT_FOUND)
    return template, variants[variant_key]


def choose_frequency(variant: Variant, frequency: KpiFrequency | None) -> KpiFrequency:
    """Return the frequency of a KPI from a template, by default the proposed one.

    Raises Invalid at `frequency` where the formula holds for other periods only.
    """
    if frequency is None:
        return variant.frequencies[0]
    if frequency not in variant.frequencies:
        names = ", ".join(each.name for each in variant.frequencies)
        raise Invalid(f"This formula holds for other periods. Choose {names}.", "frequency")
    return frequency
