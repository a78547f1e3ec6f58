"""The effect of each mutation, as data: what is read back, journaled and allowed next."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Effect:
    """The effect of a mutation: what is read back, and what the journal holds."""

    verb: str
    selection: str
    expected_fields: dict[str, Any]
    action: str
    changed_fields: set[str]
    gained_actions: set[str] = field(default_factory=set)
    lost_actions: set[str] = field(default_factory=set)
    effective_on: str | None = None
    input: dict[str, Any] = field(default_factory=dict)
    moved_entries: int = 0


OPEN_GOAL_ACTIONS = {
    "EDIT",
    "ALIGN",
    "REASSIGN",
    "CHECK_IN",
    "ACHIEVE",
    "MARK_MISSED",
    "ABANDON",
}
TODAY = "2026-06-15"
YESTERDAY = "2026-06-14"

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
        "goalReassign",
        "owner { ... on Person { name } }",
        {"owner": {"name": "Peer Okafor"}},
        "reassigned",
        {"ownerPersonId"},
    ),
    Effect(
        "goalActivate",
        "status",
        {"status": "ACTIVE"},
        "activated",
        {"status"},
        gained_actions={"CHECK_IN", "ACHIEVE", "MARK_MISSED", "ABANDON"},
        lost_actions={"ACTIVATE", "DISCARD"},
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
            gained_actions={"REOPEN"},
            lost_actions=OPEN_GOAL_ACTIONS,
        )
        for verb, status, note in (
            ("goalAchieve", "ACHIEVED", None),
            ("goalMarkMissed", "MISSED", "Rain."),
            ("goalAbandon", "ABANDONED", "Rain."),
        )
    ),
    Effect(
        "goalReopen",
        "status closedAt",
        {"status": "ACTIVE", "closedAt": None},
        "reopened",
        {"status"},
        gained_actions=OPEN_GOAL_ACTIONS,
        lost_actions={"REOPEN"},
    ),
    Effect("kpiEdit", "name", {"name": "Parcels on time"}, "edited", {"name"}),
    Effect(
        "kpiRedefine",
        "definition { startsOn decimals reason }"
        ' before: definition(asOf: "2026-06-14") { decimals }',
        {
            "definition": {"startsOn": TODAY, "decimals": 1, "reason": "Finance rounds so."},
            "before": {"decimals": 2},
        },
        "redefined",
        {"definitions", "reason"},
        effective_on=TODAY,
    ),
    Effect(
        "kpiArchive",
        "status",
        {"status": "ARCHIVED"},
        "archived",
        {"status"},
        gained_actions={"RESTORE"},
        lost_actions={"EDIT", "REDEFINE", "ARCHIVE"},
    ),
    Effect(
        "kpiRestore",
        "status",
        {"status": "ACTIVE"},
        "restored",
        {"status"},
        gained_actions={"EDIT", "REDEFINE", "ARCHIVE"},
        lost_actions={"RESTORE"},
    ),
    Effect(
        "personEdit",
        "timeZone name",
        {"timeZone": "Europe/Oslo", "name": "Mara Okafor"},
        "edited",
        {"timeZone"},
    ),
    Effect(
        "personChangeJob",
        "jobTitle job { startsOn jobTitle level } jobs { startsOn jobTitle }",
        {
            "jobTitle": "Dispatcher",
            "job": {"startsOn": TODAY, "jobTitle": "Dispatcher", "level": "L2"},
            "jobs": [
                {"startsOn": "2020-01-01", "jobTitle": None},
                {"startsOn": TODAY, "jobTitle": "Dispatcher"},
            ],
        },
        "job_changed",
        {"jobs"},
        effective_on=TODAY,
    ),
    Effect(
        "personChangeEmployeeNumber",
        "employeeNumber",
        {"employeeNumber": "M-1"},
        "employee_number_changed",
        {"employeeNumber"},
    ),
    Effect(
        "personAddExternalReference",
        "references { source externalId }",
        {"references": [{"source": "workday", "externalId": "4711"}]},
        "external_reference_added",
        {"references"},
    ),
    Effect(
        "personCorrectJob",
        "level jobs { startsOn level }",
        {
            "level": "L2",
            "jobs": [
                {"startsOn": "2020-01-01", "level": None},
                {"startsOn": "2026-03-02", "level": "L2"},
            ],
        },
        "job_corrected",
        {"jobs", "reason"},
        effective_on="2026-03-02",
    ),
    Effect(
        "personWithdrawJob",
        "level jobs { startsOn level }",
        {"level": None, "jobs": [{"startsOn": "2020-01-01", "level": None}]},
        "job_withdrawn",
        {"jobs", "reason"},
        effective_on="2026-03-02",
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
        gained_actions={"RETURN_FROM_LEAVE"},
        effective_on="2026-07-01",
    ),
    Effect(
        "personReturnFromLeave",
        "leaves { startsOn endsOn } employmentStatus",
        {
            "leaves": [{"startsOn": "2026-06-01", "endsOn": YESTERDAY}],
            "employmentStatus": "EMPLOYED",
        },
        "returned_from_leave",
        {"leaves"},
        effective_on=TODAY,
    ),
    Effect(
        "personDepart",
        "lastDay employmentStatus employments { lastDay leavingReason }",
        {
            "lastDay": "2026-12-31",
            "employmentStatus": "EMPLOYED",
            "employments": [{"lastDay": "2026-12-31", "leavingReason": "New job"}],
        },
        "departed",
        {"lastDay", "employments"},
        gained_actions={"CANCEL_DEPARTURE"},
        effective_on="2027-01-01",
        input={"reason": "New job"},
    ),
    Effect(
        "personCancelDeparture",
        "lastDay employmentStatus",
        {"lastDay": None, "employmentStatus": "EMPLOYED"},
        "departure_cancelled",
        {"lastDay", "employments"},
        lost_actions={"CANCEL_DEPARTURE", "REHIRE", "ERASE"},
        gained_actions={"CREATE_GOAL", "CREATE_MEMBER"},
    ),
    Effect(
        "personRehire",
        "hiredOn lastDay employmentStatus employments { hiredOn lastDay }",
        {
            "hiredOn": TODAY,
            "lastDay": None,
            "employmentStatus": "EMPLOYED",
            "employments": [
                {"hiredOn": "2020-01-01", "lastDay": "2024-12-31"},
                {"hiredOn": TODAY, "lastDay": None},
            ],
        },
        "rehired",
        {"hiredOn", "lastDay", "employments"},
        lost_actions={"CANCEL_DEPARTURE", "REHIRE", "ERASE"},
        effective_on=TODAY,
        gained_actions={"CREATE_GOAL", "CREATE_MEMBER"},
    ),
    Effect(
        "personCorrectEmployment",
        "hiredOn employments { hiredOn lastDay }",
        {
            "hiredOn": "2019-12-01",
            "employments": [{"hiredOn": "2019-12-01", "lastDay": None}],
        },
        "employment_corrected",
        {"hiredOn", "employments", "reason"},
    ),
    Effect(
        "personCorrectLeave",
        "leaves { startsOn endsOn }",
        {"leaves": [{"startsOn": "2026-05-25", "endsOn": None}]},
        "leave_corrected",
        {"leaves", "reason"},
        effective_on="2026-05-25",
    ),
    Effect(
        "personCorrectLine",
        'manager { name } before: manager(asOf: "2026-05-25") { name }',
        {"manager": {"name": "Boss Okafor"}, "before": {"name": "Boss Okafor"}},
        "line_corrected",
        {"lines", "reason"},
        effective_on="2026-05-25",
    ),
    Effect(
        "personAddPastLine",
        'manager { name } before: manager(asOf: "2026-05-25") { name }',
        {"manager": {"name": "Boss Okafor"}, "before": {"name": "Lead Okafor"}},
        "line_corrected",
        {"lines", "reason"},
        effective_on="2026-05-25",
    ),
    Effect(
        "personMerge",
        "name workEmail employments { hiredOn lastDay }",
        {
            "name": "Mara Okafor",
            "workEmail": "mara@meridian.example",
            "employments": [{"hiredOn": "2020-01-01", "lastDay": None}],
        },
        "merged",
        {"duplicateId", "reason"},
        moved_entries=1,
    ),
    Effect(
        "personErase",
        "workEmail jobTitle recordStatus employments { hiredOn lastDay }",
        {
            "workEmail": None,
            "jobTitle": None,
            "recordStatus": "ERASED",
            "employments": [{"hiredOn": "2020-01-01", "lastDay": "2024-12-31"}],
        },
        "erased",
        {
            "name",
            "givenName",
            "familyName",
            "workEmail",
            "employeeNumber",
            "recordStatus",
            "reason",
        },
        lost_actions={
            "EDIT",
            "ASSIGN_MANAGER",
            "END_LINE",
            "CHANGE_EMPLOYEE_NUMBER",
            "ADD_EXTERNAL_REFERENCE",
            "REMOVE_EXTERNAL_REFERENCE",
            "CHANGE_JOB",
            "CORRECT_JOB",
            "WITHDRAW_JOB",
            "START_LEAVE",
            "DEPART",
            "CANCEL_DEPARTURE",
            "REHIRE",
            "CORRECT_EMPLOYMENT",
            "CORRECT_LEAVE",
            "CORRECT_LINE",
            "ADD_PAST_LINE",
            "MERGE",
            "ERASE",
        },
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
        {"endsOn": YESTERDAY},
        "closed",
        {"endsOn"},
        gained_actions={"REOPEN"},
        effective_on=TODAY,
        lost_actions={"CREATE_GOAL", "CREATE_KPI", "CREATE_TEAM"},
    ),
    Effect(
        "teamReopen",
        "endsOn",
        {"endsOn": None},
        "reopened",
        {"endsOn"},
        gained_actions={"CREATE_GOAL", "CREATE_KPI", "CREATE_TEAM"},
        lost_actions={"REOPEN"},
    ),
    Effect(
        "teamAddMember",
        "people { nodes { name } }",
        {"people": {"nodes": [{"name": f"{each} Okafor"} for each in ("Lead", "Mara", "Peer")]}},
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
        "people { nodes { name } }",
        {"people": {"nodes": [{"name": "Lead Okafor"}]}},
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
        {"endsOn": YESTERDAY},
        "closed",
        {"endsOn"},
        gained_actions={"REOPEN"},
        effective_on=TODAY,
        lost_actions={
            "CREATE_GOAL",
            "CREATE_KPI",
            "CREATE_ORGANIZATION",
            "CREATE_TEAM",
            "HIRE_PERSON",
        },
    ),
    Effect(
        "organizationReopen",
        "endsOn",
        {"endsOn": None},
        "reopened",
        {"endsOn"},
        lost_actions={"REOPEN"},
        gained_actions={
            "CREATE_GOAL",
            "CREATE_KPI",
            "CREATE_ORGANIZATION",
            "CREATE_TEAM",
            "HIRE_PERSON",
        },
    ),
    Effect(
        "organizationAddExternalReference",
        "references { source externalId }",
        {"references": [{"source": "workday", "externalId": "4711"}]},
        "external_reference_added",
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
        gained_actions={"RESTORE"},
        lost_actions={"ASSIGN_ROLE", "REVOKE_ROLE", "REMOVE"},
    ),
    Effect(
        "memberRestore",
        "status",
        {"status": "ACTIVE"},
        "restored",
        {"status"},
        gained_actions={"ASSIGN_ROLE", "REVOKE_ROLE", "REMOVE"},
        lost_actions={"RESTORE"},
    ),
    Effect("roleEdit", "name", {"name": "Trainer"}, "edited", {"name"}),
    Effect(
        "roleSetGrants",
        "grants { permission population organization { code } }",
        {
            "grants": [
                {"permission": "DIRECTORY_READ", "population": "EVERYONE", "organization": None}
            ]
        },
        "grants_set",
        {"grants"},
    ),
    Effect("tenantEdit", "name", {"name": "Meridian Group"}, "edited", {"name"}),
]
