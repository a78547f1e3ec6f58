"""The effect of a mutation, as data."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Effect:
    """The effect of a mutation: what is read back, and what the journal holds."""

    verb: str
    selection: str
    expected_fields: dict[str, Any]
    action: str
    changed_fields: set[str]
    gained_actions: set[str] = field(default_factory=set)
    lost_actions: set[str] = field(default_factory=set)
    effective_on: str | None = None
    input: dict[str, Any] = field(default_factory=dict)
    moved_entries: int = 0


TODAY = "2026-06-15"
YESTERDAY = "2026-06-14"
