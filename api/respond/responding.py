"""Answering by a link: a use case in a unit of work of the link's tenant."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeAlias

from api.respond.kind import UseCase
from domain.feedback import ResponseLink, build_respondent_actor
from persistence.kernel.pools import PoolSource
from persistence.respondent_work import respondent_work

Responder: TypeAlias = Callable[[UseCase, ResponseLink, object, str], Awaitable[object]]
"""Runs the use case of a link, with a response if there is one, for a request with an id."""


async def find_no_form(*_: object) -> None:
    """Return that no link holds, in a process without a database."""


def create_responder(pool: PoolSource) -> Responder:
    """Return the responder of a process. It raises Refusal, and what a database raises."""

    async def handle(
        use_case: UseCase, link: ResponseLink, response: object, request_id: str
    ) -> object:
        async with respondent_work(
            pool,
            link.tenant_id,
            build_respondent_actor,
            now=datetime.now(UTC),
            request_id=request_id,
        ) as work:
            return await use_case(work, link, response) if work is not None else None

    return handle
