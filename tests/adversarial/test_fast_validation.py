"""Fast validation finds the errors that graphql-core finds, in the same order."""

import re

import pytest
from graphql import DocumentNode, GraphQLError, parse, validate

from api.errors import RequestError
from api.kernel.documents.fast_validation import (
    MAX_SUGGESTIONS,
    MAX_VALIDATION_ERRORS,
    RULES,
    validate_document,
)
from api.kernel.documents.limits import Limits, check_limits
from api.schema import get_schema
from tests.adversarial.corpus import generate_documents

DOCUMENT_COUNT = 1_000


def parse_within_limits(text: str) -> DocumentNode | None:
    """Return the document, or None if it fails before validation."""
    try:
        document = parse(text, max_tokens=Limits().tokens)
        check_limits(document, Limits())
    except (GraphQLError, RequestError):
        return None
    return document


def normalize_error(error: GraphQLError) -> object:
    """Return the message without its suggestions."""
    return re.split(r"\. Did you mean|, found: ", error.message)[0].rstrip("."), error.locations


def test_fast_validation_finds_what_graphql_core_finds() -> None:
    graph = get_schema()._schema
    found = [parse_within_limits(text) for _, text in generate_documents(DOCUMENT_COUNT, seed=9)]
    documents = [each for each in found if each is not None and is_executable(each)]
    assert len(documents) > DOCUMENT_COUNT / 4
    wrong = 0
    for document in documents:
        theirs, ours = validate(graph, document, RULES), validate_document(graph, document)
        if [each.message for each in theirs[-1:]] == ["Validation aborted."]:
            theirs, ours = theirs[:-1], ours[:-1]
        assert list(map(normalize_error, ours)) == list(
            map(normalize_error, theirs[:MAX_VALIDATION_ERRORS])
        )
        wrong += bool(ours)
    assert DOCUMENT_COUNT / 20 < wrong < len(documents)


def is_executable(document: DocumentNode) -> bool:
    """Return whether the document holds only operations and fragments."""
    kinds = {each.kind for each in document.definitions}
    return kinds <= {"operation_definition", "fragment_definition"}


@pytest.mark.parametrize(
    "definition",
    ["type A @deprecated {b: Int}", "input A {b: Int @c(d: 1)}", "extend schema @a", "scalar A"],
)
def test_definitions_of_types_are_refused_whole(definition: str) -> None:
    (error,) = validate_document(get_schema()._schema, parse("{__typename} " + definition))
    assert error.message.endswith("definition is not executable.")


def test_only_the_first_errors_suggest_what_may_have_been_meant() -> None:
    fields = " ".join(f"titel{n}: titel" for n in range(20))
    errors = validate_document(
        get_schema()._schema, parse('{goal(by:{id:"goal_1"}){' + fields + "}}")
    )
    suggesting = [error for error in errors if "Did you mean" in error.message]
    assert (len(errors), suggesting) == (MAX_VALIDATION_ERRORS, errors[:MAX_SUGGESTIONS])


def test_fragments_that_nest_too_deeply_are_refused_like_all_that_is_deep() -> None:
    parts, inner = range(19), 23
    bodies = [
        f"fragment F{n} on Goal{{{'parent{' * inner}...F{n + 1}{'}' * inner}}}" for n in parts
    ]
    document = '{goal(by:{id:"g"}){...F0}} fragment F19 on Goal{id} ' + " ".join(bodies)
    with pytest.raises(RequestError) as refused:
        check_limits(parse(document), Limits(definitions=21))
    assert refused.value.code == "DEPTH_LIMIT_EXCEEDED"
