"""Creating an object under a place: an action on the place, derived from that of the new object.

The rule of `Team.CREATE` looks at the unit of the new team. Before there is a team, the derived
rule looks at the unit itself. So `viewerCan` of the unit and `teamCreate` have the same answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.kernel.access import (
    EVERYBODY,
    NOBODY,
    AllOf,
    AnyOf,
    Has,
    Holds,
    InheritedFrom,
    Is,
    IsAccount,
    IsAnother,
    Leads,
    Manages,
    MemberOf,
    OwnerAttributes,
    Rule,
)
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate


@dataclass(frozen=True)
class Creation:
    """The creation of a child under a place by an action of the child.

    `attributes` maps attributes of the child to those of the place with the same value. `argument`
    is the mutation's field that takes the id of the place; without one, `absent` is left out.
    """

    child: type[Aggregate]
    action: Action
    attributes: Mapping[str, str] = field(default_factory=dict)
    argument: str | None = None
    absent: str | None = None

    @property
    def verb(self) -> str:
        """The name of the mutation in Python."""
        return f"{self.child.NAME}_{self.action.name}"

    def to_action(self) -> Action:
        """Return the action on the place. Raises TypeError for a rule that it cannot answer."""
        return Action(f"{self.action.name}_{self.child.NAME}", self._derive(self.action.rule))

    def get_default(self, attribute: str) -> Any:
        """Return the value of an attribute of the child that the place does not decide."""
        return self.child.__dataclass_fields__[attribute].default

    def _derive(self, rule: Rule) -> Rule:
        """Return the rule for the place. An attribute that it does not decide has its default."""
        match rule:
            case AnyOf(rules) | AllOf(rules):
                return type(rule)(tuple(map(self._derive, rules)))
            case Is() | IsAccount() | IsAnother() | Manages():
                known = self.attributes.get(rule.attribute)
                return type(rule)(known) if known else NOBODY
            case InheritedFrom(attribute, _, inner):
                return inner if self.attributes.get(attribute) == "id" else NOBODY
            case Leads(owner) | MemberOf(owner):
                return type(rule)(self._derive_owner(owner))
            case Holds(permission, owner, anywhere):
                return Holds(permission, self._derive_owner(owner), anywhere)
            case Has(attribute, values) if attribute not in self.attributes:
                return EVERYBODY if str(self.get_default(attribute)) in values else NOBODY
            case _:
                raise TypeError(f"A place cannot answer {rule!r}. Add a case, or change the rule.")

    def _derive_owner(self, owner: OwnerAttributes) -> OwnerAttributes:
        names = (owner.person, owner.team, owner.organization)
        return OwnerAttributes(*(self.attributes.get(each) if each else None for each in names))
