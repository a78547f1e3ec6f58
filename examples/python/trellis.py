"""Send queries and mutations to Trellis, with the key of a service client.

export TRELLIS_URL=https://trellis.example TRELLIS_KEY=trellis_key_…
"""

import json
import os
import time
import urllib.error
import urllib.request
from typing import Any


class Refused(Exception):
    """Trellis answered with errors; `code` is that of the first one."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def ask(query: str, **variables: object) -> dict[str, Any]:
    """Return the data of a query. Wait where Trellis asks for it. Raises Refused."""
    request = urllib.request.Request(
        os.environ["TRELLIS_URL"] + "/graphql",
        json.dumps({"query": query, "variables": variables}).encode(),
        {
            "Authorization": f"Bearer {os.environ['TRELLIS_KEY']}",
            "Content-Type": "application/json",
        },
    )
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                answer = json.load(response)
            break
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503):
                raise
            time.sleep(float(error.headers.get("Retry-After", 1)))
    for each in answer.get("errors", ()):
        raise Refused(each["message"], each["extensions"]["code"])
    data: dict[str, Any] = answer["data"]
    return data


def change(mutation: str, **input: object) -> dict[str, Any]:
    """Return the payload of a mutation whose only argument is `input`. Raises Refused."""
    payload: dict[str, Any]
    (payload,) = ask(mutation, input=input).values()
    for each in payload["errors"]:
        raise Refused(each["message"], each["code"])
    return payload
