"""When a message that was refused is sent again."""

from datetime import timedelta
from random import Random, SystemRandom

RETRY_DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The delays that Standard Webhooks proposes, about three days in all."""

MAX_RETRY_AFTER = timedelta(hours=24)
JITTER = 0.2


def find_delay(
    failures: int, retry_after: timedelta | None = None, random: Random | None = None
) -> timedelta | None:
    """Return the delay after so many failures, or None when no further attempt is made.

    It is up to a fifth longer than planned, so that what failed together is not sent together. A
    receiver may ask for a longer delay, of at most a day.
    """
    if failures > len(RETRY_DELAYS):
        return None
    delay = RETRY_DELAYS[failures - 1] * (1 + JITTER * (random or SystemRandom()).random())
    return max(delay, min(retry_after or timedelta(), MAX_RETRY_AFTER))
