"""Cases: what is asked, by whom, of which tenants. A new row here is a new line of the table."""

from dataclasses import dataclass, field
from typing import Any

from benchmarks.dataset.sizes import BASE, Part

HR, EMPLOYEE, MANAGER = "hr", "employee", "manager"

GOALS_PAGE = """
query GoalsPage {
  goals(first: 50) {
    totalCount
    nodes {
      id
      title
      status
      dueOn
      owner {
        __typename
        ... on Person { id name }
        ... on Team { id name }
        ... on Organization { id name }
      }
      keyResults(first: 10) {
        nodes { id title currentValue targetValue unit }
      }
    }
  }
}
"""


@dataclass(frozen=True)
class Case:
    """One question, put by one kind of person in up to twenty tenants in turn."""

    name: str
    title: str
    document: str
    persona: str = HR
    part: Part = BASE
    variables: dict[str, Any] = field(default_factory=dict)

    @property
    def slugs(self) -> tuple[str, ...]:
        """The tenants that are asked."""
        return self.part.slugs[:20]


CASES = {
    case.name: case
    for case in (
        Case("goals-page", "50 goals, owner, key results, total (HR)", GOALS_PAGE),
        Case("goals-page-employee", "the same for an employee", GOALS_PAGE, EMPLOYEE),
        Case("goals-page-manager", "the same for a manager of many", GOALS_PAGE, MANAGER),
    )
}
