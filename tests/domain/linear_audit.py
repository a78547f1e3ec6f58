"""What an attacker computes from published sums: combinations of them (Gusfield 1988)."""

from collections.abc import Sequence
from fractions import Fraction


def compute_rank(rows: Sequence[Sequence[Fraction]]) -> int:
    """Compute the rank of a matrix by elimination."""
    left, rank = [list(each) for each in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((each for each in left[rank:] if each[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(rank, pivot)
        for each in left[rank + 1 :]:
            factor = each[column] / pivot[column]
            each[:] = [a - factor * b for a, b in zip(each, pivot, strict=True)]
        rank += 1
    return rank
