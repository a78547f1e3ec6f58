"""Annotations: what happened on some days, shown wherever values of these days are shown."""

from domain.annotations.model import EVALUATE, Annotation, AnnotationKind, AnnotationScopeKind
from domain.annotations.use_cases import AnnotationScope, create, delete

__all__ = [
    "EVALUATE",
    "Annotation",
    "AnnotationKind",
    "AnnotationScope",
    "AnnotationScopeKind",
    "create",
    "delete",
]
