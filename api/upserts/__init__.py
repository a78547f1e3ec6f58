"""Mutations with rows of other systems: they create objects, or change them where they differ."""

from api.upserts import goals, organizations, people, teams

__all__ = ["goals", "organizations", "people", "teams"]
