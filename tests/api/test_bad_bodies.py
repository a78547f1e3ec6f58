"""Malformed or oversized bodies and documents are refused over HTTP, and change nothing."""

import json

import pytest

from tests.api.served_company import ServedCompany


def post_and_read_error(wire: ServedCompany, content: bytes) -> tuple[int, str]:
    """Return the status and the code of the only error."""
    answer = wire.client.post("/graphql", content=content, headers=wire.build_headers("ruler"))
    (error,) = answer.json()["errors"]
    assert error["message"].endswith(".")
    assert error["extensions"]["requestId"]
    return answer.status_code, error["extensions"]["code"]


def encode_request(query: str) -> bytes:
    return json.dumps({"query": query}).encode()


def test_ten_megabytes_are_too_many(wire: ServedCompany) -> None:
    assert post_and_read_error(
        wire, encode_request("{ viewer { person { id } } }" + " " * 10_000_000)
    ) == (
        413,
        "LIMIT_EXCEEDED",
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"query"',
        b'{"query": 1}',
        b'{"query": "{ viewer { person { name } } }", "variables": []}',
        b'{"query": "{ viewer { person { name } } }", "query": "{ tenant { id } }"}',
        b'\xff\xfe{"query": "{ viewer { person { name } } }"}',
        b'{"query": "{ viewer { person { name } } } # \xc3\x28"}',
        b'{"query": "{ viewer { person { name } } } # \xed\xa0\x80"}',
        b'{"query": "{ viewer { person { name } } } # \\u0000"}',
        b'{"query": "{ viewer { person { name } } }", "variables": {"a": NaN}}',
        b'{"query": "{ viewer { person { name } } }", "variables": {"a": 1e999}}',
        b"[" * 50_000,
        b'{"query": "{ viewer { person { name } } }", "variables": ' + b'{"a":' * 9_000 + b"1",
    ],
)
def test_what_is_no_request_is_refused(wire: ServedCompany, content: bytes) -> None:
    assert post_and_read_error(wire, content) == (400, "BAD_REQUEST")


DEEP = "{ goals { nodes " + "{ parent " * 40 + "{ id }" + " }" * 40 + " } }"
WIDE = "{ " + " ".join(f"a{n}: tenant {{ id }}" for n in range(60)) + " }"
ALIASED = "{ tenant { " + " ".join(f"a{n}: name" for n in range(200)) + " } }"
SPREAD = "{ tenant { ...A } } fragment A on Tenant { ...B } fragment B on Tenant { ...A }"
EXPENSIVE = "{ goals(first: 100) { nodes { children(first: 100) { nodes { children(first: 100)"
EXPENSIVE += " { nodes { id } } } } } } }"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (DEEP, "DEPTH_LIMIT_EXCEEDED"),
        (WIDE, "LIMIT_EXCEEDED"),
        (ALIASED, "LIMIT_EXCEEDED"),
        (SPREAD, "GRAPHQL_VALIDATION_FAILED"),
        (EXPENSIVE, "COST_LIMIT_EXCEEDED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { tenant { id } } query B { tenant { id } }", "OPERATION_RESOLUTION_FAILURE"),
        ("mutation { goalCreate(input: {}) { goal { id } } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { goalChanged { goal { id } } }", "BAD_REQUEST"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_documents_that_ask_too_much_are_refused(
    wire: ServedCompany, query: str, code: str
) -> None:
    answer = wire.client.post(
        "/graphql", content=encode_request(query), headers=wire.build_headers("ruler")
    )
    found = answer.json()
    assert answer.status_code < 500
    assert {each["extensions"]["code"] for each in found["errors"]} == {code}
    assert found.get("data") is None
