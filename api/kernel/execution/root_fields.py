"""Reading of a query's root fields one by one, so that a refusal makes only its own field null."""

from collections.abc import Mapping
from typing import Any

import orjson
from graphql import GraphQLError

from api.kernel.execution.errors import PATH_BELOW
from api.kernel.execution.request_context import RequestContext
from api.kernel.execution.selection_builder import TYPENAME
from domain.kernel.errors import Refusal
from persistence.reading.plan_cache import check_arguments, find_refused_path
from persistence.reading.selection import Field

NO_ACTOR: Any = None
"""The actor of a read request that only computes arguments."""

Refusals = Mapping[str, Exception]
"""Errors by the response key of their root field."""


def find_refused_roots(context: RequestContext) -> Refusals:
    """Return the refusals of texts and lists beyond their bounds, before anything is read."""
    request = context.build_read_request(NO_ACTOR)
    found: dict[str, Exception] = {}
    for root in context.prepared_operation.roots:
        for each in root.bounded_fields:
            try:
                check_arguments(each, request)
            except Refusal as refusal:
                assert root.field is not None
                found[root.key] = _locate(refusal, root.field)
                break
    return found


async def read_root_fields(
    context: RequestContext, refusals: Refusals, *, is_null_tolerant: bool = False
) -> dict[str, Any]:
    """Return the value of each root field, or its error, for graphql-core to complete.

    What is refused already is not read; if that is everything, no connection is taken. The values
    are finished JSON. Null-tolerant ones are not: they have nulls where the type does not allow
    them, and graphql-core decides how far each null propagates.
    """
    values: dict[str, Any] = dict(refusals)
    roots = [each for each in context.prepared_operation.roots if each.key not in refusals]
    if not roots:
        return values
    async with context.open_snapshot() as (snapshot, read_request):
        for root in roots:
            field = root.null_tolerant_field if is_null_tolerant else root.field
            if field is None or field.name == TYPENAME:  # graphql-core knows it
                continue
            try:
                value = await snapshot.read(field, read_request, null_tolerant=is_null_tolerant)
            except (Refusal, GraphQLError) as error:
                values[root.key] = _locate(error, field)
            else:
                needs_completion = is_null_tolerant or value == b"null"
                values[root.key] = (
                    orjson.loads(value) if needs_completion else orjson.Fragment(value)
                )
    return values


def _locate(error: Exception, field: Field) -> Exception:
    """Return the error with the path from a root field to the field at fault."""
    vars(error)[PATH_BELOW] = find_refused_path(error, field)
    return error
