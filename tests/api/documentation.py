"""The GraphQL documents in the documentation, run as the account that each page names."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from api.kernel.execution.engine import Response
from domain.service_clients import build_subject, parse_client_key
from tests.api.bulk_story import run_operation, send_file
from tests.factories.graph import DatabaseGraph

ROOT = Path(__file__).resolve().parents[2]
EVENT_TIMEOUT = 10.0

_BLOCK = re.compile(r"^```(graphql|json|jsonl)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_ACCOUNT = re.compile(r"^# as: (\S+)$", re.MULTILINE)
_ERROR = re.compile(r"^# error: (\w+)$", re.MULTILINE)
_REFERENCE = re.compile(r"<([\w.]+)>")

Json = dict[str, Any]


@dataclass
class Document:
    """A fenced `graphql` block with the JSON block that follows it.

    `answer` is the beginning of the data, where the page shows it. `error` is the only code that
    the page expects, of the request or of a payload. `file` is sent to the address in the answer.
    """

    line: int
    text: str
    account: str
    error: str | None
    variables: Json = field(default_factory=dict)
    answer: Json | None = None
    file: str | None = None

    @property
    def tenant(self) -> str:
        """The slug of the account's tenant: the demo's addresses end in `@SLUG.example`."""
        return self.account.partition("@")[2].removesuffix(".example")

    @property
    def is_subscription(self) -> bool:
        """Whether the document is a subscription."""
        return re.search(r"^subscription\b", self.text, re.MULTILINE) is not None

    def check(self, answer: Json) -> Json:
        """Compare an answer and its error with what the page says; return its data."""
        expected = [self.error] if self.error else []
        assert list(_list_codes(answer)) == expected, (self.line, answer)
        data = answer.get("data") or {}
        if self.answer is not None:
            assert _select_shape(data, self.answer) == self.answer, self.line
        return data


PLATFORM_PAGE = "docs/guides/vendors.md"
"""The page whose documents are for the platform."""


def list_pages() -> list[str]:
    """List the pages that have documents for tenants, by their paths below the root."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    found = (str(page.relative_to(ROOT)) for page in pages if "```graphql" in page.read_text())
    return [each for each in found if each != PLATFORM_PAGE]


def extract_documents(page: str) -> list[Document]:
    """Extract the documents of a page, in their order. A document without an account fails."""
    text = (ROOT / page).read_text()
    documents: list[Document] = []
    for block in _BLOCK.finditer(text):
        if block[1] == "graphql":
            documents.append(_read_document(block[2], text.count("\n", 0, block.start()) + 1))
        elif documents and block[1] == "jsonl":
            documents[-1].file = block[2]
        elif documents:
            _attach_json(documents[-1], json.loads(block[2]))
    return documents


def _read_document(text: str, line: int) -> Document:
    account, error = _ACCOUNT.search(text), _ERROR.search(text)
    assert account is not None, f"line {line}: name the account (# as: hr@meridian.example)"
    return Document(line, text, account[1], error[1] if error else None)


def _attach_json(document: Document, value: Json) -> None:
    if "data" in value:
        document.answer = value["data"]
    else:
        document.variables = value


class PageRunner:
    """Runs the documents of one page; later ones may refer to the answers of earlier ones."""

    def __init__(self, graphs: Mapping[str, DatabaseGraph]) -> None:
        self._graphs = graphs
        self._answers: Json = {}
        self._streams: list[Any] = []
        self._has_changed_something = False

    async def run(self, document: Document) -> None:
        """Run a document, and compare its error and its answer with what the page says."""
        graph, account = self._find_sender(document)
        variables = resolve_references(document.variables, self._answers)
        if document.is_subscription:
            stream = await graph.subscribe(account, document.text, **variables)
            assert not isinstance(stream, Response), stream
            self._streams.append(stream)
            return
        response = await graph.execute(account, document.text, **variables)
        data = document.check(orjson.loads(response.body))
        if not document.error:
            assert None not in data.values(), (document.line, "finds nothing", data)
            self._answers |= data
        if document.file is not None:
            await send_file(graph, data["stagedUploadCreate"]["address"]["path"], document.file)
        for each in data.keys() & {"bulkOperationRun", "personExport"}:
            await run_operation(graph, data[each]["bulkOperation"]["id"])
        self._has_changed_something |= "mutation" in document.text and not document.error

    def _find_sender(self, document: Document) -> tuple[DatabaseGraph, str]:
        """Return the graph and the subject of an account, or of the service client of a key."""
        key = parse_client_key(str(resolve_references(document.account, self._answers)))
        if key is None:
            return self._graphs[document.tenant], document.account
        (graph,) = (
            each for each in self._graphs.values() if each.tenant_id == key.client.tenant_id
        )
        return graph, build_subject(key.client.id)

    async def close(self) -> None:
        """End the streams. Each must have an event if a later document changed something."""
        for stream in self._streams:
            if self._has_changed_something:
                event = await asyncio.wait_for(anext(stream), EVENT_TIMEOUT)
                assert b'"errors"' not in event, event
            await stream.aclose()


def resolve_references(value: Any, answers: Json) -> Any:
    """Replace each `"<path.of.an.answer>"` by the value that is found there."""
    if isinstance(value, dict):
        return {key: resolve_references(each, answers) for key, each in value.items()}
    if isinstance(value, list):
        return [resolve_references(each, answers) for each in value]
    reference = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    if reference is None:
        return value
    found: Any = answers
    for step in reference[1].split("."):
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


def _list_codes(answer: Json) -> Iterator[str]:
    for error in answer.get("errors", ()):
        yield error["extensions"]["code"]
    for payload in (answer.get("data") or {}).values():
        if isinstance(payload, dict):
            yield from (error["code"] for error in payload.get("errors") or ())


def _select_shape(value: Any, shape: Any) -> Any:
    """Keep of a value only what the shape names."""
    if isinstance(shape, dict) and isinstance(value, dict):
        return {key: _select_shape(value.get(key), each) for key, each in shape.items()}
    return value
