"""Explanations agree with the decision, and depend on nothing that their reader cannot know."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from domain.goals import Goal, GoalStatus, Visibility
from domain.kernel import explanations
from domain.kernel.access import Actor, InheritedFrom, Is, Relationships, Rule, is_allowed
from domain.kernel.explanations import (
    AccessRuleKind,
    Explanation,
    Reader,
    build_whole_rule,
    explain_rule,
)
from domain.permission_rules import list_permission_rules
from tests.domain.fake_unit_of_work import FakeWork
from tests.domain.test_access import ADA, PEOPLE, WORLD, build_employee_actor
from tests.factories.domain_examples import a_draft

Decision = tuple[Rule, Actor, Goal, Relationships]


class BlindReader(Reader):
    """A reader who may know no fact but the grants of the person."""

    def may_know(self, rule: Rule, subject: Any) -> bool:  # noqa: ARG002 - as of a reader
        return False


def _list_decisions() -> Iterator[Decision]:
    goal = a_draft(ADA)
    for person, status, visibility in product(PEOPLE, GoalStatus, Visibility):
        goal.status, goal.visibility = status, visibility
        actor = build_employee_actor(person)
        standing = FakeWork(actor, [*WORLD, goal]).compute_relationships()
        for each in list_permission_rules(Goal):
            yield each.rule, actor, goal, standing


def _explain(decision: Decision, reader: type[Reader] = Reader) -> Explanation:
    rule, actor, goal, standing = decision
    return explain_rule(rule, actor, goal, standing, reader(actor, standing, is_the_person=True))


def _find_wrong_explanation() -> Decision | None:
    for each in _list_decisions():
        decision = is_allowed(*each)
        blind = _explain(each, BlindReader).holds
        if _explain(each).holds is not decision or blind not in (None, decision):
            return each
    return None


def test_an_explanation_has_the_decision_and_a_blind_reader_never_another_one() -> None:
    assert len(list(_list_decisions())) > 2_000
    assert _find_wrong_explanation() is None


def test_the_comparison_finds_a_group_that_takes_hidden_for_no(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def combine(kind: AccessRuleKind, parts: tuple[Explanation, ...]) -> bool:
        answers = [bool(each.holds) for each in parts]
        return any(answers) if kind is AccessRuleKind.ANY_OF else all(answers)

    monkeypatch.setattr(explanations, "_combine", combine)
    assert _find_wrong_explanation() is not None


def test_the_comparison_finds_an_explanation_of_another_rule(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(explanations, "expand_grant", lambda *_: explanations.NOBODY)
    assert _find_wrong_explanation() is not None


def test_a_blind_reader_gets_the_same_about_the_owner_and_about_a_stranger() -> None:
    """Both have the same roles, so only what is hidden tells them apart."""
    goal = a_draft(ADA)
    rule = build_whole_rule(Goal, Goal.EDIT)
    told = []
    for person in PEOPLE:
        actor = build_employee_actor(person)
        standing = FakeWork(actor, [*WORLD, goal]).compute_relationships()
        told.append(_explain((rule, actor, goal, standing), BlindReader))
    assert [each == told[0] for each in told] == [True] * len(PEOPLE)
    assert told[0].holds is None


def test_what_would_change_it_names_only_what_is_missing() -> None:
    goal = a_draft(ADA)
    goal.status = GoalStatus.ACHIEVED
    actor = build_employee_actor(ADA)
    standing = FakeWork(actor, [*WORLD, goal]).compute_relationships()
    found = _explain((build_whole_rule(Goal, Goal.EDIT), actor, goal, standing))
    assert found.holds is False
    assert found.list_changes() == ["status is draft or active"]


def test_nothing_helps_where_the_rule_is_about_another_object_and_there_is_none() -> None:
    goal: Any = a_draft(ADA)
    goal.person = None
    rule = InheritedFrom("owner_person_id", "person", Is("id"))
    found = _explain((rule, build_employee_actor(ADA), goal, Relationships()))
    assert (found.holds, found.list_changes()) == (False, [])


def test_groups_with_millions_of_ways_are_told_by_a_few() -> None:
    """With every pair, one question about an alert took seconds of the event loop."""
    groups = [
        Explanation(
            AccessRuleKind.ANY_OF,
            "",
            holds=False,
            parts=tuple(
                Explanation(AccessRuleKind.VALUE, "", holds=False, change=f"{group}{leaf}")
                for leaf in "abcd"
            ),
        )
        for group in range(12)
    ]
    same = Explanation(AccessRuleKind.VALUE, "", holds=False, change="0a")
    whole = Explanation(AccessRuleKind.ALL_OF, "", holds=False, parts=(*groups, same))
    found = whole.list_changes()
    assert len(found) == explanations.MAX_CHANGES
    assert found[0].split(" and ") == sorted(f"{group}a" for group in range(12))
