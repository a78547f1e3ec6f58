"""Documents: parsing, limits, validation and cost, done once for each document."""
