"""Answering by a link: the use case in a unit of work of the link's tenant."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeAlias

from domain.feedback import (
    GivenResponse,
    ResponseForm,
    ResponseLink,
    build_respondent_actor,
    respond,
)
from persistence.kernel.pools import PoolSource
from persistence.respondent_work import respondent_work

Responder: TypeAlias = Callable[
    [ResponseLink, GivenResponse | None, str], Awaitable[ResponseForm | None]
]
"""Reads the form of a link, after a response if there is one, for a request with an id."""


async def find_no_form(*_: object) -> ResponseForm | None:
    """Return that no link holds, in a process without a database."""
    return None


def create_responder(pool: PoolSource) -> Responder:
    """Return the responder of a process. It raises Refusal, and what a database raises."""

    async def handle(
        link: ResponseLink, response: GivenResponse | None, request_id: str
    ) -> ResponseForm | None:
        async with respondent_work(
            pool,
            link.tenant_id,
            build_respondent_actor,
            now=datetime.now(UTC),
            request_id=request_id,
        ) as work:
            return await respond(work, link, response) if work is not None else None

    return handle
