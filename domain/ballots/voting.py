"""Use cases of all ballots: sealing them, taking them back, and the tasks that count them."""

from base64 import b64decode
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any, Generic, TypeVar
from uuid import UUID

from domain.ballots.batches import BallotBatch, Places
from domain.ballots.box import BallotBox, BallotInvitation
from domain.ballots.envelopes import Answers, decode, encode
from domain.kernel.actions import Action
from domain.kernel.background_tasks import BackgroundTask, TaskHandler
from domain.kernel.errors import NotPermitted, StateConflict
from domain.kernel.periods import ONE_DAY
from domain.kernel.unit_of_work import Work
from domain.tenants import load_tenant

BATCHES_AT_ONCE = 50
"""How many batches are in memory at once while ballots are opened."""

Box = TypeVar("Box", bound=BallotBox)
Invitation = TypeVar("Invitation", bound=BallotInvitation)


@dataclass(frozen=True)
class Opened(Generic[Invitation]):
    """An invitation, with the answers of its ballot; None without a ballot."""

    invitation: Invitation
    answers: Answers | None


async def get_invited(
    work: Work,
    kinds: tuple[type[Box], type[Invitation]],
    id: UUID,
    action: Action,
    *,
    field: str,
    refusal: str,
) -> tuple[Box, Invitation]:
    """Return an open box with the invitation of the actor.

    Raises Invalid for one that the actor does not see, StateConflict for one that is not open, and
    NotPermitted with the refusal for those who are not invited.
    """
    kind, invitation_kind = kinds
    box = await work.reference(kind, id, field)
    assert box is not None, "The id is given."
    if not action.may_start(box):
        message = f"The {kind.LABEL or kind.NAME} is over. Its answers cannot be changed any more."
        raise StateConflict(message)
    person_id = work.actor.person_id or UUID(int=0)
    keys: dict[str, list[Any]] = {f"{kind.NAME}_id": [box.id], "person_id": [person_id]}
    found = await work.find_records(invitation_kind, **keys)
    if not found:
        raise NotPermitted(refusal)
    await work.require(box, to=action)
    return box, found[0]


async def seal_answers(
    work: Work, box: BallotBox, invitation: BallotInvitation, answers: Answers
) -> None:
    """Seal answers in place of earlier ones. The journal has nothing of it."""
    ballot = encode(answers, box.ballot_length)
    sealed = work.ballot_keys.seal(box.public_key, ballot, box.id)
    await _replace(work, box, invitation, sealed)


async def withdraw_answers(work: Work, box: BallotBox, invitation: BallotInvitation) -> None:
    """Remove the ballot of an invitation."""
    await _replace(work, box, invitation, None)


async def _replace(
    work: Work, box: BallotBox, invitation: BallotInvitation, sealed: bytes | None
) -> None:
    """Seal the batch of an invitation again, as a whole, with this ballot or without one.

    One transaction writes batch and invitation, so no answer is lost between the two. It says that
    somebody has answered, and not which ballot of the batch is theirs.
    """
    await work.lock([box])
    keys = work.ballot_keys
    number: dict[str, list[Any]] = {"box_id": [box.id], "number": [invitation.batch]}
    batch = next(iter(await work.find_records(BallotBatch, **number)), None)
    length = box.ballot_length + keys.overhead
    if batch is not None:
        content = keys.open_batch(box.id, batch.number, batch.contents)
        places = Places.decode(content, length)
    else:
        places = Places.create(await _count_members(work, box, invitation), length)
    if sealed is None:
        places.take_out(invitation.id)
    else:
        places.put(invitation.id, sealed)
    contents = keys.seal_batch(box.id, invitation.batch, places.encode())
    if batch is None:
        added = BallotBatch(
            tenant_id=box.tenant_id, box_id=box.id, number=invitation.batch, contents=contents
        )
        work.write_records(added=[added])
    else:
        batch.contents = contents
        work.write_records(changed=[batch])
    invitation.has_responded, invitation.ballot = sealed is not None, None
    work.write_records(changed=[invitation])


async def _count_members(work: Work, box: BallotBox, invitation: BallotInvitation) -> int:
    """Return how many people share the batch of an invitation."""
    keys: dict[str, list[Any]] = {f"{box.NAME}_id": [box.id], "batch": [invitation.batch]}
    return len(await work.find_values(type(invitation), ("id",), **keys))


async def open_ballots(
    work: Work, box: BallotBox, invitations: Sequence[Invitation]
) -> list[Opened[Invitation]]:
    """Open all ballots in memory. Raises KeyMissing."""
    members = defaultdict[int, list[Invitation]](list)
    for each in invitations:
        members[each.batch].append(each)
    opened = list[Opened[Invitation]]()
    remaining = iter(members)
    while numbers := [*islice(remaining, BATCHES_AT_ONCE)]:
        keys: dict[str, list[Any]] = {"box_id": [box.id] * len(numbers), "number": numbers}
        places = {
            each.number: _open_batch(work, box, each)
            for each in await work.find_records(BallotBatch, **keys)
        }
        for number in numbers:
            opened += await _open_members(work, box, members[number], places.get(number))
    return opened


