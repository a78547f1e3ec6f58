"""Values by key as one attribute: the journal shows the keys whose values change."""

from typing import Any


class KeyedValues(dict[str, Any]):
    """Values by key, each ready for JSON."""
