"""Exports of people: one ZIP file with all rows about a person, as JSON and as a page to read."""

from io import BytesIO
from typing import cast
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

import orjson

from api.bulk_processing.person_page import render_page
from api.bulk_processing.stopping import Stopped, require_running
from api.kernel.schema.global_ids import encode_id
from domain.bulk_operations import MAX_FILE_SIZE, BulkOperationFailure
from domain.kernel.errors import Refusal
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.personal_data import read_sections
from persistence.bulk_operations.files import Advance, advance, load_progress
from persistence.personal_data.omissions import OMITTED_COLUMNS, OMITTED_PARTS
from persistence.reading.cpu_worker import run_in_worker
from persistence.unit_of_work.work import Work as StoredWork

FORMAT = "trellis-person-export/1"


async def export_person(owner: Work, operation_id: UUID) -> None:
    """Store the export of a person, in a unit of work of who asked for it. Raises Stopped."""
    operation = await require_running(owner, operation_id)
    assert operation.subject_id is not None, "An export is about a person."
    try:
        person = await owner.get(Person, operation.subject_id, to=Person.EXPORT)
    except Refusal:
        raise Stopped(BulkOperationFailure.OWNER_WITHOUT_ACCESS) from None
    head = {
        "format": FORMAT,
        "person": encode_id("person", person.id),
        "name": person.name,
        "exportedAt": owner.now,
        "leftOut": [
            {"what": name, "why": reason}
            for name, reason in sorted({**OMITTED_COLUMNS, **OMITTED_PARTS}.items())
        ],
    }
    is_office = owner.actor.person_id != person.id
    sections = list[tuple[str, str, list[str]]]()
    count = size = 0
    async for section, rows in read_sections(owner, person.id, is_office=is_office):
        sections.append((section.table, section.column, rows))
        count, size = count + len(rows), size + sum(map(len, rows))
        if size > MAX_FILE_SIZE:
            raise Stopped(BulkOperationFailure.RESULTS_TOO_LARGE)
    tenant_id = owner.actor.tenant_id
    data = await run_in_worker(tenant_id, lambda: _build_archive(head, sections))
    connection = await cast(StoredWork, owner).get_connection()
    before = await load_progress(connection, tenant_id, operation_id)
    done = Advance(1, count, 0, data, row_count=count)
    if not await advance(connection, tenant_id, operation_id, before, done):
        raise Stopped
    operation.finish(owner.now)


def _build_archive(head: dict[str, object], sections: list[tuple[str, str, list[str]]]) -> bytes:
    document = head | {
        "sections": [
            {"table": table, "column": column, "rows": [orjson.Fragment(each) for each in rows]}
            for table, column, rows in sections
        ]
    }
    text = orjson.dumps(document, option=orjson.OPT_INDENT_2)
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as files:
        files.writestr("person.json", text)
        files.writestr("person.html", render_page(orjson.loads(text)))
    return archive.getvalue()
