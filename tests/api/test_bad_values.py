"""Invalid texts, numbers and dates in every input field are refused with its path."""

import json
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from tests.api.mutation_inputs import (
    InputPath,
    build_input_with_value,
    find_input_field,
    format_test_id,
    iterate_declared_fields,
    stringify_path,
)
from tests.api.served_company import ServedCompany, build_mutation


def build_cases(name: str) -> list[Any]:
    return [pytest.param(*each, id=format_test_id(*each)) for each in iterate_declared_fields(name)]


TEXTS = [each for each in build_cases("String") if each.values[0] != "invitationAccept"]
"""Of all mutations that a member may call."""
NUMBERS = build_cases("Decimal")
COUNTS = build_cases("Int")
DAYS = build_cases("Date")

OPTIONAL_FIELDS = {
    *("payloadQuery", "query", "closingNote"),
    *("fact", "sectionKey", "subjectClaim", "keySetUri", "keySet"),
    *("dimension", "member"),
    "country",
    "choiceKey",
    "help",
    "competencyKey",
    "message",
    "conditionKey",
    "horizontalKey",
    "verticalKey",
    "conditionValue",
    "subdivision",
    "theme",
    "introduction",
    "description",
    "text",
    "purpose",
    "note",
    "reason",
    "leaveReason",
    "selfAppointmentReason",
    "unit",
    "unitName",
    "currency",
    "calculation",
    "formula",
    "heading",
    "comment",
    "period",
    "externalReference",
    "familyName",
} | {
    "jobTitle",
    "level",
    "location",
    "timeZone",
    "workEmail",
    "employeeNumber",
}


def read_error(
    wire: ServedCompany, verb: str, path: InputPath, value: Any
) -> tuple[str, list[str] | None]:
    """Return the code and the field of the only error."""
    payload = wire.mutate("ruler", verb, **build_input_with_value(wire.company, verb, path, value))
    assert "refused" not in payload, payload
    (error,) = payload["errors"]
    assert error["message"].endswith((".", "?"))
    assert error["message"][0].isupper()
    return error["code"], error["field"]


def post_raw_value(wire: ServedCompany, verb: str, path: InputPath, text: str) -> httpx.Response:
    """Send an input in which a value is written literally; return the response."""
    mark = "\ue000"
    input = build_input_with_value(wire.company, verb, path, mark)
    body = json.dumps(
        {"query": build_mutation(verb), "variables": {"input": input}}, ensure_ascii=False
    )
    content = body.replace(f'"{mark}"', text).encode("utf-8", "surrogatepass")
    return wire.client.post("/graphql", content=content, headers=wire.build_headers("ruler"))


