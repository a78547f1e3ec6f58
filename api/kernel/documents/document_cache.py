"""Documents: parsed, guarded and validated once, kept by their text while there is room."""

from dataclasses import dataclass
from typing import Any

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

MAX_CACHED_CHARACTERS = 150_000
"""Kept documents are looked at in each full collection, which stops everything: so they are few."""

MAX_CACHED_DOCUMENTS = 1_000
MAX_MESSAGE_LENGTH = 300


@dataclass(frozen=True, eq=False)
class Document:
    """A valid document: its operations by name."""

    operations: dict[str, Operation]

    def get_operation(self, name: str | None) -> Operation:
        """The operation to run. Raises RequestRefused where that is not clear."""
        if not name and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        found = self.operations.get(name or "")
        if found is None:
            message = "Say with operationName which operation of the document to run."
            if name:
                message = "The document has no operation of that name."
            raise RequestError("OPERATION_RESOLUTION_FAILURE", message)
        return found

    def release(self) -> None:
        """Let go of all that was made for it, which leads back to it: nobody will ask again."""
        for each in self.operations.values():
            each.release()


class DocumentCache:
    """The documents seen lately, good and bad, by their text."""

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

    def load(self, text: str) -> Document:
        """Parse and validate a document, and cache the result, even an error.

        Raises RequestError for malformed, too large or invalid documents.
        """
        try:
            document = self._parse_and_validate(text)
        except RequestError as error:
            self._documents.put(text, error.copy())
            raise
        self._documents.put(text, document)
        return document

    def _parse_and_validate(self, text: str) -> Document:
        reject_unstorable_document(text)
        ast = self._parse(text)
        check_limits(ast, self.limits)
        errors = validate_document(self.schema, ast)
        if errors:
            message = "The document does not fit the schema."
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
    """Undo the chain of tokens, which is linked both ways, so that only the collector would."""
    while token is not None:
        token.prev, token.next, token = None, None, token.next


def _copy_without_nodes(error: GraphQLError) -> GraphQLError:
    """The error without the tree that it came from, so that keeping it is cheap."""
    message = error.message
    if len(message) > MAX_MESSAGE_LENGTH:  # graphql-core prints whole values into them
        message = message[:MAX_MESSAGE_LENGTH] + "…"
    copied_error = GraphQLError(message)
    copied_error.locations = error.locations
    return copied_error
