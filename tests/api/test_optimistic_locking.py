"""A change based on an old version is refused with the current version, and has no effect."""

import pytest

from api.schema import get_schema
from tests.api.company import Company
from tests.api.mutation_inputs import build_input, iterate_scalar_fields
from tests.api.permission_matrix import SUBJECT_PATTERN, SharedCompany

VERSIONED_MUTATIONS = [
    verb for verb, path in iterate_scalar_fields("Int") if path == ("expectedVersion",)
]
CREATION_MUTATIONS = {
    "goalCreate",
    "memberCreate",
    "organizationCreate",
    "personHire",
    "roleCreate",
    "teamCreate",
}


def test_whatever_changes_something_can_be_guarded() -> None:
    mutation = get_schema()._schema.mutation_type
    assert mutation is not None
    batches = {"goalCreateBatch", "goalReassignBatch"}  # their inputs are those of one
    assert set(mutation.fields) - set(VERSIONED_MUTATIONS) == CREATION_MUTATIONS | batches


@pytest.mark.parametrize("version", [0, 2, -1, 2_147_483_647])
@pytest.mark.parametrize("verb", VERSIONED_MUTATIONS)
async def test_a_stale_version_gets_the_current_state(
    shared: SharedCompany, verb: str, version: int
) -> None:
    company = shared.company
    subject = SUBJECT_PATTERN.findall(verb)[0]
    input = build_input(company, verb) | {"expectedVersion": version}
    payload = await company.mutate("ruler", verb, f"{subject} {{ version }}", **input)
    (error,) = payload["errors"]
    assert (error["code"], error["field"]) == ("VERSION_CONFLICT", ["expectedVersion"])
    assert payload[subject] == {"version": 1}
    assert await shared.hash_rows() == shared.initial_hashes


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
