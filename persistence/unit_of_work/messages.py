"""The messages of refusals in which a unit of work names an aggregate, an action or a state."""

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate


def get_label(kind: type) -> str:
    """Return the noun of a kind of aggregate or part in messages."""
    return getattr(kind, "LABEL", "") or _humanize(getattr(kind, "NAME", "this"))


def describe_missing(kind: type[Aggregate]) -> str:
    """Return the message for an aggregate that does not exist, or that the actor may not see."""
    return f"There is no such {get_label(kind)}."


def describe_forbidden_change(kind: type[Aggregate]) -> str:
    """Return the message for an aggregate that the actor sees and may not change."""
    return f"You may see this {get_label(kind)}, but you may not make this change."


def describe_forbidden_creation(subject: object, to: Action) -> str:
    """Return the message for an action that the actor may not do with this subject."""
    noun = get_label(type(subject))
    article = "an" if noun[0] in "aeiou" else "a"
    return f"You may not {_humanize(to.name)} {article} {noun} here."


def describe_state_conflict(found: Aggregate, to: Action) -> str:
    """Return the message for an aggregate in a state from which the action cannot start."""
    current_state = _humanize(str(getattr(found, to.state_attribute)))
    states = [_humanize(state) for state in to.states or ()]
    required_states = " or ".join([", ".join(states[:-1]), states[-1]] if states[1:] else states)
    noun = get_label(type(found))
    return f"This {noun} is {current_state}. For this change it must be {required_states}."


def _humanize(name: str) -> str:
    return name.replace("_", " ")
