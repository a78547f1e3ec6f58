"""Bulk operations: files of rows in, what workers do with them, and their results."""

from api.bulk_operations import operations, person_exports, uploads

__all__ = ["operations", "person_exports", "uploads"]
