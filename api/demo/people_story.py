"""How people come, move, are away and leave: the staff's year as scenes."""

from datetime import date, datetime, timedelta
from random import Random

from api.demo.calendar import moment
from api.demo.staff import Staff
from api.demo.story import Act, Story
from api.demo.workers import Absence, Worker
from domain import people
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import OrganizationId
from domain.people import LineKind, Person
from persistence.unit_of_work.backdated import BackdatedWork

NOTICE = 6
"""How many days ahead things are written down."""


class PeopleStory:
    """The scenes in which something happens to a person."""

    def __init__(self, story: Story, staff: Staff, since: datetime) -> None:
        self.story = story
        self.cast = story.cast
        self.staff = staff
        self.since = since
        self.chance = Random(f"{staff.slug} people")
        self.hr = staff.known["hr"]
        self.told_at: dict[Worker, datetime] = {}

    def write(self) -> None:
        """Every scene of everybody: who leads comes first, from the top."""
        ranks = sorted(self.staff.workers, key=lambda each: len(list(each.chain())))
        for worker in sorted(ranks, key=lambda each: not each.led_at_first):
            self._hire(worker)
        for worker in ranks:
            self._change(worker)
            for absence in worker.absences:
                self._be_away(worker, absence)
            for adviser, day in worker.dotted:
                self._report_to(worker, adviser, day, LineKind.DOTTED)
            if worker.left_on:
                self._leave(worker, worker.left_on)
            if worker.rehired_on:
                self._return(worker, worker.rehired_on)
        for crew in self.staff.crews:
            succeeded_on = crew.succeeded_on
            for member in crew.members if succeeded_on else ():
                if succeeded_on and member.works_on(succeeded_on):
                    self._report_to(member, crew.lead, succeeded_on)

    def _change(self, worker: Worker) -> None:
        if worker.moved_on and worker.crew:
            self._report_to(worker, worker.crew.lead_on(worker.moved_on), worker.moved_on)
        if worker.moves_on and worker.moves_to:
            self._report_to(worker, worker.moves_to.lead, worker.moves_on)
        if worker.promoted_on:
            self._promote(worker, worker.promoted_on)

    def _hire(self, worker: Worker) -> None:
        is_imported = worker.hired_on <= self.since.date()
        at = self.since + timedelta(hours=1, seconds=len(self.told_at))
        if not is_imported:
            at = max(at, self._ahead_of(worker.hired_on))
        self.told_at[worker] = at

        async def act(work: BackdatedWork) -> Aggregate:
            person = self._person(worker)
            self._place(worker, person)
            await work.add(person, to=Person.HIRE)
            self.cast.people[worker] = person
            return person

        self.story.add(at, None if is_imported else self.hr, act)

    def _person(self, worker: Worker) -> Person:
        numbers = "M-1{:04}" if self.staff.slug == "meridian" else "H-{:03}"
        person = Person.hire(
            self.cast.tenant_id,
            hired_on=worker.earlier[0] if worker.earlier else worker.hired_on,
            employee_number=numbers.format(worker.number + 1),
            given_name=worker.name.given,
            family_name=worker.name.family,
            name=worker.name.shown,
            work_email=worker.email,
            job_title=worker.first_title or worker.title,
            level=worker.first_level or worker.level,
            location=worker.site.location,
            time_zone=worker.site.time_zone,
            organization_id=OrganizationId(self.cast.organizations[worker.unit].id),
        )
        person.add_external_reference("workday", f"WD{204117 + worker.number * 7:07}")
        if worker.earlier:
            person.depart(worker.earlier[1], "Moved to another city")
            person.rehire(worker.hired_on, today=self.since.date())
        return person

    def _place(self, worker: Worker, person: Person) -> None:
        above = worker.first_manager(max(worker.hired_on, self.since.date()))
        if above is not None:
            person.assign_manager(
                self.cast.person_id(above),
                starts_on=max(worker.hired_on, above.hired_on),
                today=self.since.date(),
            )

    def _report_to(
        self, worker: Worker, above: Worker, day: date, kind: LineKind = LineKind.PRIMARY
    ) -> None:
        async def act(work: BackdatedWork) -> Aggregate:
            id, manager_id = self.cast.person_id(worker), self.cast.person_id(above)
            return await people.assign_manager(work, id, manager_id, kind=kind, starts_on=day)

        self._tell(worker, day, act)

    def _promote(self, worker: Worker, day: date) -> None:
        async def act(work: BackdatedWork) -> Aggregate:
            id = self.cast.person_id(worker)
            person = await people.edit(work, id, job_title=worker.title, level=worker.level)
            if worker.is_lead and worker.manager:
                above = self.cast.person_id(worker.manager)
                person = await people.assign_manager(work, id, above, starts_on=day)
            return person

        self._tell(worker, day, act)

    def _be_away(self, worker: Worker, absence: Absence) -> None:
        async def act(work: BackdatedWork) -> Aggregate:
            person = await work.get(Person, self.cast.person_id(worker), to=Person.START_LEAVE)
            person.start_leave(absence.starts_on, ends_on=absence.ends_on, reason=absence.reason)
            return person

        self._tell(worker, absence.starts_on, act)

    def _leave(self, worker: Worker, day: date) -> None:
        async def act(work: BackdatedWork) -> Aggregate:
            id = self.cast.person_id(worker)
            person = await people.depart(work, id, left_on=day, reason=worker.leaving_reason)
            for line in person.lines:
                if line.ends_on is None or line.ends_on > day:
                    person.end_reporting_line(line.id, ends_on=day, today=work.actor.today)
            return person

        self._tell(worker, day, act)

    def _return(self, worker: Worker, day: date) -> None:
        async def act(work: BackdatedWork) -> Aggregate:
            person = await people.rehire(work, self.cast.person_id(worker), hired_on=day)
            above = worker.first_manager(day)
            if above is not None:
                today = work.actor.today
                person.assign_manager(self.cast.person_id(above), starts_on=day, today=today)
            return person

        self._tell(worker, day, act)

    def _tell(self, worker: Worker, day: date, act: Act) -> None:
        """Something that HR writes down a few days before it counts."""
        at = max(self._ahead_of(day), self.told_at[worker] + timedelta(hours=2))
        self.story.add(at, self.hr, act, lambda: self.cast.people.get(worker))

    def _ahead_of(self, day: date) -> datetime:
        early = min(day - timedelta(days=NOTICE), self.staff.today - timedelta(days=4))
        return moment(early, self.hr.site.time_zone, self.chance, self.staff.today)
