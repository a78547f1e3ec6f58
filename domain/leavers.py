"""What people who have left no longer do: workers take back what was open for them.

The task looks at the person of the day, so it may run again at any time. A departure that was
cancelled or moved ends nothing, and nothing comes back with a person who is hired again.
"""

from datetime import date
from uuid import UUID

from domain.feedback.asking import cancel_requests
from domain.kernel.background_tasks import TaskHandler
from domain.kernel.leavers import build_following
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews.nominations.leaving import withdraw_forms
from domain.tenants import load_tenant


async def follow_leaver(work: Work, person_id: str) -> None:
    """End the open forms and requests of a person who has left."""
    for person in await work.load_all(Person, [UUID(person_id)], keeps_state=True):
        if person.has_left(work.actor.today):
            await withdraw_forms(work, person.id)
            await cancel_requests(work, person.id)
        elif person.left_on is not None:
            await plan_following(work, person.id, person.left_on)


async def plan_following(work: Work, person_id: UUID, day: date) -> None:
    """Let a worker follow a person when the first day without them begins."""
    work.enqueue(build_following(person_id, (await load_tenant(work)).begin_day(day)))


LEAVER_FOLLOWING = TaskHandler(follow_leaver)
