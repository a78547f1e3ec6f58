"""People in the graph: types, queries and mutations."""

from api.people import (
    corrections,
    directory,
    employment,
    erasing,
    jobs,
    merging,
    reporting_lines,
)
from api.people.person import Person, PersonQueries

__all__ = [
    "Person",
    "PersonQueries",
    "corrections",
    "directory",
    "employment",
    "erasing",
    "jobs",
    "merging",
    "reporting_lines",
]
