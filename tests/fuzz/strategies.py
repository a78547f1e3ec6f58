"""Hypothesis strategies for documents of the schema, with its scalars and existing ids."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis_graphql import mutations, nodes, queries

from api.schema import render_sdl

DATE_RANGE = date(1900, 1, 1), date(2199, 12, 31)
DATETIME_RANGE = datetime(1900, 1, 1), datetime(2199, 12, 31)  # noqa: DTZ001 - UTC, as it is written
"""The range of all dates; a document with another date is refused as a whole."""


def build_scalar_strategies(ids: Sequence[str]) -> dict[str, st.SearchStrategy[Any]]:
    """Build literals for each scalar: mostly valid, sometimes invalid."""
    odd = st.sampled_from(["", "x", "\u202e", "goal_", "🚢" * 40, "9" * 40])
    return {
        "Date": (st.dates(*DATE_RANGE).map(str) | odd).map(nodes.String),
        "DateTime": (st.datetimes(*DATETIME_RANGE).map(_format_utc) | odd).map(nodes.String),
        "Decimal": (st.decimals(allow_nan=False, allow_infinity=False).map(str) | odd).map(
            nodes.String
        ),
        "ID": (st.sampled_from(list(ids)) | odd).map(nodes.String),
        "JSON": st.just(nodes.String("{}")),
    }


def _format_utc(moment: datetime) -> str:
    return f"{moment.isoformat(timespec='seconds')}Z"


@cache
def build_document_strategy(ids: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Build a strategy of queries and mutations, three to one."""
    given: dict[str, Any] = {"custom_scalars": build_scalar_strategies(ids), "allow_x00": False}
    return st.one_of(*[queries(render_sdl(), **given)] * 3, mutations(render_sdl(), **given))
