"""The enums of `viewerCan`: the actions on the objects of each type, and creations under them."""

from enum import Enum

from strawberry.utils.str_converters import to_camel_case

from api.kernel.schema.declarations import TYPE_DECLARATIONS, add_article, graph_enum
from domain.kernel.creations import Creation
from persistence.reading.read_model import ReadModel


def declare_action_enums() -> None:
    """Declare the enum of `viewerCan` of each type. All concepts must have been declared before."""
    for name, declared in TYPE_DECLARATIONS.items():
        if "viewer_can" in declared.field_declarations:
            _declare_action_enum(name, declared.read_model)


def _declare_action_enum(name: str, read_model: ReadModel) -> None:
    descriptions = dict[str, str]()
    for each in read_model.actions:
        verb = f"{each.noun or name[0].lower() + name[1:]}_{each.name}"
        descriptions[each.name] = (
            f"The viewer may call `{to_camel_case(verb)}` in the current state."
        )
    descriptions |= {
        each.to_action().name: _describe_creation(name, each)
        for each in sorted(read_model.creations, key=lambda each: each.verb)
    }
    action_enum = Enum(f"{name}Action", {each.upper(): each.upper() for each in descriptions})  # type: ignore[misc]
    graph_enum(
        action_enum,
        f"An action on {add_article(name)}, each named like its mutation.",
        **descriptions,
    )


def _describe_creation(name: str, creation: Creation) -> str:
    text = f"The viewer may call `{to_camel_case(creation.verb)}`"
    if creation.argument is not None:
        text += f" with this {name} as `{creation.argument}`"
    elif creation.absent is not None:
        text += f" without `{creation.absent}`"
    return f"{text}."
