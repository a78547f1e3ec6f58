"""A change based on an old version is refused with the current version, and has no effect."""

import asyncio
from typing import Any

import pytest

from tests.api.company import Company
from tests.api.mutation_inputs import build_input, iterate_scalar_fields
from tests.api.permission_matrix import SharedCompany, find_subject

VERSIONED_MUTATIONS = [
    verb for verb, path in iterate_scalar_fields("Int") if path == ("expectedVersion",)
]


@pytest.mark.parametrize("verb", VERSIONED_MUTATIONS)
async def test_a_stale_version_gets_the_current_state(shared: SharedCompany, verb: str) -> None:
    company = shared.company
    subject = find_subject(verb)
    for version in (0, 2, -1, 2_147_483_647):
        input = build_input(company, verb) | {"expectedVersion": version}
        payload = await company.mutate("ruler", verb, f"{subject} {{ version }}", **input)
        (error,) = payload["errors"]
        assert (error["code"], error["field"]) == ("VERSION_CONFLICT", ["expectedVersion"])
        assert payload[subject] == {"version": 1}
    await shared.check_unchanged()


async def test_the_right_version_is_taken_and_grows(company: Company) -> None:
    for version in (1, 2, 3):
        payload = await company.mutate(
            "ruler",
            "goalEdit",
            "goal { version title }",
            id=company.encode_id("goal", "public"),
            title=f"Version {version}",
            expectedVersion=version,
        )
        assert payload["goal"] == {"version": version + 1, "title": f"Version {version}"}


READ = """query($id: ID!) { goal(by: { id: $id }) {
    version keyResults { nodes { title } } checkIns(first: 50) { nodes { note } } } }"""


async def read_goal(company: Company) -> Any:
    return (await company.query("mara", READ, id=company.encode_id("goal", "public")))["goal"]


async def test_all_concurrent_check_ins_without_a_version_succeed(company: Company) -> None:
    id, before = company.encode_id("goal", "public"), await read_goal(company)
    notes = [f"Note {number}" for number in range(12)]
    given = {"id": id, "confidence": "ON_TRACK"}
    payloads = await asyncio.gather(
        *(
            company.mutate("mara", "goalCheckIn", "checkIn { note }", **given, note=each)
            for each in notes
        )
    )
    assert payloads == [{"checkIn": {"note": each}, "errors": []} for each in notes]
    after = await read_goal(company)
    assert after["version"] == before["version"] + 12
    known = [each["note"] for each in before["checkIns"]["nodes"]]
    assert sorted(each["note"] for each in after["checkIns"]["nodes"]) == sorted(known + notes)


async def test_one_of_concurrent_changes_of_the_same_version_succeeds(company: Company) -> None:
    id, before = company.encode_id("goal", "public"), await read_goal(company)
    given = {"id": id, "confidence": "ON_TRACK", "expectedVersion": before["version"]}
    payloads = await asyncio.gather(
        *(company.mutate("mara", "goalCheckIn", "goal { version }", **given) for _ in range(8))
    )
    errors = [(each["code"], each["field"]) for payload in payloads for each in payload["errors"]]
    assert errors == [("VERSION_CONFLICT", ["expectedVersion"])] * 7
    assert [each["goal"] for each in payloads] == [{"version": before["version"] + 1}] * 8
    assert (await read_goal(company))["version"] == before["version"] + 1


async def test_concurrent_requests_with_one_key_make_one_change(company: Company) -> None:
    id, before = company.encode_id("goal", "public"), await read_goal(company)
    document = """mutation($input: GoalCheckInInput!, $key: String!) {
        goalCheckIn(input: $input) @idempotent(key: $key) { checkIn { id } errors { code } } }"""
    given = {"input": {"id": id, "confidence": "ON_TRACK"}}
    answers = await asyncio.gather(
        *(company.query("mara", document, key=f"key-{n % 4}", **given) for n in range(16))
    )
    payloads = [each["goalCheckIn"] for each in answers]
    assert [each["errors"] for each in payloads] == [[]] * 16
    assert len({each["checkIn"]["id"] for each in payloads}) == 4
    assert (await read_goal(company))["version"] == before["version"] + 4


async def test_concurrent_batches_of_the_same_goals_succeed_as_a_whole(company: Company) -> None:
    """Half of them name the goals in another order."""
    document = """mutation($inputs: [GoalReassignInput!]!) { goalReassignBatch(inputs: $inputs) {
        goals { id } errors { code index } } }"""
    ids = [company.encode_id("goal", each) for each in ("public", "draft")]
    batches = [
        [
            {"id": id, "owner": {"personId": company.encode_id("person", owner)}}
            for id in ids[:: -1 if number % 2 else 1]
        ]
        for number, owner in enumerate(["peer", "boss", "mara", "lead"] * 2)
    ]
    answers = await asyncio.gather(
        *(company.query("ruler", document, inputs=each) for each in batches)
    )
    assert [each["goalReassignBatch"]["errors"] for each in answers] == [[]] * len(batches)
    read = """query($ids: [ID!]!) {
        nodes(ids: $ids) { ... on Goal { owner { ... on Person { id } } } } }"""
    first, second = (await company.query("ruler", read, ids=ids))["nodes"]
    assert first == second
