"""Storage and reading of the domain with SQL. It does not know GraphQL or HTTP."""
