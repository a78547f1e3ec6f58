"""After a merge the job of each day is that of the record which is employed then."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people import Person
from domain.people.jobs import list_current
from domain.people.merging import absorb, hand_over
from tests.domain.test_jobs_and_employments import PERIODS, a_record, change, list_titles
from tests.factories.domain_examples import NOW, TODAY, days_from_today


def find_title(person: Person, day: date) -> str | None:
    started = [each for each in list_current(person.jobs) if each.starts_on <= day]
    return started[-1].job_title


@pytest.mark.parametrize("stays", ["leaver", "worker"])
def test_after_a_merge_the_job_of_the_working_record_is_shown(stays: str) -> None:
    leaver, worker = a_record((-100, -10), title="Driver"), a_record((-5, None), title="Engineer")
    change(leaver, -20, "Senior Driver")
    change(worker, 20, "Head")
    person, other = (leaver, worker) if stays == "leaver" else (worker, leaver)
    absorb(person, hand_over(other), today=TODAY, at=NOW)
    assert (person.job_title, person.job_changes_on) == ("Engineer", days_from_today(20))
    assert list_titles(person) == [
        (-100, "Driver"),
        (-20, "Senior Driver"),
        (-5, "Engineer"),
        (20, "Head"),
    ]


def test_a_merge_drops_what_was_planned_for_after_a_departure() -> None:
    leaver, worker = a_record((-100, None), title="Driver"), a_record((-5, None), title="Engineer")
    change(leaver, -3, "Dispatcher")
    change(leaver, 30, "Planned")
    leaver.depart(days_from_today(-10))
    absorb(leaver, hand_over(worker), today=TODAY, at=NOW)
    assert list_titles(leaver) == [(-100, "Driver"), (-5, "Engineer")]
    assert (leaver.job_title, leaver.job_changes_on) == ("Engineer", None)


RECORDS = st.tuples(PERIODS, st.lists(st.integers(0, 59), max_size=4, unique=True))


@given(RECORDS, RECORDS)
def test_a_merged_person_has_on_each_day_the_job_of_the_record_employed_then(
    own: tuple[list[tuple[int, int]], list[int]], given: tuple[list[tuple[int, int]], list[int]]
) -> None:
    records, expected = [], {}
    for name, (periods, choices) in (("given", given), ("own", own)):
        record = a_record(*periods, title=name)
        days = [day for start, end in periods for day in range(start, end)]
        for number in choices:
            day = days[number % len(days)]
            if day > days[0]:
                record.change_job(
                    days_from_today(day), {"job_title": f"{name} {day}"}, today=TODAY, at=NOW
                )
        expected |= {day: find_title(record, days_from_today(day)) for day in days}
        records.append(record)
    absorb(records[1], hand_over(records[0]), today=TODAY, at=NOW)
    found = {day: find_title(records[1], days_from_today(day)) for day in expected}
    assert found == expected
