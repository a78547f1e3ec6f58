"""Aims: what the people of the demo set out to reach, by trade, with real units and figures."""

from api.demo.aims.aim import Aim, Measure, read
from api.demo.aims.clinic import CLINIC, CLINIC_YEAR
from api.demo.aims.freight import FREIGHT
from api.demo.aims.offices import OFFICES
from api.demo.aims.private import PRIVATE
from api.demo.aims.road import ROAD
from api.demo.aims.warehouses import WAREHOUSES
from api.demo.aims.year import COMPANY_YEAR

AIMS: dict[str, tuple[Aim, ...]] = {
    trade: read(text)
    for trade, text in {**ROAD, **FREIGHT, **WAREHOUSES, **OFFICES, **CLINIC}.items()
}
"""What teams and people of each trade aim at."""

YEARS: dict[str, tuple[Aim, ...]] = {
    unit: read(text) for unit, text in {**COMPANY_YEAR, **CLINIC_YEAR}.items()
}
"""What organizations aim at for a fiscal year, by code; `division` stands for any other."""

KEPT_CLOSE: tuple[Aim, ...] = read(PRIVATE)
"""What people aim at for themselves and do not tell everybody."""

__all__ = ["AIMS", "KEPT_CLOSE", "YEARS", "Aim", "Measure"]
