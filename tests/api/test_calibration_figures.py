"""Figures of calibration sessions, compared with worked numbers and exact fractions."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import asyncpg
import pytest

from api.kernel.schema.global_ids import encode_id
from domain.reviews.calibration import CalibrationStatus
from domain.reviews.calibration.figures import compute_leniency, compute_variance, is_central
from domain.reviews.packets import ReviewPacketStatus
from tests.api.company import Company, _save
from tests.factories.actors import NOW
from tests.factories.calibration import a_row, a_session
from tests.factories.reviews import a_packet, a_rating_scale

POINTS = tuple((f"Level {each}", str(each)) for each in range(1, 6))
LABELS = [label for label, _ in POINTS]
EVEN = {"chief": (4, 4, 5, 3), "former": (3, 3, 4, 2), "peer": (3, 3, 4, 4)}
MANAGERS = ("mara", "boss", "chief", "former", "peer", "lead", "hr", "hr_ops", "admin", "analyst")
FIGURES = """query($id: ID!) { calibrationSession(by: { id: $id }) {
  distribution { count deviation largestGap
    levels { level { position } count originalCount share target gap } }
  leniency { count mean standardDeviation method shrinkage managers {
    manager { id } count mean offset leniency standardDeviation isCentral isOutlier } }
  unitFigures { organization { code } count mean levels { count share gap } }
  box { unplaced horizontalScale { name } verticalScale { name } horizontalLabels verticalLabels
    cells { horizontal vertical count } } } }"""


async def read_figures(
    company: Company,
    writing: asyncpg.Pool,
    ratings: Mapping[str, Sequence[int]],
    guidance: Sequence[int] = (),
    **changes: Any,
) -> Any:
    """Store an open session with these levels by manager, about people of two units; read it."""
    people, scale = company.people, a_rating_scale(company.tenant_id, "Five", points=POINTS)
    cycle = company.calibrations.cycles["compared"]
    session = a_session(cycle, [people["ruler"]], [], CalibrationStatus.OPEN)
    session.scale_id = session.horizontal_scale_id = session.vertical_scale_id = scale.id
    session.guidance = tuple(guidance)
    for name, value in changes.items():
        setattr(session, name, value)
    packets, rows = [], []
    for manager, levels in ratings.items():
        for number, level in enumerate(levels):
            subject = people["nobody" if number % 2 else "newcomer"]
            packet = a_packet(subject, people[manager], ReviewPacketStatus.DECIDED, scale)
            packet.level, packet.decided_at = level, NOW
            packets.append(packet)
            row = a_row(session, packet, people["mara" if number % 2 else "hr"])
            row.vertical_rating = (number % 3) or None
            rows.append(row)
    await _save(writing, company.tenant_id, [scale], packets, [session], rows)
    id = encode_id("calibrationsession", session.id)
    return (await company.query("ruler", FIGURES, id=id))["calibrationSession"]


async def test_leniency_beside_the_raw_offset(company: Company, writing: asyncpg.Pool) -> None:
    found = (await read_figures(company, writing, EVEN))["leniency"]
    managers = {each.pop("manager")["id"]: each for each in found.pop("managers")}
    assert found == {
        "count": 12,
        "mean": 3.5,
        "method": "DEFAULT",
        "shrinkage": 5.0,
        "standardDeviation": round(float(Fraction(7, 11)) ** 0.5, 12),
    }
    ids = [company.encode_id("person", each) for each in ("chief", "peer", "former")]
    assert list(managers) == ids  # the most lenient first
    assert managers[ids[0]] == {
        "count": 4,
        "mean": 4.0,
        "offset": 0.5,
        "leniency": round(2 / 9, 12),
        "standardDeviation": round(float(Fraction(2, 3)) ** 0.5, 12),
        "isCentral": False,
        "isOutlier": False,
    }
    assert [managers[each]["leniency"] for each in ids[1:]] == [0.0, round(-2 / 9, 12)]


@pytest.mark.parametrize("spread", [2, 1, 0])
async def test_ten_managers_estimate_the_shrinkage(
    company: Company, writing: asyncpg.Pool, spread: int
) -> None:
    ratings = {
        who: tuple(1 + (place * spread + number * number) % 5 for number in range(2 + place))
        for place, who in enumerate(MANAGERS)
    }
    if not spread:
        ratings = dict.fromkeys(MANAGERS, (3, 4))
    exact = {who: [Fraction(each) for each in levels] for who, levels in ratings.items()}
    everybody = [value for values in exact.values() for value in values]
    expected = compute_leniency(exact)
    found = (await read_figures(company, writing, ratings))["leniency"]
    assert (found["method"], found["mean"]) == ("ESTIMATED", round(float(expected.mean), 12))
    shrinkage = expected.shrinkage
    assert found["shrinkage"] == (None if shrinkage is None else round(float(shrinkage), 12))
    assert (shrinkage is None) is (spread == 0)
    by_id = {each["manager"]["id"]: each for each in found["managers"]}
    for who, values in exact.items():
        row = by_id[company.encode_id("person", who)]
        variance = compute_variance(values)
        assert row["leniency"] == round(float(expected.shrunk[who]), 12)
        assert row["offset"] == round(float(expected.raw[who]), 12)
        assert row["isCentral"] is is_central(values, everybody)
        assert row["isOutlier"] is (abs(expected.shrunk[who]) >= Fraction(1, 2))
        assert row["standardDeviation"] == round(float(variance or 0) ** 0.5, 12)


async def test_a_manager_who_is_far_off_or_avoids_the_ends_is_marked(
    company: Company, writing: asyncpg.Pool
) -> None:
    ratings = {"boss": (5,) * 9, "chief": (1, 5) * 6, "former": (3,) * 8}
    found = (await read_figures(company, writing, ratings))["leniency"]
    marks = {each["manager"]["id"]: (each["isOutlier"], each["isCentral"]) for each in
             found["managers"]}  # fmt: skip
    assert marks == {
        company.encode_id("person", "boss"): (True, True),
        company.encode_id("person", "chief"): (False, False),
        company.encode_id("person", "former"): (False, True),
    }


async def test_the_distribution_beside_its_guidance(
    company: Company, writing: asyncpg.Pool
) -> None:
    levels = [level for level, count in enumerate((0, 4, 22, 12, 2), 1) for _ in range(count)]
    found = await read_figures(company, writing, {"boss": levels}, (5, 15, 60, 15, 5))
    distribution = found["distribution"]
    assert (distribution["count"], distribution["deviation"]) == (40, 0.15)
    assert distribution["largestGap"] == 0.15
    assert [each["gap"] for each in distribution["levels"]] == [-0.05, -0.05, -0.05, 0.15, 0.0]
    assert distribution["levels"][3] == {
        "level": {"position": 4},
        "count": 12,
        "originalCount": 12,
        "share": 0.3,
        "target": 0.15,
        "gap": 0.15,
    }
    units = {each["organization"]["code"]: each for each in found["unitFigures"]}
    assert {name: each["count"] for name, each in units.items()} == {"OPS": 20, "SALES": 20}
    pooled = [each["count"] for each in distribution["levels"]]
    by_unit = [[each["count"] for each in one["levels"]] for one in units.values()]
    assert [sum(each) for each in zip(*by_unit, strict=True)] == pooled
    mean = sum(each["mean"] for each in units.values()) / 2
    assert mean == pytest.approx(found["leniency"]["mean"])


async def test_nineteen_rows_allow_no_statement(company: Company, writing: asyncpg.Pool) -> None:
    found = await read_figures(company, writing, {"boss": (3,) * 19}, (5, 15, 60, 15, 5))
    assert found["distribution"]["deviation"] is None
    assert found["distribution"]["largestGap"] is None
    third = found["distribution"]["levels"][2]
    assert (third["share"], third["target"], third["gap"]) == (1.0, 0.6, None)


async def test_any_two_attributes_are_a_box(company: Company, writing: asyncpg.Pool) -> None:
    found = await read_figures(company, writing, EVEN)
    assert found["box"] is None
    boxed = await read_figures(company, writing, EVEN, vertical_key="potential")
    assert boxed["box"] == {
        "unplaced": 6,
        "horizontalScale": {"name": "Five"},
        "verticalScale": {"name": "Five"},
        "horizontalLabels": LABELS,
        "verticalLabels": LABELS,
        "cells": [
            {"horizontal": 3, "vertical": 1, "count": 2},
            {"horizontal": 4, "vertical": 1, "count": 1},
            {"horizontal": 4, "vertical": 2, "count": 2},
            {"horizontal": 5, "vertical": 2, "count": 1},
        ],
    }
