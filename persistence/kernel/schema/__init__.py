"""The database schema: tables, roles, row-level security, migrations and their checks."""
