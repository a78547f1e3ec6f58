"""What follows from changes of reporting lines. People do not know who follows, only this task."""

from domain.kernel.background_tasks import BackgroundTask

FOLLOW_LINES = "people.follow_lines"
LINES_CHANGED = BackgroundTask(FOLLOW_LINES, {}, "all")
"""All changes share one task until a worker has run it."""
