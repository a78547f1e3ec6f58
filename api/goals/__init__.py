"""Goals in the graph: types, queries and mutations."""

from api.goals import editing, key_results, lifecycle
from api.goals.goal import CheckIn, Goal, GoalQueries, KeyResult

__all__ = ["CheckIn", "Goal", "GoalQueries", "KeyResult", "editing", "key_results", "lifecycle"]
