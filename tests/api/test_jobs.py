"""Jobs through the graph: on which day, as known when, and who may see them."""

from typing import Any

import pytest

from api.kernel.schema.global_ids import encode_id
from tests.api.company import Company

JOBS = """query($id: ID!, $day: Date, $moment: DateTime) { person(by: { id: $id }) {
    jobTitle level location job(asOf: $day, knownAt: $moment) { jobTitle workingTimeShare }
    jobs { startsOn jobTitle employmentType workingTimeShare }
    history { nodes { action effectiveOn changes { field before after } } }
} }"""


async def change(company: Company, who: str = "hr", **input: Any) -> Any:
    id = company.encode_id("person", "mara")
    selection = "person { jobTitle level } job { startsOn jobTitle level }"
    return await company.mutate(who, "personChangeJob", selection, id=id, **input)


async def read(company: Company, who: str, **more: Any) -> Any:
    id = company.encode_id("person", "mara")
    return (await company.query(who, JOBS, id=id, **more))["person"]


async def test_a_change_in_the_past_shows_what_held_on_each_day(company: Company) -> None:
    made = await change(company, effectiveOn="2026-03-01", jobTitle="Clerk", workingTimeShare="0.5")
    assert made == {
        "person": {"jobTitle": "Clerk", "level": None},
        "job": {"startsOn": "2026-03-01", "jobTitle": "Clerk", "level": None},
        "errors": [],
    }
    await change(company, effectiveOn="2025-01-01", jobTitle="Trainee", employmentType="INTERN")
    found = await read(company, "hr", day="2026-02-28")
    assert found["job"] == {"jobTitle": "Trainee", "workingTimeShare": None}
    assert found["jobs"] == [
        {
            "startsOn": "2020-01-01",
            "jobTitle": None,
            "employmentType": None,
            "workingTimeShare": None,
        },
        {
            "startsOn": "2025-01-01",
            "jobTitle": "Trainee",
            "employmentType": "INTERN",
            "workingTimeShare": None,
        },
        {
            "startsOn": "2026-03-01",
            "jobTitle": "Clerk",
            "employmentType": "INTERN",
            "workingTimeShare": "0.5",
        },
    ]
    assert (await read(company, "hr", day="2019-12-31"))["job"] is None
    assert (await read(company, "hr"))["job"] == {"jobTitle": "Clerk", "workingTimeShare": "0.5"}


async def test_the_journal_shows_both_values(company: Company) -> None:
    await change(company, jobTitle="Clerk")
    await change(company, jobTitle="Lead", expectedVersion=2)
    entry = (await read(company, "hr"))["history"]["nodes"][0]
    assert (entry["action"], entry["effectiveOn"]) == ("JOB_CHANGED", "2026-06-15")
    (shown,) = entry["changes"]
    (before,), (after,) = shown["before"], shown["after"]
    assert shown["field"] == "jobs"
    assert before.pop("id") != after.pop("id")
    assert (before, after) == (
        {"startsOn": "2026-06-15", "jobTitle": "Clerk"},
        {"startsOn": "2026-06-15", "jobTitle": "Lead"},
    )


async def test_the_entry_of_a_change_tells_nothing_of_a_plan_that_follows_from_it(
    company: Company,
) -> None:
    await change(company, effectiveOn="2026-09-01", level="L9")
    await change(company, jobTitle="Lead")
    assert [each["startsOn"] for each in (await read(company, "hr"))["jobs"]] == [
        *("2020-01-01", "2026-06-15", "2026-09-01")
    ]
    entry = (await read(company, "mara"))["history"]["nodes"][0]
    (shown,) = entry["changes"]
    (after,) = shown["after"]
    del after["id"]
    assert (shown["before"], after) == ([], {"startsOn": "2026-06-15", "jobTitle": "Lead"})


