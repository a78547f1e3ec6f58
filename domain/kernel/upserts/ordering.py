"""The order of rows: what a row refers to comes before it."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from domain.kernel.errors import Code, Invalid
from domain.kernel.upserts.rows import Row

FindParent = Callable[[Row], Row | None]


def order_rows(
    rows: Sequence[Row], find_parent: FindParent, path: str
) -> tuple[list[Row], Mapping[int, Invalid]]:
    """Return the rows with parents before children, and why rows that close a loop are refused.

    Of each loop the last row closes it. `path` is the field that names the parent.
    """
    faults = dict[int, Invalid]()
    for row in rows:
        if (chain := _find_loop(row, find_parent)) and row is max(chain, key=_get_index):
            names = " → ".join(str(each.name) for each in (*chain, chain[0]))
            faults[row.index] = Invalid(
                f"This row closes a loop: {names}. Change one of these rows.",
                path,
                code=Code.REFERENCE_CYCLE,
            )
    remaining = [each for each in rows if each.index not in faults]
    return list(_walk(remaining, find_parent, set(faults))), faults


def _find_loop(row: Row, find_parent: FindParent) -> list[Row]:
    """Return the rows of the loop that this row is part of, from it on; none if it is in none."""
    chain, above = [row], find_parent(row)
    while above is not None and above not in chain:
        chain.append(above)
        above = find_parent(above)
    return chain if above is row else []


def _walk(rows: Iterable[Row], find_parent: FindParent, skipped: set[int]) -> Iterable[Row]:
    seen = set(skipped)
    for row in rows:
        chain = list[Row]()
        above: Row | None = row
        while above is not None and above.index not in seen:
            seen.add(above.index)
            chain.append(above)
            above = find_parent(above)
        yield from reversed(chain)


def _get_index(row: Row) -> int:
    return row.index
