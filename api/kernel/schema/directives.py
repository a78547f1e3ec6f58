"""The directive `@idempotent`, and the rule that allows it on mutations only."""

from typing import Annotated, Any

import strawberry
from graphql import FieldNode, GraphQLError, ValidationRule
from strawberry.directive import DirectiveLocation

from api.kernel.schema.input_bounds import bounds_metadata

MAX_KEY_LENGTH = 255

_DESCRIPTION = """\
Apply this mutation once, however often it is sent with this key.

A repeated request within seven days changes nothing. It returns the object in its present state,
with present rights, and `extensions.idempotency` lists the field as `replayed`. A repeat that
arrives while the first request runs waits for it. A refused mutation does not use up its key. A key
belongs to the member who sent it; with another input or another mutation it fails with
IDEMPOTENCY_KEY_REUSED.

A request with a single mutation may send the header `Idempotency-Key` instead.\
"""


@strawberry.directive(
    name="idempotent", locations=[DirectiveLocation.FIELD], description=_DESCRIPTION
)
def idempotent(
    key: Annotated[
        str,
        strawberry.argument(
            description="A new key for each change, such as a random UUID: 1 to 255 printable "
            "ASCII characters. Send it as a variable.",
            metadata=bounds_metadata(MAX_KEY_LENGTH, None),
        ),
    ],
) -> None:
    """Mark a mutation. `idempotency.build_key` reads the mark from the document."""


class IdempotentOnMutationsOnly(ValidationRule):
    """A validation rule: elsewhere than on mutations the directive would have no effect."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Report the directive on fields of other types than Mutation."""
        is_mutation = self.context.get_parent_type() is self.context.schema.mutation_type
        for each in node.directives or ():
            if each.name.value == "idempotent" and not is_mutation:
                message = "Directive '@idempotent' may be used on fields of Mutation only."
                self.context.report_error(GraphQLError(message, [each]))
