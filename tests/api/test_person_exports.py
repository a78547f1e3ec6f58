"""Exports of people: complete by construction, and silent about what others may keep."""

import asyncio
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import asyncpg
import orjson
import pytest

from api.bulk_processing import person_exports
from api.bulk_processing.person_page import render_page
from domain.kernel.identity import TenantId
from persistence.personal_data.declarations import LINKS
from persistence.personal_data.links import list_naming_columns, list_parts
from persistence.personal_data.omissions import OMITTED_COLUMNS, OMITTED_PARTS
from tests.api.bulk_story import OPERATION, BulkStory
from tests.api.calibration_company import adjust_peer
from tests.api.company import Company
from tests.api.review_company import write_review

pytestmark = pytest.mark.anyio

SECRET = "Zyxwv"
"""A text that is in an export only where somebody may know it."""


@pytest.fixture
def story(company: Company, writing: asyncpg.Pool) -> BulkStory:
    return BulkStory(company, writing)


async def ask(story: BulkStory, who: str, name: str) -> Any:
    id = story.company.encode_id("person", name)
    return await story.company.mutate(who, "personExport", OPERATION, id=id)


async def export(story: BulkStory, who: str, name: str) -> tuple[Any, str]:
    """Return the document of an export, and its page."""
    made = await ask(story, who, name)
    assert made["errors"] == []
    operation = made["bulkOperation"]
    await story.work(operation)
    assert (await story.read(operation, who))["status"] == "DONE"
    address = (
        await story.mutate(who, "bulkOperationDownload", "address { path }", id=operation["id"])
    )["address"]
    answer = await story.client.get(address["path"])
    assert answer.headers["content-type"] == "application/zip"
    files = ZipFile(BytesIO(answer.content))
    assert files.namelist() == ["person.json", "person.html"]
    return orjson.loads(files.read("person.json")), files.read("person.html").decode()


def list_rows(document: Any, table: str, column: str) -> list[Any]:
    return [
        row
        for each in document["sections"]
        if (each["table"], each["column"]) == (table, column)
        for row in each["rows"]
    ]


def test_every_column_that_names_somebody_is_exported_or_left_out_for_a_reason() -> None:
    """A new column of people or accounts needs a link, or a reason in omissions.py."""
    named, linked = set(list_naming_columns()), {each.key for each in LINKS}
    assert named - linked - OMITTED_COLUMNS.keys() == set()
    assert OMITTED_COLUMNS.keys() - named == set()
    assert OMITTED_COLUMNS.keys() & linked == set()


def test_every_part_of_an_exported_row_is_exported_or_left_out_for_a_reason() -> None:
    tables = frozenset(each.table for each in LINKS)
    parts = set(list_parts(tables))
    assert parts - tables - OMITTED_PARTS.keys() == set()
    assert OMITTED_PARTS.keys() - parts == set()


def test_every_declared_column_exists() -> None:
    for each in LINKS:
        shown = {*each.names, *each.conceals, *each.hides, *each.office, *each.own}
        declared = {each.column, *shown}
        assert declared <= set(each.source.columns.keys()), each.key


async def test_a_person_gets_what_is_stored_about_them(story: BulkStory) -> None:
    document, page = await export(story, "mara", "mara")
    assert document["format"] == "trellis-person-export/1"
    assert document["person"] == story.company.encode_id("person", "mara")
    (person,) = list_rows(document, "people", "id")
    assert (person["name"], person["workEmail"]) == ("Mara Okafor", "mara@meridian.example")
    assert person["organization"] == "Operations"
    lines = list_rows(document, "reporting_lines", "person_id")
    assert {each["manager"] for each in lines} == {
        "Boss Okafor",
        "Former Okafor",
        "Analyst Okafor",
    }
    assert [each["title"] for each in list_rows(document, "goals", "owner_person_id")]
    assert "<h1>Personal data: Mara Okafor</h1>" in page
    assert "mara@meridian.example" in page


async def test_an_export_has_only_rows_of_the_person(story: BulkStory) -> None:
    document, _ = await export(story, "mara", "mara")
    mara = document["person"]
    for table in ("people", "employments", "jobs", "leaves", "members", "goals"):
        columns = {"people": "id", "goals": "ownerPersonId"}
        for section in document["sections"]:
            if section["table"] == table:
                named = {row[columns.get(table, "personId")] for row in section["rows"]}
                assert named == {mara}, table


async def test_reviews_and_calibration_stay_secret_until_they_are_released(
    story: BulkStory,
) -> None:
    await write_review(story.company, SECRET)
    await adjust_peer(story.company, SECRET)
    own, _ = await export(story, "peer", "peer")
    packets = list_rows(own, "review_packets", "subject_id")
    assert all(each["isReleased"] for each in packets)
    assert list_rows(own, "calibration_adjustments", "person_id") == []
    office, _ = await export(story, "hr", "peer")
    assert [each["reason"] for each in list_rows(office, "calibration_adjustments", "person_id")]
    only_own = {"feedback_program_answers"}
    assert {each["table"] for each in own["sections"]} - only_own < {
        each["table"] for each in office["sections"]
    }


