"""Actions as data: the name of each verb, its access rule and the states it may start from."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from domain.kernel.access import Rule
from domain.kernel.fields import field_specs
from domain.kernel.keyed_values import KeyedValues


class ActionRefusal(StrEnum):
    """Why an action on an object would be refused, in the order of the checks."""

    NOT_PERMITTED = "not_permitted"
    STATE_CONFLICT = "state_conflict"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Action:
    """A verb that an actor may perform. With `states` of None it may start from any state.

    `deletes` says that the aggregate is gone afterwards; only such an action may remove one. `noun`
    begins the name of its mutation, where that is not the NAME of the aggregate.

    The guard of the mutation, the node's `viewerCan` and the permission table in the documentation
    are derived from it.
    """

    name: str
    rule: Rule
    states: tuple[str, ...] | None = None
    state_attribute: str = "status"
    deletes: bool = False
    noun: str | None = None

    def __init__(
        self,
        name: str,
        rule: Rule,
        *states: str,
        state_attribute: str = "status",
        deletes: bool = False,
        noun: str | None = None,
    ) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "rule", rule)
        object.__setattr__(self, "states", tuple(str(each) for each in states) or None)
        object.__setattr__(self, "state_attribute", state_attribute)
        object.__setattr__(self, "deletes", deletes)
        object.__setattr__(self, "noun", noun)

    def may_start(self, subject: object) -> bool:
        """Return whether the aggregate is in a state from which this action may start."""
        return self.states is None or str(getattr(subject, self.state_attribute)) in self.states


def list_sights(kind: Any) -> tuple[Action, ...]:
    """Return what an actor must be allowed in order to see all values of an aggregate.

    Values by key are left out, because most who compare an object name none of them.
    """
    return _list_sights(kind)


def get_sight(kind: Any, attribute: str | None = None) -> Action:
    """Return what an actor must be allowed in order to see an aggregate, or a guarded value."""
    return _get_sight(kind, attribute)


@cache
def _list_sights(kind: Any) -> tuple[Action, ...]:
    by_key = {name for name, spec in field_specs(kind).items() if spec.type is KeyedValues}
    guards = [rule for name, rule in kind.GUARDED.items() if name not in by_key]
    rules = {id(rule): rule for rule in (kind.SEE, *guards)}
    return tuple(Action("see", rule) for rule in rules.values())


@cache
def _get_sight(kind: Any, attribute: str | None) -> Action:
    return Action("see", kind.GUARDED[attribute] if attribute else kind.SEE)
