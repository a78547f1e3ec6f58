"""The schema of the last release, and what changed since.

python -m tests.architecture.released_schema [--write]

Prints the changes: `breaking`, `dangerous` (a client may have to change), and `safe`. With --write
the present schema becomes that of the last release.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from graphql import GraphQLSchema, build_schema
from graphql.utilities import (
    find_breaking_changes,
    find_dangerous_changes,
    find_schema_changes,
)

from api.schema import get_schema, render_sdl

ROOT = Path(__file__).resolve().parents[2]
RELEASED = ROOT / "openapi" / "released.graphql"
CHANGELOG = ROOT / "CHANGELOG.md"

_DESCRIPTION = re.compile(r'^ *"""(?:.|\n)*?"""\n', re.MULTILINE)
_BREAKING_SECTION = re.compile(r"^### Breaking\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)
_UNRELEASED = re.compile(r"^## Unreleased\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_DRAFT = "DIRECTIVE_DEFINITION was removed from @deprecated."
"""The schema leaves out a location that released clients cannot read; see `schema_builder`."""


def strip_descriptions(sdl: str) -> str:
    """Return a schema without descriptions and empty lines, a quarter of the size."""
    return re.sub(r"\n\n+(?=[ }])", "\n", _DESCRIPTION.sub("", sdl))


def build_released(sdl: str) -> GraphQLSchema:
    """Return the schema of a stored file, which is valid."""
    return build_schema(sdl, assume_valid=True, assume_valid_sdl=True, no_location=True)


def list_breaking_changes(old: GraphQLSchema, new: GraphQLSchema) -> list[str]:
    """Return the changes after which a valid document may be refused, as sentences."""
    return [each.description for each in find_breaking_changes(old, new)]


def list_undocumented(changes: list[str], changelog: str) -> list[str]:
    """Return the changes that are not in the section Breaking of what is not released yet."""
    unreleased = _UNRELEASED.search(changelog)
    section = _BREAKING_SECTION.search(f"{unreleased[1]}\n## end" if unreleased else "")
    known = section[1] if section else ""
    return [each for each in changes if each != _DRAFT and each not in known]


def _describe_changes(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[str]:
    breaking = {each.description for each in find_breaking_changes(old, new)} - {_DRAFT}
    dangerous = {each.description for each in find_dangerous_changes(old, new)}
    for each in find_schema_changes(old, new):
        if each.description != _DRAFT and "description" not in each.type.name.lower():
            kind = (
                "breaking"
                if each.description in breaking
                else "dangerous"
                if each.description in dangerous
                else "safe"
            )
            yield f"{kind}\t{each.description}"


def main() -> None:
    """Print the changes since the last release, or make the present schema the released one."""
    if "--write" in sys.argv[1:]:
        RELEASED.write_text(strip_descriptions(render_sdl()))
        return
    released = build_released(RELEASED.read_text())
    sys.stdout.writelines(f"{each}\n" for each in _describe_changes(released, get_schema()._schema))


if __name__ == "__main__":
    main()
