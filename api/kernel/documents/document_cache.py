"""Documents: parsed, guarded and validated once, kept by their text while there is room."""

from collections import OrderedDict
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

from api.kernel.documents.fast_validation import validate_document
from api.kernel.documents.limits import Limits, build_limit_error, check_limits
from api.kernel.documents.unstorable_text import reject_unstorable_document
from api.kernel.execution.errors import RequestError
from api.kernel.execution.selection_builder import (
    Operation,
    collect_condition_variables,
    collect_fragments,
)

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
        self._documents: OrderedDict[str, Document | RequestError] = OrderedDict()
        self._total_characters = 0

    def is_cached(self, text: str) -> bool:
        """Whether the document was read lately, so that it costs nothing to read."""
        return text in self._documents or len(text) > self.limits.characters

    def get(self, text: str) -> Document:
        """The document. Raises RequestRefused if it is malformed, asks too much or does not fit."""
        if len(text) > self.limits.characters:
            raise build_limit_error("characters", self.limits.characters)
        found = self._documents.get(text)
        if found is None:
            found = self._load_document(text)
        else:
            self._documents.move_to_end(text)
        if isinstance(found, RequestError):
            raise found.copy()
        return found

    def _load_document(self, text: str) -> Document | RequestError:
        try:
            found: Document | RequestError = self._parse_and_validate(text)
        except RequestError as refused:
            found = refused.copy()
        self._documents[text] = found
        self._total_characters += len(text)
        while (
            self._total_characters > MAX_CACHED_CHARACTERS
            or len(self._documents) > MAX_CACHED_DOCUMENTS
        ):
            oldest, evicted = self._documents.popitem(last=False)
            self._total_characters -= len(oldest)
            if isinstance(evicted, Document):
                evicted.release()
        return found

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