async def test_a_change_today_replaces_another_one_and_the_earlier_is_still_known(
    company: Company, owner: Any
) -> None:
    await change(company, jobTitle="Clerk")
    await change(company, jobTitle="Lead")
    await set_recording_times(
        company, owner, "Clerk", "2026-06-01T08:00:00Z", "2026-06-02T08:00:00Z"
    )
    await set_recording_times(company, owner, "Lead", "2026-06-02T08:00:00Z", None)
    found = [
        (await read(company, "hr", moment=moment))["job"]
        for moment in ("2026-06-01T07:59:00Z", "2026-06-01T08:00:00Z", "2026-06-02T08:00:00Z", None)
    ]
    assert [each and each["jobTitle"] for each in found] == [None, "Clerk", "Lead", "Lead"]
    assert (await read(company, "mara", moment="2026-06-01T08:00:00Z"))["job"] is None


async def set_recording_times(
    company: Company, owner: Any, title: str, recorded_at: str, superseded_at: str | None
) -> None:
    """Let a job be recorded and superseded at these moments."""
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        await owner.execute(
            "UPDATE jobs SET created_at = $2::text::timestamptz,"
            " superseded_at = $3::text::timestamptz WHERE job_title = $1",
            title,
            recorded_at,
            superseded_at,
        )


@pytest.mark.parametrize(
    ("who", "jobs", "entry_count"),
    [
        ("hr", ["2020-01-01", "2026-06-10", "2026-09-01"], 2),
        ("mara", ["2020-01-01", "2026-06-10"], 1),
        ("boss", ["2020-01-01", "2026-06-10"], 0),
        ("peer", None, 0),
        ("admin", None, 0),
        ("analyst", None, 0),
    ],
)
async def test_a_planned_job_is_known_to_those_who_plan(
    company: Company, who: str, jobs: list[str] | None, entry_count: int
) -> None:
    await change(company, effectiveOn="2026-06-10", jobTitle="Clerk")
    await change(company, effectiveOn="2026-09-01", jobTitle="Head")
    found = await read(company, who)
    assert found["jobTitle"] == "Clerk"
    shown = None if found["jobs"] is None else [each["startsOn"] for each in found["jobs"]]
    assert shown == jobs
    entries = found["history"]["nodes"] if found["history"] else []
    assert [each["action"] for each in entries].count("JOB_CHANGED") == entry_count
    planned = (await read(company, who, day="2026-09-01"))["job"]
    assert planned == ({"jobTitle": "Head", "workingTimeShare": None} if who == "hr" else None)
    by_job = {"job": {"jobTitle": {"eq": "Clerk"}}}
    query = "query($where: PersonWhere) { people(where: $where) { totalCount } }"
    count = (await company.query(who, query, where=by_job))["people"]["totalCount"]
    assert count == (0 if jobs is None else 1)


async def test_a_planned_job_takes_effect_on_its_day_without_a_write(
    company: Company, owner: Any
) -> None:
    await change(company, effectiveOn="2026-06-10", jobTitle="Clerk", location="Oslo")
    await change(company, effectiveOn="2026-09-01", jobTitle="Head")
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        await owner.execute("UPDATE jobs SET starts_on = '2026-06-14' WHERE job_title = 'Head'")
        await owner.execute(
            "UPDATE people SET job_changes_on = '2026-06-14' WHERE job_changes_on IS NOT NULL"
        )
    found = await read(company, "peer")
    assert (found["jobTitle"], found["location"], found["job"]) == ("Head", "Oslo", None)
    query = """query($title: String) {
        people(where: { jobTitle: { eq: $title } }, orderBy: [{ field: JOB_TITLE }]) {
            nodes { givenName } } }"""
    for title, names in (("Head", [{"givenName": "Mara"}]), ("Clerk", [])):
        assert (await company.query("peer", query, title=title))["people"]["nodes"] == names


