"""`viewerCan` of a place lists exactly what the viewer may create there."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from api.kernel.schema.declarations import TYPE_DECLARATIONS
from domain.kernel.creations import Creation
from persistence.kernel.wire_format import to_camel_case
from tests.api.company import MEMBER_NAMES, Company
from tests.api.mutation_inputs import build_input
from tests.api.permission_matrix import SharedCompany
from tests.api.rehearsals import open_rehearsal
from tests.factories.graph import DatabaseGraph

pytestmark = pytest.mark.anyio

PLACES = """{
  tenant { __typename id viewerCan }
  organizations { nodes { __typename id viewerCan } }
  teams { nodes { __typename id viewerCan organization { id } } }
  people(where: {givenName: {in: ["Mara", "Chief", "Admin", "Newcomer", "Alumna"]}}) {
    nodes { __typename id viewerCan } } }"""
CLOSE = """mutation($input: OrganizationCloseInput!) {
  organizationClose(input: $input) { errors { code } } }"""
LAST_DAY = "2026-12-31"
"""The last day of a unit that has an end, and of what is created in it."""

REFUSALS = {"NOT_PERMITTED", "INVALID", "NOT_UNIQUE"}


def list_places(data: Any) -> Iterator[Any]:
    """List the objects under which something may be created."""
    yield data["tenant"]
    for name in ("organizations", "teams", "people"):
        yield from data[name]["nodes"]


def build_creation_input(company: Company, creation: Creation, place: Any) -> dict[str, Any]:
    """Build the input that creates something under this place."""
    input = build_input(company, to_camel_case(creation.verb))
    input.pop(creation.absent or "", None)
    match (creation.argument or "").split("."):
        case [field, inner]:
            input[field] = {inner: place["id"]}
        case [field] if field:
            input[field] = place["id"]
    if creation.verb in ("team_create", "organization_create"):
        input["endsOn"] = LAST_DAY
    if creation.verb == "team_create":
        input.pop("parentId") if creation.argument == "organizationId" else None
        input |= {"organizationId": place.get("organization", place)["id"]}
    return input


@pytest.mark.parametrize("who", MEMBER_NAMES[:-1])
async def test_what_viewer_can_lists_for_a_place_is_what_the_mutation_answers(
    shared: SharedCompany, writing: asyncpg.Pool, who: str
) -> None:
    company = shared.company
    async with open_rehearsal(writing) as pool:
        graph = DatabaseGraph(pool, pool, company.tenant_id)
        closing = {"id": company.encode_id("org", "dock"), "endsOn": LAST_DAY}
        assert await graph.mutate("ruler", CLOSE, **closing) == {"errors": []}
        for place in list_places(await graph.query(who, PLACES)):
            for creation in TYPE_DECLARATIONS[place["__typename"]].read_model.creations:
                verb = to_camel_case(creation.verb)
                document = (
                    f"mutation($input: {verb[0].upper()}{verb[1:]}Input!) {{"
                    f" {verb}(input: $input) {{ errors {{ code }} }} }}"
                )
                async with pool.rehearse():
                    input = build_creation_input(company, creation, place)
                    answer = await graph.mutate(who, document, **input)
                codes = {each["code"] for each in answer["errors"]}
                name = creation.to_action().name.upper()
                if verb == "surveyLaunch":  # too few people may work there
                    codes.discard("INVALID")
                if verb == "bulkOperationRun":  # the upload is that of another account
                    codes.discard("REFERENCE_NOT_FOUND")
                if verb == "feedbackProgramLaunch" and name in place["viewerCan"]:
                    codes -= {"INVALID", "NOT_UNIQUE"}  # too few may be asked, or asked already
                assert (name in place["viewerCan"]) is not bool(codes), (place, verb, codes)
                assert codes <= REFUSALS
