"""People in the graph: the directory, employment, and who reports to whom."""

from api.people import directory, employment, reporting_lines
from api.people.person import Person, PersonQueries

__all__ = ["Person", "PersonQueries", "directory", "employment", "reporting_lines"]
