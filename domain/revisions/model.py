"""Revisions: documents of a tenant that never change once they are published.

Each revision is an aggregate of its own, so what uses one keeps it. A published one is changed
by a new draft, which takes its place when it is published:

    class RatingScale(Revision, manage=policy.MANAGE): ...

declares the rules, the actions and the events. `LISTS` declares its parts.
"""

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from domain.kernel.access import Has, Rule
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, set_attributes
from domain.kernel.errors import Refusal
from domain.kernel.faults import FaultCollector, raise_faults
from domain.kernel.fields import EDITABLE, MultiLine, check_fields, name_rule, new_values
from domain.kernel.identity import TenantId, generate_id
from domain.kernel.lifecycle import Lifecycle
from domain.revisions.parts import (
    Content,
    PartList,
    check_parts,
    describe_parts,
    map_ids,
    set_parts,
)


class RevisionStatus(StrEnum):
    """Where a revision of a document stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


DRAFT, PUBLISHED, ARCHIVED = RevisionStatus
LIFECYCLE = Lifecycle[RevisionStatus](
    {DRAFT: frozenset({PUBLISHED}), PUBLISHED: frozenset({ARCHIVED}), ARCHIVED: frozenset()}
)


@dataclass(kw_only=True, eq=False)
class Revision(Aggregate):
    """One revision of a document. All revisions of a document share its `document_id`."""

    KNOWN_FACTS = frozenset({"status"})
    LISTS: ClassVar[Mapping[str, PartList]]
    CREATE: ClassVar[Action]
    EDIT: ClassVar[Action]
    PUBLISH: ClassVar[Action]
    REVISE: ClassVar[Action]
    ARCHIVE: ClassVar[Action]
    DISCARD: ClassVar[Action]
    EVENTS = ("created", "edited", "published", "archived", "discarded")
    SEARCH_ATTRIBUTES = ("name",)

    def __init_subclass__(cls, *, manage: Rule) -> None:
        """Declare who may do what: drafts are for those who manage such documents."""
        super().__init_subclass__()
        cls.SEE = manage | Has("status", PUBLISHED, ARCHIVED)
        cls.SEE_HISTORY = manage
        cls.CREATE = Action("create", manage)
        cls.EDIT = Action("edit", manage, DRAFT)
        cls.PUBLISH = Action("publish", manage, DRAFT)
        cls.REVISE = Action("revise", manage, PUBLISHED, ARCHIVED)
        cls.ARCHIVE = Action("archive", manage, PUBLISHED)
        cls.DISCARD = Action("discard", manage, DRAFT, deletes=True)
        cls.ACTIONS = (cls.EDIT, cls.PUBLISH, cls.REVISE, cls.ARCHIVE, cls.DISCARD)

    document_id: UUID = field(default_factory=generate_id)
    revision: int = 1
    name: Annotated[str, name_rule("The name"), EDITABLE]
    description: Annotated[str | None, MultiLine("The description", 4_000), EDITABLE] = None
    status: RevisionStatus = DRAFT
    published_at: datetime | None = None

    @classmethod
    def create(cls, tenant_id: TenantId, content: Content, **details: Any) -> Self:
        """Return the first draft of a new document. Raises Invalid and LimitExceeded."""
        faults = FaultCollector()
        with faults.collect():
            values = new_values(cls, details)
        with faults.collect():
            checked = _check_content(cls, content)
        faults.raise_all()
        document = cls(tenant_id=tenant_id, **values)
        set_parts(document, cls.LISTS, checked, document)
        document.record_event("created")
        return document

    @classmethod
    def find_content_conflicts(cls, content: Content) -> Iterator[Refusal]:  # noqa: ARG003 - for documents to override
        """Yield what is wrong between parts of the whole checked content, each at its field."""
        yield from ()

    def edit(self, content: Content | None = None, **details: Any) -> None:
        """Change a draft. Raises Invalid and LimitExceeded; then nothing is set."""
        faults = FaultCollector()
        with faults.collect():
            values = check_fields(type(self), details)
        with faults.collect():
            checked = _check_content(type(self), content or {}, self)
        faults.raise_all()
        has_changed = set_parts(self, self.LISTS, checked, self)
        if set_attributes(self, values) or has_changed:
            self.record_event("edited")

    def publish(self, *, at: datetime) -> None:
        """Publish the draft; from now on it never changes. Raises StateConflict."""
        self.status, self.published_at = LIFECYCLE.transition(self.status, PUBLISHED), at
        self.record_event("published")

    def archive(self) -> None:
        """Put the revision out of use. What uses it keeps it. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, ARCHIVED)
        self.record_event("archived")

    def draft_next(self, revision: int) -> Self:
        """Return a draft with the same content, and with this number."""
        draft: Self = _copy_entity(self, map_ids(self, generate_id))
        draft.revision, draft.version, draft.events = revision, 1, []
        draft.status, draft.published_at = DRAFT, None
        draft.record_event("created")
        return draft


def _copy_entity(entity: Any, ids: Mapping[UUID, UUID]) -> Any:
    """Return a copy with new ids, which names the copies of what the entity names."""
    copied = copy(entity)
    for name, value in vars(entity).items():
        if isinstance(value, list):
            setattr(copied, name, [_copy_entity(each, ids) for each in value if name != "events"])
        elif isinstance(value, UUID):
            setattr(copied, name, ids.get(value, value))
    return copied


def _check_content(
    kind: type[Revision], content: Content, document: Revision | None = None
) -> dict[str, Any]:
    """Return the given content in stored form. Raises Invalid and LimitExceeded."""
    checked = check_parts(kind.LISTS, content)
    if checked:
        present = describe_parts(document, kind.LISTS) if document else {}
        raise_faults(kind.find_content_conflicts(present | checked))
    return checked
