"""The terms of assignments of roles, by the clock of the database."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_

RUNNING = (
    "({0}.starts_at IS NULL OR {0}.starts_at <= now())"
    " AND ({0}.expires_at IS NULL OR {0}.expires_at > now())"
)
"""The condition that an assignment with this alias counts now."""

LASTING = "({0}.starts_at IS NULL OR {0}.starts_at <= now()) AND {0}.expires_at IS NULL"
"""The condition that it counts now and has no end."""

NOT_OVER = "({0}.expires_at IS NULL OR {0}.expires_at > now())"
"""The condition that it counts now, or will count."""

SECONDS_TO_CHANGE = """extract(epoch FROM min(least(
    CASE WHEN {0}.starts_at > now() THEN {0}.starts_at END,
    CASE WHEN {0}.expires_at > now() THEN {0}.expires_at END)) - now())"""
"""After how many seconds the first of several assignments begins or ends; null for none."""


def is_running(assignment: Any) -> ColumnElement[bool]:
    """Build the condition that an assignment counts now."""
    return and_(has_begun(assignment), is_not_over(assignment))


def has_begun(assignment: Any) -> ColumnElement[bool]:
    """Build the condition that an assignment has begun."""
    starts_at = assignment.c.starts_at
    return or_(starts_at.is_(None), starts_at <= func.now())


def is_not_over(assignment: Any) -> ColumnElement[bool]:
    """Build the condition that an assignment counts now, or will count."""
    expires_at = assignment.c.expires_at
    return or_(expires_at.is_(None), expires_at > func.now())
