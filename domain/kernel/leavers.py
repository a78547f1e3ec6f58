"""What follows when somebody leaves. People do not know who follows, only this task."""

from datetime import datetime
from uuid import UUID

from domain.kernel.background_tasks import BackgroundTask

FOLLOW_LEAVER = "people.follow_leaver"


def build_following(person_id: UUID, at: datetime) -> BackgroundTask:
    """Return the task that follows a person who leaves, when the first day without them begins."""
    return BackgroundTask(FOLLOW_LEAVER, {"person_id": str(person_id)}, str(person_id), at)
