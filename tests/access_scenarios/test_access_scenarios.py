"""The scenarios hold, by the Python check and by the SQL list."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml

from tests.access_scenarios.given_steps import Scenario
from tests.access_scenarios.then_steps import DAY_SHIFTS, ExpectationChecker, parse_expectations
from tests.access_scenarios.when_steps import run_when_steps
from tests.factories.tenants import a_registered_tenant
from tests.reads.dataset_loader import load_dataset

SCENARIO_FOLDER = Path(__file__).parent
BASE_SENTENCES = yaml.safe_load((SCENARIO_FOLDER / "base_organization.yaml").read_text())["world"]
SECTIONS = {"given", "before", "when", *DAY_SHIFTS}
expectation_counts: dict[str, int] = {}


def load_scenarios() -> Iterator[Any]:
    """Load every scenario of every file, by its name."""
    for page in sorted(SCENARIO_FOLDER.glob("*.yaml")):
        for name, parts in (yaml.safe_load(page.read_text()).get("scenarios") or {}).items():
            yield pytest.param(name, parts, id=f"{page.stem}: {name}")


SCENARIOS = list(load_scenarios())


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "parts"), SCENARIOS)
async def test_the_scenario_holds(
    owner: asyncpg.Connection,
    pool: asyncpg.Pool,
    writing: asyncpg.Pool,
    name: str,
    parts: dict[str, Any],
) -> None:
    assert parts.keys() <= SECTIONS, parts.keys() - SECTIONS
    story = Scenario(await a_registered_tenant(owner), seed=1)
    story.run_given_steps(BASE_SENTENCES)
    story.run_given_steps(parts.get("given", []))
    await load_dataset(owner, pool, story.dataset)
    asking, expectation_counts[name] = ExpectationChecker(story, writing), 0
    wrong = []
    for when in ("before", *DAY_SHIFTS):
        if when == "then":
            await run_when_steps(story, writing, parts.get("when", []))
        wanted = list(parse_expectations(story, parts.get(when, [])))
        expectation_counts[name] += len(wanted)
        wrong += await asking.find_failures(wanted, DAY_SHIFTS.get(when, 0))
    assert wrong == []


def test_there_are_enough_scenarios() -> None:
    if len(expectation_counts) == len(SCENARIOS):
        count = sum(expectation_counts.values())
        print(f"{len(expectation_counts)} scenarios, {count:,} expectations")  # noqa: T201
        assert len(expectation_counts) >= 150
        assert count >= 1000
        assert min(expectation_counts.values()) > 0
