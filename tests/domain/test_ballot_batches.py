"""Batches of sealed ballots: who shares one, and what lies in it."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import pytest

from domain.ballots.batches import Places, compute_batch_size, deal_batches

LENGTH = 40
FIRST, SECOND = UUID(int=1), UUID(int=2)


@dataclass
class Invited:
    batch: int = 0


@pytest.mark.parametrize(
    ("people", "sizes"),
    [(7, [7]), (19, [19]), (20, [10, 10]), (29, [14, 15]), (105, [10] * 5 + [11] * 5)],
)
def test_each_batch_has_ten_people_or_more_where_so_many_are_asked(
    people: int, sizes: list[int]
) -> None:
    invited = [Invited() for _ in range(people)]
    deal_batches(invited, compute_batch_size(5))
    assert sorted(Counter(each.batch for each in invited).values()) == sizes


def test_a_batch_has_twice_the_threshold_within_limits() -> None:
    assert [compute_batch_size(each) for each in (3, 5, 7, 10, 100)] == [10, 10, 14, 20, 20]


def test_who_shares_a_batch_is_drawn() -> None:
    invited = [Invited() for _ in range(100)]
    drawn = set[tuple[int, ...]]()
    for _ in range(5):
        deal_batches(invited, 10)
        drawn.add(tuple(each.batch for each in invited))
    assert len(drawn) == 5


def test_ballots_are_put_replaced_and_taken_out() -> None:
    places = Places.create(3, LENGTH)
    places.put(FIRST, b"a" * LENGTH)
    places.put(SECOND, b"b" * LENGTH)
    places.put(FIRST, b"c" * LENGTH)
    again = Places.decode(places.encode(), LENGTH)
    assert (again.find(FIRST), again.find(SECOND)) == (b"c" * LENGTH, b"b" * LENGTH)
    again.take_out(SECOND)
    again.take_out(UUID(int=9))
    assert (again.find(FIRST), again.find(SECOND)) == (b"c" * LENGTH, None)


def test_the_content_has_one_length_and_no_order() -> None:
    places, contents = Places.create(12, LENGTH), set[bytes]()
    for number in range(12):
        places.put(UUID(int=number), bytes([65 + number]) * LENGTH)
        contents.add(places.encode())
    assert len({len(each) for each in contents}) == 1
    orders = {bytes(Places.decode(places.encode(), LENGTH).filled[0][-1:]) for _ in range(40)}
    assert len(orders) > 4


def test_marks_of_one_person_in_two_batches_differ() -> None:
    batches = [Places.create(1, LENGTH) for _ in range(2)]
    for each in batches:
        each.put(FIRST, b"a" * LENGTH)
    assert batches[0].filled != batches[1].filled
