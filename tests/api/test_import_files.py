"""How `trellis import` reads files: encodings, separators, dates and columns."""

from codecs import BOM_UTF8

import pytest

from api.table_files.columns import Columns, map_columns
from api.table_files.date_forms import find_date_forms, parse_date
from api.table_files.table_file import TableFile, read_table

TEXT = "Employee ID;First name;Start date\n\n7;Zoë ; 31.01.2024\n"


def a_table(text: str) -> TableFile:
    return read_table(text.encode())


def map_text(text: str, date_form: str | None = None, **stated: str) -> Columns:
    return map_columns(a_table(text), "payroll", stated, date_form)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("cp1252"), "cp1252"),
    ],
)
def test_encodings_are_detected_and_cells_are_cleaned(data: bytes, encoding: str) -> None:
    table = read_table(data)
    assert (table.encoding, table.separator) == (encoding, ";")
    assert (table.header[0], table.rows) == ("Employee ID", [["7", "Zoë", "31.01.2024"]])
    assert table.line_numbers == [3]


@pytest.mark.parametrize(
    ("text", "separator"),
    [("a,b\n1,2\n", ","), ("a\tb\n", "\t"), ("a|b\n", "|"), ('"a;x",b,c\n', ","), ("a\n", ",")],
)
def test_the_separator_is_what_the_first_line_has_most_often(text: str, separator: str) -> None:
    assert a_table(text).separator == separator


def test_a_cell_may_have_lines_of_its_own() -> None:
    table = a_table('id,name\n1,"Ada\nLovelace"\n2,Ben\n')
    assert (table.rows, table.line_numbers) == ([["1", "Ada Lovelace"], ["2", "Ben"]], [2, 4])


@pytest.mark.parametrize(
    ("values", "forms"),
    [
        (["2024-02-29", "2024-02-30"], ["YYYY-MM-DD"]),
        (["2024-02-29T00:00:00Z"], ["YYYY-MM-DD"]),
        (["31/01/2024", "01/02/2024"], ["DD/MM/YYYY"]),
        (["01/31/2024", "01/02/2024"], ["MM/DD/YYYY"]),
        (["01/02/2024"], ["DD/MM/YYYY", "MM/DD/YYYY"]),
        (["1.2.2024"], ["DD.MM.YYYY"]),
        (["soon"], []),
    ],
)
def test_the_form_of_dates_is_the_one_that_reads_most(values: list[str], forms: list[str]) -> None:
    assert find_date_forms(values) == forms


def test_a_time_other_than_midnight_is_no_day() -> None:
    assert parse_date("2024-03-01T17:00:00", "YYYY-MM-DD") is None


def test_cells_become_the_input_of_an_upsert() -> None:
    columns = map_text(
        "ID,First name,Last name,Boss,FTE,Contract type,Start date\n9,Ada,,7,,,31/12/2024\n",
        Boss="manager",
    )
    row = columns.build_row(["9", "", "", "7", "0,8", "Fixed term", "31/02/2024"])
    assert row == {
        "externalReference": {"source": "payroll", "id": "9"},
        "familyName": None,
        "manager": {"externalReference": {"source": "payroll", "id": "7"}},
        "workingTimeShare": "0.8",
        "employmentType": "FIXED_TERM",
        "hiredOn": "31/02/2024",
    }
    assert columns.build_row(["9", "Ada"])["manager"] is None


@pytest.mark.parametrize(
    ("text", "stated", "message"),
    [
        ("Name\nAda\n", {}, "No column has the ids of the people"),
        ("ID,Start date\n1,01/02/2024\n", {}, "could be DD/MM/YYYY or MM/DD/YYYY"),
        ("ID\n1\n", {"Boss": "manager"}, "The file has no column “Boss”"),
        ("ID,Boss\n1,2\n", {"Boss": "boss"}, "There is no field boss. Fields: id,"),
        ("\n\n", {}, "The file is empty"),
    ],
)
def test_what_the_file_does_not_say_is_asked(
    text: str, stated: dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        map_text(text, **stated)
