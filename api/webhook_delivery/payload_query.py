"""The query of a webhook, whose result is sent with each message about an object."""

from datetime import UTC, datetime

from graphql import print_ast

from api.errors import RequestError
from api.kernel.documents.document_cache import Document, DocumentCache
from api.kernel.documents.limits import Limits
from api.kernel.execution.argument_templates import Variables
from api.kernel.execution.root_fields import NO_ACTOR
from api.kernel.execution.variables import coerce_variables
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId
from persistence.reading.selection import ReadRequest

FIELD = "payloadQuery"
VARIABLE = "id: ID!"
MAX_COST = 200
"""Points of a query, which a worker reads for each message."""


async def check_payload_query(tenant_id: TenantId, text: str) -> None:
    """Raise Invalid for a query that cannot be sent with the messages of a webhook."""
    from api.schema import get_schema  # noqa: PLC0415 - it has the mutations of webhooks

    schema = get_schema()._schema  # noqa: SLF001
    try:
        document = await DocumentCache(schema, Limits()).load(text, tenant_id)
    except RequestError as error:
        causes = "; ".join(each.message for each in error.errors) or error.message
        raise _build_fault(f"The query is not valid: {causes}") from None
    _check_operation(document)


def _check_operation(document: Document) -> None:
    operations = [*document.operations.values()]
    if len(operations) != 1 or not operations[0].is_query:
        raise _build_fault("Send one query, and no mutation, subscription or second operation.")
    (operation,) = operations
    variables = [
        f"{each.variable.name.value}: {print_ast(each.type)}"
        for each in operation.node.variable_definitions or ()
    ]
    if variables != [VARIABLE]:
        raise _build_fault("Declare the variable `$id: ID!` and no other: the id of the object.")
    values = coerce_variables(operation, {"id": ""})
    assert not isinstance(values, list), "Each text is an ID."
    request = ReadRequest(NO_ACTOR, datetime.now(UTC), "", Variables(values))
    cost = round(operation.prepare(values).cost.evaluate(request))
    if cost > MAX_COST:
        raise _build_fault(
            f"The query costs {cost:,} points, but at most {MAX_COST} are allowed. Ask for fewer"
            " rows or levels."
        )


def _build_fault(message: str) -> Invalid:
    return Invalid(message, FIELD, code=Code.INVALID_FORMAT)
