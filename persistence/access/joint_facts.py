"""The facts about two actors at once, for reads that show what both may see.

Only rules may ask about them: they are compiled for both. A declaration that asks about the actor
itself cannot be read in this way.
"""

from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import ColumnElement

from domain.kernel.errors import Invalid
from domain.kernel.permissions import Permission, Population, Reach
from persistence.access.actor_facts import ActorFacts, UnitFacts


class NotPreviewable(Invalid):
    """A field depends on its viewer in a way that no rule states."""


def refuse() -> NoReturn:
    """Raise NotPreviewable. The compiler replaces the message by one that names the field."""
    raise NotPreviewable("This field is not part of a preview. Leave it out.")


@dataclass(frozen=True)
class SharedFacts:
    """The facts that do not depend on the actor. Each other one raises NotPreviewable."""

    shared: UnitFacts

    def moves(self) -> bool:
        """Return whether a planned change of anybody's unit may have come."""
        return self.shared.moves()

    def today(self) -> ColumnElement[Any]:
        """Return the current date in the tenant's time zone."""
        return self.shared.today()

    def tenant(self) -> ColumnElement[Any]:
        """Return the tenant's id."""
        return self.shared.tenant()

    def person(self) -> ColumnElement[Any]:
        """Raise NotPreviewable."""
        refuse()

    def account(self) -> ColumnElement[Any]:
        """Raise NotPreviewable."""
        refuse()

    def reaches(self, _: Permission) -> frozenset[Reach]:
        """Raise NotPreviewable."""
        refuse()

    def leads(self) -> bool:
        """Raise NotPreviewable."""
        refuse()

    def manages(self) -> bool:
        """Raise NotPreviewable."""
        refuse()

    def organizations(self) -> ColumnElement[Any]:
        """Raise NotPreviewable."""
        refuse()

    def teams_led(self) -> ColumnElement[Any]:
        """Raise NotPreviewable."""
        refuse()

    def subtrees(self, _: Permission, __: Population) -> ColumnElement[Any]:
        """Raise NotPreviewable."""
        refuse()

    def named(self, _: Permission) -> ColumnElement[Any]:
        """Raise NotPreviewable."""
        refuse()


@dataclass(frozen=True)
class JointFacts(SharedFacts):
    """The facts about a person, and about the reader of what the person sees.

    A rule holds if it holds for both. For the person it is decided by facts that the reader knows.
    """

    person_facts: ActorFacts
    reader_facts: ActorFacts
