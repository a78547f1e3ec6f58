"""Directives: what a client may write beside a field of its document."""

from typing import Annotated, Any

import strawberry
from graphql import FieldNode, GraphQLError, ValidationRule
from strawberry.directive import DirectiveLocation

_DESCRIPTION = """\
Make this change once, however often it is asked for with this key.

Whoever asks again within seven days changes nothing: the object is read back as it is by then,
under the rules of that moment, and `extensions.idempotency` of the response says `replayed` and
names the fields. While the first request still runs, the second waits for it. A change that was
refused left nothing behind, and may be asked for again with the same key. A key belongs to the
member who sent it; with another input, or for another mutation, it is refused with
IDEMPOTENCY_KEY_REUSED.

A request with one mutation may send the header `Idempotency-Key` instead.\
"""


@strawberry.directive(
    name="idempotent", locations=[DirectiveLocation.FIELD], description=_DESCRIPTION
)
def idempotent(
    key: Annotated[
        str,
        strawberry.argument(
            description="A new one for each change, such as a random UUID: 1 to 255 printable "
            "ASCII characters. Send it as a variable."
        ),
    ],
) -> None:
    """Mark a mutation; `perform` reads the mark itself."""


class IdempotentOnMutationsOnly(ValidationRule):
    """A key protects a mutation; anywhere else it would promise what nobody keeps."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Report the directive on a field of any type but Mutation."""
        is_mutation = self.context.get_parent_type() is self.context.schema.mutation_type
        for each in node.directives or ():
            if each.name.value == "idempotent" and not is_mutation:
                message = "Directive '@idempotent' may be used on fields of Mutation only."
                self.context.report_error(GraphQLError(message, [each]))
