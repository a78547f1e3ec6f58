"""The permission matrix: every mutation of the graph, sent by every kind of caller."""

from typing import Any
from uuid import UUID

from api.kernel.schema.global_ids import encode_id
from api.schema import get_schema
from tests.api.company import Company
from tests.api.permission_matrix import Cell, Input, Inputs, SharedCompany, parametrize_cells

GOALS = """
                      mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
goalCreate mine         ok   ok    ok      -    -    - ok     ok      -     -       -      r      r
goalCreate team          -    -     -      -    -   ok ok     ok      -     -       -      r      r
goalCreate unit          -    -     -      -    -    - ok     ok      -     -       -      r      r
goalEdit public         ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalEdit draft          ok   ok    ok      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
goalEdit in_unit        ok   ok    ok      ?    -    - ok     ok      ?     -       -      ?      ?
goalEdit in_chain       ok   ok    ok      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
goalEdit private        ok    ?     ?      ?    -    ?  ?      ?      ?     ?       ?      ?      ?
goalEdit of_team         -    -     -      -    -   ok ok     ok      -     -       -      ?      ?
goalEdit of_unit         -    -     -      -    -    - ok     ok      -     -       -      ?      ?
goalEdit hiding         ok    -     -      -    -    -  -      -      -     -       -      ?      ?
goalEdit sharing        ok    -     -      ?    ?    ?  -      -      ?     ?       ?      ?      ?
goalEdit naming         ok    -     -      -    -    -  -      -      -     -       -      ?      ?
goalAlign               ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalReassign             -   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalReassign mine       ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalReassign to_unit     -    -     -      -    -    - ok     ok      -     -       -      ?      ?
goalReassign in_chain    -    -     -      ?    ?    ?  -      -      ?     ?       ?      ?      ?
goalReassign private     -    ?     ?      ?    -    ?  ?      ?      ?     ?       ?      ?      ?
goalReassign of_team     -    -     -      -    -   ok ok     ok      -     -       -      ?      ?
goalReassign abroad      r    r     r      -    -    -  r      r      -     -       -      ?      ?
goalActivate            ok   ok    ok      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
goalDiscard             ok   ok    ok      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
goalAddKeyResult        ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalEditKeyResult       ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalRemoveKeyResult     ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalReorderKeyResults   ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalCheckIn             ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalCheckIn earlier     ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalCheckIn correcting  ok   ok    ok      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
goalAchieve             ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalMarkMissed          ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalAbandon             ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalReopen              ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalReopen open          s    s     s      -    -    -  s      s      -     -       -      ?      ?
"""

KPIS = """
                      mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
kpiCreate unit           -    -     -      -    -    - ok     ok      -     -       -      r      r
kpiCreate team           -    -     -      -    -    - ok     ok      -     -       -      r      r
kpiEdit shared          ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
kpiEdit in_unit         ok    -     -      ?    -    - ok     ok      ?     -       -      ?      ?
kpiEdit named           ok    ?     ?      ?    -    ? ok     ok      ?     ?       ?      ?      ?
kpiEdit of_team         ok    -     -      ?    -    - ok     ok      ?     -       -      ?      ?
kpiEdit of_sales         ?    ?     -     ok    ?    ? ok      ?     ok     -       -      -      ?
kpiEdit giving_away     ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
kpiEdit archived         s    -     -      -    -    -  s      s      -     -       -      ?      ?
kpiRedefine             ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
kpiArchive              ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
kpiRestore              ok    -     -      -    -    - ok     ok      -     -       -      ?      ?
"""

PEOPLE = """
                              mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
personHire                       -    -     -      -    -    - ok     ok      -     -       -      r      r
personEdit                       -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
personChangeEmployeeNumber       -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personAddExternalReference       -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personRemoveExternalReference    -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personChangeJob                  -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personChangeJob moving           -    -     -      -    -    - ok      -      -     -       -      ?      ?
personChangeJob later            -    -     -      -    -    - ok      -      -     -       -      ?      ?
personChangeJob within           -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personCorrectJob                 -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personWithdrawJob                -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personStartLeave                 -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personReturnFromLeave            -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personDepart                     -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personDepart with successor      -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personDepart beyond the unit     -    -     -      -    -    - ok      -      -     -       -      ?      ?
personCancelDeparture            -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personRehire                     -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personAssignManager              -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
personAssignManager admin        -    -     -      -    -    - ok     ok      -     !       -      ?      ?
personAssignManager hr_ops       -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
personEndLine                    -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
personCorrectEmployment          -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personCorrectLeave               -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personCorrectLine                -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personAddPastLine                -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personAddPastLine hr_ops         -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personMerge                      -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personMerge hr                   -    -     -      -    -    -  !      -     ok     -       -      ?      ?
personErase                      -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
personErase working              -    -     -      -    -    -  s      s      -     s       -      ?      ?
"""  # noqa: E501 (a table has a column for everybody)

