"""Who may tell what: every mutation of the graph, told by everybody there is."""

from typing import Any

from api.schema import get_schema
from tests.api.company import Company
from tests.api.telling import Cell, Input, Inputs, Shared, who_may

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
goalAlign               ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalActivate            ok   ok    ok      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
goalDiscard             ok   ok    ok      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
goalAddKeyResult        ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalEditKeyResult       ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalRemoveKeyResult     ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalReorderKeyResults   ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalCheckIn             ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalAchieve             ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalMiss                ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalAbandon             ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalReopen              ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalReopen open          s    s     s      -    -    -  s      s      -     -       -      ?      ?
"""

PEOPLE = """
                      mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
personHire               -    -     -      -    -    - ok     ok      -     -       -      r      r
personEdit               -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
personEdit moving        -    -     -      -    -    - ok      -      -    ok       -      ?      ?
personRenumber           -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personRefer              -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personForget             -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personStartLeave         -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personReturnFromLeave    -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personLeave              -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personStay               -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personRehire             -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personAssignManager      -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
personEndLine            -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
"""

TEAMS = """
                      mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
teamCreate               -    -     -      -    -    - ok     ok      -    ok       -      r      r
teamEdit                 -    -     -      -    -   ok ok     ok      -    ok       -      ?      ?
teamMove                 -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
teamMove away            -    -     -      -    -    - ok      -      -    ok       -      ?      ?
teamClose                -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
teamReopen               -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
teamAddMember            -    -     -      -    -   ok ok     ok      -    ok       -      ?      ?
teamChangeMembership     -    -     -      -    -   ok ok     ok      -    ok       -      ?      ?
teamEndMembership        -    -     -      -    -   ok ok     ok      -    ok       -      ?      ?
"""

ORGANIZATIONS = """
                      mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
organizationCreate       -    -     -      -    -    - ok     ok      -    ok       -      r      r
organizationCreate root   -    -     -      -    -    - ok      -      -    ok       -      -     ok
organizationEdit         -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationMove         -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationMove away    -    -     -      -    -    - ok      -      -    ok       -      ?      ?
organizationClose        -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationReopen       -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationRefer        -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
organizationForget       -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
"""

MEMBERS = """
                      mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