async def test_only_the_author_has_the_author_of_confidential_feedback(story: BulkStory) -> None:
    company = story.company
    mara = company.encode_id("person", "mara")
    for mode in ("CONFIDENTIAL", "IDENTIFIED"):
        given = {"personId": mara, "text": f"{SECRET} {mode}", "mode": mode}
        made = await company.mutate(
            "peer", "feedbackGive", "feedback { id }", audience="SUBJECT", **given
        )
        assert made["errors"] == []
    manager_only = {"personId": mara, "text": f"{SECRET} MANAGER", "mode": "IDENTIFIED"}
    await company.mutate(
        "peer", "feedbackGive", "feedback { id }", audience="MANAGER", **manager_only
    )
    document, page = await export(story, "mara", "mara")
    about = list_rows(document, "feedbacks", "subject_id")
    found = {each["text"].split()[-1]: each for each in about if SECRET in each["text"]}
    assert "MANAGER" not in found
    assert found["IDENTIFIED"]["author"] == "Peer Okafor"
    assert "CONFIDENTIAL" not in found or found["CONFIDENTIAL"]["author"] is None
    by_author, _ = await export(story, "peer", "peer")
    written = [each["text"] for each in list_rows(by_author, "feedbacks", "author_id")]
    assert {f"{SECRET} {each}" for each in ("CONFIDENTIAL", "IDENTIFIED", "MANAGER")} <= {*written}
    assert f"{SECRET} MANAGER" not in page


async def test_an_officer_does_not_learn_who_wrote_in_confidence(story: BulkStory) -> None:
    for name, mode, audience in (
        ("hr", "CONFIDENTIAL", "SUBJECT"),
        ("hr", "IDENTIFIED", "SUBJECT"),
        ("mara", "IDENTIFIED", "SUBJECT_AND_MANAGER"),
        ("mara", "IDENTIFIED", "MANAGER"),
    ):
        person_id = story.company.encode_id("person", name)
        given = {"personId": person_id, "text": f"{SECRET} {mode} {audience}", "mode": mode}
        made = await story.company.mutate(
            "peer", "feedbackGive", "feedback { id }", audience=audience, **given
        )
        assert made["errors"] == []
    own, _ = await export(story, "peer", "peer")
    office, page = await export(story, "hr", "peer")
    assert len([each for each in _list_texts(own) if SECRET in each]) == 4
    assert {each for each in _list_texts(office) if SECRET in each} == {
        f"{SECRET} IDENTIFIED SUBJECT",
        f"{SECRET} IDENTIFIED SUBJECT_AND_MANAGER",
    }
    assert f"{SECRET} CONFIDENTIAL" not in page
    done = list_rows(office, "journal", "actor_id")
    assert done
    assert not [each for each in done if "entityId" in each]
    assert [each for each in list_rows(own, "journal", "actor_id") if each["entityId"]]


def _list_texts(document: Any) -> list[str]:
    return [each["text"] for each in list_rows(document, "feedbacks", "author_id")]


async def test_an_officer_reads_no_review_before_the_reviewed_person(story: BulkStory) -> None:
    own, _ = await export(story, "boss", "boss")
    written = list_rows(own, "reviews", "writer_id")
    assert [each for each in written if not each["isReleased"]]
    office, _ = await export(story, "hr", "boss")
    shown = {each["id"] for each in list_rows(office, "reviews", "writer_id")}
    assert shown == {
        each["id"]
        for each in written
        if each["isReleased"] and each["isShown"] and each["status"] == "submitted"
    }
    assert {each["reviewId"] for each in list_rows(office, "review_answers", "review_id")} <= {
        *shown,
        *(each["id"] for each in list_rows(office, "reviews", "subject_id")),
    }


def test_an_officer_does_not_learn_who_answered() -> None:
    found = [each for each in LINKS if "has_responded" in each.source.columns]
    assert len(found) == 2
    for each in found:
        own, office = (
            {column.name for column in each.list_columns(is_office=is_office)}
            for is_office in (False, True)
        )
        assert own - office == {"has_responded"}


async def test_values_that_only_hr_reads_are_in_no_export_of_the_person(story: BulkStory) -> None:
    company = story.company
    field = {"key": "secret", "label": "Secret", "type": "TEXT", "readers": "HR"}
    await company.mutate(
        "ruler", "customFieldCreate", "customField { id }", objectType="PERSON", **field
    )
    values = [{"key": "secret", "text": SECRET}]
    id = company.encode_id("person", "mara")
    made = await company.mutate("ruler", "personEdit", "person { id }", id=id, customValues=values)
    assert made["errors"] == []
    own, page = await export(story, "mara", "mara")
    assert SECRET not in orjson.dumps(own).decode() + page
    office, _ = await export(story, "hr", "mara")
    assert SECRET in orjson.dumps(office).decode()


