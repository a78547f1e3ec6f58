"""Queries of bulk operations: a connection, of which a worker reads all pages."""

from typing import Any

from graphql import FieldNode, OperationType, SelectionSetNode, VariableNode, print_ast

from api.errors import RequestError
from api.kernel.documents.document_cache import Document, DocumentCache
from api.kernel.documents.limits import Limits
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId

FIELD = "query"
VARIABLE = "after: String"
NAMES = ("nodes", "pageInfo")
EXAMPLE = (
    "query($after: String) { people(first: 100, after: $after)"
    " { nodes { id name } pageInfo { hasNextPage endCursor } } }"
)


async def check_bulk_query(tenant_id: TenantId, text: str) -> None:
    """Raise Invalid for a query whose pages a worker cannot read."""
    from api.schema import get_schema  # noqa: PLC0415 - it has the mutations of this package

    schema = get_schema()._schema  # noqa: SLF001
    try:
        document = await DocumentCache(schema, Limits()).load(text, tenant_id)
    except RequestError as error:
        causes = "; ".join(each.message for each in error.errors) or error.message
        raise _build_fault(f"The query is not valid: {causes}") from None
    if not _is_paged(document):
        raise _build_fault(f"Send one query of one connection, such as: {EXAMPLE}")


def _is_paged(document: Document) -> bool:
    """Return whether a document is one query of one connection, with a cursor as its variable."""
    operations = [*document.operations.values()]
    if len(operations) != 1 or operations[0].kind is not OperationType.QUERY:
        return False
    node = operations[0].node
    variables = [
        f"{each.variable.name.value}: {print_ast(each.type)}"
        for each in node.variable_definitions or ()
    ]
    fields = _list_fields(node.selection_set)
    if variables != [VARIABLE] or fields is None or len(fields) != 1:
        return False
    (root,) = fields.values()
    is_after = any(
        each.name.value == "after" and isinstance(each.value, VariableNode)
        for each in root.arguments or ()
    )
    inner = _list_fields(root.selection_set) or {}
    page = _list_fields(inner["pageInfo"].selection_set) if "pageInfo" in inner else None
    has_end = page is not None and {"hasNextPage", "endCursor"} <= page.keys()
    return is_after and has_end and "nodes" in inner


def _list_fields(selection: SelectionSetNode | None) -> dict[str, FieldNode] | None:
    """Return the fields by name; None where there is another selection, an alias or a condition."""
    found = dict[str, FieldNode]()
    for each in selection.selections if selection else ():
        if not isinstance(each, FieldNode) or each.alias or each.directives:
            return None
        found[each.name.value] = each
    return found


def find_connection(data: dict[str, Any]) -> dict[str, Any] | None:
    """Return the connection in the data of a page."""
    (connection,) = data.values()
    found: dict[str, Any] | None = connection
    return found


def _build_fault(message: str) -> Invalid:
    return Invalid(message, FIELD, code=Code.INVALID_FORMAT)
