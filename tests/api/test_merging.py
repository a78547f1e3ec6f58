"""Merging people through the graph: what names the duplicate, and what its id leads to."""

from typing import Any

from api.kernel.schema.global_ids import encode_id
from domain.kernel.identity import generate_id
from domain.people import Person
from domain.people.merging import MERGE_RULES
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.schema.tables import metadata
from persistence.unit_of_work.record_merging import REBUILT_TABLES, list_references
from tests.api.company import Company

NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
PERSON = "query($by: PersonBy!) { person(by: $by) { id } }"
PLACE = """query($id: ID!) { person(by: { id: $id }) {
    version workEmail employeeNumber manager { name } reports { nodes { name } }
    employments { hiredOn lastDay } references { externalId }
    memberships { nodes { role team { name } } } member { subject }
    goals(orderBy: [{ field: TITLE }]) { nodes { title version viewers { nodes { name } }
        checkIns { nodes { author { name } } } history { totalCount } } }
    history { nodes { action actor { name } changes { field after } } }
} }"""
REFERENCE = {"source": "workday", "id": "W-1"}
LOG = """query($id: ID!) { auditLog(where: { subjectId: { eq: $id } }) {
    nodes { action subjectId subject { ... on Node { id } } } } }"""


async def merge(company: Company, person: str, duplicate: str, who: str = "hr", **more: Any) -> Any:
    input = {
        "id": company.encode_id("person", person),
        "duplicateId": company.encode_id("person", duplicate),
        "reason": "Hired twice.",
    }
    return await company.mutate(who, "personMerge", "person { id version }", **input | more)


async def read_place(company: Company, who: str, name: str) -> Any:
    return (await company.query(who, PLACE, id=company.encode_id("person", name)))["person"]


async def prepare(company: Company) -> None:
    """Give Mara an account that is closed, a check-in and a reference."""
    mara = company.encode_id("person", "mara")
    goal = company.encode_id("goal", "public")
    for who, verb, input in (
        ("mara", "goalCheckIn", {"id": goal, "confidence": "ON_TRACK"}),
        ("hr", "personAddExternalReference", {"id": mara, "reference": REFERENCE}),
        ("admin", "memberRemove", {"id": company.encode_id("member", "lead")}),
    ):
        subject = "goal" if verb.startswith("goal") else verb[:6]
        payload = await company.mutate(who, verb, f"{subject} {{ id }}", **input)
        assert payload["errors"] == []


async def test_the_person_has_everything_of_the_duplicate(company: Company) -> None:
    await prepare(company)
    before = await read_place(company, "hr", "mara")
    payload = await merge(company, "lead", "mara")
    assert payload == {
        "person": {"id": company.encode_id("person", "lead"), "version": 2},
        "errors": [],
    }
    found = await read_place(company, "hr", "lead")
    assert found["manager"] == {"name": "Boss Okafor"}
    assert found["references"] == [{"externalId": "W-1"}]
    assert found["memberships"]["nodes"] == [{"role": "LEAD", "team": {"name": "Dispatch"}}]
    assert found["workEmail"] == "lead@meridian.example"
    assert found["member"] == {"subject": "mara"}
    assert [each["title"] for each in found["goals"]["nodes"]] == [
        each["title"] for each in before["goals"]["nodes"]
    ]
    mine = await read_place(company, "mara", "lead")
    by_title = {each["title"]: each for each in mine["goals"]["nodes"]}
    assert by_title["Fewer late parcels"]["checkIns"]["nodes"] == [
        {"author": {"name": "Lead Okafor"}}
    ]
    assert by_title["Hers"]["history"] == {"totalCount": 2}
    assert by_title["Hers"]["version"] == 2


