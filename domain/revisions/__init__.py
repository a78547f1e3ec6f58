"""Documents with revisions: drafted, published, never changed after that."""

from domain.revisions.model import Revision, RevisionStatus
from domain.revisions.parts import Content, PartList
from domain.revisions.use_cases import (
    build_discarding,
    build_publishing,
    build_revising,
    create,
    reference_published,
)

__all__ = [
    "Content",
    "PartList",
    "Revision",
    "RevisionStatus",
    "build_discarding",
    "build_publishing",
    "build_revising",
    "create",
    "reference_published",
]
