"""Rules that hold for every object, by the grants of the actor alone: each looked at once."""

from domain.kernel.access import OVER_EVERYONE, Actor, AllOf, AnyOf, Holds, Rule


class GrantedRules:
    """The rules of which it is known whether an actor needs no relationship to any object.

    They are found by their identity, because the hash of a rule is slow. So they are kept.
    """

    def __init__(self) -> None:
        self._actor: Actor | None = None
        self._known = dict[int, tuple[Rule, bool]]()

    def has(self, actor: Actor, rule: Rule) -> bool:
        """Return whether a rule holds for every object. False where it depends on the object."""
        if actor is not self._actor:  # the author of an import changes
            self._actor, self._known = actor, {}
        known = self._known.get(id(rule))
        if known is None:
            known = self._known[id(rule)] = rule, _is_granted(rule, actor)
        return known[1]


def _is_granted(rule: Rule, actor: Actor) -> bool:
    match rule:
        case AnyOf(rules):
            return any(_is_granted(each, actor) for each in rules)
        case AllOf(rules):
            return all(_is_granted(each, actor) for each in rules)
        case Holds(permission):
            reaches = actor.get_reaches(permission)
            return OVER_EVERYONE in reaches or bool(rule.anywhere and reaches)
        case _:
            return False
