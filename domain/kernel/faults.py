"""Faults: what is wrong with an input, collected so that all of it is reported together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from domain.kernel.errors import Invalid, LimitExceeded, Refusal


class SeveralFaults(Invalid):
    """Several faults of one input. Message, code and field are those of the first."""

    def __init__(self, faults: Iterable[Refusal]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(str(first), *first.field, code=first.code)


@dataclass
class FaultCollector:
    """A collector of the faults of checks that do not depend on each other."""

    faults: list[Refusal] = field(default_factory=list)

    def collect(self) -> "_Collecting":
        """Add the faults that the block raises; other refusals pass."""
        return _Collecting(self.faults)

    def raise_all(self) -> None:
        """Raise all faults together, if there are any."""
        raise_faults(self.faults)


class _Collecting:
    """A block whose faults are collected."""

    # A batch has two blocks for each of its rows, and a generator would cost more than a check.
    __slots__ = ("_faults",)

    def __init__(self, faults: list[Refusal]) -> None:
        self._faults = faults

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if not isinstance(error, Invalid | LimitExceeded):
            return False
        self._faults += list_faults(error)
        return True


def list_faults(refusal: Refusal) -> Sequence[Refusal]:
    """Return the faults of a refusal; itself if it is only one."""
    return refusal.faults if isinstance(refusal, SeveralFaults) else (refusal,)


def raise_faults(faults: Iterable[Refusal]) -> None:
    """Raise all these faults together, if there are any."""
    found = list(faults)
    if found:
        raise found[0] if len(found) == 1 else SeveralFaults(found)