async def depart(company: Company, day: str, verb: str = "personDepart") -> None:
    id = company.encode_id("person", "mara")
    given = {"lastDay": day} if verb == "personDepart" else {"hiredOn": day} if day else {}
    payload = await company.mutate("hr", verb, "person { id }", id=id, **given)
    assert payload["errors"] == []


async def test_a_job_planned_for_after_the_last_day_is_hidden_until_that_is_cancelled(
    company: Company,
) -> None:
    await change(company, effectiveOn="2026-06-10", jobTitle="Clerk")
    await change(company, effectiveOn="2026-09-01", jobTitle="Head")
    await depart(company, "2026-08-31")
    found = await read(company, "hr", day="2026-09-01")
    assert [each["startsOn"] for each in found["jobs"]] == ["2020-01-01", "2026-06-10"]
    assert found["job"]["jobTitle"] == "Clerk"
    refused = await change(company, effectiveOn="2026-09-02", jobTitle="Director")
    assert refused["errors"] == [
        {
            "code": "OUT_OF_RANGE",
            "field": ["effectiveOn"],
            "message": "The person is not employed on that day. Choose 2026-08-31 or an earlier"
            " day.",
        }
    ]
    await depart(company, "", "personCancelDeparture")
    found = await read(company, "hr", day="2026-09-01")
    assert [each["startsOn"] for each in found["jobs"]][2:] == ["2026-09-01"]
    assert found["job"]["jobTitle"] == "Head"


@pytest.mark.parametrize(("last_day", "title"), [("2026-06-12", "Clerk"), ("2026-06-13", "Head")])
async def test_the_directory_shows_the_job_of_the_last_day(
    company: Company, owner: Any, last_day: str, title: str
) -> None:
    await change(company, effectiveOn="2026-06-10", jobTitle="Clerk")
    await change(company, effectiveOn="2026-09-01", jobTitle="Head")
    await depart(company, last_day)
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        await owner.execute("UPDATE jobs SET starts_on = '2026-06-13' WHERE job_title = 'Head'")
        await owner.execute(
            "UPDATE people SET job_changes_on = '2026-06-13' WHERE job_changes_on IS NOT NULL"
        )
    assert (await read(company, "peer"))["jobTitle"] == title
    query = "query($title: String) { people(where: { jobTitle: { eq: $title } }) { totalCount } }"
    for each in ("Clerk", "Head"):
        count = (await company.query("peer", query, title=each))["people"]["totalCount"]
        assert count == (1 if each == title else 0)


async def test_the_entry_of_a_return_tells_nothing_of_a_plan_that_it_ends(
    company: Company,
) -> None:
    await change(company, effectiveOn="2026-09-01", jobTitle="Head")
    await depart(company, "2026-06-12")
    await depart(company, "2026-06-15", "personRehire")
    actions = {
        who: [each["action"] for each in (await read(company, who))["history"]["nodes"]][:2]
        for who in ("hr", "mara")
    }
    assert actions == {"hr": ["JOB_WITHDRAWN", "REHIRED"], "mara": ["REHIRED", "DEPARTED"]}
    assert "2026-09-01" not in str(await read(company, "mara"))
    assert [each["startsOn"] for each in (await read(company, "hr"))["jobs"]] == ["2020-01-01"]


@pytest.mark.parametrize(
    ("who", "input", "code", "field"),
    [
        ("admin", {"level": "L1"}, "NOT_PERMITTED", []),
        ("mara", {"level": "L1"}, "NOT_PERMITTED", []),
        ("hr_far", {"level": "L1"}, "NOT_PERMITTED", []),
        ("hr", {}, "REQUIRED", []),
        ("hr", {"effectiveOn": "2019-12-31", "level": "L1"}, "OUT_OF_RANGE", ["effectiveOn"]),
        ("hr", {"workingTimeShare": "0"}, "OUT_OF_RANGE", ["workingTimeShare"]),
        ("hr", {"effectiveOn": "2020-01-01", "level": "L1"}, "NOT_UNIQUE", ["effectiveOn"]),
    ],
)
async def test_a_refused_change_leaves_no_trace(
    company: Company, who: str, input: dict[str, Any], code: str, field: list[str]
) -> None:
    before = await read(company, "hr")
    payload = await change(company, who, **input)
    assert [(each["code"], each["field"] or []) for each in payload["errors"]] == [(code, field)]
    assert (payload["person"], payload["job"]) == (None, None)
    assert await read(company, "hr") == before