async def test_the_journal_keeps_both_and_the_merge(company: Company, owner: Any) -> None:
    await prepare(company)
    mara, lead = (company.encode_id("person", each) for each in ("mara", "lead"))
    await merge(company, "lead", "mara")
    history = (await read_place(company, "hr", "lead"))["history"]["nodes"]
    assert [each["action"] for each in history] == [
        "MERGED",
        "EXTERNAL_REFERENCE_ADDED",
        "CREATED",
        "CREATED",
    ]
    assert {each["field"]: each["after"] for each in history[0]["changes"]} | {
        "lines": None,
        "references": None,
    } == {"duplicateId": mara, "reason": "Hired twice.", "lines": None, "references": None}
    log = (await company.query("hr", LOG, id=mara))["auditLog"]["nodes"]
    assert [each["action"] for each in log] == ["MERGED", "CHANGED"]
    assert log[0] == {"action": "MERGED", "subjectId": mara, "subject": None}
    actors = "SELECT count(*) FROM journal WHERE tenant_id = $1 AND actor_id = $2"
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        duplicate = company.people["mara"].id
        assert await owner.fetchval(actors, company.tenant_id, duplicate) == 0
        assert await owner.fetchval(actors, company.tenant_id, company.people["lead"].id) == 1
    assert (await company.query("hr", NODE, id=mara))["node"]["id"] == lead


async def test_the_old_id_leads_to_the_person_for_those_who_may_see_them(
    company: Company,
) -> None:
    await prepare(company)
    mara, lead, boss = (company.encode_id("person", each) for each in ("mara", "lead", "boss"))
    await merge(company, "lead", "mara")
    member = company.encode_id("member", "lead")
    for who in ("hr", "peer"):
        assert (await company.query(who, NODE, id=mara))["node"]["id"] == lead
        assert (await company.query(who, NODES, ids=[boss, mara]))["nodes"] == [
            {"id": boss},
            {"id": lead},
        ]
        assert (await company.query(who, PERSON, by={"id": mara}))["person"] == {"id": lead}
    external = {"external": REFERENCE}
    assert (await company.query("hr", PERSON, by=external))["person"] == {"id": lead}
    assert (await company.query("peer", PERSON, by=external))["person"] is None
    node = (await company.query("admin", NODE, id=member))["node"]
    assert node["id"] == company.encode_id("member", "mara")
    random = encode_id("person", generate_id())
    for query, variables in (
        (NODE, lambda id: {"id": id}),
        (NODES, lambda id: {"ids": [id]}),
        (PERSON, lambda id: {"by": {"id": id}}),
    ):
        old, unknown = [
            (await company.graph.execute("nobody", query, **variables(id))).body.partition(
                b'"extensions"'
            )[0]
            for id in (mara, random)
        ]
        assert old == unknown


async def test_a_second_merge_leads_on_at_once(company: Company) -> None:
    for person, duplicate in (("removed", "alumna"), ("peer", "removed")):
        payload = await merge(company, person, duplicate)
        assert payload["errors"] == []
    for name in ("alumna", "removed"):
        node = (await company.query("hr", NODE, id=company.encode_id("person", name)))["node"]
        assert node["id"] == company.encode_id("person", "peer")


async def test_a_refused_merge_changes_nothing(company: Company) -> None:
    before = [await read_place(company, "hr", each) for each in ("boss", "mara")]
    payload = await merge(company, "boss", "mara", expectedDuplicateVersion=1)
    assert payload["person"] is None
    first = payload["errors"][0]
    assert (first["code"], first["field"]) == ("REFERENCE_CYCLE", ["duplicateId"])
    stale = await merge(company, "boss", "mara", expectedDuplicateVersion=7)
    assert [(each["code"], each["field"]) for each in stale["errors"]] == [
        ("VERSION_CONFLICT", ["expectedDuplicateVersion"])
    ]
    assert [await read_place(company, "hr", each) for each in ("boss", "mara")] == before


UNITED_BY_RULE = {
    ("reporting_lines", "manager_id"): "replace_manager_record",
    ("team_memberships", "person_id"): "Team.replace_person",
    ("members", "person_id"): "_move_account",
    ("superseded_lines", "manager_id"): "Each moment keeps the lines that were known then.",
}
"""References with a rule of their own in the domain: rows of two records may not simply add up."""

