"""Public holidays and weekends of countries and their subdivisions, by the library `holidays`.

Only this module imports it: see docs/decisions/0085-working-days-by-a-library.md.
"""

from collections.abc import Container
from functools import lru_cache

import holidays

MAX_CACHED_PLACES = 200


def is_known_country(country: str) -> bool:
    """Return whether there are holidays of a country, by its ISO 3166-1 code of two letters."""
    return country in holidays.list_supported_countries()


def is_known_subdivision(country: str, subdivision: str) -> bool:
    """Return whether there are holidays of a subdivision, by ISO 3166-2 without the country."""
    return subdivision in holidays.list_supported_countries().get(country, ())


@lru_cache(MAX_CACHED_PLACES)
def load_holidays(country: str, subdivision: str | None) -> Container[object]:
    """Return the public holidays of a place; it finds those of any year."""
    return holidays.country_holidays(country, subdiv=subdivision)


@lru_cache(MAX_CACHED_PLACES)
def load_weekend(country: str) -> frozenset[int]:
    """Return the days of the week that are free; Monday is 0."""
    return frozenset(holidays.country_holidays(country).weekend)
