"""Quotas of calibration sessions as sentences: whole numbers, groups, and what is refused."""

from dataclasses import astuple
from uuid import UUID

import pytest

from domain.kernel.errors import Invalid
from domain.kernel.faults import list_faults
from domain.kernel.identity import OrganizationId
from domain.reviews.calibration import CalibrationQuotaGroup, CalibrationQuotaRounding
from domain.reviews.calibration.quotas import compute_limit, find_broken_quotas
from tests.domain.test_calibration import a_packet, a_row, a_session

UP, DOWN = CalibrationQuotaRounding
NORTH, SOUTH = OrganizationId(UUID(int=1)), OrganizationId(UUID(int=2))


@pytest.mark.parametrize(
    ("size", "percent", "up", "down"),
    [
        # NAVADMIN 219/11: of seven, two may be promoted early, and five early or "must promote".
        (7, 20, 2, 1),
        (7, 60, 5, 4),
        (10, 20, 2, 2),
        (0, 20, 0, 0),
        (1, 0, 0, 0),
        # 29 percent of 100 are 28.999… with floats.
        (100, 29, 29, 29),
        (1_000, 100, 1_000, 1_000),
    ],
)
def test_a_limit_is_rounded_once_and_exactly(size: int, percent: int, up: int, down: int) -> None:
    assert compute_limit(size, percent, UP) == up
    assert compute_limit(size, percent, DOWN) == down


def test_a_quota_counts_the_levels_above_too_in_each_group() -> None:
    session = a_session(
        quotas=(100, 60, 20), quota_group=CalibrationQuotaGroup.UNIT, quotas_are_binding=True
    )
    rows = []
    for unit, levels in ((SOUTH, (3, 3, 2, 1, 1, 1, 1)), (NORTH, (3, 3, 3)), (None, (1,))):
        for level in levels:
            row = a_row(session, a_packet(level))
            row.organization_id = unit
            rows.append(row)
    found = [astuple(each)[:5] for each in find_broken_quotas(session, rows)]
    # Two of seven keep the quota. Two of three have room at the two highest levels, three do not.
    assert found == [(NORTH, 2, 3, 3, 2), (NORTH, 3, 3, 3, 1)]
    session.quota_group = CalibrationQuotaGroup.SESSION
    found = [astuple(each)[:5] for each in find_broken_quotas(session, rows)]
    assert found == [(None, 3, 11, 5, 3)]
    session.quota_group = CalibrationQuotaGroup.MANAGER  # each row has a manager of its own
    assert list(find_broken_quotas(session, rows)) == []
    session.quota_rounding = DOWN
    assert {(e.size, e.limit) for e in find_broken_quotas(session, rows)} == {(1, 0)}


@pytest.mark.parametrize(
    ("quotas", "fields"),
    [
        ((90, 20), [("quotas", "0")]),
        ((100, 20, 30), [("quotas", "2")]),
        ((100, 101, -1), [("quotas", "1"), ("quotas", "2")]),
    ],
)
def test_quotas_that_make_no_sense_are_refused(
    quotas: tuple[int, ...], fields: list[tuple[str, ...]]
) -> None:
    with pytest.raises(Invalid) as raised:
        a_session(quotas=quotas)
    assert [each.field for each in list_faults(raised.value)] == fields
