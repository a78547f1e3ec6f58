"""Texts and ids of a tenant stay with it, and the detector finds a leak on every way out."""

from uuid import uuid4

import pytest

from api.telemetry.metrics import Metrics
from domain.kernel.identity import generate_id
from tests.factories.graph import DictGraph
from tests.leaks.leak_detector import DETECTOR, LeakDetector
from tests.leaks.markers import ALDER, BIRCH, build_marker

pytestmark = pytest.mark.anyio


async def test_a_planted_leak_in_an_answer_is_caught() -> None:
    graph = DictGraph(goal={"title": f"Ship {build_marker(ALDER)}"})

    with DETECTOR.expect_leaks() as leaks:
        await graph.execute_json('{goal(by: {id: "goal_1"}) {title}}')

    assert len(leaks) == 1
    assert ALDER.hex in leaks[0]


async def test_a_planted_leak_in_a_log_line_or_a_metric_is_caught() -> None:
    metrics = Metrics()
    metrics.watch_pool("home", build_marker(ALDER), "open", lambda: 1)

    with DETECTOR.expect_leaks() as leaks:
        metrics.render()
        DETECTOR.check_public_text(
            f'{{"event": "request", "title": "{build_marker(BIRCH)}"}}', "a line"
        )

    assert len(leaks) == 2


async def test_an_id_of_another_tenant_is_a_leak_unless_it_was_asked_with() -> None:
    watch, mine, theirs = LeakDetector(), uuid4(), uuid4()
    goal, person = str(generate_id()).encode(), str(generate_id()).encode()
    watch.check_response(b'{"id":"goal_%b"}' % goal, mine, b"", "an answer")
    watch.check_response(b'{"id":"person_%b"}' % person, mine, b"query with " + person, "an answer")

    watch.check_ids({goal: {theirs}, person: {theirs}})

    assert len(watch.leaks) == 1
    assert goal.decode() in watch.leaks[0]


async def test_a_tenants_own_marker_is_no_leak() -> None:
    watch = LeakDetector()
    watch.check_response(build_marker(ALDER).encode(), ALDER, b"", "an answer")
    assert watch.leaks == []
