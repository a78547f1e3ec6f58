"""The effects of each mutation: result, journal, version and the actions allowed next."""

from typing import Any

import pytest

from api.schema import get_schema
from persistence.kernel.wire_format import to_snake_case
from persistence.reading.read_model import list_node_models
from tests.api.company import Company
from tests.api.effects import (
    EFFECTS,
    TODAY,
    Effect,
    access_requests,
    alerts,
    annotations,
    bulk_operations,
    custom_fields,
    feedback_programs,
    issuers,
    legal_holds,
    retention,
    reviews,
    service_clients,
    surveys,
    sync_runs,
    webhooks,
    work_calendars,
)
from tests.api.effects.calibration import CALIBRATION_CREATIONS
from tests.api.effects.fairness import CREATIONS as FAIRNESS_CREATIONS
from tests.api.effects.feedback import FEEDBACK_CREATIONS
from tests.api.effects.kpi_reviews import REVIEW_CREATIONS
from tests.api.effects.kpis import KPI_CREATIONS
from tests.api.effects.review_cycles import CYCLE_CREATIONS
from tests.api.mutation_inputs import build_input
from tests.api.permission_matrix import find_subject

STANDARD_SELECTION = """id version viewerCan history(first: 1) {
    totalCount nodes { action entity effectiveOn requestId actor { name } changes { field } }
}"""


CREATION_EFFECTS = [
    *KPI_CREATIONS,
    *REVIEW_CREATIONS,
    *FEEDBACK_CREATIONS,
    *CYCLE_CREATIONS,
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
        gained_actions={
            *("EDIT", "ALIGN", "REASSIGN", "ACTIVATE", "DISCARD"),
            *("ADD_EXTERNAL_REFERENCE", "REMOVE_EXTERNAL_REFERENCE"),
        },
    ),
    alerts.CREATION,
    custom_fields.CREATION,
    legal_holds.CREATION,
    *access_requests.CREATIONS,
    retention.CREATION,
    annotations.CREATION,
    *(issuers.CREATION, service_clients.CREATION),
    sync_runs.CREATION,
    webhooks.CREATION,
    *bulk_operations.CREATIONS,
    Effect(
        "scorecardCreate",
        "name status visibility scope { ... on Organization { code } } owner { name }"
        " entries { position weight size kpi { name } }",
        {
            "name": "Network",
            "status": "ACTIVE",
            "visibility": "TENANT",
            "scope": {"code": "OPS"},
            "owner": {"name": "Ruler Okafor"},
            "entries": [
                {"position": 0, "weight": 1, "size": "MEDIUM", "kpi": {"name": "On-time delivery"}}
            ],
        },
        "created",
        {"name", "scopeKind", "organizationId", "ownerId", "visibility", "status", "entries"},
        gained_actions={"EDIT", "ARCHIVE", "CREATE_KPI_REVIEW_SCHEDULE"},
    ),
    Effect(
        "actionItemCreate",
        "title status dueOn note owner { name } creator { name } kpi { id } goal { id }",
        {
            "title": "Ask the carrier",
            "status": "OPEN",
            "dueOn": "2099-06-30",
            "note": None,
            "owner": {"name": "Ruler Okafor"},
            "creator": {"name": "Ruler Okafor"},
            "kpi": None,
            "goal": None,
        },
        "created",
        {"title", "status", "dueOn", "ownerId", "creatorId"},
        gained_actions={"EDIT", "COMPLETE", "CANCEL"},
    ),
    work_calendars.CREATION,
    *reviews.CREATIONS,
    *CALIBRATION_CREATIONS,
    *FAIRNESS_CREATIONS,
    *surveys.SURVEY_CREATIONS,
    *feedback_programs.PROGRAM_CREATIONS,
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
        {
            "name",
            "givenName",
            "familyName",
            "hiredOn",
            "employments",
            "jobs",
            "recordStatus",
        },
        gained_actions={
            "CREATE_ACTION_ITEM",
            "CREATE_REVIEW_PACKET",
            "GIVE_FEEDBACK",
            "LAUNCH_FEEDBACK_PROGRAM",
            "CREATE_GOAL",
            "CREATE_MEMBER",
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
            "CORRECT_EMPLOYMENT",
            "CORRECT_LEAVE",
            "CORRECT_LINE",
            "ADD_PAST_LINE",
            "EXPORT",
            "MERGE",
        },
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
        gained_actions={
            "CREATE_ANNOTATION",
            "CREATE_GOAL",
            "CREATE_KPI",
            "CREATE_SCORECARD",
            "CREATE_TEAM",
            "EDIT",
            "ADD_MEMBER",
            *("ADD_EXTERNAL_REFERENCE", "REMOVE_EXTERNAL_REFERENCE"),
            "CHANGE_MEMBERSHIP",
            "END_MEMBERSHIP",
            "MOVE",
            "CLOSE",
        },
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
        gained_actions={
            "CREATE_ANNOTATION",
            "CREATE_GOAL",
            "CREATE_KPI",
            "CREATE_REVIEW_CYCLE",
            "CREATE_ORGANIZATION",
            "CREATE_SCORECARD",
            "CREATE_TEAM",
            "HIRE_PERSON",
            "LAUNCH_SURVEY",
            "CREATE_FEEDBACK_PROGRAM_SCHEDULE",
            "CREATE_SURVEY_SCHEDULE",
            "EDIT",
            "MOVE",
            "CLOSE",
            "ADD_EXTERNAL_REFERENCE",
            "REMOVE_EXTERNAL_REFERENCE",
        },
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
        gained_actions={
            *("ASSIGN_ROLE", "REVOKE_ROLE", "CHANGE_SUBJECT", "SUSPEND", "REMOVE"),
            *("EXPLAIN", "PREVIEW"),
        },
    ),
    Effect(
        "roleCreate",
        "key name description isBuiltIn grants { permission }",
        {"key": "mentor", "name": "Mentor", "description": None, "isBuiltIn": False, "grants": []},
        "created",
        {"key", "name", "isBuiltIn"},
        gained_actions={"EDIT", "SET_GRANTS", "DELETE"},
    ),
]


