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

from api.kernel.limits import Limits, exceeded, guard
from api.kernel.refusals import RequestRefused
from api.kernel.selections import Operation, conditions_of, fragments_of
from api.kernel.text import refuse_unstorable_document
from api.kernel.validation import misfits

MOST_CHARACTERS = 150_000
"""Kept documents are looked at in each full collection, which stops everything: so they are few."""

MOST_DOCUMENTS = 1_000
LONGEST_MESSAGE = 300


@dataclass(frozen=True, eq=False)
class Document:
    """A valid document: its operations by name."""

    operations: dict[str, Operation]

    def operation(self, name: str | None) -> Operation:
        """The operation to run. Raises RequestRefused where that is not clear."""
        if not name and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        found = self.operations.get(name or "")
        if found is None:
            message = "Say with operationName which operation of the document to run."
            if name:
                message = "The document has no operation of that name."
            raise RequestRefused("OPERATION_RESOLUTION_FAILURE", message)
        return found

    def forget(self) -> None:
        """Let go of all that was made for it, which leads back to it: nobody will ask again."""
        for each in self.operations.values():
            each.forget()


class Documents:
    """The documents seen lately, good and bad, by their text."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self.schema = schema
        self.limits = limits
        self._known: OrderedDict[str, Document | RequestRefused] = OrderedDict()
        self._characters = 0

    def knows(self, text: str) -> bool:
        """Whether the document was read lately, so that it costs nothing to read."""
        return text in self._known or len(text) > self.limits.characters

    def get(self, text: str) -> Document:
        """The document. Raises RequestRefused if it is malformed, asks too much or does not fit."""
        if len(text) > self.limits.characters:
            raise exceeded("characters", self.limits.characters)
        found = self._known.get(text)
        if found is None:
            found = self._keep(text)
        else:
            self._known.move_to_end(text)
        if isinstance(found, RequestRefused):
            raise found.again()
        return found

    def _keep(self, text: str) -> Document | RequestRefused:
        try:
            found: Document | RequestRefused = self._read(text)
        except RequestRefused as refused:
            found = refused.again()
        self._known[text] = found
        self._characters += len(text)
        while self._characters > MOST_CHARACTERS or len(self._known) > MOST_DOCUMENTS:
            oldest, gone = self._known.popitem(last=False)
            self._characters -= len(oldest)
            if isinstance(gone, Document):
                gone.forget()
        return found

    def _read(self, text: str) -> Document:
        refuse_unstorable_document(text)
        ast = self._parsed(text)
        guard(ast, self.limits)
        errors = misfits(self.schema, ast)
        if errors:
            message = "The document does not fit the schema."
            plain = tuple(_plain(error) for error in errors)
            raise RequestRefused("GRAPHQL_VALIDATION_FAILED", message, errors=plain)
        fragments, conditions = fragments_of(ast), conditions_of(ast)
        operations: dict[str, Any] = {
            each.name.value if each.name else "": Operation(
                self.schema, each, fragments, conditions, self.limits, ast
            )
            for each in ast.definitions
            if isinstance(each, OperationDefinitionNode)
        }
        return Document(operations)

    def _parsed(self, text: str) -> DocumentNode:
        source = Source(text)
        lexer = Lexer(source)
        first = lexer.token
        try:
            parser = Parser(source, lexer=lexer, max_tokens=self.limits.tokens)
            return parser.parse_document()
        except GraphQLError as error:
            if "tokens" in error.message:
                raise exceeded("tokens", self.limits.tokens) from None
            raise RequestRefused(
                "GRAPHQL_PARSE_FAILED", error.message, errors=(_plain(error),)
            ) from None
        except RecursionError:
            raise exceeded("levels", self.limits.depth, "DEPTH_LIMIT_EXCEEDED") from None
        finally:
            _unlink(first)


def _unlink(token: Any) -> None:
    """Undo the chain of tokens, which is linked both ways, so that only the collector would."""
    while token is not None:
        token.prev, token.next, token = None, None, token.next


def _plain(error: GraphQLError) -> GraphQLError:
    """The error without the tree that it came from, so that keeping it is cheap."""
    message = error.message
    if len(message) > LONGEST_MESSAGE:  # graphql-core prints whole values into them
        message = message[:LONGEST_MESSAGE] + "…"
    plain = GraphQLError(message)
    plain.locations = error.locations
    return plain
