"""Forms and nominations of people who have left."""

from uuid import UUID

from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.reviews.directions import ReviewDirection
from domain.reviews.hr import find_officer
from domain.reviews.nominations.deciding import seek_replacements
from domain.reviews.nominations.model import PROPOSED, ReviewNomination
from domain.reviews.nominations.nominating import DECIDE
from domain.reviews.writing.model import OPEN, Review

KEPT = frozenset({ReviewDirection.MANAGER, ReviewDirection.SECOND_LEVEL, ReviewDirection.INTERIM})
"""Somebody has to take these over, by the rule of the cycle or by `reviewTransfer`."""


async def withdraw_forms(work: Work, id: UUID) -> None:
    """End the open forms of a person, and what they were proposed for. What was written stays.

    Those who look for nominees find somebody else. Where the person stood in for somebody, that one
    writes again. Where HR was asked to decide, somebody else of HR is.
    """
    person_id = PersonId(id)
    own = await work.find_all(Review, writer_id=[person_id])
    ended = [each for each in own if each.status in OPEN and each.direction not in KEPT]
    for form in ended:
        form.cancel()
    await seek_replacements(work, [form.id for form in ended])
    for nomination in await work.find_all(ReviewNomination, nominee_id=[person_id]):
        if nomination.status is PROPOSED:  # a withdrawn one would tell that nobody had decided
            nomination.reject(None, None)
    for nomination in await work.find_all(ReviewNomination, asked_id=[person_id]):
        if nomination.status is PROPOSED:
            nomination.ask(await find_officer(work, nomination, to=DECIDE))
    for form in await work.find_all(Review, stand_in_id=[person_id]):
        if form.status in OPEN:
            form.end_stand_in()
