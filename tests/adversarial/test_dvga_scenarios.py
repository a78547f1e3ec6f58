"""Every scenario of DVGA is covered by an existing test, or excluded with a reason."""

import json
from pathlib import Path

import httpx
import pytest
import yaml

from api.http.routes import build_application
from api.kernel.execution.engine import Engine
from tests.api.small_graph import a_wire
from tests.reads.dataset import TenantDataset
from tests.reads.engine_fixture import a_caller, execute_document

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
AUTHORIZED_HEADERS = {"authorization": "Bearer good", "accept": "application/graphql-response+json"}


def test_every_scenario_is_covered_or_not_applicable() -> None:
    found = yaml.safe_load(Path(__file__).with_name("dvga_scenarios.yaml").read_text())
    assert len(found["held"] | found["pointless"]) == 23
    assert all(found["pointless"].values())
    for place in found["held"].values():
        path, _, name = place.partition("::")
        assert f"def {name}" in (ROOT / path).read_text(), place


async def test_text_that_looks_like_sql_stays_text(
    hostile_engine: Engine, marked: dict[str, TenantDataset]
) -> None:
    everything = await execute_document(
        hostile_engine, marked["alder"], get_admin_subject(marked), COUNT_QUERY, {"text": None}
    )
    for text in ("' OR '1'='1", '"; DROP TABLE goals; --', "%", "_", "\\", "$1", "{}", "x' || 'y"):
        answer = await execute_document(
            hostile_engine, marked["alder"], get_admin_subject(marked), COUNT_QUERY, {"text": text}
        )
        assert "errors" not in answer, answer
        assert answer["data"]["goals"]["totalCount"] < everything["data"]["goals"]["totalCount"]


COUNT_QUERY = "query($text: String) {goals(where: {title: {contains: $text}}) {totalCount}}"


def get_admin_subject(marked: dict[str, TenantDataset]) -> str:
    return a_caller(marked["alder"], marked["alder"].subjects["admin"]).subject


async def test_no_name_of_an_operation_opens_or_closes_anything(
    hostile_engine: Engine, marked: dict[str, TenantDataset]
) -> None:
    answers = [
        await execute_document(
            hostile_engine,
            marked["alder"],
            get_admin_subject(marked),
            f"query {name} {{viewer {{person {{id}}}}}}",
        )
        for name in ("systemHealth", "getPastes", "IntrospectionQuery", "admin")
    ]
    for each in answers:
        del each["extensions"]["cost"]["actualQueryCost"]  # the charge for its time differs
    assert all(each == answers[0] for each in answers)


async def test_no_name_of_an_operation_reaches_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    name = "ForgedByAnAttacker"
    transport = httpx.ASGITransport(app=build_application(a_wire()))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        body = {"query": f"query {name} {{ hello }}", "operationName": name}
        assert (
            await client.post("/graphql", json=body, headers=AUTHORIZED_HEADERS)
        ).status_code == 200
    told = capsys.readouterr()
    assert name not in told.out + told.err


async def test_graphiql_asks_for_no_secret_and_production_has_none() -> None:
    wire = a_wire(production=True, secret="s" * 32, serving_url="postgresql://x/y")
    transport = httpx.ASGITransport(app=build_application(wire))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        page = await client.get("/graphql", headers={"accept": "text/html"})
    assert page.status_code in (400, 401, 406)
    assert "<html" not in page.text
    assert json.loads(page.text)["errors"]