async def test_a_second_request_returns_the_export_that_runs(story: BulkStory) -> None:
    first = (await ask(story, "mara", "mara"))["bulkOperation"]
    again = (await ask(story, "mara", "mara"))["bulkOperation"]
    assert again["id"] == first["id"]
    await story.work(first)
    later = (await ask(story, "mara", "mara"))["bulkOperation"]
    assert later["id"] != first["id"]


async def test_an_export_is_in_the_history_of_the_person(story: BulkStory) -> None:
    await export(story, "hr", "mara")
    query = """query($id: ID!) { person(by: { id: $id }) {
        history(first: 1) { nodes { action actor { name } } } } }"""
    id = story.company.encode_id("person", "mara")
    found = (await story.company.query("mara", query, id=id))["person"]["history"]["nodes"]
    assert found == [{"action": "EXPORTED", "actor": {"name": "Hr Okafor"}}]


async def test_who_lost_the_right_meanwhile_gets_no_export(story: BulkStory) -> None:
    made = (await ask(story, "hr_ops", "mara"))["bulkOperation"]
    company = story.company
    assignments = "query($id: ID!) { member(by: { id: $id }) { assignments { id } } }"
    id = company.encode_id("member", "hr_ops")
    found = (await company.query("ruler", assignments, id=id))["member"]["assignments"]
    for each in found:
        answer = await company.mutate(
            "ruler", "memberRevokeRole", "member { id }", id=id, assignmentId=each["id"]
        )
        assert answer["errors"] == []
    await story.work(made)
    done = await story.read(made, "hr_ops")
    assert (done["status"], done["failure"]) == ("FAILED", "OWNER_WITHOUT_ACCESS")
    assert done["resultSize"] == 0


async def test_an_erasure_deletes_the_exports_of_the_person(
    story: BulkStory, writing: asyncpg.Pool
) -> None:
    await export(story, "hr", "alumna")
    await export(story, "hr", "mara")
    waiting = (await ask(story, "hr_ops", "alumna"))["bulkOperation"]
    assert await count_files(story, writing) == 2
    await erase_alumna(story)
    assert await count_files(story, writing) == 1
    assert (await story.read(waiting, "hr_ops"))["status"] == "CANCELLED"


async def test_an_erasure_deletes_a_file_that_is_stored_meanwhile(
    story: BulkStory, writing: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_read, may_store = asyncio.Event(), asyncio.Event()

    async def build_later(tenant_id: TenantId, build: Callable[[], bytes]) -> bytes:
        assert tenant_id == story.company.tenant_id
        has_read.set()
        await may_store.wait()
        return build()

    monkeypatch.setattr(person_exports, "run_in_worker", build_later)
    made = (await ask(story, "hr", "alumna"))["bulkOperation"]
    exporting = asyncio.create_task(story.work(made))
    await has_read.wait()
    erasing = asyncio.create_task(erase_alumna(story))
    await asyncio.sleep(0.3)
    may_store.set()
    await asyncio.gather(exporting, erasing)
    assert await count_files(story, writing) == 0


async def erase_alumna(story: BulkStory) -> None:
    given = {"confirmName": "Alumna Okafor", "reason": "REQUESTED"}
    id = story.company.encode_id("person", "alumna")
    erased = await story.company.mutate("hr", "personErase", "person { id }", id=id, **given)
    assert erased["errors"] == []


async def count_files(story: BulkStory, writing: asyncpg.Pool) -> int:
    tenant_id = story.company.tenant_id
    async with writing.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        sql = "SELECT count(DISTINCT file_id) FROM bulk_file_parts WHERE tenant_id = $1"
        return int(await connection.fetchval(sql, tenant_id))


async def test_an_export_is_begun_by_its_own_mutation_only(story: BulkStory) -> None:
    made = await story.company.mutate("mara", "bulkOperationRun", OPERATION, kind="PERSON_EXPORT")
    assert [(each["code"], each["field"]) for each in made["errors"]] == [
        ("INCONSISTENT", ["kind"])
    ]


def test_the_page_shows_no_markup_of_the_data() -> None:
    section = {"table": "goals", "column": "owner_person_id", "rows": [{"title": "<script>x"}]}
    page = render_page({"name": "<b>", "exportedAt": "now", "sections": [section], "leftOut": []})
    assert "<script>" not in page
    assert "&lt;script&gt;x" in page
    assert "<h1>Personal data: &lt;b&gt;</h1>" in page
