"""External references: the ids of an object in other systems, one for each system."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, TypeVar
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.fields import SingleLine, slug_rule
from domain.kernel.text import single_line, validate_slug
from domain.kernel.unit_of_work import Work

MAX_REFERENCES = 20

SOURCE = slug_rule("The source")
"""The name of another system."""

EXTERNAL_ID = SingleLine("The id")
"""The id that another system uses."""


@dataclass(kw_only=True, eq=False)
class ExternalReference(Part):
    """The id of an object in one other system."""

    NAME = "reference"

    source: str
    external_id: str


R = TypeVar("R", bound=ExternalReference)


class ReferencedAggregate(Aggregate, Generic[R]):
    """An aggregate with the ids of other systems. `REFERENCE` is their type."""

    REFERENCE: ClassVar[Any]
    ADD_EXTERNAL_REFERENCE: ClassVar[Action]
    REMOVE_EXTERNAL_REFERENCE: ClassVar[Action]

    references: Any

    @classmethod
    def get_owner_attribute(cls) -> str:
        """Return the attribute of the references that has the id of their object."""
        return f"{cls.NAME}_id"

    def add_external_reference(self, source: str, external_id: str, *field_path: str | int) -> R:
        """Record the id of the object in another system. Raises Invalid and LimitExceeded."""
        own: list[R] = self.references
        reference, has_changed = set_external_reference(
            own, source, external_id, self._create_reference, *field_path
        )
        if has_changed:
            self.record_event("external_reference_added")
        return reference

    def remove_external_reference(self, source: Annotated[str, SOURCE]) -> None:
        """Remove the id of the object in another system. Does nothing if there is none."""
        if remove_external_reference(self.references, source):
            self.record_event("external_reference_removed")

    def _create_reference(self, source: str, external_id: str) -> R:
        owner: dict[str, Any] = {self.get_owner_attribute(): self.id}
        created: R = self.REFERENCE(
            tenant_id=self.tenant_id, source=source, external_id=external_id, **owner
        )
        return created


async def add_external_reference(
    work: Work,
    kind: type[ReferencedAggregate[R]],
    id: UUID,
    source: str,
    external_id: str,
    *,
    expected_version: int | None = None,
) -> R:
    """Record the id of an object in another system. Raises what `Work.get` raises, and Invalid."""
    found = await work.get(
        kind, id, to=kind.ADD_EXTERNAL_REFERENCE, expected_version=expected_version
    )
    own = found.references
    await ensure_unique_reference(work, kind.REFERENCE, own, source, external_id, "reference")
    return found.add_external_reference(source, external_id, "reference")


def set_external_reference(
    references: list[R],
    source: str,
    external_id: str,
    build_reference: Callable[[str, str], R],
    *field_path: str | int,
) -> tuple[R, bool]:
    """Add the id in a system, or replace the one that is stored.

    Return the reference, and whether anything changed. `field_path` begins the paths of errors.
    Raises Invalid for a malformed source or id, and LimitExceeded for more than twenty systems.
    """
    source, external_id = _normalize_reference(source, external_id, *field_path)
    same_source = [each for each in references if each.source == source]
    for each in same_source:
        if each.external_id == external_id:
            return each, False
    existing = next(iter(same_source), None)
    if existing is not None:
        existing.external_id = external_id
        return existing, True
    if len(references) >= MAX_REFERENCES:
        raise LimitExceeded(
            f"There are {MAX_REFERENCES} references already. Remove one first.", *field_path
        )
    reference = build_reference(source, external_id)
    references.append(reference)
    return reference, True


async def ensure_unique_reference(
    work: Work,
    kind: type[R],
    own_references: Iterable[R],
    source: str,
    external_id: str,
    *field_path: str | int,
) -> None:
    """Raise Invalid (NOT_UNIQUE) if another object has this id in the system."""
    source, external_id = _normalize_reference(source, external_id, *field_path)
    if any((each.source, each.external_id) == (source, external_id) for each in own_references):
        return
    if await work.count(kind, source=source, external_id=external_id):
        raise Invalid(
            "Another object has this external id. Correct the id, or remove it from the other"
            " object.",
            *(*field_path, "id"),
            code=Code.NOT_UNIQUE,
        )


def _normalize_reference(source: str, external_id: str, *field_path: str | int) -> tuple[str, str]:
    label, max_length = EXTERNAL_ID.label, EXTERNAL_ID.max_length
    return validate_slug(SOURCE.label, source, *field_path, "source"), single_line(
        label, external_id, *field_path, "id", max_length=max_length
    )


def remove_external_reference(references: list[R], source: str) -> bool:
    """Remove the id in a system; return whether there was one."""
    matching = [each for each in references if each.source == source]
    for each in matching:
        references.remove(each)
    return bool(matching)
