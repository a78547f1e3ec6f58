"""Tasks that evaluate KPIs: one for each, and one for many that a worker divides."""

import pytest

from domain.kernel.identity import TenantId, generate_id
from domain.kpis import build_evaluation
from domain.kpis.evaluation import MAX_TASKS, build_evaluations
from domain.task_handlers import TASK_HANDLERS
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.actors import an_admin


@pytest.mark.anyio
async def test_the_evaluations_of_many_kpis_are_enqueued_by_a_worker() -> None:
    ids = [generate_id() for _ in range(MAX_TASKS + 1)]
    few = ids[:MAX_TASKS]
    assert build_evaluations(few) == [build_evaluation(each) for each in few]
    (task,) = build_evaluations(ids)
    assert task.key is None  # so that it is not joined with that of another correction
    work = FakeWork(an_admin(TenantId(generate_id())))
    await TASK_HANDLERS[task.kind].run(work, **task.arguments)
    assert work.tasks == [build_evaluation(each) for each in ids]