KIND_BY_PREFIX = {each.prefix: each.name for each in list_node_models()}


async def read_node(company: Company, id: str, selection: str) -> Any:
    """Read a node as the admin."""
    kind = KIND_BY_PREFIX[id.partition("_")[0]]
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {selection} }} }} }}"
    return (await company.query("ruler", query, id=id))["node"]


@pytest.mark.parametrize("effect", EFFECTS, ids=[each.verb for each in EFFECTS])
async def test_a_mutation_has_exactly_its_effect(company: Company, effect: Effect) -> None:
    input = build_input(company, effect.verb) | effect.input
    if effect.verb == "organizationMove":
        input["parentId"] = company.encode_id("org", "sales")
    id = input.get("id") or f"tenant_{company.tenant_id}"
    before = await read_node(company, id, STANDARD_SELECTION)

    selection = f"{STANDARD_SELECTION} {effect.selection}"
    subject = find_subject(effect.verb)
    payload = await company.mutate("ruler", effect.verb, f"{subject} {{ {selection} }}", **input)

    assert payload["errors"] == []
    after = payload[subject]
    assert {key: after[key] for key in effect.expected_fields} == effect.expected_fields
    assert (before["version"], after["version"]) == (1, 2)
    _assert_journal_entry(
        effect, after, entries=before["history"]["totalCount"] + 1 + effect.moved_entries
    )
    could, can = set(before["viewerCan"]), set(after["viewerCan"])
    assert (can - could, could - can) == (effect.gained_actions, effect.lost_actions)
    assert await read_node(company, id, selection) == after


@pytest.mark.parametrize("effect", CREATION_EFFECTS, ids=[each.verb for each in CREATION_EFFECTS])
async def test_a_creation_has_exactly_its_effect(company: Company, effect: Effect) -> None:
    selection = f"{STANDARD_SELECTION} {effect.selection}"
    subject = find_subject(effect.verb)
    input = build_input(company, effect.verb)
    payload = await company.mutate("ruler", effect.verb, f"{subject} {{ {selection} }}", **input)

    assert payload["errors"] == []
    made = payload[subject]
    assert {key: made[key] for key in effect.expected_fields} == effect.expected_fields
    assert made["version"] == 1
    _assert_journal_entry(effect, made, entries=1)
    assert set(made["viewerCan"]) == effect.gained_actions
    assert await read_node(company, made["id"], selection) == made


def _assert_journal_entry(effect: Effect, thing: Any, *, entries: int) -> None:
    assert thing["history"]["totalCount"] == entries
    (entry,) = thing["history"]["nodes"]
    assert {each["field"] for each in entry["changes"]} == effect.changed_fields
    assert entry | {"changes": None} == {
        "changes": None,
        "action": effect.action.upper(),
        "entity": to_snake_case(find_subject(effect.verb)).upper(),
        "effectiveOn": effect.effective_on,
        "requestId": "request-1",
        "actor": {"name": "Ruler Okafor"},
    }


