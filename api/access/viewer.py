"""What the viewer may do with an object, with reasons, and why they see it."""

from api.access.actions import AccessAction, AccessRuleKind
from api.kernel.schema.declarations import graph_enum, list_of, part, value
from domain.kernel.actions import ActionRefusal
from persistence.reading.viewer_rights import ACTION_REASON, VIEWER_ACTION, VISIBILITY_REASON

graph_enum(
    ActionRefusal,
    "Why the viewer may not do something with an object.",
    not_permitted="The rule of the action does not hold for the viewer.",
    state_conflict="The action cannot start in the state of the object.",
    blocked="Something that belongs to the object prevents it for now, such as the last admin.",
)


@part(ACTION_REASON)
class ActionReason:
    """Why the viewer may not do something."""

    code: ActionRefusal = value("The reason, for programs.")
    message: str = value("The reason in words.")


@part(VIEWER_ACTION)
class ViewerAction:
    """An action on an object, and whether the viewer may do it."""

    action: AccessAction = value("The action, as in `viewerCan`.")
    allowed: bool = value("Whether `viewerCan` has the action.")
    reasons: list[ActionReason] = list_of(
        "The reason that the mutation would give first. Empty where the action is allowed.",
        usual_size=1,
    )


@part(VISIBILITY_REASON)
class VisibilityReason:
    """An alternative of the rule for seeing an object that holds for the viewer."""

    kind: AccessRuleKind = value("The kind of the rule.")
    sentence: str = value("The rule in words, such as `the owner person`.")
