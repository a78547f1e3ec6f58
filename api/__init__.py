"""The graph and the wire: reads are compiled, changes go through work, no table is touched."""
