"""Story: what happened, scene after scene in the order of time, told to the domain."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from api.demo.goals import Plan
from api.demo.workers import Crew, Project, Worker
from domain.goals import Goal
from domain.kernel.access import Actor
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import PersonId, TenantId
from domain.organizations import Organization
from domain.people import Person
from domain.provisioning import build_provisioning_actor
from domain.roles import Role
from domain.teams import Team
from persistence.unit_of_work.backdated import BackdatedWork

AT_ONCE = 150
"""How many aggregates are written together."""

EVERY_GRANT = build_provisioning_actor(TenantId(UUID(int=0)), date.min).grants
"""The story has been thought through before it is told: nobody in it is refused anything."""

Act = Callable[[BackdatedWork], Awaitable[Aggregate]]


@dataclass
class Cast:
    """Everything planned that is on the stage by now."""

    tenant_id: TenantId
    organizations: dict[str, Organization] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    people: dict[Worker, Person] = field(default_factory=dict)
    teams: dict[Crew | Project, Team] = field(default_factory=dict)
    goals: dict[Plan, Goal] = field(default_factory=dict)

    def person_id(self, worker: Worker) -> PersonId:
        """The id of somebody who has been hired already."""
        return PersonId(self.people[worker].id)

    def actor(self, by: Worker | None, at: datetime) -> Actor:
        """Somebody of the story, or the import that it begins with."""
        person_id = self.person_id(by) if by in self.people else None
        return Actor(self.tenant_id, at.date(), person_id=person_id, grants=EVERY_GRANT)


@dataclass(frozen=True)
class Scene:
    """Something that somebody does to one thing; `about` finds it, once it is there."""

    at: datetime
    by: Worker | None
    act: Act
    about: Callable[[], Aggregate | None]


class Story:
    """The scenes of one tenant."""

    def __init__(self, cast: Cast, now: datetime) -> None:
        self.cast = cast
        self.now = now
        self.scenes: list[Scene] = []

    def add(
        self,
        at: datetime,
        by: Worker | None,
        act: Act,
        about: Callable[[], Aggregate | None] = lambda: None,
    ) -> None:
        """Something more that happened; nothing happens after now."""
        self.scenes.append(Scene(min(at, self.now), by, act, about))

    async def tell(self, work: BackdatedWork, report: Callable[[int, int], None]) -> None:
        """Tell all of it. What was added first of one moment comes first."""
        scenes = sorted(self.scenes, key=lambda each: each.at)
        for index, scene in enumerate(scenes):
            subject = scene.about()
            about: UUID | None = subject.id if subject else None
            await work.act_as(self.cast.actor(scene.by, scene.at), scene.at, about)
            work.attribute_change(await scene.act(work))
            if work.pending_count >= AT_ONCE:
                await work.flush()
                report(index, len(scenes))
        await work.flush()
        report(len(scenes), len(scenes))
