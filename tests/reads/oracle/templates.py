"""What is data of the program, such as the library of templates, as rows of the oracle."""

from typing import Any

from domain.feedback import EXPLANATIONS
from domain.kpis.templates import TEMPLATES, Template, TemplateInput, Variant

TypedRow = tuple[str, dict[str, Any]]
KINDS = ("KpiTemplate", "KpiTemplateVariant", "KpiTemplateInput", "FeedbackPromise")


def list_templates(
    _: Any, __: Any, category: str | None = None, search: str | None = None
) -> list[TypedRow]:
    """Return the templates of a category with a text in their name, key or description."""
    words = " ".join((search or "").lower().split())
    return [
        _describe(each)
        for each in TEMPLATES.values()
        if category in (None, each.category)
        and words in f"{each.name} {each.key} {each.description}".lower()
    ]


def _describe(template: Template) -> TypedRow:
    unit = template.unit
    variants = [_describe_variant(each) for each in template.variants]
    measure = {"unit": unit.kind, "unit_name": unit.name, "decimals": unit.decimals}
    return "KpiTemplate", {**vars(template), **measure, "variants": variants}


def _describe_variant(variant: Variant) -> TypedRow:
    inputs = [_describe_input(each) for each in variant.inputs]
    return "KpiTemplateVariant", {**vars(variant), "inputs": inputs}


def _describe_input(input: TemplateInput) -> TypedRow:
    measure = {"unit": input.unit.kind, "unit_name": input.unit.name}
    return "KpiTemplateInput", {**vars(input), **measure}


def list_promises(_: Any, __: Any) -> list[TypedRow]:
    """Return what authors of feedback read before they write."""
    return [
        ("FeedbackPromise", {"mode": mode, "audience": audience, "explanation": text})
        for (mode, audience), text in EXPLANATIONS.items()
    ]
