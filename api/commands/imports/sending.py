"""Send rows to `peopleUpsert` in batches, and wait where the server asks for it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

BATCH_SIZE = 250
MAX_ATTEMPTS = 8
"""How often a batch is sent when the server cannot be reached, or is overloaded."""
MAX_WAIT = 60.0
"""Seconds."""
DOCUMENT = """mutation Import($input: PeopleUpsertInput!) {
  peopleUpsert(input: $input) {
    outcomes
    errors { code message field index }
  }
}"""

Row = Mapping[str, Any]


class ImportFailed(Exception):
    """The import cannot go on. The message is a sentence for the user."""


@dataclass(frozen=True)
class SentRow:
    """What became of a row. `faults` are pairs of a field and a sentence."""

    outcome: str
    faults: Sequence[tuple[str, str]]


@dataclass
class Sender:
    """Sends rows with the key of a service client or a token."""

    client: httpx.Client
    is_dry_run: bool
    sleep: Callable[[float], None] = time.sleep

    def send_all(self, rows: Sequence[Row]) -> Iterator[SentRow]:
        """Send the rows, and yield what became of each, in their order. Raises ImportFailed."""
        for start in range(0, len(rows), BATCH_SIZE):
            yield from self._send(rows[start : start + BATCH_SIZE])

    def _send(self, rows: Sequence[Row]) -> Iterator[SentRow]:
        payload = self._post({"rows": rows, "dryRun": self.is_dry_run})["peopleUpsert"]
        general = [each["message"] for each in payload["errors"] if each["index"] is None]
        if general:
            raise ImportFailed(" ".join(general))
        for index, outcome in enumerate(payload["outcomes"]):
            faults = [
                (".".join(each["field"][2:]), each["message"])
                for each in payload["errors"]
                if each["index"] == index
            ]
            yield SentRow(outcome, faults)

    def _post(self, input: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data of a batch. One that is sent twice changes nothing the second time."""
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                response = self.client.post(
                    "/graphql", json={"query": DOCUMENT, "variables": {"input": input}}
                )
                answer = response.json()
            except (httpx.TransportError, ValueError) as error:
                problem, wait = str(error) or type(error).__name__, 2.0**attempt
            else:
                errors = answer.get("errors")
                if not errors:
                    data: dict[str, Any] = answer["data"]
                    return data
                problem = errors[0]["message"]
                if response.status_code not in (429, 503):
                    raise ImportFailed(problem)
                wait = float(response.headers.get("Retry-After", 2**attempt))
            self.sleep(min(wait, MAX_WAIT))
        raise ImportFailed(f"The server does not answer: {problem}")
