"""The requests of the guide for identity admins are answered as it says."""

import json
import re
from pathlib import Path

from tests.api.scim_client import make_scim
from tests.api.served_company import ServedCompany

BLOCK = re.compile(
    r"^```http\n(\w+) /scim/v2(\S.*?)\n(.*?)\n(\d{3})\n```", re.DOTALL | re.MULTILINE
)


def test_every_request_of_the_guide_is_answered_as_it_says(busy: ServedCompany) -> None:
    scim, id = make_scim(busy), ""
    blocks = BLOCK.findall(Path("docs/guides/scim.md").read_text())
    assert len(blocks) == 10
    for method, path, text, status in blocks:
        body = json.loads(text) if text.strip() else None
        answer = scim.send(method, path.replace("{id}", id), body)
        assert answer.status_code == int(status), (method, path, answer.text)
        if status == "201":
            id = answer.json()["id"]
        if status == "200" and method == "GET":
            assert answer.json()["totalResults"] == 1
        if path == "/Bulk":
            assert [each["status"] for each in answer.json()["Operations"]] == ["201"]
