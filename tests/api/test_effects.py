"""What comes of each mutation: the answer, the journal, the version, and what may be done next."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from api.schema import schema
from tests.api.company import Company
from tests.api.inputs import base
from tests.api.telling import SUBJECT

STANDARD = """id version viewerCan history(first: 1) {
    totalCount nodes { action entity effectiveOn requestId actor { name } changes { field } }
}"""


@dataclass
class Effect:
    """What a mutation does: what is read back, and what the journal says."""

    verb: str
    selection: str
    found: dict[str, Any]
    action: str
    changed: set[str]
    gains: set[str] = field(default_factory=set)
    loses: set[str] = field(default_factory=set)
    effective_on: str | None = None
    input: dict[str, Any] = field(default_factory=dict)


OPEN_GOAL = {"EDIT", "ALIGN", "CHECK_IN", "ACHIEVE", "MISS", "ABANDON"}
TODAY = "2026-06-15"

EFFECTS = [
    Effect("goalEdit", "title", {"title": "Even fewer"}, "edited", {"title"}),
    Effect(
        "goalAlign",
        "parent { title }",
        {"parent": {"title": "The unit's"}},
        "aligned",
        {"parentId"},
    ),
    Effect(
        "goalActivate",
        "status",
        {"status": "ACTIVE"},
        "activated",
        {"status"},
        gains={"CHECK_IN", "ACHIEVE", "MISS", "ABANDON"},
        loses={"ACTIVATE", "DISCARD"},
    ),
    Effect(
        "goalAddKeyResult",
        "keyResults { nodes { title position direction currentValue progress } }",
        {
            "keyResults": {
                "nodes": [
                    {"title": title, "position": n, "direction": "INCREASE"}
                    | {"currentValue": "0", "progress": 0}
                    for n, title in enumerate(["Late parcels", "Complaints", "M"])
                ]
            }
        },
        "key_result_added",
        {"keyResults"},
    ),
    Effect(
        "goalEditKeyResult",
        "keyResults { nodes { title } }",
        {"keyResults": {"nodes": [{"title": "Late"}, {"title": "Complaints"}]}},
        "key_result_edited",
        {"keyResults"},
    ),
    Effect(
        "goalRemoveKeyResult",
        "keyResults { nodes { title position } }",
        {"keyResults": {"nodes": [{"title": "Complaints", "position": 0}]}},
        "key_result_removed",
        {"keyResults"},
    ),
    Effect(
        "goalReorderKeyResults",
        "keyResults { nodes { title } }",
        {"keyResults": {"nodes": [{"title": "Complaints"}, {"title": "Late parcels"}]}},
        "key_results_reordered",
        {"keyResults"},
    ),
    Effect(
        "goalCheckIn",
        "lastCheckIn { confidence note recordedAt author { name } values { value } }",
        {
            "lastCheckIn": {
                "confidence": "AT_RISK",
                "note": "Rain.",
                "recordedAt": "2026-06-15T09:30:00+00:00",
                "author": {"name": "Ruler Okafor"},
                "values": [{"value": "0"}, {"value": "0"}],
            }
        },
        "checked_in",
        {"checkIns"},
        input={"note": "Rain."},
    ),
    *(
        Effect(
            verb,
            "status closingNote closedAt",
            {"status": status, "closingNote": note, "closedAt": "2026-06-15T09:30:00+00:00"},
            status.lower(),
            {"status", "closedAt"} | ({"closingNote"} if note else set()),
            gains={"REOPEN"},
            loses=OPEN_GOAL,
        )
        for verb, status, note in (
            ("goalAchieve", "ACHIEVED", None),
            ("goalMiss", "MISSED", "Rain."),
            ("goalAbandon", "ABANDONED", "Rain."),
        )
    ),
    Effect(
        "goalReopen",
        "status closedAt",
        {"status": "ACTIVE", "closedAt": None},
        "reopened",
        {"status"},
        gains=OPEN_GOAL,
        loses={"REOPEN"},
    ),
    Effect(
        "personEdit",
        "jobTitle name",
        {"jobTitle": "Dispatcher", "name": "Mara Okafor"},
        "edited",
        {"jobTitle"},
    ),
    Effect(
        "personRenumber",
        "employeeNumber",
        {"employeeNumber": "M-1"},
        "renumbered",
        {"employeeNumber"},
    ),
    Effect(
        "personRefer",
        "references { source externalId }",
        {"references": [{"source": "workday", "externalId": "4711"}]},
        "referred",
        {"references"},
    ),
    Effect(
        "personStartLeave",
        "leaves { startsOn endsOn reason } employmentStatus",
        {
            "leaves": [{"startsOn": "2026-07-01", "endsOn": None, "reason": None}],
            "employmentStatus": "EMPLOYED",
        },
        "leave_started",
        {"leaves"},
        gains={"RETURN_FROM_LEAVE"},
        effective_on="2026-07-01",
    ),
    Effect(
        "personReturnFromLeave",
        "leaves { startsOn endsOn } employmentStatus",
        {
            "leaves": [{"startsOn": "2026-06-01", "endsOn": TODAY}],
            "employmentStatus": "EMPLOYED",
        },
        "returned_from_leave",
        {"leaves"},
        effective_on=TODAY,
    ),
    Effect(
        "personLeave",
        "leftOn employmentStatus employments { leftOn leavingReason }",
        {
            "leftOn": "2026-12-31",
            "employmentStatus": "EMPLOYED",
            "employments": [{"leftOn": "2026-12-31", "leavingReason": "New job"}],
        },
        "left",
        {"leftOn", "employments"},
        gains={"STAY"},
        effective_on="2026-12-31",
        input={"reason": "New job"},
    ),
    Effect(
        "personStay",
        "leftOn employmentStatus",
        {"leftOn": None, "employmentStatus": "EMPLOYED"},
        "stayed",
        {"leftOn", "employments"},
        loses={"STAY", "REHIRE"},
    ),
    Effect(
        "personRehire",
        "hiredOn leftOn employmentStatus employments { hiredOn leftOn }",
        {
            "hiredOn": TODAY,
            "leftOn": None,
            "employmentStatus": "EMPLOYED",
            "employments": [
                {"hiredOn": "2020-01-01", "leftOn": "2025-01-01"},
                {"hiredOn": TODAY, "leftOn": None},
            ],
        },
        "rehired",
        {"hiredOn", "leftOn", "employments"},
        loses={"STAY", "REHIRE"},
        effective_on=TODAY,
    ),
    Effect(
        "personAssignManager",
        'manager { name } before: manager(asOf: "2026-06-14") { name }'
        ' first: manager(asOf: "2026-05-31") { name } managementChain { name }',
        {
            "manager": {"name": "Lead Okafor"},
            "before": {"name": "Boss Okafor"},
            "first": {"name": "Former Okafor"},
            "managementChain": [{"name": "Lead Okafor"}],
        },
        "manager_assigned",
        {"lines"},
        effective_on=TODAY,
    ),
    Effect(
        "personEndLine",
        "manager { name } managementChain { name }",
        {"manager": None, "managementChain": []},
        "line_ended",
        {"lines"},
        effective_on=TODAY,
    ),
    Effect("teamEdit", "name", {"name": "Despatch"}, "edited", {"name"}),
    Effect(
        "teamMove",
        "organization { code } parent { name }",
        {"organization": {"code": "DOCK"}, "parent": {"name": "Dispatch"}},
        "moved",
        {"organizationId"},
    ),
    Effect(
        "teamClose",
        "endsOn",
        {"endsOn": TODAY},
        "closed",
        {"endsOn"},
        gains={"REOPEN"},
        effective_on=TODAY,
    ),
    Effect("teamReopen", "endsOn", {"endsOn": None}, "reopened", {"endsOn"}, loses={"REOPEN"}),
    Effect(
        "teamAddMember",
        "members { nodes { name } }",
        {"members": {"nodes": [{"name": f"{each} Okafor"} for each in ("Lead", "Mara", "Peer")]}},
        "member_added",
        {"memberships"},
        effective_on=TODAY,
    ),
    Effect(
        "teamChangeMembership",
        'memberships(where: {person: {givenName: {eq: "Mara"}}}) { nodes { share startsOn } }',
        {"memberships": {"nodes": [{"share": 50, "startsOn": TODAY}]}},
        "membership_changed",
        {"memberships"},
        effective_on=TODAY,
    ),
    Effect(
        "teamEndMembership",
        "members { nodes { name } }",
        {"members": {"nodes": [{"name": "Lead Okafor"}]}},
        "membership_ended",
        {"memberships"},
        effective_on=TODAY,
    ),
    Effect("organizationEdit", "name code", {"name": "Docks", "code": "DOCK"}, "edited", {"name"}),
    Effect(
        "organizationMove",
        "parent { code } ancestors { code }",
        {"parent": {"code": "SALES"}, "ancestors": [{"code": "SALES"}, {"code": "HQ"}]},
        "moved",
        {"parentId"},
    ),
    Effect(
        "organizationClose",
        "endsOn",
        {"endsOn": TODAY},
        "closed",
        {"endsOn"},
        gains={"REOPEN"},
        effective_on=TODAY,
    ),
    Effect(
        "organizationReopen", "endsOn", {"endsOn": None}, "reopened", {"endsOn"}, loses={"REOPEN"}
    ),
    Effect(
        "organizationRefer",
        "references { source externalId }",
        {"references": [{"source": "workday", "externalId": "4711"}]},
        "referred",
        {"references"},
    ),
    Effect(
        "memberAssignRole",
        "assignments { role { key } organization { code } }",
        {
            "assignments": [
                {"role": {"key": "employee"}, "organization": None},
                {"role": {"key": "coach"}, "organization": None},
            ]
        },
        "role_assigned",
        {"assignments"},
    ),
    Effect(
        "memberRevokeRole",
        "assignments { id }",
        {"assignments": []},
        "role_revoked",
        {"assignments"},
    ),
    Effect(
        "memberRemove",
        "status assignments { id }",
        {"status": "REMOVED", "assignments": []},
        "removed",
        {"status", "assignments"},
        gains={"RESTORE"},
        loses={"ASSIGN_ROLE", "REVOKE_ROLE", "REMOVE"},
    ),
    Effect(
        "memberRestore",
        "status",
        {"status": "ACTIVE"},
        "restored",
        {"status"},
        gains={"ASSIGN_ROLE", "REVOKE_ROLE", "REMOVE"},
        loses={"RESTORE"},
    ),
    Effect("roleEdit", "name", {"name": "Trainer"}, "edited", {"name"}),
    Effect(
        "roleRegrant",
        "grants { permission population organization { code } }",
        {
            "grants": [
                {"permission": "DIRECTORY_READ", "population": "EVERYONE", "organization": None}
            ]
        },
        "regranted",
        {"grants"},
    ),
    Effect("tenantEdit", "name", {"name": "Meridian Group"}, "edited", {"name"}),
]

CREATED = [
    Effect(
        "goalCreate",
        "title status visibility startsOn dueOn progress owner { ... on Person { name } }",
        {
            "title": "More",
            "status": "DRAFT",
            "visibility": "PUBLIC",
            "startsOn": TODAY,
            "dueOn": "2026-12-31",
            "progress": None,
            "owner": {"name": "Mara Okafor"},
        },
        "drafted",
        {"title", "status", "visibility", "startsOn", "dueOn", "ownerKind", "ownerPersonId"},
        gains={"EDIT", "ALIGN", "ACTIVATE", "DISCARD"},
    ),
    Effect(
        "personHire",
        "name familyName hiredOn employmentStatus organization { code } employments { hiredOn }",
        {
            "name": "New",
            "familyName": "",
            "hiredOn": TODAY,
            "employmentStatus": "EMPLOYED",
            "organization": {"code": "OPS"},
            "employments": [{"hiredOn": TODAY}],
        },
        "hired",
        {"name", "givenName", "familyName", "hiredOn", "organizationId", "employments"},
        gains={"EDIT", "ASSIGN_MANAGER", "END_LINE", "RENUMBER", "REFER", "START_LEAVE", "LEAVE"},
        effective_on=TODAY,
    ),
    Effect(
        "teamCreate",
        "name startsOn endsOn parent { name } organization { code }",
        {
            "name": "Day",
            "startsOn": TODAY,
            "endsOn": None,
            "parent": {"name": "Dispatch"},
            "organization": {"code": "OPS"},
        },
        "created",
        {"name", "startsOn", "parentId", "organizationId"},
        gains={"EDIT", "ADD_MEMBER", "CHANGE_MEMBERSHIP", "END_MEMBERSHIP", "MOVE", "CLOSE"},
    ),
    Effect(
        "organizationCreate",
        "kind code name startsOn parent { code } ancestors { code }",
        {
            "kind": "SITE",
            "code": "NEW",
            "name": "New",
            "startsOn": TODAY,
            "parent": {"code": "OPS"},
            "ancestors": [{"code": "OPS"}, {"code": "HQ"}],
        },
        "created",
        {"kind", "code", "name", "startsOn", "parentId"},
        gains={"EDIT", "MOVE", "CLOSE", "REFER"},
    ),
    Effect(
        "memberCreate",
        "status subject person { name } assignments { id }",
        {
            "status": "ACTIVE",
            "subject": "newcomer",
            "person": {"name": "Newcomer Okafor"},
            "assignments": [],
        },
        "created",
        {"status", "subject", "personId"},
        gains={"ASSIGN_ROLE", "REVOKE_ROLE", "REMOVE"},
    ),
    Effect(
        "roleCreate",
        "key name description isBuiltIn grants { permission }",
        {"key": "mentor", "name": "Mentor", "description": None, "isBuiltIn": False, "grants": []},
        "created",
        {"key", "name", "isBuiltIn"},
        gains={"EDIT", "DELETE"},
    ),
]


async def seen(company: Company, id: str, selection: str) -> Any:
    """What the ruler finds under an id."""
    prefix = id.partition("_")[0]
    kind = "Organization" if prefix == "org" else prefix.title()
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {selection} }} }} }}"
    return (await company.ask("ruler", query, id=id))["node"]


@pytest.mark.parametrize("effect", EFFECTS, ids=[each.verb for each in EFFECTS])
async def test_what_comes_of_it(company: Company, effect: Effect) -> None:
    input = base(company, effect.verb) | effect.input
    if effect.verb == "organizationMove":
        input["parentId"] = company.id("org", "sales")
    id = input.get("id") or f"tenant_{company.tenant_id}"
    before = await seen(company, id, STANDARD)

    selection = f"{STANDARD} {effect.selection}"
    subject = SUBJECT.findall(effect.verb)[0]
    payload = await company.tell("ruler", effect.verb, f"{subject} {{ {selection} }}", **input)

    assert payload["errors"] == []
    after = payload[subject]
    assert {key: after[key] for key in effect.found} == effect.found
    assert (before["version"], after["version"]) == (1, 2)
    _holds_in_the_journal(effect, after, entries=before["history"]["totalCount"] + 1)
    could, can = set(before["viewerCan"]), set(after["viewerCan"])
    assert (can - could, could - can) == (effect.gains, effect.loses)
    assert await seen(company, id, selection) == after


@pytest.mark.parametrize("effect", CREATED, ids=[each.verb for each in CREATED])
async def test_what_is_new(company: Company, effect: Effect) -> None:
    selection = f"{STANDARD} {effect.selection}"
    subject = SUBJECT.findall(effect.verb)[0]
    input = base(company, effect.verb)
    payload = await company.tell("ruler", effect.verb, f"{subject} {{ {selection} }}", **input)

    assert payload["errors"] == []
    made = payload[subject]
    assert {key: made[key] for key in effect.found} == effect.found
    assert made["version"] == 1
    _holds_in_the_journal(effect, made, entries=1)
    assert set(made["viewerCan"]) == effect.gains
    assert await seen(company, made["id"], selection) == made


def _holds_in_the_journal(effect: Effect, thing: Any, *, entries: int) -> None:
    assert thing["history"]["totalCount"] == entries
    (entry,) = thing["history"]["nodes"]
    assert {each["field"] for each in entry["changes"]} == effect.changed
    assert entry | {"changes": None} == {
        "changes": None,
        "action": effect.action,
        "entity": SUBJECT.findall(effect.verb)[0],
        "effectiveOn": effect.effective_on,
        "requestId": "request-1",
        "actor": {"name": "Ruler Okafor"},
    }


GONE = {"goalDiscard": "goal", "roleDelete": "role"}


@pytest.mark.parametrize("verb", GONE)
async def test_what_is_gone(company: Company, verb: str) -> None:
    subject = GONE[verb]
    input = base(company, verb)
    payload = await company.tell("ruler", verb, f"{subject} {{ id }}", **input)

    assert payload == {subject: None, "errors": []}
    assert await seen(company, input["id"], "id") is None
    again = await company.tell("ruler", verb, f"{subject} {{ id }}", **input)
    assert [(each["code"], each["field"]) for each in again["errors"]] == [("NOT_FOUND", ["id"])]


@pytest.mark.parametrize("subject", ["person", "organization"])
async def test_what_is_forgotten(company: Company, subject: str) -> None:
    refer, forget = f"{subject}Refer", f"{subject}Forget"
    await company.tell("ruler", refer, f"{subject} {{ id }}", **base(company, refer))
    history = "history(first: 1) { nodes { action } }"
    selection = f"{subject} {{ version references {{ source }} {history} }}"
    for _ in range(2):  # The second time there is nothing to forget, and nothing happens.
        payload = await company.tell("ruler", forget, selection, **base(company, forget))
        assert payload["errors"] == []
        assert payload[subject] == {
            "version": 3,
            "references": [],
            "history": {"nodes": [{"action": "forgotten"}]},
        }


def test_every_mutation_has_an_effect() -> None:
    mutation = schema()._schema.mutation_type
    assert mutation is not None
    shown = {each.verb for each in (*EFFECTS, *CREATED)}
    assert shown | set(GONE) | {"personForget", "organizationForget"} == set(mutation.fields)
