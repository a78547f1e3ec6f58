"""The feed of changed objects in the graph, for systems that keep a copy."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union

import strawberry

import persistence.registry  # noqa: F401 - all concepts in the feed are known
from api.kernel.schema.declarations import (
    TYPE_DECLARATIONS,
    TYPES,
    add_article,
    argument,
    graph_enum,
    list_of,
    one,
    part,
    queries,
    value,
)
from domain.kernel.aggregate import Aggregate
from persistence.changes.changed_objects import CHANGED_OBJECT
from persistence.changes.feed_models import FEED_MODELS, SHOWN_FIELDS
from persistence.changes.kinds import ChangeKind
from persistence.changes.page import (
    CHANGES_PAGE,
    CHANGES_SNAPSHOT,
    DEFAULT_CHANGES,
    MAX_CHANGES,
)
from persistence.changes.sealed_cursors import CURSOR_LENGTH
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.kernel.schema.declarations import Node

    ChangedType: TypeAlias = StrEnum
    ChangedNode: TypeAlias = Node

MAX_TYPES = 50

graph_enum(
    ChangeKind,
    "What happened to an object, for this viewer.",
    created="The object is new, or the viewer may see it from this change on. Store it.",
    updated="The object changed. Store it again.",
    deleted="The object was deleted. Remove it.",
    visibility_lost="The viewer may no longer see the object, since this change. Remove it.",
)


@part(CHANGED_OBJECT)
class ChangedObject:
    """One change of one object that the viewer may see."""

    change_id: strawberry.ID = value(
        "The id of the change. It is the same each time the change is read. A planned change has"
        " two entries with the same id; `isDue` tells them apart."
    )
    kind: ChangeKind = value("What happened to the object.")
    type: "ChangedType" = value("The type of the object.")
    node_id: strawberry.ID = value("The id of the object, also where `node` is null.")
    node: "ChangedNode | None" = one(
        "The object as it is now, not as it was after this change. Null when it was deleted, or"
        " when the viewer may not see it now."
    )
    fields_changed: list[str] = value(
        "The names of the changed fields that the viewer may see, as in this API. For viewers who"
        " may not read the history of the object, only fields that hold a single value. Empty"
        " unless `kind` is UPDATED, and when `isDue` is true."
    )
    recorded_at: datetime = value("When the change was made.")
    effective_on: date | None = value(
        "The day from which the change is effective. Null when it was effective at once, or when"
        " the change is planned and the viewer may not see plans."
    )
    is_due: bool = value(
        "Whether it is the second entry of a planned change: the day `effectiveOn` has come. The"
        " first entry was added when the change was made; only viewers who may see plans received"
        " it."
    )


@part(CHANGES_PAGE)
class ChangesPage:
    """A page of changes after a cursor."""

    changes: list[ChangedObject] = list_of(
        "The changes. Entries with `isDue` come first; the others are in the order in which the"
        " changes were made. It can be empty although `hasMore` is true."
    )
    types_to_read: list["ChangedType"] = value(
        "The types whose objects the viewer may have begun or ceased to see for another reason"
        " than a change of their own, such as a new role of the viewer or a move of people. Read"
        " all objects of these types again, remove from the copy what is no longer among them, then"
        " go on after `endCursor`. Usually empty."
    )
    end_cursor: str = value(
        "The cursor after these changes. Store it together with them, and send it as `after` for"
        " the next page."
    )
    has_more: bool = value(
        "Whether to read the next page at once. True after each page with `first` changes, although"
        " nothing may follow that the viewer may see. Can be true after an empty page."
    )


@part(CHANGES_SNAPSHOT)
class ChangesSnapshot:
    """The position in the feed of changes from which a copy begins."""

    cursor: str = value(
        "The present position in the feed of these types. Send it as `after` of `changes`."
    )


_TYPES: Any = argument(
    "list[ChangedType]",
    "Only objects of these types. Default: all types. A cursor can be used only with the same"
    " types.",
    max_items=MAX_TYPES,
)


@queries(ROOT)
class ChangesQueries:
    """Root fields of the feed."""

    changes: ChangesPage | None = one(
        "What changed after a cursor, as the viewer may see it now, without a gap. Begin with"
        " `changesSnapshot`. Fails with CURSOR_EXPIRED when the next change is older than"
        " `Tenant.changesRetentionDays`, and with CURSOR_INVALID when the cursor is unknown or of"
        " other types: then begin again with `changesSnapshot`. Never null for a signed-in viewer.",
        points=20,
        after=argument(
            str,
            "The `endCursor` of the last page, or the cursor of `changesSnapshot`.",
            is_required=True,
            max_length=CURSOR_LENGTH,
        ),
        types=_TYPES,
        first=argument(
            int, f"The number of changes, {MAX_CHANGES:,} at most. Default: {DEFAULT_CHANGES}."
        ),
    )
    changes_snapshot: ChangesSnapshot | None = one(
        "The cursor at which a copy begins. Take it first, then read all objects by their lists,"
        " then read `changes` after the cursor. A change that was made meanwhile can be in both;"
        " apply it again. Never null for a signed-in viewer.",
        points=20,
        types=_TYPES,
    )


def declare_changed_types() -> None:
    """Declare the union of all types in the feed, when all of them are declared."""
    for name, each in FEED_MODELS.items():
        SHOWN_FIELDS[name] = frozenset(TYPE_DECLARATIONS[each.name].field_declarations)
    union = strawberry.union("ChangedNode", description="The object that a change is about.")
    nodes = tuple(TYPES[each.__name__] for each in _list_aggregates().values())
    TYPES["ChangedNode"] = Annotated[Union[nodes], union]  # noqa: UP007 - built from a list


def _list_aggregates() -> dict[str, type[Aggregate]]:
    found = ((name, each.aggregate) for name, each in sorted(FEED_MODELS.items()))
    return {name: each for name, each in found if each is not None}


def _declare_changed_type() -> None:
    """Declare the enum of all types in the feed."""
    aggregates = _list_aggregates()
    types = StrEnum("ChangedType", {name.upper(): name for name in aggregates})  # type: ignore[misc]
    graph_enum(
        types,
        "The type of an object in the feed of changes.",
        **{
            name: f"The object is {add_article(each.__name__, quote='`')}."
            for name, each in aggregates.items()
        },
    )


_declare_changed_type()
