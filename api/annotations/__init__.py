"""Annotations in the graph: the type, queries and mutations."""

from api.annotations import editing
from api.annotations.annotation import Annotation, AnnotationQueries

__all__ = ["Annotation", "AnnotationQueries", "editing"]