def _open_batch(work: Work, box: BallotBox, batch: BallotBatch) -> Places:
    keys = work.ballot_keys
    content = keys.open_batch(box.id, batch.number, batch.contents)
    return Places.decode(content, box.ballot_length + keys.overhead)


async def _open_members(
    work: Work, box: BallotBox, members: Sequence[Invitation], places: Places | None
) -> list[Opened[Invitation]]:
    """Open the ballots of the people of one batch."""
    sealed = dict[UUID, tuple[UUID, bytes]]()
    for each in members:
        if places is not None and (found := places.find(each.id)) is not None:
            sealed[each.id] = box.id, found
        elif each.ballot is not None:
            sealed[each.id] = each.id, b64decode(each.ballot)
    texts = await work.ballot_keys.open(box.id, [*sealed.values()]) if sealed else ()
    answers = {id: decode(text) for id, text in zip(sealed, texts, strict=True)}
    return [Opened(each, answers.get(each.id)) for each in members]


async def remove_ballots(work: Work, box: BallotBox) -> None:
    """Delete all batches of a box."""
    found = await work.find_values(BallotBatch, ("id",), box_id=[box.id])
    removed = [
        BallotBatch(tenant_id=box.tenant_id, id=id, box_id=box.id, number=0, contents="")
        for (id,) in found
    ]
    work.write_records(removed=removed)


Publish = Callable[[Work, Box, Sequence[Opened[Invitation]]], Awaitable[None]]
"""Writes what is published of all ballots, and changes the box to say so."""


BOXES: list[type[BallotBox]] = []
"""Everything that has ballots, and so a key."""

ORPHAN_AGE = timedelta(days=1)
"""How old a key without a box has to be. No transaction runs that long: those of launches end with
their request, and PostgreSQL ends idle ones after seconds."""


async def destroy_orphaned_keys(work: Work) -> None:
    """Delete the old keys of boxes that do not exist, because their launch has failed.

    The keys are listed before the boxes are looked up. So a box that is committed meanwhile is
    found.
    """
    old = work.ballot_keys.list_older_than(ORPHAN_AGE)
    known = {id for kind in BOXES for (id,) in await work.find_values(kind, ("id",), id=old)}
    for id in old:
        if id not in known:
            work.ballot_keys.destroy(id)


@dataclass(frozen=True)
class BallotTasks(Generic[Box, Invitation]):
    """The background tasks of a kind of box: they close, count and destroy the key.

    `prefix` begins the kinds of the tasks.
    """

    prefix: str
    box: type[Box]
    invitation: type[Invitation]
    publish: Publish[Box, Invitation]

    def __post_init__(self) -> None:
        """Let all know what has keys."""
        BOXES.append(self.box)

    async def enqueue_closing(self, work: Work, box: Box) -> None:
        """Let a worker close the box when its last day has ended in the tenant's zone."""
        end = (await load_tenant(work)).begin_day(box.closes_on + ONE_DAY)
        work.enqueue(self._build("close", box.id, end))

    def enqueue_counting(self, work: Work, box: Box) -> None:
        """Let a worker count the ballots, or delete them if the box is cancelled."""
        work.enqueue(self._build("count", box.id))

    def enqueue_destroying(self, work: Work, box: Box) -> None:
        """Let a worker destroy the key after the commit that deletes the ballots."""
        work.enqueue(self._build("destroy_key", box.id))

    def list_handlers(self) -> Mapping[str, TaskHandler]:
        """Return the handlers by kind of task."""
        return {
            f"{self.prefix}.close": TaskHandler(self._close_on_its_day),
            f"{self.prefix}.count": TaskHandler(self._count),
            f"{self.prefix}.destroy_key": TaskHandler(self._destroy_key),
        }

    def _build(self, verb: str, id: UUID, not_before: Any = None) -> BackgroundTask:
        arguments = {self._argument: str(id)}
        return BackgroundTask(f"{self.prefix}.{verb}", arguments, str(id), not_before)

    @property
    def _argument(self) -> str:
        return f"{self.box.NAME}_id"

    async def _close_on_its_day(self, work: Work, **arguments: str) -> None:
        for box in await work.load_all(self.box, [UUID(arguments[self._argument])], locks=True):
            if box.is_open:
                box.close()
                self.enqueue_counting(work, box)

    async def _count(self, work: Work, **arguments: str) -> None:
        """Delete the ballots of a box, and publish its results unless it is cancelled."""
        for box in await work.load_all(self.box, [UUID(arguments[self._argument])], locks=True):
            keys: dict[str, list[Any]] = {self._argument: [box.id]}
            invitations = await work.find_records(self.invitation, **keys)
            if box.waits_for_count:
                await self.publish(work, box, await open_ballots(work, box, invitations))
            work.write_records(removed=invitations)
            await remove_ballots(work, box)
            self.enqueue_destroying(work, box)

    async def _destroy_key(self, work: Work, **arguments: str) -> None:
        work.ballot_keys.destroy(UUID(arguments[self._argument]))
        await destroy_orphaned_keys(work)
