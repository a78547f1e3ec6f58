"""Facts about another person than the caller, to ask what that person would see."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from domain.kernel.permissions import Permission, Population, Reach
from persistence.access.actor_facts import ActorFacts


@dataclass(frozen=True)
class OtherPersonFacts:
    """The facts about a person, given by an expression, without what their roles and teams allow.

    A rule that asks for the units or teams of the person cannot be compiled with it.
    """

    caller: ActorFacts
    id: ColumnElement[Any]

    def person(self) -> ColumnElement[Any]:
        """Return the id of the person."""
        return self.id

    def reaches(self, permission: Permission) -> frozenset[Reach]:  # noqa: ARG002 - of the protocol
        """Return nobody: the person's roles are left out."""
        return frozenset()

    def leads(self) -> bool:
        """Return False: the person's teams are left out."""
        return False

    def manages(self) -> bool:
        """Return True: whether somebody reports to the person is looked up."""
        return True

    def moves(self) -> bool:
        """Return whether a planned change of anybody's unit may have come."""
        return self.caller.moves()

    def today(self) -> ColumnElement[Any]:
        """Return the current date in the tenant's time zone."""
        return self.caller.today()

    def tenant(self) -> ColumnElement[Any]:
        """Return the tenant's id."""
        return self.caller.tenant()

    def account(self) -> ColumnElement[Any]:
        """Raise TypeError: the account of the person is not known."""
        raise TypeError("The account of another person is not known. Leave IsAccount out.")

    def organizations(self) -> ColumnElement[Any]:
        """Raise TypeError: the units of the person are not known."""
        raise TypeError("The units of another person are not known. Leave MemberOf out.")

    def teams_led(self) -> ColumnElement[Any]:
        """Raise TypeError: the teams of the person are not known."""
        raise TypeError("The teams of another person are not known. Leave Leads out.")

    def subtrees(self, permission: Permission, population: Population) -> ColumnElement[Any]:
        """Raise TypeError: the grants of the person are not known."""
        raise TypeError(f"The grants of another person are not known: {permission}, {population}.")

    def named(self, permission: Permission) -> ColumnElement[Any]:
        """Raise TypeError: the grants of the person are not known."""
        raise TypeError(f"The grants of another person are not known: {permission}.")
