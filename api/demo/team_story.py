"""How teams form and change: who is in which one, since when, as what and for how much."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

from api.demo.calendar import moment
from api.demo.staff import Staff
from api.demo.story import Story
from api.demo.workers import Crew, Project, Worker
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import OrganizationId, TeamId
from domain.teams import Team, TeamRole, create
from persistence.unit_of_work.backdated import BackdatedWork


class TeamStory:
    """The scenes in which something happens to a team."""

    def __init__(
        self, story: Story, staff: Staff, projects: list[Project], since: datetime
    ) -> None:
        self.story = story
        self.cast = story.cast
        self.staff = staff
        self.projects = projects
        self.since = since
        self.chance = Random(f"{staff.slug} teams")
        self.shares = {each: 100 - one.share for one in projects for each in one.members}

    def write(self, told_at: dict[Worker, datetime]) -> None:
        """Every scene of every team."""
        for index, crew in enumerate(self.staff.crews):
            self._form(crew, index)
        for worker, at in told_at.items():
            for crew, starts_on, ends_on in self._stays(worker):
                if starts_on > self.since.date():
                    self._join(crew, worker, max(starts_on, worker.hired_on), at)
                if ends_on is not None:
                    self._part(crew, worker, ends_on, at)
        for crew in self.staff.crews:
            if crew.succeeded_on:
                self._hand_over(crew, crew.succeeded_on)
        for project in self.projects:
            self._undertake(project)

    def _stays(self, worker: Worker) -> list[tuple[Crew, date, date | None]]:
        """In which teams somebody is from when to when, since the story begins."""
        crew, start = worker.crew, worker.hired_on
        if crew is None:
            return []
        stays: list[tuple[Crew, date, date | None]] = [(crew, start, worker.left_on)]
        if worker.moved_from and worker.moved_on:
            stays = [(worker.moved_from, start, worker.moved_on), (crew, worker.moved_on, None)]
        if worker.moves_to and worker.moves_on:
            last, since, _ = stays[-1]
            stays[-1:] = [(last, since, worker.moves_on), (worker.moves_to, worker.moves_on, None)]
        if worker.rehired_on:
            stays.append((crew, worker.rehired_on, None))
        return stays

    def _form(self, crew: Crew, index: int) -> None:
        starts_on = date(self.since.year - 2 - index % 4, 1 + index * 5 % 12, 1)
        began = self.since.date()

        async def act(work: BackdatedWork) -> Aggregate:
            team = await create(
                work,
                organization_id=self.cast.organizations[crew.unit].id,
                name=crew.name,
                starts_on=starts_on,
            )
            lead = crew.lead_on(began)
            self._enter(team, lead, TeamRole.LEAD, max(starts_on, lead.hired_on))
            for worker in self.staff.workers:
                stays = self._stays(worker)
                if worker is not lead and stays and stays[0][0] is crew and stays[0][1] <= began:
                    self._enter(team, worker, TeamRole.MEMBER, max(starts_on, stays[0][1]))
            self.cast.teams[crew] = team
            return team

        self.story.add(self.since + timedelta(hours=3, seconds=index), None, act)

    def _enter(self, team: Team, worker: Worker, role: TeamRole, starts_on: date) -> None:
        share = self.shares.get(worker, 100) if role is TeamRole.MEMBER else 100
        team.add_member(self.cast.person_id(worker), role=role, share=share, starts_on=starts_on)

    def _join(self, crew: Crew, worker: Worker, day: date, told_at: datetime) -> None:
        def act(team: Team) -> None:
            self._enter(team, worker, TeamRole.MEMBER, day)

        self._tell(crew, day, told_at, act)

    def _part(self, crew: Crew, worker: Worker, day: date, told_at: datetime) -> None:
        def act(team: Team) -> None:
            self._end(team, worker, day)

        self._tell(crew, day, told_at, act)

    def _end(self, team: Team, worker: Worker, day: date) -> None:
        for each in list(team.memberships):
            if each.person_id == self.cast.person_id(worker) and each.ends_on is None:
                team.end_membership(each.id, day)

    def _hand_over(self, crew: Crew, day: date) -> None:
        def act(team: Team) -> None:
            successor = self.cast.person_id(crew.lead)
            for each in list(team.memberships):
                if each.person_id == successor and each.ends_on is None:
                    team.change_membership(each.id, role=TeamRole.LEAD, starts_on=day)

        self._tell(crew, day, self.since, act)

    def _tell(self, crew: Crew, day: date, told_at: datetime, act: Callable[[Team], None]) -> None:
        """Something that the lead writes down shortly before it counts."""
        early = min(day - timedelta(days=4), self.staff.today - timedelta(days=3))
        at = moment(early, crew.site.time_zone, self.chance, self.staff.today)
        at = max(at, told_at + timedelta(hours=4), self.since + timedelta(hours=5))

        async def told(_: BackdatedWork) -> Aggregate:
            team = self.cast.teams[crew]
            act(team)
            return team

        by = crew.lead_on(min(day, self.staff.today))
        self.story.add(at, by, told, lambda: self.cast.teams.get(crew))

    def _undertake(self, project: Project) -> None:
        async def act(work: BackdatedWork) -> Aggregate:
            parent = self.cast.teams[project.parent].id if project.parent else None
            team = await create(
                work,
                organization_id=OrganizationId(self.cast.organizations[project.unit].id),
                parent_id=TeamId(parent) if parent else None,
                name=project.name,
                description=project.description,
                starts_on=project.starts_on,
            )
            people = [
                (project.lead, TeamRole.LEAD),
                *((w, TeamRole.MEMBER) for w in project.members),
            ]
            for worker, role in people:
                team.add_member(
                    self.cast.person_id(worker),
                    role=role,
                    share=project.share * 2 if role is TeamRole.LEAD else project.share,
                    starts_on=project.starts_on,
                )
            self.cast.teams[project] = team
            return team

        parent_first = 9 if project.parent else 8
        day = max(project.starts_on, project.parent.starts_on if project.parent else date.min)
        at = moment(day, "UTC", self.chance, self.staff.today).replace(hour=parent_first)
        self.story.add(max(at, self.since + timedelta(hours=6)), project.lead, act)
