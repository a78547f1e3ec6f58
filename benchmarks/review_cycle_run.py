"""A review cycle from the launch to the last signature, by the use cases of each person."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.kernel.access import Actor
from domain.kernel.background_tasks import build_system_actor
from domain.kernel.identity import PersonId, TenantId
from domain.kernel.unit_of_work import Work
from domain.reviews import Review, ReviewPacket, writing
from domain.reviews.cycles import OPENING, ReviewParticipant
from persistence.kernel.pools import Pool
from persistence.unit_of_work.work import work

Report = Callable[[str, int, int], None]
"""Gets what is being done, how many are done, and how many there are."""

AT_ONCE = 4
"""How many people work at the same time."""


@dataclass
class CycleRun:
    """A launched cycle of one tenant, which is brought to its end."""

    pool: Pool
    tenant_id: TenantId
    cycle_id: UUID
    report: Report
    seconds: dict[str, float] = field(default_factory=dict)

    async def open(self) -> None:
        """Open all packets, as workers do after the launch."""
        await self._measure("open", self._open)

    async def complete(self) -> None:
        """Write all forms, decide, share and sign."""
        await self._measure("write", self._write)
        for name in ("decide", "share", "sign"):
            await self._measure(name, lambda step=name: self._finish(step))  # type: ignore[misc]

    async def read(self, kind: type[Any], *names: str, **keys: Sequence[Any]) -> Sequence[Any]:
        """Return values of all objects with these keys."""
        async with self._begin(None) as begun:
            found: Sequence[Any] = await begun.find_values(kind, names, **keys)
            return found

    async def _measure(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        started_at = time.perf_counter()
        await step()
        self.seconds[name] = time.perf_counter() - started_at

    async def _open(self) -> None:
        """Run the task that opens packets as workers do, until everybody has one."""
        key = {"cycle_id": [self.cycle_id]}
        statuses = await self.read(ReviewParticipant, "status", **key)
        expected, opened = sum(status == "active" for (status,) in statuses), 0
        while opened < expected:
            async with self._begin(build_system_actor(self.tenant_id, _today(), OPENING)) as begun:
                await OPENING.run(begun, cycle_id=str(self.cycle_id))
            opened = len(await self.read(ReviewPacket, "id", **key))
            self.report("packets opened", opened, expected)

    async def _write(self) -> None:
        packets = [id for (id,) in await self.read(ReviewPacket, "id", cycle_id=[self.cycle_id])]
        forms = await self.read(Review, "id", "writer_id", packet_id=packets)
        await self._for_each("forms submitted", forms, self._submit)

    async def _submit(self, id: UUID, writer_id: UUID) -> None:
        async with self._begin(self._build_actor(writer_id)) as begun:
            await writing.save_answer(begun, id, "went_well", None, text="Much went well.")
        async with self._begin(self._build_actor(writer_id)) as begun:
            await writing.submit(begun, id)

    async def _finish(self, step: str) -> None:
        names = ("id", "manager_id" if step != "sign" else "subject_id")
        packets = await self.read(ReviewPacket, *names, cycle_id=[self.cycle_id])
        verb: Callable[[Work, UUID], Awaitable[Any]] = {
            "decide": lambda begun, id: writing.decide(begun, id, reason="As written."),
            "share": writing.share,
            "sign": writing.acknowledge,
        }[step]

        async def act(id: UUID, person_id: UUID) -> None:
            async with self._begin(self._build_actor(person_id)) as begun:
                await verb(begun, id)

        await self._for_each(f"{step} packets", packets, act)

    async def _for_each(
        self, what: str, rows: Iterable[Sequence[Any]], act: Callable[..., Awaitable[None]]
    ) -> None:
        """Do this for each row, a few at the same time."""
        waiting = list(rows)
        total, done = len(waiting), 0

        async def work_off() -> None:
            nonlocal done
            while waiting:
                await act(*waiting.pop())
                done += 1
                if done % 1_000 == 0 or done == total:
                    self.report(what, done, total)

        await asyncio.gather(*(work_off() for _ in range(AT_ONCE)))

    def _begin(self, actor: Actor | None) -> Any:
        actor = actor or Actor(self.tenant_id, _today())
        return work(self.pool, actor, now=datetime.now(UTC))

    def _build_actor(self, person_id: UUID) -> Actor:
        return Actor(self.tenant_id, _today(), person_id=PersonId(person_id))


def _today() -> Any:
    return datetime.now(UTC).date()
