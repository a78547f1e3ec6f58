"""Legal holds for tests."""

from collections.abc import Mapping

from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import PersonId
from domain.legal_holds import LegalHold
from domain.people import Person
from tests.factories.actors import TODAY


def some_legal_holds(people: Mapping[str, Person]) -> dict[str, Aggregate]:
    """Build a hold of somebody who works."""
    boss = people["boss"]
    hold = LegalHold(
        tenant_id=boss.tenant_id,
        person_id=PersonId(boss.id),
        placed_on=TODAY,
        reason="Case 11, decided by the legal department.",
    )
    return {"boss": hold}
