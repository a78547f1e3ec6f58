"""Who may change people: the table, and the input of each row."""

from collections.abc import Callable
from typing import Any

from tests.api.company import Company
from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import REFERENCE, build_input, encode_id_of

TABLE = """
                              mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
personHire                       -    -     -      -    -    - ok     ok      -     -       -      r      r
personEdit                       -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
personChangeEmployeeNumber       -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personAddExternalReference       -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personRemoveExternalReference    -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personChangeJob                  -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personChangeJob moving           -    -     -      -    -    - ok      -      -     -       -      ?      ?
personChangeJob later            -    -     -      -    -    - ok      -      -     -       -      ?      ?
personChangeJob within           -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personCorrectJob                 -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personWithdrawJob                -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personStartLeave                 -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personReturnFromLeave            -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personDepart                     -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personDepart with successor      -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personDepart beyond the unit     -    -     -      -    -    - ok      -      -     -       -      ?      ?
personCancelDeparture            -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personRehire                     -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personAssignManager              -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
personAssignManager admin        -    -     -      -    -    - ok     ok      -     !       -      ?      ?
personAssignManager hr_ops       -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
personEndLine                    -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
personCorrectEmployment          -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personCorrectLeave               -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personCorrectLine                -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personAddPastLine                -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personAddPastLine hr_ops         -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personMerge                      -    -     -      -    -    - ok     ok      -     -       -      ?      ?
personMerge hr                   -    -     -      -    -    -  !      -     ok     -       -      ?      ?
personErase                      -    -     -      -    -    - ok     ok      -    ok       -      ?      ?
personErase working              -    -     -      -    -    -  s      s      -     s       -      ?      ?
peopleUpsert                     -    -     -      -    -    - ok     ok      -     -       -      r      r
peopleUpsert time zone           -    -     -      -    -    - ok     ok      -    ok       -      r      r
peopleUpsert manager             -    -     -      -    -    - ok     ok      -     !       -      r      r
peopleUpsert last day            -    -     -      -    -    - ok     ok      -     -       -      r      r
peopleUpsert new                 -    -     -      -    -    - ok     ok      -     -       -      -      r
"""  # noqa: E501 (a table has a column for everybody)


def _encode_employment_id(company: Company) -> str:
    return company.encode_part_id("employment", company.people["mara"].employments)


def _encode_line_id(company: Company) -> str:
    return company.encode_part_id("line", company.people["mara"].lines[1:])


def _encode_job_id(company: Company) -> str:
    return company.encode_part_id("job", company.people["peer"].jobs[1:])


def _build_rows(**row: Any) -> Callable[[Company], dict[str, Any]]:
    return lambda company: {"rows": [{"id": company.encode_id("person", "mara")} | row]}


INPUTS: Inputs = {
    "peopleUpsert": _build_rows(employeeNumber="M-1"),
    "peopleUpsert time zone": _build_rows(timeZone="Europe/Oslo"),
    "peopleUpsert manager": lambda company: _build_rows(
        manager={"id": company.encode_id("person", "admin")}
    )(company),
    "peopleUpsert last day": _build_rows(lastDay="2026-06-30"),
    "peopleUpsert new": lambda company: {
        "rows": [
            {
                "externalReference": {"source": "hris", "id": "4713"},
                "givenName": "New",
                "organization": {"id": company.encode_id("org", "ops")},
            }
        ]
    },
    "personHire": lambda company: {
        "givenName": "New",
        "organizationId": company.encode_id("org", "ops"),
    },
    "personEdit": build_input("person", "mara", timeZone="Europe/Oslo"),
    "personChangeJob": build_input("person", "mara", jobTitle="Dispatcher", level="L2"),
    "personChangeJob moving": build_input(
        "person", "mara", organizationId=encode_id_of("org", "sales")
    ),
    "personChangeJob later": build_input(
        "person",
        "mara",
        organizationId=encode_id_of("org", "sales"),
        effectiveOn="2026-09-01",
    ),
    "personChangeJob within": build_input(
        "person", "mara", organizationId=encode_id_of("org", "dock")
    ),
    "personChangeEmployeeNumber": build_input("person", "mara", employeeNumber="M-1"),
    "personAddExternalReference": build_input("person", "mara", reference=REFERENCE),
    "personRemoveExternalReference": build_input("person", "mara", source="workday"),
    "personCorrectJob": build_input(
        "person", "peer", jobId=_encode_job_id, level="L2", reason="A typo."
    ),
    "personWithdrawJob": build_input(
        "person", "peer", jobId=_encode_job_id, reason="Never happened."
    ),
    "personStartLeave": build_input("person", "mara", startsOn="2026-07-01"),
    "personReturnFromLeave": build_input("person", "peer"),
    "personDepart": build_input("person", "mara", lastDay="2026-12-31"),
    "personDepart with successor": build_input(
        "person",
        "boss",
        lastDay="2026-12-31",
        successorId=encode_id_of("person", "lead"),
    ),
    "personDepart beyond the unit": build_input(
        "person",
        "chief",
        lastDay="2026-12-31",
        successorId=encode_id_of("person", "former"),
    ),
    "personCancelDeparture": build_input("person", "alumna"),
    "personRehire": build_input("person", "alumna"),
    "personCorrectEmployment": build_input(
        "person",
        "mara",
        employmentId=_encode_employment_id,
        hiredOn="2019-12-01",
        reason="The contract says so.",
    ),
    "personCorrectLeave": build_input(
        "person",
        "peer",
        leaveId=lambda company: company.encode_part_id("leave", company.people["peer"].leaves),
        startsOn="2026-05-25",
        reason="The form came late.",
    ),
    "personCorrectLine": build_input(
        "person",
        "mara",
        lineId=_encode_line_id,
        startsOn="2026-05-25",
        reason="It was entered late.",
    ),
    **{
        f"personAddPastLine{row}": build_input(
            "person",
            "mara",
            managerId=encode_id_of("person", who),
            startsOn="2026-05-25",
            reason="It was entered late.",
        )
        for row, who in (("", "lead"), (" hr_ops", "hr_ops"))
    },
    "personErase": build_input("person", "alumna", confirmName="Alumna Okafor", reason="REQUESTED"),
    "personErase working": build_input(
        "person", "mara", confirmName="Mara Okafor", reason="REQUESTED"
    ),
    "personMerge": build_input(
        "person", "mara", duplicateId=encode_id_of("person", "alumna"), reason="Hired twice."
    ),
    "personMerge hr": build_input(
        "person", "hr", duplicateId=encode_id_of("person", "newcomer"), reason="Hired twice."
    ),
    "personAssignManager": build_input("person", "mara", managerId=encode_id_of("person", "lead")),
    **{
        f"personAssignManager {who}": build_input(
            "person", "mara", managerId=encode_id_of("person", who)
        )
        for who in ("admin", "hr_ops")
    },
    "personEndLine": build_input("person", "mara", lineId=_encode_line_id),
}
