"""The arrays of a statement that writes many rows."""

from decimal import Decimal

from persistence.kernel.mapping.write_statement import list_arrays


def test_a_column_with_one_object_has_it_once_and_one_of_nulls_has_nothing() -> None:
    same, mixed = Decimal("1.0"), (Decimal("1.0"), None, Decimal("1.00"))
    rows = [(7, id, same, other, None) for id, other in zip("abc", mixed, strict=True)]
    columns = [(7, 7, 7), ("a", "b", "c"), (same,), mixed, ()]
    assert [*list_arrays(rows, is_filled=True)] == columns
    columns[2] = (same, same, same)
    assert [*list_arrays(rows, is_filled=False)] == columns


def test_equal_values_of_different_scale_stay_apart() -> None:
    rows = [(1, Decimal("1.0")), (2, Decimal("1.00"))]
    _, (first, last) = list_arrays(rows, is_filled=True)
    assert (str(first), str(last)) == ("1.0", "1.00")
