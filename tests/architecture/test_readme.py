"""The README is true: its tables are the code's, and its queries run against the schema."""

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from api.schema import get_schema
from domain.permission_table import render_permission_table

README = (Path(__file__).parents[2] / "README.md").read_text()
DOCUMENTS = re.findall(r"```graphql\n(.*?)```", README, re.DOTALL)


def test_the_readme_shows_who_may_do_what() -> None:
    assert render_permission_table().strip() in README, "Run `make readme`."


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_query_of_the_readme_fits_the_schema(document: str) -> None:
    assert validate(get_schema()._schema, parse(document)) == []


def test_the_readme_has_queries_for_every_kind_of_user() -> None:
    assert len(DOCUMENTS) >= 6
