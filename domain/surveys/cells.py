"""Cells: the groups of respondents for which results are published.

Which cells there may be, and with which one each of them is joined, is planned at the launch. It
follows from who is invited. Every respondent is in exactly one cell, and no cell has fewer
respondents than the threshold. So sums and differences of published results never speak of a
smaller group.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

Answer = TypeVar("Answer")

Cells = dict[UUID | None, list[Answer]]
"""The answers by unit. A cell has those of the unit and of all units below without a cell.

None stands for the whole tenant.
"""


def build_cells(
    answers: Iterable[tuple[UUID | None, Answer]],
    parents: Mapping[UUID, UUID | None],
    *,
    top: UUID | None,
    threshold: int,
    sizes: Mapping[UUID | None, int] | None = None,
) -> Cells[Answer]:
    """Return the cells of answers that have the unit of the respondent. None if there are too few.

    `parents` has the parent of each unit, `top` is the unit of the survey. A unit with too few
    answers joins its parent. If the rest at the top is too small, it joins the smallest cell that
    lies in no other: by `sizes`, or else by its answers.
    """
    placed = list(answers)
    paths = {unit: find_path(unit, parents, top=top) for unit, _ in placed}
    units = {above for path in paths.values() for above in path} | {top}
    pools: Cells[Answer] = {each: [] for each in units}
    for unit, answer in placed:
        pools[paths[unit][0]].append(answer)
    cells: Cells[Answer] = {}
    paths = {unit: find_path(unit, parents, top=top) for unit in units}
    for unit in sorted(units, key=lambda each: len(paths[each]), reverse=True):
        if len(pools[unit]) >= threshold:
            cells[unit] = pools[unit]
        elif unit != top:
            pools[paths[unit][1]] += pools[unit]
    if top in cells or not (cells and pools[top]):
        return cells
    outermost = [each for each in cells if not cells.keys() & set(paths[each][1:])]
    known = {each: len(cells[each]) for each in outermost} if sizes is None else sizes
    smallest = min(outermost, key=lambda each: (known[each], str(each)))
    joined = cells.pop(smallest)
    return {**cells, top: joined + pools[top]}


class CellPlan:
    """The cells that there may be, by who is invited: the unit of each person.

    Each has so many people that, even if the fewest answer, nobody learns that all did.
    """

    def __init__(
        self,
        invited: Sequence[UUID | None],
        parents: Mapping[UUID, UUID | None],
        *,
        top: UUID | None,
        needed: int,
    ) -> None:
        self.top, placed = top, [(each, each) for each in invited]
        cells = build_cells(placed, parents, top=top, threshold=needed)
        self._cells = {unit: cell for cell, units in cells.items() for unit in units}
        self.sizes = {cell: len(units) for cell, units in cells.items()}
        paths = {cell: find_path(cell, parents, top=top)[1:] for cell in cells}
        self.parents: dict[UUID, UUID | None] = {
            cell: next((each for each in paths[cell] if each in cells), top)
            for cell in cells
            if cell is not None and cell != top
        }

    def find_path(self, unit: UUID | None) -> list[UUID]:
        """Return the cell of a unit and those that it may be joined with, without the top."""
        path = find_path(self._cells.get(unit, self.top), self.parents, top=self.top)
        return [each for each in path if each is not None and each != self.top]

    def build(self, answers: Iterable[tuple[UUID | None, Answer]], threshold: int) -> Cells[Answer]:
        """Return the cells of answers that have the unit of the respondent."""
        placed = [(self._cells.get(unit, self.top), answer) for unit, answer in answers]
        return build_cells(
            placed, self.parents, top=self.top, threshold=threshold, sizes=self.sizes
        )

    def count_invited(self, cells: Iterable[UUID | None]) -> Counter[UUID | None]:
        """Count how many were invited in each of these cells, with those that have joined it."""
        found, sizes = set(cells), Counter[UUID | None]()
        for cell, size in self.sizes.items():
            path = find_path(cell, self.parents, top=self.top)
            sizes[next((each for each in path if each in found), self.top)] += size
        return sizes


def find_path(
    unit: UUID | None, parents: Mapping[UUID, UUID | None], *, top: UUID | None
) -> list[UUID | None]:
    """Return a unit and the units above it, up to the top. A unit that is not below it is at it."""
    path = list[UUID | None]()
    while unit is not None and unit != top and unit in parents:
        path.append(unit)
        unit = parents[unit]
    return [*path, top] if unit == top else [top]
