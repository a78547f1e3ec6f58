"""Personal data: which rows of which tables belong to a person, for exports and erasures."""

from persistence.personal_data.statements import declare_statements

__all__ = ["declare_statements"]
