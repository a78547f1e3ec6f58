"""The daily task of retention: it removes what the policies of a tenant no longer keep."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from domain.erasing import erase_values
from domain.feedback import remove_expired
from domain.kernel.background_tasks import BackgroundTask, TaskHandler
from domain.kernel.unit_of_work import Work
from domain.legal_holds import refuse_held
from domain.people import ErasureReason
from domain.retention.model import RetentionKind, RetentionPolicy
from domain.retention.use_cases import DUE_IDS

APPLY = "retention.apply"
BATCH_SIZE = 20
"""Objects of a kind that one task removes; the next task goes on."""

DELETE_COMMENTS = "delete survey comments"


async def _erase_leavers(work: Work, ids: list[UUID]) -> None:
    for id in ids:
        await refuse_held(work, id)  # a hold of this moment: the next run leaves the person out
        await erase_values(work, id, ErasureReason.RETENTION_ENDED)


async def _delete_comments(work: Work, ids: list[UUID]) -> None:
    await work.run_statement(DELETE_COMMENTS, ids=ids)


REMOVALS: Mapping[RetentionKind, Callable[[Work, list[UUID]], Awaitable[None]]] = {
    RetentionKind.LEAVERS: _erase_leavers,
    RetentionKind.FEEDBACK: remove_expired,
    RetentionKind.SURVEY_COMMENTS: _delete_comments,
}


async def apply(work: Work) -> None:
    """Remove what is due by each policy, and note how much. What a legal hold keeps stays."""
    has_more = False
    for kind in RetentionKind:
        policy = await work.find(RetentionPolicy, data_kind=kind)
        if policy is None or policy.days is None:
            continue
        given = {"days": policy.days, "until": work.actor.today, "maximum": BATCH_SIZE}
        ids = [id for (id,) in await work.run_statement(DUE_IDS[kind], **given)]
        if ids:
            await REMOVALS[kind](work, ids)
            policy.note_removal(len(ids))
        has_more |= len(ids) == BATCH_SIZE
    if has_more:
        work.enqueue(BackgroundTask(APPLY, {}, f"{APPLY} more", work.now))


APPLYING = TaskHandler(apply, interval_hours=24)
