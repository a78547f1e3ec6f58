"""Sync runs of all types of rows: what is sent in them, undone, and the state around it."""

from typing import Any

from tests.api.company import Company

UNDO = """syncRun { status version issues { type externalId code field } }
    undo { undone { type id outcome } remainingCount
        conflicts { type id externalId field code } }"""
ROWS = {
    "organizations": "organizationsUpsert",
    "teams": "teamsUpsert",
    "people": "peopleUpsert",
    "goals": "goalsUpsert",
}


def unit(id: str, **values: Any) -> dict[str, Any]:
    """Return a row about a unit."""
    reference = {"source": "hris", "id": id}
    row = {"externalReference": reference, "kind": "DIVISION", "code": id, "name": id}
    return row | {"startsOn": "2026-01-01"} | values


def team(id: str, organization: str, **values: Any) -> dict[str, Any]:
    """Return a row about a team."""
    reference = {"source": "hris", "id": id}
    row = {"externalReference": reference, "name": id, "startsOn": "2026-01-01"}
    return row | {"organization": refer(organization)} | values


def goal(id: str, **values: Any) -> dict[str, Any]:
    """Return a row about a goal."""
    reference = {"source": "hris", "id": id}
    row = {"externalReference": reference, "title": id, "startsOn": "2026-01-01"}
    return row | {"dueOn": "2026-12-31"} | values


def refer(id: str) -> dict[str, Any]:
    """Return a reference of a row to an object of the same source."""
    return {"externalReference": {"id": id}}


async def send(company: Company, kind: str, *rows: Any, run: Any = None, **more: Any) -> Any:
    more |= {"syncRunId": run["id"]} if run else {}
    fields = f"outcomes {kind} {{ id }}"
    return await company.mutate("ruler", ROWS[kind], fields, rows=list(rows), **more)


async def undo(company: Company, run: Any, who: str = "ruler", **more: Any) -> Any:
    return await company.mutate(who, "syncRunUndo", UNDO, id=run["id"], **more)


STATE = """{
  organizations(first: 100) { nodes { id kind code name lastDay: endsOn parent { id }
    references { source externalId } } }
  teams(first: 100) { nodes { id name description endsOn parent { id } organization { id }
    references { source externalId } members: memberships(first: 50) { nodes { id endsOn } } } }
  goals(first: 100) { nodes { id name: title description visibility dueOn status closingNote
    parent { id } ownerKind references { source externalId }
    owner { ... on Person { id } ... on Team { id } ... on Organization { id } } } }
  people(first: 100) { nodes { id givenName familyName name workEmail employeeNumber timeZone
    jobTitle level location organization { id } manager { id } hiredOn lastDay employmentStatus
    references { source externalId }
    employments { hiredOn lastDay leavingReason leavingKind successor { id } } } }
}"""


async def read_state(company: Company) -> dict[str, Any]:
    """Return all units, teams, goals and people by their ids."""
    found = await company.query("ruler", STATE)
    return {each["id"]: each for part in found.values() for each in part["nodes"]}


async def undo_all(company: Company, run: Any) -> list[Any]:
    """Undo a run by as many calls as it needs; return the conflicts."""
    conflicts = list[Any]()
    while True:
        payload = await undo(company, run)
        assert payload["errors"] == []
        conflicts += payload["undo"]["conflicts"]
        if payload["syncRun"]["status"] == "UNDONE":
            assert payload["undo"]["remainingCount"] == 0
            return conflicts


def list_differences(before: dict[str, Any], after: dict[str, Any]) -> list[Any]:
    """Return each field of an object from before that has another value."""
    return [
        (each["name"], name, value, after[id][name])
        for id, each in before.items()
        for name, value in each.items()
        if after[id][name] != value
    ]
