"""Goals in the graph: what is to be reached, how it is measured and how it goes."""

from api.goals import editing, key_results, lifecycle
from api.goals.goal import CheckIn, Goal, GoalQueries, KeyResult

__all__ = ["CheckIn", "Goal", "GoalQueries", "KeyResult", "editing", "key_results", "lifecycle"]
