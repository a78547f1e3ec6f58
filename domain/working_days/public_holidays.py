"""Public holidays and weekends of countries and their subdivisions, by the library `holidays`.

Only this module imports it: see docs/decisions/0085-working-days-by-a-library.md.
"""

from collections.abc import Container
from functools import lru_cache

import holidays

MAX_CACHED_PLACES = 200
USUAL_WEEKEND = frozenset({5, 6})
"""Saturday and Sunday: the free days where the country is unknown."""


def is_known_country(country: str) -> bool:
    """Return whether there are holidays of a country, by its ISO 3166-1 code of two letters."""
    return country in holidays.list_supported_countries()


def is_known_subdivision(country: str, subdivision: str) -> bool:
    """Return whether there are holidays of a subdivision, by ISO 3166-2 without the country."""
    return subdivision in holidays.list_supported_countries().get(country, ())


@lru_cache(MAX_CACHED_PLACES)
def load_holidays(country: str, subdivision: str | None) -> Container[object]:
    """Return the public holidays of a place; it finds those of any year.

    A stored place may be unknown to a later version of the library: then there are none.
    """
    if subdivision is not None and not is_known_subdivision(country, subdivision):
        return load_holidays(country, None)
    if not is_known_country(country):
        return frozenset()
    return holidays.country_holidays(country, subdiv=subdivision)


@lru_cache(MAX_CACHED_PLACES)
def load_weekend(country: str) -> frozenset[int]:
    """Return the days of the week that are free; Monday is 0."""
    if not is_known_country(country):
        return USUAL_WEEKEND
    return frozenset(holidays.country_holidays(country).weekend)
