"""The graph and the wire. Reads through `persistence.reading`, changes through work, never touches a table."""
