"""What feedback and requests for it refer to."""

from uuid import UUID

from domain.goals import Goal, GoalStatus
from domain.kernel.errors import Invalid
from domain.kernel.unit_of_work import Work


async def reference_goal(work: Work, goal_id: UUID | None) -> None:
    """Check the goal that feedback is about. Raises Invalid.

    Drafts can be deleted, and the refusal would tell their owner of feedback.
    """
    goal = await work.reference(Goal, goal_id, "goalId")
    if goal is not None and goal.status is GoalStatus.DRAFT:
        raise Invalid("This goal is a draft. Choose one that has begun.", "goalId")
