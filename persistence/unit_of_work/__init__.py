"""The unit of work: load aggregates for a stated action, write all changes at once."""
