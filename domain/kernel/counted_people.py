"""The counting of people, which follows each change of where somebody works, and on which days.

Those who count are KPIs. Organizations, people and teams do not know them, only this task.
"""

from domain.kernel.background_tasks import BackgroundTask

COUNT_PEOPLE = "people.count"
COUNTING = BackgroundTask(COUNT_PEOPLE, {}, "all")
"""All changes share one task until a worker has run it."""
