"""Bulk operations: tables and read models, the bytes of their files, and how far each has come."""

from persistence.bulk_operations.tables import BULK_OPERATION, STAGED_UPLOAD

__all__ = ["BULK_OPERATION", "STAGED_UPLOAD"]
