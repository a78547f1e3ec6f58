"""The directions of reviews in the graph."""

from api.kernel.schema.declarations import graph_enum
from domain.reviews import ReviewDirection

__all__ = ["ReviewDirection"]

graph_enum(
    ReviewDirection,
    "How the writer of a form stands to the person it is about, its subject.",
    self="The subject writes about themselves.",
    manager="A manager writes about somebody who reports to them.",
    peer="A colleague writes.",
    upward="Somebody writes about the manager to whom they report.",
    second_level="The manager above the manager writes.",
    interim="The former manager writes an interim appraisal, which counts for `days`. It follows"
    " from a change of managers, and is no direction of a cycle.",
    extra="Somebody else writes, such as the lead of a project.",
)
