"""The demo: two made-up tenants with a year behind them, the same on every machine.

`meridian` is a logistics company of about 1,200 people, `harbor` a clinic of about 60. What they
are like is planned here in plain Python, and told to the domain in the order in which it happened.
"""

from datetime import date
from typing import TYPE_CHECKING

from api.demo.known import DemoPerson, people_to_be
from api.demo.queries import QUERIES, ExampleQuery, queries_of

if TYPE_CHECKING:
    from api.commands.database_url import Database
    from api.demo.loading import Report
    from api.settings import Settings


async def load_demo(
    database: "Database", settings: "Settings", report: "Report", *, today: date | None = None
) -> list[DemoPerson]:
    """Found the demo tenants that are missing; says who may be somebody in the new ones.

    `report` is called with a tenant's name, how far its story is told, and how long it is.
    """
    from api.demo import loading  # noqa: PLC0415 - whoever only asks for the people needs no stories

    return await loading.load_demo(database, settings, report, today=today)


__all__ = [
    "QUERIES",
    "DemoPerson",
    "ExampleQuery",
    "load_demo",
    "people_to_be",
    "queries_of",
]