TEAMS = """
                     mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
teamCreate              -    -     -      -    -    - ok     ok      -    ok       -      r      r
teamEdit                -    -     -      -    -   ok ok     ok      -    ok       -      ?      ?
teamMove                -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
teamMove away           -    -     -      -    -    - ok      -      -    ok       -      ?      ?
teamClose               -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
teamReopen              -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
teamAddMember           -    -     -      -    -   ok ok     ok      -    ok       -      ?      ?
teamAddMember hr        -    -     -      -    -   ok  !     ok      -    ok       -      ?      ?
teamAddMember admin     -    -     -      -    -   ok ok     ok      -     !       -      ?      ?
teamAddMember lead      -    -     -      -    -   ok ok     ok      -    ok       -      ?      ?
teamChangeMembership    -    -     -      -    -   ok ok     ok      -    ok       -      ?      ?
teamEndMembership       -    -     -      -    -   ok ok     ok      -    ok       -      ?      ?
"""

ORGANIZATIONS = """
                                    mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
organizationCreate                     -    -     -      -    -    - ok     ok      -    ok       -      r      r
organizationCreate root                -    -     -      -    -    - ok      -      -    ok       -      -     ok
organizationEdit                       -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationMove                       -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationMove away                  -    -     -      -    -    - ok      -      -    ok       -      ?      ?
organizationClose                      -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationReopen                     -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationAddExternalReference       -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationRemoveExternalReference    -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
"""  # noqa: E501 (a table has a column for everybody)

MEMBERS = """
                 mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
memberCreate        -    -     -      -    -    -  -      -      -    ok       -      r      r
memberAssignRole    -    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
memberAssignRole hr -    ?     ?      ?    ?    ?  -      -      ?     -       ?      ?      ?
memberAssignRole me ?    ?     ?      ?    ?    ?  -      -      ?     !       ?      ?      ?
memberRevokeRole    -    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
memberRemove        -    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
memberRestore       ?    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
roleCreate          -    -     -      -    -    -  -      -      -    ok       -      -      -
roleCreate wide     -    -     -      -    -    -  -      -      -     -       -      -      -
roleEdit            ?    ?     ?      ?    ?    ?  -      -      -    ok       ?      ?      ?
roleSetGrants       ?    ?     ?      ?    ?    ?  -      -      -    ok       ?      ?      ?
roleSetGrants wide  ?    ?     ?      ?    ?    ?  -      -      -     -       ?      ?      ?
roleSetGrants mine  ?    ?     ?      ?    ?    ?  -      -      -     !       ?      ?      ?
roleDelete          ?    ?     ?      ?    ?    ?  -      -      -    ok       ?      ?      ?
tenantEdit          -    -     -      -    -    -  -      -      -    ok       -      -      -
"""


def _build_input(kind: str, which: str, /, **more: Any) -> Any:
    def input(company: Company) -> Input:
        found = {key: each(company) if callable(each) else each for key, each in more.items()}
        return {"id": company.encode_id(kind, which), **found}

    return input


def _build_goal_input(which: str = "public", /, **more: Any) -> Any:
    return _build_input("goal", which, **more)


def _encode_key_result_id(company: Company) -> str:
    return company.encode_part_id("keyres", company.goals["public"].key_results)


def _encode_key_result_ids(company: Company) -> list[str]:
    ids = [company.encode_part_id("keyres", [each]) for each in company.goals["public"].key_results]
    return ids[::-1]


def _encode_peer_ids(company: Company) -> list[str]:
    return [company.encode_id("person", "peer")]


def _encode_membership_id(company: Company) -> str:
    return company.encode_part_id("membership", company.teams["dispatch"].memberships)


def _encode_employment_id(company: Company) -> str:
    return company.encode_part_id("employment", company.people["mara"].employments)


def _encode_line_id(company: Company) -> str:
    return company.encode_part_id("line", company.people["mara"].lines[1:])


