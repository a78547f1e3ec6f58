"""CSV files of bulk operations: how they are read is shown, and what is not clear is asked."""

from typing import Any

import asyncpg
import pytest

from api.bulk_processing.lines import Place, RowTooLong, Window
from api.bulk_processing.tables import CsvReader, detect
from api.table_files import columns as table_columns
from api.table_files.columns import MAX_DATES
from api.table_files.date_forms import find_date_forms
from api.table_files.table_file import SAMPLE_CELLS, read_sample
from domain.bulk_operations import BulkDateForm, BulkEncoding, BulkSeparator, CsvForm
from domain.kernel.errors import Invalid
from tests.api.bulk_story import OPERATION, UPLOAD, BulkStory
from tests.api.company import Company

pytestmark = pytest.mark.anyio

FORM = "bulkOperation { id encoding separator dateForm columns }"


@pytest.fixture
def story(company: Company, writing: asyncpg.Pool) -> BulkStory:
    return BulkStory(company, writing)


async def stage(story: BulkStory, data: bytes) -> str:
    made = await story.mutate("hr", "stagedUploadCreate", UPLOAD, format="CSV")
    await story.client.put(made["address"]["path"], content=data)
    return str(made["stagedUpload"]["id"])


async def test_a_file_is_read_as_its_dry_run_has_shown(story: BulkStory) -> None:
    text = (
        "Employee ID;First name;Last name;Supervisor;Start date;FTE;Salary\r\n"
        "7;Jörg;Groß;8;31.12.2025;0,8;1\r\n"
        ";;;;;;\r\n"
        '8;"Ann\r\nMarie";Okafor;;01.03.2024;1;1\r\n'
        "9;Bo;Lee;8;2024;1;1\r\n"
    )
    upload = await stage(story, text.encode("cp1252"))
    csv = {"columns": [{"header": "Supervisor", "field": "manager"}]}
    given = {"kind": "UPSERT_PEOPLE", "uploadId": upload, "source": "payroll", "csv": csv}
    shown = await story.mutate("hr", "bulkOperationRun", FORM, dryRun=True, **given)
    assert shown["bulkOperation"] | {"id": None} == {
        "id": None,
        "encoding": "WINDOWS_1252",
        "separator": "SEMICOLON",
        "dateForm": "DAY_MONTH_YEAR_DOTS",
        "columns": [
            *("Employee ID=id", "First name=givenName", "Last name=familyName"),
            *("Supervisor=manager", "Start date=hiredOn", "FTE=workingTimeShare"),
        ],
    }
    await story.work(shown["bulkOperation"])
    plan = await story.download(shown["bulkOperation"])
    assert [(each["line"], each["outcome"]) for each in plan] == [
        (2, "CREATED"),
        (4, "CREATED"),
        (6, "REJECTED"),
    ]
    done, results = await story.run(upload, source="payroll", csv=csv)
    assert (done["createdCount"], done["rejectedCount"]) == (2, 1)
    assert [each["field"] for each in results[2]["errors"]] == [["hiredOn"]]
    query = """query($id: ID!) { person(by: { id: $id }) {
      name hiredOn jobs { workingTimeShare } manager { name } } }"""
    found = await story.company.query("hr", query, id=results[0]["id"])
    assert found["person"] == {
        "name": "Jörg Groß",
        "hiredOn": "2025-12-31",
        "jobs": [{"workingTimeShare": "0.8"}],
        "manager": {"name": "Ann Marie Okafor"},
    }


