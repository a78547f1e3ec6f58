"""Measurements for tests, stored without the rules of recording."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import asyncpg

from domain.kpis import Kpi
from domain.kpis.calendar import PeriodCalendar
from tests.factories.rows import insert_rows

RECORDED_AT = datetime(2026, 6, 1, 8, tzinfo=UTC)


async def measure(
    pool: asyncpg.Pool,
    kpi: Kpi,
    values: Mapping[str, Any],
    calendar: PeriodCalendar | None = None,
    *,
    items: Mapping[str, int] | None = None,
) -> None:
    """Store the values of a KPI, each by a day in its period, perhaps with the number of items.

    A value is a number, a pair of numerator and denominator, or None where the KPI does not apply.
    """
    known, counts = calendar or PeriodCalendar(), items or {}
    rows = [
        _build_row(kpi, known, day, value) | {"item_count": counts.get(day)}
        for day, value in values.items()
    ]
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{kpi.tenant_id}'")
        await insert_rows(connection, "kpi_measurements", rows)


def _build_row(kpi: Kpi, calendar: PeriodCalendar, day: str, value: Any) -> dict[str, Any]:
    period = calendar.find(kpi.frequency, datetime.fromisoformat(day).date())
    numerator, denominator = value if isinstance(value, tuple) else (None, None)
    number = Decimal(numerator) / Decimal(denominator) if numerator else value
    return {
        "tenant_id": kpi.tenant_id,
        "id": uuid4(),
        "kpi_id": kpi.id,
        "period_ordinal": period.ordinal,
        "starts_on": period.starts_on,
        "state": "not_applicable" if value is None else "measured",
        "value": None if number is None else Decimal(number),
        "numerator": numerator and Decimal(numerator),
        "denominator": denominator and Decimal(denominator),
        "source": "entered",
        "recorded_at": RECORDED_AT,
        "revision": 1,
    }
