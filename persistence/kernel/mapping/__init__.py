"""The mapping between domain classes and rows."""
