"""Use cases of documents with revisions: what needs the other revisions beside one."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar
from uuid import UUID

from domain.kernel.errors import Invalid, StateConflict
from domain.kernel.unit_of_work import Work
from domain.revisions.model import DRAFT, PUBLISHED, Revision
from domain.revisions.parts import Content

R = TypeVar("R", bound=Revision)


async def create(work: Work, kind: type[R], content: Content, **details: Any) -> R:
    """Create the first draft of a document. Raises NotPermitted, Invalid and LimitExceeded."""
    await work.require(kind(tenant_id=work.actor.tenant_id, name=""), to=kind.CREATE)
    document = kind.create(work.actor.tenant_id, content, **details)
    await work.add(document, to=kind.CREATE)
    return document


def build_publishing(kind: type[Revision]) -> Callable[..., Any]:
    """Return the use case that publishes a draft in place of the published revision."""

    async def publish(work: Work, id: UUID, *, expected_version: int | None = None) -> Revision:
        document = await work.get(kind, id, to=kind.PUBLISH, expected_version=expected_version)
        await _lock(work, document)
        earlier = await work.find(kind, document_id=document.document_id, status=PUBLISHED)
        if earlier is not None:
            earlier.archive()
        document.publish(at=work.now)
        return document

    return publish


def build_revising(kind: type[Revision]) -> Callable[..., Any]:
    """Return the use case that drafts the next revision of a document.

    It raises StateConflict while there is a draft.
    """

    async def revise(work: Work, id: UUID, *, expected_version: int | None = None) -> Revision:
        document = await work.get(kind, id, to=kind.REVISE, expected_version=expected_version)
        await _lock(work, document)
        document_id = document.document_id
        if await work.count(kind, document_id=document_id, status=DRAFT):
            raise StateConflict("There is a draft of it already. Edit, publish or discard that.")
        newest = 1 + await work.count(kind, document_id=document_id)
        draft = document.draft_next(newest)
        await work.add(draft, to=kind.CREATE)
        return draft

    return revise


def build_discarding(kind: type[Revision]) -> Callable[..., Any]:
    """Return the use case that deletes a draft."""

    async def discard(work: Work, id: UUID, *, expected_version: int | None = None) -> Revision:
        document = await work.get(kind, id, to=kind.DISCARD, expected_version=expected_version)
        await _lock(work, document)
        document.record_event("discarded")
        await work.remove(document)
        return document

    return discard


async def reference_published(
    work: Work,
    kind: type[R],
    id: UUID | None,
    *path: str | int,
    known: Collection[UUID | None] = (),
) -> R | None:
    """Return the published revision that an input names. Raises Invalid at the path.

    One that is `known`, because the object names it already, may have been archived since.
    """
    found = await work.reference(kind, id, *map(str, path))
    if found is not None and found.status is not PUBLISHED and id not in known:
        raise Invalid("This is not published. Publish it first, or choose another.", *path)
    return found


async def _lock(work: Work, document: Revision) -> None:
    """Let the revisions of a document be published, made and discarded one after the other."""
    await work.lock_value(f"{document.NAME}.document_id", str(document.document_id))
