"""The graph type of an annotation."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    many,
    node,
    one,
    queries,
    value,
)
from api.kernel.schema.subscriptions import change_subscription
from domain.annotations import AnnotationKind, AnnotationScopeKind
from persistence.annotations import ANNOTATION
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.kpis import Kpi
    from api.organizations import Organization
    from api.people import Person
    from api.teams import Team

graph_enum(
    AnnotationScopeKind,
    "What an annotation is about.",
    tenant="The whole tenant.",
    organization="An `Organization`, with all units below it.",
    team="A `Team`, with all teams below it.",
    kpi="One `Kpi`.",
)
graph_enum(
    AnnotationKind,
    "The kind of what happened.",
    incident="Something unusual that passed, such as a strike or an outage.",
    change="Something that stays, such as a new price or a reorganization.",
    measurement="A change in how values are measured, such as a new system.",
    other="Anything else.",
)

AnnotationScope = Annotated[
    "Kpi | Organization | Team",
    strawberry.union("AnnotationScope", description="What an annotation is about."),
]


@node(
    ANNOTATION,
    where=(
        "id",
        "scope_kind",
        "kind",
        "title",
        "starts_on",
        "last_day",
        "is_excluded_from_baselines",
        "scope",
        "author",
        "created_at",
        "updated_at",
    ),
    order_by=("starts_on", "last_day", "title", "created_at", "updated_at"),
)
class Annotation:
    """What happened from one day to another, such as a strike.

    It is shown with the values of these days, to those who see what it is about.
    """

    scope_kind: AnnotationScopeKind = value("What the annotation is about.")
    scope: AnnotationScope | None = one("What it is about. Null for the whole tenant.")
    kind: AnnotationKind = value("The kind of what happened.")
    title: str = value("The title.")
    text: str | None = value("What happened, in more words. Null when nothing was entered.")
    starts_on: date = value("The first day.")
    last_day: date = value("The last day.")
    is_excluded_from_baselines: bool = value(
        "Whether the periods with one of these days are left out when the ordinary variation of a"
        " KPI is computed."
    )
    author: "Person | None" = one(
        "Who wrote it. Null when it was no person, or the viewer may not see them."
    )


@queries(ROOT)
class AnnotationQueries:
    """Root fields of annotations."""

    annotations: Connection[Annotation] = many(
        "All annotations that the viewer may see, in the order of their days."
    )


annotation_changed = change_subscription(Annotation)
