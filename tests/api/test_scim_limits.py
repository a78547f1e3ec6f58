"""Limits of SCIM: no request stops the process, and no body is answered with an error of ours."""

from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from scim2_models import TooManyException

from api.scim import limits
from tests.api.scim_client import PATCH, make_scim
from tests.api.served_company import ServedCompany
from tests.api.test_scim_users import read_error, replace_with

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


def test_no_request_takes_the_process_for_itself(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    path, began = f"/Users/{scim.create()['id']}", monotonic()
    slow = "x" + " " * 8_000 + "x"
    assert scim.send("GET", path, if_none_match=slow).status_code == 200
    assert scim.patch(path, replace_with("title", "x"), if_match=slow).status_code == 412
    deep = {"op": "replace", "path": "emails[" + "(" * 5_000 + ")" * 5_000 + "]", "value": "x"}
    wide = [replace_with(f"emails[{'value eq 1 or ' * 50}value eq 1].value", "x")] * 40
    for operations in ([deep], wide):
        data = {"schemas": [PATCH], "operations": operations}
        change = {"METHOD": "PATCH", "Path": path, "Data": data}
        for place, body in ((path, data), ("/Bulk", {"schemas": [BULK], "operations": [change]})):
            method = "POST" if place == "/Bulk" else "PATCH"
            answer = scim.send(method, place, body)
            assert (answer.status_code, answer.json().get("scimType")) == (400, "tooMany")
    change = {"method": "PATCH", "path": path, "version": slow * 5, "data": {"Operations": []}}
    answer = scim.send("POST", "/Bulk", {"schemas": [BULK], "Operations": [change]})
    assert answer.json()["Operations"][0]["status"] in ("400", "412")
    search = {"schemas": [SEARCH], "Filter": "(" * 3_000 + 'userName eq "a"' + ")" * 3_000}
    assert read_error(scim.send("POST", "/Users/.search", search)) == (400, "tooMany")
    assert monotonic() - began < 5


def test_a_body_that_is_null_is_refused(busy: ServedCompany) -> None:
    scim = make_scim(busy)
    path = f"/Users/{scim.create()['id']}"
    headers = {
        "authorization": f"Bearer {scim.token}",
        "content-type": "application/scim+json",
    }
    for method in ("PATCH", "PUT"):
        for place in (path, f"{path}/"):
            answer = busy.client.request(
                method, f"/scim/v2{place}", content="null", headers=headers
            )
            assert answer.status_code == 400, answer.text


def test_a_patch_compares_a_bounded_number_of_values() -> None:
    def patch(count: int, *operations: Any) -> None:
        given = [SimpleNamespace(op="remove", value=None, **each) for each in operations]
        limits.count_comparisons(
            SimpleNamespace(members=[0] * count), SimpleNamespace(operations=given)
        )

    one = {"path": 'members[value eq "a" or value eq "b"]'}
    patch(5_000, one, {"path": "displayName"})
    for count, operations in ((5_000, [one] * 2), (1_000, [one] * 10)):
        with pytest.raises(TooManyException):
            patch(count, *operations)
