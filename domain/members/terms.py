"""Terms: from when and until when an assignment of a role counts."""

from dataclasses import dataclass
from datetime import datetime

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector


@dataclass(frozen=True)
class Term:
    """The moments between which an assignment counts; None where there is no such limit.

    It counts at the first moment, and no longer at the second.
    """

    starts_at: datetime | None = None
    expires_at: datetime | None = None

    def contains(self, other: "Term", now: datetime) -> bool:
        """Return whether it covers another term from now on."""
        begins_in_time = self.starts_at is None or self.starts_at <= (other.starts_at or now)
        return begins_in_time and (
            self.expires_at is None
            or (other.expires_at is not None and other.expires_at <= self.expires_at)
        )

    def has_begun(self, now: datetime) -> bool:
        """Return whether its first moment has come."""
        return self.starts_at is None or self.starts_at <= now

    def is_over(self, now: datetime) -> bool:
        """Return whether it has ended."""
        return self.expires_at is not None and self.expires_at <= now

    def check_change(self, before: "Term", now: datetime, *path: str) -> None:
        """Raise Invalid with all faults of a term; moments that change are in the future."""
        faults = FaultCollector()
        with faults.collect():
            if self.starts_at != before.starts_at:
                _require_future(
                    self.starts_at, now, "Leave it out to begin at once.", *path, "startsAt"
                )
        with faults.collect():
            if self.expires_at != before.expires_at:
                _require_future(
                    self.expires_at, now, "Leave it out for no end.", *path, "expiresAt"
                )
            if self.starts_at and self.expires_at and self.expires_at <= self.starts_at:
                message = "The assignment would end before it begins. Choose a later end."
                raise Invalid(message, *path, "expiresAt", code=Code.INCONSISTENT)
        faults.raise_all()


LASTING = Term()


def _require_future(moment: datetime | None, now: datetime, advice: str, *path: str) -> None:
    if moment is not None and moment <= now:
        message = f"Choose a moment in the future. {advice}"
        raise Invalid(message, *path, code=Code.OUT_OF_RANGE)
