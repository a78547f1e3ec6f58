"""Faults of an input that are reported only to those who may make the change.

The values of an input are checked before anything is loaded. What is wrong with them is raised when
the first permission was checked, before other objects are loaded.
"""

from collections.abc import Sequence

from domain.kernel.errors import Refusal
from domain.kernel.faults import raise_faults


class ExpectedFaults:
    """The part of a unit of work that holds the faults of its input until they may be reported."""

    _expected_faults: Sequence[Refusal] = ()

    def expect_faults(self, faults: Sequence[Refusal]) -> None:
        """Hold faults, in place of those of an earlier row of a batch."""
        self._expected_faults = faults

    def raise_expected_faults(self) -> None:
        """Raise the faults together, if there are any: the actor may make the change."""
        faults, self._expected_faults = self._expected_faults, ()
        raise_faults(faults)