memberCreate             -    -     -      -    -    -  -      -      -    ok       -      r      r
memberAssignRole         -    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
memberRevokeRole         -    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
memberRemove             -    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
memberRestore            ?    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
roleCreate               -    -     -      -    -    -  -      -      -    ok       -      -      -
roleEdit                 ?    ?     ?      ?    ?    ?  -      -      -    ok       ?      ?      ?
roleRegrant              ?    ?     ?      ?    ?    ?  -      -      -    ok       ?      ?      ?
roleDelete               ?    ?     ?      ?    ?    ?  -      -      -    ok       ?      ?      ?
tenantEdit               -    -     -      -    -    -  -      -      -    ok       -      -      -
"""


def _of(kind: str, which: str, /, **more: Any) -> Any:
    def input(company: Company) -> Input:
        found = {key: each(company) if callable(each) else each for key, each in more.items()}
        return {"id": company.id(kind, which), **found}

    return input


def _goal(which: str = "public", /, **more: Any) -> Any:
    return _of("goal", which, **more)


def _key_result(company: Company) -> str:
    return company.part("keyres", company.goals["public"].key_results)


def _key_results(company: Company) -> list[str]:
    ids = [company.part("keyres", [each]) for each in company.goals["public"].key_results]
    return ids[::-1]


def _membership(company: Company) -> str:
    return company.part("membership", company.teams["dispatch"].memberships)


def _line(company: Company) -> str:
    return company.part("line", company.people["mara"].lines[1:])


def _assignment(company: Company) -> str:
    return company.part("assignment", company.members["mara"].assignments)


def _named(kind: str, name: str) -> Any:
    return lambda company: company.id(kind, name)


def _created(**owner: Any) -> Any:
    def input(company: Company) -> Input:
        named = {key: each(company) for key, each in owner.items()}
        return {"owner": named, "title": "More", "dueOn": "2026-12-31"}

    return input


REFERENCE = {"source": "workday", "id": "4711"}

INPUTS: Inputs = {
    "goalCreate mine": _created(personId=_named("person", "mara")),
    "goalCreate team": _created(teamId=_named("team", "dispatch")),
    "goalCreate unit": _created(organizationId=_named("org", "ops")),
    **{
        f"goalEdit {name}": _goal(name, title="Even fewer")
        for name in ("public", "draft", "in_unit", "in_chain", "private", "of_team", "of_unit")
    },
    "goalEdit hiding": _goal(visibility="PRIVATE"),
    "goalAlign": _goal(parentId=_named("goal", "of_unit")),
    "goalActivate": _goal("draft"),
    "goalDiscard": _goal("draft"),
    "goalAddKeyResult": _goal(keyResult={"title": "M", "startValue": "0", "targetValue": "1"}),
    "goalEditKeyResult": _goal(keyResultId=_key_result, title="Late"),
    "goalRemoveKeyResult": _goal(keyResultId=_key_result),
    "goalReorderKeyResults": _goal(keyResultIds=_key_results),
    "goalCheckIn": _goal(confidence="AT_RISK"),
    "goalAchieve": _goal(),
    "goalMiss": _goal(note="Rain."),
    "goalAbandon": _goal(note="Rain."),
    "goalReopen": _goal("achieved"),
    "goalReopen open": _goal(),
    "personHire": lambda company: {"givenName": "New", "organizationId": company.id("org", "ops")},
    "personEdit": _of("person", "mara", jobTitle="Dispatcher"),
    "personEdit moving": _of("person", "mara", organizationId=_named("org", "sales")),
    "personRenumber": _of("person", "mara", employeeNumber="M-1"),
    "personRefer": _of("person", "mara", reference=REFERENCE),
    "personForget": _of("person", "mara", source="workday"),
    "personStartLeave": _of("person", "mara", startsOn="2026-07-01"),
    "personReturnFromLeave": _of("person", "peer"),
    "personLeave": _of("person", "mara", leftOn="2026-12-31"),
    "personStay": _of("person", "alumna"),
    "personRehire": _of("person", "alumna"),
    "personAssignManager": _of("person", "mara", managerId=_named("person", "lead")),
    "personEndLine": _of("person", "mara", lineId=_line),
    "teamCreate": lambda company: {
        "organizationId": company.id("org", "ops"),
        "parentId": company.id("team", "dispatch"),
        "name": "Day",
    },
    "teamEdit": _of("team", "dispatch", name="Despatch"),
    "teamMove": _of("team", "night", organizationId=_named("org", "dock")),
    "teamMove away": _of("team", "night", organizationId=_named("org", "sales")),
    "teamClose": _of("team", "night"),
    "teamReopen": _of("team", "closed"),
    "teamAddMember": _of("team", "dispatch", personId=_named("person", "peer")),
    "teamChangeMembership": _of("team", "dispatch", membershipId=_membership, share=50),
    "teamEndMembership": _of("team", "dispatch", membershipId=_membership),
    "organizationCreate": lambda company: {
        "kind": "SITE",
        "code": "NEW",
        "name": "New",
        "parentId": company.id("org", "ops"),
    },
    "organizationCreate root": lambda _: {"kind": "COMPANY", "code": "ROOT", "name": "Root"},
    "organizationEdit": _of("org", "dock", name="Docks"),
    "organizationMove": _of("org", "dock", parentId=_named("org", "ops")),
    "organizationMove away": _of("org", "dock", parentId=_named("org", "sales")),
    "organizationClose": _of("org", "dock"),
    "organizationReopen": _of("org", "closed"),
    "organizationRefer": _of("org", "dock", reference=REFERENCE),
    "organizationForget": _of("org", "dock", source="workday"),
    "memberCreate": lambda company: {
        "personId": company.id("person", "newcomer"),
        "subject": "newcomer",
    },
    "memberAssignRole": _of("member", "mara", roleId=_named("role", "coach")),
    "memberRevokeRole": _of("member", "mara", assignmentId=_assignment),
    "memberRemove": _of("member", "mara"),
    "memberRestore": _of("member", "removed"),
    "roleCreate": lambda _: {"key": "mentor", "name": "Mentor"},
    "roleEdit": _of("role", "coach", name="Trainer"),
    "roleRegrant": _of("role", "coach", grants=[{"permission": "DIRECTORY_READ"}]),
    "roleDelete": _of("role", "coach"),
    "tenantEdit": lambda _: {"name": "Meridian Group"},
}

TABLES = (GOALS, PEOPLE, TEAMS, ORGANIZATIONS, MEMBERS)


@who_may(GOALS)
async def test_who_may_change_goals(shared: Shared, cell: Cell) -> None:
    await shared.hold(cell, INPUTS)


@who_may(PEOPLE)
async def test_who_may_change_people(shared: Shared, cell: Cell) -> None:
    await shared.hold(cell, INPUTS)


@who_may(TEAMS)
async def test_who_may_change_teams(shared: Shared, cell: Cell) -> None:
    await shared.hold(cell, INPUTS)


@who_may(ORGANIZATIONS)
async def test_who_may_change_organizations(shared: Shared, cell: Cell) -> None:
    await shared.hold(cell, INPUTS)


@who_may(MEMBERS)
async def test_who_may_change_members_roles_and_settings(shared: Shared, cell: Cell) -> None:
    await shared.hold(cell, INPUTS)


def test_every_mutation_stands_in_a_table() -> None:
    told = {line.split()[0] for table in TABLES for line in table.strip().splitlines()[1:]}
    declared = get_schema()._schema.mutation_type
    assert declared is not None
    assert told == {name for name, field in declared.fields.items() if "input" in field.args}
