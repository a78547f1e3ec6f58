"""The executor: graphql-core's own, except that finished JSON passes through it untouched."""

from typing import Any

import orjson
from graphql import GraphQLEnumType, GraphQLLeafType
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

_NO_HELPERS: Any = None


class PassthroughExecutor(StrawberryGraphQLCoreExecutionContext):
    """Completes values as the specification says, but for those that PostgreSQL has completed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # graphql-core's point back at the executor, so that only the collector would free it and
        # all that it holds. No resolver of ours asks for them.
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
        """An `orjson.Fragment` is complete already."""
        if type(result) is orjson.Fragment:
            return result
        return super().complete_value(
            return_type, field_details_list, info, path, result, position_context
        )

    @staticmethod
    def complete_leaf_value(return_type: GraphQLLeafType, result: Any) -> Any:
        """Enums in compiled answers go by their graph names already."""
        if isinstance(return_type, GraphQLEnumType) and _is_enum_name(result, return_type):
            return result
        return StrawberryGraphQLCoreExecutionContext.complete_leaf_value(return_type, result)


def _is_enum_name(result: Any, enum: GraphQLEnumType) -> bool:
    return type(result) is str and result in enum.values
