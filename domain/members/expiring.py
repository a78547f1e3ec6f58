"""The task that removes assignments of roles when their term is over.

They count no longer from that moment on, whether the task has run or not. The task lets the audit
log and subscribers know. The clock of the database decides what is over.
"""

from uuid import UUID

from domain.kernel.background_tasks import BackgroundTask, TaskHandler
from domain.kernel.unit_of_work import Work
from domain.members.model import Member, RoleAssignment

EXPIRE = "member.expire_roles"
FIND_EXPIRED = "members.find_expired"
"""The name of a declared statement."""

MAX_EXPIRED = 100
"""Assignments that one task removes; the next task goes on."""


def follow_expiry(work: Work, assignment: RoleAssignment) -> None:
    """Let a worker remove an assignment when its term is over."""
    if assignment.expires_at is not None:
        work.enqueue(BackgroundTask(EXPIRE, {}, str(assignment.id), assignment.expires_at))


async def expire_roles(work: Work) -> None:
    """Remove the assignments of the tenant whose term is over."""
    rows = await work.run_statement(FIND_EXPIRED, maximum=MAX_EXPIRED)
    ended: dict[UUID, list[UUID]] = {}
    for assignment_id, member_id in rows:
        ended.setdefault(member_id, []).append(assignment_id)
    for member in await work.load_all(Member, list(ended)):
        for each in ended[member.id]:
            member.expire_role(each)
    if len(rows) == MAX_EXPIRED:
        work.enqueue(BackgroundTask(EXPIRE, {}, f"{EXPIRE} more", work.now))


EXPIRY = TaskHandler(expire_roles, interval_hours=24)
"""It also runs each day, for assignments that came with an import or a restore."""
