"""A small tenant: an admin, a manager, and two people who report to her."""

from dataclasses import dataclass
from typing import Any

from api.kernel.schema.global_ids import encode_id
from domain.goals import Goal
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Grant, Permission
from domain.people import Person
from tests.conftest import SaveAggregates
from tests.factories.goals import a_goal, add_key_result
from tests.factories.graph import DatabaseGraph
from tests.factories.members import a_member, a_role
from tests.factories.people import a_person, add_reporting_line
from tests.factories.tenants import a_tenant

EMPLOYEE_PERMISSIONS = (Permission.DIRECTORY_READ, Permission.GOALS_READ)


@dataclass
class World:
    """A tenant with the members `admin`, `manager`, `mara` and `ben`; Mara owns the goal."""

    graph: DatabaseGraph
    people: dict[str, Person]
    goal: Goal

    @property
    def goal_id(self) -> str:
        """The global id of the goal."""
        return encode_id("goal", self.goal.id)

    @property
    def key_result_id(self) -> str:
        """The global id of its key result."""
        return encode_id("keyres", self.goal.key_results[0].id)

    def encode_person_id(self, who: str) -> str:
        """Return a person's global id."""
        return encode_id("person", self.people[who].id)


async def a_world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    """Build and store the tenant."""
    everything = a_role(tenant_id, "everything", *(Grant(each) for each in Permission))
    employee = a_role(tenant_id, "employee", *(Grant(each) for each in EMPLOYEE_PERMISSIONS))
    people = {
        who: a_person(tenant_id, who.title(), work_email=f"{who}@meridian.example")
        for who in ("admin", "manager", "mara", "ben")
    }
    add_reporting_line(people["mara"], people["manager"])
    add_reporting_line(people["ben"], people["manager"])
    members = [
        a_member(person, who, everything.id if who == "admin" else employee.id)
        for who, person in people.items()
    ]
    goal = a_goal(people["mara"])
    add_key_result(goal)
    await keep(a_tenant(tenant_id), everything, employee, *people.values())
    await keep(*members, goal)
    return World(DatabaseGraph(pool, writing, tenant_id), people, goal)