SUBJECT_BY_DELETION = {
    "alertRuleDelete": "alertRule",
    "annotationDelete": "annotation",
    "competencyFrameworkDiscard": "competencyFramework",
    "feedbackWithdraw": "feedback",
    "goalDiscard": "goal",
    "ratingScaleDiscard": "ratingScale",
    "reviewTemplateDiscard": "reviewTemplate",
    "roleDelete": "role",
    "webhookDelete": "webhook",
    "stagedUploadDelete": "stagedUpload",
    "scoreRuleDiscard": "scoreRule",
}


@pytest.mark.parametrize("verb", SUBJECT_BY_DELETION)
async def test_a_deleted_object_is_gone(company: Company, verb: str) -> None:
    subject = SUBJECT_BY_DELETION[verb]
    deleted = f"deleted{subject[0].upper()}{subject[1:]}Id"
    input = build_input(company, verb)
    selection = f"{subject} {{ id }} {deleted}"
    payload = await company.mutate("ruler", verb, selection, **input)

    assert payload == {subject: None, deleted: input["id"], "errors": []}
    assert await read_node(company, input["id"], "id") is None
    again = await company.mutate("ruler", verb, selection, **input)
    assert again[deleted] is None
    assert [(each["code"], each["field"]) for each in again["errors"]] == [("NOT_FOUND", ["id"])]


@pytest.mark.parametrize("subject", ["person", "organization", "team", "goal"])
async def test_a_reference_is_forgotten_once(company: Company, subject: str) -> None:
    add = f"{subject}AddExternalReference"
    remove = f"{subject}RemoveExternalReference"
    await company.mutate("ruler", add, f"{subject} {{ id }}", **build_input(company, add))
    history = "history(first: 1) { nodes { action } }"
    selection = f"{subject} {{ version references {{ source }} {history} }}"
    for _ in range(2):  # The second time there is nothing to remove, and nothing happens.
        payload = await company.mutate("ruler", remove, selection, **build_input(company, remove))
        assert payload["errors"] == []
        assert payload[subject] == {
            "version": 3,
            "references": [],
            "history": {"nodes": [{"action": "EXTERNAL_REFERENCE_REMOVED"}]},
        }


ROW_MUTATIONS = {"kpiRecordMeasurements", "kpiImportBenchmarks", "organizationsUpsert"}
ROW_MUTATIONS |= {"peopleUpsert", "teamsUpsert", "goalsUpsert"}
"""Mutations with an outcome for each row, which have tests of their own: `test_kpi_measurements`,
`test_kpi_benchmarks` and `test_…_upserts`."""


def test_every_mutation_has_an_effect() -> None:
    mutation = get_schema()._schema.mutation_type
    assert mutation is not None
    shown = {each.verb for each in (*EFFECTS, *CREATION_EFFECTS)}
    shown |= {f"{each}Batch" for each in shown} & set(mutation.fields)
    assert shown | ROW_MUTATIONS | set(SUBJECT_BY_DELETION) | {
        *("memberInvite", "invitationAccept"),  # test_invitations.py shows it
        *("accessPreview", "accessExplain", "membersChangeSubjects"),  # it answers with no object
        "issuerTest",  # it stores nothing
        "issuerRemove",  # the object is gone; test_issuers.py shows it
        "roleDiff",  # it stores nothing; test_role_diff.py shows it
        "feedbackAcknowledge",  # its reader has no history; test_feedback.py shows it
        "feedbackDecline",  # test_feedback_requests.py shows it
        "feedbackRevealAuthor",  # the feedback stays as it is
        "reviewCyclePlan",  # it has none; test_review_cycles.py shows it
        "reviewCycleLaunch",  # test_review_cycle_launch.py shows it
        "feedbackProgramPropose",  # it stores nothing
        *("feedbackProgramRespond", "feedbackProgramRevealAuthor"),  # the program stays as it is
        "feedbackProgramWithdrawResponse",
        "surveyRespond",  # the survey stays as it is; test_surveys.py shows it
        "surveyWithdrawResponse",
        *("reviewAcknowledge", "reviewRefuseToSign", "reviewDispute"),  # by the subject alone
        "kpiMarkSeen",  # the KPI stays as it is; test_kpi_quality.py shows it
        *("reviewAppealFile", "reviewAppealWithdraw"),  # so, too
        *("reviewNominate", "reviewWithdrawNomination"),  # test_nominations.py shows them
        "kpiReviewHold",  # a review has no actions; test_kpi_reviews.py shows it
        "personRemoveExternalReference",
        "organizationRemoveExternalReference",
        *("teamRemoveExternalReference", "goalRemoveExternalReference"),
    } == set(mutation.fields)
