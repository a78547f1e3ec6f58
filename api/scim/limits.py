"""Limits of what the library reads and compares without a pause, before it does.

Its parser of filters needs about 0.1 ms for each character, and its comparison of a filter with
the members of a group about as long for each member.
"""

from typing import Any

from scim2_models import TooManyException

from api.scim.filters import check_size

MAX_OPERATIONS = 100
"""Of one PATCH, whose operations are checked against the whole resource each; a bulk has fewer."""

MAX_FILTERS_LENGTH = 10_000
"""Of all filters in the paths of a body together."""

MAX_COMPARISONS = 60_000
"""Of the values of a resource with the operations of one PATCH: about a second."""

PER_POINT = 20
"""Characters of filters, or comparisons, that cost one point, as characters of documents do."""

FILTER_WEIGHT, TERM_WEIGHT = 4, 2
"""Comparisons that a path with a filter needs for each value, and each of its terms."""


def check_body(body: Any) -> int:
    """Return the length of the filters of a body, in any spelling of its names.

    Raises SCIMException if it has more than is allowed.
    """
    length, rest = 0, [body]
    while rest:
        each = rest.pop()
        if isinstance(each, list):
            rest += each
        elif isinstance(each, dict):
            for key, value in each.items():
                check_size(key)
                name = key.lower()
                if name in ("filter", "path") and isinstance(value, str):
                    check_size(value)
                    length += len(value) if "[" in value or name == "filter" else 0
                if name == "operations" and isinstance(value, list) and len(value) > MAX_OPERATIONS:
                    message = f"A request has at most {MAX_OPERATIONS} operations in a list."
                    raise TooManyException(detail=f"{message} Send several requests.")
            rest += each.values()
    if length > MAX_FILTERS_LENGTH:
        raise TooManyException(detail="The paths have too many filters. Send several requests.")
    return length


def count_comparisons(resource: Any, patch: Any) -> int:
    """Return how many values a PATCH compares. Raises SCIMException if these are too many."""
    operations = patch.operations or []
    listed = getattr(resource, "members", None) or getattr(resource, "emails", None) or []
    count = (len(listed) + len(operations)) * sum(map(_weigh, operations))
    if count > MAX_COMPARISONS:
        message = "The operations compare too much with such a large resource. Send fewer at once."
        raise TooManyException(detail=message)
    return count


def _weigh(operation: Any) -> int:
    """Return how many comparisons an operation needs for each value of a resource."""
    path, value = str(operation.path or "").lower(), operation.value
    named = len(value) if isinstance(value, list) and str(operation.op).endswith("remove") else 0
    if "[" in path:
        terms = 1 + path.count(" or ") + path.count(" and ")
        return FILTER_WEIGHT + TERM_WEIGHT * terms
    if not path or path.endswith("members"):
        return 1 + (FILTER_WEIGHT + TERM_WEIGHT) * named
    return 0
