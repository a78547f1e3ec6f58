"""Faults: what is wrong with an input, collected so that all of it is reported together."""

from collections.abc import Iterable

from domain.kernel.errors import Invalid, Refusal


class SeveralFaults(Invalid):
    """Several faults of one input. Message, code and field are those of the first."""

    def __init__(self, faults: Iterable[Refusal]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(str(first), *first.field, code=first.code)
