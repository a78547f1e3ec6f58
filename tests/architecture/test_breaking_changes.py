"""A change of the schema that may break a client is in the changelog, or the build fails."""

import pytest
from graphql import build_schema

from api.schema import get_schema
from tests.architecture.released_schema import (
    CHANGELOG,
    RELEASED,
    build_released,
    list_breaking_changes,
    list_undocumented,
)

OLD = "type Query { goal(id: ID!): Goal } type Goal { title: String! done: Boolean }"
CHANGES = {
    OLD.replace(" done: Boolean", ""): "Field Goal.done was removed.",
    OLD.replace("String!", "String"): "Field Goal.title changed type from String! to String.",
    OLD.replace("ID!", "ID!, at: Int!"): "A required argument Query.goal(at:) was added.",
}


def test_breaking_changes_since_the_last_release_are_in_the_changelog() -> None:
    released = build_released(RELEASED.read_text())
    changes = list_breaking_changes(released, get_schema()._schema)
    missing = list_undocumented(changes, CHANGELOG.read_text())
    assert missing == [], "Add these sentences to `### Breaking` below `## Unreleased`, or undo it."


@pytest.mark.parametrize(("new", "sentence"), CHANGES.items(), ids=lambda each: each[-30:])
def test_a_breaking_change_needs_an_entry(new: str, sentence: str) -> None:
    changes = list_breaking_changes(build_schema(OLD), build_schema(new))
    assert changes == [sentence]
    bare = "## Unreleased\n\n### Added\n\n- A goal.\n\n## 1.0\n"
    assert list_undocumented(changes, bare) == [sentence]
    older = bare + f"\n### Breaking\n\n- {sentence}\n"
    assert list_undocumented(changes, older) == [sentence]
    entry = bare.replace("### Added", f"### Breaking\n\n- {sentence}\n\n### Added")
    assert list_undocumented(changes, entry) == []


def test_an_addition_needs_none() -> None:
    new = build_schema(OLD.replace("ID!", "ID!, at: Int"))
    assert list_breaking_changes(build_schema(OLD), new) == []
