"""Whoever read an old version is told so, with the current one, and nothing happens."""

import pytest

from api.schema import get_schema
from tests.api.company import Company
from tests.api.inputs import base, leaves
from tests.api.telling import SUBJECT, Shared

GUARDED = [verb for verb, path in leaves("Int") if path == ("expectedVersion",)]
NEW = {"goalCreate", "memberCreate", "organizationCreate", "personHire", "roleCreate", "teamCreate"}


def test_whatever_changes_something_can_be_guarded() -> None:
    mutation = get_schema()._schema.mutation_type
    assert mutation is not None
    assert set(mutation.fields) - set(GUARDED) == NEW | {"goalCreateBatch"}


@pytest.mark.parametrize("version", [0, 2, -1, 2_147_483_647])
@pytest.mark.parametrize("verb", GUARDED)
async def test_a_stale_version_gets_the_current_state(
    shared: Shared, verb: str, version: int
) -> None:
    company = shared.company
    subject = SUBJECT.findall(verb)[0]
    input = base(company, verb) | {"expectedVersion": version}
    payload = await company.tell("ruler", verb, f"{subject} {{ version }}", **input)
    (error,) = payload["errors"]
    assert (error["code"], error["field"]) == ("VERSION_CONFLICT", ["expectedVersion"])
    assert payload[subject] == {"version": 1}
    assert await shared.kept() == shared.before


async def test_the_right_version_is_taken_and_grows(company: Company) -> None:
    for version in (1, 2, 3):
        payload = await company.tell(
            "ruler",
            "goalEdit",
            "goal { version title }",
            id=company.id("goal", "public"),
            title=f"Version {version}",
            expectedVersion=version,
        )
        assert payload["goal"] == {"version": version + 1, "title": f"Version {version}"}
