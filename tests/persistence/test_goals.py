"""Goals are counted from an index alone, which has all columns of their access rule."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from domain.goals import Goal
from domain.kernel.access import Is, IsOneOf, Leads, OwnerAttributes
from persistence.goals import VISIBILITY_COLUMNS, goals


def list_attributes(rule: Any) -> Iterator[str]:
    """List the columns of the row that a rule reads."""
    if isinstance(rule, tuple):
        for each in rule:
            yield from list_attributes(each)
    elif isinstance(rule, OwnerAttributes):
        yield from filter(None, (rule.person, rule.team, rule.organization))
    elif is_dataclass(rule) and not isinstance(rule, IsOneOf):
        for field in fields(rule):
            value = getattr(rule, field.name)
            yield from [value] if field.name == "attribute" else list_attributes(value)


def test_the_index_that_goals_are_counted_in_has_all_that_says_who_may_see_them() -> None:
    assert set(list_attributes(Goal.SEE)) == set(VISIBILITY_COLUMNS)
    (index,) = (each for each in goals.indexes if each.name == "ix_goals_id")
    assert tuple(index.dialect_options["postgresql"]["include"]) == VISIBILITY_COLUMNS


def test_what_a_rule_looks_at_is_found_in_all_of_its_words() -> None:
    rule = Is("owner_id") | Leads(OwnerAttributes(team="team_id", person="lead_id")) & IsOneOf(
        "viewer_ids"
    )
    assert set(list_attributes(rule)) == {"owner_id", "team_id", "lead_id"}