MOVED = {
    ("employments", "successor_id"),
    ("check_ins", "author_id"),
    ("goals", "owner_person_id"),
    ("goal_viewers", "person_id"),
    ("alert_rules", "recipient_id"),
    ("alerts", "recipient_id"),
    ("alerts", "escalated_to_id"),
    ("alerts", "acknowledged_by_id"),
    ("action_items", "owner_id"),
    ("action_items", "creator_id"),
    ("kpis", "owner_id"),
    ("kpi_viewers", "person_id"),
    ("kpi_recorders", "person_id"),
    ("kpi_views", "person_id"),
    ("scorecards", "owner_id"),
    ("kpi_review_schedules", "owner_id"),
    ("kpi_review_participants", "person_id"),
    ("kpi_reviews", "held_by_id"),
    ("review_cycle_selections", "person_id"),
    ("review_participants", "person_id"),
    ("review_participants", "manager_id"),
    ("survey_invitations", "person_id"),
    ("feedback_programs", "subject_id"),
    ("feedback_program_people", "person_id"),
    ("feedback_program_raters", "person_id"),
    ("feedback_program_answers", "author_id"),
    *(("review_packets", f"{each}_id") for each in ("subject", "manager", "second_level")),
    *(("review_packets", f"{each}_id") for each in ("decided_by", "approved_by", "resolved_by")),
    *(("review_packets", f"{each}_id") for each in ("asked", "appeal_decider")),
    *(("reviews", f"{each}_id") for each in ("subject", "writer", "manager", "second_level")),
    ("review_readers", "person_id"),
    ("calibration_session_facilitators", "person_id"),
    ("calibration_session_members", "person_id"),
    ("fairness_values", "person_id"),
    *(("calibration_subjects", f"{each}_id") for each in ("person", "manager")),
    *(("calibration_adjustments", each) for each in ("person_id", "adjusted_by_id")),
    *(("reviews", f"{each}_id") for each in ("submitted_by", "stand_in", "appeal_decider")),
    *(("review_appeals", f"{each}_id") for each in ("subject", "manager", "second_level")),
    *(("review_appeals", f"{each}_id") for each in ("level_decided_by", "asked", "decider")),
    ("review_appeals", "level_approved_by_id"),
    *(("review_nomination_rounds", f"{each}_id") for each in ("subject", "manager")),
    ("review_proposals", "person_id"),
    *(("review_nominations", f"{each}_id") for each in ("subject", "manager", "nominee")),
    *(("review_nominations", f"{each}_id") for each in ("proposer", "decided_by", "asked")),
    ("annotations", "author_id"),
    ("pending_references", "object_id"),
    ("sync_run_people", "person_id"),
    ("feedbacks", "subject_id"),
    ("feedback_requests", "subject_id"),
    ("feedback_requests", "asker_id"),
    ("feedback_requests", "respondent_id"),
    ("feedbacks", "author_id"),
    ("scorecard_viewers", "person_id"),
    *(("bulk_operations", "subject_id"), ("legal_holds", "person_id")),
    *(("access_requests", f"{each}_id") for each in ("requester", "person", "decided_by")),
    ("access_request_approvers", "person_id"),
    ("kpi_measurements", "recorded_by_id"),
    ("kpi_measurement_revisions", "recorded_by_id"),
    ("kpi_measurement_revisions", "replaced_by_id"),
}
"""References that any number of rows may have, so that the merge only replaces the id."""

OWN_PARTS = {"employments", "jobs", "leaves", "person_references", "reporting_lines"}
OWN_PARTS |= {"superseded_employments", "superseded_lines"}


def test_every_reference_to_people_takes_part_in_a_merge() -> None:
    """A new reference belongs to one of the groups, and a dated one needs a rule."""
    references = {
        (table.name, column)
        for table in metadata.sorted_tables
        if table not in REBUILT_TABLES
        for key in table.foreign_key_constraints
        if key.referred_table.name == "people"
        for column in key.column_keys
        if column != "tenant_id"
    }
    own_parts = {(table, "person_id") for table in OWN_PARTS}
    assert references == {*UNITED_BY_RULE, *MOVED, *own_parts}
    replaced = {(each.table.name, each.column) for each in list_references(Person)}
    assert replaced == references - own_parts
    assert set(MAPPINGS[Person].children) == set(MERGE_RULES)
    for table, _ in MOVED:
        columns = set(metadata.tables[table].columns.keys())
        assert not {"starts_on", "ends_on"} <= columns, f"{table}: say what counts on shared days."
