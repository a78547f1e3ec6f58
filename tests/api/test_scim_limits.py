"""Limits of SCIM: no request stops the process, and no body is answered with an error of ours."""

from tests.api.scim_client import make_scim
from tests.api.served_company import ServedCompany


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
