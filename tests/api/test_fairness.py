"""Fairness: values that nobody reads, and figures that are computed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg

from domain.kernel.identity import PersonId
from domain.reviews import FairnessAttribute, ReviewCycle
from domain.reviews.cycles import ReviewCycleStatus
from domain.reviews.fairness import FairnessValue
from domain.reviews.packets import ReviewPacketStatus
from tests.api.company import Company, _save
from tests.factories.actors import NOW
from tests.factories.people import a_person
from tests.factories.review_cycles import a_review_cycle
from tests.factories.reviews import a_packet, a_rating_scale
from tests.factories.row_hashes import hash_tables

POINTS = tuple((f"Level {each}", str(each)) for each in range(1, 6))
FIGURES = """fairness { attribute { name } favouredFrom threshold personCount hiddenCount mean
  bandStarts groups { label personCount bandCounts mean gap favouredCount isReference impactRatio
  pValue flipCount } }"""
READ = f"query($id: ID!) {{ reviewCycle(by: {{ id: $id }}) {{ {FIGURES} }} }}"
LEVELS = {1: (2, 3, 20, 5, 0), 2: (3, 2, 9, 9, 5), 3: (0, 1, 1, 1, 0), None: (2, 2, 2, 0, 0)}
"""How many people of each group have each level."""


@dataclass
class Fair:
    """Closed cycles about the same people, with an attribute that has values."""

    company: Company
    cycles: list[ReviewCycle]
    attribute: FairnessAttribute
    people: list[Any]

    async def compute(self, number: int = 0, who: str = "hr", **changes: Any) -> Any:
        given = {
            "id": self.encode(number),
            "attributeId": self.encode_attribute(),
            "favouredFrom": 4,
        }
        selection = f"reviewCycle {{ {FIGURES} }}"
        return await self.company.mutate(
            *(who, "reviewCycleComputeFairness", selection), **given | changes
        )

    async def write(self, group: str | None, *people: Any, who: str = "hr") -> Any:
        ids = [f"person_{each.id}" for each in people]
        values = [{"personId": each, "group": group} for each in ids]
        return await self.company.mutate(
            *(who, "fairnessAttributeSetValues", "fairnessAttribute { version }"),
            id=self.encode_attribute(),
            values=values,
        )

    def encode(self, number: int) -> str:
        return f"reviewcycle_{self.cycles[number].id}"

    def encode_attribute(self) -> str:
        return f"fairnessattribute_{self.attribute.id}"


async def prepare(
    company: Company,
    writing: asyncpg.Pool,
    *left_out: int,
    levels: Mapping[int | None, tuple[int, ...]] = LEVELS,
) -> Fair:
    """Store a cycle of everybody, and one for each number of people who are left out."""
    tenant_id = company.tenant_id
    scale = a_rating_scale(tenant_id, "Five", points=POINTS)
    attribute = FairnessAttribute.create(tenant_id, name="Shift", groups=("Day", "Night", "Late"))
    attribute.events.clear()
    rows = [
        (group, level)
        for group, counts in levels.items()
        for level, count in enumerate(counts, start=1)
        for _ in range(count)
    ]
    people = [
        a_person(tenant_id, f"P{n}", organization=company.units["ops"]) for n in range(len(rows))
    ]
    values = [
        FairnessValue(
            tenant_id=tenant_id,
            attribute_id=attribute.id,
            person_id=PersonId(person.id),
            position=group,
            written_at=NOW - timedelta(days=9),
        )
        for person, (group, _) in zip(people, rows, strict=True)
        if group
    ]
    cycles, packets = [], []
    for number in (0, *left_out):
        template = company.review_templates["published"]
        cycle = a_review_cycle(template, status=ReviewCycleStatus.CLOSED, name=f"Round {number}")
        cycle.scale_id, cycle.phase, cycle.ended_at = scale.id, None, NOW
        cycles.append(cycle)
        for person, (_, level) in list(zip(people, rows, strict=True))[number:]:
            packet = a_packet(person, company.people["boss"], ReviewPacketStatus.SHARED, scale)
            packet.cycle_id, packet.level, packet.is_released = cycle.id, level, True
            packets.append(packet)
    await _save(*(writing, tenant_id, [scale, attribute], people, cycles, packets), records=values)
    return Fair(company, cycles, attribute, people)


async def test_figures_are_about_groups_that_are_large_enough(
    company: Company, writing: asyncpg.Pool
) -> None:
    fair = await prepare(company, writing)
    done = await fair.compute()
    assert done["errors"] == []
    (figure,) = done["reviewCycle"]["fairness"]
    # Three people are late and six in no group. Their levels from 4 on are one person's, so the
    # favoured levels cannot be shown apart, and nothing is compared.
    assert (figure["personCount"], figure["hiddenCount"], figure["threshold"]) == (67, 9, 5)
    assert figure["bandStarts"] == [1]
    assert [(e["label"], e["bandCounts"], e["impactRatio"]) for e in figure["groups"]] == [
        ("Day", [30], None),
        ("Night", [28], None),
    ]
    assert (await fair.compute())["errors"][0]["code"] == "STATE_CONFLICT"
    for who in ("hr_ops", "boss", "admin", "analyst", "mara"):
        found = await company.query(who, READ, id=fair.encode(0))
        assert found["reviewCycle"] is None, who


async def test_a_gap_comes_with_ratio_p_and_people_who_flip_it(
    company: Company, writing: asyncpg.Pool
) -> None:
    fair = await prepare(company, writing, levels={1: LEVELS[1], 2: LEVELS[2]})
    (figure,) = (await fair.compute())["reviewCycle"]["fairness"]
    day, night = figure["groups"]
    assert (figure["personCount"], figure["hiddenCount"], figure["bandStarts"]) == (
        58,
        0,
        [1, 3, 4],
    )
    assert (day["bandCounts"], night["bandCounts"]) == ([5, 20, 5], [5, 9, 14])
    assert (night["isReference"], night["favouredCount"], night["impactRatio"]) == (True, 14, None)
    # 5 of 30 against 14 of 28; seven more would be 12 of 30, which are four fifths of the half.
    assert (day["favouredCount"], day["impactRatio"]) == (5, "0.333333333333")
    assert (round(float(day["pValue"]), 4), day["flipCount"]) == (0.0112, 7)


async def test_values_are_written_by_hr_and_never_read(
    company: Company, writing: asyncpg.Pool, owner: Any
) -> None:
    fair = await prepare(company, writing)
    person = fair.people[0]
    assert (await fair.write("late", person))["errors"] == []
    history = "query($id: ID!) { fairnessAttribute(by: { id: $id }) { name groups history { nodes {"
    history += " action changes { field } } } } }"
    found = (await company.query("hr", history, id=fair.encode_attribute()))["fairnessAttribute"]
    assert found["history"]["nodes"][0] == {"action": "VALUES_SET", "changes": []}
    everybody = await company.query("mara", history, id=fair.encode_attribute())
    assert everybody["fairnessAttribute"]["groups"] == ["Day", "Night", "Late"]
    assert everybody["fairnessAttribute"]["history"] is None
    async with owner.transaction(readonly=True):
        stored = await hash_tables(owner, company.tenant_id)
    own = company.people["hr"]
    wrong = await company.mutate(
        *("hr", "fairnessAttributeSetValues", "errors { code }"),
        id=fair.encode_attribute(),
        values=[
            {"personId": f"person_{own.id}", "group": "Day"},
            {"personId": f"person_{person.id}", "group": "Noon"},
        ],
    )
    assert [(each["code"], each["field"]) for each in wrong["errors"]] == [
        ("INVALID", ["values", "0", "personId"]),
        ("REFERENCE_NOT_FOUND", ["values", "1", "group"]),
    ]
    async with owner.transaction(readonly=True):
        assert await hash_tables(owner, company.tenant_id) == stored


async def test_nobody_learns_a_group_from_the_difference_of_two_cycles(
    company: Company, writing: asyncpg.Pool
) -> None:
    fair = await prepare(company, writing, 0, 1, 6)
    assert (await fair.compute(0))["errors"] == []
    # One person less: the difference would tell their group.
    refused = await fair.compute(2)
    assert [each["code"] for each in refused["errors"]] == ["STATE_CONFLICT"]
    assert "differ by 1 people" in refused["errors"][0]["message"]
    # A value that is written again counts as a difference, too.
    assert (await fair.write("Night", fair.people[20]))["errors"] == []
    refused = await fair.compute(1)
    assert "differ by 1 people" in refused["errors"][0]["message"]
    assert (await company.query("hr", READ, id=fair.encode(1)))["reviewCycle"]["fairness"] == []
    # Values that were written after the launch do not count: this one has no group now.
    await fair.write("Night", *fair.people[20:27])
    done = await fair.compute(3)
    assert done["errors"] == []
    assert done["reviewCycle"]["fairness"][0]["hiddenCount"] == 9 + 7