async def correct(company: Company, who: str = "hr", **input: Any) -> Any:
    peer = company.people["peer"]
    (job,) = (each for each in peer.jobs if each.level)
    given = {"id": company.encode_id("person", "peer"), "jobId": encode_id("job", job.id)}
    selection = "person { level version } job { startsOn level }"
    return await company.mutate(
        who, "personCorrectJob", selection, **given | {"reason": "A typo."} | input
    )


async def read_peer(company: Company) -> Any:
    id = company.encode_id("person", "peer")
    return (await company.query("hr", JOBS, id=id))["person"]


async def test_the_entry_of_a_correction_has_both_values_and_the_reason(company: Company) -> None:
    payload = await correct(company, level="L2")
    assert payload["job"] == {"startsOn": "2026-03-02", "level": "L2"}
    entry = (await read_peer(company))["history"]["nodes"][0]
    assert (entry["action"], entry["effectiveOn"]) == ("JOB_CORRECTED", "2026-03-02")
    shown = {each["field"]: each for each in entry["changes"]}
    assert shown["reason"]["after"] == "A typo."
    (before,), (after,) = shown["jobs"]["before"], shown["jobs"]["after"]
    assert (before["startsOn"], before["level"]) == ("2026-03-02", "L1")
    assert (after["startsOn"], after["level"]) == ("2026-03-02", "L2")


async def test_a_withdrawn_job_is_gone_and_still_known_as_of_then(company: Company) -> None:
    peer = company.people["peer"]
    id, (job,) = company.encode_id("person", "peer"), (each for each in peer.jobs if each.level)
    given = {"jobId": encode_id("job", job.id), "reason": "Never happened."}
    payload = await company.mutate(
        "hr", "personWithdrawJob", "person { level jobs { startsOn } }", id=id, **given
    )
    assert payload["person"] == {"level": None, "jobs": [{"startsOn": "2020-01-01"}]}
    node = "query($id: ID!) { node(id: $id) { ... on Job { level } } }"
    for who, found in (("hr", {"level": "L1"}), ("peer", None), ("admin", None)):
        assert (await company.query(who, node, id=given["jobId"]))["node"] == found
    again = await company.mutate("hr", "personWithdrawJob", "person { id }", id=id, **given)
    assert [(each["code"], each["field"]) for each in again["errors"]] == [
        ("REFERENCE_NOT_FOUND", ["jobId"])
    ]


@pytest.mark.parametrize(
    ("who", "input", "code", "field"),
    [
        ("admin", {"level": "L2"}, "NOT_PERMITTED", []),
        ("peer", {"level": "L2"}, "NOT_PERMITTED", []),
        ("hr_far", {"level": "L2"}, "NOT_PERMITTED", []),
        ("hr", {}, "REQUIRED", []),
        ("hr", {"level": "L2", "reason": ""}, "REQUIRED", ["reason"]),
        ("hr", {"startsOn": "2020-01-01"}, "NOT_UNIQUE", ["startsOn"]),
        ("hr", {"startsOn": "2019-12-31"}, "OUT_OF_RANGE", ["startsOn"]),
    ],
)
async def test_a_refused_correction_leaves_no_trace(
    company: Company, who: str, input: dict[str, Any], code: str, field: list[str]
) -> None:
    before = await read_peer(company)
    payload = await correct(company, who, **input)
    assert [(each["code"], each["field"] or []) for each in payload["errors"]] == [(code, field)]
    assert await read_peer(company) == before