def assert_unreadable(answer: httpx.Response, verb: str, path: InputPath) -> None:
    """Check that a value is refused at its path; a number may be too large for JSON."""
    found = answer.json()
    if found.get("data") is None:
        assert found["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
        return
    (error,) = found["data"][verb]["errors"]
    assert (error["code"], error["field"]) == ("INVALID_FORMAT", stringify_path(path))


@pytest.mark.parametrize(("verb", "path"), TEXTS)
def test_no_text_holds_what_cannot_be_kept(wire: ServedCompany, verb: str, path: InputPath) -> None:
    for text in (r'"a\u0000b"', r'"a\ud83dz"', r'"\udc00"', '"a\ud800"'):
        answer = post_raw_value(wire, verb, path, text)
        assert answer.status_code == 400, text
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    code, field = read_error(wire, verb, path, "a\x07b")
    assert (code, field) == ("INVALID_FORMAT", stringify_path(path))


@pytest.mark.parametrize(("verb", "path"), TEXTS)
def test_no_text_is_endless(wire: ServedCompany, verb: str, path: InputPath) -> None:
    for text in ("x" * 20_000, "🚢" * 20_000):
        assert read_error(wire, verb, path, text) == ("TOO_LONG", stringify_path(path))


@pytest.mark.parametrize(("verb", "path"), TEXTS)
def test_nothing_visible_is_nothing(wire: ServedCompany, verb: str, path: InputPath) -> None:
    if path[-1] in OPTIONAL_FIELDS and verb not in ("goalMarkMissed", "goalAbandon"):
        return  # Then it takes the value out.
    if (verb, path[0]) in {("personHire", "name"), ("reviewRefuseToSign", "statement")}:
        return
    if (verb, path[0]) == ("bulkOperationRun", "source"):
        return  # It is optional for rows that name it; the upload is not theirs, too.
    if path[-1] == "sourceVersion" or (verb.endswith("Upsert") and len(path) == 5):
        return  # Then the row has none, or refers to nothing.
    for text in ("", "   ", "\u200b\u200d", "\u2003\ufeff", "\n\t"):
        assert read_error(wire, verb, path, text) == ("REQUIRED", stringify_path(path)), repr(text)


@pytest.mark.parametrize(("verb", "path"), NUMBERS)
def test_decimals_are_exact_and_of_a_sensible_size(
    wire: ServedCompany, verb: str, path: InputPath
) -> None:
    for text in (
        *('"NaN"', '"Infinity"', '"-Infinity"', '"1e400"', '"1E+2"', '"0x10"', '"1_000"', '""'),
        *('" 1"', '"1,5"', '"1."', '".5"', '"+1"', '"--1"', '"١٢"', "true", "{}", "[1, 2]", "1.5"),
        *('"' + "9" * 100 + '"', "9" * 100, "1e400", '"0.' + "1" * 100 + '"'),
    ):
        assert_unreadable(post_raw_value(wire, verb, path, text), verb, path)
    for text in ("1000000000000000", "-999999999999999999", "0.0000001"):
        assert read_error(wire, verb, path, text) == ("OUT_OF_RANGE", stringify_path(path)), text


@pytest.mark.parametrize(("verb", "path"), COUNTS)
def test_whole_numbers_are_whole_and_small(wire: ServedCompany, verb: str, path: InputPath) -> None:
    for text in ("2147483648", "-2147483649", "1.5", '"1"', "true", "9" * 400, "1e400", "[1, 2]"):
        assert_unreadable(post_raw_value(wire, verb, path, text), verb, path)


@pytest.mark.parametrize(
    ("verb", "path", "value"),
    [
        ("teamAddMember", ("share",), -1),
        ("teamAddMember", ("share",), 101),
        ("teamChangeMembership", ("share",), 2_147_483_647),
        ("tenantEdit", ("fiscalYearStartMonth",), 0),
        ("tenantEdit", ("fiscalYearStartMonth",), 13),
        ("tenantEdit", ("fiscalYearStartMonth",), -2_147_483_648),
        ("tenantEdit", ("checkInBackdatingDays",), -1),
        ("tenantEdit", ("checkInBackdatingDays",), 367),
    ],
)
def test_numbers_lie_within_their_range(
    wire: ServedCompany, verb: str, path: InputPath, value: int
) -> None:
    assert read_error(wire, verb, path, value) == ("OUT_OF_RANGE", stringify_path(path))


@pytest.mark.parametrize(("verb", "path"), DAYS)
def test_days_are_days_of_the_calendar(wire: ServedCompany, verb: str, path: InputPath) -> None:
    for text in (
        *("2026-02-30", "2026-13-01", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01"),
        *("1899-12-31", "2200-01-01", "26-01-01", "2026-1-1", "2026-01-01T00:00:00Z", "", "today"),
        *("\u0662\u0660\u0662\u0666-01-01", "20260101", "2026-W01-1", "infinity"),
    ):
        if text == "" and find_input_field(verb, path).empty_is_null:
            continue
        answer = post_raw_value(wire, verb, path, json.dumps(text, ensure_ascii=False))
        assert_unreadable(answer, verb, path)


TODAY = date.today()  # noqa: DTZ011 - any day nearby will do


def format_day(offset: int) -> str:
    return (TODAY + timedelta(days=offset)).isoformat()


@pytest.mark.parametrize(
    ("verb", "input", "field"),
    [
        ("goalCreate", {"startsOn": format_day(2), "dueOn": format_day(1)}, "dueOn"),
        ("goalEdit", {"startsOn": format_day(2), "dueOn": format_day(1)}, "dueOn"),
        ("goalEdit", {"dueOn": "2000-01-01"}, "dueOn"),
        ("organizationCreate", {"startsOn": format_day(2), "endsOn": format_day(1)}, "endsOn"),
        ("organizationClose", {"endsOn": "1999-01-01"}, "endsOn"),
        ("teamCreate", {"startsOn": format_day(2), "endsOn": format_day(1)}, "endsOn"),
        ("teamClose", {"endsOn": "1999-01-01"}, "endsOn"),
        ("teamAddMember", {"startsOn": format_day(2), "endsOn": format_day(1)}, "endsOn"),
        ("teamAddMember", {"startsOn": "1999-01-01"}, "startsOn"),
        ("teamEndMembership", {"endsOn": "1999-01-01"}, "endsOn"),
        ("teamChangeMembership", {"startsOn": "1999-01-01"}, "startsOn"),
        ("personStartLeave", {"startsOn": format_day(2), "endsOn": format_day(1)}, "endsOn"),
        ("personStartLeave", {"startsOn": "1999-01-01"}, "startsOn"),
        ("personReturnFromLeave", {"returnsOn": "1999-01-01"}, "returnsOn"),
        ("personDepart", {"lastDay": "1999-01-01"}, "lastDay"),
        ("personRehire", {"hiredOn": "1999-01-01"}, "hiredOn"),
        ("personAssignManager", {"startsOn": "1999-01-01"}, "startsOn"),
        ("personChangeJob", {"effectiveOn": "1999-01-01"}, "effectiveOn"),
        ("personCorrectJob", {"startsOn": "1999-01-01"}, "startsOn"),
        ("personEndLine", {"endsOn": "1999-01-01"}, "endsOn"),
    ],
)
def test_no_end_lies_before_its_beginning(
    wire: ServedCompany, verb: str, input: dict[str, Any], field: str
) -> None:
    whole = build_input_with_value(wire.company, verb, (field,), None) | input
    payload = wire.mutate("ruler", verb, **whole)
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("OUT_OF_RANGE", [field])
    ]


@pytest.mark.parametrize(
    ("verb", "path", "value"),
    [
        *(("tenantEdit", ("timeZone",), zone) for zone in ("Mars/Base", "utc+1", "../etc/passwd")),
        *(("tenantEdit", ("locale",), tag) for tag in ("english", "de_DE", "e", "DE", "en-")),
        *(("personEdit", ("timeZone",), zone) for zone in ("Europe/Brelin", "GMT+25")),
        *(("personHire", ("timeZone",), zone) for zone in ("Europe/Brelin", "12")),
        *(("personEdit", ("workEmail",), text) for text in ("a", "a@b", "a b@c.de", "@c.de")),
        *(("personHire", ("workEmail",), text) for text in ("a@", "a@b..de", "<a@b.de>")),
        *(("roleCreate", ("key",), text) for text in ("Coach", "1st", "a b", "ä")),
        *(
            ("personAddExternalReference", ("reference", "source"), text)
            for text in ("S A P", "9x", "Workday")
        ),
    ],
)
def test_words_of_a_kind_are_written_so(
    wire: ServedCompany, verb: str, path: InputPath, value: str
) -> None:
    assert read_error(wire, verb, path, value) == ("INVALID_FORMAT", stringify_path(path))


ACCEPTED_TEXTS = (
    "Ship it 🚢",
    "👩🏽‍🚀 👨‍👩‍👧‍👦 🏳️‍🌈",
    "\u200fמטרה — هدف \u200f!",
    "a\u202eb\u202cc",
    "\ufdfa \u1e9e \u01c5 \u0130 \u0131",
    "日本語 한국어 ไทย",
    "'; DROP TABLE goals; -- \\ \" % _ $1 {} <script>",
    "e\u0301",
)


@pytest.mark.parametrize("text", ACCEPTED_TEXTS)
def test_what_people_type_is_kept(wire: ServedCompany, text: str) -> None:
    input = {
        "owner": {"personId": wire.company.encode_id("person", "ruler")},
        "dueOn": format_day(1),
    }
    payload = wire.mutate("ruler", "goalCreate", "goal { id }", title=text, purpose=text, **input)
    assert payload["errors"] == []
    found = wire.query(
        "ruler",
        "query($id: ID!, $text: String!) { goal(by: {id: $id}) { title purpose }"
        " goals(where: {title: {eq: $text}}) { nodes { id } } }",
        id=payload["goal"]["id"],
        text="\u00e9" if text == "e\u0301" else text.strip(),
    )
    whole = "\u00e9" if text == "e\u0301" else text.strip()
    assert found["goal"] == {"title": whole, "purpose": whole}
    assert payload["goal"] in found["goals"]["nodes"]


ARGUMENTS = [
    ("people(first: -1) { nodes { id } }", "OUT_OF_RANGE", ["first"]),
    ("people(first: 101) { nodes { id } }", "OUT_OF_RANGE", ["first"]),
    ("people(last: 101) { nodes { id } }", "OUT_OF_RANGE", ["last"]),
    ("people(first: 101) { totalCount }", "OUT_OF_RANGE", ["first"]),
    ("people(first: 1, last: 1) { nodes { id } }", "INVALID", ["last"]),
    ('people(after: "x") { nodes { id } }', "CURSOR_INVALID", ["after"]),
    ('people(after: "") { nodes { id } }', "CURSOR_INVALID", ["after"]),
    ('people(before: "🚢") { nodes { id } }', "CURSOR_INVALID", ["before"]),
    ('people(after: "x") { totalCount }', "CURSOR_INVALID", ["after"]),
    ('person(by: {id: "x"}) { id }', "INVALID_FORMAT", ["id"]),
    ("nodes(ids: " + json.dumps(["goal_x"] * 101) + ") { id }", "LIMIT_EXCEEDED", ["ids"]),
]


@pytest.mark.parametrize(("field", "code", "path"), ARGUMENTS)
def test_arguments_of_questions_are_told_at_their_place(
    wire: ServedCompany, field: str, code: str, path: list[str]
) -> None:
    (error,) = wire.post("ruler", f"{{ found: {field} }}").json()["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == (code, path)


@pytest.mark.parametrize(
    "text", ["%", "_", "\\", "(", "'", '"', "\x01", "🚢", "\u202e", " ", "x" * 200, "a " * 100]
)
def test_any_text_may_be_searched_for(wire: ServedCompany, text: str) -> None:
    query = """query($text: String!) {
      a: people(where: {name: {contains: $text}}) { totalCount }
      b: people(where: {name: {startsWith: $text}}) { totalCount }
      c: people(where: {workEmail: {in: [$text]}}) { totalCount }
      d: organization(by: {code: $text}) { id }
      e: person(by: {external: {source: $text, id: $text}}) { id }
      f: auditLog(where: {requestId: {eq: $text}}) { totalCount }
    }"""
    found = wire.query("ruler", query, text=text)
    assert (found["c"]["totalCount"], found["d"], found["e"]) == (0, None, None)
    search = wire.post("ruler", "query($t: String) { people(search: $t) { totalCount } }", t=text)
    errors = search.json().get("errors", [])
    assert [each["extensions"]["code"] for each in errors] in ([], ["LIMIT_EXCEEDED"])
