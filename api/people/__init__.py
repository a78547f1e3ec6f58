"""People in the graph: types, queries and mutations."""

from api.people import directory, employment, erasing, jobs, merging, reporting_lines
from api.people.person import Person, PersonQueries

__all__ = [
    "Person",
    "PersonQueries",
    "directory",
    "employment",
    "erasing",
    "jobs",
    "merging",
    "reporting_lines",
]