def _encode_job_id(company: Company) -> str:
    return company.encode_part_id("job", company.people["peer"].jobs[1:])


def _encode_assignment_id(company: Company) -> str:
    return company.encode_part_id("assignment", company.members["mara"].assignments)


def _encode_id_of(kind: str, name: str) -> Any:
    return lambda company: company.encode_id(kind, name)


def _build_owner(**owner: Any) -> Any:
    return lambda company: {key: each(company) for key, each in owner.items()}


def _build_goal_create_input(**owner: Any) -> Any:
    def input(company: Company) -> Input:
        return {"owner": _build_owner(**owner)(company), "title": "More", "dueOn": "2026-12-31"}

    return input


def _build_kpi_input(**scope: Any) -> Any:
    def input(company: Company) -> Input:
        kpi = {"name": "Parcels a day", "frequency": "DAILY", "definition": {}}
        return {**kpi, "scope": _build_owner(**scope)(company)}

    return input


EMPLOYMENT = [{"permission": "EMPLOYMENT_READ"}]
REFERENCE = {"source": "workday", "id": "4711"}

INPUTS: Inputs = {
    "goalCreate mine": _build_goal_create_input(personId=_encode_id_of("person", "mara")),
    "goalCreate team": _build_goal_create_input(teamId=_encode_id_of("team", "dispatch")),
    "goalCreate unit": _build_goal_create_input(organizationId=_encode_id_of("org", "ops")),
    **{
        f"goalEdit {name}": _build_goal_input(name, title="Even fewer")
        for name in ("public", "draft", "in_unit", "in_chain", "private", "of_team", "of_unit")
    },
    "goalEdit hiding": _build_goal_input(visibility="PRIVATE"),
    "goalEdit sharing": _build_goal_input("in_chain", visibility="PUBLIC"),
    "goalEdit naming": _build_goal_input(viewerIds=_encode_peer_ids),
    "goalAlign": _build_goal_input(parentId=_encode_id_of("goal", "of_unit")),
    "goalReassign": _build_goal_input(owner=_build_owner(personId=_encode_id_of("person", "peer"))),
    "goalReassign mine": _build_goal_input(
        owner=_build_owner(personId=_encode_id_of("person", "mara"))
    ),
    "goalReassign to_unit": _build_goal_input(
        owner=_build_owner(organizationId=_encode_id_of("org", "ops"))
    ),
    **{
        f"goalReassign {name}": _build_goal_input(
            name, owner=_build_owner(personId=_encode_id_of("person", "peer"))
        )
        for name in ("in_chain", "private")
    },
    "goalReassign of_team": _build_goal_input(
        "of_team", owner=_build_owner(personId=_encode_id_of("person", "lead"))
    ),
    "goalReassign abroad": _build_goal_input(
        owner=lambda _: {"personId": encode_id("person", UUID(int=1))}
    ),
    "goalActivate": _build_goal_input("draft"),
    "goalDiscard": _build_goal_input("draft"),
    "goalAddKeyResult": _build_goal_input(
        keyResult={"title": "M", "startValue": "0", "targetValue": "1"}
    ),
    "goalEditKeyResult": _build_goal_input(keyResultId=_encode_key_result_id, title="Late"),
    "goalRemoveKeyResult": _build_goal_input(keyResultId=_encode_key_result_id),
    "goalReorderKeyResults": _build_goal_input(keyResultIds=_encode_key_result_ids),
    "goalCheckIn": _build_goal_input(confidence="AT_RISK"),
    "goalCheckIn earlier": _build_goal_input(confidence="AT_RISK", effectiveOn="2026-06-01"),
    "goalCheckIn correcting": _build_goal_input(
        "in_chain",
        confidence="AT_RISK",
        corrects=lambda company: company.encode_part_id(
            "checkin", company.goals["in_chain"].check_ins
        ),
        reason="Typed wrong.",
    ),
    "goalAchieve": _build_goal_input(),
    "goalMarkMissed": _build_goal_input(note="Rain."),
    "goalAbandon": _build_goal_input(note="Rain."),
    "goalReopen": _build_goal_input("achieved"),
    "goalReopen open": _build_goal_input(),
    "kpiCreate unit": _build_kpi_input(organizationId=_encode_id_of("org", "ops")),
    "kpiCreate team": _build_kpi_input(teamId=_encode_id_of("team", "dispatch")),
    **{
        f"kpiEdit {name}": _build_input("kpi", name, name="Parcels on time")
        for name in ("shared", "in_unit", "named", "of_team", "of_sales", "archived")
    },
    "kpiEdit giving_away": _build_input("kpi", "shared", ownerId=_encode_id_of("person", "peer")),
    "kpiRedefine": _build_input("kpi", "shared", decimals=1, reason="Finance rounds so."),
    "kpiArchive": _build_input("kpi", "shared"),
    "kpiRestore": _build_input("kpi", "archived"),
    "personHire": lambda company: {
        "givenName": "New",
        "organizationId": company.encode_id("org", "ops"),
    },
    "personEdit": _build_input("person", "mara", timeZone="Europe/Oslo"),
    "personChangeJob": _build_input("person", "mara", jobTitle="Dispatcher", level="L2"),
    "personChangeJob moving": _build_input(
        "person", "mara", organizationId=_encode_id_of("org", "sales")
    ),
    "personChangeJob later": _build_input(
        "person",
        "mara",
        organizationId=_encode_id_of("org", "sales"),
        effectiveOn="2026-09-01",
    ),
    "personChangeJob within": _build_input(
        "person", "mara", organizationId=_encode_id_of("org", "dock")
    ),
    "personChangeEmployeeNumber": _build_input("person", "mara", employeeNumber="M-1"),
    "personAddExternalReference": _build_input("person", "mara", reference=REFERENCE),
    "personRemoveExternalReference": _build_input("person", "mara", source="workday"),
    "personCorrectJob": _build_input(
        "person", "peer", jobId=_encode_job_id, level="L2", reason="A typo."
    ),
    "personWithdrawJob": _build_input(
        "person", "peer", jobId=_encode_job_id, reason="Never happened."
    ),
    "personStartLeave": _build_input("person", "mara", startsOn="2026-07-01"),
    "personReturnFromLeave": _build_input("person", "peer"),
    "personDepart": _build_input("person", "mara", lastDay="2026-12-31"),
    "personDepart with successor": _build_input(
        "person",
        "boss",
        lastDay="2026-12-31",
        successorId=_encode_id_of("person", "lead"),
    ),
    "personDepart beyond the unit": _build_input(
        "person",
        "chief",
        lastDay="2026-12-31",
        successorId=_encode_id_of("person", "former"),
    ),
    "personCancelDeparture": _build_input("person", "alumna"),
    "personRehire": _build_input("person", "alumna"),
    "personCorrectEmployment": _build_input(
        "person",
        "mara",
        employmentId=_encode_employment_id,
        hiredOn="2019-12-01",
        reason="The contract says so.",
    ),
    "personCorrectLeave": _build_input(
        "person",
        "peer",
        leaveId=lambda company: company.encode_part_id("leave", company.people["peer"].leaves),
        startsOn="2026-05-25",
        reason="The form came late.",
    ),
    "personCorrectLine": _build_input(
        "person",
        "mara",
        lineId=_encode_line_id,
        startsOn="2026-05-25",
        reason="It was entered late.",
    ),
    **{
        f"personAddPastLine{row}": _build_input(
            "person",
            "mara",
            managerId=_encode_id_of("person", who),
            startsOn="2026-05-25",
            reason="It was entered late.",
        )
        for row, who in (("", "lead"), (" hr_ops", "hr_ops"))
    },
    "personErase": _build_input(
        "person", "alumna", confirmName="Alumna Okafor", reason="REQUESTED"
    ),
    "personErase working": _build_input(
        "person", "mara", confirmName="Mara Okafor", reason="REQUESTED"
    ),
    "personMerge": _build_input(
        "person", "mara", duplicateId=_encode_id_of("person", "alumna"), reason="Hired twice."
    ),
    "personMerge hr": _build_input(
        "person", "hr", duplicateId=_encode_id_of("person", "newcomer"), reason="Hired twice."
    ),
    "personAssignManager": _build_input(
        "person", "mara", managerId=_encode_id_of("person", "lead")
    ),
    **{
        f"personAssignManager {who}": _build_input(
            "person", "mara", managerId=_encode_id_of("person", who)
        )
        for who in ("admin", "hr_ops")
    },
    "personEndLine": _build_input("person", "mara", lineId=_encode_line_id),
    "teamCreate": lambda company: {
        "organizationId": company.encode_id("org", "ops"),
        "parentId": company.encode_id("team", "dispatch"),
        "name": "Day",
    },
    "teamEdit": _build_input("team", "dispatch", name="Despatch"),
    "teamMove": _build_input("team", "night", organizationId=_encode_id_of("org", "dock")),
    "teamMove away": _build_input("team", "night", organizationId=_encode_id_of("org", "sales")),
    "teamClose": _build_input("team", "night"),
    "teamReopen": _build_input("team", "closed"),
    "teamAddMember": _build_input("team", "dispatch", personId=_encode_id_of("person", "peer")),
    **{
        f"teamAddMember {who}": _build_input(
            "team", "night", personId=_encode_id_of("person", who), role="LEAD"
        )
        for who in ("hr", "admin", "lead")
    },
    "teamChangeMembership": _build_input(
        "team", "dispatch", membershipId=_encode_membership_id, share=50
    ),
    "teamEndMembership": _build_input("team", "dispatch", membershipId=_encode_membership_id),
    "organizationCreate": lambda company: {
        "kind": "SITE",
        "code": "NEW",
        "name": "New",
        "parentId": company.encode_id("org", "ops"),
    },
    "organizationCreate root": lambda _: {"kind": "COMPANY", "code": "ROOT", "name": "Root"},
    "organizationEdit": _build_input("org", "dock", name="Docks"),
    "organizationMove": _build_input("org", "dock", parentId=_encode_id_of("org", "ops")),
    "organizationMove away": _build_input("org", "dock", parentId=_encode_id_of("org", "sales")),
    "organizationClose": _build_input("org", "dock"),
    "organizationReopen": _build_input("org", "closed"),
    "organizationAddExternalReference": _build_input("org", "dock", reference=REFERENCE),
    "organizationRemoveExternalReference": _build_input("org", "dock", source="workday"),
    "memberCreate": lambda company: {
        "personId": company.encode_id("person", "newcomer"),
        "subject": "newcomer",
    },
    "memberAssignRole": _build_input("member", "mara", roleId=_encode_id_of("role", "coach")),
    "memberAssignRole hr": _build_input("member", "mara", roleId=_encode_id_of("role", "hr")),
    "memberAssignRole me": _build_input("member", "admin", roleId=_encode_id_of("role", "hr")),
    "memberRevokeRole": _build_input("member", "mara", assignmentId=_encode_assignment_id),
    "memberRemove": _build_input("member", "mara"),
    "memberRestore": _build_input("member", "removed"),
    "roleCreate": lambda _: {"key": "mentor", "name": "Mentor"},
    "roleCreate wide": lambda _: {"key": "mentor", "name": "Mentor", "grants": EMPLOYMENT},
    "roleEdit": _build_input("role", "coach", name="Trainer"),
    "roleSetGrants": _build_input("role", "coach", grants=[{"permission": "DIRECTORY_READ"}]),
    "roleSetGrants wide": _build_input("role", "coach", grants=EMPLOYMENT),
    "roleSetGrants mine": lambda company: {
        "id": company.encode_id("role", "tenant_admin"),
        "grants": [
            *(
                {"permission": each.permission.name, "population": each.population.name}
                for each in company.roles["tenant_admin"].grants
            ),
            *EMPLOYMENT,
        ],
    },
    "roleDelete": _build_input("role", "coach"),
    "tenantEdit": lambda _: {"name": "Meridian Group"},
}

TABLES = (GOALS, KPIS, PEOPLE, TEAMS, ORGANIZATIONS, MEMBERS)


@parametrize_cells(GOALS)
async def test_who_may_change_goals(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


@parametrize_cells(KPIS)
async def test_who_may_change_kpis(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


@parametrize_cells(PEOPLE)
async def test_who_may_change_people(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


@parametrize_cells(TEAMS)
async def test_who_may_change_teams(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


@parametrize_cells(ORGANIZATIONS)
async def test_who_may_change_organizations(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


@parametrize_cells(MEMBERS)
async def test_who_may_change_members_roles_and_settings(shared: SharedCompany, cell: Cell) -> None:
    await shared.check_cell(cell, INPUTS)


def test_every_mutation_stands_in_a_table() -> None:
    told = {line.split()[0] for table in TABLES for line in table.strip().splitlines()[1:]}
    declared = get_schema()._schema.mutation_type
    assert declared is not None
    assert told == {name for name, field in declared.fields.items() if "input" in field.args}
