"""Estimates, such as forecasts and quartiles, are computed with double precision.

They are no facts: the values that they are computed from stay exact, and nothing is compared with
them exactly. Each is rounded once, when it is read.
"""

from sqlalchemy import ARRAY, Double

from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import Sql

ESTIMATES = ARRAY(Double)


def estimate(number: Sql) -> Sql:
    """Return a number with double precision."""
    return SqlTemplate("({number})::float8", ESTIMATES.item_type, number=number)
