"""The aggregate of a retention policy, and who may set it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar

from domain.kernel.access import Holds
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.fields import WholeNumber
from domain.kernel.permissions import Permission

MANAGE = Holds(Permission.SETTINGS_MANAGE) & Holds(Permission.PEOPLE_ERASE)
"""A policy erases people by itself, so it needs what an erasure needs, over everyone."""

DAYS = WholeNumber("The number of days", 30, 36_500)


class RetentionKind(StrEnum):
    """What a policy removes."""

    LEAVERS = "leavers"
    FEEDBACK = "feedback"
    SURVEY_COMMENTS = "survey_comments"


@dataclass(kw_only=True, eq=False)
class RetentionPolicy(Aggregate):
    """Says for how many days data of a kind is kept. None means for ever."""

    NAME = "retention_policy"
    LABEL = "retention policy"
    SEE = MANAGE
    SEE_HISTORY = MANAGE | Holds(Permission.AUDIT_READ)
    CREATE: ClassVar = Action("set", MANAGE)
    ACTIONS = (CREATE,)
    EVENTS = ("set", "applied")

    data_kind: RetentionKind
    days: Annotated[int | None, DAYS] = None

    def set_days(self, days: int | None) -> None:
        """Keep data of the kind for so many days from now on."""
        if days != self.days:
            self.days = days
            self.record_event("set")

    def note_removal(self, count: int) -> None:
        """Note how many objects were removed."""
        self.record_event("applied", keeps_version=True, details={"removed_count": count})
