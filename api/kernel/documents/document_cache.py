"""A cache of documents, which are parsed, checked and validated once."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.language import Lexer, Source
from graphql.language.parser import Parser

from api.errors import RequestError
from api.kernel.documents.fast_validation import validate_document
from api.kernel.documents.limits import Limits, build_limit_error, check_limits
from api.kernel.documents.unstorable_text import reject_unstorable_document
from api.kernel.execution.selection_builder import (
    Operation,
    collect_condition_variables,
    collect_fragments,
)
from persistence.kernel.caching import LruCache
from persistence.reading.cpu_worker import run_in_worker

MAX_CACHED_CHARACTERS = 150_000
"""Few, because a full garbage collection walks through all of them and blocks all else."""

MAX_CACHED_DOCUMENTS = 1_000
MAX_MESSAGE_LENGTH = 300

_FOUND_VALUE = re.compile(
    r"\b((?:Unexpected|found) (?:BlockString|String|Int|Float)) ['\"].*", re.DOTALL
)
"""A message about a value at the wrong place, which repeats the value."""


@dataclass(frozen=True, eq=False)
class Document:
    """A valid document: its operations by name."""

    operations: dict[str, Operation]

    def get_operation(self, name: str | None) -> Operation:
        """Return the operation to execute. Raises RequestError where it is not clear which."""
        if not name and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        found = self.operations.get(name or "")
        if found is None:
            message = "The document has several operations. Name one with operationName."
            if name:
                message = "The document has no operation with this name."
            raise RequestError("OPERATION_RESOLUTION_FAILURE", message)
        return found

    def release(self) -> None:
        """Release all that was prepared for the document and refers to it."""
        for each in self.operations.values():
            each.release()


class DocumentCache:
    """The recent documents by their text; errors of invalid ones are cached, too."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self.schema = schema
        self.limits = limits
        self._documents: LruCache[str, Document | RequestError] = LruCache(
            MAX_CACHED_DOCUMENTS,
            max_weight=MAX_CACHED_CHARACTERS,
            weigh=lambda text, _: len(text),
            on_evict=_release,
        )

    def get(self, text: str) -> Document | None:
        """Return the cached document, or None. Raises RequestError where it is known to be bad."""
        if len(text) > self.limits.characters:
            raise build_limit_error("characters", self.limits.characters)
        found = self._documents.get(text)
        if isinstance(found, RequestError):
            raise found.copy()
        return found

    def __contains__(self, text: str) -> bool:
        """Return whether a document is cached, valid or not."""
        return text in self._documents

    async def load(self, text: str, tenant_id: UUID) -> Document:
        """Parse and validate a document in the worker, and cache the result, even an error.

        Raises RequestError for malformed, too large or invalid documents.
        """
        # Another request may have loaded the document while this one waited for the worker.
        found = await run_in_worker(
            tenant_id, lambda: self._documents.peek(text) or self._try_to_parse(text)
        )
        if text not in self._documents:
            self._documents.put(text, found)
        if isinstance(found, RequestError):
            raise found.copy()
        return found

    def _try_to_parse(self, text: str) -> Document | RequestError:
        try:
            return self._parse_and_validate(text)
        except RequestError as error:
            return error.copy()

    def _parse_and_validate(self, text: str) -> Document:
        reject_unstorable_document(text)
        ast = self._parse(text)
        check_limits(ast, self.limits)
        errors = validate_document(self.schema, ast)
        if errors:
            message = "The document does not match the schema."
            copied_errors = tuple(_copy_without_nodes(error) for error in errors)
            raise RequestError("GRAPHQL_VALIDATION_FAILED", message, errors=copied_errors)
        fragments, conditions = collect_fragments(ast), collect_condition_variables(ast)
        operations: dict[str, Any] = {
            each.name.value if each.name else "": Operation(
                self.schema, each, fragments, conditions, self.limits, ast
            )
            for each in ast.definitions
            if isinstance(each, OperationDefinitionNode)
        }
        return Document(operations)

    def _parse(self, text: str) -> DocumentNode:
        source = Source(text)
        lexer = Lexer(source)
        first = lexer.token
        try:
            parser = Parser(source, lexer=lexer, max_tokens=self.limits.tokens)
            return parser.parse_document()
        except GraphQLError as error:
            if "tokens" in error.message:
                raise build_limit_error("tokens", self.limits.tokens) from None
            error.message = _FOUND_VALUE.sub(r"\1", error.message)
            raise RequestError(
                "GRAPHQL_PARSE_FAILED", error.message, errors=(_copy_without_nodes(error),)
            ) from None
        except RecursionError:
            raise build_limit_error("levels", self.limits.depth, "DEPTH_LIMIT_EXCEEDED") from None
        finally:
            _unlink_tokens(first)


def _release(evicted: Document | RequestError) -> None:
    if isinstance(evicted, Document):
        evicted.release()


def _unlink_tokens(token: Any) -> None:
    """Break the doubly linked list of tokens, which only the garbage collector would free."""
    while token is not None:
        token.prev, token.next, token = None, None, token.next


def _copy_without_nodes(error: GraphQLError) -> GraphQLError:
    """Return the error without the nodes of its document, so that caching it is cheap."""
    message = error.message
    if len(message) > MAX_MESSAGE_LENGTH:  # graphql-core prints whole values into them
        message = message[:MAX_MESSAGE_LENGTH] + "…"
    copied_error = GraphQLError(message)
    copied_error.locations = error.locations
    return copied_error