async def test_what_could_be_read_in_two_ways_is_asked(story: BulkStory) -> None:
    upload = await stage(story, b"id,first name,start date\n1,Ada,01/02/2025\n")
    given: dict[str, Any] = {"kind": "UPSERT_PEOPLE", "uploadId": upload, "source": "payroll"}
    refused = await story.company.mutate("hr", "bulkOperationRun", OPERATION, **given)
    (error,) = refused["errors"]
    assert (error["code"], error["field"]) == ("INVALID_FORMAT", ["csv"])
    assert "DD/MM/YYYY or MM/DD/YYYY" in error["message"]
    assert refused["bulkOperation"] is None
    for wrong, field in [
        ({"kind": "UPSERT_TEAMS"}, ["kind"]),
        ({"source": None}, ["source"]),
        ({"csv": {"columns": [{"header": "Boss", "field": "manager"}]}}, ["csv"]),
        ({"csv": {"columns": [{"header": "id", "field": "salary"}]}}, ["csv"]),
    ]:
        refused = await story.company.mutate("hr", "bulkOperationRun", OPERATION, **given | wrong)
        assert [each["field"] for each in refused["errors"]] == [field]
    stated = {"csv": {"dateForm": "DAY_MONTH_YEAR_SLASHES"}}
    made = await story.mutate("hr", "bulkOperationRun", FORM, **given | stated)
    assert made["bulkOperation"]["dateForm"] == "DAY_MONTH_YEAR_SLASHES"


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", BulkEncoding.UTF_8),
        ("utf-8-sig", BulkEncoding.UTF_8),
        ("utf-16", BulkEncoding.UTF_16),
        ("cp1252", BulkEncoding.WINDOWS_1252),
    ],
)
def test_rows_are_the_same_from_every_place_of_every_encoding(
    codec: str, encoding: BulkEncoding
) -> None:
    data = 'id\tfirst name\n1\t"Zoë\nLi"\n\n2\tBjörn\n3\tĊ'.replace("Ċ", "È").encode(codec)
    form = detect(data, "hr", CsvForm(), {})
    day = BulkDateForm.YEAR_MONTH_DAY
    columns = ("id=id", "first name=givenName")
    assert form == CsvForm(encoding, BulkSeparator.TAB, day, columns)
    reader = CsvReader.create(data, "hr", form)
    whole, end = reader.read(Window(data, 0, is_last=True), Place(0, 1), 9)
    assert [(each.line, each.value["givenName"]) for each in whole] == [
        (2, "Zoë Li"),
        (5, "Björn"),
        (6, "È"),
    ]
    assert end.offset == len(data)
    one_by_one, place = [], Place(0, 1)
    while place.offset < len(data):
        window = Window(data[place.offset :], place.offset, is_last=True)
        rows, place = reader.read(window, place, 1)
        one_by_one += rows
    assert one_by_one == whole


def test_a_row_that_a_window_cuts_off_is_read_from_the_next() -> None:
    data = b'id,first name\n1,Ada\n2,"Bo\nLee"\n'
    reader = CsvReader.create(data, "hr", detect(data, "hr", CsvForm(), {}))
    for size in range(len(data) - 6, len(data)):
        rows, place = reader.read(Window(data[:size], 0, is_last=False), Place(0, 1), 9)
        assert [each.value["givenName"] for each in rows] == ["Ada"]
        assert (place.line, data[place.offset :][:1]) == (3, b"2")
    with pytest.raises(RowTooLong):
        reader.read(Window(data[20:28], 20, is_last=False), place, 9)
    wrong = Window(b"3,\xff\n4,\0\n", len(data), is_last=True)
    rows, _ = reader.read(wrong, Place(len(data), 5), 9)
    assert [len(each.faults) for each in rows] == [1, 1]


def test_a_file_without_columns_of_people_is_refused() -> None:
    with pytest.raises(Invalid, match="No column has the ids"):
        detect(b"name\nAda\n", "hr", CsvForm(), {})
    with pytest.raises(Invalid, match="The file is not in utf-8"):
        detect(b"id\n\xff\n", "hr", CsvForm(BulkEncoding.UTF_8), {})


def test_hostile_samples_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = list[int]()

    def count_dates(values: list[str]) -> list[str]:
        tried.append(len(values))
        return find_date_forms(values)

    monkeypatch.setattr(table_columns, "find_date_forms", count_dates)
    header = b"id,hired on,last day,valid from\n"
    rows = b"".join(b"%d,%d,%d,%d\n" % (each, each, each, each) for each in range(40_000))
    detect(header + rows, "payroll", CsvForm(), {})
    assert tried == [MAX_DATES]
    sample = read_sample(header + b"1,2,3,4\n" * 100_000, None, None)
    assert len(sample.rows) == SAMPLE_CELLS // 5 - 1
    with pytest.raises(Invalid, match="more than 1,000 columns"):
        detect(b"id" + b",a" * 1_000 + b"\n1\n", "payroll", CsvForm(), {})


def test_lines_of_a_csv_file_are_read_in_bounded_parts() -> None:
    form = CsvForm(BulkEncoding.UTF_8, BulkSeparator.COMMA, BulkDateForm.YEAR_MONTH_DAY)
    data = b"id\n" + b"\n" * 30_000 + b"1\n"
    reader, window = CsvReader.create(data, "payroll", form), Window(data, 0, is_last=True)
    rows, place = reader.read(window, Place(0, 1), 250)
    assert (rows, place) == ([], Place(20_002, 20_001))
    rows, place = reader.read(window, place, 250)
    assert ([each.line for each in rows], place.offset) == ([30_002], len(data))
