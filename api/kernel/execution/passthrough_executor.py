"""graphql-core's executor, except that it passes finished JSON through."""

from typing import Any

import orjson
from graphql import GraphQLEnumType, GraphQLLeafType
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

_NO_HELPERS: Any = None


class PassthroughExecutor(StrawberryGraphQLCoreExecutionContext):
    """An executor that completes all values except those that PostgreSQL has completed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # These helpers refer to the executor, so only the garbage collector would free it. No
        # resolver uses them.
        self.async_helpers = _NO_HELPERS

    def complete_value(
        self,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Return an `orjson.Fragment` as it is; complete any other value."""
        if type(result) is orjson.Fragment:
            return result
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
