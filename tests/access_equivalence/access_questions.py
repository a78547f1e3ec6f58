"""Every question that access rules answer, beside the oracle's answer to the same.

Read off the mapping: a new aggregate, part, action or guarded attribute asks by itself, and the
run fails until the oracle has an answer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause

from domain.kernel.access import EVERYBODY, NOBODY, Has, Rule
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from persistence.kernel.mapping.registry import MAPPINGS
from tests.reads.dataset import Row
from tests.reads.oracle import policy
from tests.reads.oracle.relationships import Caller, Whose

Answer = Callable[[Caller, Row], bool]


@dataclass(frozen=True)
class Question:
    """May somebody do this to that? The program says so by `rule`, the oracle by `answer`."""

    kind: type
    table: FromClause
    name: str
    rule: Rule
    answer: Answer


def _hires(who: Caller, person: Row) -> bool:
    return policy.edits_person(who, person) and policy.employs(who, person)


def _founds_team(who: Caller, team: Row) -> bool:
    return who.holds("teams:manage", Whose(team=team["parent_id"], unit=team["organization_id"]))


def _founds_unit(who: Caller, unit: Row) -> bool:
    return who.holds("organizations:manage", Whose(unit=unit["parent_id"]))


def _reaches(who: Caller, part: Row) -> bool:
    return who.holds("members:manage", Whose(unit=part["organization_id"]))


def _roles_of_all(who: Caller, _: Row) -> bool:
    return ("roles:manage", "everyone", None) in who.grants


def _employment(who: Caller, part: Row) -> bool:
    return policy.SEES["Employment"](who, part)


def _unit_reference(who: Caller, part: Row) -> bool:
    unit = who.facts.get(part["organization_id"])
    return unit is not None and policy.manages_unit(who, unit)


BEYOND: dict[tuple[str, str], Answer] = {
    ("Person", "plans"): policy.plans_for_person,
    ("Team", "plans"): policy.runs_team,
    ("Goal", "create"): policy.edits_goal,
    ("Person", "hire"): _hires,
    ("Team", "create"): _founds_team,
    ("Organization", "create"): _founds_unit,
    ("Member", "create"): policy.manages_member,
    ("Role", "create"): _roles_of_all,
    ("RoleAssignment", "hand_out"): _reaches,
    ("Leave", "see"): _employment,
    ("PersonReference", "see"): _employment,
    ("OrganizationReference", "see"): _unit_reference,
}
"""Answers to what the graph never asks: who may begin something, and parts without a word there."""


def questions() -> Iterator[Question]:
    """All there are."""
    for kind in sorted(MAPPINGS, key=lambda each: each.__name__):
        for name, rule in dict(_rules(kind)).items():
            yield Question(kind, MAPPINGS[kind].table, name, rule, answer_to(kind, name))


def answer_to(kind: type, name: str) -> Answer:
    """The oracle's answer. Raises LookupError where nobody has written one."""
    asked, verb = kind.__name__, name.partition(" of ")[0]
    if (asked, name) in BEYOND:
        return BEYOND[asked, name]
    if verb == "see" and name != "see":
        return lambda who, row: policy.may_read(who, asked, name.removeprefix("see of "), row)
    if name == "see" and asked in policy.SEES:
        return lambda who, row: policy.visible(who, asked, row)
    if name == "history" and asked in policy.AUDITS:
        return lambda who, row: policy.audits(who, asked, row)
    for verb, rule, states in policy.CAN.get(asked, ()):
        if verb.lower() == name:
            return lambda who, row: (not states or row["status"] in states) and rule(who, row)
    raise LookupError(f"The oracle does not know who may {name} a {asked}.")


def _rules(kind: type) -> Iterator[tuple[str, Rule]]:
    """Each rule once, with the first thing that it guards; a state is a rule of its own here."""
    known: dict[Rule, str] = {}
    for name, rule in rules_of(kind).items():
        if known.setdefault(rule, name) == name:
            yield name, rule


def rules_of(kind: Any) -> dict[str, Rule]:
    """All that a kind of thing has a rule for; a rule of an action asks for its states as well."""
    return dict(_named(kind))


def _named(kind: Any) -> Iterator[tuple[str, Rule]]:
    yield "see", kind.SEE
    for attribute, rule in kind.GUARDED.items():
        yield f"see of {attribute}", rule
    if issubclass(kind, Aggregate):
        yield "history", kind.SEE_HISTORY
    for action in vars(kind).values():
        if isinstance(action, Action):
            in_state = Has(action.state_attribute, *action.states) if action.states else EVERYBODY
            yield action.name, action.rule & in_state
    if issubclass(kind, Aggregate) and kind.SEE_PLANNED != NOBODY:
        yield "plans", kind.SEE_PLANNED
