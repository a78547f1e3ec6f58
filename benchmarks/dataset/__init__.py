"""The data set: tenants of a given size, equal in every run, and stored between runs."""
