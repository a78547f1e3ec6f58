"""How the domain is kept and read. Knows SQL and the domain; has never heard of GraphQL or HTTP."""
