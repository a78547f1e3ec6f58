"""Load shedding: refuse early what cannot be answered in time."""
