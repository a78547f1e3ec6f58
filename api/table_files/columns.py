"""Which column of a file gives which field of a person, and the rows that are sent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from api.table_files.date_forms import FORMS, find_date_forms, parse_date
from api.table_files.table_file import TableFile

ID, MANAGER, UNIT = "id", "manager", "organization"
REFERENCES = (MANAGER, UNIT)
DATES = ("hiredOn", "lastDay", "validFrom")
REQUIRED = ("givenName",)
"""An empty cell says nothing about these."""
KNOWN_HEADERS: Mapping[str, Sequence[str]] = {
    ID: ("id", "employeeid", "personid", "workerid", "personnelnumber"),
    "givenName": ("givenname", "firstname", "vorname"),
    "familyName": ("familyname", "lastname", "surname", "nachname"),
    "name": ("name", "fullname", "displayname"),
    "workEmail": ("workemail", "email", "emailaddress", "mail"),
    "employeeNumber": ("employeenumber", "employeeno", "staffnumber"),
    MANAGER: ("managerid", "supervisorid", "reportstoid"),
    UNIT: ("organizationid", "unitid", "departmentid"),
    "jobTitle": ("jobtitle", "title", "position"),
    "level": ("level", "grade"),
    "location": ("location", "site", "workplace"),
    "employmentType": ("employmenttype", "contracttype"),
    "workingTimeShare": ("workingtimeshare", "fte"),
    "timeZone": ("timezone",),
    "hiredOn": ("hiredon", "hiredate", "startdate"),
    "lastDay": ("lastday", "lastdayofwork", "lastworkingday"),
    "validFrom": ("validfrom", "effectivedate"),
    "sourceVersion": ("sourceversion", "version"),
}
"""Headers that name a field, in lower case without spaces and signs.

The end of an employment has many meanings among HR systems, so only headers that say "last day" are
known. A column "Manager" may hold names, so only those are known that say that they hold ids.
"""
MAX_DATES = 2_000
"""Different dates by which the form of dates is found. Each is tried in every form."""
DECIMAL_COMMA = re.compile(r"\d+,\d+")


@dataclass(frozen=True)
class Columns:
    """The number of the column by field, the form of the dates, and the name of the source."""

    source: str
    by_field: Mapping[str, int]
    date_form: str

    def build_row(self, cells: Sequence[str]) -> dict[str, Any]:
        """Return the input of `peopleUpsert` for a line. What is no date stays as it is written."""
        row = dict[str, Any]()
        for field in self.by_field:
            value = self.find_cell(cells, field)
            if field == ID:
                row["externalReference"] = {"source": self.source, "id": value}
            elif field in REFERENCES:
                reference = {"source": self.source, "id": value}
                row[field] = {"externalReference": reference} if value else None
            elif value or field not in REQUIRED:
                row[field] = self._convert(field, value) if value else None
        return row

    def find_cell(self, cells: Sequence[str], field: str) -> str:
        """Return the cell of a field of an input, which is empty if the line has none."""
        column = self.by_field.get(ID if field.startswith("externalReference") else field)
        return cells[column] if column is not None and column < len(cells) else ""

    def _convert(self, field: str, value: str) -> str:
        if field in DATES:
            return parse_date(value, self.date_form) or value
        if field == "employmentType":
            return value.upper().replace(" ", "_").replace("-", "_")
        if field == "workingTimeShare" and DECIMAL_COMMA.fullmatch(value):
            return value.replace(",", ".")
        return value


def map_columns(
    table: TableFile, source: str, stated: Mapping[str, str], date_form: str | None
) -> Columns:
    """Return which columns are read. `stated` gives a field by header, and counts before names.

    Raises ValueError with a sentence for the user.
    """
    by_field = dict[str, int]()
    for header, field in stated.items():
        if header not in table.header:
            raise ValueError(f"The file has no column “{header}”.")
        if field not in KNOWN_HEADERS:
            raise ValueError(f"There is no field {field}. Fields: {', '.join(KNOWN_HEADERS)}.")
        by_field[field] = table.header.index(header)
    for column, header in enumerate(table.header):
        if column not in by_field.values():
            for field in _find_fields(header):
                by_field.setdefault(field, column)
    if date_form is not None and date_form not in FORMS:
        raise ValueError(f"There is no date form {date_form}. Forms: {', '.join(FORMS)}.")
    if ID not in by_field:
        raise ValueError('No column has the ids of the people. State which one is the field "id".')
    values = [
        one for each in DATES if each in by_field for one in table.list_values(by_field[each])
    ]
    return Columns(source, by_field, date_form or _choose_date_form(values))


def _find_fields(header: str) -> list[str]:
    folded = re.sub(r"[^a-z]", "", header.lower())
    return [field for field, headers in KNOWN_HEADERS.items() if folded in headers]


def _choose_date_form(given: Sequence[str]) -> str:
    values = [*islice(dict.fromkeys(given), MAX_DATES)]
    forms = find_date_forms(values)
    if len(forms) > 1:
        example = next(each for each in values if parse_date(each, forms[0]))
        raise ValueError(
            f"A date such as {example} could be {' or '.join(forms)}. State the form of dates."
        )
    return forms[0] if forms else "YYYY-MM-DD"
