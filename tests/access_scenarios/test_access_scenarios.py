"""The scenarios hold: by the check, and by the list."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml

from tests.access_scenarios.given_steps import Story
from tests.access_scenarios.then_steps import WHEN, Asking, expectations
from tests.access_scenarios.when_steps import carry_out
from tests.factories.tenants import a_registered_tenant
from tests.reads.dataset_loader import load

HERE = Path(__file__).parent
WORLD = yaml.safe_load((HERE / "base_organization.yaml").read_text())["world"]
PARTS = {"given", "before", "when", *WHEN}
checked: dict[str, int] = {}


def scenarios() -> Iterator[Any]:
    """Every scenario of every page, by its name."""
    for page in sorted(HERE.glob("*.yaml")):
        for name, parts in (yaml.safe_load(page.read_text()).get("scenarios") or {}).items():
            yield pytest.param(name, parts, id=f"{page.stem}: {name}")


SCENARIOS = list(scenarios())


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "parts"), SCENARIOS)
async def test_it_holds_that(
    owner: asyncpg.Connection,
    pool: asyncpg.Pool,
    writing: asyncpg.Pool,
    name: str,
    parts: dict[str, Any],
) -> None:
    assert parts.keys() <= PARTS, parts.keys() - PARTS
    story = Story(await a_registered_tenant(owner), seed=1)
    story.tell(WORLD)
    story.tell(parts.get("given", []))
    await load(owner, pool, story.world)
    asking, checked[name] = Asking(story, writing), 0
    wrong = []
    for when in ("before", *WHEN):
        if when == "then":
            await carry_out(story, writing, parts.get("when", []))
        wanted = list(expectations(story, parts.get(when, [])))
        checked[name] += len(wanted)
        wrong += await asking.broken(wanted, WHEN.get(when, 0))
    assert wrong == []


def test_there_are_enough() -> None:
    if len(checked) == len(SCENARIOS):
        print(f"{len(checked)} scenarios, {sum(checked.values()):,} expectations")  # noqa: T201
        assert len(checked) >= 150
        assert sum(checked.values()) >= 1000
        assert min(checked.values()) > 0
