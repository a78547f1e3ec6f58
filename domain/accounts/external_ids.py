"""The ids that the identity provider uses: external references of its own source."""

from typing import Any
from uuid import UUID

from domain.kernel.external_references import ReferencedAggregate, add_external_reference
from domain.kernel.unit_of_work import Work

SOURCE = "scim"
"""The source of the external references that hold the ids of the identity provider."""


async def change_external_id(
    work: Work, kind: type[ReferencedAggregate[Any]], id: UUID, external_id: str | None
) -> None:
    """Record the provider's id of an object, or remove it for None. Raises what the verbs raise."""
    if external_id is not None:
        await add_external_reference(work, kind, id, SOURCE, external_id)
        return
    found = await work.get(kind, id, to=kind.REMOVE_EXTERNAL_REFERENCE)
    found.remove_external_reference(SOURCE)
