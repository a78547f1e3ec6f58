"""The demo: two made-up tenants with a year behind them, the same on every machine.

`meridian` is a logistics company of about 1,200 people, `harbor` a clinic of about 60. What they
are like is planned here in plain Python, and told to the domain in the order in which it happened.
"""

from api.demo.known import DemoPerson, people_to_be
from api.demo.queries import first_query

__all__ = ["DemoPerson", "first_query", "people_to_be"]
