"""graphql-core's executor, except that it passes finished JSON and coerced variables through."""

from typing import Any

import orjson
from graphql import GraphQLEnumType, GraphQLLeafType, get_named_type, introspection_types
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.kernel.execution.introspection import Introspector

_NO_HELPERS: Any = None

INTROSPECTION_ROOTS = (introspection_types["__Schema"], introspection_types["__Type"])
"""The types of `__schema` and `__type`."""


class PassthroughExecutor(StrawberryGraphQLCoreExecutionContext):
    """An executor that completes all values except those that PostgreSQL has completed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # These helpers refer to the executor, so only the garbage collector would free it. No
        # resolver uses them.
        self.async_helpers = _NO_HELPERS
        self.variable_values = self.context_value.variables.values

    def complete_value(
        self,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Return an `orjson.Fragment` as it is, and describe the schema; complete other values."""
        if type(result) is orjson.Fragment:
            return result
        if path.prev is None and result is not None:
            type_ = get_named_type(return_type)
            if type_ in INTROSPECTION_ROOTS:
                return Introspector(self).describe(type_, result, field_details_list)
        return super().complete_value(
            return_type, field_details_list, info, path, result, position_context
        )

    @staticmethod
    def complete_leaf_value(return_type: GraphQLLeafType, result: Any) -> Any:
        """Return the name of an enum value as it is; compiled statements return names."""
        if isinstance(return_type, GraphQLEnumType) and _is_enum_name(result, return_type):
            return result
        return StrawberryGraphQLCoreExecutionContext.complete_leaf_value(return_type, result)


def _is_enum_name(result: Any, enum: GraphQLEnumType) -> bool:
    return type(result) is str and result in enum.values
